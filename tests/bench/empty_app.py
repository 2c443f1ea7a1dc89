"""The measure of the start: a Textual application with one Static and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """One word on the screen."""

    def compose(self) -> ComposeResult:
        """Lay out the word."""
        yield Static("ready")


if __name__ == "__main__":
    EmptyApp().run(mouse=False)
