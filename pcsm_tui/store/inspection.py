"""What is wrong, or at risk, with engagement files and the folder that they are in. Looking changes nothing."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pcsm_tui.errors import FileRefused, PcsmError
from pcsm_tui.store import canonical
from pcsm_tui.store.copies import copies, is_same
from pcsm_tui.store.engagement_file import is_read_only
from pcsm_tui.store.findings import Finding as Finding
from pcsm_tui.store.findings import finding, several
from pcsm_tui.store.locks import lock_path
from pcsm_tui.store.migrations import SCHEMA, migrated
from pcsm_tui.store.names import SUFFIX, beside
from pcsm_tui.store.places import place_findings
from pcsm_tui.store.presence import read_note
from pcsm_tui.store.replacing import previous_path, read_payload

Document = dict[str, Any]
Further = Callable[[Path, str, Document], Iterable[Finding]]
Progress = Callable[[int, int], object]
Names = Callable[[Path], list[str]]

_PASSING = 60
"""Seconds for which a temporary file may belong to a save that is going on."""


class _Read(NamedTuple):
    """An engagement file that could be read: where it really is, its size in bytes, and what it holds, as stored."""

    path: Path
    real: Path
    size: int
    stored: Document

    @property
    def mark(self) -> dict[str, Any]:
        mark: dict[str, Any] = next(iter(self.stored["_meta"].values()))
        return mark

    @property
    def file_id(self) -> str:
        return str(self.mark["file_id"])


def engagement_files(folder: Path) -> list[Path]:
    """Return the engagement files of a folder by name, the library and links to nothing included.

    Raises `FileRefused` for a folder that cannot be read.
    """
    return [folder / name for name in _names(folder) if name.endswith(SUFFIX) and not name.startswith(".")]


def inspected(path: Path, further: Further | None = None, progress: Progress | None = None) -> list[Finding]:
    """Return everything that is found about an engagement file, or about a folder and each engagement in it.

    `further` is asked for more about each file that can be read, with its file_id and its document in today's schema. `progress` is
    called with how many files are done of how many. Raises `FileRefused` for a folder that cannot be read.
    """
    is_folder = path.is_dir()
    path = Path(os.path.realpath(path)) if is_folder else path.absolute()
    files = engagement_files(path) if is_folder else [path]
    names = cache(_names_as_far)
    found: list[Finding] = []
    read: list[_Read] = []
    for place, file in enumerate(files, 1):
        found += _of_file(file, names, read, further)
        if progress is not None:
            progress(place, len(files))
    for folder in dict.fromkeys([*([path] if is_folder else []), *(item.real.parent for item in read)]):
        inside = [item for item in read if item.real.parent == folder]
        found += place_findings(folder, max((item.size for item in inside), default=0))
        found += copies(folder, names(folder), {item.real.name: item.file_id for item in inside})
    return [*found, *_orphans(path, names(path))] if is_folder else found


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError as problem:
        raise FileRefused(f"The folder {folder} cannot be read: {problem.strerror}.") from None


def _names_as_far(folder: Path) -> list[str]:
    """Return the names in the folder of a file; none when it may be passed through and not looked into."""
    try:
        return _names(folder)
    except FileRefused:
        return []


# --- a file -------------------------------------------------------------------------------------------------------


def _of_file(path: Path, names: Names, read: list[_Read], further: Further | None) -> Iterator[Finding]:
    """Yield what is found about a file; one that can be read is put to those that were."""
    real = Path(os.path.realpath(path))
    try:
        payload = read_payload(path)
        if payload is None:
            yield _missing(path, real)
            return
        stored = canonical.from_bytes(payload, path)
        document = migrated(stored, path)
    except PcsmError as problem:
        yield finding("wrong", path, problem.message, f"{problem.hint} {_way_back(real)}".strip())
        if not os.access(real, os.F_OK):
            return
    else:
        item = _Read(path, real, len(payload), stored)
        read.append(item)
        yield from _schema(item)
        yield from _previous(item)
        yield from further(path, item.file_id, document) if further else ()
    beside_it = [name for name in names(real.parent) if name.startswith(f".{real.name}.")]
    yield from _links(path, real)
    yield from _modes(path, real)
    yield from _lock(path, lock_path(real))
    yield from _passing(path, real, beside_it)


def _missing(path: Path, real: Path) -> Finding:
    if path.is_symlink():
        return finding(
            "wrong", path, f"It is a link to {real}, which does not exist.", "Remove it, or put the file back."
        )
    return finding("wrong", path, "It does not exist.", "`pcsm list` shows the engagements.")


def _way_back(real: Path) -> str:
    """Return what one can go back to from a file that cannot be read; empty when there is nothing."""
    previous = previous_path(real)
    try:
        payload = read_payload(previous)
        canonical.from_bytes(payload or b"", previous)
    except PcsmError:
        return ""
    return f"Its previous generation can be read: {previous.name}."


def _schema(item: _Read) -> Iterator[Finding]:
    schema = item.mark["schema"]
    if schema < SCHEMA:
        what = f"It has schema {schema}, an older one; this program writes {SCHEMA}."
        yield finding("note", item.path, what, "The next save brings it up to date.")
    if schema > SCHEMA:
        what = f"A newer pcsm wrote it: it has schema {schema}, and this program {SCHEMA}."
        yield finding("note", item.path, what, "What this one does not know is kept; update pcsm to see it.")


def _previous(item: _Read) -> Iterator[Finding]:
    """Yield what is found about the previous generation, which every save but the first leaves behind."""
    advice = "The next save makes a new one."
    try:
        payload = read_payload(previous_path(item.real))
        kept = None if payload is None else canonical.from_bytes(payload, previous_path(item.real))
    except PcsmError as problem:
        yield finding("risk", item.path, f"Its previous generation cannot be used: {problem.message}", advice)
        return
    if kept is None:
        if type(item.mark.get("n")) is int and item.mark["n"] > 1:
            yield finding("note", item.path, "There is no previous generation of it to go back to.", advice)
        return
    mark: dict[str, Any] = next(iter(kept.get("_meta", {}).values()), {})
    if mark.get("file_id") != item.file_id:
        yield finding("risk", item.path, "Its previous generation is one of a different engagement.", advice)


def _links(path: Path, real: Path) -> Iterator[Finding]:
    if path.is_symlink():
        yield finding("note", path, f"It is a link to {real}.", "Saves go there, and the link stays.")
    names = real.stat().st_nlink
    if is_same(real, previous_path(real)):  # a save that was killed before it was done
        names -= 1
    if names > 1 and real.is_file():
        what = f"It has {names} names (hard links), and a save changes what is found under this one only."
        yield finding("risk", path, what, "Remove the other names, or make them links to this one (`ln -s`).")


def _modes(path: Path, real: Path) -> Iterator[Finding]:
    found, folder = real.stat(), real.parent.stat()
    others = found.st_mode & 0o006
    if others and all(parent.stat().st_mode & 0o001 for parent in real.parents):
        what = "change" if others & 0o002 else "read"
        mode = f"{stat.S_IMODE(found.st_mode):o}"
        yield finding("risk", path, f"Every user of this machine may {what} it (mode {mode}).", "`chmod o= FILE`")
    if is_read_only(real):
        advice = "`chmod u+w FILE`, or ask its owner; or work on a copy."
        yield finding("note", path, "It is read-only: what you change in it cannot be saved.", advice)
    if folder.st_mode & stat.S_ISVTX and os.geteuid() not in (0, found.st_uid, folder.st_uid):
        what = "It is somebody else's, in a folder where only its owner may replace a file: you cannot save it."
        yield finding("risk", path, what, "Move the engagements to a folder of your group (`chmod -t`).")


def _lock(path: Path, lock: Path) -> Iterator[Finding]:
    try:
        found = lock.lstat()
    except OSError:  # none yet, or a folder that may not be looked into, which is told of itself
        return
    if not stat.S_ISREG(found.st_mode):
        yield finding(
            "wrong", path, f"Its lock file {lock.name} is not a plain file: nothing can be saved.", "Remove it."
        )
    elif not os.access(lock, os.R_OK | os.W_OK):
        what = f"You may not open its lock file {lock.name}: your saves and those of others do not wait for each other."
        yield finding("risk", path, what, "Ask the owner of the lock file to give it the mode of the engagement's.")


def _passing(path: Path, real: Path, names: list[str]) -> Iterator[Finding]:
    """Yield what was left behind that should have been there for moments, or as long as a session."""
    now = time.time()
    temporary = [name for name in names if name.endswith(".tmp") and _age(real.with_name(name), now) > _PASSING]
    if temporary:
        what = f"Saves that were cut off left behind {several(temporary)}."
        yield finding("note", path, what, "The next save removes what they left.")
    ended, nonsense = 0, []
    for name in names:
        if not name.startswith(f".{real.name}.open."):
            continue
        note = read_note(real.with_name(name))
        if note is None:
            nonsense.append(name)
        elif note.is_over(now - note.beat):
            ended += 1
    if ended:
        what = f"Notes of sessions that have ended lie beside it: {ended}."
        yield finding("note", path, what, "The next session removes them.")
    if nonsense:
        what = f"Notes of open sessions that make no sense lie beside it: {several(nonsense)}."
        yield finding("note", path, what, "They are ignored; remove them.")


def _age(path: Path, now: float) -> float:
    try:
        return now - path.lstat().st_mtime
    except OSError:  # gone by now
        return 0


# --- a folder -----------------------------------------------------------------------------------------------------


def _orphans(folder: Path, names: list[str]) -> Iterator[Finding]:
    """Yield what was left behind of engagements that are gone."""
    found = [(name, of) for name in names if (of := beside(name)) and of.engagement not in names]
    for name, of in found:
        if of.what == "previous":
            what = f"{of.engagement} is gone, and its previous generation is there as {name}."
            yield finding("note", folder, what, "Rename it to get the engagement back; else remove it.")
    if rest := [name for name, of in found if of.what != "previous"]:
        what = f"Engagements that are gone left behind {several(rest)}."
        yield finding("note", folder, what, "Remove them.")
