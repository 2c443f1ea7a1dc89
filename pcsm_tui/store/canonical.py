"""The bytes of an engagement file: written in one canonical way, read strictly.

Canonical: UTF-8, two-space indent, sorted keys, LF, a final newline, no floats. Reading refuses what JSON readers
disagree about (duplicate keys, huge numbers, NaN), and says where it stands.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from pcsm_tui.errors import FileRefused

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_NUMBER = 2**53 - 1
DEEPEST = 64
_ID = re.compile(r"0|[1-9][0-9]{0,15}")
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
    """Why the text is not one that is read, and the line where it stands; told with the file's name by `from_bytes`."""

    def __init__(self, reason: str, repeated_key: str | None = None, word: str = "") -> None:
        super().__init__(reason)
        self.repeated_key = repeated_key
        self.word = word

    def line(self, text: str) -> int:
        """Return the line of the text that it is about, counted from 1."""
        place = _place_of_repeated(text, self.repeated_key) if self.repeated_key is not None else self._place(text)
        return text.count("\n", 0, place) + 1

    def _place(self, text: str) -> int:
        return next((match.start() for match in _TOKEN.finditer(text) if match[0] == self.word), 0)


_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_CONFLICT = re.compile(r"^<{7}(?: |\r?$)", re.MULTILINE)


def _place_of_repeated(text: str, key: str) -> int:
    """Return where an object has this key for the second time."""
    keys: list[set[str]] = []
    for match in _TOKEN.finditer(text):
        if match[0] in "{[":
            keys.append(set())
        elif match[0] in "}]":
            keys.pop()
        elif match[2]:
            name = json.loads(match[1])
            if name == key and name in keys[-1]:
                return match.start()
            keys[-1].add(name)
    return 0


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Refused(f"the key {twice!r} stands twice in one object", repeated_key=twice)
    return found


def _whole(digits: str) -> int:
    number = int(digits) if len(digits) < 20 else LARGEST_NUMBER + 1
    if abs(number) > LARGEST_NUMBER:
        raise _Refused(f"the number {_short(digits)} is larger than {LARGEST_NUMBER}", word=digits)
    return number


def _no_float(digits: str) -> Any:
    raise _Refused(f"the number {_short(digits)} is not a whole one", word=digits)


def _no_constant(word: str) -> Any:
    raise _Refused(f"{word} is not a value of JSON", word=word)


def _short(digits: str) -> str:
    return digits if len(digits) <= 24 else f"{digits[:20]}…"


def from_bytes(payload: bytes, path: Path) -> dict[str, Any]:
    """Return the document that the bytes of a file hold; raises `FileRefused` saying what is wrong and where."""
    if len(payload) > LARGEST_FILE:
        raise FileRefused(f"{path} has {len(payload):,} bytes.", f"The limit is {LARGEST_FILE:,}.")
    if not payload.strip(b"\x00 \t\r\n"):
        kind = f"{len(payload):,} NUL bytes" if payload.strip() else "no content"
        raise FileRefused(f"{path} is damaged: it has {kind}.", "Restore a copy; nothing was changed.")
    if payload.startswith((b"\xff\xfe", b"\xfe\xff", b"{\x00", b"\x00{")):
        raise FileRefused(f"{path} is encoded as UTF-16.", "Save it as UTF-8.")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = payload.count(b"\n", 0, problem.start) + 1
        byte = f"{payload[problem.start]:#04x}"
        raise FileRefused(f"{path} is not UTF-8: line {line} has the byte {byte}.", "Save it as UTF-8.") from None
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise FileRefused(
            f"{path} has git's conflict markers, the first in line {line}.",
            "Take one side with `git checkout --ours` or `--theirs`; nothing was changed.",
        )
    document: dict[str, Any] = _parsed(text, path)
    check(document, path)
    return document


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_int=_whole, parse_float=_no_float, parse_constant=_no_constant
        )
    except _Refused as problem:
        reason = f"line {problem.line(text)}: {problem}"
        raise FileRefused(f"{path} is not an engagement file: {reason}.", "Nothing was changed.") from None
    except json.JSONDecodeError as problem:
        raise FileRefused(
            f"{path} is not valid JSON: line {problem.lineno}, column {problem.colno}: {problem.msg}.",
            "It may be cut off, or a hand edit slipped. Nothing was changed.",
        ) from None
    except RecursionError:
        raise FileRefused(f"{path} is nested deeper than {DEEPEST} levels.", "Nothing was changed.") from None


def check(document: Any, path: Path) -> None:
    """Raise `FileRefused` unless this has the shape of a TinyDB file and holds only what the format can.

    Tables hold records by whole-number id; values are text, true, false, null, whole numbers, lists and objects. It
    holds for what is read and for what is written, so that nothing is saved that could not be opened again.
    """
    if not isinstance(document, dict):
        raise FileRefused(f"{path} holds {_kind(document)} at the top.", "An engagement file holds tables.")
    for name, table in document.items():
        if not isinstance(table, dict):
            raise FileRefused(f"{path}: table {name!r} is {_kind(table)}.", "A table holds records by their id.")
        for doc_id, record in table.items():
            if not (isinstance(doc_id, str) and _ID.fullmatch(doc_id) and int(doc_id) <= LARGEST_NUMBER):
                hint = f"Ids are whole numbers up to {LARGEST_NUMBER}."
                raise FileRefused(f"{path}: {name} has the record id {reprlib.repr(doc_id)}.", hint)
            if not isinstance(record, dict):
                raise FileRefused(f"{path}: {name}/{doc_id} is {_kind(record)}.", "A record is an object.")
            for key, value in record.items():
                if type(key) is type(value) is str:  # most are: half the time of a large file
                    continue
                problem = "is no name of a field" if not isinstance(key, str) else _problem(value, DEEPEST - 3)
                if problem:
                    raise FileRefused(f"{path}: {name}/{doc_id}/{key} {problem}.", "Nothing was changed.")


def _problem(value: Any, levels: int) -> str:
    """Return why the format cannot hold a value that may be nested so many levels deep, or nothing."""
    if value is None or isinstance(value, (str, bool)):
        return ""
    if isinstance(value, int):
        return "" if abs(value) <= LARGEST_NUMBER else f"holds a number larger than {LARGEST_NUMBER}"
    if not isinstance(value, (list, dict)):
        return f"holds {_kind(value)}"
    if levels == 0:
        return f"is nested deeper than {DEEPEST} levels"
    if isinstance(value, list):
        return next(filter(None, (_problem(item, levels - 1) for item in value)), "")
    if not all(isinstance(key, str) for key in value):
        return "has an object whose keys are not text"
    return next(filter(None, (_problem(item, levels - 1) for item in value.values())), "")


def _kind(value: Any) -> str:
    names = {
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number that is not whole",
        dict: "an object",
        type(None): "null",
    }
    return names.get(type(value), f"a {type(value).__name__}")
