"""Search over all engagements, as one types."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.widget import Widget
from textual.widgets import Input

from pcsm_tui.ui.present.line import Line, Span, cut, fit
from pcsm_tui.ui.routes import Route, route_to
from pcsm_tui.ui.screens.base import BaseScreen
from pcsm_tui.ui.widgets.inputs import QuietInput
from pcsm_tui.ui.widgets.lines import LineList, TextLines
from pcsm_tui.workspace.terms import MOST_HITS, Hit, Place

HINT = " Type words that a record holds. Enter opens the first one found, Down goes to the list."


class SearchScreen(BaseScreen):
    """Every record of every engagement that holds what is typed."""

    def __init__(self) -> None:
        super().__init__()
        self._hits: list[Hit] = []
        self._customers: dict[str, str] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the input and the list of what is found."""
        yield TextLines(id="search-hint", classes="headings")
        yield QuietInput(id="search-input")
        yield LineList(id="list")

    def show(self, route: Route) -> None:
        """Search the repository as it is now."""
        self._customers = {listed.path.name: listed.summary.customer for listed in self.workspace.listing()}
        self.query_one("#search-hint", TextLines).show(lambda width: [(Span(cut(HINT, width), "dim"),)])
        self.pcsm.refresh_index()
        self._search(self.query_one(Input).value)
        self.query_one(Input).focus()

    def data_changed(self) -> None:
        """Search in what changed files hold."""
        self._search(self.query_one(Input).value)

    def _search(self, text: str) -> None:
        self._hits = self.workspace.search(text)
        keys = [f"{hit.name} {hit.tool} {hit.uid}" for hit in self._hits]
        self.query_one(LineList).set_rows(keys, self._line)
        self.update_lines()

    def _line(self, index: int, width: int, selected: bool) -> Line:
        hit = self._hits[index]
        name = width // 5
        framework = self.workspace.framework
        tool = framework.tool(hit.tool).name if framework.has_tool(hit.tool) else hit.tool
        found = f"{hit.title}: {hit.line}" if hit.line != hit.title else hit.title
        return (
            Span(" " + fit(self._customers.get(hit.name, hit.name), name - 1) + " "),
            Span(fit(tool, name - 1) + " ", "dim"),
            Span(cut(found, width - 2 * name - 2)),
        )

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        count = len(self._hits)
        return "pcsm  Search everything", f"{count}{' or more' if count >= MOST_HITS else ''} found"

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed."""
        event.stop()
        with self.pcsm.telling():
            self._search(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open what was found first."""
        event.stop()
        self.query_one(LineList).action_choose()

    def on_key(self, event: events.Key) -> None:
        """Go from the input to the list with the arrow."""
        if event.key == "down" and self.query_one(Input).has_focus:
            self.query_one(LineList).focus()
            event.stop()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Go to the record."""
        event.stop()
        hit = self._hits[event.index]
        self.pcsm.go(route_to(self.workspace.folder / hit.name, Place(hit.tool, hit.uid, hit.field)))

    def help_text(self) -> tuple[str, str]:
        """Return what the search is for."""
        return "Search everything", (
            "Type words: every record of every engagement that holds them all is listed, in whichever field. Enter opens "
            "the first one at the field that was found; the down arrow goes to the list, to choose another."
        )
