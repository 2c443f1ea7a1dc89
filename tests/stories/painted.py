"""A terminal that is only as clever as it must be to take what the screen writes: it holds what one would see."""

from __future__ import annotations

import re

from rich.cells import cell_len

_PART = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|([^\x1b])")


class Painted:
    """Cells of text with their colours, written by moving about and putting characters."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], tuple[str, str]] = {}
        self._row = self._column = 0
        self._colours = ""

    def write(self, text: str) -> None:
        """Take what is written to the terminal."""
        for numbers, letter, character in _PART.findall(text):
            if letter == "H":
                row, _, column = numbers.partition(";")
                self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
            elif letter == "m":
                self._colours = "" if numbers in ("", "0") else numbers
            elif letter:
                assert letter in "hl", f"a sequence that nothing here knows: {letter}"
            elif character == "\n":
                self._row, self._column = self._row + 1, 0
            else:
                self._put(character)

    def _put(self, character: str) -> None:
        width = cell_len(character)
        if not width:  # it joins the character before it
            before = max(
                (column for row, column in self._cells if row == self._row and column < self._column), default=0
            )
            text, colours = self._cells.get((self._row, before), ("", ""))
            self._cells[self._row, before] = (text + character, colours)
            return
        self._cells[self._row, self._column] = (character, self._colours)
        for place in range(self._column + 1, self._column + width):
            self._cells[self._row, place] = ("", self._colours)
        self._column += width

    def differences(self, other: Painted, width: int, height: int) -> list[tuple[int, int, object, object]]:
        """Return the cells of a screen of this size that look otherwise in another one, each with both looks."""
        places = ((row, column) for row in range(height) for column in range(width))
        looks = ((*place, self._cells.get(place), other._cells.get(place)) for place in places)
        return [look for look in looks if look[2] != look[3]]
