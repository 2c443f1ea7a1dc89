"""The scale of time: every expected column counted by hand on a calendar of 2026 (1 November is a Sunday)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsm_tui.ui.charts.timescale import ZOOMS, Zoom, fitting, timescale
from pcsm_tui.ui.present.line import plain

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("zoom", "when", "column"),
    [
        ("day", datetime(2026, 11, 16, 8, 0), 0),
        ("day", datetime(2026, 11, 16, 11, 0), 1),
        ("day", datetime(2026, 11, 16, 16, 59), 2),
        ("day", datetime(2026, 11, 18, 8, 0), 6),
        ("week", datetime(2026, 11, 16, 16, 0), 0),
        ("week", datetime(2026, 11, 23, 8, 0), 7),
        ("week", datetime(2026, 11, 15, 8, 0), -1),
        ("month", datetime(2026, 11, 18, 9, 0), 0),
        ("month", datetime(2026, 11, 19, 8, 0), 1),
        ("month", datetime(2026, 11, 23, 8, 0), 3),
        ("quarter", datetime(2026, 11, 22, 12, 0), 0),
        ("quarter", datetime(2026, 12, 14, 8, 0), 4),
        ("year", datetime(2026, 12, 13, 12, 0), 0),
        ("year", datetime(2026, 12, 14, 8, 0), 1),
    ],
)
def test_a_moment_falls_in_its_cell(zoom: Zoom, when: datetime, column: int) -> None:
    assert timescale(zoom, MONDAY, 40).column(when) == column


def test_tasks_on_either_side_of_a_night_touch() -> None:
    scale = timescale("day", MONDAY, 40)
    assert scale.columns(datetime(2026, 11, 16, 8), datetime(2026, 11, 16, 17)) == (0, 3)
    assert scale.columns(datetime(2026, 11, 17, 8), datetime(2026, 11, 17, 12)) == (3, 5)
    weeks = timescale("week", MONDAY, 40)
    assert weeks.columns(datetime(2026, 11, 16, 8), datetime(2026, 11, 20, 17)) == (0, 5)
    assert weeks.columns(datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 8)) == (7, 8)


def test_hours_of_the_calendar_make_up_a_day() -> None:
    shifts = timescale("day", MONDAY, 40, (0, 1440))
    assert shifts.column(datetime(2026, 11, 16, 7, 59)) == 0
    assert shifts.column(datetime(2026, 11, 16, 8)) == 1
    assert shifts.columns(datetime(2026, 11, 16), datetime(2026, 11, 17)) == (0, 3)


def test_time_ends_in_the_cell_before_its_close() -> None:
    scale = timescale("week", MONDAY, 40)
    assert scale.last_column(datetime(2026, 11, 20, 17)) == 4
    assert scale.last_column(datetime(2026, 11, 20, 8)) == 4
    assert scale.last_column(datetime(2026, 11, 20)) == 4


def test_a_scale_begins_on_a_monday_where_cells_are_parts_of_weeks() -> None:
    assert timescale("day", date(2026, 11, 18), 40).first == date(2026, 11, 18)
    assert [timescale(zoom, date(2026, 11, 18), 40).first for zoom in ZOOMS[1:]] == [MONDAY] * 4


@pytest.mark.parametrize(
    ("zoom", "header"),
    [
        ("day", "Nov 16   19 20 21 22 23 24 25 26 27 "),
        ("week", "Nov 16 23     30     Dec 7  14      "),
        ("month", "Nov   Dec 2026     Jan 2027      Feb"),
        ("quarter", "  Dec 2026 Feb Mar Apr May  Jun Jul "),
        ("year", " 2027   Jul   2028   Jul   2029     "),
    ],
)
def test_one_line_names_the_cells(zoom: Zoom, header: str) -> None:
    assert plain(timescale(zoom, MONDAY, 36).header()) == header


def test_two_lines_name_the_cells() -> None:
    upper, lower = timescale("week", MONDAY, 36).headers()
    assert plain(upper) == "Nov 2026       Dec 2026             "
    assert plain(lower) == "16     23     30     7      14      "
    upper, lower = timescale("year", MONDAY, 36).headers()
    assert plain(upper) == " 2027         2028         2029     "
    assert plain(lower) == " Q1 Q2  Q3 Q4 Q1 Q2  Q3 Q4 Q1 Q2  Q3"


@pytest.mark.parametrize(
    ("finish", "zoom"),
    [
        (date(2026, 11, 27), "day"),
        (date(2026, 11, 28), "week"),
        (date(2026, 12, 21), "week"),
        (date(2026, 12, 22), "month"),
        (date(2027, 2, 8), "quarter"),
        (date(2027, 7, 26), "year"),
        (date(2040, 1, 1), "year"),
    ],
)
def test_the_nearest_zoom_that_shows_all_is_chosen(finish: date, zoom: Zoom) -> None:
    assert fitting(MONDAY, finish, 36).zoom == zoom


def test_a_page_may_ask_for_no_nearer_zoom_than_weeks() -> None:
    assert fitting(MONDAY, MONDAY, 36, nearest="week").zoom == "week"


def test_scrolling_goes_by_the_unit_and_back() -> None:
    scale = timescale("month", MONDAY, 36)
    assert scale.scrolled(1).first == date(2026, 12, 14)
    assert scale.scrolled(3).scrolled(-3) == scale
    assert timescale("day", MONDAY, 36).scrolled(-1).first == date(2026, 11, 15)


def test_scrolling_and_zooming_stop_at_the_years_that_dates_may_have() -> None:
    assert timescale("year", MONDAY, 36).scrolled(-9999).first.year == 1900
    assert timescale("year", MONDAY, 200).scrolled(9999).last == date(2999, 12, 31)
    assert timescale("day", date(1900, 1, 1), 36).zoomed(4).first == date(1900, 1, 1)


def test_a_day_out_of_view_is_shown_a_quarter_in() -> None:
    scale = timescale("week", MONDAY, 40)
    assert scale.showing(date(2026, 12, 25)) is scale
    assert scale.showing(date(2027, 3, 10)).first == date(2027, 2, 22)


@given(
    first=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    width=st.integers(10, 200),
    zoom=st.sampled_from(ZOOMS),
    steps=st.integers(-4, 4),
    share=st.integers(0, 100),
)
@settings(max_examples=60, deadline=None)
def test_zooming_keeps_a_day_about_where_it_is(first: date, width: int, zoom: Zoom, steps: int, share: int) -> None:
    scale = timescale(zoom, first, width)
    day = min(scale.first + (scale.last - scale.first) * share / 100, scale.last)
    zoomed = scale.zoomed(steps, day)
    # It begins on a Monday, so that the day may be off by a week's cells.
    week = zoomed.day_column(zoomed.first + timedelta(7))
    assert abs(zoomed.day_column(day) - scale.day_column(day)) <= week + 1
    assert 0 <= scale.day_column(day) < width
    assert scale.day_column(scale.day_at(width // 2)) in (width // 2, width // 2 - 1, width // 2 - 2)


@pytest.mark.parametrize(
    ("zoom", "begin", "end", "cells"),
    [
        ("week", 0, 20, [5, 6, 12, 13, 19]),
        ("week", 6, 13, [6, 12]),
        ("week", -30, 99, [5, 6, 12, 13, 19]),
        ("day", 0, 20, [15, 16, 17, 18, 19]),
        ("day", 0, 15, []),
        ("month", 0, 20, []),
    ],
)
def test_the_cells_of_days_off(zoom: Zoom, begin: int, end: int, cells: list[int]) -> None:
    scale = timescale(zoom, date(2026, 11, 16), 20)
    assert list(scale.days_off(begin, end, lambda day: day.weekday() < 5)) == cells


@pytest.mark.parametrize(
    ("zoom", "status", "header"),
    [
        ("day", datetime(2026, 11, 21), "Nov 16   19 20▽21 22 23 24 25 26 27"),  # the 20th is over
        ("day", datetime(2026, 11, 20, 12), "Nov 16   19  ▽ 21 22 23 24 25 26 27"),  # noon hides the name of its day
        ("week", datetime(2026, 11, 21), "Nov ▽  23     30     Dec 7  14"),
        ("week", datetime(2026, 11, 24), "Nov 16 ▽      30     Dec 7  14"),
        ("week", datetime(2026, 11, 23), "Nov 16▽23     30     Dec 7  14"),
        ("week", datetime(2026, 12, 5), "Nov 16 23     30  ▽  Dec 7  14"),
        ("month", datetime(2026, 12, 12), "Nov   Dec  ▽       Jan 2027      Feb"),
        ("week", datetime(2026, 11, 16), "Nov 16 23     30     Dec 7  14"),  # out of view
        ("week", datetime(2027, 3, 1), "Nov 16 23     30     Dec 7  14"),
    ],
)
def test_the_header_marks_the_status_date_and_keeps_it_free(zoom: Zoom, status: datetime, header: str) -> None:
    line = timescale(zoom, MONDAY, 36).header(status)
    assert plain(line).rstrip() == header
    assert len(plain(line)) == 36
