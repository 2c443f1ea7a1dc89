"""Pages of the plan in words: what decides its end, and its milestones by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pcsm_tui.domain.dates import distance, short_date
from pcsm_tui.domain.plan import PlanTask, show_takes
from pcsm_tui.domain.quantities import show_duration
from pcsm_tui.insight.plan_chains import CriticalPage, PathStep
from pcsm_tui.insight.plan_words import link_words
from pcsm_tui.ui.present.line import Line, Span, cut, fit, fitted, wrapped
from pcsm_tui.ui.present.plan import number_width, show_days, task_mark, task_role

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def period(start: datetime, finish: datetime, today: date) -> str:
    """Return from when to when: `Mon 16 to Fri 20 Nov`, `Mon 16 Nov`, `Mon 16 Nov to Tue 1 Dec`."""
    first, last = start.date(), finish.date()
    if first >= last:
        return short_date(last, today)
    if (first.year, first.month) == (last.year, last.month) and first.year == today.year:
        return f"{first:%a} {first.day} to {short_date(last, today)}"
    return f"{short_date(first, today)} to {short_date(last, today)}"


def critical_path_lines(paths: CriticalPage, today: date, width: int) -> list[Line]:
    """Return the page of the critical path: what ends when because of what, what nearly does, what cannot be met."""
    lines = _sentence(_first_sentence(paths, today), width, "title")
    tied = sum(not bound for bound in paths.bounds)
    if tied > 1:
        lines += _sentence(f"{_count(tied).capitalize()} chains are tied: each alone decides it.", width)
    for place, chain in enumerate(paths.chains):
        lines.append(())
        if len(paths.chains) > 1:
            lines.append((Span(f" Chain {place + 1}", "heading"),))
        if paths.begins[place : place + 1] not in ((), ("",)):
            lines += _sentence(f"It begins when it does because {paths.begins[place]}.", width, "dim")
        if paths.bounds[place]:
            lines += _sentence(paths.bounds[place], width, "warn")
        lines += _chain_lines(chain, today, width)
    if paths.near:
        lines += [(), *_near_lines(paths, width)]
    if paths.late:
        lines.append(())
        for task in paths.late:
            lines += _sentence(f"Cannot be met: {late_words(task, today)}", width, "bad")
    return lines


def _first_sentence(paths: CriticalPage, today: date) -> str:
    ends = f"The plan ends {short_date(paths.finish.date(), today)}."
    if not paths.deciding:
        return f"{ends} Nothing that is still to do decides it."
    of = f"{paths.deciding} of {paths.packages} work packages and milestones"
    return f"{ends} {of} decide{'s' if paths.deciding == 1 else ''} it: a day lost there is a day lost at the end."


def _count(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _sentence(text: str, width: int, role: str = "", indent: int = 1) -> list[Line]:
    """Return a text wrapped with a margin."""
    return [(Span(" " * indent), *line) for line in wrapped(text, max(width - indent - 1, 8), role)]


def _chain_lines(chain: Sequence[PathStep], today: date, width: int) -> list[Line]:
    """Return a chain, numbered; a plain link from finish to start goes without saying."""
    lines: list[Line] = []
    number = number_width([step.task for step in chain])
    margin = len(str(len(chain))) + number + 4
    for place, (task, link) in enumerate(chain, 1):
        if link is not None and (link.type != "FS" or link.lag):
            lines.append((Span(" " * margin + cut(f"then ({link_words(link)})", max(width - margin, 4)), "dim"),))
        when = period(task.start, task.finish, today)
        length = "milestone" if task.kind == "milestone" else show_takes(task.duration, task.elapsed)
        head = f" {place:>{len(str(len(chain)))}}  {fit(task.number, number)} "
        tail = f" · {length} · {when}"
        if width - len(head) - len(tail) >= 16:
            name = cut(task.name, width - len(head) - len(tail))
            lines.append((Span(head, "accent"), Span(name), Span(tail, "dim")))
        else:
            lines.append((Span(head, "accent"), Span(cut(task.name, max(width - len(head), 4)))))
            lines.append((Span(" " * margin + cut(tail[3:], max(width - margin, 4)), "dim"),))
    return lines


def _near_lines(paths: CriticalPage, width: int) -> list[Line]:
    named = ", ".join(f"{task.number} {task.name} ({show_duration(task.total_float)})" for task in paths.near)
    return _sentence(f"Nearly critical (up to {show_duration(paths.near_float)} of float): {named}.", width, "warn")


def late_words(task: PlanTask, today: date) -> str:
    """Return by how much a task misses its deadline: `1.6 Talks ends Tue 15 Dec, 3 days after its deadline …`."""
    if task.deadline is None:
        return f"{task.number} {task.name} has no deadline."
    days = (task.finish.date() - task.deadline.date()).days
    by = f"{days} day{'s' if days != 1 else ''} after" if days else "later on the day of"
    ends = f"{task.number} {task.name} ends {short_date(task.finish.date(), today)}"
    return f"{ends}, {by} its deadline of {short_date(task.deadline.date(), today)}."


_DATE, _STATE, _FLOAT, _DEADLINE = 13, 14, 5, 13
_WITH_DEADLINES = 72
"""From this width on the list of milestones has a column of deadlines."""


def milestone_header(width: int, number: int) -> Line:
    """Return the headings of the list of milestones."""
    name = fit("Milestone", _milestone_name(width, number))
    text = f"   {fit('Date', _DATE)} {fit('WBS', number)} {name} {fit('State', _STATE)} {fit('Float', _FLOAT)}"
    return fitted([Span(text + (" Deadline" if width >= _WITH_DEADLINES else ""), "heading")], width)


def milestone_row(task: PlanTask, today: date, width: int, number: int) -> Line:
    """Return a milestone: its mark, date, name, how near it is, its float, and its deadline where there is room."""
    day = task.finish.date()
    late = not task.done and day < today
    state = "reached" if task.done else distance(day, today)
    role = task_role(task)
    spans = [
        Span(" "),
        task_mark(task),
        Span(" " + fit(short_date(day, today), _DATE), role),
        Span(f" {fit(task.number, number)} {fit(task.name, _milestone_name(width, number))} ", role),
        Span(fit(state, _STATE) + " ", "late" if late else "good" if task.done else ""),
        Span(fit("" if task.done else show_days(task.total_float), _FLOAT, "right"), _float_role(task)),
    ]
    if width >= _WITH_DEADLINES and task.deadline is not None:
        deadline = fit(short_date(task.deadline.date(), today), _DEADLINE)
        spans.append(Span(" " + deadline, "bad" if task.late_for_deadline else "dim"))
    return fitted(spans, width)


def _float_role(task: PlanTask) -> str:
    return "bad" if task.critical else "warn" if task.near_critical else "dim"


def _milestone_name(width: int, number: int) -> int:
    deadline = _DEADLINE + 1 if width >= _WITH_DEADLINES else 0
    return max(width - _DATE - _STATE - _FLOAT - deadline - number - 7, 8)


def by_date(tasks: Sequence[PlanTask]) -> list[PlanTask]:
    """Return the milestones among tasks by date, those of one day in the order of the outline."""
    return sorted((task for task in tasks if task.kind == "milestone"), key=lambda task: task.finish)
