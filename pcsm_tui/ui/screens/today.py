"""Today: what needs the CSM, over all engagements, in the order in which it hurts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from textual.widget import Widget

from pcsm_tui.errors import UsageError, ValueRefused
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line, Span
from pcsm_tui.ui.present.today import attention_detail, attention_line
from pcsm_tui.ui.routes import Route, route_to
from pcsm_tui.ui.screens.engagement import EngagementCommands
from pcsm_tui.ui.widgets.lines import LineList, TextLines
from pcsm_tui.workspace import Attention
from pcsm_tui.workspace.listing import Listed
from pcsm_tui.workspace.terms import read_date, short_date


class TodayScreen(EngagementCommands):
    """The home of the program."""

    BINDINGS = bindings_for("repository", "engagement", "filtered", "today")

    def __init__(self) -> None:
        super().__init__()
        self._listing: list[Listed] = []
        self._all: list[Attention] = []
        self._shown: list[Attention] = []
        self._put_off: list[Attention] = []

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the list and what is said of the line under the cursor."""
        yield LineList(id="list", highlighted=self._show_detail)
        yield TextLines(id="detail", classes="detail")

    def show(self, route: Route) -> None:
        """Read the lists anew."""
        self.data_changed()
        self.query_one(LineList).focus()

    def data_changed(self) -> None:
        """Show the lists as they are now; what is stale in them is read in the background, and comes here again."""
        self._listing = self.workspace.listing()
        self._all = self.workspace.attention(self._listing)
        self.refresh_rows()
        if self._stale:
            self.pcsm.refresh_index()

    @property
    def _stale(self) -> bool:
        return any(listed.stale for listed in self._listing)

    def refresh_rows(self) -> None:
        """Show the rows that pass the filter."""
        self._shown = [item for item in self._all if self.passes(item.listed.summary.customer, item.signal.text)]
        keys = [f"{item.listed.path} {item.signal.key}" for item in self._shown]
        self.query_one(LineList).set_rows(keys, self._line)
        self._show_detail()
        self.update_lines()

    def _line(self, index: int, width: int, selected: bool) -> Line:
        item = self._shown[index]
        return attention_line(item.listed.summary.customer, item.signal, self.workspace.today, width)

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        today = self.workspace.today
        count = f"{len(self._listing)} engagement{'s' if len(self._listing) != 1 else ''}"
        filtered = f" · {len(self._shown)} of {len(self._all)} hold {self.filter_text!r}" if self.filter_text else ""
        return f"pcsm  Today{filtered}", f"{len(self._all)} for you · {count} · {short_date(today, today)}"

    @property
    def _current(self) -> Attention | None:
        index = self.query_one(LineList).cursor
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def _show_detail(self) -> None:
        item, today = self._current, self.workspace.today
        detail = self.query_one("#detail", TextLines)
        if item is not None:
            signal, initiative = item.signal, item.listed.summary.initiative
            detail.show(lambda width: attention_detail(initiative, signal, today, width))
        elif not self._listing:
            detail.show(lambda width: [(Span("No engagements yet. Press a to begin one.", "title"),)])
        elif self._stale:
            detail.show(lambda width: [(Span("Reading the engagements …", "title"),)])
        else:
            text = "No line holds that." if self.filter_text else "Nothing needs you today. P shows the portfolio."
            detail.show(lambda width: [(Span(text, "title"),)])

    @property
    def path(self) -> Path:
        """The file of the engagement under the cursor; raises `UsageError` where there is none."""
        if self._current is None:
            raise UsageError("There is no engagement under the cursor.", "a begins one.")
        return self._current.listed.path

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Go to the very field."""
        event.stop()
        if (item := self._current) is not None:
            self.pcsm.go(route_to(item.listed.path, item.signal.place))

    def action_tick_signal(self) -> None:
        """Tick what the line is about."""
        if (item := self._current) is None:
            return
        if not item.signal.can_tick:
            self.tell("There is nothing to tick here: Enter takes you to it.")
            return
        place = item.signal.place
        session = self.workspace.open(item.listed.path)
        session.refresh()
        row = session.engagement.find((place.tool,), place.uid)
        if row is None or row.done:
            self.data_changed()
            self.tell("That was done meanwhile." if row else "That is no longer there.")
            return
        self.pcsm.session = session
        row = session.tick(row)
        self.data_changed()
        self.tell(f"Ticked {session.engagement.title(row)} · u takes it back")

    def action_snooze(self) -> None:
        """Ask until when a line is to be put off."""
        item = self._current
        if item is None:
            return

        def put_off(text: str | None) -> None:
            if text:
                until = self._later_day(text)
                self.workspace.snooze(item, until)
                self._put_off.append(item)
                self.data_changed()
                self.tell(f"Put off until {short_date(until, self.workspace.today)} · u takes it back")

        self.ask("Put off until", "+1d", "fri, +3d, 2026-12-01", put_off, self._later_day)

    def take_back(self) -> str:
        """Show again the line that was put off last."""
        if not self._put_off:
            return ""
        item = self._put_off.pop()
        self.workspace.wake(item)
        self.data_changed()
        return f"Here again: {item.signal.text}"

    def _later_day(self, text: str) -> date:
        day = read_date(text, self.workspace.today)
        if day <= self.workspace.today:
            raise ValueRefused(f"{day} has come already.", "Name a day after today.")
        return day

    def action_add_engagement(self) -> None:
        """Begin an engagement with a new customer."""
        self.pcsm.ask_for_engagement()

    def help_text(self) -> tuple[str, str]:
        """Return what Today is for."""
        return "Today", (
            "What needs you, over all engagements: late first, then what waits for a decision, then what is due, then what "
            "has no date. Each line says why it is here. Enter takes you to the very field; x ticks the thing where that is "
            "all it needs; z puts the line off to a day of your choice. A line disappears when its reason does."
        )
