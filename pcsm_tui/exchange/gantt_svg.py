"""A plan as a Gantt chart in SVG, for documents and slides.

The picture stands by itself: no script, no style sheet, no font to load, only shapes with plain attributes, which
office programs import too. What matters is told by form as well as by colour, so that it prints in black and white:
what is critical has a thick outline and hatching, what is done is filled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pcsm_tui.domain.plan import PlanTask, show_percent
from pcsm_tui.exchange import gantt_shapes as draw
from pcsm_tui.exchange.gantt_scale import Scale, scale_for
from pcsm_tui.exchange.gantt_shapes import Box, line, number, shape, words
from pcsm_tui.exchange.plan_tasks import last_day, long_date, numbered_name, refuse_empty
from pcsm_tui.exchange.svg_text import FONT, cut, text_width

MARGIN, TITLE, HEADER, ROW, LEGEND = 20, 50, 44, 24, 24
TOP = MARGIN + TITLE + HEADER
"""Where the first row begins."""
_SIZE, _SMALL, _LARGE = 11.5, 11, 18
_INDENT, _SAMPLE = 12, 34
"""What a level of the outline is moved in, and the width of a sample in the legend."""
_SHADED = 4
"""Days without work are shaded where a day is at least so wide."""
_TEXT_SHARE, _OWNER_WIDTH, _NAME_WIDTH = 0.36, 110, 60
"""The columns of text take at most this share of the picture, owners at most so much, names at least so much."""
_STATUS_LINE: dict[str, str | float] = {"stroke_width": 1.5, "stroke_dasharray": "9 3 2 3"}

Baseline = Mapping[str, tuple[datetime, datetime]]


def gantt_svg(
    name: str,
    tasks: Sequence[PlanTask],
    today: date | None = None,
    baseline: Baseline | None = None,
    *,
    finish_at: Callable[[int], datetime] | None = None,
    works: Callable[[date], bool] | None = None,
    status: datetime | None = None,
    owners: bool = True,
    width: int = 1280,
) -> str:
    """Return a plan as an SVG document, tasks in the order given, `width` units wide and as high as it needs.

    `today`, and `status`, the moment up to which progress was reported, are drawn where they lie within the chart.
    `baseline` has start and finish of tasks by uid. `finish_at` turns
    an offset on the plan's axis into a moment; with it, float is drawn as a tail up to the late finish. `works` says
    which days are worked; with it, the others are shaded. Without `owners` they appear nowhere. Raises `UsageError`
    for an empty plan.
    """
    refuse_empty(tasks)
    if not owners:
        tasks = [task._replace(owner="") for task in tasks]
    planned = {task.uid: baseline[task.uid] for task in tasks if task.uid in baseline} if baseline else {}
    late = {task.uid: finish_at(task.lf) for task in tasks if _has_float(task)} if finish_at else {}
    columns = _columns(tasks, width)
    scale = scale_for(_moments(tasks, planned, late), tasks, columns.end, width - MARGIN - columns.end)
    shown = today if today and scale.first <= today < scale.end else None
    if status and not scale.first <= _day_of(status) < scale.end:
        status = None
    return _Chart(tuple(tasks), scale, columns, planned, late, shown, status, works, width).document(name, today)


def _day_of(status: datetime) -> date:
    """Return the day of a status date: at midnight the day before is over."""
    return (status - timedelta(minutes=1)).date()


def _has_float(task: PlanTask) -> bool:
    return task.total_float > 0 and task.kind != "summary" and not task.done


def _moments(tasks: Sequence[PlanTask], planned: Baseline, late: Mapping[str, datetime]) -> Iterator[datetime]:
    for task in tasks:
        yield from (task.start, task.finish)
        if task.deadline:
            yield task.deadline
    for pair in planned.values():
        yield from pair
    yield from late.values()


class _Columns(NamedTuple):
    """Where the columns of text begin, and where the last of them ends; without owners theirs has no width."""

    number: float
    name: float
    owner: float
    end: float


def _columns(tasks: Sequence[PlanTask], width: int) -> _Columns:
    numbers = max(text_width(task.number, _SIZE, _bold(task)) for task in tasks) + 10
    owned = max((text_width(task.owner, _SIZE) for task in tasks if task.owner), default=-14) + 14
    owned = min(owned, _OWNER_WIDTH)
    names = max(_indent(task) + text_width(task.name, _SIZE, _bold(task)) for task in tasks) + 14
    names = max(min(names, _TEXT_SHARE * width - numbers - owned), _NAME_WIDTH)
    first = MARGIN + 6
    return _Columns(first, first + numbers, first + numbers + names, first + numbers + names + owned)


def _indent(task: PlanTask) -> int:
    return min(task.level - 1, 6) * _INDENT


def _bold(task: PlanTask) -> bool:
    return task.kind == "summary"


def _told(task: PlanTask) -> str:
    """Return what a viewer shows when the pointer rests on a bar, and reads aloud."""
    end = last_day(task)
    first = task.start.date()
    days = long_date(end) if task.kind == "milestone" or end == first else f"{long_date(first)} to {long_date(end)}"
    critical = "critical" if task.critical and task.kind != "summary" else ""
    parts = (numbered_name(task), days, task.owner, f"{show_percent(task.percent)} done", critical)
    return ", ".join(part for part in parts if part)


class _Mark(NamedTuple):
    """A line of the legend: where it stands, its word and the shapes of its sample."""

    x: int
    y: int
    word: str
    parts: Iterable[str]


def _explained(mark: _Mark) -> Iterator[str]:
    yield f'<g transform="translate({mark.x} {mark.y})">'
    yield from mark.parts
    yield words(_SAMPLE, 4, mark.word, font_size=_SMALL, fill=draw.MUTED) + "</g>"


@dataclass(frozen=True)
class _Chart:
    """A chart that has its measures; most methods yield the shapes of one layer."""

    tasks: tuple[PlanTask, ...]
    scale: Scale
    columns: _Columns
    planned: Baseline
    late: Mapping[str, datetime]
    today: date | None
    status: datetime | None
    works: Callable[[date], bool] | None
    width: int

    @property
    def bottom(self) -> int:
        """Where the last row ends."""
        return TOP + ROW * len(self.tasks)

    @property
    def room(self) -> int:
        """The width between the margins."""
        return self.width - 2 * MARGIN

    def document(self, name: str, today: date | None) -> str:
        """Return the whole picture; what is drawn later lies on top."""
        legend = self._legend()
        height = legend[-1].y + MARGIN
        start, finish = min(task.start for task in self.tasks).date(), max(map(last_day, self.tasks))
        told = f"{long_date(start)} to {long_date(finish)}" + (f", as of {long_date(today)}" if today else "")
        critical = sum(task.critical and task.kind != "summary" for task in self.tasks)
        layers: tuple[Iterable[str], ...] = (
            self._rows(), self._days_off(), self._grid(), self._header(), self._baseline(), self._tails(),
            self._arrows(), self._bars(), self._deadlines(), self._status(), self._today(), self._labels(),
            *map(_explained, legend),
        )  # fmt: skip
        opening = shape(
            "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {self.width} {height}", width=self.width,
            height=height, role="img", aria_label=name, font_family=FONT, font_size=_SIZE, fill=draw.INK,
        )  # fmt: skip
        lines = [
            opening.removesuffix("/>") + ">",
            shape("title", name),
            shape("desc", f"Gantt chart, {told}. Lines: {len(self.tasks)}, critical tasks: {critical}."),
            shape("rect", width=self.width, height=height, fill=draw.PAPER),
            words(MARGIN, MARGIN + 15, cut(name, self.room, _LARGE, True), True, font_size=_LARGE),
            words(MARGIN, MARGIN + 35, told, fill=draw.MUTED),
            *(part for layer in layers for part in layer),
            "</svg>\n",
        ]
        return "\n".join(lines)

    def _rows(self) -> Iterator[str]:
        for row, task in enumerate(self.tasks):
            y = TOP + ROW * row
            if task.kind == "summary" and task.level == 1:
                yield shape("rect", x=MARGIN, y=y, width=self.room, height=ROW, fill=draw.BAND)
            yield line(f"M{MARGIN} {y + ROW}h{self.room}", draw.GRID)

    def _days_off(self) -> Iterator[str]:
        if self.works is None or self.scale.day_width < _SHADED:
            return
        day_width, height = self.scale.day_width, self.bottom - TOP
        for day in self.scale.days():
            if not self.works(day):
                x = self.scale.at(day)
                yield shape("rect", x=x, y=TOP, width=day_width, height=height, fill=draw.LINE, fill_opacity=0.25)

    def _grid(self) -> Iterator[str]:
        for unit, colour in ((self.scale.lower, draw.GRID), (self.scale.upper, draw.LINE)):
            yield line("".join(f"M{number(cell.left)} {TOP}V{self.bottom}" for cell in self.scale.cells(unit)), colour)

    def _header(self) -> Iterator[str]:
        y, half = TOP - HEADER, HEADER // 2
        yield shape("rect", x=MARGIN, y=y, width=self.room, height=HEADER, fill=draw.BAND)
        for unit, top, bold in ((self.scale.upper, y, True), (self.scale.lower, y + half, False)):
            for cell in self.scale.cells(unit):
                yield line(f"M{number(cell.left)} {top}v{half}", draw.LINE)
                middle, fill = (cell.left + cell.right) / 2, draw.INK if bold else draw.MUTED
                yield words(middle, top + 15, cell.label, bold, font_size=_SMALL, text_anchor="middle", fill=fill)
        yield line(f"M{number(self.scale.left)} {y + half}H{self.width - MARGIN}M{MARGIN} {TOP}h{self.room}", draw.LINE)
        yield words(self.columns.number, TOP - 7, "Task", True, font_size=_SMALL)
        if self.columns.owner < self.columns.end:
            yield words(self.columns.owner, TOP - 7, "Owner", True, font_size=_SMALL)
        yield shape(
            "rect", x=MARGIN, y=y, width=self.room, height=self.bottom - y, fill="none", stroke=draw.LINE,
        )  # fmt: skip

    def _labels(self) -> Iterator[str]:
        room, owner_room = self.columns.owner - self.columns.name - 8, self.columns.end - self.columns.owner - 8
        for row, task in enumerate(self.tasks):
            y, bold = TOP + ROW * row + 16, _bold(task)
            yield words(self.columns.number, y, task.number, bold, fill=draw.MUTED)
            name = cut(task.name, room - _indent(task), _SIZE, bold)
            yield words(self.columns.name + _indent(task), y, name, bold)
            if task.owner and owner_room > 0:
                yield words(self.columns.owner, y, cut(task.owner, owner_room, _SIZE), fill=draw.MUTED)

    def _box(self, row: int) -> Box:
        """Return the place of a task's bar, bracket or diamond; a baseline needs room below it."""
        task, middle = self.tasks[row], TOP + ROW * row + (9 if self.planned else ROW / 2)
        left, right = self.scale.x(task.start), self.scale.x(task.finish)
        if task.kind == "milestone":
            return Box(right - draw.DIAMOND, right + draw.DIAMOND, middle - draw.DIAMOND, middle + draw.DIAMOND)
        return Box(left, max(right, left + 2), middle - draw.BAR / 2, middle + draw.BAR / 2)

    def _baseline(self) -> Iterator[str]:
        for row, task in enumerate(self.tasks):
            if task.uid not in self.planned:
                continue
            left, right = map(self.scale.x, self.planned[task.uid])
            y = TOP + ROW * row + 17
            if task.kind == "milestone":
                points = draw.diamond(right, y + 2, 4)
                yield shape("path", d=points, fill=draw.BASELINE, class_="baseline")
            else:
                width = max(right - left, 2)
                yield shape("rect", x=left, y=y, width=width, height=4, fill=draw.BASELINE, class_="baseline")

    def _tails(self) -> Iterator[str]:
        for row, task in enumerate(self.tasks):
            if task.uid in self.late:
                box, end = self._box(row), self.scale.x(self.late[task.uid])
                if end > box.right + 1:
                    yield draw.float_tail(box.right, end, box.middle)

    def _arrows(self) -> Iterator[str]:
        rows = {task.uid: row for row, task in enumerate(self.tasks)}
        for row, task in enumerate(self.tasks):
            for link in task.links:
                if link.task not in rows:
                    continue
                other = rows[link.task]
                colour = draw.CRITICAL if task.critical and self.tasks[other].critical else draw.MUTED
                points, head = draw.arrow(self._box(other), self._box(row), link.type, ROW)
                yield line(points, colour, class_="link")
                yield shape("path", d=head, fill=colour)

    def _bars(self) -> Iterator[str]:
        for row, task in enumerate(self.tasks):
            box, share = self._box(row), task.percent / 1000
            yield f'<g class="{task.kind}">' + shape("title", _told(task))
            if task.kind == "summary":
                yield from draw.bracket(box, share, self._critical_part(task))
            elif task.kind == "milestone":
                yield draw.milestone(box, task.critical, task.done)
            else:
                yield from draw.bar(box, task.critical, share)
            yield "</g>"

    def _critical_part(self, task: PlanTask) -> tuple[float, float] | None:
        """Return where what is critical in a work stream begins and ends; a milestone alone is a little wide."""
        if task.critical_span is None:
            return None
        left, right = map(self.scale.x, task.critical_span)
        return min(left, right - 2), right

    def _deadlines(self) -> Iterator[str]:
        for row, task in enumerate(self.tasks):
            if task.deadline:
                yield draw.deadline(self.scale.x(task.deadline), self._box(row).middle, task.late_for_deadline)

    def _status(self) -> Iterator[str]:
        if self.status:
            points = f"M{number(self.scale.x(self.status))} {TOP}V{self.bottom}"
            yield line(points, draw.STATUS, **_STATUS_LINE, class_="status")

    def _today(self) -> Iterator[str]:
        if self.today:
            x = number(self.scale.at(self.today))
            points = f"M{x} {TOP}V{self.bottom}"
            yield line(points, draw.TODAY, stroke_width=1.5, stroke_dasharray="5 3", class_="today")
            yield shape("path", d=f"M{x} {TOP}l-4.5 -7h9z", fill=draw.TODAY)

    def _legend(self) -> list[_Mark]:
        """Return the marks that the chart has, in as many lines as they need."""
        marks: list[_Mark] = []
        x, y = MARGIN, self.bottom + LEGEND
        for word, parts in self._samples():
            width = _SAMPLE + round(text_width(word, _SMALL))
            if x > MARGIN and x + width > self.width - MARGIN:
                x, y = MARGIN, y + LEGEND
            marks.append(_Mark(x, y, word, parts))
            x += width + 14
        return marks

    def _samples(self) -> Iterator[tuple[str, Iterable[str]]]:
        box, kinds = Box(0, 28, -draw.BAR / 2, draw.BAR / 2), {task.kind for task in self.tasks}
        bars = [task for task in self.tasks if task.kind != "summary"]
        if "task" in kinds:
            yield "Task, filled as far as done", draw.bar(box, False, 0.4)
        if any(task.critical for task in bars):
            yield "Critical", draw.bar(box, True, 0)
        if "summary" in kinds:
            yield "Work stream", draw.bracket(box, 0.4)
        if "milestone" in kinds:
            yield "Milestone", [draw.milestone(Box(7, 21, -draw.DIAMOND, draw.DIAMOND), False, False)]
        if self.late:
            yield "Float", [draw.float_tail(0, 28, 0)]
        if self.planned:
            yield "Baseline", [shape("rect", y=-2, width=28, height=4, fill=draw.BASELINE)]
        if any(task.deadline for task in bars):
            yield "Deadline, filled if missed", [draw.deadline(14, 0, False)]
        if self.today:
            sample = line("M0 0H28", draw.TODAY, stroke_width=1.5, stroke_dasharray="5 3")
            yield "Today", [sample]
        if self.status:
            yield f"Status date {long_date(_day_of(self.status))}", [line("M0 0H28", draw.STATUS, **_STATUS_LINE)]
