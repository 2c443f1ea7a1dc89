"""Exceptions of calendars: their rules, as MS Project itself works them out."""

from __future__ import annotations

import pytest
from imported_plans import project, task

from pcsm_tui.exchange.imported import ImportedPlan
from pcsm_tui.exchange.mspdi.reading import read_mspdi


def read(inner: str) -> ImportedPlan:
    calendars = f"<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID>{inner}</Calendar></Calendars>"
    return read_mspdi(project(task(1), calendars), "plan.xml")


def exception(first: str, last: str, rule: str = "", name: str = "Off", day: str = "<DayWorking>0</DayWorking>") -> str:
    return (
        f"<Exception><TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate></TimePeriod>"
        f"<Name>{name}</Name>{rule}{day}</Exception>"
    )


# Days of the calendar of 2026 and after, by hand: 1 January 2026 is a Thursday.
RULES = [
    ("2026-12-24", "2026-12-26", {"Type": 1}, ["2026-12-24/26"]),
    ("2026-12-24", "2026-12-24", {}, ["2026-12-24"]),
    ("2026-02-01", "2026-02-08", {"Type": 7, "Period": 3}, ["2026-02-01", "2026-02-04", "2026-02-07"]),
    ("2026-12-25", "2027-12-31", {"Type": 2, "Month": 11, "MonthDay": 25}, ["2026-12-25", "2027-12-25"]),
    ("2026-01-01", "2028-12-31", {"Type": 2, "Month": 1, "MonthDay": 29}, ["2028-02-29"]),
    ("2026-01-15", "2026-05-15", {"Type": 4, "Period": 2, "MonthDay": 31}, ["2026-01-31", "2026-03-31"]),
    # the fourth Thursday of November
    (
        "2026-01-01", "2027-12-31", {"Type": 3, "Month": 10, "MonthItem": 7, "MonthPosition": 3},
        ["2026-11-26", "2027-11-25"],
    ),
    # the last weekday of a month; the second day of a weekend in it; the last Friday
    ("2026-01-01", "2026-02-28", {"Type": 5, "MonthItem": 1, "MonthPosition": 4}, ["2026-01-30", "2026-02-27"]),
    ("2026-01-01", "2026-02-28", {"Type": 5, "MonthItem": 2, "MonthPosition": 1}, ["2026-01-04", "2026-02-07"]),
    ("2026-01-01", "2026-01-31", {"Type": 5, "MonthItem": 8, "MonthPosition": 4}, ["2026-01-30"]),
    # every second week on Sunday and Monday, from a Wednesday on
    ("2026-01-07", "2026-02-01", {"Type": 6, "Period": 2, "DaysOfWeek": 3}, ["2026-01-18/19", "2026-02-01"]),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "rule", "days"), RULES)
def test_rules(first: str, last: str, rule: dict[str, int], days: list[str]) -> None:
    parts = "".join(f"<{name}>{number}</{name}>" for name, number in rule.items())
    rows = read(f"<Exceptions>{exception(first, last, parts)}</Exceptions>").exceptions
    assert [row["from"] + (f"/{row['to'][8:]}" if row["to"] else "") for row in rows] == days
    assert {row["name"] for row in rows} == {"Off"}


def test_a_rule_that_is_not_known_is_left_out_and_said() -> None:
    plan = read(f"<Exceptions>{exception('2026-12-24', '2026-12-26', '<Type>8</Type>', 'Odd days')}</Exceptions>")
    assert plan.exceptions == ()
    assert plan.remarks == ("The calendar exception 'Odd days' was left out: Rule 8 of an exception is not known.",)


# Fridays are short all winter, and all of these fall on one: the 4th of December 2026 by a rule of each kind.
SHORT = "<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime>"
SHORT += "</WorkingTime></WorkingTimes>"
KINDS = {
    "weekly": "<Type>6</Type><Period>1</Period><DaysOfWeek>32</DaysOfWeek>",
    "monthly": "<Type>4</Type><Period>1</Period><MonthDay>4</MonthDay>",
    "monthly by position": "<Type>5</Type><Period>1</Period><MonthItem>8</MonthItem><MonthPosition>0</MonthPosition>",
    "yearly": "<Type>2</Type><Month>11</Month><MonthDay>4</MonthDay>",
    "yearly by position": "<Type>3</Type><Month>11</Month><MonthItem>8</MonthItem><MonthPosition>0</MonthPosition>",
    "daily": "<Type>1</Type>",
    "every day": "<Type>7</Type><Period>1</Period>",
}


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ("daily", "weekly"), ("daily", "yearly"), ("every day", "monthly"), ("yearly", "weekly"),
        ("yearly by position", "monthly"), ("monthly by position", "weekly"),
    ],
)  # fmt: skip
def test_on_one_day_the_stronger_kind_of_exception_holds_wherever_it_stands(stronger: str, weaker: str) -> None:
    free = exception("2026-12-04", "2026-12-04", KINDS[stronger], "Free")
    short = exception("2026-12-04", "2026-12-04", KINDS[weaker], "Short", SHORT)
    for both in (free + short, short + free):
        (row,) = read(f"<Exceptions>{both}</Exceptions>").exceptions
        assert (row["name"], row["from"], row["hours"]) == ("Free", "2026-12-04", None)


@pytest.mark.parametrize("kind", KINDS)
def test_of_one_kind_of_exception_the_later_holds(kind: str) -> None:
    both = "".join(exception("2026-12-04", "2026-12-04", KINDS[kind], name) for name in ("First", "Second"))
    assert [row["name"] for row in read(f"<Exceptions>{both}</Exceptions>").exceptions] == ["Second"]


def test_hours_of_an_exception_are_kept() -> None:
    day = (
        "<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>22:00:00</FromTime><ToTime>00:00:00</ToTime>"
        "</WorkingTime><WorkingTime><FromTime>09:00:00</FromTime><ToTime>12:30:00</ToTime></WorkingTime></WorkingTimes>"
    )
    (row,) = read(
        f"<Exceptions>{exception('2026-12-05', '2026-12-05', name='Saturday move', day=day)}</Exceptions>"
    ).exceptions
    assert row == {"name": "Saturday move", "from": "2026-12-05", "to": None, "hours": "09:00-12:30, 22:00-24:00"}


def test_exceptions_of_2007_are_not_read_a_second_time_as_those_of_2003() -> None:
    old = (
        "<WeekDays><WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2026-12-24T00:00:00"
        "</FromDate><ToDate>2026-12-24T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays>"
    )
    rows = read(f"{old}<Exceptions>{exception('2026-12-24', '2026-12-24', name='Eve')}</Exceptions>").exceptions
    assert [row["name"] for row in rows] == ["Eve"]
    assert [row["name"] for row in read(old).exceptions] == ["Holiday"]


def test_a_week_of_a_time_is_days_that_differ() -> None:
    week = (
        "<WorkWeeks><WorkWeek><TimePeriod><FromDate>2026-07-06T00:00:00</FromDate><ToDate>2026-07-19T00:00:00</ToDate>"
        "</TimePeriod><Name>Summer</Name><WeekDays><WeekDay><DayType>6</DayType><DayWorking>0</DayWorking></WeekDay>"
        "<WeekDay><DayType>7</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></WorkWeek></WorkWeeks>"
    )
    rows = read(week).exceptions
    assert [(row["name"], row["from"], row["hours"]) for row in rows] == [
        ("Summer", "2026-07-10", None), ("Summer", "2026-07-17", None),
    ]  # fmt: skip


def test_a_day_that_is_worked_without_saying_when_has_office_hours() -> None:
    week = "<WeekDays><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay></WeekDays>"
    assert read(week).settings["saturday"] == "08:00-12:00, 13:00-17:00"


def test_a_week_without_work_is_that_of_an_office() -> None:
    free = "".join(f"<WeekDay><DayType>{day}</DayType><DayWorking>0</DayWorking></WeekDay>" for day in range(1, 8))
    plan = read(f"<WeekDays>{free}</WeekDays>")
    assert (plan.settings["friday"], plan.settings["saturday"]) == ("08:00-12:00, 13:00-17:00", None)
    assert "no working time" in plan.remarks[0]


def test_a_calendar_that_is_not_there_is_the_first_base_calendar() -> None:
    calendars = (
        "<CalendarUID>9</CalendarUID><Calendars><Calendar><UID>4</UID><IsBaseCalendar>1</IsBaseCalendar><WeekDays>"
        "<WeekDay><DayType>2</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></Calendar></Calendars>"
    )
    assert read_mspdi(project(task(1), calendars), "x").settings["monday"] is None


def test_an_exception_of_many_years_is_kept_in_pieces_that_a_calendar_takes() -> None:
    rows = read(f"<Exceptions>{exception('2030-01-01', '2044-12-31')}</Exceptions>").exceptions
    assert [(row["from"], row["to"]) for row in rows] == [("2030-01-01", "2040-01-08"), ("2040-01-09", "2044-12-31")]
