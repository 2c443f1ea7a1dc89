"""What the schedule needs of a row of the work breakdown structure, read once; damaged values count as empty."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from pcsm_tui.domain.engagement import Row
from pcsm_tui.domain.links import links_of
from pcsm_tui.domain.plan import ELAPSED_MINUTES, Link
from pcsm_tui.domain.quantities import MINUTES
from pcsm_tui.domain.values import Value, problem_with

ASSUMED = MINUTES["d"]
"""The duration of a work package that has none: a day, as MS Project assumes."""
MILESTONE, STREAM = "Milestone", "Work stream"
NOT_NEEDED = "Not needed"

Moment = date | datetime
"""A day, or a moment of it where a time was given."""


class Work(NamedTuple):
    """One row of the plan. Durations in working minutes, an elapsed one in minutes; percent in tenths."""

    duration: int
    elapsed: int
    assumed: bool
    milestone: bool
    links: tuple[Link, ...]
    constraint: str
    constraint_date: Moment | None
    deadline: Moment | None
    actual_start: Moment | None
    actual_finish: Moment | None
    remaining: int | None
    percent: int
    done: bool
    needed: bool = True

    @property
    def begun(self) -> bool:
        """Whether work on it has begun."""
        return self.actual_start is not None or self.percent > 0 or self.done


def weight_of(work: Work) -> int:
    """Return what a task weighs in the progress of a plan: its working minutes; an elapsed day as much as a working day."""
    return work.duration or work.elapsed * MINUTES["d"] // ELAPSED_MINUTES["d"]


def share(done: int, whole: int) -> int:
    """Return how much of a whole above 0 is done, in tenths of a percent.

    It is rounded, but to all or nothing only when it is that.
    """
    return 1000 * done // whole if done in (0, whole) else min(max((2000 * done + whole) // (2 * whole), 1), 999)


_DATED = ("constraint_date", "deadline", "actual_start", "actual_finish")
_RARE = frozenset({"constraint", "remaining_duration", *_DATED})
"""Fields that most rows lack, so that they need not be looked at one by one."""


def read_work(row: Row) -> Work:
    """Return what the schedule needs of a row."""
    record = row.record
    kind, state = record.get("kind"), record.get("state")
    given, percent = _sound(row, "duration"), _sound(row, "percent_complete") or 0
    milestone, needed = kind == MILESTONE, state != NOT_NEEDED
    assumed = given is None and not milestone and kind != STREAM and needed
    timed = needed and not milestone
    rare = {name: _sound(row, name) for name in _RARE.intersection(record)}
    remaining = rare.get("remaining_duration")
    constraint_date, deadline, actual_start, actual_finish = (moment(rare.get(name)) for name in _DATED)
    return Work(
        ASSUMED if assumed else given if timed and isinstance(given, int) else 0,
        given["elapsed"] if timed and isinstance(given, dict) else 0,
        assumed,
        milestone,
        links_of(record.get("predecessors")) if row.tool.has("predecessors") else (),
        rare.get("constraint") or "",
        constraint_date,
        deadline,
        actual_start,
        actual_finish,
        remaining if isinstance(remaining, int) else None,
        percent,
        row.done,
        needed,
    )


def _sound(row: Row, field_id: str) -> Value:
    """Return the value of a field unless it is damaged; nothing where a team's playbook dropped the field."""
    value = row.record.get(field_id)
    if value is None or not row.tool.has(field_id) or problem_with(row.tool.field(field_id), value):
        return None
    return value


def moment(value: Value) -> Moment | None:
    """Return the day or the moment that a date field holds, None when it is empty."""
    if not value:
        return None
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
