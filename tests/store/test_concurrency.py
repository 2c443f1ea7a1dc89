"""Several processes that save to one file as fast as they can: nothing is lost, and a reader never meets half a file."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import FileChanged
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import ANCESTRY, EngagementStorage, with_new_revision
from pcsm_tui.store.replacing import read_payload
from tests.store.saved import leftovers
from tests.support import empty_document

WRITERS = 4
Changing = Callable[[Mapping[str, Any], int, int], dict[str, Any]]


def growing(document: Mapping[str, Any], writer: int, number: int) -> dict[str, Any]:
    """Return the document with one more record: every save is longer than the one before."""
    return {**document, "risks": {**document["risks"], str(1_000 * writer + number): {"name": "Delay"}}}


def same_size(document: Mapping[str, Any], writer: int, number: int) -> dict[str, Any]:
    """Return the document with a number counted up: every save is as long as the one before."""
    records = dict(document["counts"])
    records[str(writer)] = {"count": records[str(writer)]["count"] + 1}
    return {**document, "counts": records}


@pytest.fixture
def path(quick_folder: Path) -> Path:
    """Return a file that has as many revisions behind it as it remembers, so that its head does not grow any more."""
    document: Any = empty_document()
    document["_meta"]["1"]["n"] = 10_000
    for _ in range(ANCESTRY + 2):
        document = with_new_revision(document)
    counts = {str(writer): {"count": 1_000} for writer in range(WRITERS)}
    path = quick_folder / "acme.pcsm.json"
    EngagementStorage(path).commit({**document, "counts": counts, "risks": {"1": {"name": "First"}}})
    return path


def started(act: Callable[[], None]) -> int:
    """Act in a process of its own and return its number."""
    child = os.fork()
    if child:
        return child
    failed = True
    try:
        act()
        failed = False
    finally:
        os._exit(failed)


def write(path: Path, change: Changing, writer: int, updates: int) -> None:
    """Save so many changes, each on top of what the file holds by then."""
    storage = EngagementStorage(path)
    for number in range(updates):
        while True:
            document = storage.load()
            assert document is not None
            try:
                storage.commit(change(document, writer, number))
                break
            except FileChanged:
                continue


def read(path: Path) -> None:
    """Read without end, and end with a failure at half a file."""
    before = 0
    for _ in itertools.count():
        payload = read_payload(path)
        assert payload is not None
        number = canonical.from_bytes(payload, path)["_meta"]["1"]["n"]
        assert number >= before, "a reader sees the revisions in their order"
        before = number


def run(path: Path, change: Changing, updates: int) -> None:
    """Let all writers and a reader loose, and see that none of them failed."""
    reader = started(lambda: read(path))
    writers = [started(lambda writer=writer: write(path, change, writer, updates)) for writer in range(WRITERS)]
    assert [os.waitpid(writer, 0)[1] for writer in writers] == [0] * WRITERS
    os.kill(reader, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(reader, 0)[1]), "the reader met half a file"


ROUNDS = [50, *(pytest.param(150, marks=pytest.mark.long, id=f"150 {place}") for place in range(6))]
"""How many updates each writer makes, in every run of the tests, and six times in the long one."""


@pytest.mark.parametrize("updates", ROUNDS)
def test_fault_030_031_no_growing_save_is_lost_between_processes(path: Path, updates: int) -> None:
    """Also fault 31: a reader always finds a whole file."""
    run(path, growing, updates)
    document = EngagementStorage(path).load()
    assert document is not None
    wanted = {str(1_000 * writer + number) for writer in range(WRITERS) for number in range(updates)}
    assert document["risks"].keys() == wanted | {"1"}
    assert leftovers(path) == []


@pytest.mark.parametrize("updates", ROUNDS)
def test_fault_030_031_no_save_of_the_same_size_is_lost_between_processes(path: Path, updates: int) -> None:
    size = path.stat().st_size
    run(path, same_size, updates)
    document = EngagementStorage(path).load()
    assert document is not None
    assert [record["count"] for record in document["counts"].values()] == [1_000 + updates] * WRITERS
    assert document["_meta"]["1"]["n"] == 10_000 + ANCESTRY + 3 + WRITERS * updates
    assert path.stat().st_size == size
    assert leftovers(path) == []
