"""The simulation of a plan: its distribution against closed forms, published networks, criticality, estimates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import sqrt
from typing import Any

import pytest

from pcsm_tui.errors import ValueRefused
from pcsm_tui.schedule.plan import Plan, plan_of
from pcsm_tui.schedule.simulation import Estimate, Finding, Forecast, estimates_of, simulate
from tests.schedule.published import engagement_of

DAY, WEEK = 480, 2400
SURE = 4.5
"""Standard errors within which a mean must lie: were the seed drawn anew, it would fail once in 150,000."""


def minutes(days: float) -> int:
    """Return days in working minutes."""
    return round(days * DAY)


def plan(tasks: Mapping[str, Mapping[str, Any]], **settings: Any) -> Plan:
    """Return a plan of tasks; `estimate` is (optimistic, likely, pessimistic) in days, `after` as planners write it."""
    written: dict[str, dict[str, Any]] = {}
    for uid, fields in tasks.items():
        record = {name: value for name, value in fields.items() if name != "estimate"}
        if "estimate" in fields:
            low, likely, high = fields["estimate"]
            record |= {"duration": likely} if likely is not None else {}
            record |= {"optimistic": minutes(low)} if low is not None else {}
            record |= {"pessimistic": minutes(high)} if high is not None else {}
        written[uid] = record
    return plan_of(engagement_of({"tasks": written, "plan": settings}))


def forecast(tasks: Mapping[str, Mapping[str, Any]], samples: int = 2000, **settings: Any) -> Forecast:
    """Return the forecast of a plan of tasks."""
    found = simulate(plan(tasks, **settings), samples)
    assert found is not None
    return found


# --- the distribution -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("estimate", [(960, 1920, 5760), (0, 480, 960), (480, 480, 2400), (0, 2400, 2400)])
def test_an_estimate_has_the_mean_and_the_shape_of_the_pert_distribution(estimate: tuple[int, int, int]) -> None:
    """Mean (o + 4m + p) / 6; variance (mean - o) (p - mean) / 7 (modified PERT, lambda 4), that of the beta
    distribution being alpha beta / ((alpha + beta)^2 (alpha + beta + 1)).
    """
    low, likely, high = estimate
    mean = (low + 4 * likely + high) / 6
    alpha, beta = Estimate(*estimate).shape
    assert Estimate(*estimate).mean == pytest.approx(mean)
    assert low + (high - low) * alpha / (alpha + beta) == pytest.approx(mean)
    assert (high - low) ** 2 * alpha * beta / ((alpha + beta) ** 2 * (alpha + beta + 1)) == pytest.approx(
        (mean - low) * (high - mean) / 7
    )


@pytest.mark.parametrize("estimate", [(2, 4, 12), (0, 1, 2), (1, 1, 5), (0, 5, 5)])
def test_finishes_have_the_spread_of_the_pert_distribution(estimate: tuple[int, int, int]) -> None:
    """Of one task, by its buckets, whose width adds a twelfth of its square to the variance (Sheppard)."""
    low, likely, high = estimate
    found = forecast({"a": {"estimate": estimate}}, samples=4000)
    mean = (low + 4 * likely + high) / 6
    middles = [((bucket.after + bucket.up_to) / 2 / DAY, bucket.samples) for bucket in found.buckets]
    middle = sum(place * count for place, count in middles) / 4000
    spread = sum((place - middle) ** 2 * count for place, count in middles) / 4000
    width = (found.buckets[0].up_to - found.buckets[0].after) / DAY
    assert spread - width**2 / 12 == pytest.approx((mean - low) * (high - mean) / 7, rel=0.08)
    assert low * DAY <= found.buckets[0].up_to and found.buckets[-1].after <= high * DAY


def test_an_estimate_without_a_range_is_certain() -> None:
    found = forecast({"a": {"estimate": (5, 5, 5)}}, samples=20)
    assert (found.p50, found.p95, found.kept) == (found.planned, found.planned, 1000)


def test_one_task_has_the_distribution_of_its_estimate() -> None:
    """2, 4 and 12 days are the beta distribution B(1.8, 4.2) on that range: a mean of 5, a variance of 3.

    Its quantiles from four million draws of numpy: 4.77, 6.50 and 8.21 days; 4 days are kept by 33.2 %.
    """
    found = forecast({"a": {"estimate": (2, 4, 12)}}, samples=4000)
    assert abs(found.mean.offset - 5 * DAY) < SURE * sqrt(3) * DAY / sqrt(4000)
    quantiles = [level.offset / DAY for level in (found.p50, found.p80, found.p95)]
    assert quantiles == pytest.approx([4.77, 6.50, 8.21], abs=0.2)
    assert found.planned.offset == 4 * DAY
    assert found.kept == pytest.approx(332, abs=SURE * 1000 * sqrt(0.332 * 0.668 / 4000))
    assert found.criticality == {"a": 1000}


def test_without_estimates_all_samples_are_the_plan() -> None:
    found = forecast({"a": {"duration": 3}, "b": {"duration": 2, "after": "a"}}, samples=10)
    assert (found.p50, found.p95, found.mean) == (found.planned, found.planned, found.planned)
    assert found.planned.offset == 5 * DAY
    assert (found.kept, found.estimated) == (1000, 0)
    assert found.criticality == {"a": 1000, "b": 1000}
    assert [bucket.samples for bucket in found.buckets] == [10]


# --- merging paths --------------------------------------------------------------------------------------------


def cubic(share: float) -> float:
    """The distribution function of B(3, 3), which 0, m, 2m estimates have: 10 x^3 - 15 x^4 + 6 x^5."""
    return share**3 * (10 - 15 * share + 6 * share * share)


def test_two_equal_paths_end_later_than_each() -> None:
    """Two tasks of 0, 50 and 100 days: P(both by x) = F(x)^2. By hand, the mean is 1 - the integral of F^2 = 0.60823
    of the range, 50 days are kept in a quarter of the samples, and each is the later one half of the time.
    """
    found = forecast({"a": {"estimate": (0, 50, 100)}, "b": {"estimate": (0, 50, 100)}}, samples=4000)
    later = 1 - (100 / 7 - 300 / 8 + 345 / 9 - 180 / 10 + 36 / 11)
    assert later == pytest.approx(0.608225, abs=1e-6)
    assert found.mean.offset == pytest.approx(later * 100 * DAY, abs=SURE * 0.16 * 100 * DAY / sqrt(4000))
    assert found.planned.offset == 50 * DAY
    assert found.kept == pytest.approx(250, abs=SURE * 1000 * sqrt(0.25 * 0.75 / 4000))
    assert cubic(found.p50.offset / (100 * DAY)) ** 2 == pytest.approx(0.50, abs=0.04)
    assert cubic(found.p95.offset / (100 * DAY)) ** 2 == pytest.approx(0.95, abs=0.02)
    half = SURE * 1000 * sqrt(0.25 / 4000)
    assert found.criticality["a"] == pytest.approx(500, abs=half)
    assert found.criticality["b"] == pytest.approx(500, abs=half)


def test_a_dominated_path_is_hardly_ever_critical() -> None:
    """b can only be the later one when it takes nearly its longest and a nearly its shortest; c never."""
    work = {"a": (8, 10, 14), "b": (2, 5, 9), "c": (1, 2, 7), "d": (7, 7, 7)}
    found = forecast({uid: {"estimate": estimate} for uid, estimate in work.items()})
    assert found.criticality["a"] >= 990
    assert found.criticality["b"] <= 10
    assert found.criticality["c"] == found.criticality["d"] == 0


def test_work_before_a_constraint_is_critical_only_when_it_reaches_it() -> None:
    """b starts no earlier than the opening of day 11, so that a, of 5 to 9 days, always has float."""
    found = forecast(
        {
            "a": {"estimate": (5, 6, 9)},
            "b": {"duration": 2, "after": "a", "constraint": "Start no earlier than", "constraint_date": "2026-12-14"},
        },
        samples=200,
    )
    assert found.p50.offset == found.p95.offset == 12 * DAY
    assert found.criticality == {"a": 0, "b": 1000}


# --- published networks ---------------------------------------------------------------------------------------

VANHOUCKE = {
    "A": {"estimate": (2, 5, 8)},
    "B": {"estimate": (1, 2, 9), "after": "A"},
    "C": {"estimate": (0.25, 0.5, 3.75), "after": "A"},
    "D": {"estimate": (1, 1, 7), "after": "B"},
    "E": {"estimate": (1, 2, 9), "after": "B, C"},
    "F": {"estimate": (1, 3, 11), "after": "D, E"},
}
"""PM Knowledge Center, The Program Evaluation and Review Technique (Vanhoucke), table 1. The means are 5, 3, 1, 2, 3
and 4: the average critical path A, B, E, F takes 15."""


def test_the_pert_example_of_the_pm_knowledge_center() -> None:
    made = plan(VANHOUCKE)
    means = [estimate.mean / DAY for estimate in estimates_of(made).by_task.values()]
    assert means == pytest.approx([5, 3, 1, 2, 3, 4])
    found = simulate(made, 4000)
    assert found is not None
    assert found.planned.offset == 12 * DAY
    # Four million samples of its three paths, written out in numpy: a mean of 15.23 and a deviation of 2.73 days.
    assert abs(found.mean.offset - 15.235 * DAY) < SURE * 2.73 * DAY / sqrt(4000)
    quantiles = [level.offset / DAY for level in (found.p50, found.p80, found.p95)]
    assert quantiles == pytest.approx([15.09, 17.52, 19.97], abs=0.35)
    shares = {"A": 1000, "B": 958, "C": 42, "D": 254, "E": 746, "F": 1000}
    assert found.criticality == pytest.approx(shares, abs=SURE * 1000 * sqrt(0.25 / 4000))


RELIABLE = {
    "A": {"estimate": (1, 2, 3)},
    "B": {"estimate": (2, 3.5, 8), "after": "A"},
    "C": {"estimate": (6, 9, 18), "after": "B"},
    "D": {"estimate": (4, 5.5, 10), "after": "C"},
    "E": {"estimate": (1, 4.5, 5), "after": "C"},
    "F": {"estimate": (4, 4, 10), "after": "E"},
    "G": {"estimate": (5, 6.5, 11), "after": "D"},
    "H": {"estimate": (5, 8, 17), "after": "E, G"},
    "I": {"estimate": (3, 7.5, 9), "after": "C"},
    "J": {"estimate": (3, 9, 9), "after": "F, I"},
    "K": {"estimate": (4, 4, 4), "after": "J"},
    "L": {"estimate": (1, 5.5, 7), "after": "J"},
    "M": {"estimate": (1, 2, 3), "after": "H"},
    "N": {"estimate": (5, 5.5, 9), "after": "K, L"},
}
"""Hillier and Lieberman, Introduction to Operations Research, the Reliable Construction Co. project (weeks; days here).
The mean critical path A, B, C, E, F, J, L, N takes 44 with a variance of 9, so that 47 are kept with 0.84."""


def test_the_mean_critical_path_of_reliable_construction() -> None:
    """The path alone: a mean of 44; the book's normal distribution has 80 % at 46.5 and 95 % at 48.9."""
    path: dict[str, dict[str, Any]] = {}
    for uid in "ABCEFJLN":
        path[uid] = {"estimate": RELIABLE[uid]["estimate"]} | ({"after": list(path)[-1]} if path else {})
    found = forecast(path, samples=4000)
    assert abs(found.mean.offset - 44 * DAY) < SURE * 3.05 * DAY / sqrt(4000)
    assert found.p80.offset == pytest.approx((44 + 0.8416 * 3) * DAY, abs=0.4 * DAY)
    assert found.p95.offset == pytest.approx((44 + 1.645 * 3) * DAY, abs=0.6 * DAY)
    assert 46 * DAY in [bucket.up_to for bucket in found.buckets]
    by_46 = sum(bucket.samples for bucket in found.buckets if bucket.up_to <= 46 * DAY)
    assert by_46 / 4000 == pytest.approx(0.7475, abs=0.03)  # (46 - 44) / 3 in the table of the normal distribution


def test_the_whole_network_of_reliable_construction_ends_later_than_its_mean_critical_path() -> None:
    """Four million samples of its six paths, written out in numpy: a mean of 44.33 and a deviation of 2.93."""
    found = forecast(RELIABLE, samples=4000)
    assert found.mean.offset > 44.1 * DAY
    assert abs(found.mean.offset - 44.325 * DAY) < SURE * 2.93 * DAY / sqrt(4000)
    quantiles = [level.offset / DAY for level in (found.p50, found.p80, found.p95)]
    assert quantiles == pytest.approx([44.20, 46.81, 49.37], abs=0.4)
    shares = {"A": 1000, "B": 1000, "C": 1000, "D": 98, "E": 831, "F": 831, "G": 98, "H": 98, "I": 71, "J": 902,
              "K": 157, "L": 745, "M": 98, "N": 902}  # fmt: skip
    assert found.criticality == pytest.approx(shares, abs=SURE * 1000 * sqrt(0.16 / 4000))


# --- what is drawn --------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_figures() -> None:
    made = plan(VANHOUCKE)
    assert simulate(made, 300) == simulate(made, 300)
    assert simulate(made, 300, seed=1) == simulate(made, 300, seed=1)
    assert simulate(made, 300, seed=1) != simulate(made, 300, seed=2)


def test_another_task_leaves_what_is_drawn_for_the_others_alike() -> None:
    small = forecast({"a": {"estimate": (20, 30, 50)}}, samples=300)
    grown = forecast({"z": {"estimate": (1, 2, 4)}, "a": {"estimate": (20, 30, 50)}}, samples=300)
    assert (grown.p50, grown.p80, grown.mean) == (small.p50, small.p80, small.mean)


def test_a_finished_task_stays_as_it_is() -> None:
    """a took 3 days and is done; b, of 2 to 8 days, follows."""
    made = plan(
        {
            "a": {"estimate": (1, 3, 30), "state": "Done", "actual_start": "2026-11-30", "actual_finish": "2026-12-02"},
            "b": {"estimate": (2, 4, 8), "after": "a"},
        }
    )
    estimates = estimates_of(made)
    assert set(estimates.by_task) == {"b"}
    found = simulate(made, 500)
    assert found is not None
    assert found.planned.offset == 7 * DAY
    assert found.p95.offset <= 11 * DAY
    assert found.criticality == {"b": 1000}


def test_of_a_task_in_progress_the_rest_is_scaled() -> None:
    """Of 10 days, 5 at best and 20 at worst, 4 remain after the close of day 6: 2 to 8, with a mean of 4 x 65 / 60."""
    begun = {"actual_start": "2026-11-30", "percent_complete": 600, "remaining_duration": 4}
    found = forecast({"a": {"estimate": (5, 10, 20), **begun}}, status_date="2026-12-07")
    assert found.planned.offset == 10 * DAY
    assert found.buckets[0].after >= 7.5 * DAY
    assert found.buckets[-1].up_to <= 14.5 * DAY
    mean, spread = 4 * 65 / 60, 0.4 * sqrt((65 / 6 - 5) * (20 - 65 / 6) / 7)
    assert abs(found.mean.offset - (6 + mean) * DAY) < SURE * spread * DAY / sqrt(2000)


def test_links_of_all_kinds_move_with_what_is_drawn() -> None:
    """a takes 2, 4, 12 days, with a mean of 5; c ends a day after it, b starts 3 days after its end and ends the plan."""
    found = forecast(
        {
            "a": {"estimate": (2, 4, 12)},
            "b": {"duration": 10, "after": "a+3d"},
            "c": {"duration": 1, "after": "aFF+1d"},
            "d": {"duration": 14, "after": "aSS"},
        },
        samples=3000,
    )
    assert found.planned.offset == 17 * DAY
    assert abs(found.mean.offset - 18 * DAY) < SURE * sqrt(3) * DAY / sqrt(3000)
    assert found.criticality["a"] == found.criticality["b"] == 1000
    assert found.criticality["c"] == 0


def test_a_task_with_progress_and_no_actual_start_varies_in_what_is_left() -> None:
    """Half of 10 days is done; the other half is 2.5 days at best and 10 at worst."""
    found = forecast({"a": {"estimate": (5, 10, 20), "percent_complete": 500}})
    assert found.planned.offset == 10 * DAY
    assert found.buckets[0].after >= 7 * DAY
    assert found.buckets[-1].up_to <= 15 * DAY
    assert abs(found.mean.offset - (5 + 5 * 65 / 60) * DAY) < SURE * 1.5 * DAY / sqrt(2000)


def test_it_stops_when_progress_says_so() -> None:
    made = plan(VANHOUCKE)
    seen: list[tuple[int, int]] = []

    def stop_later(done: int, of: int) -> bool:
        seen.append((done, of))
        return len(seen) < 3

    assert simulate(made, 1000, progress=stop_later) is None
    assert [of for _, of in seen] == [1000] * 3
    assert seen[0][0] == 0 < seen[1][0] < seen[2][0] < 1000


def test_progress_that_says_nothing_lets_it_run() -> None:
    made = plan(VANHOUCKE)
    found = simulate(made, 60, progress=lambda done, of: None)
    assert found is not None and found.samples == 60


@pytest.mark.parametrize("samples", [0, -1, 100_001])
def test_a_number_of_samples_out_of_range_is_refused(samples: int) -> None:
    made = plan({"a": {"duration": 1}})
    with pytest.raises(ValueRefused, match="samples cannot be drawn"):
        simulate(made, samples)


# --- levels and buckets ---------------------------------------------------------------------------------------


def test_levels_are_moments_on_the_calendar() -> None:
    """Ten working days from Monday 30 November end at the close of Friday 11 December."""
    found = forecast({"a": {"duration": 10}}, samples=3)
    assert found.p80.moment == found.mean.moment == datetime(2026, 12, 11, 17)
    assert found.buckets[-1].until >= datetime(2026, 12, 11, 17)
    two = forecast({"a": {"estimate": (2, 4, 12)}}, samples=2)  # the nearest rank: half of two is the first
    assert two.p50.offset < two.p80.offset == two.p95.offset


@pytest.mark.parametrize("estimate", [(1, 1.25, 1.5), (2, 4, 12), (10, 40, 200), (100, 900, 9000)])
def test_buckets_hold_every_sample_once(estimate: tuple[float, float, float]) -> None:
    found = forecast({"a": {"estimate": estimate}}, samples=400)
    assert sum(bucket.samples for bucket in found.buckets) == 400
    assert 3 <= len(found.buckets) <= 20
    assert len({bucket.up_to - bucket.after for bucket in found.buckets}) == 1
    assert all(first.up_to == second.after for first, second in zip(found.buckets, found.buckets[1:], strict=False))
    assert found.buckets[0].samples and found.buckets[-1].samples


# --- estimates ------------------------------------------------------------------------------------------------


def test_a_missing_estimate_is_the_duration_itself() -> None:
    made = plan({"a": {"estimate": (None, 5, 9)}, "b": {"estimate": (3, 5, None)}, "c": {"duration": 5}})
    ranges = {"a": Estimate(5 * DAY, 5 * DAY, 9 * DAY), "b": Estimate(3 * DAY, 5 * DAY, 5 * DAY)}
    assert estimates_of(made) == (ranges, ())


OPTIMISTIC = "the optimistic estimate {} is longer than the duration 5d"
PESSIMISTIC = "the pessimistic estimate {} is shorter than the duration 5d"


@pytest.mark.parametrize(
    ("estimate", "low", "high", "wrong"),
    [
        ((6, 5, 8), 5, 8, OPTIMISTIC.format("6d")),
        ((2, 5, 4), 2, 5, PESSIMISTIC.format("4d")),
        ((9, 5, 2), 2, 9, f"{OPTIMISTIC.format('9d')} and {PESSIMISTIC.format('2d')}"),
    ],
)
def test_estimates_out_of_order_span_the_range_and_are_reported(
    estimate: tuple[float, float, float], low: int, high: int, wrong: str
) -> None:
    made = plan({"a": {"estimate": estimate}})
    found = estimates_of(made)
    assert found.by_task == {"a": Estimate(low * DAY, 5 * DAY, high * DAY)}
    assert found.findings == (Finding("a", f"1 a: {wrong}; the range from {low}d to {high}d is used."),)
    assert forecast({"a": {"estimate": estimate}}, samples=5).findings == found.findings


def test_elapsed_time_is_certain_and_reported() -> None:
    made = plan({"a": {"duration": "3ed", "pessimistic": 4 * DAY}, "b": {"estimate": (1, 2, 3)}})
    found = estimates_of(made)
    assert set(found.by_task) == {"b"}
    text = "1 a: estimates of elapsed time are not used; the duration is taken as certain."
    assert found.findings == (Finding("a", text),)


def test_summaries_milestones_and_damaged_estimates_have_none() -> None:
    made = plan(
        {
            "s": {"kind": "Work stream", "optimistic": DAY, "pessimistic": 9 * DAY},
            "m": {"kind": "Milestone", "parent": "s", "optimistic": DAY, "pessimistic": 9 * DAY},
            "a": {"parent": "s", "duration": 3, "optimistic": "soon", "pessimistic": True},
        }
    )
    assert estimates_of(made) == ({}, ())


def test_a_task_without_a_duration_is_estimated_around_the_day_that_is_assumed() -> None:
    made = plan({"a": {"estimate": (0.5, None, 3)}})
    assert estimates_of(made).by_task == {"a": Estimate(DAY // 2, DAY, 3 * DAY)}


def test_a_deadline_is_met_by_the_share_of_samples_that_end_by_it() -> None:
    """Of 2 to 12 days around 4 a share of 33.2 % ends within 4 (see above); the stream that it is in has the same deadline.

    The plan begins on Monday, 30 November: four days end on Thursday, the 3rd.
    """
    tasks = {
        "s": {"kind": "Work stream", "deadline": "2026-12-03"},
        "a": {"estimate": (2, 4, 12), "parent": "s", "deadline": "2026-12-03"},
        "b": {"duration": 1, "parent": "s"},
        "c": {"duration": 1, "deadline": "2026-12-03"},
        "d": {"duration": 1, "deadline": "2026-11-30", "state": "Done", "actual_finish": "2026-12-01"},
    }
    found = forecast(tasks, samples=4000)
    sure = SURE * 1000 * sqrt(0.332 * 0.668 / 4000)
    assert found.deadlines == {
        "s": pytest.approx(332, abs=sure), "a": pytest.approx(332, abs=sure), "c": 1000,
    }  # fmt: skip
    assert found.criticality["a"] == 1000
