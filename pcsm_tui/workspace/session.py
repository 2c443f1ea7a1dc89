"""One open engagement: what it holds, and the acts that change it, each saved before it returns."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pcsm_tui.domain import changes, editing
from pcsm_tui.domain.changes import Change, Clash
from pcsm_tui.domain.declarations import Framework, Tool
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import Document, Engagement, Row, doc_id_of, uid_of
from pcsm_tui.domain.values import Value, how_to_write
from pcsm_tui.errors import (
    AnotherEngagement,
    FileChanged,
    FileRefused,
    PcsmError,
    StorageFailed,
    UsageError,
    ValueRefused,
)
from pcsm_tui.schedule.refusing import refuse_backwards, refuse_circles
from pcsm_tui.schedule.starting import with_start
from pcsm_tui.store.engagement_file import EngagementStorage, new_uid
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.workspace.clashing import Clashed, clash_text, clashed
from pcsm_tui.workspace.clock import STAMP, Clock, wall_clock
from pcsm_tui.workspace.drafts import Draft, Drafts, Place

if TYPE_CHECKING:
    from pcsm_tui.schedule.generating import Generated


class _Pending(NamedTuple):
    """A change that is made in memory and not saved yet, and the step of undo and redo that it belongs to."""

    step: Change
    change: Change


class Session:
    """An engagement opened from a file.

    Every act applies a change, saves it and remembers how to undo it. When saving fails the change stays in memory,
    `unsaved` says why, and the next act or `save` tries again.
    """

    def __init__(self, path: Path, framework: Framework, user: str, state: PersonalState, clock: Clock = wall_clock):
        self.storage = EngagementStorage(path)
        document = self.storage.read()
        if document is None:
            raise FileRefused(f"{path} does not exist.", "`pcsm list` shows the engagements, `pcsm new` makes one.")
        self.path = path
        self.unsaved = ""
        self._engagement = Engagement(document, framework)
        self._user, self._state, self._clock = user, state, clock
        self._last_visit = str(state.section("visits").get(self._engagement.file_id, ""))
        self._drafts = Drafts(state, self._engagement.file_id)
        self._replaced = False
        self._pending: list[_Pending] = []
        self._clashes: list[Clash] = []
        self._done: list[Change] = []
        self._undone: list[Change] = []

    # --- looking ----------------------------------------------------------------------------------------------

    @property
    def engagement(self) -> Engagement:
        """The engagement as it is now; a new value after every change."""
        return self._engagement

    @property
    def framework(self) -> Framework:
        """The framework that the engagement is seen through."""
        return self._engagement.framework

    @property
    def today(self) -> date:
        """The day where the user sits."""
        return self._clock().astimezone().date()

    @property
    def superseded(self) -> bool:
        """Whether the file turned out to hold another engagement by now, and nothing of this one is left to save."""
        return self._replaced and not self._pending

    def changes_since_last_visit(self) -> list[str]:
        """Return in sentences what others changed since this person's visit in an earlier run, by person."""
        if not self._last_visit:
            return []
        changed: dict[str, dict[str, int]] = {}
        for tool in self.framework.tools:
            for row in self._engagement.rows(tool.id):
                by, at = str(row.get("by") or "somebody"), str(row.get("at") or "")
                if row.stored and at >= self._last_visit and by != self._user:
                    changed.setdefault(by, {})[tool.name] = changed.get(by, {}).get(tool.name, 0) + 1
        day = self._last_visit[:10]
        return [
            f"{day} {by} changed " + ", ".join(f"{name} ({count})" for name, count in tools.items())
            for by, tools in changed.items()
        ]

    def visited(self) -> None:
        """Note that this person has seen the engagement as it is now; what changed is told anew in the next run."""
        key, at = self._engagement.file_id, self.stamp().at
        with suppress(StorageFailed):  # the same changes are then told once more
            self._state.change("visits", lambda visits: visits.update({key: at}))

    # --- acts -------------------------------------------------------------------------------------------------

    def new_row(self, tool: Tool, values: Mapping[str, Value]) -> Row:
        """Return a row that is not in the file yet and enters it with its first value, by `add`."""
        uid = new_uid()
        return Row(tool, uid, doc_id_of(uid), values, stored=False)

    def add(self, tool: Tool, values: Mapping[str, Value], after: Row | None = None, uid: str = "") -> Row:
        """Add a row, under the uid given or a new one, and return it; raises `PcsmError` for values that do not fit."""
        uid = uid or new_uid()
        self._act(editing.add_row(self._engagement, tool, values, uid, self.stamp(), after))
        return self._engagement.row(tool.id, uid)

    def set(self, row: Row, values: Mapping[str, Value]) -> Row:
        """Set fields of a row and return it as it is then; raises `PcsmError` for values that do not fit."""
        change = editing.set_values(self._engagement, self.current(row), values, self.stamp())
        self._drafts.drop(Place(row.tool.id, row.uid, name) for name in values)
        self._act(change)
        return self.current(row)

    def set_text(self, row: Row, field_id: str, text: str) -> Row:
        """Set a field to what a typed text means.

        A text that the field cannot hold is kept as a draft, to be put right later, and `ValueRefused` raised; so is
        one that somebody else's stands in the way of, by `Clashed`.
        """
        try:
            values = editing.typed_fields(self._engagement, row.tool, field_id, text, self.today)
            changed = self.set(row, values)
            self.drop_draft(row.tool, row.uid, field_id)  # its value may have gone to another field
            return changed
        except ValueRefused as refused:
            raise self._refused(row, field_id, text, refused) from None
        except UsageError as gone:
            raise UsageError(gone.message, f"{text!r} was not saved.") from None

    def add_text(self, row: Row, field_id: str, text: str, after: Row | None = None) -> Row:
        """Add a new row, made by `new_row`, with what a typed text means in one of its fields.

        A text that the field cannot hold is kept as a draft of the row, which is added without it; `ValueRefused` is
        raised all the same.
        """
        try:
            values = editing.typed_fields(self._engagement, row.tool, field_id, text, self.today)
            return self.add(row.tool, {**row.record, **values}, after, row.uid)
        except ValueRefused as refused:
            told = self._refused(row, field_id, text, refused)
            self.add(row.tool, row.record, after, row.uid)
            raise told from None

    def _refused(self, row: Row, field_id: str, text: str, refused: ValueRefused) -> ValueRefused:
        """Keep a refused text as a draft, and return the refusal, with what keeps the draft from surviving the program."""
        self._keep_drafts({Place(row.tool.id, row.uid, field_id): Draft(text, str(refused))})
        return ValueRefused(refused.message, f"{refused.hint} {self._drafts.unkept}".strip())

    def typed(self, tool: Tool, texts: Mapping[str, str]) -> dict[str, Value]:
        """Return the values that texts mean in fields of a tool, all of them or none; an empty text means None.

        Raises `ValueRefused` naming tool and field.
        """
        values: dict[str, Value] = {}
        for name, text in texts.items():
            field = tool.field(name)
            try:
                values |= editing.typed_fields(self._engagement, tool, name, text, self.today)
            except ValueRefused as refused:
                hint = refused.hint or f"Write {how_to_write(field)}."
                raise ValueRefused(f"{tool.id} {name}: {refused.message}", hint) from None
        return values

    def remove(self, row: Row) -> None:
        """Remove a row, in an outline with everything below it."""
        self._act(editing.remove_row(self._engagement, self.current(row), self.stamp()))

    def duplicate(self, row: Row) -> Row:
        """Add a copy of a row below it and return it."""
        uid = new_uid()
        self._act(editing.duplicate_row(self._engagement, self.current(row), uid, self.stamp()))
        return self._engagement.row(row.tool.id, uid)

    def move(self, row: Row, distance: int) -> Row:
        """Move a row up (negative) or down and return it; in an outline among the rows of its parent."""
        self._act(editing.move_row(self._engagement, self.current(row), distance, self.stamp()))
        return self.current(row)

    def indent(self, row: Row) -> Row:
        """Put a row of an outline under the one above it and return it; raises `UsageError` for the first of its level."""
        self._act(editing.indent_row(self._engagement, self.current(row), self.stamp()))
        return self.current(row)

    def outdent(self, row: Row) -> Row:
        """Put a row of an outline behind its parent and return it; raises `UsageError` at the top level."""
        self._act(editing.outdent_row(self._engagement, self.current(row), self.stamp()))
        return self.current(row)

    def tick(self, row: Row) -> Row:
        """Tick a row, or take its tick away, and return it."""
        self._act(editing.tick(self._engagement, self.current(row), self.stamp()))
        return self.current(row)

    def set_phase(self, number: int, state: str) -> None:
        """Start, finish or reopen a phase; the timeline notes it."""
        self._act(editing.set_phase(self._engagement, number, state, new_uid(), self.stamp()))

    def generate_plan(self) -> Generated:
        """Add the work packages that the engagement's other tools ask for, in one step, and return what was added."""
        from pcsm_tui.schedule.generating import generated_plan

        generated = generated_plan(self._engagement, self.stamp())
        self.make(generated.change)
        return generated

    def make(self, change: Change) -> None:
        """Make a change of the engagement as it is now that was worked out elsewhere: one step, one save."""
        self._act(change)

    def undo(self) -> str:
        """Take back the last act and return what it was.

        Raises `UsageError` when there is none, and `Clashed` when others changed the same meanwhile: the act then
        stands, and the one before it is the next to be taken back.
        """
        if not self._done:
            raise UsageError("There is nothing to undo in this session.")
        step = self._done.pop()
        self._undone.append(step)
        return self._stepped(step, step.inverted(), "taken back", "Undo again takes back the step before.")

    def redo(self) -> str:
        """Do again what was undone and return what it was; raises as `undo` does."""
        if not self._undone:
            raise UsageError("There is nothing to redo.")
        step = self._undone.pop()
        self._done.append(step)
        return self._stepped(step, step, "done again", "Redo again does the step after.")

    def _stepped(self, step: Change, change: Change, way: str, next_one: str) -> str:
        try:
            self._perform(step, change)
        except Clashed as refused:
            if any(kept is step for kept in (*self._done, *self._undone)):  # an older one clashed; this is done
                raise
            message = f"{step.label[:1].upper()}{step.label[1:]} cannot be {way}: {refused.message}"
            raise Clashed(message, next_one, refused.clashes) from None
        return step.label

    def current(self, row: Row) -> Row:
        """Return a row as it is now; raises `UsageError` when it is gone."""
        found = self._engagement.find((row.tool.id,), row.uid)
        if found is None:
            raise UsageError(f"The {row.tool.row_name} is no longer there.", "Somebody deleted it meanwhile.")
        return found

    # --- drafts -----------------------------------------------------------------------------------------------

    def drafts(self, tool: Tool) -> dict[tuple[str, str], Draft]:
        """Return what was typed in fields of a tool and could not be saved, by uid and field."""
        return self._drafts.of(tool.id)

    def drop_draft(self, tool: Tool, uid: str, field_id: str) -> None:
        """Forget what was kept for a field."""
        self._drafts.drop([Place(tool.id, uid, field_id)])

    def _keep_drafts(self, drafts: Mapping[Place, Draft]) -> None:
        if drafts:
            self._drafts.keep(drafts, self._engagement, self.today)

    # --- saving -----------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write what is not saved yet; raises `PcsmError` and keeps it in memory when that fails."""
        if not self._pending:
            return
        try:
            self._commit()
        except Clashed:  # what did not clash is saved
            raise
        except PcsmError as problem:
            self.unsaved = str(problem)
            raise

    def refresh(self) -> bool:
        """Take in what others saved meanwhile; return whether there was anything."""
        if self._pending or not self.storage.changed_outside():
            return False
        try:
            document = self.storage.read(self._engagement.file_id)
        except AnotherEngagement:
            self._replaced = True
            raise
        if document is None:
            raise FileRefused(f"{self.path} is gone.", "It was moved or deleted; what you see is what was last read.")
        self._engagement = self._engagement.replaced(document)
        return True

    def stamp(self) -> Stamp:
        """Return who acts and when: this person, now."""
        return Stamp(at=self._clock().strftime(STAMP), by=self._user, today=self.today)

    def _act(self, change: Change) -> None:
        if not change.edits:
            return
        change = with_start(self._engagement, change, self.stamp())
        refuse_backwards(change)
        refuse_circles(self._engagement, change)
        self._done.append(change)
        self._undone.clear()
        self._perform(change, change)

    def _perform(self, step: Change, change: Change) -> None:
        """Make the change of a step and save it; a step that others stand in the way of is no longer one."""
        moved, clashes = changes.rebased(change, self._engagement.document)
        if clashes:
            self._forget(step)
            raise clashed(self._engagement, clashes, self._drafts.unkept)
        self._engagement = self._engagement.replaced(changes.apply(self._engagement.document, moved))
        self._pending.append(_Pending(step, moved))
        self.save()

    def _forget(self, step: Change) -> None:
        self._done = [kept for kept in self._done if kept is not step]
        self._undone = [kept for kept in self._undone if kept is not step]

    def _commit(self) -> None:
        """Write the document; when others wrote meanwhile, carry what is pending over to theirs first."""
        for _ in range(5):
            try:
                written = self.storage.commit(self._engagement.document)
            except FileChanged:
                self._carry_over()
                continue
            self._engagement = self._engagement.replaced(written)
            self._pending.clear()
            self.unsaved = ""
            if clashes := tuple(self._clashes):
                self._clashes.clear()
                raise clashed(self._engagement, clashes, self._drafts.unkept)
            return
        raise FileChanged(f"{self.path} is being changed by others faster than it can be saved.", "Try again.")

    def _carry_over(self) -> None:
        """Make what is pending on top of what others saved; a step that clashes is one no longer, its texts are drafts."""
        theirs = self.storage.read(self._engagement.file_id)
        if theirs is None:
            raise FileRefused(f"{self.path} is gone.", "It was moved or deleted; what you typed is still here.")
        document: Document = theirs
        wanted: list[Clash] = []
        for place, (step, change) in enumerate(self._pending):
            moved, found = changes.rebased(change, document)
            document = changes.apply(document, moved)
            self._pending[place] = _Pending(step, moved)
            if found:
                self._clashes += found
                wanted += found if any(kept is step for kept in self._done) else ()  # not what was undone since
                self._forget(step)
        ours, self._engagement = self._engagement.document, self._engagement.replaced(document)
        typed = (clash for clash in wanted if self._was_typed(clash, ours))
        self._keep_drafts({self._place(clash, ours): self._draft(clash) for clash in typed})

    def _was_typed(self, clash: Clash, ours: Document) -> bool:
        """Return whether it clashed in a field, on a value that could be typed again, of a row that we did not remove."""
        tool = self.framework.tool(clash.table) if self.framework.has_tool(clash.table) else None
        has_field = tool is not None and tool.has(clash.field)
        return has_field and clash.ours is not None and clash.doc_id in ours.get(clash.table, {})

    def _place(self, clash: Clash, ours: Document) -> Place:
        return Place(clash.table, uid_of(ours, clash.table, clash.doc_id), clash.field)

    def _draft(self, clash: Clash) -> Draft:
        return Draft(
            clash_text(self._engagement, clash, clash.ours),
            str(clashed(self._engagement, (clash,), self._drafts.unkept)),
        )
