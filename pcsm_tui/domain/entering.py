"""Rows that enter an engagement by rule or from a file instead of by hand, many at a time: their edits.

Unlike the acts of `editing` these fill in nothing beside declared defaults: a row that comes in as done has the dates
that it brings along, and no others.
"""

from __future__ import annotations

from collections.abc import Mapping

from pcsm_tui.domain.changes import Edit
from pcsm_tui.domain.declarations import Tool
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import GONE, Engagement, Record, Row, doc_id_of
from pcsm_tui.domain.values import Value, is_empty, problem_with, same_value


def known_values(tool: Tool, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values for which a tool has fields that can be filled: a team's playbook may have dropped some."""
    return {name: value for name, value in values.items() if tool.has(name) and tool.field(name).computed is None}


def problem_in(tool: Tool, values: Mapping[str, Value]) -> str:
    """Return why one of these values does not fit its field, or an empty text; references are not followed."""
    for name, value in values.items():
        if reason := problem_with(tool.field(name), value):
            return f"{tool.field(name).name} {reason}."
    return ""


def entered(
    engagement: Engagement, tool: Tool, uid: str, values: Mapping[str, Value], order: int, stamp: Stamp
) -> list[Edit]:
    """Return the edits that enter a row under a uid of its own; one that was deleted is there again."""
    start = {item.id: item.default for item in tool.fields if item.default is not None and item.type != "date"}
    filled = {name: value for name, value in {**start, **values}.items() if not is_empty(value)}
    doc_id = doc_id_of(uid)
    record = {**filled, "order": order, "uid": uid, "at": stamp.at, "by": stamp.by}
    edits = [Edit(tool.id, doc_id, None, record)]
    return edits if (stone := _stone(engagement, tool, uid)) is None else [*edits, Edit(GONE, doc_id, stone, None)]


def corrected(row: Row, values: Mapping[str, Value], stamp: Stamp) -> list[Edit]:
    """Return the edit by which a row has these values, `order` among them; none when it has them already."""
    wanted = {name: value for name, value in values.items() if not _alike(row.get(name), value)}
    if not wanted:
        return []
    before = row.record if row.stored else None
    own = {name: value for name, value in row.record.items() if row.stored or not is_empty(value)}
    after = {**own, **wanted, "uid": row.uid, "at": stamp.at, "by": stamp.by}
    return [Edit(row.tool.id, row.doc_id, before, after)]


def was_deleted(engagement: Engagement, tool: Tool, uid: str) -> bool:
    """Return whether a row of a tool with this uid was deleted, here or in a copy that was merged."""
    return _stone(engagement, tool, uid) is not None


def _stone(engagement: Engagement, tool: Tool, uid: str) -> Record | None:
    stone = engagement.document.get(GONE, {}).get(doc_id_of(uid))
    return stone if stone is not None and stone.get("table") == tool.id else None


def _alike(one: Value, other: Value) -> bool:
    return (is_empty(one) and is_empty(other)) or same_value(one, other)
