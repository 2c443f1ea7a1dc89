"""plan: the schedule, why, path, what-if, baseline, variance, forecast.

The plan starts on Monday, 23 November 2026, the day after the tests' today.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

UIDS = dict[str, str]


@pytest.fixture
def plan(pcsm, harbour: Path) -> UIDS:
    """Return the uids of the plan's tasks by name: Train in two cohorts, and beside it E-learning, before Go-live."""
    pcsm("set", "harbour", "plan", "start=2026-11-23")
    uids: UIDS = {}

    def add(name: str, *values: str) -> None:
        uids[name] = pcsm("add", "harbour", "tasks", f"name={name}", *values).word

    add("Dispatchers", "kind=Work stream")
    add("Ready", "duration=2d", "parent=1", "owner=Sue")
    add("Train", "duration=6d", "parent=1", "predecessors=1.1")
    add("E-learning", "duration=4d", "parent=")
    add("Go-live", "kind=Milestone", "parent=", "predecessors=1.2, 2", "deadline=2026-12-03")
    return uids


def test_the_schedule_as_text_fits_eighty_columns(pcsm, plan: UIDS) -> None:
    run = pcsm("plan", "harbour")
    assert run.err == ""
    assert run.out.splitlines() == [
        "The plan runs from Mon 23 Nov to Wed 2 Dec, 8d; 3 of 4 work packages and",
        "  milestones are critical; 0% is done.",
        "",
        "WBS     Name         Takes  Start       Finish      Float  Done",
        "1    #  Dispatchers  8d     2026-11-23  2026-12-02  0d",
        "1.1  #  Ready        2d     2026-11-23  2026-11-24  0d",
        "1.2  #  Train        6d     2026-11-25  2026-12-02  0d",
        "2       E-learning   4d     2026-11-23  2026-11-26  4d",
        "3    #  Go-live      0d     2026-12-02  2026-12-02  0d",
    ]


def test_only_what_is_critical(pcsm, plan: UIDS) -> None:
    lines = pcsm("plan", "harbour", "--critical").out.splitlines()
    assert [line.split()[0] for line in lines[4:]] == ["1", "1.1", "1.2", "3"]
    data = pcsm("plan", "--critical", "--json", "harbour").data
    assert [task["name"] for task in data["tasks"]] == ["Dispatchers", "Ready", "Train", "Go-live"]


def test_done_and_begun_are_marked_by_a_character(pcsm, plan: UIDS) -> None:
    pcsm("set", "harbour", f"tasks/{plan['Ready']}", "actual_start=2026-11-23", "actual_finish=2026-11-24")
    pcsm("set", "harbour", f"tasks/{plan['E-learning']}", "actual_start=2026-11-23", "percent_complete=25")
    lines = pcsm("plan", "harbour").out.splitlines()
    assert "1.1  x  Ready        2d     2026-11-23  2026-11-24         100%" in lines
    assert "2    ~  E-learning   4d     2026-11-23  2026-11-26  4d     25%" in lines


def test_the_schedule_as_json(pcsm, plan: UIDS) -> None:
    data = pcsm("plan", "harbour", "--json").data
    assert {name: data[name] for name in ("start", "finish", "duration", "problems")} == {
        "start": "2026-11-23",
        "finish": "2026-12-02",
        "duration": 3840,
        "problems": [],
    }
    assert data["critical_paths"] == [[plan["Ready"], plan["Train"], plan["Go-live"]]]
    tasks = {task["name"]: task for task in data["tasks"]}
    assert list(tasks) == ["Dispatchers", "Ready", "Train", "E-learning", "Go-live"]
    assert tasks["Train"] == {
        "uid": plan["Train"], "wbs": "1.2", "name": "Train", "kind": "task",
        "start": "2026-11-25", "finish": "2026-12-02",
        "starts_at": "2026-11-25T08:00", "ends_at": "2026-12-02T17:00",
        "duration": 2880, "elapsed": 0, "es": 960, "ef": 3840, "ls": 960, "lf": 3840, "total_float": 0, "free_float": 0,
        "critical": True, "near_critical": False, "drivers": [plan["Ready"]], "driven_by": "",
        "percent_complete": 0, "begun": False, "done": False, "owner": "", "deadline": None,
    }  # fmt: skip
    side = tasks["E-learning"]
    assert (side["ls"], side["lf"], side["total_float"], side["free_float"]) == (1920, 3840, 1920, 1920)
    assert (side["drivers"], side["driven_by"]) == ([], "the plan starts then")
    assert (tasks["Dispatchers"]["kind"], tasks["Ready"]["owner"]) == ("summary", "Sue")
    assert (tasks["Go-live"]["kind"], tasks["Go-live"]["deadline"]) == ("milestone", "2026-12-03")


def test_a_finish_at_midnight_belongs_to_the_day_before(pcsm, plan: UIDS) -> None:
    pcsm("set", "harbour", "plan", "monday=00:00-24:00")
    pcsm("add", "harbour", "tasks", "name=Watch", "duration=3d", "parent=")
    task = pcsm("plan", "harbour", "--json").data["tasks"][-1]
    assert (task["finish"], task["ends_at"]) == ("2026-11-23", "2026-11-24T00:00")


def test_a_plan_without_tasks(pcsm, harbour: Path) -> None:
    run = pcsm("plan", "harbour")
    assert run.out == "The plan has no tasks yet.\n"
    assert run.err == "`pcsm add harbour tasks name=…` adds one.\n"
    data = pcsm("plan", "harbour", "--json").data
    assert (data["tasks"], data["critical_paths"], data["duration"]) == ([], [], 0)
    assert pcsm("plan", "forecast", "harbour").out == "The plan has no tasks yet: there is nothing to forecast.\n"


def test_missed_deadlines_and_circles_are_told_and_it_still_ends_well(pcsm, harbour: Path, plan: UIDS) -> None:
    pcsm("set", "harbour", f"tasks/{plan['Train']}", "duration=8d")
    tree = json.loads(harbour.read_text())
    ready = next(record for record in tree["tasks"].values() if record["name"] == "Ready")
    ready["predecessors"] = [{"task": plan["Train"], "type": "FS"}]
    harbour.write_text(json.dumps(tree))
    out = pcsm("plan", "harbour").out
    assert "\nProblems\n  Tasks wait in a circle: 1.1 → 1.2 → 1.1.\n" in out
    assert pcsm("plan", "harbour", "--json").data["problems"] == ["Tasks wait in a circle: 1.1 → 1.2 → 1.1."]
    ready["predecessors"] = []
    harbour.write_text(json.dumps(tree))
    assert pcsm("plan", "harbour").out.endswith(
        "\nDeadlines missed\n  3 Go-live is reached Fri 4 Dec, 1d too late for its deadline of Thu 3 Dec.\n"
    )


# --- which file, which task -----------------------------------------------------------------------------------


def test_an_engagement_called_like_a_command_is_given_by_its_path(
    pcsm, harbour: Path, plan: UIDS, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(harbour, harbour.with_name("why.pcsm.json"))
    monkeypatch.chdir(harbour.parent)
    assert pcsm("plan", "./why.pcsm.json").out == pcsm("plan", "harbour").out
    assert pcsm("plan", "why", "./why.pcsm.json", "1.1").out == pcsm("plan", "why", "harbour", "1.1").out


@pytest.mark.parametrize("words", [("plan",), ("plan", "--help"), ("plan", "harbour", "--help")])
def test_help(pcsm, harbour: Path, words: tuple[str, ...]) -> None:
    run = pcsm(*words, code=2 if words == ("plan",) else 0)
    assert "--critical" in run.out + run.err


def test_the_shell_is_offered_commands_files_and_tasks(harbour: Path, plan: UIDS) -> None:
    from click.shell_completion import ShellComplete

    from pcsm_tui.cli.program import program

    def offered(words: list[str], begun: str) -> set[str]:
        return {item.value for item in ShellComplete(program, {}, "pcsm", "X").get_completions(words, begun)}

    assert offered(["plan"], "w") >= {"why", "what-if"}
    assert offered(["plan"], "har") >= {"harbour-foods"}
    assert offered(["plan", "why", "harbour"], "1.") == {"1.1", "1.2"}
    assert offered(["plan", "what-if", "harbour", "1.1"], "dur") == {"duration="}


@pytest.mark.parametrize("word", ["1.2", "Train", "trai", "rain"])
def test_a_task_is_found_by_number_or_name(pcsm, plan: UIDS, word: str) -> None:
    assert pcsm("plan", "why", "harbour", word, "--json").data["task"]["uid"] == plan["Train"]


def test_a_task_is_found_by_its_uid(pcsm, plan: UIDS) -> None:
    for word in (plan["Train"], plan["Train"][:8]):
        assert pcsm("plan", "why", "harbour", word, "--json").data["task"]["name"] == "Train"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("why", "harbour", "9.9"), "Work Breakdown Structure has no row '9.9'."),
        (("path", "harbour", "a"), "'a' fits 4 rows: "),
        (("why", "me", "1"), "Your own file has no plan. Name an engagement."),
        (("me",), "Your own file has no plan. Name an engagement."),
        (("nowhere",), "There is no engagement 'nowhere'."),
        (("what-if", "harbour", "1.2", "duration"), "'duration' is not field=value."),
        (("what-if", "harbour", "1.2", "duration=soon"), "tasks duration: 'soon' is not a duration."),
        (("what-if", "harbour", "1.2", "8x"), "tasks duration: '8x' is not a duration."),
        (("what-if", "harbour", "1.2", "8d", "duration=9d"), "duration is given twice."),
        (
            ("what-if", "harbour", "1", "duration=3d"),
            "1 Dispatchers is a summary: its duration follows from what is in it."
            " Name a part of it, such as 1.1 Ready.",
        ),
        (("what-if", "harbour", "1.1", "predecessors=3"), "Tasks would wait in a circle: 1.1 → 1.2 → 3 → 1.1."),
        (("variance", "harbour"), "No baseline has been taken yet."),
        (("forecast", "harbour", "--baseline", "Old"), "There is no baseline 'Old'. None has been taken yet."),
        (("baseline", "harbour", "--remove"), "Say which baseline."),
        (("baseline", "harbour", "A", "--list"), "Say one thing at a time."),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(pcsm, plan: UIDS, words: tuple[str, ...], told: str) -> None:
    run = pcsm("plan", *words, code=2)
    assert told in run.err
    assert run.out == ""


# --- reasons --------------------------------------------------------------------------------------------------


def test_why(pcsm, plan: UIDS) -> None:
    assert pcsm("plan", "why", "harbour", "1.2").out.splitlines() == [
        "1.2 Train starts Wed 25 Nov because 1.1 Ready ends Tue 24 Nov (finish to",
        "  start).",
        "1.2 Train is critical: it has no float, so a day lost here is a day lost at",
        "  the end.",
        "One day longer moves the finish to Thu 3 Dec.",
    ]
    assert pcsm("plan", "why", "harbour", "2", "--json").data["sentences"] == [
        "2 E-learning starts Mon 23 Nov because the plan starts then.",
        "2 E-learning is not critical: it may slip 4d before the plan's finish moves.",
    ]


def test_path(pcsm, plan: UIDS) -> None:
    assert pcsm("plan", "path", "harbour", "Train").out.splitlines() == [
        "Driven by",
        "  1.1 Ready: Mon 23 to Tue 24 Nov (the plan starts then)",
        "  1.2 Train: Wed 25 Nov to Wed 2 Dec (finish to start)",
        "",
        "Drives",
        "  3 Go-live: Wed 2 Dec (finish to start)",
    ]
    data = pcsm("plan", "path", "harbour", "go", "--json").data
    assert [(step["wbs"], step["link"], step["lag"]) for step in data["before"]] == [
        ("1.1", None, ""),
        ("1.2", "FS", ""),
        ("3", "FS", ""),
    ]
    assert data["after"] == []


def test_what_if_tells_what_moves_and_saves_nothing(pcsm, harbour: Path, plan: UIDS) -> None:
    before = harbour.read_bytes()
    assert pcsm("plan", "what-if", "harbour", "Train", "duration=8d").out.splitlines() == [
        "2 tasks move; the plan finishes Fri 4 Dec instead of Wed 2 Dec.",
        "1.2 Train: Wed 25 Nov to Fri 4 Dec instead of Wed 25 Nov to Wed 2 Dec, 2d",
        "  later.",
        "3 Go-live: Fri 4 Dec instead of Wed 2 Dec, 2d later.",
        "3 Go-live is reached Fri 4 Dec, 1d too late for its deadline of Thu 3 Dec.",
    ]
    data = pcsm("plan", "what-if", "harbour", "2", "predecessors=1.1FS+1d", "duration=1w", "--json").data
    assert (data["finish_before"], data["finish"], data["later_by"]) == ("2026-12-02", "2026-12-02", 0)
    (moved,) = data["moves"]
    assert moved == {
        "uid": plan["E-learning"], "wbs": "2", "name": "E-learning",
        "start_before": "2026-11-23", "finish_before": "2026-11-26", "start": "2026-11-26", "finish": "2026-12-02",
        "later_by": 1920,
    }  # fmt: skip
    assert pcsm("plan", "what-if", "harbour", "1.2", "8d").out.splitlines()[0] == (
        "2 tasks move; the plan finishes Fri 4 Dec instead of Wed 2 Dec."
    )
    assert pcsm("plan", "what-if", "harbour", "2", "owner=Bo").out == (
        "Nothing moves; the plan still finishes Wed 2 Dec.\n"
    )
    assert harbour.read_bytes() == before


# --- baselines ------------------------------------------------------------------------------------------------


def baselines(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text()).get("baselines", {}).values())


def test_a_baseline_is_taken_listed_renamed_and_removed(pcsm, harbour: Path, plan: UIDS) -> None:
    assert pcsm("plan", "baseline", "harbour").err == (
        "No baseline yet: `pcsm plan baseline harbour NAME` takes one.\n"
    )
    run = pcsm("plan", "baseline", "harbour", "As agreed")
    assert run.err == "Baseline taken: As agreed, 2026-11-23 to 2026-12-02, 5 tasks.\n"
    (record,) = baselines(harbour)
    assert (record["name"], record["taken"], record["by"]) == ("As agreed", "2026-11-22", "ada")
    assert record["tasks"][plan["Train"]] == {
        "start": "2026-11-25T08:00", "finish": "2026-12-02T17:00", "duration": 2880,
    }  # fmt: skip
    assert pcsm("plan", "baseline", "harbour", "--list").out.splitlines() == [
        "Name       Taken       Start       Finish      Tasks",
        "As agreed  2026-11-22  2026-11-23  2026-12-02  5",
    ]
    assert "There is a baseline 'As agreed' already" in pcsm("plan", "baseline", "harbour", "as agreed", code=2).err
    pcsm("plan", "baseline", "harbour", "as agreed", "--rename", "Contract")
    assert [item["name"] for item in pcsm("plan", "baseline", "harbour", "--json").data] == ["Contract"]
    assert pcsm("check", "harbour").code == 0
    pcsm("plan", "baseline", "harbour", "Contract", "--remove")
    assert baselines(harbour) == []
    (stone,) = json.loads(harbour.read_text())["~gone"].values()
    assert (stone["uid"], stone["table"]) == (record["uid"], "baselines")


def test_the_variance_against_a_baseline(pcsm, plan: UIDS) -> None:
    pcsm("plan", "baseline", "harbour", "As agreed")
    pcsm("set", "harbour", f"tasks/{plan['Ready']}", "duration=3d")
    pcsm("add", "harbour", "tasks", "name=Poster", "duration=1d", "parent=")
    pcsm("remove", "harbour", f"tasks/{plan['E-learning']}")
    run = pcsm("plan", "variance", "harbour")
    assert run.out.splitlines() == [
        "The plan ends Thu 3 Dec, 1d later than the Wed 2 Dec of As agreed. Tasks: 3",
        "  later, 1 new, 1 gone.",
        "",
        "WBS  Name                     Baseline    Finish      Later by  Longer by",
        "1    Dispatchers              2026-12-02  2026-12-03  1d        1d",
        "1.1  Ready                    2026-11-24  2026-11-25  1d        1d",
        "1.2  Train                    2026-12-02  2026-12-03  1d        0d",
        "2    Go-live                  2026-12-02  2026-12-03  1d        0d",
        "3    Poster                   new         2026-11-23",
        "     (no longer in the plan)  2026-11-26  gone",
    ]
    data = pcsm("plan", "variance", "harbour", "as agreed", "--json").data
    assert (data["baseline"]["name"], data["finish_variance"]) == ("As agreed", 480)
    assert [task["state"] for task in data["tasks"]] == ["later", "later", "later", "later", "new", "gone"]


def test_the_forecast(pcsm, plan: UIDS) -> None:
    """Of twelve days' work two are done by the close of the fourth day: eight were planned to be."""
    pcsm("plan", "baseline", "harbour", "As agreed")
    pcsm("set", "harbour", f"tasks/{plan['Ready']}", "actual_start=2026-11-23", "actual_finish=2026-11-24")
    pcsm("set", "harbour", "plan", "status_date=2026-11-26")
    out = pcsm("plan", "forecast", "harbour").out.splitlines()
    assert out[0] == "16.7% of the work is done; 66.7% was planned to be by Thu 26 Nov."
    assert out[-3] == "Planned is what the baseline As agreed says, taken Sun 22 Nov."
    assert out[-2:] == [
        "No task to come has an optimistic or a pessimistic duration: there is nothing",
        "  to simulate.",
    ]
    pcsm("set", "harbour", f"tasks/{plan['Train']}", "optimistic=4d", "pessimistic=12d")
    data = pcsm("plan", "forecast", "harbour", "--samples", "50", "--json").data
    assert (data["moment"], data["baseline"]) == ("2026-11-26", "As agreed")
    assert (data["performance"]["done"], data["performance"]["planned"]) == (167, 667)
    assert data["performance"]["planned_finish"] == "2026-12-02"
    assert (data["simulation"]["samples"], data["simulation"]["estimated"]) == (50, 1)
    assert data["simulation"]["p50"] <= data["simulation"]["p80"] <= data["simulation"]["p95"]
