"""The tree of the plan: its rows with bars or columns, folded, filtered and scaled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal

from pcsm_tui.errors import UsageError
from pcsm_tui.ui.charts.gantt import bar
from pcsm_tui.ui.charts.timescale import Timescale, fitting, timescale
from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.present.plan import COLUMN_SETS, PlanRow, TreeLayout, state_words, tree_header, tree_layout, tree_row
from pcsm_tui.ui.screens.planning import PlanningScreen
from pcsm_tui.ui.widgets.lines import LineList, TextLines
from pcsm_tui.workspace.plans import (
    ACTUAL_COST,
    BUDGET,
    PlanTask,
    Stretch,
    baselines_of,
    chosen_baseline,
    followers,
    links_into,
    rolled_up_cost,
    show_cost,
)


class PlanTreeScreen(PlanningScreen):
    """A screen with the tree of the plan."""

    def __init__(self) -> None:
        super().__init__()
        self._folded: set[str] = set()
        self._shown: list[str] = []
        self._related: dict[str, Literal["before", "after"]] = {}
        self._columns = "float"
        self._scale: Timescale | None = None
        self._whole = False
        self._baseline: dict[str, Stretch] = {}

    @property
    def rows(self) -> LineList:
        """The list of tasks."""
        return self.query_one("#plan-list", LineList)

    @property
    def has_bars(self) -> bool:
        """Whether bars stand beside the tree."""
        raise NotImplementedError

    @property
    def view_name(self) -> str:
        """What is shown is called."""
        raise NotImplementedError

    def show_view(self) -> None:
        """Show what is different now."""
        raise NotImplementedError

    def show_detail(self) -> None:
        """Say more of the task under the cursor."""
        raise NotImplementedError

    def forget_tree(self) -> None:
        """Show the tree of another plan: unfolded, and with a scale that fits it."""
        self._folded, self._scale = set(), None

    # --- rows -------------------------------------------------------------------------------------------------

    def refresh_tree(self) -> None:
        """Show the rows as they are now."""
        self._take_baseline_in()
        self._shown = self._visible()
        self.rows.set_rows(self._shown, self.row_line)
        self.mark_related()

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

    def _layout(self, width: int) -> TreeLayout:
        plan = self.plan
        tasks = [plan.task(plan.longest_number)] if plan.tasks else []
        columns = COLUMN_SETS[self._columns if self.has_bars else "all"]
        return tree_layout(tasks, width, columns, bars=self.has_bars)

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

    def show_head(self) -> None:
        """Show the headings of the columns, and the scale of the bars."""

        def head(width: int) -> list[Line]:
            layout = self._layout(width)
            return [tree_header(layout, self._scale_of(layout.bar).header(self.plan.status) if layout.bar else ())]

        self.query_one("#plan-head", TextLines).show(head)

    def row_line(self, index: int, width: int, selected: bool) -> Line:
        """Return the row of a task that is shown, by its place."""
        plan, uid = self.plan, self._shown[index]
        task, layout = plan.task(uid), self._layout(width)
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

    def go_to_task(self, uid: str) -> None:
        """Put the cursor on a task, unfolding what hides it."""
        above = self.plan.outline.parent(uid)
        while above:
            self._folded.discard(above)
            above = self.plan.outline.parent(above)
        if uid not in self._shown:
            self._shown = self._visible()
            self.rows.set_rows(self._shown, self.row_line)
        self.rows.go_to(uid)
        self.show_detail()

    def mark_related(self) -> None:
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
        self.show_view()
        self.tell(f"A {self._scale.zoom} at a time")

    def _require_bars(self) -> None:
        if not self.has_bars:
            raise UsageError(f"{self.view_name} has no bars to change.", "[ and ] lead to the bars.")

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
        self.show_view()

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
        self.show_view()
        shown = [column.title for column in self._layout(self.rows.size.width).columns]
        self.tell(f"Columns: {', '.join(shown) or 'no room for any'}")
