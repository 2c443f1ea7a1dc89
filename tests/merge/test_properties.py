"""What holds of a three-way merge, whatever the documents are."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.changes import apply
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import doc_id_of
from pcsm_tui.domain.values import same_value
from pcsm_tui.merge.conflicts import CONFLICTS, Conflict, conflicts_of, resolved
from pcsm_tui.merge.three_way import merged
from pcsm_tui.store import canonical
from tests.support import SUNDAY

UIDS = ["1" * 32, "2" * 32, "3" * 32]
TABLES = ["tasks", "from-a-newer-version"]
STAMP = Stamp(at="2026-12-01T08:00:00Z", by="Cy", today=SUNDAY)
BOOKKEEPING = ("_meta", "~gone", CONFLICTS)
UNTOLD = ("order", "at", "by")

NOTES = st.sampled_from(["a\nb\nc", "a\nb\nc\nd", "z\na\nb\nc", "a\nB\nc", "a\nX\nc", "a\nc", "A\nb\nC"])
TAGS = st.lists(st.sampled_from(["p", "q", "r", 1, True, "1"]), max_size=4)
LINKS = st.lists(st.builds(lambda task, lag: {"task": task, "lag": lag}, st.sampled_from("tuv"), st.integers(0, 1)))
ODD = st.sampled_from([None, True, 1, 0, False, "1", "", "x", [], {}, {"amount": 1, "currency": "EUR"}])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": ODD, "tags": TAGS, "after": LINKS, "notes": NOTES, "field_of_tomorrow": ODD | TAGS | NOTES,
    "order": st.sampled_from([1, 9, 10, None]),
}  # fmt: skip
STAMPS = st.fixed_dictionaries(
    {}, optional={"at": st.sampled_from(["2026-11-20", "2036-11-20", None]), "by": st.sampled_from(["Ada", "Bo"])}
)


@st.composite
def records(draw: st.DrawFn, place: int) -> dict[str, Any]:
    uid = {"uid": UIDS[place]} if place < 2 else {}
    return {**draw(st.fixed_dictionaries({}, optional=FIELDS)), **draw(STAMPS), **uid}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document of up to three records in each of two tables, and tombstones of some that are not there."""
    document: dict[str, Any] = {"_meta": {"1": {"file_id": "f", "rev": "r"}}}
    for table in TABLES:
        places = draw(st.sets(st.integers(0, 2)))
        if places or draw(st.booleans()):
            document[table] = {doc_id_of(UIDS[place]): draw(records(place)) for place in sorted(places)}
    gone = [uid for uid in UIDS[:2] if doc_id_of(uid) not in document.get("tasks", {}) and draw(st.booleans())]
    if gone:
        stamps = draw(STAMPS)
        document["~gone"] = {doc_id_of(uid): {"uid": uid, "table": "tasks", **stamps} for uid in gone}
    return document


@st.composite
def edited(draw: st.DrawFn, base: dict[str, Any]) -> dict[str, Any]:
    """Draw what a side made of a base: mostly the same, as copies are."""
    other, side = draw(documents()), copy.deepcopy(base)
    for table in [name for name in {**base, **other} if name != "_meta"]:
        for doc_id in sorted({**base.get(table, {}), **other.get(table, {})}):
            act = draw(st.sampled_from(["leave", "leave", "take", "mix"]))
            old, new = base.get(table, {}).get(doc_id), other.get(table, {}).get(doc_id)
            if act == "take" and new is None:
                side.get(table, {}).pop(doc_id, None)
            elif act != "leave" and new is not None:
                side.setdefault(table, {})[doc_id] = {**(old or {}), **new} if act == "mix" else new
    return side


@st.composite
def versions(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Draw a document of one record and what two sides made of its fields: most of them meet."""
    base = draw(st.fixed_dictionaries(FIELDS))
    found = []
    for record in (base, *(draw(st.fixed_dictionaries({}, optional=FIELDS)) for _ in "ab")):
        kept = {name: value for name, value in base.items() if name in record or draw(st.booleans())}
        whole = {**kept, **record, **draw(STAMPS), "uid": UIDS[0]}
        found.append({"_meta": {"1": {"file_id": "f", "rev": "r"}}, "tasks": {doc_id_of(UIDS[0]): whole}})
    return found[0], found[1], found[2]


@st.composite
def copies(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Draw a document and what two sides made of its records."""
    base = draw(documents())
    return base, draw(edited(base)), draw(edited(base))


def threes() -> st.SearchStrategy[Any]:
    """Return what draws a base and what two sides made of it."""
    return versions() | copies()


def cells(document: Any) -> Iterator[tuple[str, str, str, Any]]:
    """Yield table, document id, field and value of everything that people entered."""
    for table in TABLES:
        for doc_id, record in document.get(table, {}).items():
            for name, value in record.items():
                if name not in UNTOLD:
                    yield table, doc_id, name, value


def record_of(document: Any, table: str, doc_id: str) -> Any:
    return document.get(table, {}).get(doc_id)


def told(conflicts: tuple[Conflict, ...], table: str, doc_id: str, name: str) -> list[Any]:
    """Return every value of a field that a conflict holds."""
    values = []
    for conflict in conflicts:
        if (conflict.table, conflict.doc_id) == (table, doc_id):
            values += [side.value for side in conflict.sides if conflict.field == name and not side.missing]
            whole = [side.value for side in conflict.sides if conflict.kind == "deleted" and not side.missing]
            values += [record[name] for record in whole if name in record]
    return values


def same_document(one: Any, other: Any) -> bool:
    return same_value(one, other)


@given(documents(), st.data())
def test_fault_064_of_one_side_alone_all_is_taken(base: Any, data: st.DataObject) -> None:
    side = data.draw(edited(base))
    for merge in (merged(base, side, copy.deepcopy(base)), merged(base, copy.deepcopy(base), side)):
        told_of_gone = {name: table for name, table in merge.document.items() if name != "~gone"}
        assert same_document(told_of_gone, {name: table for name, table in side.items() if name != "~gone"})
        assert merge.conflicts == ()


@given(documents(), documents())
def test_fault_064_both_alike_change_nothing(base: Any, side: Any) -> None:
    merge = merged(base, side, copy.deepcopy(side))
    assert same_document(merge.document, side) and merge.conflicts == ()


@given(threes())
def test_fault_065_whose_is_whose_makes_no_difference(three: Any) -> None:
    base, ours, theirs = three
    one, other = merged(base, ours, theirs), merged(base, theirs, ours)
    assert same_document(one.document, other.document)
    assert one.conflicts == other.conflicts


@given(threes())
def test_fault_064_merging_again_with_a_side_changes_nothing_of_what_clashed(three: Any) -> None:
    """From the same base again, as when the same mail is merged twice: no conflict comes that was not there."""
    base, ours, theirs = three
    merge = merged(base, ours, theirs)
    again = merged(base, merge.document, copy.deepcopy(theirs))
    assert again.conflicts == ()
    assert same_document(conflicts_of(again.document), merge.conflicts)
    for table, doc_id, name, value in cells(merge.document):
        assert same_value(record_of(again.document, table, doc_id)[name], value)


@given(threes())
def test_nothing_that_a_side_entered_is_lost(three: Any) -> None:
    """Of lists and notes every item and line that is new, of the rest the value."""
    base, ours, theirs = three
    merge = merged(base, ours, theirs)
    for side in (ours, theirs):
        for table, doc_id, name, value in cells(side):
            before = (record_of(base, table, doc_id) or {}).get(name)
            if same_value(before, value) and name in (record_of(base, table, doc_id) or {}):
                continue
            record = record_of(merge.document, table, doc_id)
            kept = told(merge.conflicts, table, doc_id, name)
            assert record is not None or kept
            now = (record or {}).get(name)
            if any(same_value(one, value) for one in [now, *kept]):
                continue
            if isinstance(value, str):
                lines = set(value.split("\n")) - set(str(before or "").split("\n"))
                assert lines <= set(now.split("\n"))
            else:
                assert isinstance(value, list) and isinstance(now, list)
                fresh = [item for item in value if not among(item, before)]
                assert all(among(item, now) for item in fresh)


def among(item: Any, items: Any) -> bool:
    return isinstance(items, list) and any(same_value(item, other) for other in items)


@given(threes())
def test_what_one_removed_and_the_other_left_alone_is_gone(three: Any) -> None:
    base, ours, theirs = three
    merge = merged(base, ours, theirs)
    for one, other in ((ours, theirs), (theirs, ours)):
        for table, doc_id, name, before in cells(base):
            old, mine, others = (record_of(side, table, doc_id) for side in (base, one, other))
            now = record_of(merge.document, table, doc_id)
            if mine is None and same_value(others, old):
                assert now is None
            elif mine is not None and others is not None and same_value(others.get(name), before):
                assert name in mine or name not in now or name not in others
            lists = [record.get(name) for record in (mine or {}, others or {})]
            if isinstance(before, list) and all(isinstance(value, list) for value in lists):
                if told(merge.conflicts, table, doc_id, name):
                    continue
                removed = [item for item in before if not among(item, lists[0]) and among(item, lists[1])]
                assert not any(among(item, now[name]) for item in removed if not isinstance(item, dict))


@given(threes())
def test_nothing_is_invented_and_the_result_can_be_saved(three: Any) -> None:
    base, ours, theirs = three
    before = copy.deepcopy(three)
    merge = merged(base, ours, theirs)
    canonical.check(merge.document, Path("merged.pcsm.json"))
    canonical.from_bytes(canonical.to_bytes(merge.document), Path("merged.pcsm.json"))
    assert same_document([*before], [*three]), "the documents given are left as they are"
    for table in {*merge.document} - {*BOOKKEEPING}:
        for doc_id, record in merge.document[table].items():
            sources = [record_of(side, table, doc_id) for side in (ours, theirs)]
            assert any(source is not None for source in sources)
            for name, value in record.items():
                known = [source[name] for source in sources if source and name in source]
                whole = any(same_value(one, value) for one in known)
                assert whole or made_of(value, known)


def made_of(value: Any, known: list[Any]) -> bool:
    """Return whether a list or a note has only items or lines of these."""
    if isinstance(value, str):
        value, known = value.split("\n"), [str(one).split("\n") for one in known]
    items = [item for one in known if isinstance(one, list) for item in one]
    return isinstance(value, list) and all(among(item, items) for item in value)


@given(threes())
def test_every_conflict_is_in_the_document_and_each_is_about_two_that_differ(three: Any) -> None:
    base, ours, theirs = three
    merge = merged(base, ours, theirs)
    assert conflicts_of(merge.document) == merge.conflicts
    for conflict in merge.conflicts:
        one, other = conflict.sides
        assert (one.missing, type(one.value), one.value) != (other.missing, type(other.value), other.value)
        assert conflict.table in TABLES and conflict.field not in UNTOLD
        record = record_of(merge.document, conflict.table, conflict.doc_id)
        assert record is not None
        if conflict.kind == "field" and not any(side.missing for side in conflict.sides):
            assert any(same_value(record[conflict.field], side.value) for side in conflict.sides)
            if any(side.value is not None for side in conflict.sides):
                assert record[conflict.field] is not None


@given(copies())
def test_a_record_that_one_deleted_and_the_other_changed_stays_and_is_told(three: Any) -> None:
    base, ours, theirs = three
    merge = merged(base, ours, theirs)
    for one, other in ((ours, theirs), (theirs, ours)):
        for table, doc_id, name, value in cells(other):
            old = record_of(base, table, doc_id)
            if old is None or record_of(one, table, doc_id) is not None:
                continue
            if name not in old or not same_value(old[name], value):
                assert same_value(record_of(merge.document, table, doc_id), record_of(other, table, doc_id))
                found = [
                    conflict for conflict in merge.conflicts if (conflict.table, conflict.doc_id) == (table, doc_id)
                ]
                assert [conflict.kind for conflict in found] == ["deleted"]


@given(copies())
def test_no_record_stands_beside_its_new_tombstone(three: Any) -> None:
    base, ours, theirs = three
    document = merged(base, ours, theirs).document
    for doc_id in document.get("~gone", {}):
        if doc_id in document.get("tasks", {}):
            assert any(doc_id in side.get("tasks", {}) and doc_id in side.get("~gone", {}) for side in (ours, theirs))


@given(threes(), st.lists(st.integers(0, 1), min_size=8, max_size=8))
def test_fault_076_what_was_decided_stays_decided(three: Any, choices: list[int]) -> None:
    """One side decides every conflict, the other goes on from the document with all of them open."""
    base, ours, theirs = three
    start = merged(base, ours, theirs).document
    decided: Any = start
    for conflict, choice in zip(conflicts_of(start), choices, strict=False):
        decided = apply(decided, resolved(decided, conflict, conflict.sides[choice], STAMP))
    open_still = conflicts_of(decided)
    other = {**start, "notes": {"7": {"uid": "9" * 32, "name": "Other"}}}
    for merge in (merged(start, decided, other), merged(start, other, decided)):
        assert merge.conflicts == () and conflicts_of(merge.document) == open_still
        assert same_document({**merge.document, "notes": {}}, {**decided, "notes": {}})
