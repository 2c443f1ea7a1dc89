"""The reports by name: each a pure function from an engagement to a document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import UsageError, nearest
from pcsm_tui.reports import engagement as whole
from pcsm_tui.reports.audience import may_leave
from pcsm_tui.reports.document import Document
from pcsm_tui.reports.proposal import PLAN, PROPOSAL, adoption_plan, proposal
from pcsm_tui.reports.roadmap import STRATEGY, roadmap


class Report(NamedTuple):
    """A report: its name in commands, its title, whether it is for the team only, and how it is made."""

    id: str
    title: str
    internal: bool
    make: Callable[[Engagement, bool], Document]
    """From an engagement, and whether what is internal may be in it."""


def reports(framework: Framework) -> dict[str, Report]:
    """Return the reports of a framework by id; one whose tool a playbook has dropped is not among them."""
    found = [Report("overview", "The engagement at a glance", False, whole.overview)]
    found += [
        Report(f"phase-{item.number}", f"Phase {item.number}: {item.name}", False, partial(_phase, item.number))
        for item in framework.phases
    ]
    found.append(Report("engagement", "Everything that has been entered", False, whole.everything))
    for name, title, tool, make in (
        ("proposal", "The Customer Engagement Proposal", PROPOSAL, proposal),
        ("roadmap", "The engagement strategy by date", STRATEGY, roadmap),
        ("adoption-plan", "The adoption plan with its tools", PLAN, adoption_plan),
    ):
        if framework.has_tool(tool):
            found.append(Report(name, title, not may_leave(framework.tool(tool), internal=False), make))
    return {report.id: report for report in found}


def report_named(framework: Framework, name: str) -> Report:
    """Return the report of this id; raises `UsageError` naming the nearest one."""
    known = reports(framework)
    if name not in known:
        raise UsageError(f"There is no report {name!r}.", nearest(name, known))
    return known[name]


def _phase(number: int, engagement: Engagement, internal: bool) -> Document:
    return whole.phase(engagement, number, internal)
