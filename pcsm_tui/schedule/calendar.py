"""The working calendar of a plan, and the axis of working minutes that the schedule is computed on.

On the axis a moment is the number of working minutes from the plan's start. The close of one working day and the
opening of the next are the same number: a finish is shown as the one, a start as the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from pcsm_tui.errors import ValueRefused

Periods = tuple[tuple[int, int], ...]
"""The working times of a day, in minutes after midnight, in order: ((480, 720), (780, 1020))."""

OFFICE_HOURS: Periods = ((480, 720), (780, 1020))
"""08:00 to 12:00 and 13:00 to 17:00 (MS Project's standard calendar)."""
STANDARD_WEEK: tuple[Periods, ...] = (OFFICE_HOURS,) * 5 + ((), ())
"""Monday to Friday."""
_DAYS_AT_ONCE = 512
_FIRST_MOMENT, _LAST_MOMENT = datetime(1900, 1, 1), datetime(2999, 12, 31, 23, 59)
_FIRST_DAY, _LAST_DAY = _FIRST_MOMENT.toordinal(), _LAST_MOMENT.toordinal()


def _worked(periods: Periods) -> int:
    return sum(end - start for start, end in periods)


def _worked_until(periods: Periods, minute: int) -> int:
    return sum(min(end, minute) - start for start, end in periods if start < minute)


@dataclass(frozen=True)
class Calendar:
    """The working week, Monday first, and the days on which it is otherwise: holidays have no periods."""

    week: tuple[Periods, ...] = STANDARD_WEEK
    exceptions: Mapping[date, Periods] = field(default_factory=dict)

    def periods(self, day: date) -> Periods:
        """Return the working times of a day."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def works(self, day: date) -> bool:
        """Return whether a day has any working time."""
        return bool(self.periods(day))


class TimeAxis:
    """The working minutes of a calendar, counted from a moment; negative before it.

    What lies beyond the years 1900 to 2999 is taken for their first or last moment: a plan with a mistake in a duration
    can still be looked at. Raises `ValueRefused` for a calendar without working time.
    """

    def __init__(self, calendar: Calendar, start: date) -> None:
        if not any(calendar.week):
            raise ValueRefused("The calendar has no working time in its week.", "Give at least one weekday hours.")
        self.calendar = calendar
        moment = start if isinstance(start, datetime) else datetime.combine(start, time())
        self.begins = moment
        """The moment of offset 0, or before it where that is no working time."""
        self._first = moment.date().toordinal()
        self._worked = [0]  # the minutes worked before each day, from the day `_first` on
        self._base = _worked_until(calendar.periods(moment.date()), moment.hour * 60 + moment.minute)

    def start_at(self, offset: int) -> datetime:
        """Return the moment at which work begins that has so many working minutes before it."""
        worked = self._reached(offset + self._base)
        place = bisect_right(self._worked, worked) - 1
        day, rest = date.fromordinal(self._first + place), worked - self._worked[place]
        for start, end in self.calendar.periods(day):
            if rest < end - start:
                return _moment(day, start + rest)
            rest -= end - start
        raise AssertionError("a day holds the minutes that are counted in it")

    def finish_at(self, offset: int) -> datetime:
        """Return the moment at which work ends that has so many working minutes up to it."""
        worked = self._reached(offset + self._base)
        place = bisect_left(self._worked, worked) - 1
        day, rest = date.fromordinal(self._first + place), worked - self._worked[place]
        for start, end in self.calendar.periods(day):
            if rest <= end - start:
                return _moment(day, start + rest)
            rest -= end - start
        raise AssertionError("a day holds the minutes that are counted in it")

    def offset_of(self, moment: datetime) -> int:
        """Return the working minutes from the axis' start to a moment; seconds are left out."""
        day = moment.date()
        place = self._place_of(day.toordinal())
        minute = moment.hour * 60 + moment.minute
        return self._worked[place] + _worked_until(self.calendar.periods(day), minute) - self._base

    def opening_of(self, day: date) -> int:
        """Return the offset at which a day begins."""
        return self._worked[self._place_of(day.toordinal())] - self._base

    def close_of(self, day: date) -> int:
        """Return the offset at which a day ends."""
        return self.opening_of(day + timedelta(days=1))

    def is_working(self, moment: datetime) -> bool:
        """Return whether work can begin at a moment."""
        minute = moment.hour * 60 + moment.minute
        return any(start <= minute < end for start, end in self.calendar.periods(moment.date()))

    def shifted(self, moment: datetime, minutes: int) -> datetime:
        """Return the moment so many elapsed minutes later, within the years that there are."""
        limit = int((_LAST_MOMENT - _FIRST_MOMENT).total_seconds()) // 60
        shifted = moment + timedelta(minutes=max(min(minutes, limit), -limit))
        return max(min(shifted, _LAST_MOMENT), _FIRST_MOMENT)

    def _place_of(self, ordinal: int) -> int:
        while ordinal < self._first and self._can_extend_back():
            self._extend_back()
        while ordinal - self._first >= len(self._worked) and self._can_extend():
            self._extend()
        return max(min(ordinal - self._first, len(self._worked) - 1), 0)

    def _reached(self, worked: int) -> int:
        """Know the days up to one after so many minutes, and one before them; return as many of them as there are."""
        while self._worked[-1] <= worked and self._can_extend():
            self._extend()
        while self._worked[0] >= worked and self._can_extend_back():
            self._extend_back()
        return max(min(worked, self._worked[-1] - 1), self._worked[0] + 1)

    def _can_extend(self) -> bool:
        return self._first + len(self._worked) - 1 <= _LAST_DAY

    def _extend(self) -> None:
        day, total = self._first + len(self._worked) - 1, self._worked[-1]
        periods = self.calendar.periods
        for ordinal in range(day, day + _DAYS_AT_ONCE):
            total += _worked(periods(date.fromordinal(ordinal)))
            self._worked.append(total)

    def _can_extend_back(self) -> bool:
        return self._first > _FIRST_DAY - _DAYS_AT_ONCE

    def _extend_back(self) -> None:
        total, found = self._worked[0], []
        for ordinal in range(self._first - 1, self._first - 1 - _DAYS_AT_ONCE, -1):
            total -= _worked(self.calendar.periods(date.fromordinal(ordinal)))
            found.append(total)
        self._worked[:0] = reversed(found)
        self._first -= _DAYS_AT_ONCE


def _moment(day: date, minute: int) -> datetime:
    if minute == 1440:
        return datetime.combine(day + timedelta(days=1), time())
    return datetime.combine(day, time(minute // 60, minute % 60))
