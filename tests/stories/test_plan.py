"""The plan made and changed by keys: rows and their dates, links, what-if, circles, undo, and what others do meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story, workspace

from pcsm_tui.cli.program import program
from pcsm_tui.domain.values import can_be_typed
from pcsm_tui.schedule.plan import Plan, plan_of

PLAN = [{"start": "2026-11-23"}]
TASKS = [
    {"name": "Desk", "kind": "Work stream"},
    {"name": "Install", "duration": "5d", "parent": "Desk"},
    {"name": "Train A", "duration": "3d", "parent": "Desk", "predecessors": "1.1"},
    {"name": "Rollout", "kind": "Work stream"},
    {"name": "Train B", "duration": "4d", "parent": "Rollout", "predecessors": "1.2"},
    {"name": "Go-live", "kind": "Milestone", "duration": "0d", "parent": "Rollout", "predecessors": "2.1"},
    {"name": "E-learning", "duration": "2d", "parent": "Rollout"},
]
"""Install 23 to 27 Nov, Train A 30 Nov to 2 Dec, Train B 3 to 8 Dec, Go-live at the end of that; E-learning 23 to 24 Nov."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path, "Ada Ltd", {"plan": PLAN, "tasks": TASKS})


async def open_plan(story: Story) -> None:
    """Open the plan of the one engagement, from Today."""
    await story.press("f2", "E", "enter", "p")
    assert "Ada Ltd › Plan › Bars" in story.top


async def add(story: Story, *texts: str) -> None:
    """Add work packages below the one under the cursor."""
    for text in texts:
        await story.press("a", *keys_of(text), "enter")


async def what_if(story: Story, text: str) -> None:
    """Type what might be, and do not decide yet."""
    await story.press("i", *keys_of(text))


def saved_plan(path: Path) -> Plan:
    """Return the plan that the file holds."""
    return plan_of(workspace(path.parent).open(path).engagement)


def dates(path: Path) -> dict[str, tuple[str, str]]:
    """Return the first and the last day of each task by its name: `11-23`."""
    plan = saved_plan(path)
    tasks = map(plan.task, plan.tasks)
    return {task.name: (f"{task.start:%m-%d}", f"{task.finish:%m-%d}") for task in tasks}


def outline(path: Path) -> list[str]:
    """Return the tasks by outline number and name."""
    plan = saved_plan(path)
    return [f"{plan.number(uid)} {plan.name(uid)}" for uid in plan.tasks]


def rows(story: Story) -> list[str]:
    """Return the lines of the tree."""
    end = next(place for place, line in enumerate(story.lines) if line.startswith("───"))
    return [line for line in story.lines[2:end] if line.strip()]


def row(story: Story, name: str) -> str:
    """Return the line of a task."""
    return next(line for line in rows(story) if f" {name} " in line)


def detail(story: Story) -> str:
    """Return what is said below the tree, on one line."""
    start = next(place for place, line in enumerate(story.lines) if line.startswith("───"))
    return " ".join(" ".join(story.lines[start + 1 : -1]).split())


def said(story: Story) -> str:
    """Return the screen as one line."""
    return " ".join(story.text.split())


def current(story: Story) -> str:
    """Return the name of the task under the cursor."""
    screen = story.app.screen
    return screen.plan.name(screen.task_uid)


def bo_sets(path: Path, name: str, **texts: str) -> None:
    """Let another person set fields of a task."""
    session = workspace(path.parent, name="Bo").open(path)
    found = next(row for row in session.engagement.rows("tasks") if row.get("name") == name)
    session.set(found, session.typed(found.tool, texts))


def bo_removes(path: Path, *names: str) -> None:
    """Let another person remove tasks, with all below them."""
    session = workspace(path.parent, name="Bo").open(path)
    for found in [row for row in session.engagement.rows("tasks") if row.get("name") in names]:
        session.remove(found)


def test_a_plan_is_begun_linked_and_its_dates_follow(tmp_path: Path) -> None:
    path = make_engagement(tmp_path, "Ada Ltd", {"plan": PLAN})

    async def told(story: Story) -> None:
        await open_plan(story)
        assert "no work packages yet" in story.top and rows(story) == []
        assert "a adds the first one" in detail(story) and "imports a plan" in detail(story)
        for key in "xeidc><JKZhl":
            await story.press(key)
        assert rows(story) == []
        await story.press("x")
        assert "no work package under the cursor" in story.foot
        await story.press("a", *keys_of("Train cohort A 5d"))
        assert "Train cohort A 5d" in story.lines[-1], "there is room for what one types"
        await story.press("enter")
        assert "finish Fri 27 Nov · 1 critical · 0 %" in story.top and "1 added" in story.foot
        assert row(story, "Train cohort A").split("│")[0].split() == ["#", "1", "Train", "cohort", "A", "5", "0"]
        assert "because the plan starts then" in detail(story)
        await add(story, "Train cohort B 3d", "Party", "Half an hour 0.5h")
        assert "Party" in row(story, "Party") and " 1 " in row(story, "Party"), "a day is assumed"
        assert current(story) == "Half an hour"
        await story.press("a", "enter", "a", *keys_of("   "), "enter", "a", "escape")
        assert len(rows(story)) == 4, "nothing typed adds nothing"
        await story.press("d", "d")
        assert current(story) == "Train cohort B"
        await what_if(story, "predecessors=1")
        assert "predecessors=1" in story.lines[-1]
        assert "Not done yet: 1 task moves; the plan finishes Wed 2 Dec instead of Fri 27 Nov." in detail(story)
        await story.press("enter")
        assert "2 changed" in story.foot and "finish Wed 2 Dec · 2 critical" in story.top
        assert "starts Mon 30 Nov because 1 Train cohort A ends Fri 27 Nov (finish to start)" in detail(story)
        columns = row(story, "Train cohort A").index("#####"), row(story, "Train cohort B").index("###")
        assert columns[1] - columns[0] == 7 * 3, "three cells a day: the bar begins a week later"

    run_story(tmp_path, told)
    assert dates(path) == {"Train cohort A": ("11-23", "11-27"), "Train cohort B": ("11-30", "12-02")}


def test_the_bars_follow_a_plan_that_grows_until_one_zooms(tmp_path: Path) -> None:
    make_engagement(tmp_path, "Ada Ltd", {"plan": PLAN})

    async def told(story: Story) -> None:
        await open_plan(story)
        await add(story, "Train cohort A 5d")
        assert "Nov 23" in story.lines[1]
        await what_if(story, "40d\n")
        assert "»" not in row(story, "Train cohort A") and "Jan 2027" in story.lines[1]
        await story.press("+")
        await what_if(story, "80d\n")
        assert "»" in row(story, "Train cohort A"), "what one has chosen stays"
        await story.press("_")
        assert "»" not in row(story, "Train cohort A")

    run_story(tmp_path, told)


def test_what_if_shows_what_moves_and_escape_leaves_the_file_as_it_was(path: Path) -> None:
    before = path.read_bytes()

    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j")
        told_before, tree = detail(story), rows(story)
        await what_if(story, "8d")
        assert "Not done yet: 4 tasks move" in detail(story) or "Not done yet: 3 tasks move" in detail(story)
        assert "the plan finishes Fri 11 Dec instead of Tue 8 Dec" in detail(story), "three days later"
        assert rows(story) == tree
        await story.press("backspace", "backspace", *"5d")
        assert "Nothing moves" in detail(story) or "no task moves" in detail(story).lower()
        await story.press("ctrl+u")
        assert detail(story) == told_before
        await story.press(*keys_of("owner=Sue duration=1w"))
        assert "Not done yet" in detail(story)
        await story.press("escape")
        assert (detail(story), rows(story)) == (told_before, tree)
        assert path.read_bytes() == before
        await story.press("u")
        assert "nothing to undo" in story.foot
        for wrong in ("8x", "duration=", "nofield=3", "=", "predecessors=9.9", "deadline=someday"):
            await what_if(story, wrong + "\n")
            if story.app.screen.query("#prompt"):
                assert story.lines[-2].strip() and "Traceback" not in story.text, wrong
                await story.press("escape")
        assert path.read_bytes() == before or values_of(path, "tasks", "duration")[1] is None

    run_story(path.parent, told)


def test_what_was_tried_is_done_with_enter_and_taken_back(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j")
        await what_if(story, "duration=8d owner=Sue Saunders deliverable=Desks stand\n")
        assert "1.1 changed" in story.foot and "finish Fri 11 Dec" in story.top
        assert values_of(path, "tasks", "owner")[1] == "Sue Saunders"
        assert dates(path)["Go-live"] == ("12-11", "12-11")
        await story.press("u")
        assert "finish Tue 8 Dec" in story.top and values_of(path, "tasks", "owner")[1] is None
        await story.press("right_square_bracket", "U")
        assert "Done again" in story.foot and "11 Dec" in row(story, "Go-live")
        await story.press("right_square_bracket", "u")
        assert "Undone" in story.foot and "finish Tue 8 Dec" in story.top

    run_story(path.parent, told)


def test_the_duration_of_a_summary_is_refused_in_a_sentence(path: Path) -> None:
    before = path.read_bytes()

    async def told(story: Story) -> None:
        await open_plan(story)
        await what_if(story, "3d\n")
        assert "1 Desk is a summary: its duration follows from what is in it." in story.text
        assert "Name a part of it, such as 1.1 Install." in said(story)
        await story.press("escape")

    run_story(path.parent, told)
    assert path.read_bytes() == before


def test_a_circle_is_refused_wherever_it_is_entered_and_named_whole(path: Path) -> None:
    before = path.read_bytes()

    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j")
        await what_if(story, "predecessors=2.1\n")
        assert "Tasks would wait in a circle: 1.1 → 1.2 → 2.1 → 1.1." in said(story)
        await story.press("ctrl+u", *keys_of("predecessors=1.1"), "enter")
        assert "cannot wait for itself" in said(story)
        await story.press("escape")
        assert path.read_bytes() == before
        await story.press("e")
        ids = [field.id for field in story.app.screen.tool.fields if can_be_typed(field)]
        await story.press(*["tab"] * ids.index("predecessors"), *keys_of("2.1"), "tab")
        assert "1.1 → 1.2 → 2.1 → 1.1" in said(story)
        await story.press("escape")

    run_story(path.parent, told)
    assert values_of(path, "tasks", "predecessors")[1] is None


def test_a_circle_of_two_is_refused_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [{"name": "Dig", "duration": "1d"}, {"name": "Build", "duration": "1d", "predecessors": "1"}]
    path = make_engagement(tmp_path, "Ada Ltd", {"tasks": tasks})
    before = path.read_bytes()
    monkeypatch.setenv("PCSM_NAME", "Ada")
    uid = workspace(tmp_path).open(path).engagement.rows("tasks")[0].uid
    result = CliRunner().invoke(program, ["set", str(path), f"tasks/{uid}", "predecessors=2"])
    assert result.exit_code != 0 and "1 → 2 → 1" in result.stderr and "Traceback" not in result.stderr
    assert path.read_bytes() == before

    async def told(story: Story) -> None:
        await open_plan(story)
        await what_if(story, "predecessors=2\n")
        assert "Tasks would wait in a circle: 1 → 2 → 1." in story.text
        await story.press("escape", "j", ">")
        assert "part of" in story.foot, "what waits for another is not put into it"

    run_story(tmp_path, told)
    assert path.read_bytes() == before


def test_rows_are_indented_outdented_moved_and_told_why_not(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press(">")
        assert "first of its level" in story.foot
        await story.press("<")
        assert "top level already" in story.foot
        await story.press("K")
        assert "first of its work stream" in story.foot
        await story.press("J")
        assert "It is now 2" in story.foot and outline(path)[:2] == ["1 Rollout", "1.1 Train B"]
        assert current(story) == "Desk"
        await story.press("K")
        assert outline(path)[0] == "1 Desk"
        await story.press("G")
        assert current(story) == "E-learning"
        await story.press("J")
        assert "last of its work stream" in story.foot
        await story.press(">")
        assert "It is now 2.2.1" in story.foot and "▾ Go-live" in row(story, "Go-live"), (
            "a milestone with parts is a stream"
        )
        await story.press("<", "K")
        assert outline(path)[3:] == ["2 Rollout", "2.1 Train B", "2.2 E-learning", "2.3 Go-live"]
        await story.press("<")
        assert outline(path)[-1] == "3 E-learning" and current(story) == "E-learning"
        await story.press(*"uuuu")
        assert outline(path)[3:] == ["2 Rollout", "2.1 Train B", "2.2 Go-live", "2.3 E-learning"]

    run_story(path.parent, told)
    assert dates(path)["Go-live"] == ("12-08", "12-08"), "where rows stand does not move them"


def test_what_is_below_is_folded_and_found_again(path: Path) -> None:
    def names(story: Story) -> list[str]:
        wanted = ("Desk", "Install", "Train A", "Rollout", "Train B", "Go-live", "E-learning")
        return [next(name for name in wanted if f" {name} " in line) for line in rows(story)]

    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "j", "h")
        assert current(story) == "Desk" and len(names(story)) == 7, "first to the work stream"
        await story.press("h")
        assert names(story) == ["Desk", "Rollout", "Train B", "Go-live", "E-learning"]
        assert "▸ Desk" in row(story, "Desk")
        await story.press("l", "left", "right")
        assert len(names(story)) == 7 and "▾ Desk" in row(story, "Desk")
        await story.press("G", "Z")
        assert names(story) == ["Desk", "Rollout"] and current(story) == "Rollout"
        await add(story, "Report 1d")
        assert names(story)[:2] == ["Desk", "Rollout"] if "Report" not in story.text else "3" in row(story, "Report")
        await story.press("u", "Z")
        assert len(names(story)) == 7
        await story.press("g", "h", "slash", *"train", "enter")
        assert names(story) == ["Desk", "Train A", "Rollout", "Train B"], (
            "a match shows what it is part of, folded or not"
        )
        assert "for 'train'" in story.top
        await story.press("escape")
        assert names(story) == ["Desk", "Rollout", "Train B", "Go-live", "E-learning"]

    run_story(path.parent, told)


def test_a_filter_that_nothing_passes_says_how_to_go_on(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("slash", *"nobody")
        assert "No work package holds that. / changes the filter." in detail(story)
        await story.press("enter", *"xdeic")
        assert "no work package under the cursor" in story.foot
        await story.press("slash", "ctrl+u", *"GO-", "enter", "n")
        assert current(story) == "Go-live" and "2 of 7 for 'GO-'" in story.top
        await story.press("N")
        assert current(story) == "Rollout"
        await story.press("slash", "escape")
        assert len(rows(story)) == 7
        await story.press("slash", *"2.1", "enter")
        assert [line.split()[1] for line in rows(story)] == ["2", "2.1"], "also by outline number"

    run_story(path.parent, told)


def test_a_stream_is_deleted_with_what_is_in_it_and_brought_back(path: Path) -> None:
    before = dates(path)

    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("d")
        assert "1 Desk deleted with 2 below it · u takes it back" in story.foot
        assert [line.split("│")[0].split()[1] for line in rows(story)][0] == "1" and len(rows(story)) == 4
        assert dates(path)["Train B"] == ("11-23", "11-26"), "what it waited for is gone"
        assert current(story) == "Rollout"
        await story.press("u")
        assert len(rows(story)) == 7 and dates(path) == before
        await story.press("U", "g", *"d" * 4)
        assert rows(story) == [] and "no work packages yet" in story.top
        await story.press("d")
        assert "no work package under the cursor" in story.foot
        await story.press(*"uuuu")

    run_story(path.parent, told)
    assert dates(path) == before and outline(path)[0] == "1 Desk"


def test_rows_are_ticked_reopened_and_copied(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "x")
        assert "1.1 done" in story.foot and row(story, "Install").startswith(" ●")
        assert values_of(path, "tasks", "state")[1] == "Done" and "1.1 Install is done" in detail(story)
        await story.press("x")
        assert "1.1 open again" in story.foot and row(story, "Install").startswith(" #")
        await story.press("c")
        assert "1.2 added as a copy" in story.foot and current(story) == "Install"
        assert outline(path)[:4] == ["1 Desk", "1.1 Install", "1.2 Install", "1.3 Train A"]
        await story.press("u", "g", "x")
        assert "1 done" in story.foot or "1 Desk" in story.foot or "follow" in story.foot

    run_story(path.parent, told)


def test_a_missed_deadline_is_shown_and_told(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "j", "j", "j")
        assert current(story) == "Train B"
        await what_if(story, "deadline=2026-12-04")
        assert "deadline" in detail(story)
        await story.press("enter")
        assert row(story, "Train B").startswith(" !") and " -2│" in row(story, "Train B")
        assert "!" in row(story, "Train B").split("│", 1)[1]
        assert "too late for its deadline of Fri 4 Dec" in detail(story)
        assert " -2│" in row(story, "Install"), "and so is all that leads to it"

    run_story(path.parent, told)


def test_reasons_open_on_enter_and_acts_there_are_on_that_task(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "j", "enter")
        assert "Why 1.2" in story.top
        for wanted in ("What leads to it", "1.1 Install", "What it drives", "2.1 Train B", "What moves when it slips"):
            assert wanted in story.text
        await story.press("x")
        assert "1.2 done" in story.foot and "1.2 Train A is done" in story.text
        await story.press("u", "escape")
        assert "› Bars" in story.top and current(story) == "Train A"
        await story.press("enter", "d")
        assert "1.2 Train A deleted" in story.foot and "› Bars" in story.top and "Why" not in story.top
        await story.press("u", "g", "j")
        assert current(story) == "Install", "keys go to the list again"
        await story.press("enter", "right_square_bracket")
        assert "› Columns" in story.top

    run_story(path.parent, told)


def test_the_form_of_a_task_opens_and_leads_back_to_it(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "j", "e")
        assert "Work Breakdown Structure › Train A" in story.top
        form = {line[2:26].strip(): line[26:].strip() for line in story.lines[1:-6]}
        assert (form["WBS"], form["Start"], form["Finish"], form["Critical"]) == (
            "1.2",
            "2026-11-30",
            "2026-12-02",
            "Yes",
        )
        await story.press("tab", *"Sue", "tab", "ctrl+u", *"4d", "tab", "escape")
        assert "› Plan › Bars" in story.top and current(story) == "Train A"
        assert "finish Wed 9 Dec" in story.top

    run_story(path.parent, told)
    assert values_of(path, "tasks", "owner")[2] == "Sue"


def test_the_plan_is_reached_from_every_screen_of_the_engagement(path: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("E", "enter")
        for keys in (["0"], ["1"], ["5"], ["A"], ["L"], ["o", *keys_of("Adoption Risks"), "enter"], ["p"]):
            await story.press(*keys, "p")
            assert story.app.here.view == "plan" and "› Plan ›" in story.top, keys
            assert len(rows(story)) == 7
        await story.press("f2", "p")
        assert "› Plan ›" in story.top or story.app.here.view == "today"
        await story.press("E", "enter", "o", *keys_of("Work Breakdown"), "enter")
        assert "Work Breakdown Structure" in story.top and "E-learning" in story.text and "2026-11-23" in story.text
        await story.press("5", "tab")
        assert "Work Breakdown Structure" in story.text

    run_story(path.parent, told, size=(120, 40))


def test_what_others_change_meanwhile_is_taken_in(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "j")
        bo_sets(path, "Install", duration="8d")
        await story.press("0", "p")
        assert "finish Fri 11 Dec" in story.top and current(story) == "Train A"
        bo_sets(path, "Install", duration="5d")
        await what_if(story, "4d\n")
        assert "finish Wed 9 Dec" in story.top, "theirs and ours"
        await story.press("enter")
        assert "Why 1.2" in story.top
        bo_removes(path, "Train A")
        await story.press("0", "p")
        assert "Train A" not in "\n".join(rows(story)) and "› Bars" in story.top
        await story.press("g", "j", "j")
        assert current(story) == "Rollout"
        bo_removes(path, "Desk", "Rollout")
        await story.press("0", "p")
        assert rows(story) == [] and "no work packages yet" in story.top
        await story.press("j", "enter", "right_square_bracket", "enter", "x")

    run_story(path.parent, told)


def test_an_act_on_a_task_that_is_gone_is_told_and_the_rest_shown(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "j")
        bo_removes(path, "Train A")
        await story.look()
        assert "Train A" not in "\n".join(rows(story)) and current(story) == "Rollout", "an open plan shows it"
        await story.press("g", "j")
        await what_if(story, "8d")
        bo_removes(path, "Install")
        await story.look()
        await story.press("enter")
        assert "no longer there" in story.text
        await story.press("escape")
        assert [line.split()[-2] for line in rows(story)] and "Install" not in "\n".join(rows(story))
        await story.press("escape", "p", "G", "x", "u")

    run_story(path.parent, told)
    assert outline(path) == ["1 Desk", "2 Rollout", "2.1 Train B", "2.2 Go-live", "2.3 E-learning"]


@pytest.mark.parametrize("size", [(60, 20), (30, 8), (120, 40)], ids=str)
def test_a_plan_is_made_in_any_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    path = make_engagement(tmp_path, "Ada Ltd", {"plan": PLAN})

    async def told(story: Story) -> None:
        await story.press("E", "enter", "p")
        await add(story, "Dig 2d", "Build 3d")
        await what_if(story, "predecessors=1")
        assert "cessors=1" in story.lines[-1], "one sees what one types"
        await story.press("enter")
        assert "changed" in " ".join(story.lines[-2:]), "and what came of it"
        assert any("Dig" in line for line in story.lines)
        await story.press("a", "escape", "slash", *"dig", "enter", "x", "escape")

    run_story(tmp_path, told, size=size)
    assert dates(path)["Build"] == ("11-23", "11-25") or values_of(path, "tasks", "state")[0] == "Done"


def test_the_tree_is_searched_by_how_tasks_stand(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("slash", *keys_of("critical"), "enter")
        assert "6 of 7 for 'critical'" in story.top, "four, with the streams that they are in"
        assert not [line for line in rows(story) if "E-learning" in line]
        await story.press("slash", "ctrl+u", *keys_of("critical train"), "enter")
        assert "4 of 7 for 'critical train'" in story.top

    run_story(path.parent, told)


def test_a_new_plan_starts_on_the_day_of_its_first_task(tmp_path: Path) -> None:
    """A date on a later task then moves that task, and not the whole plan."""
    path = make_engagement(tmp_path, "Ada Ltd")

    async def told(story: Story) -> None:
        await open_plan(story)
        await add(story, "Install 5d", "Train 3d")
        await story.press("i", *keys_of("start=14 dec"), "enter")
        assert dates(path) == {"Install": ("11-23", "11-27"), "Train": ("12-14", "12-16")}
        await story.press("u", "u", "u")
        assert values_of(path, "tasks", "name") == []

    run_story(path.parent, told)
    assert values_of(path, "plan", "start") in ([], [None])


def test_the_views_are_counted(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        assert "› Plan › Bars 1/6" in story.top
        await story.press("left_square_bracket")
        assert "› Plan › Forecast 6/6" in story.top

    run_story(path.parent, told)


def test_a_list_of_choices_above_its_field_leaves_what_is_typed_in_sight_and_esc_chooses_none(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "e")
        sheet = story.app.screen.query_one("#sheet")
        while sheet.active_field.id != "constraint":
            await story.press("tab")
        await story.type("finish")
        line = next(line for line in story.lines if line.startswith("  Constraint "))
        assert line.split()[-1] == "finish"
        assert len([line for line in story.lines if "Finish no " in line]) == 2
        await story.press("escape")

    run_story(path.parent, told)
    assert values_of(path, "tasks", "constraint")[1] is None
