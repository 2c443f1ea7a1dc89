"""Documents as Markdown (CommonMark with GitHub's tables); text from data is escaped and stands as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pcsm_tui.domain.safe_text import safe_text
from pcsm_tui.reports.document import Block, Document, Facts, Heading, Paragraph, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")
_AT_LINE_START = re.compile(r"^(\s*)([-+](?=\s|$)|[-=](?=[-=\s]*$)|\d+(?=[.)](?:\s|$)))", re.MULTILINE)
"""What begins a list, or underlines a heading or draws a rule when the line holds nothing else."""
_BREAK = "\\\n"
"""A backslash at the end of a line keeps the line end."""


def markdown(document: Document) -> str:
    """Return the document as Markdown, with a final newline."""
    parts = [f"# {_line(document.title)}"]
    for block in document.blocks:
        parts += _written(block)
    return "\n\n".join(parts) + "\n"


def _written(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {_line(block.text)}"
    elif isinstance(block, Paragraph):
        yield from _paragraphs(block.text)
    elif isinstance(block, Facts):
        for name, value in block.items:
            first, *rest = _paragraphs(value) or [""]
            yield f"**{_line(name)}:** {first}"
            yield from rest
    else:
        yield _table(block)


def _table(table: Table) -> str:
    lines = [_row(table.columns), "| " + " | ".join("---" for _ in table.columns) + " |"]
    return "\n".join([*lines, *(_row(row) for row in table.rows)])


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_escaped(cell.strip()).replace("\n", "<br>") for cell in cells) + " |"


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text that is split by empty lines, each with its line ends kept."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return [_BREAK.join(_escaped(line.strip()) for line in part.strip().split("\n")) for part in parts if part.strip()]


def _line(text: str) -> str:
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    """Escape what Markdown would take for markup, and make control characters visible."""
    safe = safe_text(text.replace("\r\n", "\n").replace("\t", " "))
    return _AT_LINE_START.sub(_escaped_start, _SPECIAL.sub(r"\\\1", safe))


def _escaped_start(match: re.Match[str]) -> str:
    """Put a backslash before a sign, or behind the digits of a number."""
    space, sign = match[1], match[2]
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"
