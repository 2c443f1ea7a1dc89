"""What two states of an engagement differ in, in the words of its tools: rows that came or went, fields that changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pcsm_tui.domain.changes import changed_fields
from pcsm_tui.domain.declarations import RESERVED_FIELDS, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.values import same_value


class Difference(NamedTuple):
    """A row that came or went, or a field of it with what it shows before and after."""

    tool: str
    uid: str
    what: str
    title: str
    field: str = ""
    before: str = ""
    after: str = ""

    def told(self, tool_name: str) -> str:
        """Return the difference in a line."""
        if self.what != "changed":
            return f"{tool_name}: {self.title}: {self.what}"
        return f"{tool_name}: {self.title}: {self.field}: {self.before or '(empty)'} → {self.after or '(empty)'}"


def differences(before: Engagement, after: Engagement) -> list[Difference]:
    """Return what has changed from one state of an engagement to another, tool by tool in the framework's order.

    Where only the order of rows or their stamps differ, nothing has.
    """
    found: list[Difference] = []
    for tool in after.framework.tools:
        if before.document.get(tool.id) is not after.document.get(tool.id):
            found += _in_tool(before, after, tool)
    return found


def _in_tool(before: Engagement, after: Engagement, tool: Tool) -> Iterator[Difference]:
    old = {row.uid: row for row in before.rows(tool.id) if row.stored}
    new = {row.uid: row for row in after.rows(tool.id) if row.stored}
    for uid, row in new.items():
        if uid not in old and row.default is None and not tool.single:
            yield Difference(tool.id, uid, "added", after.title(row))
        else:
            yield from _in_row(before, after, old.get(uid), row)
    for uid, row in old.items():
        if uid not in new:
            yield Difference(tool.id, uid, "removed", before.title(row))


def _in_row(before: Engagement, after: Engagement, old: Row | None, new: Row) -> Iterator[Difference]:
    if old is not None and same_value(dict(old.record), dict(new.record)):
        return
    tool = new.tool
    title = tool.name if tool.single else after.title(new)
    for name in changed_fields(old.record if old is not None else {}, new.record):
        if name in RESERVED_FIELDS:
            continue
        if not tool.has(name):
            shown = [str(row.get(name)) if row is not None and name in row.record else "" for row in (old, new)]
            yield Difference(tool.id, new.uid, "changed", title, name, *shown)
            continue
        was, is_ = before.show(old, name) if old is not None else "", after.show(new, name)
        if was != is_:
            yield Difference(tool.id, new.uid, "changed", title, tool.field(name).name, was, is_)
