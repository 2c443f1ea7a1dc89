"""A plan as a calendar (iCalendar, RFC 5545) for Outlook, Google Calendar and the like.

Work packages and milestones become events of whole days, from the first day to the last. They have the identity of
their tasks, so that a calendar that takes in a later export moves its events instead of doubling them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pcsm_tui.domain.plan import PlanTask, show_percent
from pcsm_tui.domain.quantities import show_duration
from pcsm_tui.domain.safe_text import safe_line
from pcsm_tui.exchange.plan_tasks import last_day, long_date, numbered_name, refuse_empty

if TYPE_CHECKING:
    from icalendar import Event

_DAY = timedelta(days=1)


def plan_ics(name: str, tasks: Sequence[PlanTask], stamp: datetime) -> bytes:
    """Return the work packages and milestones of a plan as a calendar, work streams left out.

    `stamp`, a moment with its zone, is when the plan was last changed: a calendar keeps the later of two versions.
    Events leave their days free, since a plan is no appointment. Raises `UsageError` for an empty plan.
    """
    from icalendar import Calendar, vText

    refuse_empty(tasks)
    streams = {task.number: task.name for task in tasks if task.kind == "summary" and task.level == 1}
    calendar = Calendar()
    calendar.add("prodid", "-//pcsm//Plan//EN")
    calendar.add("version", "2.0")
    for key in ("name", "x-wr-calname"):  # the standard's (RFC 7986), and what older programs read
        calendar.add(key, vText(safe_line(name)))
    for task in tasks:
        if task.kind != "summary":
            calendar.add_component(_event(task, stamp, streams.get(task.number.partition(".")[0], "")))
    return bytes(calendar.to_ical())


def _event(task: PlanTask, stamp: datetime, stream: str) -> Event:
    """Return a task as an event. Its end is the day after the last (RFC 5545, 3.6.1)."""
    from icalendar import Event

    end = last_day(task)
    event = Event()
    event.add("uid", f"{task.uid}@pcsm")
    event.add("dtstamp", stamp)  # written in UTC
    event.add("dtstart", end if task.kind == "milestone" else task.start.date())
    event.add("dtend", end + _DAY)
    event.add("summary", numbered_name(task))
    event.add("description", "\n".join(_facts(task)))
    event.add("status", "TENTATIVE" if task.assumed and not task.begun else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    kinds = (safe_line(stream), "Milestone" if task.kind == "milestone" else "Work package")
    event.add("categories", [word for word in (*kinds, "Critical" if task.critical else "") if word])
    return event


def _facts(task: PlanTask) -> Iterator[str]:
    if task.owner:
        yield f"Owner: {safe_line(task.owner)}"
    yield "Done" if task.done else f"Progress: {show_percent(task.percent)}"
    if task.deadline:
        yield f"Deadline: {long_date(task.deadline.date())}{', missed by this plan' if task.late_for_deadline else ''}"
    if task.critical:
        yield "Critical: a delay here delays the end of the plan."
    if task.total_float and not task.done:
        yield f"Float: {show_duration(task.total_float)}"
