"""How MS Project's XML writes durations, lags, dates, link types and constraints.

Source: Microsoft Project XML Data Interchange schema (mspdi_pj12.xsd) with its documentation. A lag is counted in tenths
of a minute, one in percent in whole percents, an amount of money in hundredths.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from pcsm_tui.domain.dates import FIRST_YEAR, LAST_YEAR
from pcsm_tui.domain.plan import ELAPSED_MINUTES, LinkType
from pcsm_tui.domain.quantities import MINUTES
from pcsm_tui.errors import ValueRefused

LINK_TYPE_CODES: tuple[LinkType, ...] = ("FF", "FS", "SF", "SS")
"""By the number in `Type`."""
CONSTRAINTS = (
    "As soon as possible",
    "As late as possible",
    "Must start on",
    "Must finish on",
    "Start no earlier than",
    "Start no later than",
    "Finish no earlier than",
    "Finish no later than",
)
"""By the number in `ConstraintType`."""
UNDATED_CONSTRAINTS = CONSTRAINTS[:2]
"""Those that need no date."""
FINISH_CONSTRAINTS = ("Must finish on", "Finish no earlier than", "Finish no later than")
WORK_FORMATS = {"m": 3, "h": 5, "d": 7, "w": 9, "mo": 11}
ELAPSED_FORMATS = {"m": 4, "h": 6, "d": 8, "w": 10, "mo": 12}
PERCENT, ELAPSED_PERCENT = 19, 20
ESTIMATED = 32
"""Is added to a format when the value is an estimate."""
_NONE = (21, 53)
"""Formats that say that there is none."""
_WORK_UNITS = {code: unit for unit, code in WORK_FORMATS.items()}
_ELAPSED_UNITS = {code: unit for unit, code in ELAPSED_FORMATS.items()}

_NUMBER = r"(\d{1,12}(?:\.\d{1,12})?)"
_DURATION = re.compile(
    rf"(-)?P(?:(\d{{1,6}})M)?(?:(\d{{1,9}})D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?", re.ASCII
)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::\d{2}(?:\.\d{1,9})?)?)?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_NO_DATE = ("", "NA", "0001-01-01T00:00:00")
"""How programs write that there is no date."""


def known_format(text: str) -> int:
    """Return the format of a duration or lag without the mark of an estimate; days when nothing is said.

    Raises `ValueRefused` for a number that is no format.
    """
    code = int(text) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else -1 if text else WORK_FORMATS["d"]
    if code in _NONE:
        return WORK_FORMATS["d"]
    base = code - ESTIMATED if code > ESTIMATED else code
    if base not in (*_WORK_UNITS, *_ELAPSED_UNITS, PERCENT, ELAPSED_PERCENT):
        raise ValueRefused(f"{text!r} is no format of a duration.", "Formats are 3 to 12, 19 and 20, or 32 more.")
    return base


def is_elapsed(code: int) -> bool:
    """Return whether a format is one of elapsed time, nights and weekends included."""
    return code in _ELAPSED_UNITS or code == ELAPSED_PERCENT


def read_minutes(text: str, day: int, month: int) -> Decimal:
    """Return the minutes of a duration such as `PT8H0M0S`; `day` and `month` are what the file counts for one.

    Raises `ValueRefused`, for a negative one too.
    """
    match = _DURATION.fullmatch(text)
    if match is None or text in ("P", "PT", "-P", "-PT"):
        raise ValueRefused(f"{text[:40]!r} is not a duration.", "A duration of 8 hours is written PT8H0M0S.")
    months, days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups()[1:])
    total = months * month + days * day + hours * 60 + minutes + seconds / 60
    if match[1] and total:
        raise ValueRefused(f"{text!r} is negative.", "No task takes less than no time.")
    return total


def write_minutes(minutes: int) -> str:
    """Return minutes as a duration: `PT8H0M0S`."""
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def lag_text(amount: Decimal, code: int, day: int = MINUTES["d"]) -> str:
    """Return a lag as it is kept, from what `LinkLag` and `LagFormat` say, rounded to whole minutes.

    Where the file's day has another length than ours, days, weeks and months are written in hours and minutes.
    """
    if code in (PERCENT, ELAPSED_PERCENT):
        percent = round(amount, 1)
        return f"{percent.normalize():f}%" if percent else ""
    minutes = int(round(amount / 10))
    if not minutes:
        return ""
    elapsed = code in _ELAPSED_UNITS
    unit = _ELAPSED_UNITS[code] if elapsed else _WORK_UNITS[code]
    sizes, mark = (ELAPSED_MINUTES, "e") if elapsed else (MINUTES, "")
    if unit in ("m", "h") or elapsed or day == MINUTES["d"]:
        count = Decimal(minutes) / sizes[unit]
        if count * 100 == int(count * 100):
            return f"{count.normalize():f}{mark}{unit}"
    unit = "h" if minutes % 60 == 0 else "m"
    return f"{minutes // sizes[unit]}{mark}{unit}"


def lag_unit(lag: str) -> tuple[str, bool]:
    """Return the unit of a lag as it is kept, and whether it is elapsed: `-2ed` gives `d` and True."""
    match = re.search(r"(e?)(mo|[mhdw%])$", lag)
    return (match[2], bool(match[1])) if match else ("d", False)


def read_moment(text: str) -> datetime | None:
    """Return a date with its time of day, as it stands: the offset of a time zone is left out; None for no date.

    Raises `ValueRefused`.
    """
    if text in _NO_DATE:
        return None
    match = _DATE.fullmatch(text)
    refused = ValueRefused(f"{text[:40]!r} is not a date.", "A date is written 2026-11-30T08:00:00.")
    if match is None:
        raise refused
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}")
    except ValueError:
        raise refused from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueRefused(f"The year of {text[:40]!r} is out of range.", f"Years go from {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


def write_moment(moment: datetime) -> str:
    """Return a date with its time of day: `2026-11-30T08:00:00`."""
    return moment.isoformat(timespec="seconds")
