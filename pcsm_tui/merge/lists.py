"""Three-way merge of lists: what either side took out is out, what either put in is in."""

from __future__ import annotations

from typing import Any

from pcsm_tui.domain.values import same_value
from pcsm_tui.merge.conflicts import in_order

_KEYS = ("task", "uid")
"""Fields by which an object in a list is told from the others; whatever has none stands for itself."""


def merged_lists(base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any] | None:
    """Return the items of base that neither side took out, then what either added, in an order that knows no sides.

    None when it would be a guess: an item that stands twice in a list, one that both sides changed, or one that a side
    took out while the other changed it.
    """
    old, mine, others = _keyed(base), _keyed(ours), _keyed(theirs)
    if old is None or mine is None or others is None:
        return None
    merged: list[Any] = []
    for key in [*old, *sorted({*mine, *others} - {*old})]:
        versions = [items[key] for items in (mine, others) if key in items]
        fresh = [item for item in versions if not (key in old and same_value(item, old[key]))]
        if key in old and len(versions) < 2:
            if fresh:
                return None
            continue
        if len(fresh) == 2 and not same_value(*fresh):
            return None
        merged.append(fresh[0] if fresh else old[key])
    return merged


def _keyed(items: list[Any]) -> dict[str, Any] | None:
    """Return items by what tells them apart; None when two are alike."""
    keyed = {}
    for item in items:
        name = next((name for name in _KEYS if isinstance(item, dict) and name in item), None)
        keyed[in_order([name, item[name]] if name else item)] = item
    return keyed if len(keyed) == len(items) else None
