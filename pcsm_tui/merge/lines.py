"""Three-way merge of texts, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

_MOST_PAIRS = 200_000
"""How many pairs of equal lines are compared; a text of mostly alike lines would take minutes."""


class _Region(NamedTuple):
    """Lines that all three have in common: where they begin in base, ours and theirs, and how many they are."""

    base: int
    ours: int
    theirs: int
    length: int


def merged_lines(base: str, ours: str, theirs: str) -> str | None:
    """Return a text with what both sides did to its lines, or None where both did something else to the same ones.

    As diff3 does (Khanna, Kunal, Pierce: "A Formal Investigation of Diff3"): between the lines that all three have in
    common, the side that changed something is taken. None also for texts whose lines are too much alike to compare.
    """
    # Without their ends: a line that another is put behind stays the same line.
    parts = [text.split("\n") for text in (base, ours, theirs)]
    head, middles, tail = _trimmed(parts)
    if any(_pairs(middles[0], middle) > _MOST_PAIRS for middle in middles[1:]):
        return None
    merged: list[str] = []
    at = [0, 0, 0]
    for region in _common(*middles):
        ends = region[:3]
        chunks = [lines[begin:end] for lines, begin, end in zip(middles, at, ends, strict=True)]
        chosen = _chosen(*chunks)
        if chosen is None:
            return None
        merged += chosen
        merged += middles[0][region.base : region.base + region.length]
        at = [end + region.length for end in ends]
    return "\n".join([*head, *merged, *tail])


def _trimmed(parts: list[list[str]]) -> tuple[list[str], list[list[str]], list[str]]:
    """Return the lines with which all begin, what stands between for each, and those with which all end."""
    shortest = min(map(len, parts))
    begin = next((at for at in range(shortest) if len({lines[at] for lines in parts}) > 1), shortest)
    rest = shortest - begin
    end = next((back for back in range(rest) if len({lines[-1 - back] for lines in parts}) > 1), rest)
    middles = [lines[begin : len(lines) - end] for lines in parts]
    return parts[0][:begin], middles, parts[0][len(parts[0]) - end :]


def _pairs(one: list[str], other: list[str]) -> int:
    counts = Counter(other)
    return sum(counts[line] for line in one)


def _chosen(base: list[str], ours: list[str], theirs: list[str]) -> list[str] | None:
    if ours == theirs or theirs == base:
        return ours
    return theirs if ours == base else None


def _common(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[_Region]:
    """Yield the runs of lines that are the same in all three, then the end of all."""
    mine = SequenceMatcher(None, base, ours, autojunk=False).get_matching_blocks()
    other = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    place, beside = 0, 0
    while place < len(mine) and beside < len(other):
        one, two = mine[place], other[beside]
        begin, end = max(one.a, two.a), min(one.a + one.size, two.a + two.size)
        if begin < end:
            yield _Region(begin, one.b + begin - one.a, two.b + begin - two.a, end - begin)
        if one.a + one.size < two.a + two.size:
            place += 1
        else:
            beside += 1
    yield _Region(len(base), len(ours), len(theirs), 0)
