"""What a terminal is told while something goes on; a file or a pipe hears nothing of it."""

from __future__ import annotations

import io

import pytest

from pcsm_tui.cli import output

ERASED = "\r\x1b[K"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_something_is_said_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with output.progressing("Reading", "Working out the plan") as told:
        assert told is not None
        told(50, 100)
        assert terminal.getvalue().endswith("Reading 50 of 100")
        told(100, 100)
        assert terminal.getvalue().endswith(f"{ERASED}Working out the plan …")
    with output.saying("Saving"):
        assert terminal.getvalue().endswith(f"{ERASED}Saving …")
    assert terminal.getvalue().endswith(f"…{ERASED}")


def test_who_has_no_terminal_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    with output.progressing("Reading") as told, output.saying("Saving"):
        assert told is None
    assert file.getvalue() == ""
