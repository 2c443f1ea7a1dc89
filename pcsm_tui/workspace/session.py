"""One open engagement: what it holds, and the acts that change it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pcsm_tui.domain import changes, editing
from pcsm_tui.domain.changes import Change
from pcsm_tui.domain.declarations import Framework, Tool
from pcsm_tui.domain.engagement import Engagement, Row, doc_id_of
from pcsm_tui.domain.values import Value, how_to_write, same_value
from pcsm_tui.errors import FileReadOnly, PcsmError, StorageFailed, UsageError, ValueRefused
from pcsm_tui.merge.three_way import merged
from pcsm_tui.schedule.refusing import refuse_backwards, refuse_circles
from pcsm_tui.schedule.starting import with_start
from pcsm_tui.store.engagement_file import new_uid
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.store.presence import Presence
from pcsm_tui.workspace.clashing import Clashed, Conflicted, clashed
from pcsm_tui.workspace.clock import Clock, wall_clock
from pcsm_tui.workspace.drafts import Draft, Drafts, Place
from pcsm_tui.workspace.journaling import NOTHING_LEFT, SessionJournal, Typed
from pcsm_tui.workspace.keeping import KeptEngagement
from pcsm_tui.workspace.news import told_conflict, told_conflicts
from pcsm_tui.workspace.saving import BackgroundSaver
from pcsm_tui.workspace.terms import Place as Where

if TYPE_CHECKING:
    from pcsm_tui.schedule.generating import Generated

MOST_STEPS = 200
"""How many steps can be taken back."""


class Session(KeptEngagement):
    """An engagement that is worked on: every act changes it in memory and has that kept."""

    def __init__(
        self,
        path: Path,
        framework: Framework,
        user: str,
        state: PersonalState,
        clock: Clock = wall_clock,
        copies: Path | None = None,
        *,
        views_newer: bool = False,
    ) -> None:
        super().__init__(path, framework, user, clock, copies, views_newer=views_newer)
        self._state = state
        self._last_visit = str(state.section("visits").get(self._engagement.file_id, ""))
        self._drafts = Drafts(state, self._engagement.file_id)
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self.left = NOTHING_LEFT
        """What earlier sessions left behind, until it is decided."""

    # --- visits -----------------------------------------------------------------------------------------------

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

    def _set_over(self, row: Row, values: Mapping[str, Value]) -> Row:
        """Set fields of a row as it was when one began to type; raises `Conflicted` when others changed them since.

        Both are then kept, as when two save at the same time.
        """
        now = self.current(row)
        overtaken = (
            name
            for name, value in values.items()
            if row.stored and not any(same_value(now.get(name), known) for known in (row.get(name), value))
        )
        if not any(True for _ in overtaken):
            return self.set(now, values)
        document = self._engagement.document
        base = {**document, row.tool.id: {**document[row.tool.id], row.doc_id: row.record}}
        before = self._engagement.replaced(base)
        change = editing.set_values(before, before.row(row.tool.id, row.uid), values, self.stamp())
        merge = merged(base, changes.apply(base, change), document)
        self.make(changes.between(document, merge.document, change.label), checked=False)
        raise Conflicted(told_conflicts(self._engagement, merge.conflicts))

    def set_text(self, row: Row, field_id: str, text: str) -> Row:
        """Set a field to what a typed text means.

        A text that the field cannot hold is kept as a draft, to be put right later, and `ValueRefused` raised; so is
        one that somebody else's stands in the way of, by `Clashed`.
        """
        try:
            values = editing.typed_fields(self._engagement, row.tool, field_id, text, self.today)
            changed = self._set_over(row, values)
            self.drop_draft(row.tool, row.uid, field_id)  # its value may have gone to another field
            return changed
        except ValueRefused as refused:
            raise self._refused(row, field_id, text, refused) from None
        except UsageError as gone:
            raise UsageError(gone.message, f"{text!r} was not saved.") from None
        except FileReadOnly as refused:
            raise self._kept_for_later(row, field_id, text, refused) from None

    def add_text(self, row: Row, field_id: str, text: str, after: Row | None = None) -> Row:
        """Add a new row, made by `new_row`, with what a typed text means in one of its fields.

        A text that the field cannot hold is kept as a draft of the row, which is added without it; `ValueRefused` is
        raised all the same.
        """
        try:
            values = editing.typed_fields(self._engagement, row.tool, field_id, text, self.today)
            return self.add(row.tool, {**row.record, **values}, after, row.uid)
        except FileReadOnly as refused:
            raise self._kept_for_later(row, field_id, text, refused) from None
        except ValueRefused as refused:
            told = self._refused(row, field_id, text, refused)
            self.add(row.tool, row.record, after, row.uid)
            raise told from None

    def _refused(self, row: Row, field_id: str, text: str, refused: ValueRefused) -> ValueRefused:
        """Keep a refused text as a draft, and return the refusal, with what keeps the draft from surviving the program."""
        self._keep_drafts({Place(row.tool.id, row.uid, field_id): Draft(text, str(refused))})
        return ValueRefused(refused.message, f"{refused.hint} {self._drafts.unkept}".strip())

    def _kept_for_later(self, row: Row, field_id: str, text: str, refused: FileReadOnly) -> FileReadOnly:
        """Keep a text that cannot be saved since the file is read-only as a draft, and return the refusal."""
        self._keep_drafts({Place(row.tool.id, row.uid, field_id): Draft(text, str(refused))})
        return FileReadOnly(f"{refused.message} {text!r} is kept as a draft.", refused.hint)

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

    def make(self, change: Change, *, checked: bool = True) -> None:
        """Make a change of the engagement as it is now that was worked out elsewhere: one step, one save.

        `checked` says whether what the plan refuses is refused; what was in the file before may come back as it was.
        """
        self._act(change, checked=checked)

    def undo(self) -> str:
        """Take back the last act and return what it was.

        Raises `UsageError` when there is none, and `Clashed` when others changed the same meanwhile: the act then
        stands, and the one before it is the next to be taken back.
        """
        if not self._done:
            raise UsageError("There is nothing to undo in this session.")
        self._look()
        step = self._done.pop()
        self._undone.append(step)
        back = Change(f"undo: {step.label}", step.inverted().edits)
        return self._stepped(step, back, "undo", "taken back", "Undo again takes back the step before.")

    def redo(self) -> str:
        """Do again what was undone and return what it was; raises as `undo` does."""
        if not self._undone:
            raise UsageError("There is nothing to redo.")
        self._look()
        step = self._undone.pop()
        self._done.append(step)
        return self._stepped(step, step, "redo", "done again", "Redo again does the step after.")

    def _look(self) -> None:
        """Take in what others saved, so that a step meets it before and not after."""
        if self._saver is None:
            with suppress(PcsmError):  # what cannot be read is told when it is saved
                self.refresh()

    def _stepped(self, step: Change, change: Change, op: str, way: str, next_one: str) -> str:
        moved, clashes = changes.rebased(change, self._engagement.document)
        if clashes:
            self._done = [kept for kept in self._done if kept is not step]
            self._undone = [kept for kept in self._undone if kept is not step]
            refused = clashed(self._engagement, clashes, self._drafts.unkept)
            message = f"{step.label[:1].upper()}{step.label[1:]} cannot be {way}: {refused.message}"
            raise Clashed(message, next_one, clashes)
        self._perform(moved, op)
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

    # --- what earlier sessions left ---------------------------------------------------------------------------

    def save_by(self, saver: BackgroundSaver, journal: SessionJournal, presence: Presence) -> None:
        """Save in the background from now on, as `KeptEngagement` does, and take up the steps of the session before."""
        self._done, self._undone = journal.steps()
        self.left = journal.left(self._engagement.document)
        super().save_by(saver, journal, presence)

    def take_file(self) -> None:
        """Give up what is in memory, and the steps that led to it, for what the file holds."""
        super().take_file()
        self._done, self._undone = [], []

    def told_left(self) -> list[str]:
        """Return in sentences what earlier sessions left behind: what would change, conflicts, what was being typed."""
        left = self.left
        after = Engagement(left.document, self.framework)
        told = [f"{len(left.labels)} change{'s' if len(left.labels) > 1 else ''}, the last one at {left.when}:"]
        told = told if left.labels else []
        told += self.told_differences(Engagement(left.base, self.framework), after)
        told += [f"{told_conflict(after, conflict)}: both will be kept." for conflict in left.conflicts]
        for typed in left.typed:
            tool = self.framework.tool(typed.tool) if self.framework.has_tool(typed.tool) else None
            row = self._engagement.find((typed.tool,), typed.uid) if tool is not None else None
            whose = self._engagement.title(row) if row is not None else "a new row"
            if tool is not None and tool.has(typed.field):
                told.append(f"Being typed in {tool.field(typed.field).name} of {whose}, {tool.name}: {typed.text!r}")
        return told

    def recover(self) -> Where | None:
        """Take in what earlier sessions did that is not in the file, as one step, and keep as drafts what was typed.

        Returns the place of the last draft, if there is one.
        """
        assert self._journal is not None
        left, self.left = self.left, NOTHING_LEFT
        for typed in left.typed:
            self._keep_typed_again(typed)
        document = self._engagement.document
        result = left.document
        if left.base is not document:
            result = merged(left.base, left.document, document).document
        self._act(changes.between(document, result, f"recover {len(left.labels)} changes"), checked=False)
        self._journal.forget(left.journals)
        places = [Where(typed.tool, typed.uid, typed.field) for typed in left.typed]
        return next((place for place in reversed(places) if self.framework.has_tool(place.tool)), None)

    def discard_left(self) -> None:
        """Put aside what earlier sessions left behind, for thirty days; raises `StorageFailed`."""
        left, self.left = self.left, NOTHING_LEFT
        for journal in left.journals:
            journal.put_aside()

    def _keep_typed_again(self, typed: Typed) -> None:
        """Keep what was being typed as a draft of its field; a row that was new enters the file for it."""
        if not self.framework.has_tool(typed.tool) or not self.framework.tool(typed.tool).has(typed.field):
            return
        tool = self.framework.tool(typed.tool)
        if typed.values is not None and self._engagement.find((tool.id,), typed.uid) is None:
            self.add(tool, typed.values, uid=typed.uid)
        reason = "It was being typed when pcsm ended, and was not saved."
        self._keep_drafts({Place(typed.tool, typed.uid, typed.field): Draft(typed.text, reason)})

    def _act(self, change: Change, *, checked: bool = True) -> None:
        """Make a change; `checked` says whether the rules of the plan hold for it, which was not made before."""
        if not change.edits:
            return
        if checked:
            change = with_start(self._engagement, change, self.stamp())
            refuse_backwards(change)
            refuse_circles(self._engagement, change)
        self._refuse_read_only()
        self._done = [*self._done, change][-MOST_STEPS:]
        self._undone.clear()
        self._perform(change, "do")
