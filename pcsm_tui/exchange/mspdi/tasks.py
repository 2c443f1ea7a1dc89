"""The tasks of a file of MS Project: their values, links and baselines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pcsm_tui.domain.plan import read_lag
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import ValueRefused
from pcsm_tui.exchange.imported import FileDates, ImportedBaseline, ImportedLink, ImportedTask, Progress
from pcsm_tui.exchange.mspdi.elements import Element
from pcsm_tui.exchange.mspdi.fields import DurationFields, as_finish, as_start
from pcsm_tui.exchange.mspdi.units import (
    CONSTRAINTS,
    ELAPSED_PERCENT,
    FINISH_CONSTRAINTS,
    LINK_TYPE_CODES,
    lag_text,
)
from pcsm_tui.schedule.calendar import TimeAxis
from pcsm_tui.schedule.work import share

_PROJECT_SUMMARY = "0"
_BASELINES = 11
_MOST_MINUTES = 1440
_UID = re.compile(r"[0-9a-f]{32}")
_EMPTY_UID = "0" * 32


class Span(NamedTuple):
    """When a task without others in it is to start and end in the file, whether it has begun, and is finished."""

    start: datetime
    finish: datetime
    begun: bool
    finished: bool


class FileSettings(NamedTuple):
    """What the file says of all its tasks: minutes of a day and a month, currency, calendar, owners by task."""

    file_name: str
    day: int
    month: int
    currency: str
    calendar_uid: str
    axis: TimeAxis
    owners: dict[str, list[str]]


@dataclass
class TaskReader:
    """Reads tasks; `left_out` names, by sentence, the tasks of which something could not be taken over."""

    settings: FileSettings
    left_out: dict[str, list[str]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    """By the key of a task, as far as the file gives dates."""
    dates: dict[str, FileDates] = field(default_factory=dict)
    """The same as the file gives them."""
    _baselines: dict[int, dict[str, dict[str, Value]]] = field(default_factory=dict)
    _uids: set[str] = field(default_factory=set)

    def read(self, elements: Sequence[Element], progress: Progress | None = None) -> Iterator[ImportedTask]:
        """Yield the tasks in the file's order. Raises `FileRefused`."""
        tasks = [self._fields(element) for element in elements]
        levels = [_level(task) for task in tasks]
        above: list[tuple[int, str]] = []
        for place, (task, level) in enumerate(zip(tasks, levels, strict=True)):
            while above and above[-1][0] >= level:
                above.pop()
            parent = above[-1][1] if above else ""
            above.append((level, task.text("UID")))
            yield self._read(task, parent, place + 1 < len(levels) and levels[place + 1] > level)
            if progress is not None and place % 500 == 0:
                progress(place, len(tasks))
        if progress is not None:
            progress(len(tasks), len(tasks))

    def baselines(self) -> tuple[ImportedBaseline, ...]:
        """Return the baselines of the tasks read so far, by their number."""
        return tuple(
            ImportedBaseline(f"Baseline {number}" if number else "Baseline", "", tasks)
            for number, tasks in sorted(self._baselines.items())
        )

    def _fields(self, element: Element) -> DurationFields:
        uid = element.text("UID")
        task = DurationFields(
            element, f"Task UID {uid[:40] or '?'}", self.settings.file_name, self.settings.day, self.settings.month
        )
        if task.whole("UID") is None:
            raise task.refused("UID", "is missing.", "Every task has one, a whole number.")
        return task

    def _left_out(self, sentence: str, name: str) -> None:
        self.left_out.setdefault(sentence, []).append(name)

    # --- one task ---------------------------------------------------------------------------------------------

    def _read(self, task: DurationFields, parent: str, summary: bool) -> ImportedTask:
        key = task.text("UID")
        name = task.text("Name") or f"Task {key}"
        owners = self.settings.owners.get(key, [])
        if len(owners) > 1:
            self._left_out("Only the first resource of a task is kept, as its owner", name)
        values: dict[str, Value] = {"name": name, "owner": owners[0] if owners else task.text("Contact") or None}
        if summary:
            values |= {"kind": "Work stream", "budget": task.money("FixedCost", self.settings.currency)}
            task.percent("PercentComplete"), task.minutes("Duration")
        else:
            values |= self._work(task)
            self._note_span(task, key, values)
        if task.element.text("Active") and not task.flag("Active"):
            values["state"] = "Not needed"
        values |= self._dates(task, name, summary or "actual_start" in values)
        values["notes"] = task.element.texts.get("Notes", "").strip() or None
        self._note(task, name)
        self._read_baselines(task, key)
        links = tuple(self._links(task, name))
        return ImportedTask(
            key, parent, _filled(values), links, self._uid(task), f"line {task.element.line}, {task.place}"
        )

    def _work(self, task: DurationFields) -> dict[str, Value]:
        """Return duration, progress and cost of a task that has no others in it."""
        duration, currency = self._duration(task), self.settings.currency
        milestone = task.flag("Milestone")
        if milestone and duration:
            self._left_out("Milestones that take time are read as work packages", task.text("Name"))
        values: dict[str, Value] = {
            "kind": "Milestone" if milestone and not duration else "Work package",
            "budget": task.money("Cost", currency) or task.money("FixedCost", currency),
            "actual_cost": task.money("ActualCost", currency),
        }
        if duration is not None and values["kind"] != "Milestone":
            values["duration"] = {"elapsed": duration} if task.elapsed and duration else duration
        return values | self._progress(task, duration)

    def _duration(self, task: DurationFields) -> int | None:
        """Return the minutes of a task; where the file gives dates only, the working time between them."""
        duration = task.minutes("Duration")
        start, finish = task.moment("Start"), task.moment("Finish")
        if duration is None and start is not None and finish is not None and start <= finish:
            return self._worked(start, finish)
        return duration

    def _worked(self, start: datetime, finish: datetime) -> int:
        return self.settings.axis.offset_of(finish) - self.settings.axis.offset_of(start)

    def _progress(self, task: DurationFields, duration: int | None) -> dict[str, Value]:
        percent, remaining = task.percent("PercentComplete"), task.minutes("RemainingDuration")
        start, finish = task.moment("ActualStart"), task.moment("ActualFinish")
        if not (percent or start or finish):
            return {}
        if start is not None and finish is not None and finish < start:
            raise task.refused("ActualFinish", "lies before ActualStart.", "Exchange the dates.")
        calendar = self.settings.axis.calendar
        values: dict[str, Value] = {
            "state": "Done" if finish is not None or percent == 1000 else "In progress",
            "actual_start": as_start(start, calendar) if start else None,
            "actual_finish": as_finish(finish, calendar) if finish else None,
        }
        if duration is not None and remaining is not None and values["state"] != "Done":
            exact = _exact_percent(duration, remaining, percent, task.elapsed)
            if exact is None and not task.elapsed:
                values["remaining_duration"] = remaining
                exact = _rounded_percent(duration, remaining, percent)
            percent = percent if exact is None else exact
        return values | {"percent_complete": percent or None}

    def _dates(self, task: DurationFields, name: str, begun: bool) -> dict[str, Value]:
        """Return constraint and deadline.

        What was scheduled by hand stands on its date there and still has float: nothing asks it to start by then.
        """
        code, day, calendar = (
            task.whole("ConstraintType") or 0,
            task.moment("ConstraintDate"),
            self.settings.axis.calendar,
        )
        if not 0 <= code < len(CONSTRAINTS):
            raise task.refused("ConstraintType", f"{code} does not exist.", "Constraints are numbered 0 to 7.")
        constraint = CONSTRAINTS[code]
        fixed = (task.flag("Manual") and not task.flag("Summary")) or task.flag("ExternalTask")
        if fixed and not begun and task.moment("Start") is not None:
            constraint, day = "Start no earlier than", task.moment("Start")
            self._left_out("Tasks scheduled by hand or in another project now start no earlier than their date", name)
        elif code >= 2 and day is None:
            constraint = CONSTRAINTS[0]
            self._left_out("Constraints without a date are left out", name)
        deadline = task.moment("Deadline")
        values: dict[str, Value] = {"deadline": as_finish(deadline, calendar) if deadline else None}
        if constraint != CONSTRAINTS[0]:
            values["constraint"] = constraint
        if constraint not in CONSTRAINTS[:2] and day is not None:
            written = as_finish if constraint in FINISH_CONSTRAINTS else as_start
            values["constraint_date"] = written(day, calendar)
        return values

    def _note_span(self, task: DurationFields, key: str, values: dict[str, Value]) -> None:
        start, finish, state = task.moment("Start"), task.moment("Finish"), values.get("state")
        if start is not None:
            self.dates[key] = FileDates(start, finish)
            self.spans[key] = Span(start, max(start, finish or start), state == "In progress", state == "Done")

    def _note(self, task: DurationFields, name: str) -> None:
        """Note what a task has that cannot be kept."""
        own = task.text("CalendarUID")
        if own not in ("", "-1", self.settings.calendar_uid):
            self._left_out("Calendars of single tasks are not kept; the project's holds for all", name)
        stop, resume = task.moment("Stop"), task.moment("Resume")
        if stop is not None and resume is not None and stop < resume and self._worked(stop, resume) > 0:
            self._left_out("Interruptions of tasks are not kept; they run in one piece", name)
        if task.flag("IsSubproject"):
            self._left_out("Inserted projects are not read, only their line is", name)
        if task.flag("Recurring"):
            self._left_out("Recurring tasks are read as ordinary ones, each occurrence for itself", name)
        if task.number("LevelingDelay"):
            self._left_out("Delays from levelling resources are not kept", name)

    def _uid(self, task: DurationFields) -> str:
        """Return the task's GUID as a uid, once: a copied file may hold it twice."""
        uid = task.text("GUID").strip("{}").replace("-", "").lower()
        if not _UID.fullmatch(uid) or uid == _EMPTY_UID or uid in self._uids:
            return ""
        self._uids.add(uid)
        return uid

    # --- links and baselines ----------------------------------------------------------------------------------

    def _links(self, task: DurationFields, name: str) -> Iterator[ImportedLink]:
        seen: set[ImportedLink] = set()
        for element in task.element.all("PredecessorLink"):
            link = DurationFields(element, f"{task.place}, PredecessorLink", self.settings.file_name)
            if link.flag("CrossProject"):
                self._left_out("Links to tasks of other projects are left out", name)
                continue
            if link.whole("PredecessorUID") is None:
                raise link.refused("PredecessorUID", "is missing.", "It names the task that this one waits for.")
            code = link.whole("Type")
            if code is not None and not 0 <= code < len(LINK_TYPE_CODES):
                raise link.refused("Type", f"{code} does not exist.", "Links are 0 FF, 1 FS, 2 SF or 3 SS.")
            found = ImportedLink(
                link.text("PredecessorUID"), LINK_TYPE_CODES[1 if code is None else code], self._lag(link, name)
            )
            if found not in seen:
                seen.add(found)
                yield found

    def _lag(self, link: DurationFields, name: str) -> str:
        code = link.format("LagFormat")
        if code == ELAPSED_PERCENT and link.number("LinkLag"):
            self._left_out("Lags in percent of elapsed time are read as percent of working time", name)
        try:
            return read_lag(lag_text(link.number("LinkLag") or Decimal(0), code, self.settings.day))[0]
        except ValueRefused as refused:
            raise link.refused("LinkLag", f"cannot be kept: {refused.message}", refused.hint) from None

    def _read_baselines(self, task: DurationFields, key: str) -> None:
        for element in task.element.all("Baseline"):
            held = DurationFields(
                element, f"{task.place}, Baseline", self.settings.file_name, self.settings.day, self.settings.month
            )
            number = held.whole("Number") or 0
            start, finish, minutes = held.moment("Start"), held.moment("Finish"), held.minutes("Duration")
            if not 0 <= number < _BASELINES or start is None or finish is None or finish < start:
                continue
            values: dict[str, Value] = {
                "start": start.isoformat(timespec="minutes"),
                "finish": finish.isoformat(timespec="minutes"),
                "duration": self._worked(start, finish) if minutes is None or held.elapsed else minutes,
            }
            if budget := held.money("Cost", self.settings.currency):
                values["budget"] = budget
            self._baselines.setdefault(number, {})[key] = values


def chosen_tasks(elements: Iterator[Element]) -> list[Element]:
    """Return the tasks of a file without empty lines and without the summary of the whole project."""
    tasks = [task for task in elements if task.text("IsNull") not in ("1", "true")]
    if tasks and _is_project_summary(tasks[0]):
        del tasks[0]
    return tasks


def _is_project_summary(task: Element) -> bool:
    """A task with UID 0 that lies on an outline level of its own is an ordinary one, as some programs write it."""
    level = task.text("OutlineLevel")
    return level == "0" or (task.text("UID") == _PROJECT_SUMMARY and not level)


def _level(task: DurationFields) -> int:
    level = task.whole("OutlineLevel")
    if level is None:
        number = task.text("OutlineNumber")
        return number.count(".") + 1
    if level < 0:
        raise task.refused("OutlineLevel", f"is {level}.", "Levels begin at 1.")
    return level


def _exact_percent(duration: int, remaining: int, percent: int, elapsed: bool) -> int | None:
    """Return the tenths of a percent from which the remaining minutes follow, those nearest to `percent`.

    None is returned where there are none so near that the file rounded them. The schedule cuts off minutes: of the work
    done, but of what is left of elapsed time.
    """
    if not 0 <= remaining <= duration:
        return None
    if not duration:
        return percent
    counted = remaining if elapsed else duration - remaining
    lowest, highest = -(-counted * 1000 // duration), -(-(counted + 1) * 1000 // duration) - 1
    if elapsed:
        lowest, highest = 1000 - highest, 1000 - lowest
    nearest = min(max(percent, lowest), highest)
    return nearest if lowest <= nearest and _is_rounded(nearest, percent) else None


def _rounded_percent(duration: int, remaining: int, percent: int) -> int | None:
    """Return the share that is done by the remaining minutes to the tenth of a percent, unless the file says another.

    With both of them the schedule takes what is done to the minute.
    """
    if not duration or remaining > duration:
        return None
    nearest = share(duration - remaining, duration)
    return nearest if _is_rounded(nearest, percent) else None


def _is_rounded(tenths: int, percent: int) -> bool:
    """Return whether a percentage is another one rounded: files hold whole percents, so less than one away."""
    return abs(tenths - percent) < 10


def _filled(values: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def positive(fields: DurationFields, name: str, otherwise: int) -> int:
    """Return a whole number above 0, such as the minutes of a day, or another where there is none or it is 0.

    Programs that convert plans of MS Project 98 write 0 for what those do not say. Raises `FileRefused`.
    """
    found = fields.whole(name)
    if found is not None and not 0 <= found <= _MOST_MINUTES:
        raise fields.refused(name, f"is {found}.", "A day has 1 to 1440 minutes, a month 1 to 31 days.")
    return found or otherwise
