"""Rows of any tool in CSV: a header of field ids or names, and cells as they would be typed."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from pcsm_tui.domain.declarations import Field, Tool
from pcsm_tui.errors import FileRefused, cut, nearest
from pcsm_tui.exchange.csv_lines import Line, csv_lines, too_many_cells, unguarded
from pcsm_tui.exchange.imported import refuse_many


class ToolRow(NamedTuple):
    """A row of the file: its line, and its cells by the id of their field."""

    line: int
    cells: dict[str, str]


class ToolTable(NamedTuple):
    """A table of the file: the fields that it fills, in the order of its columns, and its rows."""

    fields: tuple[Field, ...]
    rows: tuple[ToolRow, ...]
    left_out: tuple[str, ...]
    """Names of columns that are computed here."""


def read_tool_csv(data: bytes, name: str, tool: Tool) -> ToolTable:
    """Return the rows for a tool in the bytes of a file; `name` is what the file is called.

    Raises `FileRefused`, with the line, for a column that the tool does not have or that is there twice, a line with
    more cells than columns, and what is no CSV.
    """
    name = cut(name)
    lines = csv_lines(data, name, partial(has_field, tool))
    head = next(lines, Line(1, []))
    fields = [_field(tool, cell, f"{name}, line {head.number}") for cell in head.cells]
    rows = list[ToolRow]()
    for line in lines:
        refuse_many(len(rows) + 1, "rows", f"{name}, line {line.number}")
        if refused := too_many_cells(name, line, len(fields)):
            raise refused
        filled = zip(fields, map(unguarded, line.cells), strict=False)
        rows.append(ToolRow(line.number, {field.id: text for field, text in filled if field.computed is None}))
    if not rows:
        raise FileRefused(f"{name} has no rows.", f"The first line names fields of {tool.name}, every other is a row.")
    _refuse_twice(fields, name)
    enterable = tuple(field for field in fields if field.computed is None)
    return ToolTable(enterable, tuple(rows), tuple(field.name for field in fields if field.computed is not None))


def has_field(tool: Tool, name: str) -> bool:
    """Return whether a column of this name belongs to a field of a tool."""
    return _named(tool, name) is not None


def _field(tool: Tool, name: str, where: str) -> Field:
    found = _named(tool, name)
    if found is None:
        hint = nearest(name, [*(field.name for field in tool.fields)])
        raise FileRefused(
            f"{where}: {tool.name} has no field {cut(name)!r}.", hint or f"`pcsm tools {tool.id}` lists the fields."
        )
    return found


def _named(tool: Tool, name: str) -> Field | None:
    word = unguarded(name).strip().casefold()
    return next((field for field in tool.fields if word in (field.id.casefold(), field.name.casefold())), None)


def _refuse_twice(fields: list[Field], name: str) -> None:
    for field in fields:
        if fields.count(field) > 1:
            raise FileRefused(f"{name}: the column {field.name} is there twice.", "Take one away.")
