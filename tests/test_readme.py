"""What the README and the docs say of commands, keys and settings is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pcsm_tui.cli.program import program
from pcsm_tui.settings import described
from pcsm_tui.ui.commands.own_keys import checked_keys
from pcsm_tui.ui.commands.registry import COMMANDS
from pcsm_tui.ui.present.foot import key_sign

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [ROOT / "README.md", ROOT / ".github" / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

ALIASES = {"PgUp": "pgup", "PgDn": "pgdn", "Enter": "↵", "Esc": "esc"}


def test_every_command_that_is_named_exists() -> None:
    known = set(program.commands)
    named = set()
    for path in DOCS:
        text = path.read_text(encoding="utf-8")
        blocks = re.findall(r"```(?:sh|toml)\n(.*?)```", text, re.DOTALL) + re.findall(r"`(pcsm [^`]*)`", text)
        for block in blocks:
            named |= set(re.findall(r"(?:^|\s|/)pcsm ([a-z]+)", block))
    assert {"demo", "new", "today", "show", "add", "set", "check", "export", "search", "keys", "themes"} <= named
    assert named <= known


def test_every_key_of_the_table_does_something() -> None:
    table = README.split("## Keys")[1].split("No function key")[0]
    first_column = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {ALIASES.get(key, key) for cell in first_column for key in re.findall(r"`([^`]+)`", cell)}
    signs = {key_sign(key) for command in COMMANDS for key in command.keys.split(",")}
    phases = named & {"1", "7"}
    assert phases == {"1", "7"}
    assert named <= signs, named - signs


def test_the_settings_of_the_example_are_settings() -> None:
    example = tomllib.loads(re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1])
    assert set(example) <= set(described())
    assert checked_keys(example["keys"])["tick"] == "space"


@pytest.mark.parametrize("what", ["pcsm demo", "python -m pytest"])
def test_two_commands_do_everything_on_a_fresh_machine(what: str) -> None:
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv ") and what in line]
    assert len(commands) == 1
    assert "--constraint constraints.txt" in commands[0]


def test_the_links_of_the_readme_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert len(links) >= 5
    assert all((ROOT / link).exists() for link in links)
