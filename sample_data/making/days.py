"""The calendar of the samples: their fixed today, and working days from Monday to Friday."""

from __future__ import annotations

from datetime import date, timedelta

from pcsm_tui.workspace.demo import SAMPLE_TODAY

__all__ = ["SAMPLE_TODAY", "finish_of", "next_working_day", "spread", "working_day_before"]

_ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Return whether a day is one from Monday to Friday."""
    return day.weekday() < 5


def next_working_day(day: date) -> date:
    """Return the first working day from this day on, itself included."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


def working_day_before(day: date) -> date:
    """Return the last working day before this day."""
    day -= _ONE_DAY
    while not is_working_day(day):
        day -= _ONE_DAY
    return day


def finish_of(start: date, days: int) -> date:
    """Return the day on which work of so many working days ends, the first of them being `start`."""
    day = next_working_day(start)
    for _ in range(days - 1):
        day = next_working_day(day + _ONE_DAY)
    return day


def spread(first: date, last: date, count: int) -> list[date]:
    """Return so many working days, evenly spread from the first to the last."""
    whole = (last - first).days
    steps = (first + timedelta(days=whole * (place + 1) // count) for place in range(count))
    return [min(next_working_day(day), last) for day in steps]
