"""A list to choose from by typing: commands, tools, engagements, gaps."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from pcsm_tui.ui.present.line import Line, Span, cut, fit, one_line, wrapped
from pcsm_tui.ui.widgets.inputs import QuietInput
from pcsm_tui.ui.widgets.lines import LineList, TextLines


class Item(NamedTuple):
    """Something to choose: its text, what is said of it at the right, and what it stands for."""

    key: str
    text: str
    detail: str = ""
    value: Any = None
    words: str = ""
    """More words by which it is found."""
    note: str = ""
    """What more is said of it while the cursor is on it."""
    disabled: str = ""
    """Why it cannot be chosen now; empty when it can."""


class Picker(Screen[Item | None]):
    """Shows items that hold every word that is typed; the answer is the chosen one, or None.

    A screen of its own rather than a box over the one below: that one need not be drawn again and again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, title: str, items: list[Item]) -> None:
        super().__init__()
        self._title, self._items = title, items
        self._shown = items

    def compose(self) -> ComposeResult:
        """Lay out the title, the input, the list."""
        yield TextLines(id="picker-title")
        yield QuietInput(id="picker-input")
        yield LineList(id="picker-list", highlighted=self._show_detail)
        yield TextLines(id="picker-detail")
        yield TextLines(id="picker-foot")

    def on_mount(self) -> None:
        """Show everything, ready to type."""
        self.query_one("#picker-title", TextLines).show(
            lambda width: [(Span(" " + cut(self._title, width - 2), "title"),)]
        )
        foot = " type to narrow · enter chooses · esc back"
        self.query_one("#picker-foot", TextLines).show(lambda width: [(Span(foot, "dim"),)])
        self.query_one(LineList).can_focus = False
        self._narrow("")
        self.query_one(Input).focus()

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        found = [item for item in self._items if _holds(item, words)]
        if words:
            found.sort(key=lambda item: _rank(item, text.casefold().strip()))
        self._shown = found
        self.query_one(LineList).set_rows([item.key for item in found], self._line)
        self.query_one(LineList).action_first()
        self._show_detail()

    def _show_detail(self) -> None:
        """Show in full what the cursor is on: the line above may be cut."""
        place = self.query_one(LineList).cursor
        item = self._shown[place] if 0 <= place < len(self._shown) else Item("", "Nothing holds that.")
        text = " · ".join(part for part in (item.text, item.disabled or item.detail, item.note) if part)
        self.query_one("#picker-detail", TextLines).show(
            lambda width: [(Span(" "), *line) for line in wrapped(text, width - 2, limit=2)]
        )

    def _line(self, index: int, width: int, selected: bool) -> Line:
        item = self._shown[index]
        detail = one_line(item.disabled or item.detail)
        room = max(min(len(detail), width // 2), 0)
        return (
            Span(" " + fit(item.text, width - room - 3), "dim" if item.disabled else ""),
            Span(" " + cut(detail, room) + " ", "bad" if item.disabled else "dim"),
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose what the cursor is on."""
        event.stop()
        place = self.query_one(LineList).cursor
        if 0 <= place < len(self._shown) and not self._shown[place].disabled:
            self.dismiss(self._shown[place])

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Choose what one clicks on."""
        event.stop()
        if not self._shown[event.index].disabled:
            self.dismiss(self._shown[event.index])

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        lines = self.query_one(LineList)
        lines.cursor = min(max(lines.cursor + step, 0), max(len(self._shown) - 1, 0))

    def action_give_up(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _holds(item: Item, words: list[str]) -> bool:
    whole = f"{item.text} {item.detail} {item.words} {item.note}".casefold()
    return all(word in whole for word in words)


def _rank(item: Item, text: str) -> tuple[bool, int, int]:
    """Return a key by which the likeliest come first: names that begin so, then words that do, then the rest.

    What cannot be chosen now comes behind all that can, so that Enter after a name does not stop at it.
    """
    name, disabled = item.text.casefold(), bool(item.disabled)
    if name.startswith(text):
        return (disabled, 0, len(name))
    return (disabled, 1, 0) if any(word.startswith(text) for word in name.split()) else (disabled, 2, 0)
