"""The views of the plan in words and boxes: what the plan holds, brought into the form that the drawing parts take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from pcsm_tui.ui.charts.network import Drawing, Edge, Node, draw_network
from pcsm_tui.ui.charts.roadmap import Stream, roadmap_lines, roadmap_scale
from pcsm_tui.ui.present.line import Line, Span
from pcsm_tui.ui.present.plan import VarianceRow, number_width, show_days, show_length, variance_header, variance_row
from pcsm_tui.ui.present.plan_pages import by_date, critical_path_lines, milestone_header, milestone_row
from pcsm_tui.ui.present.plan_texts import listed, sentence_lines
from pcsm_tui.workspace.looking import Engagement
from pcsm_tui.workspace.plans import (
    Baseline,
    Forecast,
    Plan,
    PlanTask,
    baselines_of,
    chain,
    chosen_baseline,
    critical_page,
    edges_around,
    followers,
    forecast_sentences,
    links_into,
    performance,
    performance_sentences,
    show_link,
    variance_sentence,
    variances,
    why,
)
from pcsm_tui.workspace.terms import short_date

Page = Callable[[int], list[Line]]
MOST_BOXES = 120
"""Of a larger plan the network shows the surroundings of one task."""
SURROUNDINGS = 40
MOST_NEAR = 12
MOST_MOVED = 200


def empty_page(width: int) -> list[Line]:
    """Return what is said where there is no plan yet."""
    return sentence_lines(EMPTY, width)


EMPTY = (
    "No work packages yet. a adds the first one.",
    "The palette (:) also makes them from the adoption activities and the onboarding work plan, or imports a plan from "
    "MS Project (XML) or CSV.",
)


def critical_path_page(plan: Plan, today: date) -> Page:
    """Return the page that says what decides the plan's end."""
    found = critical_page(plan, today)
    found = found._replace(near=tuple(sorted(found.near, key=lambda task: task.total_float)[:MOST_NEAR]))
    more = found.how_many - len(found.chains)
    notes = [f"{more} more chains are tied with these."] if more else []
    return lambda width: [
        *critical_path_lines(found, today, width),
        *listed("Also", notes, width),
        *listed("To be put right", found.problems, width, "bad"),
    ]


def roadmap_page(plan: Plan, today: date) -> Page:
    """Return the page with the roadmap and, below it, the milestones by date."""
    streams, milestones = _streams(plan)

    def page(width: int) -> list[Line]:
        lines = roadmap_lines(streams, roadmap_scale(streams, width, today), today, width)
        if not milestones:
            hint = "No milestones yet: a work package of the kind Milestone is one, and so is one that takes no time."
            return [*lines, *listed("Milestones", [hint], width, "dim")]
        number = number_width(milestones)
        rows = [milestone_row(task, today, width, number) for task in by_date(milestones)]
        return [*lines, (), milestone_header(width, number), *rows]

    return page


def _streams(plan: Plan) -> tuple[list[Stream], list[PlanTask]]:
    """Return the top of the outline with the milestones below each, and all milestones."""
    streams: list[Stream] = []
    loose: list[PlanTask] = []
    every: list[PlanTask] = []
    for row in plan.outline.children():
        task = plan.task(row.uid)
        milestones = [leaf for uid in plan.leaves.of(row.uid) if (leaf := plan.task(uid)).kind == "milestone"]
        every += milestones
        if task.kind == "milestone":
            loose.append(task)
        else:
            streams.append(Stream(task, milestones))
    return [*streams, *([Stream(None, loose)] if loose else [])], every


def reasons_page(plan: Plan, uid: str, today: date) -> Page:
    """Return the page that says why a task lies where it lies, what leads to it, and what it drives."""
    told, found = why(plan, uid, today), chain(plan, uid, today)
    waiting = [
        f"{plan.number(one.uid)} {plan.name(one.uid)}: "
        + (f"after {show_days(one.slack)} d" if one.slack else "at once")
        for one in followers(plan, uid)
    ]
    return lambda width: [
        *sentence_lines(told, width),
        *listed("What leads to it", [step.text for step in found.before], width),
        *listed("What it drives", [step.text for step in found.after], width),
        *listed("What moves when it slips", waiting, width),
    ]


# --- network --------------------------------------------------------------------------------------------------


def network_task(plan: Plan, uid: str) -> str:
    """Return the box to look at for a task of the plan: its own; of a work stream the first critical one in it."""
    inside = plan.leaves.of(uid) or tuple(plan.leaves.all)
    return next((leaf for leaf in inside if plan.task(leaf).critical), inside[0])


def network_drawing(plan: Plan, selected: str, today: date) -> Drawing:
    """Return the network as boxes and arrows: the whole plan, of a large one what is around a work package."""
    leaves = plan.leaves.all
    found = edges_around(plan, selected, len(leaves) if len(leaves) <= MOST_BOXES else SURROUNDINGS)
    tasks = {uid: plan.task(uid) for uid in found.tasks}
    nodes = [Node(uid, _label(task, today), task.critical) for uid, task in tasks.items()]
    edges = [
        Edge(
            edge.before,
            edge.after,
            show_link("", edge.link),
            edge.driving and tasks[edge.before].critical and tasks[edge.after].critical,
        )
        for edge in found.edges
    ]
    return draw_network(nodes, edges)


def _label(task: PlanTask, today: date) -> tuple[str, ...]:
    days = show_length(task) + ("" if task.elapsed else " d")
    length = "milestone" if task.kind == "milestone" else days
    left = "done" if task.done else f"float {show_days(task.total_float)}"
    return f"{task.number} {task.name}", f"{length} · {short_date(task.start.date(), today)} · {left}"


def links_text(plan: Plan, uid: str) -> tuple[str, str]:
    """Return what a task waits for and what waits for it, by outline number."""
    if uid not in plan.network.index:
        own = plan.work(uid).links
        return ", ".join(show_link(plan.number(link.task), link) for link in own), ""
    before = [show_link(plan.number(edge.before), edge.link) for edge in links_into(plan, uid)]
    after = [plan.number(one.uid) for one in followers(plan, uid)]
    return ", ".join(before), ", ".join(after)


# --- baseline and forecast ------------------------------------------------------------------------------------


def forecast_page(engagement: Engagement, plan: Plan, forecast: Forecast | None, today: date) -> Page:
    """Return the page that compares with the baseline, says how the work goes, and when it will be done.

    `forecast` is None while it is being worked out.
    """
    baselines, damaged = baselines_of(engagement)
    baseline = chosen_baseline(baselines)
    compared = [variance_sentence(plan, baseline, today)] if baseline else ["No baseline yet. b takes one."]
    moment = plan.settings.status or today
    when = moment if isinstance(moment, datetime) else datetime.combine(moment, time(23, 59))
    progress = performance(plan, when, baseline)
    earned = performance_sentences(progress, short_date(when.date(), today), today) if progress else []
    if baseline is None:
        earned.append("Without a baseline the plan is measured against itself as it stands: delays do not show here.")
    likely = forecast_sentences(forecast, plan, today) if forecast else ["Simulating…"]
    rows = _variance_rows(plan, baseline) if baseline else []

    def page(width: int) -> list[Line]:
        lines = [
            *listed("Against the baseline", [*compared, *damaged], width),
            *listed("How the work goes (earned schedule)", earned, width),
            *listed("When it will be done (simulation of the estimates)", likely, width),
            *_criticality_lines(plan, forecast, width),
        ][1:]
        if not rows:
            return lines
        number = number_width([row.task for row in rows])
        moved = [variance_row(row, width, number) for row in rows]
        return [*lines, (), variance_header(width, number), *moved]

    return page


def _variance_rows(plan: Plan, baseline: Baseline) -> list[VarianceRow]:
    rows = []
    for found in variances(baseline, plan):
        if found.uid in plan and found.state in ("later", "earlier", "new"):
            planned = baseline.tasks.get(found.uid)
            finish = planned.finish if planned else None
            rows.append(VarianceRow(plan.task(found.uid), finish, found.finish, found.duration))
    return rows[:MOST_MOVED]


def _criticality_lines(plan: Plan, forecast: Forecast | None, width: int) -> list[Line]:
    """Return how often each task decided the end, the most often first, as bars."""
    if forecast is None or not forecast.estimated:
        return []
    shares = sorted(
        ((share, uid) for uid, share in forecast.criticality.items() if share and uid in plan), reverse=True
    )
    lines: list[Line] = [(), (Span(" How often each decided the end", "heading"),)]
    room = max(width // 3, 8)
    for share, uid in shares[:8]:
        bar = "█" * max(share * room // 1000, 1)
        name = f"{plan.number(uid)} {plan.name(uid)}"
        lines.append((Span(f" {share / 10:>5.0f} % "), Span(f"{bar:<{room}} ", "accent"), Span(name)))
    return lines
