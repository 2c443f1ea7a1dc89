"""Why a task of the plan lies where it lies, and what would happen if it took longer: in sentences.

Dates stand as they are read on `today`. Durations are working minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from pcsm_tui.domain.plan import Driver, Link, PlanTask
from pcsm_tui.domain.quantities import MINUTES, show_duration
from pcsm_tui.domain.rules import rule_broken
from pcsm_tui.insight.plan_words import (
    MOST_NAMED,
    begins,
    called,
    date_words,
    ends,
    finish_words,
    first_leaf,
    joined,
    link_words,
    reached_words,
    start_words,
    through_words,
)
from pcsm_tui.schedule.building import AS_LATE, FINISH_BY, ON_FINISH, ON_START, START_BY, binds, duration_left
from pcsm_tui.schedule.driving import bound_by
from pcsm_tui.schedule.paths import Follower, followers
from pcsm_tui.schedule.plan import Plan
from pcsm_tui.schedule.settings import as_finish, as_start

# --- why it starts when it does -------------------------------------------------------------------------------


def why(plan: Plan, uid: str, today: date) -> list[str]:
    """Return everything that there is to say of a task: why it starts when it does, what is odd, how critical it is."""
    return [why_start(plan, uid, today), *oddities(plan, uid, today), *why_critical(plan, uid, today)]


def why_start(plan: Plan, uid: str, today: date) -> str:
    """Return why a task starts when it does; of a summary, when it does and why its first task does."""
    task = plan.task(uid)
    if task.kind == "summary":
        first = plan.task(first_leaf(plan, uid))
        return f"{called(task)} {begins(plan, task, today)} with {called(first)}. {why_start(plan, first.uid, today)}"
    if not task.needed:
        return f"{called(task)} is not needed and takes no time."
    drivers = plan.drivers(uid)
    if any(driver.kind == "actual" for driver in drivers):
        return _as_reported(plan, task, today)
    reasons = list(dict.fromkeys(driver_words(plan, uid, driver, today) for driver in drivers))
    if not reasons:
        return f"{called(task)} {begins(plan, task, today)}."
    more = len(reasons) - MOST_NAMED
    shown = [*reasons[:MOST_NAMED], f"of {more} more"] if more > 1 else reasons
    return f"{called(task)} {begins(plan, task, today)} because {' and because '.join(shown)}."


def driver_words(plan: Plan, uid: str, driver: Driver, today: date) -> str:
    """Return what holds a task where it is, a summary's first one, as it follows `because`."""
    uid = first_leaf(plan, uid)
    work = plan.work(uid)
    if driver.link is not None:
        return _link_reason(plan, uid, driver, driver.link, today)
    if driver.kind == "start":
        return "the plan starts then"
    if driver.kind == "status" and plan.settings.status is not None:
        status = date_words(plan, plan.settings.status, today, end=True)
        return f"what is not done by the status date, {status}, comes after it"
    if driver.kind == "late":
        waiting = [found.uid for found in followers(plan, uid) if not found.slack]
        until = f"{called(plan.task(waiting[0]))} waits for it" if waiting else "nothing waits for it"
        return f"it is set as late as possible and {until}"
    if driver.kind == "actual":
        return "as was reported"
    if driver.via:
        return f"{called(plan.task(driver.via))}, which it is part of, may {_constraint(plan, driver.via, today)}"
    words = _constraint(plan, uid, today)
    if work.constraint in (START_BY, FINISH_BY):
        return f"it is held to {words}"
    return f"it {words}" if work.constraint.startswith("Must") else f"it may {words}"


def _constraint(plan: Plan, uid: str, today: date) -> str:
    """Return the constraint of a task with its date: `start no earlier than Tue 25 Nov`."""
    work = plan.work(uid)
    assert work.constraint_date is not None
    end = "inish" in work.constraint
    return f"{work.constraint.lower()} {date_words(plan, work.constraint_date, today, end=end)}"


def _link_reason(plan: Plan, uid: str, driver: Driver, link: Link, today: date) -> str:
    before = plan.task(driver.uid)
    through = f"({link_words(link)}{through_words(plan, driver, link)})"
    if link.type == "FS":
        return f"{called(before)} {ends(plan, before, today)} {through}"
    if link.type == "SS":
        return f"{called(before)} {begins(plan, before, today)} {through}"
    if before.kind == "milestone":
        return f"its end waits for {called(before)} on {reached_words(plan, before.start, today)} {through}"
    if link.type == "FF":
        return f"its end waits for the end of {called(before)} on {finish_words(plan, before.finish, today)} {through}"
    return f"its end waits for the start of {called(before)} on {start_words(plan, before.start, today)} {through}"


def _as_reported(plan: Plan, task: PlanTask, today: date) -> str:
    work = plan.work(task.uid)
    if task.done:
        reported = ends if work.actual_start is None else begins
        return f"{called(task)} {reported(plan, task, today)}, as was reported."
    sentence = f"{called(task)} {begins(plan, task, today)}, as was reported."
    if work.elapsed:
        return sentence
    place = plan.network.index[task.uid]
    rest = plan.network.placed_at(place)
    when = start_words(plan, plan.axis.start_at(rest), today)
    reason = _why_the_rest(plan, place, rest, today)
    return f"{sentence} What is left, {show_duration(duration_left(work))}, begins {when}{reason}."


def _why_the_rest(plan: Plan, place: int, rest: int, today: date) -> str:
    """Return what the remaining work of a task that has begun comes after: the status date, or a predecessor."""
    status = plan.settings.status
    if status is not None and rest == plan.axis.offset_of(as_finish(status)):
        return f", after the status date of {date_words(plan, status, today, end=True)}"
    for _, (key, _, _), asked in plan.network.bounds(place):
        if asked == rest:
            before = plan.task(plan.gates[key].link.task if key in plan.gates else key)
            return f", since {called(before)} {ends(plan, before, today)}"
    return ""


def oddities(plan: Plan, uid: str, today: date) -> list[str]:
    """Return what of a task could not be planned as it was entered: assumed, held back, left out."""
    task, found = plan.task(uid), []
    if task.assumed:
        found.append(f"No duration is given; {show_duration(task.duration)} is assumed.")
    if broken := rule_broken(plan.row(uid)):
        found.append(f"{broken.text[:1].upper()}{broken.text[1:]}.")
    if task.kind == "summary" and plan.work(uid).constraint_date and not binds(plan.work(uid), summary=True):
        found.append(
            f"{plan.work(uid).constraint} binds nothing here: a work stream can start no earlier and finish no later than a"
            " date; bind what is in it."
        )
    if task.clipped:
        found.append("Its links ask for a start before the plan's own; it is held at the plan's start.")
    if task.kind != "summary" and _is_held_against_links(plan, uid):
        found.append(f"What it waits for is later, but the plan holds to constraints: {_constraint(plan, uid, today)}.")
    circles = [text for text in plan.circles if task.number in text.split(" → ")]
    found += [f"Tasks wait in a circle: {text}. One of these links is left out." for text in circles]
    told = (problem.text for problem in plan.problems if problem.uid == uid)
    return found + [text for text in told if not any(circle in text for circle in circles)]


def _is_held_against_links(plan: Plan, uid: str) -> bool:
    work, place = plan.work(uid), plan.network.index[uid]
    if not plan.settings.honor_constraints or work.constraint_date is None or work.begun:
        return False
    return any(asked > plan.network.placed_at(place) for _, _, asked in plan.network.bounds(place))


# --- what bounds it -------------------------------------------------------------------------------------------


class Limit(NamedTuple):
    """What bounds how late a task may be: the finish of the plan, or a date of the task `uid`, itself or behind it."""

    kind: Literal["finish", "deadline", "constraint"]
    uid: str


def limit_of(plan: Plan, uid: str) -> Limit:
    """Return what bounds how late a leaf may end: the way goes along the links that leave the least float."""
    late = plan.task(uid).total_float < 0  # the plan's own finish makes nothing late, only dates that were set do
    while True:
        dates, finish = list(_own_limits(plan, uid)), (plan.finish_offset - plan.task(uid).ef, Limit("finish", uid))
        nearest, limit = min(dates if dates and late else [finish, *dates], key=lambda one: one[0])
        floats = [(found, plan.task(found.uid).total_float) for found in followers(plan, uid)]
        behind = [(found.slack + float_, found.uid) for found, float_ in floats if not late or float_ < 0]
        tightest, after = min(behind, default=(nearest, ""))
        # An elapsed lag over days off gives way, so that the sum alone does not find what a late task is late for.
        lost = late and limit.kind == "finish" and behind
        if tightest >= nearest and not lost:
            return limit
        uid = after


def _own_limits(plan: Plan, uid: str) -> Iterator[tuple[int, Limit]]:
    """Yield the dates of a leaf, and of what it is part of, that bound its end or its start, each with the float left."""
    task, offset = plan.task(uid), plan.axis.offset_of
    for dated in (uid, *plan.outline.above(uid)):
        deadline = plan.work(dated).deadline
        if deadline is not None:
            yield offset(as_finish(deadline)) - task.ef, Limit("deadline", dated)
    for holder in bound_by(plan, uid):
        work = plan.work(holder)
        assert work.constraint_date is not None
        if work.constraint in (FINISH_BY, ON_FINISH):
            yield offset(as_finish(work.constraint_date)) - task.ef, Limit("constraint", holder)
        elif work.constraint in (START_BY, ON_START) and work.actual_start is None:
            yield offset(as_start(work.constraint_date)) - task.es, Limit("constraint", holder)


def limit_words(plan: Plan, uid: str, limit: Limit, today: date) -> str:
    """Return what bounds a task: `its deadline of Fri 12 Dec`, `the deadline of 1.6 Go-live (Fri 12 Dec)`."""
    if limit.kind == "finish":
        return "the plan's finish"
    other = "" if limit.uid == uid else called(plan.task(limit.uid))
    if limit.kind == "constraint":
        words = _constraint(plan, limit.uid, today)
        return f"the constraint of {other} ({words})" if other else f"its constraint ({words})"
    when = _deadline(plan, plan.task(limit.uid), today)
    return f"the deadline of {other} ({when})" if other else f"its deadline of {when}"


def _deadline(plan: Plan, task: PlanTask, today: date) -> str:
    return finish_words(plan, task.deadline, today) if task.deadline is not None else ""


def late_words(plan: Plan, task: PlanTask, today: date) -> str:
    """Return by how much a task misses its own deadline: `ends Wed 17 Dec, 3d too late for its deadline of …`."""
    assert task.deadline is not None
    minutes = plan.axis.offset_of(task.finish) - plan.axis.offset_of(task.deadline)
    by = f"{show_duration(minutes)} too late for" if minutes > 0 else "after"
    return f"{ends(plan, task, today)}, {by} its deadline of {_deadline(plan, task, today)}"


# --- how critical it is ---------------------------------------------------------------------------------------


def why_critical(plan: Plan, uid: str, today: date) -> list[str]:
    """Return whether a task is critical and why, what slips first when it does, and what one day more would do."""
    task = plan.task(uid)
    if task.done:
        return [f"{called(task)} is {'done' if task.needed else 'not needed'}."]
    if task.kind == "summary":
        return [*_summary_critical(plan, task), *_missed(plan, task, today)]
    limit = limit_of(plan, uid)
    missed = [] if limit == Limit("deadline", uid) and task.critical else _missed(plan, task, today)
    longer = _one_day_longer(plan, task, today)
    if task.critical:
        return [_critical(plan, task, limit, today), *missed, *longer]
    return [_slack(plan, task, limit, today), *missed, *(longer if _would_move(plan, task) else ())]


def _missed(plan: Plan, task: PlanTask, today: date) -> list[str]:
    return [f"It {late_words(plan, task, today)}."] if task.late_for_deadline else []


def _summary_critical(plan: Plan, task: PlanTask) -> list[str]:
    leaves = [plan.task(leaf) for leaf in plan.leaves.of(task.uid)]
    if critical := [leaf for leaf in leaves if leaf.critical]:
        return [f"{called(task)} is critical through {joined([called(leaf) for leaf in critical])}."]
    least = min((leaf for leaf in leaves if not leaf.done), key=lambda leaf: leaf.total_float)
    return [
        f"{called(task)} is {_how(task)}: the least float in it is {show_duration(least.total_float)}, "
        f"that of {called(least)}."
    ]


def _how(task: PlanTask) -> str:
    return "nearly critical" if task.near_critical else "not critical"


def _critical(plan: Plan, task: PlanTask, limit: Limit, today: date) -> str:
    name, total = f"{called(task)} is critical", task.total_float
    if total < 0:
        return f"{name}: it is {show_duration(-total)} too late for {limit_words(plan, task.uid, limit, today)}."
    if total > 0:
        most = show_duration(plan.settings.critical_float)
        return f"{name}: its float of {show_duration(total)} is within the {most} that the plan sets as the limit."
    if limit.kind != "finish":
        return f"{name}: a day lost here misses {limit_words(plan, task.uid, limit, today)}."
    if plan.work(task.uid).constraint == AS_LATE and not _would_move(plan, task):
        return f"{name}: set as late as possible, it has no float left."
    return f"{name}: it has no float, so a day lost here is a day lost at the end."


def _slack(plan: Plan, task: PlanTask, limit: Limit, today: date) -> str:
    """Return how far a task may slip before another moves, and before the plan's finish moves or a date is missed."""
    total, free = show_duration(task.total_float), max(task.free_float, 0)
    bound = limit_words(plan, task.uid, limit, today)
    end = f"{bound} {'moves' if limit.kind == 'finish' else 'is missed'}"
    waiting = followers(plan, task.uid)
    name = f"{called(task)} is {_how(task)}"
    if not waiting or free >= task.total_float:
        return f"{name}: it may slip {total} before {end}."
    first = _first_to_move(plan, waiting)
    if not free:
        return f"{name}, but any delay moves {first}; after {total} {end}."
    return f"{name}: it may slip {show_duration(free)} before anything else moves, {first} first; after {total} {end}."


def _first_to_move(plan: Plan, waiting: list[Follower]) -> str:
    return joined([called(plan.task(found.uid)) for found in waiting if found.slack == waiting[0].slack])


def _would_move(plan: Plan, task: PlanTask) -> bool:
    return not plan.work(task.uid).elapsed and plan.finish_if_longer(task.uid, MINUTES["d"]) > plan.finish_offset


def _one_day_longer(plan: Plan, task: PlanTask, today: date) -> list[str]:
    """Return what a day more would do to the finish; nothing of elapsed time, to which no working day can be added."""
    if plan.work(task.uid).elapsed:
        return []
    longer = "One day later" if task.kind == "milestone" else "One day longer"
    if not _would_move(plan, task):
        return [f"{longer} leaves the plan's finish where it is, {finish_words(plan, plan.finish, today)}."]
    moved = plan.axis.finish_at(plan.finish_if_longer(task.uid, MINUTES["d"]))
    return [f"{longer} moves the finish to {finish_words(plan, moved, today)}."]
