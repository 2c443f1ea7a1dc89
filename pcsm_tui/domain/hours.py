"""Hours of work in a day: `08:00-12:00, 13:00-17:00`."""

from __future__ import annotations

import re
from itertools import pairwise

from pcsm_tui.errors import ValueRefused

Spans = tuple[tuple[int, int], ...]
"""Stretches of work in a day, in order: first minute and the one after the last, counted from midnight."""

_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s{{0,9}}[-\u2013\u2014]\s{{0,9}}{_TIME}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;]+")
_LONGEST = 400
_DAY = 24 * 60
_HINT = "Write 08:00-12:00, 13:00-17:00."


def read_hours(text: str) -> Spans:
    """Return the stretches of work that a text means, in order; none for an empty one.

    Raises `ValueRefused` for a stretch that runs backwards, overlaps another or passes midnight (24:00 is its end).
    """
    spans, rest = [], text.strip()
    if len(rest) > _LONGEST:
        raise ValueRefused(f"These hours have {len(rest):,} characters.", _HINT)
    while rest:
        match = _SPAN.match(rest)
        if match is None:
            raise ValueRefused(f"{rest[:40]!r} is not a stretch of hours.", _HINT)
        spans.append(_span(match))
        after = rest[match.end() :]
        rest = _BETWEEN.sub("", after, count=1) if _BETWEEN.match(after) else after
        if after and rest == after:
            raise ValueRefused(f"{match[0] + after[:20]!r} is not a stretch of hours.", _HINT)
    spans.sort()
    for one, other in pairwise(spans):
        if other[0] < one[1]:
            raise ValueRefused(f"{show_hours((one,))} and {show_hours((other,))} overlap.", _HINT)
    return tuple(spans)


def _span(match: re.Match[str]) -> tuple[int, int]:
    first, last = _minute(match[1], match[2], match[0]), _minute(match[3], match[4], match[0])
    if first >= last:
        raise ValueRefused(f"{match[0]!r} runs backwards.", "A day ends at 24:00; the rest belongs to the next one.")
    return first, last


def _minute(hour: str, minute: str | None, text: str) -> int:
    minutes = int(minute or 0)
    found = int(hour) * 60 + minutes
    if minutes > 59 or found > _DAY:
        raise ValueRefused(f"{text!r} has a time that no day has.", "Times go from 00:00 to 24:00.")
    return found


def show_hours(spans: Spans) -> str:
    """Return stretches of work as they are kept: `08:00-12:00, 13:00-17:00`."""
    return ", ".join(f"{_clock(first)}-{_clock(last)}" for first, last in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
