"""The `/` filter, for every screen with a list: typed in the bottom line, kept until it is emptied."""

from __future__ import annotations

from pcsm_tui.ui.screens.base import BaseScreen
from pcsm_tui.ui.widgets.lines import LineList


class FilteredScreen(BaseScreen):
    """A screen whose list can be filtered; a row passes when its texts together hold every word."""

    filter_text = ""

    def passes(self, *texts: str) -> bool:
        """Return whether texts together hold every word of the filter, in any case."""
        if not self.filter_text:
            return True
        whole = " ".join(texts).casefold()
        return all(word in whole for word in self.filter_text.casefold().split())

    def refresh_rows(self) -> None:
        """Show the rows that pass."""
        raise NotImplementedError

    def take_away_filter(self) -> bool:
        """Take the filter away; return whether there was one."""
        if not self.filter_text:
            return False
        self.filter_text = ""
        self.refresh_rows()
        return True

    def data_changed(self) -> None:
        """Show the rows as they are now."""
        self.refresh_rows()

    def action_next_match(self) -> None:
        """Go to the next row; with a filter all rows match."""
        self.query(LineList).first().action_cursor_down()

    def action_previous_match(self) -> None:
        """Go to the row before."""
        self.query(LineList).first().action_cursor_up()

    def action_filter(self) -> None:
        """Ask for the text to filter by, and filter as it is typed."""

        def filtered(text: str) -> None:
            self.filter_text = text
            self.refresh_rows()

        def answered(text: str | None) -> None:
            filtered(text or "")

        self.ask("Filter", self.filter_text, "Enter keeps it, Esc takes it away", answered, typed=filtered)
