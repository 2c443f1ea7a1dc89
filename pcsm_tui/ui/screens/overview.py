"""The overview of an engagement: where it stands, what is next, what changed."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.present.overview import OverviewLine, overview_lines
from pcsm_tui.ui.routes import Route, route_to
from pcsm_tui.ui.screens.engagement import EngagementScreen
from pcsm_tui.ui.widgets.lines import LineList


class OverviewScreen(EngagementScreen):
    """The engagement at a glance; Enter opens the line that the cursor is on."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[OverviewLine] = []

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the list of lines."""
        yield LineList(id="list")

    def show(self, route: Route) -> None:
        """Read the engagement anew."""
        self.take_in()
        self.refresh_rows()
        self.session.visited()
        self.query_one(LineList).focus()

    def refresh_rows(self) -> None:
        """Make the lines for the width there is."""
        lines = self.query_one(LineList)
        width = lines.size.width or self.app.size.width
        signals = self.workspace.signals_of(self.session)
        self._lines = overview_lines(
            self.engagement, signals, self.session.changes_since_last_visit(), self.session.today, width
        )
        lines.set_rows(
            [item.key for item in self._lines], self._line, lambda place: self._lines[place].place is not None
        )
        self.update_lines()

    def _line(self, index: int, width: int, selected: bool) -> Line:
        return self._lines[index].line

    def on_resize(self) -> None:
        """Make the lines for the new width."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if self.pcsm.here.view == "overview":  # one may have gone elsewhere since
            self.refresh_rows()

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        form = self.engagement.form("engagement")
        initiative = form.get("initiative")
        title = f"{self.engagement.name} · {initiative}" if initiative else self.engagement.name
        return title, str(form.get("status") or "Active")

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open what the line is about."""
        event.stop()
        place = self._lines[event.index].place
        if place is not None:
            self.pcsm.go(route_to(self.path, place))

    def help_text(self) -> tuple[str, str]:
        """Return what the overview is for."""
        return "Overview", (
            "The three stages and seven phases with their progress, then the people, dates and health of the engagement, "
            "then what needs you in it today. Every line opens with Enter. No phase is locked: several can be in progress, "
            "a later one can begin early, and a finished one can be reopened. 1 to 7 walk a phase, o opens any tool by name, "
            "w writes a note."
        )
