"""The days that an exception of a calendar falls on: every day of its period, or those of a rule within it.

Source: the documentation of `Exception` in Microsoft's schema. The rules are numbered in `Type`; positions count from 0,
and 4 is the last one of a month.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from pcsm_tui.errors import ValueRefused
from pcsm_tui.exchange.mspdi.elements import Element

DAILY, YEARLY_ON_DAY, YEARLY_BY_POSITION, MONTHLY_ON_DAY, MONTHLY_BY_POSITION, WEEKLY, EVERY_SO_MANY_DAYS = range(1, 8)
NO_RULE = 9
_WEAKER = ((WEEKLY,), (MONTHLY_ON_DAY, MONTHLY_BY_POSITION), (YEARLY_ON_DAY, YEARLY_BY_POSITION))
"""The kinds that give way to single days and daily ones, the weakest first."""
_STRENGTHS = {str(kind): place for place, kinds in enumerate(_WEAKER) for kind in kinds}
_LAST = 4
_WEEKEND = (5, 6)


def days_of(exception: Element, first: date, last: date) -> Iterator[date]:
    """Yield the days of an exception between the first and the last of its period, in order.

    Raises `ValueRefused` for a rule that is not known, or that misses a number.
    """
    kind = number(exception, "Type", DAILY)
    every = max(number(exception, "Period", number(exception, "PeriodNumber", 1)), 1)
    if kind in (DAILY, EVERY_SO_MANY_DAYS, NO_RULE):
        return _stepped(first, last, every if kind != NO_RULE else 1)
    if kind == WEEKLY:
        return _weekly(first, last, every, number(exception, "DaysOfWeek", 0))
    if kind in (YEARLY_ON_DAY, MONTHLY_ON_DAY):
        pick = _day_of_month(number(exception, "MonthDay", first.day))
    elif kind in (YEARLY_BY_POSITION, MONTHLY_BY_POSITION):
        pick = _by_position(number(exception, "MonthItem", 0), number(exception, "MonthPosition", 0))
    else:
        raise ValueRefused(f"Rule {kind} of an exception is not known.", "")
    if kind in (YEARLY_ON_DAY, YEARLY_BY_POSITION):
        month = number(exception, "Month", first.month - 1) + 1
        if not 1 <= month <= 12:
            raise ValueRefused(f"There is no month {month - 1}.", "Months are numbered 0 to 11.")
        return _monthly(first.replace(day=1, month=1), first, last, 12, pick, month - 1)
    return _monthly(first.replace(day=1), first, last, every, pick, 0)


def strength(exception: Element) -> int:
    """Return by how much an exception prevails over others on the same day, whichever comes first in the file.

    Single days and daily ones prevail over yearly ones, these over monthly ones, these over weekly ones (MS Project).
    """
    return _STRENGTHS.get(exception.text("Type"), len(_WEAKER))


def number(element: Element, name: str, otherwise: int) -> int:
    """Return the whole number in a part; raises `ValueRefused` when it holds something else."""
    text = element.text(name)
    if not text:
        return otherwise
    if not (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) <= 15):
        raise ValueRefused(f"{name} is {text[:40]!r}, not a whole number.", "")
    return int(text)


def _stepped(first: date, last: date, step: int) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1, step):
        yield date.fromordinal(ordinal)


def _weekly(first: date, last: date, every: int, days: int) -> Iterator[date]:
    """Yield the days of every so many weeks, from the week of the first day on; weeks begin on Sunday (bit 0)."""
    sunday = first.toordinal() - first.isoweekday() % 7
    for week in range(sunday, last.toordinal() + 1, 7 * every):
        for offset in range(7):
            if days >> offset & 1 and first.toordinal() <= week + offset <= last.toordinal():
                yield date.fromordinal(week + offset)


def _monthly(
    begin: date, first: date, last: date, every: int, pick: Callable[[int, int], date | None], ahead: int
) -> Iterator[date]:
    """Yield the day picked in every so many months; `begin` is the first month, `ahead` the months to add to it."""
    for months in range(begin.year * 12 + begin.month - 1 + ahead, last.year * 12 + last.month, every):
        day = pick(months // 12, months % 12 + 1)
        if day is not None and first <= day <= last:
            yield day


def _day_of_month(wanted: int) -> Callable[[int, int], date | None]:
    def pick(year: int, month: int) -> date | None:
        return date(year, month, wanted) if 1 <= wanted <= monthrange(year, month)[1] else None

    return pick


def _by_position(item: int, position: int) -> Callable[[int, int], date | None]:
    """Pick the first to fourth or last day, weekday, day of the weekend or Sunday to Saturday (3 to 9) of a month."""
    if not (0 <= item <= 9 and 0 <= position <= _LAST):
        raise ValueRefused(f"MonthItem {item} or MonthPosition {position} is not known.", "")

    def fits(day: date) -> bool:
        if item <= 2:
            return item == 0 or (day.weekday() in _WEEKEND) == (item == 2)
        return day.isoweekday() % 7 == item - 3

    def pick(year: int, month: int) -> date | None:
        first = date(year, month, 1)
        days = [first + timedelta(days=ahead) for ahead in range(monthrange(year, month)[1])]
        found = [day for day in days if fits(day)]
        return found[-1] if position == _LAST else found[position]

    return pick
