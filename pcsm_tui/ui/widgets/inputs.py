"""Textual's input and text area, made quiet and made to lose nothing of a paste."""

from __future__ import annotations

import re

from textual import events
from textual.widgets import Input, TextArea

_LINE_END = re.compile("\r\n|\r|\n")


class QuietInput(Input):
    """A one-line input without border or blinking; line ends of a paste become spaces."""

    takes_text = True
    """Keys that put a character do that here, whatever they mean elsewhere."""

    def __init__(self, value: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """Insert the whole paste in place of what is selected; Textual's own takes its first line only."""
        event.stop()
        event.prevent_default()
        self.replace(_LINE_END.sub(" ", event.text), *self.selection)


class QuietTextArea(TextArea):
    """A text area of several lines without border, line numbers or blinking; Tab leaves it."""

    takes_text = True

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            text, id=id, compact=True, soft_wrap=True, tab_behavior="focus", show_line_numbers=False,
            highlight_cursor_line=False,
        )  # fmt: skip
        self.cursor_blink = False
