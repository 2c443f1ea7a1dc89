"""The application: it holds the workspace, knows where one is, and takes one elsewhere."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.filter import LineFilter

from pcsm_tui.errors import FileRefused, PcsmError
from pcsm_tui.ui.commands import palette
from pcsm_tui.ui.commands.own_keys import checked_keys, commands_with
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.filters import AsciiOnly, SafeText
from pcsm_tui.ui.keeping import KeepingApp
from pcsm_tui.ui.modes import MODE_OF, SCREENS
from pcsm_tui.ui.routes import Route, route_to
from pcsm_tui.ui.screens.base import BaseScreen
from pcsm_tui.ui.screens.filtering import FilteredScreen
from pcsm_tui.ui.themes import read_theme, register_themes, theme_names, themes_folder, without_colour
from pcsm_tui.workspace.terms import Place

if TYPE_CHECKING:
    from pcsm_tui.ui.modals.picker import Item
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.session import Session


LONGEST_DELAY = 0.005
"""Seconds that drawing waits at the most while one switches screens; Textual waits ten times as long."""
WARM_UP_AFTER = 0.15
"""Seconds after which the framework is read in the background: the first picture is on the terminal by then."""


def _is_restorable(workspace: Workspace, path: Path, refused: PcsmError) -> bool:
    """Return whether a file was refused since it is damaged, and a backup could take its place."""
    if not isinstance(refused, FileRefused):
        return False
    from pcsm_tui.workspace.restoring import is_restorable

    return is_restorable(workspace, path)


def _beginning(workspace: Workspace, path: Path | None) -> tuple[Route, Session | None, str]:
    """Return where to begin, with the session that is shown there, and why it is not where it was to be."""
    if path is None:
        return Route("today"), None, ""
    try:
        place = Place(workspace.personal_tools()[0].id) if path == workspace.settings.places.personal_file else Place()
        return route_to(path, place), workspace.session_for(path, place.tool), ""
    except PcsmError as refused:
        if path is not None and _is_restorable(workspace, path, refused):
            return Route("backups", path), None, ""
        return Route("today"), None, str(refused)


class PcsmApp(KeepingApp):
    """The terminal application on one workspace, opened at its Today or at one engagement."""

    CSS_PATH = "base.tcss"
    TITLE = "pcsm"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings_for("app")
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (60, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (12, "-short"), (34, "-tall")]

    def __init__(self, workspace: Workspace, path: Path | None = None) -> None:
        """Begin at Today or at an engagement; one that cannot be opened is told at Today."""
        workspace.views_newer = True
        route, session, self._problem = _beginning(workspace, path)
        # Textual would begin with an empty screen and draw that first.
        setattr(self, "DEFAULT_MODE", MODE_OF[route.view])  # noqa: B010  a class variable that each run has its own of
        super().__init__(workspace, ansi_color=True if without_colour() else None)
        self.engagement_path: Path | None = None
        self.animation_level = "none"
        self._kept: dict[str, BaseScreen] = {}
        for mode in SCREENS:
            self.add_mode(mode, partial(self._screen_of, mode))
        self._arrive(route, session)
        self._trail: list[Route] = []
        self._refreshing = False
        register_themes(self, workspace.settings.theme)
        self.commands = {command.id: command for command in commands_with(workspace.settings.keys)}
        self.set_keymap(checked_keys(workspace.settings.keys))

    # --- drawing ----------------------------------------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the filters that keep control characters, and in ASCII mode other signs, from the terminal."""
        own: list[LineFilter] = [SafeText()]
        if self.workspace.settings.ascii:
            own.append(AsciiOnly())
        return [*super().get_line_filters(), *own]

    def delay_update(self, delay: float = 0.05) -> None:
        """Draw a screen that one switches to sooner than Textual does: what it shows is there by then."""
        super().delay_update(min(delay, LONGEST_DELAY))

    # --- going about ------------------------------------------------------------------------------------------

    def on_ready(self) -> None:
        """Be ready for keys; import what the next screens need once the first is on the terminal."""
        gc.freeze()
        gc.enable()
        self.begin_saving()
        if self._problem:
            self.tell(self._problem, "bad")
        self.offer_recovery()
        self.set_timer(WARM_UP_AFTER, partial(self.run_worker, self._warm_up, thread=True, group="warm-up"))

    def _warm_up(self) -> None:
        with self._worker_telling():
            self.workspace.framework  # noqa: B018  reading it is what takes time

    @contextmanager
    def _worker_telling(self) -> Iterator[None]:
        try:
            yield
        except PcsmError as problem:
            self.call_from_thread(self.tell, str(problem), "bad")

    def go(self, route: Route) -> None:
        """Go to a route, and remember the way back; one that cannot be gone to is told, and one stays.

        A damaged file of which there are backups leads to these.
        """
        here = self._here
        with self.telling():
            try:
                self._show(route)
            except FileRefused as refused:
                if route.path is None or not _is_restorable(self.workspace, route.path, refused):
                    raise
                route = Route("backups", route.path)
                self._show(route)
            if route != here:
                self._trail.append(here)
                del self._trail[:-100]

    def _show(self, route: Route) -> None:
        session = self._session_for(route)
        for left in self.screen_stack:
            if isinstance(left, BaseScreen):
                left.leave()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        screen = self._arrive(route, session)
        if self.screen is screen:
            screen.show_awaited()
        else:
            self.switch_mode(MODE_OF[route.view])
        self.offer_recovery()

    def _session_for(self, route: Route) -> Session | None:
        """Return the session that a route shows; backups are shown also of what cannot be opened."""
        if route.path is None:
            return None
        try:
            return self.workspace.session_for(route.path, route.place.tool)
        except PcsmError:
            if route.view != "backups":
                raise
            return None

    def _arrive(self, route: Route, session: Session | None) -> BaseScreen:
        """Be at a route; return its screen, which shows it as soon as it comes into view."""
        self.session, self._here = session, route
        if route.path is not None and route.path != self.workspace.settings.places.personal_file:
            self.engagement_path = route.path
        screen = self._screen_of(MODE_OF[route.view])
        screen.awaited = route
        return screen

    def _screen_of(self, mode: str) -> BaseScreen:
        """Return the main screen of a mode: made when it is first gone to, and kept from then on."""
        if mode not in self._kept:
            self._kept[mode] = SCREENS[mode]()
        return self._kept[mode]

    @property
    def here(self) -> Route:
        """Where one is."""
        return self._here

    def replace(self, route: Route) -> None:
        """Go to a route in place of this one: the way back stays as it is."""
        self._show(route)

    async def action_back(self) -> None:
        """Take a filter away, or go back to where one came from, in the end to Today."""
        if not (isinstance(self.screen, FilteredScreen) and self.screen.take_away_filter()):
            self.go_back()

    def go_back(self) -> None:
        """Go back to where one came from, in the end to Today."""
        with self.telling():
            if self._trail:
                self._show(self._trail.pop())
            elif self._here.view != "today":
                self._show(Route("today"))

    def action_today(self) -> None:
        """Go to Today."""
        self.go(Route("today"))

    def action_portfolio(self) -> None:
        """Go to the Portfolio."""
        self.go(Route("portfolio"))

    def action_search_all(self) -> None:
        """Go to the search over all engagements."""
        self.go(Route("search"))

    def action_personal(self) -> None:
        """Let one choose from the person's own tools."""
        self.pick("My own tools: nobody else sees them", palette.personal_items(self.workspace), self._go_to_item)

    def _go_to_item(self, item: Item) -> None:
        self.go(item.value)

    def refresh_index(self) -> None:
        """Read changed files into the index in the background, and show the lists anew when that is done."""
        if not self._refreshing:
            self._refreshing = True
            self.run_worker(self._refresh_index, thread=True, group="index")

    def _refresh_index(self) -> None:
        read = False
        with self._worker_telling():
            self.workspace.refresh(self._go_on_reading)
            read = True
        if self.is_running:
            self.call_from_thread(self._end_of_reading, read)

    def _go_on_reading(self, done: int, total: int) -> bool:
        """Tell how far the reading is where it takes long enough to be noticed; stop it when one leaves."""
        if total >= 50 and done % (total // 10) == 0 and self.is_running:
            told = f"Reading the engagements: {done} of {total}" if done < total else ""
            self.call_from_thread(self.tell, told)
        return self.is_running

    def _end_of_reading(self, read: bool) -> None:
        self._refreshing = False
        if read and self._here.path is None:
            with self.telling():
                self.show_data()

    def ask_for_engagement(self) -> None:
        """Ask for a customer's name and begin an engagement."""

        def begin(name: str | None) -> None:
            if name and name.strip():
                path = self.workspace.create(name)
                self.go(Route("overview", path))
                self.tell(f"Begun: {path.name} · Enter on a line opens it, 1 begins with Preparation")

        if isinstance(self.screen, BaseScreen):
            self.screen.ask("Customer of the new engagement", "", "Enter begins it", begin)

    def _fatal_error(self) -> None:
        """Leave a report in place of Textual's, which prints the values at hand: people's names among them."""
        from datetime import datetime

        from rich.text import Text

        from pcsm_tui.ui.crash import EXIT_CODE, write_report

        error = self._exception or RuntimeError()
        self._return_code = EXIT_CODE
        with suppress(PcsmError):
            self.workspace.flush()
        try:
            told = f"The report is in {write_report(self.workspace.settings.places.state, error, datetime.now())}."
        except (OSError, PcsmError):
            told = "No report could be written."
        self._exit_renderables.append(
            Text(f"pcsm ended by a fault of its own. What was shown as saved is saved. {told}")
        )
        self._close_messages_no_wait()

    # --- choosing ---------------------------------------------------------------------------------------------

    def pick(self, title: str, items: list[Item], chosen: Callable[[Item], None | Awaitable[None]]) -> None:
        """Let one choose from a list; `chosen` gets what was chosen, and is not called when nothing was."""
        from pcsm_tui.ui.modals.picker import Picker

        async def answered(item: Item | None) -> None:
            if item is not None:
                with self.telling():
                    done = chosen(item)
                    if done is not None:
                        await done

        self.push_screen(Picker(title, items), answered)

    def pick_tool(self, path: Path) -> None:
        """Let one choose any tool of the framework by its name."""
        self.pick("Open a tool", palette.tool_items(self.workspace, path), self._go_to_item)

    def action_palette(self) -> None:
        """Let one choose from everything: commands, tools, engagements."""
        screen = self.screen
        if not isinstance(screen, BaseScreen):
            return

        async def chosen(item: Item) -> None:
            if isinstance(item.value, Route):
                self.go(item.value)
            else:
                screen.keep_typed()
                await self.run_action(item.value.action, self if item.value.where == "app" else screen)

        self.pick(
            "All commands, tools and engagements",
            palette.everything(self.workspace, screen, self.engagement_path),
            chosen,
        )

    def action_switch(self) -> None:
        """Let one choose another engagement."""
        self.pick("Switch to an engagement", palette.engagement_items(self.workspace), self._go_to_item)

    def action_help(self) -> None:
        """Show the help of what is focused."""
        from pcsm_tui.ui.modals.help import Help

        if isinstance(self.screen, BaseScreen):
            self.push_screen(Help(*self.screen.help_text(), self.screen.live_commands()))

    def action_theme(self) -> None:
        """Let one choose a theme."""
        from pcsm_tui.ui.modals.picker import Item

        def chosen(item: Item) -> None:
            self.register_theme(read_theme(themes_folder() / f"{item.key}.toml"))
            self.theme = item.key
            self.tell(f'Theme {item.key}; theme = "{item.key}" in the settings file keeps it')

        self.pick("Theme", [Item(name, name) for name in theme_names()], chosen)

    def action_repaint(self) -> None:
        """Draw everything anew."""
        self.refresh(layout=True)
