"""Tasks that wait for each other in a circle: finding them, naming them, and scheduling the others all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx

from pcsm_tui.domain.outline import Outline
from pcsm_tui.schedule.activities import Activity
from pcsm_tui.schedule.building import Gate

MOST_NAMED = 20
"""Of a damaged plan so many circles are named; beyond that all links between the tasks concerned are left out."""


def opened(activities: list[Activity], concerned: Sequence[str]) -> tuple[list[Activity], list[list[str]]]:
    """Return the activities without the links that close a circle, and the circles as keys, each closed.

    `concerned` are the keys among which the circles are.
    """
    by_key = {activity.key: activity for activity in activities}
    graph = networkx.DiGraph()
    for key in concerned:
        graph.add_edges_from((before, key) for before, _, _ in by_key[key].links if before in by_key)
    circles: list[list[str]] = []
    while len(circles) < MOST_NAMED:
        try:
            circle = networkx.find_cycle(graph)
        except networkx.NetworkXNoCycle:
            break
        before, after = circle[-1][:2]
        graph.remove_edge(before, after)
        circles.append([*(edge[0] for edge in circle), circle[0][0]])
        _drop(by_key, after, {before})
    else:
        for group in networkx.strongly_connected_components(graph):
            for key in group if len(group) > 1 else ():
                _drop(by_key, key, group)
    return [by_key[activity.key] for activity in activities], circles


def _drop(by_key: dict[str, Activity], key: str, predecessors: set[str]) -> None:
    kept = tuple(link for link in by_key[key].links if link[0] not in predecessors)
    by_key[key] = by_key[key]._replace(links=kept)


def circle_text(circle: Sequence[str], gates: Mapping[str, Gate], outline: Outline) -> str:
    """Return a circle of keys by outline numbers, from its lowest one on: `1.2 → 1.4 → 2.1 → 1.2`.

    A link on a summary shows the summary between the tasks in it and those that it holds.
    """
    numbers: list[str] = []
    for key in circle[:-1]:
        gate = gates.get(key)
        uids = [key] if gate is None else [gate.link.task, gate.owner]
        numbers += [number for uid in uids if (number := outline.number(uid)) not in numbers[-1:]]
    if len(numbers) > 1 and numbers[0] == numbers[-1]:
        numbers.pop()
    lowest = min(range(len(numbers)), key=lambda place: [int(part) for part in numbers[place].split(".")])
    turned = numbers[lowest:] + numbers[:lowest]
    return " → ".join([*turned, turned[0]])
