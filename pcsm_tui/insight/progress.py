"""How far an engagement is: by phase, by tool, by row."""

from __future__ import annotations

from typing import NamedTuple

from pcsm_tui.domain.declarations import Evidence, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.states import IN_PROGRESS, OPEN
from pcsm_tui.domain.summaries import Place
from pcsm_tui.domain.values import is_empty


class PhaseProgress(NamedTuple):
    """A phase at a glance: its state as in the file, its activities done of how many, dates ISO or empty."""

    number: int
    name: str
    state: str
    done: int
    activities: int
    doing: int
    started: str
    finished: str


class ToolState(NamedTuple):
    """How far a tool is filled: its rows, those entered, those done, those that lack a required field."""

    rows: int
    entered: int
    done: int
    lacking: tuple[Row, ...]


class Gap(NamedTuple):
    """Something that is missing, and where it would be filled in."""

    text: str
    place: Place


def phase_progress(engagement: Engagement, number: int) -> PhaseProgress:
    """Return how far a phase is."""
    activities = activities_of(engagement, number)
    row = engagement.phase(number)
    return PhaseProgress(
        number=number,
        name=engagement.framework.phase(number).name,
        state=str((row and row.get("state")) or OPEN),
        done=sum(activity.done for activity in activities),
        activities=len(activities),
        doing=sum(activity.get("state") == IN_PROGRESS for activity in activities),
        started=str((row and row.get("started")) or ""),
        finished=str((row and row.get("finished")) or ""),
    )


def activities_of(engagement: Engagement, number: int) -> tuple[Row, ...]:
    """Return the activities of a phase, the team's and the engagement's own included, in order."""
    return tuple(row for row in engagement.rows("activities") if row.get("phase") == number)


def is_entered(row: Row) -> bool:
    """Return whether anybody has put anything in a row; a default row counts once it has been changed."""
    return row.stored


def tool_state(engagement: Engagement, tool: Tool) -> ToolState:
    """Return how far a tool is filled."""
    return engagement.once(("tool_state", tool.id), lambda: _tool_state(engagement, tool))


def _tool_state(engagement: Engagement, tool: Tool) -> ToolState:
    rows = engagement.rows(tool.id)
    entered = [row for row in rows if is_entered(row)]
    lacking = tuple(row for row in entered if engagement.missing(row))
    return ToolState(len(rows), len(entered), sum(engagement.done(row) for row in rows), lacking)


def tool_sentence(engagement: Engagement, tool: Tool) -> str:
    """Return in a few words how far a tool is: `6 rows, IG 3 lacks Head Count`."""
    state = tool_state(engagement, tool)
    if not state.entered:
        return "not begun"
    if tool.single:
        missing = engagement.missing(engagement.form(tool.id))
        return f"lacks {_names([item.name for item in missing])}" if missing else "filled in"
    if tool.kind == "checklist" and tool.tick:
        text = f"{state.done} of {state.rows} done"
    else:
        text = f"{state.entered} row{'s' if state.entered != 1 else ''}"
    if len(state.lacking) == 1:
        row = state.lacking[0]
        lacks = _names([item.name for item in engagement.missing(row)])
        return f"{text}, {engagement.title(row)} lacks {lacks}"
    return f"{text}, {len(state.lacking)} incomplete" if state.lacking else text


def _names(names: list[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def phase_gaps(engagement: Engagement, number: int) -> list[Gap]:
    """Return what is still open before moving on from a phase: criteria not met, activities not done, rows lacking."""
    gaps = [
        Gap(f"Not yet: {row.get('criterion')}", Place("move-on", row.uid, "met", number))
        for row in engagement.rows("move-on")
        if row.get("phase") == number and not row.done
    ]
    gaps += [
        Gap(f"Activity open: {engagement.title(row)}", Place("activities", row.uid, "state", number))
        for row in activities_of(engagement, number)
        if not row.done
    ]
    for tool in engagement.framework.tools_of(number):
        for row in tool_state(engagement, tool).lacking:
            missing = engagement.missing(row)
            text = f"{tool.name}: {engagement.title(row)} lacks {_names([item.name for item in missing])}"
            gaps.append(Gap(text, Place(tool.id, row.uid, missing[0].id, number)))
    return gaps


class Finding(NamedTuple):
    """What the engagement itself shows for a question: whether it answers it, in a sentence, and where to look."""

    answered: bool
    text: str
    place: Place


def findings(engagement: Engagement, evidence: tuple[Evidence, ...]) -> list[Finding]:
    """Return what the engagement holds that answers a question, tool by tool."""
    return [_finding(engagement, item) for item in evidence if engagement.framework.has_tool(item.tool)]


def _finding(engagement: Engagement, evidence: Evidence) -> Finding:
    tool = engagement.framework.tool(evidence.tool)
    rows = [row for row in engagement.rows(tool.id) if is_entered(row)]
    if len(rows) < evidence.at_least:
        return Finding(
            False, f"{tool.name}: nothing entered yet" if not rows else f"{tool.name}: only {len(rows)}", Place(tool.id)
        )
    fields = [tool.field(name) for name in evidence.filled]
    for row in rows:
        empty = [item for item in fields if is_empty(engagement.value(row, item.id))]
        if empty or (evidence.done and not engagement.done(row)):
            what = f"has no {_names([item.name for item in empty])}" if empty else "is still open"
            lacking = sum(_lacks(engagement, other, evidence) for other in rows)
            text = f"{tool.name}: {len(rows) - lacking} of {len(rows)}; {engagement.title(row)} {what}"
            return Finding(False, text, Place(tool.id, row.uid, empty[0].id if empty else tool.tick))
    named = f", each with {_names([item.name for item in fields])}" if fields and not tool.single else ""
    done = ", all done" if evidence.done else ""
    count = "filled in" if tool.single else f"{len(rows)} row{'s' if len(rows) != 1 else ''}"
    return Finding(True, f"{tool.name}: {count}{named}{done}", Place(tool.id))


def _lacks(engagement: Engagement, row: Row, evidence: Evidence) -> bool:
    empty = any(is_empty(engagement.value(row, name)) for name in evidence.filled)
    return empty or (evidence.done and not engagement.done(row))
