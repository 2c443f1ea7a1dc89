from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.safe_text import safe_line, safe_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, é 日本語 ✓", "plain text, é 日本語 ✓"),
        ("\x1b]52;c;QUJD\x07", "␛]52;c;QUJD␇"),
        ("\x9b2J", "⟨9B⟩2J"),
        ("\x1b]0;title", "␛]0;title"),
        ("\x00\x7f\r", "␀␡␍"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\u202egnp.exe", "⟪U+202E⟫gnp.exe"),
        ("\u2066\u2069\u200e\u200f\u061c", "⟪U+2066⟫⟪U+2069⟫⟪U+200E⟫⟪U+200F⟫⟪U+061C⟫"),
        ("pay\u200bpal", "pay⟪U+200B⟫pal"),
        ("\udcff", "⟪U+DCFF⟫"),
        ("[/foo] {x} 100 %", "[/foo] {x} 100 %"),
    ],
)
def test_fault_090_control_and_direction_characters_are_made_visible(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_joiners_of_scripts_that_need_them_stay() -> None:
    persian = "می\u200cخواهم"
    assert safe_text(persian) == persian


@given(st.text(alphabet=st.characters(codec=None)))
def test_fault_090_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = safe_text(text)
    assert not {character for character in shown if (character < " " and character not in "\n\t")}
    assert not {character for character in shown if "\x7f" <= character <= "\x9f"}
    shown.encode()


@given(st.text())
def test_safe_text_is_left_as_the_very_same_object(text: str) -> None:
    shown = safe_text(text)
    assert safe_text(shown) is shown


def test_a_line_has_no_line_ends() -> None:
    assert safe_line(" one\r\n two\t\tthree\x1b ") == "one two three␛"
