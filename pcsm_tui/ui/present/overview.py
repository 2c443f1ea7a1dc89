"""The overview of an engagement: the wheel made flat, each line of which opens something."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pcsm_tui.domain.dates import distance, short_date
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.summaries import Place, Signal
from pcsm_tui.insight.health import health
from pcsm_tui.insight.plan_outlook import plan_fact
from pcsm_tui.insight.progress import PhaseProgress, phase_progress, tool_state
from pcsm_tui.ui.present.line import Line, Span, cut, fit, one_line
from pcsm_tui.ui.present.marks import progress_marks
from pcsm_tui.ui.present.today import iso_date, signal_mark, signal_reason


class OverviewLine(NamedTuple):
    """A line of the overview: what it shows, and where it leads; None for a line that only shows something."""

    key: str
    line: Line
    place: Place | None


def overview_lines(
    engagement: Engagement, signals: list[Signal], changed: list[str], today: date, width: int
) -> list[OverviewLine]:
    """Return the lines of the overview for a width."""
    return [
        *_phases(engagement, today, width),
        OverviewLine("rule", (Span("─" * width, "rule"),), None),
        *_facts(engagement, changed, today, width),
        OverviewLine("space", (), None),
        *_needs(signals, today, width),
    ]


def _phases(engagement: Engagement, today: date, width: int) -> list[OverviewLine]:
    found, stage_shown = [], ""
    stages = {stage.id: stage for stage in engagement.framework.stages}
    for phase in engagement.framework.phases:
        progress = phase_progress(engagement, phase.number)
        stage = stages[phase.stage]
        heading = f"{stage.id} {stage.name.upper()}" if stage.id != stage_shown else ""
        stage_shown = stage.id
        found.append(
            OverviewLine(
                f"phase {phase.number}", _phase_line(heading, progress, today, width), Place(phase=phase.number)
            )
        )
    return found


def _phase_line(heading: str, progress: PhaseProgress, today: date, width: int) -> Line:
    marks = progress_marks(progress.done, progress.doing, progress.activities)
    role = {"Finished": "good", "In progress": "title"}.get(progress.state, "dim")
    finished = progress.state == "Finished"
    when = iso_date(progress.finished if finished else progress.started)
    state = progress.state.casefold()
    if when and progress.state != "Open":
        state = f"{'done' if finished else 'since'} {short_date(when, today)}"
    return (
        Span(" " + fit(heading, 17), "heading"),
        Span(fit(f"{progress.number} {progress.name}", 26), role),
        Span(fit(marks, 13), role),
        Span(fit(f"{progress.done}/{progress.activities}", 6), "dim"),
        Span(cut(state, max(width - 64, 10)), role),
    )


def _facts(engagement: Engagement, changed: list[str], today: date, width: int) -> list[OverviewLine]:
    form = engagement.form("engagement")
    people = " · ".join(
        f"{name} {form.get(field)}"
        for field, name in (("csm", "CSM"), ("senior_project_lead", "SPL"), ("account_manager", "AM"))
        if form.get(field)
    )
    dates = " · ".join(
        f"{name} {short_date(day, today)}" + (f", {distance(day, today)}" if day >= today else "")
        for field, name in (("go_live", "go-live"), ("next_meeting", "meeting"))
        if (day := iso_date(str(form.get(field) or ""))) is not None
    )
    found = [_fact("People", people or "nobody entered yet", Place("engagement", form.uid, "csm"), width)]
    found.append(_fact("Dates", dates or "none entered yet", Place("engagement", form.uid, "go_live"), width))
    found += _plan(engagement, today, width)
    found.append(_health(engagement, today, width))
    found.append(_fact("Open", _open(engagement), Place("actions"), width))
    return found + [_fact("Since", text, Place("timeline"), width) for text in changed[:2]]


def _fact(name: str, text: str, place: Place, width: int) -> OverviewLine:
    return OverviewLine(f"fact {name} {text}", (Span(" " + fit(name, 9), "accent"), Span(cut(text, width - 11))), place)


def _plan(engagement: Engagement, today: date, width: int) -> list[OverviewLine]:
    """Return when the plan ends, how far it is, and what of it is critical; nothing where there is no plan yet."""
    if not engagement.framework.has_tool("tasks") or not engagement.rows("tasks"):
        return []
    return [_fact("Plan", plan_fact(engagement, today), Place("tasks"), width)]


def _health(engagement: Engagement, today: date, width: int) -> OverviewLine:
    reading = health(engagement)
    if reading is None:
        return _fact("Health", "no reading yet", Place("health"), width)
    trend = "" if not reading.trend else f", {reading.trend / 10:+.0f} since the one before"
    when = iso_date(reading.date)
    text = f"{reading.score // 10} {reading.label}{trend}" + (f" · read {short_date(when, today)}" if when else "")
    role = {"red": "bad", "amber": "warn", "green": "good"}.get(reading.light, "")
    line = (Span(" " + fit("Health", 9), "accent"), Span(cut(text, width - 11), role))
    return OverviewLine("fact Health", line, Place("health", reading.row.uid))


def _open(engagement: Engagement) -> str:
    """Return how much is open where it counts: actions, problems, risks, barriers."""
    parts = []
    for tool_id, word in (
        ("actions", "action"),
        ("problems", "problem"),
        ("adoption-risks", "risk"),
        ("adoption-barriers", "barrier"),
    ):
        if engagement.framework.has_tool(tool_id):
            state = tool_state(engagement, engagement.framework.tool(tool_id))
            count = state.entered - state.done
            parts.append(f"{count} {word}{'s' if count != 1 else ''}")
    return " · ".join(parts)


def _needs(signals: list[Signal], today: date, width: int) -> list[OverviewLine]:
    if not signals:
        return [OverviewLine("nothing", (Span(" Nothing needs you here today.", "dim"),), None)]
    found = []
    for signal in signals:
        reason = cut(signal_reason(signal, today), width // 2)
        mark = signal_mark(signal, today)
        role = {"▲": "late", "!": "warn"}.get(mark, "")
        text = fit(signal.text, width - len(reason) - 5)
        found.append(
            OverviewLine(
                f"signal {signal.key}",
                (Span(f" {mark} ", role), Span(text), Span(" " + one_line(reason), role or "dim")),
                signal.place,
            )
        )
    return found
