from __future__ import annotations

import re
from datetime import date, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_samples import milestone, stream, task

from pcsm_tui.domain.plan import Link, PlanTask
from pcsm_tui.errors import UsageError
from pcsm_tui.exchange.gantt_scale import scale_for
from pcsm_tui.exchange.gantt_shapes import Box, arrow
from pcsm_tui.exchange.gantt_svg import gantt_svg
from pcsm_tui.exchange.svg_text import cut, text_width

SVG = "{http://www.w3.org/2000/svg}"
RIGHT = 1260
"""The right end of a chart 1,280 wide: a margin of 20."""

# Monday 2 November 2026 to Friday 13 November, and a day that stays free behind it: 13 days.
FIRST = task("1", "Agree the scope", "2026-11-02T08:00", "2026-11-04T17:00", percent=500, begun=True)
SECOND = task("2", "Map the groups", "2026-11-05T08:00", "2026-11-09T17:00", critical=True, owner="T. King")
LAST = task("3", "Write it down", "2026-11-13T08:00", "2026-11-13T12:00")
CERTIFIED = milestone("4", "Agreed", "2026-11-11T17:00")
PLAN = (FIRST, SECOND, LAST, CERTIFIED)


def drawn(*tasks: PlanTask, **given: object) -> ElementTree.Element:
    return ElementTree.fromstring(gantt_svg("Harbour Foods", tasks, **given))  # type: ignore[arg-type]


def groups(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [group for group in root.iter(f"{SVG}g") if group.get("class") == kind]


def marks(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """Return the shapes of a class in the chart itself: those in the legend stand in groups."""
    return [shape for shape in root if shape.get("class") == name]


def span(group: ElementTree.Element) -> tuple[float, float]:
    """Return where a bar begins and how wide it is: the first rectangle of its group."""
    bar = group.find(f"{SVG}rect")
    assert bar is not None
    return float(bar.attrib["x"]), float(bar.attrib["width"])


def texts(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def near(value: float) -> object:
    return pytest.approx(value, abs=0.03)


def test_a_bar_lies_at_its_dates() -> None:
    first, second, _ = groups(drawn(*PLAN), "task")
    left, width = span(first)
    day = (RIGHT - left) / 13
    assert width == near(3 * day)
    assert span(second) == (near(left + 3 * day), near(5 * day))


def test_a_morning_is_four_of_the_nine_hours_between_opening_and_close() -> None:
    first, _, last = groups(drawn(*PLAN), "task")
    left, _ = span(first)
    day = (RIGHT - left) / 13
    assert span(last) == (near(left + 11 * day), near(day * 4 / 9))


def test_a_milestone_is_a_diamond_around_its_moment() -> None:
    root = drawn(*PLAN)
    left, _ = span(groups(root, "task")[0])
    (group,) = groups(root, "milestone")
    path = group.find(f"{SVG}path")
    assert path is not None
    top = re.match(r"M([\d.]+) ", path.attrib["d"])
    assert top is not None
    assert float(top[1]) == near(left + 10 * (RIGHT - left) / 13)  # the close of the tenth day


def test_progress_fills_its_share() -> None:
    group = groups(drawn(*PLAN), "task")[0]
    whole, done = group.findall(f"{SVG}rect")[:2]
    assert float(done.attrib["width"]) == near(float(whole.attrib["width"]) / 2)
    assert done.attrib["x"] == whole.attrib["x"]
    assert done.attrib["fill"] != whole.attrib["fill"]


def test_critical_is_told_by_form_too() -> None:
    plain, critical, _ = groups(drawn(*PLAN), "task")
    assert plain.find(f"{SVG}path") is None
    assert critical.find(f"{SVG}path") is not None  # the hatching
    assert [
        plain.findall(f"{SVG}rect")[-1].get("stroke-width"),
        critical.findall(f"{SVG}rect")[-1].get("stroke-width"),
    ] == [
        "1",
        "2",
    ]


def test_hatching_keeps_within_its_bar() -> None:
    critical = groups(drawn(*PLAN), "task")[1]
    left, width = span(critical)
    path = critical.find(f"{SVG}path")
    assert path is not None
    lines = re.findall(r"M([\d.]+) ([\d.]+)l([\d.]+) -([\d.]+)", path.attrib["d"])
    assert len(lines) > 10
    assert all(left <= float(x) and float(x) + float(run) <= left + width + 0.03 for x, _, run, _ in lines)


def test_today_is_drawn_within_the_plan_only() -> None:
    root = drawn(*PLAN, today=date(2026, 11, 6))
    left, _ = span(groups(root, "task")[0])
    (line,) = marks(root, "today")
    assert line.attrib["d"].startswith("M")
    assert float(line.attrib["d"][1:].split()[0]) == near(left + 4 * (RIGHT - left) / 13)
    assert marks(drawn(*PLAN, today=date(2026, 12, 24)), "today") == []
    assert "2 Nov 2026 to 13 Nov 2026, as of 24 Dec 2026" in texts(drawn(*PLAN, today=date(2026, 12, 24)))


def test_a_baseline_lies_below_its_bar() -> None:
    planned = {"u2": (datetime(2026, 11, 3, 8), datetime(2026, 11, 4, 17)), "gone": (datetime(1999, 1, 1),) * 2}
    root = drawn(*PLAN, baseline=planned)
    left, _ = span(groups(root, "task")[0])
    day = (RIGHT - left) / 13
    (shadow,) = marks(root, "baseline")
    assert (float(shadow.attrib["x"]), float(shadow.attrib["width"])) == (near(left + day), near(2 * day))
    bar = groups(root, "task")[1].find(f"{SVG}rect")
    assert bar is not None
    assert float(shadow.attrib["y"]) >= float(bar.attrib["y"]) + float(bar.attrib["height"])


def test_float_is_a_tail_to_the_late_finish() -> None:
    loose = FIRST._replace(lf=9999)
    tight = SECOND._replace(total_float=0)
    root = drawn(loose, tight, LAST._replace(done=True), finish_at={9999: datetime(2026, 11, 10, 17)}.__getitem__)
    left, width = span(groups(root, "task")[0])
    day = (RIGHT - left) / 13
    (tail,) = marks(root, "float")
    ends = re.match(r"M([\d.]+) [\d.]+H([\d.]+)", tail.attrib["d"])
    assert ends is not None
    assert (float(ends[1]), float(ends[2])) == (near(left + width), near(left + 9 * day))
    assert marks(drawn(*PLAN), "float") == []


def test_a_missed_deadline_is_filled() -> None:
    kept = FIRST._replace(deadline=datetime(2026, 11, 6, 17))
    missed = SECOND._replace(deadline=datetime(2026, 11, 6, 17))
    fills = [mark.attrib["fill"] for mark in marks(drawn(kept, missed), "deadline")]
    assert fills[0] == "#ffffff" != fills[1]


@pytest.mark.parametrize(
    ("changed", "given"),
    [
        ({"kind": "milestone"}, {}),
        ({"deadline": datetime(2027, 3, 31, 17)}, {}),
        ({}, {"baseline": {"u3": (datetime(2027, 3, 31, 17),) * 2}}),
        ({"kind": "milestone"}, {"baseline": {"u3": (datetime(2027, 3, 31, 17),) * 2}}),
        ({"lf": 9999}, {"finish_at": lambda offset: datetime(2027, 3, 31 if offset == 9999 else 1, 17)}),
    ],
    ids=["milestone", "deadline", "baseline", "milestone's baseline", "float"],
)
def test_whatever_comes_last_lies_within_the_chart(changed: dict[str, object], given: dict[str, object]) -> None:
    root = drawn(FIRST, LAST._replace(**changed), **given)
    paths = [part for part in root if part.get("class") in ("deadline", "baseline", "float")]
    paths += [part for group in groups(root, "milestone") for part in group.findall(f"{SVG}path")]
    assert RIGHT - 200 < max(map(right_end, paths)) < RIGHT - 4


def right_end(part: ElementTree.Element) -> float:
    """Return how far right a rectangle reaches, or a path of lines; the ends of strokes aside."""
    if "d" not in part.attrib:
        return float(part.attrib["x"]) + float(part.attrib["width"])
    x = reached = 0.0
    for command, first in re.findall(r"([MmHhLl])(-?[\d.]+)", part.attrib["d"]):
        x = float(first) if command.isupper() else x + float(first)
        reached = max(reached, x)
    return reached


def test_the_status_date_is_a_line_at_the_close_of_its_day_with_its_date_in_the_legend() -> None:
    root = drawn(*PLAN, status=datetime(2026, 11, 7))  # when the 6th, the fifth day, is over
    left, _ = span(groups(root, "task")[0])
    (line,) = marks(root, "status")
    assert line.get("stroke-dasharray")
    assert float(line.attrib["d"][1:].split()[0]) == near(left + 5 * (RIGHT - left) / 13)
    assert texts(root)[-1] == "Status date 6 Nov 2026"
    noon = drawn(*PLAN, status=datetime(2026, 11, 6, 12))
    assert texts(noon)[-1] == "Status date 6 Nov 2026"
    assert float(marks(noon, "status")[0].attrib["d"][1:].split()[0]) < left + 5 * (RIGHT - left) / 13
    for outside in (datetime(2026, 11, 1), datetime(2026, 12, 24)):
        root = drawn(*PLAN, status=outside)
        assert marks(root, "status") == [] and "Status" not in texts(root)[-1]


def test_days_without_work_are_shaded() -> None:
    def shaded(root: ElementTree.Element) -> list[ElementTree.Element]:
        return [shape for shape in root if shape.get("fill-opacity")]

    assert len(shaded(drawn(*PLAN, works=lambda day: day.weekday() < 5))) == 3
    assert shaded(drawn(*PLAN)) == []


def test_owners_appear_nowhere_unless_wanted() -> None:
    assert "T. King" in gantt_svg("Plan", PLAN)
    assert "King" not in gantt_svg("Plan", PLAN, owners=False)


def test_the_picture_stands_by_itself_and_says_what_it_is() -> None:
    text = gantt_svg("Harbour Foods", PLAN, date(2026, 11, 6), width=900)
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert (root.get("role"), root.get("aria-label")) == ("img", "Harbour Foods")
    assert re.fullmatch(r"0 0 900 \d+", root.attrib["viewBox"])
    assert [root[0].text, root[1].text] == [
        "Harbour Foods",
        "Gantt chart, 2 Nov 2026 to 13 Nov 2026, as of 6 Nov 2026. Lines: 4, critical tasks: 1.",
    ]
    used = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert used <= {"svg", "title", "desc", "g", "rect", "path", "text"}
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "url(" not in text
    told = groups(root, "task")[1].find(f"{SVG}title")
    assert told is not None
    assert told.text == "2 Map the groups, 5 Nov 2026 to 9 Nov 2026, T. King, 0% done, critical"


def test_work_streams_are_brackets_and_names_are_moved_in() -> None:
    root = drawn(stream("1", "Prepare", "2026-11-02T08:00", "2026-11-04T17:00"), FIRST._replace(number="1.1", level=2))
    (group,) = groups(root, "summary")
    assert group.find(f"{SVG}path") is not None
    places = {text.text: float(text.attrib["x"]) for text in root.iter(f"{SVG}text")}
    assert places["Agree the scope"] > places["Prepare"]
    assert {"1", "1.1", "Prepare", "Work stream"} <= places.keys()


@pytest.mark.parametrize(
    ("span_given", "percent", "begins", "days"),
    [
        (("2026-11-05T08:00", "2026-11-09T17:00"), 0, 3, 5),
        (("2026-11-05T08:00", "2026-11-09T17:00"), 500, 6, 2),  # behind what is done
        (("2026-11-03T08:00", "2026-11-06T17:00"), 500, 0, 0),  # under what is done
        (None, 0, 0, 0),
    ],
)
def test_a_work_stream_is_hatched_where_it_is_critical(
    span_given: tuple[str, str] | None, percent: int, begins: int, days: int
) -> None:
    spans = tuple(map(datetime.fromisoformat, span_given)) if span_given else None
    top = stream("1", "All", "2026-11-02T08:00", "2026-11-13T17:00", percent=percent, critical_span=spans)
    root = drawn(top, *PLAN)
    left, width = span(groups(root, "task")[0])
    (group,) = groups(root, "summary")
    found = [
        (float(part.attrib["x"]), float(part.attrib["width"]))
        for part in group.findall(f"{SVG}rect")
        if part.get("class") == "critical"
    ]
    assert found == ([(near(left + begins * width / 3), near(days * width / 3))] if days else [])
    assert (len(group.findall(f"{SVG}path")) == 2) == bool(days), "the hatching, beside the bracket"


def test_the_legend_explains_what_is_there() -> None:
    assert texts(drawn(FIRST))[-1:] == ["Task, filled as far as done"]
    assert set(texts(drawn(*PLAN, today=date(2026, 11, 6)))[-4:]) == {
        "Task, filled as far as done",
        "Critical",
        "Milestone",
        "Today",
    }


HOSTILE = '</text><script>alert("1")</script> & \x1b[31m\x00 \ufffe\uffff \u202e\ud800 \'"'


def test_text_from_data_is_text() -> None:
    text = gantt_svg(HOSTILE, (FIRST._replace(name=HOSTILE, owner=HOSTILE, number=HOSTILE),))
    root = ElementTree.fromstring(text)
    assert not list(root.iter(f"{SVG}script"))
    assert text.encode("utf-8")  # no lone surrogate
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufffe\uffff]", text)


@given(st.text(max_size=60), st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_text_makes_a_well_formed_picture(name: str, owner: str) -> None:
    text = gantt_svg(name, (FIRST._replace(name=name, owner=owner), CERTIFIED._replace(name=owner)))
    ElementTree.fromstring(text.encode("utf-8"))


def test_500_tasks_have_a_row_each_within_the_picture() -> None:
    tasks = [
        task(f"{row}", f"Task {row}", "2026-11-02T08:00", f"{2027 + row % 3}-06-04T17:00", links=(Link(f"u{row - 1}"),))
        for row in range(1, 501)
    ]
    root = drawn(*tasks)
    rows = groups(root, "task")
    height = float(root.attrib["height"])
    tops = [float(group[1].attrib["y"]) for group in rows]
    assert len(rows) == 500
    assert all(below - above == near(24) for above, below in zip(tops, tops[1:], strict=False))
    assert tops[-1] < height
    assert len(marks(root, "link")) == 499
    assert all(sum(span(group)) <= RIGHT + 0.03 for group in rows)


def test_an_empty_plan_is_refused() -> None:
    with pytest.raises(UsageError, match="no work packages"):
        gantt_svg("Plan", (stream("1", "Prepare", "2026-11-02T08:00", "2026-11-04T17:00"),))


@pytest.mark.parametrize(
    ("finish", "rows", "lower"),
    [
        ("2026-11-13", ("week", "day"), ["2", "3", "4"]),
        ("2027-01-29", ("month", "week"), ["2 Nov", "9 Nov", "16 Nov"]),
        ("2027-06-30", ("month", "week"), ["2", "9", "16"]),
        ("2028-03-31", ("quarter", "month"), ["Nov", "Dec", "Jan"]),
        ("2034-11-30", ("year", "quarter"), ["Q4", "Q1", "Q2"]),
    ],
)
def test_the_header_fits_the_length_of_the_plan(finish: str, rows: tuple[str, str], lower: list[str]) -> None:
    whole = task("1", "All", "2026-11-02T08:00", f"{finish}T17:00")
    scale = scale_for((whole.start, whole.finish), (whole,), 300, 900)
    assert (scale.upper, scale.lower) == rows
    cells = scale.cells(scale.lower)
    assert [cell.label for cell in cells[:3]] == lower
    assert (cells[0].left, cells[-1].right) == (300, near(1200))
    assert all(one.right == near(other.left) for one, other in zip(cells, cells[1:], strict=False))


def test_the_upper_row_of_the_header() -> None:
    whole = task("1", "All", "2026-11-02T08:00", "2027-01-29T17:00")
    scale = scale_for((whole.start, whole.finish), (whole,), 300, 900)
    assert [cell.label for cell in scale.cells("month")] == [
        "November 2026",
        "December 2026",
        "January 2027",
        "Feb 2027",
    ]
    assert (scale.first, scale.end) == (date(2026, 11, 2), date(2027, 2, 8))


def test_work_around_the_clock_has_days_of_24_hours() -> None:
    night = task("1", "Night", "2026-11-02T00:00", "2026-11-04T00:00")
    scale = scale_for((night.start, night.finish), (night,), 0, 300)
    assert scale.x(datetime(2026, 11, 2, 12)) == near(37.5)  # of four days, 2 to 5 November
    assert scale.x(night.finish) == near(150)


# Boxes of two rows of 24: one from 100 to 200, the other below it.
ABOVE = Box(100, 200, 6, 18)


def points(path: str) -> list[tuple[float, float]]:
    """Return the corners of a path of horizontal and vertical lines."""
    x = y = 0.0
    corners = []
    for command, first, second in re.findall(r"([MHV])(-?[\d.]+)(?: (-?[\d.]+))?", path):
        x = float(first) if command in "MH" else x
        y = float(second) if command == "M" else float(first) if command == "V" else y
        corners.append((x, y))
    return corners


@pytest.mark.parametrize(
    ("below", "link", "start", "end"),
    [
        (Box(300, 400, 30, 42), "FS", (200, 12), (296, 36)),  # far after: into its left end
        (Box(150, 400, 30, 42), "FS", (200, 12), (146, 36)),  # before: around, into its left end
        (Box(200, 400, 30, 42), "FS", (200, 12), (207, 26)),  # right after: down onto it
        (Box(193, 207, 30, 44), "FS", (200, 12), (200, 26)),  # a milestone at once: down onto its top
        (Box(130, 400, 30, 42), "SS", (100, 12), (126, 36)),
        (Box(130, 400, 30, 42), "FF", (200, 12), (404, 36)),
        (Box(20, 40, 30, 42), "SF", (100, 12), (44, 36)),
    ],
)
def test_an_arrow_joins_the_ends_that_its_link_names(
    below: Box, link: str, start: tuple[float, float], end: tuple[float, float]
) -> None:
    line, head = arrow(ABOVE, below, link, 24)  # type: ignore[arg-type]
    corners = points(line)
    assert (corners[0], corners[-1]) == (start, end)
    tip = points(head.partition("l")[0])[0]
    assert tip[0] == end[0] or tip[1] == end[1]  # the head goes on straight
    assert abs(tip[0] - end[0]) + abs(tip[1] - end[1]) == 4


def test_arrows_go_around_bars_in_the_space_between_rows() -> None:
    back, _ = arrow(ABOVE, Box(150, 400, 30, 42), "FS", 24)
    assert points(back) == [(200, 12), (206, 12), (206, 24), (141, 24), (141, 36), (146, 36)]
    starts, _ = arrow(ABOVE, Box(130, 400, 30, 42), "SS", 24)
    assert points(starts) == [(100, 12), (94, 12), (94, 36), (126, 36)]
    finishes, _ = arrow(ABOVE, Box(130, 400, 30, 42), "FF", 24)
    assert points(finishes) == [(200, 12), (409, 12), (409, 36), (404, 36)]


def test_an_arrow_upwards_comes_from_below() -> None:
    line, _ = arrow(Box(100, 200, 30, 42), Box(200, 300, 6, 18), "FS", 24)
    assert points(line)[-1] == (207, 22)


def test_an_arrow_leaves_a_milestone_at_its_corner() -> None:
    (line,) = marks(drawn(FIRST, CERTIFIED, LAST._replace(links=(Link("u4"),))), "link")
    left, _ = span(groups(drawn(FIRST, CERTIFIED, LAST), "task")[0])
    assert points(line.attrib["d"])[0][0] == near(left + 10 * (RIGHT - left) / 13 + 7)


def test_links_to_tasks_that_are_not_drawn_are_left_out() -> None:
    assert len(marks(drawn(FIRST, SECOND._replace(links=(Link("u1"), Link("gone")))), "link")) == 1


def test_text_is_cut_to_its_width() -> None:
    name = "Write the communication plan and have it approved"
    short = cut(name, 120, 11)
    assert short.endswith("…")
    assert name.startswith(short[:-1])
    assert text_width(short, 11) <= 120
    assert cut("Short", 120, 11) == "Short"
    assert cut("Wide", 1, 11) == ""
    assert text_width("日本", 10) == 20
