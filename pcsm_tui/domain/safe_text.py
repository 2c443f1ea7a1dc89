"""Text from data as it may be shown: what would steer a terminal or reorder a line is made visible instead."""

from __future__ import annotations

import re

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides and isolates
    "\u200b\u2028\u2029\u2060\ufeff"  # invisible spaces and separators, under which one text passes for another
    "\ud800-\udfff]"  # lone surrogates, which no encoding can write
)
"""A character that must not reach a terminal, or be written into a document, as it is."""


def safe_text(text: str) -> str:
    """Return the text with every unsafe character replaced by a visible sign; newlines and tabs stay.

    ESC becomes `␛` and other controls their pictures, C1 `⟨9B⟩`, invisible and direction-changing ones `⟪U+202E⟫`.
    """
    if text.isprintable() or not UNSAFE.search(text):  # no unsafe character is printable, and most text is all so
        return text
    return UNSAFE.sub(_visible, text)


def safe_line(text: str) -> str:
    """Return the text safe and on one line: any run of white space, newlines included, is one space."""
    return safe_text(" ".join(text.split()))


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"⟨{code:02X}⟩" if code < 0xA0 else f"⟪U+{code:04X}⟫"
