"""Backups of an engagement: which there are, what differs from them, and how one takes the place of the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pcsm_tui.domain import changes, history
from pcsm_tui.domain.engagement import META, Engagement
from pcsm_tui.domain.values import same_value
from pcsm_tui.errors import AnotherEngagement, FileRefused, PcsmError, StorageFailed, UsageError
from pcsm_tui.insight.differences import differences
from pcsm_tui.store import backups, canonical
from pcsm_tui.store.backups import Backup, Backups
from pcsm_tui.store.engagement_file import mode_of, new_uid, revisions, with_new_revision
from pcsm_tui.store.locks import write_lock
from pcsm_tui.store.migrations import migrated
from pcsm_tui.store.overwriting import finish_overwriting
from pcsm_tui.store.replacing import read_payload, remove_leftovers, replace_file
from pcsm_tui.workspace.clock import STAMP, wall_clock
from pcsm_tui.workspace.listing import SUFFIX

if TYPE_CHECKING:
    from pcsm_tui.domain.declarations import Framework
    from pcsm_tui.settings import Settings
    from pcsm_tui.workspace import Workspace

Document = dict[str, Any]
_PRIVATE = 0o600
_NAMED = "%Y%m%dT%H%M%S"


class Kept(NamedTuple):
    """A backup as it is listed: its number, 1 for the newest; what it holds, in bytes and records; or what is wrong."""

    number: int
    backup: Backup
    size: int
    records: int
    problem: str

    @property
    def name(self) -> str:
        """The name by which it can be asked for."""
        return self.backup.path.name


class Restored(NamedTuple):
    """What came of restoring: the file, where the copy of what it held before is, if it held anything, and a warning."""

    path: Path
    replaced: Path | None
    warning: str = ""


def backups_of(workspace: Workspace, path: Path) -> list[Kept]:
    """Return what there is of the engagement in a file, also a damaged or missing one: backups, and the previous save.

    The newest come first. Each was read to its end. Raises `StorageFailed` when the folder of the backups cannot be read.
    """
    store = backups.for_path(workspace.settings.places.state, path)
    found = store.listing(workspace.now) if store is not None else []
    beside = backups.previous(path)
    if beside is not None:
        # By its revision: the time of a file is that of whoever copied it last.
        found.insert(next((place for place, item in enumerate(found) if item.n <= beside.n), len(found)), beside)
    return [_kept(number, backup) for number, backup in enumerate(found, 1)]


def all_backups(settings: Settings) -> list[Kept]:
    """Return every backup of every engagement that this person has worked on, read; raises `StorageFailed`."""
    now = wall_clock()
    found = [backup for store in backups.all_backups(settings.places.state) for backup in store.listing(now)]
    return [_kept(number, backup) for number, backup in enumerate(found, 1)]


def told_age(now: datetime, when: datetime) -> str:
    """Return how long ago something was, in its largest unit."""
    seconds = (now - when).total_seconds()
    if seconds < 0:
        return "in the future"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "min")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 and unit != 'min' else ''}"
    return "just now"


def _kept(number: int, backup: Backup) -> Kept:
    try:
        payload = backups.read(backup)
        document = migrated(canonical.from_bytes(payload, backup.path), backup.path)
    except PcsmError as problem:
        return Kept(number, backup, 0, 0, problem.message)
    records = sum(len(table) for name, table in document.items() if name != META and not name.startswith("~"))
    return Kept(number, backup, len(payload), records, "")


def backup_named(listed: list[Kept], word: str) -> Kept:
    """Return the backup that a word means: its number in the list, or the beginning of its name.

    Raises `UsageError` when it means none, or several.
    """
    matches = [item for item in listed if word in (str(item.number), item.name)]
    matches = matches or [item for item in listed if len(word) > 3 and item.name.startswith(word)]
    if len(matches) == 1:
        return matches[0]
    what = "several backups begin" if matches else "there is no backup"
    hint = f"Give a number from 1 to {len(listed)}, or a name." if listed else "Nothing was kept of this engagement."
    raise UsageError(f"{word!r}: {what}{' with that' if matches else ' of that number or name'}.", hint)


def path_for(workspace: Workspace, word: str) -> Path:
    """Return the engagement file that a word means, also one that is gone but of which there is a backup.

    Raises `UsageError` when there is neither.
    """
    try:
        return workspace.path_of(word)
    except UsageError:
        direct, name = Path(word).expanduser().absolute(), word.removesuffix(SUFFIX).casefold()
        origins = [
            path for store in backups.all_backups(workspace.settings.places.state) for path in store.origins()[:1]
        ]
        near = [path for path in origins if path.parent in (workspace.folder, Path.cwd())]
        for matches in (
            [path for path in (direct,) if path in origins or backups.previous(path) is not None],
            [path for path in near if path.name.casefold() == f"{name}{SUFFIX}"],
            [path for path in near if name and path.name.casefold().startswith(name)],
        ):
            if len(matches) == 1:
                return matches[0]
        raise


def problem_of(path: Path) -> str:
    """Return why a file cannot be opened, in a sentence; empty when it can."""
    try:
        payload = read_payload(path)
        if payload is None:
            return f"{path} is gone."
        migrated(canonical.from_bytes(payload, path), path)
    except PcsmError as problem:
        return str(problem)
    return ""


def is_restorable(workspace: Workspace, path: Path) -> bool:
    """Return whether a file is damaged, and there is a backup that could take its place."""
    try:
        canonical.from_bytes(read_payload(path) or b"", path)
    except FileRefused:
        with_backups = backups.for_path(workspace.settings.places.state, path)
        return backups.previous(path) is not None or bool(with_backups and with_backups.listing(workspace.now))
    except StorageFailed:
        return False
    return False


def told_differences(framework: Framework, path: Path, chosen: Kept) -> list[str]:
    """Return in lines what restoring a backup would change in a file; of one that cannot be read, what is wrong.

    Raises `PcsmError` when the backup cannot be read.
    """
    after = _document(backups.read(chosen.backup), chosen.backup.path)
    if problem := problem_of(path):
        return [problem, f"The backup has {chosen.records} records:", *_told_tools(framework, after)]
    before = _document(read_payload(path) or b"", path)
    found = differences(Engagement(before, framework), Engagement(after, framework))
    told = [difference.told(framework.tool(difference.tool).name) for difference in found]
    return [*told, *_told_rest(framework, before, after)]


def _told_tools(framework: Framework, document: Document) -> Iterator[str]:
    for tool in framework.tools:
        if count := len(document.get(tool.id, {})):
            yield f"{tool.name}: {count}"


def _told_rest(framework: Framework, before: Document, after: Document) -> Iterator[str]:
    """Yield a line for each table that differs and that no tool shows."""
    for name in sorted({*before, *after}):
        if name == META or name.startswith("~") or framework.has_tool(name):
            continue
        old, new = before.get(name, {}), after.get(name, {})
        if not same_value(old, new):
            yield f"{name}: {len(old)} → {len(new)} records, not all alike"


def save_copy(chosen: Kept, target: Path) -> None:
    """Write the bytes of a backup into a new file; raises `FileRefused` when there is one of that name."""
    payload = backups.read(chosen.backup)
    if os.path.lexists(target):
        raise FileRefused(f"{target} exists already.", "Choose another name; nothing was written over it.")
    replace_file(target, payload, mode_of(target))


def restore(workspace: Workspace, path: Path, chosen: Kept) -> Restored:
    """Put the content of a backup in the place of a file, as a new revision, after keeping what is there now.

    What is there is kept as a backup, or, when it cannot be read, in a file beside it. Interrupted at any point, it can
    be done again and comes to the same. Raises `AnotherEngagement` when the file holds a different one, and what a save
    raises; the file is then as it was.
    """
    path = Path(os.path.realpath(path))
    document = _document(backups.read(chosen.backup), chosen.backup.path)
    file_id = _meta(document)["file_id"]
    store = Backups(backups.folder_of(workspace.settings.places.state, file_id))
    mode = mode_of(path)
    finish_overwriting(path, workspace.copies)  # newer than any backup, and gone once the file is whole again
    with write_lock(path, mode):
        remove_leftovers(path)
        payload = read_payload(path)
        replaced = None
        if payload is not None:
            _refuse_another(path, file_id)
            now = _readable(payload, path)
            if now is None:
                replaced = _kept_aside(path, payload, workspace.now)
            else:
                replaced = _kept_as_backup(store, path, payload, workspace.now)
                document = _after(now, document, _label(chosen), workspace)
        stamped = with_new_revision(document)
        canonical.check(stamped, path)
        # The previous generation stays: it may be the very backup that is restored, and what was there is kept already.
        warning = replace_file(path, canonical.to_bytes(stamped), mode)
    return Restored(path, replaced, warning)


def _label(chosen: Kept) -> str:
    return f"restore the backup of {chosen.backup.when:%Y-%m-%d %H:%M} UTC (revision {chosen.backup.n})"


def _document(payload: bytes, path: Path) -> Document:
    return migrated(canonical.from_bytes(payload, path), path)


def _readable(payload: bytes, path: Path) -> Document | None:
    """Return the document of a file, None when it is damaged; what only a newer program can read is refused."""
    try:
        raw = canonical.from_bytes(payload, path)
    except FileRefused:
        return None
    return migrated(raw, path)


def _refuse_another(path: Path, file_id: str) -> None:
    """Raise `AnotherEngagement` unless a file is, as far as can be told, of this engagement."""
    found = backups.file_id_of(path)
    if found and found != file_id:
        raise AnotherEngagement(
            f"{path} holds a different engagement than the backup.", "It was not touched; restore to a new file."
        )


def _after(now: Document, document: Document, label: str, workspace: Workspace) -> Document:
    """Return the document of a backup as one that comes after what the file holds now.

    Its ancestry has all revisions of both, so that sessions that have the file open merge with it; its history goes on
    from that of the file, so that they are told who restored what.
    """
    meta, then = _meta(now), _meta(document)
    known = revisions(now)
    older = [rev for rev in reversed(revisions(document)) if rev and rev not in known]
    ancestry = [*older, *reversed(known[1:])]
    number = max(meta.get("n", 0), then.get("n", 0))
    key = next(iter(document[META]))
    changed = changes.between(now, document, label)
    base = {**document, history.HISTORY: now.get(history.HISTORY, {})}
    if not base[history.HISTORY]:
        del base[history.HISTORY]
    after = history.with_entry(base, changed, new_uid(), workspace.now.strftime(STAMP), workspace.settings.user)
    return {**after, META: {key: {**then, "rev": meta.get("rev", ""), "n": number, "ancestry": ancestry}}}


def _kept_as_backup(store: Backups, path: Path, payload: bytes, now: datetime) -> Path:
    """Keep what a file holds as a backup and return where it is; nothing gives way to it, least of all what is restored."""
    new = store.keep(payload, path, now, prune=False)
    return new or store.listing(now)[0].path


def _kept_aside(path: Path, payload: bytes, now: datetime) -> Path:
    """Copy what a damaged file holds into a private file beside it, once, and return that."""
    stamp = now.astimezone(UTC).strftime(_NAMED)
    beginning = f"{path.name}.damaged-"
    try:
        copies = sorted(copy for copy in path.parent.iterdir() if copy.name.startswith(beginning))
    except OSError as problem:
        reason = (problem.strerror or str(problem)).casefold()
        raise StorageFailed(f"The folder {path.parent} cannot be read: {reason}.", "Nothing was restored.") from None
    for copy in copies:
        if copy.is_file() and read_payload(copy) == payload:
            return copy
    copy, tries = path.with_name(f"{beginning}{stamp}"), 1
    while os.path.lexists(copy):
        tries += 1
        copy = path.with_name(f"{beginning}{stamp}-{tries}")
    replace_file(copy, payload, _PRIVATE)
    if read_payload(copy) != payload:
        raise StorageFailed(f"{copy} cannot be read back.", "Nothing was restored.")
    return copy


def _meta(document: Document) -> dict[str, Any]:
    return next(iter(document[META].values()))
