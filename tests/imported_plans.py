"""Engagements made from imported plans, the schedule of one as it can be compared, and plans of any kind."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from hypothesis import strategies as st
from support import FILE_ID, empty_document

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.engagement import ORDER_STEP, Engagement, derived_uid, doc_id_of
from pcsm_tui.domain.plan import LINK_TYPES
from pcsm_tui.exchange.imported import ImportedLink, ImportedPlan, ImportedTask
from pcsm_tui.exchange.mspdi.units import CONSTRAINTS
from pcsm_tui.framework.reading import build_framework, declared_framework
from pcsm_tui.schedule.plan import Plan

MONDAY = date(2026, 11, 2)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OFFICE = "08:00-12:00, 13:00-17:00"
STANDARD = {name: OFFICE if place < 5 else None for place, name in enumerate(WEEK)}


@cache
def framework() -> Framework:
    """Return the framework that is shipped."""
    return build_framework(declared_framework())


def uid_of(task: ImportedTask) -> str:
    """Return the uid that a task has in the engagement made of its plan."""
    return task.uid or derived_uid("imported", task.key)


def engagement_of(plan: ImportedPlan, currency: str = "EUR") -> Engagement:
    """Return an engagement that holds an imported plan and nothing else."""
    uids = {task.key: uid_of(task) for task in plan.tasks}
    tasks = {}
    for place, task in enumerate(plan.tasks, 1):
        links = [
            {"task": uids[link.predecessor], "type": link.type, **({"lag": link.lag} if link.lag else {})}
            for link in task.links
        ]
        record = {**task.values, "predecessors": links, "parent": uids.get(task.parent), "order": place * ORDER_STEP}
        uid = uids[task.key]
        tasks[doc_id_of(uid)] = {key: value for key, value in record.items() if value} | {"uid": uid}
        if task.values.get("duration") == 0:
            tasks[doc_id_of(uid)]["duration"] = 0
        if task.values.get("remaining_duration") == 0:
            tasks[doc_id_of(uid)]["remaining_duration"] = 0
    tables: dict[str, Any] = {
        "tasks": tasks,
        "plan": {"1": {**STANDARD, **plan.settings, "uid": derived_uid(FILE_ID, "plan")}},
        "calendar": {
            str(place): {**row, "uid": derived_uid("exception", str(place)), "order": place}
            for place, row in enumerate(plan.exceptions, 1)
        },
        "engagement": {"1": {"uid": derived_uid(FILE_ID, "engagement"), "customer": "Acme", "currency": currency}},
        "baselines": {
            str(place): {
                "uid": derived_uid("baseline", str(place)),
                "at": f"2026-11-0{place}T08:00:00Z",
                "by": "ada",
                "name": baseline.name,
                "taken": baseline.taken or f"2026-11-0{place}",
                "tasks": {uids[key]: values for key, values in baseline.tasks.items()},
            }
            for place, baseline in enumerate(plan.baselines, 1)
        },
    }
    return Engagement({**empty_document(), **tables}, framework())


class Line(NamedTuple):
    """A task as it is compared."""

    number: str
    name: str
    kind: str
    start: str
    finish: str
    es: int
    ef: int
    ls: int
    lf: int
    total_float: int
    free_float: int
    critical: bool
    done: bool


def schedule_of(engagement: Engagement) -> list[Line]:
    """Return the schedule of an engagement's plan, a line a task."""
    return [
        Line(
            task.number, task.name, task.kind, task.start.isoformat(), task.finish.isoformat(), task.es, task.ef,
            task.ls, task.lf, task.total_float, task.free_float, task.critical, task.done,
        )
        for task in Plan(engagement).scheduled()
    ]  # fmt: skip


# --- files of MS Project ----------------------------------------------------------------------------------------


def project(tasks: str, head: str = "", rest: str = "") -> bytes:
    """Return a file of MS Project around some tasks."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="http://schemas.microsoft.com/project">'
        f"<StartDate>2026-11-30T08:00:00</StartDate>{head}<Tasks>{tasks}</Tasks>{rest}</Project>"
    ).encode()


def task(uid: int, inner: str = "", duration: str = "PT8H0M0S") -> str:
    """Return a task of a day."""
    return f"<Task><UID>{uid}</UID><Name>T{uid}</Name><Duration>{duration}</Duration>{inner}</Task>"


def link(uid: int, kind: int = 1, lag: str = "", code: str = "") -> str:
    """Return a link to a predecessor."""
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type>"
        f"{lag and f'<LinkLag>{lag}</LinkLag>'}{code and f'<LagFormat>{code}</LagFormat>'}</PredecessorLink>"
    )


# --- plans of any kind ----------------------------------------------------------------------------------------

_DAYS = st.integers(0, 60).map(lambda days: (MONDAY + timedelta(days=days)).isoformat())
_MOMENTS = st.one_of(_DAYS, st.builds(lambda day, hour: f"{day}T{hour:02d}:30", _DAYS, st.integers(0, 23)))
_DURATIONS = st.one_of(
    st.sampled_from([0, 30, 240, 480, 960, 2400, 1441]), st.integers(1, 4).map(lambda days: {"elapsed": days * 1440})
)
_LAGS = st.sampled_from(["", "2d", "-1d", "4h", "-90m", "1w", "2ed", "-36eh", "25%", "-50%", "12.5%", "0.5d", "1mo"])
_HOURS = st.sampled_from([OFFICE, "09:00-13:00", "00:00-24:00", "22:00-24:00", None])


@st.composite
def _task(draw: st.DrawFn, key: int, parents: list[str], progress: bool) -> ImportedTask:
    values: dict[str, Any] = {
        "name": f"Task {key}",
        "kind": draw(st.sampled_from(["Work package", "Work package", "Milestone"])),
    }
    if values["kind"] != "Milestone":
        values["duration"] = draw(_DURATIONS)
    if draw(st.booleans()):
        values["constraint"] = draw(st.sampled_from(CONSTRAINTS))
        values["constraint_date"] = draw(_MOMENTS) if CONSTRAINTS.index(values["constraint"]) >= 2 else None
    if draw(st.booleans()):
        values["deadline"] = draw(_MOMENTS)
    if progress:
        values |= draw(_progress())
        if isinstance(values.get("duration"), dict):
            values.pop("remaining_duration", None)  # what is left of elapsed time follows from its percentage
    before = [str(number) for number in range(1, key)]
    drawn = draw(
        st.lists(
            st.builds(ImportedLink, st.sampled_from(before), st.sampled_from(LINK_TYPES), _LAGS),
            max_size=3,
            unique_by=lambda link: link.predecessor,
        )
        if before
        else st.just([])
    )
    # Files hold whole percents only. Of a task another one comes to minutes, of a summary to as many as it has tasks.
    links = [
        link._replace(lag="12%") if (link.lag, link.predecessor in parents) == ("12.5%", True) else link
        for link in drawn
    ]
    return ImportedTask(str(key), draw(st.sampled_from(["", *parents])), values, tuple(links), where=f"line {key}")


@st.composite
def _progress(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["open", "percent", "begun", "remaining", "finished", "done", "not needed"]))
    if kind == "percent":
        return {"percent_complete": draw(st.integers(1, 999))}
    if kind in ("begun", "remaining"):
        begun: dict[str, Any] = {"actual_start": draw(_MOMENTS), "percent_complete": draw(st.integers(0, 999))}
        return {**begun, "remaining_duration": draw(st.integers(0, 3000))} if kind == "remaining" else begun
    if kind == "finished":
        return {"actual_start": draw(_MOMENTS), "actual_finish": draw(_MOMENTS), "state": "Done"}
    return {"state": "Done"} if kind == "done" else {"state": "Not needed"} if kind == "not needed" else {}


@st.composite
def any_plan(draw: st.DrawFn, most: int = 12) -> ImportedPlan:
    """Draw a plan with links of every kind, a calendar with exceptions, constraints, progress and deadlines."""
    settings: dict[str, Any] = {
        "start": draw(_DAYS),
        "honor_constraints": draw(st.booleans()),
        "critical_float": draw(st.sampled_from([0, 480, 960])),
    }
    progress = draw(st.booleans())
    if progress:
        settings["status_date"] = draw(_MOMENTS)
    settings |= {name: draw(_HOURS) for name in WEEK} | {"wednesday": OFFICE}
    tasks: list[ImportedTask] = []
    summaries: list[str] = []
    for key in range(1, draw(st.integers(2, most)) + 1):
        if draw(st.integers(0, 4)) == 0:
            parent = draw(st.sampled_from(["", *summaries]))
            tasks.append(ImportedTask(str(key), parent, {"name": f"Stream {key}", "kind": "Work stream"}))
            summaries.append(str(key))
        else:
            tasks.append(draw(_task(key, summaries, progress)))
    first = MONDAY + timedelta(days=draw(st.integers(-3, 30)))
    exception = {
        "name": "Fête & <repos>",
        "from": first.isoformat(),
        "to": (first + timedelta(days=draw(st.integers(0, 9)))).isoformat(),
        "hours": draw(st.sampled_from([None, "10:00-12:00"])),
    }
    return ImportedPlan("Acme", tuple(tasks), settings, (exception,))
