"""A document seen through the declarations: rows, order, references, problems."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.editing import remove_row, set_values
from pcsm_tui.domain.engagement import Engagement, Row, derived_uid, doc_id_of, uid_of
from pcsm_tui.domain.values import sort_key
from pcsm_tui.errors import UsageError, ValueRefused
from pcsm_tui.framework.reading import build_framework, declared_framework
from tests.support import FILE_ID, STAMP, empty_document, engagement, made, small_framework, with_row


def questions(seen: Engagement) -> list[tuple[str, str]]:
    """Return every readiness question with the adoption phase that it stands for."""
    return [(seen.show(row, "adoption_phase"), seen.title(row)) for row in seen.rows("readiness")]


# --- identities -----------------------------------------------------------------------------------------------


def test_a_document_id_is_the_first_52_bits_of_the_uid() -> None:
    assert doc_id_of("0000000000001" + "f" * 19) == "1"
    assert doc_id_of("0000000000010" + "0" * 19) == "16"
    assert doc_id_of("f" * 32) == str(2**52 - 1)


@pytest.mark.parametrize(
    "uid",
    [
        "task-1",
        "",
        "550e8400-e29b-41d4-a716-446655440000",
        "0x12345678901",
        " 1234567890123",
        "1_2_3_4_5_6_7",
        "ABCDEF0123456",
        "\ud800",
    ],
)
def test_a_uid_of_any_other_form_has_a_document_id_too(uid: str) -> None:
    doc_id = doc_id_of(uid)
    assert doc_id == doc_id_of(uid)
    assert 0 <= int(doc_id) < 2**52
    assert doc_id != doc_id_of(uid + "x")


def test_derived_uids_do_not_run_into_each_other() -> None:
    uid = derived_uid("a", "bc")
    assert len(uid) == 32
    assert int(uid, 16) >= 0
    assert uid == derived_uid("a", "bc")
    assert len({uid, derived_uid("ab", "c"), derived_uid("a", "b", "c"), derived_uid("abc")}) == 4


# --- default rows ---------------------------------------------------------------------------------------------


def test_default_rows_are_seen_and_not_in_the_file_until_they_are_changed() -> None:
    seen = engagement()
    assert [seen.title(row) for row in seen.rows("adoption-phases")] == ["First", "Second"]
    assert not any(row.stored for row in seen.rows("adoption-phases"))
    assert seen.document.keys() == {"_meta"}

    second = seen.rows("adoption-phases")[1]
    changed = made(seen, set_values(seen, second, {"name": "Rollout"}, STAMP))
    assert list(changed.document["adoption-phases"]) == [doc_id_of(second.uid)]
    assert [(row.uid, row.stored) for row in changed.rows("adoption-phases")] == [
        (row.uid, row.uid == second.uid) for row in seen.rows("adoption-phases")
    ]
    assert [changed.title(row) for row in changed.rows("adoption-phases")] == ["First", "Rollout"]


def test_two_copies_of_a_file_name_the_same_default_row_alike() -> None:
    one, other = engagement(), engagement({"risks": {"7": {"name": "Only here"}}})
    for tool in ("adoption-phases", "readiness", "phases", "activities", "engagement"):
        assert [row.uid for row in one.rows(tool)] == [row.uid for row in other.rows(tool)]
    document = empty_document()
    document["_meta"]["1"]["file_id"] = "0" * 32
    stranger = Engagement(document, small_framework())
    assert {row.uid for row in stranger.rows("readiness")}.isdisjoint(row.uid for row in one.rows("readiness"))


def test_a_default_row_keeps_its_guidance_when_it_is_stored() -> None:
    seen = engagement()
    row = next(row for row in seen.rows("readiness") if row.default and row.default.key == "trained")
    stored = made(seen, set_values(seen, row, {"answer": True}, STAMP)).row("readiness", row.uid)
    assert stored.stored
    assert stored.help == row.help == "Ask a team leader."


def test_a_tombstone_hides_a_default_row() -> None:
    seen = engagement()
    row = seen.rows("adoption-phases")[0]
    without = made(seen, remove_row(seen, row, STAMP))
    assert [without.title(other) for other in without.rows("adoption-phases")] == ["Second"]
    assert "adoption-phases" not in without.document


def test_a_default_row_stored_under_another_document_id_is_not_seen_twice() -> None:
    row = engagement().rows("adoption-phases")[0]
    seen = engagement({"adoption-phases": {"3": {"uid": row.uid, "name": "Pilot", "order": 1}}})
    assert [seen.title(other) for other in seen.rows("adoption-phases")] == ["Pilot", "Second"]


def test_rows_stand_once_for_every_row_of_their_parent() -> None:
    """The question with an explicit empty phase stands once, the two others for both phases."""
    assert questions(engagement()) == [
        ("", "Is the plan agreed?"),
        ("First", "Are they trained?"),
        ("First", "Were they told?"),
        ("Second", "Are they trained?"),
        ("Second", "Were they told?"),
    ]


def test_a_new_parent_brings_its_rows_and_a_removed_one_takes_them() -> None:
    seen, parent = with_row(engagement(), "adoption-phases", name="Third")
    assert questions(seen)[-2:] == [("Third", "Are they trained?"), ("Third", "Were they told?")]
    assert len(seen.rows("readiness")) == 7
    fewer = made(seen, remove_row(seen, parent, STAMP))
    assert questions(fewer) == questions(engagement())


def test_an_answered_question_stays_when_its_parent_goes_and_tells_so() -> None:
    seen, parent = with_row(engagement(), "adoption-phases", name="Third")
    question = seen.rows("readiness")[-1]
    seen = made(seen, set_values(seen, question, {"answer": True}, STAMP))
    seen = made(seen, remove_row(seen, seen.row("adoption-phases", parent.uid), STAMP))
    left = seen.row("readiness", question.uid)
    assert seen.show(left, "adoption_phase") == f"(removed {parent.uid[:6]})"
    assert parent.uid in seen.problems(left)["adoption_phase"]


def test_phases_and_activities_come_from_the_framework() -> None:
    seen = engagement()
    assert [(row.get("phase"), row.get("name"), row.get("state")) for row in seen.rows("phases")] == [
        (1, "Preparation", "Open"),
        (2, "Commitment", "Open"),
    ]
    assert [(row.get("phase"), row.get("name")) for row in seen.rows("activities")] == [
        (1, "Look"),
        (1, "Act"),
        (2, "Look"),
        (2, "Act"),
    ]


def test_a_form_has_one_row_with_its_defaults() -> None:
    row = engagement().form("engagement")
    assert (row.stored, row.get("status"), row.get("currency")) == (False, "Active", "EUR")


def test_a_form_filled_in_by_another_program_is_that_form() -> None:
    seen = engagement({"engagement": {"1": {"customer": "Harbour Foods"}}})
    assert seen.name == "Harbour Foods"
    form = seen.form("engagement")
    changed = made(seen, set_values(seen, form, {"status": "Closed"}, STAMP))
    assert list(changed.document["engagement"]) == ["1"]
    assert changed.form("engagement").get("status") == "Closed"


def test_of_two_records_in_a_form_the_programs_own_counts_and_a_tombstone_hides_none() -> None:
    own = derived_uid(FILE_ID, "engagement")
    table = {"1": {"customer": "Stray", "order": 1}, doc_id_of(own): {"uid": own, "customer": "Own", "order": 9}}
    seen = engagement({"engagement": table, "~gone": {doc_id_of(own): {"uid": own, "table": "engagement"}}})
    assert seen.form("engagement").get("customer") == "Own"
    assert engagement({"~gone": seen.document["~gone"]}).form("engagement").get("status") == "Active"


def test_a_form_shows_what_the_engagement_says_until_something_else_is_entered() -> None:
    seen = engagement({"engagement": {"1": {"customer": "Harbour Foods"}}})
    proposal = seen.form("proposal")
    assert (proposal.stored, proposal.get("customer")) == (False, "Harbour Foods")
    renamed = set_values(seen, seen.form("engagement"), {"customer": "Harbour Group"}, STAMP)
    newer = seen.replaced(made(seen, renamed).document)
    assert newer.form("proposal").get("customer") == "Harbour Group"
    stored = made(newer, set_values(newer, newer.form("proposal"), {"customer": "Its own"}, STAMP))
    assert stored.form("proposal").get("customer") == "Its own"


def test_the_name_falls_back_to_what_the_file_says() -> None:
    assert engagement().name == "Acme"
    assert Engagement({}, small_framework()).name == "Unnamed customer"


# --- order and identity of stored rows ------------------------------------------------------------------------


def test_rows_stand_by_order_then_by_age() -> None:
    seen = engagement({
        "risks": {
            "1": {"name": "c", "order": 30},
            "2": {"name": "b", "order": 20, "at": "2026-02-01T00:00:00Z"},
            "3": {"name": "a", "order": 20, "at": "2026-01-01T00:00:00Z"},
        }
    })  # fmt: skip
    assert [row.get("name") for row in seen.rows("risks")] == ["a", "b", "c"]


def test_records_inserted_by_stock_tinydb_stand_last_in_the_order_of_their_insertion() -> None:
    inserted = {str(number): {"name": f"inserted {number}"} for number in (12, 9, 10, 11)}
    seen = engagement({"risks": {"5": {"name": "ours", "order": 1 << 20, "uid": "0" * 32}, **inserted}})
    assert [row.get("name") for row in seen.rows("risks")] == [
        "ours",
        *(f"inserted {number}" for number in (9, 10, 11, 12)),
    ]


@pytest.mark.parametrize("order", [True, "1", 1.5, None, 2**53, -(2**60), [1]])
def test_an_order_that_is_none_counts_as_missing(order: Any) -> None:
    seen = engagement({"risks": {"1": {"name": "odd", "order": order}, "2": {"name": "plain", "order": 2**51 - 1}}})
    assert [row.get("name") for row in seen.rows("risks")] == ["plain", "odd"]


def test_records_without_uid_have_one_that_stays() -> None:
    seen = engagement({"risks": {"7": {"name": "Inserted"}, "8": {"name": "Empty", "uid": ""}, "9": {"uid": 5}}})
    uids = [row.uid for row in seen.rows("risks")]
    assert len(set(uids)) == 3
    assert all(len(uid) == 32 for uid in uids)
    assert uids == [row.uid for row in engagement(seen.document).rows("risks")]
    assert uids[0] == uid_of(seen.document, "risks", "7") == seen.row("risks", uids[0]).uid


def test_a_record_without_uid_can_be_edited_where_it_stands() -> None:
    seen = engagement({"risks": {"7": {"name": "Inserted"}}})
    row = seen.rows("risks")[0]
    changed = made(seen, set_values(seen, row, {"severity": 3}, STAMP))
    record = changed.document["risks"]["7"]
    assert changed.document["risks"].keys() == {"7"}
    assert record == {"name": "Inserted", "severity": 3, "uid": row.uid, "at": STAMP.at, "by": STAMP.by}
    assert changed.rows("risks")[0].uid == row.uid


# --- finding --------------------------------------------------------------------------------------------------


def test_a_row_is_found_by_its_uid_or_its_beginning() -> None:
    seen = engagement({"risks": {"1": {"uid": "abcd1" + "0" * 27}, "2": {"uid": "abcd2" + "0" * 27}}})
    assert seen.row("risks", "abcd2" + "0" * 27).doc_id == "2"
    assert seen.row("risks", "abcd1").doc_id == "1"
    with pytest.raises(UsageError, match="2 rows of risks"):
        seen.row("risks", "abcd")
    with pytest.raises(UsageError, match="no row 'abc'"):
        seen.row("risks", "abc")
    with pytest.raises(UsageError, match="Did you mean risks"):
        seen.rows("risk")


def test_a_reference_is_resolved_by_uid_name_or_part_of_one_name() -> None:
    seen = engagement()
    uids = {}
    for name in ("Funding", "Funding approval", "Late delivery", "Straße"):
        seen, row = with_row(seen, "risks", name=name)
        uids[name] = row.uid
    one = small_framework().tool("samples").field("one")
    many = small_framework().tool("samples").field("many")
    assert seen.resolve(one, "funding") == uids["Funding"]
    assert seen.resolve(one, "late") == uids["Late delivery"]
    assert seen.resolve(one, "deliv") == uids["Late delivery"]
    assert seen.resolve(one, "STRASSE") == uids["Straße"]
    assert seen.resolve(one, uids["Funding"]) == uids["Funding"]
    assert seen.resolve(many, "second") == seen.rows("adoption-phases")[1].uid
    with pytest.raises(ValueRefused, match="fits 2 rows: Funding"):
        seen.resolve(one, "fund")
    with pytest.raises(ValueRefused, match="Risks has no row 'Lat deliverie'") as refused:
        seen.resolve(one, "Lat deliverie")
    assert "Late delivery" in refused.value.hint
    with pytest.raises(ValueRefused) as refused:
        engagement().resolve(one, "anything")
    assert "no rows yet" in refused.value.hint


def test_of_two_rows_with_the_same_name_the_uid_says_which() -> None:
    seen, first = with_row(engagement(), "risks", name="Delay")
    seen, _ = with_row(seen, "risks", name="Delay")
    one = small_framework().tool("samples").field("one")
    with pytest.raises(ValueRefused, match=first.uid[:6]):
        seen.resolve(one, "Delay")
    assert seen.resolve(one, first.uid) == first.uid
    seen = engagement({"risks": {"1": {"uid": "abcdef" + "0" * 26, "name": "Delay"}}})
    assert seen.resolve(one, "abcdef") == "abcdef" + "0" * 26
    with pytest.raises(ValueRefused, match="no row 'abcde'"):
        seen.resolve(one, "abcde")


def test_rows_are_named_by_their_title_and_never_by_nothing() -> None:
    seen, row = with_row(engagement(), "risks", severity=2)
    assert seen.title(row) == "(unnamed risk)"


# --- problems -------------------------------------------------------------------------------------------------


def test_problems_are_told_by_field_and_missing_fields_by_declaration() -> None:
    record = {"name": 5, "rating": 11, "one": "f" * 32, "many": [], "day": "2026-11-30"}
    seen = engagement({"samples": {"1": record}})
    row = seen.rows("samples")[0]
    problems = seen.problems(row)
    assert problems.keys() == {"name", "rating", "one"}
    assert "is not a row of risks" in problems["one"]
    seen, risk = with_row(seen, "risks", severity=1)
    assert [item.id for item in seen.missing(risk)] == ["name", "likelihood"]
    seen, risk = with_row(seen, "risks", name="Delay", likelihood=2)
    assert seen.missing(risk) == ()


def test_two_records_of_one_uid_are_both_seen() -> None:
    seen = engagement({"risks": {"1": {"uid": "u" * 32, "name": "a"}, "2": {"uid": "u" * 32, "name": "b"}}})
    assert [row.get("name") for row in seen.rows("risks")] == ["a", "b"]


def test_people_are_everyone_who_is_named() -> None:
    seen = engagement({"samples": {"1": {"who": "Zoë"}, "2": {"who": "ada"}, "3": {"who": "Zoë"}, "4": {}}})
    assert seen.people() == ("ada", "Zoë")


def test_stakeholders_are_people_and_other_rows_are_not() -> None:
    tables = {"stakeholder-plan": {"1": {"name": "Ines"}}, "adoption-risks": {"2": {"name": "Strike"}}}
    seen = Engagement({**empty_document(), **tables}, build_framework(declared_framework()))
    assert seen.people() == ("Ines",)


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6) | st.just("a" * 32),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=4,
)
NAMES = ["uid", "at", "by", "order", "name", "state", "phase", "likelihood", "one", "many", "measure", "date", "value"]
NAMES += ["adoption_phase", "answer", "baseline", "target", "frequency", "a", "usage", "budget", "other"]
NAMES += ["parent", "after", "due", "moment", "wait", "hours"]
RECORD = st.dictionaries(st.sampled_from(NAMES), VALUE, max_size=6)
TABLES = st.dictionaries(
    st.sampled_from([tool.id for tool in small_framework().tools] + ["~gone", "unknown"]),
    st.dictionaries(st.integers(0, 2**53 - 1).map(str), RECORD, max_size=3),
    max_size=4,
)


@given(TABLES)
def test_whatever_a_file_holds_can_be_looked_at(tables: dict[str, Any]) -> None:
    """Hand edits and other programs put anything anywhere: nothing of it may end in a traceback."""
    seen = engagement(tables)
    assert seen.name
    for tool in seen.framework.tools:
        rows = seen.rows(tool.id)
        assert {row.doc_id for row in rows if row.stored} == seen.document.get(tool.id, {}).keys()
        assert len({row.doc_id for row in rows}) == len(rows)
        for row in rows:
            assert seen.title(row)
            assert isinstance(seen.problems(row), dict)
            assert isinstance(seen.missing(row), tuple)
            assert seen.late(row, "2026-11-22") in (True, False)
            for field in tool.fields:
                assert isinstance(seen.show(row, field.id), str)
                sort_key(field, seen.value(row, field.id))
        if tool.single:
            assert seen.form(tool.id) in rows
    assert isinstance(seen.people(), tuple)


def dated_samples(**values: Any) -> Row:
    """Return a stored row whose tool is due by `day` and done once it is agreed."""
    _, row = with_row(engagement(), "samples", name="x")
    tool = row.tool.model_copy(update={"due": "day", "tick": "agreed"})
    return replace(row, tool=tool, record={**row.record, **values})


@pytest.mark.parametrize(
    ("values", "late"),
    [
        ({"day": "2026-11-21"}, True),
        ({"day": "2026-11-22"}, False),
        ({"day": "2026-11-21", "agreed": True}, False),
        ({}, False),
        ({"day": "1 March"}, False),
        ({"day": 20261121}, False),
    ],
)
def test_a_row_is_late_from_the_day_after_it_was_due(values: dict[str, Any], late: bool) -> None:
    assert engagement().late(dated_samples(**values), "2026-11-22") is late


def test_a_row_that_nobody_entered_or_that_has_no_due_date_is_not_late() -> None:
    row = dated_samples(day="2026-11-21")
    seen = engagement()
    assert not seen.late(replace(row, stored=False), "2026-11-22")
    assert not seen.late(replace(row, tool=row.tool.model_copy(update={"due": ""})), "2026-11-22")


def test_a_phase_is_found_by_its_number_and_true_is_not_one() -> None:
    seen = engagement()
    first = seen.phase(1)
    assert first is not None
    assert first.get("name") == "Preparation"
    assert seen.phase(9) is None
    assert seen.phase(True) is None
