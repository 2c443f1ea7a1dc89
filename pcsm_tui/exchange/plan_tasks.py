"""What the exports of a plan have in common: words and days of a task, and the refusal of an empty plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.domain.safe_text import safe_line
from pcsm_tui.errors import UsageError


def refuse_empty(tasks: Sequence[PlanTask]) -> None:
    """Raise `UsageError` for a plan in which nothing could be drawn or dated."""
    if all(task.kind == "summary" for task in tasks):
        raise UsageError("The plan has no work packages and no milestones.", "Add tasks to it, then export it.")


def numbered_name(task: PlanTask) -> str:
    """Return a task as people name it, on one line: `1.5.3 Train cohort A`."""
    return safe_line(f"{task.number} {task.name}")


def last_day(task: PlanTask) -> date:
    """Return the day on which a task ends: work that ends at midnight ends on the day before."""
    return (task.finish - timedelta(minutes=1) if task.finish > task.start else task.finish).date()


def long_date(day: date) -> str:
    """Return a date for readers of any country: `2 Nov 2026`."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""In English whatever the locale of the system, as everything else in an export."""
