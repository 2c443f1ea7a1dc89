"""A phase, walked: activities at the left; guidance, state and tools of the selected one at the right."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from pcsm_tui.errors import PcsmError, UsageError
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.modals.picker import Item
from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.present.phase import activity_detail, activity_line, activity_of, phase_lines, tool_line
from pcsm_tui.ui.routes import Route, route_to
from pcsm_tui.ui.screens.engagement import EngagementScreen
from pcsm_tui.ui.widgets.lines import LineList, TextLines
from pcsm_tui.workspace.looking import (
    Phase,
    Row,
    Tool,
    activities_of,
    findings,
    phase_gaps,
    phase_progress,
    tool_sentence,
)
from pcsm_tui.workspace.terms import Place


class PhaseScreen(EngagementScreen):
    """One of the seven phases."""

    BINDINGS = bindings_for("phase")

    def __init__(self) -> None:
        super().__init__()
        self._number = 1
        self._rows: tuple[Row, ...] = ()
        self._tools: list[Tool] = []
        self._used: set[str] = set()
        self._cursors: dict[tuple[object, int], str] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the activities, what is said of one, and the tools."""
        with Horizontal(id="phase-body"):
            yield LineList(id="activities", highlighted=self._activity_chosen)
            with Vertical(id="phase-right"):
                yield TextLines(id="guidance", more="… ?")
                yield LineList(id="phase-tools")

    @property
    def activities(self) -> LineList:
        """The list of activities."""
        return self.query_one("#activities", LineList)

    @property
    def tools(self) -> LineList:
        """The list of tools."""
        return self.query_one("#phase-tools", LineList)

    @property
    def phase(self) -> Phase:
        """The phase that is shown."""
        return self.session.framework.phase(self._number)

    def show(self, route: Route) -> None:
        """Show a phase, at the activity where one was before or at the first that is open."""
        self.take_in()
        self._number = route.place.phase
        self._rows = activities_of(self.engagement, self._number)
        place = self._cursors.get((self.session.path, self._number)) or self._first_open()
        self.refresh_rows()
        if place:
            self.activities.go_to(place)
        self.activities.focus()
        self._show_activity()

    def _first_open(self) -> str:
        states = ("In progress", "Open")
        found = (row.uid for state in states for row in self._rows if (row.get("state") or "Open") == state)
        return next(found, "")

    def refresh_rows(self) -> None:
        """Show the activities as they are now."""
        self._rows = activities_of(self.engagement, self._number)
        self.activities.set_rows([row.uid for row in self._rows], self._activity_line)
        self._show_activity()
        self.update_lines()

    def _activity_line(self, index: int, width: int, selected: bool) -> Line:
        return activity_line(self.engagement, self._rows[index], self.session.today, width)

    @property
    def _current(self) -> Row:
        index = self.activities.cursor
        if not 0 <= index < len(self._rows):
            raise UsageError("This phase has no activities.", "a adds one.")
        return self._rows[index]

    def _activity_chosen(self) -> None:
        """Say more of the activity under the cursor, and remember it."""
        if self._rows:
            self._cursors[(self.session.path, self._number)] = self._current.uid
            self._show_activity()

    def _show_activity(self) -> None:
        engagement, phase, today = self.engagement, self.phase, self.session.today
        guidance = self.query_one("#guidance", TextLines)
        row = self._current if self._rows else None
        if row is None:
            guidance.show(lambda width: phase_lines(phase, width))
        else:
            guidance.show(lambda width: activity_detail(engagement, phase, row, today, width))
        activity = activity_of(engagement, row) if row else None
        framework = engagement.framework
        used = [framework.tool(tool_id) for tool_id in (activity.tools if activity else ())]
        others = [tool for tool in framework.tools_of(self._number) if tool not in used]
        self._used, self._tools = {tool.id for tool in used}, used + others
        self.tools.set_rows([tool.id for tool in self._tools], self._tool_line)

    def _tool_line(self, index: int, width: int, selected: bool) -> Line:
        tool = self._tools[index]
        return tool_line(tool, self._how_far(tool), tool.id in self._used, width)

    def _how_far(self, tool: Tool) -> str:
        """Return how far a tool is; the person's own are in a file of their own, which need not exist or be readable."""
        if tool.audience == "personal" and not self.workspace.settings.places.personal_file.exists():
            return "not begun"
        try:
            return tool_sentence(self.workspace.session_for(self.path, tool.id).engagement, tool)
        except PcsmError:
            return "cannot be read"

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the tool; an activity leads to its tools."""
        event.stop()
        if event.source is self.tools:
            self.pcsm.go(Route("tool", self.path, Place(self._tools[event.index].id)))
        elif self._tools_in_view:
            self.tools.action_first()
            self.tools.focus()
        else:
            items = [
                Item(tool.id, tool.name, self._how_far(tool), Route("tool", self.path, Place(tool.id)))
                for tool in self._tools
            ]
            self.pcsm.pick(f"Tools of {self._number} {self.phase.name}", items, lambda item: self.pcsm.go(item.value))

    @property
    def _tools_in_view(self) -> bool:
        """Whether there is room for the list of tools."""
        return all(widget.display for widget in (self.tools, *self.tools.ancestors) if isinstance(widget, Widget))

    def on_resize(self) -> None:
        """Go back to the activities when there is no room for the tools any more."""
        self.call_after_refresh(self._stay_in_view)

    def _stay_in_view(self) -> None:
        if self.pcsm.here.view == "phase" and not self._tools_in_view:
            self.set_focus(self.activities)

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        progress = phase_progress(self.engagement, self._number)
        gaps = len(phase_gaps(self.engagement, self._number))
        ready = "ready to move on" if not gaps else f"ready? {gaps} gap{'s' if gaps != 1 else ''}"
        state = progress.state.casefold()
        return (
            f"{self.engagement.name} › {self._number} {progress.name}",
            f"{progress.done} of {progress.activities} · {state} · {ready}",
        )

    def help_text(self) -> tuple[str, str]:
        """Return what the phase is for, and what it calls for."""
        phase, framework = self.phase, self.session.framework
        qualities = [quality for quality in framework.qualities if quality.id in phase.qualities]
        row = self._current if self._rows else None
        activity = activity_of(self.engagement, row) if row else None
        lines = [f"{activity.name}: {activity.guidance}", f"Good: {activity.good}"] if activity else []
        lines += [phase.purpose, phase.why, "At its end there is: " + "; ".join(phase.outputs) + "."]
        lines += [f"{quality.name}: {quality.text}" for quality in qualities]
        lines.append("Tab goes to the tools at the right and back. Tools marked » are those that the activity uses.")
        return f"{phase.number} {phase.name}", "\n\n".join(lines)

    # --- acts -------------------------------------------------------------------------------------------------

    def action_tick_activity(self) -> None:
        """Tick the activity, or take the tick away."""
        row = self.session.tick(self._current)
        self.refresh_rows()
        self.tell(f"{'Ticked' if row.done else 'Reopened'} {self.engagement.title(row)} · u takes it back")

    def action_begin_activity(self) -> None:
        """Put the activity in progress, or set it back to open."""
        begun = self._current.get("state") == "In progress"
        row = self.session.set(self._current, {"state": "Open" if begun else "In progress"})
        self.refresh_rows()
        self.tell(f"{'Set back to open' if begun else 'In progress'}: {self.engagement.title(row)} · u takes it back")

    def action_edit_activity(self) -> None:
        """Open the form of the activity."""
        self.pcsm.go(Route("record", self.path, Place("activities", self._current.uid, "owner")))

    def action_add_activity(self) -> None:
        """Ask for the name of an activity and add it to the phase."""

        def add(name: str | None) -> None:
            if name and name.strip():
                tool = self.session.framework.tool("activities")
                after = self._current if self._rows else None
                row = self.session.add(tool, {"phase": self._number, "name": name.strip()}, after)
                self.refresh_rows()
                self.activities.go_to(row.uid)

        self.ask("New activity", "", "Enter adds it", add)

    def action_delete_activity(self) -> None:
        """Remove the activity from the engagement."""
        row = self._current
        self.session.remove(row)
        self.refresh_rows()
        self.tell(f"Deleted {self.engagement.title(row)} · u brings it back")

    def action_next_phase(self) -> None:
        """Go to the phase after this one."""
        self._neighbour(1)

    def action_previous_phase(self) -> None:
        """Go to the phase before this one."""
        self._neighbour(-1)

    def _neighbour(self, step: int) -> None:
        numbers = [phase.number for phase in self.session.framework.phases]
        place = (numbers.index(self._number) + step) % len(numbers)
        self.pcsm.replace(Route("phase", self.path, Place(phase=numbers[place])))

    def action_ready(self) -> None:
        """Show what is missing before moving on; Enter goes there."""
        gaps = phase_gaps(self.engagement, self._number)
        if not gaps:
            self.tell("Nothing is missing. f finishes the phase.")
            return
        items = [Item(f"{gap.place}", gap.text, self._evidence(gap.place), gap.place) for gap in gaps]
        title = f"Before moving on from {self._number} {self.phase.name}: {len(gaps)} open. Nothing is locked; this only tells."
        self.pcsm.pick(title, items, lambda item: self.pcsm.go(route_to(self.path, item.value)))

    def _evidence(self, place: Place) -> str:
        if place.tool != "move-on":
            return ""
        row = self.engagement.row("move-on", place.uid)
        found = findings(self.engagement, row.default.evidence) if row.default else []
        return " · ".join(item.text for item in found)

    def action_finish_phase(self) -> None:
        """Start, finish or reopen the phase; the timeline notes it."""
        state = phase_progress(self.engagement, self._number).state
        following = {"Open": "In progress", "In progress": "Finished", "Finished": "In progress"}[state]
        gaps = len(phase_gaps(self.engagement, self._number))
        self.session.set_phase(self._number, following)
        self.refresh_rows()
        done = {"Open": "Started", "In progress": "Finished", "Finished": "Reopened"}[state]
        still = f", with {gaps} things still open" if done == "Finished" and gaps else ""
        self.tell(f"{done} {self.phase.name}{still} · noted in the timeline · u takes it back")
