"""The engagement file on disk: replaced as a whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.editing import add_row, set_values
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import FileChanged, FileRefused, PcsmError
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import (
    EngagementStorage,
    new_document,
    new_uid,
    with_new_revision,
)
from pcsm_tui.store.replacing import read_payload
from tests.store.saved import leftovers, opened, untouched
from tests.support import STAMP, empty_document, fresh_uid, made, small_framework

# --- saving ---------------------------------------------------------------------------------------------------


def test_a_save_is_canonical_and_counts_up(path: Path) -> None:
    storage, document = opened(path)
    written = storage.commit({**document, "risks": {"7": {"name": "Strike"}}})
    assert path.read_bytes() == canonical.to_bytes(written)
    assert storage.read() == written
    before, after = document["_meta"]["1"], written["_meta"]["1"]
    assert (before["n"], after["n"]) == (1, 2)
    assert len(after["rev"]) == 32
    assert after["rev"] != before["rev"]
    assert after["ancestry"] == [before["rev"]]
    assert leftovers(path) == []


def test_the_document_given_is_left_as_it_is(path: Path) -> None:
    storage, document = opened(path)
    kept = json.loads(json.dumps(document))
    storage.commit(document)
    assert document == kept


def test_the_head_of_the_file_identifies_it(path: Path) -> None:
    assert path.read_text().splitlines()[1] == '  "_meta": {'


def test_a_revision_remembers_the_last_64() -> None:
    document: Any = new_document("Acme", {}, {})
    revisions = []
    for _ in range(70):
        document = with_new_revision(document)
        revisions.append(document["_meta"]["1"]["rev"])
    meta = document["_meta"]["1"]
    assert meta["n"] == 70
    assert meta["ancestry"] == revisions[5:69]
    assert len(set(revisions)) == 70


def test_a_new_document_has_what_is_needed_and_nothing_else() -> None:
    document = new_document("Acme", {"name": "F", "version": "1"}, {"name": "", "hash": ""})
    meta = document["_meta"]["1"]
    assert document.keys() == {"_meta"}
    assert (meta["format"], meta["schema"], meta["customer"], meta["n"]) == ("pcsm", 2, "Acme", 0)
    assert len(meta["file_id"]) == 32
    assert meta["file_id"] != new_document("Acme", {}, {})["_meta"]["1"]["file_id"]
    assert len({new_uid() for _ in range(100)}) == 100


def test_a_file_that_does_not_exist_is_none(tmp_path: Path) -> None:
    storage = EngagementStorage(tmp_path / "none.pcsm.json")
    assert storage.read() is None
    assert not storage.changed_outside()
    assert list(tmp_path.iterdir()) == []


def test_unknown_parts_survive_an_edit(path: Path) -> None:
    storage, document = opened(path)
    unknown = {"9": {"uid": "z", "deep": {"a": [1, {"b": None}], "__class__": "x"}}, "8": {}}
    document = {
        **document,
        "from-the-future": unknown,
        "empty-table": {},
        "risks": {"7": {"name": "Delay", "new_field": [True, 1]}},
    }
    document["_meta"]["1"]["min_reader_note"] = {"a": "b"}
    storage.commit(document)

    storage, document = opened(path)
    seen = Engagement(document, small_framework())
    seen = made(seen, set_values(seen, seen.rows("risks")[0], {"severity": 2}, STAMP))
    storage.commit(seen.document)

    _, again = opened(path)
    assert again["from-the-future"] == unknown
    assert again["empty-table"] == {}
    assert again["risks"]["7"]["new_field"][0] is True
    assert again["risks"]["7"]["severity"] == 2
    assert again["_meta"]["1"]["min_reader_note"] == {"a": "b"}


KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
UNKNOWN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | KEYS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=5,
)


@given(
    st.dictionaries(
        KEYS.map("x-{}".format),
        st.dictionaries(st.integers(0, 2**40).map(str), st.dictionaries(KEYS, UNKNOWN, max_size=3), max_size=2),
        max_size=3,
    )
)
def test_any_unknown_table_survives_load_edit_save(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("any") / "acme.pcsm.json"
    EngagementStorage(path).commit({**empty_document(), **tables})
    storage, document = opened(path)
    seen = Engagement(document, small_framework())
    seen = made(seen, add_row(seen, small_framework().tool("risks"), {"name": "New"}, fresh_uid(), STAMP))
    storage.commit(seen.document)
    again = json.loads(path.read_bytes())
    assert json.dumps({name: again[name] for name in tables}, sort_keys=True) == json.dumps(tables, sort_keys=True)
    assert len(again["risks"]) == 1


def test_a_lone_surrogate_survives_to_the_byte(path: Path) -> None:
    payload = path.read_bytes().replace(b"Delay", b"De\\ud800lay\\udcff")
    path.write_bytes(payload)
    storage, document = opened(path)
    storage.commit(document)
    assert b'"name": "De\\ud800lay\\udcff"\n' in path.read_bytes()


# --- what is refused ------------------------------------------------------------------------------------------


def test_what_someone_else_saved_is_not_replaced(path: Path) -> None:
    storage, document = opened(path)
    other, theirs = opened(path)
    other.commit({**theirs, "risks": {"7": {"name": "Theirs"}}})
    assert storage.changed_outside()
    untouched(path, lambda: storage.commit(document), FileChanged, "changed by someone else")
    again = storage.read()
    assert again is not None
    assert not storage.changed_outside()
    storage.commit(again)


def test_a_change_of_the_same_size_and_time_is_noticed(path: Path) -> None:
    storage, document = opened(path)
    stats = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Delay", b"Delax"))
    os.utime(path, ns=(stats.st_atime_ns, stats.st_mtime_ns))
    untouched(path, lambda: storage.commit(document), FileChanged, "changed by someone else")


def test_a_file_that_was_never_read_is_not_replaced(path: Path) -> None:
    untouched(path, lambda: EngagementStorage(path).commit(empty_document()), FileChanged, "changed by someone else")


def test_a_file_that_is_gone_is_not_made_again(path: Path) -> None:
    storage, document = opened(path)
    path.unlink()
    with pytest.raises(FileChanged, match="is gone"):
        storage.commit(document)
    assert storage.read() is None
    with pytest.raises(FileChanged, match="is gone"):
        storage.commit(document)
    assert not path.exists()


def test_a_damaged_file_is_not_replaced_after_it_was_refused(path: Path) -> None:
    for payload in (b"", b"\x00" * 512, b'{"_meta": {'):
        path.write_bytes(payload)
        storage = EngagementStorage(path)
        untouched(path, storage.read, FileRefused, "damaged|not valid JSON")
        untouched(path, lambda storage=storage: storage.commit(empty_document()), FileChanged, "changed")  # type: ignore[misc]


@pytest.mark.parametrize("mode", [0o444, 0o440, 0o400])
def test_a_read_only_file_is_refused(path: Path, mode: int) -> None:
    storage, document = opened(path)
    path.chmod(mode)
    assert storage.read() == document
    untouched(path, lambda: storage.commit(document), FileRefused, "is read-only")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_file_that_is_not_ours_to_write_is_refused(path: Path) -> None:
    storage, document = opened(path)
    path.chmod(0o070)
    untouched(path, lambda: storage.commit(document), FileRefused, "is read-only")


def test_folders_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.pcsm.json"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.pcsm.json"
    loop.symlink_to(loop)
    folder = tmp_path / "folder.pcsm.json"
    folder.mkdir()
    before = sorted(tmp_path.iterdir())
    for path in (folder, pipe, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(FileRefused, match="not a file"):
            EngagementStorage(path).read()
        with pytest.raises(FileRefused, match="not a file"):
            EngagementStorage(path).commit(empty_document())
    with pytest.raises(FileRefused):
        EngagementStorage(loop).read()
    assert sorted(tmp_path.iterdir()) == before
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(FileRefused):
            read_payload(folder)
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def test_names_and_folders_that_cannot_be_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "x.pcsm.json", tmp_path / ("x" * 300), tmp_path / ("x" * 245)):
        with pytest.raises(PcsmError) as told:
            EngagementStorage(path).commit(empty_document())
        assert str(path.parent) in told.value.message
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.endswith(".lock")] == []


def test_a_file_beyond_the_limit_is_not_even_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "LARGEST_FILE", 10)
    untouched(path, EngagementStorage(path).read, FileRefused, "The limit|bytes")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"1": {"a": 1.5}}, "not whole"),
        ({"1": {"a": float("nan")}}, "not whole"),
        ({"1": {"a": 2**60}}, "larger"),
        ({"x": {}}, "record id"),
        ({"1": []}, "a list"),
    ],
)
def test_what_could_not_be_opened_again_is_not_saved(path: Path, table: Any, told: str) -> None:
    storage, document = opened(path)
    untouched(path, lambda: storage.commit({**document, "risks": table}), FileRefused, told)


def test_a_document_without_its_mark_is_not_saved(path: Path) -> None:
    storage, document = opened(path)
    untouched(path, lambda: storage.commit({"risks": {}}), FileRefused, "no pcsm mark")
    document["_meta"]["1"]["n"] = "many"
    untouched(path, lambda: storage.commit(document), FileRefused, "'many' as its n")


def test_a_count_at_its_end_does_not_make_the_file_unreadable(path: Path) -> None:
    storage, document = opened(path)
    document["_meta"]["1"]["n"] = 2**53 - 1
    storage.commit(document)
    assert opened(path)[1]["_meta"]["1"]["n"] == 2**53 - 1
