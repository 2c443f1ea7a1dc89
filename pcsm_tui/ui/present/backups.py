"""Backups as lines: their columns, fitted to the width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pcsm_tui.ui.present.line import Line, Span, cut, fit

NAMES = ("No.", "Taken", "Age", "Rev.", "Records", "Bytes", "Kept as")
_WIDTHS = (3, 16, 10, 5, 7, 10)
_RIGHT = ("No.", "Rev.", "Records", "Bytes")
_LEAST_LAST = 13


def headings_line(width: int) -> Line:
    """Return the names of the columns."""
    return tuple(_cells({name: name for name in NAMES}, width, "heading"))


def backup_line(cells: Mapping[str, str], width: int, *, damaged: bool) -> Line:
    """Return a backup as a line; one that is damaged stands out by its word and its colour."""
    return tuple(_cells(cells, width, "bad" if damaged else ""))


def _cells(cells: Mapping[str, str], width: int, role: str) -> Iterator[Span]:
    """Yield the columns; where there is little room the last one, which says what the backup is, goes before the others."""
    left = width
    yield Span(" ", role)
    left -= 1
    for name, columns in zip(NAMES, _WIDTHS, strict=False):
        if name in ("No.", "Taken") or left - columns - 1 >= _LEAST_LAST:
            yield Span(fit(cells[name], columns, "right" if name in _RIGHT else "left") + " ", role)
            left -= columns + 1
    if left > 0:
        yield Span(cut(cells[NAMES[-1]], left), role)
