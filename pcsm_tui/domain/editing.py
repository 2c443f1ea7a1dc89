"""The acts that change an engagement: each is checked here and comes back as a `Change`, not yet made.

Values are those of `domain.values`; `Stamp` says who acts and when, since the domain has neither clock nor user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import GONE, ORDER_STEP, Engagement, Record, Row, doc_id_of, is_done
from pcsm_tui.domain.values import Reading, Value, is_empty, problem_with, read_value
from pcsm_tui.errors import UsageError, ValueRefused


@dataclass(frozen=True)
class Stamp:
    """Who changes something, and when: `at` is UTC as ISO text, `today` the day where the user sits."""

    at: str
    by: str
    today: date


def reading(engagement: Engagement, today: date) -> Reading:
    """Return what is needed to read values typed for this engagement."""
    currency = "EUR"
    if engagement.framework.has_tool("engagement"):
        currency = str(engagement.form("engagement").get("currency") or currency)
    return Reading(today, currency, engagement.resolve)


def typed(engagement: Engagement, field: Field, text: str, today: date) -> Value:
    """Return the value that a text typed in a field means; raises `ValueRefused` with the reason."""
    return read_value(field, text, reading(engagement, today))


def add_row(
    engagement: Engagement, tool: Tool, values: Mapping[str, Value], uid: str, stamp: Stamp, after: Row | None = None
) -> Change:
    """Return the change that adds a row, after another one or at the end.

    Raises `UsageError` for a tool that holds just one record and `ValueRefused` for a value that does not fit.
    """
    if tool.single:
        raise UsageError(f"{tool.name} is a form: it has one record.", "Change its fields instead.")
    _check(tool, values)
    start = {item.id: _default(item, stamp) for item in tool.fields if item.default is not None}
    rows = engagement.rows(tool.id)
    place = _order_after(rows, after)
    record = {**start, **_present(values), "order": place, "uid": uid, "at": stamp.at, "by": stamp.by}
    record |= _dated_tick(tool, {}, record, stamp)
    return Change(f"add {tool.row_name}", (Edit(tool.id, doc_id_of(uid), None, record),))


def set_values(engagement: Engagement, row: Row, values: Mapping[str, Value], stamp: Stamp) -> Change:
    """Return the change that sets fields of a row; a default row enters the file with it.

    Raises `ValueRefused` for a value that does not fit; a change of nothing has no edits.
    """
    _check(row.tool, values)
    wanted = {name: value for name, value in values.items() if not _alike(row.get(name), value)}
    if not wanted:
        return Change("nothing", ())
    before = row.record if row.stored else None
    after = {**_stored_form(row), **wanted, "uid": row.uid, "at": stamp.at, "by": stamp.by}
    after |= _dated_tick(row.tool, row.record, after, stamp)
    names = ", ".join(row.tool.field(name).name for name in wanted)
    edit = Edit(row.tool.id, _doc_id(engagement, row), before, after)
    return _with_consequences(engagement, Change(f"set {names}", (edit,)), row, after, stamp)


def remove_row(engagement: Engagement, row: Row, stamp: Stamp) -> Change:
    """Return the change that removes a row and leaves a tombstone, so that copies and default rows know of it."""
    if row.tool.single:
        raise UsageError(f"{row.tool.name} is a form and stays.", "Empty its fields instead.")
    stone = {"uid": row.uid, "table": row.tool.id, "at": stamp.at, "by": stamp.by}
    edits = [Edit(GONE, doc_id_of(row.uid), None, stone)]
    if row.stored:
        edits.insert(0, Edit(row.tool.id, _doc_id(engagement, row), row.record, None))
    return Change(f"delete {row.tool.row_name} {engagement.title(row)!r}", tuple(edits))


def duplicate_row(engagement: Engagement, row: Row, uid: str, stamp: Stamp) -> Change:
    """Return the change that adds a copy of a row below it, not done yet."""
    own = {item.id for item in row.tool.fields if item.computed is None} - {row.tool.tick, row.tool.done_on}
    values = {name: value for name, value in row.record.items() if name in own}
    change = add_row(engagement, row.tool, values, uid, stamp, after=row)
    return Change(f"duplicate {row.tool.row_name}", change.edits)


def move_row(engagement: Engagement, row: Row, distance: int, stamp: Stamp) -> Change:
    """Return the change that moves a row up (negative) or down by so many places; of nothing at the ends."""
    rows = engagement.rows(row.tool.id)
    place = [other.uid for other in rows].index(row.uid)
    target = min(max(place + distance, 0), len(rows) - 1)
    if target == place:
        return Change("nothing", ())
    rest = [other for other in rows if other.uid != row.uid]
    order = _between(rest[target - 1] if target else None, rest[target] if target < len(rest) else None)
    if order is None:
        return _renumbered(engagement, [*rest[:target], row, *rest[target:]], stamp)
    return Change(f"move {row.tool.row_name}", (_ordered(engagement, row, order, stamp),))


def tick(engagement: Engagement, row: Row, stamp: Stamp) -> Change:
    """Return the change that ticks a row, or takes its tick away.

    Raises `UsageError` when the tool has nothing to tick.
    """
    if not row.tool.tick:
        raise UsageError(f"{row.tool.name} has nothing to tick.")
    ticked = row.tool.field(row.tool.tick)
    if ticked.type == "yes_no":
        value: Value = None if row.done else True
    else:
        value = next(choice.id for choice in ticked.choices if choice.done is not row.done)
    change = set_values(engagement, row, {ticked.id: value}, stamp)
    return Change(f"{'reopen' if row.done else 'tick'} {engagement.title(row)!r}", change.edits)


def set_phase(engagement: Engagement, number: int, state: str, uid: str, stamp: Stamp) -> Change:
    """Return the change that starts, finishes or reopens a phase and notes it in the timeline.

    `state` is one of the choices of the phase's State; `uid` is that of the timeline's new note.
    """
    row = next(row for row in engagement.rows("phases") if row.get("phase") == number)
    verb = {"Finished": "finished", "Open": "set back to open"}.get(state, "reopened" if row.done else "started")
    today = stamp.today.isoformat()
    values: dict[str, Value] = {"state": state, "finished": today if state == "Finished" else None}
    if state != "Open" and is_empty(row.get("started")):
        values["started"] = today
    change = set_values(engagement, row, values, stamp)
    if not change.edits:
        return change
    subject = f"Phase {number} {engagement.framework.phase(number).name} {verb}"
    note = {"date": today, "kind": "Event", "subject": subject, "phase": number}
    timeline = engagement.framework.tool("timeline")
    noted = add_row(engagement, timeline, note, uid, stamp)
    return Change(subject, change.edits + noted.edits)


# --- parts ----------------------------------------------------------------------------------------------------


def _check(tool: Tool, values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        field = tool.field(name)
        if field.computed is not None:
            raise ValueRefused(f"{field.name} is computed.", "It follows from the other fields.")
        if reason := problem_with(field, value):
            raise ValueRefused(f"{field.name} {reason}.")


def _present(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if not is_empty(value)}


def _default(field: Field, stamp: Stamp) -> Value:
    if field.type == "date" and field.default == "today":
        return stamp.today.isoformat()
    return field.default


def _alike(one: Value, other: Value) -> bool:
    return (is_empty(one) and is_empty(other)) or (type(one) is type(other) and one == other)


def _stored_form(row: Row) -> Record:
    """Return what a row has in the file, or what a default row brings into it."""
    return row.record if row.stored else {**_present(row.record), "order": row.record["order"]}


def _doc_id(engagement: Engagement, row: Row) -> str:
    """Return under which document id a row stands; records made by other programs keep their own."""
    table = engagement.document.get(row.tool.id, {})
    own = doc_id_of(row.uid)
    if not row.stored or table.get(own) is row.record:
        return own
    return next(doc_id for doc_id, record in table.items() if record is row.record)


def _dated_tick(tool: Tool, before: Record, after: Record, stamp: Stamp) -> dict[str, Value]:
    """Fill in the day that a row was done when it becomes so, and take it away when it no longer is."""
    done_on = tool.done_on
    if not done_on or is_done(tool, before) == is_done(tool, after) or before.get(done_on) != after.get(done_on):
        return {}
    return {done_on: stamp.today.isoformat() if is_done(tool, after) else None}


def _with_consequences(engagement: Engagement, change: Change, row: Row, after: Record, stamp: Stamp) -> Change:
    """Add what follows by rule: work on an activity puts an open phase in progress."""
    if row.tool.id != "activities" or after.get("state") not in ("In progress", "Done"):
        return change
    phase = next((item for item in engagement.rows("phases") if item.get("phase") == after.get("phase")), None)
    if phase is None or phase.get("state") != "Open":
        return change
    begun = {"state": "In progress", "started": phase.get("started") or stamp.today.isoformat()}
    return Change(change.label, change.edits + set_values(engagement, phase, begun, stamp).edits)


def _order_after(rows: tuple[Row, ...], after: Row | None) -> int:
    last = max((row.record["order"] for row in rows if isinstance(row.record.get("order"), int)), default=0)
    if after is not None:
        place = [row.uid for row in rows].index(after.uid)
        between = _between(after, rows[place + 1] if place + 1 < len(rows) else None)
        if between is not None:
            return between
    return int(last) + ORDER_STEP


def _between(before: Row | None, after: Row | None) -> int | None:
    """Return an order between two rows, or None when there is no room."""
    low = before.record.get("order") if before else 0
    high = after.record.get("order") if after else None
    if not isinstance(low, int):
        return None
    if after is None:
        return low + ORDER_STEP
    if not isinstance(high, int) or high - low < 2:
        return None
    return (low + high) // 2


def _ordered(engagement: Engagement, row: Row, order: int, stamp: Stamp) -> Edit:
    before = row.record if row.stored else None
    after = {**_stored_form(row), "order": order, "uid": row.uid, "at": stamp.at, "by": stamp.by}
    return Edit(row.tool.id, _doc_id(engagement, row), before, after)


def _renumbered(engagement: Engagement, rows: list[Row], stamp: Stamp) -> Change:
    edits = [_ordered(engagement, row, place * ORDER_STEP, stamp) for place, row in enumerate(rows, 1)]
    return Change("move", tuple(edits))
