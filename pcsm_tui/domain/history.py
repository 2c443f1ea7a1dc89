"""Who changed what: the history that an engagement file carries along, bounded, so that it can be read and taken back.

An entry says when, by whom and what in a few words, and holds of each record only the fields that changed, before and
after; of a record that was removed, all of it. It is one record of the table `~history`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pcsm_tui.domain.changes import STAMP_FIELDS, Change, Edit, changed_fields
from pcsm_tui.domain.engagement import GONE, Document, Record, doc_id_of, uid_of

HISTORY = "~history"
MOST_ENTRIES = 500
MOST_BYTES = 256 * 1024
"""How much of the file the entries may take together; the oldest give way."""
LARGEST_ENTRY = 64 * 1024
"""An entry that would be larger, as of an import, tells only how many records it changed in which tools."""
DERIVED = (HISTORY, GONE)
"""Tables of which no history is kept: they follow from the others."""


class RecordChange(NamedTuple):
    """What an act did to one record: the fields that changed, before and after; `added` or `removed` as a whole."""

    table: str
    doc_id: str
    uid: str
    what: str
    before: Record
    after: Record


class Entry(NamedTuple):
    """One act: its uid, when (UTC) and by whom, what it was, and what it did, or how many records of which tables."""

    uid: str
    at: str
    by: str
    label: str
    changes: tuple[RecordChange, ...]
    counts: Mapping[str, int]


def with_entry(document: Document, change: Change, uid: str, at: str, by: str) -> Document:
    """Return the document with an entry of what a change just did to it; a change of nothing leaves none."""
    entry = _entry(document, change)
    if not entry:
        return document
    number = 1 + max((number_of(other) for other in document.get(HISTORY, {}).values()), default=0)
    record: dict[str, Any] = {"uid": uid, "n": number, "at": at, "by": by, "label": change.label, **entry}
    record["size"] = len(json.dumps(record))
    if record["size"] > LARGEST_ENTRY:
        del record["records"]
        record["size"] = len(json.dumps(record))
    return {**document, HISTORY: _bounded({**document.get(HISTORY, {}), doc_id_of(uid): record})}


def number_of(record: Record) -> int:
    """Return the place of an entry among others: higher than that of all that were known when it was made."""
    number = record.get("n")
    return number if type(number) is int else 0


def _order(record: Record) -> tuple[int, str, str]:
    """Return the key by which entries stand in the order of what led to what, whatever the clocks said."""
    return (number_of(record), str(record.get("at")), str(record.get("uid")))


def _entry(document: Document, change: Change) -> dict[str, Any]:
    records, counts = [], dict[str, int]()
    for edit in change.edits:
        if edit.table not in DERIVED:
            records.append(_told(document, edit))
            counts[edit.table] = counts.get(edit.table, 0) + 1
    return {"records": records, "counts": counts} if records else {}


def _told(document: Document, edit: Edit) -> dict[str, Any]:
    told: dict[str, Any] = {"table": edit.table, "doc_id": edit.doc_id, "uid": _uid(document, edit)}
    if edit.before is None:
        return {**told, "what": "added"}
    if edit.after is None:
        return {**told, "what": "removed", "before": dict(edit.before)}
    before, after = edit.before, edit.after
    names = changed_fields(before, after)
    return {
        **told,
        "what": "changed",
        "before": {name: before[name] for name in names if name in before},
        "after": {name: after[name] for name in names if name in after},
    }


def _uid(document: Document, edit: Edit) -> str:
    uid = (edit.after or edit.before or {}).get("uid")
    if isinstance(uid, str) and uid:
        return uid
    return uid_of({**document, edit.table: {edit.doc_id: edit.after or edit.before or {}}}, edit.table, edit.doc_id)


def _bounded(records: Mapping[str, Record]) -> Mapping[str, Record]:
    """Return the newest entries for which there is room; the newest one always stays."""
    kept: dict[str, Record] = {}
    room = MOST_BYTES
    for doc_id in sorted(records, key=lambda doc_id: _order(records[doc_id]), reverse=True):
        size = records[doc_id].get("size")
        room -= size if type(size) is int and size > 0 else 1000
        if kept and (room < 0 or len(kept) == MOST_ENTRIES):
            break
        kept[doc_id] = records[doc_id]
    return kept


def entries(document: Document) -> list[Entry]:
    """Return the history that a document carries, the newest first; what is not as it should be is left out."""
    records = sorted(document.get(HISTORY, {}).values(), key=_order, reverse=True)
    return [entry for record in records if (entry := _read(record)) is not None]


def _read(record: Mapping[str, Any]) -> Entry | None:
    texts = [record.get(name) for name in ("uid", "at", "by", "label")]
    records, counts = record.get("records", []), record.get("counts", {})
    if (
        not all(isinstance(text, str) for text in texts)
        or not isinstance(records, list)
        or not isinstance(counts, dict)
    ):
        return None
    changes = tuple(_read_changes(records))
    numbers = {str(table): count for table, count in counts.items() if type(count) is int}
    if len(changes) != len(records):
        return None
    uid, at, by, label = map(str, texts)
    return Entry(uid, at, by, label, changes, numbers)


def _read_changes(records: list[Any]) -> Iterator[RecordChange]:
    for item in records:
        if not isinstance(item, dict):
            return
        names = [item.get(name) for name in ("table", "doc_id", "uid", "what")]
        before, after = item.get("before", {}), item.get("after", {})
        if (
            not all(isinstance(name, str) for name in names)
            or not isinstance(before, dict)
            or not isinstance(after, dict)
        ):
            return
        table, doc_id, uid, what = map(str, names)
        yield RecordChange(table, doc_id, uid, what, before, after)


def taken_back(document: Document, taken: list[RecordChange], label: str) -> Change:
    """Return the change that takes back what acts did to records, the newest first, whatever was done to them since.

    Fields become what they were before, removed records come back, added ones go. A record that has since been removed
    is not brought back for the sake of one of its fields.
    """
    reached: dict[tuple[str, str], Record | None] = {}
    for item in taken:
        place = (item.table, item.doc_id)
        now = reached[place] if place in reached else document.get(item.table, {}).get(item.doc_id)
        reached[place] = _before(item, now)
    edits = []
    for (table, doc_id), record in reached.items():
        now = document.get(table, {}).get(doc_id)
        if record != now:
            edits.append(Edit(table, doc_id, now, record))
            edits += _stone_edits(document, table, now, record)
    return Change(label, tuple(edits))


def _before(item: RecordChange, now: Record | None) -> Record | None:
    if item.what == "added":
        return None
    if item.what == "removed":
        return item.before if now is None else now
    if now is None:
        return None
    gone = item.after.keys() - item.before.keys()
    return {**{name: value for name, value in now.items() if name not in gone}, **item.before}


def _stone_edits(document: Document, table: str, now: Record | None, record: Record | None) -> Iterator[Edit]:
    """Yield the edit of the tombstone that goes with a record which comes back or goes."""
    uid = (now or record or {}).get("uid")
    if not isinstance(uid, str) or not uid or (now is None) == (record is None):
        return
    doc_id = doc_id_of(uid)
    stone = document.get(GONE, {}).get(doc_id)
    stamps = {name: (now or {}).get(name) for name in STAMP_FIELDS}
    wanted = None if record is not None else {"uid": uid, "table": table, **stamps}
    if stone != wanted:
        yield Edit(GONE, doc_id, stone, wanted)
