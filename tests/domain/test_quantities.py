"""Numbers, durations and money: words outside, whole numbers inside. A day has 480 working minutes, a week 2,400."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.quantities import (
    LARGEST,
    is_currency,
    read_decimal,
    read_duration,
    read_money,
    show_decimal,
    show_duration,
    show_money,
)
from pcsm_tui.errors import ValueRefused


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("12", 0, 12),
        ("-12", 0, -12),
        ("+7", 0, 7),
        ("5.0", 0, 5),
        ("12.5", 1, 125),
        ("12.5", 2, 1250),
        (".5", 1, 5),
        ("-0.05", 2, -5),
        ("1,200", 0, 1200),
        ("1'234'567", 0, 1234567),
        ("1 200.50", 2, 120050),
        ("1\u00a0200", 0, 1200),
        ("1.200", 3, 1200),
        ("12.50", 1, 125),
        ("9007199254740991", 0, 2**53 - 1),
    ],
)
def test_decimals_are_scaled(text: str, decimals: int, expected: int) -> None:
    assert read_decimal(text, decimals) == expected


@pytest.mark.parametrize(
    ("text", "decimals", "reason"),
    [
        ("", 0, "not a number"),
        (".", 0, "not a number"),
        ("-", 0, "not a number"),
        ("twelve", 0, "not a number"),
        ("12,5", 1, "not a number"),
        ("12,34", 0, "not a number"),
        ("1234,567", 0, "not a number"),
        ("1.5,200", 4, "not a number"),
        ("1e5", 0, "not a number"),
        ("1e999999999999", 0, "not a number"),
        ("1e-999999999999", 0, "not a number"),
        ("nan", 0, "not a number"),
        ("Infinity", 0, "not a number"),
        ("1_000", 0, "not a number"),
        ("0x10", 0, "not a number"),
        ("12.5", 0, "too exact"),
        ("0.125", 2, "too exact"),
        ("1." + "0" * 40 + "1", 2, "too exact"),
        ("9007199254740992", 0, "too large"),
        ("90071992547409.92", 2, "too large"),
        ("9" * 100_000, 0, "too large"),
    ],
)
def test_what_is_no_such_number_is_refused(text: str, decimals: int, reason: str) -> None:
    with pytest.raises(ValueRefused, match=reason):
        read_decimal(text, decimals)


def test_a_point_before_three_digits_may_mean_thousands_and_is_refused() -> None:
    """`1.200 EUR` is twelve hundred to half of Europe: better asked than read as 1.20."""
    for text, decimals in (("1.200", 0), ("1.200", 2), ("45.000", 1)):
        with pytest.raises(ValueRefused, match="too exact"):
            read_decimal(text, decimals)


@pytest.mark.parametrize(
    ("scaled", "decimals", "expected"),
    [
        (5, 0, "5"),
        (1250, 2, "12.5"),
        (-5, 2, "-0.05"),
        (100, 2, "1"),
        (0, 2, "0"),
        (1001, 3, "1.001"),
        (-450, 1, "-45"),
    ],
)
def test_decimals_are_shown_without_needless_zeros(scaled: int, decimals: int, expected: str) -> None:
    assert show_decimal(scaled, decimals) == expected


@given(st.integers(-LARGEST, LARGEST), st.integers(0, 6))
def test_every_decimal_is_read_as_it_is_shown(scaled: int, decimals: int) -> None:
    assert read_decimal(show_decimal(scaled, decimals), decimals) == scaled


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("90 min", 90),
        ("90minutes", 90),
        ("4h", 240),
        ("1.5h", 90),
        ("2 hours", 120),
        ("5d", 2400),
        ("1 day", 480),
        ("0.5d", 240),
        ("2w", 4800),
        ("1mo", 9600),
        ("2 months", 19200),
        ("1w 2d", 3360),
        ("1w, 2d 4h", 3600),
        ("1d2h", 600),
        ("1,5d", 720),
        ("1,25h", 75),
        ("1,5", 720),
        ("2 hrs 1 wk", 2520),
        ("1 mon", 9600),
        ("0d", 0),
    ],
)
def test_durations_are_working_minutes(text: str, minutes: int) -> None:
    assert read_duration(text) == minutes


@pytest.mark.parametrize(("unit", "minutes"), [("m", 3), ("h", 180), ("d", 1440), ("w", 7200), ("mo", 28800)])
def test_a_bare_number_counts_in_the_fields_unit(unit: str, minutes: int) -> None:
    assert read_duration("3", unit) == minutes


@pytest.mark.parametrize(
    "text",
    ["", "d", "five days", "-2d", "1,500d", "1,d", "1w 2", "3 4", "1.5.2h", "2y", "0.001h", "1e3d", "99999999999d"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1000000000mo", "'1000000000mo' is too long. The limit is 999,999,999 months."),
        ("0.0001d", "'0.0001d' is not a whole number of minutes. A minute, 1m, is the least."),
        ("x" * 41, f"'{'x' * 40}…' is not a duration. Write 30m"),
    ],
)
def test_what_is_wrong_with_a_duration_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        read_duration(text)
    assert str(caught.value).startswith(said)


def test_a_duration_of_very_many_parts_is_read_in_one_go() -> None:
    assert read_duration("1m " * 200_000) == 200_000


def test_a_decimal_comma_is_a_matter_of_who_asks() -> None:
    assert read_decimal("37,5", 1, comma=True) == 375
    assert read_decimal("1,200", 1, comma=True) == 12000


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "0d"),
        (30, "30m"),
        (90, "1h 30m"),
        (240, "4h"),
        (480, "1d"),
        (2400, "5d"),
        (3630, "7d 4h 30m"),
        (-960, "-2d"),
    ],
)
def test_durations_are_shown_in_days_hours_and_minutes(minutes: int, expected: str) -> None:
    assert show_duration(minutes) == expected


@given(st.integers(0, 480 * 999_999))
def test_every_duration_is_read_as_it_is_shown(minutes: int) -> None:
    assert read_duration(show_duration(minutes)) == minutes


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1200", 120000, "EUR"),
        ("1,200.50", 120050, "EUR"),
        ("1200 usd", 120000, "USD"),
        ("GBP 15", 1500, "GBP"),
        ("-12.5 USD", -1250, "USD"),
        ("1200 JPY", 1200, "JPY"),
        ("1,200JPY", 1200, "JPY"),
        ("1.5 KWD", 1500, "KWD"),
        ("1.200 KWD", 1200, "KWD"),
    ],
)
def test_money_is_minor_units_with_its_currency(text: str, amount: int, currency: str) -> None:
    assert read_money(text, "EUR") == {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    "text", ["12.50 JPY", "12.345", "1.2345 KWD", "€12", "EUR 12 EUR", "12 EURO", "EUR", "1.200 EUR"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        read_money(text, "EUR")


def test_an_amount_without_currency_is_refused_where_the_engagements_is_none() -> None:
    with pytest.raises(ValueRefused, match="EURO"):
        read_money("12", "Euro")
    assert read_money("12 CHF", "Euro") == {"amount": 1200, "currency": "CHF"}


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (12000000, "EUR", "120,000 EUR"),
        (1250, "USD", "12.50 USD"),
        (1205, "USD", "12.05 USD"),
        (-5, "USD", "-0.05 USD"),
        (120000, "JPY", "120,000 JPY"),
        (1500, "KWD", "1.500 KWD"),
        (0, "EUR", "0 EUR"),
    ],
)
def test_money_is_shown_with_its_currency(amount: int, currency: str, expected: str) -> None:
    assert show_money(amount, currency) == expected


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_every_amount_is_read_as_it_is_shown(amount: int, currency: str) -> None:
    assert read_money(show_money(amount, currency), "CHF") == {"amount": amount, "currency": currency}


def test_currencies_are_three_capital_letters() -> None:
    assert is_currency("EUR")
    assert not any(is_currency(code) for code in ("eur", "EU", "EURO", "E1R", "", None, 978))
