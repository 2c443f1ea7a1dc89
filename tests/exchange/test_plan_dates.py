"""Tasks that stand on other dates than in the file that they came from: all of them are told, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from imported_plans import any_plan, engagement_of, link, project, task

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import FileRefused
from pcsm_tui.exchange.imported import ImportedPlan, checked
from pcsm_tui.exchange.mspdi.reading import read_mspdi
from pcsm_tui.exchange.mspdi.writing import write_mspdi
from pcsm_tui.exchange.plan_change import BINDING, PROGRESS, Origin, plan_change
from pcsm_tui.schedule.plan import Plan
from tests.insight.whole import changed, new_engagement
from tests.support import STAMP, made, with_row

XML = Origin("mspdi", "plan.xml", (*BINDING, *PROGRESS))


def dated(uid: int, start: str, finish: str, inner: str = "") -> str:
    """Return a task of a day on the days from the 30th of November 2026, a Monday, that are given with their hours."""
    finishes = f"<Finish>2026-{finish}:00:00</Finish>" if finish else ""
    return task(uid, f"<Start>2026-{start}:00:00</Start>{finishes}{inner}")


def told(tasks: str, seen: Engagement | None = None, **given: Any) -> tuple[str, ...]:
    """Return what is said of dates when a file of these tasks comes into an engagement, a new one by default."""
    found = plan_change(seen or new_engagement(), read_mspdi(project(tasks), "plan.xml"), XML, STAMP, **given)
    return tuple(remark for remark in found.remarks if "other dates" in remark)


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        (dated(1, "11-30T08", "11-30T17"), ()),
        (dated(1, "11-30T08", "12-01T17"), ("1 task stands: T1.",)),
        (dated(1, "11-30T09", "11-30T17") + dated(2, "12-01T08", "12-01T17"), ("2 tasks stand: T1, T2.",)),
        (dated(1, "11-30T08", "11-30T17") + dated(2, "11-30T17", "12-02T08", link(1)), ()),  # a close is an opening
        (dated(1, "11-30T08", "11-30T17") + dated(2, "12-01T08", "12-02T17", link(1)), ("1 task stands: T2.",)),
        (dated(1, "11-29T09", "11-30T17"), ()),  # a Sunday
        (dated(1, "11-30T08", "11-30T20"), ()),
        (dated(1, "11-30T08", ""), ()),
        (dated(1, "12-01T08", ""), ("1 task stands: T1.",)),
        (dated(1, "12-01T08", "12-01T17", "<Active>0</Active>"), ()),
        (task(1), ()),
        (
            "".join(dated(uid, "12-01T08", "12-01T17") for uid in range(1, 13)),
            ("12 tasks stand: T1, T2, T3 and 9 more.",),
        ),
        # a summary stands where its parts do
        (
            dated(1, "12-01T08", "12-04T17", "<OutlineLevel>1</OutlineLevel>")
            + dated(2, "11-30T08", "11-30T17", "<OutlineLevel>2</OutlineLevel>"),
            (),
        ),
    ],
)
def test_tasks_on_other_dates_are_told(tasks: str, said: tuple[str, ...]) -> None:
    expected = tuple(text.replace(":", " on other dates than in the file:") for text in said)
    assert told(tasks) == expected


MOVED = dated(1, "12-01T08", "12-01T17")
SAID = ("1 task stands on other dates than in the file: T1.",)


@pytest.fixture(scope="module")
def taken() -> Engagement:
    """Return an engagement into which a task came that stands elsewhere."""
    seen = new_engagement()
    return made(seen, plan_change(seen, read_mspdi(project(MOVED), "plan.xml"), XML, STAMP).change)


def test_an_import_that_is_repeated_tells_it_again(taken: Engagement) -> None:
    assert told(MOVED, taken) == SAID


def test_nothing_is_told_where_other_tasks_account_for_it(taken: Engagement) -> None:
    assert told(MOVED, with_row(taken, "tasks", name="Ours")[0]) == ()


def test_nothing_is_told_where_other_settings_account_for_it(taken: Engagement) -> None:
    later = changed(taken, taken.form("plan"), start="2026-12-07")
    assert told(MOVED, later) == ()
    assert told(MOVED, later, settings=True) == SAID
    assert told(MOVED, changed(taken, taken.form("plan"), near_critical=480)) == SAID


def test_nothing_is_told_where_the_calendar_accounts_for_it(taken: Engagement) -> None:
    off = "<Exception><TimePeriod><FromDate>2026-12-24T00:00:00</FromDate><ToDate>2026-12-24T23:59:00</ToDate></TimePeriod>"
    calendar = (
        "<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Exceptions>"
        f"{off}<DayWorking>0</DayWorking></Exception></Exceptions></Calendar></Calendars>"
    )
    again = plan_change(taken, read_mspdi(project(MOVED, calendar), "plan.xml"), XML, STAMP)
    assert not [remark for remark in again.remarks if "other dates" in remark]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(any_plan())
def test_of_our_own_files_no_task_stands_elsewhere(plan: ImportedPlan) -> None:
    try:
        plan = plan._replace(tasks=checked(plan.tasks, "plan"))
    except FileRefused:
        assume(False)
    engagement = engagement_of(plan)
    back = read_mspdi(write_mspdi(Plan(engagement), engagement), "plan.xml")
    found = plan_change(new_engagement(), back, XML, STAMP)
    assert [remark for remark in found.remarks if "other dates" in remark] == []
