"""Baselines: what the plan was on the day it was agreed, and how far the plan of today lies from it.

A variance is the plan's value less the baseline's, in working minutes: positive is later, or longer (MS Project's
Start Variance, Finish Variance and Duration Variance).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from pcsm_tui.domain.dates import FIRST_YEAR, LAST_YEAR
from pcsm_tui.domain.engagement import Engagement, Record, uid_of
from pcsm_tui.domain.quantities import LARGEST, is_currency
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import UsageError, ValueRefused, nearest
from pcsm_tui.schedule.plan import Plan

BASELINES = "baselines"
"""The table of the file that holds them."""
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class BaselineTask(NamedTuple):
    """A task as it was planned: its dates, its working minutes, its budget (None when it had none)."""

    start: datetime
    finish: datetime
    duration: int
    budget: Mapping[str, Value] | None = None


class Baseline(NamedTuple):
    """A baseline: its tasks by uid, summaries among them. `taken` is the day (ISO) on which it was taken."""

    uid: str
    name: str
    taken: str
    tasks: Mapping[str, BaselineTask]

    @property
    def start(self) -> datetime:
        """The earliest start of its tasks."""
        return min(task.start for task in self.tasks.values())

    @property
    def finish(self) -> datetime:
        """The latest finish of its tasks."""
        return max(task.finish for task in self.tasks.values())


class Variance(NamedTuple):
    """How far a task lies from its baseline, in working minutes; all 0 for a task that only one of the two has."""

    uid: str
    start: int
    finish: int
    duration: int
    state: Literal["same", "later", "earlier", "new", "gone"]


# --- reading and taking ---------------------------------------------------------------------------------------


def baselines_of(engagement: Engagement) -> tuple[tuple[Baseline, ...], tuple[str, ...]]:
    """Return the baselines of an engagement, the latest taken last, and a sentence for all that cannot be read.

    A damaged record is left out; of a record with damaged tasks, only these are.
    """
    document = engagement.document
    found: list[tuple[str, str, Baseline]] = []
    sentences: list[str] = []
    for doc_id, record in document.get(BASELINES, {}).items():
        try:
            uid = uid_of(document, BASELINES, doc_id)
            baseline, damaged = _read(uid, record)
        except ValueRefused as refused:
            sentences.append(f"{refused.message} It is left out.")
            continue
        found.append((baseline.taken, str(record.get("at", "")), baseline))
        if damaged:
            counted = (
                "1 task cannot be read and is" if len(damaged) == 1 else f"{len(damaged)} tasks cannot be read and are"
            )
            sentences.append(f"{_called(record)}: {counted} left out ({damaged[0]!r}).")
    found.sort(key=lambda entry: (entry[0], entry[1], entry[2].uid))
    return tuple(baseline for _, _, baseline in found), tuple(sentences)


def chosen_baseline(baselines: Sequence[Baseline], asked: str = "") -> Baseline | None:
    """Return the baseline asked for by uid or name, or the latest taken when none is; None when there is none at all.

    Of several with the same name it is the latest. Raises `UsageError` for one that does not exist.
    """
    if not asked:
        return baselines[-1] if baselines else None
    for baseline in reversed(baselines):
        if asked == baseline.uid or asked.casefold() == baseline.name.casefold():
            return baseline
    names = [baseline.name for baseline in baselines]
    hint = nearest(asked, names) if names else "None has been taken yet."
    raise UsageError(f"There is no baseline {asked!r}.", hint)


def taken_baseline(plan: Plan, engagement: Engagement, name: str, today: date) -> dict[str, Value]:
    """Return what the file is to hold of the plan as it stands: name, day and tasks.

    Without a name it is numbered: Baseline 1. Raises `ValueRefused` for a plan without tasks.
    """
    if not plan.tasks:
        raise ValueRefused("The plan has no tasks to take a baseline of.", "Enter the work first.")
    count = len(engagement.document.get(BASELINES, {}))
    tasks: dict[str, Value] = {}
    for uid in plan.tasks:
        task = plan.task(uid)
        entry: dict[str, Value] = {
            "start": task.start.isoformat(timespec="minutes"),
            "finish": task.finish.isoformat(timespec="minutes"),
            "duration": task.duration,
        }
        if (budget := _read_budget(plan.row(uid).get("budget"))) is not None:
            entry["budget"] = dict(budget)
        tasks[uid] = entry
    return {"name": name.strip() or f"Baseline {count + 1}", "taken": today.isoformat(), "tasks": tasks}


def moved_baseline(record: Record, move: timedelta) -> dict[str, Any]:
    """Return a baseline as the file holds it with all its days moved; what is no date stays as it is."""
    tasks = record.get("tasks")
    moved = {uid: _moved(entry, move) for uid, entry in tasks.items()} if isinstance(tasks, Mapping) else tasks
    return {**_moved(record, move), **({"tasks": moved} if "tasks" in record else {})}


def _moved(entry: Any, move: timedelta) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    moved = dict(entry)
    for name in ("taken", "start", "finish"):
        value = entry.get(name)
        if (minute := _read_minute(value)) is not None:
            moved[name] = (minute + move).isoformat(timespec="minutes")
        elif _is_day(value):
            moved[name] = (date.fromisoformat(str(value)) + move).isoformat()
    return moved


def _read(uid: str, record: Record) -> tuple[Baseline, list[str]]:
    """Return a baseline and the uids of the tasks that cannot be read; raises `ValueRefused` when nothing can."""
    taken, tasks = record.get("taken"), record.get("tasks")
    if not _is_day(taken):
        raise ValueRefused(f"{_called(record)} does not say on which day it was taken.")
    if not isinstance(tasks, Mapping):
        raise ValueRefused(f"{_called(record)} holds no tasks.")
    found = {task_uid: _read_task(entry) for task_uid, entry in tasks.items()}
    readable = {task_uid: task for task_uid, task in found.items() if task is not None}
    if not readable:
        raise ValueRefused(f"{_called(record)} holds no tasks that can be read.")
    name = record.get("name")
    shown = name if isinstance(name, str) and name else f"Baseline of {taken}"
    damaged = [task_uid for task_uid in found if task_uid not in readable]
    return Baseline(uid, shown, str(taken), MappingProxyType(readable)), damaged


def _read_task(entry: Value) -> BaselineTask | None:
    if not isinstance(entry, Mapping):
        return None
    start, finish, duration = _read_minute(entry.get("start")), _read_minute(entry.get("finish")), entry.get("duration")
    if start is None or finish is None or type(duration) is not int or not 0 <= duration <= LARGEST:
        return None
    if duration and finish < start:  # a milestone may be shown at a close of work and the opening after it
        return None
    return BaselineTask(start, finish, duration, _read_budget(entry.get("budget")))


def _read_minute(value: Value) -> datetime | None:
    if not isinstance(value, str) or not _MINUTE.fullmatch(value) or not _is_day(value[:10]):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _is_day(value: Value) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        return FIRST_YEAR <= date.fromisoformat(value).year <= LAST_YEAR
    except ValueError:
        return False


def _read_budget(value: Value) -> Mapping[str, Value] | None:
    if isinstance(value, Mapping) and type(value.get("amount")) is int and is_currency(value.get("currency")):
        return value
    return None


def _called(record: Record) -> str:
    name = record.get("name")
    return f"The baseline {name!r}" if isinstance(name, str) and name else "A baseline without a name"


# --- variance -------------------------------------------------------------------------------------------------


def variances(baseline: Baseline, plan: Plan) -> list[Variance]:
    """Return the variance of every task of the plan, in its order, then the tasks that are in the baseline only."""
    found = []
    for uid in plan.tasks:
        planned, task = baseline.tasks.get(uid), plan.task(uid)
        if planned is None:
            found.append(Variance(uid, 0, 0, 0, "new"))
        else:
            found.append(_variance(plan, uid, planned, BaselineTask(task.start, task.finish, task.duration)))
    known = set(plan.tasks)
    return found + [Variance(uid, 0, 0, 0, "gone") for uid in baseline.tasks if uid not in known]


def plan_variance(baseline: Baseline, plan: Plan) -> Variance:
    """Return the variance of the whole plan, under an empty uid; its duration is from its start to its finish."""
    offset = plan.axis.offset_of
    planned = BaselineTask(baseline.start, baseline.finish, offset(baseline.finish) - offset(baseline.start))
    now = BaselineTask(plan.start, plan.finish, offset(plan.finish) - offset(plan.start))
    return _variance(plan, "", planned, now)


def _variance(plan: Plan, uid: str, planned: BaselineTask, now: BaselineTask) -> Variance:
    """Return the distance on the plan's axis, where a close of work and the opening after it are the same."""
    offset = plan.axis.offset_of
    start = offset(now.start) - offset(planned.start)
    finish = offset(now.finish) - offset(planned.finish)
    moved = finish or start
    state: Literal["same", "later", "earlier"] = "later" if moved > 0 else "earlier" if moved < 0 else "same"
    return Variance(uid, start, finish, now.duration - planned.duration, state)
