"""Whether what comes with the program is in place and in order: the framework and the sample engagements."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import PcsmError
from pcsm_tui.framework.playbook import framework_for
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.workspace.checking import check
from pcsm_tui.workspace.demo import sample_folder
from pcsm_tui.workspace.listing import SUFFIX


class Shipped(NamedTuple):
    """A thing that comes with the program, what was found of it, and whether that is right."""

    name: str
    sentence: str
    good: bool = True


def shipped() -> list[Shipped]:
    """Return what was found of the framework and of every sample engagement."""
    try:
        framework = framework_for(None)
    except PcsmError as problem:
        return [Shipped("framework", str(problem), good=False)]
    found = [Shipped("framework", f"{len(framework.phases)} phases, {len(framework.tools)} tools")]
    try:
        samples = sorted(sample_folder().glob(f"*{SUFFIX}"))
    except PcsmError as problem:
        return [*found, Shipped("samples", str(problem), good=False)]
    return [*found, *(_sample(path, framework) for path in samples)]


def _sample(path: Path, framework: Framework) -> Shipped:
    """Return whether a sample opens and every value in it is valid; rules of rows it may break, to show how that looks."""
    name = f"sample {path.name}"
    try:
        document = EngagementStorage(path).load() or {}
    except PcsmError as problem:
        return Shipped(name, str(problem), good=False)
    rules = {tool.rule for tool in framework.tools}
    findings = [item for item in check(Engagement(document, framework)) if item.serious and item.rule not in rules]
    if findings:
        return Shipped(name, f"{len(findings)} findings, the first: {findings[0].sentence}", good=False)
    return Shipped(name, f"{sum(map(len, document.values()))} records")
