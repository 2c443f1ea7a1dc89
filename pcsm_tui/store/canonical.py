"""The bytes of an engagement file: written in one canonical way, read strictly.

Canonical: UTF-8, two-space indent, sorted keys, LF, a final newline, no floats. Reading refuses what JSON readers
disagree about (duplicate keys, huge numbers, NaN), and says where it stands.
"""

from __future__ import annotations

import json
import re
import reprlib
import shlex
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from pcsm_tui.errors import FileRefused
from pcsm_tui.store.bulk import has_more_values, place_nested_deeper, values_at_most

MEGABYTE = 1024 * 1024
USUAL_SIZE = 64
"""The largest file that is opened unless the person allows more, in megabytes."""
LARGEST_FILE = USUAL_SIZE * MEGABYTE
"""The largest file that is opened, in bytes; `allow_size` sets it."""
LARGEST_NUMBER = 2**53 - 1
LONGEST_TEXT = 1_000_000
"""In characters: of a value, or of a key."""
DEEPEST = 64
_MOST_VALUES = 1_000_000
"""So many values are in a file of the usual size at the most: small ones fill the memory more than any text."""
_TOLD = 3
"""So many wrong places of a document are named in one report."""
_ID = re.compile(r"0|[1-9][0-9]{0,15}")
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def allow_size(megabytes: int) -> None:
    """Let files be opened up to this size, with values in proportion to it, as long as the program runs."""
    global LARGEST_FILE  # one person has one limit, wherever a file is read
    LARGEST_FILE = megabytes * MEGABYTE


def most_values() -> int:
    """Return how many values a file may hold at the most, by the size that is allowed."""
    return _MOST_VALUES * max(LARGEST_FILE // (USUAL_SIZE * MEGABYTE), 1)


def too_large(path: Path, size: int) -> FileRefused:
    """Return the refusal of a file of so many bytes."""
    return FileRefused(f"{path} has {size:,} bytes.", f"The limit is {LARGEST_FILE:,}. {_raised(size / LARGEST_FILE)}")


def _raised(times: float) -> str:
    """Return how to raise the limit so many times."""
    wanted = int(LARGEST_FILE // MEGABYTE * times) + 1
    return f"If you trust it, PCSM_MAX_SIZE={wanted} (in MB), or max_size in config.toml, raises it."


def remedy(path: Path) -> str:
    """Return what helps with a damaged file."""
    name = shlex.quote(str(path))
    return (
        f"Nothing was changed. `pcsm backup list {name}` shows older copies; `pcsm salvage {name}` writes what is whole"
        " into a new file."
    )


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of a document."""
    try:
        return orjson.dumps(document, option=_OPTIONS)
    except orjson.JSONEncodeError:
        # Lone surrogates, which orjson refuses: a file that already has them keeps them, as escapes.
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
        return text.encode("utf-8", "backslashreplace")


_NO_LATIN_1 = re.compile(rb"[\x00\x81\x8d\x8f\x90\x9d\xf0\xfe\xff]")


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


_TOKEN = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")(\s*:)?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
CONFLICT = re.compile(r"^(<{7}|>{7})(?: |\r?$)", re.MULTILINE)
"""A line by which git tells that what follows, or went before, is one side of a conflict."""


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
        raise too_large(path, len(payload))
    if not payload.strip(b"\x00 \t\r\n"):
        kind = f"{len(payload):,} NUL bytes" if payload.strip() else "no content"
        copies = f"`pcsm backup list {shlex.quote(str(path))}` shows them."
        raise FileRefused(f"{path} is damaged: it has {kind}.", f"Restore a copy; nothing was changed. {copies}")
    text = _decoded(payload, path)
    if ("<<<<<<<" in text or ">>>>>>>" in text) and (conflict := CONFLICT.search(text)):
        line = text.count("\n", 0, conflict.start()) + 1
        raise FileRefused(
            f"{path} has git's conflict markers, the first in line {line}.",
            f"Nothing was changed. `pcsm salvage {shlex.quote(str(path))}` unites both sides in a new file; `git checkout"
            " --ours` or `--theirs` takes one of them.",
        )
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise FileRefused(
            f"{path} is not valid JSON: it has {text.count(chr(0)):,} NUL bytes, the first in line {line}.",
            remedy(path),
        )
    _check_bulk(payload, text, path)
    document: dict[str, Any] = _parsed(text, path)
    check(document, path)
    return document


def _decoded(payload: bytes, path: Path) -> str:
    if payload.startswith((b"\xff\xfe", b"\xfe\xff", b"{\x00", b"\x00{")):
        raise FileRefused(f"{path} is encoded as UTF-16.", "Save it as UTF-8.")
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = payload.count(b"\n", 0, problem.start) + 1
        told = f"{path} is not UTF-8: line {line} has the byte {payload[problem.start]:#04x}"
        if is_probably_latin_1(payload):
            name = shlex.quote(str(path))
            hint = f"Save it as UTF-8; `pcsm salvage {name}` writes a new file so. Nothing was changed."
            raise FileRefused(f"{told}, probably Latin-1 (Windows-1252).", hint) from None
        raise FileRefused(f"{told}.", remedy(path)) from None


def is_probably_latin_1(payload: bytes) -> bool:
    """Return whether text that is not UTF-8 has not one character beyond ASCII that is, and none that is rare elsewhere:
    it is then no damaged UTF-8."""
    return payload.decode("utf-8", "ignore").isascii() and not _NO_LATIN_1.search(payload)


def _check_bulk(payload: bytes, text: str, path: Path) -> None:
    """Refuse, before anything is built of it, what would fill the memory or the stack."""
    if has_more_values(text, most_values()):
        hint = f"The limit is {most_values():,}. {_raised(values_at_most(text) / most_values())}"
        raise FileRefused(f"{path} holds more values than may be read.", hint)
    if (place := place_nested_deeper(payload, DEEPEST)) is not None:
        line = payload.count(b"\n", 0, place) + 1
        raise FileRefused(f"{path} is nested deeper than {DEEPEST} levels in line {line}.", remedy(path))


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_int=_whole, parse_float=_no_float, parse_constant=_no_constant
        )
    except _Refused as problem:
        reason = f"line {problem.line(text)}: {problem}"
        raise FileRefused(f"{path} is not an engagement file: {reason}.", remedy(path)) from None
    except json.JSONDecodeError as problem:
        raise FileRefused(
            f"{path} is not valid JSON: line {problem.lineno}, column {problem.colno}: {problem.msg}.",
            f"It may be cut off, or a hand edit slipped. {remedy(path)}",
        ) from None
    except RecursionError:
        raise FileRefused(f"{path} is nested deeper than {DEEPEST} levels.", remedy(path)) from None


def check(document: Any, path: Path) -> None:
    """Raise `FileRefused` unless this has the shape of a TinyDB file and holds only what the format can.

    Tables hold records by whole-number id; values are text, true, false, null, whole numbers, lists and objects. It
    holds for what is read and for what is written, so that nothing is saved that could not be opened again. The
    refusal names the first few places that are wrong, and what would be right there.
    """
    problems = list(islice(_wrong(document), 100))
    if not problems:
        return
    more = len(problems) - _TOLD
    told = "; ".join(problems[:_TOLD])
    rest = f"; and {more if len(problems) < 100 else 'many'} more" if more > 0 else ""
    raise FileRefused(f"{path}: {told}{rest}.", "Put them right in an editor, or: " + remedy(path))


def check_shape(document: Any, path: Path) -> None:
    """Raise `FileRefused` unless this is an object of tables; what is in them is checked when it is written."""
    if not isinstance(document, dict) or not all(isinstance(table, dict) for table in document.values()):
        check(document, path)


def _wrong(document: Any) -> Iterator[str]:
    """Yield each wrong place: where, what was found, what would be right."""
    if not isinstance(document, dict):
        yield f"it holds {_kind(document)} at the top instead of an object of tables"
        return
    for name, table in document.items():
        if not isinstance(name, str) or len(name) > LONGEST_TEXT:
            yield f"{reprlib.repr(name)} is no name of a table"
        elif not isinstance(table, dict):
            yield f"table {_shown(name)!r} is {_kind(table)} instead of an object of records by their id"
        else:
            yield from _wrong_in_table(_shown(name), table)


def _wrong_in_table(name: str, table: dict[Any, Any]) -> Iterator[str]:
    for doc_id, record in table.items():
        if not is_doc_id(doc_id):
            yield f"{name} has the record id {reprlib.repr(doc_id)} instead of a whole number up to {LARGEST_NUMBER}"
        elif not isinstance(record, dict):
            yield f"{name}/{doc_id} is {_kind(record)} instead of an object of fields"
        else:
            for key, value in record.items():
                if type(key) is type(value) is str and len(value) <= LONGEST_TEXT:  # most are: half the time
                    continue
                known = isinstance(key, str) and len(key) <= LONGEST_TEXT
                problem = problem_of(value) if known else "is no name of a field"
                if problem:
                    yield f"{name}/{doc_id}/{_shown(str(key))} {problem}"


def is_doc_id(doc_id: Any) -> bool:
    """Return whether this can be the id of a record: a whole number in decimal."""
    return isinstance(doc_id, str) and _ID.fullmatch(doc_id) is not None and int(doc_id) <= LARGEST_NUMBER


def problem_of(value: Any) -> str:
    """Return why a record cannot hold this value in a field, or nothing."""
    return _problem(value, DEEPEST - 3)


def _problem(value: Any, levels: int) -> str:
    """Return why the format cannot hold a value that may be nested so many levels deep, or nothing."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return "" if len(value) <= LONGEST_TEXT else f"has {len(value):,} characters; the limit is {LONGEST_TEXT:,}"
    if isinstance(value, int):
        return "" if abs(value) <= LARGEST_NUMBER else f"holds a number larger than {LARGEST_NUMBER}"
    if not isinstance(value, (list, dict)):
        return f"holds {_kind(value)}"
    if levels == 0:
        return f"is nested deeper than {DEEPEST} levels"
    if isinstance(value, list):
        return next(filter(None, (_problem(item, levels - 1) for item in value)), "")
    if not all(isinstance(key, str) and len(key) <= LONGEST_TEXT for key in value):
        return "has an object whose keys are not text, or too long"
    return next(filter(None, (_problem(item, levels - 1) for item in value.values())), "")


def _shown(name: str) -> str:
    """Return a name as a sentence repeats it."""
    return name if len(name) <= 60 else f"{name[:60]}…"


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
