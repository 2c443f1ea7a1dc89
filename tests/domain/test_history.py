"""The history of a file: what acts did, bounded, and taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain import changes, history
from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.history import HISTORY, Entry, entries, taken_back, with_entry

UID = "0123456789abcdef0123456789abcdef"
OTHER = "f123456789abcdef0123456789abcdef"


def record(uid: str = UID, **values: Any) -> dict[str, Any]:
    return {"uid": uid, "at": "2026-11-20T09:00:00Z", "by": "Ada", **values}


def done(document: Any, change: Change, number: int = 1, by: str = "Bo") -> Any:
    """Return a document with a change made and noted, as the number-th act of a morning."""
    at = f"2026-11-22T09:{number // 60:02}:{number % 60:02}Z"
    return with_entry(changes.apply(document, change), change, f"{number:013x}" + "0" * 19, at, by)


def only(document: Any) -> Entry:
    (entry,) = entries(document)
    return entry


def test_of_a_changed_record_only_the_fields_that_changed_are_kept() -> None:
    before = {"risks": {"7": record(name="Delay", likelihood=2, strategy="Wait")}}
    after = record(name="Delay", likelihood=5) | {"at": "2026-11-22T09:00:00Z", "by": "Bo"}
    document = done(before, Change("set Likelihood of Delay", (Edit("risks", "7", before["risks"]["7"], after),)))
    entry = only(document)
    assert (entry.by, entry.label, entry.counts) == ("Bo", "set Likelihood of Delay", {"risks": 1})
    (changed,) = entry.changes
    assert (changed.table, changed.uid, changed.what) == ("risks", UID, "changed")
    assert changed.before == {"likelihood": 2, "strategy": "Wait"}
    assert changed.after == {"likelihood": 5}
    back = changes.apply(document, taken_back(document, list(entry.changes), "back"))
    assert back["risks"]["7"]["likelihood"] == 2 and back["risks"]["7"]["strategy"] == "Wait"


def test_a_removed_record_is_kept_whole_and_comes_back_without_its_tombstone() -> None:
    old = record(name="Delay")
    stone = {"uid": UID, "table": "risks", "at": "", "by": ""}
    stone_id = str(int(UID[:13], 16))
    removal = Change("delete risk", (Edit("risks", stone_id, old, None), Edit("~gone", stone_id, None, stone)))
    document = done({"risks": {stone_id: old}}, removal)
    assert "risks" not in document and stone_id in document["~gone"]
    back = changes.apply(document, taken_back(document, list(only(document).changes), "back"))
    assert back["risks"] == {stone_id: old}
    assert "~gone" not in back


def test_an_added_record_goes_when_that_is_taken_back_whatever_was_changed_in_it_since() -> None:
    document = done({}, Change("add risk", (Edit("risks", "7", None, record(name="Delay")),)), 1)
    first = only(document)
    second = Change("set", (Edit("risks", "7", document["risks"]["7"], record(name="Strike")),))
    document = done(document, second, 2)
    assert [entry.label for entry in entries(document)] == ["set", "add risk"], "the newest first"
    assert "risks" not in changes.apply(document, taken_back(document, list(first.changes), "back"))


def test_what_came_after_an_act_stays_when_that_act_alone_is_taken_back() -> None:
    start = {"risks": {"7": record(name="Delay", likelihood=2, severity=2)}}
    one = Change("one", (Edit("risks", "7", start["risks"]["7"], record(name="Delay", likelihood=5, severity=2)),))
    document = done(start, one, 1)
    two = Change("two", (Edit("risks", "7", document["risks"]["7"], record(name="Delay", likelihood=5, severity=4)),))
    document = done(document, two, 2)
    back = changes.apply(document, taken_back(document, list(entries(document)[1].changes), "back"))
    assert (back["risks"]["7"]["likelihood"], back["risks"]["7"]["severity"]) == (2, 4)


def test_a_field_of_a_record_that_is_gone_does_not_bring_it_back() -> None:
    start = {"risks": {"7": record(name="Delay")}}
    document = done(start, Change("set", (Edit("risks", "7", start["risks"]["7"], record(name="Strike")),)))
    entry = only(document)
    without = {name: table for name, table in document.items() if name != "risks"}
    assert taken_back(without, list(entry.changes), "back").edits == ()


def test_the_history_is_bounded_by_number_and_by_bytes_and_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_ENTRIES", 5)
    document: Any = {}
    for number in range(1, 9):
        row = Edit("risks", str(number), None, record(f"{number:032x}", name="x"))
        document = done(document, Change(f"add {number}", (row,)), number)
    assert [entry.label for entry in entries(document)] == ["add 8", "add 7", "add 6", "add 5", "add 4"]
    monkeypatch.setattr(history, "MOST_BYTES", 2_000)
    note = record(name="n", notes="y" * 1_500)
    document = done(document, Change("long", (Edit("risks", "9", note, record(name="n")),)), 9)
    assert [entry.label for entry in entries(document)] == ["long"]
    assert len(json.dumps(document[HISTORY])) < 2_100


def test_of_an_act_on_thousands_of_rows_only_their_number_is_kept() -> None:
    rows = tuple(Edit("tasks", str(place), None, record(f"{place:032x}")) for place in range(1, 1_001))
    document = done({}, Change("import 1000 tasks", rows))
    assert only(document).counts == {"tasks": 1_000} and only(document).changes == ()
    assert len(json.dumps(document[HISTORY])) < 500


@pytest.mark.parametrize(
    "damaged",
    [{}, {"uid": 1}, {"uid": "a", "at": "b", "by": "c", "label": "d", "records": [1]},
     {"uid": "a", "at": "b", "by": "c", "label": "d", "records": [{"table": "t"}]}],
)  # fmt: skip
def test_what_is_damaged_in_a_history_is_left_out(damaged: dict[str, Any]) -> None:
    assert entries({HISTORY: {"1": damaged}}) == []


FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3) | st.none() | st.text(max_size=2), max_size=3)
TABLES = st.dictionaries(st.sampled_from(["1", "2", "3"]), FIELDS, max_size=3)


@given(st.lists(TABLES, min_size=2, max_size=6))
def test_taking_back_all_acts_from_the_newest_on_leads_to_the_beginning(states: list[dict[str, Any]]) -> None:
    """Whatever the acts were: as a day is restored."""
    tables = [{doc_id: {"uid": f"{int(doc_id):032x}", **row} for doc_id, row in table.items()} for table in states]
    document: Any = {"risks": tables[0]} if tables[0] else {}
    for number, table in enumerate(tables[1:], 1):
        wanted = {**document, "risks": table} if table else {k: v for k, v in document.items() if k != "risks"}
        document = done(document, changes.between(document, wanted, f"act {number}"), number)
        assert document.get("risks", {}) == table
    found = [item for entry in entries(document) for item in reversed(entry.changes)]
    back = changes.apply(document, taken_back(document, found, "back"))
    assert back.get("risks", {}) == tables[0]
