"""What a plan of another program changes in an engagement, worked out as one change.

A task that carries a uid of ours is that row. Any other has a uid that follows from the engagement, the file and its
own key there, so that the same file taken in again updates rows instead of doubling them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pcsm_tui.domain.changes import Change, Edit, apply
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import ORDER_STEP, Engagement, Row, derived_uid, doc_id_of, order_of
from pcsm_tui.domain.entering import corrected, entered, known_values, problem_in, was_deleted
from pcsm_tui.domain.links import are_links
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import FileRefused, cut
from pcsm_tui.exchange.imported import ImportedBaseline, ImportedPlan, ImportedTask
from pcsm_tui.exchange.plan_dates import told_elsewhere
from pcsm_tui.schedule.baselines import BASELINES
from pcsm_tui.schedule.plan import TASKS, Plan, plan_of

PLAN, CALENDAR = "plan", "calendar"
_DATES = ("start", "finish", "duration")
PROGRESS = ("percent_complete", "actual_start", "actual_finish", "remaining_duration")
BINDING = ("constraint", "constraint_date", "deadline")
_OF_SUMMARIES = ("owner", "deliverable", "deadline")
"""What a task with others in it has of its own, of what a file can leave empty."""
_OPEN, _BLOCKED, _IN_PROGRESS, _DONE = "Open", "Blocked", "In progress", "Done"


class Origin(NamedTuple):
    """Where a plan comes from: the format, and what the file is called."""

    format: str
    file_name: str
    tells: tuple[str, ...] = ()
    """Fields of which the file tells for every task: one that a task does not have is empty."""


class PlanChange(NamedTuple):
    """What a foreign plan changes: uids of tasks added and changed, how many are as they were, how many stay that it
    does not have, ids of the settings taken over, how many exceptions and baselines come in, the engagement before and
    after, the plan afterwards."""

    change: Change
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    staying: int
    settings: tuple[str, ...]
    exceptions: int
    baselines: int
    remarks: tuple[str, ...]
    """Sentences on what was not taken over."""
    before: Engagement
    after: Engagement
    plan: Plan


def plan_change(
    engagement: Engagement, imported: ImportedPlan, origin: Origin, stamp: Stamp, settings: bool = False
) -> PlanChange:
    """Return what a foreign plan changes in an engagement.

    Of a row that is here already only those fields change that the file has and that differ; rows, and links to them,
    that the file does not have stay. Order and parents follow the file. The plan's own settings and its calendar are
    taken over where there were no tasks yet, or when `settings` says so. Tasks that then stand on other dates than in the
    file are told, unless tasks or settings that are here besides account for it. Raises `FileRefused` for a value that
    does not fit, and for a circle that it would make with what is here already.
    """
    taking = _Taking(engagement, imported, origin, stamp)
    edits, added, changed = taking.tasks()
    wanted = settings or not engagement.rows(TASKS)
    own, days = taking.settings(), taking.exceptions()
    if wanted:
        edits += [*own, *days]
    baselines = taking.baselines()
    change = Change(f"import {origin.file_name}", (*edits, *baselines))
    after = engagement.replaced(apply(engagement.document, change))
    plan = _scheduled(engagement, after, origin.file_name, taking.parents)
    staying = len(plan.tasks) - len(imported.tasks)
    comparable = not staying and (wanted or taking.has_the_time_of(own, days))
    return PlanChange(
        change=change,
        added=tuple(added),
        changed=tuple(changed),
        unchanged=len(imported.tasks) - len(added) - len(changed),
        staying=staying,
        settings=taking.differing(own) if wanted else (),
        exceptions=len(days) if wanted else 0,
        baselines=len(baselines),
        remarks=(
            *imported.remarks,
            *(() if wanted else taking.left_out(own, days)),
            *(taking.elsewhere(plan) if comparable else ()),
        ),
        before=engagement,
        after=after,
        plan=plan,
    )


def _scheduled(before: Engagement, after: Engagement, file_name: str, parents: Mapping[str, str]) -> Plan:
    """Return the plan afterwards; refuse one with a circle of links or of parents that was not there before."""
    plan = plan_of(after)
    for uid, parent in parents.items():
        if plan.outline.parent(uid) != parent:
            raise FileRefused(
                f"{cut(file_name)}: together with what is in the plan already, {plan.name(uid)!r} would stand below itself.",
                "Move it to the top of the plan here, then import again.",
            )
    if plan.circles and len(plan.circles) > len(plan_of(before).circles):
        named = " → ".join(_named(plan, number) for number in plan.circles[0].split(" → "))
        raise FileRefused(
            f"{cut(file_name)}: together with what is in the plan already, tasks would wait in a circle: {named}.",
            "Take one of these links away, here or in the file.",
        )
    return plan


def _named(plan: Plan, number: str) -> str:
    row = plan.outline.numbered(number)
    return f"{number} {plan.name(row.uid)}" if row else number


class _Taking:
    """The edits by which parts of a foreign plan come into an engagement."""

    def __init__(self, engagement: Engagement, imported: ImportedPlan, origin: Origin, stamp: Stamp) -> None:
        self._engagement, self._imported, self._origin, self._stamp = engagement, imported, origin, stamp
        self._tool = engagement.framework.tool(TASKS)
        self._rows = {row.uid: row for row in engagement.rows(TASKS)}
        self._uids = self._task_uids()
        self._in_file = set(self._uids.values())
        self._summaries = {task.parent for task in imported.tasks} - {""}
        self.parents = {self._uids[task.key]: self._parent(task) for task in imported.tasks}
        """The uid of each task's parent by its own; nothing at the top."""

    def _uid(self, *key: str) -> str:
        name = self._imported.name or self._origin.file_name
        return derived_uid(self._engagement.file_id, "import", self._origin.format, name, *key)

    def _task_uids(self) -> dict[str, str]:
        """Return the uid here of each task by its key in the file."""
        tasks = self._imported.tasks
        ours = {task.key: task.uid for task in tasks if task.uid and self._was_here(task.uid)}
        used = set(ours.values())
        uids = {}
        for task in tasks:
            uid = ours.get(task.key) or self._uid(task.key)
            while task.key not in ours and uid in used:  # another task of the file claims that row
                uid = derived_uid(uid)
            used.add(uid)
            uids[task.key] = uid
        return uids

    def _was_here(self, uid: str) -> bool:
        return uid in self._rows or was_deleted(self._engagement, self._tool, uid)

    def _fitting(self, tool_id: str, values: Mapping[str, Value], where: str) -> dict[str, Value]:
        """Return the values that a tool has fields for; raises `FileRefused` for one that does not fit."""
        tool = self._engagement.framework.tool(tool_id)
        known = known_values(tool, values)
        if reason := problem_in(tool, known):
            raise FileRefused(f"{cut(self._origin.file_name)}, {where}: {reason}")
        return known

    # --- tasks ------------------------------------------------------------------------------------------------

    def tasks(self) -> tuple[list[Edit], list[str], list[str]]:
        """Return the edits of the tasks, and the uids of those that are added and of those that are changed."""
        orders = self._orders()
        edits: list[Edit] = []
        added, changed = [], []
        for task in self._imported.tasks:
            uid = self._uids[task.key]
            row = self._rows.get(uid)
            values = self._fitting(TASKS, {**task.values, "predecessors": self._links(task, row)}, task.where)
            values[self._tool.outline] = self.parents[uid] or None
            if row is None:
                edits += entered(self._engagement, self._tool, uid, values, orders[uid], self._stamp)
                added.append(uid)
                continue
            values = self._emptied(task, row, values) | self._state(task, row, values) | {"order": orders[uid]}
            found = corrected(row, values, self._stamp)
            edits += found
            changed += [uid] if found else []
        return edits, added, changed

    def _parent(self, task: ImportedTask) -> str:
        """Return the uid of a task's parent. What stands at the top of the file stays where it was put here; a file
        without any parents does not speak of them."""
        row = self._rows.get(self._uids[task.key])
        here = "" if row is None else self._engagement.outline(TASKS).parent(row.uid)
        if not task.parent and here and (here not in self._in_file or not self._summaries):
            return here
        return self._uids[task.parent] if task.parent else ""

    def _orders(self) -> dict[str, int]:
        """Return the `order` of each task, by which those of a parent stand as in the file."""
        tree = self._engagement.outline(TASKS)
        groups: dict[str, list[str]] = {}
        for uid, parent in self.parents.items():
            groups.setdefault(parent, []).append(uid)
        orders: dict[str, int] = {}
        for parent, uids in groups.items():
            here = {row.uid: order_of(row.record) for row in tree.children(parent)} if self._is_here(parent) else {}
            others = [order for uid, order in here.items() if uid not in self._in_file]
            orders.update(zip(uids, rising([here.get(uid) for uid in uids], max(others, default=0)), strict=True))
        return orders

    def _is_here(self, parent: str) -> bool:
        return not parent or parent in self._rows

    def _links(self, task: ImportedTask, row: Row | None) -> list[dict[str, str]]:
        """Return the links of a task: those of the file, and those here to rows that the file does not have."""
        links = [
            {"task": self._uids[link.predecessor], "type": str(link.type)} | ({"lag": link.lag} if link.lag else {})
            for link in task.links
        ]
        here = row.get("predecessors") if row is not None else None
        if not are_links(here):
            return links
        links += [link for link in here if link["task"] not in self._in_file]
        same = len(here) == len(links) and all(link in here for link in links)
        return here if same else links

    def _emptied(self, task: ImportedTask, row: Row, values: dict[str, Value]) -> dict[str, Value]:
        """Return the values with those emptied of which the file tells and that the task does not have there."""
        names = set(self._origin.tells)
        names &= set(_OF_SUMMARIES) if task.key in self._summaries else names
        if row.get("constraint") == "As soon as possible" and not values.get("constraint"):
            names -= {"constraint"}  # the same as none
        return {**{name: None for name in names if name not in values and row.get(name)}, **values}

    def _state(self, task: ImportedTask, row: Row, values: Mapping[str, Value]) -> dict[str, Value]:
        """Return the state that follows from the file's progress: what is blocked here stays so while work goes on,
        and what was done or begun is open again when the file knows of no progress any more."""
        state = values.get("state")
        if state == _IN_PROGRESS and row.get("state") == _BLOCKED:
            return {"state": _BLOCKED}
        told = "percent_complete" in self._origin.tells and task.key not in self._summaries
        if not told or state or any(values.get(name) for name in PROGRESS):
            return {}
        begun = row.get("state") == _IN_PROGRESS and any(row.get(name) for name in PROGRESS)
        return {"state": _OPEN} if begun or row.get("state") == _DONE else {}

    # --- settings, calendar, baselines ------------------------------------------------------------------------

    def settings(self) -> list[Edit]:
        """Return the edits that take over the plan's settings, as far as they differ; none is the same as 0 or no."""
        form = self._engagement.form(PLAN)
        values = self._fitting(PLAN, self._imported.settings, "the settings of the plan")
        different = {name: value for name, value in values.items() if (value or None) != (form.get(name) or None)}
        return corrected(form, different, self._stamp)

    def differing(self, settings: Sequence[Edit]) -> tuple[str, ...]:
        """Return the ids of the settings that edits change."""
        form = self._engagement.form(PLAN)
        changed = {name for edit in settings for name, value in (edit.after or {}).items() if value != form.get(name)}
        return tuple(field.id for field in form.tool.fields if field.id in changed & self._imported.settings.keys())

    def exceptions(self) -> list[Edit]:
        """Return the edits that add holidays and exceptions, those that are here already left out."""
        tool = self._engagement.framework.tool(CALENDAR)
        rows = self._engagement.rows(CALENDAR)
        known, by_uid = {_days(row.record) for row in rows}, {row.uid: row for row in rows}
        order = max((order_of(row.record) for row in rows), default=0)
        edits: list[Edit] = []
        for item in self._imported.exceptions:
            values = self._fitting(CALENDAR, item, f"the exception {item.get('name')!r}")
            if _days(values) in known:
                continue
            known.add(_days(values))
            uid = self._uid("exception", *_days(values)[:2])
            if uid in by_uid:
                edits += corrected(by_uid[uid], values, self._stamp)
            else:
                order += ORDER_STEP
                edits += entered(self._engagement, tool, uid, values, order, self._stamp)
        return edits

    def has_the_time_of(self, settings: Sequence[Edit], exceptions: Sequence[Edit]) -> bool:
        """Return whether the plan here counts its time as the file does: settings that differ move no dates."""
        return not exceptions and set(self.differing(settings)) <= {"critical_float"}

    def elsewhere(self, after: Plan) -> tuple[str, ...]:
        """Return a sentence on the tasks that stand on other dates in the plan afterwards than in the file."""
        return told_elsewhere(after, {self._uids[key]: dates for key, dates in self._imported.dates.items()})

    def left_out(self, settings: Sequence[Edit], exceptions: Sequence[Edit]) -> Iterator[str]:
        """Yield a sentence on settings that are not taken over, where there are any."""
        tool = self._engagement.framework.tool(PLAN)
        parts = [", ".join(tool.field(name).name for name in self.differing(settings))] if settings else []
        if exceptions:
            parts.append(f"{len(exceptions)} of its holidays and exceptions")
        if parts:
            yield (
                f"The file's own settings are not taken over, since there is a plan here: {' and '.join(parts)}. "
                "--settings takes them over."
            )

    def baselines(self) -> list[Edit]:
        """Return the edits that add baselines or bring them up to date; one with the same dates is left out."""
        here = self._engagement.document.get(BASELINES, {})
        known = [_dates(record.get("tasks")) for record in here.values()]
        edits: list[Edit] = []
        for baseline in self._imported.baselines:
            tasks = {self._uids[key]: entry for key, entry in baseline.tasks.items() if key in self._uids}
            if tasks and _dates(tasks) not in known:
                edits.append(self._baseline(baseline, tasks))
        return edits

    def _baseline(self, baseline: ImportedBaseline, tasks: dict[str, Value]) -> Edit:
        uid = self._uid("baseline", baseline.name)
        before = self._engagement.document.get(BASELINES, {}).get(doc_id_of(uid))
        taken = baseline.taken or (before or {}).get("taken") or self._stamp.today.isoformat()
        own = {"uid": uid, "at": self._stamp.at, "by": self._stamp.by}
        return Edit(
            BASELINES,
            doc_id_of(uid),
            before,
            {**(before or {}), "name": baseline.name, "taken": taken, "tasks": tasks, **own},
        )


def _days(values: Mapping[str, Value]) -> tuple[str, str, str]:
    """Return what an exception of the calendar says: its first and last day, and the hours."""
    first = str(values.get("from") or "")
    return first, str(values.get("to") or first), str(values.get("hours") or "")


def _dates(tasks: Value) -> dict[str, tuple[Value, ...]]:
    """Return what of a baseline tells it from others: dates and durations by task."""
    entries = tasks if isinstance(tasks, Mapping) else {}
    return {
        uid: tuple(entry.get(name) for name in _DATES) for uid, entry in entries.items() if isinstance(entry, Mapping)
    }


def rising(known: Sequence[int | None], beyond: int) -> list[int]:
    """Return rising numbers in place of those known: these are kept as long as they rise and leave room between them.

    What comes behind the last one that is kept comes behind `beyond` too.
    """
    found: list[int] = []
    low, waiting = 0, 0
    for number in known:
        if number is None or number - low <= waiting:
            waiting += 1
            continue
        step = (number - low) // (waiting + 1)
        found += [*(low + step * place for place in range(1, waiting + 1)), number]
        low, waiting = number, 0
    low = max(low, beyond)
    return [*found, *(low + ORDER_STEP * place for place in range(1, waiting + 1))]
