"""Three-way merge of engagements: what each side changed since a common base, record by record, field by field.

What only one side changed is taken. What both changed is united where that can be done without guessing (lists, lines
of a text); else a value is picked by a rule that does not know the sides, and a conflict holds both. Clocks decide
nothing, and nothing that somebody entered is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from pcsm_tui.domain.changes import STAMP_FIELDS
from pcsm_tui.domain.engagement import GONE, META, Document, Record, doc_id_of, uid_of
from pcsm_tui.domain.history import HISTORY
from pcsm_tui.domain.values import same_value
from pcsm_tui.merge.conflicts import CONFLICTS, Conflict, Side, in_order, new_conflict, picked, to_record
from pcsm_tui.merge.lines import merged_lines

T = TypeVar("T")
_NEVER_CLASH = (HISTORY, CONFLICTS)
"""Tables whose records are never changed, only added and taken away."""
_ARRANGED = "order"
"""Where a record stands among others: both arrangements lose nothing, so one of them is taken."""
_TAKEN_FROM_THEIRS = ("rev", "n", "ancestry")
_HIGHER_WINS = ("schema", "min_reader")
_KEYS = ("task", "uid")
"""Fields by which an object in a list is told from the others."""


class Merge(NamedTuple):
    """The merged document, and the conflicts that are new in it."""

    document: Document
    conflicts: tuple[Conflict, ...]


def merged(base: Document, ours: Document, theirs: Document) -> Merge:
    """Return what two documents become together, that were one before both sides changed it.

    Revision and ancestry are those of `theirs`. A record that one side deleted and the other changed stays, with a
    conflict of kind "deleted".
    """
    if ours is base or ours is theirs:
        return Merge(theirs, ())
    conflicts: list[Conflict] = []
    document: dict[str, Mapping[str, Record]] = {}
    for table in {**base, **ours, **theirs}:
        parts = tuple(document_.get(table, {}) for document_ in (base, ours, theirs))
        records = _merged_meta(*parts) if table == META else _merged_table(table, parts, theirs, conflicts)
        if records:
            document[table] = records
    _keep_changed_alive(base, ours, theirs, document, conflicts)
    if conflicts:
        records = {doc_id_of(conflict.id): to_record(conflict) for conflict in conflicts}
        document[CONFLICTS] = {**document.get(CONFLICTS, {}), **records}
    return Merge(document, tuple(conflicts))


def _merged_meta(base: Mapping[str, Record], ours: Mapping[str, Record], theirs: Mapping[str, Record]) -> Any:
    """Return `_meta`: of its one record the revision is theirs, and the rest is whoever's changed it."""
    if not ours or not theirs:
        return theirs or ours
    old, our, their = (next(iter(table.values()), {}) for table in (base, ours, theirs))
    merged_record: dict[str, Any] = dict(their)
    for name in {**our, **their}:
        if name in _TAKEN_FROM_THEIRS or _same_field(our, old, name):
            continue
        if name in _HIGHER_WINS:
            merged_record[name] = max(our.get(name, 0), their.get(name, 0))
        elif _same_field(their, old, name) and name in our:
            merged_record[name] = our[name]
        elif name in our and name in their:
            merged_record[name] = max(our[name], their[name], key=in_order)
    return {next(iter(theirs)): merged_record}


def _merged_table(
    table: str, parts: tuple[Mapping[str, Record], ...], theirs_whole: Document, conflicts: list[Conflict]
) -> Mapping[str, Record]:
    base, ours, theirs = parts
    if ours is base or ours is theirs:
        return theirs
    if theirs is base:
        return ours
    records: dict[str, Record] = {}
    for doc_id in {**base, **ours, **theirs}:
        old, our, their = base.get(doc_id), ours.get(doc_id), theirs.get(doc_id)
        if _same(our, old):
            record = their
        elif _same(their, old) or _same(our, their):
            record = our
        elif our is None or their is None:
            record = None if table in _NEVER_CLASH else our or their
            if record is not None:
                conflicts.append(_deleted(table, doc_id, old, our, their, _uid(table, doc_id, record, theirs_whole)))
        else:
            uid = _uid(table, doc_id, our, theirs_whole)
            record, found = _merged_record(_Place(table, doc_id, uid), old or {}, our, their)
            conflicts += found
        if record is not None:
            records[doc_id] = record
    return records


class _Place(NamedTuple):
    """Where a record stands."""

    table: str
    doc_id: str
    uid: str


def _uid(table: str, doc_id: str, record: Record, document: Document) -> str:
    return uid_of({META: document.get(META, {}), table: {doc_id: record}}, table, doc_id)


def _merged_record(place: _Place, old: Record, our: Record, their: Record) -> tuple[Record, list[Conflict]]:
    """Return the record with what both sides changed in its fields, and the conflicts."""
    record: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    newer = max(our, their, key=lambda side: (str(side.get("at")), in_order(side.get("by"))))
    for name in {**their, **our}:
        if name in STAMP_FIELDS:
            source = newer
        elif _same_field(our, old, name):
            source = their
        elif _same_field(their, old, name) or _same_field(our, their, name):
            source = our
        else:
            value, conflict = _both_changed(place, name, old, our, their)
            if conflict is not None:
                conflicts.append(conflict)
            record[name] = value
            continue
        if name in source:
            record[name] = source[name]
    return record, conflicts


def _both_changed(place: _Place, name: str, old: Record, our: Record, their: Record) -> tuple[Any, Conflict | None]:
    """Return the value of a field that both sides changed, and the conflict unless both could be united."""
    if name in our and name in their:
        united = _united(old.get(name), our[name], their[name])
        if united is not None:
            return united, None
        if name == _ARRANGED:
            return max(our[name], their[name], key=in_order), None
    sides = (_side(our, name), _side(their, name))
    conflict = new_conflict("field", place.table, place.uid, place.doc_id, name, old.get(name), sides)
    return picked(conflict).value, conflict


def _side(record: Record, name: str) -> Side:
    return Side(record.get(name), name not in record, str(record.get("at") or ""), str(record.get("by") or ""))


def _deleted(
    table: str, doc_id: str, old: Record | None, our: Record | None, their: Record | None, uid: str
) -> Conflict:
    def side(record: Record | None) -> Side:
        stamped = record or {}
        return Side(record and dict(record), record is None, str(stamped.get("at") or ""), str(stamped.get("by") or ""))

    return new_conflict("deleted", table, uid, doc_id, "", old and dict(old), (side(our), side(their)))


def _united(old: Any, our: Any, their: Any) -> Any:
    """Return what two values become together, or None where that would be a guess."""
    if isinstance(our, list) and isinstance(their, list):
        return _united_lists(old if isinstance(old, list) else [], our, their)
    if isinstance(our, str) and isinstance(their, str):
        base = old if isinstance(old, str) else ""
        if any("\n" in text for text in (base, our, their)):
            return merged_lines(base, our, their)
    return None


def _united_lists(old: list[Any], our: list[Any], their: list[Any]) -> list[Any] | None:
    """Return the list without what either side took out of it, with what either put in; None where that is not clear."""
    keyed = [_keyed(items) for items in (old, our, their)]
    if any(items is None for items in keyed):
        return None
    before, mine, others = (items or {} for items in keyed)
    united: dict[str, Any] = {}
    additions = sorted({**mine, **others}.keys() - before.keys())
    for key in (*before, *additions):
        values = [items.get(key) for items in (before, mine, others)]
        held = [key in items for items in (before, mine, others)]
        if held[1] and held[2]:
            changed = [value for value in values[1:] if not (held[0] and same_value(value, values[0]))]
            if len(changed) == 2 and not same_value(*changed):
                return None
            united[key] = changed[0] if changed else values[0]
        elif held[0]:
            there = values[1] if held[1] else values[2]
            if (held[1] or held[2]) and not same_value(there, values[0]):
                return None  # taken out by one, changed by the other
        else:
            united[key] = values[1] if held[1] else values[2]
    return list(united.values())


def _keyed(items: list[Any]) -> dict[str, Any] | None:
    """Return items by what tells them apart; None when two are alike."""
    keyed = {}
    for item in items:
        name = next((name for name in _KEYS if isinstance(item, dict) and name in item), None)
        keyed[in_order([name, item[name]] if name else item)] = item
    return keyed if len(keyed) == len(items) else None


def _keep_changed_alive(
    base: Document,
    ours: Document,
    theirs: Document,
    document: dict[str, Mapping[str, Record]],
    conflicts: list[Conflict],
) -> None:
    """Take away new tombstones of records that are there, since the other side filled them in or changed them."""
    stones = document.get(GONE, {})
    if stones is base.get(GONE, {}):
        return
    told = {(conflict.table, conflict.record) for conflict in conflicts if conflict.kind == "deleted"}
    kept = dict(stones)
    for stone_id, stone in stones.items():
        table, uid = str(stone.get("table")), str(stone.get("uid"))
        doc_id = doc_id_of(uid)
        record = document.get(table, {}).get(doc_id)
        if stone_id in base.get(GONE, {}) or record is None or record.get("uid") != uid:
            continue
        del kept[stone_id]
        if (table, uid) not in told:
            our, their = (side.get(table, {}).get(doc_id) for side in (ours, theirs))
            old = base.get(table, {}).get(doc_id)
            conflicts.append(_deleted(table, doc_id, old, our, their if their is not our else None, uid))
    document[GONE] = kept
    if not kept:
        del document[GONE]


def _same(one: Record | None, other: Record | None) -> bool:
    """Return whether two records are the same to JSON; quick for the many that are equal."""
    if one is other:
        return True
    if one is None or other is None or one != other:
        return False
    return all(type(value) is str or same_value(value, other[name]) for name, value in one.items())


def _same_field(one: Record, other: Record, name: str) -> bool:
    return (name in one) == (name in other) and same_value(one.get(name), other.get(name))
