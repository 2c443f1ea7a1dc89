"""The acts that change an engagement."""

from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain.changes import apply
from pcsm_tui.domain.editing import (
    add_row,
    duplicate_row,
    remove_row,
    set_phase,
    set_values,
    tick,
    typed,
)
from pcsm_tui.domain.engagement import ORDER_STEP, Engagement, doc_id_of
from pcsm_tui.errors import UsageError, ValueRefused
from tests.support import LATER, STAMP, SUNDAY, engagement, fresh_uid, made, small_framework, with_row


def names(seen: Engagement, tool_id: str = "risks") -> list[str]:
    """Return the names of the rows of a tool in their order."""
    return [row.get("name") for row in seen.rows(tool_id)]


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
    assert change.label == "set Severity of Delay"


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
