"""The rows of a plan in CSV: the header, and cells as values. What does not fit is refused by line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from pcsm_tui.domain.dates import HOW_TO_WRITE, read_date
from pcsm_tui.domain.plan import read_elapsed
from pcsm_tui.domain.quantities import read_decimal, read_duration, read_money
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import FileRefused, ValueRefused, cut
from pcsm_tui.exchange.csv_lines import Line, too_many_cells, unguarded
from pcsm_tui.exchange.imported import refuse_many
from pcsm_tui.exchange.plan_columns import Header, opened_plan

LONGEST_CELL = 100
"""The characters of a cell that holds a number, a duration, a date or an amount."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_DAY = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4})(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?", re.ASCII)
_DATES = "Write 2026-11-30, or 2026-11-30T10:30."
_NOBODY_READS_RELATIVE_DATES = date(2000, 1, 1)


class PlanRow(NamedTuple):
    """A row of the file: its line, and its cells by column."""

    file_name: str
    line: int
    cells: dict[str, str]

    @property
    def where(self) -> str:
        """The row's place."""
        return f"line {self.line}"

    def refused(self, column: str, message: str, hint: str) -> FileRefused:
        """Return the refusal of a cell."""
        return FileRefused(f"{self.file_name}, line {self.line}, column {column}: {message}", hint)

    def text(self, column: str) -> str:
        """Return a cell as one line of text, without white space around it."""
        return _LINE_BREAK.sub(" ", self.cells.get(column, "")).strip()

    def short(self, column: str) -> str:
        """Return a cell that holds a value of a few characters. Raises `FileRefused` for a longer one."""
        text = self.text(column)
        if len(text) > LONGEST_CELL:
            raise self.refused(column, f"it has {len(text):,} characters.", f"The limit is {LONGEST_CELL}.")
        return text

    def duration(self, column: str) -> Value:
        """Return working minutes, or elapsed ones as `{"elapsed": minutes}`; None for an empty cell."""
        text = self.short(column).rstrip("?")
        if not text:
            return None
        try:
            elapsed = read_elapsed(text)
            return read_duration(text) if elapsed is None else {"elapsed": elapsed}
        except ValueRefused as refused:
            hint = "A duration is not negative." if text.startswith("-") else refused.hint
            raise self.refused(column, refused.message, hint) from None

    def working_duration(self, column: str) -> Value:
        """Return working minutes; None for an empty cell."""
        found = self.duration(column)
        if isinstance(found, dict):
            raise self.refused(column, f"{self.short(column)!r} is elapsed time.", "Write working time: 5d, 4h, 2w.")
        return found

    def when(self, column: str) -> str | None:
        """Return a day, with its time where one is given; None for an empty cell."""
        text = self.short(column)
        if not text:
            return None
        match = _DAY.fullmatch(text)
        if match is None or (match[2] and (int(match[2]) > 23 or int(match[3]) > 59)):
            raise self.refused(column, f"{cut(text)!r} is not a date.", _DATES)
        try:
            day = read_date(match[1], _NOBODY_READS_RELATIVE_DATES).isoformat()
        except ValueRefused as refused:
            hint = _DATES if refused.hint == HOW_TO_WRITE else refused.hint
            raise self.refused(column, refused.message, hint) from None
        return f"{day}T{int(match[2]):02d}:{match[3]}" if match[2] else day

    def day(self, column: str) -> date | None:
        """Return a day; None for an empty cell."""
        found = self.when(column)
        return None if found is None else date.fromisoformat(found[:10])

    def percent(self, column: str) -> int:
        """Return a percentage in tenths; 0 for an empty cell."""
        text = self.short(column).removesuffix("%").strip()
        if not text:
            return 0
        try:
            found = read_decimal(text, 1, comma=True)
        except ValueRefused as refused:
            raise self.refused(column, refused.message, refused.hint) from None
        if not 0 <= found <= 1000:
            raise self.refused(column, f"{cut(text)} is out of range.", "Write 0 to 100.")
        return found

    def money(self, column: str, currency: str) -> Value:
        """Return an amount; None for an empty cell."""
        text = self.short(column)
        try:
            return read_money(text, currency) if text else None
        except ValueRefused as refused:
            raise self.refused(column, refused.message, refused.hint) from None

    def choice(self, column: str, choices: Sequence[str]) -> str:
        """Return one of the choices, however it is capitalized; nothing for an empty cell."""
        text = self.text(column)
        found = next((choice for choice in choices if choice.casefold() == text.casefold()), "")
        if text and not found:
            raise self.refused(column, f"{cut(text)!r} is not one of the choices.", f"Write {', '.join(choices)}.")
        return found

    def level(self, column: str) -> int:
        """Return an outline level, 1 at the top."""
        text = self.short(column)
        if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text)):
            raise self.refused(column, f"{cut(text)!r} is not a level.", "Write 1 for the top, 2 below it.")
        return int(text)


def plan_rows(data: bytes, name: str) -> tuple[Header, Iterator[PlanRow]]:
    """Return the header of a plan in the bytes of a file, and its rows. Raises `FileRefused`, while they are read too."""
    header, lines = opened_plan(data, name)
    header.check(name)
    return header, _rows(header, lines, name)


def _rows(header: Header, lines: Iterator[Line], name: str) -> Iterator[PlanRow]:
    for count, line in enumerate(lines, 1):
        refuse_many(count, "tasks", f"{name}, line {line.number}")
        if refused := too_many_cells(name, line, len(header.columns)):
            raise refused
        cells = zip(header.columns, line.cells, strict=False)
        yield PlanRow(name, line.number, {column: unguarded(cell) for column, cell in cells if cell})
