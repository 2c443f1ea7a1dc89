"""Earned schedule: the time by which the plan would have had done what is done now (Lipke, "Schedule is Different",
2003), and the finish that follows from it.

With PD the planned duration, AT the actual time, and ES = C + (EV - PV(C)) / (PV(C+1) - PV(C)) the earned schedule:
SV(t) = ES - AT, SPI(t) = ES / AT, and the forecast of the duration is IEAC(t) = PD / SPI(t) when the rest goes as the
work so far, AT + (PD - ES) when it goes as planned. Shares of the work run from 0 to 1 and are weighted by duration.
Times are working minutes, or whatever periods a series has.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from pcsm_tui.schedule.baselines import Baseline, BaselineTask
from pcsm_tui.schedule.plan import Plan
from pcsm_tui.schedule.work import weight_of

_HAIR = 1e-9
"""What sums of fractions may differ by that are the same share."""
RECENT_READINGS = 3
"""How many readings back the recent rate is measured from."""


class Point(NamedTuple):
    """A share of the work (0 to 1) at a time."""

    time: float
    share: float


class Span(NamedTuple):
    """Work that is done evenly from a start to a finish."""

    start: float
    finish: float
    weight: float


class Curve:
    """The planned completion: a line that never falls, from 0 to 1, straight between its points.

    It ends where the whole work is planned to be done. Raises `ValueError` for points that do not rise in time.
    """

    def __init__(self, points: Iterable[Point]) -> None:
        kept: list[Point] = []
        for point in points:
            if kept and (point.time < kept[-1].time or point.share < kept[-1].share):
                raise ValueError(f"a planned completion falls or goes back in time at {point}")
            kept.append(point)
            if point.share >= 1:
                break
        self.points = tuple(kept)
        self._times = [point.time for point in kept]
        self._shares = [point.share for point in kept]

    @property
    def duration(self) -> float:
        """The planned duration: when the work is planned to be done."""
        return self._times[-1] if self._times else 0.0

    def share_at(self, time: float) -> float:
        """Return the share that is planned to be done by a time."""
        place = bisect_right(self._times, time)
        if place == 0:
            return 0.0
        if place == len(self._times):
            return self._shares[-1]
        return _between(time, self._times[place - 1 : place + 1], self._shares[place - 1 : place + 1])

    def time_of(self, share: float, near: float) -> float:
        """Return when a share is planned to be reached.

        Where the plan stands still at that share, it is the moment nearest to `near`: who has done all that was
        planned is neither ahead nor behind.
        """
        shares, times = self._shares, self._times
        first, last = bisect_left(shares, share - _HAIR), bisect_right(shares, share + _HAIR)
        if first == len(shares):
            return self.duration
        if first < last:
            return min(max(near, times[first]), times[last - 1])
        return _between(share, shares[first - 1 : first + 1], times[first - 1 : first + 1]) if first else 0.0


def _between(at: float, along: Sequence[float], across: Sequence[float]) -> float:
    """Return the value beside `at` on the straight line through two points."""
    return across[0] + (across[1] - across[0]) * (at - along[0]) / (along[1] - along[0])


@dataclass(frozen=True)
class EarnedSchedule:
    """Where the work stands in time. All times in the unit of the curve; None where there is nothing to divide by."""

    planned_duration: float
    actual_time: float
    earned: float
    """ES: when the plan would have had done what is done."""
    share: float
    """What is done, 0 to 1."""
    planned_share: float
    """What was planned to be done by now, 0 to 1."""
    recent_index: float | None = None
    """SPI(t) since an earlier reading: the time earned since then by the time passed since then."""

    @property
    def variance(self) -> float:
        """SV(t) = ES - AT: negative is behind."""
        return self.earned - self.actual_time

    @property
    def index(self) -> float | None:
        """SPI(t) = ES / AT: below 1 is behind; None at the start."""
        return self.earned / self.actual_time if self.actual_time > 0 else None

    @property
    def forecast(self) -> float | None:
        """IEAC(t) = PD / SPI(t): the duration if the rest goes as the work so far; None while nothing is done."""
        return self.planned_duration / self.index if self.index and self.share > 0 else None

    @property
    def forecast_as_planned(self) -> float:
        """AT + (PD - ES): the duration if the rest goes as planned."""
        return self.actual_time + self.planned_duration - self.earned

    @property
    def forecast_recent(self) -> float | None:
        """AT + (PD - ES) / SPI(t) since the earlier reading: the duration if the rest goes as the work of late."""
        if self.recent_index is None or self.recent_index <= 0:
            return None
        return self.actual_time + (self.planned_duration - self.earned) / self.recent_index

    @property
    def shown(self) -> float:
        """The forecast that is shown: as the work so far; as planned while nothing is done."""
        return self.forecast_as_planned if self.forecast is None else self.forecast


def period_curve(shares: Sequence[float]) -> Curve:
    """Return the planned completion of a series of periods: the share at the end of each, the first at time 0."""
    return Curve(Point(float(period), share) for period, share in enumerate(shares))


def planned_curve(spans: Iterable[Span]) -> Curve:
    """Return the planned completion of work that is done evenly within each span.

    Where nothing has any weight, as among milestones, all count alike.
    """
    work = list(spans)
    if any(span.weight for span in work):
        work = [span for span in work if span.weight]
    else:
        work = [span._replace(weight=1) for span in work]
    total = sum(span.weight for span in work)
    slopes: dict[float, float] = {}
    steps: dict[float, float] = {}
    for start, finish, weight in work:
        if finish <= start:
            steps[start] = steps.get(start, 0.0) + weight / total
        else:
            slopes[start] = slopes.get(start, 0.0) + weight / total / (finish - start)
            slopes[finish] = slopes.get(finish, 0.0) - weight / total / (finish - start)
    points: list[Point] = []
    share, slope = 0.0, 0.0
    for time in sorted({*slopes, *steps}):
        if points:
            share = min(1.0, max(share, share + slope * (time - points[-1].time)))
        points.append(Point(time, share))
        slope += slopes.get(time, 0.0)
        if time in steps:
            share = min(1.0, share + steps[time])
            points.append(Point(time, share))
    return Curve([*points[:-1], *(Point(point.time, 1.0) for point in points[-1:])])


def earned_schedule(curve: Curve, share: float, time: float, since: Point | None = None) -> EarnedSchedule:
    """Return where work stands of which a share (0 to 1) is done at a time; `since` is an earlier reading."""
    earned = curve.time_of(share, time)
    recent = None
    if since is not None and since.time < time:
        recent = (earned - curve.time_of(since.share, since.time)) / (time - since.time)
    return EarnedSchedule(curve.duration, time, earned, share, curve.share_at(time), recent)


# --- of a plan ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Performance:
    """How a plan does against its baseline. Times count working minutes from `origin`, an offset on the plan's axis."""

    origin: int
    curve: Curve
    readings: tuple[Point, ...]
    """What was done when, oldest first; the last is now."""
    now: EarnedSchedule
    planned_finish: datetime
    finish: datetime
    """The forecast that is shown."""
    finish_as_planned: datetime
    finish_recent: datetime | None


def planned_completion(plan: Plan, days: Iterable[date], baseline: Baseline | None = None) -> list[float]:
    """Return the share of the work (0 to 1) that is planned to be done by the close of each day.

    The plan is the baseline, or the plan as it stands where none is given.
    """
    curve, origin = _planned(plan, baseline)
    return [curve.share_at(plan.axis.close_of(day) - origin) for day in days]


def actual_completion(plan: Plan, baseline: Baseline | None = None) -> float:
    """Return the share of the work (0 to 1) that is done: the progress of the tasks, weighted by duration.

    Against a baseline, the weights are the durations that it holds; a task that it lacks does not count.
    """
    weights = _weights(plan, baseline)
    total = sum(weights.values())
    if not total:
        weights = dict.fromkeys(weights, 1)
        total = len(weights)
    done = sum(weight * plan.task(uid).percent for uid, weight in weights.items())
    return done / (1000 * total) if total else 0.0


def performance(
    plan: Plan, moment: datetime, baseline: Baseline | None = None, history: Iterable[tuple[date, int]] = ()
) -> Performance | None:
    """Return how a plan does at a moment, usually its status date; None for a plan without work.

    `history` are earlier readings: the day and the tenths of a percent that were done at its close; of several on one
    day the last counts. Without a baseline the plan is measured against itself as it stands, which moves with it.
    """
    curve, origin = _planned(plan, baseline)
    if not curve.points:
        return None
    axis, share = plan.axis, actual_completion(plan, baseline)
    reached = min(moment, plan.finish) if share >= 1 else moment
    time = max(0, axis.offset_of(reached) - origin)
    past = {day: tenths / 1000 for day, tenths in history}
    earlier = [Point(max(0, axis.close_of(day) - origin), past[day]) for day in sorted(past)]
    earlier = [point for point in earlier if point.time < time]
    since = earlier[-RECENT_READINGS] if len(earlier) >= RECENT_READINGS else None
    now = earned_schedule(curve, share, time, since)

    def finish_at(duration: float) -> datetime:
        return axis.finish_at(origin + round(duration))

    return Performance(
        origin,
        curve,
        (*earlier, Point(time, share)),
        now,
        finish_at(curve.duration),
        finish_at(now.shown),
        finish_at(now.forecast_as_planned),
        None if now.forecast_recent is None else finish_at(now.forecast_recent),
    )


def _planned(plan: Plan, baseline: Baseline | None) -> tuple[Curve, int]:
    """Return the planned completion and the offset of its start on the plan's axis."""
    offset = plan.axis.offset_of
    weights = _weights(plan, baseline)
    planned = {uid: plan.task(uid) if baseline is None else baseline.tasks[uid] for uid in weights}
    spans = {uid: (offset(task.start), offset(task.finish)) for uid, task in planned.items()}
    origin = min((start for start, _ in spans.values()), default=0)
    return planned_curve(
        Span(start - origin, finish - origin, weights[uid]) for uid, (start, finish) in spans.items()
    ), origin


def _weights(plan: Plan, baseline: Baseline | None) -> dict[str, int]:
    """Return the durations of what counts as work, by uid: the tasks without others below them.

    In a baseline it is what had nothing below it then, as far as it is in the plan still: one that has been broken
    down since counts as it was.
    """
    if baseline is None:
        works = {uid: plan.work(uid) for uid in plan.leaves.all}
        return {uid: weight_of(work) for uid, work in works.items()}
    kept = [uid for uid in plan.tasks if uid in baseline.tasks]
    above = {summary for uid in kept for summary in plan.outline.above(uid)}
    return {uid: _planned_weight(plan, uid, baseline.tasks[uid]) for uid in kept if uid not in above}


def _planned_weight(plan: Plan, uid: str, task: BaselineTask) -> int:
    """Return the working minutes of a task of a baseline; one in elapsed time weighs as it does in the plan."""
    work = plan.work(uid)
    return weight_of(work) if work.elapsed else task.duration
