"""From older schemas to today's, in memory; a file is rewritten only when its first edit is saved.

Each step takes a document of its schema to the next one. Steps are pure, and stay for ever.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcsm_tui.errors import FileRefused, NewerFile
from pcsm_tui.store.canonical import remedy

SCHEMA = 2
"""The schema that this program writes."""
MIN_READER = 2
"""The oldest schema whose programs may still edit what this one writes."""

Document = dict[str, Any]

MARK = {
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
"""What `_meta` says, and of what kind it is."""
NEEDED = ("schema", "file_id")
"""Without these no file is opened."""
_KINDS = {int: "a whole number", str: "text", list: "a list", dict: "an object"}


def _to_schema_2(document: Document) -> Document:
    from pcsm_tui.store.schema_2 import to_schema_2  # lists, which are quick, need none of what it imports

    return to_schema_2(document)


STEPS: dict[int, Callable[[Document], Document]] = {1: _to_schema_2}
"""From each older schema to the one after it."""


def migrated(document: Document, path: Path) -> Document:
    """Return the document in today's schema; one of a newer schema that allows it is returned as it is.

    Raises `FileRefused` for a file whose mark is missing or damaged, `NewerFile` for one that only a newer program may
    edit.
    """
    meta = next(iter(document.get("_meta", {}).values()), None)
    if meta is None or meta.get("format") != "pcsm":
        raise FileRefused(
            f"{path} is a JSON file of another kind: it has no pcsm mark in _meta.",
            "It was not changed. `pcsm new NAME` makes an engagement file, and `pcsm import` takes in what other programs"
            " export as CSV.",
        )
    _check_mark(meta, path)
    schema, reader = meta["schema"], meta.get("min_reader", 1)
    if reader > SCHEMA:
        raise NewerFile(
            f"{path} was written by a newer pcsm: it needs schema {reader}, and this program has {SCHEMA}.",
            "Update pcsm to open it; it was not changed.",
            schema,
            reader,
        )
    while schema < SCHEMA:
        document = STEPS[schema](document)
        schema += 1
    return document


def schema_of(document: Document) -> int:
    """Return the schema that a document says it has, before or after it is migrated; 0 when it says none.

    A save that finds an older one than `SCHEMA` in the file that it replaces is the first since the migration.
    """
    meta: dict[str, Any] = next(iter(document.get("_meta", {}).values()), {})
    schema = meta.get("schema")
    return schema if type(schema) is int and schema > 0 else 0


def _check_mark(meta: dict[str, Any], path: Path) -> None:
    """Raise `FileRefused` unless `_meta` has what every program relies on, and has it as the format says."""
    for name, kind in MARK.items():
        value = meta.get(name)
        if type(value) is not kind and (name in meta or name in NEEDED):
            found = "no" if name not in meta else f"{reprlib.repr(value)} as its"
            raise FileRefused(f"{path}: _meta has {found} {name}.", f"It is {_KINDS[kind]}. {remedy(path)}")
    if not meta["file_id"] or meta["schema"] < 1:
        raise FileRefused(f"{path}: _meta has no file_id, or a schema below 1.", remedy(path))
