"""Every operation of the store, failing or killed at each of its system calls in turn: the file is the old or the new."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import FileLocked, PcsmError
from pcsm_tui.store import canonical, overwriting
from pcsm_tui.store.engagement_file import EngagementStorage, with_new_revision
from pcsm_tui.store.folders import private_folder
from pcsm_tui.store.journal import Journal, left_journals
from pcsm_tui.store.overwriting import copy_path
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.store.replacing import previous_path, replace_file
from tests.store.failing import (
    ERRORS,
    KILLS,
    SHORT,
    FailingDisk,
    Failure,
    every,
    failure_points,
    killed_points,
    open_descriptors,
)
from tests.store.saved import leftovers
from tests.support import empty_document

LEAST = 12
"""So many calls at least does a save make; fewer would mean that they are not counted."""
REV, AGAIN = "a" * 32, "b" * 32
FIRST = with_new_revision({**empty_document(), "risks": {"7": {"name": "Delay"}}}, "0" * 32)
OLD = with_new_revision(FIRST, "1" * 32)


def with_name(document: Any, name: str) -> dict[str, Any]:
    return {**document, "risks": {"7": {"name": name}}}


class Commit:
    """A save of a file that was saved before."""

    old = OLD
    beside: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.path = folder / "acme.pcsm.json"
        self.before = canonical.to_bytes(self.old)
        self.path.write_bytes(self.before)
        previous_path(self.path).write_bytes(canonical.to_bytes(FIRST))
        self.storage = self.opened()
        document = self.storage.load()
        assert document is not None
        self.changed = with_name(document, "Strike")
        self.after = canonical.to_bytes(with_new_revision(self.changed, REV))

    def opened(self) -> EngagementStorage:
        return EngagementStorage(self.path, patience=0.01)

    def save(self, storage: EngagementStorage, rev: str) -> None:
        storage.commit(self.changed, rev)

    def act(self, acknowledge: Callable[[], None]) -> None:
        self.save(self.storage, REV)
        acknowledge()

    def see(self, acknowledged: int) -> None:
        """See that the file is the old or the new one, and the new one if that was said."""
        assert self.path.read_bytes() in ((self.after,) if acknowledged else (self.before, self.after))
        previous = previous_path(self.path).read_bytes()
        is_kept = acknowledged and not self.storage.warning
        assert previous in ((self.before,) if is_kept else (canonical.to_bytes(FIRST), self.before))

    def see_refused(self) -> None:
        assert self.path.read_bytes() == self.before, "what is told as not saved is not saved"

    def see_again(self) -> None:
        """See that the save after the failure went through, and that nothing of the failed one lies about."""
        found = json.loads(self.path.read_bytes())
        assert found["risks"]["7"]["name"] == "Strike"
        assert found["_meta"]["1"]["rev"] == AGAIN
        assert leftovers(self.path) == [*self.beside]

    def check(self, acknowledged: int) -> None:
        self.see(acknowledged)
        storage = self.opened()
        assert storage.load() is not None
        self.save(storage, AGAIN)
        self.see_again()

    def again(self) -> None:
        """Save once more in the same process."""
        self.save(self.storage, AGAIN)


class FirstCommit(Commit):
    """The first save of a file since its migration."""

    old = {**OLD, "_meta": {"1": {**OLD["_meta"]["1"], "schema": 1, "min_reader": 1}}}
    beside = ("acme.pcsm.json.v1.bak",)

    def see(self, acknowledged: int) -> None:
        super().see(acknowledged)
        kept = self.path.with_name(*self.beside)
        if self.path.read_bytes() != self.before:
            assert kept.exists(), "the file of the older program is kept before another takes its place"
        assert not kept.exists() or kept.read_bytes() == self.before

    def see_again(self) -> None:
        super().see_again()
        assert self.path.with_name(*self.beside).read_bytes() == self.before


class Overwriting(Commit):
    """A save into the file as it stands, where no other can be put in its place; the new bytes are as many as the old."""

    new = "Strik"

    def __init__(self, folder: Path) -> None:
        self.copies = folder / "copies"
        super().__init__(folder)
        self.changed = with_name(self.changed, self.new)
        self.after = canonical.to_bytes(with_new_revision(self.changed, REV))

    def opened(self) -> EngagementStorage:
        return EngagementStorage(self.path, patience=0.01, copies=self.copies)

    def save(self, storage: EngagementStorage, rev: str) -> None:
        storage.overwrite(self.changed, rev)

    def see(self, acknowledged: int) -> None:
        """See that whoever opens the file finds the old or the new one, whatever was found half written."""
        assert self.opened().load() is not None
        assert self.path.read_bytes() in ((self.after,) if acknowledged else (self.before, self.after))

    def see_refused(self) -> None:
        self.see(0)

    def see_again(self) -> None:
        found = json.loads(self.path.read_bytes())
        assert (found["risks"]["7"]["name"], found["_meta"]["1"]["rev"]) == (self.new, AGAIN)
        assert leftovers(self.path) == ["copies"]
        assert [*self.copies.iterdir()] == []

    def again(self) -> None:
        assert self.storage.load() is not None
        self.save(self.storage, AGAIN)


class OverwritingLonger(Overwriting):
    """The same with more bytes than there were."""

    new = "Strike " * 40


class OverwritingShorter(Overwriting):
    """The same with fewer bytes than there were."""

    old = with_name(OLD, "Delay " * 40)


class Finishing(Overwriting):
    """Opening a file of which half was overwritten when the program ended."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        replace_file(copy_path(self.path, private_folder(self.copies)), self.after, 0o600)
        self.path.write_bytes(self.after[: len(self.after) // 2])
        self.storage = self.opened()

    def act(self, acknowledge: Callable[[], None]) -> None:
        assert self.storage.load() is not None
        acknowledge()

    def see(self, acknowledged: int) -> None:
        super().see(1)


SAVES = [Commit, FirstCommit, Overwriting, OverwritingLonger, OverwritingShorter, Finishing]


@pytest.fixture
def prepared(quick_folder: Path) -> Callable[[Callable[[Path], Any]], Any]:
    """Return a function that prepares an operation in a folder of its own."""
    numbers = itertools.count(1)

    def prepare(kind: Callable[[Path], Any]) -> Any:
        folder = quick_folder / str(next(numbers))
        folder.mkdir()
        return kind(folder)

    return prepare


Preparing = Callable[[Callable[[Path], Any]], Any]


@pytest.mark.parametrize("kind", SAVES)
@pytest.mark.parametrize("failure", every(KILLS))
def test_fault_001_a_save_killed_at_any_call_leaves_the_old_or_the_new_file(
    prepared: Preparing, kind: type[Commit], failure: Failure
) -> None:
    assert killed_points(failure, lambda: prepared(kind)) >= (1 if failure.half else LEAST)


@pytest.mark.parametrize("kind", SAVES)
@pytest.mark.parametrize("failure", every(ERRORS))
def test_fault_008_a_save_that_fails_at_any_call_is_told_and_succeeds_the_next_time(
    prepared: Preparing, kind: type[Commit], failure: Failure
) -> None:
    """Also faults 5, 7, 9 and 21: what is told as saved is in the file, and what is told as not saved is not."""

    def attempt(disk: FailingDisk) -> None:
        operation, before = prepared(kind), open_descriptors()
        acknowledged: list[bool] = []
        try:
            with disk:
                operation.act(lambda: acknowledged.append(True))
        except PcsmError:
            pass
        assert open_descriptors() == before
        if acknowledged:
            operation.see(1)
        else:
            operation.see_refused()
        operation.again()
        operation.see_again()

    assert failure_points(failure, attempt) >= 5


@pytest.mark.parametrize("kind", SAVES)
def test_fault_010_a_disk_that_takes_half_of_the_bytes_each_time_gets_all_of_them(
    prepared: Preparing, kind: type[Commit]
) -> None:
    operation = prepared(kind)
    with FailingDisk(SHORT, 1) as disk:
        operation.act(lambda: None)
    assert disk.made > 5
    operation.see(1)


def test_a_session_opened_while_another_writes_in_place_leaves_the_copy_to_it(
    prepared: Preparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation, write = prepared(Overwriting), overwriting._write_in_place

    def write_after_a_look(path: Path, payload: bytes) -> None:
        with pytest.raises(FileLocked):
            operation.opened().load()
        assert [copy.read_bytes() for copy in operation.copies.iterdir()] == [payload]
        write(path, payload)

    monkeypatch.setattr(overwriting, "_write_in_place", write_after_a_look)
    operation.act(lambda: None)
    monkeypatch.undo()
    operation.check(1)


# --- the person's own state -----------------------------------------------------------------------------------


class Remembering:
    """A change of the person's own state, which is written to a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "state"
        PersonalState(self.folder).change("visits", lambda section: section.update(acme="first"))

    def act(self, acknowledge: Callable[[], None]) -> None:
        PersonalState(self.folder).change("visits", lambda section: section.update(acme="second"))
        acknowledge()

    def check(self, acknowledged: int) -> None:
        found = PersonalState(self.folder).section("visits")
        assert found["acme"] in (("second",) if acknowledged else ("first", "second"))
        PersonalState(self.folder).change("visits", lambda section: section.update(acme="third"))
        assert sorted(path.name for path in self.folder.iterdir()) == [".state.json.lock", "state.json"]


@pytest.mark.parametrize("failure", every(KILLS))
def test_fault_001_the_persons_own_state_is_the_old_or_the_new_one(prepared: Preparing, failure: Failure) -> None:
    assert killed_points(failure, lambda: prepared(Remembering)) >= (1 if failure.half else LEAST)


# --- the journal ----------------------------------------------------------------------------------------------


class Appending:
    """Three entries, one of which is long, in the journal of a session."""

    entries: tuple[Any, ...] = ({"op": "do", "made": 1}, {"op": "do", "made": 2, "text": "é" * 500}, {"op": "saved"})

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "journal"
        self.journal = Journal(self.folder, "one")

    def act(self, acknowledge: Callable[[], None]) -> None:
        for entry in self.entries:
            self.journal.append(entry)
            acknowledge()

    def check(self, acknowledged: int) -> None:
        """See that a prefix of the entries can be read, with all that were acknowledged in it."""
        found = [entry for journal in left_journals(self.folder) for entry in journal.entries]
        assert found == [*self.entries[: len(found)]]
        assert len(found) >= acknowledged


@pytest.mark.parametrize("failure", every(KILLS))
def test_fault_002_a_journal_killed_at_any_call_holds_what_was_said_to_be_in_it(
    prepared: Preparing, failure: Failure
) -> None:
    assert killed_points(failure, lambda: prepared(Appending)) >= 3


@pytest.mark.parametrize("failure", every(ERRORS))
def test_fault_006_a_journal_that_fails_at_any_call_goes_on_as_if_nothing_had_been_written(
    prepared: Preparing, failure: Failure
) -> None:
    def attempt(disk: FailingDisk) -> None:
        operation, before = prepared(Appending), open_descriptors()
        written = []
        with disk:
            for entry in operation.entries:
                try:
                    operation.journal.append(entry)
                except PcsmError:
                    continue
                written.append(entry)
        operation.journal.append({"op": "do", "made": 9})
        operation.journal.close()
        assert open_descriptors() == before
        (left,) = left_journals(operation.folder)
        assert [*left.entries] == [*written, {"op": "do", "made": 9}]

    assert failure_points(failure, attempt) >= 5
