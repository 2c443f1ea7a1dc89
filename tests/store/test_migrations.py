"""What `_meta` has to say before a file is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import FileRefused
from pcsm_tui.framework.reading import build_framework, declared_framework
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
    document = with_meta(schema=9, min_reader=2, something_new={"a": 1})
    assert migrated(document, PATH) is document
    with pytest.raises(FileRefused, match="needs schema 3, and this program has 2") as refused:
        migrated(with_meta(schema=9, min_reader=3), PATH)
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
    document = {"_meta": {"1": {"format": "pcsm", "schema": 2, "file_id": "f"}}}
    assert migrated(document, PATH) is document


def test_older_schemas_go_through_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(number: int) -> Any:
        def change(document: dict[str, Any]) -> dict[str, Any]:
            meta = {**document["_meta"]["1"], "schema": number + 1}
            return {**document, "_meta": {"1": meta}, f"from {number}": {}}

        return change

    monkeypatch.setattr(migrations, "SCHEMA", 3)
    monkeypatch.setattr(migrations, "STEPS", {1: step(1), 2: step(2)})
    before = with_meta(schema=1)
    after = migrated(before, PATH)
    assert after.keys() == {"_meta", "from 1", "from 2"}
    assert after["_meta"]["1"]["schema"] == 3
    assert before == with_meta(schema=1)
    assert migrated(after, PATH) is after


# --- schema 2: the plan ---------------------------------------------------------------------------------------

STREAM, ORDERED, WRITTEN, TESTED, LATE, TOLD = (letter * 32 for letter in "abcdef")


def schema_1() -> dict[str, Any]:
    """Return a plan as schema 1 held it: outline 1 (1.1 done, 1.2 begun, 1.3 open), 2 and 3 open."""
    tasks = [
        {"uid": STREAM, "name": "Depot", "kind": "Work stream", "order": 1},
        {"uid": TOLD, "name": "Tell everybody", "order": 5, "predecessors": "1FS+1w; 2", "finish": "2026-12-18"},
        {"uid": WRITTEN, "name": "Write", "order": 3, "parent": STREAM, "start": "2026-11-16", "finish": "2026-11-27",
         "duration": 4800, "percent_complete": 400, "state": "In progress", "predecessors": "1.1"},
        {"uid": ORDERED, "name": "Order", "order": 2, "parent": STREAM, "start": "2026-11-02", "finish": "2026-11-13",
         "duration": 4800, "percent_complete": 1000, "state": "Done"},
        {"uid": TESTED, "name": "Test", "order": 4, "parent": STREAM, "start": "2026-11-30", "finish": "2026-12-04",
         "duration": 2400, "predecessors": "1.2 SS - 1 day, 1.1FS+50%, 1.9, the tablets", "notes": "Two rooms."},
        {"uid": LATE, "name": "Go live", "order": 4, "parent": "gone", "start": "2026-12-07", "finish": "soon",
         "duration": 2400, "other": {"kept": True}},
    ]  # fmt: skip
    return {**with_meta(schema=1, min_reader=1), "tasks": {str(place): task for place, task in enumerate(tasks, 1)}}


def test_schema_2_makes_links_of_predecessors_and_a_plan_of_dates() -> None:
    before, untouched = schema_1(), schema_1()
    after = migrated(before, PATH)
    assert before == untouched
    assert (after["_meta"]["1"]["schema"], after["_meta"]["1"]["min_reader"]) == (2, 2)
    tasks = {record["uid"]: record for record in after["tasks"].values()}
    assert tasks[STREAM] == untouched["tasks"]["1"]
    assert tasks[TOLD] == {
        "uid": TOLD, "name": "Tell everybody", "order": 5, "deadline": "2026-12-18",
        "predecessors": [{"task": STREAM, "type": "FS", "lag": "1w"}, {"task": LATE, "type": "FS"}],
    }  # fmt: skip
    assert tasks[ORDERED] == {
        "uid": ORDERED, "name": "Order", "order": 2, "parent": STREAM, "duration": 4800, "percent_complete": 1000,
        "state": "Done", "actual_start": "2026-11-02", "actual_finish": "2026-11-13",
    }  # fmt: skip
    assert tasks[WRITTEN] == {
        "uid": WRITTEN, "name": "Write", "order": 3, "parent": STREAM, "duration": 4800, "percent_complete": 400,
        "state": "In progress", "actual_start": "2026-11-16", "predecessors": [{"task": ORDERED, "type": "FS"}],
    }  # fmt: skip
    assert tasks[TESTED] == {
        "uid": TESTED, "name": "Test", "order": 4, "parent": STREAM, "duration": 2400,
        "predecessors": [{"task": WRITTEN, "type": "SS", "lag": "-1d"}, {"task": ORDERED, "type": "FS", "lag": "50%"}],
        "notes": "Two rooms.\nPredecessors: 1.9, the tablets",
    }  # fmt: skip
    assert tasks[LATE] == {
        "uid": LATE, "name": "Go live", "order": 4, "parent": "gone", "finish": "soon", "duration": 2400,
        "constraint": "Start no earlier than", "constraint_date": "2026-12-07", "other": {"kept": True},
    }  # fmt: skip
    assert migrated(after, PATH) is after


def test_what_schema_2_makes_fits_the_fields_of_the_plan() -> None:
    seen = Engagement(migrated(schema_1(), PATH), build_framework(declared_framework()))
    assert {row.uid: seen.problems(row) for row in seen.rows("tasks")} == {
        uid: {"parent": "refers to 'gone', which is not a row of tasks"} if uid == LATE else {}
        for uid in (STREAM, ORDERED, WRITTEN, TESTED, LATE, TOLD)
    }
    assert [(seen.show(row, "wbs"), seen.show(row, "predecessors")) for row in seen.rows("tasks")] == [
        ("1", ""), ("1.1", ""), ("1.2", "1.1"), ("1.3", "1.2SS-1d, 1.1FS+50%"), ("2", ""), ("3", "1FS+1w, 2"),
    ]  # fmt: skip


ANYTHING = st.none() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2) | st.just("a" * 32)
FIELDS = ["uid", "order", "at", "parent", "predecessors", "notes", "start", "finish", "state", "percent_complete"]


@given(
    st.dictionaries(
        st.integers(1, 2**53 - 1).map(str),
        st.dictionaries(st.sampled_from([*FIELDS, "duration"]), ANYTHING, max_size=6),
        max_size=4,
    )
)
def test_whatever_schema_1_holds_gets_through(tasks: dict[str, Any]) -> None:
    after = migrated({**with_meta(schema=1), "tasks": tasks}, PATH)
    assert after["tasks"].keys() == tasks.keys()
    assert after["_meta"]["1"]["schema"] == 2
