"""The calendar of a plan as MS Project writes it: exceptions both in the way of 2003 and in that of 2007 and later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.hours import Spans, read_hours
from pcsm_tui.exchange.mspdi.calendars import FileCalendar
from pcsm_tui.exchange.mspdi.markup import element, group, one_line
from pcsm_tui.schedule.calendar import Calendar
from pcsm_tui.schedule.settings import LONGEST_EXCEPTION

PROJECT_CALENDAR = 1
"""The UID of the project's calendar; those of resources follow."""
_NO_BASE = "-1"


def written_calendars(calendar: Calendar, engagement: Engagement, resources: list[str]) -> str:
    """Return the calendars: the project's, and for each resource one that has nothing of its own.

    Without them MS Project would give resources a standard calendar, in which the plan's holidays are working days.
    """
    parts = [_project_calendar(calendar, engagement)]
    for number, name in enumerate(resources, 1):
        parts.append(_calendar(PROJECT_CALENDAR + number, name, base=str(PROJECT_CALENDAR), parts=[]))
    return group("Calendars", parts)


def _calendar(uid: int, name: str, base: str, parts: list[str]) -> str:
    own = base == _NO_BASE
    return group(
        "Calendar",
        [
            element("UID", uid),
            element("Name", one_line(name)),
            element("IsBaseCalendar", own),
            element("BaseCalendarUID", base),
            *parts,
        ],
    )


def _project_calendar(calendar: Calendar, engagement: Engagement) -> str:
    names = _names(engagement)
    differing = FileCalendar({}, {day: (hours, names.get(day, "")) for day, hours in calendar.exceptions.items()})
    rows = [
        (str(row["name"]), date.fromisoformat(row["from"]), date.fromisoformat(row["to"] or row["from"]), row["hours"])
        for row in differing.rows()
    ]
    days = [
        group("WeekDay", [element("DayType", (weekday + 1) % 7 + 1), *_worked(calendar.week[weekday])])
        for weekday in (6, 0, 1, 2, 3, 4, 5)
    ]
    old, new = [], []
    for name, first, last, text in rows:
        hours, period = list(_worked(read_hours(text or ""))), _period(first, last)
        old.append(group("WeekDay", [element("DayType", 0), hours[0], period, *hours[1:]]))
        about = [element("EnteredByOccurrences", 0), period, element("Occurrences", (last - first).days + 1)]
        new.append(group("Exception", [*about, element("Name", one_line(name)), element("Type", 1), *hours]))
    parts = [group("WeekDays", days + old), *([group("Exceptions", new)] if new else [])]
    return _calendar(PROJECT_CALENDAR, "Standard", _NO_BASE, parts)


def _names(engagement: Engagement) -> dict[date, str]:
    """Return the name of the exception on each day; of several the last one, as in the schedule."""
    names: dict[date, str] = {}
    for row in engagement.rows("calendar") if engagement.framework.has_tool("calendar") else ():
        first, last = row.date("from"), row.date("to") or row.date("from")
        if not row.stored or not first:
            continue
        begin, count = date.fromisoformat(first), (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
        if count <= LONGEST_EXCEPTION:
            names.update({begin + timedelta(days=ahead): engagement.title(row) for ahead in range(count)})
    return names


def _period(first: date, last: date) -> str:
    dates = [element("FromDate", f"{first}T00:00:00"), element("ToDate", f"{last}T23:59:00")]
    return group("TimePeriod", dates)


def _worked(hours: Spans) -> Iterator[str]:
    yield element("DayWorking", bool(hours))
    if hours:
        times = [
            group("WorkingTime", [element("FromTime", _clock(start)), element("ToTime", _clock(end))])
            for start, end in hours
        ]
        yield group("WorkingTimes", times)


def _clock(minute: int) -> str:
    """Return a time of day; the end of the day is midnight, as MS Project writes it."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}:00"
