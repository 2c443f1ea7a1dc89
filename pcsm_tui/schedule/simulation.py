"""How sure the finish is: the plan computed many times over, with durations drawn from three-point estimates.

An optimistic and a pessimistic duration around the likely one give a beta-PERT distribution: a beta distribution on
that range with the mean (optimistic + 4 likely + pessimistic) / 6 (Malcolm, Roseboom, Clark and Fazar, Application of
a Technique for Research and Development Program Evaluation, 1959; with lambda 4 the modified PERT distribution of Vose,
Risk Analysis). Where paths join, the later one counts, so that the mean of the finishes lies behind the finish of the
means (merge bias): this is what a single computation cannot show.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from statistics import fmean
from typing import NamedTuple

from pcsm_tui.domain.engagement import Row
from pcsm_tui.domain.quantities import MINUTES, show_duration
from pcsm_tui.domain.values import is_empty, problem_with
from pcsm_tui.errors import ValueRefused
from pcsm_tui.schedule.activities import Activity
from pcsm_tui.schedule.building import duration_done
from pcsm_tui.schedule.network import Network
from pcsm_tui.schedule.plan import Plan
from pcsm_tui.schedule.settings import as_finish

SEED = 1959
"""Drawn from by default, so that two people see the same figures."""
SAMPLES = 1_000
MOST_SAMPLES = 100_000
MOST_BUCKETS = 20
_LAMBDA = 4
_BETWEEN_REPORTS = 50
_WIDTHS = (15, 60, 240, *(MINUTES["d"] * days for days in (1, 2, 5, 10, 20, 40, 60, 120, 240)))
"""How wide a bucket may be, in working minutes: from a quarter of an hour to a year."""


class Estimate(NamedTuple):
    """A three-point estimate in working minutes, optimistic <= likely <= pessimistic."""

    optimistic: int
    likely: int
    pessimistic: int

    @property
    def mean(self) -> float:
        """The mean of its distribution: (optimistic + 4 likely + pessimistic) / 6."""
        return (self.optimistic + _LAMBDA * self.likely + self.pessimistic) / (_LAMBDA + 2)

    @property
    def shape(self) -> tuple[float, float]:
        """The alpha and beta of its beta distribution: 1 + 4 (likely - optimistic) / range, and so from the other end."""
        width = self.pessimistic - self.optimistic
        low = (self.likely - self.optimistic) / width if width else 0.5
        return 1 + _LAMBDA * low, 1 + _LAMBDA * (1 - low)


class Finding(NamedTuple):
    """An estimate that is not used as it was given: whose, and a sentence that says so."""

    uid: str
    text: str


class Estimates(NamedTuple):
    """The three-point estimates of a plan by task, and what is wrong with some."""

    by_task: Mapping[str, Estimate]
    findings: tuple[Finding, ...]


class Level(NamedTuple):
    """A finish: its offset on the plan's axis, and the moment."""

    offset: int
    moment: datetime


class Bucket(NamedTuple):
    """How many samples finish after one offset and up to another; `until` is the moment of the latter."""

    after: int
    up_to: int
    until: datetime
    samples: int


@dataclass(frozen=True)
class Forecast:
    """What the samples say of the finish. Shares in tenths of a percent."""

    samples: int
    estimated: int
    """How many tasks have a range; the others were the same in all samples."""
    p50: Level
    """By then half of the samples are finished."""
    p80: Level
    p95: Level
    mean: Level
    planned: Level
    """The finish of the plan as it is scheduled."""
    kept: int
    """The share of samples that finish no later than planned."""
    buckets: tuple[Bucket, ...]
    criticality: Mapping[str, int]
    """By task the share of samples in which it held the finish; finished tasks and summaries are not in it."""
    deadlines: Mapping[str, int]
    """By task that has a deadline and is not finished the share of samples that meet it, in outline order."""
    findings: tuple[Finding, ...]


# --- estimates ------------------------------------------------------------------------------------------------


def estimates_of(plan: Plan) -> Estimates:
    """Return the estimates of the tasks that are still to be finished.

    The likely duration is the one in the plan. An estimate that is missing is the duration itself. Where the three are
    out of order, the range spans all of them around the duration, and a finding says so; a duration in elapsed time
    stays as it is.
    """
    found: dict[str, Estimate] = {}
    findings: list[Finding] = []
    for uid in plan.leaves.all:
        work, row = plan.work(uid), plan.row(uid)
        optimistic, pessimistic = _estimate(row, "optimistic"), _estimate(row, "pessimistic")
        if work.done or work.milestone or (optimistic is None and pessimistic is None):
            continue
        called = f"{plan.number(uid)} {plan.name(uid)}"
        if work.elapsed or not isinstance(optimistic, int | None) or not isinstance(pessimistic, int | None):
            text = f"{called}: estimates of elapsed time are not used; the duration is taken as certain."
            findings.append(Finding(uid, text))
            continue
        likely = work.duration
        given = (likely if optimistic is None else optimistic, likely, likely if pessimistic is None else pessimistic)
        found[uid] = Estimate(min(given), likely, max(given))
        if list(given) != sorted(given):
            findings.append(Finding(uid, f"{called}: {_out_of_order(*given)}"))
    return Estimates(found, tuple(findings))


def _estimate(row: Row, field_id: str) -> object:
    """Return an estimate as it is kept: working minutes, an object for elapsed time, None for none or a damaged one."""
    if not row.tool.has(field_id):
        return None
    value = row.get(field_id)
    return None if is_empty(value) or problem_with(row.tool.field(field_id), value) else value


def _out_of_order(optimistic: int, likely: int, pessimistic: int) -> str:
    low, middle, high = (show_duration(minutes) for minutes in (optimistic, likely, pessimistic))
    wrong = []
    if optimistic > likely:
        wrong.append(f"the optimistic estimate {low} is longer than the duration {middle}")
    if pessimistic < likely:
        wrong.append(f"the pessimistic estimate {high} is shorter than the duration {middle}")
    given = optimistic, likely, pessimistic
    used = f"the range from {show_duration(min(given))} to {show_duration(max(given))} is used"
    return f"{' and '.join(wrong)}; {used}."


# --- the simulation -------------------------------------------------------------------------------------------


def simulate(
    plan: Plan,
    samples: int = SAMPLES,
    seed: int = SEED,
    progress: Callable[[int, int], bool | None] | None = None,
) -> Forecast | None:
    """Return what the finish looks like over many samples; the same seed gives the same figures.

    A task held the finish in a sample when it could not slip by more than the plan's critical float without moving it
    (the criticality index of Van Slyke, Monte Carlo Methods and the PERT Problem, 1963). Of a task in progress the
    remaining duration is scaled by what its whole duration is drawn to be. A lag in percent is of the duration that is
    drawn, of a task in progress of the one in the plan.

    `progress` is called with the number of samples done and of those asked for, again and again; when it returns False,
    there is no forecast but None. Raises `ValueRefused` for a number of samples out of range.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise ValueRefused(f"{samples:,} samples cannot be drawn.", f"Ask for 1 to {MOST_SAMPLES:,}.")
    network, limit = plan.network, plan.settings.critical_float
    estimates = estimates_of(plan)
    drawn = [_Drawn(plan, uid, estimate, seed) for uid, estimate in estimates.by_task.items()]
    watched = [network.index[uid] for uid in plan.leaves.all if not plan.work(uid).done]
    times_critical = [0] * len(network.activities)
    deadlines = [_Deadline(plan, uid) for uid in plan.tasks if plan.work(uid).deadline and not plan.task(uid).done]
    finishes: list[int] = []
    different = samples if drawn else 1  # without estimates all samples are the plan itself
    for done in range(different):
        if progress is not None and done % _BETWEEN_REPORTS == 0 and progress(done, samples) is False:
            return None
        sample = network.with_durations({each.uid: each.activity() for each in drawn})
        finishes.append(sample.finish)
        floats = sample.finish_float
        for deadline in deadlines:
            deadline.look_at(sample)
        for place in watched:
            if floats[place] <= limit:
                times_critical[place] += 1
    finishes *= samples // different
    times_critical = [count * (samples // different) for count in times_critical]
    criticality = {network.activities[place].key: _tenths(times_critical[place], samples) for place in watched}
    met = {deadline.uid: _tenths(deadline.met, different) for deadline in deadlines}
    return _forecast(plan, sorted(finishes), estimates, criticality, met)


class _Drawn:
    """A task whose duration is drawn, from random numbers of its own: another task's coming or going leaves them alike."""

    def __init__(self, plan: Plan, uid: str, estimate: Estimate, seed: int) -> None:
        work = plan.work(uid)
        activity = plan.network.activities[plan.network.index[uid]]
        self.uid, self._links, self._conditions = uid, activity.links, activity.conditions
        # Without an actual start the network places the whole task, and what is done of it is certain.
        self._whole = activity.whole
        certain = duration_done(work) if work.actual_start is None else 0
        scale = (activity.duration - certain) / estimate.likely if estimate.likely else 1.0
        self._least = certain + estimate.optimistic * scale
        self._range = (estimate.pessimistic - estimate.optimistic) * scale
        self._alpha, self._beta = estimate.shape
        self._draw = Random(f"{seed} {uid}").betavariate

    def activity(self) -> Activity:
        """Return the activity with a duration drawn anew."""
        duration = round(self._least + self._range * self._draw(self._alpha, self._beta))
        return Activity(self.uid, duration, self._links, self._conditions, self._whole)


class _Deadline:
    """A deadline, and in how many samples it was met."""

    def __init__(self, plan: Plan, uid: str) -> None:
        deadline = plan.work(uid).deadline
        assert deadline is not None
        self.uid, self.met = uid, 0
        self._by = plan.axis.offset_of(as_finish(deadline))
        self._places = [plan.network.index[leaf] for leaf in plan.leaves.of(uid)]

    def look_at(self, sample: Network) -> None:
        """Count a sample in which it is met."""
        self.met += all(sample.ef[place] <= self._by for place in self._places)


def _forecast(
    plan: Plan,
    finishes: list[int],
    estimates: Estimates,
    criticality: Mapping[str, int],
    deadlines: Mapping[str, int],
) -> Forecast:
    def level(offset: int) -> Level:
        return Level(offset, plan.axis.finish_at(offset))

    def percentile(percent: int) -> Level:
        """The nearest rank: the first finish by which so many percent of the samples are finished."""
        return level(finishes[-(-percent * len(finishes) // 100) - 1])

    return Forecast(
        samples=len(finishes),
        estimated=len(estimates.by_task),
        p50=percentile(50),
        p80=percentile(80),
        p95=percentile(95),
        mean=level(round(fmean(finishes))),
        planned=level(plan.network.finish),
        kept=_tenths(bisect_right(finishes, plan.network.finish), len(finishes)),
        buckets=_buckets(plan, finishes),
        criticality=criticality,
        deadlines=deadlines,
        findings=estimates.findings,
    )


def _tenths(count: int, samples: int) -> int:
    return round(1000 * count / samples)


def _buckets(plan: Plan, finishes: list[int]) -> tuple[Bucket, ...]:
    """Return the finishes in buckets of one round width, at most `MOST_BUCKETS` of them, empty ones between included."""
    low, high = finishes[0], finishes[-1]
    width = next((width for width in _WIDTHS if (high - 1) // width - (low - 1) // width < MOST_BUCKETS), 0)
    if not width:
        width = -(-(high - low) // (MOST_BUCKETS - 1))
    found = []
    for place in range((low - 1) // width, (high - 1) // width + 1):
        after, up_to = place * width, (place + 1) * width
        count = bisect_right(finishes, up_to) - bisect_right(finishes, after)
        found.append(Bucket(after, up_to, plan.axis.finish_at(up_to), count))
    return tuple(found)
