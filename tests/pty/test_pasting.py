"""What is pasted in a terminal is text, whatever stands in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.terminal import Terminal
from in_terminal import IN_TIME, opened, within

BEGIN, END = "\x1b[200~", "\x1b[201~"


def paste(terminal: Terminal, text: str) -> str:
    """Paste a text as a terminal does that takes nothing out of it; return what is drawn then."""
    return terminal.press(f"{BEGIN}{text}{END}", quiet=0.3).text


def actions(path: Path) -> list[str]:
    return [row["action"] for row in json.loads(path.read_text())["actions"].values()]


@pytest.mark.parametrize("keys", ["dq", "\r\x1b", "\x1b[B\x04\x03" + "d" * 900])
def test_fault_092_what_stands_behind_an_end_of_the_paste_in_it_is_no_command(path: Path, keys: str) -> None:
    with opened(path) as terminal:
        terminal.press("A", wanted="Ring")
        assert "was left out" in paste(terminal, f"Ring{END}{keys}")
        terminal.press("enter")
        assert "was left out" in paste(terminal, f" twice{END}{keys}")
        assert actions(path) == ["Ring"], "what is edited was not even handed on"
        terminal.press("enter")
        assert within(IN_TIME, lambda: actions(path) == ["Ring twice"])


def test_fault_092_a_paste_of_several_lines_is_one_line_and_one_that_fits_nowhere_is_refused(path: Path) -> None:
    with opened(path) as terminal:
        terminal.press("A", wanted="Ring")
        paste(terminal, "\x1b" + "d" * 100)  # no sequence that any terminal has, and at the end 100 times: delete
        terminal.press("enter")
        paste(terminal, " one\r\ntwo\rthree\nfour")
        terminal.send(BEGIN)
        for _ in range(100):
            terminal.send("x" * 10_000)
        assert terminal.press(END, wanted="Not pasted: no field holds more than 200,000", patience=20).found_ms
        terminal.press("enter")
        assert within(IN_TIME, lambda: actions(path) == ["Ring one two three four"])
