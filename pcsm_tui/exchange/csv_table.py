"""Tables as CSV: comma, double quotes, UTF-8, a header of column names, LF.

A spreadsheet takes a cell that begins with = + - @ for a formula, and runs it. Such a cell gets an apostrophe in front,
by which spreadsheets know text and which an import takes off again. It does so too after a tab, a line end, or a
full-width sign, which some spreadsheets read as the plain one. Left as it is: what is a number as typed, or a telephone
number, that is a sign followed by digits in groups (-5, -1,200.50 EUR, -5 %, +49 170 1234567).
"""

from __future__ import annotations

import csv
import io
import re

from pcsm_tui.domain.safe_text import safe_text
from pcsm_tui.reports.document import Table

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]\d+(?:[ ,]\d+)*(?:\.\d+)?(?: ?%| [A-Z]{3})?")


def csv_table(table: Table) -> str:
    """Return a table as CSV with a header line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([cell_text(name) for name in table.columns])
    writer.writerows([cell_text(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def cell_text(text: str) -> str:
    """Return a cell's text, kept from being a formula, with control characters made visible."""
    guarded = f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
    return safe_text(guarded.replace("\r\n", "\n"))
