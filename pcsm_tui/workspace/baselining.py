"""Baselines of an engagement's plan: taking, renaming and removing them, and the plan against them, as plain values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.dates import short_date
from pcsm_tui.domain.engagement import GONE, Document, doc_id_of, uid_of
from pcsm_tui.errors import UsageError
from pcsm_tui.insight.plan_outlook import forecast_sentences, performance_sentences, variance_sentence
from pcsm_tui.insight.plan_words import date_words
from pcsm_tui.schedule.baselines import (
    BASELINES,
    Baseline,
    BaselineTask,
    Variance,
    baselines_of,
    chosen_baseline,
    plan_variance,
    taken_baseline,
    variances,
)
from pcsm_tui.schedule.earned_schedule import Performance, performance
from pcsm_tui.schedule.plan import Plan
from pcsm_tui.schedule.rules import last_day
from pcsm_tui.schedule.settings import as_finish
from pcsm_tui.schedule.simulation import SAMPLES, Forecast, Level, simulate
from pcsm_tui.store.engagement_file import new_uid
from pcsm_tui.workspace.planning import plan_in
from pcsm_tui.workspace.session import Session


class BaselineLine(NamedTuple):
    """A baseline at a glance; days ISO."""

    uid: str
    name: str
    taken: str
    start: str
    finish: str
    tasks: int


def baseline_lines(session: Session) -> tuple[tuple[BaselineLine, ...], tuple[str, ...]]:
    """Return the baselines of an engagement, the latest taken last, and in sentences what of them cannot be read."""
    found, problems = baselines_of(session.engagement)
    return tuple(_line(baseline) for baseline in found), problems


def _line(found: Baseline) -> BaselineLine:
    first, last = found.start.date().isoformat(), last_day(found.finish, found.start)
    return BaselineLine(found.uid, found.name, found.taken, first, last, len(found.tasks))


# --- acts -----------------------------------------------------------------------------------------------------


def take_baseline(session: Session, name: str = "") -> BaselineLine:
    """Keep the plan as it stands as a baseline, numbered unless it is named, and return it.

    Raises `UsageError` for a name that is taken, `ValueRefused` for a plan without tasks.
    """
    _refuse_taken(session, name)
    plan, stamp, uid = plan_in(session), session.stamp(), new_uid()
    kept = taken_baseline(plan, session.engagement, name, session.today)
    record = {**kept, "uid": uid, "at": stamp.at, "by": stamp.by}
    session.make(Change(f"take baseline {kept['name']}", (Edit(BASELINES, doc_id_of(uid), None, record),)))
    return _line(_chosen(session, uid))


def rename_baseline(session: Session, asked: str, name: str) -> BaselineLine:
    """Give a baseline, named by uid or name, another name and return it; raises as `take_baseline` and for an unknown one."""
    found, stamp = _chosen(session, asked), session.stamp()
    if not name.strip():
        raise UsageError("A baseline needs a name.", "Say which.")
    _refuse_taken(session, name, but=found.uid)
    doc_id = _doc_id(session.engagement.document, found.uid)
    before = session.engagement.document[BASELINES][doc_id]
    after = {**before, "name": name.strip(), "uid": found.uid, "at": stamp.at, "by": stamp.by}
    session.make(Change(f"rename baseline {found.name}", (Edit(BASELINES, doc_id, before, after),)))
    return _line(_chosen(session, found.uid))


def remove_baseline(session: Session, asked: str) -> BaselineLine:
    """Remove a baseline, named by uid or name, and return what it was; raises `UsageError` for an unknown one."""
    found, stamp, document = _chosen(session, asked), session.stamp(), session.engagement.document
    doc_id, grave = _doc_id(document, found.uid), doc_id_of(found.uid)
    stone = {"uid": found.uid, "table": BASELINES, "at": stamp.at, "by": stamp.by}
    edits = (
        Edit(BASELINES, doc_id, document[BASELINES][doc_id], None),
        Edit(GONE, grave, document.get(GONE, {}).get(grave), stone),
    )
    session.make(Change(f"remove baseline {found.name}", edits))
    return _line(found)


def _chosen(session: Session, asked: str) -> Baseline:
    found = chosen_baseline(baselines_of(session.engagement)[0], asked)
    if found is None:
        raise UsageError("No baseline has been taken yet.", "`pcsm plan baseline FILE NAME` takes one.")
    return found


def _refuse_taken(session: Session, name: str, but: str = "") -> None:
    for found in baselines_of(session.engagement)[0]:
        if found.uid != but and found.name.casefold() == name.strip().casefold():
            raise UsageError(
                f"There is a baseline {found.name!r} already, taken {found.taken}.", "Choose another name."
            )


def _doc_id(document: Document, uid: str) -> str:
    return next(doc_id for doc_id in document[BASELINES] if uid_of(document, BASELINES, doc_id) == uid)


# --- variance -------------------------------------------------------------------------------------------------


class VarianceLine(NamedTuple):
    """A task now and in a baseline: ISO days (None where it is not), and by how many working minutes it is later."""

    uid: str
    wbs: str
    name: str
    state: str
    """same, later, earlier, new, or gone."""
    baseline_start: str | None
    baseline_finish: str | None
    start: str | None
    finish: str | None
    start_variance: int
    finish_variance: int
    duration_variance: int


class VarianceView(NamedTuple):
    """The plan against a baseline: variances in working minutes, positive when later or longer."""

    baseline: BaselineLine
    sentence: str
    start_variance: int
    finish_variance: int
    duration_variance: int
    tasks: tuple[VarianceLine, ...]


def variance_view(session: Session, asked: str = "") -> VarianceView:
    """Return the plan against a baseline, the latest unless one is asked for by uid or name.

    Raises `UsageError` when there is none.
    """
    plan, baseline = plan_in(session), _chosen(session, asked)
    whole = plan_variance(baseline, plan)
    return VarianceView(
        _line(baseline),
        variance_sentence(plan, baseline, session.today),
        whole.start,
        whole.finish,
        whole.duration,
        tuple(_variance_line(plan, baseline, found) for found in variances(baseline, plan)),
    )


def _variance_line(plan: Plan, baseline: Baseline, found: Variance) -> VarianceLine:
    planned, now = baseline.tasks.get(found.uid), plan.task(found.uid) if found.uid in plan else None
    return VarianceLine(
        found.uid,
        now.number if now else "",
        now.name if now else "(no longer in the plan)",
        found.state,
        *_days(planned),
        *_days(now and BaselineTask(now.start, now.finish, now.duration)),
        found.start,
        found.finish,
        found.duration,
    )


def _days(task: BaselineTask | None) -> tuple[str | None, str | None]:
    return (None, None) if task is None else (task.start.date().isoformat(), last_day(task.finish, task.start))


# --- forecast -------------------------------------------------------------------------------------------------


class PerformanceView(NamedTuple):
    """Earned schedule: shares in tenths of a percent, variance in working minutes, the index SPI(t), finishes ISO days."""

    done: int
    planned: int
    variance: int
    spi: float | None
    planned_finish: str
    finish: str
    finish_as_planned: str


class SimulationView(NamedTuple):
    """The simulation of the finish: ISO days, and in tenths of a percent the share that keeps to the planned finish."""

    samples: int
    estimated: int
    p50: str
    p80: str
    p95: str
    planned: str
    kept: int
    criticality: dict[str, int]
    """By the uid of a task, in how many tenths of a percent of the samples it held the finish."""
    deadlines: dict[str, int]
    """By the uid of a task with a deadline, in how many tenths of a percent of the samples it is met."""


class ForecastView(NamedTuple):
    """When the plan will end, by what has been done so far and by simulation; None where there is nothing to go by."""

    moment: str
    """The status date, or else today: ISO."""
    baseline: str
    """The name of the baseline that it is measured against; empty for the plan as it stands."""
    performance: PerformanceView | None
    simulation: SimulationView | None
    sentences: tuple[str, ...]


def forecast_view(
    session: Session,
    asked: str = "",
    samples: int = SAMPLES,
    progress: Callable[[int, int], bool | None] | None = None,
) -> ForecastView:
    """Return the forecast against a baseline (by uid or name, else the latest, else the plan as it stands).

    Raises `UsageError` for a baseline that does not exist and `ValueRefused` for a number of samples out of range.
    """
    plan, today = plan_in(session), session.today
    baseline = chosen_baseline(baselines_of(session.engagement)[0], asked)
    status = plan.settings.status or today
    done = performance(plan, as_finish(status), baseline)
    drawn = simulate(plan, samples, progress=progress) if plan.tasks else None
    sentences = []
    if done is not None:
        sentences += performance_sentences(done, date_words(plan, status, today, end=True), today)
    if baseline is not None:
        taken = short_date(datetime.fromisoformat(baseline.taken).date(), today)
        sentences.append(f"Planned is what the baseline {baseline.name} says, taken {taken}.")
    if drawn is not None:
        sentences += forecast_sentences(drawn, plan, today)
    return ForecastView(
        status.isoformat()[:16],
        baseline.name if baseline is not None else "",
        None if done is None else _performance(done),
        None if drawn is None else _simulation(drawn),
        tuple(sentences),
    )


def _performance(found: Performance) -> PerformanceView:
    now = found.now
    return PerformanceView(
        round(now.share * 1000),
        round(now.planned_share * 1000),
        round(now.variance),
        None if now.index is None else round(now.index, 3),
        _end(found.planned_finish),
        _end(found.finish),
        _end(found.finish_as_planned),
    )


def _simulation(found: Forecast) -> SimulationView:
    def day(level: Level) -> str:
        return _end(level.moment)

    days = (day(found.p50), day(found.p80), day(found.p95), day(found.planned))
    return SimulationView(
        found.samples, found.estimated, *days, found.kept, dict(found.criticality), dict(found.deadlines)
    )


def _end(when: datetime) -> str:
    return last_day(when, datetime.min)
