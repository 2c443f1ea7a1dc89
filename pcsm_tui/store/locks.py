"""The write lock of an engagement file: a permanent lock file beside it, held for milliseconds.

The data file itself is never locked: replacing it would leave two holders. The kernel releases the lock of a process
that dies, so there is never a stale one.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pcsm_tui.errors import FileLocked, FileRefused, StorageFailed

PATIENCE = 5.0
"""Seconds to wait for another session's save."""
_PAUSE = 0.01
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


def _opened(path: Path, mode: int) -> int:
    lock = lock_path(path)
    try:
        descriptor = os.open(lock, _FLAGS, mode)
    except PermissionError:
        # A colleague's lock file that we may not open, or a folder that we may not write: lock the folder instead.
        return os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as problem:
        raise FileRefused(f"The lock file {lock} cannot be opened: {problem.strerror}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileRefused(f"The lock file {lock} is not a plain file.", "Remove it.")
    return descriptor


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
