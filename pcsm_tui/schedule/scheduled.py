"""The tasks of a plan with their dates: leaves as the network has them, summaries rolled up from their leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pcsm_tui.domain.plan import Driver, PlanTask, Stretch
from pcsm_tui.schedule.building import duration_done, duration_left
from pcsm_tui.schedule.settings import as_finish, as_start
from pcsm_tui.schedule.work import Moment, Work

if TYPE_CHECKING:
    from pcsm_tui.schedule.plan import Plan


def scheduled_leaf(plan: Plan, uid: str) -> PlanTask:
    """Return a leaf of a plan as the schedule has it."""
    network, work = plan.network, plan.work(uid)
    place = network.index[uid]
    es, ef, total = network.es[place], network.ef[place], network.total_float[place]
    if work.actual_start is None and not work.done:
        # What is left was placed; what is done lies right before it.
        es = network.placed_at(place)
    milestone = work.duration == 0 and not work.elapsed
    start, finish = _moments(plan, uid, es, ef, milestone)
    critical = uid in plan.critical
    return PlanTask(
        uid=uid,
        number=plan.number(uid),
        name=plan.name(uid),
        level=plan.outline.level(uid),
        kind="milestone" if milestone else "task",
        start=start,
        finish=finish,
        duration=_duration(work, es, ef),
        es=es,
        ef=ef,
        ls=network.ls[place],
        lf=network.lf[place],
        total_float=total,
        free_float=network.free_float[place],
        critical=critical,
        near_critical=not critical and not work.done and total <= plan.settings.near_critical,
        percent=1000 if work.done else work.percent,
        done=work.done,
        begun=work.begun,
        parent=plan.outline.parent(uid),
        owner=str(plan.row(uid).get("owner") or ""),
        deadline=_deadline(plan, work),
        links=work.links,
        needed=work.needed,
        assumed=work.assumed,
        clipped=_clipped(plan, place),
        elapsed=work.elapsed,
    )


def _duration(work: Work, es: int, ef: int) -> int:
    """Return the working minutes that a task takes: what is done and what is left, if that was estimated anew.

    Of one that is finished, and of elapsed time, it is the working time between start and finish.
    """
    if work.elapsed or (work.done and work.actual_finish is not None and ef > es):
        return ef - es
    if work.actual_start is not None and not work.done and not work.milestone:
        return duration_done(work) + duration_left(work)
    return work.duration


def scheduled_summary(plan: Plan, uid: str) -> PlanTask:
    """Return a summary: dates, floats, progress and duration follow from its leaves."""
    work, leaves = plan.work(uid), [plan.task(leaf) for leaf in plan.leaves.of(uid)]
    open_leaves = [leaf for leaf in leaves if not leaf.done] or leaves
    critical = _span([leaf for leaf in leaves if leaf.critical])
    near = _span([leaf for leaf in leaves if leaf.near_critical])
    es, ef = min(leaf.es for leaf in leaves), max(leaf.ef for leaf in leaves)
    return PlanTask(
        uid=uid,
        number=plan.number(uid),
        name=plan.name(uid),
        level=plan.outline.level(uid),
        kind="summary",
        start=min(leaf.start for leaf in leaves),
        finish=max(leaf.finish for leaf in leaves),
        duration=ef - es,
        es=es,
        ef=ef,
        ls=min(leaf.ls for leaf in leaves),
        lf=max(leaf.lf for leaf in leaves),
        total_float=min(leaf.total_float for leaf in open_leaves),
        free_float=min(leaf.free_float for leaf in open_leaves),
        critical=critical is not None,
        near_critical=near is not None,
        percent=plan.percent(plan.leaves.of(uid)),
        done=all(leaf.done for leaf in leaves),
        begun=any(leaf.begun for leaf in leaves),
        parent=plan.outline.parent(uid),
        owner=str(plan.row(uid).get("owner") or ""),
        deadline=_deadline(plan, work),
        links=work.links,
        needed=any(leaf.needed for leaf in leaves),
        critical_span=critical,
        near_span=near,
    )


def _span(leaves: Sequence[PlanTask]) -> Stretch | None:
    """Return from the first start to the last finish of leaves; None where there are none."""
    if not leaves:
        return None
    return min(leaf.start for leaf in leaves), max(leaf.finish for leaf in leaves)


def _deadline(plan: Plan, work: Work) -> datetime | None:
    """Return the moment at which a deadline is over: that of a mere day at the close of its work."""
    if work.deadline is None or isinstance(work.deadline, datetime):
        return work.deadline
    closes = max((end for _, end in plan.settings.calendar.periods(work.deadline)), default=1439)
    return as_start(work.deadline) + timedelta(minutes=min(closes, 1439))


def _moments(plan: Plan, uid: str, es: int, ef: int, milestone: bool) -> tuple[datetime, datetime]:
    """Return start and finish; a milestone stands at the close of what it waits for, else at its day's opening."""
    work = plan.work(uid)
    if milestone:
        waits = any(driver.kind == "link" and _from_end(driver) for driver in plan.drivers(uid))
        closes = waits or work.actual_finish is not None or work.constraint.startswith(("Finish", "Must finish"))
        moment = plan.axis.finish_at(ef) if closes and es > 0 else plan.axis.start_at(es)
        return moment, moment
    start = plan.axis.start_at(es)
    if work.done and (work.actual_start is not None or work.actual_finish is not None):
        whole = plan.axis.shifted(start, work.elapsed) if work.elapsed else plan.axis.finish_at(ef)
        return _reported(plan, work, start, whole if ef > es else start)
    if work.elapsed:
        left = work.elapsed * (1000 - work.percent) // 1000 if work.actual_start is not None else work.elapsed
        rest = plan.network.begins(plan.network.index[uid])
        return start if work.actual_start is not None else rest, plan.axis.shifted(rest, left)
    return start, plan.axis.finish_at(ef) if ef > es else start


def _reported(plan: Plan, work: Work, start: datetime, finish: datetime) -> tuple[datetime, datetime]:
    """Return when finished work began and ended: on the day that was reported, the whole of it if it is a free one."""
    if work.actual_finish is not None:
        ended = _day(work.actual_finish)
        begun = ended if work.actual_start is None else min(_day(work.actual_start), ended)
        finish = finish if plan.settings.calendar.periods(ended) else as_finish(ended)
    else:
        begun = _day(work.actual_start)
    start = start if plan.settings.calendar.periods(begun) else as_start(begun)
    return min(start, finish), finish


def _day(when: Moment | None) -> date:
    assert when is not None
    return when.date() if isinstance(when, datetime) else when


def _clipped(plan: Plan, place: int) -> bool:
    asked = [start for _, _, start in plan.network.bounds(place)]
    return bool(asked) and max(asked) < 0 and plan.network.placed_at(place) == 0


def _from_end(driver: Driver) -> bool:
    return driver.link is not None and driver.link.type in ("FS", "FF")
