"""A terminal that is only as clever as it must be to take what the screen writes: it holds what one would see."""

from __future__ import annotations

import re

from rich.cells import cell_len

_PART = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|([^\x1b])")


class Painted:
    """Cells of text, written by moving about and putting characters; colours are left out."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], str] = {}
        self._row = self._column = 0

    def write(self, text: str) -> None:
        """Take what is written to the terminal."""
        for numbers, letter, character in _PART.findall(text):
            if letter == "H":
                row, _, column = numbers.partition(";")
                self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
            elif letter:
                assert letter in "mhl", f"a sequence that nothing here knows: {letter}"
            elif character == "\n":
                self._row, self._column = self._row + 1, 0
            else:
                self._put(character)

    def _put(self, character: str) -> None:
        width = cell_len(character)
        if not width:  # joins the character before it
            before = max(
                (column for row, column in self._cells if row == self._row and column < self._column), default=0
            )
            self._cells[self._row, before] = self._cells.get((self._row, before), "") + character
            return
        self._cells[self._row, self._column] = character
        for place in range(self._column + 1, self._column + width):
            self._cells[self._row, place] = ""
        self._column += width

    def lines(self, width: int, height: int) -> list[str]:
        """Return what stands on the screen, line by line."""
        return ["".join(self._cells.get((row, column), " ") for column in range(width)) for row in range(height)]
