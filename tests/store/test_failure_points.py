"""The failure point moves through every call that saving, migrating, writing in place and the journal make.

After each: the file is the old or the new one, what was acknowledged is there, and the same process can save again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import PcsmError
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.journal import Journal, left_journals
from pcsm_tui.store.overwriting import copy_path
from tests.store.failing import ERRORS, KILLED, KILLS, Failure, failing, in_child
from tests.store.saved import leftovers
from tests.support import empty_document

MOST_CALLS = 200


def by_name(failure: Failure) -> str:
    return failure.name


class Saving:
    """A kind of save, on a file that holds "old" and is to hold "new"."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.path = folder / "acme.pcsm.json"
        self.copies = folder.parent / f"{folder.name}-copies"
        self.make()
        self.before = self.path.read_bytes()

    def make(self) -> None:
        EngagementStorage(self.path).commit({**empty_document(), "risks": {"7": {"name": "old"}}})

    def storage(self) -> EngagementStorage:
        return EngagementStorage(self.path, patience=0.05, copies=self.copies)

    def save(self, storage: EngagementStorage, document: Any) -> object:
        return storage.commit(document)

    def opened(self) -> tuple[EngagementStorage, Any]:
        storage = self.storage()
        document = storage.load()
        assert document is not None
        return storage, {**document, "risks": {"7": {"name": "new"}}}

    def held(self) -> str:
        """Return what the file holds, as any reader finds it."""
        document: Any = canonical.from_bytes(self.path.read_bytes(), self.path)
        return str(document["risks"]["7"]["name"])

    def clean(self) -> list[str]:
        return [name for name in leftovers(self.path) if name.endswith(".tmp")]


class FirstSave(Saving):
    """The save of a new file."""

    def make(self) -> None:
        super().make()
        self.made = json.loads(self.path.read_text())
        self.path.write_bytes(b"")
        self.path.unlink()
        self.path.touch()

    def opened(self) -> tuple[EngagementStorage, Any]:
        self.path.unlink(missing_ok=True)
        return self.storage(), {**self.made, "risks": {"7": {"name": "new"}}}

    def held(self) -> str:
        return super().held() if self.path.exists() else "old"


class Migrating(Saving):
    """The first save of a file of an older schema."""

    def make(self) -> None:
        super().make()
        document = json.loads(self.path.read_text())
        document["_meta"]["1"] |= {"schema": 1, "min_reader": 1}
        document["tasks"] = {"9": {"uid": "9" * 32, "name": "Train", "predecessors": "1", "order": 1}}
        self.path.write_text(json.dumps(document))

    def held(self) -> str:
        found = super().held()
        schema = json.loads(self.path.read_text())["_meta"]["1"]["schema"]
        assert (found, schema) in (("old", 1), ("new", 2))
        kept = self.path.with_name(f"{self.path.name}.v1.bak")
        assert found == "old" or kept.read_bytes() == self.before, "the file as the older program left it"
        return found


class InPlace(Saving):
    """Writing into the file as it stands; a reader in the middle of it may find half."""

    def save(self, storage: EngagementStorage, document: Any) -> object:
        return storage.overwrite(document)

    def held(self) -> str:
        """Opening finishes what was interrupted."""
        document = self.storage().load()
        assert document is not None and not copy_path(self.path, self.copies).exists()
        return str(document["risks"]["7"]["name"])


KINDS: list[type[Saving]] = [Saving, FirstSave, Migrating, InPlace]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("failure", ERRORS, ids=by_name)
def test_fault_005_007_008_010_an_error_at_every_call_and_a_save_after_it(
    tmp_path: Path, kind: type[Saving], failure: Failure
) -> None:
    reached = 0
    for place in range(1, MOST_CALLS):
        saving = kind(tmp_path / str(place))
        storage, document = saving.opened()
        with failing(place, failure) as count:
            try:
                saving.save(storage, document)
                saved = True
            except PcsmError as refused:
                saved = False
                assert str(saving.path) in refused.message or "folder" in refused.message or "lock" in refused.message
        if not count.reached:
            assert saved and saving.held() == "new"
            break
        reached += 1
        if kind is not InPlace:
            assert saving.held() == ("new" if saved else "old"), (place, count.kind)
        saving.save(storage, document)
        assert saving.held() == "new" and not saving.clean(), (place, count.kind)
        again = saving.storage()
        found = again.load()
        assert found is not None
        again.commit(found)
    assert 10 < reached < MOST_CALLS - 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("failure", KILLS, ids=by_name)
def test_fault_001_004_059_killed_at_every_call_the_file_is_old_or_new(
    tmp_path: Path, kind: type[Saving], failure: Failure
) -> None:
    seen = set()
    for place in range(1, MOST_CALLS):
        saving = kind(tmp_path / str(place))
        storage, document = saving.opened()
        acknowledged = tmp_path / f"{place}.acknowledged"

        def act(saving: Saving = saving, place: int = place, storage: Any = storage, document: Any = document) -> None:
            with failing(place, failure):
                saving.save(storage, document)
            (tmp_path / f"{place}.acknowledged").touch()

        ended = in_child(act)
        held = saving.held()
        seen.add(held)
        assert held == "new" or not acknowledged.exists()
        if ended == 0:
            assert held == "new"
            break
        assert ended == KILLED
        later, changed = saving.opened()
        saving.save(later, changed)
        assert saving.held() == "new" and not saving.clean()
    assert seen == {"old", "new"} and place < MOST_CALLS - 1


# --- the journal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [*ERRORS, *KILLS], ids=by_name)
def test_fault_006_the_journal_holds_what_was_acknowledged_and_nothing_torn(tmp_path: Path, failure: Failure) -> None:
    """The first entry makes the file; the second is the one that fails."""
    for place in range(1, MOST_CALLS):
        folder = tmp_path / str(place)
        acknowledged = tmp_path / f"{place}.acknowledged"

        def act(folder: Path = folder, place: int = place, acknowledged: Path = acknowledged) -> None:
            journal = Journal(folder, "one")
            journal.append({"op": "do", "number": 1})
            with failing(place, failure) as count:
                try:
                    journal.append({"op": "do", "number": 2})
                except PcsmError as refused:
                    acknowledged.write_text("refused" if "Crash protection is off" in str(refused) else "?")
                else:
                    acknowledged.write_text("yes" if count.reached else "complete")
            if failure.code:
                journal.append({"op": "do", "number": 3})

        ended = in_child(act)
        assert ended in ((0,) if failure.code else (0, KILLED))
        (left,) = left_journals(folder)
        numbers = [entry["number"] for entry in left.entries]
        answer = acknowledged.read_text() if acknowledged.exists() else "none"
        after = [3] if failure.code else []
        expected = {"complete": [[1, 2, *after]], "yes": [[1, 2, *after]], "refused": [[1, *after]]}
        assert numbers in expected.get(answer, [[1], [1, 2]]), (place, answer)
        if answer == "complete":
            break
    assert 1 < place < MOST_CALLS - 1


def test_a_journal_that_lives_is_left_alone_and_a_torn_line_ends_one_that_is_left(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    journal.append({"op": "do"}, {"op": "undo"})
    assert left_journals(tmp_path) == []
    journal.close()
    whole = journal.path.read_bytes()
    for end in range(len(whole)):
        journal.path.write_bytes(whole[:end])
        (left,) = left_journals(tmp_path)
        assert len(left.entries) == whole[:end].count(b"\n")
    journal.path.write_bytes(whole.replace(b'"do"', b'"Do"'))
    (left,) = left_journals(tmp_path)
    assert left.entries == (), "a line that is not what was written, and all behind it"
    assert journal.path.stat().st_mode & 0o777 == 0o600 and tmp_path.is_dir()
