"""Progress of a plan: by duration, rounded, and all or nothing only when it is that. Shares worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.schedule.building import duration_done
from tests.insight.small_plans import planned

DONE: dict[str, Any] = {"state": "Done"}


@pytest.mark.parametrize(
    ("tasks", "tenths"),
    [
        ([{"duration": 1, **DONE}, {"duration": 2}], 333),
        ([{"duration": 2, **DONE}, {"duration": 1}], 667),
        ([{"duration": 3, "percent_complete": 500}, {"duration": 1}], 375),
        ([{"duration": 1, **DONE}, {"duration": 9999}], 1),
        ([{"duration": 9999, **DONE}, {"duration": 1}], 999),
        ([{"duration": 0, **DONE}, {"duration": 0}, {"duration": 5}], 0),
        ([{"duration": 0, **DONE}, {"duration": 0}], 500),
        ([{"duration": 3, **DONE}, {"duration": 1, **DONE}], 1000),
        ([], 0),
    ],
)
def test_a_plan_is_done_by_the_share_of_duration(tasks: list[dict[str, Any]], tenths: int) -> None:
    assert planned({f"T{place}": task for place, task in enumerate(tasks)}).percent() == tenths


@pytest.mark.parametrize(
    ("percent", "remaining", "minutes"),
    [
        (159, "672h 30m", 127 * 60 + 30),  # 800 h less 672.5 h are 15.94 %, which rounds to 15.9 %
        (160, "672h 30m", 128 * 60),  # 16 % says something else
        (159, None, 127 * 60 + 12),  # 15.9 % of 800 h
        (500, "800h", 400 * 60),  # all of it is left, and half is done: it takes longer
        (500, "900h", 400 * 60),
    ],
)  # fmt: skip
def test_what_is_done_is_what_is_not_left_where_the_percentage_says_no_more(
    percent: int, remaining: str | None, minutes: int
) -> None:
    task = {"duration": "800h", "actual_start": "2026-11-16", "percent_complete": percent}
    plan = planned({"A": task if remaining is None else {**task, "remaining_duration": remaining}})
    assert duration_done(plan.work("A")) == minutes
