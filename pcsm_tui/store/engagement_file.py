"""The engagement file on disk: a TinyDB storage that replaces the file as a whole, and never half.

A save serialises, takes the write lock, makes sure that the file is still the one that was read, writes a temporary
file beside it, syncs it, and renames it over the old one. The rename is the commit point: before it the old file is
untouched, after it the new one is there.
"""

from __future__ import annotations

import copy
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from pcsm_tui.errors import (
    AnotherEngagement,
    FileChanged,
    FileGone,
    FileReadOnly,
    FileRefused,
    FolderReadOnly,
    NewerFile,
    StorageFailed,
)
from pcsm_tui.store import canonical
from pcsm_tui.store.locks import PATIENCE, locking_works, write_lock
from pcsm_tui.store.migrations import MIN_READER, SCHEMA, migrated
from pcsm_tui.store.overwriting import copy_path, finish_overwriting, finished, overwrite
from pcsm_tui.store.replacing import (
    Held,
    not_a_file,
    previous_path,
    read_held,
    remove_leftovers,
    replace_file,
)
from pcsm_tui.store.serializing import CanonicalWriter

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
    save waits for another session's, `copies` the person's folder for what is being written in place.
    """

    def __init__(self, path: str | Path, patience: float = PATIENCE, copies: Path | None = None) -> None:
        self._given = Path(path)
        self.path = Path(os.path.realpath(path))
        self._patience = patience
        self._copies = copies
        self._writer = CanonicalWriter()
        self._digest: bytes | None = None
        self._seen: tuple[int, int, int] | None = None
        self._old_schema: int | None = None
        self.views_newer = False
        """Whether a file that only a newer program may edit is read all the same, to be looked at."""
        self.newer: NewerFile | None = None
        """Why the file that was read may only be looked at."""
        self.payload = b""
        """The bytes that the file had when it was last read or written."""
        self.warning = ""
        """What could not be done beside the last save, in a sentence; the file was saved all the same."""

    def read(self) -> dict[str, Any] | None:
        """Return the document as the file holds it now, for TinyDB, which changes in place what it is given."""
        return copy.deepcopy(self.load())

    def load(self, file_id: str | None = None) -> dict[str, Any] | None:
        """Return the document as the file holds it now, in today's schema; None when there is no file.

        Raises `FileRefused` for a file that is damaged, of another kind or of a newer program, or that holds another
        engagement than the one with the `file_id` given (`AnotherEngagement`), `StorageFailed` when it cannot be read,
        `FileLocked` while somebody writes it in place. What is
        refused is not remembered as read, so that it is not replaced either.
        """
        if self._copies is not None:
            finish_overwriting(self.path, self._copies, self._patience)
        held = self._held()
        if held is None:
            return None
        raw = canonical.from_bytes(held.payload, self.path)
        try:
            document, self.newer = migrated(raw, self.path), None
        except NewerFile as newer:
            if not self.views_newer:
                raise
            document, self.newer = raw, newer
        if file_id is not None and _meta(document).get("file_id", "") != file_id:
            raise AnotherEngagement(
                f"{self.path} now holds a different engagement.", "It was not touched; open it anew."
            )
        schema = _meta(raw)["schema"]
        self._old_schema = schema if schema < SCHEMA else None
        self._remember(held.payload, held.status)
        return document

    def write(self, data: Document) -> None:
        """Replace the file by this document under a new revision; raises as `commit` does.

        TinyDB changes its records in place, so that nothing is known of them from the save before.
        """
        self._writer = CanonicalWriter()
        self.commit(data)

    def commit(self, document: Document, rev: str = "") -> Document:
        """Replace the file by this document, and return it as written, with its new revision: `rev`, or a random one.

        Raises `FileChanged` when the file is no longer the one last read (`FileGone` when there is none), `FileLocked`
        when another session holds it, `FileRefused` when the document could not be opened again, `FileReadOnly` or
        `FolderReadOnly` when it may not be replaced, `StorageFailed` when writing failed; in each case the file is as it
        was. `warning` then says what else could not be done.
        """
        canonical.check_shape(document, self.path)
        stamped = with_new_revision(migrated(dict(document), self.path), rev)
        payload = self._writer.to_bytes(stamped, self.path)
        mode = mode_of(self.path)
        with write_lock(self.path, mode, self._patience):
            names = self._check_unchanged()
            remove_leftovers(self.path)
            self._keep_old_schema(mode)
            try:
                warning = replace_file(self.path, payload, mode, previous_path(self.path))
            except StorageFailed as problem:
                raise _not_replaced(self.path, problem) from None
            self._remember(payload, None)
            self.warning = warning or _told_twins(self.path, names)
        return stamped

    def overwrite(self, document: Document, rev: str = "") -> Document:
        """Write the document into the file as it stands, where no other can be put in its place; return it as written.

        The new bytes are on the disk among the `copies` before the file is touched, and stay there until it is whole, so
        that `finish_overwriting` can repeat what was interrupted. Raises as `commit` does.
        """
        assert self._copies is not None
        canonical.check_shape(document, self.path)
        stamped = with_new_revision(migrated(dict(document), self.path), rev)
        payload = self._writer.to_bytes(stamped, self.path)
        with write_lock(self.path, mode_of(self.path), self._patience):
            if finished(self.path, copy_path(self.path, self._copies)) and (held := self._held()) is not None:
                self._remember(held.payload, held.status)
            self._check_unchanged()
            overwrite(self.path, payload, self._copies)
            self._remember(payload, None)
        return stamped

    def forget(self) -> None:
        """Remember nothing as read: the next save makes a file where there is none."""
        self._digest = None

    def remembered(self) -> bytes | None:
        """Return what `remember_again` needs to take the file for unread again."""
        return self._digest

    def remember_again(self, digest: bytes | None) -> None:
        """Take the file for the one that was read before, so that what was read since is not replaced."""
        self._digest = digest

    def changed_outside(self) -> bool:
        """Return whether the file is no longer the one that was last read or written."""
        held = self._held()
        return (held and _digest(held.payload)) != self._digest

    def looks_changed(self) -> bool:
        """Return whether the file may have changed since it was last looked at by this: a hint that saves reading it."""
        try:
            status = self.path.stat()
        except OSError:
            seen = None
        else:
            seen = (status.st_ino, status.st_size, status.st_mtime_ns)
        if seen == self._seen:
            return False
        self._seen = seen
        return True

    def was_overtaken(self, rev: str) -> bool:
        """Return whether the file lacks a revision that was saved to it: another session overwrote it unseen.

        Only possible where locking does not work; there a save is followed by this question.
        """
        if locking_works(self.path):
            return False
        try:
            held = self._held()
        except StorageFailed:  # it was saved; whatever came after that is met by the next look
            return False
        if held is None or _digest(held.payload) == self._digest:
            return False
        meta = _meta(canonical.from_bytes(held.payload, self.path))
        return rev != meta.get("rev") and rev not in meta.get("ancestry", ())

    def _held(self) -> Held | None:
        held = read_held(self.path)
        if held is None and os.path.islink(self._given):  # noqa: PTH114  it answers no where it cannot look
            raise FileRefused(f"{self._given} is a link to {self.path}, which does not exist.", "Name the file itself.")
        return held

    def _check_unchanged(self) -> int:
        """Return how many names the file has; raises `FileChanged` unless it is the one that was last read."""
        held = self._held()
        if (held and _digest(held.payload)) == self._digest:
            return held.status.st_nlink if held is not None else 1
        if held is None:
            raise FileGone(f"{self.path} is gone.", "It was moved or deleted; what you have is still here.")
        raise FileChanged(f"{self.path} was changed by someone else.", "What you have was not written over it.")

    def _remember(self, payload: bytes, status: os.stat_result | None) -> None:
        self._digest, self.payload = _digest(payload), payload
        if status is None:
            self.looks_changed()
        else:
            self._seen = (status.st_ino, status.st_size, status.st_mtime_ns)

    def _keep_old_schema(self, mode: int) -> None:
        """Keep the file as an older program left it, beside it, before it is first saved in today's schema."""
        if self._old_schema is None:
            return
        kept = self.path.with_name(f"{self.path.name}.v{self._old_schema}.bak")
        if not os.path.lexists(kept):
            replace_file(kept, self.payload, mode)
        self._old_schema = None


def _told_twins(path: Path, names: int) -> str:
    return f"{path.name} had {names} names; only this one has been saved under." if names > 1 else ""


def _meta(document: Document) -> Mapping[str, Any]:
    return next(iter(document.get(META, {}).values()), {})


def revisions(document: Document) -> tuple[str, ...]:
    """Return the revisions that a document contains: its own first, then those before it as far as they are kept."""
    meta = _meta(document)
    return (str(meta.get("rev", "")), *map(str, reversed(meta.get("ancestry", ()))))


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


def with_new_revision(document: Document, rev: str = "") -> dict[str, Any]:
    """Return a copy of the document with a new revision, a random one unless given, the old one added to its ancestry."""
    key, meta = next(iter(document.get(META, {}).items()), (META_ID, {}))
    ancestry = [*meta.get("ancestry", []), *([meta["rev"]] if meta.get("rev") else [])][-ANCESTRY:]
    number = min(meta.get("n", 0) + 1, canonical.LARGEST_NUMBER)
    fresh = {**meta, "rev": rev or new_uid(), "n": number, "ancestry": ancestry}
    return {**document, META: {key: fresh}}


def _not_replaced(path: Path, problem: StorageFailed) -> FileRefused | StorageFailed:
    """Return the refusal for a file that may be written in a folder that may not, else the problem itself."""
    folder = path.parent
    sticky = _is_others_sticky(path)
    if os.access(folder, os.W_OK | os.X_OK) and not sticky:
        return problem
    what = "lets only the owner of a file replace it" if sticky else "cannot be written"
    return FolderReadOnly(
        f"{path} was not saved: its folder {folder} {what}.",
        "Save a copy elsewhere, or let it be overwritten in place.",
    )


def _is_others_sticky(path: Path) -> bool:
    try:
        folder, file = path.parent.stat(), path.stat()
    except OSError:
        return False
    return bool(folder.st_mode & stat.S_ISVTX) and os.geteuid() not in (0, folder.st_uid, file.st_uid)


def mode_of(path: Path) -> int:
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
        raise not_a_file(path)
    if is_read_only(path):
        raise FileReadOnly(f"{path} is read-only.", "Ask its owner for write permission, or work on a copy.")
    return stat.S_IMODE(found.st_mode)


def is_read_only(path: Path) -> bool:
    """Return whether a file that is there may not be changed by this person."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not mode & 0o222 or not os.access(path, os.W_OK)


def _mode_of_new(folder: Path) -> int:
    try:
        shared = folder.stat().st_mode & stat.S_IWGRP
    except OSError as problem:
        raise StorageFailed(f"The folder {folder} cannot be used: {problem.strerror}.") from None
    return 0o660 if shared else 0o600


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=16).digest()
