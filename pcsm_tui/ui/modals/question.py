"""A question that needs an answer before one goes on: what it is about, and a key for each answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from pcsm_tui.ui.present.line import Line, Span, one_line, wrapped
from pcsm_tui.ui.widgets.lines import TextLines

if TYPE_CHECKING:
    from pcsm_tui.workspace.session import Session


class Answer(NamedTuple):
    """An answer: the key that gives it, what it does, and what the question is answered with."""

    key: str
    words: str
    value: str


class Question(Screen[str | None]):
    """Shows a text and answers by keys; Esc gives none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
    ]

    def __init__(self, title: str, lines: Callable[[int], list[Line]], answers: tuple[Answer, ...]) -> None:
        super().__init__()
        self._title, self._lines, self._answers = title, lines, answers

    def compose(self) -> ComposeResult:
        """Lay out the title, the text and the answers."""
        yield TextLines(id="picker-title")
        yield TextLines(id="help-text")
        yield TextLines(id="picker-foot")

    def on_mount(self) -> None:
        """Show the question."""
        title, words = self._title, " · ".join(f"{answer.key} {answer.words}" for answer in self._answers)
        self.query_one("#picker-title", TextLines).show(lambda width: [(Span(f" {one_line(title)}", "title"),)])
        self.query_one("#help-text", TextLines).show(self._lines)
        self.query_one("#picker-foot", TextLines).show(lambda width: [(Span(f" {words} · esc later", "key"),)])

    def on_key(self, event: events.Key) -> None:
        """Answer by a key."""
        for answer in self._answers:
            if event.key == answer.key:
                event.stop()
                self.dismiss(answer.value)

    def action_scroll(self, step: int) -> None:
        """Scroll the text."""
        text = self.query_one("#help-text", TextLines)
        text.show_from(text.top + step)

    def action_later(self) -> None:
        """Leave it undecided."""
        self.dismiss(None)


def recovery_question(session: Session) -> tuple[str, Callable[[int], list[Line]], tuple[Answer, ...]]:
    """Return title, text and answers for what an earlier session left behind."""
    sentences = session.told_left()

    def lines(width: int) -> list[Line]:
        return [(Span(" "), *line) for text in sentences for line in wrapped(text, width - 2)]

    answers = (Answer("enter", "takes it in (u takes it back)", "take"), Answer("d", "discards it", "discard"))
    return f"{session.engagement.name}: not saved when pcsm last ended", lines, answers
