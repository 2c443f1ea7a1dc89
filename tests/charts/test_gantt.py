"""Bars, counted out by hand: 16 November 2026 is a Monday, and at the zoom of weeks a day is one cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.ui.charts import gantt
from pcsm_tui.ui.charts.gantt import LEGEND, bar, blank_bar, legend_lines
from pcsm_tui.ui.charts.timescale import ZOOMS, Zoom, timescale
from pcsm_tui.ui.present.line import ROLES, plain
from pcsm_tui.ui.present.marks import ASCII
from tests.charts.tasks import close, opening, task

SCALE = timescale("week", date(2026, 11, 16), 20)
FAR = date(2026, 6, 1)


def drawn(shown: PlanTask, today: date = FAR, **rest: object) -> str:
    return plain(bar(shown, SCALE, today, **rest)).rstrip()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shown", "signs"),
    [
        (task("11-17", "11-19"), " ───"),
        (task("11-17", "11-19", critical=True), " ###"),
        (task("11-17", "11-19", near_critical=True), " ≈≈≈"),
        (task("11-16", "11-19", percent=500, begun=True), "━━──"),
        (task("11-16", "11-19", percent=500, begun=True, critical=True), "━━##"),
        (task("11-16", "11-19", percent=1000, done=True), "━━━━"),
        (task("11-17", "11-17", days=0.1), " ─"),
        (task("11-16", "11-20", kind="summary"), "┌───┐"),
        (task("11-16", "11-20", kind="summary", critical=True, percent=600), "┌━━─┐"),
        (task("11-18", "11-18", kind="summary"), "  ┬"),
        (task("11-18", "11-18", kind="milestone"), "  ◇"),
        (task("11-18", "11-18", kind="milestone", critical=True), "  ◆"),
        (task("11-18", "11-18", kind="milestone", done=True), "  ●"),
    ],
)
def test_a_bar_tells_by_its_signs_what_it_is(shown: PlanTask, signs: str) -> None:
    assert drawn(shown) == signs


@pytest.mark.parametrize(
    ("spans", "signs"),
    [
        ({"critical_span": (opening("11-20"), close("11-24"))}, "┌───#####──┐"),
        ({"near_span": (opening("11-18"), close("11-18"))}, "┌─≈────────┐"),
        ({"near_span": (opening("11-17"), close("11-24")), "critical_span": (opening("11-20"), close("11-23"))},
         "┌≈≈≈####≈──┐"),
        ({"critical_span": (opening("11-17"), close("11-20")), "percent": 250}, "┌━━##──────┐"),
        ({"critical_span": (opening("11-17"), close("11-18")), "percent": 500}, "┌━━━━━─────┐"),
        ({"critical_span": (opening("11-24"), close("11-27"))}, "┌───────###┐"),
        ({"critical_span": (close("11-20"), close("11-20"))}, "┌───#──────┐"),
    ],
)  # fmt: skip
def test_a_summary_is_critical_where_what_is_critical_lies(spans: dict[str, Any], signs: str) -> None:
    assert drawn(task("11-16", "11-27", kind="summary", **spans)) == signs


def test_a_milestone_whose_start_is_the_next_opening_stands_at_its_finish() -> None:
    assert drawn(task("11-23", "11-20", kind="milestone")) == "    ◇"


def test_a_task_that_is_not_needed_has_no_bar() -> None:
    dropped = task("11-17", "11-17", needed=False, done=True)
    assert drawn(dropped, date(2026, 11, 20), baseline=(opening("11-16"), close("11-18"))) == "▁▁▁ │"


def test_float_reaches_to_the_late_finish() -> None:
    shown = task("11-16", "11-18", total_float=960)
    assert drawn(shown, late_finish=close("11-20")) == "───░░"
    assert drawn(shown._replace(done=True), late_finish=close("11-20")) == "━━━"
    assert drawn(shown._replace(total_float=-480), late_finish=close("11-17")) == "───"


def test_the_baseline_shows_where_the_bar_is_not() -> None:
    assert drawn(task("11-18", "11-20"), baseline=(opening("11-16"), close("11-18"))) == "▁▁───"
    assert drawn(task("11-18", "11-18", kind="milestone"), baseline=(opening("11-20"), close("11-20"))) == "  ◇ ▁"


def test_a_deadline_that_is_kept_and_one_that_is_missed() -> None:
    assert drawn(task("11-16", "11-18", deadline=close("11-20"))) == "─── ↓"
    assert drawn(task("11-16", "11-20", deadline=close("11-18"))) == "──!──"


def test_today_goes_through_every_row_but_hides_no_end() -> None:
    today = date(2026, 11, 18)
    assert drawn(task("11-24", "11-24"), today) == "  │     ─"
    assert drawn(task("11-16", "11-20"), today) == "──│──"
    assert drawn(task("11-18", "11-20"), today) == "  ───"
    assert drawn(task("11-18", "11-18", kind="milestone"), today) == "  ◇"
    assert drawn(task("11-16", "11-20", deadline=close("11-18")), today) == "──!──"
    assert plain(blank_bar(SCALE, today)).rstrip() == "  │"
    assert plain(blank_bar(SCALE, date(2026, 11, 16))).rstrip() == "│"


def workdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("shown", "zoom", "signs"),
    [
        (task("11-19", "11-24"), "week", "   ──∙∙──"),
        (task("11-19", "11-24", critical=True, percent=500, begun=True), "week", "   ━━∙∙##"),
        (task("11-19", "11-24", total_float=960), "week", "   ──∙∙──░░"),
        (task("11-19", "11-24", elapsed=7200), "week", "   ──────"),  # it goes on through the weekend
        (task("11-19", "11-24", kind="summary"), "week", "   ┌────┐"),
        (task("11-20", "11-21", kind="milestone"), "week", "     ◇"),  # a milestone is never taken for a day off
        (task("11-16", "11-16"), "day", "───"),
        (task("11-20", "11-23"), "day", " " * 12 + "───∙∙∙∙"),  # two days of work, the second out of view
        (task("11-19", "11-24"), "month", " ───"),
    ],
)
def test_a_bar_shows_days_off_where_a_day_has_its_cells(shown: PlanTask, zoom: Zoom, signs: str) -> None:
    scale = timescale(zoom, date(2026, 11, 16), 20)
    line = bar(shown, scale, FAR, late_finish=close("11-26"), works=workdays)
    assert plain(line).rstrip(" »") == signs


def test_what_lies_outside_of_view_is_pointed_to() -> None:
    assert drawn(task("11-02", "11-06")) == "«"
    assert drawn(task("11-02", "11-18", critical=True)) == "«##"
    assert drawn(task("12-14", "12-15")) == " " * 19 + "»"
    assert drawn(task("11-30", "12-15")) == " " * 14 + "─────»"
    assert drawn(task("11-02", "12-15", critical=True)) == "«" + "#" * 18 + "»"


BAR_SIGNS = (
    gantt.CRITICAL, gantt.NEARLY, gantt.NORMAL, gantt.FINISHED, gantt.FLOAT, gantt.BASELINE, gantt.TODAY,
    gantt.MILESTONE, gantt.CRITICAL_MILESTONE, gantt.REACHED, gantt.DEADLINE, gantt.MISSED, gantt.SUMMARY_START,
    gantt.EARLIER, gantt.LATER, gantt.DAY_OFF, gantt.STATUS,
)  # fmt: skip


def test_every_sign_has_its_own_in_ascii() -> None:
    in_ascii = [sign.translate(ASCII) for sign in BAR_SIGNS]
    assert in_ascii == ["#", "~", "-", "=", ".", "_", "|", "*", "@", "x", "v", "!", "+", "<", ">", ":", "^"]
    assert len(set(in_ascii)) == len(BAR_SIGNS)


def test_the_legend_explains_each_sign_on_lines_that_fit() -> None:
    for width in (24, 80, 120, 200):
        lines = legend_lines(width)
        assert all(cell_len(plain(line)) <= width for line in lines)
        shown = " ".join(plain(line) for line in lines).split()
        assert " ".join(f"{sign.sign} {sign.meaning}" for sign in LEGEND).split() == shown
    assert len(legend_lines(200)) == 1


DAYS = st.integers(1, 28).map(lambda day: f"11-{day:02}")


@given(
    start=DAYS, length=st.integers(0, 27), kind=st.sampled_from(["task", "summary", "milestone"]),
    percent=st.integers(0, 1000), deadline=st.none() | DAYS, baseline=st.none() | DAYS, today=st.integers(1, 28),
    zoom=st.sampled_from(ZOOMS), width=st.integers(1, 60), critical=st.booleans(),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_a_bar_fills_exactly_the_width_with_known_signs_and_roles(
    start: str, length: int, kind: str, percent: int, deadline: str | None, baseline: str | None, today: int,
    zoom: Zoom, width: int, critical: bool,
) -> None:  # fmt: skip
    finish = f"11-{min(int(start[3:]) + length, 30):02}"
    shown = task(
        start, finish, kind=kind, percent=percent, done=percent == 1000, critical=critical, total_float=480,
        deadline=close(deadline) if deadline else None,
    )  # fmt: skip
    line = bar(
        shown,
        timescale(zoom, date(2026, 11, 10), width),
        date(2026, 11, today),
        late_finish=close("11-30"),
        baseline=(opening(baseline), close("11-30")) if baseline else None,
        works=workdays,
    )
    assert cell_len(plain(line)) == width
    assert set(plain(line)) <= {*BAR_SIGNS, gantt.SUMMARY_END, gantt.SUMMARY_ONLY, " "}
    assert {span.role for span in line} <= {*ROLES, ""}
