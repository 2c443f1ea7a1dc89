"""Fields that follow from others: sums, weighted averages, bands, and named rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pcsm_tui.domain.declarations import Band, Field, Tool
from pcsm_tui.domain.quantities import LARGEST
from pcsm_tui.domain.values import Value, is_empty, problem_with

if TYPE_CHECKING:
    from pcsm_tui.domain.engagement import Engagement, Row

_TEXT = Field(id="text", name="")
_COUNT = Field(id="count", name="", type="number")
_MEASURED = Field(id="measured", name="", type="number", decimals=2)
_DURATION = Field(id="duration", name="", type="duration")
_DATE = Field(id="date", name="", type="date")
_FLOAT = Field(id="float", name="", type="duration", min=-LARGEST)
_SHARE = Field(id="share", name="", type="percent", min=-100_000, max=100_000)


def compute(engagement: Engagement, row: Row, field: Field) -> Value:
    """Return the value of a computed field of a row, None when what it follows from is empty."""
    rule = field.computed
    assert rule is not None
    if rule.sum:
        return _sum(row, rule.sum)
    if rule.weighted:
        return _weighted(row, rule.weighted)
    if rule.band_of:
        band = _band_of(engagement, row, row.tool.field(rule.band_of), rule.bands)
        return band and (band.advice if rule.advice else band.label)
    return RULES[rule.rule][0](engagement, row)


def result_field(tool: Tool, field: Field) -> Field:
    """Return a field by whose type the result of a computed field is shown."""
    rule = field.computed
    assert rule is not None
    if rule.sum:
        return _shown_like(tool.field(rule.sum[0]), 0)
    if rule.weighted:
        return _shown_like(tool.field(rule.weighted[0]), 1)
    return _TEXT if rule.band_of else RULES[rule.rule][1]


def _shown_like(first: Field, more_decimals: int) -> Field:
    """Return a field without limits that shows numbers as `first` does, with more digits where it counts things."""
    if first.type in ("percent", "duration"):
        return _SHARE if first.type == "percent" else _DURATION
    return _COUNT.model_copy(update={"decimals": first.decimals + more_decimals, "unit": first.unit})


def _band_of(engagement: Engagement, row: Row, source: Field, bands: tuple[Band, ...]) -> Band | None:
    """Return the band in which a field of the row lies; none while a part of a sum is still empty."""
    total = engagement.value(row, source.id)
    shown = source if source.computed is None else result_field(row.tool, source)
    parts = source.computed.sum if source.computed else ()
    if total is None or problem_with(shown, total) or len(_numbers(row, parts)) < len(parts):
        return None
    return band_in(bands, total, shown)


def band_in(bands: tuple[Band, ...], value: int, shown: Field) -> Band | None:
    """Return the first band that reaches a value of a field; bands are in whole numbers and whole percent."""
    scale = 10 if shown.type == "percent" else 10**shown.decimals
    return next((band for band in bands if value <= band.up_to * scale), None)


def _numbers(row: Row, names: tuple[str, ...]) -> list[tuple[Field, int]]:
    found = ((row.tool.field(name), row.get(name)) for name in names)
    return [(item, value) for item, value in found if isinstance(value, int) and not problem_with(item, value)]


def _sum(row: Row, names: tuple[str, ...]) -> Value:
    numbers = _numbers(row, names)
    return sum(value for _, value in numbers) if numbers else None


def _weighted(row: Row, names: tuple[str, ...]) -> Value:
    """Average by weight of what is filled in, rounded half up, with one digit more where points are counted."""
    numbers = _numbers(row, names)
    weights = sum(item.weight for item, _ in numbers)
    if not weights:
        return None
    scale = 1 if numbers[0][0].type in ("percent", "duration") else 10
    total = sum(item.weight * value * scale for item, value in numbers)
    return (2 * total + weights) // (2 * weights)


# --- named rules ----------------------------------------------------------------------------------------------


def _number(engagement: Engagement, row: Row) -> Value:
    return engagement.number(row)


def _wbs(engagement: Engagement, row: Row) -> Value:
    return (engagement.outline(row.tool.id).number(row.uid) or None) if row.tool.outline else None


def measured_series(engagement: Engagement) -> dict[str, list[tuple[str, int]]]:
    """Return every series of measurements by the uid of what is measured: ISO date and value, oldest first."""
    series: dict[str, list[tuple[str, int]]] = {}
    for row in engagement.rows("measurements") if engagement.framework.has_tool("measurements") else ():
        when, value = row.get("date"), row.get("value")
        broken = any(problem_with(row.tool.field(name), row.get(name)) for name in ("date", "value"))
        if when and value is not None and not broken:
            series.setdefault(str(row.get("measure")), []).append((when, value))
    for readings in series.values():
        readings.sort(key=lambda reading: reading[0])
    return series


def measured(engagement: Engagement, row: Row) -> list[tuple[str, int]]:
    """Return the dated measurements of a measure or KPI, oldest first: ISO date and value in hundredths."""
    return engagement.measured().get(row.uid, [])


def _latest(engagement: Engagement, row: Row) -> Value:
    series = measured(engagement, row)
    return series[-1][1] if series else None


def _progress(engagement: Engagement, row: Row) -> Value:
    """(now - baseline) / (target - baseline) in tenths of a percent, also where lower is better (framework, P5)."""
    now, baseline, target = _latest(engagement, row), row.get("baseline"), row.get("target")
    if not all(type(value) is int for value in (now, baseline, target)) or target == baseline:
        return None
    part, whole = (now - baseline) * 1000, target - baseline
    return (2 * part + whole) // (2 * whole)


def _missing_target(engagement: Engagement, row: Row) -> Value:
    """Which of quality, quantity and deadline a target lacks (framework, P5: all three)."""
    parts = {"quality": "target_quality", "quantity": "target_quantity", "deadline": "deadline"}
    lacking = [name for name, field_id in parts.items() if is_empty(row.get(field_id))]
    return ", ".join(lacking) or None


def _measuring_cost(engagement: Engagement, row: Row) -> Value:
    frequency = row.tool.field("frequency").choice(row.get("frequency"))
    return frequency and frequency.per_year


def _nothing(engagement: Engagement, row: Row) -> Value:
    return None


Rule = Callable[["Engagement", "Row"], Value]

RULES: dict[str, tuple[Rule, Field]] = {
    "no": (_number, _COUNT),
    "wbs": (_wbs, _TEXT),
    "latest": (_latest, _MEASURED),
    "progress": (_progress, _SHARE),
    "missing_target": (_missing_target, _TEXT),
    "measuring_cost": (_measuring_cost, _COUNT),
    "start": (_nothing, _DATE),
    "finish": (_nothing, _DATE),
    "total_float": (_nothing, _FLOAT),
    "free_float": (_nothing, _FLOAT),
    "critical": (_nothing, _TEXT),
}
"""The named rules, each with a field by whose type its result is shown; the last ones are offered by the schedule."""


def offer(name: str, rule: Rule) -> None:
    """Take over from another room how a named rule is worked out; until it is offered it gives nothing.

    The result must fit the field that `RULES` has for the name; raises `KeyError` for a name that it does not have.
    """
    RULES[name] = (rule, RULES[name][1])
