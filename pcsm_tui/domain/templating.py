"""Starting an engagement from another one: what is worth re-using, without its customer, people, dates and ticks.

Declarations say which tools and fields hold method rather than what happened; the rest follows from the types of the
fields. A text in which the customer, the initiative, somebody's name or an e-mail address stands is left behind too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pcsm_tui.domain.declarations import REFERRING, Field, Tool
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import Document, Engagement, Record, Row, derived_uid, doc_id_of
from pcsm_tui.domain.values import Value, is_empty, problem_with, same_value

_METHOD = frozenset({"text", "note", "choice", "number", "score", "duration", "hours", *REFERRING})
"""Types of fields that can say how something is done; the others say who, when, where, how much and whether."""
_ADDRESS = r"\S+@\S+"
_WORD = re.compile(r"\w{3,}")


def from_template(template: Engagement, target: Engagement, new_uid: Callable[[], str], stamp: Stamp) -> Document:
    """Return the target's document with the re-usable rows of a template added, under uids of their own.

    Default rows stay the target's own, and enter its file only where the template words them otherwise. A row whose
    title stays behind stays behind itself, and so do references to it.
    """
    private = _private_words(template)
    tools = [tool for tool in template.framework.tools if tool.reusable]
    named = [row for tool in tools for row in template.rows(tool.id) if row.default or _title(row, private)]
    renamed = _new_uids(template, target, named, new_uid)
    document: dict[str, dict[str, Any]] = {name: dict(table) for name, table in target.document.items()}
    for row in named:
        values = _carried(row, private, renamed)
        if not row.stored or (row.default and not _differs(row, values)):
            continue
        uid = renamed[row.uid]
        start = {item.id: item.default for item in row.tool.fields if item.default is not None and item.type != "date"}
        own = {"order": row.record.get("order"), "uid": uid, "at": stamp.at, "by": stamp.by}
        document.setdefault(row.tool.id, {})[doc_id_of(uid)] = {**start, **values, **own}
    return document


def _private_words(template: Engagement) -> re.Pattern[str]:
    """Return a pattern for what must not stand in any text that is carried over.

    Of the names of people and of the customer each part with a capital counts by itself, since notes say `Magnus`;
    tags count as names, since most of them are those who took part.
    """
    facts = template.form("engagement")
    names = {template.name, str(facts.get("customer") or ""), *template.people(), *_tags(template)}
    parts = {part for name in names for part in _WORD.findall(name) if part[0].isupper()}
    whole = {name.strip() for name in (*names, str(facts.get("initiative") or ""))} - {""}
    patterns = (*(rf"(?i:{re.escape(name)})" for name in sorted(whole)), *map(re.escape, sorted(parts)))
    return re.compile("|".join([_ADDRESS, *(rf"(?<!\w){pattern}(?!\w)" for pattern in patterns)]))


def _tags(template: Engagement) -> set[str]:
    values = [
        row.get(item.id)
        for tool in template.framework.tools
        for item in tool.fields
        if item.type == "tags"
        for row in template.rows(tool.id)
    ]
    return {str(tag) for value in values if isinstance(value, list) for tag in value}


def _title(row: Row, private: re.Pattern[str]) -> Value:
    return _value(row.tool, row.tool.title_field, row.get(row.tool.title_field.id), private, {})


def _new_uids(template: Engagement, target: Engagement, rows: list[Row], new_uid: Callable[[], str]) -> dict[str, str]:
    """Return the uid in the target of each row: default rows have the one that they have there anyway."""
    renamed: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: bool(row.tool.rows_for)):  # what they stand for comes first
        parent = _parent(row)
        if row.default is None or (parent and parent not in renamed):
            renamed[row.uid] = new_uid()
        else:
            stands_for = (renamed[parent],) if parent else ()
            renamed[row.uid] = derived_uid(target.file_id, row.tool.id, row.default.key, *stands_for)
    return renamed


def _parent(row: Row) -> str:
    """Return the uid of the row for which a default row stands, empty for one that stands once."""
    field = row.tool.rows_for_field
    stands_once = row.default is None or not row.tool.rows_for or row.default.values.get(field) == ""
    return "" if stands_once else str(row.get(field) or "")


def _carried(row: Row, private: re.Pattern[str], renamed: dict[str, str]) -> Record:
    values = {item.id: _value(row.tool, item, row.get(item.id), private, renamed) for item in row.tool.fields}
    return {name: value for name, value in values.items() if not is_empty(value)}


def _value(tool: Tool, field: Field, value: Value, private: re.Pattern[str], renamed: dict[str, str]) -> Value:
    """Return what of a value is carried over, None when nothing is."""
    kept = field.reusable and field.type in _METHOD and not field.internal and field.id != tool.tick
    if not kept or is_empty(value) or problem_with(field, value):
        return None
    if field.type == "ref":
        return renamed.get(value)
    if field.type == "refs":
        return [renamed[uid] for uid in value if uid in renamed]
    if field.type == "links":
        return [{**link, "task": renamed[link["task"]]} for link in value if link["task"] in renamed]
    return None if isinstance(value, str) and private.search(value) else value


def _differs(row: Row, values: Record) -> bool:
    """Return whether what is carried of a default row is anything other than its declaration says."""
    declared = {item.id: item.default for item in row.tool.fields} | (row.default.values if row.default else {})
    return any(
        name != row.tool.rows_for_field and not same_value(value, declared.get(name)) for name, value in values.items()
    )
