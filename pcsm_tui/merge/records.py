"""Three-way merge of one record, field by field."""

from __future__ import annotations

from typing import Any, NamedTuple

from pcsm_tui.domain.changes import STAMP_FIELDS, changed_fields
from pcsm_tui.domain.engagement import Record
from pcsm_tui.domain.values import same_value
from pcsm_tui.merge.conflicts import Side, in_order, standing
from pcsm_tui.merge.lines import merged_lines
from pcsm_tui.merge.lists import merged_lists

ARRANGED = "order"
"""Where a record stands among others: either arrangement loses nothing, so one of them is taken."""


class MergedRecord(NamedTuple):
    """A record with what both sides changed in it, and the fields of which they made what cannot be united."""

    record: Record
    clashes: tuple[str, ...]


def merged_record(base: Record, ours: Record, theirs: Record) -> MergedRecord:
    """Return the record that two versions of one become together; of what clashes it holds one side's value.

    The stamps are those of the later side, which decides nothing else.
    """
    record: dict[str, Any] = {}
    clashes: list[str] = []
    later = max(ours, theirs, key=latest)
    for name in {**theirs, **ours}:
        source = later if name in STAMP_FIELDS else _only_changed(name, base, ours, theirs)
        if source is not None:
            if name in source:
                record[name] = source[name]
            continue
        united = _united(base.get(name), ours.get(name), theirs.get(name))
        record[name] = standing((side_of(ours, name), side_of(theirs, name))).value if united is None else united
        if united is None and name != ARRANGED:
            clashes.append(name)
    return MergedRecord(record, tuple(clashes))


def side_of(record: Record, name: str) -> Side:
    """Return what a side made of a field."""
    return Side(record.get(name), name not in record, stamp(record, "at"), stamp(record, "by"))


def stamp(record: Record, name: str) -> str:
    """Return one of the stamps of a record; empty when it has none."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def latest(record: Record) -> tuple[str, str]:
    """Return a key by which the later of two versions of a record is the larger; never equal for different stamps."""
    return stamp(record, "at"), in_order([[name in record, record.get(name)] for name in STAMP_FIELDS])


def is_left_alone(before: Record | None, after: Record) -> bool:
    """Return whether nobody changed a record, other than where it stands among others."""
    return before is not None and not {*changed_fields(before, after)} - {ARRANGED}


def same_record(one: Record | None, other: Record | None) -> bool:
    """Return whether two records are the same to JSON; quick for the many that are equal."""
    if one is other:
        return True
    if one is None or other is None or one != other:
        return False
    return all(type(value) is str or same_value(value, other[name]) for name, value in one.items())


def same_field(one: Record, other: Record, name: str) -> bool:
    """Return whether a field is the same to JSON in two records, or in neither."""
    return (name in one) == (name in other) and same_value(one.get(name), other.get(name))


def _only_changed(name: str, base: Record, ours: Record, theirs: Record) -> Record | None:
    """Return the side whose version of a field to take when not both made something else of it, or None."""
    if same_field(ours, base, name):
        return theirs
    return ours if same_field(theirs, base, name) or same_field(ours, theirs, name) else None


def _united(base: Any, ours: Any, theirs: Any) -> Any:
    """Return what two values become together, or None where that would be a guess."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return merged_lists(base if isinstance(base, list) else [], ours, theirs)
    if isinstance(ours, str) and isinstance(theirs, str):
        before = base if isinstance(base, str) else ""
        if any("\n" in text for text in (before, ours, theirs)):
            return merged_lines(before, ours, theirs)
    return None
