"""What two sides made of the same: kept in the file as data, with both values, until somebody decides.

A conflict is a record of the table `~conflicts`. Its id follows from what it is about and from both values, so that
copies merged apart name the same conflict alike; which side was "mine" is not kept, since it differs between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, cast

from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import GONE, Document, Record, derived_uid, doc_id_of
from pcsm_tui.domain.values import Value, same_value
from pcsm_tui.errors import UsageError

CONFLICTS = "~conflicts"
Kind = Literal["field", "deleted"]


class Side(NamedTuple):
    """What one side made of a field, or of a whole record; `missing` when it took it away. When (UTC) and by whom."""

    value: Any
    missing: bool
    at: str
    by: str


class Conflict(NamedTuple):
    """A field, or with kind "deleted" a record, that two sides made different things of.

    `record` is its uid, `base` what it was before both, None when it was not there. The sides stand in an order that
    does not depend on whose they are.
    """

    id: str
    kind: Kind
    table: str
    record: str
    doc_id: str
    field: str
    base: Any
    sides: tuple[Side, Side]


def in_order(value: Any) -> str:
    """Return a text by which values of any kind can be put in an order that is always the same."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def new_conflict(
    kind: Kind, table: str, record: str, doc_id: str, field: str, base: Any, sides: tuple[Side, Side]
) -> Conflict:
    """Return a conflict under the id that follows from its parts."""
    one, other = sorted(sides, key=lambda side: (side.missing, in_order(side.value)))
    values = [[side.missing, side.value] for side in (one, other)]
    uid = derived_uid(kind, table, record, field, in_order(base), in_order(values))
    return Conflict(uid, kind, table, record, doc_id, field, base, (one, other))


def to_record(conflict: Conflict) -> dict[str, Any]:
    """Return the conflict as a record of `~conflicts`."""
    sides = [
        {"at": side.at, "by": side.by, **({"missing": True} if side.missing else {"value": side.value})}
        for side in conflict.sides
    ]
    rest = {name: getattr(conflict, name) for name in ("kind", "table", "record", "doc_id", "field", "base")}
    return {"uid": conflict.id, **rest, "sides": sides, "at": max(side.at for side in conflict.sides), "by": ""}


def conflicts_of(document: Document) -> tuple[Conflict, ...]:
    """Return the conflicts that a document holds, by table and record; what is not as it should be is left out."""
    found = [_read(record) for record in document.get(CONFLICTS, {}).values()]
    return in_reading_order(filter(None, found))


def in_reading_order(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Return conflicts by table, record and field."""
    return tuple(sorted(conflicts, key=lambda item: (item.table, item.record, item.field, item.id)))


def _read(record: Mapping[str, Any]) -> Conflict | None:
    texts = [record.get(name) for name in ("uid", "kind", "table", "record", "doc_id", "field")]
    sides = record.get("sides")
    if not all(isinstance(text, str) for text in texts) or not isinstance(sides, list) or len(sides) != 2:
        return None
    uid, kind, *place = cast("list[str]", texts)
    if kind not in ("field", "deleted") or not all(isinstance(side, dict) for side in sides):
        return None
    if kind == "deleted" and not all(
        side.get("missing") is True or isinstance(side.get("value"), dict) for side in sides
    ):
        return None
    one, other = (_read_side(side) for side in sides)
    return Conflict(uid, cast("Kind", kind), place[0], place[1], place[2], place[3], record.get("base"), (one, other))


def _read_side(side: Mapping[str, Any]) -> Side:
    return Side(side.get("value"), side.get("missing") is True, str(side.get("at") or ""), str(side.get("by") or ""))


def picked(conflict: Conflict) -> Side:
    """Return the side whose value stands in the file until somebody decides."""
    return standing(conflict.sides)


def standing(sides: tuple[Side, Side]) -> Side:
    """Return the side whose value is taken while nobody has decided: the same on every machine, never a gap."""
    return max(sides, key=lambda side: (not side.missing, side.value is not None, in_order(side.value)))


def resolved(document: Document, conflict: Conflict, side: Side | None, stamp: Stamp) -> Change:
    """Return the change that decides a conflict for one side, or with None for what stands in the file by now.

    A record that one side deleted goes, or is as the other side made it. Raises `UsageError` when it has been decided
    meanwhile.
    """
    held = [
        (doc_id, record) for doc_id, record in document.get(CONFLICTS, {}).items() if record.get("uid") == conflict.id
    ]
    if not held:
        raise UsageError("Somebody has decided this conflict meanwhile.", "Look at what the field holds now.")
    edits = [Edit(CONFLICTS, doc_id, record, None) for doc_id, record in held]
    if side is not None:
        now = document.get(conflict.table, {}).get(conflict.doc_id)
        edits += _decided(document, conflict, side, now, stamp)
    what = conflict.field or "record"
    return Change(f"decide the conflict in {what} of {conflict.table}", tuple(edits))


def _decided(document: Document, conflict: Conflict, side: Side, now: Record | None, stamp: Stamp) -> list[Edit]:
    stamps: dict[str, Value] = {"at": stamp.at, "by": stamp.by}
    place = (conflict.table, conflict.doc_id)
    if conflict.kind == "field":
        if now is None or _holds(now, conflict.field, side):
            return []
        rest = {name: value for name, value in now.items() if name != conflict.field}
        value = {} if side.missing else {conflict.field: side.value}
        return [Edit(*place, now, {**rest, **value, **stamps})]
    stone_id = doc_id_of(conflict.record)
    stone = document.get(GONE, {}).get(stone_id)
    if side.missing:
        gone = [] if now is None else [Edit(*place, now, None)]
        return [*gone, Edit(GONE, stone_id, stone, {"uid": conflict.record, "table": conflict.table, **stamps})]
    kept = [] if now is not None else [Edit(*place, None, {**side.value, **stamps})]
    return [*kept, *([] if stone is None else [Edit(GONE, stone_id, stone, None)])]


def _holds(record: Record, field: str, side: Side) -> bool:
    return field not in record if side.missing else field in record and same_value(record[field], side.value)
