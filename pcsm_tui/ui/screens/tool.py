"""A tool of an engagement: its table, or its form."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from pcsm_tui.errors import UsageError
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.screens.engagement import EngagementScreen
from pcsm_tui.ui.widgets.pane import RecordPane
from pcsm_tui.workspace.journaling import Typed
from pcsm_tui.workspace.looking import Row, Tool, is_empty, references_of, tool_sentence
from pcsm_tui.workspace.terms import Place


class ToolScreen(EngagementScreen):
    """One tool; a form is shown as such, everything else as a table whose rows open as forms."""

    BINDINGS = bindings_for("filtered", "sorted", "table", "tool")

    def __init__(self) -> None:
        super().__init__()
        self._tool: Tool | None = None
        self._new: Row | None = None
        self._places: dict[tuple[object, str], tuple[str, int, str]] = {}
        self._shown: tuple[object, str] = (None, "")

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the records."""
        yield RecordPane()

    @property
    def pane(self) -> RecordPane:
        """The records."""
        return self.query_one(RecordPane)

    @property
    def tool(self) -> Tool:
        """The tool that is shown."""
        assert self._tool is not None
        return self._tool

    def show(self, route: Route) -> None:
        """Show a tool, at a row and field where the route names them, as a form where it asks for one."""
        self._remember()
        self.take_in()
        self._tool = self.session.framework.tool(route.place.tool)
        self._new = None
        place = route.place
        self.pane.show_table()
        if self._shown != (self.session.path, self._tool.id):
            self._recall()
        else:
            self.filter_text = "" if place.uid else self.filter_text
            self.reload()
        if place.uid and not self.pane.table.go_to_cell(place.uid, place.field) and not self.tool.single:
            self.tell("That row is no longer there.")
        if self.tool.single:
            self.pane.show_sheet(self.engagement.form(self.tool.id), place.field)
        elif route.view == "record":
            row = self._row_of(place.uid)
            self.pane.show_sheet(row, place.field) if row else self.action_add()
        self.update_lines()

    def _row_of(self, uid: str) -> Row | None:
        return next((row for row in self.engagement.rows(self.tool.id) if row.uid == uid), None)

    def _remember(self) -> None:
        """Keep where one was in the tool that is left."""
        if self._tool is not None:
            table = self.pane.table
            self._places[self._shown] = (table.cursor_key or "", table.column, table.sort)

    def _recall(self) -> None:
        """Go to where one was in this tool when it was left."""
        key = (self.session.path, self.tool.id)
        uid, column, sort = self._places.get(key, ("", -1, self.tool.sort))
        self._shown, self.filter_text = key, ""
        self.pane.table.sort = sort
        self.reload()
        if uid:
            self.pane.table.go_to(uid)
        else:
            self.pane.table.action_first()
        if column >= 0:
            self.pane.table.column = column

    def reload(self) -> None:
        """Show the records as they are now."""
        if self._tool is None:
            return
        tool = self._tool
        self.pane.show_records(self.engagement, tool, self.session.today, self.session.drafts(tool), self.filter_text)
        self.update_lines()

    def refresh_rows(self) -> None:
        """Show the rows that pass the filter."""
        self.reload()

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        if self._tool is None:
            return "pcsm", ""
        tool, table = self.tool, self.pane.table
        name = "My own tools" if tool.audience == "personal" else self.engagement.name
        phase = f" › {tool.phase}" if tool.phase else ""
        row = self.pane.row
        title = f" › {self.engagement.title(row)}" if row is not None and not tool.single else ""
        right = tool_sentence(self.engagement, tool)
        if self.filter_text:
            right = f"{table.rows_shown()} of {table.rows_shown() + table.hidden} hold {self.filter_text!r}"
        audience = {"internal": "internal · ", "personal": "personal · "}.get(tool.audience, "")
        return f"{name}{phase} › {tool.name}{title}", audience + right

    def help_text(self) -> tuple[str, str]:
        """Return what the tool is for, and what the field one is in wants."""
        field = self.pane.table.cursor_field
        about = f"\n\n{field.name}: {field.help}" if field is not None else ""
        return self.tool.name, f"{self.tool.summary}\n\n{self.tool.help}{about}"

    # --- what the pane tells ----------------------------------------------------------------------------------

    def on_record_pane_changed(self, event: RecordPane.Changed) -> None:
        """Other commands may apply now."""
        event.stop()
        self.update_lines()

    def on_record_pane_refused(self, event: RecordPane.Refused) -> None:
        """Tell why something cannot be done."""
        event.stop()
        self.tell(event.reason)

    def on_record_pane_edited(self, event: RecordPane.Edited) -> None:
        """Set the field to what was typed."""
        event.stop()
        self._keep(event)

    def on_record_pane_typing(self, event: RecordPane.Typing) -> None:
        """Have what is being typed kept, in case the program is ended before it is handed on."""
        event.stop()
        row, values = event.row, None if event.row.stored else dict(event.row.record)
        typed = None if event.text is None else Typed(row.tool.id, row.uid, event.field.id, event.text, values)
        self.session.keep_typed(typed)

    def keep_typed(self) -> None:
        """Set the field that is being edited to what is typed in it so far."""
        if self._tool is not None and (event := self.pane.take_typed()) is not None:
            self._keep(event)

    def _keep(self, event: RecordPane.Edited) -> None:
        """Set a field to what was typed; a new row enters the file with its first value."""
        with self.pcsm.telling():
            try:
                row = self._set(event)
            finally:
                self.reload()
            whose = self.tool.name if self.tool.single else self.engagement.title(row)
            back = " · u takes it back" if self.pane.mode == "table" else ""
            hidden = " · hidden by the filter" if not self.pane.table.go_to(row.uid) and self.filter_text else ""
            self.tell(f"{event.field.name} of {whose} set{back}{hidden}")

    def _set(self, event: RecordPane.Edited) -> Row:
        row = event.row
        if not event.text.strip() and (row.uid, event.field.id) in self.session.drafts(self.tool):
            self.session.drop_draft(self.tool, row.uid, event.field.id)
            return row
        if self._new is None or row.uid != self._new.uid or self._row_of(row.uid) is not None:
            return self.session.set_text(row, event.field.id, event.text)
        return self.session.add_text(self._new, event.field.id, event.text, after=self._after)

    def on_record_pane_sheet_closed(self, event: RecordPane.SheetClosed) -> None:
        """Go back to the table, or to where the form was opened from."""
        event.stop()
        if self.tool.single or self.pcsm.here.view == "record":
            self.pcsm.go_back()
        else:
            self._new = None
            self.pane.show_table()
            self.reload()

    # --- acts -------------------------------------------------------------------------------------------------

    def _current(self) -> Row:
        row = self.pane.table.cursor_row
        if self.tool.single or self.pane.mode == "sheet" or row is None:
            raise UsageError(f"{self.tool.name} has no row under the cursor.", "a adds one.")
        return row

    _after: Row | None = None

    def action_add(self) -> None:
        """Open the form of a new row, at the end or at that of the group under the cursor."""
        if self.tool.single:
            raise UsageError(f"{self.tool.name} is a form: it has one record.")
        row = self.pane.table.cursor_row
        values = {item.id: item.default for item in self.tool.fields if item.default is not None}
        if row is not None and self.tool.group_by:
            values[self.tool.group_by] = row.get(self.tool.group_by)
        dated = {name: self.session.today.isoformat() for name, value in values.items() if value == "today"}
        filled = {name: value for name, value in {**values, **dated}.items() if not is_empty(value)}
        self._after = self._last_of_group(row)
        self._new = self.session.new_row(self.tool, filled)
        self.pane.show_sheet(self._new, self._first_empty(self._new))

    def _last_of_group(self, row: Row | None) -> Row | None:
        """Return the last row of the group that a row is in: a new one comes behind it, so that no number changes."""
        rows = self.engagement.rows(self.tool.id)
        if row is None or not self.tool.group_by:
            return rows[-1] if rows else None
        group = row.get(self.tool.group_by)
        return next((other for other in reversed(rows) if other.get(self.tool.group_by) == group), row)

    def action_edit(self) -> None:
        """Open the form of the row under the cursor, at the field of its column."""
        row, field = self._current(), self.pane.table.cursor_field
        # A row that comes with its name wants the rest of it first.
        named = row.default is not None and field is not None and field.id == self.tool.title_field.id
        self.pane.show_sheet(row, self._first_empty(row) if named else field.id if field else "")

    def _first_empty(self, row: Row) -> str:
        """Return the id of the first field of a row that is to be filled in: a required one before the others."""
        empty = [item for item in self.tool.fields if item.computed is None and is_empty(row.get(item.id))]
        return next((item.id for item in empty if item.required), empty[0].id if empty else "")

    def take_back(self) -> str:
        """Drop a text that was refused in the row under the cursor, if there is one, and return what was dropped."""
        row = self.pane.table.cursor_row
        drafts = self.session.drafts(self.tool) if row is not None and self.pane.mode == "table" else {}
        for (uid, field_id), draft in drafts.items():
            if row is not None and uid == row.uid:
                self.session.drop_draft(self.tool, uid, field_id)
                self.reload()
                return f"Dropped {draft.text!r}: {self.tool.field(field_id).name} is as it was"
        return ""

    def action_delete(self) -> None:
        """Remove the row under the cursor."""
        row = self._current()
        title = self.engagement.title(row)
        self.session.remove(row)
        self.reload()
        self.tell(f"Deleted {title} · u brings it back")

    def action_duplicate(self) -> None:
        """Add a copy of the row below it."""
        copy = self.session.duplicate(self._current())
        self.reload()
        self.pane.table.go_to(copy.uid)
        self.tell("Duplicated · u takes it back")

    def action_tick(self) -> None:
        """Tick the row under the cursor, or take its tick away."""
        row = self.session.tick(self._current())
        self.reload()
        self.tell(f"{'Ticked' if row.done else 'Reopened'} {self.engagement.title(row)} · u takes it back")

    def action_move_down(self) -> None:
        """Put the row one place further down."""
        self._move(1)

    def action_move_up(self) -> None:
        """Put the row one place further up."""
        self._move(-1)

    def _move(self, distance: int) -> None:
        row, table = self._current(), self.pane.table
        if table.sort:
            table.sort = ""
            self.reload()
            table.go_to(row.uid)
            self.tell("Shown in their own order now; move again.")
            return
        beside = table.row_beside(distance)
        if beside is None:
            raise UsageError(f"This is the {'last' if distance > 0 else 'first'} row here.")
        number = self.engagement.number
        self.session.move(row, distance if self.tool.outline else number(beside) - number(row))
        self.reload()
        table.go_to(row.uid)

    def action_sort(self) -> None:
        """Sort by the column under the cursor: up, down, then in the rows' own order."""
        table = self.pane.table
        field = table.cursor_field
        if field is None:
            return
        table.sort = {field.id: "-" + field.id, "-" + field.id: ""}.get(table.sort, field.id)
        self.reload()
        way = "descending" if table.sort.startswith("-") else "ascending"
        self.tell(f"Sorted by {field.name}, {way}" if table.sort else "In their own order")

    def action_copy(self) -> None:
        """Copy the cell to the terminal's clipboard."""
        row, field = self._current(), self.pane.table.cursor_field
        if field is not None:
            self.app.copy_to_clipboard(self.engagement.show(row, field.id))
            self.tell(f"{field.name} sent to the terminal's clipboard")

    def action_follow(self) -> None:
        """Go to the row that the cell refers to."""
        row, field = self._current(), self.pane.table.cursor_field
        value = row.get(field.id) if field is not None else None
        if field is not None and field.type == "link" and isinstance(value, str):
            self.app.copy_to_clipboard(value)
            self.tell(f"{value} · sent to the terminal's clipboard")
            return
        uids = references_of(field, value) if field is not None else ()
        if field is None or not uids:
            raise UsageError("There is no reference in this cell to follow.")
        target = self.engagement.find(field.to, uids[0])
        if target is None:
            raise UsageError("The row that this refers to is no longer there.")
        self.pcsm.go(Route("tool", self.session.path, Place(target.tool.id, target.uid)))

    def store_document_disabled(self) -> str:
        """Return why a file cannot be stored here."""
        return "" if self._tool is not None and self._tool.id == "documents" else "only in Documents"

    def action_store_document(self) -> None:
        """Ask for a file, copy it into the repository's documents, and list it."""
        if reason := self.store_document_disabled():
            raise UsageError(f"A file can be stored {reason}.", "D goes there.")

        def store(name: str | None) -> None:
            if name and name.strip():
                stored = self.workspace.store_document(name.strip())
                values = {"name": stored.name, "link": stored.link, "date": self.session.today.isoformat()}
                row = self.session.add(self.tool, values)
                self.reload()
                self.pane.table.go_to(row.uid)
                self.tell(f"Stored as {stored.link}")

        self.ask("File to store", "", "a path on this machine", store)

    def action_next_tool(self) -> None:
        """Go to the next tool of the phase."""
        self._neighbour(1)

    def action_previous_tool(self) -> None:
        """Go to the tool before, of the phase."""
        self._neighbour(-1)

    def _neighbour(self, step: int) -> None:
        tools = self.session.framework.tools_of(self.tool.phase)
        if self.pcsm.engagement_path is None:
            tools = tuple(tool for tool in tools if tool.audience == "personal")
        place = [tool.id for tool in tools].index(self.tool.id) + step
        path = self.pcsm.engagement_path or self.session.path
        self.pcsm.replace(Route("tool", path, Place(tools[place % len(tools)].id)))
