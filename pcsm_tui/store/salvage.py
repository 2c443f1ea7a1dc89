"""A damaged engagement file made whole again, as far as it goes: a new document, and what it lacks."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pcsm_tui.domain.engagement import META, derived_uid, doc_id_of
from pcsm_tui.domain.values import same_value
from pcsm_tui.errors import FileRefused, StorageFailed, cut
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import META_ID, new_uid
from pcsm_tui.store.fragments import Fragment, Fragments
from pcsm_tui.store.losses import Losses, shown
from pcsm_tui.store.migrations import MARK, NEEDED, SCHEMA

Record = dict[str, Any]
Tables = dict[str, dict[str, Record]]

_CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?$")
_ESCAPED = re.compile("[\udc80-\udcff]+")
_STAMPS = ("at", "by")
_MOST_BYTES = 1000
"""So many places that are no UTF-8 are counted."""
_WHOLE_UID = re.compile(r"[0-9a-f]{32}")
_SHORTEST_ID = 8
"""An id with fewer digits than that was counted, and is not the beginning of a uid."""
_UID = re.compile(r"[0-9a-f]{13,}")


class Salvaged(NamedTuple):
    """What could be read of a damaged file.

    `document` can be opened; `kept` counts its records by table, `_meta` left out; `lost` says in sentences what could not
    be kept as it was.
    """

    document: dict[str, Any]
    kept: dict[str, int]
    lost: tuple[str, ...]


def salvaged(payload: bytes) -> Salvaged:
    """Return what can be read of the bytes of a damaged file, whatever they are.

    Raises `FileRefused` only for what is larger than may be opened.
    """
    path = Path("The file")
    if len(payload) > canonical.LARGEST_FILE:
        raise canonical.too_large(path, len(payload))
    losses = Losses()
    try:
        tables: Tables = canonical.from_bytes(payload, path)
    except FileRefused:
        tables = _read(payload, losses)
    document = {**tables, META: _marked(tables.get(META, {}), losses)}
    kept = {table: len(records) for table, records in sorted(document.items()) if table != META}
    return Salvaged(document, kept, losses.told())


def write_new(path: Path, payload: bytes) -> None:
    """Write a file that was not there before, readable by nobody else, all of it or none.

    Raises `FileRefused` when there is one of that name, `StorageFailed` when it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise FileRefused(f"{path} exists already.", "Name a new file: none is written over.") from None
    except OSError as problem:
        raise StorageFailed(f"{path} cannot be written: {problem.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise StorageFailed(f"{path} was not written: {problem.strerror}.") from None


# --- reading --------------------------------------------------------------------------------------------------


def _read(payload: bytes, losses: Losses) -> Tables:
    text = _decoded(payload, losses)
    if canonical.CONFLICT.search(text) is None:
        return _tables(text, losses)
    losses.add("The two sides of git's conflicts were united; where a field differs, the first side's value stands.")
    sides = _sides(text)
    first, second = (_side(side, losses) for side in sides)
    return _united(first, second, losses)


def _decoded(payload: bytes, losses: Losses) -> str:
    """Return the bytes as text; what is no text of its encoding becomes visible signs."""
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        return payload.decode("utf-16", "replace")
    for beginning, encoding in ((b"{\x00", "utf-16-le"), (b"\x00{", "utf-16-be")):
        if payload.startswith(beginning):
            return payload.decode(encoding, "replace")
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if canonical.is_probably_latin_1(payload):
        losses.add("The file was no UTF-8 and was read as Latin-1 (Windows-1252): look at its accents.")
        return payload.decode("cp1252", "replace")
    for line, bad in islice(_not_utf_8(payload), _MOST_BYTES):
        losses.add(f"Line {line}: the byte{'s' if len(bad) > 1 else ''} {bad.hex(' ')} became �.")
    return payload.decode("utf-8-sig", "replace")


def _not_utf_8(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the bytes that are no UTF-8, those next to each other together, with their line."""
    text = payload.decode("utf-8", "surrogateescape")
    line, place = 1, 0
    for bad in _ESCAPED.finditer(text):
        line += text.count("\n", place, bad.start())
        place = bad.start()
        yield line, bad[0][:8].encode("utf-8", "surrogateescape")


def _sides(text: str) -> tuple[str, str]:
    """Return the two sides of a file with conflict markers; lines of the other side are empty, so that lines keep their
    numbers."""
    first, second, state = [], [], "both"
    for line in text.split("\n"):
        marker = _CONFLICT.match(line)
        sign = marker[1][0] if marker else ""
        if sign == "<":
            state = "first"
        elif sign == "|" and state == "first":
            state = "base"
        elif sign == "=" and state in ("first", "base"):
            state = "second"
        elif sign == ">":
            state = "both"
        first.append(line if not sign and state in ("both", "first") else "")
        second.append(line if not sign and state in ("both", "second") else "")
    return "\n".join(first), "\n".join(second)


def _side(text: str, losses: Losses) -> Tables:
    try:
        return canonical.from_bytes(text.encode("utf-8", "surrogatepass"), Path("The file"))
    except FileRefused:
        return _tables(text, losses)


def _tables(text: str, losses: Losses) -> Tables:
    """Return the records of a text by table and id, each under an id of its own."""
    found = Fragments(text, losses, canonical.most_values() - 100)
    tables: Tables = {name: {} for name in found.tables if len(name) <= canonical.LONGEST_TEXT}
    for fragment in found.records:
        if fragment.table in tables:
            _put(tables[fragment.table], fragment, losses)
        else:
            losses.add(f"{cut(fragment.table)}/{cut(fragment.doc_id)}: the name of its table is too long.")
    _restore_uids(tables)
    return tables


def _restore_uids(tables: Tables) -> None:
    """Give records that were cut before their uid the one by which others refer to them."""
    cut_off = {
        doc_id: record
        for table, records in tables.items()
        if table != META
        for doc_id, record in records.items()
        if "uid" not in record and len(doc_id) > _SHORTEST_ID
    }
    if not cut_off:
        return
    for text in list(_texts(tables)):
        if _WHOLE_UID.fullmatch(text) and (record := cut_off.get(doc_id_of(text))) is not None:
            record["uid"] = text


def _texts(value: Any) -> Iterator[str]:
    """Yield every text within a value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _put(records: dict[str, Record], fragment: Fragment, losses: Losses) -> None:
    """Add a record to a table; one whose id is taken, or is none, gets a new one."""
    table, doc_id, fields = fragment
    if not canonical.is_doc_id(doc_id):
        new_id, _ = _free(records, fragment, str(fields.get("uid", "")))
        records[new_id] = fields
        if doc_id:
            losses.add(f"{cut(table)}/{cut(doc_id)}: {shown(doc_id)} is no id of a record; it is {new_id} now.")
    elif doc_id not in records or _holds(fields, records[doc_id]):
        records[doc_id] = fields
    elif table != META and not _holds(records[doc_id], fields):
        new_id, uid = _free(records, fragment)
        records[new_id] = {**fields, "uid": uid} if "uid" in fields else fields
        losses.add(f"{cut(table)}/{doc_id} stands twice; the second is {cut(table)}/{new_id} now.")


def _holds(record: Record, other: Record) -> bool:
    """Return whether a record has all that the other has."""
    return all(name in record and same_value(record[name], value) for name, value in other.items())


def _free(records: dict[str, Record], fragment: Fragment, uid: str = "") -> tuple[str, str]:
    """Return an id that no record has, and the uid that it is the beginning of: the one given, if it can be."""
    number = len(records)
    while not _UID.match(uid) or doc_id_of(uid) in records:
        number += 1
        uid = derived_uid("salvaged", fragment.table, fragment.doc_id, str(number))
    return doc_id_of(uid), uid


# --- the two sides of a conflict ------------------------------------------------------------------------------


def _united(first: Tables, second: Tables, losses: Losses) -> Tables:
    """Return what stands on either side, record by record and field by field."""
    tables = {table: dict(records) for table, records in first.items()}
    for table, records in second.items():
        mine = tables.setdefault(table, {})
        for doc_id, record in records.items():
            mine[doc_id] = _united_record(f"{cut(table)}/{doc_id}", mine.get(doc_id, {}), record, losses)
    return tables


def _united_record(path: str, first: Record, second: Record, losses: Losses) -> Record:
    """Return the fields of both; where they differ the first one's, and the stamp of the later change."""
    record = {**second, **first}
    if str(second.get("at", "")) > str(first.get("at", "")):
        record |= {name: second[name] for name in _STAMPS if name in second}
    machinery = {"rev", "n", "ancestry"} if path.startswith(f"{META}/") else {*_STAMPS}
    for name in first.keys() & second.keys() - machinery:
        if not same_value(first[name], second[name]):
            losses.add(
                f"{path} {cut(name)}: the second side has {shown(second[name])}, the first {shown(first[name])}."
            )
    return record


# --- the mark -------------------------------------------------------------------------------------------------


def _marked(records: dict[str, Record], losses: Losses) -> dict[str, Record]:
    """Return `_meta` with a mark by which the file can be opened; what it has to say and does not is made up for."""
    key, found = next(iter(records.items()), (META_ID, {}))
    mark = dict(found)
    for name, kind in MARK.items():
        if name in mark and type(mark[name]) is not kind:
            losses.add(f"{META} {name}: {shown(mark.pop(name))} was not what belongs there.")
    if mark.get("schema", 1) < 1:
        del mark["schema"]
    fresh: Record = {"file_id": new_uid(), "schema": SCHEMA}
    for name in NEEDED:
        if not mark.get(name):
            mark[name] = fresh[name]
            losses.add(f"{META} {name}: it could not be read; it is {mark[name]} now.")
    return {**records, key: {**mark, "format": "pcsm"}}
