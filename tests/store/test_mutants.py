"""The protocol with one of its rules broken, each in turn: a proof that would not notice would prove nothing.

Each proof interleaves by hooks what happens by chance elsewhere, holds for the program as it is, and fails for its
mutant.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

from pcsm_tui.errors import FileChanged, StorageFailed
from pcsm_tui.store import engagement_file, replacing
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.journal import Journal, left_journals
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.store.presence import Presence
from pcsm_tui.store.replacing import Held
from pcsm_tui.workspace.journaling import SessionJournal
from pcsm_tui.workspace.saving import BackgroundSaver
from pcsm_tui.workspace.session import Session
from tests.store.failing import in_child
from tests.store.saved import opened
from tests.support import small_framework

Patching = pytest.MonkeyPatch
Proof = Callable[[Path, Patching], None]


def renamed(document: Any, name: str) -> dict[str, Any]:
    return {**document, "risks": {"7": {"name": name}}}


# --- proofs -------------------------------------------------------------------------------------------------------


def nothing_is_overwritten_unseen(path: Path, patching: Patching) -> None:
    """A save that comes between the reading and the saving of another is not overwritten."""
    storage, document = opened(path)
    other, theirs = opened(path)
    other.commit(renamed(theirs, "Theirs"))
    with pytest.raises(FileChanged):
        storage.commit(renamed(document, "Mine"))


def a_save_of_the_same_size_and_time_is_not_overwritten(path: Path, patching: Patching) -> None:
    storage, document = opened(path)
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Delay", b"Delax"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(FileChanged):
        storage.commit(renamed(document, "Mine"))


def what_is_saved_while_one_reads_is_noticed(path: Path, patching: Patching) -> None:
    """Another save comes right after the bytes were read: a look must not take its times for those of the bytes."""
    other, theirs = opened(path)
    storage = EngagementStorage(path)
    real = os.fdopen

    class Reading:
        """A file in the reading of which somebody else saves."""

        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Reading:
            return self

        def __exit__(self, *about: object) -> None:
            self.file.close()

        def read(self) -> bytes:
            payload: bytes = self.file.read()
            patching.setattr(os, "fdopen", real)
            other.commit(renamed(theirs, "Theirs"))
            return payload

    patching.setattr(os, "fdopen", lambda descriptor, *mode, **more: Reading(real(descriptor, *mode, **more)))
    storage.load()
    assert storage.looks_changed()
    assert storage.changed_outside()


def what_was_shown_survives_the_process(path: Path, patching: Patching) -> None:
    """The process ends as soon as an act has come back, before anything was saved."""
    state = path.parent.parent / "state"

    def session_of(name: str) -> Session:
        session = Session(path, small_framework(), "ada", PersonalState(state))
        journal = SessionJournal(state / "journal", name)
        session.save_by(BackgroundSaver(lambda: None, lambda: False), journal, Presence(path, "ada", name, ""))
        return session

    session = session_of("1")

    def act(acknowledge: Callable[[], None]) -> None:
        session.set(session.engagement.rows("risks")[0], {"name": "Strike"})
        acknowledge()

    assert in_child(act) == (1, False)
    assert [record["name"] for record in session_of("2").left.document["risks"].values()] == ["Strike"]


def what_was_shown_survives_a_power_failure(path: Path, patching: Patching) -> None:
    """The journal is put on the disk before an entry is acknowledged."""
    synced: list[int] = []
    real = os.fdatasync

    def noted(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        real(descriptor)

    patching.setattr(os, "fdatasync", noted)
    journal = Journal(path.parent.parent / "journal", "1")
    journal.append({"op": "do"})
    journal.close()
    (left,) = left_journals(path.parent.parent / "journal")
    assert left.entries == ({"op": "do"},)
    assert synced == [left.path.stat().st_size]


def what_was_refused_is_not_saved_by_the_next_change(path: Path, patching: Patching) -> None:
    with TinyDB(path, storage=EngagementStorage) as database:
        with patching.context() as full:

            def fail(*_: object) -> None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

            full.setattr(os, "replace", fail)
            with pytest.raises(StorageFailed):
                database.table("risks").update({"name": "Refused"})
        database.table("concerns").insert({"name": "Accepted"})
    document = opened(path)[1]
    assert [record["name"] for record in document["concerns"].values()] == ["Accepted"]
    assert document["risks"] == {"7": {"name": "Delay"}}


def the_bytes_are_on_the_disk_before_they_get_the_name(path: Path, patching: Patching) -> None:
    """Also: they are renamed within a folder, which no file system does by copying, and nothing else writes the file."""
    calls: list[tuple[str, ...]] = []
    real_open, real_fsync, real_replace = os.open, os.fsync, os.replace

    def opening(name: Any, flags: int, *more: Any, **others: Any) -> int:
        if Path(name) == path and flags & (os.O_WRONLY | os.O_RDWR):
            calls.append(("written in place",))
        return real_open(name, flags, *more, **others)

    def syncing(descriptor: int) -> None:
        status = os.fstat(descriptor)
        calls.append(("synced", "folder" if stat.S_ISDIR(status.st_mode) else str(status.st_ino)))
        real_fsync(descriptor)

    def replacing_(source: Path, target: Path) -> None:
        if target == path:
            calls.append(("renamed", str(source.stat().st_ino), str(source.parent)))
        real_replace(source, target)

    storage, document = opened(path)
    with patching.context() as patched:
        patched.setattr(os, "open", opening)
        patched.setattr(os, "fsync", syncing)
        patched.setattr(os, "replace", replacing_)
        storage.commit(renamed(document, "Strike"))
    number = str(path.stat().st_ino)
    assert calls == [("synced", number), ("renamed", number, str(path.parent)), ("synced", "folder")]


# --- mutants ------------------------------------------------------------------------------------------------------


def no_check_under_the_lock(patching: Patching) -> None:
    patching.setattr(EngagementStorage, "_check_unchanged", lambda self: 1)


def times_in_place_of_the_content(patching: Patching) -> None:
    def check(self: EngagementStorage) -> int:
        status = self.path.stat()
        assert self._seen is not None
        if (status.st_size, status.st_mtime_ns) != self._seen[1:]:
            raise FileChanged("It was changed.")
        return 1

    patching.setattr(EngagementStorage, "_check_unchanged", check)


def times_taken_after_the_reading(patching: Patching) -> None:
    real = engagement_file.read_held

    def read(path: Path) -> Held | None:
        held = real(path)
        return held and Held(held.payload, path.stat())

    patching.setattr(engagement_file, "read_held", read)


def acknowledged_before_it_is_journaled(patching: Patching) -> None:
    """An entry is written when the next one comes."""
    real = SessionJournal._append
    waiting: list[Any] = []

    def append(self: SessionJournal, entry: Any, *, durable: bool = True) -> None:
        for earlier in waiting:
            real(self, earlier, durable=durable)
        waiting[:] = [entry]

    patching.setattr(SessionJournal, "_append", append)


def a_journal_that_is_not_synced(patching: Patching) -> None:
    real = Journal.append
    patching.setattr(Journal, "append", lambda self, *entries, durable=True: real(self, *entries, durable=False))


def tinydb_given_what_is_kept(patching: Patching) -> None:
    """The storage keeps the document that it read, and gives TinyDB the same one to change."""
    real = EngagementStorage.load
    known: dict[int, Any] = {}
    patching.setattr(EngagementStorage, "read", lambda self: known.setdefault(id(self), real(self)))


def not_synced_before_the_rename(patching: Patching) -> None:
    def write(path: Path, payload: bytes, mode: int, replaced: Path) -> None:
        path.write_bytes(payload)

    patching.setattr(replacing, "_write_synced", write)


def a_temporary_file_in_another_folder(patching: Patching) -> None:
    def temporary(path: Path) -> Path:
        folder = path.parent.parent / "elsewhere"
        folder.mkdir(exist_ok=True)
        return folder / f"{os.urandom(4).hex()}.tmp"

    patching.setattr(replacing, "_temporary", temporary)


def written_in_place(patching: Patching) -> None:
    def replace_file(path: Path, payload: bytes, *_: Any) -> str:
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
        os.write(descriptor, payload)
        os.fsync(descriptor)
        os.close(descriptor)
        return ""

    patching.setattr(engagement_file, "replace_file", replace_file)


CAUGHT: list[tuple[Proof, Callable[[Patching], None]]] = [
    (nothing_is_overwritten_unseen, no_check_under_the_lock),
    (a_save_of_the_same_size_and_time_is_not_overwritten, times_in_place_of_the_content),
    (what_is_saved_while_one_reads_is_noticed, times_taken_after_the_reading),
    (what_was_shown_survives_the_process, acknowledged_before_it_is_journaled),
    (what_was_shown_survives_a_power_failure, a_journal_that_is_not_synced),
    (what_was_refused_is_not_saved_by_the_next_change, tinydb_given_what_is_kept),
    (the_bytes_are_on_the_disk_before_they_get_the_name, not_synced_before_the_rename),
    (the_bytes_are_on_the_disk_before_they_get_the_name, a_temporary_file_in_another_folder),
    (the_bytes_are_on_the_disk_before_they_get_the_name, written_in_place),
]


@pytest.mark.parametrize("proof", list(dict.fromkeys(proof for proof, _ in CAUGHT)))
def test_the_program_holds(path: Path, monkeypatch: Patching, proof: Proof) -> None:
    proof(path, monkeypatch)


@pytest.mark.parametrize(("proof", "mutant"), CAUGHT)
def test_a_mutant_is_caught(
    path: Path, monkeypatch: Patching, proof: Proof, mutant: Callable[[Patching], None]
) -> None:
    mutant(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        proof(path, monkeypatch)
