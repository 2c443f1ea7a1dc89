"""An engagement, a phase, a tool as plain values, ready to be laid out as text or written as JSON.

`records` holds values exactly as the file does; everything else holds them as people read them.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.states import IN_PROGRESS
from pcsm_tui.domain.values import how_to_write
from pcsm_tui.insight.attention import signals
from pcsm_tui.insight.health import health
from pcsm_tui.insight.ordering import group_heading, shown_order
from pcsm_tui.insight.progress import activities_of, phase_gaps, phase_progress, tool_sentence
from pcsm_tui.insight.urgency import todays
from pcsm_tui.workspace.needs import Need, need

# --- a tool ---------------------------------------------------------------------------------------------------


class Column(NamedTuple):
    """A field as a column: `width` is the declared one in characters, 0 when none is."""

    id: str
    name: str
    type: str
    section: str
    width: int


class Line(NamedTuple):
    """A row as it is shown: one cell for each column; `group` is what it stands under, empty without groups."""

    uid: str
    title: str
    group: str
    done: bool
    stored: bool
    cells: tuple[str, ...]


class Sheet(NamedTuple):
    """A tool with its rows as they are first shown; a form or document has one line."""

    tool: str
    name: str
    single: bool
    row_name: str
    sentence: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def sheet(engagement: Engagement, tool: Tool, rows: tuple[Row, ...] | None = None) -> Sheet:
    """Return a tool as it is shown: all of its rows in the order of the screen, or just the given ones."""
    if rows is None:
        rows = (engagement.form(tool.id),) if tool.single else shown_order(engagement, tool, engagement.rows(tool.id))
    columns = tuple(Column(item.id, item.name, item.type, item.section, item.width or 0) for item in tool.fields)
    lines = tuple(_line(engagement, tool, row) for row in rows)
    sentence = tool_sentence(engagement, tool)
    return Sheet(tool.id, tool.name, tool.single, tool.row_name, sentence, columns, lines)


def _line(engagement: Engagement, tool: Tool, row: Row) -> Line:
    cells = tuple(engagement.show(row, item.id) for item in tool.fields)
    return Line(row.uid, engagement.title(row), group_heading(engagement, row), engagement.done(row), row.stored, cells)


def records(engagement: Engagement, tool: Tool) -> dict[str, Any]:
    """Return a tool with its rows as flat records, values as the file holds them."""
    return {
        "engagement": engagement.name,
        "tool": tool.id,
        "fields": [{"id": item.id, "name": item.name, "type": item.type} for item in tool.fields],
        "rows": [record(engagement, row) for row in engagement.rows(tool.id)],
    }


def record(engagement: Engagement, row: Row) -> dict[str, Any]:
    """Return a row as a flat record: uid, every declared field, whether it is in the file, what else it has there."""
    declared = {item.id: engagement.value(row, item.id) for item in row.tool.fields}
    rest = {name: value for name, value in row.record.items() if name not in declared}
    return {**rest, "uid": row.uid, **declared, "stored": row.stored}


# --- declarations ---------------------------------------------------------------------------------------------


def declared_tool(tool: Tool) -> dict[str, Any]:
    """Return what a tool is and which fields it has."""
    return {
        "id": tool.id,
        "name": tool.name,
        "phase": tool.phase or None,
        "kind": tool.kind,
        "audience": tool.audience,
        "summary": tool.summary,
        "fields": [_declared_field(item) for item in tool.fields],
    }


def _declared_field(field: Field) -> dict[str, Any]:
    """Return a field with what can be typed in it, and what else its type needs to be understood."""
    extra: dict[str, Any] = {"min": field.min, "max": field.max, "unit": field.unit, "decimals": field.decimals}
    extra |= {"choices": [choice.id for choice in field.choices], "to": list(field.to)}
    return {
        "id": field.id,
        "name": field.name,
        "type": field.type,
        "scale": how_to_write(field),
        "required": field.required,
        "internal": field.internal,
        "help": field.help,
        **{name: value for name, value in extra.items() if value or (value == 0 and name in ("min", "max"))},
    }


# --- an engagement --------------------------------------------------------------------------------------------


class Missing(NamedTuple):
    """Something that is still open in a phase, and where it would be filled in."""

    text: str
    tool: str
    uid: str
    field: str
    phase: int


class PhaseLine(NamedTuple):
    """A phase at a glance; dates ISO or empty."""

    number: int
    name: str
    stage: str
    state: str
    done: int
    activities: int
    started: str
    finished: str


class HealthLine(NamedTuple):
    """The latest health reading: score and trend in tenths of a percent, the ISO date.

    `light` is red, amber or green, `label` what the framework calls it.
    """

    score: int
    light: str
    trend: int | None
    date: str
    label: str


class ToolLine(NamedTuple):
    """A tool at a glance: `sentence` says how far it is filled."""

    id: str
    name: str
    kind: str
    audience: str
    sentence: str


class ActivityLine(NamedTuple):
    """An activity of a phase; dates ISO or empty."""

    uid: str
    name: str
    state: str
    owner: str
    due: str
    done_on: str


class Overview(NamedTuple):
    """An engagement at a glance: `attention` is what shows in Today, `next` what has a later date."""

    customer: str
    initiative: str
    status: str
    csm: str
    file_id: str
    health: HealthLine | None
    phases: tuple[PhaseLine, ...]
    attention: tuple[Need, ...]
    next: tuple[Need, ...]
    missing: tuple[Missing, ...]
    """What is open in the phases in progress."""


class PhaseView(NamedTuple):
    """A phase in full; `missing` is what is open before moving on."""

    phase: PhaseLine
    purpose: str
    activities: tuple[ActivityLine, ...]
    tools: tuple[ToolLine, ...]
    missing: tuple[Missing, ...]


def overview(engagement: Engagement, today: date, snoozed: frozenset[str] = frozenset()) -> Overview:
    """Return an engagement at a glance, as seen on a day; `snoozed` are the keys of signals that are put off."""
    found = signals(engagement)
    showing = todays(found, today, snoozed)
    later = sorted(
        (item for item in found if item.due > today.isoformat() and item not in showing), key=lambda item: item.due
    )
    phases = tuple(phase_line(engagement, phase.number) for phase in engagement.framework.phases)
    current = [line.number for line in phases if line.state == IN_PROGRESS]
    form = engagement.form("engagement")
    return Overview(
        customer=engagement.name,
        initiative=engagement.show(form, "initiative"),
        status=engagement.show(form, "status"),
        csm=engagement.show(form, "csm"),
        file_id=engagement.file_id,
        health=_health(engagement),
        phases=phases,
        attention=tuple(need(item, today) for item in showing),
        next=tuple(need(item, today) for item in later),
        missing=tuple(item for number in current for item in missing(engagement, number)),
    )


def _health(engagement: Engagement) -> HealthLine | None:
    reading = health(engagement)
    return reading and HealthLine(reading.score, reading.light, reading.trend, reading.date, reading.label)


def phase_line(engagement: Engagement, number: int) -> PhaseLine:
    """Return a phase at a glance; raises `UsageError` for a number that the framework does not have."""
    declared, found = engagement.framework.phase(number), phase_progress(engagement, number)
    return PhaseLine(
        number, found.name, declared.stage, found.state, found.done, found.activities, found.started, found.finished
    )


def phase_view(engagement: Engagement, number: int) -> PhaseView:
    """Return a phase in full; raises `UsageError` for a number that the framework does not have."""
    line = phase_line(engagement, number)
    activities = tuple(_activity(engagement, row) for row in activities_of(engagement, number))
    tools = tuple(tool_line(engagement, tool) for tool in engagement.framework.tools_of(number) if _shared(tool))
    purpose = engagement.framework.phase(number).purpose
    return PhaseView(line, purpose, activities, tools, missing(engagement, number))


def tool_line(engagement: Engagement, tool: Tool) -> ToolLine:
    """Return a tool at a glance."""
    return ToolLine(tool.id, tool.name, tool.kind, tool.audience, tool_sentence(engagement, tool))


def missing(engagement: Engagement, number: int) -> tuple[Missing, ...]:
    """Return what is open in a phase."""
    return tuple(
        Missing(gap.text, gap.place.tool, gap.place.uid, gap.place.field, number)
        for gap in phase_gaps(engagement, number)
    )


def _activity(engagement: Engagement, row: Row) -> ActivityLine:
    shown = [engagement.show(row, name) if row.tool.has(name) else "" for name in ("owner", "due", "done_on")]
    return ActivityLine(row.uid, engagement.title(row), engagement.show(row, "state"), *shown)


def _shared(tool: Tool) -> bool:
    return tool.audience != "personal"
