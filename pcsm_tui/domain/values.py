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

from pcsm_tui.domain.dates import read_date
from pcsm_tui.domain.declarations import REFERRING, Field
from pcsm_tui.domain.hours import read_hours, show_hours
from pcsm_tui.domain.links import links_of, read_links, show_links
from pcsm_tui.domain.plan import ELAPSED_MINUTES, read_elapsed, show_elapsed
from pcsm_tui.domain.quantities import (
    MINUTES,
    read_decimal,
    read_duration,
    read_money,
    show_decimal,
    show_duration,
    show_money,
)
from pcsm_tui.domain.shapes import shape_of
from pcsm_tui.errors import ValueRefused

Value = Any
"""A value as JSON holds it: text, boolean, whole number, list or object; None when empty."""

LONGEST_TEXT = 2_000
LONGEST_NOTE = 200_000

_SURROGATE = re.compile(r"[\ud800-\udfff\x00]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_TIME_OF_DAY = re.compile(r"[ Tt](\d{1,2}):(\d{2})", re.ASCII)
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
    _limited(plain, LONGEST_NOTE if field.type in ("tags", "refs", "links") else LONGEST_TEXT)
    return _READERS[field.type](field, plain, reading) if plain else None


def show_value(field: Field, value: Value, label: Callable[[str], str] = str) -> str:
    """Return a value as it is shown and as it can be typed again; `label` names the row of a uid."""
    if is_empty(value) or problem_with(field, value):
        return "" if is_empty(value) else str(value)
    if field.type == "links":
        return show_links(value, label)
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
    expected = shape_of(field)
    if not expected.fits(value):
        return f"is {_described(value)}, not {expected.name}"
    if field.type == "choice" and value not in {choice.id for choice in field.choices}:
        return f"is {_described(value)}, not one of {', '.join(choice.id for choice in field.choices)}"
    limits = _limits_broken(field, value)
    return f"is {show_decimal(value, _decimals(field))}, not {limits}" if limits else ""


def references_of(reference: Field, value: Value) -> tuple[str, ...]:
    """Return the uids of the rows that a value refers to; none when it does not fit, or the field refers to none."""
    if reference.type not in REFERRING or is_empty(value) or problem_with(reference, value):
        return ()
    if reference.type == "links":
        return tuple(link.task for link in links_of(value))
    return tuple(value) if isinstance(value, list) else (value,)


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
    if field.type == "duration" and isinstance(value, dict):  # an elapsed day stands beside a working day
        return (0, value["elapsed"] * MINUTES["d"] // ELAPSED_MINUTES["d"])
    if field.type in ("number", "percent", "duration", "score", "yes_no"):
        return (0, value)
    if field.type == "computed" and isinstance(value, int):
        return (0, value)
    return (0 if field.type != "computed" else 1, show_value(field, value, label).casefold())


def can_be_typed(field: Field) -> bool:
    """Return whether something can be typed in a field: in all but computed ones that enter nothing elsewhere."""
    return field.computed is None or bool(field.computed.enters)


def how_to_write(field: Field) -> str:
    """Return in a few words what can be typed in a field."""
    if field.type == "choice":
        return " · ".join(choice.name for choice in field.choices)
    if field.type == "score" or (field.type == "number" and field.min is not None and field.max is not None):
        return f"{field.min} to {field.max}"
    if field.computed and field.computed.enters:
        return _ENTERED
    more = _WITH_TIME if field.time else _WITH_ELAPSED if field.elapsed else ""
    return _HOW_TO_WRITE.get(field.type, "") + more


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
    match = _TIME_OF_DAY.search(text, max(len(text) - 6, 0)) if field.time else None
    if match is None or match.end() < len(text):
        return read_date(text, reading.today).isoformat()
    if int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueRefused(f"{text!r} has a time that no day has.", "Times go from 00:00 to 23:59.")
    return f"{read_date(text[: match.start()], reading.today).isoformat()}T{int(match[1]):02d}:{match[2]}"


def _read_number(field: Field, text: str, reading: Reading) -> Value:
    bare = text.removesuffix(field.unit).strip() if field.unit else text
    return _within(field, read_decimal(bare, field.decimals))


def _read_percent(field: Field, text: str, reading: Reading) -> Value:
    return _within(field, read_decimal(text.removesuffix("%").strip(), 1))


def _read_duration(field: Field, text: str, reading: Reading) -> Value:
    elapsed = read_elapsed(text) if field.elapsed else None
    return read_duration(text, field.unit or "d") if elapsed is None else {"elapsed": elapsed}


def _read_money(field: Field, text: str, reading: Reading) -> Value:
    return read_money(text, reading.currency)


def _read_ref(field: Field, text: str, reading: Reading) -> Value:
    return reading.resolve(field, text)


def _read_refs(field: Field, text: str, reading: Reading) -> Value:
    names = [name.strip() for name in text.split(";")]
    return list(dict.fromkeys(reading.resolve(field, name) for name in names if name))


def _read_links(field: Field, text: str, reading: Reading) -> Value:
    return read_links(text, lambda name: reading.resolve(field, name))


def _read_hours(field: Field, text: str, reading: Reading) -> Value:
    return show_hours(read_hours(text))


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
    "links": _read_links,
    "hours": _read_hours,
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
    "links": "1.2, 1.3FS+2d, 2.1SS",
    "hours": "08:00-12:00, 13:00-17:00",
    "tags": "words, separated by commas",
    "link": "https://… or documents/name.pdf",
    "computed": "follows from other fields",
}
_ENTERED = "follows from other fields; what is typed here binds it"
_WITH_TIME = "; a time after it: 10:30"
_WITH_ELAPSED = ", elapsed 3ed"


# --- checking -------------------------------------------------------------------------------------------------


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
    "date": lambda field, value: value.replace("T", " "),
    "duration": lambda field, value: show_duration(value) if isinstance(value, int) else show_elapsed(value["elapsed"]),
    "hours": lambda field, value: show_hours(read_hours(value)),
    "tags": lambda field, value: ", ".join(value),
}
