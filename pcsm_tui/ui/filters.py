"""Filters over everything that is drawn: the last layer between text from data and the terminal."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from pcsm_tui.ui.present.marks import ASCII
from pcsm_tui.workspace.terms import safe_text


class SafeText(LineFilter):
    """Makes control and direction characters visible, whichever widget let them through."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments as wide as before whose text cannot steer the terminal; control segments are Textual's own."""
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        safe = [
            segment if segment.control else Segment(_on_one_line(safe_text(segment.text)), segment.style)
            for segment in segments
        ]
        return Segment.adjust_line_length(safe, Segment.get_line_length(segments))


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")


class AsciiOnly(LineFilter):
    """Draws the program's own signs with ASCII characters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments with each sign replaced by the one ASCII character that stands for it."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(segment.text.translate(ASCII), segment.style)
            for segment in segments
        ]
