"""Text from data is shown as it is, on every screen: no markup is obeyed, and nothing in it reaches the terminal raw."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from stories.making import make_engagement
from stories.story import Story, keys_of, run_story

STAND_IN = "@@"
RAW = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""C0, DEL, C1, and what changes the direction or the line."""

PAYLOADS = {
    "[/] [Q3] [link=x]": "[/] [Q3] [link=x]",
    "[@click=app.quit]": "[@click=app.quit]",
    "\x1b]52;c;QQ\x07\x9b1m\x7f": "␛]52;c;QQ␇⟨9B⟩1m␡",
    "\u202eさ\u2066ختب": "⟪U+202E⟫さ⟪U+2066⟫ختب",
    "two\nlines\there": "two ⏎ lines here",
    "x" * 1900: "xxxxxx",
}
"""What stands in the data, and how it is to be read on the screen."""

ROWS = {
    "engagement": [{"trade": STAND_IN, "account_manager": STAND_IN, "next_meeting": "2026-11-24"}],
    "actions": [{"action": STAND_IN, "owner": STAND_IN, "due": "2026-11-20", "notes": STAND_IN}],
    "impacted-groups": [{"name": STAND_IN, "knowledge": STAND_IN, "impact": "Direct"}],
    "adoption-activities": [{"activity": STAND_IN, "impacted_group": STAND_IN, "owner": STAND_IN}],
    "documents": [{"name": STAND_IN, "link": "https://example.com"}],
}


def hostile(folder: Path, payload: str) -> Path:
    """Make an engagement that holds a text in every kind of place."""
    path = make_engagement(folder, f"Firm {STAND_IN}", ROWS, initiative=STAND_IN)
    path.write_text(path.read_text().replace(STAND_IN, json.dumps(payload)[1:-1]))
    return path


def assert_literal(story: Story, shown: str, times: int, where: str) -> None:
    """See that a text stands on the screen at least so often, and that nothing is drawn that steers a terminal."""
    strips = story.app.screen._compositor.render_strips()
    for strip in strips:
        for segment in strip:
            raw = None if segment.control else RAW.search(segment.text)
            assert not raw, (where, segment.text)
    text = "\n".join(strip.text for strip in strips)
    assert text.count(shown) >= times, f"{where}\n{text}"


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:12]))
def test_a_text_is_shown_as_it_is_everywhere(tmp_path: Path, payload: str) -> None:
    path, shown = hostile(tmp_path, payload), PAYLOADS[payload]

    async def told(story: Story) -> None:
        async def look(where: str, times: int, *keys: str) -> None:
            await story.press(*keys)
            assert_literal(story, shown, times, where)

        await look("Today: engagement, line, initiative", 3, "g")
        await look("filter, as it is typed", 1, "slash", *"firm")
        await story.press("ctrl+u")
        await story.paste(payload)
        assert_literal(story, "", 0, "filter and top line")
        await look("Portfolio: engagement, detail", 3, "escape", "P")
        await look("to choose from: engagement", 2, "E")
        await story.paste("firm")
        await look("overview: top line, person, signal", 3, "enter")
        await look("palette: engagement", 1, "colon", *"firm")
        await look("help", 0, "escape", "question_mark", "pagedown")
        await look("message: begun", 1, "escape", "o", *"Actions", "enter", "x")
        await look("table: cells, detail", 3, "x", "g")
        await look("form: fields", 3, "e")
        await look("form: people to choose from", 2, "tab", "down")
        await look("form: a note being edited", 1, "tab", "tab", "tab", "tab")
        await look("group heading, cells", 3, "escape", "o", *keys_of("Adoption Activities"), "enter")
        await look("cell being edited", 1, "g", *["h"] * 9, "enter")
        await look("rows to choose from", 1, "escape", "l", "l", "enter", "up")
        await look("message: copied, deleted", 1, "escape", *["h"] * 9, "y", "d")
        await look("message: undone", 1, "u")
        await look("refused", 0, *["l"] * 4, "enter")
        await story.paste(payload)
        await look("refused text and reason", 0, "enter")
        await look("phase: top line", 1, "4", "a")
        await story.paste(payload)
        await look("phase: own activity", 1, "enter")
        await look("search", 1, "F", *"exam", "down")
        await look("found", 2, "enter")
        await look("new engagement", 0, "T", "a")
        await story.paste(payload)
        await look("new engagement begun or refused", 0, "enter")

    run_story(tmp_path, told)
    assert path.is_file()


def test_a_control_character_typed_in_a_field_does_not_widen_its_line(tmp_path: Path) -> None:
    make_engagement(tmp_path, "Ada Ltd", {"actions": [{"action": "Ring"}]})

    async def told(story: Story) -> None:
        await story.press("E", *"ada", "enter", "o", *"Actions", "enter", "enter")
        await story.paste("\x1b[2J" * 8)
        for strip in story.app.screen._compositor.render_strips():
            assert sum(segment.cell_length for segment in strip) == 80
        assert "␛[2J" in story.text

    run_story(tmp_path, told)
