"""Texts that a field cannot hold: the reason is told, the text kept, until it is put right or taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story


@pytest.fixture
def path(tmp_path: Path) -> Path:
    risks = [{"name": "Old radios", "likelihood": "3", "severity": "4"}]
    return make_engagement(tmp_path, "Ada Ltd", {"adoption-risks": risks})


async def open_risks(story: Story) -> None:
    """Open the risks of the one engagement, from Today."""
    await story.press("f2", "E", "enter", "o", *keys_of("Adoption Risks"), "enter")


def line_with(story: Story, word: str) -> str:
    """Return the first line below the top that holds a word."""
    return next(line for line in story.lines[1:] if word in line)


def test_a_refused_text_stays_with_its_reason_through_everything_until_it_is_put_right(path: Path) -> None:
    async def refused(story: Story) -> None:
        await open_risks(story)
        await story.press("l", "enter", *"9", "enter")
        assert "9 is out of range" in story.foot and "1 to 5" in story.foot
        row = line_with(story, "Old radios")
        assert row.startswith("!") and row.split()[4] == "9", "in its cell, marked"
        assert "Not saved: 9 is out of range" in story.text
        await story.press("e")
        likelihood = line_with(story, "Likelihood")
        await story.press("tab")
        likelihood = line_with(story, "Likelihood")
        assert likelihood.startswith("!") and "9" in likelihood and "← 9 is out of range" in likelihood
        await story.press("escape", "f2", "P", "enter", "o", *keys_of("Adoption Risks"), "enter")
        assert line_with(story, "Old radios").split()[4] == "9"

    async def reopened(story: Story) -> None:
        await open_risks(story)
        assert line_with(story, "Old radios").split()[4] == "9", "also after the program was left"
        await story.press("l", "enter")
        assert story.app.screen.pane.editor.text == "9"
        assert "9 is out of range" in story.text
        await story.press("backspace", *"5", "enter")
        assert line_with(story, "Old radios").split()[4:7] == ["5", "4", "9"], "likelihood, severity, score"
        assert "Not saved" not in story.text

    run_story(path.parent, refused)
    assert values_of(path, "adoption-risks", "likelihood") == [3]
    run_story(path.parent, reopened)
    assert values_of(path, "adoption-risks", "likelihood") == [5]


def test_a_refused_text_goes_when_the_value_is_typed_anew_or_emptied(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        await story.press("l", "enter", *"x", "enter", "enter", "ctrl+u", *"3", "enter")
        assert "Not saved" not in story.text
        assert line_with(story, "Old radios")[0] != "!"
        await story.press("enter", *"x", "enter", "enter", "ctrl+u", "enter")
        assert "Not saved" not in story.text

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "likelihood") == [3], "the value that was there is as it was"


def test_u_drops_what_was_refused_and_then_takes_back_changes(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        await story.press("l", "enter", *"4", "enter", "enter", *"x", "enter")
        assert "Not saved" in story.text
        await story.press("u")
        assert "Dropped 'x': Likelihood is as it was" in story.foot
        assert "Not saved" not in story.text
        await story.press("u")
        assert "Undone: set Likelihood of Old radios" in story.foot

    run_story(path.parent, told)


def test_a_new_row_keeps_a_first_field_that_is_refused(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        await story.press("a", "tab", *"77", "tab", *"2", "escape")
        assert "1 to 5" in story.text or "77" in story.text
        row = line_with(story, "77")
        assert row.startswith("!") and "unnamed risk" not in row.split("77")[1]
        await story.press("e", "ctrl+u", *"Snow", "tab", "ctrl+u", *"1", "escape")
        assert line_with(story, "Snow").split()[3:6] == ["1", "2", "3"]

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Old radios", "Snow"]
    assert values_of(path, "adoption-risks", "likelihood") == [3, 1]


def test_a_row_that_was_begun_and_left_empty_is_not_added(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        await story.press("a", "escape", "a", "tab", "tab", "f2")

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Old radios"]


def test_fault_092_a_long_paste_in_one_line_is_kept_and_told(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        await story.press("enter", "ctrl+u")
        await story.paste("word and\n" * 20_000)
        await story.press("enter")
        assert "179,999 characters" in story.foot and "2,000" in story.foot
        assert "word and word" in story.text
        await story.press("j", "k", "e", "tab", "escape", "enter")
        assert len(story.app.screen.pane.editor.text) >= 179_999
        await story.press("ctrl+u", *"Short", "enter")
        assert "Short" in story.text and "Not saved" not in story.text

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Short"]


def test_the_reason_is_whole_for_the_field_one_is_in_and_values_of_others_say_what_is_wrong(path: Path) -> None:
    content = path.read_text()
    path.write_text(content.replace('"severity": 4', '"severity": 44').replace('"likelihood": 3', '"likelihood": "x"'))

    async def told(story: Story) -> None:
        await open_risks(story)
        row = line_with(story, "Old radios")
        assert row.startswith("!") and "44" in row, "what stands in the file is shown although it does not fit"
        await story.press("e")
        assert "← is 44, not 1 to 5" in line_with(story, "Severity")
        await story.press("tab")
        assert "is 'x', not a whole number" in " ".join(story.lines[-6:-1])
        await story.press("ctrl+u", *"2", "tab", "ctrl+u", *"2", "escape")

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "severity") == [2]
    assert values_of(path, "adoption-risks", "likelihood") == [2]
