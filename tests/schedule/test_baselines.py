"""Baselines: taken, stored, read back whatever is damaged, chosen, and compared with the plan of today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pcsm_tui.domain.engagement import Engagement, doc_id_of
from pcsm_tui.errors import UsageError, ValueRefused
from pcsm_tui.schedule.baselines import (
    Baseline,
    Variance,
    baselines_of,
    chosen_baseline,
    moved_baseline,
    plan_variance,
    taken_baseline,
    variances,
)
from pcsm_tui.schedule.plan import Plan, plan_of
from tests.schedule.published import engagement_of

DAY = 480
TODAY = date(2026, 11, 27)
GOOD = {"start": "2026-11-30T08:00", "finish": "2026-12-04T17:00", "duration": 5 * DAY}


def made(tasks: Mapping[str, Mapping[str, Any]], **more: Any) -> tuple[Plan, Engagement]:
    """Return a plan that starts on Monday 30 November 2026, and its engagement."""
    engagement = engagement_of({"tasks": tasks, **more})
    return plan_of(engagement), engagement


def holding(*records: Any) -> Engagement:
    """Return an engagement that holds these records as baselines."""
    _, engagement = made({"a": {"duration": 5}})
    table = {str(place): record for place, record in enumerate(records, 1)}
    return engagement.replaced({**engagement.document, "baselines": table})


def record(name: str = "Agreed", taken: str = "2026-11-27", **more: Any) -> dict[str, Any]:
    """Return the record of a baseline with one task."""
    return {"uid": name.casefold(), "name": name, "taken": taken, "tasks": {"a": GOOD}, **more}


def baseline(plan: Plan, engagement: Engagement, name: str = "Agreed") -> Baseline:
    """Return a baseline as it is read back from a file that it was taken into."""
    content = {"uid": "0" * 32, **taken_baseline(plan, engagement, name, TODAY)}
    read, sentences = baselines_of(
        engagement.replaced({**engagement.document, "baselines": {doc_id_of("0" * 32): content}})
    )
    assert sentences == ()
    return read[0]


# --- taking and reading ---------------------------------------------------------------------------------------


def test_a_baseline_holds_dates_durations_and_budgets_of_all_tasks() -> None:
    money = {"amount": 120_000, "currency": "EUR"}
    plan, engagement = made(
        {
            "s": {"kind": "Work stream"},
            "a": {"duration": 5, "parent": "s", "budget": money},
            "m": {"kind": "Milestone", "after": "a"},
        }
    )
    content = taken_baseline(plan, engagement, "  Agreed ", TODAY)
    week = {"start": "2026-11-30T08:00", "finish": "2026-12-04T17:00", "duration": 2400}
    assert (content["name"], content["taken"]) == ("Agreed", "2026-11-27")
    assert content["tasks"]["s"] == week
    assert content["tasks"]["a"] == {**week, "budget": money}
    assert content["tasks"]["m"]["duration"] == 0
    assert set(content) == {"name", "taken", "tasks"}
    read = baseline(plan, engagement)
    assert (read.name, read.taken, set(read.tasks)) == ("Agreed", "2026-11-27", {"s", "a", "m"})
    assert read.tasks["a"] == (datetime(2026, 11, 30, 8), datetime(2026, 12, 4, 17), 5 * DAY, money)
    assert read.tasks["s"].budget is None
    assert read.start == datetime(2026, 11, 30, 8)


def test_a_baseline_without_a_name_is_numbered() -> None:
    engagement = holding(record("First"))
    assert taken_baseline(plan_of(engagement), engagement, " ", TODAY)["name"] == "Baseline 2"


def test_an_empty_plan_has_no_baseline() -> None:
    plan, engagement = made({})
    with pytest.raises(ValueRefused, match="no tasks"):
        taken_baseline(plan, engagement, "Agreed", TODAY)


def test_a_file_without_baselines_has_none() -> None:
    _, engagement = made({"a": {"duration": 5}})
    assert baselines_of(engagement) == ((), ())


@pytest.mark.parametrize(
    ("damaged", "sentence"),
    [
        (record(taken=""), "The baseline 'Agreed' does not say on which day it was taken. It is left out."),
        (record(taken="2026-02-30"), "The baseline 'Agreed' does not say on which day it was taken. It is left out."),
        (record(taken=20261127), "The baseline 'Agreed' does not say on which day it was taken. It is left out."),
        (record(tasks=["a"]), "The baseline 'Agreed' holds no tasks. It is left out."),
        (record(name="", tasks={}), "A baseline without a name holds no tasks that can be read. It is left out."),
        (record(tasks={"a": None}), "The baseline 'Agreed' holds no tasks that can be read. It is left out."),
    ],
)
def test_a_damaged_record_is_left_out_and_named(damaged: dict[str, Any], sentence: str) -> None:
    read, sentences = baselines_of(holding(damaged, record("Second")))
    assert [found.name for found in read] == ["Second"]
    assert sentences == (sentence,)


@pytest.mark.parametrize(
    "damage",
    [
        {"start": "2026-11-30"},
        {"start": "2026-11-30T08:00+01:00"},
        {"start": "2026-11-30T25:00"},
        {"start": "1026-11-30T08:00"},
        {"finish": None},
        {"finish": "2026-11-20T17:00"},
        {"duration": -1},
        {"duration": True},
        {"duration": 12.5},
        {"duration": "5d"},
    ],
)
def test_a_damaged_task_is_left_out_and_the_others_stay(damage: dict[str, Any]) -> None:
    read, sentences = baselines_of(holding(record(tasks={"a": GOOD, "bad": {**GOOD, **damage}})))
    assert set(read[0].tasks) == {"a"}
    assert sentences == ("The baseline 'Agreed': 1 task cannot be read and is left out ('bad').",)


def test_a_milestone_may_stand_between_a_close_and_the_opening_after_it() -> None:
    over_the_weekend = {"start": "2026-12-07T08:00", "finish": "2026-12-04T17:00", "duration": 0}
    read, sentences = baselines_of(holding(record(tasks={"m": over_the_weekend})))
    assert set(read[0].tasks) == {"m"}
    assert sentences == ()


def test_several_damaged_tasks_are_counted() -> None:
    _, sentences = baselines_of(holding(record(tasks={"one": 1, "a": GOOD, "two": []})))
    assert sentences == ("The baseline 'Agreed': 2 tasks cannot be read and are left out ('one').",)


def test_a_damaged_budget_is_no_budget() -> None:
    read, sentences = baselines_of(holding(record(tasks={"a": {**GOOD, "budget": {"amount": 1.5, "currency": "EUR"}}})))
    assert read[0].tasks["a"].budget is None
    assert sentences == ()


def test_a_record_without_a_name_is_called_by_its_day() -> None:
    read, _ = baselines_of(holding(record(name="")))
    assert read[0].name == "Baseline of 2026-11-27"


# --- choosing -------------------------------------------------------------------------------------------------


def test_the_latest_taken_counts_and_any_other_by_name_or_uid() -> None:
    read, _ = baselines_of(
        holding(record("Third", "2026-12-20"), record("First", "2026-11-01"), record("Second", "2026-12-01"))
    )
    latest, first, second = chosen_baseline(read), chosen_baseline(read, "first"), chosen_baseline(read, "SECOND")
    assert latest and latest.name == "Third"
    assert first and first.taken == "2026-11-01"
    assert second and second.uid == "second"
    assert chosen_baseline(read, second.uid) == second


def test_of_two_taken_on_one_day_the_later_record_counts() -> None:
    read, _ = baselines_of(
        holding(record("Late", at="2026-11-27T15:00:00Z"), record("Early", at="2026-11-27T09:00:00Z"))
    )
    latest = chosen_baseline(read)
    assert latest and latest.name == "Late"


def test_of_several_with_one_name_the_latest_counts() -> None:
    read, _ = baselines_of(holding(record(uid="1", taken="2026-12-01"), record(uid="2", taken="2026-11-01")))
    found = chosen_baseline(read, "Agreed")
    assert found and found.uid == "1"


def test_an_unknown_baseline_is_refused_with_those_there_are() -> None:
    read, _ = baselines_of(holding(record("Kick-off")))
    with pytest.raises(UsageError, match="no baseline 'kickof'") as refused:
        chosen_baseline(read, "kickof")
    assert "Kick-off" in refused.value.hint
    assert chosen_baseline(()) is None
    with pytest.raises(UsageError) as none_yet:
        chosen_baseline((), "Agreed")
    assert none_yet.value.hint == "None has been taken yet."


# --- variance -------------------------------------------------------------------------------------------------


def test_an_unchanged_plan_does_not_vary() -> None:
    plan, engagement = made({"a": {"duration": 5}, "m": {"kind": "Milestone", "after": "a"}})
    agreed = baseline(plan, engagement)
    assert [found.state for found in variances(agreed, plan)] == ["same", "same"]
    assert plan_variance(agreed, plan) == Variance("", 0, 0, 0, "same")


def test_variance_is_counted_in_working_time() -> None:
    """a grows from 5 to 7 days, over a weekend; b follows two days later; c shrinks; d is new, e is gone."""
    before, engagement = made(
        {"a": {"duration": 5}, "b": {"duration": 3, "after": "a"}, "c": {"duration": 4}, "e": {"duration": 1}}
    )
    after, _ = made(
        {"d": {"duration": 1}, "a": {"duration": 7}, "b": {"duration": 3, "after": "a"}, "c": {"duration": 2}}
    )
    agreed = baseline(before, engagement)
    assert variances(agreed, after) == [
        Variance("d", 0, 0, 0, "new"),
        Variance("a", 0, 2 * DAY, 2 * DAY, "later"),
        Variance("b", 2 * DAY, 2 * DAY, 0, "later"),
        Variance("c", 0, -2 * DAY, -2 * DAY, "earlier"),
        Variance("e", 0, 0, 0, "gone"),
    ]
    assert plan_variance(agreed, after) == Variance("", 0, 2 * DAY, 2 * DAY, "later")


def test_a_plan_moved_before_its_baseline_is_earlier() -> None:
    """Agreed from Monday 30 November, now from Monday 23 November: five working days sooner."""
    before, engagement = made({"a": {"duration": 5}})
    after, _ = made({"a": {"duration": 5}}, start=date(2026, 11, 23))
    agreed = baseline(before, engagement)
    assert variances(agreed, after) == [Variance("a", -5 * DAY, -5 * DAY, 0, "earlier")]
    later, _ = made({"a": {"duration": 5}}, start=date(2026, 12, 7))
    assert variances(agreed, later) == [Variance("a", 5 * DAY, 5 * DAY, 0, "later")]


def test_a_holiday_found_later_moves_what_lies_behind_it() -> None:
    """Thursday becomes a holiday: what ended on Friday ends on Monday, one working day after that Friday."""
    before, engagement = made({"a": {"duration": 5}})
    after, _ = made({"a": {"duration": 5}}, calendar=[{"name": "Holiday", "from": "2026-12-03"}])
    assert variances(baseline(before, engagement), after) == [Variance("a", 0, DAY, 0, "later")]


def test_a_start_that_moves_alone_counts() -> None:
    """a starts two days later and takes two days less: its finish is the same, its start is later."""
    before, engagement = made({"a": {"duration": 5}})
    after, _ = made({"a": {"duration": 3, "constraint": "Start no earlier than", "constraint_date": "2026-12-02"}})
    assert variances(baseline(before, engagement), after) == [Variance("a", 2 * DAY, 0, -2 * DAY, "later")]


def test_a_baseline_moves_with_all_its_days_and_keeps_what_is_no_date() -> None:
    kept = {
        "uid": "b", "name": "2026-10-16", "taken": "2026-10-16", "more": 1,
        "tasks": {
            "a": {"start": "2026-12-24T08:00", "finish": "2026-12-28T17:00", "duration": 960},
            "b": {"start": "soon"},
            "c": None,
        },
    }  # fmt: skip
    assert moved_baseline(kept, timedelta(days=7)) == {
        "uid": "b", "name": "2026-10-16", "taken": "2026-10-23", "more": 1,
        "tasks": {
            "a": {"start": "2026-12-31T08:00", "finish": "2027-01-04T17:00", "duration": 960},
            "b": {"start": "soon"},
            "c": None,
        },
    }  # fmt: skip
    assert moved_baseline({"tasks": 3}, timedelta(days=7)) == {"tasks": 3}
