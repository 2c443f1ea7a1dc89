"""A session with a journal, failing or killed at each system call of what it does: nothing that was shown is lost."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tinydb import TinyDB

from pcsm_tui.domain.engagement import Document
from pcsm_tui.errors import PcsmError
from pcsm_tui.store import engagement_file, serializing
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.store.presence import Presence
from pcsm_tui.workspace.journaling import SessionJournal
from pcsm_tui.workspace.saving import BackgroundSaver
from pcsm_tui.workspace.session import Session
from tests.store.failing import ERRORS, KILLS, FailingDisk, Failure, every, failure_points, killed_points
from tests.store.saved import leftovers
from tests.support import empty_document, small_framework

TOOL = "measures"
UID = "a" * 32
NAMES = ("before", "first", "second")
"""What the name of the one measure becomes, one after the other."""


class Editing:
    """Two acts of a session, each saved as the background's thread would do it."""

    least = 0
    """So many acts were shown as accepted before the operation begins."""

    def __init__(self, folder: Path) -> None:
        self.path, self.state = folder / "repository" / "acme.pcsm.json", folder / "state"
        self.path.parent.mkdir()
        record = {"uid": UID, "name": NAMES[0], "at": "2026-11-22T09:00:00Z", "by": "ada", "order": 1024}
        EngagementStorage(self.path).commit({**empty_document(), TOOL: {str(int(UID[:13], 16)): record}})
        self._numbers = itertools.count(1)
        self.session = self.opened()

    def opened(self) -> Session:
        """Open a session of the same person, with a journal, that is saved by hand."""
        number = next(self._numbers)
        self.session = session = Session(
            self.path,
            small_framework(),
            "ada",
            PersonalState(self.state),
            lambda: datetime(2026, 11, 22, 10, number, tzinfo=UTC),
        )
        name = f"{number:03d}"
        journal = SessionJournal(self.state / "journal", name)
        presence = Presence(self.path, "ada", name, "")
        session.save_by(BackgroundSaver(lambda: None, lambda: False), journal, presence)
        return session

    def act(self, acknowledge: Callable[[], None]) -> None:
        session = self.session
        for name in NAMES[1:]:
            session.set(session.engagement.rows(TOOL)[0], {"name": name})
            if not session.unprotected:
                acknowledge()
            saved(session)

    def check(self, acknowledged: int) -> None:
        """See that the next session finds what was shown in the file or is offered it, and that taking it up keeps it."""
        session = self.opened()
        found = max(reached(session.engagement.document), reached(session.left.document))
        assert found >= max(acknowledged, self.least)
        session.recover()
        assert reached(session.engagement.document) == found
        saved(session)
        assert not session.saving.is_dirty
        storage = EngagementStorage(self.path)
        document = storage.load()
        assert document is not None
        assert reached(document) == found
        session.close()
        assert self.opened().left.is_empty
        assert leftovers(self.path) == []


class Recovering(Editing):
    """A session that takes up what a killed one left behind; it may be killed as well."""

    least = 1

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        session = self.session
        session.set(session.engagement.rows(TOOL)[0], {"name": NAMES[1]})
        session.close()

    def act(self, acknowledge: Callable[[], None]) -> None:
        session = self.opened()
        session.recover()
        acknowledge()
        saved(session)


def saved(session: Session) -> None:
    """Save as the background's thread would, and take in what came of it."""
    session.saving.work()
    session.settle()


def reached(document: Document) -> int:
    """Return how many of the acts a document holds."""
    return max((NAMES.index(record["name"]) for record in document.get(TOOL, {}).values()), default=-1)


@pytest.fixture
def prepare(quick_folder: Path) -> Callable[[type[Editing]], Editing]:
    """Return a function that prepares an operation in a folder of its own."""
    numbers = itertools.count(1)

    def prepared(kind: type[Editing]) -> Editing:
        folder = quick_folder / str(next(numbers))
        folder.mkdir()
        return kind(folder)

    return prepared


Preparing = Callable[[type[Editing]], Editing]


@pytest.mark.parametrize("kind", [Editing, Recovering])
@pytest.mark.parametrize("failure", every(KILLS))
def test_fault_002_what_was_shown_survives_a_session_that_is_killed_at_any_call(
    prepare: Preparing, kind: type[Editing], failure: Failure
) -> None:
    """Also fault 4: what is left behind is taken up by the next session, killed or not, with the same result."""
    assert killed_points(failure, lambda: prepare(kind)) >= 3


@pytest.mark.parametrize("kind", [Editing, Recovering])
@pytest.mark.parametrize("failure", every(ERRORS[:2] + ERRORS[3:4]))
def test_fault_006_what_was_shown_survives_a_call_that_fails_and_the_end_of_the_session(
    prepare: Preparing, kind: type[Editing], failure: Failure
) -> None:
    """What was shown while the journal could not be written is not promised: the screen says so."""

    def attempt(disk: FailingDisk) -> None:
        operation = prepare(kind)
        acknowledged: list[bool] = []
        with suppress(PcsmError), disk:  # it may be refused to be opened
            operation.act(lambda: acknowledged.append(True))
        operation.session.close()  # which saves nothing
        operation.check(len(acknowledged))

    assert failure_points(failure, attempt) >= 3


@pytest.mark.parametrize("failure", every(ERRORS[:2] + ERRORS[3:4]))
@pytest.mark.parametrize("locks", [True, False])
def test_fault_005_a_session_saves_what_failed_at_any_call_with_the_next_try(
    prepare: Preparing, failure: Failure, locks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where locks keep nobody out, and a save is followed by a look at what became of it (fault 35)."""
    monkeypatch.setattr(engagement_file, "locking_works", lambda path: locks)

    def attempt(disk: FailingDisk) -> None:
        operation = prepare(Editing)
        session = operation.session
        for place, name in enumerate(NAMES[1:], 1):
            with disk:
                session.set(session.engagement.rows(TOOL)[0], {"name": name})
                saved(session)
            held = reached(EngagementStorage(operation.path).load() or {})
            assert bool(session.unsaved) == (held < place), "what is told as not saved is not, and the other way round"
        saved(session)
        assert not session.saving.is_dirty
        assert reached(EngagementStorage(operation.path).load() or {}) == 2
        assert session.conflicts == (), "it met nobody, least of all itself"
        session.close()
        operation.check(2)

    assert failure_points(failure, attempt) >= 3


def test_journals_of_which_nothing_is_left_do_not_pile_up(prepare: Preparing) -> None:
    operation = prepare(Editing)
    for place in range(4):
        session = operation.opened()
        session.set(session.engagement.rows(TOOL)[0], {"name": NAMES[1 + place % 2]})
        saved(session)
        session.close()
    assert len([*(operation.state / "journal").iterdir()]) == 1
    session = operation.opened()
    assert session.undo() and reached(session.engagement.document) == 1, "what could be undone went along"


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_fault_023_too_little_memory_at_any_part_of_a_save_leaves_everything_as_it_was(
    prepare: Preparing, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = serializing._json
    for at in range(1, 100):
        operation, calls = prepare(Editing), itertools.count(1)
        session, before = operation.session, operation.path.read_bytes()
        session.set(session.engagement.rows(TOOL)[0], {"name": NAMES[1]})

        def fail(value: object, at: int = at, calls: Iterator[int] = calls) -> bytes:
            if next(calls) == at:
                raise error
            return real(value)

        with monkeypatch.context() as short:
            short.setattr(serializing, "_json", fail)
            saved(session)
        if not session.saving.is_dirty:
            assert at > 5
            return
        assert "too little memory" in session.unsaved
        assert operation.path.read_bytes() == before
        saved(session)
        operation.session.close()
        operation.check(1)
        assert reached(EngagementStorage(operation.path).load() or {}) == 1
    raise AssertionError("it was never saved")


def test_fault_024_an_act_of_which_a_part_is_refused_changes_nothing(prepare: Preparing) -> None:
    operation = prepare(Editing)
    session, path = operation.session, operation.path
    before, payload = session.engagement, path.read_bytes()
    with pytest.raises(PcsmError):
        session.set(session.engagement.rows(TOOL)[0], {"name": NAMES[1], "deadline": "soon"})
    assert session.engagement is before
    saved(session)
    assert path.read_bytes() == payload


def test_fault_024_a_script_that_fails_half_way_through_records_changes_nothing(prepare: Preparing) -> None:
    path = prepare(Editing).path
    with TinyDB(path, storage=EngagementStorage) as database:
        table = database.table(TOOL)
        table.insert({"name": NAMES[0]})

        def rename(record: dict[str, object], seen: list[int] = []) -> None:  # noqa: B006
            record["name"] = NAMES[1]
            seen.append(1)
            if len(seen) == 2:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            table.update(rename)
        table.insert({"name": NAMES[0]})
    names = [record["name"] for record in (EngagementStorage(path).load() or {})[TOOL].values()]
    assert names == [NAMES[0]] * 3
