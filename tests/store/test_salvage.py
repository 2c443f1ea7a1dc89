"""What is kept of a damaged file, and what is told of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.engagement import derived_uid, doc_id_of
from pcsm_tui.errors import FileRefused
from pcsm_tui.store import canonical
from pcsm_tui.store.canonical import from_bytes, to_bytes
from pcsm_tui.store.fragments import Fragments
from pcsm_tui.store.losses import Losses
from pcsm_tui.store.migrations import migrated
from pcsm_tui.store.salvage import Salvaged, salvaged
from tests.support import FILE_ID, empty_document

PATH = Path("acme.pcsm.json")
ROOT = Path(__file__).parents[2]
UIDS = [derived_uid("row", str(number)) for number in range(6)]


def row(number: int, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Return a record under its id."""
    return doc_id_of(UIDS[number]), {"at": "2026-11-20T09:00:00Z", "by": "ada", **fields, "uid": UIDS[number]}


RISKS = dict(
    [
        row(0, name="Späte Lieferung 山", severity=3, money={"amount": 5, "currency": "EUR"}),
        row(1, name='A "quoted", {bracketed}: text\nwith \\ lines', tags=["a", "b"], after=[{"task": UIDS[0]}]),
        row(2, name="", severity=None, open=True),
    ]
)
TASKS = dict([row(3, name="Order", duration=480), row(4, name="Pack", one=UIDS[3]), row(5, name="Send")])
DOCUMENT: dict[str, Any] = {**empty_document(), "risks": RISKS, "tasks": TASKS}
LAYOUTS = {
    "canonical": to_bytes(DOCUMENT),
    "one line": json.dumps(DOCUMENT, ensure_ascii=False).encode(),
    "dense": json.dumps(DOCUMENT, ensure_ascii=False, separators=(",", ":")).encode(),
    "unsorted": json.dumps(DOCUMENT, indent=1).encode(),
}
every_layout = pytest.mark.parametrize("payload", LAYOUTS.values(), ids=LAYOUTS.keys())


def checked(found: Salvaged) -> Salvaged:
    """Return what was salvaged, having seen that it can be opened and that its counts are right."""
    again = migrated(from_bytes(to_bytes(found.document), PATH), PATH)
    assert again["_meta"]["1"]["format"] == "pcsm"
    assert found.kept == {table: len(found.document[table]) for table in sorted(found.document) if table != "_meta"}
    return found


def nothing_is_mixed(found: Salvaged) -> None:
    """See that every record is one of the original, under its id, and has only fields of it, as they were there."""
    originals = RISKS | TASKS
    for table, records in found.document.items():
        for doc_id, record in records.items() if table != "_meta" else ():
            assert doc_id in originals, (table, doc_id, record)
            assert record.items() <= originals[doc_id].items(), (table, doc_id)


def whole_before(payload: bytes, cut: int) -> list[str]:
    """Return the uids of the records that end before a place; `uid` is the last field of each."""
    text = payload[:cut]
    return [uid for uid in UIDS if f'"{uid}"'.encode() in text and _ends(payload, uid) <= cut]


def _ends(payload: bytes, uid: str) -> int:
    """Return where the record of a uid ends: after the bracket behind its last field."""
    word = f'"uid": "{uid}"'.encode() if b'"uid": ' in payload else f'"uid":"{uid}"'.encode()
    return payload.index(b"}", payload.index(word)) + 1


# --- the tolerant reader on what is whole ---------------------------------------------------------------------


def read_tolerantly(text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    losses = Losses()
    found = Fragments(text, losses, 10**6)
    tables: dict[str, Any] = {name: {} for name in found.tables}
    for table, doc_id, fields in found.records:
        tables[table][doc_id] = fields
    return tables, losses.told()


@pytest.mark.parametrize("sample", ["northline-rail", "tokyo-sakura", "alder-clinics"])
@pytest.mark.parametrize("options", [{"indent": 2}, {"indent": 1}, {}, {"separators": (",", ":")}])
def test_the_tolerant_reader_reads_a_whole_file_as_it_is(sample: str, options: dict[str, Any]) -> None:
    document = json.loads((ROOT / "sample_data" / f"{sample}.pcsm.json").read_bytes())
    assert read_tolerantly(json.dumps(document, **options)) == (document, ())


@every_layout
def test_of_a_whole_file_nothing_is_lost(payload: bytes) -> None:
    assert salvaged(payload) == (DOCUMENT, {"risks": 3, "tasks": 3}, ())


# --- 41: cut off, trailing, twice -----------------------------------------------------------------------------


@every_layout
def test_fault_041_of_a_cut_file_every_whole_record_and_field_is_kept(payload: bytes) -> None:
    for cut in range(payload.index(b'"risks"'), len(payload) - 8, 7):
        found = checked(salvaged(payload[:cut]))
        assert found.lost
        nothing_is_mixed(found)
        kept = {record.get("uid") for table in ("risks", "tasks") for record in found.document.get(table, {}).values()}
        assert {*whole_before(payload, cut)} <= kept
        assert found.document["_meta"] == DOCUMENT["_meta"]


def test_fault_041_a_record_that_is_cut_keeps_its_whole_fields_and_the_uid_by_which_others_name_it() -> None:
    payload = LAYOUTS["canonical"]
    place = payload.index(b'"name": "Order"')
    found = checked(salvaged(payload[: place + len(b'"name": "Ord')]))
    order = doc_id_of(UIDS[3])
    assert found.document["tasks"][order] == {
        "at": "2026-11-20T09:00:00Z", "by": "ada", "duration": 480, "uid": UIDS[3],
    }  # fmt: skip
    assert any("name" in told and '"Ord is not whole' in told for told in found.lost)
    assert any(f"tasks/{order} is cut off; 3 whole fields" in told for told in found.lost)


@every_layout
@pytest.mark.parametrize("tail", [b"xyz", b"}", b"]]]", b'"', b"\x00" * 100, b"{", b', "a'])
def test_fault_041_what_trails_behind_the_end_is_left_out(payload: bytes, tail: bytes) -> None:
    found = checked(salvaged(payload + tail))
    assert found.document == DOCUMENT
    assert bool(found.lost) == bool(tail.strip(b"{}[]"))


@every_layout
def test_fault_041_two_roots_are_united(payload: bytes) -> None:
    assert checked(salvaged(payload + payload)).document == DOCUMENT
    cut_within = payload.index(b"lines")
    again = checked(salvaged(payload[:cut_within] + b"\n" + payload))
    assert again.document == DOCUMENT
    assert again.lost
    other = payload.replace(b"Order", b"Buy").replace(b'"tasks"', b'"steps"')
    both = checked(salvaged(payload + other)).document
    assert both["tasks"] == TASKS
    assert both["steps"][doc_id_of(UIDS[3])]["name"] == "Buy"


@every_layout
@given(where=st.data())
def test_fault_041_whatever_is_overwritten_nothing_is_mixed(payload: bytes, where: st.DataObject) -> None:
    """A block of NUL bytes, as a power failure leaves it."""
    start = where.draw(st.integers(payload.index(b'"risks"') + 10, len(payload) - 2))
    end = where.draw(st.integers(start + 1, min(start + 400, len(payload))))
    found = checked(salvaged(payload[:start] + b"\x00" * (end - start) + payload[end:]))
    assert any("NUL byte" in told for told in found.lost)
    nothing_is_mixed(found)
    kept = {record.get("uid") for table, rows in found.document.items() if table != "_meta" for record in rows.values()}
    assert {*whole_before(payload, start)} <= kept
    untouched = [uid for uid in UIDS if payload.rindex(f'"{doc_id_of(uid)}"'.encode()) > end]
    assert {*untouched} <= kept


# --- 44, 45: twice --------------------------------------------------------------------------------------------


def test_fault_044_of_two_records_under_one_id_both_are_kept() -> None:
    first, second = {"uid": UIDS[0], "name": "One"}, {"uid": UIDS[0], "name": "Two"}
    one = doc_id_of(UIDS[0])
    text = f'{{"_meta": {json.dumps(DOCUMENT["_meta"])}, "risks": {{"{one}": {json.dumps(first)}, "{one}": {json.dumps(second)}}}}}'
    found = checked(salvaged(text.encode()))
    assert found.kept == {"risks": 2}
    rows = dict(found.document["risks"])
    assert rows.pop(one) == first
    ((other, record),) = rows.items()
    assert record["name"] == "Two"
    assert record["uid"] != UIDS[0]
    assert doc_id_of(record["uid"]) == other
    assert found.lost == (f"risks/{one} stands twice; the second is risks/{other} now.",)
    assert salvaged(text.encode()) == found


def test_fault_044_tables_of_one_name_are_united_and_of_a_field_the_first_value_stands() -> None:
    meta = json.dumps(DOCUMENT["_meta"])
    text = f'{{"_meta": {meta}, "t": {{"1": {{"a": 1, "b": {{"c": 1, "c": 2}}, "a": 3}}}}, "t": {{"2": {{"a": 4}}}}}}'
    found = checked(salvaged(text.encode()))
    assert found.document["t"] == {"1": {"a": 1, "b": {"c": 1}}, "2": {"a": 4}}
    assert found.lost == (
        "t/1 b: c stands twice in it; the second value was 2.",
        "t/1 a stands twice; the second value was 3.",
    )


# --- what is mistyped -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["canonical", "one line"])
@pytest.mark.parametrize("sign", [b",", b"}"])
def test_fault_041_a_missing_comma_or_bracket_costs_at_most_the_record_that_it_stood_in(
    layout: str, sign: bytes
) -> None:
    payload = LAYOUTS[layout]
    first = payload.index(b'"risks"')
    places = [place for place in range(first, len(payload)) if payload[place : place + 1] == sign]
    assert len(places) > 8
    for place in places:
        found = checked(salvaged(payload[:place] + payload[place + 1 :]))
        assert sum(found.kept.values()) == 6, place
        same = [
            doc_id
            for table in ("risks", "tasks")
            for doc_id, record in DOCUMENT[table].items()
            if found.document[table].get(doc_id) == record
        ]
        assert len(same) >= 5, place


def test_fault_041_a_missing_opening_bracket_costs_at_most_what_it_opened() -> None:
    """In an indented file, where a key's place in its line tells what it belongs to."""
    payload = LAYOUTS["canonical"]
    for place in range(payload.index(b'"risks"'), len(payload)):
        if payload[place : place + 1] == b"{" and payload[place : place + 2] == b"{\n":
            found = checked(salvaged(payload[:place] + payload[place + 1 :]))
            nothing_is_mixed(found)
            same = [
                doc_id
                for table in ("risks", "tasks")
                for doc_id, record in DOCUMENT[table].items()
                if found.document[table].get(doc_id) == record
            ]
            assert len(same) >= 5, payload[place - 30 : place + 30]


def test_fault_041_a_value_without_its_brackets_costs_no_other_field_and_no_other_record() -> None:
    one, two = doc_id_of(UIDS[0]), doc_id_of(UIDS[1])
    found = checked(salvaged(LAYOUTS["canonical"].replace(b'"money": {', b'"money":')))
    assert found.document["risks"][one] == {name: value for name, value in RISKS[one].items() if name != "money"}
    dense = LAYOUTS["dense"]
    end = dense.index(f'"{two}"'.encode())
    found = checked(salvaged(dense[: dense.index(b'"EUR"') + 5] + b"," + dense[end:]))
    assert found.document["risks"][two] == RISKS[two]
    assert found.document["tasks"] == TASKS


@every_layout
def test_fault_041_what_follows_a_gap_within_a_record_is_no_record_of_its_own(payload: bytes) -> None:
    for word in (b'"money"', b'"currency"', b'"tags"', b'"after"'):
        place = payload.index(word)
        found = checked(salvaged(payload[: place - 4] + b"\x00" * 4 + payload[place:]))
        nothing_is_mixed(found)
        assert sum(found.kept.values()) >= 5


@pytest.mark.parametrize(
    ("old", "new", "field", "value", "told"),
    [
        (b'"severity": 3', b'"severity": 3.5', "severity", "3.5", "severity: the number 3.5 is kept as text."),
        (b'"severity": 3', b'"severity": NaN', "severity", "NaN", "severity: the number NaN is kept as text."),
        (b'"severity": 3', b'"severity": 9007199254740992', "severity", "9007199254740992", "is kept as text."),
        (b'"severity": 3', b'"severity": three', "severity", None, "severity, line"),
        (b'"severity": 3', b'"severity": ', "severity", None, "it has no value"),
        (b'"severity": 3', b'"severity" 3', "severity", None, "was not understood"),
        (b"p\xc3\xa4te", b"p\xa4te", "name", "Sp�te Lieferung 山", "the byte a4 became �."),
        (b"p\xc3\xa4te", b"p\x00te", "name", None, "1 NUL byte"),
    ],
)  # fmt: skip
def test_fault_047_050_what_the_format_cannot_hold_is_told(old, new, field, value, told) -> None:
    found = checked(salvaged(LAYOUTS["canonical"].replace(old, new, 1)))
    assert found.document["risks"].get(doc_id_of(UIDS[0]), {}).get(field) == value
    assert any(told in sentence for sentence in found.lost)
    assert found.kept["tasks"] == 3


def test_fault_050_latin_1_and_utf_16_are_read_as_such() -> None:
    text = LAYOUTS["canonical"].decode().replace("山", "ß")
    for encoding in ("cp1252", "utf-16", "utf-16-le", "utf-16-be"):
        found = checked(salvaged(text.encode(encoding)))
        assert found.document["risks"][doc_id_of(UIDS[0])]["name"] == "Späte Lieferung ß"
        assert found.document["_meta"] == DOCUMENT["_meta"]


def test_fault_043_lists_and_bad_ids_become_records_under_new_ids() -> None:
    text = json.dumps({**empty_document(), "t": [{"a": 1}, {"uid": UIDS[0]}], "u": {"x": {"a": 2}, "3": 5}, "v": 1})
    found = checked(salvaged(text.encode()))
    assert sorted(map(str, found.document["t"].values())) == sorted(map(str, [{"a": 1}, {"uid": UIDS[0]}]))
    assert doc_id_of(UIDS[0]) in found.document["t"]
    assert list(found.document["u"].values()) == [{"a": 2}]
    assert len(found.lost) == 4


# --- 42: conflicts --------------------------------------------------------------------------------------------


def conflict(text: str, ours: str, theirs: str, old: str) -> bytes:
    """Return a text with a line of it in conflict, with its base between as some git settings write it."""
    assert text.count(old) == 1
    return text.replace(old, f"<<<<<<< HEAD\n{ours}||||||| 1234567\n{old}=======\n{theirs}>>>>>>> branch\n").encode()


def test_fault_042_both_sides_of_a_conflict_are_united() -> None:
    text = LAYOUTS["canonical"].decode()
    line = '      "severity": 3,\n'
    found = checked(
        salvaged(conflict(text, '      "severity": 4,\n', '      "extra": "x",\n      "severity": 5,\n', line))
    )
    one = doc_id_of(UIDS[0])
    assert found.document["risks"][one] == {**RISKS[one], "severity": 4, "extra": "x"}
    assert found.document["tasks"] == TASKS
    assert found.lost[1:] == (f"risks/{one} severity: the second side has 5, the first 4.",)
    assert "two sides" in found.lost[0]


def test_fault_042_records_that_only_one_side_has_are_kept_and_of_stamps_the_later() -> None:
    def one_record(number: int, name: str, at: str) -> str:
        fields = f'      "at": "{at}",\n      "by": "{name}",\n      "name": "{name}",\n      "uid": "{UIDS[number]}"\n'
        return f'    "{doc_id_of(UIDS[number])}": {{\n{fields}    }}\n'

    rows = {"t": {doc_id_of(UIDS[0]): {"uid": UIDS[0]}}}
    text = to_bytes({**empty_document(), **rows}).decode()
    old = f'    "{doc_id_of(UIDS[0])}": {{\n      "uid": "{UIDS[0]}"\n    }}\n'
    for end in ("\n", "\r\n"):
        ours, theirs = (
            one_record(1, "Ada", "2026-01-01") + one_record(2, "Ada", "2026-01-01"),
            one_record(1, "Bo", "2026-01-02"),
        )
        found = checked(salvaged(conflict(text, ours, theirs, old).replace(b"\n", end.encode())))
        assert found.document["t"] == {
            doc_id_of(UIDS[1]): {"at": "2026-01-02", "by": "Bo", "name": "Ada", "uid": UIDS[1]},
            doc_id_of(UIDS[2]): {"at": "2026-01-01", "by": "Ada", "name": "Ada", "uid": UIDS[2]},
        }
        assert found.lost[1:] == (f't/{doc_id_of(UIDS[1])} name: the second side has "Bo", the first "Ada".',)


# --- the mark -------------------------------------------------------------------------------------------------


def test_the_identity_is_new_only_when_none_could_be_read() -> None:
    text = LAYOUTS["canonical"].decode()
    assert salvaged(text[:-4].encode()).document["_meta"]["1"]["file_id"] == FILE_ID
    damaged = salvaged(text.replace('"file_id"', '"file', 1).encode())
    mark = checked(damaged).document["_meta"]["1"]
    assert len(mark["file_id"]) == 32
    assert mark["file_id"] != FILE_ID
    assert any("file_id" in told for told in damaged.lost)
    broken = checked(salvaged(to_bytes({"_meta": {"1": {"schema": "x", "n": [], "file_id": FILE_ID}}, "t": {"1": {}}})))
    assert broken.document["_meta"]["1"] == {"schema": 2, "file_id": FILE_ID, "format": "pcsm"}


# --- anything at all ------------------------------------------------------------------------------------------


@given(st.binary(max_size=300))
def test_fault_041_050_anything_can_be_salvaged(payload: bytes) -> None:
    checked(salvaged(payload))


PIECES = [
    b"",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\",
    b"\n",
    b"\x00",
    b"\xff",
    b"1",
    b'"1": {',
    b"<<<<<<< \n",
    b"=======\n",
]


@every_layout
@given(changes=st.lists(st.tuples(st.integers(350, 2500), st.integers(0, 40), st.sampled_from(PIECES)), max_size=5))
def test_fault_041_050_anything_like_an_engagement_can_be_salvaged(
    payload: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for place, length, piece in changes:
        payload = payload[:place] + piece + payload[place + length :]
    found = salvaged(payload)
    from_bytes(to_bytes(found.document), PATH)


def test_fault_049_what_is_too_large_is_refused_and_what_is_too_much_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(canonical, "_MOST_VALUES", 150)
    found = checked(salvaged(LAYOUTS["canonical"][:-4]))
    assert sum(found.kept.values()) < 6
    assert any("more than can be kept" in told for told in found.lost)
    monkeypatch.setattr(canonical, "LARGEST_FILE", 100)
    with pytest.raises(FileRefused, match="bytes"):
        salvaged(LAYOUTS["canonical"])


def test_much_that_is_lost_is_told_with_its_count() -> None:
    text = '{"t": {' + ", ".join(f'"{number}": 5' for number in range(1, 800)) + "}, x"
    lost = salvaged(text.encode()).lost
    assert len(lost) == 501
    assert lost[-1].startswith("And 30")
