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
class _Tree:
    """The shape of an outline, whatever else its rows hold; lists are by the place in the outline."""

    uids: list[str]
    parents: list[int]
    """What it was made of: the uids of the rows as they were given, and the place of each one's parent among them."""
    order: list[int]
    """The places of the rows as they were given, each followed by what is below it."""
    numbers: list[str]
    levels: list[int]
    ends: list[int]
    """The place after everything that is below a row."""
    children: dict[int, list[int]]
    """The places of the rows right below that at a place; of those at the top by `_NOBODY`."""
    at: dict[str, int]
    """The place of each uid."""
    parent_of: list[str]
    """The uid of the row under which a row stands; empty at the top."""


class Outline:
    """The tree that a reference field makes of the rows of a tool.

    A row whose parent is missing, itself, or one that is below it stands at the top level: none is ever lost.
    """

    def __init__(self, rows: Sequence[Row], parent_field: str, before: Outline | None = None) -> None:
        """Make the tree of rows given in their order; siblings keep it.

        `before` is an outline of the same rows at another time, whose shape is taken over where it is still that.
        """
        uids, parents = [row.uid for row in rows], _parents(rows, parent_field)
        alike = before is not None and before._tree.parents == parents and before._tree.uids == uids
        self._tree: _Tree = before._tree if before is not None and alike else _tree(uids, parents)
        self.rows: tuple[Row, ...] = tuple([rows[place] for place in self._tree.order])
        """All rows, each followed by what is below it."""

    def is_shaped_like(self, other: Outline) -> bool:
        """Return whether it has the same uids at the same places as an outline that it was made from."""
        return self._tree is other._tree

    @cached_property
    def _numbered(self) -> dict[str, Row]:
        return dict(zip(self._tree.numbers, self.rows, strict=True))

    def number(self, uid: str) -> str:
        """Return the outline number of a row, such as 1.5.3; empty when there is no such row."""
        place = self._tree.at.get(uid)
        return "" if place is None else self._tree.numbers[place]

    def numbered(self, number: str) -> Row | None:
        """Return the row with an outline number, or None."""
        return self._numbered.get(number)

    def level(self, uid: str) -> int:
        """Return how deep a row stands, 1 at the top; 0 when there is no such row."""
        place = self._tree.at.get(uid)
        return 0 if place is None else self._tree.levels[place]

    def parent(self, uid: str) -> str:
        """Return the uid of the row under which a row stands; empty at the top."""
        place = self._tree.at.get(uid)
        return "" if place is None else self._tree.parent_of[place]

    def above(self, uid: str) -> Iterator[str]:
        """Yield the uids of the rows that a row is part of, the nearest first."""
        while uid := self.parent(uid):
            yield uid

    def has_below(self, uid: str) -> bool:
        """Return whether other rows stand below a row."""
        place = self._tree.at.get(uid)
        return place is not None and self._tree.ends[place] > place + 1

    def children(self, uid: str = "") -> tuple[Row, ...]:
        """Return the rows right below a row, in order; those at the top for an empty uid."""
        place = self._tree.at.get(uid) if uid else _NOBODY
        return () if place is None else tuple([self.rows[child] for child in self._tree.children.get(place, ())])

    def siblings(self, uid: str) -> tuple[Row, ...]:
        """Return the rows of the same parent, the row itself included, in order."""
        return self.children(self.parent(uid))

    def below(self, uid: str) -> tuple[Row, ...]:
        """Return everything below a row, at whatever depth, in outline order."""
        place = self._tree.at.get(uid)
        return () if place is None else self.rows[place + 1 : self._tree.ends[place]]


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


def _tree(uids: list[str], parents: list[int]) -> _Tree:
    """Return the shape, depth first and without recursion, since a plan may be deep."""
    below: dict[int, list[int]] = {}
    for place, parent in enumerate(parents):
        below.setdefault(parent, []).append(place)
    order: list[int] = []
    numbers: list[str] = []
    levels: list[int] = []
    children: dict[int, list[int]] = {}
    waiting = [(place, str(at), 1, _NOBODY) for at, place in _from_the_last(below.get(_NOBODY, ()))]
    while waiting:
        place, number, level, parent = waiting.pop()
        children.setdefault(parent, []).append(len(order))
        if place in below:
            waiting += [(child, f"{number}.{at}", level + 1, len(order)) for at, child in _from_the_last(below[place])]
        order.append(place)
        numbers.append(number)
        levels.append(level)
    at = {uids[place]: here for here, place in enumerate(order)}
    parent_of = ["" if parents[place] == _NOBODY else uids[parents[place]] for place in order]
    return _Tree(uids, parents, order, numbers, levels, _ends(levels), children, at, parent_of)


def _from_the_last(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield places with their numbers from 1, the last one first, as they go onto a stack."""
    return zip(range(len(places), 0, -1), reversed(places), strict=True)


def _ends(levels: list[int]) -> list[int]:
    """Return for each place in the outline the one after everything below it."""
    ends = [len(levels)] * len(levels)
    open_: list[int] = []
    for place, level in enumerate(levels):
        while open_ and levels[open_[-1]] >= level:
            ends[open_.pop()] = place
        open_.append(place)
    return ends
