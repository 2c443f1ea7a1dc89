"""The plan as a whole in sentences: how it stands, what an edit moves, how it compares with what was agreed."""

from __future__ import annotations

from datetime import date, datetime

from pcsm_tui.domain.dates import short_date
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.plan import show_percent
from pcsm_tui.domain.quantities import show_duration
from pcsm_tui.insight.plan_reasons import late_words
from pcsm_tui.insight.plan_words import called, counted, finish_words, joined, period_words, start_words
from pcsm_tui.schedule.baselines import Baseline, baselines_of, chosen_baseline, plan_variance, variances
from pcsm_tui.schedule.earned_schedule import Performance
from pcsm_tui.schedule.paths import Move, moved, moves
from pcsm_tui.schedule.plan import Plan, plan_of
from pcsm_tui.schedule.rules import last_day
from pcsm_tui.schedule.simulation import Forecast

PACKAGES = "work packages and milestones"
_MOST_DEADLINES = 3
"""So many endangered deadlines are named; of more there is only the count."""
_ALL = 1000
"""All runs, in tenths of a percent."""


def plan_sentence(plan: Plan, today: date) -> str:
    """Return how the plan stands: from when to when, how much of it is critical, how much is done."""
    if not plan.tasks:
        return "The plan has no tasks yet."
    leaves, critical = plan.leaves.all, len(plan.critical)
    first, last = start_words(plan, plan.start, today), finish_words(plan, plan.finish, today)
    return (
        f"The plan runs from {first} to {last}, {show_duration(plan.duration)}; {critical} of {len(leaves)} {PACKAGES} "
        f"{'is' if critical == 1 else 'are'} critical; {show_percent(plan.percent())} is done."
    )


def plan_fact(engagement: Engagement, today: date) -> str:
    """Return the plan in a line: when it ends, against the latest baseline, how far it is, how much is critical."""
    plan = plan_of(engagement)
    ends = f"ends {finish_words(plan, plan.finish, today)}"
    baseline = chosen_baseline(baselines_of(engagement)[0])
    later = plan_variance(baseline, plan).finish if baseline else 0
    if baseline and later:
        ends += f", {show_duration(abs(later))} {'later' if later > 0 else 'earlier'} than {baseline.name}"
    critical = f"{len(plan.critical)} of {len(plan.leaves.all)} critical"
    return f"{ends} · {plan.percent() // 10} % done · {critical}"


def late_sentences(plan: Plan, today: date) -> list[str]:
    """Return which tasks miss their deadlines, and by how much."""
    dated = (plan.task(uid) for uid in plan.tasks if plan.work(uid).deadline is not None)
    late = (task for task in dated if task.late_for_deadline)
    return [f"{called(task)} {late_words(plan, task, today)}." for task in late]


# --- an edit --------------------------------------------------------------------------------------------------


def move_sentences(before: Plan, after: Plan, today: date, most: int | None = None) -> list[str]:
    """Return what an edit does: how many tasks move and what becomes of the finish, then task by task from where to
    where (of more than `most`, the first), then what becomes critical, what no longer is, and which deadlines are
    missed from then on.
    """
    found = moves(before, after)
    left = len(found) - len(found[:most])
    return [
        outcome_sentence(before, after, today),
        *(_move(before, after, move, today) for move in found[:most]),
        *([f"So do {left} more."] if left else []),
        *_turned(before, after),
        *(text for text in late_sentences(after, today) if text not in late_sentences(before, today)),
    ]


def outcome_sentence(before: Plan, after: Plan, today: date) -> str:
    """Return how many tasks an edit moves, those that are new or gone left out, and what becomes of the finish."""
    count = len(moved(before, after))
    what, verb = counted(count, "task") if count else "Nothing", "move" if count > 1 else "moves"
    was, is_now = finish_words(before, before.finish, today), finish_words(after, after.finish, today)
    finish = f"finishes {is_now} instead of {was}" if was != is_now else f"still finishes {is_now}"
    return f"{what} {verb}; the plan {finish}."


def _move(before: Plan, after: Plan, move: Move, today: date) -> str:
    if move.after is None:
        return f"{called(move.before)} is no longer there." if move.before else ""
    now = period_words(after, move.after, today)
    if move.before is None:
        return f"{called(move.after)} is new: {now}."
    later = after.axis.offset_of(move.after.finish) - after.axis.offset_of(move.before.finish)
    by = f", {show_duration(abs(later))} {'later' if later > 0 else 'earlier'}" if later else ""
    return f"{called(move.after)}: {now} instead of {period_words(before, move.before, today)}{by}."


def _turned(before: Plan, after: Plan) -> list[str]:
    came = [called(after.task(uid)) for uid in after.leaves.all if uid in after.critical and uid not in before.critical]
    went = [called(after.task(uid)) for uid in after.leaves.all if uid in before.critical and uid not in after.critical]
    found = [f"{joined(came)} {'becomes' if len(came) == 1 else 'become'} critical."] if came else []
    return found + ([f"{joined(went)} {'is' if len(went) == 1 else 'are'} no longer critical."] if went else [])


# --- against a baseline ---------------------------------------------------------------------------------------


def variance_sentence(plan: Plan, baseline: Baseline, today: date) -> str:
    """Return how far the plan lies from a baseline, and how many of its packages do."""
    taken = finish_words(plan, baseline.finish, today)
    now, by = finish_words(plan, plan.finish, today), plan_variance(baseline, plan).finish
    moved = f", {show_duration(abs(by))} {'later' if by > 0 else 'earlier'} than the {taken} of" if by else ", as in"
    states = [found.state for found in variances(baseline, plan) if not plan.outline.has_below(found.uid)]
    counts = [(states.count("later"), "later"), (states.count("earlier"), "earlier"), (states.count("new"), "new")]
    told = [f"{count} {word}" for count, word in (*counts, (states.count("gone"), "gone")) if count]
    return f"The plan ends {now}{moved} {baseline.name}. Tasks: {', '.join(told) if told else 'all as planned'}."


# --- the forecast ---------------------------------------------------------------------------------------------


def performance_sentences(found: Performance, by: str, today: date) -> list[str]:
    """Return what is done against what was planned, and the finish that follows; `by` says on which day."""
    now = found.now
    done, planned = show_percent(round(now.share * 1000)), show_percent(round(now.planned_share * 1000))
    sentences = [f"{done} of the work is done; {planned} was planned to be by {by}."]
    if now.index is not None and now.share > 0:
        behind = round(now.variance)
        stands = f"{show_duration(abs(behind))} {'behind' if behind < 0 else 'ahead'}" if behind else "on time"
        sentences.append(f"In time the work is {stands}: its index, SPI(t), is {now.index:.2f}.")
    finishes = [f"as the work so far, it ends {_day(found.finish, today)}"] if now.share > 0 else []
    finishes.append(f"as planned, it ends {_day(found.finish_as_planned, today)}")
    agreed = _day(found.planned_finish, today)
    return [*sentences, f"If the rest goes {'; if it goes '.join(finishes)}. Planned was {agreed}."]


def forecast_sentences(forecast: Forecast, plan: Plan, today: date) -> list[str]:
    """Return what the simulation of a plan says of its finish and its deadlines, and which estimates it could not use."""
    told = [finding.text for finding in forecast.findings]
    if not forecast.estimated:
        return [*told, "No task to come has an optimistic or a pessimistic duration: there is nothing to simulate."]
    levels = ((forecast.p50, "half"), (forecast.p80, "80%"), (forecast.p95, "95%"))
    shares = ", ".join(f"{share} end by {_day(level.moment, today)}" for level, share in levels)
    kept = f"{show_percent(forecast.kept)} keep to {_day(forecast.planned.moment, today)}"
    which = f"{counted(forecast.estimated, 'task')} with estimates"
    return [
        *told,
        f"Of {forecast.samples:,} simulated runs ({which}) {shares}; {kept}.",
        *_deadlines(forecast, plan, today),
    ]


def _deadlines(forecast: Forecast, plan: Plan, today: date) -> list[str]:
    """Return how many runs meet the deadlines, the most endangered first; those that none misses go without saying."""
    missed = sorted((share, plan.number(uid), uid) for uid, share in forecast.deadlines.items() if share < _ALL)
    tasks = [(share, plan.task(uid)) for share, _, uid in missed[:_MOST_DEADLINES]]
    told = [
        f"{show_percent(share)} meet the deadline of {called(task)} on {finish_words(plan, task.deadline, today)}"
        for share, task in tasks
        if task.deadline is not None
    ]
    more = len(missed) - len(told)
    return [f"{'; '.join(told)}{f'; {more} more are in danger' if more else ''}."] if told else []


def _day(when: datetime, today: date) -> str:
    """Return a day of the future without its time, which no forecast knows."""
    return short_date(date.fromisoformat(last_day(when, datetime.min)), today)
