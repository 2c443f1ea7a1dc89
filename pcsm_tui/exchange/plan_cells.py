"""The rows of a plan in CSV: the header, and cells as values. What does not fit is refused by line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from pcsm_tui.domain.dates import read_date
from pcsm_tui.domain.plan import read_elapsed
from pcsm_tui.domain.quantities import read_decimal, read_duration, read_money
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import FileRefused, ValueRefused, nearest

COLUMNS = (
    "id", "name", "duration", "predecessors", "parent", "owner", "start", "finish", "percent_complete", "kind",
    "constraint", "constraint_date", "deadline", "actual_start", "actual_finish", "remaining_duration", "optimistic",
    "pessimistic", "deliverable", "budget", "state", "uid",
)  # fmt: skip
"""The columns of an export, in order; a file needs the first two."""
OUTLINE_LEVEL = "outline_level"
_ALSO = {
    "task_name": "name", "predecessor": "predecessors", "start_date": "start", "finish_date": "finish",
    "end_date": "finish", "end": "finish", "resource_names": "owner", "parent_id": "parent",
    "complete": "percent_complete", "percent": "percent_complete",
}  # fmt: skip
"""Other names that planners export."""
_NEEDED = ("id", "name")
_DELIMITERS = ",;\t"
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_GUARDED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_DAY = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4})(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?", re.ASCII)
_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_WORDS = {"hrs": "h", "hr": "h", "wks": "w", "wk": "w", "mons": "mo", "mon": "mo"}
_WORD = re.compile(r"[a-z]+")
_NOBODY_READS_RELATIVE_DATES = date(2000, 1, 1)


class _Reader(Protocol):
    """A reader of `csv`."""

    @property
    def line_num(self) -> int:
        """The lines read so far."""

    def __next__(self) -> list[str]: ...


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

    def duration(self, column: str) -> Value:
        """Return working minutes, or elapsed ones as `{"elapsed": minutes}`; None for an empty cell."""
        text = _COMMA.sub(".", self.text(column).rstrip("?").casefold())
        if not text:
            return None
        try:
            elapsed = read_elapsed(text)
            if elapsed is not None:
                return {"elapsed": elapsed}
            return read_duration(_WORD.sub(lambda word: _WORDS.get(word[0], word[0]), text))
        except ValueRefused as refused:
            negative = text.startswith("-")
            hint = "A duration is not negative." if negative else refused.hint
            raise self.refused(column, refused.message, hint) from None

    def working_duration(self, column: str) -> Value:
        """Return working minutes; None for an empty cell."""
        found = self.duration(column)
        if isinstance(found, dict):
            raise self.refused(column, f"{self.text(column)!r} is elapsed time.", "Write working time: 5d, 4h, 2w.")
        return found

    def when(self, column: str) -> str | None:
        """Return a day, with its time where one is given; None for an empty cell."""
        text = self.text(column)
        if not text:
            return None
        match = _DAY.fullmatch(text)
        if match is None or (match[2] and (int(match[2]) > 23 or int(match[3]) > 59)):
            raise self.refused(column, f"{text!r} is not a date.", "Write 2026-11-30, or 2026-11-30T10:30.")
        try:
            day = read_date(match[1], _NOBODY_READS_RELATIVE_DATES).isoformat()
        except ValueRefused as refused:
            raise self.refused(column, refused.message, "Write 2026-11-30, or 2026-11-30T10:30.") from None
        return f"{day}T{int(match[2]):02d}:{match[3]}" if match[2] else day

    def day(self, column: str) -> date | None:
        """Return a day; None for an empty cell."""
        found = self.when(column)
        return None if found is None else date.fromisoformat(found[:10])

    def percent(self, column: str) -> int:
        """Return a percentage in tenths; 0 for an empty cell."""
        text = _COMMA.sub(".", self.text(column).removesuffix("%").strip())
        if not text:
            return 0
        try:
            found = read_decimal(text, 1)
        except ValueRefused as refused:
            raise self.refused(column, refused.message, refused.hint) from None
        if not 0 <= found <= 1000:
            raise self.refused(column, f"{text} is out of range.", "Write 0 to 100.")
        return found

    def money(self, column: str, currency: str) -> Value:
        """Return an amount; None for an empty cell."""
        text = self.text(column)
        try:
            return read_money(text, currency) if text else None
        except ValueRefused as refused:
            raise self.refused(column, refused.message, refused.hint) from None

    def choice(self, column: str, choices: Sequence[str]) -> str:
        """Return one of the choices, however it is capitalized; nothing for an empty cell."""
        text = self.text(column)
        found = next((choice for choice in choices if choice.casefold() == text.casefold()), "")
        if text and not found:
            raise self.refused(column, f"{text!r} is not one of the choices.", f"Write {', '.join(choices)}.")
        return found

    def level(self, column: str) -> int:
        """Return an outline level, 1 at the top."""
        text = self.text(column)
        if not (text.isascii() and text.isdigit() and len(text) < 4):
            raise self.refused(column, f"{text!r} is not a level.", "Write 1 for the top, 2 below it.")
        return int(text)


def unguarded(text: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it (see `csv_table.cell_text`)."""
    return text[1:] if _GUARDED.match(text) else text


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its mark. Raises `FileRefused` with the line."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(f"{name}, line {line}: this is no UTF-8.", "Save it as CSV in UTF-8.") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise FileRefused(f"{name}, line {line}: there is a NUL character.", "Save it as CSV in UTF-8.")
    return text


def rows_of(text: str, name: str) -> tuple[list[str], Iterator[PlanRow], list[str]]:
    """Return the columns known here, the rows, and the columns not known. Raises `FileRefused`."""
    lines = list(io.StringIO(text, newline=""))
    skipped = 0
    while skipped < len(lines) and not lines[skipped].strip(f"{_DELIMITERS} \r\n"):
        skipped += 1
    delimiter = ""
    if skipped < len(lines) and re.fullmatch(r"sep=.\s*", lines[skipped], re.IGNORECASE):
        delimiter, skipped = lines[skipped][4], skipped + 1
    if skipped == len(lines):
        raise FileRefused(f"{name} is empty.", f"A plan has the columns {', '.join(COLUMNS[:4])}.")
    delimiter = delimiter or _sniffed(lines[skipped])
    reader = csv.reader(lines[skipped:], delimiter=delimiter, strict=True)
    header = _header(reader, name, skipped)
    known = [column for column in header if column in (*COLUMNS, OUTLINE_LEVEL)]
    unknown = [column for column in header if column and column not in known]
    for column in known:
        if known.count(column) > 1:
            raise FileRefused(f"{name}, line {skipped + 1}: the column {column} is there twice.", "Take one away.")
    for column in _NEEDED:
        if column not in known:
            found = ", ".join(repr(other) for other in header[:12])
            hint = nearest(column, unknown) or f"A plan has the columns {', '.join(COLUMNS[:4])}."
            raise FileRefused(f"{name}, line {skipped + 1}: there is no column {column} in {found}.", hint)
    return known, _rows(reader, header, name, skipped), unknown


def _sniffed(line: str) -> str:
    """Return the delimiter by which most columns of a header are known."""

    def known(delimiter: str) -> int:
        names = (_column(cell.strip(' "\r\n')) for cell in line.split(delimiter))
        return sum(name in COLUMNS for name in names)

    return max(_DELIMITERS, key=known)


def _column(text: str) -> str:
    name = re.sub(r"[^0-9a-z]+", "_", text.casefold().replace("%", "percent ")).strip("_")
    return _ALSO.get(name, name)


def _header(reader: _Reader, name: str, skipped: int) -> list[str]:
    try:
        return [_column(cell) for cell in next(reader)]
    except csv.Error as error:
        raise FileRefused(f"{name}, line {skipped + 1}: this is no CSV ({error}).", _QUOTES) from None


_QUOTES = "Look for a quotation mark that is not closed."


def _rows(reader: _Reader, header: list[str], name: str, skipped: int) -> Iterator[PlanRow]:
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(f"{name}, line {line}: this is no CSV ({error}).", _QUOTES) from None
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            raise FileRefused(
                f"{name}, line {line}: there are {len(cells)} cells in {len(header)} columns.",
                "Put a text that has the separator in it in quotation marks.",
            )
        yield PlanRow(
            name, line, {column: unguarded(cell) for column, cell in zip(header, cells, strict=False) if cell}
        )
