"""Canonical bytes of documents that share most of their records with the one before: only the rest is looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pcsm_tui.errors import FileRefused
from pcsm_tui.store import canonical

Record = Mapping[str, Any]
Table = Mapping[str, Record]
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


class _Written(NamedTuple):
    """A table as it was last written: its bytes, and those of each of its records."""

    table: Table
    payload: bytes
    records: dict[str, tuple[Record, bytes]]


class CanonicalWriter:
    """Writes the same bytes as `canonical.to_bytes`, for documents whose records are never changed in place."""

    def __init__(self) -> None:
        self._written: dict[str, _Written] = {}

    def to_bytes(self, document: Mapping[str, Table], path: Path) -> bytes:
        """Return the canonical bytes of a document, each record of which has been read back from them.

        Raises `FileRefused` for what the format cannot hold, or what would not be the same when it is read again.
        """
        canonical.check(self._unknown(document), path)
        self._written = {name: self._table(name, table, path) for name, table in document.items()}
        tables = [self._written[name].payload for name in sorted(document)]
        return b"{\n" + b",\n".join(tables) + b"\n}\n" if tables else b"{}\n"

    def _unknown(self, document: Any) -> Any:
        """Return the part of a document that was not in the one before."""
        if not isinstance(document, dict):
            return document
        return {name: self._unknown_records(name, table) for name, table in document.items()}

    def _unknown_records(self, name: str, table: Any) -> Any:
        known = self._written.get(name)
        if known is None or not isinstance(table, dict):
            return table
        if known.table is table:
            return {}
        records = known.records
        return {
            doc_id: record
            for doc_id, record in table.items()
            if doc_id not in records or records[doc_id][0] is not record
        }

    def _table(self, name: str, table: Table, path: Path) -> _Written:
        known = self._written.get(name)
        if known is not None and known.table is table:
            return known
        before = known.records if known is not None else {}
        records: dict[str, tuple[Record, bytes]] = {}
        for doc_id, record in table.items():
            kept = before.get(doc_id)
            same = kept is not None and kept[0] is record
            records[doc_id] = kept if same and kept is not None else (record, _record(doc_id, record, path))
        lines = b",\n".join([records[doc_id][1] for doc_id in sorted(records)])
        head = b"  " + _json(name) + b": "
        return _Written(table, head + (b"{\n" + lines + b"\n  }" if records else b"{}"), records)


def _record(doc_id: str, record: Record, path: Path) -> bytes:
    payload = _json(record)
    again = json.loads(payload) if b"\\ud" in payload else orjson.loads(payload)  # the latter refuses lone surrogates
    if again != record:
        raise FileRefused(f"{path} was not saved: {doc_id} cannot be read again.", "The file is as it was.")
    return b"    " + _json(doc_id) + b": " + payload.replace(b"\n", b"\n    ")


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError:  # lone surrogates: a file that already has them keeps them, as escapes
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8", "backslashreplace")
