"""The axis of working minutes against a walk from minute to minute, over random weeks and holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.schedule.calendar import Calendar, Periods, TimeAxis

FIRST = date(2026, 11, 23)
DAYS = 21
MINUTE = timedelta(minutes=1)


@st.composite
def periods(draw: st.DrawFn) -> Periods:
    """Return up to three working times of a day, some of which touch midnight."""
    marks = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple((start * 15, end * 15) for start, end in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Return a calendar with some work in its week, and days on which it is otherwise."""
    week = draw(st.lists(periods(), min_size=7, max_size=7).filter(any))
    days = st.integers(0, DAYS).map(lambda count: FIRST + timedelta(days=count))
    return Calendar(tuple(week), draw(st.dictionaries(days, st.one_of(st.just(()), periods()), max_size=5)))


def walked(calendar: Calendar, start: datetime) -> list[datetime]:
    """Return the minutes from a moment on in which there is work, over three weeks."""
    found, moment = [], start
    while moment < start + timedelta(days=DAYS):
        minute = moment.hour * 60 + moment.minute
        if any(begin <= minute < end for begin, end in calendar.periods(moment.date())):
            found.append(moment)
        moment += MINUTE
    return found


moments = st.integers(0, 3 * 1440).map(lambda minutes: datetime(2026, 11, 23) + minutes * MINUTE)


@given(calendars(), moments)
def test_offsets_are_the_minutes_that_a_walk_counts(calendar: Calendar, start: datetime) -> None:
    axis, worked = TimeAxis(calendar, start), walked(calendar, start)
    step = max(len(worked) // 40, 1)
    for offset in [*range(0, len(worked), step), *range(max(len(worked) - 3, 0), len(worked))]:
        assert axis.start_at(offset) == worked[offset]
        assert axis.finish_at(offset + 1) == worked[offset] + MINUTE
        assert axis.offset_of(worked[offset]) == offset
    for hours in range(0, DAYS * 24, 7):
        moment = start + timedelta(hours=hours)
        assert axis.offset_of(moment) == sum(minute < moment for minute in worked)


@given(calendars(), moments, st.integers(-3_000, 20_000))
def test_an_offset_comes_back_from_its_start_and_its_finish(calendar: Calendar, start: datetime, offset: int) -> None:
    axis = TimeAxis(calendar, start)
    assert axis.offset_of(axis.start_at(offset)) == offset
    assert axis.offset_of(axis.finish_at(offset)) == offset
    assert axis.finish_at(offset) <= axis.start_at(offset)
    assert axis.is_working(axis.start_at(offset))


@given(calendars(), moments, st.lists(st.integers(-3_000, 20_000), min_size=2))
def test_later_offsets_are_later_moments(calendar: Calendar, start: datetime, offsets: list[int]) -> None:
    axis = TimeAxis(calendar, start)
    for before, after in pairwise(sorted(set(offsets))):
        assert axis.start_at(before) < axis.start_at(after)
        assert axis.finish_at(before) < axis.finish_at(after)
        assert axis.start_at(before) < axis.finish_at(after)


@given(calendars(), moments, st.integers(-10, 40))
def test_a_day_opens_and_closes_around_its_own_work(calendar: Calendar, start: datetime, days: int) -> None:
    axis, day = TimeAxis(calendar, start), FIRST + timedelta(days=days)
    worked = sum(end - begin for begin, end in calendar.periods(day))
    assert axis.close_of(day) - axis.opening_of(day) == worked
    assert axis.close_of(day) == axis.opening_of(day + timedelta(days=1))
    if worked:
        assert axis.start_at(axis.opening_of(day)).date() == day
