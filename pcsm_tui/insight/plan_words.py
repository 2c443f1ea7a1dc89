"""How the plan speaks of tasks, links and moments: the words of which sentences about it are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pcsm_tui.domain.dates import short_date
from pcsm_tui.domain.plan import Driver, Link, PlanTask
from pcsm_tui.schedule.plan import Plan
from pcsm_tui.schedule.settings import as_finish, as_start
from pcsm_tui.schedule.work import Moment

MOST_NAMED = 3
"""So many tasks are named in a sentence; of more there is only the count."""
_ENDS = {"FS": "finish to start", "SS": "start to start", "FF": "finish to finish", "SF": "start to finish"}


def called(task: PlanTask) -> str:
    """Return what a task is called: `1.4.2 Train cohort A`."""
    return f"{task.number} {task.name}"


def first_leaf(plan: Plan, uid: str) -> str:
    """Return the leaf with which a summary starts; a leaf is its own."""
    return min(plan.leaves.of(uid), key=lambda leaf: plan.task(leaf).es)


def joined(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence: `A, B and C`, of many `A, B, C and 4 more`."""
    shown = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED + 1 else [*names]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def counted(count: int, one: str, several: str = "") -> str:
    """Return a count with its noun: `1 task`, `4 tasks`."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def link_words(link: Link) -> str:
    """Return a link in words: `finish to start + 2d`, `start to start - 50%`."""
    sign, lag = ("-", link.lag[1:]) if link.lag.startswith("-") else ("+", link.lag)
    return f"{_ENDS[link.type]} {sign} {lag}" if lag else _ENDS[link.type]


def through_words(plan: Plan, driver: Driver, link: Link) -> str:
    """Return, as link words go on, on whose link a task hangs when a summary stands at one of its ends."""
    if driver.via:
        return f", through the link of {plan.number(driver.via)} on {plan.number(link.task)}"
    return f", through its link on {plan.number(link.task)}" if link.task != driver.uid else ""


def start_words(plan: Plan, when: datetime, today: date) -> str:
    """Return a moment at which something starts: `Tue 25 Nov`; with the time unless it is the day's opening."""
    opening = min((start for start, _ in plan.axis.calendar.periods(when.date())), default=0)
    return short_date(when.date(), today) + _time(when, when.hour * 60 + when.minute == opening)


def finish_words(plan: Plan, when: datetime, today: date) -> str:
    """Return a moment at which something ends: `Mon 24 Nov`; with the time unless it is the day's close.

    What ends at midnight ends on the day before.
    """
    if not (when.hour or when.minute):
        return short_date(when.date() - timedelta(days=1), today)
    close = max((end for _, end in plan.axis.calendar.periods(when.date())), default=0)
    return short_date(when.date(), today) + _time(when, when.hour * 60 + when.minute == close)


def reached_words(plan: Plan, when: datetime, today: date) -> str:
    """Return the moment of a milestone, which may stand at the opening or at the close of a day."""
    return min(start_words(plan, when, today), finish_words(plan, when, today), key=len)


def _time(when: datetime, goes_without_saying: bool) -> str:
    return "" if goes_without_saying else f" at {when:%H:%M}"


def date_words(plan: Plan, when: Moment, today: date, *, end: bool) -> str:
    """Return a date that was entered, for the start or for the end of something: with the time if it has one."""
    if not isinstance(when, datetime):
        return short_date(when, today)
    return finish_words(plan, as_finish(when), today) if end else start_words(plan, as_start(when), today)


def period_words(plan: Plan, task: PlanTask, today: date) -> str:
    """Return from when to when a task lasts: `Mon 16 to Fri 20 Nov`, `Mon 30 Nov to Tue 1 Dec`, `Fri 20 Nov`."""
    if task.kind == "milestone":
        return reached_words(plan, task.start, today)
    first, last = start_words(plan, task.start, today), finish_words(plan, task.finish, today)
    if first == last:
        return last
    if task.start.date() == task.finish.date():
        return f"{short_date(task.start.date(), today)} from {task.start:%H:%M} to {task.finish:%H:%M}"
    if " at " not in first and first.split()[2:] == last.split()[2:3]:
        first = " ".join(first.split()[:2])
    return f"{first} to {last}"


def begins(plan: Plan, task: PlanTask, today: date) -> str:
    """Return when a task starts, as a sentence goes on: `starts Tue 25 Nov`, `was reached Fri 20 Nov`."""
    if task.kind == "milestone":
        return f"{'was' if task.done else 'is'} reached {reached_words(plan, task.start, today)}"
    first = plan.work(first_leaf(plan, task.uid))
    begun = first.done or first.actual_start is not None
    return f"{'started' if begun else 'starts'} {start_words(plan, task.start, today)}"


def ends(plan: Plan, task: PlanTask, today: date) -> str:
    """Return when a task ends, as a sentence goes on: `ends Mon 24 Nov`, `ended Fri 20 Nov`."""
    if task.kind == "milestone":
        return begins(plan, task, today)
    return f"{'ended' if task.done else 'ends'} {finish_words(plan, task.finish, today)}"
