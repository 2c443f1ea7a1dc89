"""The network of tasks as boxes and arrows, laid out in layers from left to right and drawn with lines.

A double line is critical, a single one is not. Lines that cross are not joined: the one below is interrupted (`─│─`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from rich.cells import cell_len

from pcsm_tui.ui.charts.channel import Wire, is_straight, turns_of, wire
from pcsm_tui.ui.charts.layers import Item, Placing, leaving_row, placed
from pcsm_tui.ui.charts.wiring import Wiring
from pcsm_tui.ui.present.line import Line, Span, cut, fit

Direction = Literal["left", "right", "up", "down"]
ARROW = "►"
LONGEST_LABEL, LONGEST_TEXT = 28, 10
"""The most cells that a line of a label and the text of an edge take."""
_CRITICAL_PULL = 4


class Node(NamedTuple):
    """A box: its id, the lines in it, and whether it is critical."""

    id: str
    label: tuple[str, ...]
    critical: bool = False


class Edge(NamedTuple):
    """An arrow from a node to another, with a text such as `SS+2d`."""

    source: str
    target: str
    text: str = ""
    critical: bool = False


class Box(NamedTuple):
    """Where a node is drawn, in cells."""

    column: int
    row: int
    width: int
    height: int


class Label(NamedTuple):
    """A text on the canvas; `node` is the id of the box that it stands in, if any."""

    column: int
    text: str
    role: str
    node: str = ""


class Drawing(NamedTuple):
    """A drawn network: cut what is seen out of it with `part`."""

    width: int
    height: int
    boxes: dict[str, Box]
    beside: dict[tuple[str, Direction], str]
    """The node that an arrow key leads to from another; there is none where nothing lies that way."""
    signs: dict[int, dict[int, Span]]
    labels: dict[int, list[Label]]

    def part(self, column: int, row: int, width: int, height: int, selected: str = "") -> list[Line]:
        """Return a part of the drawing as lines of exactly `width` cells; the selected node's text stands out."""
        return [self._line(number, column, width, selected) for number in range(row, row + height)]

    def lines(self) -> list[Line]:
        """Return the whole drawing."""
        return self.part(0, 0, self.width, self.height)

    def _line(self, row: int, column: int, width: int, selected: str) -> Line:
        cells = [Span(" ")] * width
        for at, sign in self.signs.get(row, {}).items():
            if column <= at < column + width:
                cells[at - column] = sign
        for label in self.labels.get(row, ()):
            text, at = _beginning_at(label.text, label.column - column)
            text = fit(text, width - at) if at + cell_len(text) > width else text
            length = cell_len(text)
            if length > 0:
                role = "cell" if label.node and label.node == selected else label.role
                cells[at : at + length] = [Span(text, role), *[Span("", role)] * (length - 1)]
        return tuple(
            Span("".join(cell.text for cell in run), role) for role, run in groupby(cells, lambda cell: cell.role)
        )


def _beginning_at(text: str, at: int) -> tuple[str, int]:
    """Return what of a text lies right of column 0 when it stands at a column, and where that begins."""
    if at >= 0:
        return text, at
    place = next((place for place in range(len(text) + 1) if cell_len(text[:place]) >= -at), len(text))
    return " " * (cell_len(text[:place]) + at) + text[place:], 0


def draw_network(nodes: Sequence[Node], edges: Sequence[Edge]) -> Drawing:
    """Return the drawing of a network; several edges between two nodes become one with all their texts.

    Raises `graphlib.CycleError` when the edges go round in a circle, and `KeyError` for an edge to no node.
    """
    number = {node.id: place for place, node in enumerate(nodes)}
    links: dict[tuple[int, int], Edge] = {}
    for edge in edges:
        ends = (number[edge.source], number[edge.target])
        known = links.get(ends)
        text = ", ".join(part for part in (known.text if known else "", edge.text) if part)
        links[ends] = edge._replace(text=text, critical=edge.critical or (known is not None and known.critical))
    entering = [sum(target == place for _, target in links) for place in range(len(nodes))]
    heights = [2 + max(len(node.label), entering[place], 1) for place, node in enumerate(nodes)]
    weights = {ends: _CRITICAL_PULL if edge.critical else 1 for ends, edge in links.items()}
    return _Painter(nodes, links, heights, placed(heights, list(links), weights)).drawing()


class _Painter:
    """Draws a placed network: columns first, then boxes and wires."""

    def __init__(
        self,
        nodes: Sequence[Node],
        links: Mapping[tuple[int, int], Edge],
        heights: Sequence[int],
        placing: Placing,
    ) -> None:
        self._nodes, self._links, self._heights, self._placing = nodes, links, heights, placing
        self._wiring = Wiring()
        self._labels: dict[int, list[Label]] = {}
        self._boxes: dict[int, Box] = {}

    def drawing(self) -> Drawing:
        """Draw all and return it."""
        placing, column = self._placing, 0
        for number, row in enumerate(placing.layers):
            boxes = [item[0] for item in row if placing.is_node(item)]
            for node in boxes:
                self._draw_box(node, column)
            end = column + max((self._boxes[node].width for node in boxes), default=0)
            column = self._draw_gap(number, column, end) if number < len(placing.gaps) else end
        signs = self._wiring.signs()
        bottoms = [box.row + box.height for box in self._boxes.values()]
        height = max([*bottoms, *(row + 1 for row in signs)], default=0)
        boxes_by_id = {self._nodes[place].id: box for place, box in sorted(self._boxes.items())}
        return Drawing(column, height, boxes_by_id, self._beside(), signs, self._labels)

    def _draw_box(self, place: int, column: int) -> None:
        node = self._nodes[place]
        label = [cut(text, LONGEST_LABEL) for text in node.label]
        inner = max((cell_len(text) for text in label), default=1)
        row = self._placing.rows[place, self._placing.layer[place]]
        box = Box(column, row, inner + 4, self._heights[place])
        self._boxes[place] = box
        self._wiring.box(place, box, critical=node.critical)
        above = (box.height - 2 - len(label)) // 2
        for shift, text in enumerate(label):
            role = "" if shift else "bad" if node.critical else "title"
            self._write(box.row + 1 + above + shift, column + 1, f" {fit(text, inner)} ", role, node.id)

    def _write(self, row: int, column: int, text: str, role: str, node: str = "") -> None:
        self._labels.setdefault(row, []).append(Label(column, text, role, node))

    def _draw_gap(self, number: int, begin: int, left: int) -> int:
        """Draw what lies between a layer, which reaches from `begin` to before `left`, and the next; return where that
        one begins.
        """
        placing, gap = self._placing, self._placing.gaps[number]
        wires = [
            wire(
                reach.source[0],
                self._leaving(reach.source),
                [self._entering(target, reach.source) for target in reach.targets],
            )
            for reach in gap
        ]
        turns = turns_of(wires)
        texts = [self._text(reach.source, target) for reach in gap for target in reach.targets]
        after = left + 1 + 2 * max((turn.lane + 1 for turn in turns), default=0)
        end = after + max((cell_len(text) + 1 for text in texts if text), default=0) + 2
        for reach, one in zip(gap, wires, strict=True):
            start = begin
            if placing.is_node(reach.source):
                box = self._boxes[reach.source[0]]
                start = box.column + box.width - 1
            pieces = [(turn.wire, left + 1 + 2 * turn.lane) for turn in turns if turn.wire.net == one.net]
            for target, row in zip(reach.targets, one.targets, strict=True):
                critical = self._is_critical(reach.source, target)
                stop = end
                if placing.is_node(target):
                    stop = end - 1
                    self._wiring.put(row, stop, Span(ARROW, "bad" if critical else "dim"))
                    self._write(row, after, self._text(reach.source, target), "bad" if critical else "")
                self._draw_wire(pieces, one, row, (start, stop), critical)
        return end

    def _draw_wire(
        self, pieces: Sequence[tuple[Wire, int]], one: Wire, target: int, ends: tuple[int, int], critical: bool
    ) -> None:
        """Draw a wire's way to one of its targets: across to each of its lanes, along it, and across to the end."""
        column, row = ends[0], one.source
        for piece, lane in [] if is_straight(one) else pieces:
            self._wiring.across(one.net, row, column, lane, critical=critical)
            onward = target if piece is pieces[-1][0] else piece.targets[0]
            self._wiring.along(one.net, lane, row, onward, critical=critical)
            column, row = lane, onward
        self._wiring.across(one.net, row, column, ends[1], critical=critical)

    def _leaving(self, item: Item) -> int:
        size = self._heights[item[0]] if self._placing.is_node(item) else 1
        return self._placing.rows[item] + leaving_row(size)

    def _entering(self, target: Item, source: Item) -> int:
        return self._placing.rows[target] + self._placing.entries[target, source]

    def _text(self, source: Item, target: Item) -> str:
        return cut(self._links[source[0], target[0]].text, LONGEST_TEXT) if self._placing.is_node(target) else ""

    def _is_critical(self, source: Item, target: Item) -> bool:
        """Return whether a link is critical, or any of those that share a line."""
        if self._placing.is_node(target):
            return self._links[source[0], target[0]].critical
        return any(
            edge.critical and begins == source[0] and self._placing.layer[ends] > target[1]
            for (begins, ends), edge in self._links.items()
        )

    def _beside(self) -> dict[tuple[str, Direction], str]:
        """Return where arrow keys lead: up and down the layer, left and right along links, the critical ones first,
        or to the nearest box of the next layer.
        """
        beside: dict[tuple[str, Direction], str] = {}
        layers = [[item[0] for item in row if self._placing.is_node(item)] for row in self._placing.layers]
        before: dict[int, list[int]] = {}
        after: dict[int, list[int]] = {}
        for source, target in self._links:
            before.setdefault(target, []).append(source)
            after.setdefault(source, []).append(target)
        for number, layer in enumerate(layers):
            for order, place in enumerate(layer):
                found: dict[Direction, int | None] = {
                    "up": layer[order - 1] if order else None,
                    "down": layer[order + 1] if order + 1 < len(layer) else None,
                    "left": self._best(place, before.get(place) or (layers[number - 1] if number else [])),
                    "right": self._best(place, after.get(place) or (layers[number + 1 : number + 2] or [[]])[0]),
                }
                ids = {way: self._nodes[other].id for way, other in found.items() if other is not None}
                beside.update({(self._nodes[place].id, way): other for way, other in ids.items()})
        return beside

    def _best(self, place: int, others: Sequence[int]) -> int | None:
        """Return which of other nodes to go to: one along a critical link, else the nearest by its row."""
        middle = self._boxes[place].row + self._boxes[place].height // 2

        def rank(other: int) -> tuple[bool, int, int]:
            edge = self._links.get((place, other)) or self._links.get((other, place))
            box = self._boxes[other]
            return not (edge is not None and edge.critical), abs(box.row + box.height // 2 - middle), other

        return min(others, key=rank, default=None)
