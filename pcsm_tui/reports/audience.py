"""What may leave the house: the one place that decides what the customer may see.

A tool is for the customer, internal, or personal; a field may be internal, and so may a row, where its tool has a
yes_no field called `internal`. What is personal never leaves the person's own file, whoever asks.
"""

from __future__ import annotations

from pcsm_tui.domain.declarations import Field, Framework, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.errors import Withheld

ROW_FIELD = "internal"
"""The yes_no field by which a single row is kept from the customer."""


def may_leave(tool: Tool, internal: bool) -> bool:
    """Return whether a tool may be exported: to the customer, or within the house when `internal`."""
    return tool.audience == "customer" or (internal and tool.audience == "internal")


def refuse_unless_allowed(tool: Tool, internal: bool) -> None:
    """Raise `Withheld` for a tool that may not be exported."""
    if may_leave(tool, internal):
        return
    if tool.audience == "personal":
        raise Withheld(f"{tool.name} is personal and is never exported.", "`pcsm show me` shows your own tools to you.")
    raise Withheld(f"{tool.name} is internal: the customer must not see it.", "--internal exports it for your team.")


def tools_for(framework: Framework, phase: int, internal: bool) -> tuple[Tool, ...]:
    """Return the tools of a phase that may be exported."""
    return tuple(tool for tool in framework.tools_of(phase) if may_leave(tool, internal))


def fields_for(tool: Tool, internal: bool) -> tuple[Field, ...]:
    """Return the fields of a tool that may be exported."""
    return tuple(item for item in tool.fields if internal or not item.internal)


def rows_for(engagement: Engagement, tool: Tool, internal: bool) -> tuple[Row, ...]:
    """Return the rows of a tool that may be exported."""
    rows = engagement.rows(tool.id)
    marked = tool.has(ROW_FIELD) and tool.field(ROW_FIELD).type == "yes_no"
    return rows if internal or not marked else tuple(row for row in rows if row.get(ROW_FIELD) is not True)
