"""Conflicts as people read them, and deciding them."""

from __future__ import annotations

from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.values import show_value
from pcsm_tui.errors import UsageError
from pcsm_tui.merge.conflicts import Conflict as Conflict
from pcsm_tui.merge.conflicts import Side, resolved
from pcsm_tui.workspace.session import Session


def title_of(engagement: Engagement, conflict: Conflict) -> str:
    """Return what a conflict is about: tool, row and field."""
    framework = engagement.framework
    if not framework.has_tool(conflict.table):
        return " › ".join(filter(None, (conflict.table, conflict.record[:8], conflict.field)))
    tool = framework.tool(conflict.table)
    row = engagement.find((tool.id,), conflict.record)
    title = "" if tool.single else engagement.title(row) if row is not None else "(removed)"
    field = tool.field(conflict.field).name if tool.has(conflict.field) else conflict.field
    return " › ".join(filter(None, (tool.name, title, field or "deleted by one, changed by the other")))


def shown_side(engagement: Engagement, conflict: Conflict, side: Side) -> str:
    """Return what one side made of it, as it is shown, with who it was."""
    by = f" · {side.by}" if side.by else ""
    if conflict.kind == "deleted":
        return f"deleted{by}" if side.missing else f"{_shown_record(engagement, conflict, side.value)}{by}"
    return f"{shown_value(engagement, conflict, side.value)}{by}"


def shown_value(engagement: Engagement, conflict: Conflict, value: object) -> str:
    """Return a value of the field that a conflict is about, as it is shown."""
    if value is None:
        return "(empty)"
    if isinstance(value, dict) and conflict.kind == "deleted":
        return _shown_record(engagement, conflict, value)
    framework = engagement.framework
    if not framework.has_tool(conflict.table) or not framework.tool(conflict.table).has(conflict.field):
        return str(value)
    field = framework.tool(conflict.table).field(conflict.field)
    return show_value(field, value, lambda uid: engagement.referred(field, uid))


def _shown_record(engagement: Engagement, conflict: Conflict, record: object) -> str:
    if not isinstance(record, dict) or not engagement.framework.has_tool(conflict.table):
        return str(record)
    row = Row(engagement.framework.tool(conflict.table), conflict.record, conflict.doc_id, record, stored=False)
    shown = ((field.name, engagement.show(row, field.id)) for field in row.tool.fields if field.computed is None)
    return "; ".join(f"{name}: {text}" for name, text in shown if text)


def conflict_of(session: Session, uid: str) -> Conflict:
    """Return the conflict with an id, or with the one that begins so; raises `UsageError`."""
    found = [conflict for conflict in session.conflicts if len(uid) >= 4 and conflict.id.startswith(uid)]
    if len(found) != 1:
        what = "No conflict" if not found else f"{len(found)} conflicts"
        raise UsageError(f"{what} begin with {uid!r}.", "`pcsm conflicts FILE` lists them.")
    return found[0]


def decide(session: Session, conflict: Conflict, place: int | None) -> None:
    """Decide a conflict for the side at a place (0 or 1), or, with None, for what stands in the file by now.

    Raises `UsageError` when somebody decided it meanwhile.
    """
    side = None if place is None else conflict.sides[place]
    session.make(resolved(session.engagement.document, conflict, side, session.stamp()), checked=False)
