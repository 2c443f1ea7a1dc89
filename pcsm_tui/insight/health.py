"""Health: the latest reading, its light and its trend."""

from __future__ import annotations

from typing import NamedTuple

from pcsm_tui.domain.computed import band_in, result_field
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.values import is_empty, problem_with

OVERALL = "overall"


class Health(NamedTuple):
    """The latest health reading: score and trend in tenths of a percent, the light's word, the ISO date."""

    row: Row
    score: int
    light: str
    trend: int | None
    date: str


def health(engagement: Engagement) -> Health | None:
    """Return the latest reading that has a score, or None."""
    readings = sorted(
        (
            (_day(row), score, row)
            for row in engagement.rows("health")
            if isinstance(score := engagement.value(row, OVERALL), int)
        ),
        key=lambda reading: reading[0],
    )
    if not readings:
        return None
    when, score, row = readings[-1]
    trend = score - readings[-2][1] if len(readings) > 1 else None
    return Health(row, score, light(engagement, score), trend, when)


def _day(row: Row) -> str:
    """Return the day of a reading, empty when it has none that can be read."""
    value = row.get("date")
    return "" if is_empty(value) or problem_with(row.tool.field("date"), value) else str(value)


def light(engagement: Engagement, score: int) -> str:
    """Return the word of the light in which a score (tenths of a percent) lies: red, amber or green."""
    tool = engagement.framework.tool("health")
    overall = tool.field(OVERALL)
    bands = overall.computed.bands if overall.computed else ()
    band = band_in(bands, score, result_field(tool, overall))
    return band.label if band else ""
