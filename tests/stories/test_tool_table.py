"""A tool's table: rows added, edited, sorted, filtered, moved, deleted and brought back, by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story

RISKS = [
    {"name": "Union ballot", "likelihood": "4", "severity": "5"},
    {"name": "Old radios", "likelihood": "3", "severity": "4"},
    {"name": "Trainers booked twice", "likelihood": "1", "severity": "2"},
]
ACTIONS = [
    {"action": "Ring Sue", "owner": "Ada", "due": "2026-11-30"},
    {"action": "Book room", "owner": "Bo Ek", "due": "2026-11-24"},
    {"action": "Send plan", "owner": "Cy", "due": "2026-11-26"},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path, "Ada Ltd", {"adoption-risks": RISKS, "actions": ACTIONS})


async def open_tool(story: Story, name: str) -> None:
    """Open a tool of the one engagement, from Today."""
    await story.press("f2", "E", "enter", "o", *keys_of(name), "enter")
    assert name[:9] in story.top


def rows(story: Story) -> list[str]:
    """Return the lines of the table below its headings, empty ones left out."""
    return [line for line in story.lines[2:-6] if line.strip()]


def names(story: Story, *wanted: str) -> list[str]:
    """Return which of some names the table's lines hold, from above."""
    found = [next((name for name in wanted if name in line), "") for line in rows(story)]
    return [name for name in found if name]


async def to_column(story: Story, field_id: str) -> None:
    """Put the cursor on a column."""
    table = story.app.screen.pane.table
    ids = [field.id for field in table._tool.fields]
    await story.press(*["h"] * len(ids), *["l"] * ids.index(field_id))
    assert table.cursor_field.id == field_id


RADIOS, BALLOT, TRAINERS = "Old radios", "Union ballot", "Trainers booked"


def test_a_row_is_added_changed_copied_deleted_and_brought_back(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        assert names(story, RADIOS, BALLOT, TRAINERS) == [BALLOT, RADIOS, TRAINERS], "the highest score first"
        await story.press("G", "a", *keys_of("Snow in March\t2\t"), "1")
        assert any(line.split()[:2] == ["Score", "3"] for line in story.lines), "while one types: 2 + 1"
        await story.press("escape")
        assert values_of(path, "adoption-risks", "name")[-1] == "Snow in March"
        await to_column(story, "likelihood")
        await story.press("enter", "5")
        snow = next(line for line in rows(story) if "Snow" in line)
        assert snow.split()[-2:] == ["6", "Open"], "the score follows what is typed: 5 + 1"
        assert values_of(path, "adoption-risks", "likelihood")[-1] == 2, "nothing is saved before one leaves"
        await story.press("enter")
        assert values_of(path, "adoption-risks", "likelihood")[-1] == 5
        assert "Likelihood of Snow in March set" in story.foot
        await story.press("c")
        assert len(names(story, "Snow in March")) == 2
        await story.press("d")
        assert len(names(story, "Snow in March")) == 1 and "u brings it back" in story.foot
        await story.press("u")
        assert len(names(story, "Snow in March")) == 2
        await story.press("U")
        assert len(names(story, "Snow in March")) == 1 and "Done again" in story.foot
        for _ in range(6):
            await story.press("u")
        assert not names(story, "Snow in March")
        await story.press("u")
        assert "nothing to undo" in story.foot

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Union ballot", "Old radios", "Trainers booked twice"]


def test_rows_are_sorted_and_put_in_an_order_of_ones_own(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        await story.press("g", "J")
        assert "move again" in story.foot, "they were sorted by score: now they stand in their own order"
        await story.press("J")
        assert names(story, RADIOS, BALLOT, TRAINERS) == [RADIOS, BALLOT, TRAINERS]
        await story.press("J", "J", "J")
        assert names(story, RADIOS, BALLOT, TRAINERS) == [RADIOS, TRAINERS, BALLOT]
        await story.press("K")
        assert names(story, RADIOS, BALLOT, TRAINERS) == [RADIOS, BALLOT, TRAINERS]
        await to_column(story, "name")
        await story.press("s")
        assert "ascending" in story.foot and "Name▲" in story.lines[1]
        assert names(story, RADIOS, BALLOT, TRAINERS) == [RADIOS, TRAINERS, BALLOT]
        await story.press("s")
        assert "descending" in story.foot and "Name▼" in story.lines[1]
        assert names(story, RADIOS, BALLOT, TRAINERS) == [BALLOT, TRAINERS, RADIOS]
        await story.press("s")
        assert "own order" in story.foot
        assert names(story, RADIOS, BALLOT, TRAINERS) == [RADIOS, BALLOT, TRAINERS]

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Old radios", "Union ballot", "Trainers booked twice"]


def test_a_row_moves_past_the_row_that_one_sees(path: Path) -> None:
    groups = [("1", "Alpha"), ("2", "Beta"), ("1", "Gamma"), ("2", "Delta")]
    strategy = [{"phase": phase, "activity": name, "name": name} for phase, name in groups]
    make_engagement(path.parent, "Zed Ltd", {"engagement-strategy": strategy})

    async def told(story: Story) -> None:
        await story.press("E", *"zed", "enter", "o", *keys_of("Customer Engagement Strategy"), "enter")
        wanted = ("Alpha", "Beta", "Gamma", "Delta")
        assert names(story, *wanted) == ["Alpha", "Gamma", "Beta", "Delta"], "in groups by phase"
        await story.press("g", "J")
        assert names(story, *wanted) == ["Gamma", "Alpha", "Beta", "Delta"]
        await story.press("J")
        assert names(story, *wanted) == ["Gamma", "Alpha", "Beta", "Delta"], "it stays in its group"
        assert "last" in story.foot

    run_story(path.parent, told)


def test_a_table_is_filtered_and_each_tool_remembers_its_place(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Actions")
        assert names(story, "Ring Sue", "Book room", "Send plan") == ["Book room", "Send plan", "Ring Sue"]
        await story.press("slash", *"EK", "space", *"room")
        assert names(story, "Ring Sue", "Book room", "Send plan") == ["Book room"], "as one types, over all columns"
        assert "1 of 3 hold 'EK room'" in story.top
        await story.press("enter", "slash", *["backspace"] * 7, *"e", "enter")
        assert names(story, "Ring Sue", "Book room", "Send plan") == ["Book room", "Send plan", "Ring Sue"]
        await story.press("g", "n", "n")
        assert story.app.screen.pane.table.cursor_row.get("action") == "Ring Sue"
        await story.press("N")
        assert story.app.screen.pane.table.cursor_row.get("action") == "Send plan"
        await story.press("slash", "ctrl+u", *"nobody")
        assert "None of the 3 rows holds that" in story.text
        await story.press("enter", "enter", "d")
        assert "no row under the cursor" in story.text
        await story.press("slash", "escape")
        assert len(rows(story)) == 3
        await story.press("G")
        await to_column(story, "due")
        await story.press("L", "escape")
        table = story.app.screen.pane.table
        assert (table.cursor_row.get("action"), table.cursor_field.id) == ("Ring Sue", "due")

    run_story(path.parent, told)


def test_ticking_copying_following_and_the_neighbouring_tools(path: Path) -> None:
    make_engagement(
        path.parent,
        "Zed Ltd",
        {
            "stakeholder-plan": [{"name": "Sue Saunders", "authority": "7"}],
            "vested-interests": [{"interest": "A quiet launch", "stakeholder": "Sue"}],
            "documents": [{"name": "Contract", "link": "https://example.com/a/very/long/path/to/the/contract.pdf"}],
        },
    )

    async def told(story: Story) -> None:
        await open_tool(story, "Actions")
        await story.press("x")
        assert "Ticked Book room" in story.foot
        assert next(line for line in rows(story) if "Book room" in line).startswith("●")
        await story.press("x")
        assert "Reopened Book room" in story.foot
        await to_column(story, "owner")
        await story.press("y")
        assert story.app.clipboard == "Bo Ek" and "clipboard" in story.foot
        await story.press("v")
        assert "no reference in this cell" in story.foot
        await story.press("E", *"zed", "enter", "o", *keys_of("Documents"), "enter")
        await to_column(story, "link")
        await story.press("v")
        assert "https://example.com/a/very/long/path/to/the/contract.pdf" in story.text
        await story.press("o", *keys_of("Vested"), "enter")
        await to_column(story, "stakeholder")
        await story.press("v")
        assert "Stakeholder Management Plan" in story.top and "Sue Saunders" in story.text
        await story.press("escape")
        assert "Vested Interests" in story.top
        await story.press("left_square_bracket")
        assert "Stakeholder Management Plan" in story.top
        await story.press("right_square_bracket", "right_square_bracket")
        assert "Information Gaps" in story.top, "after the last tool of the phase comes its first"
        await story.press("x")
        assert "no row under the cursor" in story.text

    run_story(path.parent, told)
    assert values_of(path, "actions", "done") in ([None, None, None], [None, False, None])


def test_more_columns_than_fit_are_all_reached(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_tool(story, "Adoption Risks")
        fields = story.app.screen.pane.table._tool.fields
        for field in fields:
            await to_column(story, field.id)
            shown = story.lines[1].replace("▼", "").replace("‹", " ").replace("›", " ")
            assert field.name[:6] in shown and "Name" in shown, (field.id, shown)
            assert field.help[:20] in "".join(story.lines[-14:])
        assert "‹" in story.lines[1]

    for size in ((80, 24), (120, 40)):
        run_story(path.parent, told, size=size)
