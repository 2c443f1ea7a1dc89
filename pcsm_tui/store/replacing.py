"""Reading a plain file as a whole, and putting another in its place: all or nothing.

The rename is the commit point: before it the old file is untouched, after it the new one is there, whatever fails.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import NamedTuple

from pcsm_tui.errors import FileRefused, PcsmError, StorageFailed
from pcsm_tui.store import canonical
from pcsm_tui.store.locks import share


class Held(NamedTuple):
    """The bytes of a file and what the system says of it, both from one descriptor, so that they belong together."""

    payload: bytes
    status: os.stat_result


def read_held(path: Path) -> Held | None:
    """Return what a file holds, None when there is none; only plain files are read.

    Raises `FileRefused` for anything that is not a plain file, `StorageFailed` when reading fails. A handle that a file
    server has forgotten is asked for once more.
    """
    try:
        try:
            return _read_once(path)
        except OSError as problem:
            if problem.errno != errno.ESTALE:
                raise
            return _read_once(path)
    except OSError as problem:
        raise StorageFailed(f"{path} cannot be read: {problem.strerror}.") from None


def read_payload(path: Path) -> bytes | None:
    """Return the bytes of a file, None when there is none; raises as `read_held` does."""
    held = read_held(path)
    return held and held.payload


def _read_once(path: Path) -> Held | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.ENXIO):
            raise not_a_file(path) from None
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise not_a_file(path)
        if status.st_size > canonical.LARGEST_FILE:
            raise canonical.too_large(path, status.st_size)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return Held(file.read(), status)
    finally:
        os.close(descriptor)


def not_a_file(path: Path) -> FileRefused:
    """Return the refusal of something that is no plain file."""
    return FileRefused(f"{path} is not a file.", "Name an engagement file or a folder of them.")


def previous_path(path: Path) -> Path:
    """Return where the generation before the last save of a file is kept, beside it."""
    return path.with_name(f".{path.name}.bak")


def replace_file(path: Path, payload: bytes, mode: int, previous: Path | None = None) -> str:
    """Put these bytes in the place of a file, all or nothing; what was there before goes to `previous`.

    Returns what could not be done beside that, in a sentence, or nothing: the file is saved all the same. Raises
    `StorageFailed` when it cannot be saved; the old file is then untouched and no temporary file stays.
    """
    temporary = _temporary(path)
    try:
        _write_synced(temporary, payload, mode, path)
        warning = _keep_previous(path, previous) if previous is not None else ""
        os.replace(temporary, path)
    except OSError as problem:
        if os.path.lexists(temporary) or not _holds(path, payload):
            raise StorageFailed(
                f"{path} was not saved: {_told(problem, path, len(payload))}.", "The file is as it was."
            ) from None
        warning = f"Saved, though the system said otherwise: {(problem.strerror or str(problem)).casefold()}."
    finally:
        with contextlib.suppress(OSError):  # after the rename there is none
            os.unlink(temporary)
    return _sync_folder(path.parent) or warning


def _holds(path: Path, payload: bytes) -> bool:
    """Return whether a file holds these bytes: a server may report an error for a rename that it has made."""
    try:
        return read_payload(path) == payload
    except PcsmError:
        return False


def remove_leftovers(path: Path) -> None:
    """Remove temporary files of saves that were killed; the holder of the lock may, since nobody else is saving."""
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name.startswith(f".{path.name}.") and entry.name.endswith(".tmp"):
                os.unlink(entry.path)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")


def _keep_previous(path: Path, previous: Path) -> str:
    """Keep the file under a second name until the next save; return why that cannot be done, in a sentence."""
    temporary = _temporary(path)
    try:
        os.link(path, temporary)
        os.replace(temporary, previous)
    except FileNotFoundError:  # the first save has none before it
        return ""
    except OSError as problem:
        return f"The generation before this save was not kept: {(problem.strerror or str(problem)).casefold()}."
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    return ""


def _write_synced(path: Path, payload: bytes, mode: int, replaced: Path) -> None:
    """Write a file that may be read by those who may read the one that it replaces, and put it on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, payload)
        share(descriptor, replaced, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, payload: bytes) -> None:
    """Write all of the bytes, however few the system takes at a time; raises `OSError`."""
    rest = memoryview(payload)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> str:
    """Make the rename durable; it is done already, so a failure here is told and changes nothing."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as problem:
        if problem.errno in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):  # not offered here, or not to us
            return ""
        return f"Saved, but the disk did not confirm it: {(problem.strerror or str(problem)).casefold()}."
    return ""


def _told(problem: OSError, path: Path, needed: int) -> str:
    if problem.errno == errno.ENOSPC:
        return f"the disk is full ({_free(path):,} bytes free, {needed:,} needed)"
    if problem.errno == errno.EDQUOT:
        return f"your quota is used up ({needed:,} bytes needed)"
    return (problem.strerror or str(problem)).casefold()


def _free(path: Path) -> int:
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize
