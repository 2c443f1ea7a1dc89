"""What all screens share: the first and last line, quiet focus, and how they are told where to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from pcsm_tui.ui.commands.own_keys import puts_character
from pcsm_tui.ui.commands.registry import WHERE, Command
from pcsm_tui.ui.present.foot import KeyHint, key_sign
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.widgets.chrome import FootLine, TopLine

if TYPE_CHECKING:
    from pcsm_tui.ui.app import PcsmApp
    from pcsm_tui.ui.widgets.prompt import PromptBar
    from pcsm_tui.workspace import Workspace


class QuietFocus(Screen[object]):
    """A screen that is not drawn anew as a whole when the focus moves (13 kB a Tab otherwise)."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @property
    def pcsm(self) -> PcsmApp:
        """The application."""
        return cast("PcsmApp", self.app)

    @property
    def workspace(self) -> Workspace:
        """The door to the data."""
        return self.pcsm.workspace

    def live_commands(self) -> list[tuple[Command, str, str]]:
        """Return the commands that the focused part and those around it answer: command, key, why disabled."""
        found: dict[str, tuple[Command, str, str]] = {}
        taken: set[str] = set()
        typing = getattr(self.focused, "takes_text", False)
        for node, bindings in self._modal_binding_chain:
            for key, binding in bindings:
                command = self.pcsm.commands.get(binding.id or "")
                if command is None or key in taken or (typing and puts_character(key)):
                    continue
                taken.add(key)
                reason = getattr(node, f"{command.id}_disabled", None)
                found.setdefault(command.id, (command, key, reason() if callable(reason) else ""))
        return list(found.values())


_NEARNESS = {where: place for place, where in enumerate(WHERE)}


class BaseScreen(QuietFocus):
    """A main screen; `show` brings it to a route."""

    _answered: Callable[[str | None], None]
    _asked_from: Widget | None = None
    awaited: Route | None = None
    """The route to show as soon as the screen is in view."""
    awaited_message: tuple[str, str] = ("", "")
    """What is told, and its role, as soon as the screen is in view."""

    def compose(self) -> ComposeResult:
        """Lay out the first line, the body, the last line."""
        yield TopLine()
        yield from self.compose_body()
        yield FootLine()

    def compose_body(self) -> Iterable[Widget]:
        """Return what stands between the first and the last line."""
        return ()

    def show(self, route: Route) -> None:
        """Show a route; called every time that the screen comes into view."""

    def data_changed(self) -> None:
        """Show the data as they are now; one may be typing meanwhile, so the focus stays where it is."""

    def keep_typed(self) -> None:
        """Save what is being typed; called before anything but typing happens."""

    def take_back(self) -> str:
        """Take back something of the screen's own that is not a change of the file; return what, or an empty text."""
        return ""

    def leave(self) -> None:
        """Keep what is being typed and give up what is being asked; called before another place is shown."""
        self.keep_typed()
        if self.query("#prompt"):
            self._close_prompt(None)

    def on_mount(self) -> None:
        """Show the route before the screen is drawn for the first time."""
        self.show_awaited()

    def on_screen_resume(self) -> None:
        """Show the route for which the screen was brought into view; nothing when a modal closes over it."""
        self.show_awaited()

    def show_awaited(self) -> None:
        """Show the route that the screen was brought into view for, once."""
        if self.awaited is not None:
            route, self.awaited = self.awaited, None
            with self.pcsm.telling():
                self.show(route)
        if self.awaited_message[0]:
            self.tell(*self.awaited_message)
            self.awaited_message = ("", "")

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        return "pcsm", ""

    def update_lines(self) -> None:
        """Bring the first and the last line up to date."""
        if not self.is_mounted:
            return
        self.query_one(TopLine).show(*self.where())
        hints = [
            KeyHint(key_sign(key, self.workspace.settings.ascii), command.footer)
            for command, key, reason in sorted(self.live_commands(), key=lambda live: _NEARNESS[live[0].where])
            if command.footer and not reason
        ]
        self.query_one(FootLine).show(hints, self.pcsm.saving)

    def tell(self, message: str, role: str = "") -> None:
        """Show a message in the last line until the next key."""
        self.query_one(FootLine).tell(message, role)

    def ask(
        self,
        question: str,
        text: str,
        hint: str,
        answered: Callable[[str | None], None],
        check: Callable[[str], object] | None = None,
        typed: Callable[[str], None] | None = None,
    ) -> None:
        """Ask for a text in the last line; `answered` gets it, or None when it was given up."""
        from pcsm_tui.ui.widgets.prompt import PromptBar

        if self.query(PromptBar):
            return
        self._answered, self._asked_from = answered, self.focused
        self.query_one(FootLine).display = False
        self.mount(PromptBar(question, text, hint, check, typed))

    def on_prompt_bar_answered(self, event: PromptBar.Answered) -> None:
        """Take the question away and hand on the answer."""
        event.stop()
        self._close_prompt(event.text)

    def _close_prompt(self, answer: str | None) -> None:
        self.query_one("#prompt").remove()
        self.query_one(FootLine).display = True
        self.set_focus(self._asked_from, scroll_visible=False)
        with self.pcsm.telling():
            self._answered(answer)

    def on_descendant_focus(self) -> None:
        """Other keys apply in another part."""
        self.update_lines()

    def help_text(self) -> tuple[str, str]:
        """Return title and text of the help for what is focused."""
        return "pcsm", ""
