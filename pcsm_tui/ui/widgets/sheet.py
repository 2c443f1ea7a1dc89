"""The form of one row: every field on a line, the one that one is in being edited."""

from __future__ import annotations

from collections.abc import Mapping

from textual.geometry import Region
from textual.message import Message

from pcsm_tui.domain.declarations import Field
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.values import can_be_typed
from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.present.record import LABEL, Block, block_line, blocks
from pcsm_tui.ui.widgets.lines import Lines

_HEAD = LABEL + 3


class RecordSheet(Lines):
    """The fields of a row one below the other. It shows what it is given; the editor is laid over it."""

    class LaidOut(Message):
        """The form has got its size, or another one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._engagement: Engagement | None = None
        self._row: Row | None = None
        self._drafts: Mapping[tuple[str, str], tuple[str, str]] = {}
        self._blocks: list[Block] = []
        self._lines: list[tuple[Block, int]] = []
        self.active = ""

    def show_row(self, engagement: Engagement, row: Row, drafts: Mapping[tuple[str, str], tuple[str, str]]) -> None:
        """Show a row; `drafts` are refused texts with their reasons, by uid and field."""
        self._engagement, self._row, self._drafts = engagement, row, drafts
        if not self.active or not row.tool.has(self.active):
            self.active = next((field.id for field in row.tool.fields if can_be_typed(field)), row.tool.fields[0].id)
        self.redraw()

    def redraw(self) -> None:
        """Lay the fields out anew; before there is a width there is nothing to lay out."""
        self._blocks, self._lines = [], []
        if self._engagement is not None and self._row is not None and self.size.width:
            self._blocks = blocks(self._engagement, self._row, self.active, self.size.width)
            height = self._blocks[-1].top + self._blocks[-1].height
            lines: list[tuple[Block, int] | None] = [None] * height
            for block in self._blocks:
                lines[block.top : block.top + block.height] = [(block, offset) for offset in range(block.height)]
            self._lines = [line or (Block(None, "", 0, 1), 0) for line in lines]
        super().redraw()

    def line_count(self) -> int:
        """Return how many lines the form has."""
        return len(self._lines)

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return one line of the form."""
        assert self._engagement is not None and self._row is not None
        block, offset = self._lines[index]
        draft, reason = self._drafts.get((self._row.uid, block.field.id if block.field else ""), (None, ""))
        if block.field and not reason:
            reason = self._engagement.problems(self._row).get(block.field.id, "")
        active = block.field is not None and block.field.id == self.active
        return block_line(self._engagement, self._row, block, offset, active, draft, reason, width)

    @property
    def active_field(self) -> Field | None:
        """The field that one is in."""
        return self._row.tool.field(self.active) if self._row and self.active else None

    def activate(self, field_id: str) -> None:
        """Make a field the active one and bring it into view."""
        self.active = field_id
        self.redraw()
        self._show_active()

    def _show_active(self) -> None:
        block = self._active_block()
        if block is not None:
            self.keep_in_view(block.top, block.height)

    def _active_block(self) -> Block | None:
        return next((block for block in self._blocks if block.field and block.field.id == self.active), None)

    def on_resize(self) -> None:
        """Lay out for the new size, and keep the active field in view."""
        super().on_resize()
        self._show_active()
        self.post_message(self.LaidOut())

    def neighbour(self, step: int) -> str:
        """Return the id of the next field that can be edited, or of the one before; empty at the ends."""
        fields = self._row.tool.fields if self._row else ()
        ids = [field.id for field in fields if can_be_typed(field)]
        place = ids.index(self.active) + step if self.active in ids else 0
        return ids[place] if 0 <= place < len(ids) else ""

    def field_region(self, width: int) -> Region:
        """Return where the active field's value is, in the widget, which is so wide."""
        block = self._active_block()
        top, height = (block.top, block.height) if block else (0, 1)
        return Region(_HEAD, top - self.top, max(width - _HEAD - 1, 10), height)
