"""Channel routing: wires between two layers, each with a column of its own for its way up or down.

Two wires never share a stretch; they only cross. Where two want each other's rows, so that neither can turn first, one
of them makes a detour by a free row (a dogleg; Deutsch 1976).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Wire(NamedTuple):
    """A wire that comes from the left at one row and goes on to the right at some."""

    net: int
    source: int
    targets: tuple[int, ...]
    low: int
    high: int
    """The first and the last row of its way up or down."""


def wire(net: int, source: int, targets: Sequence[int]) -> Wire:
    """Return a wire by its rows."""
    return Wire(net, source, tuple(targets), min(source, *targets), max(source, *targets))


class Turn(NamedTuple):
    """A piece of a wire on its lane, 0 the leftmost: the last piece of a wire reaches its targets."""

    wire: Wire
    lane: int


def is_straight(one: Wire) -> bool:
    """Return whether a wire needs no lane."""
    return one.low == one.high


def turns_of(wires: Sequence[Wire]) -> list[Turn]:
    """Return the turns of all wires that are not straight, from left to right: one for each, two with a detour.

    No two wires may have the same source row, and no row may be a target of two.
    """
    pieces = [one for one in wires if not is_straight(one)]
    used = {row for one in wires for row in (one.source, *one.targets)}
    done: list[Wire] = []
    while pieces:
        free = [one for one in pieces if not any(_must_precede(other, one) for other in pieces)]
        if not free:
            pieces = _with_detour(pieces, used)
            continue
        chosen = min(free, key=lambda one: (_balance(one, pieces), _turning(one)))
        pieces.remove(chosen)
        done.append(chosen)
    return _laned(done)


def _must_precede(one: Wire, other: Wire) -> bool:
    """Return whether a wire has to turn left of another: it leaves a row that the other one turns into."""
    if one.net == other.net:
        return one is not other and one.targets == (other.source,)
    return one.source in other.targets


def _with_detour(pieces: list[Wire], used: set[int]) -> list[Wire]:
    """Return the wires with one of those that wait for each other in two pieces, joined at a free row."""
    seen: list[Wire] = []
    waiting = pieces[0]
    while waiting not in seen:
        seen.append(waiting)
        waiting = next(other for other in pieces if _must_precede(other, waiting))
    middle = (waiting.low + waiting.high) // 2
    row = next(row for step in range(len(used) + 1) for row in (middle + step, middle - step) if _free(row, used))
    used.add(row)
    parts = [wire(waiting.net, waiting.source, [row]), wire(waiting.net, row, waiting.targets)]
    return [part for piece in pieces for part in (parts if piece is waiting else [piece])]


def _free(row: int, used: set[int]) -> bool:
    return row >= 0 and row not in used


def _balance(one: Wire, others: Iterable[Wire]) -> int:
    """Return by how many crossings it costs more to turn left of the others than right of them."""
    return sum(_crossings(one, other) - _crossings(other, one) for other in others if other is not one)


def _crossings(left: Wire, right: Wire) -> int:
    """Return how often two wires cross when one turns left of the other."""
    if left.high < right.low or right.high < left.low:
        return 0
    return sum(right.low < row < right.high for row in left.targets) + (left.low < right.source < left.high)


def _turning(one: Wire) -> tuple[int, int]:
    """Return a sort key: of those that go down the lower turn first, of those that go up the upper."""
    down = sum(one.targets) > one.source * len(one.targets)
    return (-one.source if down else one.source), one.net


def _laned(wires: Iterable[Wire]) -> list[Turn]:
    """Return wires on lanes, in this order where their rows touch, else side by side on one lane."""
    turns: list[Turn] = []
    for one in wires:
        taken = [turn.lane for turn in turns if turn.wire.low <= one.high and one.low <= turn.wire.high]
        turns.append(Turn(one, max(taken, default=-1) + 1))
    return turns
