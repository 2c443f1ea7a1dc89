"""Three-way merge: nothing that somebody entered is in neither the document nor a conflict."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain import changes
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import doc_id_of
from pcsm_tui.domain.values import same_value
from pcsm_tui.merge.conflicts import CONFLICTS, Conflict, conflicts_of, picked, resolved
from pcsm_tui.merge.lines import merged_lines
from pcsm_tui.merge.three_way import merged
from pcsm_tui.store import canonical
from tests.support import SUNDAY

UIDS = ["1" * 32, "2" * 32, "3" * 32]
STAMP = Stamp(at="2026-12-01T08:00:00Z", by="Cy", today=SUNDAY)


def risk(place: int = 0, at: str = "2026-11-20T09:00:00Z", by: str = "Ada", **values: Any) -> dict[str, Any]:
    return {"uid": UIDS[place], "at": at, "by": by, **values}


def of(*records: dict[str, Any], **tables: Any) -> dict[str, Any]:
    """Return a document with these risks."""
    return {"_meta": {"1": {"rev": "r"}}, "risks": {doc_id_of(record["uid"]): record for record in records}, **tables}


def field(document: Any, name: str, place: int = 0) -> Any:
    return document["risks"][doc_id_of(UIDS[place])].get(name)


# --- by hand ----------------------------------------------------------------------------------------------------


def test_fault_026_different_records_and_different_fields_of_one_are_both_taken() -> None:
    base = of(risk(0, name="Delay", severity=1), risk(1, name="Strike"))
    ours = of(risk(0, name="Delay", severity=5), risk(1, name="Strike"))
    theirs = of(risk(0, name="Late", severity=1), risk(1, name="Strike", severity=2))
    merge = merged(base, ours, theirs)
    assert merge.conflicts == ()
    assert (field(merge.document, "name"), field(merge.document, "severity")) == ("Late", 5)
    assert field(merge.document, "severity", 1) == 2


def test_fault_027_of_the_same_field_the_file_holds_one_and_a_conflict_both() -> None:
    base = of(risk(severity=3))
    merge = merged(base, of(risk(severity=5, by="Ada")), of(risk(severity=1, by="Bo")))
    (conflict,) = merge.conflicts
    assert (conflict.kind, conflict.table, conflict.record, conflict.field) == ("field", "risks", UIDS[0], "severity")
    assert conflict.base == 3
    assert {(side.value, side.by) for side in conflict.sides} == {(5, "Ada"), (1, "Bo")}
    assert field(merge.document, "severity") in (1, 5)
    assert conflicts_of(merge.document) == merge.conflicts


@pytest.mark.parametrize("swapped", [False, True])
def test_fault_028_a_record_deleted_by_one_and_changed_by_the_other_stays(swapped: bool) -> None:
    base, gone, edited = of(risk(name="Delay")), of(), of(risk(name="Late", by="Bo"))
    stone = {"uid": UIDS[0], "table": "risks", "at": "", "by": "Ada"}
    gone["~gone"] = {doc_id_of(UIDS[0]): stone}
    merge = merged(base, edited, gone) if swapped else merged(base, gone, edited)
    (conflict,) = merge.conflicts
    assert conflict.kind == "deleted" and [side.missing for side in conflict.sides] == [False, True]
    assert field(merge.document, "name") == "Late"
    assert "~gone" not in merge.document, "its tombstone would hide it"
    decided = changes.apply(merge.document, resolved(merge.document, conflict, conflict.sides[1], STAMP))
    assert "risks" not in decided and CONFLICTS not in decided and decided["~gone"]


def test_a_default_row_removed_by_one_and_filled_in_by_the_other_stays() -> None:
    stone = {"uid": UIDS[0], "table": "risks", "at": "", "by": "Ada"}
    ours, theirs = of(**{"~gone": {doc_id_of(UIDS[0]): stone}}), of(risk(done=True))
    merge = merged(of(), ours, theirs)
    assert [conflict.kind for conflict in merge.conflicts] == ["deleted"]
    assert field(merge.document, "done") is True and "~gone" not in merge.document


def test_a_record_that_one_deleted_and_the_other_left_alone_is_gone() -> None:
    merge = merged(of(risk(), risk(1)), of(risk(1)), of(risk(), risk(1, name="x")))
    assert list(merge.document["risks"]) == [doc_id_of(UIDS[1])] and merge.conflicts == ()


@pytest.mark.parametrize(
    ("ours", "theirs"), [(None, 1), (True, 1), ("1", 1), ([], None)], ids=["null", "true", "text", "list"]
)
def test_fault_069_values_that_look_alike_are_told_apart(ours: Any, theirs: Any) -> None:
    merge = merged(of(risk(severity=7)), of(risk(severity=ours)), of(risk(severity=theirs)))
    (conflict,) = merge.conflicts
    for value in (ours, theirs):
        assert any(same_value(side.value, value) for side in conflict.sides)


def test_fault_069_a_field_that_one_took_away_and_the_other_changed_is_a_conflict() -> None:
    merge = merged(of(risk(severity=7)), of(risk()), of(risk(severity=1)))
    (conflict,) = merge.conflicts
    assert {side.missing for side in conflict.sides} == {True, False}
    assert field(merge.document, "severity") == 1, "never a gap"
    decided = resolved(merge.document, conflict, next(side for side in conflict.sides if side.missing), STAMP)
    assert "severity" not in changes.apply(merge.document, decided)["risks"][doc_id_of(UIDS[0])]


def test_fault_069_true_in_place_of_one_is_a_change() -> None:
    assert field(merged(of(risk(a=1)), of(risk(a=1)), of(risk(a=True))).document, "a") is True
    assert field(merged(of(risk(a=1)), of(risk(a=True)), of(risk(a=1, b=2))).document, "a") is True


def test_fault_071_what_either_put_in_a_list_is_in_it_and_what_either_took_out_is_not() -> None:
    base, ours, theirs = (of(risk(tags=tags)) for tags in (["a", "b", "c"], ["a", "c", "x"], ["a", "b", "y"]))
    merge = merged(base, ours, theirs)
    assert merge.conflicts == ()
    assert field(merge.document, "tags") == ["a", "x", "y"]
    assert field(merged(base, theirs, ours).document, "tags") == ["a", "x", "y"], "whoever's is whose"


def test_fault_071_links_are_told_apart_by_their_task() -> None:
    links = [[{"task": "t1"}], [{"task": "t1"}, {"task": "t2"}], [{"task": "t1", "type": "SS"}]]
    base, ours, theirs = (of(risk(after=value)) for value in links)
    assert field(merged(base, ours, theirs).document, "after") == [{"task": "t1", "type": "SS"}, {"task": "t2"}]
    lag = of(risk(after=[{"task": "t1", "lag": 5}]))
    assert len(merged(base, lag, theirs).conflicts) == 1, "of the same link both made something else"
    assert len(merged(base, of(risk(after=[])), theirs).conflicts) == 1, "one took it out, the other changed it"


def test_fault_072_lines_of_a_note_are_merged_and_overlapping_ones_are_a_conflict() -> None:
    base, ours, theirs = (of(risk(notes=text)) for text in ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\nd\n"))
    assert field(merged(base, ours, theirs).document, "notes") == "A\nb\nC\nd\n"
    other = of(risk(notes="a\nb\nX\n"))
    merge = merged(base, other, theirs)
    (conflict,) = merge.conflicts
    assert {side.value for side in conflict.sides} == {"a\nb\nX\n", "a\nb\nC\nd\n"}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("a\nb\n", "a\nb\nc\n", "z\na\nb\n"), "z\na\nb\nc\n"),
        (("1\n2\n3\n", "1\n3\n", "1\n2\n3\n4\n"), "1\n3\n4\n"),
        (("", "a\n", "a\n"), "a\n"),
        (("", "a\n", "b\n"), None),
        (("a\nb", "a\nb\nc", "x\nb"), None),
    ],
)
def test_diff3(texts: tuple[str, str, str], expected: str | None) -> None:
    """The last: a line without an end is not the line with one, so both changed lines that touch each other."""
    assert merged_lines(*texts) == expected


def test_fault_074_clocks_decide_nothing() -> None:
    base = of(risk(severity=3))
    results = [
        merged(base, of(risk(severity=5, at=ours)), of(risk(severity=1, at=theirs)))
        for ours, theirs in [("2016-01-01T00:00:00Z", "2036-01-01T00:00:00Z"), ("2036-01-01T00:00:00Z", "2016-01-01T00:00:00Z")]
    ]  # fmt: skip
    assert len({field(result.document, "severity") for result in results}) == 1
    assert len({result.conflicts[0].id for result in results}) == 1


def test_a_conflict_that_one_decided_stays_decided() -> None:
    start = merged(of(risk(severity=3)), of(risk(severity=5)), of(risk(severity=1))).document
    (conflict,) = conflicts_of(start)
    decided = changes.apply(start, resolved(start, conflict, conflict.sides[0], STAMP))
    other = changes.apply(start, changes.between(start, {**start, "notes": {"1": {"uid": "9" * 32}}}, ""))
    for merge in (merged(start, decided, other), merged(start, other, decided)):
        assert conflicts_of(merge.document) == () and merge.conflicts == ()
        assert field(merge.document, "severity") == conflict.sides[0].value


def test_the_revision_is_theirs_and_the_customer_whoevers_changed_it() -> None:
    base = {"_meta": {"1": {"rev": "a", "n": 1, "customer": "Ada", "schema": 2}}}
    ours = {"_meta": {"1": {"rev": "a", "n": 1, "customer": "Ada Ltd", "schema": 2}}, "t": {"1": {"uid": "1"}}}
    theirs = {"_meta": {"1": {"rev": "b", "n": 2, "customer": "Ada", "schema": 3}}}
    assert merged(base, ours, theirs).document["_meta"]["1"] == {"rev": "b", "n": 2, "customer": "Ada Ltd", "schema": 3}


# --- whatever the documents are -----------------------------------------------------------------------------------

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "x", "a\nb\n", "a\nc\n", "z\nb\n"]),
    st.lists(st.sampled_from(["p", "q", "r"]), max_size=3, unique=True),
    st.lists(st.builds(lambda task, lag: {"task": task, "lag": lag}, st.sampled_from("tu"), st.integers(0, 1)),
             max_size=2, unique_by=lambda link: link["task"]),
)  # fmt: skip
FIELDS = st.dictionaries(st.sampled_from(["a", "b", "order"]), VALUES, max_size=3)
RECORDS = st.dictionaries(st.sampled_from([0, 1, 2]), FIELDS, max_size=3)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    table = {
        doc_id_of(UIDS[place]): risk(place, at=f"2026-11-2{draw(st.integers(0, 3))}T09:00:00Z", by="Ada", **fields)
        for place, fields in draw(RECORDS).items()
    }
    return {"_meta": {"1": {"rev": "r"}}, **({"risks": table} if table else {})}


def plain(document: Any) -> dict[str, Any]:
    """Return a document without its stamps."""
    return {
        table: {doc_id: {name: value for name, value in record.items() if name not in ("at", "by")}
                for doc_id, record in records.items()}
        for table, records in document.items()
    }  # fmt: skip


def held(document: Any, conflicts: tuple[Conflict, ...], doc_id: str, name: str, value: Any) -> bool:
    """Return whether a value of a field is in the document or in a conflict; of lists and notes, every part of it."""
    record = document.get("risks", {}).get(doc_id)
    found = [] if record is None else [record.get(name)]
    for conflict in conflicts:
        if conflict.doc_id == doc_id:
            found += [side.value.get(name) for side in conflict.sides if conflict.kind == "deleted" and side.value]
            found += [side.value for side in conflict.sides if conflict.field == name]
    return any(same_value(one, value) for one in found)


@given(documents(), documents())
def test_one_side_alone_is_taken_as_it_is(base: Any, side: Any) -> None:
    for merge in (merged(base, side, base), merged(base, base, side), merged(base, copy.deepcopy(base), side)):
        assert plain(merge.document) == plain(side) and merge.conflicts == ()


@given(documents(), documents())
def test_both_alike_are_taken_as_they_are(base: Any, side: Any) -> None:
    merge = merged(base, side, copy.deepcopy(side))
    assert merge.document == side and merge.conflicts == ()


@given(documents(), documents(), documents())
def test_fault_065_whose_is_whose_makes_no_difference(base: Any, ours: Any, theirs: Any) -> None:
    one, other = merged(base, ours, theirs), merged(base, theirs, ours)
    assert one.document == other.document
    assert {conflict.id for conflict in one.conflicts} == {conflict.id for conflict in other.conflicts}


@given(documents(), documents(), documents())
def test_fault_064_merging_again_changes_nothing(base: Any, ours: Any, theirs: Any) -> None:
    merge = merged(base, ours, theirs)
    again = merged(theirs, merge.document, theirs)
    assert again.document == merge.document and again.conflicts == ()
    after = merged(ours, merge.document, copy.deepcopy(ours))
    assert plain(after.document) == plain(merge.document)


@given(documents(), documents(), documents())
def test_no_value_that_a_side_entered_is_lost(base: Any, ours: Any, theirs: Any) -> None:
    merge = merged(base, ours, theirs)
    for side in (ours, theirs):
        for doc_id, record in side.get("risks", {}).items():
            before = base.get("risks", {}).get(doc_id, {})
            for name, value in record.items():
                changed = name not in before or not same_value(before[name], value)
                is_plain = not isinstance(value, list) and "\n" not in str(value) and value not in (None, "")
                if changed and is_plain and name in ("a", "b"):
                    assert held(merge.document, merge.conflicts, doc_id, name, value)


@given(documents(), documents(), documents())
def test_every_item_that_a_side_put_in_a_list_is_in_it_or_in_a_conflict(base: Any, ours: Any, theirs: Any) -> None:
    merge = merged(base, ours, theirs)
    for side in (ours, theirs):
        for doc_id, record in side.get("risks", {}).items():
            for name in ("a", "b"):
                value, before = record.get(name), base.get("risks", {}).get(doc_id, {}).get(name)
                if isinstance(value, list) and not same_value(value, before):
                    now = merge.document["risks"][doc_id].get(name)
                    fresh = [item for item in value if not isinstance(before, list) or item not in before]
                    both = held(merge.document, merge.conflicts, doc_id, name, value)
                    assert both or (isinstance(now, list) and all(item in now for item in fresh))


@given(documents(), documents(), documents())
def test_what_one_took_out_and_the_other_left_alone_stays_out(base: Any, ours: Any, theirs: Any) -> None:
    merge = merged(base, ours, theirs)
    for one, other in ((ours, theirs), (theirs, ours)):
        for doc_id, before in base.get("risks", {}).items():
            if doc_id not in one.get("risks", {}) and same_value(other.get("risks", {}).get(doc_id), before):
                assert doc_id not in merge.document.get("risks", {})
            old, mine, others = (doc.get("risks", {}).get(doc_id, {}).get("a") for doc in (base, one, other))
            if not merge.conflicts and all(isinstance(value, list) for value in (old, mine, others)):
                removed = [item for item in old if item not in mine and item in others]
                now = merge.document["risks"][doc_id]["a"]
                assert not any(item in now for item in removed if not isinstance(item, dict))


@given(documents(), documents(), documents())
def test_nothing_is_invented_and_the_result_can_be_saved(base: Any, ours: Any, theirs: Any) -> None:
    merge = merged(base, ours, theirs)
    canonical.check(merge.document, Path("x"))
    for doc_id, record in merge.document.get("risks", {}).items():
        sources = [doc.get("risks", {}).get(doc_id, {}) for doc in (base, ours, theirs)]
        for name, value in record.items():
            known = any(name in source and same_value(source[name], value) for source in sources)
            assert known or isinstance(value, list) or "\n" in str(value)
    for conflict in merge.conflicts:
        assert picked(conflict) in conflict.sides


@given(documents(), documents(), documents(), st.integers(0, 2))
def test_every_conflict_can_be_decided(base: Any, ours: Any, theirs: Any, place: int) -> None:
    document = merged(base, ours, theirs).document
    for conflict in conflicts_of(document):
        side = None if place == 2 else conflict.sides[place]
        document = changes.apply(document, resolved(document, conflict, side, STAMP))
        record = document.get("risks", {}).get(conflict.doc_id)
        if side is not None and conflict.kind == "field":
            assert record is not None
            assert (conflict.field not in record) if side.missing else same_value(record[conflict.field], side.value)
        elif side is not None:
            assert (record is None) == side.missing
    assert conflicts_of(document) == ()


PLACE = {"uid": "x", "table": "t", "record": "r", "doc_id": "1", "field": "f"}


@pytest.mark.parametrize(
    "damaged",
    [{}, {"uid": "x"}, {**PLACE, "kind": "field"}, {**PLACE, "kind": "deleted", "sides": [{}, {"value": 1}]}],
)
def test_what_is_damaged_among_conflicts_is_left_out(damaged: dict[str, Any]) -> None:
    assert conflicts_of({CONFLICTS: {"1": damaged}}) == ()
