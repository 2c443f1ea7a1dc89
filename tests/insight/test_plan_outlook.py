"""Chains and the plan as a whole in sentences, on small plans whose dates are worked out by hand."""

from __future__ import annotations

from datetime import date

from pcsm_tui.domain.engagement import doc_id_of
from pcsm_tui.insight.plan_chains import chain, critical_page
from pcsm_tui.insight.plan_outlook import (
    forecast_sentences,
    move_sentences,
    outcome_sentence,
    performance_sentences,
    plan_sentence,
    variance_sentence,
)
from pcsm_tui.schedule.baselines import baselines_of, taken_baseline
from pcsm_tui.schedule.earned_schedule import performance
from pcsm_tui.schedule.plan import plan_of
from pcsm_tui.schedule.settings import as_finish
from pcsm_tui.schedule.simulation import simulate
from tests.insight.small_plans import PAIR, SIDEWAY, START, STREAMS, TODAY, Tasks, planned
from tests.schedule.published import engagement_of

# --- chains ---------------------------------------------------------------------------------------------------


def test_the_chain_to_a_task_and_the_one_that_it_drives() -> None:
    tasks = {
        "Build": {"duration": 5},
        "Teach": {"duration": 2, "after": "BuildFS+1d"},
        "Open": {"kind": "Milestone", "duration": 0, "after": "Teach"},
        "Close": {"duration": 6, "after": "Open"},
    }
    found = chain(planned(tasks), "Teach", TODAY)
    assert [step.text for step in found.before] == [
        "1 Build: Mon 16 to Fri 20 Nov (the plan starts then)",
        "2 Teach: Tue 24 to Wed 25 Nov (finish to start + 1d)",
    ]
    assert [step.text for step in found.after] == [
        "3 Open: Wed 25 Nov (finish to start)",
        "4 Close: Thu 26 Nov to Thu 3 Dec (finish to start)",
    ]
    assert [step.link and step.link.lag for step in found.before] == [None, "1d"]


def test_a_summary_is_driven_by_its_first_task_and_drives_by_its_last() -> None:
    found = chain(planned(STREAMS), "Prepare", TODAY)
    assert [step.task.uid for step in found.before] == ["Rooms"]
    assert [step.task.uid for step in found.after] == ["Cohort B"]


def test_the_critical_page_has_every_tied_path_and_what_is_near() -> None:
    tasks = {
        "Build": {"duration": 3},
        "Write": {"duration": 3},
        "Open": {"duration": 2, "after": "Build, WriteFS"},
        "Paint": {"duration": 4},
        "Frame": {"kind": "Work stream", "deadline": "2026-11-17"},
        "Wall": {"duration": 2, "parent": "Frame"},
        "Roof": {"duration": 1, "parent": "Frame", "after": "Wall"},
    }
    page = critical_page(planned(tasks), TODAY)
    assert page.finish.date() == date(2026, 11, 20)
    assert page.packages == 6
    assert page.how_many == 3
    chains = [["Build", "Open"], ["Write", "Open"], ["Wall", "Roof"]]
    assert [[step.task.uid for step in path] for path in page.chains] == chains
    assert [[step.link and step.link.task for step in path] for path in page.chains] == [
        [None, "Build"],
        [None, "Write"],
        [None, "Wall"],
    ]
    assert [task.uid for task in page.near] == ["Paint"]
    assert [task.uid for task in page.late] == ["Frame"]
    assert (page.near_float, page.problems) == (960, ())


# --- the whole plan -------------------------------------------------------------------------------------------


def test_how_the_plan_stands() -> None:
    assert plan_sentence(planned(SIDEWAY), TODAY) == (
        "The plan runs from Mon 16 Nov to Wed 25 Nov, 8d; 2 of 6 work packages and milestones are critical; 0% is done."
    )
    assert plan_sentence(planned({}), TODAY) == "The plan has no tasks yet."


def test_an_edit_tells_what_moves_and_what_becomes_of_the_finish() -> None:
    longer = {**SIDEWAY, "Build": {"duration": 6}}
    assert move_sentences(planned(SIDEWAY), planned(longer), TODAY) == [
        "2 tasks move; the plan finishes Thu 26 Nov instead of Wed 25 Nov.",
        "1 Build: Mon 16 to Mon 23 Nov instead of Mon 16 to Fri 20 Nov, 1d later.",
        "6 Open: Tue 24 to Thu 26 Nov instead of Mon 23 to Wed 25 Nov, 1d later.",
    ]
    assert move_sentences(planned(SIDEWAY), planned(SIDEWAY), TODAY) == [
        "Nothing moves; the plan still finishes Wed 25 Nov."
    ]


def test_an_edit_tells_what_becomes_critical_and_which_deadline_is_missed() -> None:
    before = {"Build": {"duration": 5}, "Test": {"duration": 2, "deadline": "2026-11-19"}}
    after = {"Build": {"duration": 5}, "Test": {"duration": 6, "deadline": "2026-11-19"}}
    assert move_sentences(planned(before), planned(after), TODAY) == [
        "1 task moves; the plan finishes Mon 23 Nov instead of Fri 20 Nov.",
        "2 Test: Mon 16 to Mon 23 Nov instead of Mon 16 to Tue 17 Nov, 4d later.",
        "2 Test becomes critical.",
        "1 Build is no longer critical.",
        "2 Test ends Mon 23 Nov, 2d too late for its deadline of Thu 19 Nov.",
    ]


def test_an_edit_tells_what_is_new_and_what_is_gone() -> None:
    before, after = {"Build": {"duration": 2}}, {"Paint": {"duration": 2}}
    assert move_sentences(planned(before), planned(after), TODAY)[:3] == [
        "Nothing moves; the plan still finishes Tue 17 Nov.",
        "1 Paint is new: Mon 16 to Tue 17 Nov.",
        "1 Build is no longer there.",
    ]


def test_a_task_that_gets_parts_is_none_that_moves() -> None:
    """Build becomes a stream of two days more; only Open, which waits for it, moves."""
    before = {"Build": {"duration": 2}, "Open": {"duration": 1, "after": "Build"}}
    after = {
        **before,
        "Wall": {"duration": 2, "parent": "Build"},
        "Roof": {"duration": 2, "parent": "Build", "after": "Wall"},
    }
    assert outcome_sentence(planned(before), planned(after), TODAY) == (
        "1 task moves; the plan finishes Fri 20 Nov instead of Wed 18 Nov."
    )


def test_the_plan_against_its_baseline() -> None:
    agreed = engagement_of({"tasks": PAIR, "start": START})
    kept = taken_baseline(plan_of(agreed), agreed, "Agreed", TODAY)
    record = {**kept, "uid": "b" * 32}
    now = {"Ready": {"duration": 5}, "Train": {"duration": 2}, "Print": {"duration": 1}}
    engagement = engagement_of({"tasks": now, "start": START})
    engagement = engagement.replaced({**engagement.document, "baselines": {doc_id_of("b" * 32): record}})
    ((baseline,), _) = baselines_of(engagement)
    assert variance_sentence(plan_of(engagement), baseline, TODAY) == (
        "The plan ends Fri 20 Nov, 2d later than the Wed 18 Nov of Agreed. Tasks: 1 later, 1 new."
    )
    assert variance_sentence(plan_of(agreed), baseline, TODAY) == (
        "The plan ends Wed 18 Nov, as in Agreed. Tasks: all as planned."
    )


def test_the_forecast_follows_from_what_is_done() -> None:
    """Ten days, of which two are done by the close of the fourth: ES 2d, SPI(t) 0.5, 10 / 0.5 = 20 days."""
    agreed = engagement_of({"tasks": {"Build": {"duration": 10}}, "start": START})
    kept = {**taken_baseline(plan_of(agreed), agreed, "Agreed", TODAY), "uid": "b" * 32}
    now = {"Build": {"duration": 10, "actual_start": "2026-11-16", "percent_complete": 200}}
    engagement = engagement_of({"tasks": now, "start": START, "plan": {"status_date": "2026-11-19"}})
    engagement = engagement.replaced({**engagement.document, "baselines": {doc_id_of("b" * 32): kept}})
    plan, ((baseline,), _) = plan_of(engagement), baselines_of(engagement)
    found = performance(plan, as_finish(date(2026, 11, 19)), baseline)
    assert found is not None
    assert performance_sentences(found, "Thu 19 Nov", TODAY) == [
        "20% of the work is done; 40% was planned to be by Thu 19 Nov.",
        "In time the work is 2d behind: its index, SPI(t), is 0.50.",
        "If the rest goes as the work so far, it ends Fri 11 Dec; if it goes as planned, it ends Tue 1 Dec."
        " Planned was Fri 27 Nov.",
    ]


def test_the_simulation_of_certain_durations_keeps_to_the_plan() -> None:
    tasks = {"Build": {"duration": 2, "optimistic": 960, "pessimistic": 960}}
    forecast = simulate(planned(tasks), samples=10)
    assert forecast is not None
    assert forecast_sentences(forecast, planned(tasks), TODAY) == [
        "Of 10 simulated runs (1 task with estimates) half end by Tue 17 Nov, 80% end by Tue 17 Nov,"
        " 95% end by Tue 17 Nov; 100% keep to Tue 17 Nov."
    ]
    forecast = simulate(planned(PAIR), samples=10)
    assert forecast is not None
    assert forecast_sentences(forecast, planned(PAIR), TODAY) == [
        "No task to come has an optimistic or a pessimistic duration: there is nothing to simulate."
    ]


LATE: Tasks = {
    "Build": {"duration": 8},
    "Film": {"duration": 4, "deadline": "2026-11-17"},
    "Card": {"duration": 2, "optimistic": 960, "pessimistic": 960, "constraint": "Finish no later than",
             "constraint_date": "2026-11-17"},
    "Open": {"kind": "Milestone", "duration": 0, "after": "Build", "deadline": "2026-11-26"},
}  # fmt: skip
"""Build ends the plan on the 25th and Open has a day left; Film is two days late; Card has no float to its date."""


def test_what_is_late_for_a_date_does_not_decide_the_finish() -> None:
    page = critical_page(planned(LATE), TODAY)
    assert (page.deciding, page.packages) == (2, 4)
    assert [[step.task.uid for step in path] for path in page.chains] == [["Build", "Open"], ["Film"], ["Card"]]
    assert page.bounds == (
        "",
        "It does not decide the finish, but it is 2d too late for its deadline of Tue 17 Nov.",
        "It does not decide the finish, but a day lost here misses its constraint (finish no later than Tue 17 Nov).",
    )


def test_only_what_holds_the_finish_is_counted_by_the_simulation_and_endangered_deadlines_are_told() -> None:
    forecast = simulate(planned(LATE), samples=10)
    assert forecast is not None
    assert forecast.criticality == {"Build": 1000, "Film": 0, "Card": 0, "Open": 1000}
    assert forecast.deadlines == {"Film": 0, "Open": 1000}
    assert forecast_sentences(forecast, planned(LATE), TODAY)[1:] == ["0% meet the deadline of 2 Film on Tue 17 Nov."]
