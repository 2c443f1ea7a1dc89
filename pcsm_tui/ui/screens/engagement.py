"""What all screens within an engagement share: going to its overview, phases and tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pcsm_tui.errors import UsageError
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.screens.filtering import FilteredScreen
from pcsm_tui.workspace.terms import Place

if TYPE_CHECKING:
    from pcsm_tui.workspace.looking import Engagement
    from pcsm_tui.workspace.session import Session


class EngagementCommands(FilteredScreen):
    """Going to the overview, phases and tools of the engagement at hand: the one that is shown or pointed at."""

    @property
    def path(self) -> Path:
        """The file of the engagement at hand; raises `UsageError` where there is none."""
        raise NotImplementedError

    def action_overview(self) -> None:
        """Go to the overview."""
        self.pcsm.go(Route("overview", self.path))

    def action_phase(self, number: int) -> None:
        """Go to a phase."""
        self.pcsm.go(Route("phase", self.path, Place(phase=number)))

    def action_plan(self) -> None:
        """Go to the plan."""
        self.pcsm.go(Route("plan", self.path))

    def action_timeline(self) -> None:
        """Go to the timeline."""
        self.pcsm.go(Route("tool", self.path, Place("timeline")))

    def action_documents(self) -> None:
        """Go to the documents."""
        self.pcsm.go(Route("tool", self.path, Place("documents")))

    def action_actions(self) -> None:
        """Go to the actions."""
        self.pcsm.go(Route("tool", self.path, Place("actions")))

    def action_history(self) -> None:
        """Go to the history."""
        self.pcsm.go(Route("history", self.path))

    def action_conflicts(self) -> None:
        """Go to the conflicts."""
        self.pcsm.go(Route("conflicts", self.path))

    def action_backups(self) -> None:
        """Go to the backups."""
        self.pcsm.go(Route("backups", self.path))

    def action_note(self) -> None:
        """Write a note in the timeline, and come back."""
        self.pcsm.go(Route("record", self.path, Place("timeline")))

    def action_tools(self) -> None:
        """Choose a tool by its name."""
        self.pcsm.pick_tool(self.path)


class EngagementScreen(EngagementCommands):
    """A screen on one engagement."""

    BINDINGS = bindings_for("engagement")

    _session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of the engagement that the screen shows, also when the application has gone on to another."""
        assert self._session is not None
        return self._session

    @property
    def engagement(self) -> Engagement:
        """The engagement as it is now."""
        return self.session.engagement

    @property
    def path(self) -> Path:
        """The file of the engagement; in the person's own tools that of the one visited before.

        Raises `UsageError` where none was.
        """
        if self.pcsm.engagement_path is None:
            raise UsageError("No engagement is open.", "P shows them all.")
        return self.pcsm.engagement_path

    def update_lines(self) -> None:
        """Bring the first and the last line up to date, once there is anything to say."""
        if self._session is not None:
            super().update_lines()

    def take_in(self) -> None:
        """Turn to the application's session and take in what others saved meanwhile.

        When that cannot be read, say so and go on with what there is.
        """
        self._session = self.pcsm.session
        with self.pcsm.telling():
            self.session.refresh()
