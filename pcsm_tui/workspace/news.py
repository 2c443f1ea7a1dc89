"""What there is to tell after saving: what others changed, and where both sides changed the same."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.history import HISTORY, Entry, entries
from pcsm_tui.domain.values import show_value
from pcsm_tui.errors import cut
from pcsm_tui.merge.conflicts import Conflict, Side
from pcsm_tui.workspace.saving import Stored


class News(NamedTuple):
    """Whether the engagement now holds what others changed, and sentences on that; `bad` when they need the user."""

    changed: bool = False
    sentences: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    bad: bool = False


def news_of(before: Engagement, now: Engagement, stored: Stored, conflicts: tuple[Conflict, ...]) -> News:
    """Return what there is to tell of a save or a look, after which an engagement holds what others saved too."""
    others = _of_others(before, now)
    sentences = []
    if others:
        counts = Counter(entry.by or "somebody" for entry in others)
        told = ", ".join(f"{count} change{'s' if count > 1 else ''} by {name}" for name, count in counts.items())
        sentences.append(f"Taken in {told}: {others[0].label}.")
    if conflicts:
        sentences.append(told_conflicts(now, conflicts))
    if stored.problem is not None:
        sentences.append(str(stored.problem))
    if stored.warning:
        sentences.append(stored.warning)
    changed = any(
        now.document.get(table) is not before.document.get(table)
        for table in {*now.document, *before.document} - {"_meta", HISTORY}
    )
    return News(changed, tuple(sentences), conflicts, bool(conflicts) or stored.problem is not None)


def _of_others(before: Engagement, now: Engagement) -> list[Entry]:
    """Return the entries of the history that were not there before; those of this session always were."""
    if before.document.get(HISTORY) is now.document.get(HISTORY):
        return []
    known = {entry.uid for entry in entries(before.document)}
    return [entry for entry in entries(now.document) if entry.uid not in known]


def told_conflicts(engagement: Engagement, conflicts: tuple[Conflict, ...]) -> str:
    """Return a sentence on conflicts, of which there is at least one: the first, and how many there are beside it."""
    more = f" and {len(conflicts) - 1} more" if len(conflicts) > 1 else ""
    return f"{told_conflict(engagement, conflicts[0])}{more}. Both are kept until somebody decides."


def told_conflict(engagement: Engagement, conflict: Conflict) -> str:
    """Return what both sides changed, in a sentence without a full stop."""
    title, name = conflict.table, conflict.field
    if engagement.framework.has_tool(conflict.table):
        tool = engagement.framework.tool(conflict.table)
        row = engagement.find((tool.id,), conflict.record)
        title = f"{tool.name}: {engagement.title(row)}" if row is not None else tool.name
        name = tool.field(conflict.field).name if tool.has(conflict.field) else conflict.field
    if conflict.kind == "deleted":
        return f"{title} was deleted by one and changed by another"
    one, other = (f"{told_side(engagement, conflict, side)} by {side.by or 'somebody'}" for side in conflict.sides)
    return f"{title}: {name} was changed to {one} and to {other}"


def told_side(engagement: Engagement, conflict: Conflict, side: Side) -> str:
    """Return what one side made of a field, as it is shown; of a record, whether it was deleted."""
    if side.missing:
        return "nothing" if conflict.kind == "field" else "deleted"
    if conflict.kind == "deleted":
        return "changed"
    tool = engagement.framework.tool(conflict.table) if engagement.framework.has_tool(conflict.table) else None
    if tool is None or not tool.has(conflict.field):
        return repr(side.value)
    field = tool.field(conflict.field)
    return repr(cut(show_value(field, side.value, lambda uid: engagement.referred(field, uid))))
