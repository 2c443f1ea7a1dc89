"""The acts that change an engagement: each is checked here and comes back as a `Change`, not yet made.

Values are those of `domain.values`; `Stamp` says who acts and when, since the domain has neither clock nor user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import (
    GONE,
    ORDER_STEP,
    Engagement,
    Record,
    Row,
    doc_id_of,
    is_done,
    order_of,
    says_done,
)
from pcsm_tui.domain.links import are_links
from pcsm_tui.domain.states import DONE, FINISHED, IN_PROGRESS, OPEN
from pcsm_tui.domain.values import Reading, Value, is_empty, problem_with, read_value, references_of, same_value
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


def typed_fields(engagement: Engagement, tool: Tool, field_id: str, text: str, today: date) -> dict[str, Value]:
    """Return the values, by field, that a text typed in a field of a tool means.

    What is typed in a computed field goes to the field that it enters, along with what that needs; an empty text
    empties them all. Raises `ValueRefused` with the reason.
    """
    field = tool.field(field_id)
    rule = field.computed
    if rule is None or not rule.enters:
        return {field_id: typed(engagement, field, text, today)}
    value = typed(engagement, tool.field(rule.enters), text, today)
    return {**(dict.fromkeys(rule.along) if is_empty(value) else rule.along), rule.enters: value}


def add_row(
    engagement: Engagement, tool: Tool, values: Mapping[str, Value], uid: str, stamp: Stamp, after: Row | None = None
) -> Change:
    """Return the change that adds a row, after another one or at the end; fields not given start with their default.

    In an outline it gets the parent of the row before it unless it is given one, and stands behind what is below that
    row. Raises `UsageError` for a tool that holds just one record and `ValueRefused` for a value that does not fit.
    """
    if tool.single:
        raise UsageError(f"{tool.name} is a form: it has one record.", "Change its fields instead.")
    if tool.outline and after is not None:
        values = {tool.outline: engagement.outline(tool.id).parent(after.uid) or None, **values}
    _check(tool, values)
    _check_references(engagement, tool, uid, values)
    start = {item.id: _default(item, stamp) for item in tool.fields if item.default is not None}
    rows = _siblings(engagement, tool, values)
    if tool.outline and after is not None and all(row.uid != after.uid for row in rows):
        after = None  # it stands under another parent
    order, giving_way = _making_room(rows, len(rows) if after is None else _position(rows, after) + 1)
    record = {**_present({**start, **values}), "order": order, "uid": uid, "at": stamp.at, "by": stamp.by}
    record |= _done_alike(tool, {}, record, stamp)
    edits = [Edit(tool.id, doc_id_of(uid), None, record)]
    edits += [_ordered(row, place, stamp) for row, place in giving_way]
    edits += _consequences(engagement, tool, {}, record, stamp)
    return Change(f"add {tool.row_name}", tuple(edits))


def set_values(engagement: Engagement, row: Row, values: Mapping[str, Value], stamp: Stamp) -> Change:
    """Return the change that sets fields of a row; a default row enters the file with it.

    Raises `ValueRefused` for a value that does not fit; a change of nothing has no edits.
    """
    _check(row.tool, values)
    _check_references(engagement, row.tool, row.uid, values)
    wanted = {name: value for name, value in values.items() if not _alike(row.get(name), value)}
    if not wanted:
        return Change("nothing", ())
    before = row.record if row.stored else None
    after = {**_stored_form(row), **_first_dates(row, stamp), **wanted, "uid": row.uid, "at": stamp.at, "by": stamp.by}
    after |= _done_alike(row.tool, row.record, after, stamp)
    names = ", ".join(row.tool.field(name).name for name in wanted)
    whose = row.tool.name if row.tool.single else engagement.title(row)
    edit = Edit(row.tool.id, row.doc_id, before, after)
    return Change(f"set {names} of {whose}", (edit, *_consequences(engagement, row.tool, row.record, after, stamp)))


def remove_row(engagement: Engagement, row: Row, stamp: Stamp) -> Change:
    """Return the change that removes a row and leaves a tombstone, so that copies and default rows know of it.

    In an outline everything below it goes too, and so do the links of others to what is removed. Of two records with
    the same uid one goes without a tombstone, since the other stays.
    """
    if row.tool.single:
        raise UsageError(f"{row.tool.name} is a form and stays.", "Empty its fields instead.")
    below = engagement.outline(row.tool.id).below(row.uid) if row.tool.outline else ()
    edits = [edit for gone in (row, *below) for edit in _removal(engagement, gone, stamp)]
    edits += _links_dropped(engagement, row.tool, {gone.uid for gone in (row, *below)}, stamp)
    more = f" and {len(below)} below it" if below else ""
    return Change(f"delete {row.tool.row_name} {engagement.title(row)!r}{more}", tuple(edits))


def _removal(engagement: Engagement, row: Row, stamp: Stamp) -> list[Edit]:
    edits = [Edit(row.tool.id, row.doc_id, row.record, None)] if row.stored else []
    if not any(other.uid == row.uid and other.doc_id != row.doc_id for other in engagement.rows(row.tool.id)):
        stone = {"uid": row.uid, "table": row.tool.id, "at": stamp.at, "by": stamp.by}
        doc_id = doc_id_of(row.uid)
        edits.append(Edit(GONE, doc_id, engagement.document.get(GONE, {}).get(doc_id), stone))
    return edits


def _links_dropped(engagement: Engagement, gone_from: Tool, gone: set[str], stamp: Stamp) -> Iterator[Edit]:
    """Yield the edits that take links to removed rows out of the rows that stay."""
    for tool in engagement.framework.tools:
        names = [item.id for item in tool.fields if item.type == "links" and gone_from.id in item.to]
        for row in engagement.rows(tool.id) if names else ():
            left = {name: _links_left(row.get(name), gone) for name in names}
            changed = {name: value for name, value in left.items() if not _alike(row.get(name), value)}
            if changed and not (tool.id == gone_from.id and row.uid in gone):
                yield _rewritten(row, changed, stamp)


def _links_left(value: Value, gone: set[str]) -> Value:
    return ([link for link in value if link["task"] not in gone] or None) if are_links(value) else value


def duplicate_row(engagement: Engagement, row: Row, uid: str, stamp: Stamp) -> Change:
    """Return the change that adds a copy of a row below it, not done yet; in an outline without what is below it."""
    own = {item.id for item in row.tool.fields if item.computed is None and not item.progress}
    own -= {row.tool.tick, row.tool.done_on}
    values = {name: value for name, value in row.record.items() if name in own}
    change = add_row(engagement, row.tool, values, uid, stamp, after=row)
    return Change(f"duplicate {row.tool.row_name}", change.edits)


def move_row(engagement: Engagement, row: Row, distance: int, stamp: Stamp) -> Change:
    """Return the change that moves a row up (negative) or down by so many places; of nothing at the ends.

    In an outline it moves among the rows of its parent, together with what is below it.
    """
    tree = engagement.outline(row.tool.id) if row.tool.outline else None
    rows = engagement.rows(row.tool.id) if tree is None else tree.siblings(row.uid)
    place = _position(rows, row)
    target = min(max(place + distance, 0), len(rows) - 1)
    if target == place:
        return Change("nothing", ())
    order, giving_way = _making_room([*rows[:place], *rows[place + 1 :]], target)
    edits = (_ordered(other, new, stamp) for other, new in [(row, order), *giving_way])
    return Change(f"move {row.tool.row_name}", tuple(edits))


def indent_row(engagement: Engagement, row: Row, stamp: Stamp) -> Change:
    """Return the change that puts a row, with what is below it, under the row above it on its level, at the end.

    Raises `UsageError` for the first row of its level.
    """
    tree = engagement.outline(row.tool.id)
    siblings = tree.siblings(row.uid)
    place = _position(siblings, row)
    if not place:
        raise UsageError(
            f"{tree.number(row.uid)} {engagement.title(row)} is the first of its level: nothing stands above to put it under.",
            "Move it down, or indent another one.",
        )
    parent = siblings[place - 1].uid
    children = tree.children(parent)
    return _hung(row, "indent", parent, _making_room(children, len(children)), stamp)


def outdent_row(engagement: Engagement, row: Row, stamp: Stamp) -> Change:
    """Return the change that puts a row, with what is below it, right behind its parent and on the parent's level.

    The rows that stood behind it stay with the parent. Raises `UsageError` at the top level.
    """
    tree = engagement.outline(row.tool.id)
    parent = tree.parent(row.uid)
    if not parent:
        raise UsageError(f"{tree.number(row.uid)} {engagement.title(row)} stands at the top level already.")
    siblings = tree.siblings(parent)
    place = next(place for place, other in enumerate(siblings) if other.uid == parent)
    return _hung(row, "outdent", tree.parent(parent), _making_room(siblings, place + 1), stamp)


def _hung(row: Row, act: str, parent: str, room: tuple[int, list[tuple[Row, int]]], stamp: Stamp) -> Change:
    """Return the change that gives a row another parent, in the room made among its children."""
    order, giving_way = room
    moved = _rewritten(row, {row.tool.outline: parent or None, "order": order}, stamp)
    edits = (_ordered(other, new, stamp) for other, new in giving_way)
    return Change(f"{act} {row.tool.row_name}", (moved, *edits))


def tick(engagement: Engagement, row: Row, stamp: Stamp) -> Change:
    """Return the change that ticks a row, or takes its tick away.

    Raises `UsageError` when the tool has nothing to tick.
    """
    if not row.tool.tick:
        raise UsageError(f"{row.tool.name} has nothing to tick.")
    ticked = row.tool.field(row.tool.tick)
    values = _reopened(row.tool, row.record) if row.done else {ticked.id: _done_value(ticked)}
    change = set_values(engagement, row, values, stamp)
    return Change(f"{'reopen' if row.done else 'tick'} {engagement.title(row)!r}", change.edits)


def _done_value(ticked: Field) -> Value:
    return True if ticked.type == "yes_no" else next(choice.id for choice in ticked.choices if choice.done)


def _reopened(tool: Tool, record: Record) -> dict[str, Value]:
    """Return what takes away all that says that a record is done."""
    ticked = tool.field(tool.tick)
    open_value = None if ticked.type == "yes_no" else next(choice.id for choice in ticked.choices if not choice.done)
    others = (name for name in tool.done_by if says_done(tool.field(name), record.get(name)))
    opened: Value = open_value if says_done(ticked, record.get(ticked.id)) else record.get(ticked.id)
    return {ticked.id: opened, **dict.fromkeys(others)}


def set_phase(engagement: Engagement, number: int, state: str, uid: str, stamp: Stamp) -> Change:
    """Return the change that starts, finishes or reopens a phase and notes it in the timeline.

    `state` is one of the choices of the phase's State; `uid` is that of the timeline's new note. Raises `UsageError`
    when the engagement has no such phase.
    """
    subject = f"Phase {number} {engagement.framework.phase(number).name}"
    row = engagement.phase(number)
    if row is None:
        raise UsageError(f"{subject} was removed from this engagement.")
    was = row.get("state") or OPEN
    if state == was:
        return Change("nothing", ())
    begun = "reopened" if was == FINISHED else "started"
    verb = {FINISHED: "finished", OPEN: "set back to open"}.get(state, begun)
    today = stamp.today.isoformat()
    values: dict[str, Value] = {"state": state, "finished": today if state == FINISHED else None}
    if state != OPEN and is_empty(row.get("started")):
        values["started"] = today
    change = set_values(engagement, row, values, stamp)
    subject = f"{subject} {verb}"
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


def _check_references(engagement: Engagement, tool: Tool, uid: str, values: Mapping[str, Value]) -> None:
    """Refuse a row that waits for itself, or that stands below itself in the outline."""
    for name, value in values.items():
        field = tool.field(name)
        if field.type == "links" and tool.id in field.to and uid in references_of(field, value):
            raise ValueRefused(f"{field.name}: a {tool.row_name} cannot wait for itself.", "Take it out.")
    parent = values.get(tool.outline) if tool.outline else None
    if is_empty(parent):
        return
    tree = engagement.outline(tool.id)
    way = [uid]
    while parent and parent != uid:
        way.append(parent)
        parent = tree.parent(parent)
    if parent:
        numbers = " \u2192 ".join(tree.number(step) or "itself" for step in [uid, *reversed(way)])
        raise ValueRefused(f"A {tool.row_name} cannot stand below itself: {numbers}.", "Choose another parent.")


def _siblings(engagement: Engagement, tool: Tool, values: Mapping[str, Value]) -> Sequence[Row]:
    """Return the rows among which one with these values stands: those of its parent in an outline, else all."""
    if not tool.outline:
        return engagement.rows(tool.id)
    tree = engagement.outline(tool.id)
    parent = values.get(tool.outline) or ""
    return tree.children(parent) if tree.number(parent) else tree.children()


def _present(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if not is_empty(value)}


def _default(field: Field, stamp: Stamp) -> Value:
    if field.type == "date" and field.default == "today":
        return stamp.today.isoformat()
    return field.default


def _alike(one: Value, other: Value) -> bool:
    return (is_empty(one) and is_empty(other)) or same_value(one, other)


def _first_dates(row: Row, stamp: Stamp) -> dict[str, Value]:
    """Return the dates that a default row begins with on the day that it enters the file."""
    if row.stored:
        return {}
    dated = (item for item in row.tool.fields if item.type == "date" and item.default is not None)
    return {item.id: _default(item, stamp) for item in dated if is_empty(row.get(item.id))}


def _stored_form(row: Row) -> Record:
    """Return what a row has in the file, or what a default row brings into it."""
    return row.record if row.stored else {**_present(row.record), "order": row.record["order"]}


def _done_alike(tool: Tool, before: Record, after: Record, stamp: Stamp) -> dict[str, Value]:
    """Return what makes the fields agree that say whether a row is done; those just entered stay as they are.

    A tick brings the day with it and takes it away again; a day on which it was done, or 100 %, brings the tick.
    """
    if not tool.tick:
        return {}
    ticked = tool.field(tool.tick)
    was, now = (says_done(ticked, record.get(ticked.id)) for record in (before, after))
    kept = {name for name in (tool.done_on, *tool.done_by) if name and before.get(name) == after.get(name)}
    if now and not was:
        dated = tool.done_on in kept and is_empty(after.get(tool.done_on))
        return {tool.done_on: stamp.today.isoformat()} if dated else {}
    if was and not now:
        return {name: None for name in kept if not is_empty(after.get(name))}
    if not now and is_done(tool, after) and not is_done(tool, before):
        return {ticked.id: _done_value(ticked)}
    return {}


def _consequences(engagement: Engagement, tool: Tool, before: Record, after: Record, stamp: Stamp) -> tuple[Edit, ...]:
    """Return what follows by rule: an activity that comes in progress or is done puts an open phase in progress."""
    state = after.get("state")
    if tool.id != "activities" or state not in (IN_PROGRESS, DONE) or state == before.get("state"):
        return ()
    phase = engagement.phase(after.get("phase"))
    if phase is None or (phase.get("state") or OPEN) != OPEN:
        return ()
    begun = {"state": IN_PROGRESS, "started": phase.get("started") or stamp.today.isoformat()}
    return set_values(engagement, phase, begun, stamp).edits


def _position(rows: Sequence[Row], row: Row) -> int:
    """Return where a row stands among others; raises `UsageError` when it is not there any more."""
    for place, other in enumerate(rows):
        if other.doc_id == row.doc_id:
            return place
    raise UsageError(f"This {row.tool.row_name} is no longer there.", "Choose another one.")


def _making_room(rows: Sequence[Row], place: int) -> tuple[int, list[tuple[Row, int]]]:
    """Return the order of a row that is put at a place, and those that the rows below get where there was no room."""
    low = order_of(rows[place - 1].record) if place else 0
    below = rows[place:]
    count = 0
    while count < len(below) and order_of(below[count].record) - low < count + 2:
        count += 1
    step = (order_of(below[count].record) - low) // (count + 2) if count < len(below) else ORDER_STEP
    return low + step, [(row, low + (at + 2) * step) for at, row in enumerate(below[:count])]


def _ordered(row: Row, order: int, stamp: Stamp) -> Edit:
    return _rewritten(row, {"order": order}, stamp)


def _rewritten(row: Row, values: Mapping[str, Value], stamp: Stamp) -> Edit:
    after = {**_stored_form(row), **values, "uid": row.uid, "at": stamp.at, "by": stamp.by}
    return Edit(row.tool.id, row.doc_id, row.record if row.stored else None, after)
