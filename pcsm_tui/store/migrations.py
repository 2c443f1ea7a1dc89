"""From older schemas to today's, in memory; a file is rewritten only when its first edit is saved.

Each step takes a document of its schema to the next one. Steps are pure, and stay for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcsm_tui.errors import FileRefused

SCHEMA = 1
"""The schema that this program writes."""
MIN_READER = 1
"""The oldest schema whose programs may still edit what this one writes."""

Document = dict[str, Any]

STEPS: dict[int, Callable[[Document], Document]] = {}
"""From each older schema to the one after it."""


def migrated(document: Document, path: Path) -> Document:
    """Return the document in today's schema; one of a newer schema that allows it is returned as it is.

    Raises `FileRefused` for a file without the format's mark, or one that only a newer program may read.
    """
    meta = next(iter(document.get("_meta", {}).values()), None)
    if meta is None or meta.get("format") != "pcsm":
        raise FileRefused(
            f"{path} is a JSON file of another kind: it has no pcsm mark in _meta.",
            "`pcsm new NAME` makes an engagement file; `pcsm import` takes in others.",
        )
    schema, reader = meta.get("schema"), meta.get("min_reader", 1)
    if not isinstance(schema, int) or not isinstance(reader, int) or schema < 1:
        raise FileRefused(f"{path}: _meta has the schema {schema!r}.", "It is a whole number from 1.")
    if reader > SCHEMA:
        raise FileRefused(
            f"{path} was written by a newer pcsm: it needs schema {reader}, and this program has {SCHEMA}.",
            "Update pcsm to open it.",
        )
    while schema < SCHEMA:
        document = STEPS[schema](document)
        schema += 1
    return document
