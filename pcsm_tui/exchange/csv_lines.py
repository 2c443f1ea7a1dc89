"""The lines of a CSV file, one after the other: comma, semicolon or tab; UTF-8, or UTF-16 with its mark."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import NamedTuple

from pcsm_tui.errors import FileRefused

MOST_COLUMNS = 1_000
LONGEST_LINE = 1_000_000
"""In characters. What is longer is no line of a table, and would fill the memory with cells."""
_DELIMITERS = ",;\t"
_QUOTES = "Look for a quotation mark that is not closed."
_SAVE = "Save it as CSV in UTF-8."
_LINE = re.compile(r"[^\r\n]+(?:\r\n?|\n)?|\r\n?|\n")
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What has no place in a table: C0 without tab and line ends."""
_GUARDED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_OTHER_KINDS = {
    b"PK\x03\x04": "a workbook or another zip file",
    b"\xd0\xcf\x11\xe0": "a workbook of an old Excel, or the like",
    b"\x1f\x8b": "a compressed file",
}
"""What a file is by its first bytes, whatever its name ends with."""


class Line(NamedTuple):
    """A line of the file with something in it: its number, that of its first one when it has several, and its cells."""

    number: int
    cells: list[str]


def csv_lines(data: bytes, name: str, is_known: Callable[[str], bool]) -> Iterator[Line]:
    """Yield the header and the other lines that are not empty; `name` is what the file is called.

    The delimiter is what a first line `sep=;` says, else that by which `is_known` knows most names of the header. Raises
    `FileRefused`, with the line, for what is no text or no CSV, a line that is too long, and a header of too many columns.
    """
    text, skipped, delimiter = _physical(_decoded(data, name), name), 0, ""
    for head in text:
        if separator := _SEPARATOR.fullmatch(head):
            delimiter = separator[1]
        elif head.strip(f"{_DELIMITERS} \r\n"):
            break
        skipped += 1
    else:
        return
    reader = csv.reader(chain([head], text), delimiter=delimiter or _delimiter(head, is_known), strict=True)
    number = skipped + 1
    try:
        for cells in reader:
            if number == skipped + 1 and len(cells) > MOST_COLUMNS:
                raise FileRefused(
                    f"{name}, line {number}: there are {len(cells):,} columns.", f"The limit is {MOST_COLUMNS:,}."
                )
            if any(cell.strip() for cell in cells):
                yield Line(number, cells)
            number = reader.line_num + skipped + 1
    except csv.Error as error:
        raise FileRefused(f"{name}, line {number}: this is no CSV ({error}).", _QUOTES) from None


def unguarded(text: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it (see `csv_table.cell_text`)."""
    return text[1:] if _GUARDED.match(text) else text


def too_many_cells(name: str, line: Line, columns: int) -> FileRefused | None:
    """Return the refusal of a line that has something in more cells than there are columns."""
    if not any(cell.strip() for cell in line.cells[columns:]):
        return None
    return FileRefused(
        f"{name}, line {line.number}: there are {len(line.cells):,} cells in {columns:,} columns.",
        "Put a text that has the separator in it in quotation marks.",
    )


def _decoded(data: bytes, name: str) -> str:
    for mark, kind in _OTHER_KINDS.items():
        if data.startswith(mark):
            raise FileRefused(f"{name} is {kind}, not a text.", "Save the sheet as CSV in UTF-8.")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(f"{name}, line {line}: this is no UTF-8.", _SAVE) from None
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        what = f"control character {ord(control[0]):#04x}" if control[0] != "\x00" else "NUL character"
        raise FileRefused(f"{name}, line {line}: there is a {what}.", _SAVE)
    return text


def _physical(text: str, name: str) -> Iterator[str]:
    """Yield the lines as they stand, with their ends."""
    for number, match in enumerate(_LINE.finditer(text), 1):
        if match.end() - match.start() > LONGEST_LINE:
            length = match.end() - match.start()
            raise FileRefused(
                f"{name}, line {number}: it has {length:,} characters.", f"The limit is {LONGEST_LINE:,}."
            )
        yield match[0]


def _delimiter(head: str, is_known: Callable[[str], bool]) -> str:
    """Return the delimiter by which most names of a header are known, or else that which stands there most often."""

    def fitting(delimiter: str) -> tuple[int, int]:
        names = (name.strip(' "\r\n') for name in head.split(delimiter, MOST_COLUMNS))
        return sum(map(is_known, names)), head.count(delimiter)

    return max(_DELIMITERS, key=fitting)
