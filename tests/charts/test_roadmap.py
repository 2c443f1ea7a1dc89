"""The roadmap, read as it is drawn."""

from __future__ import annotations

from datetime import date

import pytest
from rich.cells import cell_len

from pcsm_tui.ui.charts.roadmap import Stream, milestone_lanes, roadmap_lines, roadmap_scale
from pcsm_tui.ui.charts.timescale import timescale
from pcsm_tui.ui.present.line import plain
from tests.charts.tasks import close, task

FAR = date(2026, 6, 1)
SCALE = timescale("week", date(2026, 11, 16), 40)


def milestone(day: str, name: str, **rest: object) -> object:
    return task(day, day, kind="milestone", name=name, **rest)


def lanes(*milestones: object, today: date = FAR) -> list[str]:
    return [plain(line).rstrip() for line in milestone_lanes(milestones, SCALE, today)]  # type: ignore[arg-type]


def test_a_milestone_stands_at_its_date_with_its_name() -> None:
    assert lanes(milestone("11-18", "Kick-off", done=True)) == ["  ● 18 Nov Kick-off"]
    assert lanes(milestone("11-18", "Kick-off"), today=date(2026, 12, 10)) == ["  ◇ 18 Nov Kick-off     │"]


def test_near_the_end_the_name_stands_before_it() -> None:
    assert lanes(milestone("12-22", "Go-live", critical=True)) == [" " * 21 + "22 Dec Go-live ◆"]


def test_milestones_without_room_go_to_the_next_line() -> None:
    assert lanes(milestone("11-20", "Second"), milestone("11-18", "First"), milestone("12-04", "Third")) == [
        "  ◇ 18 Nov First  ◇ 4 Dec Third",
        "    ◇ 20 Nov Second",
    ]


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (("11-18", "Kick-off", "11-20"), "  ◇ ↓ 18 Nov Kick-off"),
        (("11-18", "Kick-off", "12-09"), "  ◇ 18 Nov Kick-off    ↓"),
        (("11-18", "Kick-off", "12-06"), "  ◇ 18 Nov Kick-off ↓"),
        (("11-18", "Kick-off", "12-05"), "  ◇                ↓ 18 Nov Kick-off"),  # no cell would be free before it
        (("12-08", "Kick-off", "12-10"), " " * 7 + "8 Dec Kick-off ◇ ↓"),
        (("11-18", "Kick-off", "11-18"), "  ◇ 18 Nov Kick-off"),
        (("11-18", "Kick-off", "11-16"), "! ◇ 18 Nov Kick-off"),
        (("12-22", "Go-live", "12-24"), " " * 21 + "22 Dec Go-live ◇ ↓"),
        (("12-22", "Go-live", "12-20"), " " * 19 + "22 Dec Go-live ! ◇"),
        (("11-18", "Kick-off", "12-30"), "  ◇ 18 Nov Kick-off"),  # out of view
    ],
)
def test_the_deadline_of_a_milestone_is_marked(shown: tuple[str, str, str], line: str) -> None:
    day, name, deadline = shown
    assert lanes(milestone(day, name, deadline=close(deadline))) == [line]


def test_today_goes_between_a_milestone_and_its_deadline_and_others_keep_clear_of_both() -> None:
    shown = milestone("11-18", "A", deadline=close("11-30")), milestone("11-27", "B")
    assert lanes(*shown, today=date(2026, 11, 28)) == ["  ◇ 18 Nov A│ ↓", " " * 11 + "◇ 27 Nov B"]


def test_a_name_without_room_is_cut_where_there_is_most() -> None:
    scale = timescale("week", date(2026, 11, 16), 12)
    (line,) = milestone_lanes([milestone("11-18", "Kick-off", deadline=close("11-25"))], scale, FAR)  # type: ignore[list-item]
    assert plain(line) == "  ◇ 18 … ↓  "


def test_the_scale_shows_deadlines_too() -> None:
    stream = Stream(None, [milestone("11-18", "Kick-off", deadline=close("12-30"))])  # type: ignore[list-item]
    assert roadmap_scale([stream], 80, FAR).last >= date(2026, 12, 30)


def test_what_is_out_of_view_is_left_out() -> None:
    assert lanes(milestone("11-02", "Before"), milestone("12-30", "After")) == []


@pytest.mark.parametrize("width", [30, 80, 120])
def test_a_page_has_a_bar_for_each_stream_and_its_milestones_below(width: int) -> None:
    streams = [
        Stream(task("11-02", "12-04", kind="summary", name="Train dispatchers"), [milestone("12-04", "All trained")]),  # type: ignore[list-item]
        Stream(None, [milestone("12-18", "Go-live")]),  # type: ignore[list-item]
    ]
    scale = roadmap_scale(streams, width, FAR)
    assert scale.first == date(2026, 11, 2) and scale.last >= date(2026, 12, 18)
    lines = roadmap_lines(streams, scale, FAR, width)
    assert len(lines) == 6
    assert all(cell_len(plain(line)) <= width for line in lines)
    bars = plain(lines[2])
    assert bars.lstrip().startswith("Train") and "┌" in bars and "┐" in bars
    assert "◇" in plain(lines[3]) and "◇" in plain(lines[5])


def test_a_plan_without_streams_still_has_a_scale() -> None:
    assert roadmap_scale([], 80, date(2026, 11, 18)).first == date(2026, 11, 16)
