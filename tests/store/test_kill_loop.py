"""A writer killed at any moment, again and again: what it said was done is there."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.store.presence import Presence
from pcsm_tui.workspace.journaling import SessionJournal
from pcsm_tui.workspace.saving import BackgroundSaver
from pcsm_tui.workspace.session import Session
from tests.store.saved import leftovers, opened
from tests.support import empty_document, small_framework

Saying = Callable[[int], object]
UID, DOC_ID = "a" * 32, str(int("a" * 13, 16))
LONGEST = 0.05
"""Seconds within which the writer is killed."""


def made(folder: Path) -> Path:
    """Make a file large enough for a writer to be killed in the middle of a save."""
    path = folder / "repository" / "acme.pcsm.json"
    path.parent.mkdir(parents=True)
    filling = {str(number): {"name": "x" * 400, "order": number} for number in range(1, 60)}
    counting = {"uid": UID, "name": "0", "order": 1_000}
    EngagementStorage(path).commit({**empty_document(), "measures": {**filling, DOC_ID: counting}})
    return path


@pytest.fixture
def path(quick_folder: Path) -> Path:
    """Return the path of such a file."""
    return made(quick_folder / "0")


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """Return how often a writer is killed."""
    return 5_000 if request.config.getoption("--long") else 200


def killed_after(seconds: float, write: Callable[[Saying], None]) -> int:
    """Let a process of its own write until it is killed; return the last number that it said, or 0."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            write(lambda number: os.write(writing, b"%d\n" % number))
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer failed by itself"
    with os.fdopen(reading) as said:
        return max(map(int, said.read().split()), default=0)


def counted(document: Mapping[str, Any]) -> int:
    """Return how far the writer had counted."""
    return int(document["measures"][DOC_ID]["name"])


def counted_to(document: Mapping[str, Any], number: int) -> dict[str, Any]:
    record = {**document["measures"][DOC_ID], "name": str(number)}
    return {**document, "measures": {**document["measures"], DOC_ID: record}}


def test_fault_001_what_was_saved_survives_a_writer_killed_at_any_moment(path: Path, rounds: int) -> None:
    chance = random.Random(1)
    said_something = 0
    for _ in range(rounds):
        storage, document = opened(path)
        before = counted(document)

        def write(say: Saying, storage: EngagementStorage = storage, document: Any = document) -> None:
            while True:
                document = storage.commit(counted_to(document, counted(document) + 1))
                say(counted(document))

        said = killed_after(chance.uniform(0, LONGEST), write)
        storage, document = opened(path)
        assert counted(document) in (max(said, before), max(said, before) + 1)
        storage.commit(document)
        assert leftovers(path) == []
        said_something += said > 0
    assert said_something > rounds / 4


def session_of(path: Path, number: int) -> tuple[Session, BackgroundSaver]:
    """Return the session of one round, which has a journal and is saved in the background once that is started."""
    state = path.parent.parent / "state"
    name = f"{number:06d}"
    session = Session(path, small_framework(), "ada", PersonalState(state), lambda: datetime.now(UTC))
    saver = BackgroundSaver(lambda: None, lambda: False)
    session.save_by(saver, SessionJournal(state / "journal", name), Presence(path, "ada", name, ""))
    return session, saver


def test_fault_002_what_was_shown_survives_a_session_killed_at_any_moment(quick_folder: Path, rounds: int) -> None:
    """Each round takes up what the one before it left; saves go on in the background while it counts."""
    chance = random.Random(2)
    recovered = 0
    path = quick_folder
    for number in range(rounds):
        if number % 25 == 0:  # the longer its history, the slower everything
            path = made(quick_folder / str(number))

        def write(say: Saying, path: Path = path, number: int = number) -> None:
            session, saver = session_of(path, 2 * number)
            saver.start()
            while True:
                row = session.engagement.row("measures", UID)
                say(int(str(session.set(row, {"name": str(int(str(row.get("name"))) + 1)}).get("name"))))
                session.settle()

        before = counted(opened(path)[1])
        said = killed_after(chance.uniform(0, LONGEST), write)
        session, _ = session_of(path, 2 * number + 1)
        recovered += bool(session.left.labels)
        session.recover()
        shown = counted(session.engagement.document)
        assert shown in (max(said, before), max(said, before) + 1)
        session.saving.work()
        session.settle()
        session.close()
        assert counted(opened(path)[1]) == shown
        assert leftovers(path) == []
    assert recovered > rounds / 10
