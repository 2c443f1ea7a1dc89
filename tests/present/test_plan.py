"""Rows of the plan: what each shows, and that it fits whatever the width."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.ui.present.line import ROLES, Line, Span, plain
from pcsm_tui.ui.present.marks import ASCII
from pcsm_tui.ui.present.plan import (
    COLUMN_SETS,
    COLUMNS,
    PlanRow,
    VarianceRow,
    network_row,
    number_width,
    show_days,
    show_variance,
    task_mark,
    tree_header,
    tree_layout,
    tree_row,
    variance_header,
    variance_row,
)
from tests.charts.tasks import close, task

LEAF = task("11-16", "11-24", 7, number="1.4.1", level=3, total_float=2400, free_float=480)
SUMMARY = task("11-16", "12-08", 17, number="1.4", name="Dispatchers", kind="summary", critical=True)
TASKS = [SUMMARY, LEAF]


@pytest.mark.parametrize(
    ("minutes", "days"),
    [(0, "0"), (480, "1"), (8160, "17"), (240, "0.5"), (-1440, "-3"), (10, "0.1"), (-10, "-0.1"), (490, "1.1")],
)
def test_days_are_short_and_never_nothing_for_something(minutes: int, days: str) -> None:
    assert show_days(minutes) == days


def test_at_80_columns_name_float_and_bar_have_their_room() -> None:
    layout = tree_layout(TASKS, 80)
    assert [column.id for column in layout.columns] == ["days", "float"]
    assert layout.number == 5 and layout.name >= 20 and layout.bar >= 30


def test_at_120_columns_there_is_more_of_both() -> None:
    narrow, wide = tree_layout(TASKS, 80), tree_layout(TASKS, 120)
    assert wide.name > narrow.name and wide.bar > narrow.bar


def test_columns_without_room_are_left_out_from_the_last() -> None:
    assert [column.id for column in tree_layout(TASKS, 80, COLUMN_SETS["dates"]).columns] == ["days", "start", "finish"]
    shown = [column.id for column in tree_layout(TASKS, 100, COLUMN_SETS["all"]).columns]
    assert shown == [column.id for column in COLUMNS][: len(shown)] and 2 < len(shown) < len(COLUMNS)
    assert len(tree_layout(TASKS, 160, COLUMN_SETS["all"], bars=False).columns) == len(COLUMNS)


@pytest.mark.parametrize("width", [12, 20, 30, 40, 60, 80, 120, 250])
@pytest.mark.parametrize("wanted", COLUMN_SETS.values())
@pytest.mark.parametrize("bars", [True, False])
def test_header_and_rows_are_as_wide_as_the_screen(width: int, wanted: tuple[str, ...], bars: bool) -> None:
    layout = tree_layout(TASKS, width, wanted, bars=bars)
    bar: Line = (Span("#" * layout.bar, "bad"),)
    wide = LEAF._replace(name="電車の運転手" * 9, level=9, owner="列" * 20)
    lines = [
        tree_header(layout, bar),
        *(tree_row(PlanRow(shown, predecessors="1.2, 1.3FS+2d"), layout, bar) for shown in (SUMMARY, LEAF, wide)),
    ]
    lengths = {cell_len(plain(line)) for line in lines}
    assert len(lengths) == 1
    if width >= 30 and bars:
        assert lengths == {width}
    assert {span.role for line in lines for span in line} <= {*ROLES, ""}


def test_a_row_shows_number_name_by_level_and_columns() -> None:
    layout = tree_layout(TASKS, 80)
    bar: Line = (Span("=" * layout.bar),)
    assert plain(tree_row(PlanRow(SUMMARY), layout, bar)) == (
        " # 1.4    ▾ Dispatchers            17     0│" + "=" * layout.bar
    )
    assert plain(tree_row(PlanRow(LEAF, relation="before"), layout, bar)) == (
        "←  1.4.1     Train cohort A         7     5│" + "=" * layout.bar
    )
    assert "▸ Dispatchers" in plain(tree_row(PlanRow(SUMMARY, folded=True), layout, bar))
    assert plain(tree_header(layout, bar)).startswith("   WBS   Package                 Days Float│")


def test_each_column_shows_its_part_of_a_task() -> None:
    shown = LEAF._replace(owner="Sue", percent=375, deadline=close("12-01"))
    row = PlanRow(shown, predecessors="1.2SS", budget="350 EUR", cost="30 EUR")
    texts = [column.text(row) for column in COLUMNS]
    assert texts == ["7", "5", "1", "16 Nov 26", "24 Nov 26", "37%", "Sue", "1.2SS", "350 EUR", "30 EUR", " 1 Dec 26"]
    finished = [column.text(PlanRow(LEAF._replace(done=True))) for column in COLUMNS]
    assert finished[1:3] == ["", ""]


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        ({}, " "),
        ({"critical": True}, "#"),
        ({"begun": True}, "◐"),
        ({"begun": True, "critical": True}, "#"),
        ({"done": True}, "●"),
        ({"critical": True, "deadline": close("11-20")}, "!"),
        ({"done": True, "deadline": close("11-20")}, "●"),
        ({"done": True, "needed": False}, "–"),
    ],
)
def test_the_mark_says_what_matters_most(values: dict[str, Any], mark: str) -> None:
    assert task_mark(LEAF._replace(**values)).text == mark


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_the_network_as_a_list_says_what_waits_for_what(width: int) -> None:
    line = plain(network_row(LEAF, "1.1FS+2d", "1.4, 1.5", width, 5))
    assert cell_len(line) == width
    if width >= 60:
        assert "Train cohort A" in line and "← 1.1FS+2d" in line and "→ 1.4, 1.5" in line
    assert "←" not in plain(network_row(LEAF, "", "1.5", width, 5))


def test_what_moved_since_the_baseline_is_told_in_days() -> None:
    row = VarianceRow(LEAF, close("11-20"), 960, -240)
    line = plain(variance_row(row, 80, 5))
    assert line.split() == [*["1.4.1", "Train", "cohort", "A", "20", "Nov", "26", "24", "Nov", "26", "+2d", "-0.5d"]]
    new = plain(variance_row(VarianceRow(LEAF, None), 80, 5))
    assert new.split()[-4:] == ["none", "24", "Nov", "26"]
    assert show_variance(0) == "0d"


@pytest.mark.parametrize("width", [50, 80, 120])
def test_headings_of_the_variance_stand_over_their_columns(width: int) -> None:
    header, line = (
        plain(variance_header(width, 5)),
        plain(variance_row(VarianceRow(LEAF, close("11-20"), 960, 480), width, 5)),
    )
    assert cell_len(header) == cell_len(line) == width
    assert header.index("Baseline") == line.index("20 Nov 26") and header.index("Now") == line.index("24 Nov 26")
    assert header.index("Later by") + len("Later by") == line.index("+2d") + 3


def test_the_number_column_fits_the_longest_number() -> None:
    assert number_width([LEAF, SUMMARY]) == 5
    assert number_width([]) == 3


def test_all_signs_of_rows_have_one_in_ascii() -> None:
    layout = tree_layout(TASKS, 80)
    rows = [PlanRow(SUMMARY, True), PlanRow(SUMMARY), PlanRow(LEAF, relation="before"), PlanRow(LEAF, relation="after")]
    for row in rows:
        assert plain(tree_row(row, layout)).translate(ASCII).isascii()


def test_text_from_the_file_cannot_break_a_row() -> None:
    hostile: PlanTask = LEAF._replace(name="a\nb\x1b[31mc", owner="x\ty")
    layout = tree_layout([hostile], 120, ("owner",))
    assert plain(tree_row(PlanRow(hostile), layout)).isprintable()
