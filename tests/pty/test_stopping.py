"""The program and the shell that it was begun from: it stops, goes on, and is itself again."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from bench.terminal import Terminal
from in_terminal import IN_TIME, begin_form, is_as_before, opened, within


def is_stopped(terminal: Terminal) -> bool:
    return Path(f"/proc/{terminal.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def threads(terminal: Terminal) -> int:
    """Return how many threads the program has."""
    return len(list(Path(f"/proc/{terminal.pid}/task").iterdir()))


@pytest.mark.parametrize("way", ["key", "signal"])
def test_fault_089_it_stops_for_the_shell_with_all_on_the_disk_and_draws_itself_anew(path: Path, way: str) -> None:
    with opened(path) as terminal:
        begin_form(terminal)
        if way == "key":
            terminal.send("\x1a")
        else:
            terminal.signal(signal.SIGTSTP)
        assert within(IN_TIME, lambda: is_stopped(terminal))
        assert is_as_before(terminal), "the shell can be used"
        (journal,) = Path(os.environ["XDG_STATE_HOME"]).rglob("*.journal")
        assert "half a thought" in journal.read_text()
        terminal.signal(signal.SIGCONT)
        assert terminal.press(wanted="half a thought", patience=IN_TIME).found_ms, "one types on"
        assert not is_as_before(terminal)
        terminal.press("!", "enter")
        assert within(IN_TIME, lambda: "half a thought!" in path.read_text())


def test_after_a_stop_that_nothing_tells_of_each_key_arrives_once(path: Path) -> None:
    with opened(path) as terminal:
        terminal.press("A", wanted="Ring")
        before = threads(terminal)
        terminal.signal(signal.SIGSTOP)
        assert within(IN_TIME, lambda: is_stopped(terminal))
        terminal.signal(signal.SIGCONT)
        assert terminal.press(wanted="Ring", patience=IN_TIME).found_ms, "it is drawn anew"
        assert threads(terminal) == before
        terminal.send("q")
        assert terminal.wait_for_end(IN_TIME, reading=True).code == 0
