"""A row's form: every kind of field typed, chosen, pasted; nothing that is typed is ever lost or taken for a command."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story

PEOPLE = [
    {"name": "Sue Saunders", "authority": "9"},
    {"name": "Wayne Price", "authority": "5"},
    {"name": "Walter Price", "authority": "3"},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(
        tmp_path, "Ada Ltd", {"stakeholder-plan": PEOPLE, "adoption-risks": [{"name": "Old radios"}]}
    )


async def open_tool(story: Story, name: str) -> None:
    """Open a tool of the one engagement, from Today."""
    await story.press("f2", "E", "enter", "o", *keys_of(name), "enter")
    assert name in story.top


async def to_field(story: Story, field_id: str) -> None:
    """Go on with Tab to a field of the form that is open."""
    sheet = story.app.screen.pane.sheet
    await story.press(*["shift+tab"] * 40)
    for _ in range(40):
        if sheet.active == field_id:
            return
        await story.press("tab")
    raise AssertionError(f"Tab does not reach {field_id}")


def line_of(story: Story, label: str) -> str:
    """Return the form's line of a field, without its label."""
    line = next(line for line in story.lines if line[2:].startswith(label + " "))
    return line[2 + len(label) :].strip()


def below(story: Story) -> str:
    """Return what is said below the form, of the field that one is in."""
    rule = max(place for place, line in enumerate(story.lines) if line.startswith("───"))
    return " ".join(line.strip() for line in story.lines[rule + 1 : -1])


def test_total_and_band_follow_while_one_types(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Customer Onboarding Scoring Matrix")
        await story.press(*"4", "tab", *"5", "tab", *"3", "tab")
        assert story.app.screen.pane.sheet.active == "customer_maturity"
        for typed, total, band in (("2", "14", "Fairly Complex"), ("5", "17", "Highly Complex")):
            await story.press("ctrl+u", typed)
            assert (line_of(story, "Total"), line_of(story, "Complexity")) == (total, band)
        assert values_of(path, "onboarding-scoring", "customer_maturity") == [None]
        await story.press("escape")

    run_story(path.parent, told)
    assert values_of(path, "onboarding-scoring", "customer_maturity") == [5]


def test_choices_are_made_by_arrows_and_by_typing(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        await story.press("e")
        await to_field(story, "status")
        assert "› Open" in story.text, "what is chosen now is marked"
        await story.press("down")
        chosen = next(line.split("›")[1].strip() for line in story.lines if "  › " in line or line.lstrip()[:1] == "›")
        await story.press("tab", "shift+tab", "escape")
        assert values_of(path, "adoption-risks", "status") == [chosen]
        await story.press("e")
        await to_field(story, "status")
        await story.press(*"acc", "tab")
        assert line_of(story, "Status") == "Accepted"
        await story.press("shift+tab", *"zzz", "tab")
        assert "zzz" in line_of(story, "Status") and "not one of" in line_of(story, "Status")
        await story.press("shift+tab", "end", "ctrl+u", "tab")

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "status") == ["Accepted"], "emptying what was refused leaves the value"


def test_people_and_references_are_found_by_part_of_a_name(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "RACI Matrix")
        await story.press("g", "e")
        await to_field(story, "responsible")
        await story.press(*"saun", "tab")
        assert line_of(story, "Responsible") == "Sue Saunders"
        await story.press("shift+tab", *"; wa".replace(" ", ""))
        assert "Wayne Price" in story.text and "Walter Price" in story.text
        await story.press("down", "down", "tab")
        people = line_of(story, "Responsible").split("; ")
        assert people[0] == "Sue Saunders" and len(people) == 2 and people[1] in ("Wayne Price", "Walter Price")
        await to_field(story, "accountable")
        await story.press(*"price", "tab")
        await to_field(story, "notes")
        await story.press("escape")
        await open_tool(story, "Adoption Risks")
        await story.press("e")
        await to_field(story, "accountable")
        await story.press(*"WAYNE")
        assert "Wayne Price" in story.text, "stakeholders are offered as people"
        await story.press("down", "tab")
        assert line_of(story, "Accountable") == "Wayne Price"
        await story.press(*"Somebody", "space", *"New", "tab")
        assert line_of(story, "Consulted") == "Somebody New", "a name that nobody has entered yet is as good"

    run_story(path.parent, told)


def test_a_reference_that_fits_several_rows_says_which(path: Path) -> None:
    make_engagement(
        path.parent,
        "Zed Ltd",
        {"stakeholder-plan": PEOPLE, "vested-interests": [{"interest": "Peace", "stakeholder": "Sue"}]},
    )

    async def told(story: Story) -> None:
        await story.press("E", *"zed", "enter", "o", *"vested", "enter", "e")
        await to_field(story, "conflicts_with")
        await story.press(*"nobody", "tab", "shift+tab")
        assert "nobody" in below(story) and "no row" in below(story)
        await to_field(story, "stakeholder")
        await story.paste("Price")
        assert "› Wayne Price" in story.text or "› Walter Price" in story.text, "the first that fits is taken"

    run_story(path.parent, told)


DATES = {
    "fri": ("= Friday 2026-11-27", "2026-11-27"),
    "+3d": ("= Wednesday 2026-11-25", "2026-11-25"),
    "30 nov": ("= Monday 2026-11-30", "2026-11-30"),
    "2026-12-01": ("= Tuesday 2026-12-01", "2026-12-01"),
}
"""What is typed on Sunday, 22 November 2026; what is shown below while it is typed; what the file then holds."""


def test_dates_show_what_they_mean_before_they_are_saved(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        await story.press("e")
        await to_field(story, "deadline")
        for text, (meaning, held) in DATES.items():
            await story.press("ctrl+u", *keys_of(text))
            assert meaning in below(story)
            await story.press("tab", "shift+tab")
            assert values_of(path, "adoption-risks", "deadline") == [held]
        await story.press("ctrl+u", *"2w")
        assert "=" not in below(story).split(".")[0], "what has no meaning yet is not given one"

    run_story(path.parent, told)


def test_notes_have_several_lines_and_one_line_fields_one(path: Path) -> None:
    long = "\n".join(f"line {number}" for number in range(30))

    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        await story.press("e")
        await to_field(story, "description")
        await story.press(*"one", "enter", *"two", "enter", "enter", *"q", "tab")
        assert [line.strip() for line in story.lines if line.strip() in ("two", "q")] == ["two", "q"]
        await story.paste(long)
        await story.press("escape", "e")
        await to_field(story, "strategy")
        await story.paste("first\nsecond\r\nthird\rfourth")
        await story.press("tab")
        assert line_of(story, "Strategy").startswith("first")
        await to_field(story, "name")
        await story.paste(" and\nmore\r\nof\rit")
        await story.press("escape")

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "description") == ["one\ntwo\n\nq"]
    assert values_of(path, "adoption-risks", "internal_notes") == [long]
    assert values_of(path, "adoption-risks", "name") == ["Old radios and more of it"]


def test_esc_keeps_what_was_typed_and_so_does_going_anywhere_else(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        for way in ("escape", "f2", "f3", "f4", "ctrl+q"):
            await open_tool(story, "Adoption Risks")
            await story.press("g", "e")
            await to_field(story, "description")
            await story.press(*f"{way} ".replace(" ", ";"), way)

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "description") == ["escape;f2;f3;f4;ctrl+q;"]

    async def by_palette(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        await story.press("enter", *" 2", "ctrl+p", *"pilots", "enter")
        assert "Pilots" in story.top

    run_story(path.parent, by_palette)
    assert values_of(path, "adoption-risks", "name") == ["Old radios 2"]


def test_keys_typed_ahead_are_never_commands(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        await story.press("l", "enter", "5", "enter", "enter", "4", "enter", "l", "enter", "2", "enter")
        await story.press("a", *"q d x u j", "tab", *"33", "tab", "escape", "g")
        await story.press("slash", *"dqxuz1", "escape", "w", *"dqxu", "escape")
        await story.press("1", "a", *"dqxu1T", "enter", "E", *"dqxu", "escape", "colon", *"xdq", "escape", "F", *"qdx")
        assert "Search everything" in story.top

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Old radios", "q d x u j"]
    assert values_of(path, "adoption-risks", "likelihood") == [4, None]
    assert values_of(path, "adoption-risks", "severity") == [2, None]
    assert values_of(path, "timeline", "subject") == ["dqxu"]
    assert values_of(path, "activities", "name") == ["dqxu1T"]
