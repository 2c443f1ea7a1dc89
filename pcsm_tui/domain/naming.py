"""Names in an engagement: which row a text means, and who is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcsm_tui.domain.declarations import Field
from pcsm_tui.errors import ValueRefused, nearest

if TYPE_CHECKING:
    from pcsm_tui.domain.engagement import Engagement, Row


def resolve(engagement: Engagement, reference: Field, text: str) -> str:
    """Return the uid that a text typed in a reference field means: an outline number, a uid, a name, or part of one.

    Raises `ValueRefused` with the names that would fit.
    """
    if numbered := _numbered(engagement, reference, text):
        return numbered.uid
    candidates = [row for tool_id in reference.to for row in engagement.rows(tool_id)]
    word = text.casefold()
    if any(row.uid == text for row in candidates):
        return text
    named = {row.uid: engagement.title(row) for row in candidates}
    for matches in (
        [uid for uid, name in named.items() if name.casefold() == word],
        [uid for uid, name in named.items() if name.casefold().startswith(word)],
        [uid for uid, name in named.items() if word in name.casefold()],
        [uid for uid in named if len(word) >= 6 and uid.startswith(word)],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            which = ", ".join(f"{named[uid]} ({uid[:6]})" for uid in matches[:4])
            raise ValueRefused(f"{text!r} fits {len(matches)} rows: {which}.", "Write more of the name, or the uid.")
    tools = " or ".join(engagement.framework.tool(tool_id).name for tool_id in reference.to)
    hint = nearest(text, named.values()) if named else f"{tools} has no rows yet: add one first."
    raise ValueRefused(f"{tools} has no row {text!r}.", hint)


def _numbered(engagement: Engagement, reference: Field, text: str) -> Row | None:
    """Return the row that an outline number means in a reference field, or None."""
    tools = [tool_id for tool_id in reference.to if engagement.framework.tool(tool_id).outline]
    return next(filter(None, (engagement.outline(tool_id).numbered(text) for tool_id in tools)), None)


def people(engagement: Engagement) -> tuple[str, ...]:
    """Return every name that stands in a person field or names a stakeholder, sorted: for completion."""
    names: set[str] = set()
    for tool in engagement.framework.tools:
        columns = [item.id for item in tool.fields if item.type == "person"]
        if tool.id == "stakeholder-plan":
            columns.append(tool.title_field.id)
        for record in engagement.document.get(tool.id, {}).values():
            names.update(str(record[name]) for name in columns if record.get(name))
    return tuple(sorted(names, key=str.casefold))
