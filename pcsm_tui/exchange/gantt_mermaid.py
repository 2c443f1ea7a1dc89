"""A plan as a Gantt chart in Mermaid, the text that wikis and Git forges draw (mermaid.js.org/syntax/gantt.html).

Mermaid knows no working calendar, so every task has its dates, with its last day as its end (`inclusiveEndDates`).
What it cannot show: parts of days, progress beyond not begun, begun and done, links, float, a baseline, and work
streams below the top level. Its line for today is that of the reader's clock. By default it draws no more than
50,000 characters, which is some 500 tasks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.domain.safe_text import safe_line
from pcsm_tui.exchange.plan_tasks import last_day, numbered_name, refuse_empty

_SPECIAL = re.compile("[:;#%{}<>&\ufb02\u00b6]")
"""What ends a name, begins a comment, a directive or an entity, would be markup in the picture, or stands for an entity
while Mermaid works."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKEND = {"saturday", "sunday"}
_SHORT = timedelta(days=366)


def gantt_mermaid(name: str, tasks: Sequence[PlanTask], works: Callable[[date], bool] | None = None) -> str:
    """Return a plan as Mermaid text, with a final newline: a section for each work stream at the top of the outline.

    `works` says which days are worked; with it, the others are shaded, which moves no bar. Raises `UsageError` for an
    empty plan.
    """
    refuse_empty(tasks)
    first, last = min(task.start for task in tasks).date(), max(map(last_day, tasks))
    lines = ["gantt"]
    if safe_line(name):
        lines.append(f"    title {_escaped(safe_line(name))}")
    lines += [
        "    dateFormat YYYY-MM-DD",
        "    inclusiveEndDates",
        f"    axisFormat {'%d %b' if last - first < _SHORT else '%b %Y'}",
    ]
    if works and (excluded := _excluded(first, last, works)):
        lines.append(f"    excludes {', '.join(excluded)}")
    return "\n".join([*lines, *_sections(tasks)]) + "\n"


def _excluded(first: date, last: date, works: Callable[[date], bool]) -> list[str]:
    """Return the weekdays without work, and the days without work among the others."""
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    idle = [day for day in days if not works(day)]
    weekdays = {_WEEKDAYS[day.weekday()] for day in idle} - {_WEEKDAYS[day.weekday()] for day in days if works(day)}
    dates = [day.isoformat() for day in idle if _WEEKDAYS[day.weekday()] not in weekdays]
    if weekdays >= _WEEKEND:
        weekdays = weekdays - _WEEKEND | {"weekends"}
    return [*sorted(weekdays), *dates]


def _sections(tasks: Sequence[PlanTask]) -> Iterator[str]:
    """Yield a section for each work stream at the top, and one for each run of tasks that stand there alone.

    Mermaid takes sections of one name for one section, so each name begins with a number.
    """
    streams = {_top(task): task for task in tasks if task.kind == "summary" and task.level == 1}
    leaves = [task for task in tasks if task.kind != "summary"]
    for top, group in groupby(leaves, lambda task: streams.get(_top(task))):
        members = list(group)
        yield f"    section {_escaped(numbered_name(top) if top else _numbers(members))}"
        for task in members:
            yield _line(task)


def _top(task: PlanTask) -> str:
    return task.number.partition(".")[0]


def _numbers(tasks: Sequence[PlanTask]) -> str:
    first, last = tasks[0].number, tasks[-1].number
    return first if first == last else f"{first} to {last}"


def _line(task: PlanTask) -> str:
    tags = (
        ("crit", task.critical),
        ("done", task.done),
        ("active", task.begun and not task.done),
        ("milestone", task.kind == "milestone"),
    )
    # A name that begins with its number is never taken for a keyword.
    end = last_day(task)
    start = end if task.kind == "milestone" else task.start.date()
    data = [tag for tag, holds in tags if holds]
    data += [f"t{task.number.replace('.', '_')}", start.isoformat(), end.isoformat()]
    return f"    {_escaped(numbered_name(task))} :{', '.join(data)}"


def _escaped(text: str) -> str:
    """Return a text with what the syntax would take for its own as entities, `#58;` for a colon."""
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", text)
