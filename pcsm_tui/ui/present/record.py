"""One row in full: as a paragraph below its table, and as the lines of its form."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len

from pcsm_tui.domain.dates import short_date
from pcsm_tui.domain.declarations import Field
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.rules import rule_broken
from pcsm_tui.domain.values import how_to_write
from pcsm_tui.ui.present.line import Line, Span, cut, fit, one_line, reflowed, wrapped
from pcsm_tui.ui.present.today import iso_date

LABEL = 24
NOTE_LINES = 6


def detail_lines(engagement: Engagement, row: Row, field: Field, today: str, width: int) -> list[Line]:
    """Return a row in full, the field under the cursor first."""
    value = engagement.show(row, field.id)
    lines: list[Line] = [(Span(cut(engagement.title(row), width), "title"),)]
    if field.id == row.tool.title_field.id and cell_len(one_line(value)) < width:
        value = ""
    if broken := rule_broken(row):
        lines += wrapped(f"{row.tool.name}: {broken.text}", width, "bad")
    if reason := engagement.problems(row).get(field.id):
        lines += wrapped(f"{field.name} {reason}", width, "bad")
    elif value and cell_len(one_line(value)) > 8:
        lines += _labelled(field.name, value, width, limit=3)
    lines.append((Span(cut(f"{field.name}: {field.help}", width), "dim"),))
    if row.help:
        lines += wrapped(reflowed(row.help), width)
    others = [item for item in row.tool.fields if item.id not in (field.id, row.tool.title_field.id)]
    return lines + _pairs(engagement, row, others, width) + _stamp(row, today, width)


def _labelled(name: str, value: str, width: int, limit: int = 0) -> list[Line]:
    body = wrapped(value, max(width - cell_len(name) - 1, 20), limit=limit)
    first = (Span(name + " ", "accent"), *body[0])
    indent = " " * (cell_len(name) + 1)
    return [first, *((Span(indent), *line) for line in body[1:])]


def _pairs(engagement: Engagement, row: Row, fields: list[Field], width: int) -> list[Line]:
    """Return fields and values one after the other, as many in a line as fit; long ones in lines of their own."""
    lines: list[Line] = []
    current: list[Span] = []
    used = 0
    for field in fields:
        value = engagement.show(row, field.id)
        if not value:
            continue
        length = cell_len(field.name) + cell_len(one_line(value)) + 4
        if length > width or field.type == "note":
            if current:
                lines.append(tuple(current))
            lines += _labelled(field.name, value, width)
            current, used = [], 0
            continue
        if used + length > width:
            lines.append(tuple(current))
            current, used = [], 0
        current += [Span(field.name + " ", "accent"), Span(one_line(value) + "   ")]
        used += length
    return [*lines, tuple(current)] if current else lines


def _stamp(row: Row, today: str, width: int) -> list[Line]:
    changed, day = str(row.get("at") or "")[:10], iso_date(today)
    when = iso_date(changed)
    if not row.stored or when is None or day is None:
        return []
    return [(Span(cut(f"Changed {short_date(when, day)} by {row.get('by')}", width), "dim"),)]


class Block(NamedTuple):
    """A part of a form: a heading (no field) or a field, from a line on and so many lines high."""

    field: Field | None
    heading: str
    top: int
    height: int


def blocks(engagement: Engagement, row: Row, active: str, width: int) -> list[Block]:
    """Return the parts of a form in order; the active note is high enough to write in."""
    found: list[Block] = []
    top, section = 0, ""
    for field in row.tool.fields:
        if field.section and field.section != section:
            section = field.section
            blank = 1 if found else 0
            found.append(Block(None, section, top + blank, 1))
            top += 1 + blank
        height = len(_value_lines(engagement.show(row, field.id), width)) if _is_long(field) else 1
        if field.id == active and field.type == "note":
            height = max(NOTE_LINES, min(height + 1, 12))
        found.append(Block(field, "", top, height))
        top += height
    return found


def _is_long(field: Field) -> bool:
    return field.type in ("note", "computed")


def _value_lines(value: str, width: int) -> list[Line]:
    return wrapped(value, max(width - LABEL - 3, 10), limit=12)


def block_line(
    engagement: Engagement,
    row: Row,
    block: Block,
    offset: int,
    active: bool,
    draft: str | None,
    reason: str,
    width: int,
) -> Line:
    """Return one line of a form's part; a refused text stands in its field with the reason beside it."""
    field = block.field
    if field is None:
        return (Span(f" {block.heading}", "heading"),)
    lacking = field.required and not engagement.show(row, field.id) and draft is None
    mark = Span("! ", "bad") if reason else Span("· " if lacking else "  ", "warn")
    label = Span(fit(field.name if offset == 0 else "", LABEL), "title" if active else "accent")
    head = (mark if offset == 0 else Span("  "), label, Span(" "))
    if draft is not None:
        return (*head, Span(cut(draft, 30), "bad"), Span(f"  ← {one_line(reason)}", "bad"))
    lines = _value_lines(engagement.show(row, field.id), width) if _is_long(field) else None
    if lines is not None:
        body: Line = lines[offset] if offset < len(lines) else ()
    else:
        body = (Span(one_line(engagement.show(row, field.id))),)
    if reason:
        body = (*body, Span(f"  ← {one_line(reason)}", "bad"))
    if not "".join(span.text for span in body) and offset == 0 and not active:
        body = (Span("–" if field.computed is None else "follows from the other fields", "dim"),)
    return (*head, *body)


def field_help_lines(field: Field, row: Row, reason: str, width: int) -> list[Line]:
    """Return what is said of the field that one is in: the reason of a refusal, what to enter, how to write it."""
    lines: list[Line] = []
    if reason:
        lines += wrapped(reason, width, "bad", limit=2)
    lines += wrapped(field.help, width, limit=2)
    if writing := how_to_write(field):
        internal = " · internal: never sent to the customer" if field.internal else ""
        lines.append((Span(cut(writing + internal, width), "dim"),))
    elif field.internal:
        lines.append((Span("Internal: never sent to the customer.", "dim"),))
    if row.help:
        lines += wrapped(reflowed(row.help), width)
    return lines
