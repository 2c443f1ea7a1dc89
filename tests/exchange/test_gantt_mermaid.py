from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_samples import milestone, stream, task

from pcsm_tui.errors import UsageError
from pcsm_tui.exchange.gantt_mermaid import gantt_mermaid

PLAN = (
    stream("1", "Prepare: all of it", "2026-11-02T08:00", "2026-11-20T17:00"),
    task("1.1", "Agree the scope", "2026-11-02T08:00", "2026-11-04T17:00", done=True, begun=True, percent=1000),
    stream("1.2", "Inner stream", "2026-11-05T08:00", "2026-11-20T17:00"),
    task("1.2.1", "Map #1; the groups, 50%", "2026-11-05T08:00", "2026-11-11T12:00", critical=True, begun=True),
    stream("2", "Train", "2026-11-23T08:00", "2026-12-04T17:00"),
    task("2.1", "Train cohort A", "2026-11-23T08:00", "2026-11-27T17:00"),
    milestone("3", "Agreed", "2026-12-04T17:00", critical=True),
    task("4", "Hypercare", "2026-12-07T08:00", "2026-12-08T00:00"),
)


def works(day: date) -> bool:
    return day.weekday() < 5 and day != date(2026, 11, 26)


def test_a_plan_as_mermaid_takes_it() -> None:
    # Mermaid 11.17 read and drew this text as it stands here.
    assert gantt_mermaid("Harbour Foods", PLAN, works) == (
        "gantt\n"
        "    title Harbour Foods\n"
        "    dateFormat YYYY-MM-DD\n"
        "    inclusiveEndDates\n"
        "    axisFormat %d %b\n"
        "    excludes weekends, 2026-11-26\n"
        "    section 1 Prepare#58; all of it\n"
        "    1.1 Agree the scope :done, t1_1, 2026-11-02, 2026-11-04\n"
        "    1.2.1 Map #35;1#59; the groups, 50#37; :crit, active, t1_2_1, 2026-11-05, 2026-11-11\n"
        "    section 2 Train\n"
        "    2.1 Train cohort A :t2_1, 2026-11-23, 2026-11-27\n"
        "    section 3 to 4\n"
        "    3 Agreed :crit, milestone, t3, 2026-12-04, 2026-12-04\n"
        "    4 Hypercare :t4, 2026-12-07, 2026-12-07\n"
    )


def test_days_off_are_left_out_unless_known() -> None:
    assert "excludes" not in gantt_mermaid("Plan", PLAN)
    assert "excludes" not in gantt_mermaid("Plan", PLAN, lambda day: True)
    assert "    excludes friday, saturday\n" in gantt_mermaid("Plan", PLAN, lambda day: day.weekday() not in (4, 5))


def test_a_long_plan_has_months_on_its_axis() -> None:
    long = task("1", "All", "2026-11-02T08:00", "2028-11-04T17:00")
    assert "    axisFormat %b %Y\n" in gantt_mermaid("Plan", (long,))


def test_a_plan_without_a_name_has_no_title() -> None:
    assert gantt_mermaid(" ", PLAN).startswith("gantt\n    dateFormat")


def test_an_empty_plan_is_refused() -> None:
    with pytest.raises(UsageError, match="no work packages"):
        gantt_mermaid("Plan", PLAN[:1])


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_name_breaks_its_line(name: str) -> None:
    """By Mermaid's lexer: a task is what has no colon, a colon, and what has neither # nor ; after it."""
    text = gantt_mermaid(f"x{name}", (PLAN[0]._replace(name=name), PLAN[1]._replace(name=name)))
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 7
    assert re.fullmatch(r"    title [^:%{}<>\n]+", lines[1])
    assert re.fullmatch(r"    section 1[^:%{}<>\n]*", lines[5])
    assert re.fullmatch(r"    1\.1[^:%{}<>\n]* :done, t1_1, 2026-11-02, 2026-11-04", lines[6])
    assert not re.search("[#;]", re.sub(r"#\d+;", "", text))


def test_control_characters_are_made_visible() -> None:
    text = gantt_mermaid("a\x1b[31m", (PLAN[1]._replace(name="b\r\n%%{init}%%\x9b"),))
    assert "    title a␛[31m\n" in text
    assert "    1.1 b #37;#37;#123;init#125;#37;#37;⟨9B⟩ :done" in text
