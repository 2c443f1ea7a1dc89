"""Three-way merges by hand: what comes of two people's work on copies of one engagement."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pcsm_tui.domain.changes import apply
from pcsm_tui.domain.editing import remove_row, set_values
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.values import same_value
from pcsm_tui.merge.conflicts import CONFLICTS, Side, conflicts_of, picked, resolved
from pcsm_tui.merge.lines import merged_lines
from pcsm_tui.merge.three_way import merged
from tests.merge.apart import CY, ID, UID, both_ways, of, removed_and_edited, risk
from tests.support import FILE_ID, LATER, STAMP, engagement, made, small_framework, with_row

# --- fields -----------------------------------------------------------------------------------------------------


def test_fault_026_different_fields_of_one_record_are_both_taken() -> None:
    merge = both_ways(
        of({"name": "Delay", "severity": 1}),
        of({"name": "Delay", "severity": 5}),
        of({"name": "Late", "severity": 1, "probed": True}),
    )
    assert risk(merge) == {"name": "Late", "severity": 5, "probed": True} and merge.conflicts == ()


def test_fault_027_of_the_same_field_one_stands_and_a_conflict_holds_both_with_who_and_when() -> None:
    ours, theirs = {"severity": 5, "by": "Ada", "at": "2026-11-20"}, {"severity": 1, "by": "Bo", "at": "2026-11-19"}
    merge = both_ways(of({"severity": 3, "by": "Cy", "at": "2026-11-01"}), of(ours), of(theirs))
    (conflict,) = merge.conflicts
    assert (conflict.kind, conflict.table, conflict.record, conflict.field) == ("field", "risks", UID, "severity")
    assert (conflict.base, conflict.doc_id) == (3, ID)
    assert set(conflict.sides) == {Side(5, False, "2026-11-20", "Ada"), Side(1, False, "2026-11-19", "Bo")}
    assert risk(merge) == {"severity": picked(conflict).value, "by": "Ada", "at": "2026-11-20"}
    assert conflicts_of(merge.document) == (conflict,)


@pytest.mark.parametrize("value", [0, False, "", [], "x"])
def test_what_stands_is_never_nothing_when_the_other_side_has_something(value: Any) -> None:
    for nothing in ({"a": None}, {}):
        merge = both_ways(of({"a": "before"}), of(nothing), of({"a": value}))
        assert same_value(risk(merge), {"a": value}) and len(merge.conflicts) == 1


@pytest.mark.parametrize(("ours", "theirs"), [(1, True), (1, "1"), (0, False), (None, 0), (["1"], "1"), (True, "true")])
def test_fault_069_values_that_look_alike_are_told_apart(ours: Any, theirs: Any) -> None:
    (conflict,) = both_ways(of({"a": "before"}), of({"a": ours}), of({"a": theirs})).conflicts
    assert sorted(map(repr, (side.value for side in conflict.sides))) == sorted(map(repr, (ours, theirs)))


def test_fault_069_null_is_not_a_field_taken_away() -> None:
    (conflict,) = both_ways(of({"a": 1}), of({"a": None}), of({})).conflicts
    assert [(side.value, side.missing) for side in conflict.sides] == [(None, False), (None, True)]
    taken = both_ways(of({"a": None, "b": 1}), of({"b": 1}), of({"a": None, "b": 2}))
    assert risk(taken) == {"b": 2} and taken.conflicts == ()


def test_fault_069_true_where_one_stood_is_a_change() -> None:
    assert risk(both_ways(of({"a": 1}), of({"a": True}), of({"a": 1, "b": 2}))) == {"a": True, "b": 2}


def test_where_a_record_stands_is_no_conflict() -> None:
    for ours, theirs in (({"order": 9}, {"order": 10}), ({"order": 9}, {}), ({"order": 9}, {"order": None})):
        merge = both_ways(of({"order": 1}), of(ours), of(theirs))
        assert merge.conflicts == () and risk(merge)["order"] in (9, 10)


def test_the_later_stamp_is_kept_even_beside_one_without_a_time() -> None:
    ours, theirs = {"a": 1, "at": "2026-11-20", "by": "Ada"}, {"b": 1, "by": "Bo"}
    merge = both_ways(of({}), of(ours), of(theirs))
    assert risk(merge) == {"a": 1, "b": 1, "at": "2026-11-20", "by": "Ada"} and merge.conflicts == ()


def test_fault_068_both_added_the_same_record_with_another_content() -> None:
    merge = both_ways(of(None), of({"name": "Delay", "a": 1}), of({"name": "Strike", "b": 2}))
    (conflict,) = merge.conflicts
    assert conflict.field == "name" and conflict.base is None
    assert risk(merge) == {"name": picked(conflict).value, "a": 1, "b": 2}


def test_fault_073_an_old_value_does_not_win_by_a_later_clock() -> None:
    """A copy goes back to what it was and is edited elsewhere, years later by its clock."""
    base = of({"severity": 1, "name": "Delay", "at": "2026-01-01"})
    restored = of({"severity": 1, "name": "Late", "at": "2036-01-01"})
    newer = of({"severity": 5, "name": "Delay", "at": "2026-02-01"})
    merge = both_ways(base, restored, newer)
    assert risk(merge) == {"severity": 5, "name": "Late", "at": "2036-01-01"} and merge.conflicts == ()


def test_fault_074_clocks_decide_nothing() -> None:
    found = {
        (risk(merge)["severity"], merge.conflicts[0].id)
        for ours, theirs in [("2016", "2036"), ("2036", "2016"), ("2026", "2026"), ("", "x")]
        for merge in [
            both_ways(of({"severity": 3}), of({"severity": 5, "at": ours}), of({"severity": 1, "at": theirs}))
        ]
    }
    assert len(found) == 1


# --- lists and notes --------------------------------------------------------------------------------------------


def test_fault_071_what_either_put_in_is_in_and_what_either_took_out_is_out() -> None:
    merge = both_ways(of({"tags": ["b", "a", "c"]}), of({"tags": ["b", "c", "x"]}), of({"tags": ["b", "a", "y"]}))
    assert risk(merge) == {"tags": ["b", "x", "y"]} and merge.conflicts == ()


def test_fault_071_items_are_told_apart_as_strictly_as_values() -> None:
    merge = both_ways(of({"tags": ["0"]}), of({"tags": ["0", 1]}), of({"tags": ["0", True, "1"]}))
    assert sorted(map(repr, risk(merge)["tags"])) == ["'0'", "'1'", "1", "True"] and merge.conflicts == ()


def test_fault_071_links_are_told_apart_by_their_task_and_objects_by_their_uid() -> None:
    for key in ("task", "uid"):
        base, ours = [{key: "t"}, {key: "u"}], [{key: "t", "lag": "2d"}, {key: "u"}, {key: "v"}]
        assert risk(both_ways(of({"a": base}), of({"a": ours}), of({"a": [{key: "t"}]}))) == {"a": [ours[0], ours[2]]}
        changed, gone = [{key: "t", "lag": "1d"}, {key: "u"}], [{key: "u"}]
        assert len(both_ways(of({"a": base}), of({"a": ours}), of({"a": changed})).conflicts) == 1
        assert len(both_ways(of({"a": base}), of({"a": ours}), of({"a": gone})).conflicts) == 1


def test_fault_071_an_item_that_stands_twice_is_not_united_but_told() -> None:
    merge = both_ways(of({"a": ["x"]}), of({"a": ["x", "x"]}), of({"a": ["x", "y"]}))
    (conflict,) = merge.conflicts
    assert {tuple(side.value) for side in conflict.sides} == {("x", "x"), ("x", "y")}


def test_fault_072_lines_of_a_note_are_merged_and_overlapping_ones_are_a_conflict() -> None:
    base, ours, theirs = "one\ntwo\nthree", "ONE\ntwo\nthree", "one\ntwo\nthree\nfour"
    merge = both_ways(of({"notes": base}), of({"notes": ours}), of({"notes": theirs}))
    assert risk(merge) == {"notes": "ONE\ntwo\nthree\nfour"} and merge.conflicts == ()
    clash = both_ways(of({"notes": base}), of({"notes": "one\n2\nthree"}), of({"notes": "one\nII\nthree"}))
    (conflict,) = clash.conflicts
    assert {side.value for side in conflict.sides} == {"one\n2\nthree", "one\nII\nthree"}


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("a\nb\nc\nd\ne", "a\nb\nc\nD\ne", "A\nb\nc\nd\ne", "A\nb\nc\nD\ne"),
        ("a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd"),
        ("a\nb", "a\nb\nc", "x\nb", "x\nb\nc"),
        ("a\nb\n", "a\nb\nc\n", "x\nb\n", "x\nb\nc\n"),
        ("a\r\nb\r\nc", "a\r\nb\r\nC", "A\r\nb\r\nc", "A\r\nb\r\nC"),
        ("a\nb\nc", "a\nc", "a\nc", "a\nc"),
        ("a\nb\nc", "", "a\nb\nc\nd", None),
        ("a\nb\nc", "a\nx\nc", "a\ny\nc", None),
        ("", "a\n", "b\n", None),
        ("a\nb", "a\nx\nb", "a\ny\nb", None),
    ],
)
def test_fault_072_line_by_line(base: str, ours: str, theirs: str, expected: str | None) -> None:
    assert merged_lines(base, ours, theirs) == merged_lines(base, theirs, ours) == expected


def test_fault_072_a_note_of_a_hundred_thousand_empty_lines_is_told_rather_than_compared_for_minutes() -> None:
    assert merged_lines("x" + "\n" * 100_000 + "x", "y" + "\n" * 100_001 + "z", "q" + "\n" * 100_002 + "k") is None
    blank = "\n" * 100_000
    assert merged_lines(f"{blank}a", f"{blank}a\nb", f"{blank}a\nb") == f"{blank}a\nb"


# --- records ----------------------------------------------------------------------------------------------------


def test_fault_028_a_record_deleted_by_one_and_changed_by_the_other_stays_and_is_told() -> None:
    base, gone, changed = removed_and_edited()
    merge = both_ways(base.document, gone.document, changed.document)
    (conflict,) = merge.conflicts
    (row,) = changed.rows("risks")
    assert (conflict.kind, conflict.table, conflict.record, conflict.field) == ("deleted", "risks", row.uid, "")
    assert conflict.base == base.rows("risks")[0].record
    kept, taken = conflict.sides
    assert kept == Side(row.record, False, LATER.at, LATER.by)
    assert taken == Side(None, True, STAMP.at, STAMP.by), "who deleted it is known from the tombstone"
    assert merge.document["risks"] == changed.document["risks"] and "~gone" not in merge.document


def test_fault_028_a_deletion_without_tombstone_is_told_as_well() -> None:
    """As another program deletes."""
    (conflict,) = both_ways(of({"a": 1}), of(None), of({"a": 2, "by": "Bo"})).conflicts
    assert conflict.kind == "deleted" and conflict.base == {"uid": UID, "a": 1}
    assert conflict.sides == (Side({"uid": UID, "a": 2, "by": "Bo"}, False, "", "Bo"), Side(None, True, "", ""))


def test_fault_028_deciding_for_the_deletion_takes_it_away_and_one_undo_brings_all_back() -> None:
    base, gone, changed = removed_and_edited()
    start = merged(base.document, gone.document, changed.document).document
    (conflict,) = conflicts_of(start)
    change = resolved(start, conflict, conflict.sides[1], CY)
    decided = apply(start, change)
    assert "risks" not in decided and CONFLICTS not in decided
    assert decided["~gone"] == {conflict.doc_id: {"uid": conflict.record, "table": "risks", "at": CY.at, "by": "Cy"}}
    assert same_value(apply(decided, change.inverted()), start)
    kept = apply(start, resolved(start, conflict, conflict.sides[0], CY))
    assert kept["risks"] == changed.document["risks"] and "~gone" not in kept and CONFLICTS not in kept


def test_a_record_that_others_only_moved_is_gone_when_it_is_deleted() -> None:
    """Adding a row between two makes room by moving their neighbours: nobody's work on them."""
    merge = both_ways(
        of({"name": "Delay", "order": 1, "at": "1"}), of(None), of({"name": "Delay", "order": 2, "at": "2"})
    )
    assert "risks" not in merge.document and merge.conflicts == ()


def test_a_record_without_any_field_counts_as_a_record() -> None:
    """As TinyDB inserts it."""
    base, ours = {"t": {"1": {"a": 1}}}, {"t": {"1": {}}}
    assert merged(base, ours, {"t": {}}).document["t"] == {"1": {}}
    assert merged(base, {"t": {}}, ours).document["t"] == {"1": {}}


def test_a_default_row_removed_by_one_and_filled_in_by_the_other_stays() -> None:
    base = engagement()
    row = base.rows("adoption-phases")[0]
    gone = made(base, remove_row(base, row, STAMP))
    filled = made(base, set_values(base, row, {"name": "Pilot"}, LATER))
    merge = both_ways(base.document, gone.document, filled.document)
    (conflict,) = merge.conflicts
    assert conflict.kind == "deleted" and conflict.record == row.uid
    assert conflict.sides[1] == Side(None, True, STAMP.at, STAMP.by)
    seen = Engagement(merge.document, small_framework())
    assert [found.get("name") for found in seen.rows("adoption-phases")] == ["Pilot", "Second"]
    assert "~gone" not in merge.document


def test_a_record_without_uid_changed_by_one_is_not_left_with_the_others_tombstone() -> None:
    base = engagement({"risks": {"7": {"name": "Delay"}}})
    (row,) = base.rows("risks")
    gone = made(base, remove_row(base, row, STAMP))
    changed = made(base, set_values(base, row, {"likelihood": 4}, LATER))
    merge = both_ways(base.document, gone.document, changed.document)
    assert [conflict.record for conflict in merge.conflicts] == [row.uid]
    assert merge.document["risks"]["7"]["name"] == "Delay" and "~gone" not in merge.document


def test_both_deleted_a_record_and_one_tombstone_is_left() -> None:
    base, row = with_row(engagement(), "risks", name="Delay")
    ours, theirs = made(base, remove_row(base, row, STAMP)), made(base, remove_row(base, row, LATER))
    merge = both_ways(base.document, ours.document, theirs.document)
    assert merge.conflicts == () and "risks" not in merge.document
    assert merge.document["~gone"] == theirs.document["~gone"], "the later one"


def test_a_deletion_taken_back_by_one_and_repeated_by_the_other_leaves_the_record() -> None:
    base, row = with_row(engagement(), "risks", name="Delay")
    gone = made(base, remove_row(base, row, STAMP))
    stone = {row.doc_id: {**gone.document["~gone"][row.doc_id], "at": LATER.at}}
    merge = both_ways(gone.document, base.document, {**gone.document, "~gone": stone})
    assert merge.document["risks"] == base.document["risks"] and "~gone" not in merge.document


# --- what the file says of itself ---------------------------------------------------------------------------------


def test_of_meta_the_revision_is_theirs_and_the_schema_the_larger() -> None:
    base, ours, theirs = of(None), of({"a": 1}), of(None)
    ours["_meta"]["1"] |= {"customer": "Acme Ltd", "schema": 3, "min_reader": 3, "rev": "mine", "n": 9}
    theirs["_meta"]["1"] |= {"rev": "s", "n": 2, "ancestry": ["r", "q"], "playbook": {"name": "P"}}
    merge = merged(base, ours, theirs)
    assert merge.document["_meta"]["1"] == {
        "file_id": FILE_ID, "rev": "s", "n": 2, "ancestry": ["r", "q"], "schema": 3, "min_reader": 3,
        "customer": "Acme Ltd", "playbook": {"name": "P"},
    }  # fmt: skip
    theirs["_meta"]["1"] |= {"customer": "ACME", "schema": "odd"}
    odd = merged(base, ours, theirs)
    assert odd.conflicts == () and odd.document["_meta"]["1"]["customer"] in ("ACME", "Acme Ltd")
    assert odd.document["_meta"]["1"]["schema"] == 3


def test_tables_that_nobody_knows_are_merged_like_any_other_and_empty_ones_stay() -> None:
    base = {**of(None), "x": {"1": {"a": 1, "b": 1}}, "_default": {}}
    ours, theirs = copy.deepcopy(base), copy.deepcopy(base)
    ours["x"]["1"]["a"], theirs["x"]["1"]["b"], theirs["y"] = 2, 2, {"3": {"c": 1}}
    document = both_ways(base, ours, theirs).document
    assert document["x"] == {"1": {"a": 2, "b": 2}} and document["y"] == {"3": {"c": 1}} and document["_default"] == {}


def test_history_is_what_either_did_less_what_either_let_go() -> None:
    base = of(None, **{"~history": {"1": {"label": "old"}, "2": {"label": "b"}}})
    ours = of(None, **{"~history": {"2": {"label": "b"}, "3": {"label": "ours"}}})
    theirs = of(None, **{"~history": {"1": {"label": "old"}, "2": {"label": "b"}, "4": {"label": "theirs"}}})
    document = both_ways(base, ours, theirs).document
    assert sorted(document["~history"]) == ["2", "3", "4"]
