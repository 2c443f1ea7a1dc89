"""What is wrong in an engagement file, finding by finding, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pcsm_tui.domain.declarations import RESERVED_FIELDS, Tool
from pcsm_tui.domain.engagement import META, Engagement, Row, uid_of
from pcsm_tui.domain.rules import rule_broken
from pcsm_tui.domain.values import references_of

KNOWN_TABLES = frozenset({META, "baselines", "~conflicts", "~gone", "~history"})
"""Tables of the format that are no tools."""


class Finding(NamedTuple):
    """Something that is wrong, and where; or, when `serious` is false, merely something worth knowing.

    `rule` says what is broken: `value` (references included), `uid`, `count` or `owner` (a personal tool in a shared
    file), or the rule that the tool declares for its rows, such as `raci`; it is `unknown` for what is not declared.
    """

    rule: str
    tool: str
    uid: str
    field: str
    sentence: str
    serious: bool = True

    @property
    def place(self) -> str:
        """Where it is: `tool/uid field`, the parts that it has."""
        return f"{self.tool}/{self.uid} {self.field}".strip().rstrip("/")


def check(engagement: Engagement, personal: bool = False) -> list[Finding]:
    """Return everything that is wrong in a document: values, references, uids, the RACI rule; then what is unknown.

    `personal` says that it is the person's own file, which alone may hold the personal tools.
    """
    found = [*_uids(engagement)]
    for tool in engagement.framework.tools:
        if tool.id in engagement.document:
            found += [*_misplaced(tool, personal), *_rows(engagement, tool)]
    return [*found, *_unknown(engagement)]


def _misplaced(tool: Tool, personal: bool) -> Iterator[Finding]:
    if (tool.audience == "personal") is not personal:
        right = "belongs in your own file only" if not personal else "belongs in an engagement, not in your own file"
        yield Finding("owner", tool.id, "", "", f"{tool.name} {right}.")


def _rows(engagement: Engagement, tool: Tool) -> Iterator[Finding]:
    rows = [row for row in engagement.rows(tool.id) if row.stored]
    if tool.single and len(rows) > 1:
        yield Finding("count", tool.id, "", "", f"{tool.name} has one record; here are {len(rows)}.")
    for row in rows:
        yield from _values(engagement, row)
        if broken := rule_broken(row):
            yield Finding(tool.rule, tool.id, row.uid, broken.field, f"{engagement.title(row)}: {broken.text}.")


def _values(engagement: Engagement, row: Row) -> Iterator[Finding]:
    for name, reason in engagement.problems(row).items():
        yield Finding("value", row.tool.id, row.uid, name, f"{row.tool.field(name).name} {reason}.")
    order = row.record.get("order")
    if order is not None and type(order) is not int:
        yield Finding(
            "value", row.tool.id, row.uid, "order", f"Its place among the rows is {order!r}, not a whole number."
        )


def _uids(engagement: Engagement) -> Iterator[Finding]:
    """Records of one uid, each of them, with the references that could mean either; then records without any."""
    places: dict[str, list[tuple[str, str]]] = {}
    for table, records in engagement.document.items():
        for doc_id in records if table not in KNOWN_TABLES else ():
            places.setdefault(uid_of(engagement.document, table, doc_id), []).append((table, doc_id))
    for uid, found in places.items():
        for place, (table, doc_id) in enumerate(found):
            if len(found) > 1:
                others = ", ".join(f"{name} {other}" for name, other in found[:place] + found[place + 1 :])
                told = f"The record {doc_id} has the uid of {others}.{_meant(engagement, uid)}"
                yield Finding("uid", table, uid, "uid", told)
            elif engagement.document[table][doc_id].get("uid") != uid:
                yield Finding("uid", table, uid, "uid", f"The record {doc_id} has no uid; it gets this one.", False)


def _meant(engagement: Engagement, uid: str) -> str:
    """Return in a sentence which rows refer to a uid."""
    rows = (row for tool in engagement.framework.tools for row in engagement.rows(tool.id) if row.stored)
    found = [
        f"{row.tool.id}/{row.uid} {field.id}"
        for row in rows
        for field in row.tool.fields
        if uid in references_of(field, row.get(field.id))
    ]
    return f" Referred to by {', '.join(found)}." if found else ""


def _unknown(engagement: Engagement) -> Iterator[Finding]:
    """Tables and fields that the framework does not declare: kept as they are, and perhaps misspelt."""
    for table, records in engagement.document.items():
        if table in KNOWN_TABLES:
            continue
        if not engagement.framework.has_tool(table):
            count = f"{len(records)} record{'s' if len(records) != 1 else ''}"
            yield Finding("unknown", table, "", "", f"No tool of this name is declared; its {count} are kept.", False)
            continue
        tool = engagement.framework.tool(table)
        for doc_id, record in records.items():
            for name in sorted(record):
                if name not in RESERVED_FIELDS and not tool.has(name):
                    uid = uid_of(engagement.document, table, doc_id)
                    yield Finding("unknown", table, uid, name, "No field of this name is declared; it is kept.", False)
