"""The plan: its tree with bars or columns, the network, the critical path, milestones, forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal, NamedTuple

from textual.widget import Widget

from pcsm_tui.errors import UsageError
from pcsm_tui.ui.charts.gantt import bar, legend_lines
from pcsm_tui.ui.charts.timescale import Timescale, fitting, timescale
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.present.plan import (
    COLUMN_SETS,
    PlanRow,
    TreeLayout,
    network_row,
    state_words,
    tree_header,
    tree_layout,
    tree_row,
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
    reasons_page,
    roadmap_page,
)
from pcsm_tui.ui.screens.planning import PlanningScreen
from pcsm_tui.ui.widgets.lines import LineList, PageLines, TextLines
from pcsm_tui.ui.widgets.network import NetworkPane
from pcsm_tui.workspace.plans import (
    ACTUAL_COST,
    BUDGET,
    Forecast,
    Plan,
    PlanTask,
    Stretch,
    baselines_of,
    chosen_baseline,
    followers,
    last_day,
    links_into,
    rolled_up_cost,
    show_cost,
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


class PlanScreen(PlanningScreen):
    """The plan of an engagement."""

    BINDINGS = bindings_for("filtered", "plan")

    def __init__(self) -> None:
        super().__init__()
        self._view = VIEWS[0]
        self._folded: set[str] = set()
        self._shown: list[str] = []
        self._related: dict[str, Literal["before", "after"]] = {}
        self._columns = "float"
        self._scale: Timescale | None = None
        self._whole = False
        self._reasons_of = ""
        self._path: object = None
        self._forecast: tuple[Plan, Forecast] | None = None
        self._baseline: dict[str, Stretch] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Lay out headings, tree, network, page, and what is said of a task."""
        yield TextLines(id="plan-head", classes="headings")
        yield LineList(id="plan-list", highlighted=self._cursor_moved)
        yield NetworkPane(id="network", highlighted=self._node_chosen)
        yield PageLines(id="plan-page")
        yield TextLines(id="plan-detail", classes="detail", more="… ↵")

    @property
    def rows(self) -> LineList:
        """The list of tasks."""
        return self.query_one("#plan-list", LineList)

    @property
    def page(self) -> PageLines:
        """The page of views in words."""
        return self.query_one(PageLines)

    # --- showing ----------------------------------------------------------------------------------------------

    def show(self, route: Route) -> None:
        """Show the plan, at a task where the route names one."""
        self.take_in()
        if self._path != self.session.path:
            self._path, self._folded, self._scale, self._reasons_of = self.session.path, set(), None, ""
            self.filter_text = ""
        self.refresh_rows()
        if route.place.uid:
            self.go_to_task(route.place.uid)
        self._focus_part()

    def refresh_rows(self) -> None:
        """Show the plan as it is now."""
        if self._session is None:
            return
        self._take_baseline_in()
        if self._reasons_of not in self.plan:
            self._reasons_of = ""
        self._shown = self._visible()
        self.rows.set_rows(self._shown, self._row_line)
        self._mark_related()
        self._show_view(tree_drawn=True)

    def _take_baseline_in(self) -> None:
        baselines, _ = baselines_of(self.engagement)
        chosen = chosen_baseline(baselines)
        tasks = chosen.tasks if chosen is not None else {}
        self._baseline = {uid: (task.start, task.finish) for uid, task in tasks.items()}

    def _visible(self) -> list[str]:
        """Return the tasks that are neither below a folded one nor filtered out; a match shows what it is part of."""
        plan = self.plan
        if self.filter_text:
            kept: set[str] = set()
            for uid in plan.tasks:
                task_row = plan.row(uid)
                if self.passes(
                    plan.number(uid), plan.name(uid), str(task_row.get("owner") or ""), state_words(plan.task(uid))
                ):
                    while uid and uid not in kept:
                        kept.add(uid)
                        uid = plan.outline.parent(uid)
            return [uid for uid in plan.tasks if uid in kept]
        if not self._folded:
            return list(plan.tasks)
        hidden = {row.uid for uid in self._folded if uid in plan for row in plan.outline.below(uid)}
        return [uid for uid in plan.tasks if uid not in hidden]

    def _show_view(self, *, tree_drawn: bool = False) -> None:
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
            self._show_head()
            if not tree_drawn:
                self.rows.redraw()
        elif part == "#network":
            self._show_network()
        else:
            self.page.show(self._page())
        self._show_detail()
        self.update_lines()

    def _show_network(self) -> None:
        uid = self.task_uid
        if self.plan.tasks:
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
            self.app.call_from_thread(self._show_view)

    # --- the tree ---------------------------------------------------------------------------------------------

    def _layout(self, width: int) -> TreeLayout:
        plan = self.plan
        tasks = [plan.task(plan.longest_number)] if plan.tasks else []
        bars = self._view.id == "bars"
        return tree_layout(tasks, width, COLUMN_SETS[self._columns if bars else "all"], bars=bars)

    def _scale_of(self, width: int) -> Timescale:
        """Return the scale of the bars, fitted to the plan until one scrolls or zooms."""
        return self._first_scale(width) if self._scale is None else self._scale.resized(width)

    def _first_scale(self, width: int) -> Timescale:
        """Return the scale that shows the whole plan; of a long one that is under way, the part around today."""
        plan, today = self.plan, self.session.today
        last = plan.finish.date() if plan.tasks else today
        fitted = fitting(plan.start.date(), last, width)
        if self._whole or fitted.zoom in ("day", "week", "month") or not plan.start.date() <= today <= last:
            return fitted
        return timescale("month", today, width).scrolled(-1)

    def _show_head(self) -> None:
        if self._view.id == "network":
            self.query_one("#plan-head", TextLines).show(lambda width: [])
            return

        def head(width: int) -> list[Line]:
            layout = self._layout(width)
            return [tree_header(layout, self._scale_of(layout.bar).header(self.plan.status) if layout.bar else ())]

        self.query_one("#plan-head", TextLines).show(head)

    def _row_line(self, index: int, width: int, selected: bool) -> Line:
        plan, uid = self.plan, self._shown[index]
        task, layout = plan.task(uid), self._layout(width)
        if self._view.id == "network":
            before, after = links_text(plan, uid)
            return network_row(task, before, after, width, layout.number)
        row = PlanRow(task, uid in self._folded, relation=self._related.get(uid, ""))
        if not layout.bar or self._columns in ("links", "cost", "all"):
            row = row._replace(
                predecessors=self.engagement.show(plan.row(uid), "predecessors"),
                budget=show_cost(rolled_up_cost(plan, uid, BUDGET)),
                cost=show_cost(rolled_up_cost(plan, uid, ACTUAL_COST)),
            )
        return tree_row(row, layout, self._bar(task, layout.bar) if layout.bar else ())

    def _bar(self, task: PlanTask, width: int) -> Line:
        plan = self.plan
        late = plan.axis.finish_at(task.lf) if task.total_float > 0 and task.kind != "summary" else None
        return bar(
            task,
            self._scale_of(width),
            self.session.today,
            late_finish=late,
            baseline=self._baseline.get(task.uid),
            works=plan.settings.calendar.works,
        )

    @property
    def task_uid(self) -> str:
        """The uid of the task that the cursor is on, or whose reasons are shown; on the other pages there is none."""
        if self._reasons_of or self._view.part == "#plan-page":
            return self._reasons_of
        if self._view.part == "#network" and self.query_one("#network").display:
            return self.query_one(NetworkPane).selected or self.rows.cursor_key or ""
        return self.rows.cursor_key or ""

    def go_to_task(self, uid: str) -> None:
        """Put the cursor on a task, unfolding what hides it."""
        above = self.plan.outline.parent(uid)
        while above:
            self._folded.discard(above)
            above = self.plan.outline.parent(above)
        if uid not in self._shown:
            self._shown = self._visible()
            self.rows.set_rows(self._shown, self._row_line)
        self.rows.go_to(uid)
        self._show_detail()

    def _cursor_moved(self) -> None:
        """Say more of the task under the cursor, and mark what it is linked with."""
        self._mark_related()
        self._show_detail()

    def _mark_related(self) -> None:
        """Mark what comes right before and right after the task under the cursor; only rows that change are drawn."""
        plan, uid, before = self.plan, self.rows.cursor_key or "", self._related
        self._related = {}
        if uid in plan.network.index:
            self._related = {one.uid: "after" for one in followers(plan, uid)}
            self._related |= {edge.before: "before" for edge in links_into(plan, uid)}
        first = self.rows.top
        for index, other in enumerate(self._shown[first : first + self.rows.size.height], first):
            if before.get(other) != self._related.get(other):
                self.rows.redraw_line(index)

    def _node_chosen(self, uid: str) -> None:
        self.rows.go_to(uid)
        self._show_detail()

    def _show_detail(self) -> None:
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
            self._show_detail()
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
        self._show_view()
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
        self._show_view()
        self._focus_part()

    def take_away_filter(self) -> bool:
        """Close the page of reasons or take the filter away; return whether there was either."""
        if self._reasons_of:
            self._reasons_of = ""
            self._show_view()
            self._focus_part()
            return True
        return super().take_away_filter()

    def on_resize(self) -> None:
        """Fit the view to the new width."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if self._session is not None and self.pcsm.here.view == "plan":
            self._show_view()

    # --- folding and the scale --------------------------------------------------------------------------------

    def action_fold(self) -> None:
        """Hide what is below the task, or go to the one that it is in."""
        uid, plan = self.task_uid, self.plan
        if uid and plan.outline.has_below(uid) and uid not in self._folded:
            self._folded.add(uid)
            self.refresh_rows()
        elif parent := plan.outline.parent(uid):
            self.go_to_task(parent)

    def action_unfold(self) -> None:
        """Show what is below the task."""
        if self.task_uid in self._folded:
            self._folded.discard(self.task_uid)
            self.refresh_rows()

    def action_fold_all(self) -> None:
        """Show the work streams alone, or everything."""
        plan, uid = self.plan, self.task_uid
        tops = {row.uid for row in plan.outline.children() if plan.outline.has_below(row.uid)}
        self._folded = set() if self._folded else tops
        while uid and any(uid == row.uid for top in self._folded for row in plan.outline.below(top)):
            uid = plan.outline.parent(uid)
        self.refresh_rows()
        if uid:
            self.go_to_task(uid)

    def _rescale(self, change: Callable[[Timescale], Timescale]) -> None:
        self._require_bars()
        self._scale = change(self._scale_of(self._layout(self.rows.size.width).bar))
        self._show_view()
        self.tell(f"A {self._scale.zoom} at a time")

    def _require_bars(self) -> None:
        if self._view.id != "bars" or self._reasons_of:
            raise UsageError(f"{self._view.name} has no bars to change.", "[ and ] lead to the bars.")

    def action_zoom_in(self) -> None:
        """Show less time in more detail."""
        self._rescale(lambda scale: scale.zoomed(-1, self._day_of_task()))

    def action_zoom_out(self) -> None:
        """Show more time in less detail."""
        self._rescale(lambda scale: scale.zoomed(1, self._day_of_task()))

    def action_zoom_fit(self) -> None:
        """Fit the bars to the width."""
        self._require_bars()
        self._scale, self._whole = None, True
        self._show_view()

    def action_later(self) -> None:
        """Scroll the bars to later dates."""
        self._rescale(lambda scale: scale.scrolled(1))

    def action_earlier(self) -> None:
        """Scroll the bars to earlier dates."""
        self._rescale(lambda scale: scale.scrolled(-1))

    def action_show_bar(self) -> None:
        """Scroll the bars to that of the task."""
        day = self._day_of_task()
        if day is not None:
            self._rescale(lambda scale: scale.showing(day))

    def _day_of_task(self) -> date | None:
        uid = self.task_uid
        return self.plan.task(uid).start.date() if uid in self.plan else None

    def action_columns(self) -> None:
        """Show the next set of columns."""
        self._require_bars()
        names = list(COLUMN_SETS)
        self._columns = names[(names.index(self._columns) + 1) % len(names)]
        self._show_view()
        shown = [column.title for column in self._layout(self.rows.size.width).columns]
        self.tell(f"Columns: {', '.join(shown) or 'no room for any'}")

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
