from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.exchange.csv_table import cell_text, csv_table
from pcsm_tui.reports.document import Table


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-1+1|x", "'-1+1|x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'␍=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("- a list", "'- a list"),
        ("+49-30-1234", "'+49-30-1234"),  # a spreadsheet would subtract
        ("'=1", "''=1"),  # else it could not be told from one that was guarded
    ],
)
def test_fault_095_what_a_spreadsheet_would_run_is_guarded(typed: str, written: str) -> None:
    assert cell_text(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "-5",
        "-1,200.50 EUR",
        "-5 %",
        "+49 170 1234567",
        "+497001234",
        "12",
        "a=b",
        "mail@x",
        "it's",
        "'quoted'",
        "00123",
        "",
    ],
)
def test_fault_095_numbers_and_telephone_numbers_keep_their_value(typed: str) -> None:
    assert cell_text(typed) == typed


def test_control_characters_are_made_visible() -> None:
    assert cell_text("a\x1b[31mb") == "a␛[31mb"


def test_a_table_is_written_with_its_header() -> None:
    table = Table(("Name", "Note"), (("Old radios", 'He said "no", twice'), ("Ballot", "one\ntwo")))
    assert csv_table(table) == 'Name,Note\nOld radios,"He said ""no"", twice"\nBallot,"one\ntwo"\n'


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"])), min_size=2, max_size=2))
)
def test_taking_the_guard_off_gives_back_what_was_typed(rows: list[list[str]]) -> None:
    written = csv_table(Table(("a", "b"), tuple(tuple(row) for row in rows)))
    read = list(csv.reader(io.StringIO(written)))[1:]
    guarded = tuple("=+-@＝＋－＠")

    def unguarded(cell: str) -> str:
        return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(guarded) else cell

    visible = str.maketrans({"\u2028": "⟪U+2028⟫", "\u2029": "⟪U+2029⟫"})
    assert [[unguarded(cell) for cell in row] for row in read] == [
        [cell.translate(visible) for cell in row] for row in rows
    ]
