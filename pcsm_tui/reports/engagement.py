"""The engagement at a glance, a phase of it, and all of it."""

from __future__ import annotations

from pcsm_tui.domain.declarations import EVERYWHERE, Tool
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.states import FINISHED, IN_PROGRESS
from pcsm_tui.insight.health import health
from pcsm_tui.insight.progress import phase_gaps, phase_progress
from pcsm_tui.reports.audience import fields_for, tools_for
from pcsm_tui.reports.document import Block, Document, Facts, Heading, Paragraph, Table
from pcsm_tui.reports.tools import entered_blocks, form_blocks

HEAD = "engagement"
"""The tool whose form stands at the head of every report."""
_OWN_PLACE = (HEAD, "phases", "activities", "move-on")
"""Tools of the whole engagement that the overview sums up, rather than being listed row by row."""


def overview(engagement: Engagement, internal: bool = False) -> Document:
    """Return who the customer is and how far each phase is; for the team also health and what is missing."""
    blocks = [*_head(engagement, internal), Heading("Progress"), _progress(engagement)]
    if internal:
        blocks += [*_health(engagement), *_gaps(engagement)]
    return Document(_title(engagement), tuple(blocks))


def phase(engagement: Engagement, number: int, internal: bool = False) -> Document:
    """Return what has been entered in the tools of a phase."""
    name = engagement.framework.phase(number).name
    tools = tools_for(engagement.framework, number, internal)
    blocks = [Paragraph(_state(engagement, number)), *_tools(engagement, tools, internal, level=2)]
    if len(blocks) == 1:
        blocks.append(Paragraph("There is nothing in it yet that could be shown."))
    return Document(f"{engagement.name}: {name}", tuple(blocks))


def everything(engagement: Engagement, internal: bool = False) -> Document:
    """Return everything that has been entered, phase by phase; what is internal only for the team."""
    blocks = list(overview(engagement, internal).blocks)
    for item in engagement.framework.phases:
        parts = _tools(engagement, tools_for(engagement.framework, item.number, internal), internal, level=3)
        if parts:
            blocks += [Heading(f"Phase {item.number}: {item.name}"), *parts]
    common = tools_for(engagement.framework, EVERYWHERE, internal)
    blocks += _tools(engagement, tuple(tool for tool in common if tool.id not in _OWN_PLACE), internal, level=2)
    return Document(_title(engagement), tuple(blocks))


def _title(engagement: Engagement) -> str:
    initiative = engagement.show(engagement.form(HEAD), "initiative")
    return f"{engagement.name}: {initiative}" if initiative else engagement.name


def _head(engagement: Engagement, internal: bool) -> list[Block]:
    tool = engagement.framework.tool(HEAD)
    return list(form_blocks(engagement, engagement.form(HEAD), fields_for(tool, internal), level=2))


def _progress(engagement: Engagement) -> Table:
    rows = []
    for item in engagement.framework.phases:
        found = phase_progress(engagement, item.number)
        done = f"{found.done} of {found.activities}"
        rows.append((f"{item.number} {item.name}", found.state, found.started, found.finished, done))
    return Table(("Phase", "State", "Started", "Finished", "Activities done"), tuple(rows))


def _state(engagement: Engagement, number: int) -> str:
    found = phase_progress(engagement, number)
    since = f" since {found.started}" if found.started and found.state == IN_PROGRESS else ""
    until = f" on {found.finished}" if found.finished and found.state == FINISHED else ""
    return f"{found.state}{since}{until}; {found.done} of {found.activities} activities done."


def _health(engagement: Engagement) -> list[Block]:
    reading = health(engagement)
    if reading is None:
        return []
    facts = [("Overall", engagement.show(reading.row, "overall")), ("Light", reading.label), ("Date", reading.date)]
    return [Heading("Health"), Facts(tuple((name, text) for name, text in facts if text))]


def _gaps(engagement: Engagement) -> list[Block]:
    blocks: list[Block] = []
    for item in engagement.framework.phases:
        if phase_progress(engagement, item.number).state == IN_PROGRESS:
            gaps = phase_gaps(engagement, item.number)
            table = Table(("What is missing",), tuple((gap.text,) for gap in gaps))
            blocks += [Heading(f"Missing in phase {item.number}: {item.name}"), table] if gaps else []
    return blocks


def _tools(engagement: Engagement, tools: tuple[Tool, ...], internal: bool, level: int) -> list[Block]:
    """Return a heading and the content for each tool that has been begun."""
    blocks: list[Block] = []
    for tool in tools:
        if parts := entered_blocks(engagement, tool, internal, level + 1):
            blocks += [Heading(tool.name, level), *parts]
    return blocks
