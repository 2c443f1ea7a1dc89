"""Whether constraints are honored: by the dates of a file rather than by its flag, which MS Project writes as 0 always."""

from __future__ import annotations

import pytest
from imported_plans import engagement_of, link, project, schedule_of, task

from pcsm_tui.exchange.mspdi.reading import read_mspdi

# Five days of digging from Monday on, the 30th of November 2026.
DIG = task(1, "<Start>2026-11-30T08:00:00</Start><Finish>2026-12-04T17:00:00</Finish>", "PT40H0M0S")
ON_TIME = ("2026-12-02T08:00:00", "2026-12-02T17:00:00")
LATE = ("2026-12-07T08:00:00", "2026-12-07T17:00:00")


def bound(code: int, span: tuple[str, str], date: str = "2026-12-02", inner: str = "", waits: str = "") -> str:
    """Return a day's work behind the digging with a constraint on Wednesday, or another date, and its own dates."""
    time = "17:00:00" if code in (3, 7) else "08:00:00"
    return task(
        2,
        f"<ConstraintType>{code}</ConstraintType><ConstraintDate>{date}T{time}</ConstraintDate><Start>{span[0]}</Start>"
        f"<Finish>{span[1]}</Finish>{inner}{waits or link(1)}",
    )


def honored(second: str, flag: str = "0", first: str = DIG) -> object:
    """Return what a file of two tasks comes to; None when nothing is said."""
    head = f"<HonorConstraints>{flag}</HonorConstraints>" if flag else ""
    return read_mspdi(project(first + second, head), "plan.xml").settings.get("honor_constraints")


@pytest.mark.parametrize("flag", ["0", "1", ""])
@pytest.mark.parametrize("code", [2, 3, 5, 7])
def test_the_dates_decide_whatever_the_flag_says(code: int, flag: str) -> None:
    assert honored(bound(code, ON_TIME), flag) is True
    assert honored(bound(code, LATE), flag) is False


def test_a_task_before_its_latest_date_is_held_by_it_too() -> None:
    assert honored(bound(5, ON_TIME, date="2026-12-03")) is True


@pytest.mark.parametrize("flag", ["0", "1"])
@pytest.mark.parametrize(
    "second",
    [
        bound(4, ON_TIME),  # binds from below only
        bound(2, LATE, date="2026-12-07"),  # on its date, behind its predecessor
        bound(2, ON_TIME, waits=link(1, 1, "-14400", "7")),  # a lead of three days
        bound(2, ON_TIME, waits=link(1, 3)),  # waits for a start
        bound(2, ON_TIME, inner="<ActualStart>2026-12-02T08:00:00</ActualStart>"),
        bound(2, LATE, inner="<ActualStart>2026-12-07T08:00:00</ActualStart>"),
        bound(2, LATE, inner="<PercentComplete>100</PercentComplete>"),
        bound(2, ON_TIME, inner="<Active>0</Active>"),
        bound(2, ON_TIME, inner="<Manual>1</Manual>"),
        bound(2, ("2026-12-07T08:00:00", "2026-12-07T17:00:00"), date="2026-12-05"),  # a Saturday: begins on Monday
        task(2, link(1)),
    ],
)
def test_where_no_date_shows_it_the_flag_is_taken(second: str, flag: str) -> None:
    assert honored(second, flag) is (flag == "1")


def test_nothing_is_said_where_neither_dates_nor_flag_do() -> None:
    assert honored(task(2), "") is None


def test_a_predecessor_that_is_not_needed_shows_nothing() -> None:
    assert honored(bound(2, ON_TIME), first=DIG.replace("<Start>", "<Active>0</Active><Start>")) is False


def test_a_task_that_is_held_before_its_predecessor_counts_for_more_than_one_that_is_late() -> None:
    late = bound(2, LATE).replace("<UID>2</UID>", "<UID>3</UID>")
    assert honored(bound(2, ON_TIME) + late) is True


def test_a_task_that_is_held_stands_where_it_does_in_the_file() -> None:
    data = project(DIG + bound(3, ON_TIME), "<HonorConstraints>0</HonorConstraints>")
    _, held = schedule_of(engagement_of(read_mspdi(data, "plan.xml")))
    assert (held.start, held.finish) == ON_TIME
