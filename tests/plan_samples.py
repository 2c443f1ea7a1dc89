"""Tasks of a plan as the schedule would hand them over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcsm_tui.domain.plan import PlanTask


def task(number: str, name: str, start: str, finish: str, **given: Any) -> PlanTask:
    """Return a task of the plan, from and to moments like 2026-11-02T08:00; its uid is `u` and the number."""
    floats = given.get("total_float", 480)
    fields: dict[str, Any] = {
        "uid": f"u{number}", "number": number, "name": name, "level": number.count(".") + 1, "kind": "task",
        "start": datetime.fromisoformat(start), "finish": datetime.fromisoformat(finish), "duration": 480,
        "es": 0, "ef": 480, "ls": 0, "lf": 480, "total_float": floats, "free_float": floats,
        "critical": False, "near_critical": False, "percent": 0, "done": False, "begun": False,
    }  # fmt: skip
    return PlanTask(**{**fields, **given})


def milestone(number: str, name: str, at: str, **given: Any) -> PlanTask:
    """Return a milestone of the plan."""
    return task(number, name, at, at, kind="milestone", duration=0, **given)


def stream(number: str, name: str, start: str, finish: str, **given: Any) -> PlanTask:
    """Return a work stream of the plan."""
    return task(number, name, start, finish, kind="summary", **given)
