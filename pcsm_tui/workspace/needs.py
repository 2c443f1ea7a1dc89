"""What needs the CSM, as it is shown on a day; light, since Today shows it before anything heavy is imported."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pcsm_tui.domain.dates import distance
from pcsm_tui.domain.summaries import Signal


class Need(NamedTuple):
    """Something that needs the CSM, why, and where to go for it; `when` says how far off `due` is."""

    text: str
    reason: str
    due: str
    when: str
    mark: str
    detail: str
    tool: str
    uid: str
    field: str
    phase: int


def need(signal: Signal, today: date) -> Need:
    """Return a signal as it is shown on a day."""
    when = distance(date.fromisoformat(signal.due), today) if signal.due else ""
    place = signal.place
    return Need(
        signal.text, signal.reason, signal.due, when, signal.mark, signal.detail,
        place.tool, place.uid, place.field, place.phase,
    )  # fmt: skip
