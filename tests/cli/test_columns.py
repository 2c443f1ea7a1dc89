from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.cli.columns import cell_width, cut, laid_out, padded, wrapped


@pytest.mark.parametrize(("text", "cells"), [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("Ａ", 2), ("ä…●", 3)])
def test_width_is_counted_in_cells(text: str, cells: int) -> None:
    assert cell_width(text) == cells


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("ab", 0, ""),
    ],
)
def test_a_line_is_cut_with_an_ellipsis(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


def test_wide_characters_are_padded_by_cells() -> None:
    assert padded("日本", 6) == "日本  "


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one\n\ntwo", 7, ["one", "", "two"]),
        ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]),
        ("日本語", 4, ["日本", "語"]),
    ],
)
def test_text_is_wrapped_between_words(text: str, width: int, lines: list[str]) -> None:
    assert list(wrapped(text, width)) == lines


def test_a_table_that_fits_is_as_wide_as_it_is() -> None:
    table = laid_out(["uid", "Name"], [["a1", "Ballot"], ["b2", "日本"]], 80)
    assert (table.head, table.lines, table.left_out) == ("uid  Name", ("a1   Ballot", "b2   日本"), ())


def test_what_does_not_fit_is_cut_and_then_left_out() -> None:
    row = ["a1", "A name of thirty characters, yes", "Strategy of some length", "Owner"]
    table = laid_out(["uid", "Name", "Strategy", "Owner"], [row], 40)
    assert table.head == "uid  Name" + " " * 15 + "Strategy"
    assert table.lines == ("a1   A name of thirty…  Strategy of som…",)
    assert table.left_out == ("Owner",)


def test_a_least_width_is_kept() -> None:
    row = ["a1", "A name of thirty characters, yes", "Strategy of some length"]
    table = laid_out(["uid", "Name", "Strategy"], [row], 40, [0, 32, 0])
    assert table.lines == ("a1   A name of thirty characters, yes",)
    assert table.left_out == ("Strategy",)


CELL = st.text(max_size=40).map(lambda text: " ".join(text.split()))


ROWS = st.integers(1, 6).flatmap(lambda count: st.lists(st.lists(CELL, min_size=count, max_size=count), min_size=1))


@given(ROWS, st.integers(20, 120))
def test_no_line_is_ever_wider_than_asked(rows: list[list[str]], width: int) -> None:
    table = laid_out([f"Column {place}" for place in range(len(rows[0]))], rows, width)
    assert max(cell_width(line) for line in (table.head, *table.lines)) <= width


@given(st.text(max_size=200), st.integers(2, 60))
def test_wrapping_keeps_to_the_width_and_loses_no_word(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert all(cell_width(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.expandtabs(4).split())
