"""Ways through the plan, task by task: what drives a task, what it drives, and what decides the end of the plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from pcsm_tui.domain.plan import Driver, Link, PlanTask
from pcsm_tui.domain.quantities import show_duration
from pcsm_tui.insight.plan_reasons import driver_words, limit_of, limit_words
from pcsm_tui.insight.plan_words import called, link_words, period_words, through_words
from pcsm_tui.schedule.paths import critical_paths, driven_path, driving_path, followers
from pcsm_tui.schedule.plan import Plan


class ChainStep(NamedTuple):
    """A task of a chain, the link by which it hangs on the one before (None for the first), and both in words."""

    task: PlanTask
    link: Link | None
    text: str


class Chain(NamedTuple):
    """What drives a task, from the beginning up to the task itself, and the chain that it drives from there on."""

    before: tuple[ChainStep, ...]
    after: tuple[ChainStep, ...]


def chain(plan: Plan, uid: str, today: date) -> Chain:
    """Return the driving path to a task, the task being its last step, and the chain that it drives.

    A summary is driven as its first task is, and drives what its last one does.
    """
    before = [
        ChainStep(plan.task(step.uid), step.driver.link, _step_text(plan, step.uid, step.driver, today))
        for step in driving_path(plan, uid)
    ]
    last = max(plan.leaves.of(uid), key=lambda leaf: plan.task(leaf).ef)
    after, here = [], last
    for reached in driven_path(plan, last):
        link = next(found.link for found in followers(plan, here) if found.uid == reached and not found.slack)
        text = f"{called(plan.task(reached))}: {period_words(plan, plan.task(reached), today)} ({link_words(link)})"
        after.append(ChainStep(plan.task(reached), link, text))
        here = reached
    return Chain(tuple(before), tuple(after))


def _step_text(plan: Plan, uid: str, driver: Driver, today: date) -> str:
    task = plan.task(uid)
    if driver.link is not None:
        reason = link_words(driver.link) + through_words(plan, driver, driver.link)
    else:
        reason = driver_words(plan, uid, driver, today)
    return f"{called(task)}: {period_words(plan, task, today)} ({reason})"


class PathStep(NamedTuple):
    """A task of a critical path, and the link by which it hangs on the one before; None for the first."""

    task: PlanTask
    link: Link | None = None


class CriticalPage(NamedTuple):
    """What decides the end of a plan, what nearly does, and what cannot be met."""

    finish: datetime
    packages: int
    """How many tasks the plan has that are no summaries."""
    deciding: int
    """How many of them hold the finish where it is."""
    chains: tuple[tuple[PathStep, ...], ...]
    near: tuple[PlanTask, ...]
    near_float: int
    """The float, in minutes, up to which a task is nearly critical."""
    late: tuple[PlanTask, ...]
    """Tasks that end after their deadlines."""
    how_many: int
    """How many critical paths there are; of very many only the first are in `chains`."""
    problems: tuple[str, ...]
    begins: tuple[str, ...] = ()
    """For each chain why it begins when it does; nothing for one that begins with the plan."""
    bounds: tuple[str, ...] = ()
    """For each chain the sentence on the date that makes it critical; nothing for one that decides the finish."""


def critical_page(plan: Plan, today: date) -> CriticalPage:
    """Return what the page of the critical path shows."""
    found = critical_paths(plan)
    paths = sorted(found.paths, key=lambda path: not plan.decides_finish(path[-1]))
    tasks = plan.scheduled()
    return CriticalPage(
        finish=plan.finish,
        packages=len(plan.leaves.all),
        deciding=sum(plan.decides_finish(uid) for uid in plan.critical),
        chains=tuple(_steps(plan, path) for path in paths),
        near=tuple(task for task in tasks if task.near_critical and task.kind != "summary"),
        near_float=plan.settings.near_critical,
        late=tuple(task for task in tasks if task.late_for_deadline),
        how_many=found.how_many,
        problems=tuple(problem.text for problem in plan.problems),
        begins=tuple(_why_it_begins(plan, path[0], today) for path in paths),
        bounds=tuple(_bound(plan, path[-1], today) for path in paths),
    )


def _bound(plan: Plan, uid: str, today: date) -> str:
    if plan.decides_finish(uid):
        return ""
    total, words = plan.task(uid).total_float, limit_words(plan, uid, limit_of(plan, uid), today)
    late = f"it is {show_duration(-total)} too late for" if total < 0 else "a day lost here misses"
    return f"It does not decide the finish, but {late} {words}."


def _why_it_begins(plan: Plan, uid: str, today: date) -> str:
    drivers = [driver for driver in plan.drivers(uid) if driver.kind != "start"]
    return driver_words(plan, uid, drivers[0], today) if drivers else ""


def _steps(plan: Plan, path: tuple[str, ...]) -> tuple[PathStep, ...]:
    steps = [PathStep(plan.task(path[0]))]
    for before, uid in zip(path, path[1:], strict=False):
        link = next(driver.link for driver in plan.drivers(uid) if driver.uid == before)
        steps.append(PathStep(plan.task(uid), link))
    return tuple(steps)
