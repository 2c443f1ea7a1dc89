"""Opening the screen, the demo, and what happens where there is no terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.cli import screen


class Opened:
    """Stands in for the screen and remembers what it was opened on."""

    def __init__(self) -> None:
        self.calls: list[tuple[Path, Path | None]] = []

    def __call__(self, workspace: Any, path: Path | None) -> int:
        self.calls.append((workspace.folder, path))
        return 0


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Let there be a terminal, and a screen that only remembers."""
    found = Opened()
    monkeypatch.setattr("pcsm_tui.ui.run", found)
    monkeypatch.setattr(screen, "require_terminal", lambda: None)
    return found


@pytest.fixture
def samples(pcsm, harbour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands in for the shipped samples: one engagement."""
    pcsm("add", "harbour", "actions", "action=Call Sue", "due=2026-11-25")
    folder = tmp_path / "shipped"
    folder.mkdir()
    shutil.copy(harbour, folder / "harbour-foods.pcsm.json")
    for module in ("shipped", "demo"):
        monkeypatch.setattr(f"pcsm_tui.workspace.{module}.sample_folder", lambda: folder)
    return folder


@pytest.mark.parametrize("words", [[], ["demo"], ["demo", "--dir", "x"]])
def test_without_a_terminal_the_commands_are_named(pcsm, words: list[str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    run = pcsm(*words, code=2)
    assert "needs a terminal" in run.err
    assert "`pcsm list`" in run.err
    assert not (tmp_path / "x").exists()


def test_a_dumb_terminal_is_none(pcsm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "TERM=dumb" in pcsm(code=2).err


def test_the_screen_opens_on_the_repository_a_folder_or_a_file(
    pcsm, opened: Opened, harbour: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    for words in ([], [str(other)], [str(harbour)], ["harbour"], ["."]):
        pcsm(*words)
    assert opened.calls == [
        (repository, None),
        (other, None),
        (repository, harbour),
        (repository, harbour),
        (other, None),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["lst"], "There is no command, folder or engagement 'lst'. Did you mean list"),
        (["harbor-foods"], "Did you mean harbour-foods"),
        (["lst", "--json"], "There is no command 'lst'. Did you mean list"),
        (["shwo", "harbour", "raci"], "There is no command 'shwo'. Did you mean show"),
        (["no/such/place"], "no command, folder or engagement 'no/such/place'"),
        (["--jsn"], "No such option '--jsn'"),
    ],
)
def test_a_mistyped_command_names_the_nearest(pcsm, opened: Opened, harbour: Path, words: list[str], told: str) -> None:
    run = pcsm(*words, code=2)
    assert told in run.err
    assert run.out == ""
    assert opened.calls == []


def test_the_demo_opens_copies(pcsm, opened: Opened, samples: Path, tmp_path: Path) -> None:
    run = pcsm("demo", "--dir", str(tmp_path / "demo"))
    assert opened.calls == [(tmp_path / "demo", None)]
    assert f"stay in {tmp_path / 'demo'}" in run.err
    (action,) = json.loads((tmp_path / "demo/harbour-foods.pcsm.json").read_text())["actions"].values()
    assert action["due"] == "2026-11-25"  # the samples are of this very week
    assert {path.name for path in samples.iterdir()} == {"harbour-foods.pcsm.json"}


def test_the_demo_goes_into_a_fresh_folder(pcsm, opened: Opened, samples: Path) -> None:
    for _ in range(2):
        pcsm("demo")
    (first, _), (second, _) = opened.calls
    assert first != second
    for folder in (first, second):
        assert folder.stat().st_mode & 0o777 == 0o700
        shutil.rmtree(folder)


def test_the_demo_never_writes_where_something_is(pcsm, opened: Opened, samples: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    for place in (taken, taken / "mine.txt"):
        assert "not an empty folder" in pcsm("demo", "--dir", str(place), code=3).err
    assert [path.name for path in taken.iterdir()] == ["mine.txt"]
    assert opened.calls == []


def test_what_is_shipped_is_checked(pcsm, samples: Path) -> None:
    lines = pcsm("demo", "--check").out.splitlines()
    assert lines[0].startswith("ok  framework: 7 phases, ")
    assert [line.split(":")[0] for line in lines[1:]] == [
        "ok  sample harbour-foods.pcsm.json", "ok  theme pcsm-dark", "ok  theme pcsm-light", "ok  theme pcsm-contrast",
        "ok  theme pcsm-ansi",
    ]  # fmt: skip


def test_a_wrong_sample_is_found(pcsm, samples: Path) -> None:
    path = samples / "harbour-foods.pcsm.json"
    tree = json.loads(path.read_text())
    next(iter(tree["actions"].values()))["due"] = "soon"
    path.write_text(json.dumps(tree))
    (samples / "broken.pcsm.json").write_text("{")
    lines = pcsm("demo", "--check", code=1).out.splitlines()
    assert lines[1].startswith("WRONG  sample broken.pcsm.json: ")
    assert lines[2].startswith("WRONG  sample harbour-foods.pcsm.json: 1 findings, the first: Due is 'soon'")


def test_missing_samples_are_told(pcsm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("pcsm_tui.workspace.demo.__file__", str(tmp_path / "a/b/c.py"))
    assert "WRONG  samples: The sample engagements are missing" in pcsm("demo", "--check", code=1).out
