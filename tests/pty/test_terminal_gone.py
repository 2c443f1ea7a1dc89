"""The program in a terminal that goes away, that nobody reads, or that is told to end: what it leaves, and when.

A terminal that nobody reads holds up whoever writes to it: the screen stands still then, and answers no key.
"""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

from bench.terminal import Terminal
from in_terminal import IN_TIME, LEFT_SCREEN, begin_form, is_as_before, opened, within

CPU = 2.0
"""Seconds of processor time that ending may take: reading a terminal that is gone again and again takes more."""
REDRAW = "\x0c"
"""Ctrl+l: some kilobytes to write for each."""
HANGUP_IGNORED = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")


def stall(terminal: Terminal, *keys: str) -> None:
    """Press keys and read nothing until the program can write no more; it then does not answer the last one: quit."""
    terminal.send("".join(keys) + REDRAW * 100 + "q")
    used, now = -1.0, terminal.cpu_seconds()
    while used != now:
        time.sleep(0.2)
        used, now = now, terminal.cpu_seconds()


def rows(path: Path, tool: str) -> int:
    return len(json.loads(path.read_text()).get(tool, {}))


def test_fault_084_a_closed_window_ends_the_program_and_what_was_typed_is_offered(path: Path) -> None:
    held = path.read_bytes()
    with opened(path) as terminal:
        begin_form(terminal)
        used = terminal.cpu_seconds()
        terminal.hang_up()
        ended = terminal.wait_for_end(IN_TIME)
    assert ended.code == 129
    assert ended.cpu - used < CPU
    assert path.read_bytes() == held
    assert [item.name for item in path.parent.iterdir() if ".open." in item.name] == [], "nobody has it open"
    with opened(path, wanted="half a thought") as terminal:
        pass  # offered where one goes on


def test_fault_087_a_terminal_is_gone_without_a_word(path: Path) -> None:
    with opened(path, *HANGUP_IGNORED) as terminal:
        begin_form(terminal)
        used = terminal.cpu_seconds()
        terminal.hang_up()
        ended = terminal.wait_for_end(IN_TIME)
    assert ended.code == 129
    assert ended.cpu - used < CPU
    assert len(list(Path(os.environ["XDG_STATE_HOME"]).rglob("*.journal"))) == 1, "what was typed"


def test_fault_086_087_a_terminal_that_nobody_read_and_that_is_gone_ends_the_program(path: Path) -> None:
    with ExitStack() as stack:
        terminals = [stack.enter_context(opened(path, *before)) for before in ((), HANGUP_IGNORED)]
        for terminal in terminals:
            terminal.press("A", wanted="Ring")
            stall(terminal, "c")
        used = [terminal.cpu_seconds() for terminal in terminals]
        for terminal in terminals:
            terminal.hang_up()
        ended = [terminal.wait_for_end(IN_TIME) for terminal in terminals]
    assert [end.code for end in ended] == [129, 129]
    assert max(end.cpu - before for end, before in zip(ended, used, strict=True)) < CPU
    assert rows(path, "actions") == 3


def test_fault_085_nobody_reads_and_all_is_saved_meanwhile(path: Path) -> None:
    with opened(path) as terminal:
        terminal.press("A", wanted="Ring")
        stall(terminal, "c", "c")  # the second waits for its turn in the background while the screen comes to stand
        assert within(IN_TIME, lambda: rows(path, "actions") == 3)
        ended = terminal.wait_for_end(IN_TIME, reading=True)
    assert ended.code == 0, "the line is back, and the last key is answered"


def test_fault_086_told_to_end_while_nobody_reads(path: Path) -> None:
    """Both at once, since it takes its time: the screen cannot be left in order."""
    with ExitStack() as stack:
        told = {number: stack.enter_context(opened(path)) for number in (signal.SIGHUP, signal.SIGTERM)}
        for number, terminal in told.items():
            terminal.press("A", wanted="Ring")
            stall(terminal, "c")
            terminal.signal(number)
        for number, terminal in told.items():
            used = terminal.cpu_seconds()
            terminal.signal(signal.SIGTERM)
            ended = terminal.wait_for_end(IN_TIME)
            assert ended.code == 128 + number, "the first one counts"
            assert ended.cpu - used < CPU
            assert is_as_before(terminal), "what one types can be seen again"
    assert rows(path, "actions") == 3


def test_told_to_end_it_leaves_the_terminal_as_it_was(path: Path) -> None:
    with opened(path) as terminal:
        assert not is_as_before(terminal)
        terminal.signal(signal.SIGTERM)
        written = terminal.start(LEFT_SCREEN, quiet=0.1)
        assert written.found_ms
        assert terminal.wait_for_end(IN_TIME, reading=True).code == 143
        assert is_as_before(terminal)
