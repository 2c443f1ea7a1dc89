"""Changes to a document as values: applied to a copy, undone by their inverse, carried over to a newer document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pcsm_tui.domain.engagement import Document, Record
from pcsm_tui.domain.values import Value

STAMP_FIELDS = ("at", "by")
"""Fields of every record that say when and by whom it was changed; they never clash."""


@dataclass(frozen=True)
class Edit:
    """One record before and after: `before` is None for one that is added, `after` for one that is removed."""

    table: str
    doc_id: str
    before: Record | None
    after: Record | None


@dataclass(frozen=True)
class Change:
    """What one act of the user does to a document, told in a few words."""

    label: str
    edits: tuple[Edit, ...]

    def inverted(self) -> Change:
        """Return the change that undoes this one."""
        edits = (replace(edit, before=edit.after, after=edit.before) for edit in reversed(self.edits))
        return Change(self.label, tuple(edits))


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed meanwhile: theirs is in the document, ours was refused."""

    table: str
    doc_id: str
    field: str
    ours: Value
    theirs: Value


def apply(document: Document, change: Change) -> Document:
    """Return a copy of the document with the change made; tables that it does not touch are shared."""
    tables = dict(document)
    for edit in change.edits:
        table = dict(tables.get(edit.table, {}))
        if edit.after is None:
            table.pop(edit.doc_id, None)
        else:
            table[edit.doc_id] = edit.after
        tables[edit.table] = table
    return tables


def rebased(change: Change, document: Document) -> tuple[Change, tuple[Clash, ...]]:
    """Return the change as it applies to a document that has moved on, and the fields where both sides changed.

    A field counts as changed by others when the document holds neither what the change expects nor what it wants.
    What clashes is left out of the change; everything else is kept.
    """
    edits, clashes = [], []
    for edit in change.edits:
        moved, found = _rebased_edit(edit, document.get(edit.table, {}).get(edit.doc_id))
        clashes += found
        if moved is not None:
            edits.append(moved)
    return Change(change.label, tuple(edits)), tuple(clashes)


def _rebased_edit(edit: Edit, theirs: Record | None) -> tuple[Edit | None, list[Clash]]:
    if theirs == edit.before:
        return edit, []
    if edit.after is None:
        if theirs is None:
            return None, []
        changed = [name for name in _changed(edit.before or {}, theirs) if name not in STAMP_FIELDS]
        return (None, [Clash(edit.table, edit.doc_id, name, None, theirs.get(name)) for name in changed[:1]])
    if theirs is None:
        if edit.before is None:
            return edit, []
        wanted = _changed(edit.before, edit.after)
        return None, [Clash(edit.table, edit.doc_id, name, edit.after.get(name), None) for name in wanted]
    before, clashes, merged = edit.before or {}, [], dict(theirs)
    for name in _changed(before, edit.after):
        known = name in STAMP_FIELDS or _same(theirs, before, name) or _same(theirs, edit.after, name)
        if not known:
            clashes.append(Clash(edit.table, edit.doc_id, name, edit.after.get(name), theirs.get(name)))
        elif name in edit.after:
            merged[name] = edit.after[name]
        else:
            merged.pop(name, None)
    moved = None if merged == theirs else Edit(edit.table, edit.doc_id, theirs, merged)
    return moved, [clash for clash in clashes if clash.field not in STAMP_FIELDS]


def _changed(before: Record, after: Record) -> list[str]:
    return [name for name in sorted({*before, *after}) if not _same(before, after, name)]


def _same(one: Record, other: Record, name: str) -> bool:
    return (name in one) == (name in other) and _equal(one.get(name), other.get(name))


def _equal(one: Value, other: Value) -> bool:
    """Compare as JSON does: true is not 1."""
    return type(one) is type(other) and one == other


def changed_fields(edits: Iterable[Edit]) -> set[tuple[str, str, str]]:
    """Return the (table, doc id, field) that edits touch, stamps left out."""
    return {
        (edit.table, edit.doc_id, name)
        for edit in edits
        for name in _changed(edit.before or {}, edit.after or {})
        if name not in STAMP_FIELDS
    }
