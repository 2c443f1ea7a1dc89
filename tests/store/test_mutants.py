"""The protocol broken on purpose: what guards each of its steps notices when the step is left out."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from stories.making import make_engagement
from stories.story import workspace
from tinydb import TinyDB

from pcsm_tui.domain import changes
from pcsm_tui.domain.changes import Change
from pcsm_tui.errors import FileChanged, StorageFailed
from pcsm_tui.store import engagement_file, replacing
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.journal import Journal
from pcsm_tui.workspace.keeping import KeptEngagement
from tests.store.saved import opened

RISKS = "adoption-risks"
Mutant = Callable[[], contextlib.AbstractContextManager[object]]


# --- mutants --------------------------------------------------------------------------------------------------------


def no_hash_check() -> Any:
    """A save does not look whether the file is still the one that was read."""
    return patch.object(EngagementStorage, "_check_unchanged", lambda self: 1)


def hint_of(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@contextlib.contextmanager
def time_and_size_as_the_check() -> Iterator[None]:
    """A save takes a file of the same time and size for the same file; both are asked for after the file was read."""
    load, known = EngagementStorage.load, dict[EngagementStorage, tuple[int, int]]()

    def loading(self: EngagementStorage, *rest: Any) -> Any:
        found = load(self, *rest)
        known[self] = hint_of(self.path)
        return found

    def check(self: EngagementStorage) -> int:
        if known[self] != hint_of(self.path):
            raise FileChanged("It changed.")
        return 1

    with patch.object(EngagementStorage, "load", loading), patch.object(EngagementStorage, "_check_unchanged", check):
        yield


def the_cached_dict() -> Any:
    """TinyDB is given the very document that the storage goes on with."""
    kept: dict[EngagementStorage, Any] = {}

    def read(self: EngagementStorage) -> Any:
        if self not in kept:
            kept[self] = self.load()
        return kept[self]

    return patch.object(EngagementStorage, "read", read)


def acknowledged_before_the_journal() -> Any:
    """A change is made in memory, and shown, before the journal has it."""
    real = KeptEngagement._perform

    def perform(self: KeptEngagement, change: Change, op: str) -> None:
        self._engagement = self._engagement.replaced(changes.apply(self._engagement.document, change))
        real(self, change, op)

    return patch.object(KeptEngagement, "_perform", perform)


def no_sync_before_the_rename() -> Any:
    """The new file is renamed over the old one before its bytes are on the disk."""

    def write(path: Path, payload: bytes, mode: int, replaced: Path) -> None:
        path.write_bytes(payload)

    return patch.object(replacing, "_write_synced", write)


def written_in_place() -> Any:
    """The file is written as it stands, as stock TinyDB does."""

    def write(path: Path, payload: bytes, mode: int, previous: Path | None = None) -> str:
        descriptor = os.open(path, os.O_WRONLY)
        os.write(descriptor, payload)
        os.ftruncate(descriptor, len(payload))
        os.close(descriptor)
        return ""

    return patch.object(engagement_file, "replace_file", write)


# --- what notices them ----------------------------------------------------------------------------------------------


def keeps_what_came_between(path: Path) -> bool:
    """Two read, one saves, the other saves: its save is refused, or the first one's is lost."""
    (one, first), (two, second) = opened(path), opened(path)
    one.commit({**first, "risks": {"7": {"name": "first's"}}})
    with contextlib.suppress(FileChanged):
        two.commit({**second, "risks": {"7": {"name": "second's"}}})
    return "first's" in path.read_text()


def keeps_what_came_in_the_midst_of_reading(path: Path) -> bool:
    """Somebody saves after the bytes were read and before the file is asked anything else."""
    other, theirs = opened(path)
    real = engagement_file.read_held

    def reading(place: Path) -> Any:
        held = real(place)
        with patch.object(engagement_file, "read_held", real):
            other.commit({**theirs, "risks": {"7": {"name": "theirs"}}})
        return held

    storage = EngagementStorage(path)
    with patch.object(engagement_file, "read_held", reading):
        document = storage.load()
    assert document is not None
    with contextlib.suppress(FileChanged):
        storage.commit({**document, "risks": {"7": {"name": "ours"}}})
    return "theirs" in path.read_text()


def keeps_what_has_the_same_time_and_size(path: Path) -> bool:
    """Another program puts a text of the same length in the file within the same tick."""
    storage, document = opened(path)
    status = path.stat()
    path.write_text(path.read_text().replace('"Delay"', '"DELAY"'))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with contextlib.suppress(FileChanged):
        storage.commit({**document, "more": {"1": {"name": "ours"}}})
    return "DELAY" in path.read_text()


def drops_what_was_refused(path: Path) -> bool:
    """A write that fails on a full disk, and then another one by TinyDB."""

    def full(*arguments: object, **more: object) -> str:
        raise StorageFailed("The disk is full.")

    with TinyDB(path, storage=EngagementStorage) as database:
        with patch.object(engagement_file, "replace_file", full), pytest.raises(StorageFailed):
            database.table("risks").update({"name": "refused"})
        database.table("notes").insert({"text": "unrelated"})
    return "refused" not in path.read_text() and "unrelated" in path.read_text()


def journals_before_it_shows(path: Path) -> bool:
    """What one sees at the moment at which the journal is written."""
    folder = Path(tempfile.mkdtemp(dir=path.parent.parent))
    place = workspace(folder)
    made = make_engagement(folder, "Ada Ltd", {RISKS: [{"name": "Old radios"}]})
    place.save_in_background(lambda: None)
    session = place.open(made)
    seen: list[object] = []
    real = Journal.append

    def looking(self: Journal, *entries: Any, **more: Any) -> bool:
        seen.append(session.engagement.rows(RISKS)[0].get("name"))
        return real(self, *entries, **more)

    with patch.object(Journal, "append", looking):
        session.set(session.engagement.rows(RISKS)[0], {"name": "New radios"})
    place.leave()
    return seen[0] == "Old radios"


def syncs_before_it_renames(path: Path) -> bool:
    """The calls of a save in their order."""
    calls: list[str] = []
    storage, document = opened(path)
    with contextlib.ExitStack() as stack:
        for name in ("fsync", "replace"):
            real = getattr(os, name)

            def call(*arguments: Any, name: str = name, real: Any = real) -> Any:
                calls.append(name)
                return real(*arguments)

            stack.enter_context(patch.object(os, name, call))
        storage.commit(document)
    return "fsync" in calls[: len(calls) - calls[::-1].index("replace") - 1]


def survives_half_a_write(path: Path) -> bool:
    """The disk fills up in the middle of the bytes."""
    storage, document = opened(path)
    before, real = path.read_bytes(), os.write

    def half(descriptor: int, payload: Any) -> int:
        real(descriptor, payload[: len(payload) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with patch.object(os, "write", half), contextlib.suppress(OSError, StorageFailed):
        storage.commit({**document, "risks": {"7": {"name": "new" * 100}}})
    return path.read_bytes() == before


GUARDED: list[tuple[Mutant, Callable[[Path], bool]]] = [
    (no_hash_check, keeps_what_came_between),
    (no_hash_check, keeps_what_has_the_same_time_and_size),
    (time_and_size_as_the_check, keeps_what_came_in_the_midst_of_reading),
    (time_and_size_as_the_check, keeps_what_has_the_same_time_and_size),
    (the_cached_dict, drops_what_was_refused),
    (acknowledged_before_the_journal, journals_before_it_shows),
    (no_sync_before_the_rename, syncs_before_it_renames),
    (written_in_place, survives_half_a_write),
]


@pytest.mark.parametrize(("mutant", "guard"), GUARDED, ids=lambda item: item.__name__)
def test_what_guards_the_protocol_holds_and_notices_the_mutant(
    path: Path, mutant: Mutant, guard: Callable[[Path], bool]
) -> None:
    kept = path.read_bytes()
    assert guard(path)
    path.write_bytes(kept)
    with mutant():
        assert not guard(path)
