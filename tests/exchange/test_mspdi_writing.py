from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from imported_plans import any_plan, engagement_of, schedule_of

from pcsm_tui.errors import FileRefused, UsageError
from pcsm_tui.exchange.imported import ImportedBaseline, ImportedLink, ImportedPlan, ImportedTask, checked
from pcsm_tui.exchange.mspdi.reading import read_mspdi
from pcsm_tui.exchange.mspdi.writing import write_mspdi
from pcsm_tui.schedule.plan import Plan

NAMESPACE = {"p": "http://schemas.microsoft.com/project"}
UID = "0f8fad5bd9cb469fa16570867728950e"
EUROS: dict[str, Any] = {"amount": 125050, "currency": "EUR"}
DAY: dict[str, Any] = {"start": "2026-10-12T08:00", "finish": "2026-10-12T17:00", "duration": 480}
PLAN = ImportedPlan(
    "Acme",
    (
        ImportedTask("1", "", {"name": "Prepare", "kind": "Work stream", "owner": "Q. Lead"}),
        ImportedTask(
            "2",
            "1",
            {
                "name": "A <b> & c\x1b[31m", "kind": "Work package", "duration": 960, "owner": "Zoë", "budget": EUROS,
                "deadline": "2026-11-06", "notes": "One.\r\nTwo.\x00", "constraint": "Start no earlier than",
                "constraint_date": "2026-11-02",
            },
            uid=UID,
        ),
        ImportedTask("3", "1", {"name": "Drying", "duration": {"elapsed": 4320}}, (ImportedLink("2", "FS", "4h"),)),
        ImportedTask("4", "", {"name": "Ready", "kind": "Milestone"}, (ImportedLink("3", "FF", "-1ed"),)),
        ImportedTask("5", "", {"name": "Open end", "owner": "Zoë"}, (ImportedLink("1", "SS", "25%"),)),
    ),
    {"start": "2026-11-02", "status_date": "2026-11-03", "critical_float": 480},
    ({"name": "St Martin", "from": "2026-11-11", "to": "2026-11-12", "hours": None},),
    (
        ImportedBaseline("First", "2026-10-01", {"2": {**DAY, "start": "2026-10-05T08:00", "finish": "2026-10-05T17:00"}}),
        ImportedBaseline("Second", "2026-10-08", {"2": {**DAY, "budget": EUROS}}),
    ),
)  # fmt: skip


def written(plan: ImportedPlan = PLAN) -> ET.Element:
    """Return a plan as it is written, read again by another reader than ours."""
    engagement = engagement_of(plan)
    return ET.fromstring(write_mspdi(Plan(engagement), engagement))


def texts(element: ET.Element, path: str) -> list[str | None]:
    return [found.text for found in element.findall("/".join(f"p:{name}" for name in path.split("/")), NAMESPACE)]


def task(number: int) -> ET.Element:
    """Return a task; the summary of the project is 0."""
    return written().findall("p:Tasks/p:Task", NAMESPACE)[number]


def test_the_head_says_how_the_plan_counts() -> None:
    project = written()
    assert project.tag == "{http://schemas.microsoft.com/project}Project"
    expected = {
        "SaveVersion": "14", "Title": "Acme", "ScheduleFromStart": "1", "StartDate": "2026-11-02T08:00:00",
        "CriticalSlackLimit": "1", "CurrencyCode": "EUR", "CalendarUID": "1", "MinutesPerDay": "480",
        "MinutesPerWeek": "2400", "DaysPerMonth": "20", "HonorConstraints": "0", "StatusDate": "2026-11-03T17:00:00",
    }  # fmt: skip
    assert {name: texts(project, name) for name in expected} == {name: [text] for name, text in expected.items()}


def test_a_task_as_ms_project_has_it() -> None:
    """A takes two days from the status date on: Wednesday and Thursday; its deadline is Friday.

    Four hours later, on Friday at 13:00, drying begins; the open end follows 18 hours after that, on Monday, and ends the
    plan at 17:00. Drying takes 72 hours and so has to begin by 16:59 on Friday: 239 minutes of float.
    """
    found = task(2)
    expected = {
        "UID": "2", "GUID": "0F8FAD5B-D9CB-469F-A165-70867728950E", "Name": "A <b> & c [31m", "Active": "1",
        "Manual": "0", "WBS": "1.1", "OutlineNumber": "1.1", "OutlineLevel": "2", "Start": "2026-11-04T08:00:00",
        "Finish": "2026-11-05T17:00:00", "Duration": "PT16H0M0S", "DurationFormat": "7", "Milestone": "0",
        "Summary": "0", "ConstraintType": "4", "ConstraintDate": "2026-11-02T08:00:00",
        "Deadline": "2026-11-06T17:00:00", "Cost": "125050", "PercentComplete": "0", "RemainingDuration": "PT16H0M0S",
        "Notes": "One.\nTwo.", "TotalSlack": "2390",
    }  # fmt: skip
    assert {name: texts(found, name) for name in expected} == {name: [text] for name, text in expected.items()}


def test_elements_stand_in_the_order_of_the_schema() -> None:
    """MS Project does not open a file in which they do not."""
    order = [
        "UID", "GUID", "ID", "Name", "Active", "Manual", "Type", "IsNull", "Contact", "WBS", "OutlineNumber",
        "OutlineLevel", "Priority", "Start", "Finish", "Duration", "DurationFormat", "EffortDriven", "Estimated",
        "Milestone", "Summary", "Critical", "EarlyStart", "EarlyFinish", "LateStart", "LateFinish", "FreeSlack",
        "TotalSlack", "FixedCost", "PercentComplete", "Cost", "ActualStart", "ActualFinish", "ActualDuration",
        "ActualCost", "RemainingDuration", "ConstraintType", "CalendarUID", "ConstraintDate", "Deadline", "Notes",
        "PredecessorLink", "Baseline",
    ]  # fmt: skip
    names = [child.tag.partition("}")[2] for child in task(2)]
    assert [order.index(name) for name in names] == sorted(order.index(name) for name in names)
    assert [child.tag.partition("}")[2] for child in written()][-4:] == [
        "Calendars",
        "Tasks",
        "Resources",
        "Assignments",
    ]


def test_links_and_floats_are_in_tenths_of_a_minute() -> None:
    parts = ("PredecessorUID", "Type", "LinkLag", "LagFormat")
    links = {number: tuple(texts(task(number), f"PredecessorLink/{name}")[0] for name in parts) for number in (3, 4, 5)}
    assert links == {3: ("2", "1", "2400", "5"), 4: ("3", "0", "-14400", "8"), 5: ("1", "3", "25", "19")}
    assert texts(task(3), "Duration") == ["PT72H0M0S"]
    assert texts(task(3), "DurationFormat") == ["8"]


def test_a_duration_that_is_assumed_is_an_estimate() -> None:
    assert (texts(task(5), "Duration"), texts(task(5), "DurationFormat")) == (["PT8H0M0S"], ["39"])
    assert texts(task(5), "Estimated") == ["1"]


def test_owners_are_resources_and_that_of_a_summary_its_contact() -> None:
    project = written()
    assert texts(project, "Resources/Resource/Name") == ["Zoë"]
    assert texts(project, "Assignments/Assignment/TaskUID") == ["2", "5"]
    assert texts(task(1), "Contact") == ["Q. Lead"]
    (base, own) = texts(project, "Calendars/Calendar/BaseCalendarUID")
    assert (base, own) == ("-1", "1")  # so that holidays hold for the resource too


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Fit  out,   east", "Fit  out,   east"),
        ("Fit\u00a0out", "Fit\u00a0out"),
        ("Fit\r\n\tout\x07", "Fit out"),
        ("Fit\u2028out", "Fit out"),
    ],
)
def test_names_stay_as_they_are_but_for_what_breaks_a_line(name: str, line: str) -> None:
    tasks = (ImportedTask("1", "", {"name": name, "duration": 480, "owner": name}),)
    project = written(PLAN._replace(tasks=tasks, baselines=()))
    assert texts(project, "Tasks/Task/Name")[1:] == [line]
    assert texts(project, "Resources/Resource/Name") == [line]


def test_exceptions_are_written_in_both_ways() -> None:
    project = written()
    assert texts(project, "Calendars/Calendar/WeekDays/WeekDay/DayType") == ["1", "2", "3", "4", "5", "6", "7", "0"]
    assert texts(project, "Calendars/Calendar/Exceptions/Exception/Name") == ["St Martin"]
    for way in ("WeekDays/WeekDay", "Exceptions/Exception"):
        assert texts(project, f"Calendars/Calendar/{way}/TimePeriod/FromDate") == ["2026-11-11T00:00:00"]
        assert texts(project, f"Calendars/Calendar/{way}/TimePeriod/ToDate") == ["2026-11-12T23:59:00"]


def test_the_latest_baseline_is_the_first() -> None:
    assert texts(task(2), "Baseline/Number") == ["0", "1"]
    assert texts(task(2), "Baseline/Start") == ["2026-10-12T08:00:00", "2026-10-05T08:00:00"]
    assert texts(task(2), "Baseline/Cost") == ["125050"]


def test_all_that_a_plan_holds_comes_back() -> None:
    engagement = engagement_of(PLAN)
    back = read_mspdi(write_mspdi(Plan(engagement), engagement), "x")
    values = {one.key: one.values for one in back.tasks}
    assert values["1"] == {"name": "Prepare", "kind": "Work stream", "owner": "Q. Lead"}
    assert values["2"] == {
        **PLAN.tasks[1].values, "name": "A <b> & c [31m", "notes": "One.\nTwo.",
    }  # fmt: skip
    assert [one.links for one in back.tasks] == [one.links for one in PLAN.tasks]
    assert back.tasks[1].uid == UID
    assert back.exceptions == PLAN.exceptions
    assert [one.tasks for one in back.baselines] == [PLAN.baselines[1].tasks, PLAN.baselines[0].tasks]
    assert back.settings["status_date"] == "2026-11-03"


def test_a_plan_that_goes_in_a_circle_is_not_written() -> None:
    tasks = (
        ImportedTask("1", "", {"name": "A"}, (ImportedLink("2"),)),
        ImportedTask("2", "", {"name": "B"}, (ImportedLink("1"),)),
    )
    with pytest.raises(UsageError, match="1 → 2 → 1"):
        written(ImportedPlan("x", tasks, {}))


def test_an_empty_plan_is_a_file_too() -> None:
    assert texts(written(ImportedPlan("x", (), {})), "Tasks/Task/Name") == ["Acme"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(any_plan())
def test_what_is_written_reads_back_as_the_same_schedule(plan: ImportedPlan) -> None:
    try:
        plan = plan._replace(tasks=checked(plan.tasks, "plan"))
    except FileRefused:
        assume(False)
    engagement = engagement_of(plan)
    back = engagement_of(read_mspdi(write_mspdi(Plan(engagement), engagement), "plan.xml"))
    assert schedule_of(back) == schedule_of(engagement)


def test_of_summaries_those_constraints_are_written_that_ms_project_lets_them_have() -> None:
    def code(constraint: str) -> list[str | None]:
        bound = {"constraint": constraint, "constraint_date": "2026-11-04"}
        tasks = (
            ImportedTask("1", "", {"name": "Prepare", "kind": "Work stream", **bound}),
            ImportedTask("2", "1", {"name": "Pack", "duration": 480}),
        )
        return texts(written(PLAN._replace(tasks=tasks, baselines=())), "Tasks/Task/ConstraintType")

    assert code("Start no earlier than") == ["4", "0"]
    assert code("Finish no later than") == ["7", "0"]
    assert code("Must start on") == ["0", "0"]
