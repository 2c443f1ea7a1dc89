"""The plan of an engagement: its work breakdown structure, scheduled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import is_
from typing import NamedTuple

from pcsm_tui.domain.dates import LAST_YEAR
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.outline import Outline
from pcsm_tui.domain.plan import Driver, PlanTask
from pcsm_tui.schedule.activities import Activity, CyclicNetwork
from pcsm_tui.schedule.building import (
    NO_BOUNDS,
    Bounds,
    Gate,
    Leaves,
    activity_of,
    conditions_of,
    inherited_bounds,
    wire,
)
from pcsm_tui.schedule.calendar import TimeAxis
from pcsm_tui.schedule.conditions import Conditions
from pcsm_tui.schedule.driving import drivers_of
from pcsm_tui.schedule.network import Network, collector_paused
from pcsm_tui.schedule.scheduled import scheduled_leaf, scheduled_summary
from pcsm_tui.schedule.settings import PlanSettings, as_finish, as_start, read_settings
from pcsm_tui.schedule.work import Work, read_work, share, weight_of

TASKS = "tasks"
TABLES = (TASKS, "plan", "calendar", "engagement")
"""The tables that a plan is made from."""


_LAST_DAY = date(LAST_YEAR, 12, 31)


class Problem(NamedTuple):
    """Why something of the plan could not be scheduled as it stands: the task's uid, if it is one's, and a sentence."""

    uid: str
    text: str


@dataclass(frozen=True, eq=False)
class _Read:
    """A row with what was read of it, kept from one plan to the next as long as the record is the same."""

    row: Row
    work: Work


class _Bound(NamedTuple):
    """What binds a task, and what that was worked out from."""

    work: Work
    inherited: Bounds
    conditions: Conditions | None


class Plan:
    """The scheduled work breakdown structure. Offsets and floats are working minutes on `axis`."""

    def __init__(self, engagement: Engagement, before: Plan | None = None) -> None:
        """`before` is an earlier plan of the same engagement, of which everything that still holds is taken over."""
        self.tables = tuple(engagement.document.get(name) for name in TABLES)
        self.outline: Outline = engagement.outline(TASKS)
        alike = before is not None and self.outline.is_shaped_like(before.outline)
        self.tasks: tuple[str, ...] = before.tasks if before and alike else tuple(row.uid for row in self.outline.rows)
        """The uids of all tasks, in outline order."""
        self.leaves: Leaves = before.leaves if before and alike else Leaves(self.outline)
        self._reads = self._read_rows(before)
        self.settings = self._settings(engagement, before)
        self.axis = self._axis(engagement, before)
        self.problems: list[Problem] = [Problem("", text) for text in self.settings.problems]
        self.circles: list[str] = []
        """Tasks that wait for each other, by number; the link that closes each circle is left out."""
        self.gates: dict[str, Gate] = {}
        self.network = self._network(before)
        if self.axis.finish_at(self.finish_offset).date() >= _LAST_DAY:
            self.problems.append(
                Problem("", f"The plan goes on beyond {LAST_YEAR}, where dates end: shorten what is so long.")
            )
        self._tasks: dict[str, PlanTask] = {}

    # --- making -----------------------------------------------------------------------------------------------

    def _read_rows(self, before: Plan | None) -> dict[str, _Read]:
        known = before._reads if before is not None else {}
        reads = {}
        for row in self.outline.rows:
            read = known.get(row.uid)
            if read is None or read.row.record is not row.record:
                read = _Read(row, read_work(row))
            reads[row.uid] = read
        return reads

    def _settings(self, engagement: Engagement, before: Plan | None) -> PlanSettings:
        if before is not None and all(map(is_, self.tables[1:3], before.tables[1:3])):
            return before.settings
        return read_settings(engagement)

    def _axis(self, engagement: Engagement, before: Plan | None) -> TimeAxis:
        start = self.settings.start or self._first_date(engagement)
        moment = start if isinstance(start, datetime) else as_start(start)
        if before is not None and before.settings is self.settings and before.axis.begins == moment:
            return before.axis
        return TimeAxis(self.settings.calendar, moment)

    def _first_date(self, engagement: Engagement) -> date:
        """Return where a plan starts that does not say so: at its earliest date, else when the engagement did."""
        found = []
        for read in self._reads.values():
            work = read.work
            bound = work.constraint_date if "no earlier" in work.constraint or "Must" in work.constraint else None
            found += [_day(date_given) for date_given in (work.actual_start, bound) if date_given is not None]
        if found:
            return min(found)
        form = engagement.form("engagement") if engagement.framework.has_tool("engagement") else None
        if form is not None and form.tool.has("started") and form.date("started"):
            return date.fromisoformat(form.date("started"))
        stamps = [str(read.row.get("at"))[:10] for read in self._reads.values() if read.row.get("at")]
        try:
            return date.fromisoformat(min(stamps, default="2000-01-03"))
        except ValueError:
            return date(2000, 1, 3)

    def _network(self, before: Plan | None) -> Network:
        conditions = self._conditions(before)
        if before is not None and (known := self._known_network(before, conditions)) is not None:
            self.gates = before.gates
            self.problems += [problem for problem in before.problems if problem.uid]
            return known
        wiring = wire(self.outline, {uid: read.work for uid, read in self._reads.items()}, conditions, self.leaves)
        self.gates = wiring.gates
        self.problems += [Problem(uid, text) for uid, text in wiring.problems]
        activities = wiring.activities
        while True:
            try:
                return Network(activities, self.axis, self._status_offset())
            except CyclicNetwork as cyclic:
                activities = self._opened(activities, cyclic)

    def _status_offset(self) -> int:
        return 0 if self.status is None else max(self.axis.offset_of(self.status), 0)

    def _known_network(self, before: Plan, conditions: Mapping[str, Conditions | None]) -> Network | None:
        """Return the network of an earlier plan with other durations, if nothing else of it is different."""
        if before.axis is not self.axis or before.circles or not self.outline.is_shaped_like(before.outline):
            return None
        if any(
            bound.inherited != before._known_conditions[uid].inherited for uid, bound in self._known_conditions.items()
        ):
            return None  # a work stream asks something else of what is in it, whose own rows are as they were
        changed: dict[str, Activity] = {}
        for uid, read in self._reads.items():
            known = before._reads[uid]
            if read is known:
                continue
            if _shape(read.row) != _shape(known.row) or read.work.elapsed != known.work.elapsed:
                return None  # links with a lag in percent of elapsed time are others
            place = before.network.index.get(uid)
            if place is not None:
                activity = before.network.activities[place]
                if conditions[uid] != activity.conditions:
                    return None
                changed[uid] = activity_of(uid, read.work, activity.links, activity.conditions)
        return before.network.with_durations(changed) if changed else before.network

    def _opened(self, activities: list[Activity], cyclic: CyclicNetwork) -> list[Activity]:
        from pcsm_tui.schedule.cycles import circle_text, opened

        without, circles = opened(activities, cyclic.keys)
        for circle in circles:
            text = circle_text(circle, self.gates, self.outline)
            self.circles.append(text)
            self.problems.append(Problem(self._owner(circle[0]), f"Tasks wait in a circle: {text}."))
        return without

    def _owner(self, key: str) -> str:
        return self.gates[key].owner if key in self.gates else key

    def _conditions(self, before: Plan | None) -> dict[str, Conditions | None]:
        known = before._known_conditions if before is not None and before.axis is self.axis else {}
        self._known_conditions: dict[str, _Bound] = {}
        above = inherited_bounds(self.leaves, {uid: self._reads[uid].work for uid in self.leaves.summaries}, self.axis)
        for uid in self.leaves.all:
            work, inherited = self._reads[uid].work, above.get(uid, NO_BOUNDS)
            kept = known.get(uid)
            if kept is None or kept.work is not work or kept.inherited != inherited:
                kept = _Bound(work, inherited, conditions_of(work, self.settings, self.axis, inherited))
            self._known_conditions[uid] = kept
        return {uid: bound.conditions for uid, bound in self._known_conditions.items()}

    # --- looking ----------------------------------------------------------------------------------------------

    def __contains__(self, uid: object) -> bool:
        return uid in self._reads

    def scheduled(self) -> list[PlanTask]:
        """Return all tasks as the schedule has them, in outline order."""
        return [self.task(uid) for uid in self.tasks]

    def task(self, uid: str) -> PlanTask:
        """Return a task as the schedule has it; raises `KeyError` for a uid that is none."""
        if uid not in self._tasks:
            made = scheduled_summary(self, uid) if self.outline.has_below(uid) else scheduled_leaf(self, uid)
            self._tasks[uid] = made
        return self._tasks[uid]

    def conditions(self, uid: str) -> Conditions | None:
        """Return what binds a leaf besides its links; None when nothing does."""
        return self._known_conditions[uid].conditions

    def row(self, uid: str) -> Row:
        """Return the row that a task stands for."""
        return self._reads[uid].row

    def work(self, uid: str) -> Work:
        """Return what the schedule read of a task's row."""
        return self._reads[uid].work

    def number(self, uid: str) -> str:
        """Return the outline number of a task."""
        return self.outline.number(uid)

    @property
    def status(self) -> datetime | None:
        """The moment up to which progress was reported: the end of the status date where it is a mere day."""
        return None if self.settings.status is None else as_finish(self.settings.status)

    @cached_property
    def longest_number(self) -> str:
        """The uid of the task with the longest outline number, empty without tasks: a column has to hold it."""
        return max(self.tasks, key=lambda uid: len(self.number(uid)), default="")

    @cached_property
    def start(self) -> datetime:
        """When the plan starts: the opening of its first day, or an earlier actual start."""
        return self.axis.start_at(self.start_offset)

    @cached_property
    def start_offset(self) -> int:
        """The offset of the earliest start, 0 unless work began before the plan's start."""
        return min((0, *(self.network.es[self.network.index[uid]] for uid in self.leaves.all)))

    @property
    def finish_offset(self) -> int:
        """The offset of the latest finish."""
        return self.network.finish

    @cached_property
    def finish(self) -> datetime:
        """When the last task finishes; the start of an empty plan."""
        if self.finish_offset <= self.start_offset:
            return self.start
        return max((self.task(uid).finish for uid in self.last), default=self.axis.finish_at(self.finish_offset))

    def finish_if_longer(self, uid: str, minutes: int) -> int:
        """Return the offset at which the plan would finish if a leaf took longer by so many working minutes."""
        network, key = self.network, (uid, minutes)
        place = network.index[uid]
        if network.total_float[place] >= minutes and not self._has_percent_lags:
            return self.finish_offset
        if key not in self._finishes:
            activity = network.activities[place]
            whole = None if activity.whole is None else activity.whole + minutes
            longer = activity._replace(duration=activity.duration + minutes, whole=whole)
            self._finishes[key] = network.finish_with({uid: longer})
        return self._finishes[key]

    @cached_property
    def _has_percent_lags(self) -> bool:
        """Whether a longer task may put off others by more than what it takes longer."""
        return any(link.lag.endswith("%") for read in self._reads.values() for link in read.work.links)

    @cached_property
    def _finishes(self) -> dict[tuple[str, int], int]:
        return {}

    @property
    def duration(self) -> int:
        """The working minutes from start to finish."""
        return self.finish_offset - self.start_offset

    @cached_property
    def last(self) -> tuple[str, ...]:
        """The leaves that end when the plan ends."""
        ends, index = self.network.ef, self.network.index
        return tuple(uid for uid in self.leaves.all if ends[index[uid]] == self.finish_offset)

    @cached_property
    def critical(self) -> frozenset[str]:
        """The leaves that are critical."""
        network, limit = self.network, self.settings.critical_float
        floats, index = network.total_float, network.index
        return frozenset(
            uid for uid in self.leaves.all if floats[index[uid]] <= limit and not self._reads[uid].work.done
        )

    def decides_finish(self, uid: str) -> bool:
        """Return whether a critical leaf holds the plan's finish, rather than being late for a date that was set."""
        return self.network.finish_float[self.network.index[uid]] <= max(self.settings.critical_float, 0)

    def percent(self, uids: tuple[str, ...] | None = None) -> int:
        """Return how much of some leaves, or of the whole plan, is done: by duration, in tenths of a percent."""
        return self._percent if uids is None else rolled_up_percent([self._reads[uid].work for uid in uids])

    @cached_property
    def _percent(self) -> int:
        return rolled_up_percent([self._reads[uid].work for uid in self.leaves.all])

    def name(self, uid: str) -> str:
        """Return what names a task to people."""
        row = self._reads[uid].row
        return str(row.get(row.tool.title_field.id) or "") or f"(unnamed {row.tool.row_name})"

    def drivers(self, uid: str) -> tuple[Driver, ...]:
        """Return what holds the start of a task where it is, or the finish of one that its finish links hold."""
        if uid not in self._drivers:
            self._drivers[uid] = drivers_of(self, uid)
        return self._drivers[uid]

    @cached_property
    def _drivers(self) -> dict[str, tuple[Driver, ...]]:
        return {}


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def _shape(row: Row) -> tuple[object, ...]:
    """Return what of a row says how the network is made, durations left out."""
    return tuple(row.get(name) for name in ("parent", "order", "predecessors", "kind", "state"))


def rolled_up_percent(works: list[Work]) -> int:
    """Return how much is done of several tasks, weighted by duration, in tenths of a percent (MS Project).

    Where none has a duration, milestones count alike.
    """
    weights = [weight_of(work) for work in works]
    if not any(weights):
        weights = [1] * len(works)
    done = sum(weight * (1000 if work.done else work.percent) for weight, work in zip(weights, works, strict=True))
    return share(done, 1000 * sum(weights)) if works else 0


def plan_of(engagement: Engagement) -> Plan:
    """Return the plan of an engagement, scheduled; what has not changed since the last time is not worked out again."""

    def made(before: Plan | None) -> Plan:
        same = before is not None and all(
            engagement.document.get(name) is table for name, table in zip(TABLES, before.tables, strict=True)
        )
        if before is not None and same:
            return before
        with collector_paused():
            return Plan(engagement, before)

    return engagement.carried("plan", made)
