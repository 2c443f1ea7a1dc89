"""Taking in files of other programs: plans from MS Project and from CSV, rows of any tool from CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pcsm_tui.domain import editing
from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import ORDER_STEP, Engagement, Record, Row, order_of
from pcsm_tui.domain.entering import entered
from pcsm_tui.domain.values import Value, how_to_write, is_empty, same_value, show_value
from pcsm_tui.errors import FileRefused, UsageError, ValueRefused, cut
from pcsm_tui.exchange.imported import Progress, file_bytes
from pcsm_tui.exchange.plan_change import BINDING, PROGRESS, Origin, PlanChange, plan_change
from pcsm_tui.exchange.plan_columns import Header, opened_plan
from pcsm_tui.exchange.tool_csv import ToolTable, has_field, read_tool_csv
from pcsm_tui.insight.plan_outlook import outcome_sentence, plan_sentence
from pcsm_tui.schedule.paths import moved
from pcsm_tui.schedule.plan import TASKS, plan_of
from pcsm_tui.schedule.refusing import refuse_backwards_row
from pcsm_tui.store.engagement_file import new_uid
from pcsm_tui.workspace.listing import SUFFIX

if TYPE_CHECKING:
    from pcsm_tui.workspace.session import Session

MSPDI, CSV = "mspdi", "csv"
ADDED, CHANGED = "added", "changed"
MOST_LINES = 20
"""So many tasks that an import touches are told in lines; of more there is only the count."""
_LONGEST = 60
"""Of a value with more characters a line tells only that it changed."""
_NUMBER = "wbs"
"""The field that shows where a task stands."""
_READ = "pcsm import reads plans of MS Project saved as .xml, and .csv."
_NOT_READ = {
    SUFFIX: ("Engagement files cannot be imported yet.", _READ),
    ".xlsx": (".xlsx cannot be imported yet.", "Save the sheet as CSV."),
    ".mpp": ("MS Project's own format cannot be read.", "Save the plan from MS Project as XML."),
}
_KEPT_EMPTY = {"owner", "deliverable", "optimistic", "pessimistic", "budget", *BINDING, *PROGRESS}
"""Fields that are emptied where a CSV file has their column and nothing in it."""


class ImportedRows(NamedTuple):
    """What a table of another program changes: uids of rows added, and how many are here word for word already."""

    change: Change
    added: tuple[str, ...]
    here: int
    remarks: tuple[str, ...]


class TaskChange(NamedTuple):
    """A task that an import adds or changes: its outline number and its name afterwards, and by the ids of the fields
    that change their values before and after, as they are shown; empty ones are empty texts."""

    uid: str
    wbs: str
    name: str
    state: str
    """`added` or `changed`; one that is added has no fields here."""
    fields: dict[str, tuple[str, str]]


def planned_import(
    session: Session, path: Path, settings: bool = False, progress: Progress | None = None
) -> PlanChange:
    """Return what the plan in a file changes in an engagement, by `exchange.plan_change`; `session.make` makes it.

    Raises `UsageError` for a file of another kind, `FileRefused` for one that is refused, with line and column or
    element, `StorageFailed` when it cannot be read.
    """
    format_ = _format(path)
    data = file_bytes(path, path.name)
    engagement = session.engagement
    currency = editing.reading(engagement, session.today).currency
    if format_ == MSPDI:
        from pcsm_tui.exchange.mspdi.reading import read_mspdi

        imported = read_mspdi(data, path.name, progress, currency)
        tells: tuple[str, ...] = (*BINDING, *PROGRESS)
    else:
        from pcsm_tui.exchange.plan_csv import read_plan_csv

        tells = _told_of(engagement, data, path.name)
        imported = read_plan_csv(data, path.name, progress, currency)
    origin = Origin(format_, path.name, tells)
    return plan_change(engagement, imported, origin, session.stamp(), settings)


def rows_import(session: Session, path: Path, tool: Tool) -> ImportedRows:
    """Return the rows that a CSV file adds to a tool; `session.make` adds them.

    Its first line names fields by id or name, cells are written as they are typed, computed columns are left out. A row
    that is here already in all that the file says of it is not added again. Raises `UsageError` for a form or a file of
    another kind, `FileRefused` with line and column for the first cell that does not fit, `StorageFailed`.
    """
    if tool.single:
        raise UsageError(f"{tool.name} is a form: it has one record.", f"`pcsm set FILE {tool.id}` changes its fields.")
    if _format(path) != CSV:
        raise UsageError(f"{cut(path.name)} is no CSV file.", "Rows of a tool are imported from CSV.")
    table = read_tool_csv(file_bytes(path, path.name), path.name, tool)
    found = [_typed(session, tool, table, place, path.name) for place in range(len(table.rows))]
    return _added(session, tool, table, found, path.name)


# --- what a plan changes --------------------------------------------------------------------------------------


def told_import(found: PlanChange, today: date) -> list[str]:
    """Return in sentences what a plan changes, task by task, and what becomes of the plan, before as after it is done."""
    counts, *more = told_plan(found, found.after.framework.tool("plan"))
    return [counts, *_task_lines(found), *more, _outcome(found, today)]


def told_plan(found: PlanChange, tool: Tool) -> list[str]:
    """Return in sentences what a plan changes by count; `tool` is the form of the plan's settings."""
    counts = {"added": len(found.added), "changed": len(found.changed), "unchanged": found.unchanged}
    told = [f"{count} {what}" for what, count in counts.items() if count]
    whole = sum(counts.values())
    lines = [f"{_counted(whole)} in the file: {', '.join(told)}."]
    if found.settings:
        lines.append(f"Settings of the plan taken over: {', '.join(tool.field(name).name for name in found.settings)}.")
    if found.exceptions:
        plural = "s and exceptions" if found.exceptions > 1 else " or exception"
        lines.append(f"{found.exceptions} holiday{plural} added to the calendar.")
    if found.baselines:
        lines.append(f"{found.baselines} baseline{'s' if found.baselines > 1 else ''} taken over.")
    if found.staying:
        one = found.staying == 1
        lines.append(
            f"{_counted(found.staying)} here {'is' if one else 'are'} not in the file and "
            f"{'stays as it is' if one else 'stay as they are'}."
        )
    return lines


def plan_data(found: PlanChange) -> dict[str, Any]:
    """Return what a plan changes as plain data, with the dates of the plan afterwards; a plan without tasks has no
    finish before."""
    before = plan_of(found.before)
    return {
        "added": len(found.added),
        "changed": len(found.changed),
        "unchanged": found.unchanged,
        "staying": found.staying,
        "settings": list(found.settings),
        "exceptions": found.exceptions,
        "baselines": found.baselines,
        "start": found.plan.start.isoformat(timespec="minutes"),
        "finish": found.plan.finish.isoformat(timespec="minutes"),
        "finish_before": before.finish.isoformat(timespec="minutes") if before.tasks else None,
        "moved": len(moved(before, found.plan)),
        "tasks": list(task_changes(found)),
        "remarks": list(found.remarks),
    }


def task_changes(found: PlanChange) -> Iterator[TaskChange]:
    """Yield the tasks that a plan changes, then those that it adds, each as they stand in the file."""
    plan = found.plan
    for uid in found.changed:
        yield TaskChange(uid, plan.number(uid), plan.name(uid), CHANGED, _changed_fields(found, uid))
    for uid in found.added:
        yield TaskChange(uid, plan.number(uid), plan.name(uid), ADDED, {})


def _changed_fields(found: PlanChange, uid: str) -> dict[str, tuple[str, str]]:
    """Return the values of a task that change, before and after. Other tasks are called in both what they are called
    afterwards, as in the rest of what is told: numbers of two outlines side by side would mislead."""
    was, row = plan_of(found.before).row(uid), found.plan.row(uid)
    changed = (field for field in row.tool.fields if not same_value(was.get(field.id), row.get(field.id)))
    shown = {field.id: (_shown(found.after, field, was), _shown(found.after, field, row)) for field in changed}
    return _placed(found, was, row) | shown


def _placed(found: PlanChange, was: Row, row: Row) -> dict[str, tuple[str, str]]:
    """Return the outline numbers of a task that the file puts elsewhere, not of one that others only push along."""
    numbers = plan_of(found.before).number(row.uid), found.plan.number(row.uid)
    put = any(was.get(name) != row.get(name) for name in ("order", row.tool.outline))
    return {_NUMBER: numbers} if put and len({*numbers}) > 1 and row.tool.has(_NUMBER) else {}


def _shown(engagement: Engagement, field: Field, row: Row) -> str:
    return show_value(field, row.get(field.id), lambda uid: engagement.referred(field, uid))


def _task_lines(found: PlanChange) -> list[str]:
    tool = found.after.framework.tool(TASKS)
    lines = [_task_line(change, tool) for change in islice(task_changes(found), MOST_LINES)]
    more = len(found.changed) + len(found.added) - len(lines)
    return [*lines, f"… and {more} more"] if more else lines


def _task_line(change: TaskChange, tool: Tool) -> str:
    fields = [_field_words(tool.field(name), *values) for name, values in change.fields.items()]
    told = "new" if change.state == ADDED else ", ".join(fields) or "only its place among the others"
    return " ".join(f"{change.wbs} {change.name}: {told}".split())


def _field_words(field: Field, old: str, new: str) -> str:
    if max(len(old), len(new)) > _LONGEST:
        return f"{field.name} changed"
    return f"{field.name} {new or 'none'} instead of {old or 'none'}"


def _outcome(found: PlanChange, today: date) -> str:
    """Return what becomes of the plan; of one that had no tasks, how it stands now."""
    before = plan_of(found.before)
    if not before.tasks:
        return plan_sentence(found.plan, today)
    return outcome_sentence(before, found.plan, today)


def _counted(count: int) -> str:
    return f"{count} work package{'' if count == 1 else 's'}"


# --- plans ----------------------------------------------------------------------------------------------------


def _format(path: Path) -> str:
    name = path.name.casefold()
    for ending, (message, hint) in _NOT_READ.items():
        if name.endswith(ending):
            raise UsageError(message, hint)
    found = {".xml": MSPDI, ".csv": CSV}.get(path.suffix.casefold())
    if found is None:
        raise UsageError(f"{cut(path.name)} has no ending by which to know what it is.", _READ)
    return found


def _told_of(engagement: Engagement, data: bytes, name: str) -> tuple[str, ...]:
    """Return the fields of which a plan in CSV tells; raises `FileRefused` for a table that is no plan."""
    header, _ = opened_plan(data, cut(name))
    tool = "" if "id" in header.columns else _tool_of(engagement, header)
    if header.is_of_plan and not tool:
        return tuple(sorted(_KEPT_EMPTY & {*header.known}))
    hint = f"Its columns are those of {tool}: give --as {tool}." if tool else "Rows of a tool need --as TOOL."
    raise FileRefused(f"{cut(name)} is no plan, which has the columns id, name, duration and predecessors.", hint)


def _tool_of(engagement: Engagement, header: Header) -> str:
    """Return the id of a register of its own to which all columns of a table belong; nothing where there is none."""
    tools = (tool for tool in engagement.framework.tools if tool.audience != "personal" and not tool.single)
    others = (tool for tool in tools if tool.id != TASKS)
    return next((tool.id for tool in others if all(has_field(tool, name) for name in header.names)), "")


# --- rows of a tool -------------------------------------------------------------------------------------------


def _typed(session: Session, tool: Tool, table: ToolTable, place: int, file_name: str) -> dict[str, Value]:
    """Return the values of the cells of a row that are filled; raises `FileRefused` with line and column."""
    row, values = table.rows[place], dict[str, Value]()
    where = f"{cut(file_name)}, line {row.line}"
    filled = (field for field in table.fields if row.cells.get(field.id, "").strip())
    for field in filled:
        try:
            values[field.id] = editing.typed(session.engagement, field, row.cells[field.id], session.today)
        except ValueRefused as refused:
            hint = refused.hint or f"Write {how_to_write(field)}."
            raise FileRefused(f"{where}, column {field.name}: {refused.message}", hint) from None
    try:
        refuse_backwards_row(tool.id, values)
    except ValueRefused as refused:
        raise FileRefused(f"{where}: {refused.message}", refused.hint) from None
    return values


def _added(
    session: Session, tool: Tool, table: ToolTable, found: list[dict[str, Value]], file_name: str
) -> ImportedRows:
    engagement = session.engagement
    rows = engagement.rows(tool.id)
    order = max((order_of(row.record) for row in rows), default=0)
    names = [field.id for field in table.fields]
    here = {_key(row.record, names) for row in rows if row.stored}
    edits: list[Edit] = []
    added: list[str] = []
    for values in found:
        uid = new_uid()
        new = entered(engagement, tool, uid, values, order + ORDER_STEP, session.stamp())
        if _key(new[0].after or {}, names) not in here:
            edits += new
            added.append(uid)
            order += ORDER_STEP
    left_out = f"Columns that are computed here were left out: {', '.join(table.left_out)}." if table.left_out else ""
    change = Change(f"import {file_name}", tuple(edits))
    return ImportedRows(change, tuple(added), len(found) - len(added), (left_out,) if left_out else ())


def _key(record: Record, names: list[str]) -> str:
    """Return what tells a row from others in these fields."""
    return json.dumps([None if is_empty(record.get(name)) else record[name] for name in names], sort_keys=True)
