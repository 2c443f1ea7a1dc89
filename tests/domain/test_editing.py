"""The acts that change an engagement."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.changes import Change, apply, rebased
from pcsm_tui.domain.editing import (
    add_row,
    duplicate_row,
    move_row,
    remove_row,
    set_phase,
    set_values,
    tick,
    typed,
)
from pcsm_tui.domain.engagement import ORDER_STEP, Engagement, Row, doc_id_of
from pcsm_tui.errors import UsageError, ValueRefused
from tests.support import LATER, STAMP, SUNDAY, engagement, fresh_uid, made, small_framework, with_row


def names(seen: Engagement, tool_id: str = "risks") -> list[str]:
    """Return the names of the rows of a tool in their order."""
    return [row.get("name") for row in seen.rows(tool_id)]


def risks(*orders: int | None, name: str = "abcdefgh") -> Engagement:
    """Return an engagement with risks a, b, c … that have these orders."""
    records = {
        str(number): {"uid": f"{number:013x}".ljust(32, "0"), "name": name[number - 1]}
        | ({"order": order} if order is not None else {})
        for number, order in enumerate(orders, 1)
    }
    return engagement({"risks": records})


# --- adding ---------------------------------------------------------------------------------------------------


def test_a_row_is_added_at_the_end_with_defaults_and_stamp() -> None:
    seen, first = with_row(engagement(), "timeline", subject="Kick-off")
    assert first.record == {
        "subject": "Kick-off", "date": "2026-11-22", "order": ORDER_STEP,
        "uid": first.uid, "at": "2026-11-22T09:30:00Z", "by": "ada",
    }  # fmt: skip
    assert first.doc_id == doc_id_of(first.uid)
    seen, second = with_row(seen, "timeline", subject="Workshop")
    assert [row.uid for row in seen.rows("timeline")] == [first.uid, second.uid]


def test_an_empty_value_that_is_given_goes_before_the_default() -> None:
    _, row = with_row(engagement(), "timeline", subject="Some day", date=None)
    assert "date" not in row.record


def test_a_row_is_added_after_default_rows_that_are_not_stored() -> None:
    seen, _ = with_row(engagement(), "adoption-phases", name="Third")
    assert names(seen, "adoption-phases") == ["First", "Second", "Third"]
    assert len(seen.document["adoption-phases"]) == 1


@pytest.mark.parametrize(
    ("tool_id", "values", "error"),
    [
        ("engagement", {"customer": "X"}, UsageError),
        ("risks", {"severity": 6}, ValueRefused),
        ("risks", {"severity": True}, ValueRefused),
        ("risks", {"score": 3}, ValueRefused),
        ("risks", {"sevrity": 3}, UsageError),
        ("risks", {"uid": "mine"}, UsageError),
        ("samples", {"day": "soon"}, ValueRefused),
        ("samples", {"budget": {"amount": 1.5, "currency": "EUR"}}, ValueRefused),
    ],
)
def test_what_does_not_fit_is_refused(tool_id: str, values: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        add_row(engagement(), small_framework().tool(tool_id), values, fresh_uid(), STAMP)


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(ValueRefused) as refused:
        add_row(engagement(), small_framework().tool("risks"), {"severity": 9}, fresh_uid(), STAMP)
    assert str(refused.value) == "Severity is 9, not 1 to 5."


# --- setting --------------------------------------------------------------------------------------------------


def test_setting_nothing_new_changes_nothing() -> None:
    seen, row = with_row(engagement(), "risks", name="Delay", severity=3)
    assert set_values(seen, row, {"name": "Delay", "severity": 3, "likelihood": None}, LATER).edits == ()
    assert set_values(seen, seen.form("engagement"), {"status": "Active"}, LATER).edits == ()


def test_setting_fields_keeps_the_others_and_the_unknown_ones() -> None:
    seen = engagement({"risks": {"7": {"uid": "0" * 32, "name": "Delay", "from_elsewhere": {"a": [1]}, "order": 5}}})
    change = set_values(seen, seen.rows("risks")[0], {"severity": 3}, LATER)
    assert made(seen, change).document["risks"]["7"] == {
        "uid": "0" * 32, "name": "Delay", "from_elsewhere": {"a": [1]}, "order": 5,
        "severity": 3, "at": LATER.at, "by": "bo",
    }  # fmt: skip
    assert change.label == "set Severity"


def test_true_does_not_count_as_one_already() -> None:
    seen = engagement({"samples": {"1": {"count": True, "agreed": 1}}})
    row = seen.rows("samples")[0]
    record = made(seen, set_values(seen, row, {"count": 1, "agreed": True}, STAMP)).document["samples"]["1"]
    assert type(record["count"]) is int
    assert record["agreed"] is True


def test_what_is_typed_is_read_with_the_engagements_currency_and_names() -> None:
    seen = engagement({"engagement": {"1": {"currency": "JPY"}}})
    seen, risk = with_row(seen, "risks", name="Delay")
    field = small_framework().tool("samples").field
    assert typed(seen, field("budget"), "1200", SUNDAY) == {"amount": 1200, "currency": "JPY"}
    assert typed(seen, field("one"), "delay", SUNDAY) == risk.uid
    assert typed(seen, field("many"), "delay; second", SUNDAY) == [risk.uid, seen.rows("adoption-phases")[1].uid]
    assert typed(seen, field("day"), "fri", SUNDAY) == "2026-11-27"


# --- removing, duplicating ------------------------------------------------------------------------------------


def test_a_removed_row_leaves_a_tombstone() -> None:
    seen, row = with_row(engagement(), "risks", name="Delay")
    change = remove_row(seen, row, LATER)
    after = made(seen, change)
    assert "risks" not in after.document
    assert after.document["~gone"] == {row.doc_id: {"uid": row.uid, "table": "risks", "at": LATER.at, "by": "bo"}}
    assert change.label == "delete risk 'Delay'"
    with pytest.raises(UsageError, match="form"):
        remove_row(seen, seen.form("engagement"), STAMP)


def test_removing_again_after_a_document_id_came_back_is_undone_exactly() -> None:
    """Stock TinyDB gives the id of a removed record to the next one, which then finds a tombstone of its own."""
    seen = engagement({"risks": {"7": {"name": "Inserted"}}})
    seen = made(seen, remove_row(seen, seen.rows("risks")[0], STAMP))
    seen = Engagement({**seen.document, "risks": {"7": {"name": "Inserted again"}}}, seen.framework)
    removal = remove_row(seen, seen.rows("risks")[0], LATER)
    assert apply(apply(seen.document, removal), removal.inverted()) == seen.document


def test_a_copy_stands_below_its_row_and_is_not_done() -> None:
    seen = engagement()
    for question in seen.rows("readiness")[:2]:
        seen = made(seen, set_values(seen, question, {"answer": True, "comments": "All"}, STAMP))
    uid = fresh_uid()
    row = seen.rows("readiness")[0]
    seen = made(seen, duplicate_row(seen, row, uid, LATER))
    copied = seen.rows("readiness")[1]
    assert copied.uid == uid
    assert (copied.get("question"), copied.get("comments")) == ("Is the plan agreed?", "All")
    assert (copied.get("answer"), copied.get("date")) == (None, None)
    assert seen.row("readiness", row.uid).done


def test_a_copy_of_a_row_whose_default_was_cleared_stays_cleared() -> None:
    seen, row = with_row(engagement(), "timeline", subject="Some day")
    seen = made(seen, set_values(seen, row, {"date": None}, STAMP))
    uid = fresh_uid()
    seen = made(seen, duplicate_row(seen, seen.rows("timeline")[0], uid, LATER))
    assert seen.row("timeline", uid).get("date") is None


def test_a_copy_of_a_record_without_order_stands_below_it_all_the_same() -> None:
    seen = engagement({"risks": {str(number): {"name": name} for number, name in enumerate("abc", 1)}})
    seen = made(seen, duplicate_row(seen, seen.rows("risks")[0], fresh_uid(), STAMP))
    assert names(seen) == ["a", "a", "b", "c"]
    seen, _ = with_row(seen, "risks", name="last")
    assert names(seen) == ["a", "a", "b", "c", "last"]


# --- order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "distance", "expected"),
    [(0, 1, "bacd"), (0, 2, "bcad"), (3, -3, "dabc"), (3, -1, "abdc"), (1, 99, "acdb"), (2, -99, "cabd")],
)
@pytest.mark.parametrize(
    "orders",
    [
        (100, 200, 300, 400),
        (1, 2, 3, 4),
        (7, 7, 7, 7),
        (0, 0, 1, 1),
        (-5, -4, -3, -2),
        (1, 2, 2**40, 2**40 + 1),
        (None, None, None, None),
        (5, 6, None, None),
        (2**51 - 1, 2**51, None, None),
        (2**53 - 1, 2**53 - 1, 2**53 - 1, 2**53 - 1),
    ],
)
def test_a_row_moves_whether_there_is_room_or_not(
    orders: tuple[int | None, ...], place: int, distance: int, expected: str
) -> None:
    seen = risks(*orders)
    before = names(seen)
    letters = dict(zip("abcd", before, strict=True))
    seen = made(seen, move_row(seen, seen.rows("risks")[place], distance, STAMP))
    assert "".join(names(seen)) == "".join(letters[letter] for letter in expected)
    assert all(abs(record.get("order", 0)) < 2**53 for record in seen.document["risks"].values())


def test_moving_beyond_the_ends_changes_nothing() -> None:
    seen = risks(1, 2)
    first, last = seen.rows("risks")
    assert move_row(seen, first, -1, STAMP).edits == ()
    assert move_row(seen, last, 5, STAMP).edits == ()


def test_where_there_is_room_only_the_moved_row_changes() -> None:
    seen = risks(100, 200, 300, 400)
    assert len(move_row(seen, seen.rows("risks")[3], -2, STAMP).edits) == 1


def test_where_there_is_none_only_the_neighbours_give_way() -> None:
    seen = risks(100, 101, 102, 400, 500, 600)
    change = move_row(seen, seen.rows("risks")[5], -4, STAMP)
    assert {edit.doc_id for edit in change.edits} == {"6", "2", "3"}
    assert "".join(names(made(seen, change))) == "afbcde"


def test_a_default_row_can_be_moved() -> None:
    seen = engagement()
    seen = made(seen, move_row(seen, seen.rows("adoption-phases")[1], -1, STAMP))
    assert names(seen, "adoption-phases") == ["Second", "First"]
    assert [row.stored for row in seen.rows("adoption-phases")] == [True, False]


def test_rows_are_added_at_one_place_without_end() -> None:
    """Each time the room is halved: after 20 rows there would be none left."""
    seen = risks(ORDER_STEP, 2 * ORDER_STEP)
    expected = ["a", "b"]
    for number in range(60):
        after = seen.rows("risks")[0]
        values = {"name": str(number)}
        seen = made(seen, add_row(seen, small_framework().tool("risks"), values, fresh_uid(), STAMP, after))
        expected.insert(1, str(number))
        assert names(seen) == expected


def test_a_place_that_is_gone_is_told() -> None:
    seen, row = with_row(engagement(), "risks", name="Delay")
    without = made(seen, remove_row(seen, row, STAMP))
    with pytest.raises(UsageError, match="no longer there"):
        add_row(without, small_framework().tool("risks"), {}, fresh_uid(), STAMP, row)


# --- ticking --------------------------------------------------------------------------------------------------


def test_a_tick_fills_in_the_day_and_taking_it_away_empties_it() -> None:
    seen = engagement()
    row = seen.rows("readiness")[0]
    seen = made(seen, tick(seen, row, STAMP))
    ticked = seen.row("readiness", row.uid)
    assert (ticked.done, ticked.get("answer"), ticked.get("date")) == (True, True, "2026-11-22")
    change = tick(seen, ticked, LATER)
    assert change.label == "reopen 'Is the plan agreed?'"
    again = made(seen, change).row("readiness", row.uid)
    assert (again.done, again.get("answer"), again.get("date")) == (False, None, None)


def test_a_day_that_is_given_with_the_tick_stays() -> None:
    seen = engagement()
    row = seen.rows("readiness")[0]
    seen = made(seen, set_values(seen, row, {"answer": True, "date": "2026-11-01"}, STAMP))
    assert seen.row("readiness", row.uid).get("date") == "2026-11-01"
    noted = made(seen, set_values(seen, seen.row("readiness", row.uid), {"comments": "x"}, LATER))
    assert noted.row("readiness", row.uid).get("date") == "2026-11-01"


def test_what_has_no_tick_cannot_be_ticked() -> None:
    seen, row = with_row(engagement(), "risks", name="Delay")
    with pytest.raises(UsageError, match="nothing to tick"):
        tick(seen, row, STAMP)


def phase(seen: Engagement, number: int) -> tuple[Any, Any, Any]:
    """Return state, start and finish of a phase."""
    row = seen.rows("phases")[number - 1]
    return row.get("state"), row.get("started"), row.get("finished")


def test_ticking_an_activity_dates_it_and_puts_its_phase_in_progress() -> None:
    seen = engagement()
    row = seen.rows("activities")[2]
    change = tick(seen, row, STAMP)
    seen = made(seen, change)
    done = seen.row("activities", row.uid)
    assert (done.get("state"), done.get("done_on")) == ("Done", "2026-11-22")
    assert phase(seen, 2) == ("In progress", "2026-11-22", None)
    assert phase(seen, 1) == ("Open", None, None)
    assert made(seen, change.inverted()).document == engagement().document


def test_an_activity_in_progress_begins_its_phase_too() -> None:
    seen = engagement()
    seen = made(seen, set_values(seen, seen.rows("activities")[0], {"state": "In progress"}, STAMP))
    assert phase(seen, 1) == ("In progress", "2026-11-22", None)


def test_an_activity_that_is_added_as_done_begins_its_phase() -> None:
    seen, _ = with_row(engagement(), "activities", phase=1, name="Own", state="Done")
    assert phase(seen, 1) == ("In progress", "2026-11-22", None)


def test_a_note_on_a_done_activity_does_not_begin_a_phase_again() -> None:
    seen = engagement()
    row = seen.rows("activities")[0]
    seen = made(seen, tick(seen, row, STAMP))
    seen = made(seen, set_phase(seen, 1, "Open", fresh_uid(), STAMP))
    seen = made(seen, set_values(seen, seen.row("activities", row.uid), {"notes": "Well done"}, LATER))
    assert phase(seen, 1)[0] == "Open"


def test_a_finished_phase_is_left_alone_by_its_activities() -> None:
    seen = made(engagement(), set_phase(engagement(), 1, "Finished", fresh_uid(), STAMP))
    seen = made(seen, tick(seen, seen.rows("activities")[0], LATER))
    assert phase(seen, 1) == ("Finished", "2026-11-22", "2026-11-22")


# --- phases ---------------------------------------------------------------------------------------------------


def test_a_phase_that_changes_state_is_noted_in_the_timeline() -> None:
    seen = engagement()
    for state, stamp in (("In progress", STAMP), ("Finished", LATER), ("In progress", LATER), ("Open", LATER)):
        seen = made(seen, set_phase(seen, 1, state, fresh_uid(), stamp))
    assert [
        (row.get("date"), row.get("subject"), row.get("kind"), row.get("phase")) for row in seen.rows("timeline")
    ] == [
        ("2026-11-22", "Phase 1 Preparation started", "Event", 1),
        ("2026-11-23", "Phase 1 Preparation finished", "Event", 1),
        ("2026-11-23", "Phase 1 Preparation reopened", "Event", 1),
        ("2026-11-23", "Phase 1 Preparation set back to open", "Event", 1),
    ]
    assert phase(seen, 1) == ("Open", "2026-11-22", None)


def test_finishing_dates_a_phase_and_reopening_takes_only_the_finish_away() -> None:
    seen = made(engagement(), set_phase(engagement(), 2, "Finished", fresh_uid(), STAMP))
    assert phase(seen, 2) == ("Finished", "2026-11-22", "2026-11-22")
    seen = made(seen, set_phase(seen, 2, "In progress", fresh_uid(), LATER))
    assert phase(seen, 2) == ("In progress", "2026-11-22", None)


def test_a_phase_that_is_in_that_state_already_is_left_alone() -> None:
    assert set_phase(engagement(), 1, "Open", fresh_uid(), STAMP).edits == ()
    seen = made(engagement(), set_phase(engagement(), 1, "Finished", fresh_uid(), STAMP))
    assert set_phase(seen, 1, "Finished", fresh_uid(), LATER).edits == ()


def test_phases_and_states_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UsageError, match="no phase 8"):
        set_phase(engagement(), 8, "Finished", fresh_uid(), STAMP)
    with pytest.raises(ValueRefused, match="'Over'"):
        set_phase(engagement(), 1, "Over", fresh_uid(), STAMP)
    seen = made(engagement(), remove_row(engagement(), engagement().rows("phases")[0], STAMP))
    with pytest.raises(UsageError, match="removed"):
        set_phase(seen, 1, "Finished", fresh_uid(), STAMP)


# --- every sequence of acts -----------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Engagement, Row, int], Change]] = {
    "add": lambda seen, row, number: add_row(seen, row.tool, {}, fresh_uid(), LATER, row if number % 2 else None),
    "set": lambda seen, row, number: set_values(seen, row, _some_values(row, number), LATER),
    "clear": lambda seen, row, number: set_values(seen, row, dict.fromkeys(_some_values(row, number)), LATER),
    "remove": lambda seen, row, number: remove_row(seen, row, LATER),
    "duplicate": lambda seen, row, number: duplicate_row(seen, row, fresh_uid(), LATER),
    "move": lambda seen, row, number: move_row(seen, row, number - 3, LATER),
    "tick": lambda seen, row, number: tick(seen, row, LATER),
    "phase": lambda seen, row, number: set_phase(
        seen, 1 + number % 2, ("Open", "In progress", "Finished")[number % 3], fresh_uid(), LATER
    ),
}
TEXTS = {"text": "t", "note": "n", "person": "p"}


def _some_values(row: Row, number: int) -> dict[str, Any]:
    texts = [field for field in row.tool.fields if field.type in TEXTS]
    field = texts[number % len(texts)] if texts else None
    return {field.id: f"{TEXTS[field.type]}{number}"} if field else {}


STARTS = [
    engagement(),
    engagement({
        "risks": {"7": {"name": "Inserted"}, "8": {"name": "Too"}, "9": {"name": "X", "uid": "not hex", "order": 1}},
        "unknown": {"1": {"kept": [1, {"a": None}]}},
        "engagement": {"1": {"customer": "Elsewhere", "extra": True}},
    }),
]  # fmt: skip
STEP = st.tuples(
    st.sampled_from(sorted(ACTS)),
    st.sampled_from([tool.id for tool in small_framework().tools]),
    st.integers(0, 50),
    st.integers(0, 6),
)


@given(st.sampled_from(STARTS), st.lists(STEP, max_size=12))
def test_acts_never_change_their_input_and_undo_restores_the_document(start: Engagement, steps: list[Any]) -> None:
    """Also: what was derived before and kept over a change equals what a fresh look derives."""
    seen, past = start, []
    for act, tool_id, which, number in steps:
        rows = seen.rows(tool_id)
        if not rows:
            continue
        before = copy.deepcopy(seen.document)
        try:
            change = ACTS[act](seen, rows[which % len(rows)], number)
        except (UsageError, ValueRefused):
            continue
        after = apply(seen.document, change)
        assert seen.document == before
        assert rebased(change, seen.document) == (change, ())
        assert apply(after, change.inverted()) == before
        past.append((seen.document, change))
        seen = seen.replaced(after)
        fresh = Engagement(copy.deepcopy(after), seen.framework)
        for tool in seen.framework.tools:
            assert [(row.uid, row.record, row.stored) for row in seen.rows(tool.id)] == [
                (row.uid, row.record, row.stored) for row in fresh.rows(tool.id)
            ]
    document = seen.document
    for earlier, change in reversed(past):
        document = apply(document, change.inverted())
        assert document == earlier
