"""The roadmap: work streams as bars over weeks and months, their milestones named below, on one page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from rich.cells import cell_len

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.ui.charts.gantt import bar, blank_bar, deadline_mark, milestone_sign
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
    """Return the scale that shows all streams with their deadlines in a page of `width` cells, in weeks and months."""
    tasks = [task for stream in streams for task in (stream.task, *stream.milestones) if task is not None]
    start = min((task.start for task in tasks), default=None)
    finish = max((task.deadline or task.finish for task in tasks), default=None)
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


class _Part(NamedTuple):
    """A sign or a name in a lane, with the column that it begins at."""

    column: int
    span: Span

    @property
    def end(self) -> int:
        """The column behind it."""
        return self.column + cell_len(self.span.text)


class _Label(NamedTuple):
    """A milestone with its name, and its deadline where that is in view: what is drawn, from left to right."""

    parts: Sequence[_Part]

    @property
    def begin(self) -> int:
        """The first column."""
        return self.parts[0].column

    @property
    def end(self) -> int:
        """The column behind the last."""
        return self.parts[-1].end


def milestone_lanes(milestones: Sequence[PlanTask], scale: Timescale, today: date) -> list[Line]:
    """Return lines of exactly the scale's width with each milestone that is in view at its date, its name beside it and
    its deadline marked, each in the first line that has room.
    """
    lanes: list[list[_Label]] = []
    for task in by_date(milestones):
        at = scale.last_column(task.finish)
        if not 0 <= at < scale.width:
            continue
        label = _label(task, at, scale)
        lane = next((lane for lane in lanes if all(_apart(label, other) for other in lane)), None)
        if lane is None:
            lane = []
            lanes.append(lane)
        lane.append(label)
    return [_lane_line(lane, scale, today) for lane in lanes]


def _label(task: PlanTask, at: int, scale: Timescale) -> _Label:
    """Return a milestone's sign and that of its deadline, with its name in the first gap that has room for it, else in
    the widest.
    """
    signs = {at: milestone_sign(task)}
    if (mark := deadline_mark(task, scale)) is not None and 0 <= mark.column < scale.width:
        signs[mark.column] = mark.cell
    text = cut(f"{task.finish.day} {task.finish:%b} {task.name}", max(scale.width // 2, 16))
    gaps = _gaps(at, signs, scale.width)
    gap = next((gap for gap in gaps if gap.room >= cell_len(text)), max(gaps, key=lambda gap: gap.room))
    text = cut(text, gap.room)
    parts = [_Part(column, Span(*cell)) for column, cell in signs.items()]
    if text and gap.behind:
        parts.append(_Part(gap.begin - 1, Span(" " + text, task_role(task))))
    elif text:
        parts.append(_Part(gap.end - cell_len(text), Span(text + " ", task_role(task))))
    return _Label(sorted(parts))


class _Gap(NamedTuple):
    """Room for a name: from which column to before which, and whether the name stands behind a sign or before one."""

    begin: int
    end: int
    behind: bool

    @property
    def room(self) -> int:
        """How many cells there are."""
        return max(self.end - self.begin, 0)


def _gaps(at: int, signs: Collection[int], width: int) -> tuple[_Gap, ...]:
    """Return where the name of a milestone at a column may stand, the best first: right behind it, right before it,
    behind all its signs, before all of them.
    """
    before = max((column for column in signs if column < at), default=-2)
    behind = min((column for column in signs if column > at), default=width + 1)
    return (
        _Gap(at + 2, behind - 1, True),
        _Gap(before + 2, at - 1, False),
        _Gap(max(signs) + 2, width, True),
        _Gap(0, min(signs) - 1, False),
    )


def _apart(one: _Label, other: _Label) -> bool:
    return one.end < other.begin or other.end < one.begin


def _lane_line(lane: Sequence[_Label], scale: Timescale, today: date) -> Line:
    """Return labels as a line; where it is blank today's line goes through."""
    spans: list[Span] = []
    at = 0
    for part in sorted(part for label in lane for part in label.parts):
        spans += [*_cells(blank_bar(scale, today), at, part.column), part.span]
        at = part.end
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
