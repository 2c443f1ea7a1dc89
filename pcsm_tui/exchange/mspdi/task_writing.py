"""The tasks of a plan as MS Project writes them, and who does them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pcsm_tui.domain.engagement import Row
from pcsm_tui.domain.plan import Link, PlanTask, read_lag
from pcsm_tui.domain.quantities import minor_digits
from pcsm_tui.domain.values import Value
from pcsm_tui.exchange.mspdi.dates import Clock
from pcsm_tui.exchange.mspdi.markup import element, group, one_line
from pcsm_tui.exchange.mspdi.units import (
    CONSTRAINTS,
    ELAPSED_FORMATS,
    ESTIMATED,
    FINISH_CONSTRAINTS,
    LINK_TYPE_CODES,
    PERCENT,
    WORK_FORMATS,
    lag_unit,
    write_minutes,
    write_moment,
)
from pcsm_tui.exchange.plan_values import sound_value
from pcsm_tui.schedule.baselines import Baseline
from pcsm_tui.schedule.building import binds, duration_left
from pcsm_tui.schedule.plan import Plan
from pcsm_tui.schedule.work import MILESTONE, NOT_NEEDED, Work

FIXED_DURATION = 1
"""The type of every task: whoever works on it, it takes as long as it takes."""
_PRIORITY = 500
_OUR_UID = re.compile(r"[0-9a-f]{32}")


class TaskWriter:
    """Writes the tasks of a plan. Their UIDs are their places in the outline, from 1."""

    def __init__(self, plan: Plan, currency: str, baselines: Sequence[Baseline]) -> None:
        """`baselines` are in the order of their numbers, from 0."""
        self._plan = plan
        self._currency = currency
        self._baselines = baselines
        self._clock = Clock(plan.axis)
        self._numbers: Mapping[str, int] = {uid: place for place, uid in enumerate(plan.tasks, 1)}
        owners = (one_line(task.owner) for task in plan.scheduled() if task.kind != "summary")
        self.resources: list[str] = list(dict.fromkeys(owner for owner in owners if owner))
        """The names of those who own tasks, in the order of the plan; a resource's UID is its place, from 1."""

    def tasks(self) -> Iterator[str]:
        """Yield the elements of the tasks, in outline order."""
        for uid in self._plan.tasks:
            task, row, work = self._plan.task(uid), self._plan.row(uid), self._plan.work(uid)
            summary = task.kind == "summary"
            parts = [
                *self._identity(task, row, summary),
                *_durations(task, row, work, summary),
                *self._schedule(task, work, summary),
                *self._progress(task, row, work, summary),
                *self._bounds(work, summary),
                element("Notes", row.get("notes") or None),
                *(self._link(task, link) for link in self._links(task)),
                *self._held(uid),
            ]
            yield group("Task", parts)

    def assignments(self) -> list[str]:
        """Return who does what."""
        numbers = {name: number for number, name in enumerate(self.resources, 1)}
        found: list[str] = []
        for task in self._plan.scheduled():
            owner = one_line(task.owner)
            if task.kind == "summary" or not owner:
                continue
            done = task.duration * task.percent // 1000
            parts = [
                element("UID", len(found) + 1),
                element("TaskUID", self._numbers[task.uid]),
                element("ResourceUID", numbers[owner]),
                element("PercentWorkComplete", _whole_percent(task.percent)),
                element("ActualWork", write_minutes(done)),
                element("Finish", write_moment(task.finish)),
                element("RemainingWork", write_minutes(task.duration - done)),
                element("Start", write_moment(task.start)),
                element("Units", 1),
                element("Work", write_minutes(task.duration)),
            ]
            found.append(group("Assignment", parts))
        return found

    # --- the parts of a task, in the order of the schema ------------------------------------------------------

    def _identity(self, task: PlanTask, row: Row, summary: bool) -> Iterator[str]:
        number = self._numbers[task.uid]
        yield element("UID", number)
        yield element("GUID", _guid(task.uid))
        yield element("ID", number)
        yield element("Name", one_line(task.name))
        yield element("Active", row.get("state") != NOT_NEEDED)
        yield element("Manual", False)
        yield element("Type", FIXED_DURATION)
        yield element("IsNull", False)
        yield element("Contact", one_line(task.owner) if summary and task.owner else None)
        yield element("WBS", task.number)
        yield element("OutlineNumber", task.number)
        yield element("OutlineLevel", task.level)
        yield element("Priority", _PRIORITY)
        yield element("Start", write_moment(task.start))
        yield element("Finish", write_moment(task.finish))

    def _schedule(self, task: PlanTask, work: Work, summary: bool) -> Iterator[str]:
        axis = self._plan.axis
        yield element("Milestone", work.milestone and not summary)
        yield element("Summary", summary)
        yield element("Critical", task.critical)
        yield element("EarlyStart", write_moment(task.start))
        yield element("EarlyFinish", write_moment(task.finish))
        yield element("LateStart", write_moment(axis.start_at(task.ls)))
        yield element(
            "LateFinish", write_moment(axis.finish_at(task.lf) if task.lf > task.ls else axis.start_at(task.ls))
        )
        yield element("FreeSlack", task.free_float * 10)
        yield element("TotalSlack", task.total_float * 10)

    def _progress(self, task: PlanTask, row: Row, work: Work, summary: bool) -> Iterator[str]:
        budget, spent = sound_value(row, "budget"), sound_value(row, "actual_cost")
        start, finish = (None, None) if summary else self._actual(work)
        duration, left = _left(task, row, work, summary)
        needed = row.get("state") != NOT_NEEDED
        yield element("FixedCost", self._money(budget))
        yield element("PercentComplete", _whole_percent(task.percent if needed else work.percent))
        yield element("Cost", self._money(budget))
        yield element("ActualStart", start)
        yield element("ActualFinish", finish)
        yield element("ActualDuration", write_minutes(max(duration - left, 0)))
        yield element("ActualCost", self._money(spent))
        yield element("RemainingDuration", write_minutes(left))

    def _actual(self, work: Work) -> tuple[str | None, str | None]:
        """Return actual start and finish; one that finished before it started did so at once, as in the schedule."""
        start, finish = self._clock.start_text(work.actual_start), self._clock.finish_text(work.actual_finish)
        if start is not None and finish is not None and finish < start:
            start = finish
        return start, finish

    def _bounds(self, work: Work, summary: bool) -> Iterator[str]:
        """Constraint and deadline; what binds nothing of a summary, MS Project does not let it have."""
        given = work.constraint in CONSTRAINTS and (not summary or binds(work, summary=True))
        constraint = work.constraint if given else CONSTRAINTS[0]
        when = work.constraint_date if CONSTRAINTS.index(constraint) >= 2 else None
        if CONSTRAINTS.index(constraint) >= 2 and when is None:
            constraint = CONSTRAINTS[0]
        written = self._clock.finish_text if constraint in FINISH_CONSTRAINTS else self._clock.start_text
        yield element("ConstraintType", CONSTRAINTS.index(constraint))
        yield element("CalendarUID", -1)
        yield element("ConstraintDate", written(when))
        yield element("Deadline", self._clock.finish_text(work.deadline))

    def _links(self, task: PlanTask) -> Iterator[Link]:
        """Yield the links that count in the schedule: to a task that exists, not to itself, a part or a whole of it."""
        for link in task.links:
            other = self._plan.number(link.task) if link.task in self._plan else ""
            if other and not _is_within(other, task.number) and not _is_within(task.number, other):
                yield link

    def _link(self, task: PlanTask, link: Link) -> str:
        lag, code = self._lag(link)
        parts = [
            element("PredecessorUID", self._numbers[link.task]),
            element("Type", LINK_TYPE_CODES.index(link.type)),
            element("CrossProject", False),
            element("LinkLag", lag),
            element("LagFormat", code),
        ]
        return group("PredecessorLink", parts)

    def _lag(self, link: Link) -> tuple[int, int]:
        """Return a lag in tenths of a minute and its format.

        A share of whole percents is written as such, another one as the minutes that it comes to.
        """
        _, lag = read_lag(link.lag)
        if lag.kind != "percent":
            unit, elapsed = lag_unit(link.lag)
            return lag.amount * 10, (ELAPSED_FORMATS if elapsed else WORK_FORMATS)[unit]
        if lag.amount % 10 == 0:
            return lag.amount // 10, PERCENT
        work = self._plan.work(link.task)
        if work.elapsed:
            return work.elapsed * lag.amount // 1000 * 10, ELAPSED_FORMATS["m"]
        return work.duration * lag.amount // 1000 * 10, WORK_FORMATS["m"]

    def _held(self, uid: str) -> Iterator[str]:
        for number, baseline in enumerate(self._baselines):
            task = baseline.tasks.get(uid)
            if task is not None:
                parts = [
                    element("Number", number),
                    element("Interim", False),
                    element("Start", write_moment(task.start)),
                    element("Finish", write_moment(task.finish)),
                    element("Duration", write_minutes(task.duration)),
                    element("DurationFormat", WORK_FORMATS["d"]),
                    element("Cost", self._money(task.budget)),
                ]
                yield group("Baseline", parts)

    def _money(self, value: Value) -> str | None:
        """Return an amount in hundredths; none in another currency than the project's, which has only one."""
        if not value or value["currency"] != self._currency:
            return None
        return f"{value['amount'] * 100 // 10 ** minor_digits(self._currency)}"


def _durations(task: PlanTask, row: Row, work: Work, summary: bool) -> Iterator[str]:
    duration, elapsed = _duration(task, row, work, summary)
    code = ELAPSED_FORMATS["d"] if elapsed else WORK_FORMATS["d"]
    yield element("Duration", write_minutes(duration))
    yield element("DurationFormat", code + ESTIMATED if task.assumed else code)
    yield element("EffortDriven", False)
    yield element("Estimated", task.assumed)


def _duration(task: PlanTask, row: Row, work: Work, summary: bool) -> tuple[int, bool]:
    """Return the duration as it was entered, whether the task is needed or not, and whether it is elapsed time."""
    if summary:
        return task.duration, False
    given = sound_value(row, "duration")
    if row.get("state") == NOT_NEEDED and row.get("kind") != MILESTONE and given is not None:
        return (given["elapsed"], True) if isinstance(given, dict) else (given, False)
    return (work.elapsed, True) if work.elapsed else (work.duration, False)


def _left(task: PlanTask, row: Row, work: Work, summary: bool) -> tuple[int, int]:
    """Return the duration and what is left of it, in the kind of time that the duration has."""
    duration, elapsed = _duration(task, row, work, summary)
    if summary or elapsed:
        percent = work.percent if row.get("state") == NOT_NEEDED else task.percent
        return duration, duration * (1000 - percent) // 1000
    if task.done and row.get("state") != NOT_NEEDED:
        return duration, 0
    begun = work if work.actual_start is not None else work._replace(remaining=None)
    return duration, duration_left(begun._replace(duration=duration))


def _whole_percent(tenths: int) -> int:
    """Return a percentage as a whole number; what has begun is not 0, and what is not finished not 100."""
    return tenths // 10 if tenths in (0, 1000) else min(max((tenths + 5) // 10, 1), 99)


def _guid(uid: str) -> str | None:
    if not _OUR_UID.fullmatch(uid):
        return None
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}".upper()


def _is_within(number: str, other: str) -> bool:
    return number == other or number.startswith(f"{other}.")
