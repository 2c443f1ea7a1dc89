"""Health: the latest reading, its light and its trend."""

from __future__ import annotations

from typing import NamedTuple

from pcsm_tui.domain.computed import band_in, result_field
from pcsm_tui.domain.declarations import Band, Light
from pcsm_tui.domain.engagement import Engagement, Row

OVERALL = "overall"


class Health(NamedTuple):
    """The latest health reading: score and trend in tenths of a percent, the ISO date.

    `light` is red, amber or green, `label` what the framework calls it; both are empty beyond its bands.
    """

    row: Row
    score: int
    light: Light
    label: str
    trend: int | None
    date: str


def health(engagement: Engagement) -> Health | None:
    """Return the latest reading that has a score, or None."""
    readings = sorted(
        (
            (row.date("date"), score, row)
            for row in engagement.rows("health")
            if isinstance(score := engagement.value(row, OVERALL), int)
        ),
        key=lambda reading: reading[0],
    )
    if not readings:
        return None
    when, score, row = readings[-1]
    trend = score - readings[-2][1] if len(readings) > 1 else None
    band = _band(engagement, score)
    return Health(row, score, band.light if band else "", band.label if band else "", trend, when)


def _band(engagement: Engagement, score: int) -> Band | None:
    """Return the band in which a score (tenths of a percent) lies."""
    tool = engagement.framework.tool("health")
    overall = tool.field(OVERALL)
    bands = overall.computed.bands if overall.computed else ()
    return band_in(bands, score, result_field(tool, overall))
