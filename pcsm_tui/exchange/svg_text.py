"""Text in a picture: made safe for XML, and measured without a font."""

from __future__ import annotations

import re
import unicodedata
from xml.sax.saxutils import escape

from pcsm_tui.domain.safe_text import safe_line

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
"""Fonts that systems have. `text_width` knows the widest of them, DejaVu Sans, so that no text runs over another."""

_NOT_XML = re.compile("[\ufffe\uffff]")
"""Characters that XML 1.0 does not know, besides the controls that are made visible before."""
_NARROW, _WIDE = frozenset("iljftrI.,:;'|!()[]{}/\\-` "), frozenset("mwMW@%")


def xml_text(text: str) -> str:
    """Return a text as it may stand in an XML element or between double quotes, on one line, without controls."""
    return escape(_NOT_XML.sub("", safe_line(text)), {'"': "&quot;"})


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return about how wide a text is in a sans-serif font of a size, both in the units of the picture."""
    return sum(map(_share, text)) * size * (1.12 if bold else 1)


def _share(char: str) -> float:
    """Return the width of a character as a share of the font's size."""
    if char in _NARROW:
        return 0.37
    if char in _WIDE or unicodedata.east_asian_width(char) in "WF":
        return 0.95 if char in _WIDE else 1.0
    if unicodedata.combining(char):
        return 0.0
    return 0.7 if char.isupper() else 0.62


def cut(text: str, width: float, size: float, bold: bool = False) -> str:
    """Return a text cut to a width, with `…` where something is missing; empty when not even that has room."""
    line = safe_line(text)
    if text_width(line, size, bold) <= width:
        return line
    room = width - text_width("…", size, bold)
    for place, char in enumerate(line):
        room -= text_width(char, size, bold)
        if room < 0:
            return f"{line[:place].rstrip()}…" if place else ""
    return line
