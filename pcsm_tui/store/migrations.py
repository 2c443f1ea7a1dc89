"""From older schemas to today's, in memory; a file is rewritten only when its first edit is saved.

Each step takes a document of its schema to the next one. Steps are pure, and stay for ever.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcsm_tui.errors import FileRefused

SCHEMA = 2
"""The schema that this program writes."""
MIN_READER = 2
"""The oldest schema whose programs may still edit what this one writes."""

Document = dict[str, Any]

_MARK = {
    "schema": int,
    "min_reader": int,
    "file_id": str,
    "customer": str,
    "rev": str,
    "n": int,
    "ancestry": list,
    "framework": dict,
    "playbook": dict,
}
_NEEDED = ("schema", "file_id")
_KINDS = {int: "a whole number", str: "text", list: "a list", dict: "an object"}


def _to_schema_2(document: Document) -> Document:
    from pcsm_tui.store.schema_2 import to_schema_2  # lists, which are quick, need none of what it imports

    return to_schema_2(document)


STEPS: dict[int, Callable[[Document], Document]] = {1: _to_schema_2}
"""From each older schema to the one after it."""


def migrated(document: Document, path: Path) -> Document:
    """Return the document in today's schema; one of a newer schema that allows it is returned as it is.

    Raises `FileRefused` for a file whose mark is missing or damaged, or that only a newer program may read.
    """
    meta = next(iter(document.get("_meta", {}).values()), None)
    if meta is None or meta.get("format") != "pcsm":
        raise FileRefused(
            f"{path} is a JSON file of another kind: it has no pcsm mark in _meta.",
            "`pcsm new NAME` makes an engagement file.",
        )
    _check_mark(meta, path)
    schema, reader = meta["schema"], meta.get("min_reader", 1)
    if reader > SCHEMA:
        raise FileRefused(
            f"{path} was written by a newer pcsm: it needs schema {reader}, and this program has {SCHEMA}.",
            "Update pcsm to open it.",
        )
    while schema < SCHEMA:
        document = STEPS[schema](document)
        schema += 1
    return document


def _check_mark(meta: dict[str, Any], path: Path) -> None:
    """Raise `FileRefused` unless `_meta` has what every program relies on, and has it as the format says."""
    for name, kind in _MARK.items():
        value = meta.get(name)
        if type(value) is not kind and (name in meta or name in _NEEDED):
            found = "no" if name not in meta else f"{reprlib.repr(value)} as its"
            raise FileRefused(f"{path}: _meta has {found} {name}.", f"It is {_KINDS[kind]}.")
    if not meta["file_id"] or meta["schema"] < 1:
        raise FileRefused(f"{path}: _meta has no file_id, or a schema below 1.", "Restore a copy; nothing was changed.")
