"""The first and the last line of every screen: where am I, and what can I press."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from pcsm_tui.ui.present.foot import LONGEST, KeyHint, foot_lines
from pcsm_tui.ui.present.line import Line, Span, cut, ends
from pcsm_tui.ui.widgets.lines import Lines


class TopLine(Lines):
    """Where one is, at the left; what it amounts to, at the right."""

    def __init__(self) -> None:
        super().__init__(id="top")
        self._left, self._right = "", ""

    def show(self, left: str, right: str = "") -> None:
        """Show two texts; only a change is drawn."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.redraw()

    def line_count(self) -> int:
        """Return 1."""
        return 1

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return the line."""
        left = cut(self._left, 2 * width // 3)
        right = cut(self._right, max(width - cell_len(left) - 3, 0))
        return ends([Span(f" {left}", "title")], [Span(f"{right} ", "title")], width)


class FootLine(Lines):
    """The keys that do something here, or the last message; at the right whether all is saved."""

    def __init__(self) -> None:
        super().__init__(id="foot")
        self._hints: Sequence[KeyHint] = ()
        self._message, self._role, self._status = "", "", ""
        self._lines: list[Line] = []

    def show(self, hints: Sequence[KeyHint], status: str) -> None:
        """Show what can be pressed and the state of saving; only a change is drawn."""
        if (tuple(hints), status) != (tuple(self._hints), self._status):
            self._hints, self._status = tuple(hints), status
            self.redraw()

    def tell(self, message: str, role: str = "") -> None:
        """Show a message in place of the keys, until it is taken away with an empty one."""
        if (message, role) != (self._message, self._role):
            self._message, self._role = message, role
            self.redraw()

    @property
    def message(self) -> str:
        """The message that stands there now."""
        return self._message

    def redraw(self) -> None:
        """Draw the line anew; it is as high as its message needs."""
        size = self.app.size
        most = max(min(LONGEST, size.height // 3), 1)
        self._lines = foot_lines(self._hints, self._message, self._role, self._status, size.width, most)
        self.styles.height = len(self._lines)
        super().redraw()

    def line_count(self) -> int:
        """Return how many lines the message needs, 1 without one."""
        return len(self._lines)

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return a line."""
        return self._lines[index]
