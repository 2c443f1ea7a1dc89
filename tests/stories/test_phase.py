"""A phase, walked: its activities, what is missing before one moves on, its tools, its state."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path, "Ada Ltd", {"adoption-risks": [{"name": "Old radios", "severity": "4"}]})


def left(story: Story) -> list[str]:
    """Return the list of activities."""
    return [line.partition("│")[0].strip() for line in story.lines[1:-1] if line.partition("│")[0].strip()]


def right(story: Story) -> str:
    """Return what is said at the right of them."""
    return " ".join(" ".join(line.partition("│")[2] for line in story.lines[1:-1]).split())


async def to_phase(story: Story, number: int) -> None:
    """Open a phase of the first engagement, from Today."""
    await story.press("f2", "E", *keys_of("Ada Ltd"), "enter", str(number))


def test_activities_are_ticked_begun_edited_added_and_deleted(path: Path) -> None:
    async def told(story: Story) -> None:
        await to_phase(story, 2)
        assert len(left(story)) == 7 and all(line.startswith("○") for line in left(story))
        assert "0 of 7 · open" in story.top
        await story.press("i")
        assert left(story)[0].startswith("◐") and "in progress" in story.top, "the phase is under way with it"
        await story.press("i")
        assert left(story)[0].startswith("○")
        await story.press("x")
        assert left(story)[0].startswith("●") and "1 of 7" in story.top and "State done" in right(story)
        assert "Done Sun 22 Nov" in right(story)
        await story.press("x")
        assert "0 of 7" in story.top
        await story.press("j", "e", *"Wayne", "tab", *keys_of("mon\t"), *keys_of("+2d"), "escape")
        assert "2 Commitment" in story.top and "Owner Wayne" in right(story)
        assert "Start Mon 23 Nov" in right(story) and "Due Tue 24 Nov" in right(story)
        await story.press("a", *keys_of("Visit the depot"), "enter")
        assert left(story)[2].endswith("Visit the depot"), "below the one that the cursor was on"
        assert "Visit the depot" in right(story)
        await story.press("d")
        assert len(left(story)) == 7 and "u brings it back" in story.foot
        await story.press("u")
        assert len(left(story)) == 8
        await story.press("d", "g", "d")
        assert len(left(story)) == 6

    run_story(path.parent, told)
    assert "Wayne" in values_of(path, "activities", "owner")


def test_a_phase_is_started_finished_and_reopened_and_the_timeline_says_so(path: Path) -> None:
    async def told(story: Story) -> None:
        await to_phase(story, 3)
        await story.press("f")
        assert "Started Onboarding" in story.foot and "in progress" in story.top
        await story.press("f")
        assert "Finished Onboarding, with" in story.foot and "things still open" in story.foot
        assert "finished" in story.top
        await story.press("f")
        assert "Reopened Onboarding" in story.foot and "in progress" in story.top
        await story.press("L")
        notes = [line for line in story.lines[1:-6] if "Phase 3 Onboarding" in line]
        assert len(notes) == 3
        await story.press("escape", "u")
        assert "finished" in story.top

    run_story(path.parent, told)
    assert sorted(map(str, values_of(path, "timeline", "subject"))) == [
        "Phase 3 Onboarding finished",
        "Phase 3 Onboarding started",
    ]


def test_what_is_missing_is_listed_and_led_to(path: Path) -> None:
    async def told(story: Story) -> None:
        await to_phase(story, 4)
        gaps = int(story.top.split("ready?")[1].split()[0])
        await story.press("r")
        assert f"{gaps} open" in story.lines[0]
        await story.type("radios")
        assert "Adoption Risks: Old radios lacks Likelihood" in story.text
        await story.press("enter")
        assert "Adoption Risks" in story.top
        table = story.app.screen.pane.table
        assert (table.cursor_row.get("name"), table.cursor_field.id) == ("Old radios", "likelihood")
        await story.press("enter", "2", "enter", "escape", "r", "escape")
        assert "4 Adoption Planning" in story.top
        await story.press("r", *"activity", "enter")
        assert "Activities" in story.top
        await story.press("escape", "r", *keys_of("not yet"), "enter")
        assert "Ready to Move On" in story.top
        assert story.app.screen.pane.table.cursor_field.id == "met"

    run_story(path.parent, told)


def test_nothing_missing_is_told(path: Path) -> None:
    async def told(story: Story) -> None:
        await to_phase(story, 7)
        await story.press(*["x", "j"] * 8)
        await story.press("r")
        left_open = story.lines[0].split(":")[1].split()[0]
        await story.press("escape", "o", *keys_of("Ready to Move On"), "enter", "slash", "enter")
        await to_phase(story, 7)
        for _ in range(int(left_open)):
            await story.press("r", "enter", "x", "escape")
        assert "ready to move on" in story.top
        await story.press("r")
        assert "Nothing is missing" in story.foot

    run_story(path.parent, told)


def test_tab_goes_to_the_tools_and_each_engagement_keeps_its_place(path: Path) -> None:
    make_engagement(path.parent, "Zed Ltd")

    async def told(story: Story) -> None:
        await to_phase(story, 1)
        await story.press("j", "j", "j")
        here = right(story)[:30]
        await story.press("tab", "j", "tab")
        assert right(story)[:30] == here
        await story.press("x")
        assert left(story)[3].startswith("●"), "tab came back to the activities"
        await story.press("E", *"zed", "enter", "1")
        assert right(story)[:30] != here and not any(line.startswith("●") for line in left(story))
        await story.press("j")
        zed = right(story)[:30]
        await to_phase(story, 1)
        assert right(story)[:30] == here
        await story.press("right_square_bracket")
        assert "› 2 " in story.top
        await story.press("left_square_bracket", "left_square_bracket")
        assert "› 7 " in story.top
        await story.press("escape")
        assert "› 1 " not in story.top, "going along does not lengthen the way back"
        await story.press("E", *"zed", "enter", "1")
        assert right(story)[:30] == zed
        await story.press("enter", "enter")
        assert story.app.here.place.tool
        await story.press("escape")
        assert "› 1 Preparation" in story.top

    run_story(path.parent, told)


def test_own_tools_are_kept_out_of_the_engagement(path: Path) -> None:
    async def told(story: Story) -> None:
        await to_phase(story, 7)
        await story.press("tab", "G", "enter")
        assert "My own tools" in story.top and "personal" in story.top
        await story.press("escape")
        await story.press("o", *keys_of("Career Plan"), "enter")
        await story.press(*keys_of("Lead a team"), "escape")
        assert "7 Engagement Evaluation" in story.top
        await story.press("M", "enter", "a", "end", "ctrl+u", *"today", "tab", "7", "escape")
        assert "personal" in story.top
        await story.press("1")
        assert "Ada Ltd › 1 Preparation" in story.top, "back in the engagement"
        personal = story.app.workspace.settings.places.personal_file
        assert "Lead a team" in personal.read_text()
        assert personal.stat().st_mode & 0o077 == 0

    run_story(path.parent, told)
    assert "Lead a team" not in path.read_text() and "career-plan" not in path.read_text()


def test_a_personal_file_that_cannot_be_read_does_not_hinder_the_phase(path: Path, own_folders: Path) -> None:
    personal = own_folders / ".local/share/pcsm/personal.pcsm.json"
    personal.parent.mkdir(parents=True)
    personal.write_text("{")

    async def told(story: Story) -> None:
        await to_phase(story, 7)
        assert "cannot be read" in right(story)
        await story.press("tab", "G", "enter")
        assert "not valid JSON" in story.text and "7 Engagement Evaluation" in story.top
        await story.press("M", "enter")
        assert "not valid JSON" in story.text and "7 Engagement Evaluation" in story.top

    run_story(path.parent, told)
    assert personal.read_text() == "{"


def test_without_an_engagement_own_tools_are_still_to_be_had(tmp_path: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("M", "enter")
        assert "My own tools › 7 › Personal Evaluation Tool" in story.top
        for key in ("0", "1", "o", "w", "L"):
            await story.press(key)
            assert "No engagement is open" in story.foot
        await story.press("left_square_bracket")
        assert "Periodic Reviews" in story.top
        await story.press("escape")
        assert "Today" in story.top

    run_story(tmp_path, told)
