"""Changes to a document as values: applied to a copy, undone by their inverse, carried over to a newer document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pcsm_tui.domain.engagement import GONE, META, Document, Record, uid_of
from pcsm_tui.domain.values import Value, same_value

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
    """Return a copy of the document with the change made; tables that it does not touch are shared.

    A table whose last record goes, goes with it, so that undoing the first record of a tool leaves nothing behind.
    """
    touched = {edit.table: dict(document.get(edit.table, {})) for edit in change.edits}
    for edit in change.edits:
        if edit.after is None:
            touched[edit.table].pop(edit.doc_id, None)
        else:
            touched[edit.table][edit.doc_id] = edit.after
    tables = {**document, **touched}
    return {name: table for name, table in tables.items() if table or name not in touched}


def rebased(change: Change, document: Document) -> tuple[Change, tuple[Clash, ...]]:
    """Return the change as it applies to a document that has moved on, and the fields where both sides changed.

    A field counts as changed by others when the document holds neither what the change expects nor what it wants.
    What clashes is left out of the change; everything else is kept. A row that others changed is not removed.
    """
    edits: list[Edit] = []
    clashes: list[Clash] = []
    reached: dict[tuple[str, str], Record | None] = {}
    for edit in change.edits:
        key = (edit.table, edit.doc_id)
        theirs = reached.get(key) if key in reached else document.get(edit.table, {}).get(edit.doc_id)
        moved, found = _rebased_edit(edit, theirs)
        clashes += found
        reached[key] = moved.after if moved else theirs
        if moved:
            edits.append(moved)
    alive = _still_alive(edits, document)
    told = {(clash.table, clash.doc_id) for clash in clashes}
    clashes += [_kept_alive(*place, document) for place in alive.values() if place not in told]
    kept = (edit for edit in edits if not (_is_stone(edit) and _stone_of(edit) in alive))
    return Change(change.label, tuple(kept)), tuple(clashes)


def _rebased_edit(edit: Edit, theirs: Record | None) -> tuple[Edit | None, list[Clash]]:
    if same_value(theirs, edit.before):
        return edit, []
    if theirs is None:
        if edit.after is None:
            return None, []
        wanted = changed_fields(edit.before or {}, edit.after)
        return None, [Clash(edit.table, edit.doc_id, name, edit.after.get(name), None) for name in wanted]
    if edit.after is None:
        changed = changed_fields(edit.before or {}, theirs)
        if not changed:
            return Edit(edit.table, edit.doc_id, theirs, None), []
        return None, [Clash(edit.table, edit.doc_id, changed[0], None, theirs.get(changed[0]))]
    return _merged(edit, edit.before or {}, edit.after, theirs)


def _merged(edit: Edit, before: Record, after: Record, theirs: Record) -> tuple[Edit | None, list[Clash]]:
    """Carry the fields that an edit changes over to a record that others changed; stamps go with them."""
    clashes, merged = [], dict(theirs)
    for name in changed_fields(before, after):
        if not (_same(theirs, before, name) or _same(theirs, after, name)):
            clashes.append(Clash(edit.table, edit.doc_id, name, after.get(name), theirs.get(name)))
        elif name in after:
            merged[name] = after[name]
        else:
            merged.pop(name, None)
    if not changed_fields(theirs, merged):
        return None, clashes
    stamps = {name: after[name] for name in STAMP_FIELDS if name in after}
    return Edit(edit.table, edit.doc_id, theirs, merged | stamps), clashes


def _still_alive(edits: list[Edit], document: Document) -> dict[tuple[str, str], tuple[str, str]]:
    """Return table and doc id of records that stay though edits set a tombstone for them, by table and uid."""
    stones = [_stone_of(edit) for edit in edits if _is_stone(edit)]
    if not stones:
        return {}
    reached = apply(document, Change("", tuple(edits)))
    places = {
        (table, uid_of(reached, table, doc_id)): (table, doc_id)
        for table in {table for table, _ in stones}
        for doc_id in reached.get(table, {})
    }
    return {stone: places[stone] for stone in stones if stone in places}


def _kept_alive(table: str, doc_id: str, document: Document) -> Clash:
    """Tell that a default row was filled in by others while it was to be removed."""
    record = document.get(table, {}).get(doc_id, {})
    name = next(iter(sorted(record.keys() - {"uid", "order", *STAMP_FIELDS})), "uid")
    return Clash(table, doc_id, name, None, record.get(name))


def _is_stone(edit: Edit) -> bool:
    return edit.table == GONE and edit.after is not None


def _stone_of(edit: Edit) -> tuple[str, str]:
    stone = edit.after or {}
    return str(stone.get("table")), str(stone.get("uid"))


def between(before: Document, after: Document, label: str) -> Change:
    """Return the change that makes one document of another, `_meta` left out."""
    edits: list[Edit] = []
    for table in sorted({*before, *after} - {META}):
        old, new = before.get(table, {}), after.get(table, {})
        if old is new:
            continue
        for doc_id in sorted({*old, *new}):
            if old.get(doc_id) is not new.get(doc_id) and not same_value(old.get(doc_id), new.get(doc_id)):
                edits.append(Edit(table, doc_id, old.get(doc_id), new.get(doc_id)))
    return Change(label, tuple(edits))


def changed_fields(before: Record, after: Record) -> list[str]:
    """Return the fields in which two records differ, stamps left out."""
    names = sorted({*before, *after}.difference(STAMP_FIELDS))
    return [name for name in names if not _same(before, after, name)]


def _same(one: Record, other: Record, name: str) -> bool:
    return (name in one) == (name in other) and same_value(one.get(name), other.get(name))
