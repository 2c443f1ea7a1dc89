"""Lines of text as values: spans with a role each, fitted to a width in terminal cells.

Roles name what a span means (`late`, `dim`, `title`); widgets give them their style. No markup is ever parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from pcsm_tui.domain.safe_text import safe_text

ROLES = (
    "title",
    "dim",
    "late",
    "warn",
    "good",
    "bad",
    "accent",
    "key",
    "rule",
    "cursor",
    "blurred",
    "cell",
    "edit",
    "heading",
)
ELLIPSIS = "…"


class Span(NamedTuple):
    """A run of text with one role; the empty role is plain text."""

    text: str
    role: str = ""


Line = tuple[Span, ...]


def plain(line: Line) -> str:
    """Return the text of a line."""
    return "".join(span.text for span in line)


def one_line(text: str) -> str:
    """Return text safe for one line: control characters visible, line ends as a sign."""
    if text.isprintable():
        return text
    return safe_text(text).replace("\n", " ⏎ ").replace("\t", " ")


def fit(text: str, width: int, align: str = "left") -> str:
    """Return text cut or padded to exactly `width` cells, with an ellipsis where it was cut."""
    if width <= 0:
        return ""
    text = one_line(_beginning(text, width))
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + ELLIPSIS
    padding = " " * (width - length)
    return padding + text if align == "right" else text + padding


def cut(text: str, width: int) -> str:
    """Return text of at most `width` cells, with an ellipsis where it was cut."""
    text = _beginning(text, width)
    return fit(text, width).rstrip() if cell_len(one_line(text)) > width else one_line(text)


def _beginning(text: str, cells: int) -> str:
    """Return what of a text is needed to fill so many cells: a long one need not be measured to its end."""
    most = 4 * max(cells, 10)  # a character of several code points fills two cells
    return text if len(text) <= most else text[:most]


def fitted(line: Iterable[Span], width: int) -> Line:
    """Return a line cut or padded to exactly `width` cells, all of it safe to show."""
    spans, left = [], width
    for span in line:
        text = one_line(span.text)
        length = cell_len(text)
        if length > left:
            if left > 0:
                spans.append(Span(set_cell_size(text, left - 1) + ELLIPSIS, span.role))
            return tuple(spans)
        spans.append(Span(text, span.role))
        left -= length
    if left:
        spans.append(Span(" " * left))
    return tuple(spans)


def ends(left: Iterable[Span], right: Iterable[Span], width: int) -> Line:
    """Return a line with one part at the left and one at the right; the right part is kept whole."""
    tail = tuple(right)
    tail_length = sum(cell_len(span.text) for span in tail)
    return (*fitted(left, max(width - tail_length, 0)), *tail)


def wrapped(text: str, width: int, role: str = "", limit: int = 0) -> list[Line]:
    """Return a text as lines of at most `width` cells, broken between words; `limit` lines at most when given."""
    lines: list[Line] = []
    if limit:
        text = _beginning(text, (limit + 1) * max(width, 2))
    for paragraph in safe_text(text).expandtabs(4).split("\n"):
        current = ""
        for word in paragraph.split(" "):
            candidate = f"{current} {word}" if current else word
            if cell_len(candidate) <= width:
                current = candidate
                continue
            if current:
                lines.append((Span(current, role),))
            pieces = chop_cells(word, max(width, 2)) or [""]
            lines += [(Span(piece, role),) for piece in pieces[:-1]]
            current = pieces[-1]
        lines.append((Span(current, role),))
    if limit and len(lines) > limit:
        last = plain(lines[limit - 1])
        lines = [*lines[: limit - 1], (Span(cut(last + " " + ELLIPSIS, width), role),)]
    return lines


def reflowed(text: str) -> str:
    """Return a declared text with its single line ends taken as spaces, paragraphs kept."""
    return "\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def columns(widths: Sequence[int], flexible: Sequence[int], available: int, gap: int = 1) -> list[int]:
    """Return column widths that fit: the flexible ones (by index) share what the others leave, or are cut."""
    spare = available - sum(widths) - gap * (len(widths) - 1)
    fitting = list(widths)
    for place, index in enumerate(flexible):
        share = spare // (len(flexible) - place)
        fitting[index] = max(fitting[index] + share, 4)
        spare -= share
    return fitting
