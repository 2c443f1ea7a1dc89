"""The start of a plan that has none, when its first tasks are added."""

from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain import editing
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.schedule.starting import with_start
from tests.insight.whole import whole_framework
from tests.support import LATER, empty_document, fresh_uid, made

TASKS = whole_framework().tool("tasks")


def added(seen: Engagement, **values: Any) -> Engagement:
    """Return the engagement with a task more, added as a session does it."""
    change = editing.add_row(seen, TASKS, {"name": "Dig", **values}, fresh_uid(), LATER)
    return made(seen, with_start(seen, change, LATER))


def empty() -> Engagement:
    return Engagement(empty_document(), whole_framework())


def test_it_is_the_day_of_the_first_task_and_stays() -> None:
    seen = added(empty())
    assert seen.form("plan").get("start") == LATER.today.isoformat()
    form = seen.form("plan")
    emptied = made(seen, editing.set_values(seen, form, {"start": None}, LATER))
    assert added(emptied).form("plan").get("start") is None, "a plan that has tasks keeps as it is"


@pytest.mark.parametrize("dated", [
    {"constraint": "Must start on", "constraint_date": "2026-10-05"},
    {"actual_start": "2026-10-05"},
    {"actual_finish": "2026-10-05"},
])  # fmt: skip
def test_tasks_with_dates_of_their_own_say_when_it_starts(dated: dict[str, Any]) -> None:
    assert added(empty(), **dated).form("plan").get("start") is None


def test_a_start_that_was_given_stays() -> None:
    seen = empty()
    seen = made(seen, editing.set_values(seen, seen.form("plan"), {"start": "2027-01-04"}, LATER))
    assert added(seen).form("plan").get("start") == "2027-01-04"
