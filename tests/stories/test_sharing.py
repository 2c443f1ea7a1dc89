"""Two people on one file, and a file that cannot be written: nothing is lost without a word, and nothing ends in a fault."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story, workspace

RISKS = [
    {"name": "Old radios", "likelihood": "3", "severity": "4"},
    {"name": "Union ballot", "likelihood": "2", "severity": "2"},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path, "Ada Ltd", {"adoption-risks": RISKS})


def bo(path: Path):
    """Return another person's session on the file."""
    return workspace(path.parent, name="Bo").open(path)


def bo_sets(path: Path, row: int, **values: object) -> None:
    """Let another person set fields of a row of the risks."""
    session = bo(path)
    session.set(session.engagement.rows("adoption-risks")[row], values)


async def edit_likelihood(story: Story) -> None:
    """Begin to edit the likelihood of the first risk."""
    await story.press("f2", "E", *keys_of("Ada"), "enter", "o", *keys_of("Adoption Risks"), "enter")
    await story.press("g", *["h"] * 20, "l", "l", "enter")
    assert story.app.screen.pane.editor._field.id == "likelihood"
    await story.press("ctrl+u")


def saved(story: Story) -> bool:
    """Return what the last line says of saving."""
    assert ("NOT SAVED" in story.foot) != story.foot.endswith("saved")
    return story.foot.endswith("saved")


def test_changes_of_different_rows_and_fields_are_both_kept(path: Path) -> None:
    async def told(story: Story) -> None:
        await edit_likelihood(story)
        bo_sets(path, 1, likelihood=5)
        await story.press("5", "enter")
        assert saved(story) and "meanwhile" not in story.text
        await edit_likelihood(story)
        bo_sets(path, 0, severity=1)
        await story.press("1", "enter")
        assert saved(story)
        other = bo(path)
        other.add(other.framework.tool("adoption-risks"), {"name": "Snow"})
        await story.press("J", "f2", "P", "enter", "o", *keys_of("Adoption Risks"), "enter")
        assert "Snow" in story.text, "what others added is there at the next look"

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "likelihood") == [1, 5, None]
    assert values_of(path, "adoption-risks", "severity") == [1, 2, None]


def test_fault_027_of_the_same_field_both_values_are_kept_and_told(path: Path) -> None:
    async def told(story: Story) -> None:
        await edit_likelihood(story)
        bo_sets(path, 0, likelihood=1)
        await story.press("5", "enter")
        assert "Likelihood was changed to '1' by Bo and to '5' by Ada" in story.foot
        assert story.foot.endswith("1 conflict · saved")
        assert "5" in cell(story, "Old radios"), "what stands in the file does not depend on who was first"

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "likelihood") == [5, 2]
    (conflict,) = bo(path).conflicts
    assert {(side.value, side.by) for side in conflict.sides} == {(1, "Bo"), (5, "Ada")} and conflict.base == 3


def cell(story: Story, name: str) -> str:
    return next(line for line in story.lines if name in line)


def test_fault_028_a_row_that_others_deleted_stays_when_one_changed_it(path: Path) -> None:
    async def told(story: Story) -> None:
        await edit_likelihood(story)
        other = bo(path)
        other.remove(other.engagement.rows("adoption-risks")[0])
        await story.press("5", "enter")
        assert "Old radios was deleted by one and changed by another" in story.foot
        assert "1 conflict" in story.foot and "5" in cell(story, "Old radios")

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "likelihood") == [2, 5] or values_of(
        path, "adoption-risks", "likelihood"
    ) == [5, 2]


def test_a_row_that_others_deleted_while_its_form_is_open_is_told(path: Path) -> None:
    async def told(story: Story) -> None:
        await edit_likelihood(story)
        other = bo(path)
        other.remove(other.engagement.rows("adoption-risks")[0])
        await story.look()
        await story.press("5", "enter")
        assert "no longer there" in story.foot and "'5'" in story.foot
        assert "Old radios" not in "\n".join(story.lines[1:-8]) and "NOT SAVED" not in story.foot
        await story.press("x", "d", "e", "u", "U", "J")

    run_story(path.parent, told)


def test_acts_on_what_others_changed_or_deleted(path: Path) -> None:
    async def told(story: Story) -> None:
        await edit_likelihood(story)
        await story.press("escape", "d")
        assert "Deleted" in story.foot
        bo_sets(path, 0, name="Ballot by post")
        await story.press("u")
        assert "Old radios" in story.text
        bo_sets(path, 0, name="Radios of 1990")
        await story.look()
        await story.press("U")
        assert "changed by someone else" in story.foot, "a row that others changed is not removed"
        assert "Radios of 1990" in story.text and "Ballot by post" in story.text

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Radios of 1990", "Ballot by post"]


def test_a_file_that_is_gone_is_told_and_what_was_typed_is_saved_when_it_is_back(path: Path) -> None:
    async def told(story: Story) -> None:
        await edit_likelihood(story)
        aside = path.rename(path.with_suffix(".aside"))
        await story.press("5", "enter")
        assert "is gone" in story.foot and not saved(story)
        assert "5" in next(line for line in story.lines if "Old radios" in line)
        await story.press("0", "4", "o", *keys_of("RACI"), "enter", "a", *"x", "escape")
        assert not saved(story)
        await story.press("P")
        assert "NOT SAVED" in story.foot
        aside.rename(path)
        await story.press("E", *"Ada", "enter", "1", "x")
        assert saved(story)

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "likelihood") == [5, 2]
    assert len([state for state in values_of(path, "activities", "state") if state == "Done"]) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [("another", "a different engagement"), ('{"_meta": {', "not valid JSON"), ("", "has no content")],
    ids=["another engagement", "damaged", "empty"],
)
def test_a_file_that_is_no_longer_ones_own_is_not_touched(path: Path, content: str, reason: str) -> None:
    if content == "another":
        other = make_engagement(path.parent, "Zed Ltd")
        content = other.read_text()
        other.unlink()

    async def told(story: Story) -> None:
        await edit_likelihood(story)
        path.write_text(content)
        await story.press("5", "enter")
        assert reason in story.foot and not saved(story)
        for key in ("0", "4", "T", "P", "T"):
            await story.press(key)
        await story.press("q")
        assert "NOT SAVED" in story.foot and "q again" in story.foot
        assert not story.app._exit
        await story.press("j", "q")
        assert not story.app._exit, "only a second q right after the first leaves"
        await story.press("q")
        assert story.app._exit

    run_story(path.parent, told)
    assert path.read_text() == content


def test_fault_011_a_read_only_file_is_shown_as_such_and_edits_say_why_not(path: Path) -> None:
    path.chmod(0o444)
    before = path.read_bytes()

    async def told(story: Story) -> None:
        await edit_likelihood(story)
        assert story.foot.endswith("READ-ONLY") or "READ-ONLY" in story.text
        await story.press("5", "enter")
        assert "is READ-ONLY for you" in story.foot and "save a copy" in story.foot
        assert "'5' is kept" in story.foot and "5" in cell(story, "Old radios"), "what was typed is not lost"
        await story.press("x", "d", "J", "a", *"New", "escape")
        assert path.read_bytes() == before
        path.chmod(0o644)
        await story.press("g", "x")
        assert saved(story)

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Old radios", "Union ballot"]


def test_a_full_disk_is_told_until_the_next_act_finds_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    replace = os.replace

    async def told(story: Story) -> None:
        await edit_likelihood(story)
        monkeypatch.setattr(os, "replace", full)
        before = path.read_bytes()
        await story.press("5", "enter")
        assert "the disk is full" in story.foot and not saved(story)
        await story.press("enter", "ctrl+u", *"99", "enter")
        assert not saved(story) and "99" in story.text, "also a refused text is kept"
        await story.press("j", "d", "f2")
        assert "NOT SAVED" in story.foot
        await story.press("q")
        assert not story.app._exit and "the disk is full" in story.foot
        assert path.read_bytes() == before
        monkeypatch.setattr(os, "replace", replace)
        await story.press("E", *"Ada", "enter")
        await story.press("1", "x")
        assert saved(story)

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "likelihood") == [5]
    assert not list(path.parent.glob(".*tmp"))
