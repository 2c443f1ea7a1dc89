"""Lists of an engagement that are neither tool nor plan: its history, its conflicts."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line, Span, wrapped
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.screens.engagement import EngagementScreen
from pcsm_tui.ui.widgets.lines import LineList, TextLines


class ListScreen(EngagementScreen):
    """A list with what is said of the line under the cursor below it; `/` filters it, Enter opens a line."""

    BINDINGS = bindings_for("filtered")
    _count = 0

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the list and what is said of a line."""
        yield LineList(id="list", highlighted=self._show_detail)
        yield TextLines(id="detail", classes="detail", more="…")

    def show(self, route: Route) -> None:
        """Read the engagement anew."""
        self.filter_text = ""
        self.take_in()
        self.refresh_rows()
        self.query_one(LineList).focus()

    def refresh_rows(self) -> None:
        """Show the lines that pass the filter."""
        keys = self.keys()
        self._count = len(keys)
        self.query_one(LineList).set_rows(keys, self.line)
        self._show_detail()
        self.update_lines()

    def keys(self) -> list[str]:
        """Read what is to be shown and return the key of each line."""
        raise NotImplementedError

    def line(self, index: int, width: int, selected: bool) -> Line:
        """Return a line."""
        raise NotImplementedError

    def detail(self, index: int) -> list[str]:
        """Return in paragraphs what is said of a line; -1 when there is none."""
        raise NotImplementedError

    def _show_detail(self) -> None:
        index = self.query_one(LineList).cursor
        texts = self.detail(index if index < self._count else -1)
        self.query_one("#detail", TextLines).show(
            lambda width: [(Span(" "), *line) for text in texts for line in wrapped(text, width - 2)]
        )
