"""Lines on a grid of cells, drawn with box-drawing characters: what is one net is joined, other nets cross."""

from __future__ import annotations

from typing import Protocol

from pcsm_tui.ui.present.line import Span

_LEFT, _RIGHT, _UP, _DOWN = 1, 2, 4, 8
_FLAT, _STEEP = _LEFT | _RIGHT, _UP | _DOWN
_SIGNS = {
    _RIGHT | _DOWN: "┌╓╒╔",
    _LEFT | _DOWN: "┐╖╕╗",
    _RIGHT | _UP: "└╙╘╚",
    _LEFT | _UP: "┘╜╛╝",
    _RIGHT | _STEEP: "├╟╞╠",
    _LEFT | _STEEP: "┤╢╡╣",
    _FLAT | _DOWN: "┬╥╤╦",
    _FLAT | _UP: "┴╨╧╩",
    _FLAT | _STEEP: "┼╫╪╬",
    **dict.fromkeys((_LEFT, _RIGHT, _FLAT), "──══"),
    **dict.fromkeys((_UP, _DOWN, _STEEP), "│║│║"),
}
"""The character for each set of arms: all single, the steep ones double, the flat ones double, all double."""
_SPANS = {
    arms: [Span(sign, "bad" if place else "dim") for place, sign in enumerate(signs)] for arms, signs in _SIGNS.items()
}


class Rectangle(Protocol):
    """What a box is drawn by, in cells."""

    @property
    def column(self) -> int: ...
    @property
    def row(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


class _Strand:
    """What of one net goes through a cell in one direction: its arms, and whether any is critical."""

    __slots__ = ("arms", "critical", "net")

    def __init__(self, net: int) -> None:
        self.net = net
        self.arms = 0
        self.critical = False


class Wiring:
    """Nets of straight lines. Two nets may cross, but never share a stretch."""

    def __init__(self) -> None:
        self._flat: dict[tuple[int, int], _Strand] = {}
        self._steep: dict[tuple[int, int], _Strand] = {}
        self._put: dict[tuple[int, int], Span] = {}

    def across(self, net: int, row: int, begin: int, end: int, *, critical: bool) -> None:
        """Draw a line of a net in a row, from one column to another at its right, both included."""
        for column in range(begin, end + 1):
            arms = (_LEFT if column > begin else 0) | (_RIGHT if column < end else 0)
            self._draw(self._flat, (row, column), net, arms, critical)

    def along(self, net: int, column: int, begin: int, end: int, *, critical: bool) -> None:
        """Draw a line of a net in a column, from one row to another, both included."""
        low, high = min(begin, end), max(begin, end)
        for row in range(low, high + 1):
            arms = (_UP if row > low else 0) | (_DOWN if row < high else 0)
            self._draw(self._steep, (row, column), net, arms, critical)

    def box(self, net: int, box: Rectangle, *, critical: bool) -> None:
        """Draw the border of a box as a part of a net: lines of the net that begin in it are joined to it."""
        right, bottom = box.column + box.width - 1, box.row + box.height - 1
        for row in (box.row, bottom):
            self.across(net, row, box.column, right, critical=critical)
        for column in (box.column, right):
            self.along(net, column, box.row, bottom, critical=critical)

    def put(self, row: int, column: int, sign: Span) -> None:
        """Put a sign over whatever is drawn in a cell."""
        self._put[row, column] = sign

    def signs(self) -> dict[int, dict[int, Span]]:
        """Return the signs by row and column."""
        rows: dict[int, dict[int, Span]] = {}
        for row, column in self._flat.keys() | self._steep.keys() | self._put.keys():
            sign = self._put.get((row, column)) or _sign(self._flat.get((row, column)), self._steep.get((row, column)))
            rows.setdefault(row, {})[column] = sign
        return rows

    @staticmethod
    def _draw(
        strands: dict[tuple[int, int], _Strand], cell: tuple[int, int], net: int, arms: int, critical: bool
    ) -> None:
        if not arms:
            return
        strand = strands.get(cell)
        if strand is None:
            strand = strands[cell] = _Strand(net)
        strand.arms |= arms
        strand.critical |= critical


def _sign(flat: _Strand | None, steep: _Strand | None) -> Span:
    """Return the character for what goes through a cell: of two nets that cross the critical one, else the steep one."""
    if flat is not None and steep is not None and flat.net != steep.net:
        if flat.critical and not steep.critical:
            steep = None
        else:
            flat = None
    arms = (flat.arms if flat else 0) | (steep.arms if steep else 0)
    doubles = (flat is not None and flat.critical, steep is not None and steep.critical)
    return _SPANS[arms][2 * doubles[0] + doubles[1]]
