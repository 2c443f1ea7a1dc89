"""The plan in words: sentences as a planner would say them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from rich.cells import cell_len

from pcsm_tui.domain.plan import Link
from pcsm_tui.insight.plan_chains import CriticalPage, PathStep
from pcsm_tui.ui.present.line import plain
from pcsm_tui.ui.present.plan_pages import (
    by_date,
    critical_path_lines,
    late_words,
    link_words,
    milestone_header,
    milestone_row,
    period,
)
from tests.charts.tasks import close, opening, task

TODAY = date(2026, 11, 22)
SIMULATOR = task("11-16", "11-24", 7, uid="a", number="1.4.1", name="Simulator ready")
COHORT = task("11-25", "12-01", 5, uid="b", number="1.4.2", name="Train cohort A", deadline=close("11-27"))
LIVE = task("12-18", "12-18", 0, uid="c", number="1.8", name="Go-live", kind="milestone", critical=True)


def critical(
    finish: Any, packages: int, chains: Any, near: Any = (), near_float: int = 0, late: Any = ()
) -> CriticalPage:
    deciding = {step.task.uid for chain in chains for step in chain}
    bounds = ("",) * len(chains)
    return CriticalPage(finish, packages, len(deciding), chains, near, near_float, late, len(chains), (), bounds=bounds)


CHAIN = (PathStep(SIMULATOR), PathStep(COHORT, Link("a")), PathStep(LIVE, Link("b", "FS", "2d")))
PATHS = critical(close("12-18"), 61, [CHAIN])


def told(paths: CriticalPage, width: int = 80) -> list[str]:
    return [plain(line).rstrip() for line in critical_path_lines(paths, TODAY, width)]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Link("a"), "finish to start"),
        (Link("a", "SS", "2d"), "start to start + 2d"),
        (Link("a", "FF", "-50%"), "finish to finish - 50%"),
        (Link("a", "SF", "3ed"), "start to finish + 3ed"),
    ],
)
def test_a_link_in_words(link: Link, words: str) -> None:
    assert link_words(link) == words


@pytest.mark.parametrize(
    ("start", "finish", "text"),
    [
        ("11-16", "11-24", "Mon 16 to Tue 24 Nov"),
        ("11-16", "11-16", "Mon 16 Nov"),
        ("11-30", "12-01", "Mon 30 Nov to Tue 1 Dec"),
        ("11-23", "11-20", "Fri 20 Nov"),
    ],
)
def test_a_period_names_the_month_once(start: str, finish: str, text: str) -> None:
    assert period(opening(start), close(finish), TODAY) == text


def test_another_year_is_named() -> None:
    assert period(opening("11-16"), close("11-24"), date(2027, 1, 1)) == "16 Nov 2026 to 24 Nov 2026"


def test_the_critical_path_is_told_as_a_chain() -> None:
    assert told(PATHS) == [
        " The plan ends Fri 18 Dec. 3 of 61 work packages and milestones decide it: a",
        " day lost there is a day lost at the end.",
        "",
        " 1  1.4.1 Simulator ready · 7d · Mon 16 to Tue 24 Nov",
        " 2  1.4.2 Train cohort A · 5d · Wed 25 Nov to Tue 1 Dec",
        "          then (finish to start + 2d)",
        " 3  1.8   Go-live · milestone · Fri 18 Dec",
    ]


def test_tied_chains_near_ones_and_what_cannot_be_met_are_told() -> None:
    near = task("12-01", "12-04", 4, number="1.5", name="E-learning", total_float=480)
    lines = told(critical(close("12-18"), 61, [CHAIN, CHAIN[:1]], [near], 960, [COHORT]), 100)
    assert " Two chains are tied: each alone decides it." in lines
    assert " Chain 1" in lines and " Chain 2" in lines
    assert " Nearly critical (up to 2d of float): 1.5 E-learning (1d)." in lines
    assert lines[-1] == (
        " Cannot be met: 1.4.2 Train cohort A ends Tue 1 Dec, 4 days after its deadline of Fri 27 Nov."
    )


def test_a_plan_with_nothing_left_to_do_says_so() -> None:
    assert told(critical(close("11-20"), 4, [])) == [
        " The plan ends Fri 20 Nov. Nothing that is still to do decides it."
    ]


def test_a_deadline_missed_by_hours_is_told_in_words() -> None:
    late = COHORT._replace(deadline=close("12-01").replace(hour=12))
    assert late_words(late, TODAY) == (
        "1.4.2 Train cohort A ends Tue 1 Dec, later on the day of its deadline of Tue 1 Dec."
    )


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120])
def test_the_page_fits_its_width(width: int) -> None:
    lines = critical_path_lines(critical(close("12-18"), 61, [CHAIN] * 2, [LIVE], 960, [COHORT]), TODAY, width)
    assert max(cell_len(plain(line)) for line in lines) <= width


def test_milestones_stand_by_date_with_what_became_of_them() -> None:
    reached = task("11-03", "11-03", 0, number="1.1", name="Kick-off", kind="milestone", done=True)
    missed = task("11-20", "11-20", 0, number="1.2", name="Radios", kind="milestone", total_float=2880)
    found = by_date([LIVE, SIMULATOR, missed, reached])
    assert [plain(milestone_row(shown, TODAY, 80, 5)).split() for shown in found] == [
        ["●", "Tue", "3", "Nov", "1.1", "Kick-off", "reached"],
        ["Fri", "20", "Nov", "1.2", "Radios", "2", "days", "late", "6"],
        ["#", "Fri", "18", "Dec", "1.8", "Go-live", "in", "26", "days", "0"],
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_headings_of_milestones_stand_over_their_columns(width: int) -> None:
    shown = LIVE._replace(deadline=close("12-21"))
    header, line = plain(milestone_header(width, 5)), plain(milestone_row(shown, TODAY, width, 5))
    assert cell_len(header) == cell_len(line) == width
    for heading, text in (
        ("Date", "Fri 18"),
        ("WBS", "1.8"),
        ("Milestone", "Go-live"),
        ("State", "in 26"),
        ("Deadline", "Mon 21"),
    ):
        if heading != "Deadline" or width >= 80:
            assert header.index(heading) == line.index(text), heading
