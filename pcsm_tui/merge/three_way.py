"""Three-way merge of engagements: what each side changed since a common base, record by record, field by field.

What only one side changed is taken. What both changed is united where that can be done without guessing (lists, lines
of a text); else a value is picked by a rule that does not know the sides, and a conflict holds both. Clocks decide
nothing, and nothing that somebody entered is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pcsm_tui.domain.engagement import GONE, META, Document, Record, doc_id_of, uid_of
from pcsm_tui.domain.history import HISTORY
from pcsm_tui.merge.conflicts import (
    CONFLICTS,
    Conflict,
    Side,
    conflicts_of,
    in_order,
    in_reading_order,
    new_conflict,
    picked,
    to_record,
)
from pcsm_tui.merge.records import is_left_alone, latest, merged_record, same_field, same_record, side_of, stamp

Table = Mapping[str, Record]
_NEVER_CLASH = (HISTORY, CONFLICTS, GONE)
"""Tables that tell of the others: their records are added and taken away, and mean the same whoever wrote them."""
_TAKEN_FROM_THEIRS = ("rev", "n", "ancestry")
_HIGHER_WINS = ("schema", "min_reader")


class Merge(NamedTuple):
    """The merged document, and the conflicts that are new in it."""

    document: Document
    conflicts: tuple[Conflict, ...]


def merged(base: Document, ours: Document, theirs: Document) -> Merge:
    """Return what two documents become together, that were one before both sides changed it.

    Revision and ancestry are those of `theirs`. A record that one side deleted and the other changed stays, with a
    conflict of kind "deleted". Records are shared with the documents given, none of which is changed.
    """
    if ours is base or ours is theirs:
        return Merge(theirs, ())
    return _Merging(base, ours, theirs).result()


class _Place(NamedTuple):
    """Where a record stands."""

    table: str
    doc_id: str


class _Merging:
    """One merge: the three documents, and what has come of them so far."""

    def __init__(self, base: Document, ours: Document, theirs: Document) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.document: dict[str, Table] = {}
        self.conflicts: list[Conflict] = []

    def result(self) -> Merge:
        """Return the merged document with its conflicts."""
        self._put(META, _merged_meta(*self._versions(META)))
        for table in {**self.base, **self.ours, **self.theirs}:
            if table != META:
                self._put(table, self._merged_table(table))
        for conflict in conflicts_of(self.base):
            self._tell_decided_twice(conflict)
        self._lift_tombstones()
        known = self.document.get(CONFLICTS, {})
        fresh = {doc_id_of(conflict.id): conflict for conflict in self.conflicts}
        fresh = {doc_id: conflict for doc_id, conflict in fresh.items() if doc_id not in known}
        if fresh:
            told = {doc_id: to_record(conflict) for doc_id, conflict in fresh.items()}
            self.document[CONFLICTS] = {**told, **known}
        return Merge(self.document, in_reading_order(fresh.values()))

    def _versions(self, table: str) -> tuple[Table, Table, Table]:
        return self.base.get(table, {}), self.ours.get(table, {}), self.theirs.get(table, {})

    def _put(self, table: str, records: Table) -> None:
        """Keep a merged table; an empty one only where nobody took the table away."""
        sides = (table in self.ours, table in self.theirs)
        if records or (any(sides) if table not in self.base else all(sides)):
            self.document[table] = records

    def _merged_table(self, table: str) -> Table:
        base, ours, theirs = self._versions(table)
        if ours is base or ours is theirs:
            return theirs
        if theirs is base:
            return ours
        records: dict[str, Record] = {}
        for doc_id in {**base, **ours, **theirs}:
            old, our, their = base.get(doc_id), ours.get(doc_id), theirs.get(doc_id)
            if same_record(our, old):
                record = their
            elif same_record(their, old) or same_record(our, their):
                record = our
            else:
                record = self._met(_Place(table, doc_id), old, our, their)
            if record is not None:
                records[doc_id] = record
        return records

    def _met(self, place: _Place, old: Record | None, our: Record | None, their: Record | None) -> Record | None:
        """Return what becomes of a record that both sides changed, each in its own way."""
        if place.table in _NEVER_CLASH:
            return _told_by_either(place.table, our, their)
        if our is None or their is None:
            kept = our if their is None else their
            if kept is None or is_left_alone(old, kept):
                return None
            self._tell_deleted(place, old, our, their)
            return kept
        found = merged_record(old or {}, our, their)
        for name in found.clashes:
            self._tell_field(place, found.record, name, old or {}, our, their)
        return found.record

    # --- conflicts --------------------------------------------------------------------------------------------

    def _uid(self, place: _Place, record: Record) -> str:
        """Return the uid of a record, also one without any: the same whoever merges."""
        if isinstance(uid := record.get("uid"), str) and uid:
            return uid
        known = {META: self.document.get(META, {}), place.table: {place.doc_id: record}}
        return uid_of(known, place.table, place.doc_id)

    def _tell_field(
        self, place: _Place, record: Record, name: str, old: Record, our: Record, their: Record
    ) -> Conflict:
        sides = (side_of(our, name), side_of(their, name))
        uid = self._uid(place, record)
        conflict = new_conflict("field", place.table, uid, place.doc_id, name, old.get(name), sides)
        self.conflicts.append(conflict)
        return conflict

    def _tell_deleted(self, place: _Place, old: Record | None, our: Record | None, their: Record | None) -> None:
        uid = self._uid(place, our or their or {})
        sides = (_deleted_side(self.ours, uid, our), _deleted_side(self.theirs, uid, their))
        base = None if old is None else dict(old)
        self.conflicts.append(new_conflict("deleted", place.table, uid, place.doc_id, "", base, sides))

    def _tell_decided_twice(self, conflict: Conflict) -> None:
        """Tell of a conflict that both sides decided, one for what stood there and one for something else.

        Only the other one's decision shows in a record; taken alone, it would undo the first without a word.
        """
        doc_id = doc_id_of(conflict.id)
        if any(doc_id in side.get(CONFLICTS, {}) for side in (self.ours, self.theirs)):
            return
        place = _Place(conflict.table, conflict.doc_id)
        old, our, their = (table.get(place.doc_id) for table in self._versions(place.table))
        if old is None:
            return
        if our is not None and their is not None:
            name = conflict.field
            one_changed = same_field(our, old, name) != same_field(their, old, name)
            if conflict.kind == "field" and one_changed:
                record = self.document[place.table][place.doc_id]
                self._set(place, {**record, name: picked(self._tell_field(place, record, name, old, our, their)).value})
        elif conflict.kind == "deleted" and (our is None) != (their is None) and not self._stands(place):
            self._tell_deleted(place, old, our, their)
            self._set(place, their if our is None else our)

    def _stands(self, place: _Place) -> bool:
        return place.doc_id in self.document.get(place.table, {})

    def _set(self, place: _Place, record: Record | None) -> None:
        table = {**self.document.get(place.table, {})}
        if record is not None:
            table[place.doc_id] = record
        self.document[place.table] = table

    def _lift_tombstones(self) -> None:
        """Take away the tombstones of records that stay, and tell of what one side removed and the other filled in."""
        base, ours, theirs = self._versions(GONE)
        stones = self.document.get(GONE, {})
        changed = {
            stone_id: stone for stone_id, stone in stones.items() if not (stone_id in ours and stone_id in theirs)
        }
        told = {(conflict.table, conflict.record) for conflict in self.conflicts if conflict.kind == "deleted"}
        places = self._places({stamp(stone, "table") for stone in changed.values()})
        lifted = set()
        for stone_id, stone in changed.items():
            known = (stamp(stone, "table"), stamp(stone, "uid"))
            place = places.get(known)
            if place is None or any(_holds(side, place, stone_id) for side in (self.ours, self.theirs)):
                continue
            lifted.add(stone_id)
            if stone_id not in base and known not in told:
                old, our, their = (table.get(place.doc_id) for table in self._versions(place.table))
                self._tell_deleted(place, old, our, their)
        if lifted:
            kept = {stone_id: stone for stone_id, stone in stones.items() if stone_id not in lifted}
            self.document = {**self.document, GONE: kept}
            if not kept:
                del self.document[GONE]

    def _places(self, tables: set[str]) -> dict[tuple[str, str], _Place]:
        """Return where the records of these tables stand, by table and uid."""
        return {
            (table, self._uid(_Place(table, doc_id), record)): _Place(table, doc_id)
            for table in tables
            for doc_id, record in self.document.get(table, {}).items()
        }


def _holds(document: Document, place: _Place, stone_id: str) -> bool:
    """Return whether a document has both a record and its tombstone, as other programs may leave it."""
    return place.doc_id in document.get(place.table, {}) and stone_id in document.get(GONE, {})


def _deleted_side(document: Document, uid: str, record: Record | None) -> Side:
    """Return what a side made of a record; who took it away is told by its tombstone."""
    stamped = document.get(GONE, {}).get(doc_id_of(uid), {}) if record is None else record
    return Side(record and dict(record), record is None, stamp(stamped, "at"), stamp(stamped, "by"))


def _told_by_either(table: str, our: Record | None, their: Record | None) -> Record | None:
    """Return the later of two records that tell the same; a tombstone also when only one side still has it."""
    if our is not None and their is not None:
        return max(our, their, key=lambda record: (*latest(record), in_order(record)))
    return (their if our is None else our) if table == GONE else None


def _merged_meta(base: Table, ours: Table, theirs: Table) -> Table:
    """Return `_meta`: the revision is theirs, the rest of a record whoever's changed it."""
    if not ours or not theirs:
        return theirs or ours
    merged_table: dict[str, Record] = {}
    for doc_id in {**theirs, **ours}:
        old, our, their = base.get(doc_id), ours.get(doc_id), theirs.get(doc_id)
        if our is not None and their is not None:
            merged_table[doc_id] = _merged_head(old or {}, our, their)
            continue
        kept = their if our is None else our
        if kept is not None and not same_record(kept, old):
            merged_table[doc_id] = kept
    return merged_table


def _merged_head(old: Record, our: Record, their: Record) -> Record:
    head: dict[str, Any] = dict(merged_record(old, our, their).record)
    for name in _TAKEN_FROM_THEIRS:
        head.pop(name, None)
        if name in their:
            head[name] = their[name]
    for name in _HIGHER_WINS:
        numbers = [side[name] for side in (our, their) if type(side.get(name)) is int]
        if numbers:
            head[name] = max(numbers)
    return head
