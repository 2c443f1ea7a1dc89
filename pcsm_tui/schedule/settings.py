"""The plan's own settings: where it starts, its status date, its calendar, what counts as critical."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.hours import read_hours
from pcsm_tui.domain.values import Value, problem_with
from pcsm_tui.errors import ValueRefused
from pcsm_tui.schedule.calendar import STANDARD_WEEK, Calendar, Periods
from pcsm_tui.schedule.work import Moment, moment

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEAR_CRITICAL = 960
"""Two days: the float up to which a task is nearly critical, unless the plan says otherwise."""
LONGEST_EXCEPTION = 3660
"""The days of one exception of the calendar; a longer one is taken for a mistake in a year."""


class PlanSettings(NamedTuple):
    """What a plan says of itself. Floats in working minutes."""

    start: Moment | None
    status: Moment | None
    critical_float: int
    near_critical: int
    honor_constraints: bool
    calendar: Calendar
    problems: tuple[str, ...]
    """What could not be used, in sentences."""


def read_settings(engagement: Engagement) -> PlanSettings:
    """Return the settings of an engagement's plan; what is damaged or missing is as in a standard calendar."""
    problems: list[str] = []
    form = engagement.form("plan") if engagement.framework.has_tool("plan") else None

    def given(name: str) -> Value:
        if form is None or not form.tool.has(name) or problem_with(form.tool.field(name), form.get(name)):
            return None
        return form.get(name)

    near = given("near_critical")
    return PlanSettings(
        start=moment(given("start")),
        status=moment(given("status_date")),
        critical_float=given("critical_float") or 0,
        near_critical=NEAR_CRITICAL if near is None else near,
        honor_constraints=given("honor_constraints") is True,
        calendar=_calendar(engagement, form, problems),
        problems=tuple(problems),
    )


def _calendar(engagement: Engagement, form: Row | None, problems: list[str]) -> Calendar:
    week = STANDARD_WEEK if form is None else tuple(_hours(form, name, problems) for name in WEEKDAYS)
    if not any(week):
        problems.append("No weekday has working hours; Monday to Friday, 8 to 12 and 13 to 17, are assumed.")
        week = STANDARD_WEEK
    exceptions: dict[date, Periods] = {}
    rows = engagement.rows("calendar") if engagement.framework.has_tool("calendar") else ()
    for row in rows:
        exceptions.update(_exception(engagement, row, problems))
    return Calendar(week, exceptions)


def _hours(row: Row, name: str, problems: list[str]) -> Periods:
    text = row.get(name)
    if not text or not row.tool.has(name):
        return ()
    try:
        return read_hours(str(text))
    except ValueRefused as refused:
        problems.append(f"{row.tool.field(name).name} in {row.tool.name}: {refused.message}")
        return ()


def _exception(engagement: Engagement, row: Row, problems: list[str]) -> dict[date, Periods]:
    first, last = (row.date(name) for name in ("from", "to"))
    if not row.stored or not first:
        return {}
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    days = (end - start).days + 1
    if not 1 <= days <= LONGEST_EXCEPTION:
        why = "ends before it begins" if days < 1 else "lasts longer than ten years"
        problems.append(f"{engagement.title(row)} in {row.tool.name} {why} and is left out.")
        return {}
    periods = _hours(row, "hours", problems)
    return {start + timedelta(days=count): periods for count in range(days)}


def as_start(when: Moment) -> datetime:
    """Return the moment at which a day begins, or the moment itself."""
    return when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)


def as_finish(when: Moment) -> datetime:
    """Return the moment at which a day is over, or the moment itself."""
    return when if isinstance(when, datetime) else as_start(when) + timedelta(days=1)
