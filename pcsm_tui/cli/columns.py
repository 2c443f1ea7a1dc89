"""Text laid out in columns that fit a width counted in terminal cells, wide characters as two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import category, east_asian_width

ELLIPSIS = "…"
GAP = "  "
NARROWEST = 16
"""No column is made narrower than its name or its least width, this unless given, if what it holds is wider."""


def cell_width(text: str) -> int:
    """Return how many terminal cells a line of text takes."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if east_asian_width(character) in "WF":
        return 2
    return 0 if category(character) in ("Mn", "Me", "Cf") else 1


def cut(text: str, width: int) -> str:
    """Return a line of at most so many cells, with an ellipsis where it was cut."""
    if cell_width(text) <= width:
        return text
    kept, used = [], 1
    for character in text:
        used += _character_width(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept) + ELLIPSIS if width > 0 else ""


def padded(text: str, width: int) -> str:
    """Return a line cut or filled with spaces to so many cells."""
    short = cut(text, width)
    return short + " " * (width - cell_width(short))


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, each of at most so many cells, broken between words where there are any."""
    for line in text.expandtabs(4).split("\n"):
        current = ""
        for word in line.split(" "):
            candidate = f"{current} {word}" if current else word
            if cell_width(candidate) <= width:
                current = candidate
                continue
            if current:
                yield current
            *full, current = _pieces(word, width)
            yield from full
        yield current


def _pieces(word: str, width: int) -> list[str]:
    """Return a word in pieces that fit; a single character that is wider than the width stands alone."""
    pieces, used = [""], 0
    for character in word:
        size = _character_width(character)
        if used + size > width and pieces[-1]:
            pieces.append("")
            used = 0
        pieces[-1] += character
        used += size
    return pieces


class Table(NamedTuple):
    """A table laid out: its head, its lines in the order of the rows, and the columns for which there was no room."""

    head: str
    lines: tuple[str, ...]
    left_out: tuple[str, ...]


def laid_out(names: Sequence[str], rows: Sequence[Sequence[str]], width: int, least: Sequence[int] = ()) -> Table:
    """Return rows of one-line cells under the names of their columns, fitted to a width in cells.

    The first column, by which one names a row in other commands, is cut only when it takes more than half of the width.
    `least` are the widths below which columns are left out rather than made narrower, 0 for the usual one.
    """
    natural = [max([cell_width(name), *(cell_width(row[place]) for row in rows)]) for place, name in enumerate(names)]
    floors = [
        min(size, max(floor or NARROWEST, cell_width(name)))
        for size, floor, name in zip(natural, least or [0] * len(names), names, strict=True)
    ]
    widths = _fitted(natural, [min(natural[0], max(width // 2, floors[0])), *floors[1:]], width)
    shown = range(len(widths))

    def line(cells: Sequence[str]) -> str:
        return GAP.join(padded(cells[place], widths[place]) for place in shown).rstrip()

    return Table(line(names), tuple(line(row) for row in rows), tuple(names[len(widths) :]))


def _fitted(natural: list[int], least: list[int], width: int) -> list[int]:
    """Return the widths of as many columns, from the left, as fit at their least; what room is left they share."""
    count = len(natural)
    while count > 1 and sum(least[:count]) + len(GAP) * (count - 1) > width:
        count -= 1
    widths, room = least[:count], width - len(GAP) * (count - 1)
    widths[0] = min(widths[0], room) if count == 1 else widths[0]
    while (spare := room - sum(widths)) > 0:
        growing = [place for place in range(count) if widths[place] < natural[place]]
        if not growing:
            break
        for place in growing[:spare]:
            widths[place] += min(natural[place] - widths[place], max(spare // len(growing), 1))
    return widths
