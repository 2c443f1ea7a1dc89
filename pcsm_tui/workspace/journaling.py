"""What a session notes in its journal, and what is made of the journals that earlier sessions left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pcsm_tui.domain import changes
from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.engagement import Document
from pcsm_tui.errors import StorageFailed
from pcsm_tui.merge.conflicts import Conflict
from pcsm_tui.merge.three_way import merged
from pcsm_tui.store.engagement_file import revisions
from pcsm_tui.store.journal import Entry, Journal, LeftJournal, left_journals

KEPT_DAYS = 30
"""How long what was discarded is kept."""
_STEPS = ("do", "undo", "redo")


class Typed(NamedTuple):
    """A text that is being typed in a field of a row; `values` are those of a row that is not in the file yet."""

    tool: str
    uid: str
    field: str
    text: str
    values: Mapping[str, Any] | None = None


class Left(NamedTuple):
    """What earlier sessions left behind: what they did that is not in the file, and what was being typed.

    `document` is the engagement as it would be with that, `conflicts` what others changed meanwhile; `when` says when the
    last of it was done (UTC). `base` is the engagement without.
    """

    journals: tuple[LeftJournal, ...]
    when: str
    labels: tuple[str, ...]
    base: Document
    document: Document
    conflicts: tuple[Conflict, ...]
    typed: tuple[Typed, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to recover."""
        return not self.labels and not self.typed


NOTHING_LEFT = Left((), "", (), {}, {}, (), ())


class SessionJournal:
    """The journal of one session; it begins with the steps that could be undone when the one before it ended."""

    def __init__(self, folder: Path, name: str) -> None:
        self._journal = Journal(folder, name)
        self._before = left_journals(folder)
        self._over: tuple[LeftJournal, ...] = ()
        self._begun = False
        self._kept: Typed | None = None
        self._unwritten: list[Entry] = []
        self.typed: Typed | None = None
        """What is being typed now; `flush` keeps it."""
        self.problem = ""
        """Why changes are not protected from a crash; empty when they are."""

    def steps(self) -> tuple[list[Change], list[Change]]:
        """Return the steps that can be undone and done again, as the last session left them."""
        for journal in reversed(self._before):
            done, undone = _steps(journal.entries)
            if done or undone:
                return done, undone
        return [], []

    def left(self, document: Document) -> Left:
        """Return what earlier sessions did or typed that a document, as its file holds it, lacks."""
        held = set(revisions(document))
        self._over = tuple(journal for journal in self._before if _is_over(journal, held))
        return left_behind(self._before, document)

    def note(self, op: str, made: int, change: Change, at: str) -> None:
        """Note a change, on the disk before this returns; where that fails, `problem` says so."""
        self._append({"op": op, "made": made, "at": at, **_as_entry(change)})

    def note_commit(self, rev: str, made: int) -> None:
        """Note that changes up to a number are in a revision, if the file ever holds it."""
        if self._begun:
            self._append({"op": "commit", "rev": rev, "made": made}, durable=False)

    def note_saved(self, made: int) -> None:
        """Note that changes up to a number are in the file."""
        if self._begun and made:
            self._append({"op": "saved", "made": made}, durable=False)

    def flush(self) -> None:
        """Keep what is being typed, if it is another text than the one kept last."""
        typed = self.typed
        if typed != self._kept:
            self._append({"op": "typed", "typed": None if typed is None else list(typed)})
            self._kept = typed

    def close(self) -> None:
        """Let go of the journal; what it holds can be undone in the next session."""
        self._journal.close()

    def forget(self, journals: tuple[LeftJournal, ...]) -> None:
        """Remove journals whose changes have been taken up, once those and what could be undone are in this one.

        As long as this one cannot be written they stay: met once more, they change nothing.
        """
        self._begin()
        if self._unwritten:
            return
        for journal in journals:
            if journal.path != self._journal.path:  # two sessions can only have one name where the clock stands still
                journal.remove()
        self._before = [journal for journal in self._before if journal not in journals]

    def _append(self, entry: Entry, *, durable: bool = True) -> None:
        """Append an entry; where that fails, `problem` says why, and it is written with the next one."""
        self._begin()
        self._write(entry, durable=durable)

    def _write(self, entry: Entry, *, durable: bool = True) -> None:
        """Write an entry behind those that could not be written before, in whose order they are read."""
        entries = [*self._unwritten, entry]
        try:
            written = self._journal.append(*entries, durable=durable or len(entries) > 1)
        except StorageFailed as failed:
            self._unwritten, self.problem = entries, str(failed)
        else:
            self._unwritten, self.problem = [] if written else entries, ""

    def _begin(self) -> None:
        """Take over what could be undone, and remove the journals of which nothing else is left."""
        if self._begun:
            return
        self._begun = True
        done, undone = self.steps()
        if done or undone:
            self._write({"op": "steps", "done": [*map(_as_entry, done)], "undone": [*map(_as_entry, undone)]})
        self.forget(self._over)


def left_behind(journals: list[LeftJournal], document: Document) -> Left:
    """Return what is in journals and not in a document, merged with what others have saved since.

    A change counts as saved when the journal says so, or when the document contains the revision with which it was to be
    saved; one that changes nothing any more needs no recovery.
    """
    held = set(revisions(document))
    result = document
    conflicts: list[Conflict] = []
    when, labels, typed = "", list[str](), list[Typed]()
    for journal in journals:
        unsaved = list(_unsaved(journal.entries, held))
        text = _typed(journal.entries)
        if unsaved:
            base, ours = _around(unsaved, result)
            merge = merged(base, ours, result)
            if changes.between(result, merge.document, "").edits:
                result = merge.document
                conflicts += merge.conflicts
                labels += [change.label for change, _ in unsaved]
                when = max(when, *(at for _, at in unsaved))
        typed += [text] if text is not None else []
    return Left(tuple(journals), when, tuple(labels), document, result, tuple(conflicts), tuple(typed))


def _unsaved(entries: tuple[Entry, ...], held: set[str]) -> Iterator[tuple[Change, str]]:
    """Yield the changes of a journal that are not saved, with their times, in their order."""
    saved = 0
    for entry in entries:
        if entry.get("op") == "saved" or (entry.get("op") == "commit" and entry.get("rev") in held):
            saved = max(saved, _number(entry))
    for entry in entries:
        if entry.get("op") in _STEPS and _number(entry) > saved:
            yield _as_change(entry), str(entry.get("at", ""))


def _is_over(journal: LeftJournal, held: set[str]) -> bool:
    """Return whether all of a journal is saved, and nothing was being typed at its end."""
    return next(_unsaved(journal.entries, held), None) is None and _typed(journal.entries) is None


def _number(entry: Entry) -> int:
    made = entry.get("made")
    return made if type(made) is int else 0


def _around(unsaved: list[tuple[Change, str]], document: Document) -> tuple[Document, Document]:
    """Return the document as it was before changes and as it was after them, as far as they touch it."""
    base, ours = document, document
    touched: set[tuple[str, str]] = set()
    for change, _ in unsaved:
        fresh = [edit for edit in change.edits if (edit.table, edit.doc_id) not in touched]
        first = {(edit.table, edit.doc_id): edit for edit in reversed(fresh)}
        base = changes.apply(base, Change("", tuple(Edit(*place, None, edit.before) for place, edit in first.items())))
        touched |= first.keys()
        ours = changes.apply(ours, change)
    return base, ours


def _typed(entries: tuple[Entry, ...]) -> Typed | None:
    """Return what was being typed at the end of a journal."""
    last = next((entry for entry in reversed(entries) if entry.get("op") == "typed"), {})
    parts = last.get("typed")
    if not isinstance(parts, list) or len(parts) != 5 or not all(isinstance(part, str) for part in parts[:4]):
        return None
    tool, uid, field, text, values = parts
    return Typed(tool, uid, field, text, values if isinstance(values, dict) else None)


def _steps(entries: tuple[Entry, ...]) -> tuple[list[Change], list[Change]]:
    """Return the steps that could be undone, and done again, at the end of a journal."""
    done: list[Change] = []
    undone: list[Change] = []
    for entry in entries:
        if entry.get("op") == "steps":
            done, undone = ([*map(_as_change, entry.get(name, []))] for name in ("done", "undone"))
        elif entry.get("op") == "do":
            done.append(_as_change(entry))
            undone.clear()
        elif entry.get("op") == "undo" and done:
            undone.append(done.pop())
        elif entry.get("op") == "redo" and undone:
            done.append(undone.pop())
    return done, undone


def _as_entry(change: Change) -> dict[str, Any]:
    edits = [[edit.table, edit.doc_id, edit.before, edit.after] for edit in change.edits]
    return {"label": change.label, "edits": edits}


def _as_change(entry: Entry) -> Change:
    return Change(str(entry.get("label", "")), tuple(Edit(*edit) for edit in entry.get("edits", ())))
