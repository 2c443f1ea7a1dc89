"""Which tasks of a plan that came in stand on other dates than in the file, for whatever reason."""

from __future__ import annotations

from collections.abc import Mapping

from pcsm_tui.exchange.imported import FileDates, named
from pcsm_tui.schedule.plan import Plan


def told_elsewhere(plan: Plan, dates: Mapping[str, FileDates]) -> tuple[str, ...]:
    """Return a sentence on the tasks that start or end at another time in a plan than in its file, if there are any.

    `dates` are those of the file by the uid of a task. They are compared in working time, so that a close and the next
    opening are the same. What is not needed takes no time here, and has no dates to compare.
    """
    uids = [uid for uid, there in dates.items() if plan.work(uid).needed and _is_elsewhere(plan, uid, there)]
    if not uids:
        return ()
    told = "1 task stands" if len(uids) == 1 else f"{len(uids)} tasks stand"
    return (named(f"{told} on other dates than in the file", [plan.name(uid) for uid in uids]),)


def _is_elsewhere(plan: Plan, uid: str, there: FileDates) -> bool:
    task, offset = plan.task(uid), plan.axis.offset_of
    if offset(task.start) != offset(there.start):
        return True
    return there.finish is not None and offset(task.finish) != offset(there.finish)
