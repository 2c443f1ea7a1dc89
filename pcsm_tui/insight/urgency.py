"""Which signals show on a day, and in which order; light, since the first paint needs it."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import date

from pcsm_tui.domain.summaries import Signal


def todays(found: Iterable[Signal], today: date, snoozed: frozenset[str] = frozenset()) -> list[Signal]:
    """Return the signals that show on a day, those put off left out, in the order in which they hurt."""
    day = today.isoformat()
    return sorted(showing(found, day, snoozed), key=lambda item: urgency(item, day))


def showing(found: Iterable[Signal], day: str, snoozed: Set[str]) -> list[Signal]:
    """Return the signals that show on a day (ISO), those put off left out, in any order."""
    return [item for item in found if item.shows <= day and not (snoozed and item.key in snoozed)]


def urgency(signal: Signal, day: str) -> tuple[int, str, str]:
    """Return a key by which signals sort on a day (ISO): late by how much, decisions, today, then what has no date."""
    if signal.due and signal.due < day:
        return (0, signal.due, signal.text)
    if signal.mark:
        return (1, signal.due or "9", signal.text)
    return (2, signal.due, signal.text) if signal.due else (3, "", signal.text)
