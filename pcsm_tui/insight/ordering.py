"""The order in which rows are shown: in groups, and sorted as their tool declares or as somebody asks."""

from __future__ import annotations

from typing import Any

from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.values import is_empty, sort_key

_EMPTY = 2
"""The first part of the sort key of an empty value."""


def shown_order(engagement: Engagement, tool: Tool, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return rows of a tool as they are first shown: by group, in each by the declared sort, else as they stand."""
    if tool.sort:
        rows = sorted_by(engagement, rows, tool.field(tool.sort.lstrip("-")), tool.sort.startswith("-"))
    return in_groups(engagement, tool, rows)


def in_groups(engagement: Engagement, tool: Tool, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return rows of a tool by group, in each as they stand; as they stand where the tool has none."""
    if not tool.group_by:
        return rows
    return tuple(sorted(rows, key=lambda row: _group_key(engagement, row, tool.field(tool.group_by))))


def group_heading(engagement: Engagement, row: Row) -> str:
    """Return the heading under which a row stands: `1 Preparation`, `Without delivery phase`; empty without groups."""
    if not row.tool.group_by:
        return ""
    field = row.tool.field(row.tool.group_by)
    text = engagement.show(row, field.id)
    if not text:
        return f"Without {field.name.casefold()}"
    names = {phase.number: phase.name for phase in engagement.framework.phases} if field.framework_phase else {}
    number = row.get(field.id)
    if isinstance(number, int) and number in names:
        return f"{number} {names[number]}"
    return f"{field.name} {text}" if field.type == "number" else text


def sorted_by(engagement: Engagement, rows: tuple[Row, ...], field: Field, descending: bool = False) -> tuple[Row, ...]:
    """Return rows sorted by a field, those where it is empty last in either direction; equal ones as they stood."""
    keys = {row.uid: _key(engagement, row, field) for row in rows}
    filled = [row for row in rows if keys[row.uid][0] < _EMPTY]
    filled.sort(key=lambda row: keys[row.uid], reverse=descending)
    return (*filled, *(row for row in rows if keys[row.uid][0] >= _EMPTY))


def _key(engagement: Engagement, row: Row, field: Field) -> tuple[int, Any]:
    return sort_key(field, engagement.value(row, field.id), lambda uid: engagement.referred(field, uid))


def _group_key(engagement: Engagement, row: Row, field: Field) -> tuple[int, Any]:
    """Groups that stand for rows of another tool come in the order of these rows, what belongs to none first."""
    value = row.get(field.id)
    if field.type != "ref":
        return _key(engagement, row, field)
    if is_empty(value):
        return (0, 0)
    referred = engagement.find(field.to, value) if isinstance(value, str) else None
    return (0, engagement.number(referred)) if referred else (1, 0)
