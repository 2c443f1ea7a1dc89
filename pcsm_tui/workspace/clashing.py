"""Telling of what somebody else changed meanwhile, in the words of the fields that it is about."""

from __future__ import annotations

from pcsm_tui.domain.changes import Clash
from pcsm_tui.domain.declarations import Field
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.values import Value, show_value
from pcsm_tui.errors import PcsmError


class Clashed(PcsmError):
    """A step cannot be taken back or done again, since somebody else changed the same field meanwhile."""

    exit_code = 1

    def __init__(self, message: str, hint: str, clashes: tuple[Clash, ...]) -> None:
        super().__init__(message, hint)
        self.clashes = clashes


class Conflicted(PcsmError):
    """What was done is saved, beside what somebody else made of the same meanwhile; the file holds both."""

    exit_code = 1


def clashed(engagement: Engagement, clashes: tuple[Clash, ...], unkept: str) -> Clashed:
    """Return the refusal of an act that clashes, told of the first clash; `unkept` is what more is to be said."""
    clash = clashes[0]
    tool, name = _tool_and_field(engagement, clash)
    theirs = f"it is now {clash_text(engagement, clash, clash.theirs)!r}"
    more = f"So were {len(clashes) - 1} more." if len(clashes) > 1 else ""
    yours = f"Yours, {clash_text(engagement, clash, clash.ours)!r}, was not saved."
    hint = yours if clash.ours is not None else "Your change was not made."
    return Clashed(
        f"{tool}: {name} was changed by someone else meanwhile: "
        f"{theirs if clash.theirs is not None else 'the row or its value is gone'}.",
        " ".join(filter(None, (hint, more, unkept))),
        clashes,
    )


def _tool_and_field(engagement: Engagement, clash: Clash) -> tuple[str, str]:
    """Return the names of what clashed; those that are not declared go by their id."""
    field = _field(engagement, clash)
    if not engagement.framework.has_tool(clash.table):
        return clash.table, clash.field
    return engagement.framework.tool(clash.table).name, field.name if field else clash.field


def clash_text(engagement: Engagement, clash: Clash, value: Value) -> str:
    """Return a value of a clash as its field shows it, and as it can be typed there again."""
    field = _field(engagement, clash)
    return str(value) if field is None else show_value(field, value, lambda uid: engagement.referred(field, uid))


def _field(engagement: Engagement, clash: Clash) -> Field | None:
    if not engagement.framework.has_tool(clash.table):
        return None
    tool = engagement.framework.tool(clash.table)
    return tool.field(clash.field) if tool.has(clash.field) else None
