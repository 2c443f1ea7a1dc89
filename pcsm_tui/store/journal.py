"""The journal of a session: every change is in it, on the disk, before it is shown as accepted.

A file of lines in the person's own state folder, one folder an engagement and one file a session, locked as long as the
session lives. A line is its length, a checksum and a JSON object; a torn last line, or anything from the first line on
that is not whole, is as if it had not been written.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pcsm_tui.errors import StorageFailed
from pcsm_tui.store.folders import private_folder
from pcsm_tui.store.replacing import write_all

Entry = Mapping[str, Any]
_SUFFIX = ".journal"
_LARGEST = 64 * 1024 * 1024


class Journal:
    """The journal that one session writes; its file is made with the first entry.

    `name` is that of the session, unique on this machine and sorting by time.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}{_SUFFIX}"
        self._descriptor = -1
        self._end = -1
        self._turn = threading.RLock()
        self._writing = False

    def append(self, *entries: Entry, durable: bool = True) -> bool:
        """Write entries at the end, and put them on the disk unless they need not survive a power failure.

        Returns whether they were written: not when this comes in the middle of another line, as in a signal's handler.
        Raises `StorageFailed` when that cannot be done; nothing of them is then in the journal.
        """
        with self._turn:
            if self._writing:
                return False
            self._writing = True
            try:
                self._append(b"".join(map(_as_line, entries)), durable)
            except OSError as problem:
                raise StorageFailed(
                    f"Crash protection is off: {self.path} cannot be written: {problem.strerror}."
                ) from None
            finally:
                self._writing = False
        return True

    def _append(self, lines: bytes, durable: bool) -> None:
        if self._descriptor < 0:
            self._descriptor = self._opened()
        size = os.fstat(self._descriptor).st_size
        if self._end < 0:
            self._end = size
        if size != self._end:  # half a line, behind which nothing would be read
            os.ftruncate(self._descriptor, self._end)
        try:
            write_all(self._descriptor, lines)
            if durable:
                os.fdatasync(self._descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._end)
            raise
        self._end += len(lines)

    def _opened(self) -> int:
        private_folder(self.path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            with contextlib.suppress(OSError):
                os.close(descriptor)
            raise
        return descriptor

    def close(self) -> None:
        """Let go of the file, which others may then take up."""
        with self._turn:
            if self._descriptor >= 0:
                with contextlib.suppress(OSError):  # what is in it was put on the disk before
                    os.close(self._descriptor)
                self._descriptor = -1

    def remove(self) -> None:
        """Remove the file: nothing in it is needed any more."""
        self.close()
        with contextlib.suppress(OSError):
            self.path.unlink()


class LeftJournal:
    """A journal whose session has ended, read; it is removed by whoever has taken up what is in it."""

    def __init__(self, path: Path, entries: tuple[Entry, ...]) -> None:
        self.path = path
        self.entries = entries

    def remove(self) -> None:
        """Remove it; what cannot be removed is found once more, which changes nothing."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def put_aside(self) -> None:
        """Keep it under another name, so that it is not offered again; raises `StorageFailed`."""
        try:
            self.path.replace(self.path.with_suffix(".discarded"))
        except OSError as problem:
            raise StorageFailed(f"{self.path} cannot be put aside: {problem.strerror}.") from None


def left_journals(folder: Path) -> list[LeftJournal]:
    """Return the journals of sessions of this person that have ended, the oldest first; none where none can be read."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == _SUFFIX)
    except OSError:
        return []
    return [LeftJournal(path, entries) for path in paths if (entries := _left(path)) is not None]


def forget_discarded(folder: Path, before: float) -> None:
    """Remove journals put aside whose last change was before a time, in seconds of the epoch."""
    with contextlib.suppress(OSError):
        for path in folder.glob("*.discarded"):
            if path.stat().st_mtime < before:
                path.unlink()


def _left(path: Path) -> tuple[Entry, ...] | None:
    """Return the entries of a journal; None for one whose session lives, or that cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return tuple(_entries(file.read(_LARGEST)))
    except OSError:
        return None
    finally:
        with contextlib.suppress(OSError):  # it is read, or it is not
            os.close(descriptor)


def _as_line(entry: Entry) -> bytes:
    text = json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode()
    return b"%d %08x %s\n" % (len(text), zlib.crc32(text), text)


def _entries(payload: bytes) -> Iterator[Entry]:
    """Yield the entries up to the first line that is not whole."""
    for line in payload.split(b"\n")[:-1]:
        length, _, rest = line.partition(b" ")
        checksum, _, text = rest.partition(b" ")
        if not length.isdigit() or int(length) != len(text) or checksum != b"%08x" % zlib.crc32(text):
            return
        entry = json.loads(text)
        if isinstance(entry, dict):
            yield entry
