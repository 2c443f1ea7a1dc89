"""Reading a plan from MS Project's XML (MSPDI), as MS Project 2002 to 2021 and programs beside it write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from pcsm_tui.domain.quantities import MINUTES, is_currency
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import cut
from pcsm_tui.exchange.imported import ImportedPlan, ImportedTask, Progress, checked, file_bytes, named
from pcsm_tui.exchange.mspdi.calendars import CalendarReader, FileCalendar
from pcsm_tui.exchange.mspdi.elements import Element, parse_project
from pcsm_tui.exchange.mspdi.fields import DurationFields, as_finish, as_start
from pcsm_tui.exchange.mspdi.honoring import HOLDING, honored_in
from pcsm_tui.exchange.mspdi.tasks import FileSettings, Span, TaskReader, chosen_tasks, positive
from pcsm_tui.schedule.calendar import STANDARD_WEEK, Calendar, TimeAxis

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP"}
_WORK_RESOURCE = "1"
_LONGEST_NAME = 512
_EPOCH = date(2000, 1, 3)
"""Where working time is counted from while reading; any day would do."""


def read_mspdi(
    source: Path | bytes, name: str = "", progress: Progress | None = None, currency: str = "EUR"
) -> ImportedPlan:
    """Return the plan in a file of MS Project saved as XML, or in its bytes; `name` is what the file is called.

    `currency` is that of amounts in a file that names none. Raises `FileRefused` for whatever cannot be understood,
    with its line, and `StorageFailed` when the file cannot be read.
    """
    name = cut(name or (source.name if isinstance(source, Path) else "The file"))
    project = parse_project(file_bytes(source, name), name, progress)
    fields = DurationFields(project, "Project", name)
    calendars = CalendarReader(project, name)
    remarks = calendars.remarks
    calendar_uid = calendars.default_uid(fields.text("CalendarUID"))
    found = _calendar(calendars, calendar_uid)
    axis = TimeAxis(found.calendar(), _EPOCH)
    day = positive(fields, "MinutesPerDay", MINUTES["d"])
    settings = FileSettings(
        file_name=name,
        day=day,
        month=day * positive(fields, "DaysPerMonth", MINUTES["mo"] // MINUTES["d"]),
        currency=_currency(fields, currency),
        calendar_uid=calendar_uid,
        axis=axis,
        owners=_owners(project),
    )
    reader = TaskReader(settings)
    tasks = checked(reader.read(chosen_tasks(project.within("Tasks", "Task")), progress), name)
    honored = _honored(fields, tasks, reader.spans, axis)
    held = {task.key for task in tasks if honored and task.values.get("constraint") in HOLDING}
    spans = {key: span for key, span in reader.spans.items() if key not in held}
    start, tasks = _started(fields.moment("StartDate"), tasks, spans, axis)
    remarks += _project_remarks(fields, day, any(_own_calendars(project, calendars, calendar_uid)))
    overdue = _overdue(fields.moment("StatusDate"), reader.spans, axis)
    names = [str(task.values["name"]) for task in tasks if task.key in overdue]
    remarks += [named("Work that is open before the status date is planned after it", names)] if names else []
    remarks += [named(sentence, names) for sentence, names in reader.left_out.items()]
    return ImportedPlan(
        name=(fields.text("Title") or fields.text("Name"))[:_LONGEST_NAME],
        tasks=tasks,
        settings=_settings(fields, start, axis.calendar, day, honored) | found.settings(),
        exceptions=found.rows(),
        baselines=reader.baselines(),
        remarks=tuple(remarks),
        dates=reader.dates,
    )


def _calendar(calendars: CalendarReader, uid: str) -> FileCalendar:
    """Return the calendar of the project, with the usual week where it has none."""
    found = calendars.read(uid)
    if not any(found.calendar().week):
        calendars.remarks.append(
            "The calendar has no working time in its week; Monday to Friday, 8 to 12 and 13 to 17, are taken."
        )
        found.week = dict(enumerate(STANDARD_WEEK))
    return found


def _started(
    start: datetime | None, tasks: tuple[ImportedTask, ...], spans: Mapping[str, Span], axis: TimeAxis
) -> tuple[datetime | None, tuple[ImportedTask, ...]]:
    """Return the start of the plan, and the tasks, such that they begin when they begin in the file.

    In MS Project a project can start within a day, and a task before it, by a constraint or since it was done then. Here
    a plan starts with a day and all its open work comes after that: it starts with the earliest task, and those that
    wait for nothing start no earlier than the project did.
    """
    if start is None:
        return min((span.start for span in spans.values()), default=None), tasks
    begin = axis.offset_of(start)
    sooner = [
        span.start
        for span in spans.values()
        if not span.finished
        and not (span.begun and span.start == span.finish)
        and axis.offset_of(span.finish if span.begun else span.start) < begin
    ]
    if not sooner and "T" not in as_start(start, axis.calendar):
        return start, tasks
    bound: dict[str, Value] = {
        "constraint": "Start no earlier than",
        "constraint_date": as_start(start, axis.calendar),
    }
    summaries = {task.parent for task in tasks}
    held = tuple(
        task._replace(values=task.values | bound)
        if not (task.links or task.key in summaries or "constraint" in task.values or "state" in task.values)
        else task
        for task in tasks
    )
    return min([start, *sooner]), held


def _overdue(status: datetime | None, spans: Mapping[str, Span], axis: TimeAxis) -> set[str]:
    """Return the tasks that the file leaves unfinished, or not begun, before the status date."""
    if status is None:
        return set()
    reported = axis.offset_of(status)
    return {
        key
        for key, span in spans.items()
        if not span.finished and axis.offset_of(span.finish if span.begun else span.start) < reported
    }


def _honored(
    fields: DurationFields, tasks: Sequence[ImportedTask], spans: Mapping[str, Span], axis: TimeAxis
) -> bool | None:
    """Return whether constraints are honored: by the dates, else as the file says; None when it does not say so."""
    said = fields.flag("HonorConstraints") if fields.element.text("HonorConstraints") else None
    shown = honored_in(tasks, spans, axis)
    return said if shown is None else shown


def _settings(
    fields: DurationFields, start: datetime | None, calendar: Calendar, day: int, honored: bool | None
) -> dict[str, Value]:
    """Return the values of the form `plan` but for the week."""
    settings: dict[str, Value] = {} if start is None else {"start": start.date().isoformat()}
    status = fields.moment("StatusDate")
    if status is not None:
        settings["status_date"] = as_finish(status, calendar)
    if honored is not None:
        settings["honor_constraints"] = honored
    limit = fields.number("CriticalSlackLimit")
    if limit is not None and limit >= 0:
        settings["critical_float"] = int(round(limit * day))
    return settings


def _currency(fields: DurationFields, otherwise: str) -> str:
    code = fields.text("CurrencyCode").upper()
    return code if is_currency(code) else _SYMBOLS.get(fields.text("CurrencySymbol"), otherwise)


def _owners(project: Element) -> dict[str, list[str]]:
    """Return the names of the resources of each task by its UID, in order; material and costs own nothing."""
    names = {
        resource.text("UID"): resource.text("Name")
        for resource in project.within("Resources", "Resource")
        if resource.text("Type") in ("", _WORK_RESOURCE) and resource.text("Name")
    }
    owners: dict[str, list[str]] = {}
    for assignment in project.within("Assignments", "Assignment"):
        if name := names.get(assignment.text("ResourceUID")):
            own = owners.setdefault(assignment.text("TaskUID"), [])
            own += [name] if name not in own else []
    return owners


def _own_calendars(project: Element, calendars: CalendarReader, project_uid: str) -> Iterator[bool]:
    """Yield of every resource whether its calendar says anything that the project's does not."""
    for resource in project.within("Resources", "Resource"):
        yield calendars.differs(resource.text("CalendarUID"), project_uid)


def _project_remarks(fields: DurationFields, day: int, own_calendars: bool) -> list[str]:
    remarks = []
    if fields.element.text("ScheduleFromStart") and not fields.flag("ScheduleFromStart"):
        remarks.append("The project is scheduled backwards from its finish; here it is scheduled from its start.")
    if day != MINUTES["d"]:
        remarks.append(
            f"The project counts {day} minutes for a day; here a day is 480, so that durations read otherwise."
        )
    if own_calendars:
        remarks.append("Calendars of resources are not kept; the project's holds for all.")
    return remarks
