"""Measure the screen in a terminal: start, keys, switches, silence, memory, large registers and plans. Prints, never judges.

python tests/bench/screen.py                    everything at 80x24
python tests/bench/screen.py --size 120x40 --only start,keys
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from figures import Figure, middle, percentile, show
from repository import MARK, Bench, bench, fill, start_command, with_plan, with_risks
from terminal import Terminal, Written

HERE = Path(__file__).parent
EMPTY = [sys.executable, str(HERE / "empty_app.py")]
COUNTER = [sys.executable, str(HERE / "counter_app.py")]
SIZE = (80, 24)
ESCAPE_WAIT = 100
"""The milliseconds for which Textual waits after Esc, for the rest of what may be the code of another key."""


class Options(NamedTuple):
    """What the command line asks for."""

    size: tuple[int, int]
    engagements: int
    runs: int
    keys: int
    idle: float
    colour: str

    @property
    def screen_bytes(self) -> int:
        """The most that a screen of this size should cost."""
        return 6000 if self.size == SIZE else 14000


class Stage:
    """What all measurements share: the repository, the options, and the measures made once."""

    def __init__(self, place: Bench, options: Options) -> None:
        self.place, self.options = place, options
        self.environment = {**place.environment, **({"COLORTERM": options.colour} if options.colour else {})}
        self._counter: list[Written] = []

    def terminal(self, command: list[str]) -> Terminal:
        """Return a terminal in which a command runs."""
        return Terminal(command, self.options.size, self.environment)

    def program(self, *paths: Path) -> Terminal:
        """Return a terminal with the program on the repository, or on what is named."""
        return self.terminal(start_command(*(paths or (self.place.workspace.folder,))))

    @property
    def counter(self) -> list[Written]:
        """The answers of the bare counter to as many keys as are measured, asked once."""
        if not self._counter:
            with self.terminal(COUNTER) as terminal:
                terminal.start("1000")
                self._counter = repeated(terminal, self.options.keys, "down", "up")
        return self._counter


def repeated(terminal: Terminal, times: int, *keys: str) -> list[Written]:
    """Press keys in turn, so many times in all, and return what came back each time; the first round is practice."""
    for key in keys:
        terminal.press(key)
    return [terminal.press(keys[number % len(keys)]) for number in range(times)]


# --- start ----------------------------------------------------------------------------------------------------


def start(stage: Stage) -> Iterator[Figure]:
    """Measure the start with the index as it was left, in turn with the empty application."""
    empty: list[Written] = []
    full: list[Written] = []
    for _ in range(stage.options.runs):
        with stage.terminal(EMPTY) as terminal:
            empty.append(terminal.start("ready"))
        with stage.program() as terminal:
            full.append(terminal.start(MARK))
    painted, settled = middle([run.found_ms for run in empty]), middle([run.last_ms for run in empty])
    row, last = middle([run.found_ms for run in full]), middle([run.last_ms for run in full])
    size = middle([len(run.data) for run in full])
    yield Figure("empty application: painted", f"{painted:.0f} ms")
    yield Figure("empty application: settled", f"{settled:.0f} ms")
    yield Figure("first engagement row, warm index", f"{row:.0f} ms", row / painted, 1.3)
    yield Figure("settled, warm index", f"{last:.0f} ms", last / settled, 1.45)
    yield Figure("bytes of the first screen", f"{size:,.0f} B", size, stage.options.screen_bytes, "B")
    spent, bare = middle([run.cpu for run in full]), middle([run.cpu for run in empty])
    yield Figure("processor time until settled", f"{spent:.2f} / {bare:.2f} s", spent / bare)
    cold = [_cold(stage) for _ in range(max(stage.options.runs // 3, 1))]
    row, last = middle([run.found_ms for run in cold]), middle([run.last_ms for run in cold])
    yield Figure("first engagement row, no index", f"{row:.0f} ms", row / painted)
    yield Figure("settled, no index", f"{last:.0f} ms", last / settled)
    yield Figure("bytes until settled, no index", f"{middle([len(run.data) for run in cold]):,.0f} B")


def _cold(stage: Stage) -> Written:
    shutil.rmtree(stage.place.workspace.settings.places.cache)
    with stage.program() as terminal:
        return terminal.start(MARK, quiet=2)


# --- keys -----------------------------------------------------------------------------------------------------


def keys(stage: Stage) -> Iterator[Figure]:
    """Measure single keys in lists, in a phase and in a form."""
    yield Figure("counter: key, median", f"{_median(stage.counter):.2f} ms")
    yield Figure("counter: key, p95", f"{percentile([run.last_ms for run in stage.counter], 95):.2f} ms")
    times = stage.options.keys
    with stage.program() as terminal:
        terminal.start(MARK)
        yield from _key(stage, "Today: cursor", repeated(terminal, times, "down", "up"), 300)
        yield from _key(stage, "Today: page", repeated(terminal, times, "pagedown"), 2500)
        terminal.press("P", quiet=0.5)
        yield from _key(stage, "Portfolio: cursor", repeated(terminal, times, "down", "up"), 300)
        yield from _key(stage, "Portfolio: page", repeated(terminal, times, "pagedown"), 2500)
        terminal.press("enter", quiet=0.5)
        yield from _key(stage, "Overview: cursor", repeated(terminal, times, "down", "up"), 300)
        terminal.press("1", quiet=0.5)
        yield from _key(stage, "Phase: cursor", repeated(terminal, times, "down", "up"), 300)
        yield from _key(stage, "Phase: Tab", repeated(terminal, times, "tab"), 600)
        terminal.press("A", quiet=0.5)
        yield from _key(stage, "Actions: cursor", repeated(terminal, times, "down", "up"), 300)
        yield from _key(stage, "Actions: column", repeated(terminal, times, "right", "left"), 300)
        terminal.press("e", quiet=0.5)
        yield from _key(stage, "Form: a character", repeated(terminal, times, "m"), 300)
        terminal.press("escape", quiet=0.5)
        terminal.press("e", quiet=0.5)
        yield from _key(stage, "Form: Tab", repeated(terminal, min(times, 6), "tab"), 600)


def _key(stage: Stage, what: str, runs: list[Written], most: int) -> Iterator[Figure]:
    times, bare = [run.last_ms for run in runs], [run.last_ms for run in stage.counter]
    high = percentile(times, 95)
    yield Figure(f"{what}, first byte", f"{middle([run.first_ms for run in runs]):.2f} ms")
    yield Figure(f"{what}, median", f"{middle(times):.2f} ms", middle(times) / middle(bare), 1.2)
    yield Figure(f"{what}, p95", f"{high:.2f} ms", high / percentile(bare, 95), 2)
    size = middle([len(run.data) for run in runs])
    yield Figure(f"{what}, bytes", f"{size:,.0f} B", size, most, "B")


def _median(runs: list[Written]) -> float:
    return middle([run.last_ms for run in runs])


# --- switches -------------------------------------------------------------------------------------------------


def switches(stage: Stage) -> Iterator[Figure]:
    """Measure going from screen to screen, for the first time and again."""
    with stage.program() as terminal:
        terminal.start(MARK)
        terminal.press("down", quiet=1.5)  # let what is imported after the first paint be there
        yield from _switch(stage, terminal, {"Portfolio": "P", "Today": "T"})
        terminal.press("enter", quiet=0.5)
        tour = {"Overview": "0", "Phase 1": "1", "Phase 2": "2", "Actions": "A", "Timeline": "L"}
        yield from _switch(stage, terminal, tour)
        yield from _box(stage, terminal, "Palette", ":")
        yield from _box(stage, terminal, "Help", "?")
        yield from _box(stage, terminal, "Filter", "/")
        terminal.press("A", quiet=0.5)
        yield from _box(stage, terminal, "Form", "e")


def _switch(stage: Stage, terminal: Terminal, tour: dict[str, str]) -> Iterator[Figure]:
    runs = max(stage.options.runs, 5)
    visits: dict[str, list[Written]] = {name: [] for name in tour}
    for _ in range(runs + 1):
        for name, key in tour.items():
            visits[name].append(terminal.press(key, quiet=0.3))
    for name, made in visits.items():
        again = made[1:]
        yield Figure(f"to {name}, first time", f"{made[0].last_ms:.1f} ms")
        yield Figure(f"to {name}, again", f"{_median(again):.1f} ms", _median(again), 25, "ms")
        size = middle([len(run.data) for run in again])
        yield Figure(f"to {name}, bytes", f"{size:,.0f} B", size, stage.options.screen_bytes, "B")


def _box(stage: Stage, terminal: Terminal, name: str, key: str) -> Iterator[Figure]:
    """Measure opening and closing something that Esc closes."""
    runs = [
        (terminal.press(key, quiet=0.3), terminal.press("escape", quiet=0.4))
        for _ in range(max(stage.options.runs, 5) + 1)
    ]
    opened, closed = [pair[0] for pair in runs[1:]], [pair[1] for pair in runs[1:]]
    for what, made, most in (("open", opened, 25), ("close", closed, 25 + ESCAPE_WAIT)):
        yield Figure(f"{name}: {what}", f"{_median(made):.1f} ms", _median(made), most, "ms")
        size = middle([len(run.data) for run in made])
        yield Figure(f"{name}: {what}, bytes", f"{size:,.0f} B", size, stage.options.screen_bytes, "B")


# --- silence and memory ---------------------------------------------------------------------------------------


def idle(stage: Stage) -> Iterator[Figure]:
    """Measure what is written and computed while nobody presses a key: in Today, and with a field open."""
    seconds = stage.options.idle
    with stage.program() as terminal:
        terminal.start(MARK, quiet=2)
        yield from _silence(terminal, "Today", seconds)
        terminal.press("enter", quiet=0.5)
        terminal.press("A", quiet=0.5)
        terminal.press("e", quiet=1)
        yield from _silence(terminal, "a field open", seconds)
    with stage.terminal(EMPTY) as terminal:
        terminal.start("ready", quiet=2)
        yield from _silence(terminal, "empty application", seconds)


def _silence(terminal: Terminal, what: str, seconds: float) -> Iterator[Figure]:
    before = terminal.cpu_seconds()
    size = len(terminal.idle(seconds).data)
    spent = terminal.cpu_seconds() - before
    yield Figure(f"idle {seconds:g} s, {what}: bytes", f"{size} B", size, 0, "B")
    yield Figure(f"idle {seconds:g} s, {what}: processor", f"{spent:.2f} s")


def memory(stage: Stage) -> Iterator[Figure]:
    """Measure the memory after the start, and after a walk through the screens."""
    with stage.terminal(EMPTY) as terminal:
        terminal.start("ready", quiet=1)
        bare = terminal.memory()
    yield Figure("empty application: RSS, PSS", f"{bare[0]:.0f}, {bare[1]:.0f} MB")
    with stage.program() as terminal:
        terminal.start(MARK, quiet=2)
        for what, pressed in (("Today", ""), ("Portfolio", "P"), ("Overview, phase, tool", "")):
            if pressed:
                terminal.press(pressed, quiet=0.5)
            elif what != "Today":
                for key in ("enter", "1", "A"):
                    terminal.press(key, quiet=0.5)
            held = terminal.memory()
            aim = 1.35 if what in ("Today", "Portfolio") else None
            yield Figure(f"{what}: RSS", f"{held[0]:.0f} MB", held[0] / bare[0], aim)
            yield Figure(f"{what}: PSS", f"{held[1]:.0f} MB", held[1] / bare[1], aim)


# --- registers ------------------------------------------------------------------------------------------------


def registers(stage: Stage) -> Iterator[Figure]:
    """Measure a register of 5,000 rows against one of 50."""
    found = [_register(stage, with_risks(stage.place.workspace, f"Register {rows}", rows)) for rows in (50, 5000)]
    small, large = found
    for what in small:
        few, many = _median(small[what]), _median(large[what])
        yield Figure(f"5,000 rows against 50: {what}", f"{many:.1f} / {few:.1f} ms", many / few, 1.15)
        size = middle([len(run.data) for run in large[what]])
        yield Figure(f"5,000 rows: {what}, bytes", f"{size:,.0f} B")


def _register(stage: Stage, path: Path) -> dict[str, list[Written]]:
    times, runs = stage.options.keys, max(stage.options.runs, 5)
    with stage.program(path) as terminal:
        started = terminal.start("Register", quiet=1.5)
        terminal.press("o", quiet=0.5)
        terminal.press("adoption risks", quiet=0.5)
        first = terminal.press("enter", quiet=0.6)
        cursor = repeated(terminal, times, "down", "up")
        terminal.press("home", quiet=0.4)
        # Ends after two pages of fifty rows, so that both registers draw as much.
        page = [*repeated(terminal, 2, "pagedown"), *repeated(terminal, 2, "pageup")]
        again = []
        for _ in range(runs):
            terminal.press("0", quiet=0.4)
            again.append(terminal.press("escape", quiet=0.6))
        ends = repeated(terminal, 6, "end", "home")
        terminal.press("/", quiet=0.4)
        narrowed = [terminal.press(character, quiet=0.4) for character in "number 4"]
        terminal.press("escape", quiet=0.6)
        terminal.press("home", quiet=0.4)
        terminal.press("e", quiet=0.6)
        typed = repeated(terminal, 10, "m")
        saved = terminal.press("escape", quiet=2)
    return {
        "start on the file": [started], "open": [first], "open again": again, "cursor": cursor, "page": page,
        "first and last row": ends, "character of the filter": narrowed, "character in the form": typed,
        "field saved": [saved],
    }  # fmt: skip


# --- plans ----------------------------------------------------------------------------------------------------

VIEWS = ("Columns", "Network", "Critical path", "Milestones", "Forecast", "Bars")
"""The views of the plan, in the order in which `]` goes through them from the bars on."""
NOT_SWITCHES = ("open, first time", "cursor", "page", "ends", "character", "edited", "ticked", "undone")


def plans(stage: Stage) -> Iterator[Figure]:
    """Measure a plan of 5,000 work packages against one of 50, and the memory of one of 1,000."""
    files = {count: with_plan(stage.place.workspace, f"Plan {count}", count) for count in (50, 1000, 5000)}
    few, many = _plan(stage, files[50]), _plan(stage, files[5000])
    yield from _key(stage, "Plan of 5,000: cursor", many["cursor"], 300)
    yield from _key(stage, "Plan of 5,000: page", many["page"], 2500)
    for what, made in many.items():
        large, small = _median(made), _median(few[what])
        yield Figure(f"5,000 packages against 50: {what}", f"{large:.1f} / {small:.1f} ms", large / small)
        size = middle([len(run.data) for run in made])
        if what not in NOT_SWITCHES:
            yield Figure(f"5,000 packages: {what}", f"{large:.1f} ms", large, 25, "ms")
        most = stage.options.screen_bytes if what not in ("cursor", "page") else None
        yield Figure(f"5,000 packages: {what}, bytes", f"{size:,.0f} B", size if most else None, most, "B")
    yield from _plan_memory(stage, files[1000])


def _plan(stage: Stage, path: Path) -> dict[str, list[Written]]:
    times, runs = stage.options.keys, max(stage.options.runs, 5)
    found: dict[str, list[Written]] = {}
    with stage.program(path) as terminal:
        terminal.start("Plan", quiet=1.5)
        found["open, first time"] = [terminal.press("p", quiet=0.6)]
        away = [(terminal.press("0", quiet=0.4), terminal.press("p", quiet=0.4)) for _ in range(runs)]
        found["open again"] = [opened for _, opened in away]
        found["cursor"] = repeated(terminal, times, "down", "up")
        found["page"] = [*repeated(terminal, 2, "pagedown"), *repeated(terminal, 2, "pageup")]
        found["ends"] = repeated(terminal, 6, "end", "home")
        found["folded, unfolded"] = repeated(terminal, 6, "Z")
        turns = [[terminal.press("]", quiet=0.6) for _ in VIEWS] for _ in range(runs + 1)]
        for place, name in enumerate(VIEWS):
            found[f"view {name}"] = [turn[place] for turn in turns[1:]]
        terminal.press("down", "down", quiet=0.4)
        for days in range(runs):
            terminal.press("i", quiet=0.5)
            for what, text in (("character", str(days % 5 + 2)), ("character", "d"), ("edited", "enter")):
                found.setdefault(what, []).append(terminal.press(text, quiet=0.8))
        for what, key in (("ticked", "x"), ("undone", "u")) * runs:
            found.setdefault(what, []).append(terminal.press(key, quiet=0.8))
    return found


def _plan_memory(stage: Stage, path: Path) -> Iterator[Figure]:
    with stage.terminal(EMPTY) as terminal:
        terminal.start("ready", quiet=1)
        bare = terminal.memory()
    with stage.program(path) as terminal:
        terminal.start("Plan", quiet=1.5)
        terminal.press("p", quiet=1)
        for _ in range(10):
            terminal.press("pagedown")
        held = terminal.memory()
    for name, own, other in zip(("RSS", "PSS"), held, bare, strict=True):
        yield Figure(f"a plan of 1,000 packages: {name}", f"{own:.0f} MB", own / other, 1.6)


PARTS: dict[str, Callable[[Stage], Iterator[Figure]]] = {
    "start": start, "keys": keys, "switches": switches, "idle": idle, "memory": memory, "registers": registers,
    "plan": plans,
}  # fmt: skip


def main() -> None:
    """Measure what the command line asks for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="80x24", help="columns and lines of the terminal")
    parser.add_argument("--engagements", type=int, default=1000, help="engagements in the repository")
    parser.add_argument("--runs", type=int, default=7, help="starts and visits to take the median of")
    parser.add_argument("--keys", type=int, default=40, help="presses of each key")
    parser.add_argument("--idle", type=float, default=20, help="seconds of silence")
    parser.add_argument("--colour", default="", help="COLORTERM of the terminal, such as truecolor; unset by default")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    given = parser.parse_args()
    width, _, height = given.size.partition("x")
    size = int(width), int(height)
    options = Options(size, given.engagements, given.runs, given.keys, given.idle, given.colour)
    with bench() as place:
        fill(place.workspace, options.engagements)
        stage = Stage(place, options)
        for name in given.only.split(","):
            show(f"{name}, {given.size}, {options.engagements:,} engagements", partial(PARTS[name], stage)())


if __name__ == "__main__":
    main()
