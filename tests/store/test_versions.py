"""Files of older and newer programs, of plain TinyDB, and of none of them.

`golden` holds a file of every schema that was released, as its program wrote it, and by hand what becomes of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB

from pcsm_tui.domain.editing import add_row, remove_row, set_values
from pcsm_tui.domain.engagement import Engagement, doc_id_of
from pcsm_tui.errors import FileRefused, NewerFile
from pcsm_tui.store import migrations
from pcsm_tui.store.canonical import from_bytes, to_bytes
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.migrations import MIN_READER, SCHEMA, migrated, schema_of
from tests.store.saved import opened, untouched
from tests.support import STAMP, empty_document, engagement, fresh_uid, made, small_framework, with_row

PATH = Path("acme.pcsm.json")
GOLDEN = Path(__file__).parent / "golden"
MACHINERY = ("rev", "n", "ancestry")


def golden(name: str) -> dict[str, Any]:
    """Return a document of the golden files, read by nothing of ours."""
    return json.loads((GOLDEN / f"{name}.pcsm.json").read_text(encoding="utf-8"))


def without_revision(document: dict[str, Any]) -> dict[str, Any]:
    mark = {name: value for name, value in document["_meta"]["1"].items() if name not in MACHINERY}
    return {**document, "_meta": {"1": mark}}


# --- 56, 57: newer ---------------------------------------------------------------------------------------------


def test_fault_056_a_newer_file_that_allows_it_is_edited_and_keeps_what_we_do_not_know(tmp_path: Path) -> None:
    path = tmp_path / "acme.pcsm.json"
    document = empty_document()
    document["_meta"]["1"].update(schema=SCHEMA + 7, min_reader=SCHEMA, invented={"a": [1, None]})
    document["holograms"] = {"5": {"beam": {"on": True}}}
    document["risks"] = {"7": {"uid": "0" * 32, "name": "Delay", "x_ray": ["y"]}}
    path.write_bytes(to_bytes(document))
    storage, found = opened(path)
    seen = Engagement(found, small_framework())
    storage.commit(made(seen, set_values(seen, seen.rows("risks")[0], {"severity": 4}, STAMP)).document)
    after = json.loads(path.read_bytes())
    assert after["holograms"] == document["holograms"]
    assert (after["risks"]["7"]["x_ray"], after["risks"]["7"]["severity"]) == (["y"], 4)
    mark = after["_meta"]["1"]
    assert (mark["schema"], mark["min_reader"], mark["invented"]) == (SCHEMA + 7, SCHEMA, {"a": [1, None]})


def test_fault_057_a_newer_file_that_forbids_it_is_refused_with_the_schema_that_it_needs(path: Path) -> None:
    document = json.loads(path.read_bytes())
    document["_meta"]["1"].update(schema=9, min_reader=8)
    path.write_bytes(to_bytes(document))
    refused = untouched(
        path, lambda: EngagementStorage(path).read(), NewerFile, "it needs schema 8, and this program has"
    )
    assert isinstance(refused, FileRefused)
    assert isinstance(refused, NewerFile)
    assert (refused.schema, refused.needed) == (9, 8)
    assert "Update pcsm" in refused.hint


# --- 58, 61: older, and what is unknown -----------------------------------------------------------------------


def test_fault_058_there_is_a_golden_file_for_every_schema() -> None:
    assert {path.name for path in GOLDEN.glob("schema-?.pcsm.json")} == {
        f"schema-{number}.pcsm.json" for number in range(1, SCHEMA + 1)
    }


@pytest.mark.parametrize(("before", "after"), [("schema-1", "schema-1-as-schema-2"), ("schema-2", "schema-2")])
def test_fault_058_a_released_file_becomes_what_was_written_by_hand(tmp_path: Path, before: str, after: str) -> None:
    payload = (GOLDEN / f"{before}.pcsm.json").read_bytes()
    assert to_bytes(from_bytes(payload, PATH)) == payload  # the bytes themselves are of that form
    path = tmp_path / "northline.pcsm.json"
    path.write_bytes(payload)
    storage, document = opened(path)
    assert document == golden(after)
    assert path.read_bytes() == payload  # opening it writes nothing
    assert migrated(document, path) is document
    storage.commit(document)
    saved = json.loads(path.read_bytes())
    assert without_revision(saved) == without_revision(golden(after))
    assert opened(path)[1] == saved
    mark = saved["_meta"]["1"]
    assert (mark["schema"], mark["min_reader"], mark["n"]) == (SCHEMA, MIN_READER, 3)
    assert mark["ancestry"] == [*golden(before)["_meta"]["1"]["ancestry"], golden(before)["_meta"]["1"]["rev"]]


def test_fault_058_the_schema_of_a_file_is_known_before_it_is_migrated() -> None:
    assert [schema_of(golden(f"schema-{number}")) for number in (1, 2)] == [1, 2]
    assert schema_of(migrated(golden("schema-1"), PATH)) == SCHEMA
    for odd in (
        {},
        {"_meta": {}},
        {"_meta": {"1": {}}},
        {"_meta": {"1": {"schema": "1"}}},
        {"_meta": {"1": {"schema": -1}}},
    ):
        assert schema_of(odd) == 0


def test_fault_059_a_migration_that_breaks_off_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "northline.pcsm.json"
    path.write_bytes((GOLDEN / "schema-1.pcsm.json").read_bytes())

    def broken(document: dict[str, Any]) -> dict[str, Any]:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setitem(migrations.STEPS, 1, broken)
        with pytest.raises(MemoryError):
            EngagementStorage(path).read()
    assert path.read_bytes() == (GOLDEN / "schema-1.pcsm.json").read_bytes()
    assert opened(path)[1] == golden("schema-1-as-schema-2")


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.text(max_size=8).map(lambda name: f"x{name}") | st.sampled_from(
    ["__class__", "__proto__", "a.b", "{0}", "$ref"]
)
RECORDS = st.dictionaries(
    st.integers(1, 2**52).map(str), st.dictionaries(NAMES, VALUE, max_size=3), min_size=1, max_size=3
)


@given(tables=st.dictionaries(NAMES, RECORDS, max_size=3), fields=st.dictionaries(NAMES, VALUE, max_size=4))
def test_fault_061_what_is_unknown_survives_every_edit(tables: dict[str, Any], fields: dict[str, Any]) -> None:
    """Also 51: names that mean something elsewhere are plain data here."""
    uid = fresh_uid()
    seen = engagement({**tables, "risks": {doc_id_of(uid): {"uid": uid, "name": "Delay", **fields}}})
    seen, second = with_row(seen, "risks", name="Strike")
    seen = made(seen, set_values(seen, seen.row("risks", uid), {"severity": 5}, STAMP))
    seen = made(seen, remove_row(seen, second, STAMP))
    seen = made(seen, add_row(seen, seen.framework.tool("steps"), {"name": "One"}, fresh_uid(), STAMP))
    after = from_bytes(to_bytes(seen.document), PATH)
    as_text = json.dumps({name: after[name] for name in tables}, sort_keys=True)
    assert as_text == json.dumps(tables, sort_keys=True)
    record = after["risks"][doc_id_of(uid)]
    assert json.dumps({name: record[name] for name in fields}, sort_keys=True) == json.dumps(fields, sort_keys=True)
    assert record["severity"] == 5


# --- 62, 63: plain TinyDB -------------------------------------------------------------------------------------


def test_fault_062_a_record_that_a_script_inserts_gets_a_uid_that_stays(path: Path) -> None:
    storage, before = opened(path)
    with TinyDB(path) as database:
        number = database.table("risks").insert({"name": "Strike"})
    assert storage.changed_outside()
    storage, document = opened(path)
    assert document["_meta"] == before["_meta"]
    seen = Engagement(document, small_framework())
    (row,) = (row for row in seen.rows("risks") if row.get("name") == "Strike")
    again = Engagement(opened(path)[1], small_framework())
    assert again.row("risks", row.uid).doc_id == str(number)
    storage.commit(made(seen, set_values(seen, row, {"severity": 2}, STAMP)).document)
    record = json.loads(path.read_bytes())["risks"][str(number)]
    assert (record["uid"], record["severity"], record["by"]) == (row.uid, 2, STAMP.by)


def test_fault_063_a_file_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.pcsm.json"
    with TinyDB(path) as database:
        database.insert({"name": "x"})
    refused = untouched(path, lambda: EngagementStorage(path).read(), FileRefused, "another kind")
    assert "pcsm import" in refused.hint
    untouched(path, lambda: EngagementStorage(path).commit(empty_document()), FileRefused, "changed by someone else")
