"""Settings and terminals: ASCII only, no colour, every theme, and every size, also while one edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story

from pcsm_tui.errors import DeclarationError
from pcsm_tui.framework.playbook import framework_for
from pcsm_tui.ui.commands.registry import COMMANDS
from pcsm_tui.ui.present.marks import ASCII
from pcsm_tui.ui.themes import chosen_theme, read_theme, theme_names

ROWS = {
    "engagement": [{"account_manager": "Bo", "go_live": "2026-12-01", "notes": "a\nb"}],
    "actions": [{"action": "Ring Sue", "owner": "Ada", "due": "2026-11-20"}],
    "adoption-risks": [{"name": "Old radios", "likelihood": "3", "severity": "4"}],
    "onboarding-scoring": [{"products_services": "4", "customization": "4", "adoption_needs": "4"}],
    "health": [{"date": "2026-11-20", "sponsorship": "30"}, {"date": "2026-10-20", "sponsorship": "50"}],
    "renewals": [{"contract": "Platform", "date": "2027-01-15", "value": "1200"}],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path, "Ada Ltd", ROWS, initiative="Orders")


async def walk(story: Story):
    """Go to every kind of screen, by keys, and tell its name there."""
    for name, keys in {
        "Today": ["g"],
        "put off": ["z"],
        "refused day": [*"soon", "enter"],
        "Portfolio": ["escape", "P"],
        "to choose from": ["E"],
        "overview": [*"ada", "enter"],
        "phase": ["4"],
        "phase under way": ["i", "x", "j", "i"],
        "gaps": ["r"],
        "tools": ["escape", "tab", "j"],
        "table": ["o", *keys_of("Adoption Risks"), "enter"],
        "columns to the right": ["l"] * 9,
        "sorted": ["s", "s"],
        "filtered": ["slash", "o", "enter"],
        "refused cell": [*["h"] * 20, "l", "l", "enter", *"99", "enter"],
        "form": ["e"],
        "choices": ["tab"] * 3,
        "note": ["tab", "a", "enter", "b"],
        "scoring": ["escape", "o", *keys_of("Onboarding Scoring"), "enter", *["tab"] * 3, "1"],
        "proposal": ["escape", "o", *keys_of("Engagement Proposal"), "enter"],
        "strategy": ["escape", "o", *keys_of("Customer Research"), "enter", "G"],
        "RACI": ["o", *"RACI", "enter", "e", "tab"],
        "help": ["f1"],
        "palette": ["escape", "escape", "colon"],
        "search": ["escape", "F", *"radio"],
        "my own": ["escape", "E", *"ada", "enter", "M", "a"],
    }.items():
        await story.press(*keys)
        yield name


def test_every_screen_does_without_colour_and_signs_where_that_is_asked_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")

    async def told(story: Story) -> None:
        assert story.app.theme == "pcsm-ansi"
        async for name in walk(story):
            strips = story.app.screen._compositor.render_strips()
            assert len(strips) == 24, name
            for strip in strips:
                assert strip.text.isascii() and len(strip.text) == 80, (name, strip.text)
                styles = [segment.style for segment in strip if segment.style]
                assert all(not style.color or style.color.is_default for style in styles), (name, strip.text)
                assert all(not style.bgcolor or style.bgcolor.is_default for style in styles), (name, strip.text)

    run_story(path.parent, told, ascii=True)


def test_in_ascii_mode_every_sign_of_the_framework_has_its_own() -> None:
    framework = framework_for(Path("/nowhere"))
    for declared in (*framework.tools, *framework.phases, *framework.stages, *framework.qualities):
        for text in texts_in(declared.model_dump()):
            assert text.translate(ASCII).isascii(), text
    for command in COMMANDS:
        assert (command.title + command.help + command.footer).translate(ASCII).isascii(), command.id


def texts_in(value: object) -> list[str]:
    """Return every text in a value, however deep."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_in(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in texts_in(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("theme", ["pcsm-dark", "pcsm-light", "pcsm-contrast", "pcsm-ansi"])
def test_every_theme_starts_and_can_be_changed_to(path: Path, theme: str) -> None:
    async def told(story: Story) -> None:
        assert story.app.theme == theme and "Today" in story.top
        await story.press("colon", *keys_of("change theme"), "enter", *keys_of("pcsm-light"), "enter")
        assert story.app.theme == "pcsm-light" and "Theme pcsm-light" in story.foot
        async for name in walk(story):
            assert story.top.strip(), name
            if name == "phase":
                break

    run_story(path.parent, told, theme=theme)


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"TERM": "xterm-256color"}, "pcsm-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "pcsm-dark"),
        ({"TERM": "linux"}, "pcsm-ansi"),
        ({"TERM": "screen"}, "pcsm-ansi"),
        ({}, "pcsm-ansi"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "pcsm-ansi"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "pcsm-dark"),
    ],
)
def test_the_theme_fits_the_terminal(environment: dict[str, str], theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert chosen_theme("") == theme
    assert chosen_theme("pcsm-contrast") == "pcsm-contrast"


def test_a_theme_that_does_not_exist_or_is_broken_is_told(path: Path, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="There is no theme 'pcsm-drak'. Did you mean pcsm-dark"):
        run_story(path.parent, lambda story: story.settle(), theme="pcsm-drak")
    broken = tmp_path / "own.toml"
    for text, told in {
        'primary = "nocolour"': "primary = 'nocolour' is no colour",
        'primry = "red"': "unknown key 'primry'",
        "primary = ": "cannot be read",
        "[variables]\nx = 5": "variables is not a table of texts",
    }.items():
        broken.write_text(text)
        with pytest.raises(DeclarationError, match=told):
            read_theme(broken)
    assert set(theme_names()) == {"pcsm-dark", "pcsm-light", "pcsm-contrast", "pcsm-ansi"}


@pytest.mark.parametrize("size", [(1, 1), (20, 6), (400, 120)])
def test_every_screen_is_drawn_in_every_size(path: Path, size: tuple[int, int]) -> None:
    async def told(story: Story) -> None:
        async for name in walk(story):
            lines = story.app.screen._compositor.render_strips()
            assert len(lines) == size[1], name
            for line in lines:
                assert line.cell_length == size[0], (name, line.text)
            if name == "table" and size[0] > 200:
                break  # drawn by the same code as the rest, and slow

    run_story(path.parent, told, size=size)


async def resize(story: Story, width: int, height: int) -> None:
    """Give the terminal another size."""
    await story.pilot.resize_terminal(width, height)
    await story.settle()


def test_a_terminal_may_change_its_size_while_one_edits(path: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("E", *"ada", "enter", "o", *keys_of("Adoption Risks"), "enter", "enter", *" new")
        for size in ((120, 40), (40, 10), (3, 2), (80, 24)):
            await resize(story, *size)
            assert len(story.lines) == size[1]
        assert "Old radios new" in story.lines[2], "over its cell"
        await story.press("x", "enter", "e", *["tab"] * 20)
        assert story.app.screen.pane.mode == "table", "past the last field the form is left"
        await story.press("e")
        field = story.app.screen.pane.sheet.active_field
        for size in ((120, 40), (40, 10), (20, 4), (80, 24)):
            await resize(story, *size)
            assert story.app.screen.pane.sheet.active_field is field
        line = next(line for line in story.lines if line[2:].startswith(field.name))
        assert "Old radios newx" in line
        await story.press(*"y", "escape", "0")
        await resize(story, 100, 30)
        await story.press("4")
        await resize(story, 60, 20)
        assert "4 Adoption" in story.top and len(story.lines) == 20

    run_story(path.parent, told)
    assert values_of(path, "adoption-risks", "name") == ["Old radios newxy"]


def test_hardly_any_room_goes_to_what_one_is_in(path: Path) -> None:
    async def told(story: Story) -> None:
        assert "Ada Ltd" in story.lines[1]
        await story.press("z", "ctrl+u", *"day", "enter")
        assert "day" in story.lines[-1] and "'day' is not" in story.lines[-3]
        await story.press("escape", "E", *"ada", "enter", "4", "j")
        assert "Gauge" in story.lines[2]
        await story.press("tab", "x")
        assert story.lines[2].lstrip().startswith("●"), "there is nothing but the activities to go to"

    run_story(path.parent, told, size=(20, 6))


def test_more_room_shows_more(path: Path) -> None:
    seen: dict[int, str] = {}

    async def told(story: Story) -> None:
        await story.press("P")
        seen[story.app.size.width] = story.lines[1]

    for size in ((80, 24), (160, 40)):
        run_story(path.parent, told, size=size)
    assert "What is next" in seen[160] and "What is next" not in seen[80]
    assert all(heading in seen[80] for heading in ("Engagement", "Phases", "Health", "Next", "Renewal", "Effort"))
