"""A tool's records: its table or the form of one row, what is said of it below, and the editor over both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from textual.containers import Container
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget

from pcsm_tui.domain.declarations import REFERRING, Field, Tool
from pcsm_tui.domain.editing import typed_fields
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.values import can_be_typed, show_value
from pcsm_tui.errors import PcsmError
from pcsm_tui.ui.present.line import Line, Span, reflowed, wrapped
from pcsm_tui.ui.present.record import detail_lines, field_help_lines
from pcsm_tui.ui.present.table import headings_line
from pcsm_tui.ui.widgets.editor import FieldEditor, Way
from pcsm_tui.ui.widgets.lines import TextLines
from pcsm_tui.ui.widgets.sheet import RecordSheet
from pcsm_tui.ui.widgets.table import RecordTable

_SHORT = ("yes_no", "date", "number", "score", "percent", "money", "duration")
"""Types that need no more room than their column to be edited in; the others get some over the columns beside it."""

Drafts = Mapping[tuple[str, str], tuple[str, str]]
"""Texts that were refused, with the reason, by uid and field."""


class RecordPane(Container):
    """Shows records and takes what is typed in them; what becomes of it is decided by whoever gets `Edited`."""

    class Edited(Message):
        """A text was typed in a field of a row."""

        def __init__(self, row: Row, field: Field, text: str) -> None:
            super().__init__()
            self.row = row
            self.field = field
            self.text = text

    class Typing(Message):
        """A text is being typed in a field of a row; None when it has been handed on or given up."""

        def __init__(self, row: Row, field: Field, text: str | None) -> None:
            super().__init__()
            self.row = row
            self.field = field
            self.text = text

    class SheetClosed(Message):
        """The form was left."""

    class Refused(Message):
        """Something cannot be done, for a reason."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    class Changed(Message):
        """The cursor or the mode changed: other commands may apply."""

    def __init__(self) -> None:
        super().__init__(id="pane")
        self._engagement: Engagement | None = None
        self._tool: Tool | None = None
        self._today = date.min
        self._drafts: Drafts = {}
        self._row: Row | None = None
        self._cell: tuple[Row, Field, str] | None = None
        self._meaning = ""
        self._meanwhile = ""
        self._touched = False
        self.mode: Literal["table", "sheet"] = "table"

    def compose(self) -> Iterable[Widget]:
        """Lay out headings, table, form, what is said below, and the editor over them."""
        yield TextLines(id="headings", classes="headings")
        yield RecordTable(id="table", highlighted=self._cursor_moved)
        yield RecordSheet(id="sheet")
        yield TextLines(id="detail", classes="detail", more="… ?")
        yield FieldEditor(self._editor_left)

    @property
    def table(self) -> RecordTable:
        """The table."""
        return self.query_one(RecordTable)

    @property
    def sheet(self) -> RecordSheet:
        """The form."""
        return self.query_one(RecordSheet)

    @property
    def editor(self) -> FieldEditor:
        """The editor."""
        return self.query_one(FieldEditor)

    @property
    def row(self) -> Row | None:
        """The row whose form is shown."""
        return self._row

    # --- showing ----------------------------------------------------------------------------------------------

    def show_records(
        self, engagement: Engagement, tool: Tool, today: date, drafts: Drafts, filter_text: str = ""
    ) -> None:
        """Show a tool's records as they are now, keeping cursor, mode and what is being typed."""
        self._engagement, self._tool, self._today, self._drafts = engagement, tool, today, drafts
        self.table.preview = None
        texts = {place: text for place, (text, _) in drafts.items()}
        self.table.show_tool(engagement, tool, today.isoformat(), texts, filter_text)
        if self._row is not None:
            self._row = next((row for row in engagement.rows(tool.id) if row.uid == self._row.uid), self._row)
            self.sheet.show_row(engagement, self._row, drafts)
        self._follow()
        self._show_headings()
        self._show_detail()

    def show_table(self) -> None:
        """Show the table in place of the form."""
        self.editor.close()
        self.mode, self._row = "table", None
        self._show_mode()
        self.screen.set_focus(self.table)

    def show_sheet(self, row: Row, field_id: str = "") -> None:
        """Show the form of a row and edit one of its fields, the first one unless named."""
        assert self._engagement is not None
        self.mode, self._row = "sheet", row
        self.sheet.active = field_id if field_id and can_be_typed(row.tool.field(field_id)) else ""
        self._show_mode()
        self.sheet.show_row(self._engagement, row, self._drafts)
        self._edit_field(self.sheet.active)

    def _show_mode(self) -> None:
        for widget in (self.table, self.query_one("#headings")):
            widget.display = self.mode == "table"
        self.sheet.display = self.mode == "sheet"
        self.post_message(self.Changed())

    def _show_headings(self) -> None:
        tool, table = self._tool, self.table
        if tool is not None:
            first, sort = table.first_column, table.sort
            self.query_one("#headings", TextLines).show(
                lambda width: [headings_line(tool, table.columns(width), first, sort)]
            )

    def _show_detail(self) -> None:
        detail, engagement = self.query_one("#detail", TextLines), self._engagement
        if self._cell is not None:
            row, field, _ = self._cell
            reason, meaning = self._meanwhile or self._reason(row, field), self._meaning
            detail.show(lambda width: _help_with_meaning(field, row, reason, meaning, width))
            return
        row_, field_ = self.table.cursor_row, self.table.cursor_field
        if engagement is None or self._tool is None:
            return
        if row_ is None or field_ is None:
            tool = self._tool
            detail.show(lambda width: _empty_lines(tool, self.table.hidden, width))
            return
        today, drafts = self._today.isoformat(), self._drafts
        draft = drafts.get((row_.uid, field_.id))
        detail.show(lambda width: _with_draft(detail_lines(engagement, row_, field_, today, width), draft))

    def _cursor_moved(self) -> None:
        """Say more of the row under the cursor, and follow the table's columns; a click elsewhere ends an edit."""
        if self.editor.is_open and self.mode == "table":
            self.editor.leave("close")
        self._show_headings()
        self._show_detail()

    def _reason(self, row: Row, field: Field) -> str:
        """Return why the text or the value of a field does not fit; empty when it does."""
        if draft := self._drafts.get((row.uid, field.id)):
            return draft[1]
        problem = self._engagement.problems(row).get(field.id) if self._engagement else None
        return f"{field.name} {problem}." if problem else ""

    def on_resize(self) -> None:
        """Keep the editor over its cell."""
        if self._cell is not None and self.mode == "table":
            self.call_after_refresh(self._place_editor)

    # --- editing ----------------------------------------------------------------------------------------------

    def on_record_table_cell_chosen(self, event: RecordTable.CellChosen) -> None:
        """Edit a cell; a computed one says why it cannot be edited, by its help."""
        event.stop()
        if can_be_typed(event.field):
            self.edit(event.row, event.field)
        else:
            self.post_message(self.Refused(f"{event.field.name} is computed. {event.field.help}"))

    def edit(self, row: Row, field: Field) -> None:
        """Edit a field of a row: over its cell in the table, or over its place in the form."""
        assert self._engagement is not None
        text = self._text_of(row, field)
        self._cell, self._meaning, self._touched, self._meanwhile = (row, field, text), "", False, ""
        region, below = self._region(field)
        self.editor.open(field, text, region, field_options(self._engagement, field), below)
        self._show_detail()
        self.post_message(self.Changed())

    def _follow(self) -> None:
        """Let the field that is being edited follow its row, unless something has been typed in it, and its place."""
        if self._cell is None or self._engagement is None or self._tool is None:
            return
        old, field, before = self._cell
        row = next((row for row in self._engagement.rows(self._tool.id) if row.uid == old.uid), old)
        text = self._text_of(row, field)
        if self.editor.is_open and self.editor.text == before:
            if text != before:
                self.editor.set_text(text)
            self._cell = (row, field, text)
        elif text != before:  # what is typed stays, and goes on from what was there when that began
            by = str(row.record.get("by") or "somebody")
            self._meanwhile = f"Changed by {by} meanwhile: {text or '(empty)'}. What you type is kept beside it."
        self._place_editor()

    def _text_of(self, row: Row, field: Field) -> str:
        """Return the text with which a field is edited: one that was refused, or its value as it is shown."""
        assert self._engagement is not None
        draft = self._drafts.get((row.uid, field.id))
        return draft[0] if draft else self._engagement.show(row, field.id)

    def _place_editor(self) -> None:
        if self._cell is not None and self.editor.is_open:
            region, below = self._region(self._cell[1])
            self.editor.place(region, below)

    def _region(self, field: Field) -> tuple[Region, int]:
        """Return where the editor goes, and how many lines there are below it."""
        if self.mode == "sheet":
            place = self.sheet.field_region(self.size.width)
        else:
            place = self.table.cell_region().translate(self.table.region.offset - self.region.offset)
            wide = max(place.width, 12 if field.type in _SHORT else 40)
            height = 5 if field.type == "note" else 1
            x = max(min(place.x, self.size.width - wide), 0)
            y = max(min(place.y, self.size.height - height), 0)
            place = Region(x, y, min(wide, self.size.width), height)
        return place, self.size.height - place.bottom

    def _edit_field(self, field_id: str) -> None:
        """Make a field of the form the active one and edit it."""
        assert self._row is not None
        self.sheet.activate(field_id)
        self.edit(self._row, self._row.tool.field(field_id))

    def on_record_sheet_laid_out(self, event: RecordSheet.LaidOut) -> None:
        """Keep the editor over its field when the form gets its size, or another one."""
        event.stop()
        self._place_editor()

    def on_field_editor_typed(self, event: FieldEditor.Typed) -> None:
        """Show what a text would mean, and the computed fields that follow from it."""
        event.stop()
        if self._cell is None or self._engagement is None:
            return
        row, field, before = self._cell
        if event.text == before and not self._touched:
            return
        self._touched = True
        self.post_message(self.Typing(row, field, event.text))
        try:
            values = typed_fields(self._engagement, row.tool, field.id, event.text, self._today)
        except PcsmError:
            self._meaning = ""
        else:
            entered = row.tool.field(field.computed.enters if field.computed else field.id)
            self._meaning = _meaning(entered, values[entered.id], event.text)
            if any(item.computed for item in row.tool.fields):
                preview = replace(row, record={**row.record, **values})
                self._show_preview(preview)
        self._show_detail()

    def _show_preview(self, preview: Row) -> None:
        assert self._engagement is not None
        if self.mode == "table":
            self.table.preview = preview
            self.table.redraw_line(self.table.cursor)
        else:
            self.sheet.show_row(self._engagement, preview, self._drafts)
            self._place_editor()

    def _editor_left(self, text: str, way: Way) -> None:
        """Hand on what was typed, and go where one went."""
        assert self._cell is not None
        row, field, before = self._cell
        self._cell, self._meaning, self.table.preview = None, "", None
        insists = self._touched and (row.uid, field.id) in self._drafts
        if text != before or insists:
            self.post_message(self.Edited(row, field, text))
        if self._touched:
            self.post_message(self.Typing(row, field, None))
        if self.mode == "sheet":
            self._leave_field(way)
            return
        self.table.redraw_line(self.table.cursor)
        if way in ("next", "previous") and self.table.to_editable(1 if way == "next" else -1):
            assert self.table.cursor_row is not None and self.table.cursor_field is not None
            self.edit(self.table.cursor_row, self.table.cursor_field)
            return
        self.screen.set_focus(self.table)
        self._show_detail()
        self.post_message(self.Changed())

    def take_typed(self) -> Edited | None:
        """Return what was typed in the field that is being edited and not handed on yet; it stays open."""
        if self._cell is None or not self.editor.is_open:
            return None
        row, field, before = self._cell
        text = self.editor.text
        self._cell = (row, field, text)
        return self.Edited(row, field, text) if text != before else None

    def _leave_field(self, way: Way) -> None:
        onwards = way in ("next", "down", "done")
        following = self.sheet.neighbour(1 if onwards else -1)
        if way == "close" or (onwards and not following):
            self.post_message(self.SheetClosed())
        else:
            self._edit_field(following or self.sheet.active)


def field_options(engagement: Engagement, field: Field) -> list[str]:
    """Return what can be chosen in a field: its choices, the rows it may refer to, the people that are known."""
    if field.type == "choice":
        return [choice.name for choice in field.choices]
    if field.type == "yes_no":
        return ["Yes", "No"]
    if field.type in REFERRING:
        return [engagement.title(row) for tool_id in field.to for row in engagement.rows(tool_id)]
    return list(engagement.people()) if field.type == "person" else []


def _meaning(field: Field, value: object, text: str) -> str:
    """Return what a text means where that is not what it says: a date for `fri`, a duration for `2w`."""
    if field.type not in ("date", "duration", "money", "percent") or value is None:
        return ""
    shown = show_value(field, value)
    if field.type == "date":
        shown = f"{date.fromisoformat(shown[:10]):%A} {shown}"
    return "" if shown == text.strip() else f"= {shown}"


def _help_with_meaning(field: Field, row: Row, reason: str, meaning: str, width: int) -> list[Line]:
    lines = field_help_lines(field, row, reason, width)
    return [(Span(meaning, "good"),), *lines] if meaning else lines


def _with_draft(lines: list[Line], draft: tuple[str, str] | None) -> list[Line]:
    return lines if draft is None else [(Span(f"Not saved: {draft[1]}", "bad"),), *lines]


def _empty_lines(tool: Tool, hidden: int, width: int) -> list[Line]:
    if hidden:
        return [(Span(f"None of the {hidden} rows holds that. / changes the filter.", "title"),)]
    return [(Span(f"No rows yet. a adds the first {tool.row_name}.", "title"),), *wrapped(reflowed(tool.help), width)]
