"""The plan: its tree with bars or columns, the network, the critical path, milestones, forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from textual.widget import Widget

from pcsm_tui.ui.charts.gantt import legend_lines
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.present.plan import (
    network_row,
)
from pcsm_tui.ui.present.plan_texts import sentence_lines
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.screens.plan_pages import (
    EMPTY,
    critical_path_page,
    empty_page,
    forecast_page,
    links_text,
    network_drawing,
    network_task,
    reasons_page,
    roadmap_page,
)
from pcsm_tui.ui.screens.plan_tree import PlanTreeScreen
from pcsm_tui.ui.widgets.lines import LineList, PageLines, TextLines
from pcsm_tui.ui.widgets.network import NetworkPane
from pcsm_tui.workspace.plans import (
    Forecast,
    Plan,
    last_day,
    simulate,
    why,
)
from pcsm_tui.workspace.terms import short_date

NARROW = 70
"""Columns below which the network is a list rather than boxes."""


class View(NamedTuple):
    """A way to look at the plan, and the part of the screen that shows it."""

    id: str
    name: str
    part: str


VIEWS = (
    View("bars", "Bars", "#plan-list"),
    View("columns", "Columns", "#plan-list"),
    View("network", "Network", "#network"),
    View("critical", "Critical path", "#plan-page"),
    View("roadmap", "Milestones", "#plan-page"),
    View("forecast", "Forecast", "#plan-page"),
)
FILTERED = ("No work package holds that. / changes the filter.",)
PARTS = ("#plan-list", "#network", "#plan-page")


class PlanScreen(PlanTreeScreen):
    """The plan of an engagement."""

    BINDINGS = bindings_for("filtered", "plan")

    def __init__(self) -> None:
        super().__init__()
        self._view = VIEWS[0]
        self._reasons_of = ""
        self._path: object = None
        self._forecast: tuple[Plan, Forecast] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Lay out headings, tree, network, page, and what is said of a task."""
        yield TextLines(id="plan-head", classes="headings")
        yield LineList(id="plan-list", highlighted=self._cursor_moved)
        yield NetworkPane(id="network", highlighted=self._node_chosen)
        yield PageLines(id="plan-page")
        yield TextLines(id="plan-detail", classes="detail", more="… ↵")

    @property
    def page(self) -> PageLines:
        """The page of views in words."""
        return self.query_one(PageLines)

    # --- showing ----------------------------------------------------------------------------------------------

    def show(self, route: Route) -> None:
        """Show the plan, at a task where the route names one."""
        self.take_in()
        if self._path != self.session.path:
            self._path, self._reasons_of, self.filter_text = self.session.path, "", ""
            self.forget_tree()
        self.refresh_rows()
        if route.place.uid:
            self.go_to_task(route.place.uid)
        self._focus_part()

    def refresh_rows(self) -> None:
        """Show the plan as it is now."""
        if self._session is None:
            return
        if self._reasons_of not in self.plan:
            self._reasons_of = ""
        self.refresh_tree()
        self.show_view(tree_drawn=True)

    @property
    def has_bars(self) -> bool:
        """Whether bars stand beside the tree."""
        return self._view.id == "bars" and not self._reasons_of

    @property
    def view_name(self) -> str:
        """The name of the view."""
        return self._view.name

    def row_line(self, index: int, width: int, selected: bool) -> Line:
        """Return the row of a task; where there is no room for the network, with what comes before and after it."""
        if self._view.id != "network":
            return super().row_line(index, width, selected)
        uid = self._shown[index]
        before, after = links_text(self.plan, uid)
        return network_row(self.plan.task(uid), before, after, width, self._layout(width).number)

    def show_head(self) -> None:
        """Show the headings of the columns; the network as a list has none."""
        if self._view.id == "network":
            self.query_one("#plan-head", TextLines).show(lambda width: [])
        else:
            super().show_head()

    def show_view(self, *, tree_drawn: bool = False) -> None:
        """Show what the view shows; the rows of the tree are not drawn again where they have been."""
        part = "#plan-page" if self._reasons_of else self._view.part
        if part == "#network" and self.app.size.width < NARROW:
            part = "#plan-list"
        for other in PARTS:
            self.query_one(other).display = other == part
        focused = self.focused
        if focused is not None and f"#{focused.id}" in PARTS and not focused.display:
            self._focus_part()
        self.query_one("#plan-head").display = part == "#plan-list"
        self.query_one("#plan-detail").set_class(part == "#plan-page", "unseen")
        if part == "#plan-list":
            self.show_head()
            if not tree_drawn:
                self.rows.redraw()
        elif part == "#network":
            self._show_network()
        else:
            self.page.show(self._page())
        self.show_detail()
        self.update_lines()

    def _show_network(self) -> None:
        if self.plan.tasks:
            uid = network_task(self.plan, self.task_uid)
            self.query_one(NetworkPane).show(network_drawing(self.plan, uid, self.session.today), uid)

    def _focus_part(self) -> None:
        for name in PARTS:
            if self.query_one(name).display:
                self.query_one(name).focus()

    def _page(self) -> Callable[[int], list[Line]]:
        plan, today = self.plan, self.session.today
        if not plan.tasks:
            return empty_page
        if self._reasons_of in plan:
            return reasons_page(plan, self._reasons_of, today)
        if self._view.id == "critical":
            return critical_path_page(plan, today)
        if self._view.id == "roadmap":
            return roadmap_page(plan, today)
        return forecast_page(self.engagement, plan, self._forecast_of(plan), today)

    def _forecast_of(self, plan: Plan) -> Forecast | None:
        """Return the simulation of a plan; while it runs in the background there is none."""
        if self._forecast is not None and self._forecast[0] is plan:
            return self._forecast[1]
        self.run_worker(lambda: self._simulate(plan), thread=True, group="simulation", exclusive=True)
        return None

    def _simulate(self, plan: Plan) -> None:
        """Simulate a plan in the background, until another is looked at, and show what came of it."""

        def go_on(done: int, total: int) -> bool:
            return self.is_running and self._session is not None and self.plan is plan

        forecast = simulate(plan, progress=go_on)
        if forecast is not None and self.is_running:
            self._forecast = (plan, forecast)
            self.app.call_from_thread(self.show_view)

    # --- the tree ---------------------------------------------------------------------------------------------

    @property
    def task_uid(self) -> str:
        """The uid of the task that the cursor is on, or whose reasons are shown; on the other pages there is none."""
        if self._reasons_of or self._view.part == "#plan-page":
            return self._reasons_of
        if self._view.part == "#network" and self.query_one("#network").display:
            return self.query_one(NetworkPane).selected or self.rows.cursor_key or ""
        return self.rows.cursor_key or ""

    def _cursor_moved(self) -> None:
        """Say more of the task under the cursor, and mark what it is linked with."""
        self.mark_related()
        self.show_detail()

    def _node_chosen(self, uid: str) -> None:
        self.rows.go_to(uid)
        self.show_detail()

    def show_detail(self) -> None:
        """Say why the task under the cursor lies where it lies."""
        detail = self.query_one("#plan-detail", TextLines)
        plan, uid, today = self.plan, self.task_uid, self.session.today
        if not uid or uid not in plan:
            detail.show(lambda width: sentence_lines(FILTERED if plan.tasks else EMPTY, width))
            return
        sentences = why(plan, uid, today)
        detail.show(lambda width: sentence_lines(sentences, width))

    def show_preview(self, lines: Callable[[int], list[Line]] | None) -> None:
        """Show what an edit would move in the place of the reasons."""
        if lines is None:
            self.show_detail()
        else:
            self.query_one("#plan-detail", TextLines).show(lines)

    # --- views ------------------------------------------------------------------------------------------------

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        plan, today = self.plan, self.session.today
        name = self._view.name if not self._reasons_of else f"Why {plan.number(self._reasons_of)}"
        place = "" if self._reasons_of else f" {VIEWS.index(self._view) + 1}/{len(VIEWS)}"
        left = f"{self.engagement.name} › Plan › {name}{place}"
        if not plan.tasks:
            return left, "no work packages yet"
        if self.filter_text:
            return left, f"{len(self._shown)} of {len(plan.tasks)} for {self.filter_text!r}"
        finish = short_date(date.fromisoformat(last_day(plan.finish, plan.start)), today)
        return left, f"finish {finish} · {len(plan.critical)} critical · {plan.percent() // 10} %"

    def action_next_view(self) -> None:
        """Show the next view."""
        self._turn(1)

    def action_previous_view(self) -> None:
        """Show the view before this one."""
        self._turn(-1)

    def _turn(self, step: int) -> None:
        self._reasons_of = ""
        self._view = VIEWS[(VIEWS.index(self._view) + step) % len(VIEWS)]
        self.page.top = 0
        self.show_view()
        self._focus_part()
        self.update_lines()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the reasons of the task under the cursor."""
        event.stop()
        self._open_reasons(self._shown[event.index])

    def on_network_pane_chosen(self, event: NetworkPane.Chosen) -> None:
        """Open the reasons of the selected box."""
        event.stop()
        self._open_reasons(event.node)

    def _open_reasons(self, uid: str) -> None:
        self._reasons_of = uid
        self.page.top = 0
        self.show_view()
        self._focus_part()

    def take_away_filter(self) -> bool:
        """Close the page of reasons or take the filter away; return whether there was either."""
        if self._reasons_of:
            self._reasons_of = ""
            self.show_view()
            self._focus_part()
            return True
        return super().take_away_filter()

    def on_resize(self) -> None:
        """Fit the view to the new width."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if self._session is not None and self.pcsm.here.view == "plan":
            self.show_view()

    def help_text(self) -> tuple[str, str]:
        """Return what the view is for, and what its signs mean."""
        signs = " · ".join("".join(span.text for span in line).strip() for line in legend_lines(200))
        return "Plan", f"{_HELP}\n\nSigns: {signs}"


_HELP = """Work streams and work packages, with the dates that follow from durations, links, constraints and the calendar.
Every change is worked out at once. Below the tree stands why the task under the cursor starts when it does and how far it
may slip; Enter shows the whole chain. i tries a change and shows what would move before you decide.

[ and ] change the view: bars, all columns, the network, the critical path in words, milestones and roadmap, baseline and
forecast. In the bars + and - zoom, comma and full stop scroll, s goes to the bar of the task, C changes the columns.
/ finds packages by name, number or owner, and by these words: critical, late, open, in progress, done. An arrow before a
task says that it comes right before (←) or right after (→) the one under the cursor, « and » that its bar goes on.

A # before a task, and a bar of #, is critical: a day lost there is a day lost at the end. The bar of a work stream has # from
the first to the last of its critical packages. Float is how many days a task may slip before the plan's end moves; a float
below 0 says by how much a deadline cannot be met."""
