"""Elements of XML as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters but for tab and line feed, lone surrogates, and what is no character: XML 1.0 has no way to write
most of them, and programs have none to show the others."""
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Line ends, tabs and control characters, which have no place on a line."""


def element(name: str, value: str | int | bool | None) -> str:
    """Return an element that holds a text or a number, yes and no as 1 and 0; nothing for no value."""
    if value is None:
        return ""
    text = str(int(value)) if isinstance(value, int) else escape(plain(value))
    return f"<{name}>{text}</{name}>\n"


def group(name: str, parts: Iterable[str]) -> str:
    """Return an element with elements in it."""
    return f"<{name}>\n{''.join(parts)}</{name}>\n"


def plain(text: str) -> str:
    """Return a text without the characters that must not stand in XML; line ends are line feeds."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, longest: int = 512) -> str:
    """Return a text on one line, cut to the length that MS Project takes.

    Spaces stay as they are, so that a name that is read back is still the same.
    """
    line = plain(_BREAKS.sub(" ", text)).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"
