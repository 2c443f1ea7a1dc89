"""Measure files, commands and imports: save, open, search, `--version`, the first paint. Prints, never judges.

python tests/bench/store.py
python tests/bench/store.py --only save,open --runs 31
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from figures import Figure, middle, show, timed
from repository import MARK, Bench, bench, fill, records, start_command
from terminal import Terminal

from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.journal import Journal
from pcsm_tui.workspace import Workspace

FORBIDDEN = ("pydantic", "networkx", "plotext", "xlsxwriter", "python_calamine", "docx", "icalendar")
SIZES = {"150 KB": 490, "10,000 records": 10_000}
"""Records in the register of each engagement that is saved and opened."""
AIMS = {"150 KB": 1.3, "10,000 records": 1.5}
TYPED = ("call the site", "brightwell group 41", "st ep 5", "head counts for", "q")


class Stage(NamedTuple):
    """The repository, and how often each thing is measured."""

    place: Bench
    runs: int


# --- save and open --------------------------------------------------------------------------------------------


def save(stage: Stage) -> Iterator[Figure]:
    """Measure a save against the same bytes written, synced and renamed, and a change of one field with its save."""
    for name, count in SIZES.items():
        path, document = _large(stage.place.workspace, name, count)
        storage = EngagementStorage(path)
        storage.load()
        payload = path.read_bytes()
        acts: list[Callable[[], object]] = [
            partial(_raw, path.with_suffix(".raw"), payload),
            partial(storage.commit, document),
        ]
        raw, commit = timed(acts, stage.runs)
        what = f"save of {name}: {len(payload) / 1000:,.0f} KB"
        yield Figure(what, f"{commit:.1f} / {raw:.1f} ms", commit / raw, AIMS[name])
        for what, act in (("check", canonical.check), ("serialise", lambda item, _: canonical.to_bytes(item))):
            (taken,) = timed([partial(act, document, path)], stage.runs)
            yield Figure(f"of it: {what}", f"{taken:.1f} ms", taken / raw)
        yield from _edit(stage, path, name)


def _edit(stage: Stage, path: Path, name: str) -> Iterator[Figure]:
    """Measure one field changed as on the screen: noted in the journal, saved in the background, taken in."""
    workspace = Workspace(stage.place.workspace.folder, stage.place.workspace.settings)
    workspace.__dict__["framework"] = stage.place.workspace.framework
    workspace.save_in_background(lambda: None)
    session = workspace.open(path)
    uid = session.engagement.rows("adoption-risks")[7].uid
    acts, held, settled = [], [], []
    for _ in range(stage.runs):
        row = session.engagement.row("adoption-risks", uid)
        begun = time.perf_counter()
        session.set(row, {"severity": 1 + row.get("severity") % 5})
        acts.append(time.perf_counter() - begun)
        held.append(_held_while_saving(workspace))
        begun = time.perf_counter()
        workspace.settle()
        settled.append(time.perf_counter() - begun)
    workspace.leave()
    for what, times in (
        ("set, journaled", acts),
        ("the loop held by the save", held),
        ("what was saved taken in", settled),
    ):
        longest = max(times) * 1000
        yield Figure(
            f"a field of {name}: {what}", f"{middle(times) * 1000:.1f} ms, longest {longest:.1f}", longest, 20, "ms"
        )


def _held_while_saving(workspace: Workspace) -> float:
    """Return the longest time that a thread which does next to nothing was kept from running by a save, in seconds."""
    longest, before = 0.0, time.perf_counter()
    while not workspace.is_settled and not any(session.saving.has_news for session in workspace._sessions.values()):
        time.sleep(0.0005)
        now = time.perf_counter()
        longest, before = max(longest, now - before - 0.0005), now
    return longest


def journal(stage: Stage) -> Iterator[Figure]:
    """Measure an entry of the journal against the same bytes appended and synced."""
    folder = stage.place.workspace.folder / "journal"
    entry = {"op": "do", "made": 1, "label": "set", "edits": [["risks", "1", {"name": "x" * 200}, {"name": "y" * 200}]]}
    journal_ = Journal(folder, "bench")
    journal_.append(entry)
    size = journal_.path.stat().st_size
    descriptor = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def bare() -> None:
        os.write(descriptor, b"x" * size)
        os.fdatasync(descriptor)

    raw, taken = timed([bare, partial(journal_.append, entry)], stage.runs)
    os.close(descriptor)
    journal_.remove()
    yield Figure(f"an entry of the journal, {size} bytes", f"{taken:.2f} / {raw:.2f} ms", taken / raw)


def open_(stage: Stage) -> Iterator[Figure]:
    """Measure opening an engagement against parsing its bytes."""
    for name, count in SIZES.items():
        path, _ = _large(stage.place.workspace, f"opened {name}", count)
        payload = path.read_bytes()

        def anew(path: Path = path) -> None:
            workspace = Workspace(stage.place.workspace.folder, stage.place.workspace.settings)
            workspace.__dict__["framework"] = stage.place.workspace.framework
            workspace.open(path)

        parse, opened = timed([partial(json.loads, payload), anew], stage.runs)
        yield Figure(f"open {name}", f"{opened:.1f} / {parse:.1f} ms", opened / parse)
    begun = time.perf_counter()
    stage.place.workspace.__dict__.pop("framework", None)
    _ = stage.place.workspace.framework
    yield Figure("read the framework, modules imported before", f"{(time.perf_counter() - begun) * 1000:.0f} ms")


def _large(workspace: Workspace, name: str, count: int) -> tuple[Path, dict[str, Any]]:
    path = workspace.create(f"Large {name}")
    document = {**(EngagementStorage(path).load() or {}), "adoption-risks": records(count)}
    path.unlink()
    EngagementStorage(path).commit(document)
    workspace._sessions.clear()
    return path, document


def _raw(path: Path, payload: bytes) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


# --- lists and search -----------------------------------------------------------------------------------------


def search(stage: Stage) -> Iterator[Figure]:
    """Measure a search at every character of what is typed, and the lists that the first paint needs."""
    workspace = stage.place.workspace
    fill(workspace, 1000)
    taken = {
        text[:end]: timed([partial(workspace.search, text[:end])], 3)[0]
        for text in TYPED
        for end in range(1, len(text) + 1)
    }
    slowest = max(taken, key=taken.__getitem__)
    yield Figure("search over 1,000, a key press: median", f"{middle(list(taken.values())):.1f} ms")
    yield Figure(f"search over 1,000, the slowest: {slowest!r}", f"{taken[slowest]:.1f} ms", taken[slowest], 50, "ms")
    listing, attention = timed([workspace.listing, lambda: workspace.attention(workspace.listing())], stage.runs)
    yield Figure("the list of 1,000 engagements", f"{listing:.1f} ms")
    yield Figure("the list of Today, with it", f"{attention:.1f} ms")


# --- commands and imports -------------------------------------------------------------------------------------


def commands(stage: Stage) -> Iterator[Figure]:
    """Measure commands against a Python that does nothing."""
    environment = stage.place.environment
    words = ("--version", "--help", "tools", "list")
    lines = [[sys.executable, "-c", "pass"], *([*start_command(), word] for word in words)]
    run = partial(subprocess.run, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    bare, *taken = timed([partial(run, line) for line in lines], stage.runs)
    yield Figure("python -c pass", f"{bare:.0f} ms")
    for word, milliseconds in zip(words, taken, strict=True):
        yield Figure(f"pcsm {word}", f"{milliseconds:.0f} ms", milliseconds / bare, 3 if word == "--version" else None)


def imports(stage: Stage) -> Iterator[Figure]:
    """Tell what is imported when the first engagement row is painted."""
    workspace, kept = stage.place.workspace, stage.place.root / "modules"
    if not workspace.listing():
        fill(workspace, 20)
    command = [sys.executable, str(Path(__file__).with_name("first_paint.py")), MARK, str(kept), str(workspace.folder)]
    with Terminal(command, (80, 24), stage.place.environment) as terminal:
        terminal.start(quiet=3)
    modules = kept.read_text(encoding="utf-8").split()
    yield Figure("modules at the first paint", f"{len(modules)}")
    for name in FORBIDDEN:
        found = sum(module == name or module.startswith(f"{name}.") for module in modules)
        yield Figure(f"of them of {name}", str(found), found, 0, "")


PARTS: dict[str, Callable[[Stage], Iterator[Figure]]] = {
    "save": save, "journal": journal, "open": open_, "search": search, "commands": commands, "imports": imports,
}  # fmt: skip


def main() -> None:
    """Measure what the command line asks for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="times to take the median of")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    given = parser.parse_args()
    for name in given.only.split(","):
        with bench() as place:
            show(name, PARTS[name](Stage(place, given.runs)))


if __name__ == "__main__":
    main()
