"""The bytes of an engagement file: written in one canonical way, read strictly.

Canonical: UTF-8, two-space indent, sorted keys, LF, a final newline, no floats. Reading refuses what JSON readers
disagree about (duplicate keys, huge numbers, NaN), and says where it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from pcsm_tui.errors import FileRefused

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_NUMBER = 2**53 - 1
DEEPEST = 64
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of a document."""
    try:
        return orjson.dumps(document, option=_OPTIONS)
    except orjson.JSONEncodeError:
        # Lone surrogates, which orjson refuses: a file that already has them keeps them, as escapes.
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
        return text.encode("utf-8", "backslashreplace")


class _Refused(Exception):
    """Why the text is not one that is read; told with the file's name by `from_bytes`."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Refused(f"the key {twice!r} stands twice in one object")
    return found


def _whole(digits: str) -> int:
    number = int(digits) if len(digits) < 20 else LARGEST_NUMBER + 1
    if abs(number) > LARGEST_NUMBER:
        raise _Refused(f"the number {digits[:24]} is larger than {LARGEST_NUMBER}")
    return number


def _no_float(digits: str) -> Any:
    raise _Refused(f"the number {digits[:24]} has a decimal point, and the format has whole numbers only")


def from_bytes(payload: bytes, path: Path) -> dict[str, Any]:
    """Return the document that the bytes of a file hold; raises `FileRefused` saying what is wrong and where."""
    if len(payload) > LARGEST_FILE:
        raise FileRefused(f"{path} has {len(payload):,} bytes.", f"The limit is {LARGEST_FILE:,}.")
    if not payload.strip(b"\x00 \t\r\n"):
        kind = f"{len(payload):,} NUL bytes" if payload.strip() else "no content"
        raise FileRefused(f"{path} is damaged: it has {kind}.", "Restore a copy; nothing was changed.")
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(f"{path} is encoded as UTF-16.", "Save it as UTF-8.")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = payload.count(b"\n", 0, problem.start) + 1
        raise FileRefused(f"{path} is not UTF-8: line {line} has the byte {payload[problem.start]:#04x}.") from None
    if any(text.startswith("<<<<<<< ", place) for place in (0, text.find("\n<<<<<<< ") + 1)):
        line = text.count("\n", 0, text.find("<<<<<<< ")) + 1
        raise FileRefused(
            f"{path} has git's conflict markers, the first in line {line}.",
            "Take one side with `git checkout --ours` or `--theirs`; nothing was changed.",
        )
    return _checked(_parsed(text, path), path)


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_int=_whole, parse_float=_no_float, parse_constant=_no_float
        )
    except _Refused as problem:
        raise FileRefused(f"{path} is not an engagement file: {problem}.", "Nothing was changed.") from None
    except json.JSONDecodeError as problem:
        raise FileRefused(
            f"{path} is not valid JSON: line {problem.lineno}, column {problem.colno}: {problem.msg}.",
            "It may be cut off, or a hand edit slipped. Nothing was changed.",
        ) from None
    except RecursionError:
        raise FileRefused(f"{path} is nested deeper than {DEEPEST} levels.", "Nothing was changed.") from None


def _checked(document: Any, path: Path) -> dict[str, Any]:
    """Return the document if it has the shape of a TinyDB file: tables of records by whole-number id."""
    if not isinstance(document, dict):
        raise FileRefused(f"{path} holds {_kind(document)} at the top.", "An engagement file holds tables.")
    for name, table in document.items():
        if not isinstance(table, dict):
            raise FileRefused(f"{path}: table {name!r} is {_kind(table)}.", "A table holds records by their id.")
        for doc_id, record in table.items():
            if not (doc_id.isascii() and doc_id.isdigit()):
                raise FileRefused(f"{path}: {name} has the record id {doc_id!r}.", "Ids are whole numbers.")
            if not isinstance(record, dict):
                raise FileRefused(f"{path}: {name}/{doc_id} is {_kind(record)}.", "A record is an object.")
            for key, value in record.items():
                if isinstance(value, (list, dict)) and _depth(value, 0) > DEEPEST - 3:
                    raise FileRefused(f"{path}: {name}/{doc_id}/{key} is nested deeper than {DEEPEST} levels.")
    return document


def _depth(value: Any, above: int) -> int:
    """Return how deep a value is nested, counting no further than the limit."""
    if above > DEEPEST or not isinstance(value, (list, dict)):
        return above
    inner = value if isinstance(value, list) else value.values()
    return max((_depth(item, above + 1) for item in inner), default=above + 1)


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", int: "a number", dict: "an object"}
    return names.get(type(value), "null")
