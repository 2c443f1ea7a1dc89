"""The Portfolio: every engagement at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.widget import Widget

from pcsm_tui.errors import UsageError
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line, Span, fit, wrapped
from pcsm_tui.ui.present.today import iso_date, portfolio_columns, portfolio_line, portfolio_sort_key
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.screens.engagement import EngagementCommands
from pcsm_tui.ui.widgets.lines import LineList, TextLines
from pcsm_tui.workspace.listing import Listed
from pcsm_tui.workspace.terms import short_date

SORTS = ("customer", "next", "health", "renewal", "effort", "phases", "done")


class PortfolioScreen(EngagementCommands):
    """Every engagement with phase, progress, health, next date, renewal and effort."""

    BINDINGS = bindings_for("repository", "engagement", "filtered", "sorted")

    def __init__(self) -> None:
        super().__init__()
        self._all: list[Listed] = []
        self._shown: list[Listed] = []
        self._sort = 0

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the headings, the list and what is said of the engagement under the cursor."""
        yield TextLines(id="headings", classes="headings")
        yield LineList(id="list", highlighted=self._show_detail)
        yield TextLines(id="detail", classes="detail")

    def show(self, route: Route) -> None:
        """Read the list anew."""
        self.data_changed()
        self.query_one(LineList).focus()

    def data_changed(self) -> None:
        """Show the list as it is now; what is stale in it is read in the background, and comes here again."""
        self._all = self.workspace.listing()
        self.refresh_rows()
        if any(listed.stale for listed in self._all):
            self.pcsm.refresh_index()

    def refresh_rows(self) -> None:
        """Show the engagements that pass the filter, sorted."""
        key = SORTS[self._sort]
        passing = [item for item in self._all if self.passes(*(str(value) for value in item.summary[:5]))]
        self._shown = sorted(passing, key=lambda item: portfolio_sort_key(item.summary, key))
        self.query_one("#headings", TextLines).show(self._headings)
        self.query_one("#list", LineList).set_rows([str(item.path) for item in self._shown], self._line)
        self._show_detail()
        self.update_lines()

    def _headings(self, width: int) -> list[Line]:
        spans = [Span(" ")]
        for key, name, columns, align in portfolio_columns(width):
            sign = "▼" if key == SORTS[self._sort] else ""
            spans.append(Span(fit(name + sign, columns, align) + " ", "heading"))
        return [tuple(spans)]

    def _line(self, index: int, width: int, selected: bool) -> Line:
        listed = self._shown[index]
        problem = listed.problem.removeprefix(f"{listed.path} ")
        return portfolio_line(listed.summary, portfolio_columns(width), self.workspace.today, problem)

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        today = self.workspace.today
        filtered = f" · {len(self._shown)} hold {self.filter_text!r}" if self.filter_text else ""
        return (
            f"pcsm  Portfolio{filtered}",
            f"{len(self._all)} engagement{'s' if len(self._all) != 1 else ''} · {short_date(today, today)}",
        )

    @property
    def _current(self) -> Listed | None:
        index = self.query_one("#list", LineList).cursor
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def _show_detail(self) -> None:
        listed, today = self._current, self.workspace.today
        if listed is None:
            text = "No engagement holds that." if self.filter_text else "No engagements yet. Press a to begin one."
            self.query_one("#detail", TextLines).show(lambda width: [(Span(text, "title"),)])
            return
        summary = listed.summary
        if listed.problem:
            self.query_one("#detail", TextLines).show(
                lambda width: [(Span(listed.path.name, "title"),), *wrapped(listed.problem, width, "bad", limit=3)]
            )
            return
        next_text = (
            f"{short_date(day, today)} {summary.next_what}" if (day := iso_date(summary.next_date)) else "nothing dated"
        )
        lines: list[Line] = [
            (Span(" · ".join(filter(None, (summary.customer, summary.initiative))), "title"),),
            (Span(f"{summary.trade or 'trade unknown'} · {summary.csm or 'no CSM'} · {summary.status}", "dim"),),
            (Span(f"Next: {next_text}"),),
            (Span(listed.path.name, "dim"),),
        ]
        self.query_one("#detail", TextLines).show(lambda width: lines)

    @property
    def path(self) -> Path:
        """The file of the engagement under the cursor; raises `UsageError` where there is none."""
        if self._current is None:
            raise UsageError("There is no engagement under the cursor.", "a begins one.")
        return self._current.path

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the engagement."""
        event.stop()
        if (listed := self._current) is not None:
            self.pcsm.go(Route("overview", listed.path))

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._sort = (self._sort + 1) % len(SORTS)
        self.refresh_rows()
        self.tell(f"Sorted by {SORTS[self._sort]}")

    def action_add_engagement(self) -> None:
        """Begin an engagement with a new customer."""
        self.pcsm.ask_for_engagement()

    def help_text(self) -> tuple[str, str]:
        """Return what the Portfolio is for."""
        return "Portfolio", (
            "Every engagement of the repository, one a line: the phases in progress, activities done, the latest health "
            "with its trend, the next date, the next renewal, and the effort score, which is the total of the onboarding "
            "scoring (0 simple, 20 highly complex). s sorts by the next column, / filters, Enter opens."
        )
