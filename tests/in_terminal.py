"""The program in a terminal of its own: begun, typed into, and looked at from outside."""

from __future__ import annotations

import os
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.terminal import Terminal

IN_TIME = 5.0
"""Seconds within which the program has to be gone."""
LEFT_SCREEN = "\x1b[?1049l"
"""What a program writes when it gives the terminal back."""


def opened(
    path: Path, *before: str, wanted: str = "Ada Ltd", program: Sequence[str] = ("-m", "pcsm_tui"), **environment: str
) -> Terminal:
    """Return a terminal in which the program shows an engagement, or something else that is wanted."""
    command = [*before, sys.executable, *program, str(path)]
    terminal = Terminal(command, (80, 24), {**os.environ, "TERM": "xterm-256color", **environment})
    assert terminal.start(wanted, quiet=0.1).found_ms, "it did not start"
    return terminal


def begin_form(terminal: Terminal) -> None:
    """Be in the middle of typing in a form, and go on at once: what is typed is kept by itself within a second."""
    terminal.press("A", wanted="Ring")
    terminal.press("e", "tab")
    assert terminal.press("half a thought", wanted="half a thought", quiet=0.05).found_ms


def is_as_before(terminal: Terminal) -> bool:
    """Return whether the terminal shows what one types, and takes it line by line, as a shell leaves it."""
    wanted = termios.ICANON | termios.ECHO | termios.ISIG
    return bool(terminal.modes()[3] & wanted == wanted)


def within(seconds: float, met: Callable[[], bool]) -> bool:
    """Wait until a condition is met, so long at the most; return whether it is."""
    until = time.monotonic() + seconds
    while not met() and time.monotonic() < until:
        time.sleep(0.02)
    return met()
