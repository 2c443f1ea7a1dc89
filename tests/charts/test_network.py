"""The drawn network is read back: every arrow is walked, sign by sign, with the arms that Unicode gives each sign."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from graphlib import CycleError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pcsm_tui.ui.charts.channel import is_straight, turns_of, wire
from pcsm_tui.ui.charts.layers import layers_of
from pcsm_tui.ui.charts.network import ARROW, Box, Drawing, Edge, Node, draw_network
from pcsm_tui.ui.present.line import plain
from pcsm_tui.ui.present.marks import ASCII

STEPS = {"LEFT": (0, -1), "RIGHT": (0, 1), "UP": (-1, 0), "DOWN": (1, 0)}
OPPOSITE = {"LEFT": "RIGHT", "RIGHT": "LEFT", "UP": "DOWN", "DOWN": "UP"}


def arms(sign: str) -> set[str]:
    """Return the ways that lead out of a sign, by its name in Unicode."""
    words = set(unicodedata.name(sign, "").split())
    if "DRAWINGS" not in words:
        return set()
    found = words & STEPS.keys()
    return (
        found
        | ({"LEFT", "RIGHT"} if "HORIZONTAL" in words else set())
        | ({"UP", "DOWN"} if "VERTICAL" in words else set())
    )


def is_double(sign: str, way: str) -> bool:
    """Return whether a sign's arm is double: all its arms are, or those along that way."""
    name = unicodedata.name(sign, "")
    along = ("HORIZONTAL", "LEFT", "RIGHT") if way in ("LEFT", "RIGHT") else ("VERTICAL", "UP", "DOWN")
    return name.startswith("BOX DRAWINGS DOUBLE") or any(f"{word} DOUBLE" in name for word in along)


def cells(drawing: Drawing) -> list[str]:
    return [plain(line) for line in drawing.lines()]


def inside(box: Box, row: int, column: int) -> bool:
    return box.row <= row < box.row + box.height and box.column <= column < box.column + box.width


def reached(picture: list[str], boxes: dict[str, Box], source: str, *, double: bool = False) -> set[str]:
    """Return the boxes that one comes to from another along lines: over a line that has no arm for one's way, straight
    on. With `double` only along double lines.
    """
    box, found = boxes[source], set()
    edge = box.column + box.width - 1
    leaving = [row for row in range(box.row, box.row + box.height) if "RIGHT" in arms(picture[row][edge])]
    ways = [(row, edge, "RIGHT") for row in leaving if not double or is_double(picture[row][edge], "RIGHT")]
    seen = set()
    while ways:
        row, column, way = ways.pop()
        row, column = row + STEPS[way][0], column + STEPS[way][1]
        if (row, column, way) in seen:
            continue
        seen.add((row, column, way))
        sign = picture[row][column]
        if sign == ARROW:
            found |= {name for name, other in boxes.items() if inside(other, row, column + 1)}
            continue
        assert not any(inside(other, row, column) for other in boxes.values()), "a line runs into a box"
        out = arms(sign)
        if not out or OPPOSITE[way] not in out:
            assert out or way == "RIGHT", f"a line ends at {sign!r}"
            ways.append((row, column, way))
            continue
        for onward in out - {OPPOSITE[way]}:
            if not double or is_double(sign, onward):
                ways.append((row, column, onward))
    return found


def check(nodes: list[Node], edges: list[Edge]) -> Drawing:
    """Draw a network and assert that it reads as what it was drawn from."""
    drawing = draw_network(nodes, edges)
    picture = cells(drawing)
    assert len(picture) == drawing.height
    assert all(cell_len(line) == drawing.width for line in picture)
    boxes = list(drawing.boxes.values())
    assert [*drawing.boxes] == [node.id for node in nodes]
    for place, box in enumerate(boxes):
        assert box.column + box.width <= drawing.width and box.row + box.height <= drawing.height
        for other in boxes[:place]:
            apart = (
                box.column >= other.column + other.width
                or other.column >= box.column + box.width
                or box.row >= other.row + other.height
                or other.row >= box.row + box.height
            )
            assert apart, (box, other)
    for node in nodes:
        targets = {edge.target for edge in edges if edge.source == node.id}
        assert reached(picture, drawing.boxes, node.id) == targets, node.id
    return drawing


def some(count: int, edges: list[tuple[int, int]], critical: set[int] = frozenset()) -> tuple[list[Node], list[Edge]]:  # type: ignore[assignment]
    nodes = [Node(str(place), (f"1.{place} Task", f"{place}d"), place in critical) for place in range(count)]
    return nodes, [Edge(str(a), str(b), "", a in critical and b in critical) for a, b in edges]


def random_network(count: int, seed: int, most: int, span: int) -> tuple[list[Node], list[Edge]]:
    chance = random.Random(seed)
    edges = [
        (source, target)
        for target in range(1, count)
        for source in sorted({max(0, target - chance.randint(1, span)) for _ in range(chance.randint(0, most))})
    ]
    return some(count, edges, {place for place in range(count) if chance.random() < 0.3})


def test_a_small_network_as_it_is_drawn() -> None:
    nodes = [
        Node("a", ("Kick-off",), True),
        Node("b", ("Train",), True),
        Node("c", ("Build",)),
        Node("d", ("Live",), True),
    ]
    edges = [Edge("a", "b", "", True), Edge("a", "c"), Edge("b", "d", "FS+2d", True), Edge("c", "d")]
    assert [line.rstrip() for line in cells(check(nodes, edges))] == [
        "                 ╔═══════╗           ╔══════╗",
        "╔══════════╗ ╔══►║ Train ╠═══FS+2d══►║ Live ║",
        "║ Kick-off ╠═╣   ╚═══════╝ ┌────────►║      ║",
        "╚══════════╝ │             │         ╚══════╝",
        "             │   ┌───────┐ │",
        "             └──►│ Build ├─┘",
        "                 └───────┘",
    ]


def test_in_ascii_what_is_critical_is_drawn_with_hashes() -> None:
    drawing = draw_network([Node("a", ("A",), True), Node("b", ("B",), True)], [Edge("a", "b", "", True)])
    assert [line.translate(ASCII) for line in cells(drawing)] == [
        "#####   #####",
        "# A ###># B #",
        "#####   #####",
    ]


def crossing() -> Iterator[tuple[list[Node], list[Edge]]]:
    yield some(4, [(0, 3), (1, 2), (0, 2), (1, 3)])
    yield some(6, [(0, 3), (0, 4), (0, 5), (1, 3), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5)])
    yield some(5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (0, 3), (1, 4)], {0, 1, 4})
    yield some(3, [])
    yield some(1, [])
    yield some(12, [(place, 11) for place in range(11)])


@pytest.mark.parametrize("network", list(crossing()))
def test_a_network_reads_as_it_was_meant(network: tuple[list[Node], list[Edge]]) -> None:
    check(*network)


@given(count=st.integers(1, 30), seed=st.integers(0, 10**6), most=st.integers(1, 4), span=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_any_network_reads_as_it_was_meant(count: int, seed: int, most: int, span: int) -> None:
    nodes, edges = random_network(count, seed, most, span)
    drawing = check(nodes, edges)
    picture = cells(drawing)
    for node in nodes:
        critical = {edge.target for edge in edges if edge.source == node.id and edge.critical}
        assert critical <= reached(picture, drawing.boxes, node.id, double=True)


def test_a_large_network_reads_as_it_was_meant_and_is_drawn_the_same_again() -> None:
    nodes, edges = random_network(150, 7, 3, 25)
    assert check(nodes, edges) == draw_network(list(nodes), list(edges))


def test_nothing_is_drawn_of_nothing() -> None:
    drawing = draw_network([], [])
    assert (drawing.width, drawing.height, drawing.boxes, drawing.lines()) == (0, 0, {}, [])


def test_texts_of_several_links_between_two_tasks_stand_on_one_arrow() -> None:
    nodes, _ = some(2, [])
    drawing = draw_network(nodes, [Edge("0", "1", "SS"), Edge("0", "1", "FF", True)])
    (line,) = [line for line in cells(drawing) if ARROW in line]
    assert "═SS, FF═" in line.replace("══", "═")


def test_a_cycle_and_a_link_to_nowhere_are_refused() -> None:
    nodes, edges = some(3, [(0, 1), (1, 2), (2, 0)])
    with pytest.raises(CycleError):
        draw_network(nodes, edges)
    with pytest.raises(KeyError):
        draw_network(nodes, [Edge("0", "9")])


def test_a_part_is_cut_out_at_any_place() -> None:
    nodes = [Node("a", ("Zug 列車 ü",), False), Node("b", ("列列列列",), True)]
    drawing = draw_network(nodes, [Edge("a", "b")])
    whole = cells(drawing)
    for column in range(-2, drawing.width + 2):
        for width in (1, 2, 7, 40):
            part = drawing.part(column, -1, width, drawing.height + 2)
            assert len(part) == drawing.height + 2
            assert all(cell_len(plain(line)) == width for line in part), (column, width)
    assert [plain(line) for line in drawing.part(0, 0, drawing.width, 2)] == whole[:2]


def test_the_selected_box_stands_out() -> None:
    nodes, edges = some(2, [(0, 1)])
    part = draw_network(nodes, edges).part(0, 0, 80, 4, "1")
    assert [span.text for line in part for span in line if span.role == "cell"] == [" 1.1 Task ", " 1d       "]


def test_arrow_keys_lead_along_the_critical_path_and_up_and_down_a_layer() -> None:
    nodes, edges = some(5, [(0, 1), (0, 2), (1, 3), (2, 3)], {0, 2, 3})
    beside = draw_network(nodes, edges).beside
    assert beside["0", "right"] == "2" and beside["2", "right"] == "3" and beside["3", "left"] == "2"
    assert {beside.get(("1", "up")), beside.get(("1", "down"))} >= {"2"}
    assert ("0", "left") not in beside and ("3", "right") not in beside


def test_layers_follow_the_longest_path_and_a_beginning_stands_next_to_what_it_begins() -> None:
    assert layers_of(5, [(0, 1), (1, 2), (0, 2), (3, 2), (2, 4)]) == [0, 1, 2, 1, 3]
    assert layers_of(6, [(0, 1)]) == [0, 1, 0, 1, 0, 1]


def test_a_wire_turns_left_of_the_one_that_turns_into_its_row() -> None:
    (first, second) = turns_of([wire(1, 0, [4]), wire(2, 4, [8])])
    assert (first.wire.net, first.lane, second.wire.net, second.lane) == (2, 0, 1, 1)


def test_of_two_wires_that_swap_their_rows_one_makes_a_detour() -> None:
    turns = turns_of([wire(1, 0, [4]), wire(2, 4, [0])])
    assert [turn.lane for turn in turns] == [0, 1, 2]
    detour = [turn.wire for turn in turns if turn.wire.net == turns[0].wire.net]
    assert detour[0].targets == (detour[1].source,) and detour[1].source not in (0, 4)


def test_wires_far_from_each_other_share_a_lane_and_a_straight_one_needs_none() -> None:
    wires = [wire(1, 0, [2]), wire(2, 5, [9]), wire(3, 12, [12])]
    assert [turn.lane for turn in turns_of(wires)] == [0, 0]
    assert is_straight(wires[2])
