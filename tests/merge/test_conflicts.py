"""Conflicts as data: found, read, decided, and merged themselves."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pcsm_tui.domain.changes import apply
from pcsm_tui.domain.values import same_value
from pcsm_tui.errors import UsageError
from pcsm_tui.merge.conflicts import CONFLICTS, Side, conflicts_of, new_conflict, picked, resolved, to_record
from pcsm_tui.merge.three_way import merged
from tests.merge.apart import CY, ID, UID, both_ways, of, removed_and_edited


def clashing() -> Any:
    return merged(of({"a": "base"}), of({"a": "ours"}), of({"a": "theirs"})).document


def test_fault_076_two_that_decide_a_conflict_differently_get_a_new_one() -> None:
    """The one that decided for what stood there changed no field, and yet said which it is to be."""
    start = clashing()
    (conflict,) = conflicts_of(start)
    one, other = (apply(start, resolved(start, conflict, side, CY)) for side in conflict.sides)
    merge = both_ways(start, one, other)
    (again,) = merge.conflicts
    assert again.id != conflict.id and {side.value for side in again.sides} == {"ours", "theirs"}
    assert conflicts_of(merge.document) == (again,)
    same = both_ways(start, one, copy.deepcopy(one))
    assert same.conflicts == () and conflicts_of(same.document) == ()


def test_fault_076_two_that_decide_a_deletion_differently_get_a_new_conflict() -> None:
    base, gone, changed = removed_and_edited()
    start = merged(base.document, gone.document, changed.document).document
    (conflict,) = conflicts_of(start)
    kept, deleted = (apply(start, resolved(start, conflict, side, CY)) for side in conflict.sides)
    merge = both_ways(start, kept, deleted)
    (again,) = merge.conflicts
    assert again.kind == "deleted" and again.id != conflict.id
    assert merge.document["risks"] == changed.document["risks"] and "~gone" not in merge.document


def test_a_conflict_that_both_found_is_one_whenever_each_side_wrote_it() -> None:
    """Two colleagues merge the same values, of which one was saved at another time: the id is the same."""
    base = of({"a": "base"})
    found = [
        merged(base, of({"a": "ours", "at": at}), of({"a": "theirs", "at": "2026-11-20"})).document
        for at in ("2026-11-21", "2026-11-22")
    ]
    merge = both_ways(of({"a": "base"}), *found)
    (conflict,) = conflicts_of(merge.document)
    assert {side.value for side in conflict.sides} == {"ours", "theirs"} and len(conflict.sides) == 2


def test_a_conflict_that_one_decided_does_not_come_back_because_the_other_wrote_it_anew() -> None:
    start = clashing()
    (conflict,) = conflicts_of(start)
    decided = apply(start, resolved(start, conflict, None, CY))
    (doc_id,) = start[CONFLICTS]
    anew = {**start, CONFLICTS: {doc_id: {**start[CONFLICTS][doc_id], "at": "2036"}}}
    assert CONFLICTS not in both_ways(start, decided, anew).document


def test_a_conflict_is_decided_by_a_change_that_sets_the_field_and_can_be_undone() -> None:
    start = clashing()
    (conflict,) = conflicts_of(start)
    loser = next(side for side in conflict.sides if side != picked(conflict))
    change = resolved(start, conflict, loser, CY)
    decided = apply(start, change)
    assert decided["risks"][ID] == {"uid": UID, "a": loser.value, "at": CY.at, "by": "Cy"}
    assert CONFLICTS not in decided and same_value(apply(decided, change.inverted()), start)
    as_it_is = apply(start, resolved(start, conflict, None, CY))
    assert as_it_is["risks"] == start["risks"] and CONFLICTS not in as_it_is
    with pytest.raises(UsageError, match="decided"):
        resolved(decided, conflict, loser, CY)


def test_a_conflict_under_another_document_id_can_be_decided() -> None:
    start = clashing()
    (conflict,) = conflicts_of(start)
    moved = {**start, CONFLICTS: {"5": to_record(conflict)}}
    assert CONFLICTS not in apply(moved, resolved(moved, conflict, None, CY))


def test_the_id_of_a_conflict_knows_no_sides_and_no_clock() -> None:
    one, other = Side(1, False, "2026", "Ada"), Side(None, True, "2025", "Bo")
    first = new_conflict("field", "risks", UID, ID, "a", 0, (one, other))
    second = new_conflict("field", "risks", UID, ID, "a", 0, (other._replace(at="", by=""), one))
    assert first.id == second.id and len(first.id) == 32
    for changed in (
        new_conflict("field", "risks", UID, ID, "b", 0, (one, other)),
        new_conflict("field", "tasks", UID, ID, "a", 0, (one, other)),
        new_conflict("field", "risks", UID, ID, "a", False, (one, other)),
        new_conflict("field", "risks", UID, ID, "a", 0, (one._replace(value=True), other)),
        new_conflict("field", "risks", UID, ID, "a", 0, (one, other._replace(missing=False))),
    ):
        assert changed.id != first.id


DAMAGED: list[dict[str, Any]] = [
    {},
    {"uid": 7},
    {"kind": "other"},
    {"sides": None},
    {"sides": [{"value": 1}]},
    {"sides": [1, 2]},
    {"sides": [{"value": 1}, {"value": 2}, {"value": 3}]},
    {"kind": "deleted", "sides": [{"value": 1}, {"missing": True}]},
    {"record": None},
    {"field": ["a"]},
]


@pytest.mark.parametrize("damage", DAMAGED[1:])
def test_what_is_damaged_among_conflicts_is_left_out(damage: dict[str, Any]) -> None:
    start = clashing()
    (conflict,) = conflicts_of(start)
    sound = to_record(conflict)
    assert conflicts_of({CONFLICTS: {"1": sound, "2": {**sound, **damage}, "3": {}}}) == (conflict,)
