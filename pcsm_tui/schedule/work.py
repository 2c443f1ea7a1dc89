"""What the schedule needs of a row of the work breakdown structure, read once; damaged values count as empty."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from pcsm_tui.domain.engagement import Row, is_done
from pcsm_tui.domain.plan import Link
from pcsm_tui.domain.quantities import MINUTES
from pcsm_tui.domain.values import Value, is_empty, problem_with

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


def read_work(row: Row) -> Work:
    """Return what the schedule needs of a row."""
    kind, state = row.get("kind"), row.get("state")
    given = _sound(row, "duration")
    elapsed = given["elapsed"] if isinstance(given, dict) else 0
    milestone, needed = kind == MILESTONE, state != NOT_NEEDED
    assumed = given is None and not milestone and kind != STREAM and needed
    duration = ASSUMED if assumed else given if isinstance(given, int) and not milestone and needed else 0
    percent = _sound(row, "percent_complete") or 0
    remaining = _sound(row, "remaining_duration")
    return Work(
        duration=duration,
        elapsed=elapsed if needed and not milestone else 0,
        assumed=assumed,
        milestone=milestone,
        links=_links(row),
        constraint=str(_sound(row, "constraint") or ""),
        constraint_date=moment(_sound(row, "constraint_date")),
        deadline=moment(_sound(row, "deadline")),
        actual_start=moment(_sound(row, "actual_start")),
        actual_finish=moment(_sound(row, "actual_finish")),
        remaining=remaining if isinstance(remaining, int) else None,
        percent=percent,
        done=is_done(row.tool, row.record) or percent == 1000 or not is_empty(_sound(row, "actual_finish")),
        needed=needed,
    )


def _sound(row: Row, field_id: str) -> Value:
    """Return the value of a field unless it is damaged; nothing where a team's playbook dropped the field."""
    value = row.get(field_id)
    if value is None or not row.tool.has(field_id) or problem_with(row.tool.field(field_id), value):
        return None
    return value


def _links(row: Row) -> tuple[Link, ...]:
    if not row.get("predecessors"):
        return ()
    value = _sound(row, "predecessors") or ()
    return tuple(Link(link["task"], link["type"], link.get("lag", "")) for link in value)


def moment(value: Value) -> Moment | None:
    """Return the day or the moment that a date field holds, None when it is empty."""
    if not value:
        return None
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
