"""Terminals of any size, name and language, and those that are none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from bench.terminal import Terminal
from in_terminal import IN_TIME, opened

NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
SIZES = ((1, 1), (0, 0), (500, 200), (3, 2), (80, 24))


@pytest.mark.parametrize("environment", [{"TERM": "no-such-terminal"}, NO_UTF8], ids=["unknown", "no UTF-8"])
def test_fault_088_any_size_name_and_language_of_a_terminal_is_borne(path: Path, environment: dict[str, str]) -> None:
    held = path.read_bytes()
    with opened(path, **environment) as terminal:
        for size in SIZES:
            terminal.resize(*size)
            terminal.press("A", "j", "enter", "tab", quiet=0.05)
            terminal.press("escape")
        assert terminal.press("\x0c", wanted="Ring").found_ms, "it is all there again"
        terminal.send("q")
        assert terminal.wait_for_end(IN_TIME, reading=True).code == 0
    assert path.read_bytes() == held


@pytest.mark.parametrize("redirected", ["</dev/null", ">out", "2>out", "TERM=dumb"])
def test_fault_088_what_no_screen_can_be_drawn_on_is_refused_with_a_hint(path: Path, redirected: str) -> None:
    line = f'{redirected} "$@"' if "=" in redirected else f'"$@" {redirected}'
    command = ["sh", "-c", f"cd {path.parent}; {line}", "sh", sys.executable, "-m", "pcsm_tui", str(path)]
    with Terminal(
        command, (80, 24), {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path.cwd())}
    ) as terminal:
        told = terminal.start("pcsm list", quiet=0.1, patience=IN_TIME).text
        assert terminal.wait_for_end(IN_TIME, reading=True).code == 2
    out = path.parent / "out"
    assert "pcsm list" in " ".join([told, out.read_text() if out.exists() else ""])
