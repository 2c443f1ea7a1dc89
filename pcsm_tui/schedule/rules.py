"""What the schedule computes for fields of the work breakdown structure: start, finish, floats, whether it is critical."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pcsm_tui.domain import computed
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.domain.values import Value
from pcsm_tui.schedule.plan import TASKS, plan_of


def _task(engagement: Engagement, row: Row) -> PlanTask | None:
    if row.tool.id != TASKS:
        return None
    plan = plan_of(engagement)
    return plan.task(row.uid) if row.uid in plan else None


def _start(engagement: Engagement, row: Row) -> Value:
    task = _task(engagement, row)
    return task and task.start.date().isoformat()


def _finish(engagement: Engagement, row: Row) -> Value:
    task = _task(engagement, row)
    return task and last_day(task.finish, task.start)


def _total_float(engagement: Engagement, row: Row) -> Value:
    task = _task(engagement, row)
    return None if task is None or task.done else task.total_float


def _free_float(engagement: Engagement, row: Row) -> Value:
    task = _task(engagement, row)
    return None if task is None or task.done else task.free_float


def _critical(engagement: Engagement, row: Row) -> Value:
    task = _task(engagement, row)
    if task is None or task.done:
        return None
    return "Yes" if task.critical else "Nearly" if task.near_critical else "No"


def last_day(finish: datetime, start: datetime) -> str:
    """Return the day (ISO) on which something ends: a finish at midnight belongs to the day before."""
    if finish.time() == time() and finish > start:
        finish -= timedelta(minutes=1)
    return finish.date().isoformat()


def offer_rules() -> None:
    """Let fields that name these rules have their values from here on."""
    for name, rule in (
        ("start", _start),
        ("finish", _finish),
        ("total_float", _total_float),
        ("free_float", _free_float),
        ("critical", _critical),
    ):
        computed.offer(name, rule)
