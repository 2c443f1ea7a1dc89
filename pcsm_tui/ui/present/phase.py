"""A phase, walked: its activities, and what is said of the one under the cursor."""

from __future__ import annotations

from datetime import date

from rich.cells import cell_len

from pcsm_tui.domain.dates import short_date
from pcsm_tui.domain.declarations import Activity, Phase, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.ui.present.line import Line, Span, cut, fit, one_line, reflowed, wrapped
from pcsm_tui.ui.present.marks import LATE, ROW_MARKS
from pcsm_tui.ui.present.today import iso_date


def activity_of(engagement: Engagement, row: Row) -> Activity | None:
    """Return what the framework says of an activity; None for one that was added to the engagement."""
    found = engagement.framework.activities.get(row.default.key) if row.default else None
    return found[1] if found else None


def activity_line(engagement: Engagement, row: Row, today: date, width: int) -> Line:
    """Return an activity in the list at the left."""
    state = str(row.get("state") or "Open")
    late = engagement.late(row, today.isoformat())
    mark = LATE if late else ROW_MARKS.get(state, " ")
    role = "late" if late else {"In progress": "title", "Done": "dim", "Not needed": "dim"}.get(state, "")
    return (Span(f" {mark} ", role), Span(fit(engagement.title(row), width - 4), role))


def activity_detail(engagement: Engagement, phase: Phase, row: Row, today: date, width: int) -> list[Line]:
    """Return what is said of an activity: what it is for, its state, and what good looks like."""
    activity = activity_of(engagement, row)
    lines: list[Line] = [(Span(cut(engagement.title(row), width), "title"),)]
    lines += _state_lines(engagement, row, today, width)
    if activity is not None:
        lines += wrapped(reflowed(activity.guidance), width)
    if activity is not None and activity.good:
        lines += [
            _first_labelled(line, place) for place, line in enumerate(wrapped("Good: " + activity.good, width, "dim"))
        ]
    return lines


def _first_labelled(line: Line, place: int) -> Line:
    if place or not line or not line[0].text.startswith("Good:"):
        return line
    return (Span("Good:", "accent"), Span(line[0].text.removeprefix("Good:"), line[0].role))


def _state_lines(engagement: Engagement, row: Row, today: date, width: int) -> list[Line]:
    pairs = [("State", str(row.get("state") or "Open").casefold())]
    for field, name in (("owner", "Owner"), ("start", "Start"), ("due", "Due"), ("done_on", "Done")):
        if value := row.get(field):
            day = iso_date(str(value)) if field != "owner" else None
            pairs.append((name, short_date(day, today) if day else str(value)))
    lines = _flowing(pairs, width)
    if notes := row.get("notes"):
        lines += [(Span("Notes ", "accent"), *line) for line in wrapped(str(notes), width - 6, limit=1)]
    return lines


def _flowing(pairs: list[tuple[str, str]], width: int) -> list[Line]:
    """Return names with their values one after the other, as many in a line as fit."""
    lines: list[Line] = [()]
    for name, value in pairs:
        text = one_line(value)
        used = sum(cell_len(span.text) for span in lines[-1])
        if used and used + cell_len(name) + 1 + cell_len(text) > width:
            lines.append(())
        lines[-1] = (*lines[-1], Span(f"{name} ", "accent"), Span(f"{text}  "))
    return lines


def phase_lines(phase: Phase, width: int) -> list[Line]:
    """Return what a phase is for, when it has no activity to speak of."""
    return [(Span(phase.name, "title"),), *wrapped(phase.purpose, width), *wrapped(phase.why, width, "dim")]


def tool_line(tool: Tool, how_far: str, used: bool, width: int) -> Line:
    """Return a tool in the list at the right, with how far it is; those that the activity uses are marked."""
    name = min(max(width // 2, 18), 34)
    return (
        Span(" » " if used else "   ", "accent"),
        Span(fit(tool.name, name), "" if used else "dim"),
        Span(" " + cut(how_far, max(width - name - 5, 4)), "dim"),
    )
