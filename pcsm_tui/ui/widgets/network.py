"""The network of the plan, walked from box to box."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from pcsm_tui.ui.charts.network import Direction, Drawing
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.widgets.lines import Lines

_EMPTY = Drawing(0, 0, {}, {}, {}, {})
_MARGIN = 2


class NetworkPane(Lines):
    """Shows as much of a drawing as fits, around the selected box; arrow keys go to the boxes beside it."""

    can_focus = True
    BINDINGS = bindings_for("list", "cells")

    class Chosen(Message):
        """The selected box was chosen with Enter."""

        def __init__(self, node: str) -> None:
            super().__init__()
            self.node = node

    def __init__(self, *, id: str | None = None, highlighted: Callable[[str], None]) -> None:  # noqa: A002
        """`highlighted` is called with the id of the box that one goes to."""
        super().__init__(id=id)
        self._drawing = _EMPTY
        self._highlighted = highlighted
        self._column = 0
        self.selected = ""

    def show(self, drawing: Drawing, selected: str) -> None:
        """Show a drawing with one of its boxes selected."""
        self._drawing = drawing
        self.selected = selected if selected in drawing.boxes else next(iter(drawing.boxes), "")
        self._reveal()
        self.redraw()

    def line_count(self) -> int:
        """Return how many lines the drawing has."""
        return self._drawing.height

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return the part of a line that is in view."""
        return self._drawing.part(self._column, index, width, 1, self.selected)[0]

    def on_resize(self) -> None:
        """Keep the selected box in view."""
        self._reveal()
        self.redraw()

    def _reveal(self) -> None:
        """Scroll no more than is needed to see the selected box."""
        box = self._drawing.boxes.get(self.selected)
        if box is None or not self.size.width:
            return
        width = self.size.width
        lowest = box.column + box.width + _MARGIN - width
        self._column = max(min(max(self._column, lowest), box.column - _MARGIN), 0)
        self.keep_in_view(box.row, box.height)

    def _go(self, direction: Direction) -> None:
        node = self._drawing.beside.get((self.selected, direction))
        if node is not None:
            self.selected = node
            self._reveal()
            self.redraw()
            self._highlighted(node)

    def action_cursor_down(self) -> None:
        """Go to the box below."""
        self._go("down")

    def action_cursor_up(self) -> None:
        """Go to the box above."""
        self._go("up")

    def action_cursor_right(self) -> None:
        """Go to a box that waits for this one."""
        self._go("right")

    def action_cursor_left(self) -> None:
        """Go to a box that this one waits for."""
        self._go("left")

    def action_page_down(self) -> None:
        """Show what lies a page further down."""
        self.show_from(self.top + max(self.size.height - 1, 1))

    def action_page_up(self) -> None:
        """Show what lies a page further up."""
        self.show_from(self.top - max(self.size.height - 1, 1))

    def action_first(self) -> None:
        """Go to the first box."""
        self._select(next(iter(self._drawing.boxes), ""))

    def action_last(self) -> None:
        """Go to the last box."""
        self._select(next(reversed(self._drawing.boxes), ""))

    def _select(self, node: str) -> None:
        if node:
            self.show(self._drawing, node)
            self._highlighted(node)

    def action_choose(self) -> None:
        """Choose the selected box."""
        if self.selected:
            self.post_message(self.Chosen(self.selected))
