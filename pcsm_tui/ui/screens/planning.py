"""What can be done to the plan: adding, moving and changing work packages, asking what an edit would move."""

from __future__ import annotations

import re
from collections.abc import Callable

from pcsm_tui.errors import PcsmError, UsageError
from pcsm_tui.ui.present.line import Line
from pcsm_tui.ui.present.plan_texts import preview_lines
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.screens.engagement import EngagementScreen
from pcsm_tui.workspace.baselining import take_baseline
from pcsm_tui.workspace.looking import Row, Tool
from pcsm_tui.workspace.planning import preview, spelled_out
from pcsm_tui.workspace.plans import TASKS, Plan, move_sentences, plan_of
from pcsm_tui.workspace.terms import Place

_DURATION = re.compile(r"(.*\S)\s+(\d+(?:\.\d+)?\s*e?(?:m|h|d|w|mo))", re.IGNORECASE)
MOST_SHOWN = 12
"""So many tasks that an edit would move are named; there is no room for more."""


class PlanningScreen(EngagementScreen):
    """A screen on the plan of an engagement, one of whose tasks the cursor is on."""

    @property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return plan_of(self.engagement)

    @property
    def tool(self) -> Tool:
        """The work breakdown structure."""
        return self.session.framework.tool(TASKS)

    @property
    def task_uid(self) -> str:
        """The uid of the task that the cursor is on; empty when it is on none."""
        raise NotImplementedError

    def go_to_task(self, uid: str) -> None:
        """Put the cursor on a task."""
        raise NotImplementedError

    def show_preview(self, lines: Callable[[int], list[Line]] | None) -> None:
        """Show what an edit would move, or what is shown otherwise."""
        raise NotImplementedError

    def _current(self) -> Row:
        uid = self.task_uid
        if not uid or uid not in self.plan:
            raise UsageError("There is no work package under the cursor.", "a adds one.")
        return self.session.engagement.row(TASKS, uid)

    def _done(self, uid: str, message: str) -> None:
        """Show the plan after an act, and tell what it did to the plan's finish."""
        self.refresh_rows()
        if uid in self.plan:
            self.go_to_task(uid)
        self.tell(f"{message} · u takes it back")

    # --- adding and moving ------------------------------------------------------------------------------------

    def action_add_task(self) -> None:
        """Ask for the name of a new work package, which comes behind the one under the cursor."""
        after = self._current() if self.task_uid in self.plan else None

        def typed(text: str) -> dict[str, str]:
            match = _DURATION.fullmatch(text.strip())
            return {"name": match[1], "duration": match[2]} if match else {"name": text.strip()}

        def add(text: str | None) -> None:
            if not text or not text.strip():
                return
            values = self.session.typed(self.tool, typed(text))
            if after is not None and after.get("parent"):
                values["parent"] = after.get("parent")
            row = self.session.add(self.tool, values, after=after)
            self._done(row.uid, f"{self.plan.number(row.uid)} added")

        self.ask(
            "New work package", "", "say Train cohort A 5d", add,
            check=lambda text: self.session.typed(self.tool, typed(text)),
        )  # fmt: skip

    def action_edit_task(self) -> None:
        """Open the form of the work package."""
        self.pcsm.go(Route("record", self.path, Place(TASKS, self._current().uid)))

    def action_tick_task(self) -> None:
        """Tick the work package, or take its tick away."""
        row = self.session.tick(self._current())
        self._done(row.uid, f"{self.plan.number(row.uid)} {'done' if row.done else 'open again'}")

    def action_delete_task(self) -> None:
        """Remove the work package with all below it."""
        row, plan = self._current(), self.plan
        below = len(plan.outline.below(row.uid))
        place = plan.tasks.index(row.uid)
        also = f" with {below} below it" if below else ""
        name = f"{plan.number(row.uid)} {plan.name(row.uid)}"
        self.session.remove(row)
        left = self.plan.tasks
        self._done(left[min(place, len(left) - 1)] if left else "", f"{name} deleted{also}")

    def action_duplicate_task(self) -> None:
        """Add a copy behind the work package."""
        row = self.session.duplicate(self._current())
        self._done(row.uid, f"{self.plan.number(row.uid)} added as a copy")

    def action_indent(self) -> None:
        """Put the work package under the one above it."""
        row = self.session.indent(self._current())
        self._done(row.uid, f"It is now {self.plan.number(row.uid)}")

    def action_outdent(self) -> None:
        """Put the work package beside the work stream that it is in."""
        row = self.session.outdent(self._current())
        self._done(row.uid, f"It is now {self.plan.number(row.uid)}")

    def action_task_down(self) -> None:
        """Move the work package down among its neighbours."""
        self._move(1)

    def action_task_up(self) -> None:
        """Move the work package up among its neighbours."""
        self._move(-1)

    def _move(self, distance: int) -> None:
        row = self._current()
        before = self.plan.number(row.uid)
        self.session.move(row, distance)
        number = self.plan.number(row.uid)
        if number == before:
            raise UsageError(f"It is the {'last' if distance > 0 else 'first'} of its work stream.")
        self._done(row.uid, f"It is now {number}")

    # --- changing ---------------------------------------------------------------------------------------------

    def action_what_if(self) -> None:
        """Ask for another duration or any field=value, and show what would move before it is decided."""
        row = self._current()
        number = self.plan.number(row.uid)

        def typed(text: str) -> None:
            self.show_preview(self._preview(row, text) if text.strip() else None)

        def decided(text: str | None) -> None:
            self.show_preview(None)
            if text and text.strip():
                self.session.set(row, self.session.typed(self.tool, assignments(text)))
                self._done(row.uid, f"{number} changed")

        self.ask(
            f"What if {number} took", "", "8d or field=value · Enter does it", decided,
            check=lambda text: preview(self.session, self.session.current(row).uid, assignments(text)), typed=typed,
        )  # fmt: skip

    def _preview(self, row: Row, text: str) -> Callable[[int], list[Line]] | None:
        try:
            found = preview(self.session, row.uid, assignments(text))
        except PcsmError:  # not typed to its end
            return None
        sentences = move_sentences(found.before, found.after, self.session.today, MOST_SHOWN)
        return lambda width: preview_lines(sentences, width)

    def action_take_baseline(self) -> None:
        """Ask for a name and keep the plan as it is under it."""

        def take(name: str | None) -> None:
            if name is not None:
                taken = take_baseline(self.session, name.strip())
                self.refresh_rows()
                self.tell(f"{taken.name} taken · u takes it back")

        if not self.plan.tasks:
            raise UsageError("There is nothing to take a baseline of.", "a adds the first work package.")
        self.ask("Name of the baseline", "", "Agreed plan · Enter takes it", take)

    def action_generate_plan(self) -> None:
        """Make work packages of what the plan's tools hold."""
        told = self.session.generate_plan()
        self.refresh_rows()
        self.tell(str(told))

    def action_import_plan(self) -> None:
        """Ask for a file and read its plan into this one."""

        def read(name: str | None) -> None:
            if name and name.strip():
                told = self.workspace.import_plan(self.session, name.strip())
                self.refresh_rows()
                self.tell(f"{told} · u takes it back")

        self.ask("Plan to import", "", "a path: MS Project's XML, or CSV", read)

    def action_plan_settings(self) -> None:
        """Go to the plan's start, status date, hours of work."""
        self.pcsm.go(Route("tool", self.path, Place("plan")))

    def action_holidays(self) -> None:
        """Go to the days on which nobody works."""
        self.pcsm.go(Route("tool", self.path, Place("calendar")))

    def action_status_today(self) -> None:
        """Set the plan's status date to today."""
        form = self.engagement.form("plan")
        self.session.set(form, {"status_date": self.session.today.isoformat()})
        self._done(self.task_uid, "What is not done comes after today")


def assignments(text: str) -> dict[str, str]:
    """Return the fields that a text sets: `duration=8d owner=Sue`, where `8d` alone is the duration.

    Raises `UsageError` for a text that says neither.
    """
    parts = spelled_out(re.split(r"\s+(?=[a-z_]+=)", text.strip()))
    pairs = [part.partition("=") for part in parts]
    if not all(name and sign for name, sign, _ in pairs):
        raise UsageError(f"{text!r} sets no field.", "Write 8d, or field=value such as owner=Sue.")
    return {name.strip(): value.strip() for name, _, value in pairs}
