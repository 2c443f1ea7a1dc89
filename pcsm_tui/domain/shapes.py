"""What stored values of each type of field look like: JSON without floats."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pcsm_tui.domain.dates import FIRST_YEAR, LAST_YEAR
from pcsm_tui.domain.declarations import Field
from pcsm_tui.domain.hours import read_hours
from pcsm_tui.domain.links import are_links
from pcsm_tui.domain.quantities import LARGEST, is_currency
from pcsm_tui.errors import ValueRefused

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)


@dataclass(frozen=True)
class Shape:
    """What values of a field look like: in words, and as a test."""

    name: str
    fits: Callable[[Any], bool]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_iso_date(value: Any) -> bool:
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return False
    try:
        return FIRST_YEAR <= date.fromisoformat(value).year <= LAST_YEAR
    except ValueError:
        return False


def _is_iso_time(value: Any) -> bool:
    if not isinstance(value, str) or not _ISO_TIME.fullmatch(value):
        return _is_iso_date(value)
    try:
        return FIRST_YEAR <= datetime.fromisoformat(value).year <= LAST_YEAR
    except ValueError:
        return False


def _is_duration(value: Any) -> bool:
    return _is_whole(value) and value >= 0


def _is_elapsed(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"elapsed"} and _is_duration(value["elapsed"])


def _are_hours(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(read_hours(value))
    except ValueRefused:
        return False


def _is_money(value: Any) -> bool:
    return isinstance(value, dict) and _is_whole(value.get("amount")) and is_currency(value.get("currency"))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_TEXT = Shape("text", lambda value: isinstance(value, str))
_WHOLE = Shape("a whole number", _is_whole)
_SHAPES = {
    "text": _TEXT,
    "note": _TEXT,
    "person": _TEXT,
    "choice": _TEXT,
    "link": _TEXT,
    "ref": Shape("the uid of a row", _TEXT.fits),
    "refs": Shape("a list of uids", _is_texts),
    "tags": Shape("a list of words", _is_texts),
    "yes_no": Shape("true or false", lambda value: isinstance(value, bool)),
    "date": Shape("a date such as 2026-11-30", _is_iso_date),
    "number": _WHOLE,
    "score": _WHOLE,
    "percent": Shape("a whole number of tenths of a percent", _is_whole),
    "duration": Shape("a whole number of working minutes", _is_duration),
    "links": Shape("a list of links to tasks", are_links),
    "hours": Shape("hours of a day such as 08:00-12:00, 13:00-17:00", _are_hours),
    "money": Shape("an amount with its currency", _is_money),
}


_TIME = Shape("a date such as 2026-11-30 or 2026-11-30T10:30", _is_iso_time)
_ELAPSED = Shape(
    'working minutes, or elapsed ones as {"elapsed": 1440}', lambda value: _is_duration(value) or _is_elapsed(value)
)
_SIGNED = Shape("a whole number of working minutes", _is_whole)


def shape_of(field: Field) -> Shape:
    """Return what values of a field look like."""
    if field.time:
        return _TIME
    if field.type == "duration" and field.min is not None and field.min < 0:
        return _SIGNED
    return _ELAPSED if field.elapsed else _SHAPES[field.type]
