"""Backups of engagement files: snapshots of their exact bytes, compressed, in the person's own state folder.

One folder an engagement. A snapshot's name sorts by time and says which revision it holds; the file `origin` says where
the engagement was, so that a damaged file leads to its backups. A snapshot is read back before an older one gives way.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import re
import stat
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pcsm_tui.errors import FileRefused, StorageFailed
from pcsm_tui.store import canonical
from pcsm_tui.store.folders import private_folder
from pcsm_tui.store.locks import write_lock
from pcsm_tui.store.replacing import previous_path, read_payload, replace_file

SESSIONS, DAYS, WEEKS = 10, 7, 4
"""How many snapshots are kept: the newest ones, and the newest one of each day and of each week that has any."""
PREVIOUS = "previous save"
"""The kind of the generation that the last save left beside the file."""
_MODE, _FOLDER_MODE = 0o600, 0o700
_PATIENCE = 1.0
_MOST_ORIGINS = 8
_HEAD = 8192
"""Where `_meta` ends, after 64 revisions and the customer's name, at the latest."""
_STAMP = "%Y%m%dT%H%M%S"
_SUFFIX = ".json.gz"
_NAME = re.compile(r"(\d{8}T\d{6})-n(\d{1,16})-([0-9A-Za-z]{0,8})\.json\.gz")
_FILE_ID = re.compile(rb'"file_id"\s*:\s*"([^"\\]{1,200})"')


class Backup(NamedTuple):
    """A snapshot: its file, when it was taken (UTC), the number and the beginning of its revision, its bytes on the disk.

    `kinds` says why it is kept: "session", "daily", "weekly", or "previous save".
    """

    path: Path
    when: datetime
    n: int
    rev: str
    size: int
    kinds: tuple[str, ...]


def kept(stamps: Iterable[datetime], now: datetime) -> dict[datetime, tuple[str, ...]]:
    """Return which snapshots are kept, by when they were taken, and as what.

    Stamps from the future, as a clock that was wrong leaves them, are counted apart by the same rule: none of them goes
    because the clock was set right, and none of what was taken by the right clock gives way to them.
    """
    newest = sorted(set(stamps), reverse=True)
    kinds: dict[datetime, tuple[str, ...]] = {}
    for of_one_clock in ([stamp for stamp in newest if stamp > now], [stamp for stamp in newest if stamp <= now]):
        for kind, most, period in (("session", SESSIONS, _moment), ("daily", DAYS, _day), ("weekly", WEEKS, _week)):
            seen: set[object] = set()
            for stamp in of_one_clock:
                if period(stamp) not in seen and len(seen) < most:
                    seen.add(period(stamp))
                    kinds[stamp] = (*kinds.get(stamp, ()), kind)
    return kinds


def _moment(stamp: datetime) -> object:
    return stamp


def _day(stamp: datetime) -> object:
    return stamp.date()


def _week(stamp: datetime) -> object:
    return stamp.isocalendar()[:2]


class Backups:
    """The snapshots of one engagement, in the folder that `folder_of` names; it is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, payload: bytes, path: Path, when: datetime, *, prune: bool = True) -> Path | None:
        """Keep these bytes of the engagement file at `path`; return the new snapshot, None when the newest is the same.

        The newest is also the one that was before `when`, where others are from a clock that was ahead.

        Older ones give way, by `kept`, once the new one has been read back, and not without `prune`. Raises `FileRefused`
        for bytes that are no engagement file, `StorageFailed` when they cannot be kept, `FileLocked` when another session
        is at it for long.
        """
        meta = _meta(canonical.from_bytes(payload, path))
        try:
            return self._keep(payload, meta, path, when, prune)
        except OSError as problem:
            raise StorageFailed(f"No backup was kept in {self.folder}: {problem.strerror or problem}.") from None

    def _keep(self, payload: bytes, meta: dict[str, Any], path: Path, when: datetime, prune: bool) -> Path | None:
        for folder in (self.folder.parent.parent, self.folder.parent, self.folder):
            private_folder(folder)
        if stat.S_IMODE(self.folder.stat().st_mode) != _FOLDER_MODE:  # an older one, or one made by a generous hand
            self.folder.chmod(_FOLDER_MODE)
        with write_lock(self.folder / "backups", _MODE, _PATIENCE):
            self._sweep()
            self._note_origin(path)
            before = self.listing(when)
            by_this_clock = [item for item in before if item.when <= when]
            if any(self._holds(item, payload) for item in {*before[:1], *by_this_clock[:1]}):
                return None
            return self._added(payload, meta, when, prune)

    def listing(self, now: datetime) -> list[Backup]:
        """Return the snapshots, the newest first, none where there is no folder; raises `StorageFailed`."""
        found: list[Backup] = []
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    match = _NAME.fullmatch(entry.name)
                    when = _time(match[1]) if match else None
                    if match and when is not None and entry.is_file(follow_symlinks=False):
                        size = entry.stat(follow_symlinks=False).st_size
                        found.append(Backup(Path(entry.path), when, int(match[2]), match[3], size, ()))
        except FileNotFoundError:
            return []
        except OSError as problem:
            raise StorageFailed(f"The backups in {self.folder} cannot be read: {problem.strerror}.") from None
        kinds = kept((item.when for item in found), now)
        found.sort(key=lambda item: (item.when, item.n, item.path.name), reverse=True)
        return [item._replace(kinds=kinds.get(item.when, ())) for item in found]

    def origins(self) -> list[Path]:
        """Return where the engagement was, the latest place first; none where that was not noted."""
        try:
            texts = json.loads(read_payload(self.folder / "origin") or b"[]")
        except (ValueError, FileRefused, StorageFailed):  # a convenience: the next backup notes it anew
            return []
        return [Path(text) for text in texts if isinstance(text, str)] if isinstance(texts, list) else []

    def _added(self, payload: bytes, meta: dict[str, Any], when: datetime, prune: bool) -> Path:
        n, rev = meta.get("n"), re.sub(r"[^0-9A-Za-z]", "", str(meta.get("rev", "")))[:8]
        number = n if type(n) is int and n >= 0 else 0
        path = self._free(when.astimezone(UTC), f"n{number}-{rev}")
        try:
            warning = replace_file(path, gzip.compress(payload, 6, mtime=0), _MODE)
        except StorageFailed as problem:
            raise StorageFailed(f"No backup was kept: {problem.message}", "The older ones are as they were.") from None
        new = Backup(path, when, number, rev, 0, ())
        if not self._holds(new, payload):
            with contextlib.suppress(OSError):
                path.unlink()
            raise StorageFailed(f"No backup was kept: {path} cannot be read back.", "The older ones are as they were.")
        if prune and not warning:  # what the disk did not confirm displaces nothing
            self._prune(path, when)
        return path

    def _free(self, when: datetime, revision: str) -> Path:
        """Return a name that is not taken: of two snapshots of a revision in one second the later is a second younger."""
        while os.path.lexists(path := self.folder / f"{when:{_STAMP}}-{revision}{_SUFFIX}"):
            when += timedelta(seconds=1)
        return path

    def _holds(self, backup: Backup, payload: bytes) -> bool:
        """Return whether a snapshot can be read and holds just these bytes."""
        try:
            return read(backup) == payload
        except (FileRefused, StorageFailed):
            return False

    def _prune(self, new: Path, now: datetime) -> None:
        for backup in self.listing(now):
            if not backup.kinds and backup.path != new:
                with contextlib.suppress(OSError):  # found once more with the next backup
                    backup.path.unlink()

    def _sweep(self) -> None:
        """Remove what killed writes left behind: the holder of the lock may, since nobody else is writing."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") and entry.name.endswith(".tmp"):
                    os.unlink(entry.path)

    def _note_origin(self, path: Path) -> None:
        place, known = Path(os.path.realpath(path)), self.origins()
        if known[:1] == [place]:
            return
        texts = [str(place), *(str(other) for other in known if other != place)][:_MOST_ORIGINS]
        with contextlib.suppress(StorageFailed):  # the backup counts for more
            replace_file(self.folder / "origin", json.dumps(texts).encode(), _MODE)


def read(backup: Backup) -> bytes:
    """Return the bytes of the engagement file that a backup holds.

    Raises `FileRefused` when it is damaged or no engagement file, `StorageFailed` when it is gone or cannot be read.
    """
    payload = read_payload(backup.path)
    if payload is None:
        raise StorageFailed(f"The backup {backup.path} is gone.", "`pcsm backup list` shows what there is.")
    if backup.path.name.endswith(_SUFFIX):
        payload = _decompressed(payload, backup.path)
    canonical.from_bytes(payload, backup.path)
    return payload


def _decompressed(packed: bytes, path: Path) -> bytes:
    """Return what one whole gzip member holds, no more than an engagement file may have; raises `FileRefused`."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        payload = unpacking.decompress(packed, canonical.LARGEST_FILE + 1)
    except zlib.error:
        payload = b""
    if len(payload) > canonical.LARGEST_FILE:
        raise FileRefused(f"The backup {path} holds more than {canonical.LARGEST_FILE:,} bytes.", "Use another one.")
    if not unpacking.eof or unpacking.unused_data:
        raise FileRefused(f"The backup {path} is damaged.", "Use another one.")
    return payload


def previous(path: Path) -> Backup | None:
    """Return the generation before the last save, which lies beside an engagement file; None when there is none."""
    beside = previous_path(Path(os.path.realpath(path)))
    try:
        found = beside.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    meta: dict[str, Any] = {}
    with contextlib.suppress(FileRefused, StorageFailed):  # then it is listed as one that cannot be read
        meta = _meta(canonical.from_bytes(read_payload(beside) or b"", beside))
    n = meta.get("n")
    when = datetime.fromtimestamp(found.st_mtime, UTC)
    return Backup(beside, when, n if type(n) is int else 0, str(meta.get("rev", ""))[:8], found.st_size, (PREVIOUS,))


def folder_of(state_folder: Path, file_id: str) -> Path:
    """Return the folder of the backups of an engagement; its `file_id` may be any text, also one that is no name."""
    plain = re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", file_id)
    name = file_id if plain else f"~{hashlib.blake2b(file_id.encode(errors='replace'), digest_size=16).hexdigest()}"
    return state_folder / "backups" / name


def all_backups(state_folder: Path) -> list[Backups]:
    """Return the backups of every engagement, none where there are none; raises `StorageFailed`."""
    try:
        with os.scandir(state_folder / "backups") as entries:
            return [Backups(folder) for folder in sorted(Path(entry.path) for entry in entries if entry.is_dir())]
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise StorageFailed(f"The backups in {state_folder} cannot be read: {problem.strerror}.") from None


def for_path(state_folder: Path, path: Path) -> Backups | None:
    """Return the backups of the engagement that a file holds or, damaged or gone, held; None when none are known.

    What the file says of itself counts before what the previous save beside it does, which a folder takes along when it
    is moved, and that before what was last seen in its place.
    """
    place = Path(os.path.realpath(path))
    for file in (place, previous_path(place)):
        if file_id := file_id_of(file):
            return Backups(folder_of(state_folder, file_id))
    ranked = [(found.origins().index(place), found) for found in all_backups(state_folder) if place in found.origins()]
    return min(ranked, key=lambda item: (item[0], -_last_used(item[1])))[1] if ranked else None


def file_id_of(path: Path) -> str:
    """Return the `file_id` that stands at the beginning of a file, however damaged the rest is; empty when none does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        head = os.read(descriptor, _HEAD) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        head = b""
    finally:
        os.close(descriptor)
    match = _FILE_ID.search(head)
    return match[1].decode(errors="replace") if match else ""


def _last_used(backups: Backups) -> float:
    try:
        return backups.folder.stat().st_mtime
    except OSError:
        return 0.0


def _meta(document: dict[str, Any]) -> dict[str, Any]:
    return next(iter(document.get("_meta", {}).values()), {})


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
