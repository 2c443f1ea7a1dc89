"""The engagement file on disk: a TinyDB storage that replaces the file as a whole, and never half.

A save serialises, takes the write lock, makes sure that the file is still the one that was read, writes a temporary
file beside it, syncs it, and renames it over the old one. The rename is the commit point: before it the old file is
untouched, after it the new one is there.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from pcsm_tui.errors import AnotherEngagement, FileChanged, FileRefused, StorageFailed
from pcsm_tui.store import canonical
from pcsm_tui.store.locks import PATIENCE, share, write_lock
from pcsm_tui.store.migrations import MIN_READER, SCHEMA, migrated

ANCESTRY = 64
META = "_meta"
META_ID = "1"

Document = Mapping[str, Mapping[str, Mapping[str, Any]]]


def new_uid() -> str:
    """Return a random 128-bit id, as every record and revision carries one."""
    return secrets.token_hex(16)


class EngagementStorage(Storage):
    """TinyDB's door to one engagement file; also used without TinyDB, for whole documents.

    It remembers what it last read or wrote, and refuses to replace anything else. `patience` is how many seconds a
    save waits for another session's.
    """

    def __init__(self, path: str | Path, patience: float = PATIENCE) -> None:
        self._given = Path(path)
        self.path = Path(os.path.realpath(path))
        self._patience = patience
        self._digest: bytes | None = None

    def read(self, file_id: str | None = None) -> dict[str, Any] | None:
        """Return the document as the file holds it now, in today's schema; None when there is no file.

        Raises `FileRefused` for a file that is damaged, of another kind or of a newer program, or that holds another
        engagement than the one with the `file_id` given (`AnotherEngagement`), `StorageFailed` when it cannot be read. What is
        refused is not remembered as read, so that it is not replaced either.
        """
        payload = self._payload()
        if payload is None:
            return None
        document = migrated(canonical.from_bytes(payload, self.path), self.path)
        if file_id is not None and _file_id(document) != file_id:
            raise AnotherEngagement(
                f"{self.path} now holds a different engagement.", "It was not touched; open it anew."
            )
        self._digest = _digest(payload)
        return document

    def write(self, data: Document) -> None:
        """Replace the file by this document under a new revision.

        Raises `FileChanged` when the file is no longer the one last read, `FileLocked` when another session holds it,
        `FileRefused` when it is read-only or the document could not be opened again, `StorageFailed` when writing
        failed; in each case the file is as it was.
        """
        self.commit(data)

    def commit(self, document: Document) -> Document:
        """Write as `write` does, and return the document as written, with its new revision."""
        canonical.check(document, self.path)
        stamped = with_new_revision(migrated(dict(document), self.path))
        payload = canonical.to_bytes(stamped)
        mode = _mode_of(self.path)
        with write_lock(self.path, mode, self._patience):
            found = self._payload()
            if (found and _digest(found)) != self._digest:
                what = "is gone" if found is None else "was changed by someone else"
                raise FileChanged(f"{self.path} {what}.", "What you have was not written over it.")
            _remove_leftovers(self.path)
            replace_file(self.path, payload, mode)
            self._digest = _digest(payload)
        return stamped

    def changed_outside(self) -> bool:
        """Return whether the file is no longer the one that was last read or written."""
        payload = self._payload()
        return (payload and _digest(payload)) != self._digest

    def _payload(self) -> bytes | None:
        payload = read_payload(self.path)
        if payload is None and self._given.is_symlink():
            raise FileRefused(f"{self._given} is a link to {self.path}, which does not exist.", "Name the file itself.")
        return payload


def _file_id(document: Document) -> str:
    meta: Mapping[str, Any] = next(iter(document.get(META, {}).values()), {})
    return str(meta.get("file_id", ""))


def new_document(customer: str, framework: Mapping[str, str], playbook: Mapping[str, str]) -> dict[str, Any]:
    """Return the document of a new engagement: its `_meta` and nothing else."""
    meta = {
        "format": "pcsm",
        "file_id": new_uid(),
        "schema": SCHEMA,
        "min_reader": MIN_READER,
        "rev": "",
        "n": 0,
        "ancestry": [],
        "customer": customer,
        "framework": dict(framework),
        "playbook": dict(playbook),
    }
    return {META: {META_ID: meta}}


def with_new_revision(document: Document) -> dict[str, Any]:
    """Return a copy of the document with a new random revision, the old one added to its ancestry."""
    key, meta = next(iter(document.get(META, {}).items()), (META_ID, {}))
    ancestry = [*meta.get("ancestry", []), *([meta["rev"]] if meta.get("rev") else [])][-ANCESTRY:]
    number = min(meta.get("n", 0) + 1, canonical.LARGEST_NUMBER)
    fresh = {**meta, "rev": new_uid(), "n": number, "ancestry": ancestry}
    return {**document, META: {key: fresh}}


def read_payload(path: Path) -> bytes | None:
    """Return the bytes of a file, None when there is none; only plain files are read.

    Raises `FileRefused` for anything that is not a plain file, `StorageFailed` when reading fails.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.ENXIO):
            raise _not_a_file(path) from None
        raise StorageFailed(f"{path} cannot be read: {problem.strerror}.") from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise _not_a_file(path)
    with os.fdopen(descriptor, "rb") as file:
        if found.st_size > canonical.LARGEST_FILE:
            raise canonical.too_large(path, found.st_size)
        try:
            return file.read()
        except OSError as problem:
            raise StorageFailed(f"{path} cannot be read: {problem.strerror}.") from None


def replace_file(path: Path, payload: bytes, mode: int) -> None:
    """Put these bytes in the place of a file, all or nothing, and on the disk before returning.

    Raises `StorageFailed` when that cannot be done; the old file is then untouched and no temporary file stays.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        _write_synced(temporary, payload, mode, path)
        os.replace(temporary, path)
    except OSError as problem:
        raise StorageFailed(f"{path} was not saved: {_told(problem)}.", "The file is as it was.") from None
    finally:
        with contextlib.suppress(OSError):  # after the rename there is none
            os.unlink(temporary)
    _sync_folder(path.parent)


def _remove_leftovers(path: Path) -> None:
    """Remove temporary files of saves that were killed; the holder of the lock may, since nobody else is saving."""
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name.startswith(f".{path.name}.") and entry.name.endswith(".tmp"):
                os.unlink(entry.path)


def _write_synced(path: Path, payload: bytes, mode: int, replaced: Path) -> None:
    """Write a file that may be read by those who may read the one that it replaces, and put it on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        rest = memoryview(payload)
        while rest:
            rest = rest[file.write(rest) :]
        share(file.fileno(), replaced, mode)
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename durable; it is done already, so a failure here changes nothing that could be told."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _mode_of(path: Path) -> int:
    """Return the mode that the file keeps; a new one is private, or its group's in a folder shared by a group.

    Raises `FileRefused` for a file that is read-only or no plain file.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return _mode_of_new(path.parent)
    except OSError as problem:
        raise StorageFailed(f"{path} cannot be used: {problem.strerror}.") from None
    if not stat.S_ISREG(found.st_mode):
        raise _not_a_file(path)
    if not found.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise FileRefused(f"{path} is read-only.", "Ask its owner for write permission, or work on a copy.")
    return stat.S_IMODE(found.st_mode)


def _mode_of_new(folder: Path) -> int:
    try:
        shared = folder.stat().st_mode & stat.S_IWGRP
    except OSError as problem:
        raise StorageFailed(f"The folder {folder} cannot be used: {problem.strerror}.") from None
    return 0o660 if shared else 0o600


def _not_a_file(path: Path) -> FileRefused:
    return FileRefused(f"{path} is not a file.", "Name an engagement file or a folder of them.")


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=16).digest()


def _told(problem: OSError) -> str:
    if problem.errno == errno.ENOSPC:
        return "the disk is full"
    if problem.errno == errno.EDQUOT:
        return "your quota is used up"
    return (problem.strerror or str(problem)).casefold()
