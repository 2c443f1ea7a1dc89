"""The roadmap: work streams as bars over weeks and months, their milestones named below, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from rich.cells import cell_len

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.ui.charts.gantt import bar, blank_bar, milestone_sign
from pcsm_tui.ui.charts.timescale import OFFICE_HOURS, Timescale, fitting
from pcsm_tui.ui.present.line import Line, Span, cut, fit
from pcsm_tui.ui.present.plan import task_mark, task_role
from pcsm_tui.ui.present.plan_pages import by_date


class Stream(NamedTuple):
    """A work stream and its milestones, however deep below it; `task` None for those of no stream."""

    task: PlanTask | None
    milestones: Sequence[PlanTask] = ()


def roadmap_scale(
    streams: Sequence[Stream], width: int, today: date, hours: tuple[int, int] = OFFICE_HOURS
) -> Timescale:
    """Return the scale that shows all streams in a page of `width` cells, in weeks and months."""
    tasks = [task for stream in streams for task in (stream.task, *stream.milestones) if task is not None]
    start = min((task.start for task in tasks), default=None)
    finish = max((task.finish for task in tasks), default=None)
    room = max(width - _name_width(width) - 2, 8)
    if start is None or finish is None:
        return fitting(today, today, room, hours, "week")
    return fitting(start.date(), finish.date(), room, hours, "week")


def roadmap_lines(streams: Sequence[Stream], scale: Timescale, today: date, width: int) -> list[Line]:
    """Return the roadmap: two lines of header, then each stream's bar with its milestones below."""
    name = _name_width(width)
    lines: list[Line] = [(Span(" " * (name + 1)), Span("│", "rule"), *header) for header in scale.headers()]
    for stream in streams:
        if stream.task is None:
            head: Line = (Span(fit("   Milestones", name) + " ", "title"),)
            lines.append((*head, Span("│", "rule"), *blank_bar(scale, today)))
        else:
            head = (Span(" "), task_mark(stream.task), Span(" " + fit(stream.task.name, name - 3) + " ", _role(stream)))
            lines.append((*head, Span("│", "rule"), *bar(stream.task, scale, today)))
        below = milestone_lanes(stream.milestones, scale, today)
        lines += [(Span(" " * (name + 1)), Span("│", "rule"), *lane) for lane in below]
    return lines


def _role(stream: Stream) -> str:
    return task_role(stream.task) if stream.task is not None else ""


def _name_width(width: int) -> int:
    return min(max(width // 4, 12), 28)


class _Label(NamedTuple):
    """A milestone with its name: from which column to before which."""

    begin: int
    end: int
    spans: Line


def milestone_lanes(milestones: Sequence[PlanTask], scale: Timescale, today: date) -> list[Line]:
    """Return lines of exactly the scale's width with each milestone that is in view at its date, its name beside it,
    each in the first line that has room.
    """
    lanes: list[list[_Label]] = []
    for task in by_date(milestones):
        at = scale.last_column(task.finish)
        if not 0 <= at < scale.width:
            continue
        label = _label(task, at, scale.width)
        lane = next((lane for lane in lanes if all(_apart(label, other) for other in lane)), None)
        if lane is None:
            lane = []
            lanes.append(lane)
        lane.append(label)
    return [_lane_line(sorted(lane), scale, today) for lane in lanes]


def _label(task: PlanTask, at: int, width: int) -> _Label:
    """Return a milestone's sign with its name at the right of it, or at the left where there is more room."""
    sign = Span(*milestone_sign(task))
    text = cut(f"{task.finish.day} {task.finish:%b} {task.name}", max(width // 2, 16))
    length = cell_len(text)
    if at + 2 + length <= width or width - at > at:
        text = cut(text, max(width - at - 2, 0))
        return _Label(at, at + 2 + cell_len(text), (sign, Span(" " + text, task_role(task))))
    text = cut(text, max(at - 1, 0))
    return _Label(at - 1 - cell_len(text), at + 1, (Span(text + " ", task_role(task)), sign))


def _apart(one: _Label, other: _Label) -> bool:
    return one.end < other.begin or other.end < one.begin


def _lane_line(lane: Sequence[_Label], scale: Timescale, today: date) -> Line:
    """Return labels as a line; where it is blank today's line goes through."""
    spans: list[Span] = []
    at = 0
    for label in lane:
        spans += [*_cells(blank_bar(scale, today), at, label.begin), *label.spans]
        at = label.end
    return (*spans, *_cells(blank_bar(scale, today), at, scale.width))


def _cells(line: Line, begin: int, end: int) -> list[Span]:
    """Return a part of a line whose characters are one cell wide each."""
    found, at = [], 0
    for text, role in line:
        part = text[max(begin - at, 0) : max(end - at, 0)]
        if part:
            found.append(Span(part, role))
        at += len(text)
    return found
