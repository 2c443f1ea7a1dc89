"""Plain data as JSON that is safe to print, and documents as plain data."""

from __future__ import annotations

import json
from typing import Any

from pcsm_tui.domain.safe_text import UNSAFE
from pcsm_tui.reports.document import Block, Document, Facts, Heading, Paragraph


def to_json(data: Any, ascii_only: bool = False) -> str:
    """Return plain data as indented JSON with a final newline; characters that steer a terminal are escaped.

    `ascii_only` escapes everything beyond ASCII, for places that cannot hold UTF-8.
    """
    text = json.dumps(data, ensure_ascii=ascii_only, allow_nan=False, indent=2)
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def plain_document(document: Document) -> dict[str, Any]:
    """Return a document as plain data: its title, and blocks with their kind."""
    return {"title": document.title, "blocks": [_plain(block) for block in document.blocks]}


def _plain(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text}
    if isinstance(block, Facts):
        return {"kind": "facts", "items": [{"name": name, "value": value} for name, value in block.items]}
    return {"kind": "table", "columns": list(block.columns), "rows": [list(row) for row in block.rows]}
