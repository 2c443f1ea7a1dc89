"""Help: what is focused, what it is for, and which keys it has."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from pcsm_tui.ui.commands.registry import WHERE, Command
from pcsm_tui.ui.present.foot import keys_signs
from pcsm_tui.ui.present.line import Line, Span, fit, wrapped
from pcsm_tui.ui.widgets.lines import TextLines


class Help(Screen[None]):
    """The help of one place; any of Esc, q, ? and Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter,f1", "close", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
    ]

    def __init__(self, title: str, text: str, commands: list[tuple[Command, str, str]]) -> None:
        super().__init__()
        self._title, self._text, self._commands = title, text, commands

    def compose(self) -> ComposeResult:
        """Lay out the text and the last line."""
        yield TextLines(id="help-text")
        yield TextLines(id="picker-foot")

    def on_mount(self) -> None:
        """Show the text."""
        self.query_one("#help-text", TextLines).show(
            lambda width: help_lines(self._title, self._text, self._commands, width)
        )
        self.query_one("#picker-foot", TextLines).show(lambda width: [(Span(" ↑ ↓ scroll · esc back", "dim"),)])

    def action_scroll(self, step: int) -> None:
        """Scroll the text."""
        text = self.query_one("#help-text", TextLines)
        text.show_from(text.top + step)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)


def help_lines(title: str, text: str, commands: list[tuple[Command, str, str]], width: int) -> list[Line]:
    """Return the lines of a help page: the text, then the keys that apply, by where they do."""
    lines: list[Line] = [(Span(f" {title}", "heading"),), ()]
    for paragraph in text.split("\n\n"):
        lines += [(Span(" "), *line) for line in wrapped(" ".join(paragraph.split()), width - 2)]
        lines.append(())
    for where, heading in WHERE.items():
        here = [(command, reason) for command, _, reason in commands if command.where == where]
        if here:
            lines.append((Span(f" {heading}", "heading"),))
            for command, reason in here:
                lines += _key_lines(command, reason, width)
            lines.append(())
    return lines


_KEYS = 16


def _key_lines(command: Command, reason: str, width: int) -> list[Line]:
    """Return the keys of a command and what it does, over as many lines as that takes."""
    told = wrapped(command.help, max(width - _KEYS - 3, 10))
    if reason:
        told += wrapped(f"Not now: {reason}", max(width - _KEYS - 3, 10), "bad")
    keys = Span("  " + fit(keys_signs(command.keys), _KEYS), "key")
    return [((keys if place == 0 else Span(" " * (_KEYS + 2))), *line) for place, line in enumerate(told)]
