"""The terms of a plan: links with their lags, and a task as the schedule has it. Drawn by screens, written by exports.

Times on the plan's axis are whole working minutes from the plan's start.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, NamedTuple

from pcsm_tui.domain.quantities import (
    COUNT,
    MINUTE_IS_LEAST,
    MINUTES,
    UNITS,
    read_count,
    show_decimal,
    show_duration,
    unit_of,
)
from pcsm_tui.errors import ValueRefused, cut

LinkType = Literal["FS", "SS", "FF", "SF"]
LINK_TYPES: tuple[LinkType, ...] = ("FS", "SS", "FF", "SF")
"""Finish to start, start to start, finish to finish, start to finish: which end of the predecessor bears on which end."""

ELAPSED_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080, "mo": 43200}
"""Minutes of each unit of elapsed time, nights and weekends included: a month of 30 days (MS Project)."""
MOST_UNITS = 9_999_999
"""The largest number in a lag or an elapsed duration."""
LAG_UNIT = rf"e?(?:%|{UNITS})"
"""The pattern of the unit of a lag."""
LAG = rf"{COUNT}\s*(?:{LAG_UNIT})?"
"""The pattern of a lag without its sign."""
_LAG = re.compile(rf"([+-]?)\s*({COUNT})\s*(e?)(%|{UNITS})?", re.ASCII | re.IGNORECASE)
_ELAPSED = re.compile(rf"({COUNT})\s*e({UNITS})", re.ASCII | re.IGNORECASE)


class Lag(NamedTuple):
    """The distance that a link keeps: working minutes, elapsed minutes, or tenths of a percent of the predecessor's
    duration; negative for a lead."""

    amount: int = 0
    kind: Literal["work", "elapsed", "percent"] = "work"


class Link(NamedTuple):
    """What a task waits for: the predecessor's uid, which ends are linked, and the lag as it was written."""

    task: str
    type: LinkType = "FS"
    lag: str = ""


def read_lag(text: str) -> tuple[str, Lag]:
    """Return a lag as it is kept (`2d`, `-1ed`, `25%`) and what it means; a bare number is days, nothing no lag.

    Raises `ValueRefused` with the reason.
    """
    bare = text.strip()
    if not bare:
        return "", Lag()
    match = _LAG.fullmatch(bare)
    if match is None or (match[3] and match[4] == "%"):
        raise ValueRefused(f"{cut(text)!r} is not a lag.", "Write +2d, -4h, +1w, +3ed for elapsed days, or +25%.")
    sign, number, elapsed = match[1], read_count(match[2]), match[3].lower()
    unit = "%" if match[4] == "%" else unit_of(match[4] or "d")
    if number > MOST_UNITS:
        raise ValueRefused(f"The lag {cut(text)!r} is too long.", f"The limit is {MOST_UNITS:,}, in any unit.")
    scale = 10 if unit == "%" else (ELAPSED_MINUTES if elapsed else MINUTES)[unit]
    amount = number * scale
    if amount != int(amount):
        raise ValueRefused(f"The lag {cut(text)!r} is not a whole number of minutes.", MINUTE_IS_LEAST)
    if not amount:
        return "", Lag()
    written = f"{'-' if sign == '-' else ''}{number.normalize():f}{elapsed}{unit}"
    value = -int(amount) if sign == "-" else int(amount)
    return written, Lag(value, "percent" if unit == "%" else "elapsed" if elapsed else "work")


def show_link(number: str, link: Link) -> str:
    """Return a link as planners write it, by the outline number of its predecessor: `1.2`, `1.3FS+2d`, `2.1SS-1d`."""
    if not link.lag:
        return number if link.type == "FS" else f"{number}{link.type}"
    return f"{number}{link.type}{link.lag if link.lag.startswith('-') else '+' + link.lag}"


def read_elapsed(text: str) -> int | None:
    """Return the minutes of elapsed time that a text means, nights and weekends included: `3ed`, `36eh`, `1ew`.

    None when it is not written as elapsed time; raises `ValueRefused` when it is too long, or not a whole number of
    minutes.
    """
    match = _ELAPSED.fullmatch(text.strip())
    if match is None:
        return None
    number = read_count(match[1])
    if number > MOST_UNITS:
        raise ValueRefused(f"{cut(text)!r} is too long.", f"The limit is {MOST_UNITS:,}, in any unit.")
    minutes = number * ELAPSED_MINUTES[unit_of(match[2])]
    if minutes != int(minutes):
        raise ValueRefused(f"{cut(text)!r} is not a whole number of minutes.", MINUTE_IS_LEAST)
    return int(minutes)


def show_elapsed(minutes: int) -> str:
    """Return elapsed minutes as they are typed: `3ed`, `36eh`, `90em`; one unit, the largest that fits."""
    for unit in ("d", "h"):
        if minutes % ELAPSED_MINUTES[unit] == 0:
            return f"{minutes // ELAPSED_MINUTES[unit]}e{unit}"
    return f"{minutes}em"


class Driver(NamedTuple):
    """What holds the start of a task where it is: a predecessor by its link, or a date of its own.

    `kind` is "link", "start" (the plan's), "constraint", "status" (the status date), "actual" or "late" (as late as
    possible); `uid` names the predecessor; `via` the summary whose link or constraint it is, when it is not the task's
    own.
    """

    kind: Literal["link", "start", "constraint", "status", "actual", "late"]
    uid: str = ""
    link: Link | None = None
    via: str = ""


Stretch = tuple[datetime, datetime]
"""From one moment to another."""


class PlanTask(NamedTuple):
    """A task as the schedule has it. Durations and floats in working minutes, percent in tenths."""

    uid: str
    number: str
    """The outline number: 1.5.3."""
    name: str
    level: int
    """Depth in the outline, 1 at the top."""
    kind: Literal["summary", "task", "milestone"]
    start: datetime
    finish: datetime
    duration: int
    es: int
    ef: int
    ls: int
    lf: int
    total_float: int
    free_float: int
    critical: bool
    near_critical: bool
    percent: int
    done: bool
    begun: bool
    parent: str = ""
    owner: str = ""
    deadline: datetime | None = None
    links: tuple[Link, ...] = ()
    needed: bool = True
    """Whether it is still to be done, or was; one that is not needed takes no time."""
    assumed: bool = False
    """Whether the duration was not given and one day is assumed."""
    clipped: bool = False
    """Whether a link would pull it before the plan's start."""
    elapsed: int = 0
    """The elapsed duration in minutes, nights and weekends included; 0 for a duration in working time."""
    critical_span: Stretch | None = None
    """Of a summary: from the first start to the last finish of what is critical in it."""
    near_span: Stretch | None = None
    """The same for what is nearly critical in it."""

    @property
    def late_for_deadline(self) -> bool:
        """Whether it ends after its deadline."""
        return self.deadline is not None and not self.done and self.finish > self.deadline


def show_takes(minutes: int, elapsed: int) -> str:
    """Return how long a task takes: its working minutes as `5d`, its elapsed minutes, if it has any, as `3ed`."""
    return show_elapsed(elapsed) if elapsed else show_duration(minutes)


def show_percent(tenths: int) -> str:
    """Return tenths of a percent for a narrow column: `40%`, `37.5%`."""
    return f"{show_decimal(tenths, 1)}%"
