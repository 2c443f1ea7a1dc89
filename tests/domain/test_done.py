"""Whether a row is done: the tick and the other fields that say so, which agree after every act."""

from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain.editing import set_values, tick
from pcsm_tui.domain.engagement import Engagement, Row, is_done
from pcsm_tui.insight.attention import signals
from pcsm_tui.schedule.plan import plan_of
from tests.insight.small_plans import planned
from tests.insight.whole import whole_framework
from tests.schedule.published import engagement_of
from tests.support import LATER, made

TASKS = whole_framework().tool("tasks")
BEGUN = {"duration": 2, "actual_start": "2026-11-16"}


def engagement(**fields: Any) -> Engagement:
    """Return an engagement with one work package."""
    return engagement_of({"tasks": {"A": {**BEGUN, **fields}}})


def after(seen: Engagement, **values: Any) -> Row:
    """Return the work package after an edit."""
    changed = made(seen, set_values(seen, seen.row("tasks", "A"), values, LATER))
    return changed.row("tasks", "A")


@pytest.mark.parametrize(
    ("record", "done"),
    [
        ({"state": "Open"}, False),
        ({"state": "Done"}, True),
        ({"state": "Not needed"}, True),
        ({"state": "Open", "actual_finish": "2026-11-20"}, True),
        ({"state": "Open", "actual_finish": "some day"}, False),
        ({"state": "In progress", "percent_complete": 1000}, True),
        ({"state": "In progress", "percent_complete": 999}, False),
        ({"percent_complete": True}, False),
        ({}, False),
    ],
)
def test_the_state_says_so_or_the_finish_or_all_of_it(record: dict[str, Any], done: bool) -> None:
    assert is_done(TASKS, record) is done


def test_what_others_wrote_as_finished_is_done_for_the_plan_and_for_today() -> None:
    seen = engagement(actual_finish="2026-11-17")
    assert plan_of(seen).task("A").done
    assert not [signal for signal in signals(seen) if signal.place.tool == "tasks"]
    assert planned({"A": {**BEGUN, "percent_complete": 1000}}).task("A").done


@pytest.mark.parametrize("said", [{"actual_finish": "2026-11-17"}, {"percent_complete": 1000}])
def test_what_says_that_it_is_done_brings_the_tick(said: dict[str, Any]) -> None:
    assert after(engagement(), **said).get("state") == "Done"


def test_a_tick_brings_the_day() -> None:
    row = after(engagement(), state="Done")
    assert row.get("actual_finish") == LATER.today.isoformat()


def test_without_the_tick_nothing_says_any_longer_that_it_is_done() -> None:
    seen = engagement(state="Done", actual_finish="2026-11-17", percent_complete=1000)
    row = after(seen, state="In progress")
    assert (row.get("actual_finish"), row.get("percent_complete"), row.done) == (None, None, False)


def test_ticking_takes_all_away_again_whatever_said_it() -> None:
    seen = engagement(state="In progress", actual_finish="2026-11-17", percent_complete=1000)
    again = made(seen, tick(seen, seen.row("tasks", "A"), LATER)).row("tasks", "A")
    assert (again.get("state"), again.get("actual_finish"), again.done) == ("In progress", None, False)


def test_all_of_it_is_done_whatever_state_is_entered_with_it() -> None:
    row = after(engagement(), state="In progress", percent_complete=1000)
    assert (row.get("state"), row.get("percent_complete")) == ("Done", 1000)


def test_a_day_that_is_entered_with_the_tick_stays() -> None:
    row = after(engagement(), state="Done", actual_finish="2026-11-18")
    assert row.get("actual_finish") == "2026-11-18"
