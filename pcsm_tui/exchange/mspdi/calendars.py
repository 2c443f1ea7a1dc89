"""The calendar of a project: its week, and the days that differ, also those inherited from a base calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pcsm_tui.domain.hours import Spans, read_hours, show_hours
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import FileRefused, ValueRefused
from pcsm_tui.exchange.mspdi.elements import Element
from pcsm_tui.exchange.mspdi.recurrence import days_of, number, strength
from pcsm_tui.exchange.mspdi.units import read_moment
from pcsm_tui.schedule.calendar import OFFICE_HOURS, STANDARD_WEEK, Calendar
from pcsm_tui.schedule.settings import LONGEST_EXCEPTION, WEEKDAYS

_MOST_DAYS = 200_000
"""The days on which the calendars of a file may differ from their weeks: five centuries of days."""


@dataclass
class FileCalendar:
    """A calendar as it was read: hours by weekday (Monday is 0) and by day, with the name of the exception."""

    week: dict[int, Spans] = field(default_factory=dict)
    days: dict[date, tuple[Spans, str]] = field(default_factory=dict)

    def calendar(self) -> Calendar:
        """Return it as the schedule takes it."""
        week = tuple(self.week.get(weekday, STANDARD_WEEK[weekday]) for weekday in range(7))
        return Calendar(week, {day: hours for day, (hours, _) in self.days.items()})

    def settings(self) -> dict[str, Value]:
        """Return the hours of the week as the form `plan` holds them."""
        return {name: show_hours(hours) or None for name, hours in zip(WEEKDAYS, self.calendar().week, strict=True)}

    def rows(self) -> tuple[dict[str, Value], ...]:
        """Return the days that differ as rows of `calendar`; days in a row with the same name and hours are one."""
        rows: list[dict[str, Value]] = []
        before: tuple[date, tuple[Spans, str]] | None = None
        length = 0
        for day, (hours, name) in sorted(self.days.items()):
            if before == (day - timedelta(days=1), (hours, name)) and length < LONGEST_EXCEPTION:
                rows[-1]["to"] = day.isoformat()
                length += 1
            else:
                length = 1
                shown = name or ("Working time" if hours else "Holiday")
                rows.append({"name": shown, "from": day.isoformat(), "to": None, "hours": show_hours(hours) or None})
            before = (day, (hours, name))
        return tuple(rows)


class CalendarReader:
    """Reads the calendars of a file; `remarks` gathers what could not be taken over."""

    def __init__(self, project: Element, name: str) -> None:
        self._name = name
        self._elements = {calendar.text("UID"): calendar for calendar in project.within("Calendars", "Calendar")}
        self._left = _MOST_DAYS
        self.remarks: list[str] = []

    def read(self, uid: str) -> FileCalendar:
        """Return a calendar with what it inherits; the standard one when the file does not hold it."""
        chain: list[Element] = []
        while uid in self._elements and self._elements[uid] not in chain:
            chain.append(self._elements[uid])
            uid = chain[-1].text("BaseCalendarUID")
        found = FileCalendar()
        for element in reversed(chain):
            self._add(found, element)
        return found

    def differs(self, uid: str, project: str) -> bool:
        """Return whether a calendar, of a resource for instance, says anything that the project's does not.

        It does so by days of its own, or by following another base calendar than the project's.
        """
        element = self._elements.get(uid)
        if element is None or uid == project:
            return False
        base = element.text("BaseCalendarUID")
        own = any(part.name in ("WeekDays", "Exceptions", "WorkWeeks") for part in element.parts)
        return own or (base in self._elements and base != project)

    def default_uid(self, uid: str) -> str:
        """Return the project's calendar, or the first base calendar when the project names none that is there."""
        if uid in self._elements:
            return uid
        bases = [key for key, element in self._elements.items() if element.text("IsBaseCalendar") != "0"]
        return bases[0] if bases else ""

    def _add(self, found: FileCalendar, element: Element) -> None:
        days = list(element.within("WeekDays", "WeekDay"))
        exceptions = list(element.within("Exceptions", "Exception"))
        for day in days:
            weekday = self._number(day, "DayType", -1)
            if 1 <= weekday <= 7:
                found.week[(weekday - 2) % 7] = self._hours(day)
            elif weekday != 0:
                raise self._refused(day, f"there is no weekday {day.text('DayType')!r}", "Days are 0 to 7.")
        for week in element.within("WorkWeeks", "WorkWeek"):
            self._add_week(found, week)
        for exception in sorted(exceptions or [day for day in days if day.text("DayType") == "0"], key=strength):
            self._add_exception(found, exception)

    def _add_exception(self, found: FileCalendar, exception: Element) -> None:
        period = self._period(exception)
        if period is None:
            return
        hours, name = self._hours(exception), exception.text("Name")
        self._count(exception, (period[1] - period[0]).days // 7)
        try:
            for day in days_of(exception, *period):
                self._count(exception, 1)
                found.days[day] = (hours, name)
        except ValueRefused as refused:
            self.remarks.append(f"The calendar exception {name!r} was left out: {refused.message}")

    def _add_week(self, found: FileCalendar, week: Element) -> None:
        """Add the days of a week that holds for a time only, as far as they differ from the usual one."""
        period = self._period(week)
        if period is None:
            return
        hours: Mapping[int, Spans] = {
            (self._number(day, "DayType", 0) - 2) % 7: self._hours(day)
            for day in (*week.within("WeekDays", "WeekDay"), *week.all("WeekDay"))
        }
        usual, name = found.calendar().week, week.text("Name")
        for ordinal in range(period[0].toordinal(), period[1].toordinal() + 1):
            day = date.fromordinal(ordinal)
            self._count(week, 1)
            if day.weekday() in hours and hours[day.weekday()] != usual[day.weekday()]:
                found.days[day] = (hours[day.weekday()], name)

    def _count(self, element: Element, days: int) -> None:
        self._left -= days
        if self._left < 0:
            raise self._refused(element, f"the calendars differ on more than {_MOST_DAYS:,} days", "Shorten a period.")

    def _period(self, element: Element) -> tuple[date, date] | None:
        for part in element.all("TimePeriod"):
            try:
                first, last = read_moment(part.text("FromDate")), read_moment(part.text("ToDate"))
            except ValueRefused as refused:
                raise self._refused(element, refused.message.rstrip("."), refused.hint) from None
            if first is None or last is None:
                break
            if last < first:
                raise self._refused(
                    element, f"the period ends on {last:%Y-%m-%d} and begins on {first:%Y-%m-%d}", "Exchange the dates."
                )
            return first.date(), last.date()
        self.remarks.append("A calendar exception without dates was left out.")
        return None

    def _hours(self, element: Element) -> Spans:
        """Return the working times of a day; office hours for one that is worked and does not say when."""
        if element.text("DayWorking") in ("0", "false"):
            return ()
        times = ", ".join(self._times(element))
        if not times:
            return OFFICE_HOURS if element.text("DayWorking") in ("1", "true") else ()
        try:
            return read_hours(times)
        except ValueRefused as refused:
            raise self._refused(element, refused.message.rstrip("."), refused.hint) from None

    def _times(self, element: Element) -> Iterator[str]:
        for part in element.within("WorkingTimes", "WorkingTime"):
            first, last = part.text("FromTime"), part.text("ToTime")
            if not (first and last):
                continue
            clocks = [_CLOCK.fullmatch(clock) for clock in (first, last)]
            if None in clocks:
                raise self._refused(part, f"{first[:20]!r} to {last[:20]!r} are no times", "Write 08:00:00.")
            until = "24:00" if last[:5] == "00:00" else last[:5]
            yield f"{first[:5]}-{until}"

    def _number(self, element: Element, name: str, otherwise: int) -> int:
        try:
            return number(element, name, otherwise)
        except ValueRefused as refused:
            raise self._refused(element, refused.message.rstrip("."), refused.hint) from None

    def _refused(self, element: Element, what: str, hint: str) -> FileRefused:
        place = f"{element.name} {element.text('Name')!r}" if element.text("Name") else element.name
        return FileRefused(f"{self._name}, line {element.line}, {place}: {what}.", hint)


_CLOCK = re.compile(r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?", re.ASCII)
