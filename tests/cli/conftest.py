"""A repository of its own for every test of the commands, on a known day, and a way to run them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

import pcsm_tui.framework.playbook as playbook
from pcsm_tui.cli.program import program


class Run(NamedTuple):
    """How a command ended: its exit code, what it wrote to the output, and to the error output."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it wrote as JSON."""
        return json.loads(self.out)

    @property
    def word(self) -> str:
        """The one line that it wrote: a path, a uid."""
        (line,) = self.out.splitlines()
        return line


Runner = Callable[..., Run]
_framework_of = cache(playbook.framework_for)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that is the default repository, seen by ada on Sunday, 22 November 2026."""
    folder = tmp_path / "engagements"
    monkeypatch.setenv("PCSM_REPOSITORY", str(folder))
    monkeypatch.setenv("PCSM_NAME", "ada")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("pcsm_tui.workspace.wall_clock", lambda: datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    monkeypatch.setattr(
        playbook,
        "framework_for",
        lambda place: _framework_of(place if place and (place / "playbook.toml").exists() else None),
    )
    return folder


@pytest.fixture
def pcsm() -> Runner:
    """Return a function that runs a command line and checks how it ends: without a traceback, with the code expected."""

    def run(*arguments: str, code: int = 0) -> Run:
        result = CliRunner().invoke(program, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert result.exit_code == code, result.output
        return Run(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def harbour(pcsm: Runner) -> Path:
    """Return the file of an engagement that has just begun."""
    return Path(pcsm("new", "Harbour Foods", "--initiative", "New dispatch platform").word)
