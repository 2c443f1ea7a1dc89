"""The scale of time above the bars: which cell a moment falls in, at five zooms, and the headers that name the cells."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from rich.cells import cell_len

from pcsm_tui.domain.dates import FIRST_YEAR, LAST_YEAR
from pcsm_tui.ui.present.line import Line, Span

Zoom = Literal["day", "week", "month", "quarter", "year"]
ZOOMS: tuple[Zoom, ...] = ("day", "week", "month", "quarter", "year")
"""From near to far; each is named for what one steps by, a cell is a part of it."""
OFFICE_HOURS = (8 * 60, 17 * 60)
"""From which to which minute of the day a day's cells reach when nothing else is said."""
STATUS = "▽"
"""The sign of the status date in a header."""


class _Grain(NamedTuple):
    """How far a zoom is out: so many cells for so many days, and the days of one step."""

    cells: int
    days: int
    step: int


_GRAINS: dict[Zoom, _Grain] = {
    "day": _Grain(3, 1, 1),
    "week": _Grain(1, 1, 7),
    "month": _Grain(3, 7, 28),
    "quarter": _Grain(1, 7, 91),
    "year": _Grain(1, 28, 364),
}
_FIRST, _LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


class _Tick(NamedTuple):
    """A name in a header: where it begins, and how much it matters, 0 the most."""

    day: date
    rank: int
    text: str


class Timescale(NamedTuple):
    """Cells of time: `width` cells from the beginning of the day `first` on.

    A day's cells reach over its working hours only (`hours`, in minutes of the day), so that the bars of two tasks on
    either side of a night touch. Make one with `timescale` or `fitting`, which begin on a Monday where cells need it.
    """

    zoom: Zoom
    first: date
    width: int
    hours: tuple[int, int] = OFFICE_HOURS

    def column(self, when: datetime) -> int:
        """Return the cell that a moment falls in: below 0 or from `width` on when it is out of view."""
        minutes, scale = self._minutes(when)
        return minutes // scale

    def columns(self, start: datetime, finish: datetime) -> tuple[int, int]:
        """Return the first cell that a stretch of time touches and the one after its last: one cell at least."""
        begin = self.column(start)
        minutes, scale = self._minutes(finish)
        return begin, max(-(-minutes // scale), begin + 1)

    def last_column(self, when: datetime) -> int:
        """Return the cell that time up to a moment ends in: the close of a day lies in that day, as does its opening."""
        minutes, scale = self._minutes(when)
        return minutes // scale if when.hour * 60 + when.minute <= self.hours[0] else -(-minutes // scale) - 1

    def day_column(self, day: date) -> int:
        """Return the first cell of a day."""
        grain = _GRAINS[self.zoom]
        return (day - self.first).days * grain.cells // grain.days

    def day_at(self, column: int) -> date:
        """Return the day that a cell begins in."""
        grain = _GRAINS[self.zoom]
        return _within(self.first, column * grain.days // grain.cells)

    def days_off(self, begin: int, end: int, works: Callable[[date], bool]) -> Iterator[int]:
        """Yield the cells of days that are not worked, from one to before another, as far as they are in view; none
        where a cell is more than a day.
        """
        grain, begin, end = _GRAINS[self.zoom], max(begin, 0), min(end, self.width)
        if grain.days > 1:
            return
        for count in range(begin // grain.cells, -(-end // grain.cells)):
            if not works(self.first + timedelta(count)):
                yield from range(max(count * grain.cells, begin), min((count + 1) * grain.cells, end))

    @property
    def last(self) -> date:
        """The last day in view."""
        grain = _GRAINS[self.zoom]
        return _within(self.first, -(-self.width * grain.days // grain.cells) - 1)

    def scrolled(self, steps: int) -> Timescale:
        """Return the scale moved by days, weeks, 4, 13 or 52 weeks, as its zoom steps; as many back undo it."""
        return timescale(self.zoom, _within(self.first, steps * _GRAINS[self.zoom].step), self.width, self.hours)

    def zoomed(self, steps: int, keep: date | None = None) -> Timescale:
        """Return the scale further out by `steps` zooms (nearer when negative); `keep`, when in view, stays where it
        is, else the middle does.
        """
        place = min(max(ZOOMS.index(self.zoom) + steps, 0), len(ZOOMS) - 1)
        column = self.day_column(keep) if keep is not None and self.first <= keep <= self.last else self.width // 2
        day = keep if keep is not None and self.first <= keep <= self.last else self.day_at(column)
        grain = _GRAINS[ZOOMS[place]]
        return timescale(ZOOMS[place], _within(day, -(column * grain.days // grain.cells)), self.width, self.hours)

    def showing(self, day: date) -> Timescale:
        """Return the scale itself when a day is in view, else moved so that the day stands a quarter in."""
        if self.first <= day <= self.last:
            return self
        grain = _GRAINS[self.zoom]
        return timescale(
            self.zoom, _within(day, -(self.width // 4 * grain.days // grain.cells)), self.width, self.hours
        )

    def resized(self, width: int) -> Timescale:
        """Return the scale with another width, beginning at the same day."""
        return self._replace(width=width)

    def header(self, status: datetime | None = None) -> Line:
        """Return one line that names the cells: `Nov 16 23     30     Dec 7`.

        The cell that time up to the moment `status` ends in is marked; a name that would hide it is shortened or left out.
        """
        if status is None:
            return self._named(_single(self))
        # A day that is over ends at midnight, which is the next one's by the calendar.
        column = self.last_column(status - timedelta(minutes=1))
        if not 0 <= column < self.width:
            return self._named(_single(self))
        names = self._named(_single(self), column)[0].text
        return Span(names[:column], "heading"), Span(STATUS, "accent"), Span(names[column + 1 :], "heading")

    def headers(self) -> tuple[Line, Line]:
        """Return two lines that name the cells, the greater units above."""
        return self._named(_upper(self)), self._named(_lower(self))

    def _minutes(self, when: datetime) -> tuple[int, int]:
        """Return working minutes from the first cell on, times cells, and how much of that one cell is."""
        opens, closes = self.hours
        grain = _GRAINS[self.zoom]
        length = closes - opens
        worked = min(max(when.hour * 60 + when.minute - opens, 0), length)
        return ((when.date() - self.first).days * length + worked) * grain.cells, length * grain.days

    def _named(self, ticks: list[_Tick], kept: int = -1) -> Line:
        """Return a header: the ticks that matter most first, each where it has a blank on either side; the cell `kept`
        stays blank.
        """
        cells = [" "] * self.width
        for tick in sorted(ticks, key=lambda tick: tick.rank):
            column = self.day_column(tick.day)
            text = tick.text
            if column <= kept < column + cell_len(text):
                text = text.partition(" ")[0]  # the month alone may have room
            end = column + cell_len(text)
            if column <= kept < end or column < 0 or end > self.width:
                continue
            if not "".join(cells[max(column - 1, 0) : end + 1]).strip():
                cells[column:end] = text
        return (Span("".join(cells), "heading"),)


def timescale(zoom: Zoom, first: date, width: int, hours: tuple[int, int] = OFFICE_HOURS) -> Timescale:
    """Return a scale from a day on, or from the Monday before it where a cell is a part of a week or more."""
    first = min(max(first, _FIRST), _LAST)
    if zoom != "day":
        first = max(first - timedelta(first.weekday()), _FIRST)
    return Timescale(zoom, first, max(width, 1), hours)


def fitting(
    start: date, finish: date, width: int, hours: tuple[int, int] = OFFICE_HOURS, nearest: Zoom = "day"
) -> Timescale:
    """Return the scale from `start` on with the nearest zoom, from `nearest` on, that shows all up to `finish`."""
    for zoom in ZOOMS[ZOOMS.index(nearest) :]:
        scale = timescale(zoom, start, width, hours)
        if finish <= scale.last:
            return scale
    return scale


def _within(day: date, days: int) -> date:
    """Return a day so many days later, held in the years that fields may name."""
    return _FIRST + timedelta(min(max((day - _FIRST).days + days, 0), (_LAST - _FIRST).days))


def _days(scale: Timescale) -> Iterator[date]:
    return (scale.first + timedelta(count) for count in range((scale.last - scale.first).days + 1))


def _mondays(scale: Timescale) -> Iterator[date]:
    return (day for day in _days(scale) if day.weekday() == 0)


def _months(scale: Timescale, every: int = 1) -> list[date]:
    """Return the first days in view of months; of each third month of the year with `every` 3, and so on."""
    first = scale.first.year * 12 + scale.first.month - 1
    last = scale.last.year * 12 + scale.last.month - 1
    months = (date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1))
    return [day for day in months if day >= scale.first and (day.month - 1) % every == 0]


def _month(day: date) -> str:
    return calendar.month_abbr[day.month]


def _single(scale: Timescale) -> list[_Tick]:
    """Return the ticks of a header of one line."""
    if scale.zoom in ("day", "week"):
        days = list(_days(scale) if scale.zoom == "day" else _mondays(scale))
        begins = [place == 0 or day.month != days[place - 1].month for place, day in enumerate(days)]
        return [
            _Tick(day, 0, f"{_month(day)} {day.day}") if begin else _Tick(day, 1 + (day.weekday() > 0), str(day.day))
            for day, begin in zip(days, begins, strict=True)
        ]
    if scale.zoom == "year":
        return _years(scale) + [_Tick(day, 1, _month(day)) for day in _months(scale, 6)]
    months = _months(scale)
    named = [
        _Tick(day, 0, f"{_month(day)} {day.year}") if day.month == 1 or not place else _Tick(day, 1, _month(day))
        for place, day in enumerate(months)
    ]
    return [*named, _Tick(scale.first, 2, _month(scale.first))]


def _years(scale: Timescale) -> list[_Tick]:
    years = [_Tick(day, 0, str(day.year)) for day in _months(scale, 12)]
    return [*years, _Tick(scale.first, 2, str(scale.first.year))]


def _upper(scale: Timescale) -> list[_Tick]:
    """Return the ticks of the upper of two lines: the greater units."""
    if scale.zoom == "day":
        return [_Tick(day, 0, f"Mon {day.day} {_month(day)} {day.year}") for day in _mondays(scale)]
    if scale.zoom == "year":
        return _years(scale)
    every = 3 if scale.zoom == "quarter" else 1
    named = [_Tick(day, 0, f"{_month(day)} {day.year}") for day in _months(scale, every)]
    return [*named, _Tick(scale.first, 2, f"{_month(scale.first)} {scale.first.year}")]


def _lower(scale: Timescale) -> list[_Tick]:
    """Return the ticks of the lower of two lines: the smaller units."""
    if scale.zoom == "day":
        return [_Tick(day, 0, str(day.day)) for day in _days(scale)]
    if scale.zoom in ("week", "month"):
        return [_Tick(day, 0, str(day.day)) for day in _mondays(scale)]
    if scale.zoom == "quarter":
        return [_Tick(day, 0, _month(day)) for day in _months(scale)]
    return [_Tick(day, 0, f"Q{day.month // 3 + 1}") for day in _months(scale, 3)]
