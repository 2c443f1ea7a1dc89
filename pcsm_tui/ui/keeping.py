"""What the application does so that nothing is lost: saving, undo, recovery, telling what was refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from pcsm_tui.errors import PcsmError
from pcsm_tui.ui.routes import Route, route_to
from pcsm_tui.ui.screens.base import BaseScreen
from pcsm_tui.ui.stopping import Stopping

if TYPE_CHECKING:
    from pcsm_tui.ui.modals.picker import Item
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.session import Session


class SavingNews(Message):
    """Something came of saving in the background, or others changed a file."""


class KeepingApp(Stopping):
    """An application on a workspace whose engagements are saved in the background; it goes about elsewhere."""

    def __init__(self, workspace: Workspace, *, ansi_color: bool | None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.workspace = workspace
        self.session: Session | None = None
        """The session of the engagement at hand."""
        self._warned = False
        self._met = ""

    @property
    def here(self) -> Route:
        """Where one is."""
        raise NotImplementedError

    def go(self, route: Route) -> None:
        """Go to a route."""
        raise NotImplementedError

    def pick(self, title: str, items: list[Item], chosen: Callable[[Item], None | Awaitable[None]]) -> None:
        """Let one choose from a list."""
        raise NotImplementedError

    # --- saving -----------------------------------------------------------------------------------------------

    def begin_saving(self) -> None:
        """Save in the background from now on."""
        self.workspace.save_in_background(self._news_came)

    @property
    def saving(self) -> str:
        """The state of saving, for the last line."""
        return self.workspace.saving_state(self.session)

    async def on_unmount(self) -> None:
        """Let what is being saved be saved."""
        self.workspace.stop_saving()

    def save_before_stop(self) -> None:
        """Put on the disk what must survive."""
        self.workspace.flush()

    def _news_came(self) -> None:
        self.post_message(SavingNews())

    def on_saving_news(self, event: SavingNews) -> None:
        """Show what others changed, and tell of it and of what could not be saved."""
        event.stop()
        for session, news in self.workspace.settle():
            if news.changed and (session is self.session or self.here.path is None):
                self.show_data()
            if news.sentences:
                self.tell(" ".join(news.sentences), "bad" if news.bad else "")
        self._tell_others()
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.update_lines()

    def _tell_others(self) -> None:
        """Tell who has come to the engagement at hand, once."""
        names = self.session.others_named if self.session is not None else ""
        if names and names != self._met and self.session is not None:
            self.tell(self.session.told_others())
        self._met = names

    def offer_recovery(self) -> None:
        """Ask what is to become of what an earlier session left behind, the first time that one comes to it."""
        session = self.session
        if session is None or session.left.is_empty or not self.is_running:
            return
        from pcsm_tui.ui.modals.question import Question, recovery_question

        def answered(answer: str | None) -> None:
            with self.telling():
                if answer == "take":
                    typed = session.recover()
                    self.show_data()
                    if typed is not None:
                        self.go(route_to(session.path, typed))
                    self.tell("Kept beside its field, to be put right" if typed else "Taken in · u takes it back")
                elif answer == "discard":
                    session.discard_left()
                    self.tell("Discarded; it is kept for 30 days")

        self.push_screen(Question(*recovery_question(session)), answered)

    def show_data(self) -> None:
        """Let the main screen show the data as they are now, also below a modal."""
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.data_changed()

    # --- changing ---------------------------------------------------------------------------------------------

    def action_undo(self) -> None:
        """Take back the last change of this engagement."""
        self._step_back_or_forth("undo")

    def action_redo(self) -> None:
        """Do again what was undone."""
        self._step_back_or_forth("redo")

    def _step_back_or_forth(self, way: str) -> None:
        if way == "undo" and isinstance(self.screen, BaseScreen) and (taken_back := self.screen.take_back()):
            self.tell(taken_back)
            return
        if self.session is None:
            self.tell("Open an engagement first: changes are undone where they were made.")
            return
        label = self.session.undo() if way == "undo" else self.session.redo()
        self.show_data()
        self.tell(f"{'Undone' if way == 'undo' else 'Done again'}: {label}")

    def action_help_quit(self) -> None:
        """Say how to leave to one who tries with ctrl+c."""
        self.tell("q leaves the program; in a form, Esc first. All is saved as you go.")

    async def action_quit(self) -> None:
        """Leave, unless something could not be saved; then say so and leave at the second time."""
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.keep_typed()
        reasons = self.workspace.save()
        if reasons and not self._warned:
            self._warned = True
            self.tell(f"NOT SAVED, q again leaves without it: {reasons[0]}", "bad")
            return
        with self.telling():
            self.workspace.leave()
        self.exit(0)

    def action_saving_trouble(self) -> None:
        """Say why something is not saved, and let one choose what to do."""
        from pcsm_tui.ui.commands.saving import saving_choices

        session = self.session
        if session is None:
            self.tell("Open an engagement first.")
            return

        def chosen(item: Item) -> None:
            if item.key == "copy":
                self._ask_for_copy(session)
            else:
                item.value()
                self.show_data()

        self.pick(session.unsaved or self.saving, saving_choices(session), chosen)

    def _ask_for_copy(self, session: Session) -> None:
        def save(name: str | None) -> None:
            if name and name.strip():
                path = Path(name.strip()).expanduser()
                session.save_copy(path)
                self.tell(f"Saved as {path}")

        if isinstance(self.screen, BaseScreen):
            folder = self.workspace.settings.repository_folder
            suggested = folder / f"{session.path.name.removesuffix('.pcsm.json')}-copy.pcsm.json"
            self.screen.ask("Save a copy as", str(suggested), "a path on this machine", save)

    # --- telling ----------------------------------------------------------------------------------------------

    def tell(self, message: str, role: str = "") -> None:
        """Show a message in the last line of the screen."""
        screen = next((item for item in reversed(self.screen_stack) if isinstance(item, BaseScreen)), None)
        if screen is not None and screen.is_mounted:
            screen.tell(message, role)
            screen.update_lines()
        elif screen is not None:
            screen.awaited_message = (message, role)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell what is refused in the last line instead of ending the program."""
        before = self.session and self.session.engagement
        try:
            yield
        except PcsmError as refused:
            now = self.session and self.session.engagement
            if now is not before and self.here.path is not None:  # done in memory all the same, or changed by others
                self.show_data()
            self.tell(str(refused), "bad")

    async def run_action(self, action, default_namespace=None, namespaces=None) -> bool:  # type: ignore[no-untyped-def]
        """Run an action; a refused one is told in the last line."""
        screen = self.screen
        if isinstance(screen, BaseScreen):
            screen.tell("")
        if action != "quit":
            self._warned = False
        with self.telling():
            return await super().run_action(action, default_namespace, namespaces)
        return True
