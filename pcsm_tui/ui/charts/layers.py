"""The layered layout of a network that reads from left to right: which layer a node stands in, in which order and row.

Layers by the longest path; orders by barycenters (Sugiyama, Tagawa and Toda 1981); rows that keep an order and lie as
near as can be to where the neighbours want them (isotonic regression).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from itertools import accumulate
from typing import NamedTuple

_SWEEPS, _SETTLING = 12, 9
"""How often orders and rows are improved, to and fro."""
_STRAIGHT = 8
"""How much more a line through layers pulls than a single link: long lines shall be straight."""

Item = tuple[int, int]
"""What stands in a layer: a node's own place, or the line that its links share through a layer: (node, layer)."""


class Reach(NamedTuple):
    """The part of a node's links between a layer and the next: from one item to those it goes to."""

    source: Item
    targets: tuple[Item, ...]


class Placing(NamedTuple):
    """Where everything stands: the layer of each node, the items of each layer from the top down, what lies between a
    layer and the next, and the first row of each item.
    """

    layer: list[int]
    layers: list[list[Item]]
    gaps: list[list[Reach]]
    rows: dict[Item, int]
    entries: dict[tuple[Item, Item], int]
    """For each link into an item, at which of its rows from its first it enters, by (item, source)."""

    def is_node(self, item: Item) -> bool:
        """Return whether an item is a node itself rather than the line of its links through a layer."""
        return self.layer[item[0]] == item[1]


def layers_of(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Return the layer of each node: after all that it waits for, and a beginning right before what waits for it.

    Nodes without any link are spread over the layers. Raises `graphlib.CycleError` for a cycle.
    """
    before: dict[int, list[int]] = {node: [] for node in range(count)}
    after: dict[int, list[int]] = {node: [] for node in range(count)}
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    layer = [0] * count
    for node in TopologicalSorter(before).static_order():
        layer[node] = max((layer[source] + 1 for source in before[node]), default=0)
    for node in range(count):
        if not before[node] and after[node]:
            layer[node] = min(layer[target] for target in after[node]) - 1
    lonely = [node for node in range(count) if not before[node] and not after[node]]
    most = max(max(layer, default=0) + 1, round(len(lonely) ** 0.5))
    for place, node in enumerate(lonely):
        layer[node] = place % most
    return layer


def placed(heights: Sequence[int], edges: Sequence[tuple[int, int]], weights: Mapping[tuple[int, int], int]) -> Placing:
    """Return the layout of nodes by their heights in rows; `weights` of 2 or more pull a link straighter."""
    layer = layers_of(len(heights), edges)
    gaps = _reaches(layer, edges)
    layers = _ordered(_first_order(layer, gaps), gaps)
    sizes = {item: heights[item[0]] if layer[item[0]] == item[1] else 1 for row in layers for item in row}
    entries = _entries(layers, gaps, sizes)
    rows = _rows(layers, gaps, sizes, entries, _pulls(layer, gaps, weights))
    return Placing(layer, layers, gaps, rows, entries)


def _reaches(layer: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[list[Reach]]:
    """Return what lies between each layer and the next: links of one node over several layers share one line."""
    targets: dict[int, list[int]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    gaps: list[list[Reach]] = [[] for _ in range(max(layer, default=0))]
    for source in sorted(targets):
        last = max(layer[target] for target in targets[source])
        for number in range(layer[source], last):
            reached: list[Item] = [(target, number + 1) for target in targets[source] if layer[target] == number + 1]
            if last > number + 1:
                reached.append((source, number + 1))
            gaps[number].append(Reach((source, number), tuple(reached)))
    return gaps


def _first_order(layer: Sequence[int], gaps: Sequence[Sequence[Reach]]) -> list[list[Item]]:
    layers: list[list[Item]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for node, number in enumerate(layer):
        layers[number].append((node, number))
    for number, gap in enumerate(gaps):
        layers[number + 1] += [item for reach in gap for item in reach.targets if layer[item[0]] != number + 1]
    return [sorted(row) for row in layers]


def _ordered(layers: list[list[Item]], gaps: list[list[Reach]]) -> list[list[Item]]:
    """Return the layers in the order with the fewest crossings that sweeps to and fro have found."""
    links = [[(reach.source, target) for reach in gap for target in reach.targets] for gap in gaps]
    best, fewest = layers, _crossings(layers, links)
    current = [list(row) for row in layers]
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        numbers = range(1, len(current)) if forward else range(len(current) - 2, -1, -1)
        for number in numbers:
            pairs = links[number - 1] if forward else [(target, source) for source, target in links[number]]
            current[number] = _by_barycenter(current[number], current[number - 1 if forward else number + 1], pairs)
        crossings = _crossings(current, links)
        if crossings < fewest:
            best, fewest = [list(row) for row in current], crossings
        if not fewest:
            break
    return best


def _by_barycenter(row: list[Item], other: list[Item], pairs: Iterable[tuple[Item, Item]]) -> list[Item]:
    """Return a layer sorted by the mean place of what its items are linked with in the other; others stay about."""
    place = {item: number for number, item in enumerate(other)}
    linked: dict[Item, list[int]] = {}
    for there, here in pairs:
        linked.setdefault(here, []).append(place[there])
    scale = max(len(other), 1) / max(len(row), 1)
    mean = {
        item: sum(linked[item]) / len(linked[item]) if item in linked else number * scale
        for number, item in enumerate(row)
    }
    return sorted(row, key=lambda item: mean[item])


def _crossings(layers: Sequence[Sequence[Item]], links: Sequence[Sequence[tuple[Item, Item]]]) -> int:
    """Return how many pairs of links cross."""
    crossings = 0
    for number, pairs in enumerate(links):
        above = {item: place for place, item in enumerate(layers[number])}
        below = {item: place for place, item in enumerate(layers[number + 1])}
        passed: list[int] = []
        for _, place in sorted((above[source], below[target]) for source, target in pairs):
            crossings += len(passed) - bisect_left(passed, place + 1)
            insort(passed, place)
    return crossings


def _entries(
    layers: Sequence[Sequence[Item]], gaps: Sequence[Sequence[Reach]], sizes: Mapping[Item, int]
) -> dict[tuple[Item, Item], int]:
    """Return at which row of an item each link enters: about its middle, in the order of the sources."""
    entries: dict[tuple[Item, Item], int] = {}
    for number, gap in enumerate(gaps):
        place = {item: order for order, item in enumerate(layers[number])}
        sources: dict[Item, list[Item]] = {}
        for reach in sorted(gap, key=lambda reach: place[reach.source]):
            for target in reach.targets:
                sources.setdefault(target, []).append(reach.source)
        for target, entering in sources.items():
            size, count = sizes[target], len(entering)
            first = max(min(leaving_row(size) - (count - 1) // 2, size - 1 - count), 1) if size > 1 else 0
            entries.update({(target, source): first + order for order, source in enumerate(entering)})
    return entries


def _pulls(
    layer: Sequence[int], gaps: Sequence[Sequence[Reach]], weights: Mapping[tuple[int, int], int]
) -> dict[tuple[Item, Item], int]:
    """Return how much each link between neighbouring layers wants to be straight."""
    pulls = {}
    for gap in gaps:
        for reach in gap:
            for target in reach.targets:
                through = target[0] == reach.source[0]
                begun = layer[reach.source[0]] == reach.source[1]
                pulls[reach.source, target] = (
                    _STRAIGHT if through and not begun else weights.get((reach.source[0], target[0]), 1)
                )
    return pulls


def _rows(
    layers: Sequence[Sequence[Item]],
    gaps: Sequence[Sequence[Reach]],
    sizes: Mapping[Item, int],
    entries: Mapping[tuple[Item, Item], int],
    pulls: Mapping[tuple[Item, Item], int],
) -> dict[Item, int]:
    """Return the first row of each item: neighbours pull at it, to and fro, and none comes nearer than a blank row."""
    before: dict[Item, list[tuple[Item, int, int]]] = {}
    after: dict[Item, list[tuple[Item, int, int]]] = {}
    for gap in gaps:
        for source, targets in gap:
            for target in targets:
                shift = leaving_row(sizes[source]) - entries[target, source]
                before.setdefault(target, []).append((source, shift, pulls[source, target]))
                after.setdefault(source, []).append((target, -shift, pulls[source, target]))
    rows: dict[Item, int] = {}
    for row in layers:
        rows.update(_stacked(row, sizes, {item: _wish(rows, before[item], 0) for item in row if before.get(item)}))
    for sweep in range(_SETTLING):
        forward = sweep % 2 == 0
        for row in layers if forward else reversed(layers):
            one, other = (before, after) if forward else (after, before)
            wishes = {
                item: _wish(rows, one.get(item, []), rows[item]) for item in row if one.get(item) or other.get(item)
            }
            rows.update(_stacked(row, sizes, wishes))
    return _without_blanks(rows, sizes)


def _without_blanks(rows: Mapping[Item, int], sizes: Mapping[Item, int]) -> dict[Item, int]:
    """Return rows from 0 on, of which no two in succession are blank from the first layer to the last."""
    taken = sorted({at + shift for item, at in rows.items() for shift in range(sizes[item])})
    moved: dict[int, int] = {}
    for place, at in enumerate(taken):
        moved[at] = moved[taken[place - 1]] + min(at - taken[place - 1], 2) if place else 0
    return {item: moved[at] for item, at in rows.items()}


def _wish(rows: Mapping[Item, int], links: Iterable[tuple[Item, int, int]], else_at: int) -> tuple[float, float]:
    """Return the row that linked items pull an item to, with their weight; a faint wish to stay when there are none."""
    pulled = [(rows[other] + shift, pull) for other, shift, pull in links]
    return _weighted_median(pulled) if pulled else (else_at, 0.1)


def leaving_row(size: int) -> int:
    """Return at which row from its first an item's links leave: the middle of a node, the row of a line."""
    return size // 2


def _stacked(
    row: Sequence[Item], sizes: Mapping[Item, int], wishes: Mapping[Item, tuple[float, float]]
) -> dict[Item, int]:
    """Return the rows of a layer's items in their order, each as near to its wish as the others allow; `wishes` are
    rows with weights, and an item without one follows the item before it.
    """
    offset, offsets, loose = 0, [], 0
    blocks: list[tuple[float, float, int]] = []
    for item in row:
        offsets.append(offset)
        if item in wishes:
            wish, weight = wishes[item]
            value, heft, count = wish - offset, weight, 1 + loose
            loose = 0
            # Neighbours that want to overtake each other share the mean of their wishes: pool adjacent violators.
            while blocks and blocks[-1][0] >= value:
                other, other_heft, other_count = blocks.pop()
                value = (other * other_heft + value * heft) / (other_heft + heft)
                heft, count = heft + other_heft, count + other_count
            blocks.append((value, heft, count))
        elif blocks:
            blocks[-1] = (*blocks[-1][:2], blocks[-1][2] + 1)
        else:
            loose += 1
        offset += sizes[item] + 1
    places = [round(value) for value, _, count in blocks for _ in range(count)] or [0] * loose
    return {item: place + shift for item, place, shift in zip(row, places, offsets, strict=True)}


def _weighted_median(values: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return the weighted median, the lower one of two, and the weight of all together."""
    ordered = sorted(values)
    passed = list(accumulate(weight for _, weight in ordered))
    return next(value for (value, _), weight in zip(ordered, passed, strict=True) if 2 * weight >= passed[-1]), passed[
        -1
    ]
