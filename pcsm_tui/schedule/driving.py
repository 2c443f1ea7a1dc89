"""What holds a task where it is: the links and the dates that drive it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pcsm_tui.domain.plan import Driver
from pcsm_tui.schedule.building import binds, constrained, duration_done
from pcsm_tui.schedule.conditions import Conditions
from pcsm_tui.schedule.settings import as_finish

if TYPE_CHECKING:
    from pcsm_tui.schedule.plan import Plan


def drivers_of(plan: Plan, uid: str) -> tuple[Driver, ...]:
    """Return what holds the start of a leaf where it is; of a summary, what holds that of its first leaf."""
    if plan.outline.has_below(uid):
        return plan.drivers(min(plan.leaves.of(uid), key=lambda leaf: plan.task(leaf).es))
    work, place = plan.work(uid), plan.network.index[uid]
    if work.actual_start is not None or (work.done and work.actual_finish is not None):
        return (Driver("actual"),)
    start = plan.network.placed_at(place)
    links = tuple(_driving_links(plan, uid, place, start))
    conditions = plan.conditions(uid) or Conditions()
    late = conditions.as_late_as_possible and start == plan.network.ls[place]
    return (
        *links,
        *((Driver("late"),) if late else ()),
        *_driving_dates(plan, uid, conditions, start),
        *((Driver("start"),) if not links and start <= 0 else ()),
    )


def _driving_links(plan: Plan, uid: str, place: int, start: int) -> Iterator[Driver]:
    """Yield the predecessors whose links hold an activity, through gates those of the summary's link."""
    network = plan.network
    for before, (key, kind, _), asked in network.bounds(place):
        if asked != start:
            continue
        gate = plan.gates.get(key)
        if gate is None:
            link = next(link for link in plan.work(uid).links if (link.task, link.type) == (key, kind))
            yield Driver("link", key, link)
            continue
        for leaf, _, reached in network.bounds(before):
            if reached == network.placed_at(before):
                owner = gate.owner if gate.owner != uid else ""
                yield Driver("link", network.activities[leaf].key, gate.link, owner)


def _driving_dates(plan: Plan, uid: str, conditions: Conditions, start: int) -> Iterator[Driver]:
    status, work = plan.settings.status, plan.work(uid)
    if status is not None and not work.done and start + duration_done(work) == plan.axis.offset_of(as_finish(status)):
        yield Driver("status")
        return
    for holder in bound_by(plan, uid):
        if _holds(plan, holder, (start, start + work.duration), honored=conditions.honored and holder == uid):
            yield Driver("constraint", via="" if holder == uid else holder)


def _holds(plan: Plan, holder: str, placed: tuple[int, int], *, honored: bool) -> bool:
    """Return whether the constraint of a leaf, or of a summary above it, holds that leaf where it is placed."""
    (start, end), (starts_from, ends_from, starts_by, ends_by) = placed, constrained(plan.work(holder), plan.axis)
    bounds = [(start, starts_from), (end, ends_from)]
    if honored:
        bounds += [(start, starts_by), (end, ends_by)]
    return any(reached == bound for reached, bound in bounds)


def bound_by(plan: Plan, uid: str) -> Iterator[str]:
    """Yield the leaf itself, when a constraint binds it, and the summaries above it whose constraints do."""
    for holder in (uid, *plan.outline.above(uid)):
        if binds(plan.work(holder), summary=holder != uid):
            yield holder
