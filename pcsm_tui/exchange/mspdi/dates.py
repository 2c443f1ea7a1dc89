"""The dates of a plan with the time of day that MS Project wants of them: opening or close of work."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pcsm_tui.exchange.mspdi.units import write_moment
from pcsm_tui.schedule.calendar import OFFICE_HOURS, Calendar, Periods, TimeAxis
from pcsm_tui.schedule.work import Moment

_LAST_MINUTE = 1439


class Clock:
    """Gives days their times on the axis of a plan."""

    def __init__(self, axis: TimeAxis) -> None:
        self._axis = axis
        self._calendar: Calendar = axis.calendar
        self.usual: Periods = next((periods for periods in axis.calendar.week if periods), OFFICE_HOURS)
        """The hours of the first day of the week that has any."""

    def start(self, when: Moment) -> datetime:
        """Return when work begins on a day, at the usual hour on a free one; a moment is left as it is."""
        if isinstance(when, datetime):
            return when
        return _at(when, (self._calendar.periods(when) or self.usual)[0][0])

    def finish(self, when: Moment) -> datetime:
        """Return when work ends on a day, at the usual hour on a free one.

        A moment is left as it is but for midnight, which would be taken for the day that it begins.
        """
        if isinstance(when, datetime):
            return when if when.hour or when.minute else self._axis.finish_at(self._axis.offset_of(when))
        periods = self._calendar.periods(when)
        return _at(when, periods[-1][1] if periods else min(self.usual[-1][1], _LAST_MINUTE))

    def start_text(self, when: Moment | None) -> str | None:
        """Return the start as it is written."""
        return None if when is None else write_moment(self.start(when))

    def finish_text(self, when: Moment | None) -> str | None:
        """Return the finish as it is written."""
        return None if when is None else write_moment(self.finish(when))


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
