"""The engagement strategy by date: what is planned in each phase, and when."""

from __future__ import annotations

from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.reports.audience import refuse_unless_allowed
from pcsm_tui.reports.document import Block, Document, Paragraph, Table

STRATEGY = "engagement-strategy"


def roadmap(engagement: Engagement, internal: bool = False) -> Document:
    """Return the planned activities by date; raises `Withheld` unless for the team, since the strategy is internal."""
    tool = engagement.framework.tool(STRATEGY)
    refuse_unless_allowed(tool, internal)
    rows = engagement.rows(STRATEGY)
    days = [(when, place, row) for place, row in enumerate(rows) if (when := _when(engagement, row))]
    dated = [row for _, _, row in sorted(days, key=lambda day: day[:2])]
    names = (tool.start, tool.due, tool.group_by, tool.title_field.id, tool.tick)
    columns = [tool.field(name) for name in dict.fromkeys(names) if name]
    cells = tuple(tuple(engagement.show(row, item.id) for item in columns) for row in dated)
    blocks: list[Block] = [Table(tuple(item.name for item in columns), cells)]
    if undated := len(rows) - len(dated):
        blocks.append(Paragraph(f"Without a date: {undated}."))
    return Document(f"{engagement.name}: Roadmap", tuple(blocks))


def _when(engagement: Engagement, row: Row) -> tuple[str, ...]:
    """Return the row's planned start and end, the one standing for the other where just one is given."""
    start, end = (engagement.show(row, name) if name else "" for name in (row.tool.start, row.tool.due))
    return (start or end, end or start) if start or end else ()
