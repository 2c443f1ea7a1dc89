"""Starting an engagement from another one: what is worth re-using, without its customer, people, dates and ticks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pcsm_tui.domain.declarations import Tool
from pcsm_tui.domain.engagement import Document, Engagement, Row, doc_id_of
from pcsm_tui.domain.values import is_empty

OWN_TO_EACH = frozenset({"engagement", "phases", "actions", "documents", "measurements", "move-on"})
"""Tools that say what happened in one engagement; with those that are internal, they are not carried over."""
_LEFT_OUT = ("date", "person", "yes_no")


def from_template(template: Engagement, target: Engagement, new_uid: Callable[[], str]) -> Document:
    """Return the target's document with the re-usable rows of a template added under uids of their own.

    Dates, people, ticks and references to rows that are not carried over stay behind.
    """
    carried = [
        (tool, row)
        for tool in template.framework.tools
        if tool.audience == "customer" and tool.id not in OWN_TO_EACH
        for row in template.rows(tool.id)
        if row.stored
    ]
    own = {_name(row): row.uid for row in _default_rows(target)}
    renamed = {row.uid: own[_name(row)] for row in _default_rows(template) if _name(row) in own}
    renamed |= {row.uid: new_uid() for _, row in carried if row.uid not in renamed}
    document: dict[str, dict[str, Any]] = {name: dict(table) for name, table in target.document.items()}
    for tool, row in carried:
        record = {name: _carried(tool, name, value, renamed) for name, value in row.record.items()}
        uid = renamed[row.uid]
        filled = {name: value for name, value in record.items() if not is_empty(value)}
        document.setdefault(tool.id, {})[doc_id_of(uid)] = {**filled, "uid": uid}
    return document


def _default_rows(engagement: Engagement) -> list[Row]:
    """Return the default rows that stand once, which are the ones that references can name alike everywhere."""
    return [
        row
        for tool in engagement.framework.tools
        for row in engagement.rows(tool.id)
        if row.default is not None and not (tool.rows_for and row.get(tool.rows_for_field))
    ]


def _name(row: Row) -> tuple[str, str]:
    return (row.tool.id, row.default.key if row.default else "")


def _carried(tool: Tool, name: str, value: Any, renamed: dict[str, str]) -> Any:
    if not tool.has(name):
        return value if name in ("order", "at", "by") else None
    field = tool.field(name)
    if field.type in _LEFT_OUT or name == tool.tick or field.internal:
        return None
    if field.type == "ref":
        return renamed.get(value)
    if field.type == "refs":
        return [renamed[uid] for uid in value if uid in renamed]
    return value
