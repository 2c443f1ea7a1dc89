"""The measure of a key: a Textual application whose arrow keys change one number."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static


class CounterApp(App[None]):
    """A number that the arrows count up and down."""

    BINDINGS: ClassVar[list[BindingType]] = [("down", "count(1)"), ("up", "count(-1)")]
    number = 1000

    def compose(self) -> ComposeResult:
        """Lay out the number."""
        yield Static("1000", id="number")

    def action_count(self, step: int) -> None:
        """Show the next number."""
        self.number += step
        self.query_one("#number", Static).update(str(self.number))


if __name__ == "__main__":
    CounterApp().run(mouse=False)
