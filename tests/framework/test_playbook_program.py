"""The program and the documentation against playbooks for the real framework."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from tomllib import loads
from typing import Any

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.engagement import Engagement, doc_id_of
from pcsm_tui.errors import DeclarationError
from pcsm_tui.framework.dropping import RELIED_ON
from pcsm_tui.framework.playbook import laid_over
from pcsm_tui.framework.reading import build_framework, declared_framework
from pcsm_tui.insight.attention import signals
from pcsm_tui.insight.progress import phase_gaps
from pcsm_tui.insight.summary import summary

ROOT = Path(__file__).parents[2]

_UID = "0" * 32
_EXAMPLE = {
    "yes_no": False,
    "date": "2026-01-05",
    "number": 3,
    "score": 3,
    "percent": 300,
    "duration": 480,
    "money": {"amount": 100, "currency": "EUR"},
    "ref": _UID,
    "refs": [_UID],
    "tags": ["one"],
}
_EMPTY = {
    ("engagement-proposal", "customer_signed_on"),
    ("information-gaps", "answer"),
    ("information-gaps", "due"),
    ("renewals", "plan"),
    ("raci", "accountable"),
}


def _filled(framework: Framework) -> Engagement:
    """An engagement with one row of every tool, nothing done, and cause for every rule of Today."""
    document = {}
    for tool in framework.tools:
        values: dict[str, Any] = {"uid": _UID, "at": "2026-01-05T10:00:00Z", "by": "x", "order": 1}
        for field in tool.fields:
            if field.type == "choice":
                values[field.id] = next(choice.id for choice in field.choices if not choice.done)
            elif field.type != "computed" and (tool.id, field.id) not in _EMPTY:
                values[field.id] = _EXAMPLE.get(field.type, "a word")
        document[tool.id] = {doc_id_of(_UID): values}
    return Engagement(document, framework)


def _dropping_all_fields(data: dict[str, Any]) -> dict[str, Any]:
    """Return a playbook that drops every field that can be dropped of the tools that the program relies on."""
    tools: dict[str, Any] = {}
    for tool in data["tools"]:
        droppable = []
        for field in tool["fields"] if tool["id"] in RELIED_ON else ():
            playbook = {"tools": {tool["id"]: {"fields": {"drop": [field["id"]]}}}}
            try:
                build_framework(laid_over(data, playbook, "playbook.toml"))
            except DeclarationError:
                continue
            droppable.append(field["id"])
        if droppable:
            tools[tool["id"]] = {"fields": {"drop": droppable}}
    return {"tools": tools}


def test_what_the_program_relies_on_exists() -> None:
    framework = build_framework(declared_framework())
    for tool_id, relied in RELIED_ON.items():
        fields = {field.id for field in framework.tool(tool_id).fields}
        assert {*relied.fields, *relied.choices} <= fields, tool_id


def test_every_tool_that_insight_names_is_one_that_cannot_be_dropped() -> None:
    tools = {tool.id for tool in build_framework(declared_framework()).tools}
    named = {
        node.value
        for path in (ROOT / "pcsm_tui" / "insight").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in tools
    }
    assert "renewals" in named
    assert named - RELIED_ON.keys() == set()


def test_today_and_the_portfolio_work_when_all_is_dropped_that_can_be() -> None:
    data = declared_framework()
    playbook = _dropping_all_fields(data)
    kept = {"stakeholder-plan", "delivery-phases", "adoption-phases", "impacted-groups", *RELIED_ON}
    playbook["tools"]["drop"] = [tool["id"] for tool in data["tools"] if tool["id"] not in kept]
    framework = build_framework(laid_over(data, playbook, "playbook.toml"))
    assert {tool.id for tool in framework.tools} == kept
    engagement = _filled(framework)
    found = {signal.rule for signal in signals(engagement)}
    assert found == {signal.rule for signal in signals(_filled(build_framework(data)))}
    assert found >= {"due", "unanswered", "unsigned", "health", "no-plan", "rule", "meeting", "idle"}
    assert summary(engagement, signals(engagement)).customer == "a word"
    assert all(phase_gaps(engagement, number) for number in range(1, 8))


def test_the_examples_of_the_documentation_can_be_laid_over_the_framework() -> None:
    text = (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(examples) >= 5
    data = declared_framework()
    for example in examples:
        assert build_framework(laid_over(data, loads(example), "playbook.md")) != build_framework(data)


def test_the_documentation_lists_every_tool_that_cannot_be_dropped() -> None:
    text = (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8")
    listed = text[text.index("Some tools, and") : text.index("Rename them, or leave them empty.")]
    assert set(re.findall(r"`([a-z-]+)`", listed)) == RELIED_ON.keys()
