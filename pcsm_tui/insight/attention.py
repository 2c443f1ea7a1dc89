"""What needs the CSM: the rules of Today, each in one function, each with its reason.

Signals do not depend on the day, so that they can be kept in the index; `insight.urgency` decides what shows on a
given one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pcsm_tui.domain.declarations import Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.domain.quantities import show_duration
from pcsm_tui.domain.rules import rule_broken
from pcsm_tui.domain.states import IN_PROGRESS, OPEN
from pcsm_tui.domain.summaries import Place, Signal
from pcsm_tui.domain.values import is_empty
from pcsm_tui.insight.health import health
from pcsm_tui.insight.progress import phase_progress
from pcsm_tui.schedule.plan import TASKS, plan_of
from pcsm_tui.schedule.rules import last_day

NEXT_MEETING_DAYS = 7
CRITICAL_START_DAYS = 3
"""How many days before it is to begin a critical work package appears in Today."""


def signals(engagement: Engagement) -> tuple[Signal, ...]:
    """Return everything that may need the CSM in an engagement; nothing for a closed one."""
    return engagement.once("signals", lambda: tuple(_signals(engagement)))


def _signals(engagement: Engagement) -> list[Signal]:
    if engagement.form("engagement").get("status") == "Closed":
        return []
    return [
        *_dated_rows(engagement),
        *_critical_starts(engagement),
        *_deadlines_missed(engagement),
        *_rows_without_date(engagement),
        *_gaps_unanswered(engagement),
        *_proposal_unsigned(engagement),
        *_health_low_or_stale(engagement),
        *_renewals_without_plan(engagement),
        *_rules_broken(engagement),
        *_measurements_due(engagement),
        *_next_meeting(engagement),
        *_nothing_in_progress(engagement),
    ]


def _shows(due: str, days: int) -> str:
    return (date.fromisoformat(due) - timedelta(days=days)).isoformat()


def _dated_rows(engagement: Engagement) -> Iterator[Signal]:
    """Every row, of whatever tool, that is not done and has a day by which it is to be done."""
    for tool in engagement.framework.tools:
        if tool.due and tool.audience != "personal":
            for row in engagement.rows(tool.id):
                if row.stored and not row.done and not engagement.is_summary(row):
                    due = engagement.date(row, tool.due)
                    if due:
                        yield _dated(engagement, tool, row, due)


def _dated(engagement: Engagement, tool: Tool, row: Row, due: str) -> Signal:
    owner = f" · {engagement.show(row, tool.owner) or 'nobody owns it'}" if tool.owner else ""
    what = (
        engagement.title(row)
        if tool.id in ("actions", "activities")
        else f"{tool.row_name.capitalize()}: {engagement.title(row)}"
    )
    phase = row.get("phase") if tool.id == "activities" else 0
    return Signal(
        rule="due",
        text=what,
        due=due,
        shows=_shows(due, tool.notice_days),
        place=Place(tool.id, row.uid, tool.due, phase if isinstance(phase, int) else 0),
        detail=f"{tool.field(tool.due).name} {due}{owner}",
        can_tick=bool(tool.tick),
    )


def _critical_starts(engagement: Engagement) -> Iterator[Signal]:
    """Critical work packages that are to begin, from some days before: a day lost there is a day lost at the end."""
    for task in _open_tasks(engagement):
        if task.critical and not task.begun and task.kind == "task":
            start = task.start.date().isoformat()
            yield Signal(
                rule="critical",
                text=f"{task.number} {task.name} starts: critical",
                due=start,
                shows=_shows(start, CRITICAL_START_DAYS),
                place=Place(TASKS, task.uid, "actual_start"),
                detail=f"{task.owner or 'Nobody owns it'} · float {show_duration(task.total_float)}. A day lost there is a "
                "day lost at the end of the plan.",
            )


def _deadlines_missed(engagement: Engagement) -> Iterator[Signal]:
    """Tasks that the plan has end after their deadline."""
    for task in _open_tasks(engagement):
        if task.late_for_deadline and task.deadline is not None:
            deadline = task.deadline.date().isoformat()
            yield Signal(
                rule="deadline",
                text=f"{task.number} {task.name} misses its deadline",
                reason=f"{deadline}, ends {last_day(task.finish, task.start)}",
                mark="!",
                place=Place(TASKS, task.uid, "deadline"),
                detail="Shorten what it waits for, start it sooner, or agree another date.",
            )


def _open_tasks(engagement: Engagement) -> list[PlanTask]:
    if not engagement.framework.has_tool(TASKS) or not engagement.document.get(TASKS):
        return []
    plan = plan_of(engagement)
    return [plan.task(uid) for uid in plan.tasks if not plan.work(uid).done]


def _rows_without_date(engagement: Engagement) -> Iterator[Signal]:
    """Rows that want a day by which they are to be done and have none, a line for each tool: nothing would recall them."""
    for tool in engagement.framework.tools:
        if not (tool.due and tool.tick and tool.field(tool.due).required) or tool.audience == "personal":
            continue
        undated = [
            row
            for row in engagement.rows(tool.id)
            if row.stored
            and not row.done
            and not engagement.is_summary(row)
            and is_empty(engagement.value(row, tool.due))
        ]
        if undated:
            yield Signal(
                rule="undated",
                text=f"{tool.name}: {len(undated)} without a date",
                reason=f"first: {engagement.title(undated[0])}",
                place=Place(tool.id, undated[0].uid, tool.due),
                detail=f"{tool.field(tool.due).name} says when it shows here.",
            )


def _gaps_unanswered(engagement: Engagement) -> Iterator[Signal]:
    """Questions for the customer that have no answer yet and no date of their own, as one line."""
    tool = engagement.framework.tool("information-gaps")
    waiting = [
        row
        for row in engagement.rows(tool.id)
        if row.stored and not row.done and is_empty(row.get("answer")) and not (tool.due and row.get(tool.due))
    ]
    if waiting:
        count = len(waiting)
        yield Signal(
            rule="unanswered",
            text=f"{tool.name}: {count} question{'s' if count != 1 else ''} without an answer",
            reason=f"first: {engagement.title(waiting[0])}",
            place=Place(tool.id, waiting[0].uid, "answer"),
            detail="Ask them at the next meeting, or note that the answer no longer matters.",
        )


def _proposal_unsigned(engagement: Engagement) -> Iterator[Signal]:
    """A proposal that has gone out and that the customer has not signed."""
    tool = engagement.framework.tool("engagement-proposal")
    row = engagement.form(tool.id)
    if row.get("sent_on") and is_empty(row.get("customer_signed_on")):
        yield Signal(
            rule="unsigned",
            text="Proposal waits for the customer's signature",
            reason=f"sent {row.get('sent_on')}",
            mark="!",
            place=Place(tool.id, row.uid, "customer_signed_on"),
            detail="Until it is signed, nobody has agreed to anything.",
        )


def _health_low_or_stale(engagement: Engagement) -> Iterator[Signal]:
    """A health that is red or amber, and a reading that is too old to rely on."""
    tool, latest = engagement.framework.tool("health"), health(engagement)
    if latest is None:
        return
    if latest.light in ("red", "amber"):
        lowest = _lowest_factor(engagement, latest.row)
        action = engagement.show(latest.row, "next_action")
        yield Signal(
            rule="health",
            text=f"Health {latest.label}: {lowest}",
            reason="no action noted" if not action else f"action: {action}",
            mark="!" if latest.light == "red" or not action else "",
            place=Place(tool.id, latest.row.uid, "next_action"),
            detail=f"Overall {engagement.show(latest.row, 'overall')} on {latest.date}.",
        )
    if tool.stale_days and latest.date:
        due = (date.fromisoformat(latest.date) + timedelta(days=tool.stale_days)).isoformat()
        yield Signal(
            rule="stale",
            text="Health reading due",
            due=due,
            shows=due,
            place=Place(tool.id, latest.row.uid, "date"),
            detail=f"The last one is of {latest.date}; a adds a new one.",
        )


def _lowest_factor(engagement: Engagement, row: Row) -> str:
    factors = [(row.get(item.id), item.name) for item in row.tool.fields if item.type == "percent"]
    filled = [(value, name) for value, name in factors if isinstance(value, int)]
    if not filled:
        return "no factor filled in"
    value, name = min(filled)
    return f"{name} {value // 10} %"


def _renewals_without_plan(engagement: Engagement) -> Iterator[Signal]:
    """A renewal that comes near and that nobody has a plan for."""
    tool = engagement.framework.tool("renewals")
    for row in engagement.rows(tool.id):
        if row.stored and not row.done and row.date("date") and is_empty(row.get("plan")):
            yield Signal(
                rule="no-plan",
                text=f"Renewal {engagement.title(row)} has no plan",
                reason=f"{engagement.show(row, 'value') or 'value unknown'}, ends {row.get('date')}",
                shows=_shows(str(row.get("date")), tool.notice_days),
                mark="!",
                place=Place(tool.id, row.uid, "plan"),
                detail="Who must be won, by which result, in which steps?",
            )


def _rules_broken(engagement: Engagement) -> Iterator[Signal]:
    """Rows that break their tool's rule, a line for each tool."""
    for tool in engagement.framework.tools:
        broken = [(row, found) for row in engagement.rows(tool.id) if tool.rule and (found := rule_broken(row))]
        if broken:
            row, found = broken[0]
            yield Signal(
                rule="rule",
                text=f"{tool.name}: {len(broken)} row{'s' if len(broken) != 1 else ''} to put right",
                reason=f"{engagement.title(row)}: {found.text}",
                place=Place(tool.id, row.uid, found.field),
                detail=tool.summary,
            )


def _measurements_due(engagement: Engagement) -> Iterator[Signal]:
    """Measures whose next measurement is due by their frequency."""
    series = engagement.measured()
    tool = engagement.framework.tool("measures")
    for row in engagement.rows(tool.id):
        frequency = tool.field("frequency").choice(row.get("frequency"))
        if frequency and frequency.days and (readings := series.get(row.uid)):
            due = (date.fromisoformat(readings[-1][0]) + timedelta(days=frequency.days)).isoformat()
            yield Signal(
                rule="measure",
                text=f"Measurement due: {engagement.title(row)}",
                due=due,
                shows=due,
                place=Place(tool.id, row.uid),
                detail=f"{frequency.name}; last measured {readings[-1][0]}.",
            )


def _next_meeting(engagement: Engagement) -> Iterator[Signal]:
    """The next meeting with the customer, from a week before."""
    row = engagement.form("engagement")
    if due := row.date("next_meeting"):
        questions = sum(
            gap.stored and not gap.done and is_empty(gap.get("answer")) for gap in engagement.rows("information-gaps")
        )
        yield Signal(
            rule="meeting",
            text="Meeting with the customer",
            due=due,
            shows=_shows(due, NEXT_MEETING_DAYS),
            place=Place("engagement", row.uid, "next_meeting"),
            detail=_open_questions(questions) or "When it has passed, enter the next one here.",
        )


def _open_questions(count: int) -> str:
    return f"{count} question{'s' if count != 1 else ''} open." if count else ""


def _nothing_in_progress(engagement: Engagement) -> Iterator[Signal]:
    """An engagement in which no phase is under way, or a phase under way in which nothing is."""
    phases = [phase_progress(engagement, phase.number) for phase in engagement.framework.phases]
    current = [phase for phase in phases if phase.state == IN_PROGRESS]
    ahead = next((phase for phase in phases if phase.state == OPEN), None)
    if not current and ahead is None:
        form = engagement.form("engagement")
        yield Signal(
            rule="idle",
            text="All phases are finished",
            reason="close the engagement when nothing more is to come",
            place=Place("engagement", form.uid, "status"),
            detail="A closed engagement leaves Today and stays in the Portfolio. A finished phase can be reopened.",
        )
    elif not current and ahead is not None:
        yield Signal(
            rule="idle",
            text="No phase is in progress",
            reason=f"next would be {ahead.number} {ahead.name}",
            place=Place(phase=ahead.number),
            detail="Start a phase, or close the engagement.",
        )
    for phase in current:
        if not phase.doing and phase.done < phase.activities:
            yield Signal(
                rule="idle",
                text=f"{phase.number} {phase.name}: nothing in progress",
                reason=f"{phase.done} of {phase.activities} done",
                place=Place(phase=phase.number),
                detail="Which activity comes next? Put it in progress, or give it a date.",
            )
