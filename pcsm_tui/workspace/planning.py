"""The plan of an engagement as plain values: the schedule, why a task lies where it does, what an edit would move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from pcsm_tui.domain import changes, editing, naming
from pcsm_tui.domain.declarations import Tool
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.domain.plan import show_percent as show_percent
from pcsm_tui.domain.plan import show_takes as show_takes
from pcsm_tui.domain.quantities import show_duration as show_duration
from pcsm_tui.errors import UsageError, ValueRefused
from pcsm_tui.insight.plan_chains import Chain, ChainStep, chain
from pcsm_tui.insight.plan_outlook import late_sentences, move_sentences, plan_sentence
from pcsm_tui.insight.plan_reasons import driver_words, why
from pcsm_tui.schedule.paths import Move, critical_paths, moves
from pcsm_tui.schedule.plan import TASKS, Plan, plan_of
from pcsm_tui.schedule.rules import last_day
from pcsm_tui.workspace.session import Session

# --- the schedule ---------------------------------------------------------------------------------------------


class TaskLine(NamedTuple):
    """A task as the schedule has it.

    Days are ISO, moments ISO minutes; a finish at midnight belongs to the day before. Early and late dates, durations
    and floats are working minutes from the plan's start; `percent_complete` is in tenths of a percent.
    """

    uid: str
    wbs: str
    name: str
    kind: str
    start: str
    finish: str
    starts_at: str
    ends_at: str
    duration: int
    elapsed: int
    es: int
    ef: int
    ls: int
    lf: int
    total_float: int
    free_float: int
    critical: bool
    near_critical: bool
    drivers: tuple[str, ...]
    """The uids of the predecessors that hold its start where it is."""
    driven_by: str
    """What holds it there besides predecessors, in words; empty when nothing does."""
    percent_complete: int
    begun: bool
    done: bool
    owner: str
    deadline: str | None


class PlanView(NamedTuple):
    """The plan: ISO days, working minutes, tasks in outline order; `critical_paths` are uids from first to last."""

    start: str
    finish: str
    duration: int
    tasks: tuple[TaskLine, ...]
    critical_paths: tuple[tuple[str, ...], ...]
    problems: tuple[str, ...]


class PlanText(NamedTuple):
    """The plan in sentences: how it stands, which deadlines it misses, what of it could not be planned as entered."""

    stands: str
    late: tuple[str, ...]
    problems: tuple[str, ...]


def plan_view(session: Session) -> PlanView:
    """Return the plan of an open engagement."""
    plan = plan_in(session)
    return PlanView(
        start=plan.start.date().isoformat(),
        finish=last_day(plan.finish, plan.start),
        duration=plan.duration,
        tasks=tuple(_line(session, plan, uid) for uid in plan.tasks),
        critical_paths=critical_paths(plan).paths,
        problems=tuple(problem.text for problem in plan.problems),
    )


def plan_text(session: Session) -> PlanText:
    """Return the plan of an open engagement in sentences."""
    plan, today = plan_in(session), session.today
    problems = tuple(problem.text for problem in plan.problems)
    return PlanText(plan_sentence(plan, today), tuple(late_sentences(plan, today)), problems)


def task_line(session: Session, uid: str) -> TaskLine:
    """Return a task of the plan."""
    return _line(session, plan_in(session), uid)


def plan_in(session: Session) -> Plan:
    """Return the scheduled plan of an open engagement; raises `UsageError` where the playbook dropped it."""
    _tool(session.engagement)
    return plan_of(session.engagement)


def _line(session: Session, plan: Plan, uid: str) -> TaskLine:
    task, drivers = plan.task(uid), plan.drivers(uid)
    links = dict.fromkeys(driver.uid for driver in drivers if driver.kind == "link")
    others = [driver_words(plan, uid, driver, session.today) for driver in drivers if driver.kind != "link"]
    return TaskLine(
        uid=task.uid,
        wbs=task.number,
        name=task.name,
        kind=task.kind,
        **_days(task),
        starts_at=_minute(task.start),
        ends_at=_minute(task.finish),
        duration=task.duration,
        elapsed=task.elapsed,
        es=task.es,
        ef=task.ef,
        ls=task.ls,
        lf=task.lf,
        total_float=task.total_float,
        free_float=task.free_float,
        critical=task.critical,
        near_critical=task.near_critical,
        drivers=tuple(links),
        driven_by=" and ".join(others),
        percent_complete=task.percent,
        begun=task.begun,
        done=task.done,
        owner=task.owner,
        deadline=None if task.deadline is None else last_day(task.deadline, datetime.min),
    )


def _days(task: PlanTask) -> dict[str, str]:
    return {"start": task.start.date().isoformat(), "finish": last_day(task.finish, task.start)}


def _minute(when: datetime) -> str:
    return when.isoformat(timespec="minutes")


def _tool(engagement: Engagement) -> Tool:
    if not engagement.framework.has_tool(TASKS):
        raise UsageError("This team's playbook has no work breakdown structure, so there is no plan.")
    return engagement.framework.tool(TASKS)


# --- one task -------------------------------------------------------------------------------------------------


class WhyView(NamedTuple):
    """A task and why it lies where it does, in sentences."""

    task: TaskLine
    sentences: tuple[str, ...]


class PathStep(NamedTuple):
    """A task on a way through the plan, the link by which it hangs on the one before, and both in words."""

    uid: str
    wbs: str
    name: str
    start: str
    finish: str
    link: str | None
    lag: str
    text: str


class PathView(NamedTuple):
    """The driving path to a task, which is the last of `before`, and the chain that it drives."""

    before: tuple[PathStep, ...]
    after: tuple[PathStep, ...]


def find_task(session: Session, text: str) -> str:
    """Return the uid of the task that a text means: an outline number, a uid or its beginning, a name or part of one.

    Raises `ValueRefused` when none is meant, or several.
    """
    tool = _tool(session.engagement)
    return naming.resolve(session.engagement, tool.field(tool.outline), text)


def why_view(session: Session, uid: str) -> WhyView:
    """Return why a task lies where it does."""
    return WhyView(task_line(session, uid), tuple(why(plan_in(session), uid, session.today)))


def path_view(session: Session, uid: str) -> PathView:
    """Return the driving path to a task, and the chain that it drives."""
    found: Chain = chain(plan_in(session), uid, session.today)
    return PathView(tuple(map(_step, found.before)), tuple(map(_step, found.after)))


def _step(step: ChainStep) -> PathStep:
    task, link = step.task, step.link
    kind, lag = (None, "") if link is None else (link.type, link.lag)
    return PathStep(task.uid, task.number, task.name, **_days(task), link=kind, lag=lag, text=step.text)


# --- what if --------------------------------------------------------------------------------------------------


class Preview(NamedTuple):
    """The plan as it is, as it would be after an edit, and the tasks that would move."""

    before: Plan
    after: Plan
    moves: tuple[Move, ...]


class Moved(NamedTuple):
    """A task that an edit would move; days ISO, None before or after for one that is not there."""

    uid: str
    wbs: str
    name: str
    start_before: str | None
    finish_before: str | None
    start: str | None
    finish: str | None
    later_by: int | None
    """By how many working minutes it would end later; negative when earlier."""


class WhatIf(NamedTuple):
    """What an edit would do: the finish of the plan as it is and as it would be, the tasks that move, in sentences."""

    finish_before: str
    finish: str
    later_by: int
    moves: tuple[Moved, ...]
    sentences: tuple[str, ...]


def spelled_out(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a what-if with a duration that stands alone spelled out: `8d` is `duration=8d`.

    Every duration begins with a digit, and no field does.
    """
    return tuple(f"duration={word}" if word[:1].isdigit() else word for word in words)


def preview(session: Session, uid: str, texts: Mapping[str, str]) -> Preview:
    """Return what the plan would be with other values in fields of a task, given as they are typed; nothing is saved.

    Raises `ValueRefused` for a value that does not fit, for tasks that would wait in a circle, and `UsageError` for the
    duration of a summary, which follows from what is in it.
    """
    engagement, before = session.engagement, plan_in(session)
    row = engagement.row(TASKS, uid)
    if "duration" in texts and engagement.is_summary(row):
        part = before.task(before.leaves.of(uid)[0])
        raise UsageError(
            f"{before.number(uid)} {before.name(uid)} is a summary: its duration follows from what is in it.",
            f"Name a part of it, such as {part.number} {part.name}.",
        )
    values = session.typed(row.tool, texts)
    change = editing.set_values(engagement, row, values, session.stamp())
    after = plan_of(engagement.replaced(changes.apply(engagement.document, change)))
    if circles := [text for text in after.circles if text not in before.circles]:
        raise ValueRefused(f"Tasks would wait in a circle: {circles[0]}.", "Leave one of these links out.")
    return Preview(before, after, tuple(moves(before, after)))


def what_if(session: Session, uid: str, texts: Mapping[str, str]) -> WhatIf:
    """Return what other values in fields of a task would do to the plan; nothing is saved. Raises as `preview` does."""
    before, after, found = preview(session, uid, texts)
    return WhatIf(
        finish_before=last_day(before.finish, before.start),
        finish=last_day(after.finish, after.start),
        later_by=after.axis.offset_of(after.finish) - after.axis.offset_of(before.finish),
        moves=tuple(_moved(after, move) for move in found),
        sentences=tuple(move_sentences(before, after, session.today)),
    )


def _moved(after: Plan, move: Move) -> Moved:
    was, now = move.before, move.after
    task = now or was
    assert task is not None
    days_before = _days(was) if was is not None else {}
    days = _days(now) if now is not None else {}
    later = None
    if was is not None and now is not None:
        later = after.axis.offset_of(now.finish) - after.axis.offset_of(was.finish)
    return Moved(
        task.uid,
        task.number,
        task.name,
        days_before.get("start"),
        days_before.get("finish"),
        days.get("start"),
        days.get("finish"),
        later,
    )
