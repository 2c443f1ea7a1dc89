"""Who else has an engagement open: a small note beside the file for each session, touched now and then.

Notes are information only. Nothing waits for one, and one that cannot be written, or that holds nonsense, changes
nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pcsm_tui.domain.safe_text import safe_line
from pcsm_tui.store.sharing import share

MOST_NOTES = 50
"""So many notes are read at the most."""
SILENT = 180
"""Seconds without a heartbeat after which a session on another machine no longer counts."""
FORGOTTEN = 24 * 60 * 60
"""Seconds without a heartbeat after which its note is removed."""
_LARGEST = 4096
_LONGEST = 80
"""Characters of a text in a note that count: a boot id and its namespace have 56."""
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


class Other(NamedTuple):
    """Another session that has the engagement open; `host` is empty for one on this machine.

    `since` is a time in UTC as records have it, `seconds` how long its last heartbeat is ago.
    """

    user: str
    tty: str
    host: str
    since: str
    seconds: int


class Note(NamedTuple):
    """A note as it was read: `beat` is when it was last touched, by the clock of the file system."""

    file: Path
    user: str
    tty: str
    host: str
    since: str
    pid: int
    boot: str
    started: str
    beat: float

    @property
    def is_here(self) -> bool:
        """Whether its session runs on this machine, where one can look for the process."""
        return (self.host, self.boot) == (_host(), _boot())

    def is_running(self) -> bool | None:
        """Return whether the process of a session on this machine lives; None when that cannot be known."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:  # somebody else's
            pass
        started = _start_of(self.pid)
        return started == self.started if started and self.started else None

    def is_over(self, seconds: float) -> bool:
        """Return whether its session has ended, so many seconds after its last heartbeat."""
        return (self.is_here and self.is_running() is False) or (not self._is_known() and seconds > FORGOTTEN)

    def counts(self, seconds: float) -> bool:
        """Return whether its session is taken to be there; one whose process is known to live may be silent."""
        return self._is_known() or seconds <= SILENT

    def _is_known(self) -> bool:
        return self.is_here and self.is_running() is True


class Presence:
    """The note of one session of `user` beside the engagement at `path`.

    `session` tells it from the notes of all others, and `since` is the time in UTC at which it began. No act raises.
    """

    def __init__(self, path: Path, user: str, session: str, since: str) -> None:
        self._path = Path(os.path.realpath(path))
        self._file = self._path.with_name(f".{self._path.name}.open.{session}")
        self._user, self._since = user, since
        self._announced = False

    def announce(self) -> None:
        """Write the note, for whom the engagement is open to."""
        self._announced = True
        with contextlib.suppress(OSError):
            mode = stat.S_IMODE(self._path.stat().st_mode)
            descriptor = os.open(self._file, _MAKE, 0o600)
            try:
                os.write(descriptor, self._content())
                with contextlib.suppress(OSError):  # some colleagues then do not see it
                    share(descriptor, self._path, mode)
            finally:
                os.close(descriptor)

    def _content(self) -> bytes:
        note = {
            "user": _short(self._user),
            "tty": _terminal(),
            "host": _host(),
            "since": self._since,
            "pid": os.getpid(),
            "boot": _boot(),
            "started": _start_of(os.getpid()),
        }
        return json.dumps(note).encode()

    def beat(self) -> None:
        """Show that the session is still there; a note that is gone is written again, but not after `leave`."""
        if not self._announced:
            return
        try:
            os.utime(self._file, follow_symlinks=False)
        except FileNotFoundError:
            self.announce()
        except OSError:  # the others then take this session to be silent
            pass

    def leave(self) -> None:
        """Remove the note."""
        self._announced = False
        with contextlib.suppress(OSError):
            os.unlink(self._file)

    def others(self) -> list[Other]:
        """Return the other sessions that have the engagement open, the one that was last active first.

        How long ago that is, is measured by the clock that stamps files in this folder, so that neither a clock that
        is wrong nor one that jumps hides anybody. Notes of sessions that have ended are removed.
        """
        self.beat()
        now = self._now()
        notes = read_notes(self._path, self._file)
        for note in notes:
            if note.is_over(0 if now is None else now - note.beat):
                with contextlib.suppress(OSError):
                    os.unlink(note.file)
        return _counting(notes, time.time() if now is None else now)

    def _now(self) -> float | None:
        """Return when the own note was just touched; None when there is none."""
        try:
            return self._file.lstat().st_mtime
        except OSError:
            return None


def open_elsewhere(path: Path, now: float) -> list[Other]:
    """Return the sessions of other processes that have a file open; `now` by the clock of its file system."""
    notes = read_notes(path)
    return _counting([note for note in notes if not (note.is_here and note.pid == os.getpid())], now)


def _counting(notes: Iterable[Note], now: float) -> list[Other]:
    found = []
    for note in notes:
        seconds = max(0, int(now - note.beat))
        if not note.is_over(0) and note.counts(seconds):
            host = "" if note.is_here else note.host
            found.append(Other(note.user, note.tty, host, note.since, seconds))
    return sorted(found, key=lambda other: (other.seconds, other.user, other.tty))


def told(others: Iterable[Other], now: datetime) -> str:
    """Return who else has an engagement open, in words, with the time of day where the user sits; empty for nobody."""
    several = list(others)
    if not several:
        return ""
    first, more = several[0], len(several) - 1
    where = " on ".join(filter(None, (first.tty, first.host)))
    who = f"{first.user} ({where})" if where else first.user
    rest = f", +{more} other{'s' if more > 1 else ''}" if more else ""
    return f"also open: {who}{_told_since(first.since, now)}, active {_told_age(first.seconds)}{rest}"


def _told_since(since: str, now: datetime) -> str:
    try:
        begun = datetime.fromisoformat(since).astimezone()
    except (ValueError, OverflowError):  # what a note says need not be a time, nor one that this place has
        return ""
    is_today = begun.date() == now.astimezone().date()
    return f" since {begun:%H:%M}" if is_today else f" since {begun:%Y-%m-%d %H:%M}"


def _told_age(seconds: int) -> str:
    for length, unit in ((24 * 60 * 60, "d"), (60 * 60, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "now"


# --- reading ------------------------------------------------------------------------------------------------------


def note_files(path: Path) -> Iterator[Path]:
    """Yield the files beside an engagement whose names are those of notes on it, whatever they hold."""
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name.startswith(f".{path.name}.open."):
                yield path.with_name(entry.name)


def read_notes(path: Path, besides: Path | None = None) -> list[Note]:
    """Return what the notes on an engagement say, the file `besides` and those that make no sense left out."""
    files = islice((file for file in note_files(path) if file != besides), MOST_NOTES)
    return [note for note in map(read_note, files) if note is not None]


def read_note(file: Path) -> Note | None:
    """Return what a note says; None when it is no note: no small plain file, or without what a note holds."""
    try:
        descriptor = os.open(file, _READ)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return None
        payload = os.read(descriptor, _LARGEST)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    try:
        note = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return _note(file, note, found.st_mtime) if isinstance(note, dict) else None


def _note(file: Path, note: dict[str, Any], beat: float) -> Note | None:
    texts = [note.get(name) for name in ("user", "tty", "host", "since", "boot", "started")]
    pid = note.get("pid")
    if not all(isinstance(text, str) for text in texts) or type(pid) is not int or not 0 < pid < 2**31:
        return None
    user, tty, host, since, boot, started = (_short(str(text)) for text in texts)
    return Note(file, user, tty, host, since, pid, boot, started, beat)


def _short(text: str) -> str:
    """Return a text as it may be shown wherever it comes from."""
    return safe_line(text)[:_LONGEST]


# --- this process and its machine ---------------------------------------------------------------------------------


@cache
def _host() -> str:
    return _short(os.uname().nodename)


@cache
def _boot() -> str:
    """Return what tells this machine, since it was started, from all others; empty where nothing does.

    The namespace of process ids belongs to it, since containers on one machine do not see each other's processes.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return _short(f"{boot} {Path('/proc/self/ns/pid').readlink()}")
    except OSError:
        return ""


def _terminal() -> str:
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, none, or no terminal
            return os.ttyname(stream.fileno()).removeprefix("/dev/")  # type: ignore[union-attr]
    return ""


def _start_of(pid: int) -> str:
    """Return what tells a process from a later one of the same id: when it started, in ticks; empty if unknown."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    state, *fields = line.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return "ended" if state in "ZX" else fields[18]
