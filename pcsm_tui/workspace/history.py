"""The history of an engagement as people read it, and going back to what it tells: a field, a record, an act, a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from pcsm_tui.domain import history
from pcsm_tui.domain.dates import read_date
from pcsm_tui.domain.engagement import Row
from pcsm_tui.domain.history import Entry, RecordChange
from pcsm_tui.errors import FileRefused, UsageError
from pcsm_tui.workspace.clock import STAMP
from pcsm_tui.workspace.session import Session

SHORTEST_UID = 4
MOST_TOLD = 200
"""So many changes of one act are told; an import has thousands."""


class Act(NamedTuple):
    """An act of the history, and day and time at which it was where the user sits."""

    entry: Entry
    day: date
    time: str


def acts_of(session: Session) -> list[Act]:
    """Return the acts that the engagement's history holds, the newest first."""
    engagement = session.engagement
    return engagement.once("acts", lambda: [_act(entry) for entry in history.entries(engagement.document)])


def _act(entry: Entry) -> Act:
    when = local_time(entry.at)
    return Act(entry, when.date(), f"{when:%H:%M}")


def local_time(at: str) -> datetime:
    """Return the time of a stamp where the user sits; one that is none counts as the oldest."""
    try:
        return datetime.strptime(at, STAMP).replace(tzinfo=UTC).astimezone()
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def told(session: Session, entry: Entry) -> list[str]:
    """Return in lines what an act changed: tool, row, field, before and after."""
    if not entry.changes:
        counts = ", ".join(f"{_tool_name(session, table)} ({count})" for table, count in entry.counts.items())
        return [f"So many rows at once that only their number was kept: {counts}."]
    return [line for change in entry.changes[:MOST_TOLD] for line in _lines(session, change)]


def _tool_name(session: Session, table: str) -> str:
    return session.framework.tool(table).name if session.framework.has_tool(table) else table


def _lines(session: Session, change: RecordChange) -> Iterable[str]:
    name = _tool_name(session, change.table)
    title = _title(session, change)
    if change.what != "changed":
        yield f"{name}: {title}: {change.what}"
        return
    for field in sorted({*change.before, *change.after} - {"order"}):
        before, after = (_shown(session, change, values, field) for values in (change.before, change.after))
        yield f"{name}: {title}: {_field_name(session, change.table, field)}: {before} → {after}"
    if {*change.before, *change.after} <= {"order"}:
        yield f"{name}: {title}: moved"


def _title(session: Session, change: RecordChange) -> str:
    if not session.framework.has_tool(change.table):
        return change.uid[:8]
    tool = session.framework.tool(change.table)
    if tool.single:
        return tool.name
    row = session.engagement.find((tool.id,), change.uid)
    if row is None and change.what == "removed":
        row = Row(tool, change.uid, change.doc_id, change.before, stored=False)
    return session.engagement.title(row) if row is not None else f"(removed {change.uid[:6]})"


def _field_name(session: Session, table: str, field: str) -> str:
    framework = session.framework
    known = framework.has_tool(table) and framework.tool(table).has(field)
    return framework.tool(table).field(field).name if known else field


def _shown(session: Session, change: RecordChange, values: object, field: str) -> str:
    assert isinstance(values, dict)
    if values.get(field) is None:
        return "(empty)"
    if not session.framework.has_tool(change.table) or not session.framework.tool(change.table).has(field):
        return repr(values[field])
    row = Row(session.framework.tool(change.table), change.uid, change.doc_id, values, stored=False)
    return session.engagement.show(row, field) or "(empty)"


def entry_of(session: Session, uid: str) -> Entry:
    """Return the act with a uid, or with the one that begins so; raises `UsageError`."""
    found = [act.entry for act in acts_of(session) if len(uid) >= SHORTEST_UID and act.entry.uid.startswith(uid)]
    if len(found) != 1:
        what = "No act" if not found else f"{len(found)} acts"
        raise UsageError(f"{what} of the history begin with {uid!r}.", "`pcsm history FILE` lists them.")
    return found[0]


def take_back(session: Session, entry: Entry, place: int | None = None) -> list[str]:
    """Take back an act, whatever came after it, or of it only the change at a place; return what that changed, in lines.

    Raises `UsageError` when nothing of it is left to take back, or only its size was kept.
    """
    _require_whole(entry)
    changes = list(entry.changes) if place is None else [entry.changes[place]]
    return _made(session, changes, f"take back {entry.label}")


def day_named(text: str, today: date) -> date:
    """Return the day that a text means, as it is typed in date fields; raises `ValueRefused`."""
    return read_date(text, today)


def go_back_to(session: Session, day: date) -> list[str]:
    """Make the engagement what it was at the end of a day, in one step that can be undone; return what that changed.

    Raises `FileRefused` when the history does not reach back so far, `UsageError` when nothing has changed since.
    """
    acts = acts_of(session)
    if not acts or acts[-1].day > day:
        since = f"goes back to {acts[-1].day} only" if acts else "is empty"
        raise FileRefused(f"The history {since}.", "`pcsm backup list FILE` shows older states.")
    return _taken_back_since(session, [act.entry for act in acts if act.day > day], f"go back to {day}")


def go_back_before(session: Session, entry: Entry) -> list[str]:
    """Take back an act and all that came after it, in one step that can be undone; return what that changed."""
    acts = acts_of(session)
    place = [act.entry.uid for act in acts].index(entry.uid)
    label = f"go back to before {entry.label}"
    return _taken_back_since(session, [act.entry for act in acts[: place + 1]], label)


def _taken_back_since(session: Session, entries: list[Entry], label: str) -> list[str]:
    for entry in entries:
        _require_whole(entry)
    return _made(session, [change for entry in entries for change in reversed(entry.changes)], label)


def _require_whole(entry: Entry) -> None:
    if not entry.changes:
        raise UsageError(
            f"{entry.label[:1].upper()}{entry.label[1:]} changed so much that only its size was kept.",
            "`pcsm backup list FILE` shows the states before it.",
        )


def _made(session: Session, changes: list[RecordChange], label: str) -> list[str]:
    before = session.engagement
    change = history.taken_back(before.document, changes, label)
    if not change.edits:
        raise UsageError("Nothing of that is left to take back: it is as it was before.")
    session.make(change, checked=False)
    return session.told_differences(before, session.engagement)
