"""Rows of a tool as a tree: in the order of an outline, numbered 1, 1.1, 1.1.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pcsm_tui.domain.engagement import Row

_NOBODY = -1
"""The parent of a row at the top level."""


@dataclass(frozen=True, eq=False)
class _Node:
    """A row in its tree: `place` is where it stands in the outline, `end` where what is below it ends."""

    row: Row
    number: str
    level: int
    parent: str
    children: tuple[Row, ...]
    place: int
    end: int


class Outline:
    """The tree that a reference field makes of the rows of a tool.

    A row whose parent is missing, itself, or one that is below it stands at the top level: none is ever lost.
    """

    def __init__(self, rows: Sequence[Row], parent_field: str) -> None:
        """Make the tree of rows given in their order; siblings keep it."""
        self._nodes = _numbered(rows, _children(_parents(rows, parent_field)))
        self._by_uid = {node.row.uid: node for node in self._nodes}
        self._top = tuple(node.row for node in self._nodes if node.level == 1)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows, each followed by what is below it."""
        return tuple(node.row for node in self._nodes)

    @cached_property
    def _numbers(self) -> dict[str, Row]:
        return {node.number: node.row for node in self._nodes}

    def number(self, uid: str) -> str:
        """Return the outline number of a row, such as 1.5.3; empty when there is no such row."""
        node = self._by_uid.get(uid)
        return node.number if node else ""

    def numbered(self, number: str) -> Row | None:
        """Return the row with an outline number, or None."""
        return self._numbers.get(number)

    def level(self, uid: str) -> int:
        """Return how deep a row stands, 1 at the top; 0 when there is no such row."""
        node = self._by_uid.get(uid)
        return node.level if node else 0

    def parent(self, uid: str) -> str:
        """Return the uid of the row under which a row stands; empty at the top."""
        node = self._by_uid.get(uid)
        return node.parent if node else ""

    def above(self, uid: str) -> Iterator[str]:
        """Yield the uids of the rows that a row is part of, the nearest first."""
        while uid := self.parent(uid):
            yield uid

    def children(self, uid: str = "") -> tuple[Row, ...]:
        """Return the rows right below a row, in order; those at the top for an empty uid."""
        if not uid:
            return self._top
        node = self._by_uid.get(uid)
        return node.children if node else ()

    def siblings(self, uid: str) -> tuple[Row, ...]:
        """Return the rows of the same parent, the row itself included, in order."""
        return self.children(self.parent(uid))

    def below(self, uid: str) -> tuple[Row, ...]:
        """Return everything below a row, at whatever depth, in outline order."""
        node = self._by_uid.get(uid)
        return self.rows[node.place + 1 : node.end] if node else ()


def _parents(rows: Sequence[Row], parent_field: str) -> list[int]:
    """Return for each row the place of its parent, or `_NOBODY`."""
    places = {row.uid: place for place, row in enumerate(rows)}
    parents = []
    for place, row in enumerate(rows):
        uid = row.get(parent_field)
        parent = places.get(uid, _NOBODY) if isinstance(uid, str) else _NOBODY
        parents.append(_NOBODY if parent == place else parent)
    _break_cycles(parents)
    return parents


def _break_cycles(parents: list[int]) -> None:
    """Put every row of a cycle at the top level; what hangs below them stays there."""
    walked = [_NOBODY] * len(parents)  # the walk on which each row was met
    for walk in range(len(parents)):
        here = walk
        while here != _NOBODY and walked[here] == _NOBODY:
            walked[here] = walk
            here = parents[here]
        if here != _NOBODY and walked[here] == walk:
            while parents[here] != _NOBODY:
                parents[here], here = _NOBODY, parents[here]


def _children(parents: list[int]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for place, parent in enumerate(parents):
        children.setdefault(parent, []).append(place)
    return children


def _numbered(rows: Sequence[Row], children: dict[int, list[int]]) -> list[_Node]:
    """Return the nodes depth first, without recursion, since a plan may be deep."""
    order: list[tuple[int, str, int, str]] = []  # place among the rows, number, level, parent
    waiting = [(place, str(at), 1, "") for at, place in reversed([*enumerate(children.get(_NOBODY, ()), 1)])]
    while waiting:
        place, number, level, parent = found = waiting.pop()
        order.append(found)
        below = [
            (child, f"{number}.{at}", level + 1, rows[place].uid) for at, child in enumerate(children.get(place, ()), 1)
        ]
        waiting += reversed(below)
    ends = _ends([level for _, _, level, _ in order])
    return [
        _Node(rows[place], number, level, parent, tuple(rows[child] for child in children.get(place, ())), at, ends[at])
        for at, (place, number, level, parent) in enumerate(order)
    ]


def _ends(levels: list[int]) -> list[int]:
    """Return for each place in the outline the one after everything below it."""
    ends = [len(levels)] * len(levels)
    open_: list[int] = []
    for place, level in enumerate(levels):
        while open_ and levels[open_[-1]] >= level:
            ends[open_.pop()] = place
        open_.append(place)
    return ends
