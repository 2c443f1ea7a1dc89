"""The time scale of a Gantt chart: which place a moment has, and the two rows of its header.

A day is drawn from the opening of work to its close, so that a task of one day fills one day and an evening takes no
room. Opening and close are the earliest start and the latest finish, by the clock, among the tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from pcsm_tui.domain.dates import add_months
from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.exchange.plan_tasks import MONTHS, long_date
from pcsm_tui.exchange.svg_text import text_width

Unit = Literal["day", "week", "month", "quarter", "year"]

_HEADERS: tuple[tuple[Unit, Unit, int, int], ...] = (
    ("week", "day", 1, 18),
    ("month", "week", 7, 22),
    ("quarter", "month", 30, 30),
    ("year", "quarter", 91, 0),
)
"""The two rows of a header, the days of a cell of the lower one, and the width that it must have."""
_UPPER: dict[Unit, tuple[Callable[[date], str], ...]] = {
    "week": (lambda day: f"Week of {long_date(day)}", long_date, lambda day: long_date(day)[:-5]),
    "month": (lambda day: f"{MONTHS[day.month - 1]} {day.year}", lambda day: long_date(day)[-8:]),
    "quarter": (lambda day: f"{_quarter(day)} {day.year}", lambda day: _quarter(day)),
    "year": (lambda day: str(day.year),),
}
"""What may stand in a cell of the upper row, the longest first."""
_LOWER: dict[Unit, tuple[Callable[[date], str], ...]] = {
    "day": (lambda day: str(day.day),),
    "week": (lambda day: long_date(day)[:-5], lambda day: str(day.day)),
    "month": (lambda day: long_date(day)[-8:-5],),
    "quarter": (lambda day: _quarter(day),),
}
"""The same for the lower row, which has the upper one above it."""
_MONTHS_OF: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}
_DAY = timedelta(days=1)
_LABEL_SIZE = 11


def _quarter(day: date) -> str:
    return f"Q{(day.month + 2) // 3}"


class Cell(NamedTuple):
    """A cell of the header: from where to where, and what fits into it."""

    left: float
    right: float
    label: str


class Scale(NamedTuple):
    """Where moments lie. `first` is the first day drawn, `end` the day after the last; hours in minutes of the day."""

    left: float
    width: float
    first: date
    end: date
    opens: int
    closes: int
    upper: Unit
    lower: Unit

    @property
    def day_width(self) -> float:
        """The width of a day."""
        return self.width / (self.end - self.first).days

    def x(self, moment: datetime) -> float:
        """Return the place of a moment, times outside working hours drawn at opening or close."""
        minute = moment.hour * 60 + moment.minute
        share = (min(max(minute, self.opens), self.closes) - self.opens) / (self.closes - self.opens)
        return self.at(moment.date()) + share * self.day_width

    def at(self, day: date) -> float:
        """Return the place where a day begins."""
        return self.left + (day - self.first).days * self.day_width

    def days(self) -> Iterator[date]:
        """Yield every day that is drawn."""
        return (self.first + _DAY * count for count in range((self.end - self.first).days))

    def cells(self, unit: Unit) -> list[Cell]:
        """Return the cells of a row of the header, those at the ends cut off; whole cells are labelled alike."""
        forms = _UPPER[unit] if unit == self.upper else _LOWER[unit]
        days = [floor(unit, self.first)]
        while days[-1] < self.end:
            days.append(ceiling(unit, days[-1] + _DAY))
        spans = [(day, self.at(day), self.at(following)) for day, following in pairwise(days)]
        while len(forms) > 1 and not all(_fits(forms[0](day), left, right) for day, left, right in spans):
            forms = forms[1:]
        limit = self.left + self.width
        return [_cell(day, max(left, self.left), min(right, limit), forms) for day, left, right in spans]


def _fits(label: str, left: float, right: float) -> bool:
    return text_width(label, _LABEL_SIZE, True) <= right - left - 4


def _cell(day: date, left: float, right: float, forms: Sequence[Callable[[date], str]]) -> Cell:
    """Return a cell with the longest label that fits into it, or none."""
    fitting = (form(day) for form in forms if _fits(form(day), left, right))
    return Cell(left, right, next(fitting, ""))


def scale_for(moments: Iterable[datetime], tasks: Iterable[PlanTask], left: float, width: float) -> Scale:
    """Return the finest scale whose cells can be read, for a chart that holds all moments, at least one.

    Behind the last of them a cell stays free, so that a mark there lies within the chart.
    """
    seen = sorted(moments)
    first, last = seen[0].date(), seen[-1].date()
    opens, closes = _hours(tasks)
    for upper, lower, days, least in _HEADERS:
        end = ceiling(lower, ceiling(lower, last + _DAY) + _DAY)
        scale = Scale(left, width, floor(lower, first), end, opens, closes, upper, lower)
        if scale.day_width * days >= least:
            break
    return scale


def _hours(tasks: Iterable[PlanTask]) -> tuple[int, int]:
    """Return the minutes of the day between which tasks start and finish; the whole day when that says nothing."""
    timed = [(task.start, task.finish) for task in tasks]
    opens = min(start.hour * 60 + start.minute for start, _ in timed)
    closes = max(finish.hour * 60 + finish.minute for _, finish in timed)
    return (opens, closes) if opens < closes else (0, 1440)


def floor(unit: Unit, day: date) -> date:
    """Return the first day of the week, month, quarter or year that a day lies in; weeks begin on Monday."""
    if unit == "day":
        return day
    if unit == "week":
        return day - _DAY * day.weekday()
    months = _MONTHS_OF[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def ceiling(unit: Unit, day: date) -> date:
    """Return the first such day that is not before a day."""
    start = floor(unit, day)
    if start == day:
        return day
    return start + _DAY * 7 if unit == "week" else add_months(start, _MONTHS_OF[unit])
