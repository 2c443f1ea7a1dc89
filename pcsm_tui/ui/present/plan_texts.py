"""Sentences about the plan as lines: why a task lies where it lies, what an edit would move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pcsm_tui.ui.present.line import Line, Span, wrapped


def sentence_lines(sentences: Iterable[str], width: int, role: str = "") -> list[Line]:
    """Return sentences one after the other as a text with a margin, the first one in bold."""
    lines: list[Line] = []
    for place, sentence in enumerate(sentences):
        shown = "title" if place == 0 else role
        lines += [(Span(" "), *line) for line in wrapped(sentence, max(width - 2, 8), shown)]
    return lines


def preview_lines(sentences: Sequence[str], width: int) -> list[Line]:
    """Return what an edit would move: that it is not done yet, then what would happen, as far as there is room."""
    return sentence_lines([f"Not done yet: {sentences[0]}", *sentences[1:]], width) if sentences else []


def listed(heading: str, texts: Iterable[str], width: int, role: str = "") -> list[Line]:
    """Return a heading with texts below it, each with a mark; nothing when there are none."""
    lines: list[Line] = []
    for text in texts:
        first, *rest = wrapped(text, max(width - 5, 8), role)
        lines += [(Span(" · "), *first), *((Span("   "), *line) for line in rest)]
    return [(), (Span(f" {heading}", "heading"),), *lines] if lines else []
