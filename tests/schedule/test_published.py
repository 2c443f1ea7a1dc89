"""What others computed, from textbooks, other programs and by hand, against what we compute."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.schedule.paths import critical_paths
from pcsm_tui.schedule.plan import Plan, plan_of
from pcsm_tui.schedule.simulation import Estimate
from tests.schedule.published import Published, published_plans, same_moment

PLANS = list(published_plans())
TIMES = {"es": "es", "ef": "ef", "ls": "ls", "lf": "lf", "tf": "total_float", "ff": "free_float"}
"""The columns in working time, and what a task calls them."""


@cache
def scheduled(name: str) -> Plan:
    """Return our schedule of a published plan."""
    return plan_of(next(plan for plan in PLANS if plan.name == name).engagement)


def _tasks() -> list[Any]:
    return [
        pytest.param(plan, task, values, id=f"{plan.name}: {task}")
        for plan in PLANS
        for task, values in plan.expected.get("tasks", {}).items()
    ]


@pytest.mark.parametrize(("plan", "task", "values"), _tasks())
def test_a_task_has_the_published_figures(plan: Published, task: str, values: list[Any]) -> None:
    schedule = scheduled(plan.name)
    found = schedule.task(task)
    columns = plan.expected["columns"]
    assert len(values) <= len(columns)
    for column, expected in zip(columns, values, strict=False):
        if column in TIMES:
            assert getattr(found, TIMES[column]) == plan.minutes(expected), (column, found, plan.source)
        elif column in ("start", "finish", "late_start", "late_finish"):
            assert same_moment(_moment(schedule, found, column), expected), (column, found, plan.source)
        else:
            assert getattr(found, column) == expected, (column, found, plan.source)


def _moment(schedule: Plan, task: PlanTask, column: str) -> Any:
    if column == "late_start":
        return schedule.axis.start_at(task.ls)
    if column == "late_finish":
        return schedule.axis.finish_at(task.lf)
    return getattr(task, column)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_the_plan_as_a_whole_is_as_published(plan: Published) -> None:
    schedule, expected = scheduled(plan.name), plan.expected
    assert list(schedule.tasks) == list(plan.tasks)
    if "length" in expected:
        assert schedule.duration == plan.minutes(expected["length"]), plan.source
    if "finish" in expected:
        assert same_moment(schedule.finish, expected["finish"]), plan.source
    if "critical" in expected:
        assert [uid for uid in schedule.tasks if schedule.task(uid).critical] == expected["critical"], plan.source


WITH_PATHS = [plan for plan in PLANS if "critical_paths" in plan.expected]


@pytest.mark.parametrize("plan", WITH_PATHS, ids=lambda plan: plan.name)
def test_the_critical_paths_are_as_published(plan: Published) -> None:
    found = [list(path) for path in critical_paths(scheduled(plan.name)).paths]
    assert sorted(found) == sorted(plan.expected["critical_paths"]), plan.source


ESTIMATED = [
    pytest.param(plan, fields, id=f"{plan.name}: {task}")
    for plan in PLANS
    for task, fields in plan.tasks.items()
    if "estimates" in fields
]


@pytest.mark.parametrize(("plan", "fields"), ESTIMATED)
def test_three_estimates_have_the_published_mean(plan: Published, fields: dict[str, Any]) -> None:
    optimistic, likely, pessimistic = map(plan.minutes, fields["estimates"])
    assert Estimate(optimistic, likely, pessimistic).mean == plan.duration_of(fields), plan.source
