"""One question in the bottom line of a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from pcsm_tui.errors import PcsmError
from pcsm_tui.ui.widgets.inputs import QuietInput


class PromptBar(Vertical):
    """Asks for a text in the place of the bottom line.

    `check` is called with what was typed and refuses it by raising `PcsmError`, whose sentence is shown above the text
    until it is changed; `typed` is called at every change. Posts `Answered`, with None when it is given up with Esc.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Give up", show=False),
        Binding("tab,shift+tab", "stay", show=False),
    ]

    class Answered(Message):
        """The answer was given, or given up."""

        def __init__(self, text: str | None) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        question: str,
        text: str = "",
        hint: str = "",
        check: Callable[[str], object] | None = None,
        typed: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(id="prompt")
        self._question, self._text, self._hint = question, text, hint
        self._check, self._typed = check, typed

    def compose(self) -> ComposeResult:
        """Lay out the question, its answer and the hint."""
        yield Static(id="prompt-reason")
        with Horizontal(id="prompt-line"):
            yield Static(Content(f" {self._question}: "), id="question")
            yield QuietInput(self._text, id="answer")
            yield Static(Content(f" {self._hint} "), id="prompt-hint")

    def on_mount(self) -> None:
        """Be ready to type."""
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell every change to whoever wants it."""
        event.stop()
        self.query_one("#prompt-reason").display = False
        if self._typed:
            self._typed(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer, or say why not."""
        event.stop()
        try:
            if self._check and event.value.strip():
                self._check(event.value)
        except PcsmError as refused:
            reason = self.query_one("#prompt-reason", Static)
            reason.update(Content(str(refused)))
            reason.display = True
            return
        self.post_message(self.Answered(event.value))

    def action_stay(self) -> None:
        """Do nothing: elsewhere keys would be commands while the question still stands."""

    def action_give_up(self) -> None:
        """Answer nothing."""
        self.post_message(self.Answered(None))
