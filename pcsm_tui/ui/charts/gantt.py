"""A task's bar on the scale of time, all of it told by signs: a colour only says it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len

from pcsm_tui.domain.plan import PlanTask, Stretch
from pcsm_tui.ui.charts.timescale import STATUS, Timescale
from pcsm_tui.ui.present.line import Line, Span
from pcsm_tui.ui.present.marks import DONE

CRITICAL, NEARLY, NORMAL, FINISHED = "#", "≈", "─", "━"
FLOAT, BASELINE, TODAY, DAY_OFF = "░", "▁", "│", "∙"
MILESTONE, CRITICAL_MILESTONE, REACHED = "◇", "◆", DONE
DEADLINE, MISSED = "↓", "!"
SUMMARY_START, SUMMARY_END, SUMMARY_ONLY = "┌", "┐", "┬"
EARLIER, LATER = "«", "»"


class Cell(NamedTuple):
    """A sign with its role; a blank one shows what lies under it."""

    sign: str = " "
    role: str = ""


class Sign(NamedTuple):
    """An entry of the legend."""

    sign: str
    role: str
    meaning: str


LEGEND = (
    Sign(CRITICAL, "bad", "critical"),
    Sign(NEARLY, "warn", "nearly"),
    Sign(NORMAL, "", "normal"),
    Sign(FINISHED, "good", "done"),
    Sign(FLOAT, "dim", "float"),
    Sign(MILESTONE, "", "milestone"),
    Sign(CRITICAL_MILESTONE, "bad", "critical"),
    Sign(REACHED, "good", "reached"),
    Sign(TODAY, "accent", "today"),
    Sign(DEADLINE, "warn", "deadline"),
    Sign(MISSED, "bad", "missed"),
    Sign(SUMMARY_START + SUMMARY_END, "title", "summary"),
    Sign(BASELINE, "dim", "baseline"),
    Sign(DAY_OFF, "", "day off"),
    Sign(STATUS, "accent", "status date"),
)
"""What the signs mean, those first that a short legend must keep."""


def bar(
    task: PlanTask,
    scale: Timescale,
    today: date,
    *,
    late_finish: datetime | None = None,
    baseline: Stretch | None = None,
    works: Callable[[date], bool] | None = None,
) -> Line:
    """Return a task's bar, exactly `scale.width` cells; a task that is not needed has none.

    `late_finish` is the moment up to which its float reaches, `baseline` its start and finish in the baseline. `works`
    says which days are worked; with it, a task's bar shows the others, where a day has cells of its own.
    """
    cells = [Cell() for _ in range(scale.width)]
    begin, end = bar_columns(task, scale)
    if baseline is not None:
        _lay(cells, *scale.columns(*baseline), Cell(BASELINE, "dim"))
    if not task.needed:
        _lay_today(cells, scale.day_column(today), ())
        return _joined(cells)
    if late_finish is not None and late_finish > task.finish and not task.done and task.total_float > 0:
        _lay(cells, end, scale.last_column(late_finish) + 1, Cell(FLOAT, "dim"))
    _lay_task(cells, task, scale)
    if works is not None and task.kind == "task" and not task.elapsed:
        for column in scale.days_off(begin, end, works):
            cells[column] = Cell(DAY_OFF, cells[column].role)
    if (mark := deadline_mark(task, scale)) is not None:
        _lay(cells, mark.column, mark.column + 1, mark.cell)
    _lay_today(cells, scale.day_column(today), (begin, end - 1))
    if begin < 0:
        cells[0] = Cell(EARLIER, "dim" if end <= 0 else cells[0].role)
    if end > scale.width:
        cells[-1] = Cell(LATER, "dim" if begin >= scale.width else cells[-1].role)
    return _joined(cells)


def blank_bar(scale: Timescale, today: date) -> Line:
    """Return a line of the chart without a bar: only today's line."""
    cells = [Cell() for _ in range(scale.width)]
    _lay_today(cells, scale.day_column(today), ())
    return _joined(cells)


def bar_columns(task: PlanTask, scale: Timescale) -> tuple[int, int]:
    """Return the first cell of a task's bar and the one after its last, in view or not; a milestone stands at its
    finish.
    """
    if task.kind == "milestone":
        at = scale.last_column(task.finish)
        return at, at + 1
    return scale.columns(task.start, task.finish)


def milestone_sign(task: PlanTask) -> Cell:
    """Return the sign of a milestone: reached, critical, or neither."""
    if task.done:
        return Cell(REACHED, "good")
    return Cell(CRITICAL_MILESTONE, "bad") if task.critical else Cell(MILESTONE, "warn" if task.near_critical else "")


class Mark(NamedTuple):
    """A sign with the cell of the scale that it stands in, in view or not."""

    column: int
    cell: Cell


def deadline_mark(task: PlanTask, scale: Timescale) -> Mark | None:
    """Return where a task's deadline is marked and how; None without one, and where a milestone that keeps it stands."""
    if task.deadline is None:
        return None
    at = scale.last_column(task.deadline)
    if task.late_for_deadline:
        return Mark(at, Cell(MISSED, "bad"))
    if task.kind == "milestone" and at == scale.last_column(task.finish):
        return None
    return Mark(at, Cell(DEADLINE, "warn"))


def legend_lines(width: int) -> list[Line]:
    """Return the legend of the bars; the first line alone serves where there is room for one only."""
    lines: list[list[Span]] = [[]]
    left = width
    for sign, role, meaning in LEGEND:
        length = cell_len(sign) + len(meaning) + 3
        if length > left and lines[-1]:
            lines.append([])
            left = width
        lines[-1] += [Span(f" {sign} ", role), Span(f"{meaning} ", "dim")]
        left -= length
    return [tuple(line) for line in lines]


def _lay(cells: list[Cell], begin: int, end: int, cell: Cell) -> None:
    """Put a sign in the cells from one to before another, as far as they are in view."""
    for column in range(max(begin, 0), min(end, len(cells))):
        cells[column] = cell


def _lay_task(cells: list[Cell], task: PlanTask, scale: Timescale) -> None:
    begin, end = bar_columns(task, scale)
    if task.kind == "milestone":
        _lay(cells, begin, end, milestone_sign(task))
        return
    _lay(cells, begin, end, _body(task))
    if task.near_span is not None:
        _lay_span(cells, task.near_span, scale, end, Cell(NEARLY, "warn"))
    if task.critical_span is not None:
        _lay_span(cells, task.critical_span, scale, end, Cell(CRITICAL, "bad"))
    done = end if task.done else begin + (end - begin) * task.percent // 1000
    _lay(cells, begin, done, Cell(FINISHED, "good"))
    if task.kind == "summary":
        if end - begin == 1:
            _lay(cells, begin, end, Cell(SUMMARY_ONLY, "title"))
        else:
            _lay(cells, begin, begin + 1, Cell(SUMMARY_START, "title"))
            _lay(cells, end - 1, end, Cell(SUMMARY_END, "title"))


def _body(task: PlanTask) -> Cell:
    """Return what the part of a bar that is not done is made of; a summary is critical in spans of it only."""
    if task.kind == "summary":
        return Cell(NORMAL, "title")
    if task.critical:
        return Cell(CRITICAL, "bad")
    return Cell(NEARLY, "warn") if task.near_critical else Cell(NORMAL)


def _lay_span(cells: list[Cell], span: Stretch, scale: Timescale, end: int, cell: Cell) -> None:
    """Put a sign in a span of a bar that ends before the cell `end`; a span of milestones alone stands at the last."""
    start, finish = span
    last = scale.last_column(finish)
    _lay(cells, min(scale.column(start), last), min(last + 1, end), cell)


def _lay_today(cells: list[Cell], column: int, ends: tuple[int, ...]) -> None:
    """Draw today's line through a row: over the bar as well, but never over its ends, its deadline or a milestone."""
    if not 0 <= column < len(cells) or column in ends or cells[column].sign in (DEADLINE, MISSED):
        return
    cells[column] = Cell(TODAY, "accent")


def _joined(cells: list[Cell]) -> Line:
    """Return cells as a line, neighbours of one role in one span."""
    return tuple(
        Span("".join(cell.sign for cell in run), role) for role, run in groupby(cells, key=lambda cell: cell.role)
    )
