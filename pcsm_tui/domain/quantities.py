"""Durations, amounts of money, percentages and decimal numbers: whole numbers inside, words outside.

No value is ever a float: a duration is a number of working minutes, an amount a number of minor currency units,
a percentage a number of tenths, a decimal number is scaled by ten to the power of its field's decimals.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pcsm_tui.errors import ValueRefused, cut

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly."""

MINUTES = {"m": 1, "h": 60, "d": 480, "w": 2400, "mo": 9600}
"""Working minutes of each unit: a day of 8 hours, a week of 5 days, a month of 20 days (MS Project's defaults)."""

COUNT = r"\d+(?:\.\d{1,6}|,\d{1,2})?"
"""The pattern of how many of a unit: decimals behind a point, or one or two behind a comma, since three are thousands."""
UNITS = "months?|mons?|mo|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w"
"""The pattern of the words for units."""
MINUTE_IS_LEAST = "A minute, 1m, is the least."
_MOST_MONTHS = 999_999_999
_BARE = re.compile(COUNT, re.ASCII)
_PART = re.compile(rf"({COUNT})\s*({UNITS})[ ,]*", re.ASCII)
_UNIT = {
    "min": "m", "minute": "m", "hr": "h", "hour": "h", "day": "d", "wk": "w", "week": "w", "mon": "mo", "month": "mo",
}  # fmt: skip

MINOR_DIGITS = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}
"""Digits after the point of currencies that do not have two (ISO 4217)."""

_GROUPING = ",' \u00a0\u202f\u2019"
_NUMBER = re.compile(rf"([+-]?)(\d{{1,3}}(?:[{_GROUPING}]\d{{3}})+|\d*)(?:\.(\d*))?", re.ASCII)
_AMOUNT = re.compile(
    rf"(?:([a-z]{{3}})\s*)?(-?\d[\d{_GROUPING}]*(?:\.\d+)?)(?:\s*([a-z]{{3}}))?", re.ASCII | re.IGNORECASE
)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}$)", re.ASCII)


def read_decimal(text: str, decimals: int, comma: bool = False) -> int:
    """Return the number in `text`, scaled by ten to `decimals`; raises `ValueRefused` with the reason.

    With `comma`, one before the last one or two digits is a point. Zeros beyond the allowed digits are dropped, except
    where they may be thousands: `1.200` is 1,200 to some.
    """
    bare = _COMMA.sub(".", text.strip()) if comma else text.strip()
    match = _NUMBER.fullmatch(bare)
    if match is None or not (match[2] or match[3]):
        raise ValueRefused(f"{cut(text)!r} is not a number.", "Write digits, with a point for decimals: 12.5")
    fraction = match[3] or ""
    excess = fraction[decimals:]
    if excess.strip("0") or (excess and len(fraction) == 3):
        allowed = f"{decimals} digit{'s' if decimals != 1 else ''} after the point" if decimals else "a whole number"
        raise ValueRefused(f"{cut(text)!r} is too exact.", f"Write {allowed}.")
    whole = match[2].translate(dict.fromkeys(map(ord, _GROUPING)))
    digits = (whole + fraction[:decimals].ljust(decimals, "0")).lstrip("0") or "0"
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise ValueRefused(f"{cut(text)!r} is too large.", f"The limit is {LARGEST // 10**decimals:,}.")
    return -int(digits) if match[1] == "-" else int(digits)


def show_decimal(scaled: int, decimals: int) -> str:
    """Return a scaled number as it is read: without needless zeros, without grouping."""
    if decimals == 0:
        return str(scaled)
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(decimals + 1, "0")
    fraction = digits[-decimals:].rstrip("0")
    return f"{sign}{digits[:-decimals]}.{fraction}" if fraction else f"{sign}{digits[:-decimals]}"


def read_duration(text: str, bare_unit: str = "d") -> int:
    """Return the working minutes that `text` means: `5d`, `1w 2d`, `1.5h` or `1,5h`, or a bare number in `bare_unit`.

    Raises `ValueRefused` with the reason.
    """
    parts, minutes, place = text.strip().casefold(), Decimal(0), 0
    if _BARE.fullmatch(parts):
        parts += bare_unit
    while match := _PART.match(parts, place):
        minutes += read_count(match[1]) * MINUTES[unit_of(match[2])]
        place = match.end()
    if not parts or place < len(parts):
        raise ValueRefused(f"{cut(text)!r} is not a duration.", "Write 30m, 4h, 5d, 2w, 1mo, or several: 1w 2d.")
    if minutes > _MOST_MONTHS * MINUTES["mo"]:
        raise ValueRefused(f"{cut(text)!r} is too long.", f"The limit is {_MOST_MONTHS:,} months.")
    if minutes != int(minutes):
        raise ValueRefused(f"{cut(text)!r} is not a whole number of minutes.", MINUTE_IS_LEAST)
    return int(minutes)


def read_count(text: str) -> Decimal:
    """Return the number that is written as `COUNT`."""
    return Decimal(text.replace(",", "."))


def unit_of(word: str) -> str:
    """Return the unit that a word of `UNITS` means: `Weeks` is w."""
    unit = word.casefold()
    return unit if unit in MINUTES else _UNIT[unit.removesuffix("s")]


def show_duration(minutes: int) -> str:
    """Return working minutes as they are read: `7d`, `4h 30m`."""
    if minutes == 0:
        return "0d"
    parts, rest = [], abs(minutes)
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, MINUTES[unit])
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if minutes < 0 else "") + " ".join(parts)


def minor_digits(currency: str) -> int:
    """Return the digits after the point of a currency (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


def is_currency(code: object) -> bool:
    """Return whether this is written as the code of a currency: three capital letters (ISO 4217)."""
    return isinstance(code, str) and _CURRENCY.fullmatch(code) is not None


def read_money(text: str, currency: str) -> dict[str, int | str]:
    """Return `{"amount": minor units, "currency": code}`; `currency` is used where the text names none.

    Raises `ValueRefused` with the reason.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or (match[1] and match[3]):
        raise ValueRefused(f"{cut(text)!r} is not an amount.", "Write 1200, 1,200.50 or 1200 EUR.")
    code = (match[1] or match[3] or currency).upper()
    if not is_currency(code):
        raise ValueRefused(f"{code!r} is not a currency.", "Write three letters after the amount: 1200 EUR.")
    return {"amount": read_decimal(match[2], minor_digits(code)), "currency": code}


def show_money(amount: int, currency: str) -> str:
    """Return an amount of minor units with its currency: `120,000 EUR`, `12.50 USD`."""
    digits = minor_digits(currency)
    whole, minor = divmod(abs(amount), 10**digits)
    cents = f".{minor:0{digits}d}" if minor else ""
    return f"{'-' if amount < 0 else ''}{whole:,}{cents} {currency}"
