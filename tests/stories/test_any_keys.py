"""Any keys, in any order, in terminals that change their size, with others at work on the files: nothing ends in a fault."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from pathlib import Path

import pytest
from stories.making import copy_samples
from stories.painted import Painted
from stories.story import Story, run_story, workspace

from pcsm_tui.errors import PcsmError
from pcsm_tui.ui.widgets.lines import Lines

KEYS = [
    *"abcdefghijklmnoprstuvwxyz0123456789TPFEMUADLGNJKSX", "slash", "colon", "question_mark", "left_square_bracket",
    "right_square_bracket", "space", "tab", "shift+tab", "up", "down", "left", "right", "pagedown", "pageup", "home", "end",
    "f1", "f2", "f3", "f4", "ctrl+p", "ctrl+l", "ctrl+u", "ctrl+c", "backspace", *["escape"] * 6, *["enter"] * 6,
    *"jklea" * 2,
]  # fmt: skip
"""All but the one that leaves."""

PASTES = ("[/]\x1b[31m", "a\nb\r\nc\rd", "x" * 3000, "2026-13-45", "\u202eevil", "")
SIZES = ((80, 24), (20, 6), (1, 1), (120, 40), (40, 12))
RAW = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def assert_sound(story: Story, painted: Painted) -> None:
    """See that every line is as wide as the screen and safe, that keys go where one can see it, and all is painted."""
    for strip in story.app.screen._compositor.render_strips():
        assert strip.cell_length == sum(segment.cell_length for segment in strip) == story.app.size.width
        assert not any(RAW.search(segment.text) for segment in strip if not segment.control)
    story.app.screen._on_timer_update()
    for widget in story.app.screen.walk_children():
        widget._styles_cache.clear()
        if isinstance(widget, Lines):
            widget._strips.clear()
    anew = Painted()
    anew.write(story.app.screen._compositor.render_full_update().render_segments(story.app.console))
    assert painted.differences(anew, *story.app.size) == []
    focused = story.app.focused
    if focused is None:
        assert story.app.screen.query("#help-text"), "only help has nothing to go to"
    else:
        assert all(widget.display for widget in focused.ancestors_with_self if hasattr(widget, "display"))


def meddle(folder: Path, chance: random.Random) -> None:
    """Do to a file what somebody else might."""
    path = chance.choice(sorted(folder.glob("*.pcsm.json")))
    if chance.random() < 0.2:
        path.write_text(path.read_text()[: chance.randrange(400)])
        return
    with suppress(PcsmError):  # it may be damaged already
        session = workspace(folder, name="Bo").open(path)
        tool = chance.choice([tool for tool in session.framework.tools if not tool.single])
        for row in session.engagement.rows(tool.id)[:1]:
            session.remove(row)


@pytest.mark.parametrize("seed", range(2))
def test_no_keys_end_the_program(tmp_path: Path, seed: int) -> None:
    copy_samples(tmp_path, "tokyo-sakura", "harbour-foods", "juniper-logistics")
    chance = random.Random(seed)

    async def told(story: Story) -> None:
        for _ in range(60):
            await story.press(*chance.choices(KEYS, k=chance.choice((1, 2, 5))))
            match chance.randrange(15):
                case 0:
                    await story.paste(chance.choice(PASTES))
                case 1:
                    await story.pilot.resize_terminal(*chance.choice(SIZES))
                    await story.settle()
                case 2:
                    meddle(tmp_path, chance)
            if story.app._exception is not None:
                return  # what it is comes up when the story ends
            assert_sound(story, painted)

    painted = Painted()
    run_story(tmp_path, told, painted=painted)
