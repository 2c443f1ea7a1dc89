"""Progress of a plan: by duration, rounded, and all or nothing only when it is that. Shares worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

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
