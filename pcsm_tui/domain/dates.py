"""Dates as people write them. Today is always given by the caller."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from pcsm_tui.errors import ValueRefused, cut

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_RELATIVE = re.compile(r"([+-])\s*(\d{1,4})\s*([dwmy]?)")
_DAY_MONTH = re.compile(r"(\d{1,2})\.?\s+([a-z]+)\.?(?:\s+(\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?")
_WORDS = {"today": 0, "tod": 0, "tomorrow": 1, "tom": 1, "yesterday": -1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(name.casefold() for name in calendar.month_name)
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""The years of dates that fields hold."""
HOW_TO_WRITE = "Write 2026-11-30, today, fri, +3d, +2w, +1m or 30 nov."


def read_date(text: str, today: date) -> date:
    """Return the date that `text` means when read on `today`.

    A weekday is the next one after today; a day and month without a year is the nearest from today on. Raises
    `ValueRefused` with the reason.
    """
    word = " ".join(text.casefold().split())
    if word in _WORDS:
        return today + timedelta(days=_WORDS[word])
    if match := _ISO.fullmatch(word):
        return _real(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _DOTTED.fullmatch(word):
        return _real(int(match[3]), int(match[2]), int(match[1]), text)
    if match := _RELATIVE.fullmatch(word):
        return _shifted(today, int(match[1] + match[2]), match[3] or "d", text)
    if len(word) >= 3:
        for number, name in enumerate(_WEEKDAYS):
            if name.startswith(word):
                return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    if match := _DAY_MONTH.fullmatch(word):
        return _named_month(match[1], match[2], match[3], today, text)
    if match := _MONTH_DAY.fullmatch(word):
        return _named_month(match[2], match[1], match[3], today, text)
    raise ValueRefused(f"{cut(text)!r} is not a date.", HOW_TO_WRITE)


def _real(year: int, month: int, day: int, text: str) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueRefused(f"The year of {cut(text)!r} is out of range.", f"Years go from {FIRST_YEAR} to {LAST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueRefused(f"There is no day {cut(text)!r}.", HOW_TO_WRITE) from None


def add_months(start: date, months: int) -> date:
    """Return the same day `months` later, or the month's last day when it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _shifted(today: date, count: int, unit: str, text: str) -> date:
    try:
        if unit == "d":
            shifted = today + timedelta(days=count)
        elif unit == "w":
            shifted = today + timedelta(weeks=count)
        else:
            shifted = add_months(today, count * (12 if unit == "y" else 1))
    except (ValueError, OverflowError):
        raise ValueRefused(f"{cut(text)!r} lies outside the calendar.", HOW_TO_WRITE) from None
    return _real(shifted.year, shifted.month, shifted.day, text)


def _named_month(day: str, name: str, year: str | None, today: date, text: str) -> date:
    months = [number for number, month in enumerate(_MONTHS) if number and len(name) >= 3 and month.startswith(name)]
    if not months:
        raise ValueRefused(f"{cut(text)!r} is not a date.", HOW_TO_WRITE)
    if year is not None:
        return _real(int(year), months[0], int(day), text)
    for candidate in range(today.year, today.year + 9):  # 29 February may be eight years away
        try:
            found = date(candidate, months[0], int(day))
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueRefused(f"There is no day {cut(text)!r}.", HOW_TO_WRITE)


def short_date(day: date, today: date) -> str:
    """Return a date for a narrow place: `Thu 26 Nov`, with the year when it is not this one."""
    text = f"{day.day} {calendar.month_abbr[day.month]}"
    return f"{text} {day.year}" if day.year != today.year else f"{calendar.day_abbr[day.weekday()]} {text}"


def distance(day: date, today: date) -> str:
    """Return how far a day lies from today: `today`, `tomorrow`, `in 5 days`, `3 days late`."""
    days = (day - today).days
    if days < 0:
        return f"{-days} day{'s' if days != -1 else ''} late"
    return ("today", "tomorrow")[days] if days < 2 else f"in {days} days"
