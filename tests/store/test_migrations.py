"""What `_meta` has to say before a file is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import FileRefused
from pcsm_tui.store import migrations
from pcsm_tui.store.migrations import migrated
from tests.support import empty_document

PATH = Path("acme.pcsm.json")


def with_meta(**changes: Any) -> dict[str, Any]:
    """Return an empty document whose `_meta` has these values."""
    document = empty_document()
    document["_meta"]["1"].update(changes)
    return document


@pytest.mark.parametrize(
    "document",
    [{}, {"_meta": {}}, {"_default": {"1": {"name": "x"}}}, {"_meta": {"1": {"schema": 1}}}, with_meta(format="other")],
)
def test_a_file_of_another_kind_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(FileRefused, match=r"acme\.pcsm\.json is a JSON file of another kind"):
        migrated(document, PATH)


def test_a_newer_file_is_opened_if_it_says_that_this_program_may() -> None:
    document = with_meta(schema=9, min_reader=1, something_new={"a": 1})
    assert migrated(document, PATH) is document
    with pytest.raises(FileRefused, match="needs schema 2, and this program has 1") as refused:
        migrated(with_meta(schema=9, min_reader=2), PATH)
    assert "Update" in refused.value.hint


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"schema": "1"}, "'1' as its schema"),
        ({"schema": True}, "True as its schema"),
        ({"schema": None}, "None as its schema"),
        ({"schema": 0}, "schema below 1"),
        ({"min_reader": "2"}, "'2' as its min_reader"),
        ({"file_id": 5}, "5 as its file_id"),
        ({"file_id": ""}, "no file_id"),
        ({"n": "many"}, "'many' as its n"),
        ({"n": True}, "True as its n"),
        ({"ancestry": "abc"}, "'abc' as its ancestry"),
        ({"rev": 7}, "7 as its rev"),
        ({"framework": []}, "[] as its framework"),
    ],
)
def test_a_damaged_mark_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(FileRefused) as refused:
        migrated(with_meta(**changes), PATH)
    assert told in refused.value.message
    assert str(PATH) in refused.value.message


@pytest.mark.parametrize("name", ["schema", "file_id"])
def test_a_mark_without_what_is_needed_is_refused(name: str) -> None:
    document = empty_document()
    del document["_meta"]["1"][name]
    with pytest.raises(FileRefused, match=f"no {name}"):
        migrated(document, PATH)


def test_a_mark_without_what_may_be_missing_is_taken() -> None:
    document = {"_meta": {"1": {"format": "pcsm", "schema": 1, "file_id": "f"}}}
    assert migrated(document, PATH) is document


def test_older_schemas_go_through_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(number: int) -> Any:
        def change(document: dict[str, Any]) -> dict[str, Any]:
            meta = {**document["_meta"]["1"], "schema": number + 1}
            return {**document, "_meta": {"1": meta}, f"from {number}": {}}

        return change

    monkeypatch.setattr(migrations, "SCHEMA", 3)
    monkeypatch.setattr(migrations, "STEPS", {1: step(1), 2: step(2)})
    before = empty_document()
    after = migrated(before, PATH)
    assert after.keys() == {"_meta", "from 1", "from 2"}
    assert after["_meta"]["1"]["schema"] == 3
    assert before == empty_document()
    assert migrated(after, PATH) is after
