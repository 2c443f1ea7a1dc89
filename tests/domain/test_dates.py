"""Dates as people write them, read on Sunday 22 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from pcsm_tui.domain.dates import add_months, distance, read_date, short_date
from pcsm_tui.errors import ValueRefused
from tests.support import SUNDAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-22"),
        ("TOD", "2026-11-22"),
        ("tomorrow", "2026-11-23"),
        ("tom", "2026-11-23"),
        ("yesterday", "2026-11-21"),
        ("2026-11-30", "2026-11-30"),
        (" 2026-1-5 ", "2026-01-05"),
        ("5.1.2027", "2027-01-05"),
        ("mon", "2026-11-23"),
        ("Friday", "2026-11-27"),
        ("sat", "2026-11-28"),
        ("sun", "2026-11-29"),
        ("thurs", "2026-11-26"),
        ("+3d", "2026-11-25"),
        ("+3", "2026-11-25"),
        ("+ 2 w", "2026-12-06"),
        ("-1w", "2026-11-15"),
        ("+1m", "2026-12-22"),
        ("+3m", "2027-02-22"),
        ("-12m", "2025-11-22"),
        ("+1y", "2027-11-22"),
        ("30 nov", "2026-11-30"),
        ("22 Nov", "2026-11-22"),
        ("21 nov", "2027-11-21"),
        ("1. sept.", "2027-09-01"),
        ("nov 30", "2026-11-30"),
        ("Dec 24, 2026", "2026-12-24"),
        ("3 march 2025", "2025-03-03"),
        ("29 feb", "2028-02-29"),
    ],
)
def test_words_mean_dates(text: str, expected: str) -> None:
    assert read_date(text, SUNDAY).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-30", "no day"),
        ("31 feb", "no day"),
        ("29.2.2027", "no day"),
        ("2026-13-01", "no day"),
        ("0 nov", "no day"),
        ("soon", "not a date"),
        ("mo", "not a date"),
        ("12/11/2026", "not a date"),
        ("20261130", "not a date"),
        ("2026-W48-1", "not a date"),
        ("5 brumaire", "not a date"),
        ("1899-12-31", "year"),
        ("3000-01-01", "year"),
        ("+9999y", "calendar"),
        ("-9999y", "calendar"),
        ("-999y", "year"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueRefused, match=reason) as refused:
        read_date(text, SUNDAY)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("today", "text", "expected"),
    [
        (date(2026, 12, 31), "tomorrow", date(2027, 1, 1)),
        (date(2026, 12, 31), "1 jan", date(2027, 1, 1)),
        (date(2026, 1, 31), "+1m", date(2026, 2, 28)),
        (date(2028, 2, 29), "+1y", date(2029, 2, 28)),
        (date(2026, 11, 27), "fri", date(2026, 12, 4)),
        (date(2096, 3, 1), "29 feb", date(2104, 2, 29)),
    ],
)
def test_the_day_from_which_words_count_is_the_callers(today: date, text: str, expected: date) -> None:
    assert read_date(text, today) == expected


def test_months_keep_to_the_end_of_short_ones() -> None:
    assert add_months(date(2026, 10, 31), 1) == date(2026, 11, 30)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 15), -13) == date(2024, 12, 15)


def test_dates_in_narrow_places() -> None:
    assert short_date(date(2026, 11, 26), SUNDAY) == "Thu 26 Nov"
    assert short_date(date(2027, 1, 5), SUNDAY) == "5 Jan 2027"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 23), "tomorrow"),
        (date(2026, 11, 24), "in 2 days"),
        (date(2026, 11, 21), "1 day late"),
        (date(2026, 11, 12), "10 days late"),
    ],
)
def test_distance_from_today(day: date, expected: str) -> None:
    assert distance(day, SUNDAY) == expected
