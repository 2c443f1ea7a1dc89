"""Earned schedule: published examples, the framework's sample chart, the edges, and a plan against its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsm_tui.schedule.baselines import Baseline, BaselineTask
from pcsm_tui.schedule.calendar import Calendar, TimeAxis
from pcsm_tui.schedule.earned_schedule import (
    Curve,
    Point,
    Span,
    actual_completion,
    earned_schedule,
    performance,
    period_curve,
    planned_completion,
    planned_curve,
)
from pcsm_tui.schedule.plan import Plan, plan_of
from tests.schedule.published import engagement_of

MONDAY = date(2026, 11, 2)
AXIS = TimeAxis(Calendar(), MONDAY)
DAY = 480


# --- the formulas ---------------------------------------------------------------------------------------------


def test_half_of_a_five_month_project_after_three_months() -> None:
    """An exam question on earned schedule (PM PrepCast, topic 9649): SV(t) -0.5 months, SPI(t) 0.83."""
    found = earned_schedule(period_curve([0, 0.2, 0.4, 0.6, 0.8, 1]), 0.5, 3)
    assert found.earned == pytest.approx(2.5)
    assert found.variance == pytest.approx(-0.5)
    assert found.index == pytest.approx(0.83, abs=0.005)
    assert found.forecast == pytest.approx(6)  # 5 / (2.5 / 3)
    assert found.forecast_as_planned == pytest.approx(5.5)  # 3 + (5 - 2.5)


def test_value_of_week_18_earned_in_week_20() -> None:
    """A published definition (HKSM, Earned Schedule): AT 20 and the value planned for week 18: SV(t) -2, SPI(t) 0.90."""
    planned = [(week / 24) ** 2 for week in range(25)]
    found = earned_schedule(period_curve(planned), planned[18], 20)
    assert found.earned == pytest.approx(18)
    assert found.variance == pytest.approx(-2)
    assert found.index == pytest.approx(0.90)


def test_part_of_the_next_period_counts_by_linear_interpolation() -> None:
    """Lipke's figure: all through May is earned, and a part of June, at the end of July.

    ES = 5 + (EV - PV(May)) / (PV(June) - PV(May)); with 48, 60 and 51 % it is 5.25.
    """
    planned = [0, 0.04, 0.12, 0.22, 0.34, 0.48, 0.60, 0.74, 0.85, 0.94, 0.98, 1]
    found = earned_schedule(period_curve(planned), 0.51, 7)
    assert found.earned == pytest.approx(5.25)
    assert found.index == pytest.approx(0.75)
    assert found.planned_share == pytest.approx(0.74)
    assert found.forecast == pytest.approx(11 / 0.75)


def test_a_late_project_keeps_saying_so_to_its_end() -> None:
    """Why Lipke measures in time: at completion EV / PV is 1 however late; ES / AT stays PD / AT."""
    found = earned_schedule(period_curve([0, 0.25, 0.5, 0.75, 1]), 1, 5)
    assert found.planned_share == found.share == 1
    assert (found.earned, found.index, found.variance) == (4, 0.8, -1)
    assert found.forecast == found.forecast_as_planned == 5


@pytest.mark.parametrize(
    ("share", "time", "earned", "index", "forecast", "as_planned"),
    [
        (0, 0, 0, None, None, 4),
        (0, 2, 0, 0, None, 6),
        (0.25, 0, 1, None, None, 3),
        (0.75, 2, 3, 1.5, 4 / 1.5, 3),
        (0.5, 8, 2, 0.25, 16, 10),
        (1, 3, 4, 4 / 3, 3, 3),
    ],
    ids=["at the start", "nothing done", "done before the start", "ahead", "beyond the planned end", "finished early"],
)
def test_edges(
    share: float, time: float, earned: float, index: float | None, forecast: float | None, as_planned: float
) -> None:
    found = earned_schedule(period_curve([0, 0.25, 0.5, 0.75, 1]), share, time)
    assert found.earned == pytest.approx(earned)
    assert found.index == (None if index is None else pytest.approx(index))
    assert found.forecast == (None if forecast is None else pytest.approx(forecast))
    assert found.forecast_as_planned == pytest.approx(as_planned)
    assert found.shown == pytest.approx(as_planned if forecast is None else forecast)


@pytest.mark.parametrize(("time", "earned"), [(1, 2), (2, 2), (3, 3), (4, 4), (6, 4)])
def test_while_the_plan_stands_still_who_has_done_all_is_on_time(time: float, earned: float) -> None:
    """Half is planned by month 2 and nothing more until month 4."""
    curve = period_curve([0, 0.25, 0.5, 0.5, 0.5, 0.75, 1])
    assert earned_schedule(curve, 0.5, time).earned == earned


def test_while_nothing_is_done_there_is_no_rate_to_forecast_from() -> None:
    """Nothing was planned in the first month; after two, one is lost, and no more can be said than 4 + 1."""
    found = earned_schedule(period_curve([0, 0, 0.5, 0.8, 1]), 0, 2)
    assert (found.earned, found.index, found.forecast, found.shown) == (1, 0.5, None, 5)


def test_a_share_summed_another_way_meets_the_flat_part_all_the_same() -> None:
    curve = period_curve([0, 0.3, 0.3, 0.3, 1])
    assert earned_schedule(curve, 0.1 + 0.2, 2).earned == 2
    assert earned_schedule(curve, 0.3 - 1e-12, 2).earned == 2


def test_periods_after_the_last_work_do_not_lengthen_the_plan() -> None:
    assert period_curve([0, 0.5, 1, 1, 1]).duration == 2


@pytest.mark.parametrize("points", [[(0, 0.0), (1, 0.5), (2, 0.4)], [(1, 0.0), (0, 0.5)]])
def test_a_plan_that_falls_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="falls or goes back"):
        Curve(Point(*point) for point in points)


STEPS = st.lists(st.integers(0, 20), min_size=1, max_size=12).filter(lambda steps: sum(steps) > 0)


@given(STEPS, st.integers(1, 1000), st.integers(1, 300))
@settings(max_examples=60)
def test_what_holds_for_every_plan(steps: list[int], share: int, time: int) -> None:
    """The forecast is AT + (PD - ES) / SPI(t) (Vanhoucke's generic form), and never lies before now."""
    total, shares = sum(steps), [0.0]
    for step in steps:
        shares.append(shares[-1] + step / total)
    curve, done, now = period_curve([*shares[:-1], 1]), share / 1000, time / 10
    found = earned_schedule(curve, done, now)
    assert 0 <= found.earned <= found.planned_duration
    assert curve.share_at(found.earned) == pytest.approx(done)
    if found.index and found.forecast:
        assert found.forecast == pytest.approx(now + (found.planned_duration - found.earned) / found.index)
        assert found.forecast >= now - 1e-9
    assert found.forecast_as_planned >= now - 1e-9


# --- the framework's sample chart -----------------------------------------------------------------------------

PLANNED = [month / 10 for month in range(11)]
ACTUAL = [0, 0.03, 0.08, 0.20, 0.36, 0.52, 0.675]
"""The chart has two drawn lines and no figures: ten months as planned; actual to month 6, behind in the first three,
then faster than planned. These figures are one reading of it."""


def test_the_sample_chart_finishes_between_month_8_and_9() -> None:
    """The text beside it: if it continues at this same rate, it is likely to finish between month 8 and month 9."""
    curve = period_curve(PLANNED)
    now = earned_schedule(curve, ACTUAL[6], 6, since=Point(3, ACTUAL[3]))
    assert now.variance == pytest.approx(0.75)
    assert now.forecast == pytest.approx(10 / (6.75 / 6))
    assert now.forecast_recent is not None
    assert 8 < now.shown < 9
    # The rate since month 3 is 47.5 points in 3 months; the 32.5 that remain take 2.05 more.
    assert now.forecast_recent == pytest.approx(6 + 32.5 / (47.5 / 3))
    assert 8 < now.forecast_recent < 9
    # Were the rest to go as planned only, it would be later: 6 + 10 - 6.75.
    assert now.forecast_as_planned == pytest.approx(9.25)


def test_the_sample_chart_warned_in_its_first_three_months() -> None:
    curve = period_curve(PLANNED)
    behind = [earned_schedule(curve, ACTUAL[month], month) for month in (1, 2, 3)]
    assert [found.index for found in behind] == [pytest.approx(0.3), pytest.approx(0.4), pytest.approx(2 / 3)]
    assert all(found.shown > 10 for found in behind)


def test_no_recent_rate_without_time_or_without_progress() -> None:
    curve = period_curve(PLANNED)
    assert earned_schedule(curve, 0.5, 6).forecast_recent is None
    assert earned_schedule(curve, 0.5, 6, since=Point(6, 0.4)).forecast_recent is None
    assert earned_schedule(curve, 0.5, 6, since=Point(4, 0.5)).forecast_recent is None


# --- the planned completion of work ---------------------------------------------------------------------------


def test_spans_add_up_along_time() -> None:
    """Four days alone, then four beside two others: 8 of 12 by the end of day 6 is 4 + 2 + 2."""
    curve = planned_curve([Span(0, 4, 4), Span(4, 8, 4), Span(4, 8, 4)])
    assert [curve.share_at(time) for time in (0, 2, 4, 6, 8, 9)] == pytest.approx([0, 1 / 6, 1 / 3, 2 / 3, 1, 1])
    assert curve.duration == 8


def test_work_without_length_is_done_at_once() -> None:
    curve = planned_curve([Span(0, 2, 1), Span(2, 2, 1)])
    assert curve.share_at(1.9) == pytest.approx(0.475)
    assert curve.share_at(2) == 1
    assert curve.time_of(0.7, 0) == 2


def test_milestones_alone_count_alike_and_beside_work_not_at_all() -> None:
    alone = planned_curve([Span(1, 1, 0), Span(3, 3, 0)])
    assert [alone.share_at(time) for time in (0, 1, 2, 3)] == [0, 0.5, 0.5, 1]
    tenths = [Span(day, day + 1, 1) for day in range(10)]  # ten times 0.1 is not quite 1
    assert planned_curve([*tenths, Span(20, 20, 0)]).duration == 10


def test_no_work_has_no_curve() -> None:
    assert planned_curve([]).points == ()


# --- a plan and its baseline ----------------------------------------------------------------------------------


Fields = tuple[str, dict[str, Any]]


def task(uid: str, start: int, days: int, percent: int = 0, **more: Any) -> Fields:
    """Return a task that starts so many working days after the Monday and takes so many; percent in whole ones."""
    day = AXIS.start_at(start * DAY).date().isoformat()
    fields = {"constraint": "Start no earlier than", "constraint_date": day, "percent_complete": percent * 10}
    fields |= {"duration": days} if days else {"kind": "Milestone"}
    return uid, {**fields, **more}


def stream(uid: str) -> Fields:
    """Return a work stream."""
    return uid, {"kind": "Work stream"}


def plan(*tasks: Fields) -> Plan:
    """Return a plan of tasks that starts on the Monday."""
    return plan_of(engagement_of({"start": MONDAY, "tasks": dict(tasks)}))


def baseline(of: Plan) -> Baseline:
    """Return the baseline that a plan would give."""
    tasks: Mapping[str, BaselineTask] = {
        uid: BaselineTask(of.task(uid).start, of.task(uid).finish, of.task(uid).duration) for uid in of.tasks
    }
    return Baseline("b", "Agreed", "2026-11-02", tasks)


def test_completion_planned_by_the_close_of_days() -> None:
    """Five days from Monday, then five: half by Friday, as much on Sunday, 60 % by the next Monday's close."""
    found = plan(task("a", 0, 5), task("b", 5, 5))
    days = [date(2026, 11, day) for day in (1, 2, 6, 8, 9, 13, 30)]
    expected = [0, 0.1, 0.5, 0.5, 0.6, 1, 1]
    assert planned_completion(found, days) == pytest.approx(expected)
    moved = plan(task("a", 3, 5), task("b", 8, 5))
    assert planned_completion(moved, days, baseline(found)) == pytest.approx(expected)


def test_actual_completion_is_weighted_by_duration() -> None:
    """8 days at 50 %, 2 days done, a milestone done: (4 + 2) of 10 days; the summary above is not work."""
    found = plan(stream("s"), task("a", 0, 8, 50, parent="s"), task("b", 0, 2, 100), task("m", 8, 0, 100))
    assert actual_completion(found) == pytest.approx(0.6)
    assert found.percent() == 600  # as its summaries roll up
    assert actual_completion(plan(task("m", 1, 0, 100), task("n", 2, 0))) == 0.5
    assert actual_completion(plan()) == 0


def test_a_task_that_is_done_or_not_needed_counts_whole_whatever_its_percentage() -> None:
    """Two of four tasks of four days; one that is not needed takes no time, but had its share in the baseline."""
    now = plan(task("a", 0, 4, state="Done"), task("b", 0, 4), task("c", 0, 4, state="Not needed"), task("d", 0, 4))
    assert actual_completion(now) == pytest.approx(1 / 3)
    agreed = baseline(plan(*(task(uid, 0, 4) for uid in "abcd")))
    assert actual_completion(now, agreed) == 0.5


def test_an_elapsed_day_weighs_as_a_working_day() -> None:
    """Three elapsed days, from Tuesday 8:00 to Friday 8:00, beside a task of one day that is done: a quarter."""
    before = plan(task("a", 1, 0, kind="Work package", duration="3ed"), task("b", 0, 1))
    after = plan(task("a", 1, 0, kind="Work package", duration="3ed"), task("b", 0, 1, 100))
    assert before.task("a").duration == 3 * 480
    assert after.percent() == 250
    assert actual_completion(after, baseline(before)) == pytest.approx(0.25)


def test_against_a_baseline_its_durations_are_the_weights() -> None:
    """a was planned for 4 days and b for 6; a has grown to 14, c is new, d is gone."""
    agreed = baseline(plan(task("a", 0, 4), task("b", 0, 6), task("d", 0, 10)))
    now = plan(task("a", 0, 14, 100), task("b", 0, 6), task("c", 0, 30, 100))
    assert actual_completion(now, agreed) == pytest.approx(0.4)


def test_a_task_broken_down_since_counts_as_it_was() -> None:
    agreed = baseline(plan(task("a", 0, 4), task("b", 4, 4)))
    now = plan(stream("a"), task("a1", 0, 2, 100, parent="a"),
               task("a2", 2, 2, parent="a"), task("b", 4, 4))  # fmt: skip
    assert actual_completion(now, agreed) == pytest.approx(0.25)


def test_summaries_of_a_baseline_are_not_counted_beside_their_tasks() -> None:
    now = plan(stream("s"), task("a", 0, 2, parent="s"), task("b", 0, 6, parent="s"))
    assert planned_completion(now, [date(2026, 11, 3)], baseline(now)) == [0.5]  # 2 + 2 of 8 days


def test_a_holiday_found_later_leaves_the_weights_of_the_baseline() -> None:
    agreed = baseline(plan(task("a", 0, 5), task("b", 5, 5)))
    tasks = dict([task("a", 0, 5, 100), task("b", 5, 5)])
    holiday = [{"name": "Holiday", "from": "2026-11-04"}]
    now = plan_of(engagement_of({"start": MONDAY, "tasks": tasks, "calendar": holiday}))
    assert actual_completion(now, agreed) == 0.5


def test_a_plan_late_against_its_baseline() -> None:
    """Ten days agreed, one after the other; at the close of day 6 three days' work is done.

    ES 3, AT 6: SPI(t) 0.5, so 20 days in all, until Friday 27 November; as planned 6 + 7 = 13 days, until the 18th.
    """
    agreed = baseline(plan(task("a", 0, 5), task("b", 5, 5)))
    now = plan(task("a", 0, 8, 60), task("b", 8, 5))
    found = performance(now, datetime(2026, 11, 9, 17), agreed)
    assert found is not None
    assert (found.now.earned, found.now.actual_time) == pytest.approx((3 * DAY, 6 * DAY))
    assert found.now.planned_share == pytest.approx(0.6)
    assert found.planned_finish == datetime(2026, 11, 13, 17)
    assert found.finish == datetime(2026, 11, 27, 17)
    assert found.finish_as_planned == datetime(2026, 11, 18, 17)
    assert found.finish_recent is None


def test_the_rate_of_late_is_measured_over_three_readings() -> None:
    """At the close of days 2, 3, 4: 0, 1 and 2 tenths; at the close of day 5 three: a tenth, which is a day, each day."""
    agreed = baseline(plan(task("a", 0, 10)))
    now = plan(task("a", 0, 10, 30))
    later = (date(2026, 11, 9), 900)
    history = [
        later,
        (date(2026, 11, 5), 200),
        (date(2026, 11, 3), 50),
        (date(2026, 11, 3), 0),
        (date(2026, 11, 4), 100),
    ]
    found = performance(now, datetime(2026, 11, 6, 17), agreed, history)
    assert found is not None
    assert [tuple(point) for point in found.readings] == [
        (2 * DAY, 0), (3 * DAY, 0.1), (4 * DAY, 0.2), (5 * DAY, pytest.approx(0.3)),
    ]  # fmt: skip
    assert found.now.recent_index == pytest.approx(1)
    assert found.finish_recent == datetime(2026, 11, 17, 17)  # seven days after Friday
    assert found.finish == datetime(2026, 11, 24, 14, 20)  # 10 / 0.6 = 16 2/3 days


def test_a_finished_plan_took_what_it_took_however_late_one_looks() -> None:
    agreed = baseline(plan(task("a", 0, 5)))
    found = performance(plan(task("a", 0, 7, 100)), datetime(2027, 3, 1, 12), agreed)
    assert found is not None
    assert found.now.actual_time == 7 * DAY
    assert found.finish == datetime(2026, 11, 10, 17)
    assert found.now.index == pytest.approx(5 / 7)


def test_time_counts_from_the_start_of_the_baseline() -> None:
    """Agreed to start in the second week, and looked at before that: nothing is late yet."""
    agreed = baseline(plan(task("a", 5, 5)))
    early = performance(plan(task("a", 5, 5)), datetime(2026, 11, 4, 12), agreed)
    assert early is not None
    assert (early.now.actual_time, early.now.index, early.finish) == (0, None, datetime(2026, 11, 13, 17))
    later = performance(plan(task("a", 6, 5)), datetime(2026, 11, 10, 17), agreed)
    assert later is not None
    assert later.now.actual_time == 2 * DAY
    assert later.finish == later.finish_as_planned == datetime(2026, 11, 17, 17)


def test_a_plan_without_work_has_no_performance() -> None:
    assert performance(plan(), datetime(2026, 11, 4, 12)) is None
    assert performance(plan(task("new", 0, 3)), datetime(2026, 11, 4, 12), baseline(plan(task("old", 0, 3)))) is None
