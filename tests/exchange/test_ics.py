from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Component
from plan_samples import milestone, stream, task

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.errors import UsageError
from pcsm_tui.exchange.ics import plan_ics

STAMP = datetime(2026, 11, 6, 10, 30, tzinfo=timezone(timedelta(hours=2)))
PLAN = (
    stream("1", "Prepare, all of it", "2026-11-02T08:00", "2026-11-20T17:00"),
    task("1.1", "Agree the scope", "2026-11-02T08:00", "2026-11-04T17:00", owner="T. King", percent=375, begun=True),
    task("1.2", "Map the groups", "2026-11-05T08:00", "2026-11-06T12:00", critical=True, total_float=0),
    milestone("2", "Agreed", "2026-11-06T17:00", total_float=-960, deadline=datetime(2026, 11, 5, 17), critical=True),
)


def events(*tasks: PlanTask) -> list[Component]:
    return Calendar.from_ical(plan_ics("Harbour Foods", tasks, STAMP)).walk("VEVENT")  # type: ignore[no-any-return]


def test_work_packages_and_milestones_are_events_of_whole_days() -> None:
    found = [
        (str(event["uid"]), str(event["summary"]), event["dtstart"].dt, event["dtend"].dt) for event in events(*PLAN)
    ]
    assert found == [  # an event ends on the day after its last
        ("u1.1@pcsm", "1.1 Agree the scope", date(2026, 11, 2), date(2026, 11, 5)),
        ("u1.2@pcsm", "1.2 Map the groups", date(2026, 11, 5), date(2026, 11, 7)),
        ("u2@pcsm", "2 Agreed", date(2026, 11, 6), date(2026, 11, 7)),
    ]


def test_an_event_says_what_the_plan_says() -> None:
    assert [str(event["description"]) for event in events(*PLAN)] == [
        "Owner: T. King\nProgress: 37.5%\nFloat: 1d",
        "Progress: 0%\nCritical: a delay here delays the end of the plan.",
        "Progress: 0%\nDeadline: 5 Nov 2026, missed by this plan\n"
        "Critical: a delay here delays the end of the plan.\nFloat: -2d",
    ]
    (done,) = events(PLAN[1]._replace(done=True, deadline=datetime(2026, 11, 3, 17)))
    assert str(done["description"]) == "Owner: T. King\nDone\nDeadline: 3 Nov 2026"


def test_categories_and_status() -> None:
    first, second, third = events(*PLAN)
    assert [str(word) for word in first["categories"].cats] == ["Prepare, all of it", "Work package"]
    assert [str(word) for word in second["categories"].cats] == ["Prepare, all of it", "Work package", "Critical"]
    assert [str(word) for word in third["categories"].cats] == ["Milestone", "Critical"]
    assert {str(event["status"]) for event in (first, second, third)} == {"CONFIRMED"}
    (guessed,) = events(PLAN[2]._replace(assumed=True))
    assert str(guessed["status"]) == "TENTATIVE"
    assert str(guessed["transp"]) == "TRANSPARENT"


def test_the_stamp_is_the_callers_in_utc() -> None:
    assert {event["dtstamp"].dt for event in events(*PLAN)} == {datetime(2026, 11, 6, 8, 30, tzinfo=UTC)}
    assert plan_ics("Plan", PLAN, STAMP) == plan_ics("Plan", PLAN, STAMP)


def test_work_until_midnight_ends_on_its_day() -> None:
    (event,) = events(task("1", "Night", "2026-11-02T00:00", "2026-11-04T00:00"))
    assert event["dtend"].dt == date(2026, 11, 4)


def test_the_calendar_is_named_for_both_kinds_of_readers() -> None:
    data = plan_ics("Harbour, Foods; x\\", PLAN, STAMP)
    assert b"\r\nNAME:Harbour\\, Foods\\; x\\\\\r\n" in data
    assert b"\r\nX-WR-CALNAME:Harbour\\, Foods\\; x\\\\\r\n" in data
    assert data.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")


def test_lines_are_folded_at_75_octets_with_crlf() -> None:
    name = "Schulung für die Größe; one, two\\three " * 8 + "日本" * 60
    data = plan_ics(name, (PLAN[1]._replace(name=name, owner=name),), STAMP)
    lines = data.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)  # no character is cut in two
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert str(event["summary"]) == f"1.1 {name}"


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_out_of_its_property(name: str) -> None:
    data = plan_ics(name, (PLAN[0]._replace(name=name), PLAN[1]._replace(name=name, owner=name)), STAMP)
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert event["dtstart"].dt == date(2026, 11, 2)
    assert str(event["summary"]).startswith("1.1")
    assert len(event.errors) == 0
    assert max(map(len, data.split(b"\r\n"))) <= 75


def test_a_forged_property_stays_text() -> None:
    forged = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\x1b"
    (event,) = events(PLAN[1]._replace(name=forged, owner=forged))
    assert str(event["summary"]) == "1.1 x END:VEVENT BEGIN:VALARM␛"
    assert event.subcomponents == []


def test_an_empty_plan_is_refused() -> None:
    with pytest.raises(UsageError, match="no work packages"):
        plan_ics("Plan", PLAN[:1], STAMP)
