"""Tasks of a plan for what draws them: in 2026, on whole working days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcsm_tui.domain.plan import PlanTask


def opening(day: str) -> datetime:
    """Return the opening of a day, `11-16`."""
    return datetime.fromisoformat(f"2026-{day}T08:00")


def close(day: str) -> datetime:
    """Return the close of a day, `11-16`."""
    return datetime.fromisoformat(f"2026-{day}T17:00")


def task(start: str, finish: str, days: float = 1, **rest: Any) -> PlanTask:
    """Return a task from the opening of one day to the close of another."""
    values: dict[str, Any] = {
        "uid": "t1", "number": "1.1", "name": "Train cohort A", "level": 2, "kind": "task", "es": 0, "ef": 0, "ls": 0,
        "lf": 0, "total_float": 0, "free_float": 0, "critical": False, "near_critical": False, "percent": 0,
        "done": False, "begun": False,
    }  # fmt: skip
    return PlanTask(**{
        **values, "start": opening(start), "finish": close(finish), "duration": int(days * 480), **rest
    })  # fmt: skip
