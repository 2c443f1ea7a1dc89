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
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pcsm_tui.errors import FileLocked, FileRefused, StorageFailed
from pcsm_tui.store.presence import Other, open_elsewhere
from pcsm_tui.store.sharing import share as share

PATIENCE = 5.0
"""Seconds to wait for another session's save."""
_PAUSE = 0.01
_MOST_NAMED = 3
_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS)
_working: dict[int, bool] = {}
"""Whether locks work, by the number of the device, as far as it was found out."""


def lock_path(path: Path) -> Path:
    """Return the lock file that belongs to an engagement file."""
    return path.with_name(f".{path.name}.lock")


@contextmanager
def write_lock(path: Path, mode: int, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the write lock of `path`; `mode` is the data file's, for a lock file that has to be made.

    On a file system without locks it goes on without one: `locking_works` tells.

    Raises `FileLocked` when another session keeps it for longer than `patience` seconds, `FileRefused` when the lock
    file is not a plain file.
    """
    descriptor = _opened(path, mode)
    try:
        _acquire(descriptor, path, patience)
        yield
    finally:
        _let_go(descriptor)


def _let_go(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # the lock goes all the same, and what is saved is saved
        os.close(descriptor)


def _opened(path: Path, mode: int) -> int:
    lock = lock_path(path)
    try:
        descriptor = os.open(lock, _FLAGS | os.O_CREAT, mode)
    except PermissionError:
        return _opened_folder(path.parent)
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise _not_plain(lock) from None
        raise StorageFailed(f"The lock file {lock} cannot be opened: {problem.strerror}.") from None
    try:
        is_plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError as problem:
        _let_go(descriptor)
        raise StorageFailed(f"The lock file {lock} cannot be used: {problem.strerror}.") from None
    if not is_plain:
        _let_go(descriptor)
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
                raise FileLocked(f"{_holder(descriptor, path)} is saving {path}.", "Try again in a moment.") from None
            time.sleep(_PAUSE)
        except OSError as problem:
            if problem.errno in _NO_LOCKS:
                _working[os.fstat(descriptor).st_dev] = False
                return
            raise StorageFailed(f"{path} cannot be locked: {problem.strerror}.") from None


def _holder(descriptor: int, path: Path) -> str:
    """Return who holds the lock, in words: the other sessions that have the file open, since one of them does."""
    if stat.S_ISREG(os.fstat(descriptor).st_mode):  # and no folder, whose time means something
        with contextlib.suppress(OSError):  # a colleague's: its time is then an earlier one, which is near enough
            os.utime(descriptor)
    others = open_elsewhere(path, os.fstat(descriptor).st_mtime)
    names = [_named(other) for other in others[:_MOST_NAMED]]
    if len(others) > _MOST_NAMED:
        names.append(f"{len(others) - _MOST_NAMED} more")
    return f"Another session ({' or '.join(names)})" if names else "Another session"


def _named(other: Other) -> str:
    return ", ".join(filter(None, (other.user, other.tty, other.host and f"on {other.host}")))


def locking_works(path: Path) -> bool:
    """Return whether a lock on the file system of `path` keeps others out: some refuse none, some have none.

    Two descriptors of the lock file, or of the folder while there is none, try to hold it at once. What was found is
    remembered for the device. Where nothing can be found out, the locks are taken to work.
    """
    path = Path(os.path.realpath(path))
    descriptors: list[int] = []
    try:
        descriptors += [_opened_to_try(path)]
        device = os.fstat(descriptors[0]).st_dev
        if device not in _working:
            descriptors += [_opened_to_try(path)]
            _working[device] = _keeps_out(*descriptors)
        return _working[device]
    except OSError:
        return True
    finally:
        for descriptor in descriptors:
            _let_go(descriptor)


def _opened_to_try(path: Path) -> int:
    try:
        return os.open(lock_path(path), _FLAGS)
    except (FileNotFoundError, PermissionError):
        return os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)


def _keeps_out(first: int, second: int) -> bool:
    """Return whether one of two descriptors cannot be locked, without waiting, while the other is."""
    for descriptor in (first, second):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # for the first of them, because a session is saving
            return True
        except OSError as problem:
            if problem.errno in _NO_LOCKS:
                return False
            raise
    return False
