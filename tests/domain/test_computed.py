"""Fields that follow from others; every expected figure is worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pcsm_tui.domain import computed
from pcsm_tui.domain.declarations import Computed
from pcsm_tui.domain.values import show_value
from tests.support import engagement, with_row


def shown(tool_id: str, field_id: str, **values: Any) -> str:
    """Show a field of a row that has these values."""
    seen, row = with_row(engagement(), tool_id, **values)
    return seen.show(row, field_id)


def form_shown(field_id: str, **values: Any) -> str:
    """Show a field of the scoring form with these values."""
    seen = engagement({"scoring": {"1": {**values, "order": 1}}})
    return seen.show(seen.form("scoring"), field_id)


def test_a_sum_is_a_sum() -> None:
    """Score = Likelihood + Severity, not a product (framework, P4)."""
    assert shown("risks", "score", name="Strike", likelihood=4, severity=5) == "9"
    assert shown("risks", "score", name="Strike", likelihood=4) == "4"
    assert shown("risks", "score", name="Strike") == ""


def test_a_sum_leaves_out_what_does_not_fit_its_field() -> None:
    seen = engagement({"risks": {"1": {"likelihood": True, "severity": 3}, "2": {"likelihood": 99, "severity": "5"}}})
    assert sorted(seen.show(row, "score") for row in seen.rows("risks")) == ["", "3"]


def test_a_sum_of_durations_is_a_duration() -> None:
    """1 h 30 + 8 h = 9 h 30, which is a day of 8 hours, one hour and 30 minutes."""
    assert shown("health", "time", travel=90, work=480) == "1d 1h 30m"


@pytest.mark.parametrize(
    ("scores", "band"),
    [
        ((0, 0, 0, 0), "Simple"),
        ((5, 0, 0, 0), "Simple"),
        ((5, 1, 0, 0), "Straightforward"),
        ((5, 5, 0, 0), "Straightforward"),
        ((5, 5, 1, 0), "Fairly Complex"),
        ((5, 5, 5, 0), "Fairly Complex"),
        ((5, 5, 5, 1), "Highly Complex"),
        ((5, 5, 5, 5), "Highly Complex"),
    ],
)
def test_bands_at_their_edges(scores: tuple[int, ...], band: str) -> None:
    """0-5 Simple, 6-10 Straightforward, 11-15 Fairly Complex, 16-20 Highly Complex (framework, P3)."""
    assert form_shown("band", **dict(zip("abcd", scores, strict=True))) == band


def test_advice_is_that_of_the_band_and_nothing_before_every_part_is_filled_in() -> None:
    assert form_shown("advice", a=5, b=1, c=0, d=0) == "Plan."
    assert form_shown("advice", a=5, b=1, c=0) == ""
    assert form_shown("band", a=5) == ""
    assert form_shown("advice") == ""
    assert form_shown("band") == ""


@pytest.mark.parametrize(
    ("usage", "mood", "overall"),
    [
        (800, 400, "70 %"),  # (3 x 80 + 40) / 4
        (801, 400, "70.1 %"),  # (3 x 80.1 + 40) / 4 = 70.075
        (800, 402, "70.1 %"),  # (240 + 40.2) / 4 = 70.05, half up
        (800, 401, "70 %"),  # (240 + 40.1) / 4 = 70.025
        (0, 0, "0 %"),
        (1000, 1000, "100 %"),
        (500, None, "50 %"),
        (None, 330, "33 %"),
        (None, None, ""),
    ],
)
def test_a_weighted_average_leaves_out_what_is_empty(usage: int | None, mood: int | None, overall: str) -> None:
    assert shown("health", "overall", usage=usage, mood=mood) == overall


def test_a_weighted_average_of_scores_has_one_digit_more() -> None:
    assert shown("health", "points", first=7, second=8) == "7.7"  # (7 + 16) / 3 = 7.666…
    assert shown("health", "points", first=10, second=10) == "10"


@pytest.mark.parametrize(
    ("usage", "light"),
    [(0, "red"), (400, "red"), (401, "amber"), (700, "amber"), (701, "green"), (1000, "green"), (None, "")],
)
def test_bands_of_a_percentage_are_written_in_whole_percent(usage: int | None, light: str) -> None:
    assert shown("health", "light", usage=usage) == light


@pytest.mark.parametrize(
    ("baseline", "target", "now", "progress"),
    [
        (2000, 8000, 5000, "50 %"),
        (2000, 8000, 2000, "0 %"),
        (2000, 8000, 8000, "100 %"),
        (2000, 8000, 9500, "125 %"),
        (2000, 8000, 500, "-25 %"),
        (8000, 2000, 5000, "50 %"),  # lower is better
        (8000, 2000, 9500, "-25 %"),
        (1200, 400, 1000, "25 %"),
        (0, 300, 100, "33.3 %"),
        (0, 300, 200, "66.7 %"),
        (0, 2000, 1, "0.1 %"),  # 0.05 %, half up
        (0, -2000, -1, "0.1 %"),
        (500, 500, 500, ""),
        (None, 500, 400, ""),
        (500, None, 400, ""),
    ],
)
def test_progress_is_the_way_covered_from_baseline_to_target(
    baseline: int | None, target: int | None, now: int, progress: str
) -> None:
    """Progress = (now - baseline) / (target - baseline), also where lower is better (framework, P5)."""
    seen, measure = with_row(engagement(), "measures", name="Orders", baseline=baseline, target=target)
    seen, _ = with_row(seen, "measurements", measure=measure.uid, date="2026-11-01", value=now)
    assert seen.show(seen.row("measures", measure.uid), "progress") == progress


def test_the_latest_measurement_counts_by_its_date_whatever_the_rows_order() -> None:
    seen, measure = with_row(engagement(), "measures", name="Orders", baseline=0, target=10000)
    seen, other = with_row(seen, "measures", name="Calls", baseline=0, target=100)
    for day, value in (("2026-09-01", 2000), ("2026-11-01", 7525), ("2026-10-01", 9900)):
        seen, _ = with_row(seen, "measurements", measure=measure.uid, date=day, value=value)
    measure = seen.row("measures", measure.uid)
    assert seen.show(measure, "latest") == "75.25"
    assert seen.show(measure, "progress") == "75.3 %"
    assert seen.measured()[measure.uid] == [("2026-09-01", 2000), ("2026-10-01", 9900), ("2026-11-01", 7525)]
    assert seen.show(seen.row("measures", other.uid), "latest") == ""


def test_measurements_that_do_not_fit_are_left_out() -> None:
    broken = [{"date": "soon", "value": 1}, {"date": "2026-11-01", "value": True}, {"value": 5}, {"date": "2026-11-02"}]
    records = {str(place): {**record, "measure": "m"} for place, record in enumerate(broken, 1)}
    assert engagement({"measurements": records}).measured() == {}


def test_a_target_lacks_quality_quantity_or_deadline() -> None:
    assert shown("measures", "missing_target", name="m") == "quality, quantity, deadline"
    assert shown("measures", "missing_target", name="m", target_quality="right", deadline="2026-12-01") == "quantity"
    full = {"target_quality": "right", "target_quantity": "95 of 100", "deadline": "2026-12-01"}
    assert shown("measures", "missing_target", name="m", **full) == ""


@pytest.mark.parametrize(("frequency", "cost"), [("Daily", "250"), ("Weekly", "50"), ("Monthly", "12"), (None, "")])
def test_measuring_costs_so_many_times_a_year(frequency: str | None, cost: str) -> None:
    assert shown("measures", "measuring_cost", name="m", frequency=frequency) == cost


def test_rows_are_numbered_in_their_order() -> None:
    seen, first = with_row(engagement(), "risks", name="One")
    seen, second = with_row(seen, "risks", name="Two")
    assert [seen.show(row, "no") for row in seen.rows("risks")] == ["1", "2"]
    assert seen.number(second) == 2
    assert seen.number(first) == 1


# --- rules that another room offers ---------------------------------------------------------------------------


def test_a_rule_that_nobody_offered_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        computed, "RULES", {**computed.RULES, "start": (lambda seen, row: None, computed.RULES["start"][1])}
    )
    seen, row = with_row(engagement(), "steps", name="x")
    assert (seen.value(row, "start"), seen.show(row, "start"), seen.date(row, "start")) == (None, "", "")


def test_a_rule_that_was_offered_is_used_and_shown_by_its_declared_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computed, "RULES", dict(computed.RULES))
    computed.offer("start", lambda seen, row: "2026-11-30")
    computed.offer("total_float", lambda seen, row: -960)
    seen, row = with_row(engagement(), "steps", name="x")
    assert (seen.show(row, "start"), seen.date(row, "start")) == ("2026-11-30", "2026-11-30")
    slack = row.tool.field("start").model_copy(update={"computed": Computed(rule="total_float")})
    assert show_value(computed.result_field(row.tool, slack), computed.compute(seen, row, slack)) == "-2d"
    with pytest.raises(KeyError):
        computed.offer("finnish", lambda seen, row: None)


def test_a_computed_day_makes_a_row_late_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computed, "RULES", dict(computed.RULES))
    computed.offer("start", lambda seen, row: "2026-11-21")
    seen, row = with_row(engagement(), "steps", name="x")
    tool = row.tool.model_copy(update={"due": "start"})
    assert seen.late(replace(row, tool=tool), "2026-11-22")
    assert not seen.late(replace(row, tool=tool), "2026-11-21")
