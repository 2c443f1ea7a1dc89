"""The Customer Engagement Proposal as it is signed, and the adoption plan as it is approved."""

from __future__ import annotations

from pcsm_tui.domain.declarations import Field
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.reports.audience import fields_for, may_leave, refuse_unless_allowed
from pcsm_tui.reports.document import Block, Document, Facts, Heading
from pcsm_tui.reports.tools import entered_blocks, form_blocks

PROPOSAL = "engagement-proposal"
SIGNATURES = "Signatures"
"""The section of a document whose empty fields become lines to write on."""
_TO_WRITE_ON = "_" * 30

PLAN = "adoption-plan"
PLAN_PARTS = (
    "adoption-requirements",
    "adoption-phases",
    "impacted-groups",
    "capabilities",
    "adoption-activities",
    "practical-considerations",
    "adoption-barriers",
    "adoption-risks",
    "pilots",
    "tasks",
    "measures",
)
"""The tools that the adoption plan is drawn from, beside its own words, in the order of reading."""


def proposal(engagement: Engagement, internal: bool = False) -> Document:
    """Return the proposal with its filled sections, and lines to sign on where nobody has signed yet."""
    tool, row = engagement.framework.tool(PROPOSAL), engagement.form(PROPOSAL)
    refuse_unless_allowed(tool, internal)
    fields = fields_for(tool, internal)
    body = tuple(item for item in fields if item.section != SIGNATURES)
    signing = tuple(item for item in fields if item.section == SIGNATURES)
    blocks: list[Block] = [*form_blocks(engagement, row, body, level=2)]
    if signing:
        blocks += [Heading(SIGNATURES), Facts(tuple(_signed(engagement, row, item) for item in signing))]
    return Document(f"{tool.name}: {engagement.name}", tuple(blocks))


def _signed(engagement: Engagement, row: Row, field: Field) -> tuple[str, str]:
    return field.name, engagement.show(row, field.id) or _TO_WRITE_ON


def adoption_plan(engagement: Engagement, internal: bool = False) -> Document:
    """Return the words of the adoption plan and what has been entered in the tools that it is drawn from."""
    tool = engagement.framework.tool(PLAN)
    refuse_unless_allowed(tool, internal)
    blocks = entered_blocks(engagement, tool, internal, level=2)
    for name in PLAN_PARTS:
        if not engagement.framework.has_tool(name) or not may_leave(engagement.framework.tool(name), internal):
            continue
        part = engagement.framework.tool(name)
        if content := entered_blocks(engagement, part, internal, level=3):
            blocks += [Heading(part.name), *content]
    title = engagement.show(engagement.form(PLAN), tool.title_field.id) or tool.name
    return Document(f"{engagement.name}: {title}", tuple(blocks))
