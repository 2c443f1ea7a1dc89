"""Text from data is shown as it is, on every screen: no markup is obeyed, and nothing in it reaches the terminal raw."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from stories.making import make_engagement
from stories.story import Story, keys_of, run_story

RAW = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""C0, DEL, C1, and what changes the direction or the line."""

PAYLOADS = {
    "[/] [Q3] [link=x] [b + ": "[/] [Q3] [link=x] [b +",
    "[@click=app.quit]": "[@click=app.quit]",
    "\x1b]52;c;QQ\x07\x9b1m\x7f\x1b]0;": "␛]52;c;QQ␇⟨9B⟩1m␡␛]0;",
    "a\x1b[31;1Hb": "a␛[31;1Hb",
    "\u202eさ\u2066خت\u200b": "⟪U+202E⟫さ⟪U+2066⟫خت⟪U+200B⟫",
    "two\nlines\there": "two ⏎ lines here",
    "x" * 1900: "xxxxxxxx",
}
"""What stands in the data, and how it is to be read on the screen."""

ALL = list(PAYLOADS.values())


def hostile(folder: Path) -> None:
    """Make an engagement for each text, with the text for its name, and one that holds all of them everywhere."""
    marks = {f"@{number}@": payload for number, payload in enumerate(PAYLOADS)}
    rows = {
        "engagement": [{"trade": "@0@", "account_manager": "@1@", "next_meeting": "2026-11-24"}],
        "actions": [{"action": mark, "owner": mark, "due": "2026-11-20", "notes": mark} for mark in marks],
        "impacted-groups": [{"name": mark, "knowledge": mark, "impact": "Direct"} for mark in marks],
        "adoption-activities": [{"activity": mark, "impacted_group": mark, "owner": mark} for mark in marks],
        "activities": [{"phase": "4", "name": mark, "owner": mark, "state": "In progress"} for mark in marks],
    }
    paths = [make_engagement(folder, f"Firm {number} {mark}", initiative=mark) for number, mark in enumerate(marks)]
    for path in (make_engagement(folder, "Zed Ltd", rows, initiative="@2@"), *paths):
        content = path.read_text()
        for mark, payload in marks.items():
            content = content.replace(mark, json.dumps(payload)[1:-1])
        path.write_text(content)


def assert_literal(story: Story, shown: Sequence[str], where: str, times: int = 1) -> None:
    """See that texts stand on the screen at least so often, and that nothing is drawn that steers a terminal."""
    strips = story.app.screen._compositor.render_strips()
    for strip in strips:
        for segment in strip:
            raw = None if segment.control else RAW.search(segment.text)
            assert not raw, (where, segment.text)
    text = "\n".join(strip.text for strip in strips)
    for wanted in shown:
        assert text.count(wanted) >= times, f"{where}: {wanted}\n{text}"


def test_fault_090_091_texts_are_shown_as_they_are_in_lists_tables_and_forms(tmp_path: Path) -> None:
    hostile(tmp_path)

    async def told(story: Story) -> None:
        async def look(where: str, shown: Sequence[str], *keys: str, times: int = 1) -> None:
            await story.press(*keys)
            assert_literal(story, shown, where, times)

        await look("Today: lines", ALL, "slash", *"zed", "enter")
        await look("Portfolio: engagements", ALL, "P")
        for text in ALL:
            await look("Portfolio: detail", [text], times=2)
            await story.press("j")
        await look("to choose from: engagements", ALL, "E")
        await look("overview: top line", [ALL[3]], *"firm", "space", "3", "enter")
        await look("palette: engagements", ALL, "colon", *"firm")
        await look("help", [], "escape", "question_mark", "pagedown")
        await look("overview: person, signals", ALL, "escape", "E", *"zed", "enter", "G")
        await look("table: cells", ALL, "o", *"Actions", "enter")
        for text in ALL:
            await look("table: cell, detail", [text], times=2)
            await look("form: fields", [text], "e", times=2)
            await look("form: people to choose from", ALL[:4], "tab")
            await look("form: a note being edited", [text] if "⏎" not in text else [], *["tab"] * 4)
            await story.press("escape", "j")
        await look("groups: headings, cells", ALL[:6], "o", *keys_of("Adoption Activities"), "enter", times=2)
        await look("cell being edited", [], "g", *["h"] * 9, "enter")
        await look("rows to choose from", ALL[:3], "escape", "l", "l", "enter", "up")
        await look("phase: activities", ALL[:4], "escape", "4", "G")
        await look("phase: owner", ALL[-1:], "G")
        await look("search: what is found", [ALL[0]], "F", *"Q3", "down")

    run_story(tmp_path, told, size=(120, 40))


@pytest.mark.parametrize("payload", list(PAYLOADS)[1:-1:2], ids=lambda text: ascii(text[:8]))
def test_fault_090_091_what_is_typed_pasted_and_told_is_shown_as_it_is(tmp_path: Path, payload: str) -> None:
    make_engagement(tmp_path, "Ada Ltd", {"actions": [{"action": "Ring"}]})
    shown = PAYLOADS[payload].replace(" ⏎ ", " ")

    async def told(story: Story) -> None:
        await story.press("slash")
        await story.paste(payload)
        assert_literal(story, [], "filter, in the first line and as it is typed")
        await story.press("escape", "E", *"ada", "enter", "o", *"Actions", "enter", "enter", "ctrl+u")
        await story.paste(payload)
        assert_literal(story, [], "in the editor")
        await story.press("enter")
        assert_literal(story, [shown], "cell, detail, message: saved", times=3)
        for key, told in {"x": "Ticked", "c": "Duplicated", "d": "Deleted", "u": "Undone"}.items():
            await story.press(key)
            assert_literal(story, [shown, told], f"message: {told}")
        await story.press("l", "l", "enter")
        await story.paste(payload)
        await story.press("enter")
        assert_literal(story, [shown, "is not a date"], "refused text and its reason", times=1)
        await story.press("e", "tab", "tab", "tab")
        assert_literal(story, [shown], "form: top line, title, refused text", times=2)
        await story.press("escape", "w", *["tab"] * 3)
        await story.paste(payload)
        await story.press("shift+tab")
        assert_literal(story, [] if "\n" in payload else [shown], "note")
        await story.press("f2", "a")
        await story.paste(payload)
        assert_literal(story, [], "question")
        await story.press("enter")
        assert_literal(story, [], "new engagement, or why there is none")

    run_story(tmp_path, told)


def test_fault_090_a_control_character_typed_in_a_field_does_not_widen_its_line(tmp_path: Path) -> None:
    make_engagement(tmp_path, "Ada Ltd", {"actions": [{"action": "Ring"}]})

    async def told(story: Story) -> None:
        await story.press("E", *"ada", "enter", "o", *"Actions", "enter", "enter")
        await story.paste("\x1b[2J" * 8)
        for strip in story.app.screen._compositor.render_strips():
            assert sum(segment.cell_length for segment in strip) == 80
        assert "␛[2J" in story.text

    run_story(tmp_path, told)


def test_fault_094_a_number_is_shown_with_every_digit_that_is_stored(tmp_path: Path) -> None:
    path = make_engagement(tmp_path, "Ada Ltd", {"measures": [{"name": "Orders"}]})
    shown = {
        "1234567.89": "Baseline 1234567.89",
        "0.05": "Baseline 0.05",
        "0.005": "0.005",
        "1234567.891": "1234567.891",
    }
    stored = {"1234567.89": 123456789, "0.05": 5, "0.005": 5, "1234567.891": 5}

    async def told(story: Story) -> None:
        await story.press("E", *"ada", "enter")
        await story.open_tool("Measures")
        for typed, wanted in shown.items():
            await story.press("e")
            while story.app.screen.query_one("#sheet").active != "baseline":
                await story.press("tab")
            await story.press("end", "ctrl+u", *keys_of(typed), "escape")
            assert wanted in story.text, "two digits behind the point are held; a third one is refused and not cut off"
            (row,) = json.loads(path.read_text())["measures"].values()
            assert row["baseline"] == stored[typed]

    run_story(tmp_path, told, size=(160, 40))
