"""Lines of the plan: its tree with columns, the network as a list, and what has moved since the baseline.

The bar at the end of a row is given by the caller, as a line of the width that the layout says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pcsm_tui.domain.plan import PlanTask, show_elapsed
from pcsm_tui.domain.quantities import MINUTES, show_decimal
from pcsm_tui.ui.present.line import Line, Span, fit, fitted
from pcsm_tui.ui.present.marks import DECIDE, DOING, DONE, ROW_MARKS

GUTTER = 3
"""Cells before the outline number: how the row is linked with the selected one, its mark, and a blank."""
NAME, BAR = 20, 30
"""The widths that name and bar have before spare room is shared out."""
_LEAST_NAME, _WIDEST_NAME = 14, 44
FOLDED, UNFOLDED = "▸", "▾"
CRITICAL = "#"
_RELATIONS = {"before": "←", "after": "→", "": " "}


class PlanRow(NamedTuple):
    """A row of the tree: a task, and what depends on the rest of the plan."""

    task: PlanTask
    folded: bool = False
    """Whether a summary's tasks are hidden."""
    predecessors: str = ""
    budget: str = ""
    cost: str = ""
    """Budget and actual cost, of a summary those of all below it."""
    relation: Literal["", "before", "after"] = ""
    """Whether it comes right before or right after the selected task in the network."""


class PlanColumn(NamedTuple):
    """A column of the tree."""

    id: str
    title: str
    width: int
    text: Callable[[PlanRow], str]
    align: Literal["left", "right"] = "left"


def show_days(minutes: int) -> str:
    """Return working minutes as days for a narrow column: `17`, `0.5`, `-3`; never 0 for what is not nothing."""
    tenths = -(-abs(minutes) * 10 // MINUTES["d"])
    return ("-" if minutes < 0 else "") + show_decimal(tenths, 1)


def show_length(task: PlanTask) -> str:
    """Return how long a task takes, for a narrow column: `17` working days, `3ed`."""
    return show_elapsed(task.elapsed) if task.elapsed else show_days(task.duration)


def show_day(when: datetime) -> str:
    """Return a moment's day for a column: `16 Nov 26`."""
    return f"{when.day:>2} {when:%b %y}"


def _deadline(row: PlanRow) -> str:
    return show_day(row.task.deadline) if row.task.deadline else ""


COLUMNS = (
    PlanColumn("days", "Days", 5, lambda row: show_length(row.task), "right"),
    PlanColumn("float", "Float", 5, lambda row: "" if row.task.done else show_days(row.task.total_float), "right"),
    PlanColumn("free_float", "Free", 5, lambda row: "" if row.task.done else show_days(row.task.free_float), "right"),
    PlanColumn("start", "Start", 9, lambda row: show_day(row.task.start)),
    PlanColumn("finish", "Finish", 9, lambda row: show_day(row.task.finish)),
    PlanColumn("percent", "%", 4, lambda row: f"{row.task.percent // 10}%", "right"),
    PlanColumn("owner", "Owner", 14, lambda row: row.task.owner),
    PlanColumn("predecessors", "Predecessors", 16, lambda row: row.predecessors),
    PlanColumn("budget", "Budget", 14, lambda row: row.budget, "right"),
    PlanColumn("cost", "Actual Cost", 14, lambda row: row.cost, "right"),
    PlanColumn("deadline", "Deadline", 9, _deadline),
)
"""Every column that the tree can show after number and name."""
COLUMN_SETS: dict[str, tuple[str, ...]] = {
    "float": ("days", "float"),
    "dates": ("days", "start", "finish"),
    "links": ("days", "predecessors"),
    "progress": ("percent", "finish", "owner"),
    "cost": ("budget", "cost", "percent"),
    "all": tuple(column.id for column in COLUMNS),
}
"""The sets of columns that one steps through."""


class TreeLayout(NamedTuple):
    """The widths of a tree's parts: outline number, name, columns, bar (0 for none)."""

    number: int
    name: int
    columns: tuple[PlanColumn, ...]
    bar: int


def tree_layout(
    tasks: Sequence[PlanTask], width: int, wanted: Sequence[str] = COLUMN_SETS["float"], *, bars: bool = True
) -> TreeLayout:
    """Return the widths of a tree in so many cells.

    Columns that leave no room for name and bar are left out, the last first; then bar and name share what there is.
    """
    number = number_width(tasks)
    least = _LEAST_NAME + (BAR + 1 if bars else 0)
    room = width - GUTTER - number - 1
    columns = [column for wish in wanted for column in COLUMNS if column.id == wish]
    while columns and sum(column.width + 1 for column in columns) + least > room:
        columns.pop()
    room -= sum(column.width + 1 for column in columns)
    if not bars:
        return TreeLayout(number, max(room, 4), tuple(columns), 0)
    spare = room - NAME - BAR - 1
    name = min(NAME + spare // 3, _WIDEST_NAME) if spare >= 0 else max(NAME + spare, min(room // 2, _LEAST_NAME), 4)
    bar = room - name - 1
    return TreeLayout(number, name if bar > 0 else max(room, 4), tuple(columns), max(bar, 0))


def number_width(tasks: Sequence[PlanTask]) -> int:
    """Return the width of the column of outline numbers."""
    return min(max([len("WBS"), *(len(task.number) for task in tasks)]), 12)


def tree_header(layout: TreeLayout, scale: Line = ()) -> Line:
    """Return the headings of the tree; `scale` is the header of the scale of time."""
    titles = [Span(fit(column.title, column.width, column.align) + " ") for column in layout.columns]
    first = " " * GUTTER + fit("WBS", layout.number) + " " + fit("Package", layout.name) + " "
    heads = _closed(tuple(Span(span.text, "heading") for span in (Span(first), *titles)))
    return (*heads, Span("│", "rule"), *scale) if layout.bar else heads


def tree_row(row: PlanRow, layout: TreeLayout, bar: Line = ()) -> Line:
    """Return a row of the tree with its bar, of which the layout says the width."""
    task = row.task
    role = task_role(task)
    sign = (FOLDED if row.folded else UNFOLDED) if task.kind == "summary" else " "
    step = 2 if layout.name > NAME + 8 else 1
    indent = min((task.level - 1) * step, max(layout.name - 12, 0))
    spans = [
        *_head(task, layout.number, _RELATIONS[row.relation]),
        Span(fit(f"{' ' * indent}{sign} {task.name}", layout.name) + " ", role),
    ]
    for column in layout.columns:
        spans.append(Span(fit(column.text(row), column.width, column.align) + " ", _column_role(column, task)))
    closed = _closed(tuple(spans))
    return (*closed, Span("│", "rule"), *bar) if layout.bar else closed


def _closed(spans: Line) -> Line:
    """Return spans without the blank at their end: the rule before the bar takes its place, or the edge."""
    return (*spans[:-1], Span(spans[-1].text[:-1], spans[-1].role))


def task_mark(task: PlanTask) -> Span:
    """Return the sign before a task: not needed, to be decided as it ends after its deadline, done, critical, in
    progress.
    """
    if not task.needed:
        return Span(ROW_MARKS["Not needed"], "dim")
    if task.late_for_deadline:
        return Span(DECIDE, "bad")
    if task.done:
        return Span(DONE, "good")
    if task.critical:
        return Span(CRITICAL, "bad")
    return Span(DOING) if task.begun else Span(" ")


def state_words(task: PlanTask) -> str:
    """Return the words by which a task is found for how it stands: critical, nearly critical, late, done, in progress."""
    if not task.needed:
        return "not needed"
    if task.done:
        return "done"
    late = " late" if task.late_for_deadline else ""
    float_word = " critical" if task.critical else " nearly critical" if task.near_critical else ""
    return ("in progress" if task.begun else "open") + late + (float_word if task.kind != "summary" else "")


def task_role(task: PlanTask) -> str:
    """Return the role of a task's name."""
    return "dim" if task.done or not task.needed else "title" if task.kind == "summary" else ""


def _head(task: PlanTask, number: int, relation: str = " ") -> tuple[Span, ...]:
    """Return the beginning of every row: relation, mark, outline number."""
    return (Span(relation, "accent"), task_mark(task), Span(f" {fit(task.number, number)} ", task_role(task)))


def _column_role(column: PlanColumn, task: PlanTask) -> str:
    if task.done:
        return "dim"
    if column.id == "float" and (task.critical or task.near_critical):
        return "bad" if task.critical else "warn"
    if column.id == "days" and task.assumed:
        return "warn"
    return ""


def network_row(task: PlanTask, before: str, after: str, width: int, number: int) -> Line:
    """Return a task of the network as one line: what it waits for, and what waits for it, by outline number."""
    room = max(width - GUTTER - number - 3, 3)
    name = room * 2 // 5
    waits = (room - name) // 2
    return (
        *_head(task, number),
        Span(fit(task.name, name) + " ", task_role(task)),
        Span(fit(f"← {before}" if before else "", waits) + " "),
        Span(fit(f"→ {after}" if after else "", room - name - waits)),
    )


class VarianceRow(NamedTuple):
    """A task against the baseline: variances in working minutes, positive when later or longer than planned."""

    task: PlanTask
    baseline_finish: datetime | None
    """None for a task that the baseline does not have."""
    finish_variance: int = 0
    duration_variance: int = 0


_DATE, _VARIANCE = 9, 8
_WITH_LONGER = 60
"""From this width on the comparison with the baseline has a column of durations."""


def variance_header(width: int, number: int) -> Line:
    """Return the headings of the rows that compare with the baseline."""
    name = fit("Package", _variance_name(width, number))
    text = f"{' ' * GUTTER}{fit('WBS', number)} {name} {fit('Baseline', _DATE)} {fit('Now', _DATE)} Later by"
    return fitted([Span(text + ("   Longer" if width >= _WITH_LONGER else ""), "heading")], width)


def variance_row(row: VarianceRow, width: int, number: int) -> Line:
    """Return a task's finish in the baseline and now, by how many days it ends later, and where there is room how
    much longer it takes.
    """
    task = row.task
    spans = [
        *_head(task, number),
        Span(fit(task.name, _variance_name(width, number)), task_role(task)),
        Span(" " + fit(show_day(row.baseline_finish) if row.baseline_finish else "none", _DATE), "dim"),
        Span(" " + fit(show_day(task.finish), _DATE)),
    ]
    variances = (row.finish_variance, row.duration_variance) if width >= _WITH_LONGER else (row.finish_variance,)
    for minutes in variances if row.baseline_finish else ():
        role = "bad" if minutes > 0 else "good" if minutes < 0 else "dim"
        spans.append(Span(" " + fit(show_variance(minutes), _VARIANCE, "right"), role))
    return fitted(spans, width)


def show_variance(minutes: int) -> str:
    """Return a variance in days with its sign: `+3d`, `-0.5d`, `0d`."""
    return f"{'+' if minutes > 0 else ''}{show_days(minutes)}d"


def _variance_name(width: int, number: int) -> int:
    columns = 2 * (_DATE + 1) + (_VARIANCE + 1) * (2 if width >= _WITH_LONGER else 1)
    return max(width - GUTTER - number - 1 - columns, 4)
