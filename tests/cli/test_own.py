"""config, locate, keys, themes, completion, and the help."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pcsm_tui import __version__
from pcsm_tui.cli.program import program


@pytest.fixture
def settings_file(own_folders: Path) -> Path:
    """Return the settings file, in a folder that is there."""
    path = own_folders / ".config/pcsm/config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_every_setting_is_shown_as_it_could_stand_in_the_file(pcsm, settings_file: Path) -> None:
    settings_file.write_text('theme = "pcsm-light"\nascii = true\nkeys = { tick = "space" }\n')
    run = pcsm("config", "show")
    assert run.out.startswith(f"# {settings_file}\n")
    found = tomllib.loads(run.out)
    assert (found["theme"], found["ascii"], found["keys"], found["currency"]) == (
        "pcsm-light",
        True,
        {"tick": "space"},
        "EUR",
    )
    assert found["name"] == "ada"
    assert pcsm("config", "show", "--json").data == found


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('them = "x"', "unknown setting 'them'. Did you mean theme"),
        ("theme = 1", "theme is 1. It must be text"),
        ("theme = ", "not valid TOML"),
        ('currency = "EURO"', "currency is 'EURO'"),
        ('theme = "nosuch"', "There is no theme 'nosuch'"),
        ('keys = { tikc = "space" }', "keys.tikc: there is no command 'tikc'"),
    ],
)
def test_validate_names_each_mistake(pcsm, settings_file: Path, content: str, told: str) -> None:
    settings_file.write_text(content)
    assert told in pcsm("config", "validate", code=1).out


def test_validate_looks_at_the_playbook_too(pcsm, repository: Path) -> None:
    run = pcsm("config", "validate")
    assert (run.out, run.err) == ("", "Nothing wrong.\n")
    repository.mkdir()
    (repository / "playbook.toml").write_text("[tols]\n")
    assert "tols" in pcsm("config", "validate", code=1).out


def test_a_mistake_in_the_settings_stops_a_command_with_a_sentence(pcsm, settings_file: Path) -> None:
    settings_file.write_text("theme = 1")
    run = pcsm("list", code=2)
    assert (run.out, str(settings_file) in run.err) == ("", True)


def test_locate(pcsm, own_folders: Path, repository: Path) -> None:
    assert pcsm("locate", "--json").data == {
        "settings": str(own_folders / ".config/pcsm/config.toml"),
        "own_tools": str(own_folders / ".local/share/pcsm/personal.pcsm.json"),
        "state": str(own_folders / ".local/state/pcsm"),
        "cache": str(own_folders / ".cache/pcsm"),
        "repository": str(repository),
    }
    assert f"repository  {repository}\n" in pcsm("locate").out


def test_keys_with_the_own_ones_in_place(pcsm, settings_file: Path) -> None:
    settings_file.write_text('keys = { quit = "ctrl+c" }')
    by_id = {item["id"]: item for item in pcsm("keys", "--json").data}
    assert by_id["quit"]["keys"] == ["ctrl+c"]
    assert by_id["undo"]["keys"] == ["u"]
    text = pcsm("keys").out
    assert "\nEverywhere\n" in text
    assert len(text.splitlines()) > len(by_id)


def test_themes(pcsm) -> None:
    shipped = {"pcsm-ansi", "pcsm-contrast", "pcsm-dark", "pcsm-light"}
    assert set(pcsm("themes").out.split()) >= shipped
    assert set(pcsm("themes", "--json").data) >= shipped


@pytest.mark.parametrize(
    ("shell", "part"), [("bash", "COMP_WORDS"), ("zsh", "#compdef pcsm"), ("fish", "complete --no-files")]
)
def test_completion_scripts(pcsm, shell: str, part: str) -> None:
    out = pcsm("completion", shell).out
    assert part in out
    assert "_PCSM_COMPLETE" in out


def completed(words: str) -> set[str]:
    """Return what bash is offered at the end of a command line."""
    environment = {"_PCSM_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    result = CliRunner().invoke(program, [], env=environment, prog_name="pcsm")
    assert result.exit_code == 0, result.output
    return {line.partition(",")[2] for line in result.stdout.splitlines() if line}


def test_completion_offers_commands_files_tools_rows_and_fields(pcsm, harbour: Path) -> None:
    uid = pcsm("add", "harbour", "adoption-risks", "name=x\x1b]0;y").word
    assert completed("pcsm sh") == {"show"}
    assert completed("pcsm show har") >= {"harbour-foods"}
    assert completed("pcsm show harbour adoption-ri") == {"adoption-risks/"}
    assert completed("pcsm show harbour adoption-risks/") == {f"adoption-risks/{uid[:6]}"}
    assert completed("pcsm add harbour adoption-risks lik") == {"likelihood="}
    assert completed("pcsm add harbour adoption-risks status=O") == {"status=Open"}
    assert completed("pcsm tools rac") == {"raci"}
    assert completed("pcsm export harbour --tool rac") == {"raci"}
    assert completed("pcsm phase harbour 4 ") == {"start", "finish", "reopen"}
    assert completed("pcsm show nobody adop") == set()


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


@pytest.mark.parametrize("path", [path for path, _ in commands(program, "pcsm")])
def test_every_command_has_an_example_in_its_help(pcsm, path: str) -> None:
    out = pcsm(*path.split()[1:], "--help").out
    assert out.startswith(f"Usage: {path}")
    assert f"{path}" in out.split("\n", 1)[1]
    assert max(map(len, out.splitlines())) <= 80


def test_the_help_names_every_command_once(pcsm) -> None:
    out = pcsm("--help").out
    for name in program.commands:
        assert out.count(f"\n  {name} ") == 1, name
    assert "…" not in out
    assert "..." not in out.split("Options:")[1]


def test_the_version(pcsm) -> None:
    assert pcsm("--version").out == f"pcsm {__version__}\n"
