"""From the rows of the work breakdown structure to the activities of a network.

Only leaves become activities. A link on a summary holds for each of its leaves: it becomes a gate, an activity without
duration that waits for the leaves of the one side and holds back those of the other, so that linking two streams of
five hundred packages takes a thousand links and not a quarter of a million.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pcsm_tui.domain.outline import Outline
from pcsm_tui.domain.plan import Lag, Link, LinkType, read_lag
from pcsm_tui.errors import ValueRefused
from pcsm_tui.schedule.activities import NO_LAG, Activity, ActivityLink
from pcsm_tui.schedule.calendar import TimeAxis
from pcsm_tui.schedule.conditions import Conditions
from pcsm_tui.schedule.settings import PlanSettings, as_finish, as_start
from pcsm_tui.schedule.work import Work, share

ON_START, ON_FINISH = "Must start on", "Must finish on"
START_FROM, START_BY = "Start no earlier than", "Start no later than"
FINISH_FROM, FINISH_BY = "Finish no earlier than", "Finish no later than"
AS_LATE = "As late as possible"


class Gate(NamedTuple):
    """A link of which one side at least is a summary: the task on which it stands, and the link."""

    owner: str
    link: Link


class Wiring(NamedTuple):
    """What the network is made of, and what its gates stand for."""

    activities: list[Activity]
    gates: dict[str, Gate]
    problems: list[tuple[str, str]]
    """The uid of a task and what of it could not be linked."""


class Leaves:
    """The leaves of the outline, and those below each summary."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self.all: list[str] = []
        self.summaries: list[str] = []
        """The uids of tasks that have others below them, in outline order."""
        for row in outline.rows:
            (self.summaries if outline.has_below(row.uid) else self.all).append(row.uid)
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, uid: str) -> tuple[str, ...]:
        """Return the leaves at or below a task; none for one that does not exist."""
        if uid not in self._known:
            below = self._outline.below(uid)
            found = tuple(row.uid for row in below if not self._outline.has_below(row.uid))
            self._known[uid] = found or ((uid,) if self._outline.number(uid) else ())
        return self._known[uid]


def activity_of(uid: str, work: Work, links: Sequence[ActivityLink], conditions: Conditions | None) -> Activity:
    """Return a leaf as the network has to place it: of one that has begun, what is left of it."""
    if work.actual_start is None or work.done or work.elapsed or work.milestone:
        return Activity(uid, work.duration, links, conditions)
    return Activity(uid, duration_left(work), links, conditions, whole=work.duration)


def duration_done(work: Work) -> int:
    """Return how many working minutes of a task are done: by its percentage, or what it lacks of the remaining duration.

    A percentage is rounded; where the duration less what remains says the same, it says it to the minute.
    """
    if work.remaining is not None and work.duration >= work.remaining and work.duration:
        done = work.duration - work.remaining
        if share(done, work.duration) == work.percent:
            return done
    return work.duration * work.percent // 1000


def duration_left(work: Work) -> int:
    """Return how many working minutes of a task are still to be done: as estimated anew, or by its percentage."""
    return work.duration - duration_done(work) if work.remaining is None else work.remaining


class Bounds(NamedTuple):
    """What summaries ask of everything in them: to start no earlier, and to have ended by when; offsets.

    A latest finish moves nothing, as a deadline does not, even where constraints are honored: it is not the leaf's own.
    """

    starts_from: int | None = None
    ends_by: int | None = None


NO_BOUNDS = Bounds()


def inherited_bounds(leaves: Leaves, works: Mapping[str, Work], axis: TimeAxis) -> dict[str, Bounds]:
    """Return by uid what the summaries above a leaf ask of it, for leaves of which anything is asked."""
    found: dict[str, Bounds] = {}
    for uid in leaves.summaries:
        asked = _asked_by_summary(works[uid], axis)
        if asked != NO_BOUNDS:
            found.update({leaf: _both(found.get(leaf, NO_BOUNDS), asked) for leaf in leaves.of(uid)})
    return found


def binds(work: Work, *, summary: bool) -> bool:
    """Return whether a task's constraint binds it, a summary's what is in it.

    Of constraints those two hold for what is in a summary that MS Project lets a summary have besides as soon as
    possible.
    """
    return work.constraint_date is not None and (not summary or work.constraint in (START_FROM, FINISH_BY))


def _asked_by_summary(work: Work, axis: TimeAxis) -> Bounds:
    starts_from, _, _, ends_by = constrained(work, axis) if binds(work, summary=True) else (None,) * 4
    return Bounds(starts_from, _tighter(min, ends_by, _deadline(work, axis)))


def _deadline(work: Work, axis: TimeAxis) -> int | None:
    return None if work.deadline is None else axis.offset_of(as_finish(work.deadline))


def _both(one: Bounds, other: Bounds) -> Bounds:
    return Bounds(_tighter(max, one.starts_from, other.starts_from), _tighter(min, one.ends_by, other.ends_by))


def _tighter(choose: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def conditions_of(
    work: Work, settings: PlanSettings, axis: TimeAxis, inherited: Bounds = NO_BOUNDS
) -> Conditions | None:
    """Return what binds a task besides its links, None when nothing but the status date does, as it binds all alike.

    `inherited` is what the summaries above it ask of it.
    Done work stays where it was; what is left comes after the status date (PMI's retained logic: and after its links).
    """
    if work.done:
        return _finished(work, axis)
    free = not (work.constraint or work.deadline or work.actual_start or work.percent or work.elapsed)
    if free and inherited == NO_BOUNDS:
        return None
    status = None if settings.status is None else axis.offset_of(as_finish(settings.status))
    starts_from, ends_from, starts_by, ends_by = constrained(work, axis)
    starts_from = _tighter(max, starts_from, inherited.starts_from)
    deadline = _tighter(min, _deadline(work, axis), inherited.ends_by)
    if work.actual_start is not None:
        return _under_way(work, axis, status)._replace(ends_from=ends_from, ends_by=ends_by, deadline=deadline)
    if status is not None:
        soonest = status - duration_done(work)
        starts_from = soonest if starts_from is None else max(starts_from, soonest)
    found = Conditions(
        starts_from, ends_from, starts_by, ends_by, settings.honor_constraints, deadline,
        as_late_as_possible=work.constraint == AS_LATE, elapsed=work.elapsed,
    )  # fmt: skip
    return None if found == Conditions(status, honored=settings.honor_constraints) else found


def constrained(work: Work, axis: TimeAxis) -> tuple[int | None, int | None, int | None, int | None]:
    """Return what a constraint bounds: the start from below, the end from below, the start and the end from above."""
    when, kind = work.constraint_date, work.constraint
    if when is None:
        return None, None, None, None
    start, end = axis.offset_of(as_start(when)), axis.offset_of(as_finish(when))
    return (
        start if kind in (START_FROM, ON_START) else None,
        end if kind in (FINISH_FROM, ON_FINISH) else None,
        start if kind in (START_BY, ON_START) else None,
        end if kind in (FINISH_BY, ON_FINISH) else None,
    )


def _under_way(work: Work, axis: TimeAxis, status: int | None) -> Conditions:
    assert work.actual_start is not None
    moment = as_start(work.actual_start)
    begun = axis.offset_of(moment)
    elapsed_left = work.elapsed * (1000 - work.percent) // 1000
    if status is not None:
        rest = max(status, begun)
    elif work.elapsed:
        rest = axis.offset_of(axis.shifted(moment, work.elapsed - elapsed_left))
    else:
        rest = begun + duration_done(work)
    return Conditions(starts_from=rest, begun=begun, elapsed=elapsed_left)


def _finished(work: Work, axis: TimeAxis) -> Conditions | None:
    """Return where a finished task lies; one without any actual date lies where its links put it."""
    begun = None if work.actual_start is None else axis.offset_of(as_start(work.actual_start))
    if work.actual_finish is not None:
        finished = axis.offset_of(as_finish(work.actual_finish))
        return Conditions(begun=finished - work.duration if begun is None else min(begun, finished), finished=finished)
    if begun is None:
        return Conditions(elapsed=work.elapsed) if work.elapsed else None
    if work.elapsed:
        assert work.actual_start is not None
        return Conditions(begun=begun, finished=axis.offset_of(axis.shifted(as_start(work.actual_start), work.elapsed)))
    return Conditions(begun=begun, finished=begun + work.duration)


def wire(
    outline: Outline, works: Mapping[str, Work], conditions: Mapping[str, Conditions | None], leaves: Leaves
) -> Wiring:
    """Return the activities of a plan: its leaves, in outline order, and behind them its gates.

    A link to a task that does not exist, to the task itself, or between a summary and what is in it is left out and
    told of.
    """
    wiring = Wiring([], {}, [])
    held: dict[str, list[ActivityLink]] = {}
    gates: list[Activity] = []
    plain = set(leaves.all)
    for row in outline.rows:
        for link in works[row.uid].links:
            if link.task in plain and row.uid in plain and link.task != row.uid:
                lag = NO_LAG if not link.lag else _lag(link, works[link.task])
                held.setdefault(row.uid, []).append((link.task, link.type, lag))
            elif reason := _unfit(outline, row.uid, link):
                wiring.problems.append((row.uid, f"{outline.number(row.uid)} {reason}"))
            else:
                gates += _gate(row.uid, link, works, conditions, leaves, held, wiring.gates)
    for uid in leaves.all:
        wiring.activities.append(activity_of(uid, works[uid], tuple(held.get(uid, ())), conditions[uid]))
    wiring.activities.extend(gates)
    return wiring


def _unfit(outline: Outline, uid: str, link: Link) -> str:
    if not outline.number(link.task):
        return "waits for a task that no longer exists."
    if link.task == uid:
        return "waits for itself."
    if outline.has_below(link.task) and _is_within(outline, uid, link.task):
        return f"waits for {outline.number(link.task)}, which it is part of."
    if outline.has_below(uid) and _is_within(outline, link.task, uid):
        return f"waits for {outline.number(link.task)}, which is part of it."
    return ""


def _is_within(outline: Outline, uid: str, summary: str) -> bool:
    return outline.number(uid).startswith(outline.number(summary) + ".")


def _gate(
    uid: str,
    link: Link,
    works: Mapping[str, Work],
    conditions: Mapping[str, Conditions | None],
    leaves: Leaves,
    held: dict[str, list[ActivityLink]],
    gates: dict[str, Gate],
) -> list[Activity]:
    """Make the gate of a link that has a summary at one end; none when all that it would hold back has begun."""
    key = f"{uid}/{len(gates)}"
    behind = [leaf for leaf in leaves.of(uid) if not _is_over(conditions[leaf], link.type)]
    if not behind:
        return []
    gates[key] = Gate(uid, link)
    for leaf in behind:
        held.setdefault(leaf, []).append((key, "FS" if link.type in ("FS", "SS") else "FF", NO_LAG))
    end: LinkType = "FS" if link.type in ("FS", "FF") else "SS"
    ahead = tuple((leaf, end, _lag(link, works[leaf]) if link.lag else NO_LAG) for leaf in leaves.of(link.task))
    return [Activity(key, 0, ahead, is_gate=True)]


def _is_over(conditions: Conditions | None, kind: LinkType) -> bool:
    """Return whether a link of this type no longer bears on a task: it is finished, or its linked start has been."""
    if conditions is None:
        return False
    return conditions.finished is not None or (conditions.begun is not None and kind in ("SS", "SF"))


def _lag(link: Link, predecessor: Work) -> Lag:
    """Return the lag of a link; a percentage of an elapsed duration is elapsed time as well."""
    try:
        _, lag = read_lag(link.lag)
    except ValueRefused:
        return NO_LAG
    if lag.kind == "percent" and predecessor.elapsed:
        return Lag(predecessor.elapsed * lag.amount // 1000, "elapsed")
    return lag
