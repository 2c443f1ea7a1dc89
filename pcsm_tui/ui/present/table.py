"""A tool's rows as a table: which columns fit, and each row as a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len

from pcsm_tui.domain.computed import result_field
from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.rules import rule_broken
from pcsm_tui.insight.ordering import sorted_by
from pcsm_tui.ui.present.line import Line, Span, cut, fit
from pcsm_tui.ui.present.marks import DECIDE, DONE, LATE, OPEN

GUTTER = 2
_WIDTHS = {
    "date": 10, "yes_no": 4, "score": 5, "number": 8, "percent": 7, "money": 14, "duration": 8, "person": 16,
    "ref": 18, "refs": 20, "links": 16, "hours": 26, "tags": 18, "link": 26, "note": 28, "text": 22, "choice": 12, "computed": 10,
}  # fmt: skip
_RIGHT = ("score", "number", "percent", "money", "duration")


class Column(NamedTuple):
    """A column of a table as it is drawn: its field and its width in cells."""

    field: Field
    width: int


def column_width(field: Field) -> int:
    """Return the width of a field's column in cells, before spare room is shared out."""
    if field.width:
        return field.width
    width = _WIDTHS[field.type]
    if field.type == "choice":
        width = min(max(cell_len(choice.name) for choice in field.choices), 16)
    return max(width, min(cell_len(field.name), 10))


def staying(tool: Tool) -> int:
    """Return how many columns stay in view when others scroll: the one that names the row, and a number before it."""
    return 2 if len(tool.fields) > 1 and tool.fields[1].id == tool.title_field.id else 1


def visible_columns(tool: Tool, first: int, width: int) -> list[Column]:
    """Return the columns that fit: those that stay in view always, then the others from index `first` on."""
    room = width - GUTTER
    found = [Column(field, min(column_width(field), max(room - 16, 8))) for field in tool.fields[: staying(tool)]]
    used = sum(column.width + 1 for column in found)
    for field in tool.fields[max(first, staying(tool)) :]:
        length = column_width(field)
        if used + length > room:
            if room - used >= 8:
                found.append(Column(field, room - used))
            break
        found.append(Column(field, length))
        used += length + 1
    return _shared_out(found, room - sum(column.width + 1 for column in found) + 1)


def _shared_out(found: list[Column], spare: int) -> list[Column]:
    """Give spare room to the columns of text."""
    texts = [
        place
        for place, column in enumerate(found)
        if column.field.type in ("text", "note", "refs", "links", "tags", "link")
    ]
    for count, place in enumerate(texts):
        share = max(spare, 0) // (len(texts) - count)
        found[place] = found[place]._replace(width=found[place].width + share)
        spare -= share
    return found


def first_column_for(tool: Tool, cursor: int, first: int, width: int) -> int:
    """Return from which column on to draw so that the column of the cursor is seen, moving as little as needed."""
    if cursor < staying(tool):
        return staying(tool)
    first = min(max(first, staying(tool)), cursor)
    while first < cursor and tool.fields[cursor].id not in {
        column.field.id for column in visible_columns(tool, first, width)
    }:
        first += 1
    return first


def headings_line(tool: Tool, columns: list[Column], first: int, sort: str) -> Line:
    """Return the line of headings, with a sign at the sorted column and where columns are hidden at the left."""
    spans = [Span(" " * GUTTER)]
    for place, column in enumerate(columns):
        sign = "" if sort.lstrip("-") != column.field.id else ("▼" if sort.startswith("-") else "▲")
        hidden = "‹" if place == staying(tool) and first > staying(tool) else ""
        last = column is columns[-1] and column.field is not tool.fields[-1]
        spans.append(Span(_heading(hidden + column.field.name, sign, column, "›" if last else ""), "heading"))
    return tuple(spans)


def _heading(name: str, sign: str, column: Column, more: str) -> str:
    """Return a heading with its sign, and the cell after it: `more` where columns are hidden at the right."""
    align = "right" if column.field.type in _RIGHT else "left"
    if sign and not more and cell_len(name) >= column.width:
        return fit(name, column.width, align) + sign
    return fit(cut(name, column.width - len(sign)) + sign, column.width, align) + (more or " ")


def row_mark(engagement: Engagement, row: Row, today: str, has_draft: bool) -> Span:
    """Return the sign before a row: refused text, late, done, lacking something, or none."""
    if has_draft or engagement.problems(row) or rule_broken(row):
        return Span(DECIDE, "bad")
    if engagement.done(row):
        return Span(DONE, "good")
    if engagement.late(row, today):
        return Span(LATE, "late")
    if row.tool.tick:
        return Span(OPEN, "dim")
    return Span(DECIDE, "warn") if row.stored and engagement.missing(row) else Span(" ")


def row_line(
    engagement: Engagement,
    row: Row,
    columns: list[Column],
    cursor_field: str,
    today: str,
    drafts: Mapping[tuple[str, str], str],
) -> Line:
    """Return a row as a line; `cursor_field` is the column under the cursor if the cursor is on this row."""
    has_draft = any(uid == row.uid for uid, _ in drafts)
    mark = row_mark(engagement, row, today, has_draft)
    done = engagement.done(row)
    spans = [mark, Span(" ")]
    for column in columns:
        field = column.field
        draft = drafts.get((row.uid, field.id))
        text = draft if draft is not None else engagement.show(row, field.id)
        role = "bad" if draft is not None else ("dim" if done else "")
        if field.id == cursor_field:
            role = "cell"
        align = "right" if _shown_type(row.tool, field) in _RIGHT else "left"
        spans += [Span(fit(text, column.width, align), role), Span(" ")]
    return tuple(spans)


def _shown_type(tool: Tool, field: Field) -> str:
    return result_field(tool, field).type if field.computed else field.type


def ordered(engagement: Engagement, rows: list[Row], sort: str) -> list[Row]:
    """Return rows sorted by a field, descending with a leading -, empty values last; as they are when it is empty."""
    if not sort or not rows:
        return rows
    field = rows[0].tool.field(sort.lstrip("-"))
    return list(sorted_by(engagement, tuple(rows), field, sort.startswith("-")))


def searchable(engagement: Engagement, row: Row) -> str:
    """Return all that a row shows, in lower case, for filtering."""
    return " ".join(engagement.show(row, field.id) for field in row.tool.fields).casefold()
