"""Changes as values: applied to a copy, undone by their inverse, carried over to a newer document."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pcsm_tui.domain.changes import Change, Clash, Edit, apply, rebased
from pcsm_tui.domain.editing import remove_row, set_values
from pcsm_tui.domain.engagement import Engagement, doc_id_of
from tests.support import LATER, STAMP, engagement, made, with_row

BASE = {"uid": "u", "name": "Delay", "severity": 3, "at": "2026-11-01", "by": "ada"}


def document(record: dict[str, Any] | None) -> dict[str, Any]:
    """Return a document with one risk, or none."""
    return {"_meta": {"1": {"format": "pcsm"}}, **({"risks": {"1": record}} if record is not None else {})}


def edited(**fields: Any) -> Change:
    """Return our edit of the base record, with our stamp."""
    return Change("ours", (Edit("risks", "1", BASE, {**BASE, **fields, "at": "2026-11-22", "by": "me"}),))


def result(change: Change, theirs: dict[str, Any] | None) -> tuple[Any, tuple[Clash, ...]]:
    """Carry a change over to a document with their record; return the record that comes out, and the clashes."""
    moved, clashes = rebased(change, document(theirs))
    return apply(document(theirs), moved).get("risks", {}).get("1"), clashes


# --- apply and undo -------------------------------------------------------------------------------------------


def test_apply_makes_a_copy_and_shares_what_it_does_not_touch() -> None:
    before = {**document(BASE), "other": {"1": {"a": [1]}}}
    kept = copy.deepcopy(before)
    after = apply(before, edited(name="Strike"))
    assert before == kept
    assert after["risks"]["1"]["name"] == "Strike"
    assert after["other"] is before["other"]
    assert after["risks"] is not before["risks"]


def test_undoing_the_first_record_of_a_table_leaves_no_empty_table() -> None:
    add = Change("add", (Edit("risks", "1", None, BASE),))
    with_one = apply(document(None), add)
    assert with_one == document(BASE)
    assert apply(with_one, add.inverted()) == document(None)


def test_an_inverse_runs_backwards() -> None:
    change = Change("two", (Edit("t", "1", None, {"a": 1}), Edit("t", "1", {"a": 1}, {"a": 2})))
    assert change.inverted().edits == (Edit("t", "1", {"a": 2}, {"a": 1}), Edit("t", "1", {"a": 1}, None))
    assert apply(apply({}, change), change.inverted()) == {}
    assert change.inverted().inverted() == change


def test_untouched_empty_tables_stay() -> None:
    assert apply({"risks": {}, **document(None)}, Change("nothing", ())) == {"risks": {}, **document(None)}


# --- carrying over --------------------------------------------------------------------------------------------


def test_a_change_of_what_nobody_touched_stays_as_it_is() -> None:
    change = edited(name="Strike")
    assert rebased(change, document(BASE)) == (change, ())


def test_another_field_changed_by_others_is_kept_beside_ours() -> None:
    theirs = {**BASE, "severity": 5, "at": "2026-11-20", "by": "bo"}
    record, clashes = result(edited(name="Strike"), theirs)
    assert record == {**BASE, "name": "Strike", "severity": 5, "at": "2026-11-22", "by": "me"}
    assert clashes == ()


def test_a_carried_change_is_undone_without_taking_theirs_along() -> None:
    theirs = document({**BASE, "severity": 5, "at": "2026-11-20", "by": "bo"})
    moved, _ = rebased(edited(name="Strike"), theirs)
    assert apply(apply(theirs, moved), moved.inverted()) == theirs


def test_the_same_field_changed_by_others_clashes_and_theirs_stands() -> None:
    theirs = {**BASE, "name": "Flood", "by": "bo"}
    record, clashes = result(edited(name="Strike", severity=4), theirs)
    assert clashes == (Clash("risks", "1", "name", "Strike", "Flood"),)
    assert record == {**BASE, "name": "Flood", "severity": 4, "at": "2026-11-22", "by": "me"}


def test_where_everything_clashes_their_record_is_not_stamped_as_ours() -> None:
    theirs = {**BASE, "name": "Flood", "by": "bo"}
    moved, clashes = rebased(edited(name="Strike"), document(theirs))
    assert moved.edits == ()
    assert len(clashes) == 1


def test_the_same_value_from_both_is_no_clash_and_no_edit() -> None:
    theirs = {**BASE, "name": "Strike", "at": "2026-11-21", "by": "bo"}
    moved, clashes = rebased(edited(name="Strike"), document(theirs))
    assert (moved.edits, clashes) == ((), ())


@pytest.mark.parametrize(
    ("was", "ours", "theirs"), [(1, 2, True), (True, False, 1), ([1], [2], [True]), ({"a": 1}, {"a": 2}, {"a": True})]
)
def test_true_is_not_one(was: Any, ours: Any, theirs: Any) -> None:
    change = Change("ours", (Edit("risks", "1", {"x": was}, {"x": ours}),))
    record, clashes = result(change, {"x": theirs})
    assert [clash.theirs for clash in clashes] == [theirs]
    assert record["x"] is theirs


def test_a_field_that_is_gone_differs_from_an_empty_one() -> None:
    change = Change("ours", (Edit("risks", "1", {"x": None}, {"x": 2}),))
    record, clashes = result(change, {})
    assert record == {}
    assert clashes == (Clash("risks", "1", "x", 2, None),)


def test_a_field_that_we_take_out_goes() -> None:
    change = Change("ours", (Edit("risks", "1", {"x": 1, "y": 1}, {"y": 1}),))
    assert result(change, {"x": 1, "y": 2}) == ({"y": 2}, ())


def test_an_edit_of_a_record_that_others_deleted_is_told_field_by_field() -> None:
    record, clashes = result(edited(name="Strike", severity=4), None)
    assert record is None
    assert clashes == (Clash("risks", "1", "name", "Strike", None), Clash("risks", "1", "severity", 4, None))


def test_removing_what_others_changed_is_refused_and_told() -> None:
    removal = Change("delete", (Edit("risks", "1", BASE, None),))
    record, clashes = result(removal, {**BASE, "severity": 5, "by": "bo"})
    assert record == {**BASE, "severity": 5, "by": "bo"}
    assert clashes == (Clash("risks", "1", "severity", None, 5),)


def test_removing_what_others_only_touched_succeeds() -> None:
    """A newer stamp alone is no work that could be lost."""
    removal = Change("delete", (Edit("risks", "1", BASE, None),))
    assert result(removal, {**BASE, "at": "2026-11-20", "by": "bo"}) == (None, ())


def test_removing_what_is_gone_is_done() -> None:
    removal = Change("delete", (Edit("risks", "1", BASE, None),))
    assert rebased(removal, document(None)) == (Change("delete", ()), ())


def test_both_adding_the_same_record_keeps_what_each_filled_in() -> None:
    add = Change("add", (Edit("risks", "1", None, {"uid": "u", "question": "Ready?", "answer": True, "by": "me"}),))
    record, clashes = result(add, {"uid": "u", "question": "Ready?", "comments": "Soon", "by": "bo"})
    assert record == {"uid": "u", "question": "Ready?", "answer": True, "comments": "Soon", "by": "me"}
    assert clashes == ()
    _, clashes = result(add, {"uid": "u", "question": "Ready?", "answer": False, "by": "bo"})
    assert clashes == (Clash("risks", "1", "answer", True, False),)


def test_several_edits_of_one_record_follow_each_other() -> None:
    first = Edit("risks", "1", BASE, {**BASE, "name": "Strike"})
    second = Edit("risks", "1", {**BASE, "name": "Strike"}, {**BASE, "name": "Strike", "severity": 4})
    record, clashes = result(Change("both", (first, second)), {**BASE, "owner": "Bo"})
    assert record == {**BASE, "name": "Strike", "severity": 4, "owner": "Bo"}
    assert clashes == ()


# --- tombstones -----------------------------------------------------------------------------------------------


def carried(change: Change, newer: Engagement) -> tuple[Engagement, tuple[Clash, ...]]:
    """Carry a change over to a newer engagement."""
    moved, clashes = rebased(change, newer.document)
    return made(newer, moved), clashes


def test_a_row_that_is_not_removed_gets_no_tombstone() -> None:
    seen, row = with_row(engagement(), "risks", name="Delay")
    removal = remove_row(seen, row, STAMP)
    newer = made(seen, set_values(seen, row, {"severity": 5}, LATER))
    after, clashes = carried(removal, newer)
    assert after.document == newer.document
    assert [clash.field for clash in clashes] == ["severity"]


def test_a_default_row_that_others_filled_in_is_not_removed() -> None:
    seen = engagement()
    row = seen.rows("adoption-phases")[0]
    removal = remove_row(seen, row, STAMP)
    newer = made(seen, set_values(seen, row, {"name": "Pilot"}, LATER))
    after, clashes = carried(removal, newer)
    assert after.document == newer.document
    assert clashes == (Clash("adoption-phases", doc_id_of(row.uid), "name", None, "Pilot"),)


def test_a_record_without_uid_that_others_changed_is_not_removed() -> None:
    seen = engagement({"risks": {"7": {"name": "Inserted"}}})
    removal = remove_row(seen, seen.rows("risks")[0], STAMP)
    newer = engagement({"risks": {"7": {"name": "Changed"}}})
    after, clashes = carried(removal, newer)
    assert after.document == newer.document
    assert len(clashes) == 1


def test_both_removing_a_row_is_done_once() -> None:
    seen, row = with_row(engagement(), "risks", name="Delay")
    newer = made(seen, remove_row(seen, row, LATER))
    after, clashes = carried(remove_row(seen, row, STAMP), newer)
    assert after.document == newer.document
    assert clashes == ()


def test_one_of_two_records_with_the_same_uid_can_be_removed() -> None:
    seen = engagement({"risks": {"1": {"uid": "u" * 32, "name": "a"}, "2": {"uid": "u" * 32, "name": "b"}}})
    removal = remove_row(seen, seen.rows("risks")[1], STAMP)
    after, clashes = carried(removal, seen)
    assert clashes == ()
    assert [row.get("name") for row in after.rows("risks")] == ["a"]
    assert "~gone" not in after.document
