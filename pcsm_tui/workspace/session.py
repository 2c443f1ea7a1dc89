"""One open engagement: what it holds, and the acts that change it, each saved before it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pcsm_tui.domain import changes, editing
from pcsm_tui.domain.changes import Change, Clash
from pcsm_tui.domain.declarations import Framework, Tool
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import Engagement, Row, doc_id_of
from pcsm_tui.domain.values import Value, how_to_write, show_value
from pcsm_tui.errors import FileChanged, FileRefused, PcsmError, UsageError, ValueRefused
from pcsm_tui.store.engagement_file import EngagementStorage, new_uid
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.workspace.clock import Clock, wall_clock


class Clashed(PcsmError):
    """Somebody else changed the same field meanwhile; theirs stands, ours was not saved."""

    exit_code = 1

    def __init__(self, message: str, hint: str, clashes: tuple[Clash, ...]) -> None:
        super().__init__(message, hint)
        self.clashes = clashes


class Draft(NamedTuple):
    """A text that was typed in a field and that the field could not hold, with the reason."""

    text: str
    reason: str


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
        self._draft_texts: dict[str, list[str]] = state.section("drafts")
        self._pending: list[Change] = []
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._listeners: list[Callable[[], None]] = []

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

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call a function after every change of the engagement, whoever made it."""
        self._listeners.append(listener)

    def changes_since_last_visit(self) -> list[str]:
        """Return in sentences what others changed since this person last left the engagement, by person."""
        if not self._last_visit:
            return []
        changed: dict[str, dict[str, int]] = {}
        for tool in self.framework.tools:
            for row in self._engagement.rows(tool.id):
                by, at = str(row.get("by") or "somebody"), str(row.get("at") or "")
                if row.stored and at > self._last_visit and by != self._user:
                    changed.setdefault(by, {})[tool.name] = changed.get(by, {}).get(tool.name, 0) + 1
        day = self._last_visit[:10]
        return [
            f"{day} {by} changed " + ", ".join(f"{name} ({count})" for name, count in tools.items())
            for by, tools in changed.items()
        ]

    def note_visit(self) -> None:
        """Note that this person has seen the engagement as it is now."""
        key, at = self._engagement.file_id, self._stamp().at
        self._state.change("visits", lambda visits: visits.update({key: at}))

    # --- acts -------------------------------------------------------------------------------------------------

    def new_row(self, tool: Tool, values: Mapping[str, Value]) -> Row:
        """Return a row that is not in the file yet and enters it with its first value, by `add`."""
        uid = new_uid()
        return Row(tool, uid, doc_id_of(uid), values, stored=False)

    def add(self, tool: Tool, values: Mapping[str, Value], after: Row | None = None, uid: str = "") -> Row:
        """Add a row, under the uid given or a new one, and return it; raises `PcsmError` for values that do not fit."""
        uid = uid or new_uid()
        self._act(editing.add_row(self._engagement, tool, values, uid, self._stamp(), after))
        return self._engagement.row(tool.id, uid)

    def set(self, row: Row, values: Mapping[str, Value]) -> Row:
        """Set fields of a row and return it as it is then; raises `PcsmError` for values that do not fit."""
        self._act(editing.set_values(self._engagement, self.current(row), values, self._stamp()))
        return self.current(row)

    def set_text(self, row: Row, field_id: str, text: str) -> Row:
        """Set a field to what a typed text means.

        A text that the field cannot hold, or that somebody else's stands in the way of, is kept as a draft, to be put
        right later, and `ValueRefused` or `Clashed` raised.
        """
        field = row.tool.field(field_id)
        try:
            value = editing.typed(self._engagement, field, text, self.today)
            changed = self.set(row, {field_id: value})
        except (ValueRefused, Clashed) as refused:
            self.keep_draft(row.tool, row.uid, field_id, Draft(text, str(refused)))
            raise
        except UsageError as gone:
            raise UsageError(gone.message, f"{text!r} was not saved.") from None
        self.drop_draft(row.tool, row.uid, field_id)
        return changed

    def add_text(self, row: Row, field_id: str, text: str, after: Row | None = None) -> Row:
        """Add a new row, made by `new_row`, with what a typed text means in one of its fields.

        A text that the field cannot hold is kept as a draft of the row, which is added without it; `ValueRefused` is
        raised all the same.
        """
        field = row.tool.field(field_id)
        try:
            value = editing.typed(self._engagement, field, text, self.today)
            return self.add(row.tool, {**row.record, field_id: value}, after, row.uid)
        except ValueRefused as refused:
            self.keep_draft(row.tool, row.uid, field_id, Draft(text, str(refused)))
            self.add(row.tool, row.record, after, row.uid)
            raise

    def typed(self, tool: Tool, texts: Mapping[str, str]) -> dict[str, Value]:
        """Return the values that texts mean in fields of a tool, all of them or none; an empty text means None.

        Raises `ValueRefused` naming tool and field.
        """
        values: dict[str, Value] = {}
        for name, text in texts.items():
            field = tool.field(name)
            try:
                values[name] = editing.typed(self._engagement, field, text, self.today)
            except ValueRefused as refused:
                hint = refused.hint or f"Write {how_to_write(field)}."
                raise ValueRefused(f"{tool.id} {name}: {refused.message}", hint) from None
        return values

    def remove(self, row: Row) -> None:
        """Remove a row."""
        self._act(editing.remove_row(self._engagement, self.current(row), self._stamp()))

    def duplicate(self, row: Row) -> Row:
        """Add a copy of a row below it and return it."""
        uid = new_uid()
        self._act(editing.duplicate_row(self._engagement, self.current(row), uid, self._stamp()))
        return self._engagement.row(row.tool.id, uid)

    def move(self, row: Row, distance: int) -> Row:
        """Move a row up (negative) or down and return it."""
        self._act(editing.move_row(self._engagement, self.current(row), distance, self._stamp()))
        return self.current(row)

    def tick(self, row: Row) -> Row:
        """Tick a row, or take its tick away, and return it."""
        self._act(editing.tick(self._engagement, self.current(row), self._stamp()))
        return self.current(row)

    def set_phase(self, number: int, state: str) -> None:
        """Start, finish or reopen a phase; the timeline notes it."""
        self._act(editing.set_phase(self._engagement, number, state, new_uid(), self._stamp()))

    def undo(self) -> str:
        """Take back the last act and return what it was; raises `UsageError` when there is none."""
        if not self._done:
            raise UsageError("There is nothing to undo in this session.")
        change = self._done[-1]
        self._perform(change.inverted())
        self._undone.append(self._done.pop())
        return change.label

    def redo(self) -> str:
        """Do again what was undone and return what it was; raises `UsageError` when there is none."""
        if not self._undone:
            raise UsageError("There is nothing to redo.")
        change = self._undone[-1]
        self._perform(change)
        self._done.append(self._undone.pop())
        return change.label

    def current(self, row: Row) -> Row:
        """Return a row as it is now; raises `UsageError` when it is gone."""
        found = self._engagement.find((row.tool.id,), row.uid)
        if found is None:
            raise UsageError(f"The {row.tool.row_name} is no longer there.", "Somebody deleted it meanwhile.")
        return found

    # --- drafts -----------------------------------------------------------------------------------------------

    def drafts(self, tool: Tool) -> dict[tuple[str, str], Draft]:
        """Return what was typed in fields of a tool and refused, by uid and field."""
        prefix = f"{self._engagement.file_id}/{tool.id}/"
        found = {key.removeprefix(prefix): value for key, value in self._draft_texts.items() if key.startswith(prefix)}
        return {tuple(key.split("/", 1)): Draft(*value) for key, value in found.items()}  # type: ignore[misc]

    def keep_draft(self, tool: Tool, uid: str, field_id: str, draft: Draft) -> None:
        """Keep a text that could not be saved in its field; it survives the program."""
        self._draft_texts[self._draft_key(tool, uid, field_id)] = list(draft)
        self._state.change("drafts", lambda kept: kept.update({self._draft_key(tool, uid, field_id): list(draft)}))

    def drop_draft(self, tool: Tool, uid: str, field_id: str) -> None:
        """Forget what was kept for a field."""
        key = self._draft_key(tool, uid, field_id)
        if self._draft_texts.pop(key, None) is not None:
            self._state.change("drafts", lambda kept: kept.pop(key, None))

    def _draft_key(self, tool: Tool, uid: str, field_id: str) -> str:
        return f"{self._engagement.file_id}/{tool.id}/{uid}/{field_id}"

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
        finally:
            self._tell()

    def refresh(self) -> bool:
        """Take in what others saved meanwhile; return whether there was anything."""
        if self._pending or not self.storage.changed_outside():
            return False
        document = self.storage.read(self._engagement.file_id)
        if document is None:
            raise FileRefused(f"{self.path} is gone.", "It was moved or deleted; what you see is what was last read.")
        self._engagement = self._engagement.replaced(document)
        self._tell()
        return True

    def _stamp(self) -> Stamp:
        at = self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        return Stamp(at=at, by=self._user, today=self.today)

    def _act(self, change: Change) -> None:
        if not change.edits:
            return
        self._done.append(change)
        self._undone.clear()
        try:
            self._perform(change)
        except Clashed:
            self._done.pop()
            raise

    def _perform(self, change: Change) -> None:
        moved, clashes = changes.rebased(change, self._engagement.document)
        if clashes:
            raise self._clashed(clashes)
        self._engagement = self._engagement.replaced(changes.apply(self._engagement.document, moved))
        self._pending.append(moved)
        self.save()

    def _commit(self) -> None:
        """Write the document; when others wrote meanwhile, carry what is pending over to theirs first."""
        clashes: tuple[Clash, ...] = ()
        for _ in range(5):
            try:
                written = self.storage.commit(self._engagement.document)
            except FileChanged:
                clashes += self._carry_over()
                continue
            self._engagement = self._engagement.replaced(written)
            self._pending.clear()
            self.unsaved = ""
            if clashes:
                raise self._clashed(clashes)
            return
        raise FileChanged(f"{self.path} is being changed by others faster than it can be saved.", "Try again.")

    def _carry_over(self) -> tuple[Clash, ...]:
        theirs = self.storage.read(self._engagement.file_id)
        if theirs is None:
            raise FileRefused(f"{self.path} is gone.", "It was moved or deleted; what you typed is still here.")
        newer = self._engagement.replaced(theirs)
        clashes: tuple[Clash, ...] = ()
        document = newer.document
        for place, change in enumerate(self._pending):
            moved, found = changes.rebased(change, document)
            clashes += found
            document = changes.apply(document, moved)
            self._pending[place] = moved
        self._engagement = newer.replaced(document)
        return clashes

    def _clashed(self, clashes: tuple[Clash, ...]) -> Clashed:
        clash = clashes[0]
        tool, name = self._tool_and_field(clash)
        theirs = f"it is now {self._shown(clash, clash.theirs)}"
        return Clashed(
            f"{tool}: {name} was changed by someone else meanwhile: "
            f"{theirs if clash.theirs is not None else 'the row or its value is gone'}.",
            f"Yours, {self._shown(clash, clash.ours)}, was not saved."
            if clash.ours is not None
            else "Your change was not made.",
            clashes,
        )

    def _tool_and_field(self, clash: Clash) -> tuple[str, str]:
        """Return the names of what clashed; those that are not declared go by their id."""
        if not self.framework.has_tool(clash.table):
            return clash.table, clash.field
        tool = self.framework.tool(clash.table)
        return tool.name, tool.field(clash.field).name if tool.has(clash.field) else clash.field

    def _shown(self, clash: Clash, value: Value) -> str:
        """Return a value of a clash as its field shows it, in quotes."""
        tool = self.framework.tool(clash.table) if self.framework.has_tool(clash.table) else None
        if tool is None or not tool.has(clash.field):
            return repr(value)
        field = tool.field(clash.field)
        return repr(show_value(field, value, lambda uid: self._engagement.label(field.to, uid)))

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
