"""What is pasted, told from what is typed, however it is cut up on its way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.ui.pasting import Pastes

BEGIN, END = "\x1b[200~", "\x1b[201~"


def told(*parts: str) -> list[tuple[str, bool]]:
    pastes = Pastes()
    return [found for part in parts for found in pastes.split(part)]


def test_what_stands_between_the_marks_is_pasted() -> None:
    assert told(f"ab{BEGIN}x\ny{END}c") == [("ab", False), ("x\ny", True), ("c", False)]
    assert told("\x1b", "[A") == [("\x1b", False), ("[A", False)], "a key is not held back"
    assert told(f"{BEGIN}\x1b[31m\x00{BEGIN}{END}") == [(f"\x1b[31m{BEGIN}", True)]
    assert told(BEGIN, END) == [("", True)]


@given(st.text("ab\x1b[201~"), st.lists(st.integers(1, 12), max_size=20))
def test_fault_092_a_paste_is_the_same_however_it_arrives(text: str, cuts: list[int]) -> None:
    sent = text.replace(END, "") + END
    parts, rest = [BEGIN], sent
    for cut in cuts:
        parts, rest = [*parts, rest[:cut]], rest[cut:]
    wanted, _, behind = sent.partition(END)
    assert told(*parts, rest)[0] == (wanted, True)
    assert "".join(found for found, pasted in told(*parts, rest) if not pasted) == behind


def test_fault_092_no_more_is_kept_of_a_paste_than_shows_that_it_is_too_long() -> None:
    ((text, pasted),) = told(BEGIN, *["x" * 4096] * 2000, END)
    assert pasted
    assert 200_000 < len(text) < 210_000
