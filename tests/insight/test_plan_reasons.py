"""Why a task lies where it lies, sentence by sentence, on small plans whose dates are worked out by hand."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from pcsm_tui.insight.plan_chains import chain
from pcsm_tui.insight.plan_outlook import late_sentences
from pcsm_tui.insight.plan_reasons import Limit, limit_of, oddities, why, why_critical, why_start
from pcsm_tui.schedule.plan import Plan, plan_of
from tests.imported_plans import any_plan
from tests.imported_plans import engagement_of as imported
from tests.insight.small_plans import PAIR, SIDEWAY, START, STREAMS, TODAY, Tasks, planned
from tests.schedule.published import engagement_of


def start(plan: Plan, uid: str) -> str:
    return why_start(plan, uid, TODAY)


def pair(after: str, **more: Any) -> Plan:
    """Return a plan of three days' Ready and two days' Train, which waits for it so."""
    return planned({"Ready": {"duration": 3}, "Train": {"duration": 2, "after": after, **more}})


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        ("Ready", "2 Train starts Thu 19 Nov because 1 Ready ends Wed 18 Nov (finish to start)."),
        ("ReadyFS+2d", "2 Train starts Mon 23 Nov because 1 Ready ends Wed 18 Nov (finish to start + 2d)."),
        ("ReadyFS-1d", "2 Train starts Wed 18 Nov because 1 Ready ends Wed 18 Nov (finish to start - 1d)."),
        ("ReadyFS+4h", "2 Train starts Thu 19 Nov at 13:00 because 1 Ready ends Wed 18 Nov (finish to start + 4h)."),
        ("ReadySS+1d", "2 Train starts Tue 17 Nov because 1 Ready starts Mon 16 Nov (start to start + 1d)."),
        (
            "ReadyFF",
            "2 Train starts Tue 17 Nov because its end waits for the end of 1 Ready on Wed 18 Nov (finish to finish).",
        ),
        (
            "ReadySF+3d",
            "2 Train starts Tue 17 Nov because its end waits for the start of 1 Ready on Mon 16 Nov"
            " (start to finish + 3d).",
        ),
    ],
)
def test_a_start_follows_from_a_link(after: str, sentence: str) -> None:
    assert start(pair(after), "Train") == sentence


def test_the_first_task_starts_with_the_plan() -> None:
    assert start(planned(PAIR), "Ready") == "1 Ready starts Mon 16 Nov because the plan starts then."


def test_a_date_in_another_year_says_which() -> None:
    plan = planned({"Review": {"duration": 1, "constraint": "Start no earlier than", "constraint_date": "2027-01-11"}})
    assert start(plan, "Review") == "1 Review starts 11 Jan 2027 because it may start no earlier than 11 Jan 2027."


def test_several_drivers_are_all_named_and_many_are_counted() -> None:
    plan = planned({"A": {"duration": 2}, "B": {"duration": 2}, "C": {"duration": 1, "after": "A,B"}})
    assert start(plan, "C") == (
        "3 C starts Wed 18 Nov because 1 A ends Tue 17 Nov (finish to start)"
        " and because 2 B ends Tue 17 Nov (finish to start)."
    )
    tasks = {name: {"duration": 1} for name in "ABCDE"} | {"F": {"duration": 1, "after": "A,B,C,D,E"}}
    assert start(planned(tasks), "F").endswith("3 C ends Mon 16 Nov (finish to start) and because of 2 more.")


@pytest.mark.parametrize(
    ("constraint", "day", "sentence"),
    [
        ("Start no earlier than", "2026-11-24", "2 Train starts Tue 24 Nov because it may start no earlier than Tue 24 Nov."),
        ("Finish no earlier than", "2026-11-25", "2 Train starts Tue 24 Nov because it may finish no earlier than Wed 25 Nov."),
        ("Must start on", "2026-11-24", "2 Train starts Tue 24 Nov because it must start on Tue 24 Nov."),
        ("Must finish on", "2026-11-25", "2 Train starts Tue 24 Nov because it must finish on Wed 25 Nov."),
        (
            "Start no earlier than",
            "2026-11-24T10:30",
            "2 Train starts Tue 24 Nov at 10:30 because it may start no earlier than Tue 24 Nov at 10:30.",
        ),
    ],
)  # fmt: skip
def test_a_constraint_holds_a_start(constraint: str, day: str, sentence: str) -> None:
    plan = pair("Ready", constraint=constraint, constraint_date=day)
    assert start(plan, "Train") == sentence


BOUND_STREAM: Tasks = {
    "Build": {"duration": 9},
    "Wave": {
        "kind": "Work stream", "constraint": "Start no earlier than", "constraint_date": "2026-11-18",
        "deadline": "2026-11-20",
    },
    "Train": {"duration": 4, "parent": "Wave"},
    "Check": {"duration": 1, "parent": "Wave"},
}  # fmt: skip


def test_the_constraint_of_a_stream_holds_what_is_in_it() -> None:
    plan = planned(BOUND_STREAM)
    assert start(plan, "Train") == (
        "2.1 Train starts Wed 18 Nov because 2 Wave, which it is part of, may start no earlier than Wed 18 Nov."
    )


def test_the_deadline_of_a_stream_bounds_what_is_in_it() -> None:
    plan = planned(BOUND_STREAM)
    assert why_critical(plan, "Train", TODAY)[0] == (
        "2.1 Train is critical: it is 1d too late for the deadline of 2 Wave (Fri 20 Nov)."
    )
    assert why_critical(plan, "Check", TODAY)[0] == (
        "2.2 Check is nearly critical: it may slip 2d before the deadline of 2 Wave (Fri 20 Nov) is missed."
    )


def test_the_latest_finish_of_a_stream_holds_nothing_back_even_where_constraints_are_honored() -> None:
    bound = {"kind": "Work stream", "constraint": "Finish no later than", "constraint_date": "2026-11-17"}
    tasks = {"Ready": {"duration": 3}, "Wave": bound, "Train": {"duration": 2, "parent": "Wave", "after": "Ready"}}
    plan = planned(tasks, honor_constraints=True)
    assert start(plan, "Train") == "2.1 Train starts Thu 19 Nov because 1 Ready ends Wed 18 Nov (finish to start)."
    assert why_critical(plan, "Train", TODAY)[0] == (
        "2.1 Train is critical: it is 3d too late for the constraint of 2 Wave (finish no later than Tue 17 Nov)."
    )


def test_a_constraint_that_a_stream_cannot_have_is_told() -> None:
    bound = {"kind": "Work stream", "constraint": "Must start on", "constraint_date": "2026-11-25"}
    plan = planned({"Wave": bound, "Train": {"duration": 2, "parent": "Wave"}})
    assert oddities(plan, "Wave", TODAY) == [
        "Must start on binds nothing here: a work stream can start no earlier and finish no later than a date; bind what is"
        " in it."
    ]
    assert plan.task("Train").start.date() == START


def test_a_link_and_a_constraint_may_hold_it_together() -> None:
    plan = pair("Ready", constraint="Start no earlier than", constraint_date="2026-11-19")
    assert start(plan, "Train") == (
        "2 Train starts Thu 19 Nov because 1 Ready ends Wed 18 Nov (finish to start)"
        " and because it may start no earlier than Thu 19 Nov."
    )


def test_a_held_constraint_against_a_later_predecessor() -> None:
    plan = planned(
        {
            "Ready": {"duration": 3},
            "Train": {
                "duration": 2, "after": "Ready",
                "constraint": "Start no later than", "constraint_date": "2026-11-17",
            },
        },
        honor_constraints=True,
    )  # fmt: skip
    assert start(plan, "Train") == "2 Train starts Tue 17 Nov because it is held to start no later than Tue 17 Nov."
    assert oddities(plan, "Train", TODAY) == [
        "What it waits for is later, but the plan holds to constraints: start no later than Tue 17 Nov."
    ]


def test_as_late_as_possible() -> None:
    tasks = {
        "Build": {"duration": 5},
        "Cater": {"duration": 1, "constraint": "As late as possible"},
        "Open": {"kind": "Milestone", "duration": 0, "after": "Build,Cater"},
    }
    assert start(planned(tasks), "Cater") == (
        "2 Cater starts Fri 20 Nov because it is set as late as possible and 3 Open waits for it."
    )
    assert why_critical(planned(tasks), "Cater", TODAY) == [
        "2 Cater is critical: set as late as possible, it has no float left.",
        "One day longer leaves the plan's finish where it is, Fri 20 Nov.",
    ]


def test_the_status_date_pushes_what_has_not_begun() -> None:
    plan = planned({"Ready": {"duration": 3}}, status_date="2026-11-20")
    assert start(plan, "Ready") == (
        "1 Ready starts Mon 23 Nov because what is not done by the status date, Fri 20 Nov, comes after it."
    )


def test_work_that_has_begun_and_what_is_left_of_it() -> None:
    tasks = {
        "Ready": {"duration": 2, "state": "Done", "actual_start": "2026-11-16", "actual_finish": "2026-11-17"},
        "Train": {"duration": 4, "actual_start": "2026-11-18", "percent_complete": 250, "after": "Ready"},
        "Print": {"duration": 2, "state": "Not needed"},
    }
    plan = planned(tasks, status_date="2026-11-20")
    assert start(plan, "Ready") == "1 Ready started Mon 16 Nov, as was reported."
    assert start(plan, "Train") == (
        "2 Train started Wed 18 Nov, as was reported. What is left, 3d, begins Mon 23 Nov,"
        " after the status date of Fri 20 Nov."
    )
    assert start(plan, "Print") == "3 Print is not needed and takes no time."
    assert why_critical(plan, "Ready", TODAY) == ["1 Ready is done."]
    assert why_critical(plan, "Print", TODAY) == ["3 Print is not needed."]


def test_what_is_left_waits_for_a_predecessor_that_is_late() -> None:
    tasks = {
        "Ready": {"duration": 5},
        "Train": {"duration": 2, "actual_start": "2026-11-16", "percent_complete": 500, "after": "Ready"},
    }
    assert start(planned(tasks), "Train") == (
        "2 Train started Mon 16 Nov, as was reported. What is left, 1d, begins Mon 23 Nov,"
        " since 1 Ready ends Fri 20 Nov."
    )


def test_a_link_on_a_summary_is_named_as_such() -> None:
    plan = planned(STREAMS)
    assert start(plan, "Cohort A") == (
        "2.1 Cohort A starts Thu 19 Nov because 1.2 Slides ends Wed 18 Nov"
        " (finish to start, through the link of 2 on 1)."
    )
    assert start(plan, "Wrap up") == (
        "3 Wrap up starts Thu 19 Nov because 1.2 Slides ends Wed 18 Nov (finish to start, through its link on 1)."
    )


def test_a_summary_starts_and_is_critical_through_its_tasks() -> None:
    plan = planned(STREAMS)
    assert why(plan, "Dispatchers", TODAY) == [
        "2 Dispatchers starts Thu 19 Nov with 2.1 Cohort A. 2.1 Cohort A starts Thu 19 Nov because 1.2 Slides ends"
        " Wed 18 Nov (finish to start, through the link of 2 on 1).",
        "2 Dispatchers is critical through 2.2 Cohort B.",
    ]
    loose = planned(
        {"Build": {"duration": 9}, "Side": {"kind": "Work stream"}, "Tidy": {"duration": 2, "parent": "Side"}}
    )
    assert why_critical(loose, "Side", TODAY) == [
        "2 Side is not critical: the least float in it is 7d, that of 2.1 Tidy."
    ]


# --- what is odd ----------------------------------------------------------------------------------------------


def test_an_assumed_duration_and_a_clipped_start_are_told() -> None:
    plan = planned({"Ready": {"duration": 1}, "Train": {"after": "ReadyFS-3d"}})
    assert oddities(plan, "Train", TODAY) == [
        "No duration is given; 1d is assumed.",
        "Its links ask for a start before the plan's own; it is held at the plan's start.",
    ]
    assert oddities(plan, "Ready", TODAY) == []


def test_every_task_of_a_circle_is_told_of_it() -> None:
    tasks = {"A": {"duration": 1, "after": "B"}, "B": {"duration": 1, "after": "A"}, "C": {"duration": 1}}
    plan = planned(tasks)
    told = ["Tasks wait in a circle: 1 → 2 → 1. One of these links is left out."]
    assert oddities(plan, "A", TODAY) == told
    assert oddities(plan, "B", TODAY) == told
    assert oddities(plan, "C", TODAY) == []


def test_a_link_to_nothing_is_told() -> None:
    plan = planned({"A": {"duration": 1, "predecessors": [{"task": "f" * 32, "type": "FS"}]}})
    assert oddities(plan, "A", TODAY) == ["1 waits for a task that no longer exists."]


# --- how critical ---------------------------------------------------------------------------------------------


def test_a_critical_task_moves_the_finish() -> None:
    assert why_critical(planned(SIDEWAY), "Build", TODAY) == [
        "1 Build is critical: it has no float, so a day lost here is a day lost at the end.",
        "One day longer moves the finish to Thu 26 Nov.",
    ]


def test_slack_names_what_would_move_first() -> None:
    plan = planned(SIDEWAY)
    assert why_critical(plan, "Test", TODAY) == [
        "3 Test is not critical: it may slip 5d before the plan's finish moves."
    ]
    assert why_critical(plan, "E-learning", TODAY) == [
        "2 E-learning is not critical, but any delay moves 3 Test; after 5d the plan's finish moves."
    ]
    waiting = {**SIDEWAY, "Check": {"duration": 1, "after": "Test,Survey"}, "Test": {"duration": 1}}
    assert why_critical(planned(waiting), "Test", TODAY) == [
        "3 Test is not critical: it may slip 3d before anything else moves, 5 Check first; after 6d the plan's finish moves."
    ]


def test_a_nearly_critical_task_moves_the_finish_when_a_day_is_more_than_its_float() -> None:
    plan = planned({"Build": {"duration": "2d 4h"}, "Test": {"duration": 2}})
    assert why_critical(plan, "Test", TODAY) == [
        "2 Test is nearly critical: it may slip 4h before the plan's finish moves.",
        "One day longer moves the finish to Wed 18 Nov.",
    ]


def test_float_within_the_limit_of_the_plan_is_critical_too() -> None:
    plan = planned({"Build": {"duration": 5}, "Test": {"duration": 3}}, critical_float=2)
    assert why_critical(plan, "Test", TODAY) == [
        "2 Test is critical: its float of 2d is within the 2d that the plan sets as the limit.",
        "One day longer leaves the plan's finish where it is, Fri 20 Nov.",
    ]


DATED: Tasks = {
    "Build": {"duration": 5},
    "Go-live": {"kind": "Milestone", "duration": 0, "after": "Build", "deadline": "2026-11-18"},
    "Close": {"duration": 5, "after": "Build"},
}


def test_negative_float_names_the_deadline_that_is_missed() -> None:
    plan = planned(DATED)
    assert why_critical(plan, "Build", TODAY) == [
        "1 Build is critical: it is 2d too late for the deadline of 2 Go-live (Wed 18 Nov).",
        "One day longer moves the finish to Mon 30 Nov.",
    ]
    assert why_critical(plan, "Go-live", TODAY) == [
        "2 Go-live is critical: it is 2d too late for its deadline of Wed 18 Nov.",
        "One day later leaves the plan's finish where it is, Fri 27 Nov.",
    ]
    assert late_sentences(plan, TODAY) == [
        "2 Go-live is reached Fri 20 Nov, 2d too late for its deadline of Wed 18 Nov."
    ]


def test_a_deadline_may_be_what_leaves_no_float() -> None:
    tasks = {**DATED, "Go-live": {**DATED["Go-live"], "deadline": "2026-11-20"}, "Close": {"duration": 10}}
    assert why_critical(planned(tasks), "Build", TODAY)[0] == (
        "1 Build is critical: a day lost here misses the deadline of 2 Go-live (Fri 20 Nov)."
    )
    tasks["Go-live"] = {**DATED["Go-live"], "deadline": "2026-11-25"}
    assert why_critical(planned(tasks), "Build", TODAY) == [
        "1 Build is not critical, but any delay moves 2 Go-live; after 3d the deadline of 2 Go-live (Wed 25 Nov) is missed."
    ]


def test_a_constraint_may_be_missed_as_well() -> None:
    plan = pair("Ready", constraint="Must finish on", constraint_date="2026-11-19")
    assert why_critical(plan, "Ready", TODAY)[0] == (
        "1 Ready is critical: it is 1d too late for the constraint of 2 Train (must finish on Thu 19 Nov)."
    )
    assert why_critical(plan, "Train", TODAY)[0] == (
        "2 Train is critical: it is 1d too late for its constraint (must finish on Thu 19 Nov)."
    )


def test_a_summary_may_miss_a_deadline() -> None:
    tasks = {"Side": {"kind": "Work stream", "deadline": "2026-11-17"}, "Tidy": {"duration": 3, "parent": "Side"}}
    assert why_critical(planned(tasks), "Side", TODAY) == [
        "1 Side is critical through 1.1 Tidy.",
        "It ends Wed 18 Nov, 1d too late for its deadline of Tue 17 Nov.",
    ]


def test_elapsed_time_is_told_with_its_hour() -> None:
    plan = planned({"Dry": {"duration": "3ed"}, "Paint": {"duration": 1, "after": "Dry"}})
    assert start(plan, "Paint") == (
        "2 Paint starts Thu 19 Nov because 1 Dry ends Thu 19 Nov at 08:00 (finish to start)."
    )
    assert why_critical(plan, "Dry", TODAY) == [
        "1 Dry is critical: it has no float, so a day lost here is a day lost at the end."
    ]


def test_behind_an_elapsed_lag_over_days_off_the_deadline_is_found_that_makes_it_late() -> None:
    """Two elapsed days from Tuesday 17 Nov, 8:00, end on the first of two days off, so that Notice is reached two working
    days after Sign, and would be if Sign came two days later. For Notice on the 17th Sign would have to be on Monday."""
    tasks = {
        "Sign": {"kind": "Milestone", "duration": 0},
        "Notice": {"duration": 0, "after": "SignFS+2ed", "deadline": "2026-11-17"},
        "Work": {"duration": 0, "after": "SignFS+2d"},
    }
    free = [{"name": "Off", "from": "2026-11-19", "to": "2026-11-20"}]
    plan = plan_of(engagement_of({"tasks": tasks, "start": date(2026, 11, 17), "calendar": free}))
    assert plan.task("Sign").total_float == -480
    assert limit_of(plan, "Sign") == Limit("deadline", "Notice")


# --- any plan -------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(any_plan())
def test_every_task_of_any_plan_has_its_reasons(drawn: Any) -> None:
    plan = plan_of(imported(drawn))
    for uid in plan.tasks:
        sentences = why(plan, uid, TODAY)
        assert all(re.fullmatch(r"[^ ].*[^ .]\.", sentence) and "None" not in sentence for sentence in sentences)
        assert sentences[0].startswith(f"{plan.number(uid)} ")
        found = chain(plan, uid, TODAY)
        assert found.before[-1].task.uid in plan.leaves.of(uid)
        if not plan.outline.children(uid) and plan.task(uid).total_float < 0:
            assert limit_of(plan, uid).kind != "finish"
