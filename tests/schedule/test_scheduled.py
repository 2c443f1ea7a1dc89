"""Where in a work stream its critical work lies. 16 November 2026 is a Monday."""

from __future__ import annotations

from datetime import datetime

from tests.charts.tasks import close, opening
from tests.insight.small_plans import Tasks, planned

WAVE: Tasks = {
    "Rollout": {"kind": "Work stream"},
    "Wave": {"kind": "Work stream", "parent": "Rollout"},
    "Agree": {"duration": 1, "parent": "Wave", "state": "Done"},
    "Posters": {"duration": 1, "parent": "Wave"},
    "Train": {"duration": 2, "parent": "Wave", "after": "Build"},
    "Build": {"duration": 5},
    "Go-live": {"duration": 0, "after": "Train"},
}
"""Build takes Monday to Friday, Train Monday 23 and Tuesday 24; Posters, on Monday 16, may slip by six days."""


def spans(uid: str, **settings: object) -> tuple[tuple[datetime, datetime] | None, ...]:
    task = planned(WAVE, **settings).task(uid)
    assert (task.critical, task.near_critical) == (task.critical_span is not None, task.near_span is not None)
    return task.critical_span, task.near_span


def test_a_stream_is_critical_from_its_first_to_its_last_critical_package() -> None:
    train = (opening("11-23"), close("11-24"))
    assert spans("Wave") == (train, None)
    assert spans("Rollout") == (train, None), "however deep it lies"
    assert spans("Wave", near_critical=2880) == (train, (opening("11-16"), close("11-16"))), "not what is done"


def test_a_stream_with_float_is_not_critical() -> None:
    tasks = {**WAVE, "Train": {"duration": 1, "parent": "Wave"}}
    assert planned(tasks).task("Wave").critical_span is None
