"""Schema 2: the plan is scheduled. Predecessors become links, and dates that were typed become what the plan keeps."""

from __future__ import annotations

import re
from typing import Any

from pcsm_tui.domain.dates import FIRST_YEAR, LAST_YEAR
from pcsm_tui.domain.engagement import order_of, uid_of
from pcsm_tui.domain.links import read_links
from pcsm_tui.domain.values import is_empty
from pcsm_tui.errors import ValueRefused

Document = dict[str, Any]
Record = dict[str, Any]

_DAY = re.compile(r"(\d{4})-\d{2}-\d{2}", re.ASCII)


def to_schema_2(document: Document) -> Document:
    """Return a document of schema 1 in schema 2.

    Predecessors written by outline number become links; what cannot be read goes to the notes. Start and finish, which
    now follow from the plan, become actual dates where work was done, else a constraint or a deadline.
    """
    key, meta = next(iter(document["_meta"].items()))
    migrated = {**document, "_meta": {**document["_meta"], key: {**meta, "schema": 2, "min_reader": 2}}}
    tasks = document.get("tasks")
    if tasks:
        uids = {doc_id: uid_of(document, "tasks", doc_id) for doc_id in tasks}
        numbers = _outline_numbers(tasks, uids)
        migrated["tasks"] = {
            doc_id: _scheduled(_linked(dict(record), uids[doc_id], numbers)) for doc_id, record in tasks.items()
        }
    return migrated


def _outline_numbers(tasks: dict[str, Record], uids: dict[str, str]) -> dict[str, str]:
    """Return the uid of each outline number; a task whose parent does not exist stands at the top."""
    known = set(uids.values())
    children: dict[str, list[str]] = {}
    for doc_id in sorted(
        tasks, key=lambda doc_id: (order_of(tasks[doc_id]), str(tasks[doc_id].get("at")), int(doc_id))
    ):
        parent = tasks[doc_id].get("parent")
        is_below = isinstance(parent, str) and parent in known and parent != uids[doc_id]
        children.setdefault(str(parent) if is_below else "", []).append(uids[doc_id])
    numbers: dict[str, str] = {}
    waiting = [("", "")]
    while waiting:
        parent, prefix = waiting.pop()
        for place, uid in enumerate(children.pop(parent, ()), 1):
            numbers[f"{prefix}{place}"] = uid
            waiting.append((uid, f"{prefix}{place}."))
    return numbers


def _linked(record: Record, uid: str, numbers: dict[str, str]) -> Record:
    """Return a task with its predecessors as links."""
    text, notes = record.get("predecessors"), record.get("notes")
    if not isinstance(text, str) or not (isinstance(notes, str) or notes is None):
        return record
    links: list[dict[str, str]] = []
    unread: list[str] = []
    for entry in filter(None, map(str.strip, re.split("[,;]", text))):
        link = _link(entry, numbers)
        if link is None or link["task"] in (uid, *(other["task"] for other in links)):
            unread.append(entry)
        else:
            links.append(link)
    record["predecessors"] = links or None
    if unread:
        record["notes"] = "\n".join(filter(None, (notes, f"Predecessors: {', '.join(unread)}")))
    return record


def _link(entry: str, numbers: dict[str, str]) -> dict[str, str] | None:
    def resolve(number: str) -> str:
        if number not in numbers:
            raise ValueRefused(f"There is no task {number}.")
        return numbers[number]

    try:
        return read_links(entry, resolve)[0]
    except ValueRefused:
        return None


def _scheduled(record: Record) -> Record:
    """Return a task whose start and finish stand where the plan looks for them; what is no date stays as it is."""
    start, finish = _day(record.get("start")), _day(record.get("finish"))
    percent = record.get("percent_complete")
    if record.get("state") in ("Done", "Not needed"):
        moved = {"actual_start": start, "actual_finish": finish}
    elif type(percent) is int and percent > 0:
        moved = {"actual_start": start}
    else:
        has_duration = start is not None and not is_empty(record.get("duration"))
        moved = {"deadline": None if has_duration else finish}
        if start is not None and is_empty(record.get("predecessors")):
            moved |= {"constraint": "Start no earlier than", "constraint_date": start}
    for name, value in (("start", start), ("finish", finish)):
        if value is not None:
            del record[name]
    return {**record, **{name: value for name, value in moved.items() if value is not None}}


def _day(value: Any) -> str | None:
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    return value if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR else None
