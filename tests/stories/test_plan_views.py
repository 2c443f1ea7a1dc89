"""The plan looked at: bars, columns, network, critical path, milestones, forecast, in any terminal, and what feeds it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from stories.making import copy_samples, make_engagement, values_of
from stories.story import Story, keys_of, run_story, workspace

from pcsm_tui.schedule.plan import Plan, plan_of

TASKS = [
    {"name": "Desk", "kind": "Work stream"},
    {"name": "Install", "duration": "5d", "parent": "Desk", "owner": "Sue Saunders"},
    {"name": "Train A", "duration": "3d", "parent": "Desk", "predecessors": "1.1"},
    {"name": "Rollout", "kind": "Work stream"},
    {"name": "Train B", "duration": "4d", "parent": "Rollout", "predecessors": "1.2SS+2d"},
    {"name": "Go-live", "kind": "Milestone", "duration": "0d", "parent": "Rollout", "predecessors": "2.1"},
    {"name": "E-learning", "duration": "2d", "parent": "Rollout"},
    {"name": "Posters", "duration": "1d", "parent": "Rollout", "predecessors": "2.3"},
]
"""Install Mon 23 to Fri 27 Nov, Train A Mon 30 Nov to Wed 2 Dec, Train B two days after A begins: Wed 2 to Mon 7 Dec,
Go-live at the end of that; E-learning Mon 23 and Tue 24 Nov, Posters Wed 25 Nov, with 8 days of float."""

ROWS: Mapping[str, Sequence[Mapping[str, str]]] = {"plan": [{"start": "2026-11-23"}], "tasks": TASKS}
VIEWS = ("Bars", "Columns", "Network", "Critical path", "Milestones", "Forecast")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path, "Ada Ltd", ROWS)


async def open_plan(story: Story, view: str = "Bars") -> None:
    """Open the plan of the one engagement in a view, from Today."""
    await story.press("f2", "E", "enter", "p", *["right_square_bracket"] * VIEWS.index(view))
    assert f" {view}" in story.top.partition("Plan")[2]


async def run_command(story: Story, title: str) -> None:
    """Run a command by its title in the palette."""
    await story.press("colon", *keys_of(title))
    assert title in story.lines[2]
    await story.press("enter")


def said(story: Story) -> str:
    """Return the screen as one line."""
    return " ".join(story.text.split())


def row(story: Story, name: str) -> str:
    """Return the first line that holds a name, after the first."""
    return next(line for line in story.lines[1:] if name in line)


def bar_of(story: Story, name: str) -> str:
    """Return the bar of a task."""
    return row(story, name).split("│", 1)[1]


def current(story: Story) -> str:
    """Return the name of the task under the cursor."""
    return story.app.screen.plan.name(story.app.screen.task_uid)


def saved_plan(path: Path) -> Plan:
    """Return the plan that the file holds."""
    return plan_of(workspace(path.parent).open(path).engagement)


def day(path: Path, number: str) -> str:
    """Return the last day of the task with an outline number, as the file has it: `12-07`."""
    plan = saved_plan(path)
    return next(f"{plan.task(uid).finish:%m-%d}" for uid in plan.tasks if plan.number(uid) == number)


def test_the_views_come_one_after_the_other_and_keep_the_task(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "j")
        for view in (*VIEWS[1:], VIEWS[0]):
            await story.press("right_square_bracket")
            assert f"Plan › {view}" in story.top and "finish Mon 7 Dec · 4 critical · 0 %" in story.top, (
                "summaries aside"
            )
        assert current(story) == "Train A"
        for view in reversed(VIEWS):
            await story.press("left_square_bracket")
            assert f"› {view}" in story.top
        await story.press("question_mark")
        assert "critical" in story.text and "change the view" in said(story)
        await story.press("escape")
        assert "› Bars" in story.top

    run_story(path.parent, told)


def test_bars_tell_by_signs_what_is_critical_late_and_free(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        assert story.lines[1].split("│")[0].split() == ["WBS", "Package", "Days", "Float"]
        assert bar_of(story, "Install").startswith("#####") and row(story, "Install").startswith(" #")
        assert bar_of(story, "Go-live").strip() == "◆"
        assert "─" in bar_of(story, "E-learning") and "░" in bar_of(story, "E-learning")
        assert "#" not in bar_of(story, "E-learning") and row(story, "E-learning").startswith("   2.3")
        assert bar_of(story, "Desk").strip().startswith("┌")
        assert bar_of(story, "Train B").strip() == "###∙∙#", "Wednesday to Friday, then Monday"
        await story.press("j")
        assert row(story, "Train A").startswith("→#"), "what waits for the task under the cursor"
        await story.press("j")
        assert row(story, "Install").startswith("←#") and row(story, "Train B").startswith("→#")

    run_story(path.parent, told)


@pytest.mark.parametrize("how", ["ascii", "NO_COLOR"])
def test_without_colours_or_signs_all_is_told_by_characters(
    path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")

    async def told(story: Story) -> None:
        await open_plan(story)
        assert "###" in row(story, "Install") and row(story, "Install").startswith(" #")
        assert f"###{'::' if how == 'ascii' else '∙∙'}#" in row(story, "Train B"), "over the weekend"
        learning = row(story, "E-learning")
        assert "#" not in learning
        for view in VIEWS:
            assert how != "ascii" or story.text.isascii(), (view, [line for line in story.lines if not line.isascii()])
            if view == "Network":
                edge = "####" if how == "ascii" else "╔═══"
                assert story.lines[1].startswith(edge) and "Install" in story.lines[2], "the box of a critical task"
            await story.press("right_square_bracket")
        await story.press("j", "x")
        assert row(story, "Install")[1] == ("x" if how == "ascii" else "●")
        await story.press("question_mark")
        assert how != "ascii" or story.text.isascii()

    run_story(path.parent, told, **({"ascii": True} if how == "ascii" else {}))


def test_the_scale_is_zoomed_scrolled_and_brought_to_a_bar(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        fitted = story.lines[1]
        await story.press("j", "+")
        assert "A day at a time" in story.foot and bar_of(story, "Install").startswith("#" * 15), "three cells a day"
        await story.press("+")
        assert "A day at a time" in story.foot, "nearer than that it does not go"
        for zoom in ("week", "month", "quarter", "year", "year"):
            await story.press("minus")
            assert f"A {zoom} at a time" in story.foot
            assert "#" in bar_of(story, "Install"), "the task under the cursor stays in view"
        await story.press("_")
        assert story.lines[1] == fitted
        await story.press(*["."] * 12)
        assert "«" in bar_of(story, "Install") and "#" not in bar_of(story, "Install")
        await story.press("s")
        assert "#####" in bar_of(story, "Install")
        await story.press(*["comma"] * 30)
        assert "»" in bar_of(story, "Install")
        await story.press("_", "C")
        assert "Columns: Days, Start, Finish" in story.foot and "23 Nov 26" in row(story, "Install")
        await story.press("C")
        assert "Predecessors" in story.lines[1] and "1.2SS+2d" in row(story, "Train B")
        await story.press("C")
        assert "Columns: %, Finish" in story.foot and "0%" in row(story, "Install")
        for _ in range(8):
            await story.press("C")
            shown = story.foot.partition("Columns: ")[2].partition("  ")[0].split(", ")
            assert all(title in story.lines[1] for title in shown), "it tells what it shows"

    run_story(path.parent, told)


def test_the_columns_fit_and_nothing_is_cut_at_the_edge(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story, "Columns")
        assert all("…" not in line[50:] for line in story.lines[1:9]), "whole columns only"
        assert row(story, "Install").split()[-2:] == ["26", "0%"] or "Sue Saunders" in row(story, "Install")
        for key in ("+", "minus", "s", ".", "comma", "_", "C"):
            await story.press(key)
            assert "has no bars to change" in story.foot, key
        await story.pilot.resize_terminal(120, 40)
        await story.settle()
        assert "Predecessors" in story.lines[1] and "1.2SS+2d" in row(story, "Train B")
        assert all("…" not in line[60:] for line in story.lines[1:9])

    run_story(path.parent, told)


def test_the_network_is_walked_with_arrows(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story, "Network")
        assert current(story) == "Install", "the first task of the stream that the cursor was on"
        assert "╔" in story.text and "┌" in story.text and "SS+2d" in story.text
        for key, name in (("right", "Train A"), ("l", "Train B"), ("right", "Go-live"), ("right", "Go-live"),
                          ("left", "Train B"), ("h", "Train A"), ("g", "Install")):  # fmt: skip
            await story.press(key)
            assert current(story) == name, key
            assert any(name in line for line in story.lines[1:17]), "the box is in view"
            assert name in story.lines[19] + story.lines[20] + story.lines[21]
        await story.press("down")
        assert current(story) in ("E-learning", "Posters")
        name = current(story)
        await story.press("enter")
        assert "Why 2." in story.top
        await story.press("escape")
        assert "› Network" in story.top and current(story) == name
        await story.press("x")
        assert "done" in story.foot and current(story) == name
        await story.press("u", *["left_square_bracket"] * 2)
        assert current(story) == name, "in the bars too"
        await story.press("right_square_bracket", "right_square_bracket", *"GG", "pagedown", "pageup", "d")
        assert "deleted" in story.foot and "› Network" in story.top

    run_story(path.parent, told)


def test_on_a_narrow_screen_the_network_is_a_list(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story, "Network")
        assert "╔" not in story.text and "← 1.2SS+2d" in row(story, "Train B") and "→ 2.2" in row(story, "Train B")
        await story.press("j", "j")
        assert current(story) == "Train A"
        await story.pilot.resize_terminal(100, 24)
        await story.settle()
        assert "╔" in story.text and current(story) == "Train A"
        await story.press("right")
        assert current(story) == "Train B", "keys go to the boxes now"
        await story.pilot.resize_terminal(60, 20)
        await story.settle()
        assert "╔" not in story.text and current(story) == "Train B"
        await story.press("j")
        assert current(story) == "Go-live"

    run_story(path.parent, told, size=(60, 20))


def test_the_critical_path_and_the_milestones_in_words(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story, "Critical path")
        assert "The plan ends Mon 7 Dec. 4 of 6 work packages and milestones decide it" in said(story)
        assert "then (start to start + 2d)" in story.text
        names = [name for line in story.lines for name in ("Install", "Train A", "Train B", "Go-live") if name in line]
        assert names == ["Install", "Train A", "Train B", "Go-live"]
        for key in "xdeic><JK":
            await story.press(key)
            assert "no work package under the cursor" in story.foot, "no task is acted on that one does not see"
        await story.press("right_square_bracket")
        milestone = next(line for line in story.lines if "in 15 days" in line)
        assert milestone.split()[:6] == ["#", "Mon", "7", "Dec", "2.2", "Go-live"]
        assert "7 Dec Go-live" in story.text, "on the roadmap as well"

    before = path.read_bytes()
    run_story(path.parent, told)
    assert path.read_bytes() == before


def test_a_baseline_is_taken_and_the_forecast_shows_what_moved(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story, "Forecast")
        assert "No baseline yet. b takes one." in story.text
        await story.press("b", *"Agreed", "enter")
        assert "Agreed taken" in story.foot and "No baseline yet" not in story.text
        await story.press("b", *"agreed", "enter")
        assert "There is a baseline 'Agreed' already" in said(story)
        await story.press("right_square_bracket", "j", "i", *"8d", "enter")
        assert "▁" in bar_of(story, "Train A"), "where it stood"
        await story.press("left_square_bracket")
        assert "The plan ends Thu 10 Dec, 3d later than the Mon 7 Dec of Agreed." in said(story)
        for name in ("Install", "Train A", "Train B", "Go-live"):
            line = next(line for line in story.lines if name in line)
            assert "+3d" in line, name
        assert next(line for line in story.lines if "Install" in line).split()[-2:] == ["+3d", "+3d"]
        await story.press("u", "u")
        assert "No baseline yet" in story.text and "finish Mon 7 Dec" in story.top

    run_story(path.parent, told)


def test_estimates_are_simulated_in_the_background(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "i", *keys_of("optimistic=4d pessimistic=10d"), "enter", "left_square_bracket")
        assert "Of 1,000 simulated runs (1 task with estimates)" in said(story)
        assert "How often each decided the end" in story.text and "100 %" in row(story, "1.1 Install")
        await story.press("G", "g", "pagedown", "j", "k")

    run_story(path.parent, told)


def test_work_packages_are_made_of_what_other_tools_hold(tmp_path: Path) -> None:
    path = make_engagement(
        tmp_path,
        "Ada Ltd",
        {
            "plan": [{"start": "2026-11-23"}],
            "impacted-groups": [{"name": "Dispatch"}],
            "adoption-activities": [
                {"activity": "Practice runs", "type": "Training", "impacted_group": "Dispatch", "start": "2026-11-30",
                 "due": "2026-12-04"},
                {"activity": "Newsletter", "type": "Communication", "impacted_group": "Dispatch"},
            ],
        },
    )  # fmt: skip

    async def told(story: Story) -> None:
        await open_plan(story)
        await run_command(story, "Make work packages from the plan's tools")
        assert "2 work packages added in 2 work streams" in story.foot
        assert "Dispatch" in story.text and "Practice runs" in story.text and "Newsletter" in story.text
        await run_command(story, "Make work packages from the plan's tools")
        assert "2 were there already" in story.foot
        await story.press("u")
        assert "Undone: generate 2 work packages" in story.foot and "no work packages yet" in story.top
        await story.press("U")

    run_story(tmp_path, told)
    assert sorted(map(str, values_of(path, "tasks", "name"))) == [
        "Communication", "Dispatch", "Newsletter", "Practice runs", "Training",
    ]  # fmt: skip


def test_a_plan_is_imported_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = make_engagement(tmp_path, "Ada Ltd")
    plan = tmp_path / "plan.csv"
    plan.write_text("id,name,duration,predecessors\n1,Dig,2d,\n2,Build,3d,1\n")
    broken = tmp_path / "broken.csv"
    broken.write_text("id,name,duration,predecessors\n1,Dig,2d,2\n2,Build,3d,1\n")

    async def told(story: Story) -> None:
        await open_plan(story)
        for name, reason in (("nowhere.csv", "nowhere.csv"), (str(broken), "circle")):
            await run_command(story, "Import a plan")
            await story.paste(name)
            await story.press("enter")
            assert reason in said(story)
            await story.press("escape")
            if story.app.here.view != "plan":
                await open_plan(story)
        await run_command(story, "Import a plan")
        await story.paste(str(plan))
        await story.press("enter")
        assert "2" in story.foot and "u takes it back" in story.foot
        assert "Dig" in story.text and "Build" in story.text
        await story.press("u")
        assert "no work packages yet" in story.top
        await story.press("U")

    run_story(tmp_path, told, size=(100, 24))
    assert values_of(path, "tasks", "name") == ["Dig", "Build"]
    assert values_of(path, "tasks", "duration") == [960, 1440]


def test_holidays_and_the_status_date_move_the_plan(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await run_command(story, "Holidays")
        assert "Holidays and Exceptions" in story.top
        await story.press("a", *keys_of("Harvest day\t2026-11-25\t"), "escape", "p")
        assert "finish Tue 8 Dec" in story.top, "a day later"
        await run_command(story, "Plan settings")
        assert "Plan and Calendar" in story.top
        await story.press(*keys_of("2026-11-30"), "tab")
        await story.press("escape")
        await story.press("p")
        assert "finish Mon 14 Dec" in story.top, "it starts a week later, after the holiday"
        await story.press("u")
        assert "finish Tue 8 Dec" in story.top
        await run_command(story, "Set the status date to today")
        assert "comes after today" in story.foot and values_of(path, "plan", "status_date") == ["2026-11-22"]

    run_story(path.parent, told)


def test_the_status_date_is_marked_over_the_bars(tmp_path: Path) -> None:
    plan = {"start": "2026-11-23", "status_date": "2026-11-25"}
    install = {"name": "Install", "duration": "5d", "actual_start": "2026-11-23"}
    path = make_engagement(tmp_path, "Ada Ltd", {"plan": [plan], "tasks": [install]})

    async def told(story: Story) -> None:
        await open_plan(story)
        assert "│Nov 23  ▽26 27" in story.lines[1], "at the end of its day, of three cells"
        await story.press("minus")
        assert "│  ▽    30" in story.lines[1]
        await story.press("question_mark")
        assert "▽ status" in said(story)

    run_story(path.parent, told)


def test_undo_and_redo_work_in_every_view(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_plan(story)
        await story.press("j", "i", *"9d", "enter")
        for view in (*VIEWS[1:], VIEWS[0]):
            await story.press("right_square_bracket", "u")
            assert "finish Mon 7 Dec" in story.top and "Undone" in story.foot, view
            await story.press("U")
            assert "finish Fri 11 Dec" in story.top and "Done again" in story.foot, view
        assert current(story) == "Install"

    run_story(path.parent, told)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits_any_terminal(path: Path, view: str) -> None:
    async def told(story: Story) -> None:
        await open_plan(story, view)
        for size in ((120, 40), (60, 20), (30, 8), (20, 6), (1, 1), (200, 50), (80, 24)):
            await story.pilot.resize_terminal(*size)
            await story.settle()
            assert all(strip.cell_length == size[0] for strip in story.app.screen._compositor.render_strips())
            if size[1] > 5:
                assert "saved" in story.lines[-1], "the last line is the last one"
            await story.press("j", *(["enter", "escape"] if view in VIEWS[:3] else []), "k")
        assert f"› {view}" in story.top
        assert story.app.focused is not None and story.app.focused.display

    run_story(path.parent, told)


KEYS = [
    *"aexixiJK<>dcuUZCsb+-_.,jkgGhlnN[]", "down", "up", "left", "right", "pagedown", "space", "slash", "colon", "question_mark",
    *["enter"] * 6, *["escape"] * 6, *["right_square_bracket"] * 4, *["j"] * 6, "p", "p",
]  # fmt: skip
TYPED = (
    "3d",
    "0d",
    "predecessors=1.1, 2SS+1d",
    "deadline=2026-11-20",
    "Dig 4d",
    "9999d",
    "state=Done",
    "",
    "kind=Milestone",
)


@pytest.mark.parametrize("sample", ["northline-rail", ""])
def test_no_keys_on_the_plan_end_the_program(tmp_path: Path, sample: str) -> None:
    if sample:
        copy_samples(tmp_path, sample)
    else:
        make_engagement(tmp_path, "Ada Ltd")
    chance = random.Random(7)

    async def told(story: Story) -> None:
        await story.press("E", "enter", "p")
        for _ in range(50):
            await story.press(*chance.choices(KEYS, k=chance.choice((1, 2, 5))))
            if story.app.screen.query("#answer"):
                await story.type(chance.choice(TYPED))
            if chance.randrange(10) == 0:
                await story.pilot.resize_terminal(*chance.choice(((80, 24), (60, 20), (30, 8), (120, 40))))
                await story.settle()
            if story.app._exception is not None:
                return  # what it is comes up when the story ends
            assert all(
                strip.cell_length == story.app.size.width for strip in story.app.screen._compositor.render_strips()
            )

    run_story(tmp_path, told)
