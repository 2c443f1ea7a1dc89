"""The table of a tool: its rows drawn by line, with a cursor on a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive

from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.values import can_be_typed
from pcsm_tui.insight.ordering import group_heading, in_groups
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line, Span
from pcsm_tui.ui.present.table import (
    GUTTER,
    Column,
    first_column_for,
    ordered,
    row_line,
    searchable,
    staying,
    visible_columns,
)
from pcsm_tui.ui.widgets.lines import LineList

_GROUP = "="


class RecordTable(LineList):
    """Rows of one tool. It shows what it is given and tells which cell is chosen; it changes nothing itself."""

    BINDINGS = bindings_for("cells")

    column: reactive[int] = reactive(0, repaint=False)

    class CellChosen(Message):
        """A cell is to be edited."""

        def __init__(self, row: Row, field: Field) -> None:
            super().__init__()
            self.row = row
            self.field = field

    def __init__(self, *, id: str | None = None, highlighted: Callable[[], None] | None = None) -> None:  # noqa: A002
        super().__init__(id=id, highlighted=highlighted)
        self._engagement: Engagement | None = None
        self._tool: Tool | None = None
        self._today = ""
        self._drafts: Mapping[tuple[str, str], str] = {}
        self._rows: dict[str, Row] = {}
        self._texts: dict[str, tuple[Row, str]] = {}
        self.preview: Row | None = None
        self.first_column = 0
        self.sort = ""
        self.hidden = 0

    def show_tool(
        self,
        engagement: Engagement,
        tool: Tool,
        today: str,
        drafts: Mapping[tuple[str, str], str],
        filter_text: str = "",
    ) -> None:
        """Show a tool's rows: those that hold every word of the filter, in the order of `sort`."""
        if self._tool is not tool:
            self._texts.clear()
            self.first_column = staying(tool)
            self.set_reactive(RecordTable.column, staying(tool) - 1)
        self._engagement, self._tool, self._today, self._drafts = engagement, tool, today, drafts
        rows = list(engagement.rows(tool.id))
        shown = [row for row in rows if self._passes(row, filter_text.casefold().split())]
        self.hidden = len(rows) - len(shown)
        shown = ordered(engagement, shown, self.sort)
        if self._in_groups:
            shown = list(in_groups(engagement, tool, tuple(shown)))
        self._rows = {row.uid: row for row in shown}
        self.set_rows(self._with_groups(shown), self._draw_line, self._is_row)

    def _passes(self, row: Row, words: list[str]) -> bool:
        if not words or self._engagement is None:
            return True
        known = self._texts.get(row.uid)
        if known is None or known[0] is not row:
            known = self._texts[row.uid] = (row, searchable(self._engagement, row))
        return all(word in known[1] for word in words)

    def _with_groups(self, rows: list[Row]) -> list[str]:
        """Return the keys of rows with those of their groups' headings between them."""
        if self._engagement is None or not self._in_groups:
            return [row.uid for row in rows]
        groups: dict[str, list[str]] = {}
        for row in rows:
            groups.setdefault(group_heading(self._engagement, row), []).append(row.uid)
        return [key for title, uids in groups.items() for key in (_GROUP + title, *uids)]

    @property
    def _in_groups(self) -> bool:
        """Whether rows stand in groups: in the order that the tool declares or their own, not in any other."""
        return self._tool is not None and bool(self._tool.group_by) and self.sort in ("", self._tool.sort)

    def row_beside(self, distance: int) -> Row | None:
        """Return the row so many places below the cursor's, or above (negative), in the same group; None at the ends."""
        place = self.cursor + distance
        return self._rows.get(self._keys[place]) if 0 <= place < len(self._keys) else None

    def _is_row(self, index: int) -> bool:
        return self._keys[index] in self._rows

    def _draw_line(self, index: int, width: int, selected: bool) -> Line:
        key = self._keys[index]
        if key not in self._rows:
            return (Span(f" {key.removeprefix(_GROUP)}", "heading"),)
        assert self._engagement is not None
        row = self._rows[key]
        if self.preview is not None and self.preview.uid == key:
            row = self.preview
        cursor_field = self.cursor_field.id if selected and self.cursor_field else ""
        return row_line(self._engagement, row, self.columns(width), cursor_field, self._today, self._drafts)

    def columns(self, width: int) -> list[Column]:
        """Return the columns in view."""
        return visible_columns(self._tool, self.first_column, width) if self._tool else []

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor."""
        return self._rows.get(self.cursor_key or "")

    @property
    def cursor_field(self) -> Field | None:
        """The field of the column under the cursor."""
        return self._tool.fields[min(self.column, len(self._tool.fields) - 1)] if self._tool else None

    def rows_shown(self) -> int:
        """Return how many rows pass the filter."""
        return len(self._rows)

    def cell_region(self) -> Region:
        """Return where the cell under the cursor is, in the widget."""
        x = GUTTER
        for column in self.columns(self.size.width):
            if self.cursor_field is not None and column.field.id == self.cursor_field.id:
                return Region(x, self.cursor - self.top, column.width, 1)
            x += column.width + 1
        return Region(GUTTER, self.cursor - self.top, 20, 1)

    def go_to_cell(self, uid: str, field_id: str) -> bool:
        """Put the cursor on a cell; return whether its row is shown."""
        found = self.go_to(uid)
        if self._tool and self._tool.has(field_id):
            self.column = self._tool.fields.index(self._tool.field(field_id))
        return found

    def watch_column(self, old: int, new: int) -> None:
        """Draw the row anew, or all when other columns come into view."""
        if self._tool is None or not self.is_mounted:
            return
        first = first_column_for(self._tool, new, self.first_column, self.size.width)
        if first != self.first_column:
            self.first_column = first
            self.redraw()
        else:
            self.redraw_line(self.cursor)
        if self._highlighted is not None:
            self._highlighted()

    def action_cursor_right(self) -> None:
        """Go to the next column."""
        if self._tool is not None:
            self.column = min(self.column + 1, len(self._tool.fields) - 1)

    def action_cursor_left(self) -> None:
        """Go to the column before."""
        self.column = max(self.column - 1, 0)

    def to_editable(self, step: int) -> bool:
        """Go to the next cell of the row that can be edited, or the one before; return whether there is one."""
        fields = self._tool.fields if self._tool else ()
        place = self.column + step
        while 0 <= place < len(fields):
            if can_be_typed(fields[place]):
                self.column = place
                return True
            place += step
        return False

    def action_choose(self) -> None:
        """Edit the cell under the cursor."""
        if self.cursor_row is not None and self.cursor_field is not None:
            self.post_message(self.CellChosen(self.cursor_row, self.cursor_field))
