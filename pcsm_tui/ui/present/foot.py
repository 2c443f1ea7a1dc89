"""The bottom line, and keys as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from pcsm_tui.ui.present.line import Line, Span, ends, one_line, wrapped

LONGEST = 4
"""How many lines a message may take."""

_SIGNS = {
    "enter": "↵",
    "escape": "esc",
    "question_mark": "?",
    "exclamation_mark": "!",
    "colon": ":",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "space": "space",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "equals_sign": "=",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "full_stop": ".",
    "comma": ",",
}


class KeyHint(NamedTuple):
    """A key and the word for what it does here."""

    key: str
    word: str


def key_sign(key: str, ascii_only: bool = False) -> str:
    """Return a key's name as people read it: `enter` as ↵, or as a word in ASCII, `question_mark` as ?."""
    if key == "enter" and ascii_only:
        return key
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _SIGNS.get(last, last)])


def keys_signs(keys: str) -> str:
    """Return several keys, separated by commas in a declaration, as people read them."""
    return " ".join(key_sign(key) for key in keys.split(","))


def foot_lines(
    hints: Sequence[KeyHint], message: str, role: str, status: str, width: int, limit: int = LONGEST
) -> list[Line]:
    """Return the bottom line: as many hints as fit, or a message, and the state of saving at the right.

    A message that needs more room gets up to `limit` lines, so that its reason is not cut off.
    """
    saved = [Span(f" {status} ", "bad" if status[:3].isupper() else "dim")] if status else []
    room = width - sum(cell_len(span.text) for span in saved) - 1
    if message:
        *above, last = wrapped(one_line(message), max(room - 1, 8), role, limit=limit)
        return [*((Span(" "), *line) for line in above), ends([Span(" "), *last], saved, width)]
    return [_hints_line(hints, saved, room, width)]


def _hints_line(hints: Sequence[KeyHint], saved: list[Span], room: int, width: int) -> Line:
    spans, used = [Span(" ")], 1
    for hint in hints:
        length = cell_len(hint.key) + 1 + cell_len(hint.word) + 2
        if used + length > room:
            break
        spans += [Span(hint.key, "key"), Span(f" {hint.word}  ")]
        used += length
    return ends(spans, saved, width)
