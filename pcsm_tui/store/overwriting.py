"""Writing a file in place, where no other can be put in its place; interrupted, it is finished from a copy.

Until the rest is on the disk a file begins with a byte that no engagement begins with, so that the beginning of the new
content and the end of the old one never pass for a whole file.
Only for a file that may be written in a folder that may not, and only when the user asked for it: until the last byte
is there, readers see half a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from pcsm_tui.errors import FileRefused, StorageFailed
from pcsm_tui.store import canonical
from pcsm_tui.store.folders import private_folder
from pcsm_tui.store.locks import PATIENCE, write_lock
from pcsm_tui.store.replacing import read_payload, remove_leftovers, replace_file, write_all

_MODE = 0o600
_UNFINISHED = b"\0"


def copy_path(path: Path, copy_folder: Path) -> Path:
    """Return where the new content of a file is kept while it is written in place."""
    return copy_folder / f"{hashlib.blake2b(os.fsencode(path), digest_size=8).hexdigest()}.overwriting"


def overwrite(path: Path, payload: bytes, copy_folder: Path) -> None:
    """Write these bytes into the file at `path`, after keeping them in `copy_folder` until that is done.

    Raises `StorageFailed`; the copy then stays, and `finish_overwriting` repeats the writing.
    """
    copy = copy_path(path, private_folder(copy_folder))
    remove_leftovers(copy)
    try:
        replace_file(copy, payload, _MODE)
    except StorageFailed as problem:
        raise StorageFailed(
            f"{path} was not saved: the copy that protects it cannot be written. {problem.message}",
            "The file is as it was.",
        ) from None
    _write_in_place(path, payload)
    with contextlib.suppress(OSError):  # found equal to the file, it is removed the next time
        copy.unlink()


def finish_overwriting(path: Path, copy_folder: Path, patience: float = PATIENCE) -> bool:
    """Finish what was interrupted while a file was written in place; return whether the file holds that now.

    A file that is whole was either not begun or finished, or changed since by others: it is left as it is. Raises
    `StorageFailed` when it cannot be written, and `FileLocked` while another session is still writing it.
    """
    copy = copy_path(path, copy_folder)
    if not os.path.exists(copy):
        return False
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:  # gone, or out of reach for now
        return False
    with write_lock(path, mode, patience):
        return finished(path, copy)


def finished(path: Path, copy: Path) -> bool:
    """Do what `finish_overwriting` does, for the holder of the lock; `copy` is where the new content was kept."""
    wanted, found = read_payload(copy), read_payload(path)
    if wanted is None:
        return False
    torn = found is not None and not _is_whole(found, path)
    if torn:
        _write_in_place(path, wanted)
    with contextlib.suppress(OSError):
        copy.unlink()
    return torn or found == wanted


def _is_whole(payload: bytes, path: Path) -> bool:
    try:
        canonical.from_bytes(payload, path)
    except FileRefused:
        return False
    return True


def _write_in_place(path: Path, payload: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            write_all(descriptor, _UNFINISHED)
            os.fsync(descriptor)
            write_all(descriptor, payload[1:])
            os.ftruncate(descriptor, len(payload))
            os.fsync(descriptor)
            os.lseek(descriptor, 0, os.SEEK_SET)
            write_all(descriptor, payload[:1])
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as problem:
        raise StorageFailed(
            f"{path} was not written to its end: {(problem.strerror or str(problem)).casefold()}.",
            "Its whole content is kept, and is written when pcsm opens it again.",
        ) from None
