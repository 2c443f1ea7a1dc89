"""Tools as parts of documents: any declared tool, with no code of its own."""

from __future__ import annotations

from collections.abc import Iterator

from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.insight.ordering import shown_order
from pcsm_tui.reports.audience import fields_for, refuse_unless_allowed, rows_for
from pcsm_tui.reports.document import Block, Document, Facts, Heading, Paragraph, Table


def tool_document(engagement: Engagement, tool: Tool, internal: bool = False) -> Document:
    """Return a whole tool as a document, default rows included; raises `Withheld` for one that may not be exported."""
    refuse_unless_allowed(tool, internal)
    rows = shown_order(engagement, tool, rows_for(engagement, tool, internal))
    return Document(f"{engagement.name}: {tool.name}", tuple(_blocks(engagement, tool, rows, internal, level=2)))


def tool_table(engagement: Engagement, tool: Tool, internal: bool = False) -> Table:
    """Return a whole tool as one table of all its fields, notes included; raises `Withheld` as `tool_document` does."""
    refuse_unless_allowed(tool, internal)
    return _table(engagement, rows_for(engagement, tool, internal), fields_for(tool, internal))


def entered_blocks(engagement: Engagement, tool: Tool, internal: bool, level: int) -> list[Block]:
    """Return what has been entered in a tool, as a part of a larger document; nothing when it has not been begun."""
    rows = rows_for(engagement, tool, internal)
    entered = tuple(row for row in rows if row.stored)
    blocks = list(_blocks(engagement, tool, shown_order(engagement, tool, entered), internal, level))
    if blocks and len(entered) < len(rows):
        left = len(rows) - len(entered)
        blocks.append(Paragraph(f"{left} of {len(rows)} rows have not been begun and are left out."))
    return blocks


def _blocks(engagement: Engagement, tool: Tool, rows: tuple[Row, ...], internal: bool, level: int) -> Iterator[Block]:
    fields = fields_for(tool, internal)
    if tool.single:
        if rows:
            yield from form_blocks(engagement, engagement.form(tool.id), fields, level)
        return
    short = tuple(item for item in fields if item.type != "note")
    if rows and short:
        yield _table(engagement, rows, short)
    for row in rows:
        notes = [(item.name, engagement.show(row, item.id)) for item in fields if item.type == "note"]
        filled = tuple((name, text) for name, text in notes if text)
        if filled:
            yield Heading(name_of(engagement, row, fields), level)
            yield Facts(filled)


def form_blocks(engagement: Engagement, row: Row, fields: tuple[Field, ...], level: int) -> Iterator[Block]:
    """Yield the filled fields of a form under the headings of its sections."""
    section, facts = "", list[tuple[str, str]]()
    for item in fields:
        text = engagement.show(row, item.id)
        if not text:
            continue
        if item.section != section:
            if facts:
                yield Facts(tuple(facts))
            section, facts = item.section, []
            yield Heading(section, level)
        facts.append((item.name, text))
    if facts:
        yield Facts(tuple(facts))


def name_of(engagement: Engagement, row: Row, fields: tuple[Field, ...]) -> str:
    """Return what names a row to a reader who may see these fields."""
    if row.tool.title_field in fields:
        return engagement.title(row)
    return f"{row.tool.row_name.capitalize()} {engagement.number(row)}"


def _table(engagement: Engagement, rows: tuple[Row, ...], fields: tuple[Field, ...]) -> Table:
    cells = tuple(tuple(engagement.show(row, item.id) for item in fields) for row in rows)
    return Table(tuple(item.name for item in fields), cells)
