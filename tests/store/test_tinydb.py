"""Stock TinyDB and ours on the same file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tinydb import TinyDB, where

from pcsm_tui.domain.editing import set_values
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import FileRefused
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import (
    EngagementStorage,
)
from tests.store.saved import opened, untouched
from tests.support import STAMP, made, small_framework


def test_stock_tinydb_reads_the_file_and_inserts_a_record_that_we_read(path: Path) -> None:
    _, document = opened(path)
    with TinyDB(path) as database:
        assert database.tables() == {"_meta", "risks"}
        assert database.table("risks").get(doc_id=7) == {"name": "Delay"}
        assert database.table("_meta").all()[0]["format"] == "pcsm"
        assert database.table("risks").search(where("name") == "Delay")[0].doc_id == 7
        inserted = database.table("risks").insert({"name": "Späte Lieferung", "severity": 3})
    storage, after = opened(path)
    assert inserted == 8
    assert after == {**document, "risks": {"7": {"name": "Delay"}, "8": {"name": "Späte Lieferung", "severity": 3}}}
    seen = Engagement(after, small_framework())
    row = seen.rows("risks")[-1]
    assert seen.title(row) == "Späte Lieferung"
    storage.commit(made(seen, set_values(seen, row, {"severity": 4}, STAMP)).document)
    with TinyDB(path) as database:
        assert database.table("risks").get(doc_id=8)["severity"] == 4


def test_stock_tinydb_inserts_beside_our_own_large_ids(path: Path) -> None:
    storage, document = opened(path)
    storage.commit({**document, "risks": {str(2**52 - 1): {"uid": "f" * 32, "name": "ours"}}})
    with TinyDB(path) as database:
        database.table("risks").insert({"name": "theirs"})
    rows = Engagement(opened(path)[1], small_framework()).rows("risks")
    assert {row.doc_id: row.get("name") for row in rows} == {str(2**52 - 1): "ours", str(2**52): "theirs"}


def test_tinydb_works_through_our_storage(path: Path) -> None:
    with TinyDB(path, storage=EngagementStorage) as database:
        risks = database.table("risks")
        added = risks.insert({"name": "Strike"})
        risks.update({"severity": 5}, where("name") == "Delay")
        assert {record.doc_id: record["name"] for record in risks} == {7: "Delay", added: "Strike"}
        risks.remove(doc_ids=[added])
    _, document = opened(path)
    assert document["risks"] == {"7": {"name": "Delay", "severity": 5}}
    assert document["_meta"]["1"]["n"] == 4
    assert path.read_bytes() == canonical.to_bytes(document)


def test_tinydb_through_our_storage_cannot_make_a_file_that_we_do_not_open(tmp_path: Path, path: Path) -> None:
    new = tmp_path / "new.pcsm.json"
    with TinyDB(new, storage=EngagementStorage) as database, pytest.raises(FileRefused, match="no pcsm mark"):
        database.insert({"a": 1})
    assert not new.exists()
    with TinyDB(path, storage=EngagementStorage) as database:
        untouched(path, lambda: database.table("risks").insert({"a": 1.5}), FileRefused, "not whole")
        untouched(path, database.drop_tables, FileRefused, "no pcsm mark")
