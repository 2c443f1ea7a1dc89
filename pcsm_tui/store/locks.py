"""The write lock of an engagement file: a permanent lock file beside it, held for milliseconds.

The data file itself is never locked: replacing it would leave two holders. The kernel releases the lock of a process
that dies, so there is never a stale one.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pcsm_tui.errors import FileLocked, FileRefused, StorageFailed

PATIENCE = 5.0
"""Seconds to wait for another session's save."""
_PAUSE = 0.01
_ACCESS_LIST = "system.posix_acl_access"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def lock_path(path: Path) -> Path:
    """Return the lock file that belongs to an engagement file."""
    return path.with_name(f".{path.name}.lock")


@contextmanager
def write_lock(path: Path, mode: int, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the write lock of `path`; `mode` is the data file's, for a lock file that has to be made.

    Raises `FileLocked` when another session keeps it for longer than `patience` seconds, `FileRefused` when the lock
    file is not a plain file.
    """
    descriptor = _opened(path, mode)
    try:
        _acquire(descriptor, path, patience)
        yield
    finally:
        os.close(descriptor)


def locking_works(path: Path) -> bool:
    """Return whether locks keep anybody out where a file stands."""
    return True


def share(descriptor: int, path: Path, mode: int) -> None:
    """Give an open file this mode, and the owner, group and access list of the file at `path`, if there is one.

    Raises `OSError` when the group or the access list cannot be given, since others would lose the file; the owner
    only an administrator can give.
    """
    own = os.fstat(descriptor)
    try:
        other = path.stat()
    except FileNotFoundError:
        other = own
    if own.st_uid != other.st_uid and os.geteuid() == 0:
        os.fchown(descriptor, other.st_uid, -1)
    if own.st_gid != other.st_gid:
        os.fchown(descriptor, -1, other.st_gid)
    if stat.S_IMODE(own.st_mode) != mode:
        os.fchmod(descriptor, mode)
    access = _access_list(path)
    if access and sys.platform == "linux":
        os.setxattr(descriptor, _ACCESS_LIST, access)


def _access_list(path: Path) -> bytes:
    if sys.platform != "linux":
        return b""
    try:
        return os.getxattr(path, _ACCESS_LIST)
    except OSError:  # no file, no list, or a file system without lists
        return b""


def _opened(path: Path, mode: int) -> int:
    lock = lock_path(path)
    try:
        descriptor = os.open(lock, _FLAGS, mode)
    except PermissionError:
        return _opened_folder(path.parent)
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise _not_plain(lock) from None
        raise StorageFailed(f"The lock file {lock} cannot be opened: {problem.strerror}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_plain(lock)
    with contextlib.suppress(OSError):  # whom the lock file is not open to, locks the folder
        share(descriptor, path, mode)
    return descriptor


def _opened_folder(folder: Path) -> int:
    """Open the folder to lock it instead: for a colleague's lock file that we may not open, or a read-only folder."""
    try:
        return os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as problem:
        raise StorageFailed(f"The folder {folder} cannot be locked: {problem.strerror}.") from None


def _not_plain(lock: Path) -> FileRefused:
    return FileRefused(f"The lock file {lock} is not a plain file.", "Remove it.")


def _acquire(descriptor: int, path: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise FileLocked(f"Another session is saving {path}.", "Try again in a moment.") from None
            time.sleep(_PAUSE)
        except OSError as problem:
            raise StorageFailed(f"{path} cannot be locked: {problem.strerror}.") from None
