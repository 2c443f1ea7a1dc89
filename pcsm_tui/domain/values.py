"""The types of fields: how each value is read from text, shown, checked and sorted.

What files hold is JSON without floats: dates as ISO text, durations in working minutes, money in minor units with
its currency, percentages in tenths, references as uids. `None` stands for empty in every type.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pcsm_tui.domain.dates import FIRST_YEAR, LAST_YEAR, read_date
from pcsm_tui.domain.declarations import Field
from pcsm_tui.domain.quantities import (
    LARGEST,
    is_currency,
    read_decimal,
    read_duration,
    read_money,
    show_decimal,
    show_duration,
    show_money,
)
from pcsm_tui.errors import ValueRefused

Value = Any
"""A value as JSON holds it: text, boolean, whole number, list or object; None when empty."""

LONGEST_TEXT = 2_000
LONGEST_NOTE = 200_000

_SURROGATE = re.compile(r"[\ud800-\udfff\x00]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LINK = re.compile(r"(https?://\S+|mailto:\S+)", re.IGNORECASE)
_YES = ("y", "yes", "true", "x", "1", "on")
_NO = ("n", "no", "false", "0", "off")


@dataclass(frozen=True)
class Reading:
    """What has to be known to read a value from text.

    `today` is the day that relative dates count from, `currency` the one of amounts without one, and `resolve` finds
    the uid that a name typed in a reference field means, or raises `ValueRefused`.
    """

    today: date
    currency: str
    resolve: Callable[[Field, str], str]


def is_empty(value: Value) -> bool:
    """Return whether a value counts as not filled in."""
    return value is None or value == "" or value == [] or value == {}


def same_value(one: Value, other: Value) -> bool:
    """Return whether two values are the same to JSON, in which true is not 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_value(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return bool(one == other)


def read_value(field: Field, text: str, reading: Reading) -> Value:
    """Return the value that `text` means in a field; empty text means None.

    Texts are kept character by character, but for white space around them and line breaks where a field has one line.
    Raises `ValueRefused`: its message is the reason, its hint what would be right.
    """
    if bad := _SURROGATE.search(text):
        raise ValueRefused(f"Character {bad.start() + 1} cannot be stored.", "Leave it out.")
    if field.type == "note":
        return _limited(text, LONGEST_NOTE) if text.strip() else None
    plain = _LINE_BREAK.sub(" ", text).strip()
    _limited(plain, LONGEST_NOTE if field.type in ("tags", "refs") else LONGEST_TEXT)
    return _READERS[field.type](field, plain, reading) if plain else None


def show_value(field: Field, value: Value, label: Callable[[str], str] = str) -> str:
    """Return a value as it is shown and as it can be typed again; `label` names the row of a uid."""
    if is_empty(value) or problem_with(field, value):
        return "" if is_empty(value) else str(value)
    if field.type == "refs":
        return "; ".join(label(uid) for uid in value)
    if field.type == "ref":
        return label(value)
    if field.type == "choice":
        return next((choice.name for choice in field.choices if choice.id == value), str(value))
    shower = _SHOWERS.get(field.type)
    return shower(field, value) if shower else str(value)


def problem_with(field: Field, value: Value) -> str:
    """Return why a stored value does not fit its field, or an empty text; references are not followed."""
    if value is None or field.type == "computed":
        return ""
    expected = _SHAPES[field.type]
    if not expected.fits(value):
        return f"is {_described(value)}, not {expected.name}"
    if field.type == "choice" and value not in {choice.id for choice in field.choices}:
        return f"is {_described(value)}, not one of {', '.join(choice.id for choice in field.choices)}"
    limits = _limits_broken(field, value)
    return f"is {show_decimal(value, _decimals(field))}, not {limits}" if limits else ""


def sort_key(field: Field, value: Value, label: Callable[[str], str] = str) -> tuple[int, Any]:
    """Return a key by which values of a field sort; empty ones come last."""
    if is_empty(value):
        return (2, "")
    if problem_with(field, value):
        return (1, str(value))
    if field.type == "choice":
        return (0, [choice.id for choice in field.choices].index(value))
    if field.type == "money":
        return (0, (value["currency"], value["amount"]))
    if field.type in ("number", "percent", "duration", "score", "yes_no"):
        return (0, value)
    if field.type == "computed" and isinstance(value, int):
        return (0, value)
    return (0 if field.type != "computed" else 1, show_value(field, value, label).casefold())


def how_to_write(field: Field) -> str:
    """Return in a few words what can be typed in a field."""
    if field.type == "choice":
        return " · ".join(choice.name for choice in field.choices)
    if field.type == "score" or (field.type == "number" and field.min is not None and field.max is not None):
        return f"{field.min} to {field.max}"
    return _HOW_TO_WRITE.get(field.type, "")


# --- reading --------------------------------------------------------------------------------------------------


def _limited(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueRefused(f"This text has {len(text):,} characters.", f"The limit is {longest:,}.")
    return text


def _read_text(field: Field, text: str, reading: Reading) -> Value:
    return text


def _read_choice(field: Field, text: str, reading: Reading) -> Value:
    word = text.casefold()
    for exact in (
        [choice for choice in field.choices if choice.name == text],
        [choice for choice in field.choices if choice.name.casefold() == word],
        [choice for choice in field.choices if choice.id.casefold() == word],
    ):
        if exact:
            return exact[0].id
    begun = [choice for choice in field.choices if choice.name.casefold().startswith(word)]
    if len(begun) == 1:
        return begun[0].id
    names = ", ".join(choice.name for choice in (begun or field.choices))
    raise ValueRefused(f"{text!r} is not one of the choices.", f"Choose {names}.")


def _read_yes_no(field: Field, text: str, reading: Reading) -> Value:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueRefused(f"{text!r} is neither yes nor no.", "Write y or n, or nothing.")


def _read_date(field: Field, text: str, reading: Reading) -> Value:
    return read_date(text, reading.today).isoformat()


def _read_number(field: Field, text: str, reading: Reading) -> Value:
    bare = text.removesuffix(field.unit).strip() if field.unit else text
    return _within(field, read_decimal(bare, field.decimals))


def _read_percent(field: Field, text: str, reading: Reading) -> Value:
    return _within(field, read_decimal(text.removesuffix("%").strip(), 1))


def _read_duration(field: Field, text: str, reading: Reading) -> Value:
    return read_duration(text, field.unit or "d")


def _read_money(field: Field, text: str, reading: Reading) -> Value:
    return read_money(text, reading.currency)


def _read_ref(field: Field, text: str, reading: Reading) -> Value:
    return reading.resolve(field, text)


def _read_refs(field: Field, text: str, reading: Reading) -> Value:
    names = [name.strip() for name in text.split(";")]
    return list(dict.fromkeys(reading.resolve(field, name) for name in names if name))


def _read_tags(field: Field, text: str, reading: Reading) -> Value:
    tags = [tag.strip() for tag in text.split(",")]
    return list(dict.fromkeys(tag for tag in tags if tag))


def _read_link(field: Field, text: str, reading: Reading) -> Value:
    if _LINK.fullmatch(text):
        return text
    parts = text.split("/")
    if "://" in text or text.startswith(("/", "~")) or ".." in parts or ":" in parts[0] or "\\" in text:
        raise ValueRefused(
            f"{text!r} is neither a web address nor a file of the documents folder.",
            "Write https://…, mailto:… or documents/name.pdf.",
        )
    return text


def _read_computed(field: Field, text: str, reading: Reading) -> Value:
    raise ValueRefused(f"{field.name} is computed.", "It follows from the other fields and cannot be typed.")


_READERS: dict[str, Callable[[Field, str, Reading], Value]] = {
    "text": _read_text,
    "person": _read_text,
    "choice": _read_choice,
    "yes_no": _read_yes_no,
    "date": _read_date,
    "number": _read_number,
    "score": _read_number,
    "percent": _read_percent,
    "money": _read_money,
    "duration": _read_duration,
    "ref": _read_ref,
    "refs": _read_refs,
    "tags": _read_tags,
    "link": _read_link,
    "computed": _read_computed,
}

_HOW_TO_WRITE = {
    "yes_no": "y or n",
    "date": "2026-11-30, today, fri, +3d, 30 nov",
    "number": "a number",
    "percent": "0 to 100 %",
    "money": "1200 or 1200 EUR",
    "duration": "30m, 4h, 5d, 2w",
    "person": "a name",
    "ref": "part of a name",
    "refs": "names; separated by semicolons",
    "tags": "words, separated by commas",
    "link": "https://… or documents/name.pdf",
    "computed": "follows from other fields",
}


# --- checking -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shape:
    name: str
    fits: Callable[[Value], bool]


def _is_whole(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_iso_date(value: Value) -> bool:
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return False
    try:
        return FIRST_YEAR <= date.fromisoformat(value).year <= LAST_YEAR
    except ValueError:
        return False


def _is_money(value: Value) -> bool:
    return isinstance(value, dict) and _is_whole(value.get("amount")) and is_currency(value.get("currency"))


def _is_texts(value: Value) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_TEXT = _Shape("text", lambda value: isinstance(value, str))
_WHOLE = _Shape("a whole number", _is_whole)
_SHAPES = {
    "text": _TEXT,
    "note": _TEXT,
    "person": _TEXT,
    "choice": _TEXT,
    "link": _TEXT,
    "ref": _Shape("the uid of a row", _TEXT.fits),
    "refs": _Shape("a list of uids", _is_texts),
    "tags": _Shape("a list of words", _is_texts),
    "yes_no": _Shape("true or false", lambda value: isinstance(value, bool)),
    "date": _Shape("a date such as 2026-11-30", _is_iso_date),
    "number": _WHOLE,
    "score": _WHOLE,
    "percent": _Shape("a whole number of tenths of a percent", _is_whole),
    "duration": _Shape("a whole number of working minutes", lambda value: _is_whole(value) and value >= 0),
    "money": _Shape("an amount with its currency", _is_money),
}


def _described(value: Value) -> str:
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    return reprlib.repr(value)


def _within(field: Field, value: Value) -> Value:
    """Return the value if it lies within the field's limits."""
    if limits := _limits_broken(field, value):
        shown = show_decimal(value, _decimals(field))
        raise ValueRefused(f"{shown} is out of range.", f"{field.name} can be {limits}.")
    return value


def _limits_broken(field: Field, value: Value) -> str:
    """Return the field's limits in words if a value lies outside; a percentage's are 0 and 100 unless declared."""
    if field.type not in ("number", "score", "percent"):
        return ""
    low, high, scale = field.min, field.max, 10 ** _decimals(field)
    if field.type == "percent":
        low, high = 0 if low is None else low, 100 if high is None else high
    if (low is None or value >= low * scale) and (high is None or value <= high * scale):
        return ""
    if low is None:
        return f"{high} or less"
    return f"{low} or more" if high is None else f"{low} to {high}"


def _decimals(field: Field) -> int:
    return 1 if field.type == "percent" else field.decimals


# --- showing --------------------------------------------------------------------------------------------------

_SHOWERS: dict[str, Callable[[Field, Value], str]] = {
    "yes_no": lambda field, value: "Yes" if value else "No",
    "number": lambda field, value: show_decimal(value, field.decimals) + (f" {field.unit}" if field.unit else ""),
    "percent": lambda field, value: f"{show_decimal(value, 1)} %",
    "money": lambda field, value: show_money(value["amount"], value["currency"]),
    "duration": lambda field, value: show_duration(value),
    "tags": lambda field, value: ", ".join(value),
}
