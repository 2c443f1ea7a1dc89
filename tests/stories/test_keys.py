"""Commands and their keys: declared once, answered everywhere, one meaning each, and to be changed."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from stories.making import make_engagement
from stories.story import Story, keys_of, run_story

from pcsm_tui.errors import DeclarationError
from pcsm_tui.ui import typeahead
from pcsm_tui.ui.commands.own_keys import commands_with
from pcsm_tui.ui.commands.registry import COMMANDS, WHERE

SCREENS = {
    "Today": ("list", "today", "repository", "filtered", "app"),
    "Portfolio": ("list", "repository", "filtered", "sorted", "app"),
    "Search": ("list", "app"),
    "Overview": ("list", "engagement", "app"),
    "Phase": ("list", "engagement", "phase", "app"),
    "Plan": ("list", "plan", "filtered", "engagement", "app"),
    "Tool": ("cells", "list", "table", "tool", "sorted", "filtered", "engagement", "app"),
    "Form": ("form", "app"),
}
"""On each screen the parts whose commands apply at the same time; letters are typed in a form, so it has none."""

SHADOWED = {("back", "close"): "escape"}
"""The one key that means two things: leave what is nearest."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path, "Ada Ltd", {"adoption-risks": [{"name": "Old radios"}]})


async def everywhere(story: Story):
    """Go to every screen, and tell its name there; the form and the search box have the focus where one types."""
    for name, keys in {
        "Today": ["f2"],
        "Portfolio": ["P"],
        "Search": ["F", "down"],
        "Overview": ["f2", "E", *"ada", "enter"],
        "Phase": ["4"],
        "Plan": ["p"],
        "Tool": ["o", *keys_of("Adoption Risks"), "enter"],
        "Form": ["e"],
    }.items():
        await story.press(*keys)
        yield name


@pytest.mark.parametrize("screen", SCREENS)
def test_on_no_screen_a_key_means_two_things(screen: str) -> None:
    here = [command for command in COMMANDS if command.where in SCREENS[screen]]
    meant: dict[str, list[str]] = {}
    for command in here:
        for key in filter(None, command.keys.split(",")):
            meant.setdefault(key, []).append(command.id)
    doubled = {tuple(ids): key for key, ids in meant.items() if len(ids) > 1}
    assert {ids: key for ids, key in doubled.items() if SHADOWED.get(ids) != key} == {}


def test_every_command_is_answered_where_it_says_and_nowhere_hidden(path: Path) -> None:
    answered: dict[str, set[str]] = {}

    async def told(story: Story) -> None:
        async for name in everywhere(story):
            for node, bindings in story.app.screen._modal_binding_chain:
                for _, binding in bindings:
                    if binding.id:
                        method = f"action_{binding.action.partition('(')[0]}"
                        assert callable(getattr(node, method, None)), (name, binding.id)
                        answered.setdefault(binding.id, set()).add(name)

    run_story(path.parent, told)
    for command in COMMANDS:
        if command.keys:
            expected = {name for name, parts in SCREENS.items() if command.where in parts and name != "Form"}
            expected |= {"Form"} if command.where == "form" else set()
            missing = expected - answered[command.id]
            assert not missing, (command.id, missing)
        assert command.where in WHERE and command.help.endswith(".")


def test_help_opens_and_closes_on_every_screen_and_tells_the_keys_that_apply(path: Path) -> None:
    async def told(story: Story) -> None:
        async for name in everywhere(story):
            top, focused = story.top, story.app.focused
            for close in ("escape", "q", "question_mark", "enter", "f1"):
                await story.press("f1")
                assert story.top != top and "esc back" in story.foot, name
                await story.press(close)
                assert (story.top, story.app.focused) == (top, focused), (name, close)
            await story.press("f1")
            pages = story.text
            for _ in range(6):
                await story.press("pagedown")
                pages += story.text
            for part in SCREENS[name]:
                if name != "Form" or part == "form":
                    assert WHERE[part] in pages, (name, part)
            assert "Next phase" not in pages or name == "Phase"
            await story.press("escape")
        await story.press("escape", "question_mark")
        assert "Adoption Risks" in story.lines[0]

    run_story(path.parent, told)


def test_ctrl_c_says_how_to_leave(path: Path) -> None:
    async def told(story: Story) -> None:
        async for name in everywhere(story):
            await story.press("ctrl+c")
            assert "q leaves" in story.foot and not story.app._exit, name

    run_story(path.parent, told)


def test_footer_palette_and_help_show_ones_own_keys_and_these_work(path: Path) -> None:
    own = {"tick": "space", "filter": "f5", "undo": "ctrl+z,Z", "quit": "%"}

    async def told(story: Story) -> None:
        await story.press("E", *"ada", "enter", "o", *keys_of("Adoption Risks"), "enter")
        assert "f5 filter" in story.foot and "/ filter" not in story.foot
        await story.press("space")
        assert "Ticked" in story.foot
        await story.press("Z")
        assert "Undone" in story.foot
        await story.press("U", "ctrl+z")
        assert "Undone" in story.foot
        await story.press(
            "x",
            "slash",
            "greater_than_sign",
            "less_than_sign",
            "plus",
            "minus",
            "underscore",
            "equals_sign",
            "comma",
            "full_stop",
            "u",
        )
        assert any(line.startswith("○") and "Old radios" in line for line in story.lines), "x and u mean nothing now"
        await story.press("f1")
        pages = story.text
        for _ in range(5):
            await story.press("pagedown")
            pages += story.text
        for line in (
            "space           Tick the row",
            "f5              Show only",
            "ctrl+z Z        Take back",
            "pgdn ctrl+d ",
        ):
            assert line in pages, line
        await story.press("escape", "colon", *"undo")
        assert "ctrl+z Z" in story.text
        await story.press("escape")
        await story.press("percent_sign")
        assert story.app._exit

    run_story(path.parent, told, keys=own)


SEEN = {
    "help": "esc back",
    "today": "pcsm  Today",
    "portfolio": "pcsm  Portfolio",
    "personal": "My own tools",
    "undo": "nothing to undo",
    "theme": "pcsm-contrast",
    "add": "Adoption Risks › ",
    "edit": "Adoption Risks › Old radios",
    "delete": "Deleted Old radios",
    "tick": "Ticked Old radios",
    "copy": "sent to the terminal's clipboard",
    "filter": "Filter:",
    "sort": "In their own order",
    "note": "Timeline",
    "overview": "A INITIAL",
}
"""What the screen shows after a command of the palette was chosen in a table with one row, its cursor on the score."""


def test_a_command_of_the_palette_does_what_its_key_does(path: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("E", *"ada", "enter")
        for name, seen in SEEN.items():
            await story.press("ctrl+p")
            await story.paste("Adoption Risks")
            await story.press("enter")
            if name == "sort":
                await story.press("g", *["h"] * 20, *["l"] * 4)
            await story.press("ctrl+p")
            await story.paste(next(command.title for command in COMMANDS if command.id == name))
            await story.press("enter")
            assert seen in story.text, name
            await story.press("u" if name in ("delete", "duplicate", "tick") else "escape", "escape")

    run_story(path.parent, told)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"tikc": "space"}, "no command 'tikc'. Did you mean tick"),
        ({"tick": "spacebar"}, "'spacebar' is not the name of a key"),
        ({"tick": "Space"}, "'Space' is not the name of a key"),
        ({"tick": ""}, "'' is not the name of a key"),
        ({"tick": "cntrl+x"}, "'cntrl+x' is not the name of a key"),
        ({"tick": "d"}, "'d' already means 'Delete the row' in a table"),
        ({"tick": "q"}, "'q' already means 'Quit' everywhere"),
        ({"tick": "w"}, "'w' already means 'Write a note' in an engagement"),
        ({"quit": "x"}, "'x' already means"),
        ({"help": ":", "palette": "f9"}, ""),
        ({"help": ":", "palette": "colon"}, "already means"),
        ({"undo": "f6", "redo": "f6"}, "'f6' already means 'Redo' everywhere"),
        ({"next_field": "tab,f8"}, ""),
        ({"close": "escape,f8"}, ""),
        ({"add": "n", "next_match": "f7"}, ""),
        ({"tick_signal": "d"}, ""),
    ],
)
def test_mistakes_in_ones_own_keys_are_told_and_what_is_no_mistake_is_not(keys: dict[str, str], told: str) -> None:
    if not told:
        commands_with(keys)
        return
    with pytest.raises(DeclarationError) as refused:
        commands_with(keys)
    assert told in str(refused.value)


def test_no_key_waits_for_a_widget_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter takes the line away in which one answers; what is typed behind it goes on at once."""
    monkeypatch.setattr(typeahead, "_PATIENCE", 3600)

    async def answer(story: Story) -> None:
        await asyncio.wait_for(story.press("a", *keys_of("Northline Rail"), "enter", "p"), 60)
        assert "Northline Rail › Plan" in story.top

    run_story(tmp_path, answer)


def test_every_key_can_be_typed_in_a_plain_terminal() -> None:
    plain = {"enter", "escape", "tab", "shift+tab", "space", "up", "down", "left", "right", "home", "end"}
    plain |= {"pageup", "pagedown", "shift+up", "shift+down", "ctrl+p", "ctrl+d", "ctrl+l", "ctrl+z"}
    signs = {"question_mark", "colon", "slash", "left_square_bracket", "right_square_bracket", "underscore", "minus"}
    signs |= {"greater_than_sign", "less_than_sign", "plus", "equals_sign", "comma", "full_stop", "exclamation_mark"}
    for command in COMMANDS:
        keys = [key for key in command.keys.split(",") if key]
        for key in keys:
            function = key[0] == "f" and key[1:].isdigit() and int(key[1:]) <= 10
            assert len(key) == 1 or function or key in plain | signs, (command.id, key)
        only = [key for key in keys if not key.startswith(("shift+", "ctrl+", "f1", "f2", "f3", "f4"))]
        assert only or not keys or keys == ["shift+tab"] or command.id == "repaint", command.id
    names = [command.id for command in COMMANDS]
    assert all(one != other for one, other in itertools.combinations(names, 2))
