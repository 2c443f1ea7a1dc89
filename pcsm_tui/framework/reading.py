"""Reading the framework's data: one TOML file per phase and one for the engagement as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any

from pydantic import ValidationError

from pcsm_tui.domain.declarations import DefaultRow, Framework, Tool
from pcsm_tui.errors import DeclarationError, nearest

PHASE_FILES = (
    "1-preparation.toml",
    "2-commitment.toml",
    "3-onboarding.toml",
    "4-adoption-planning.toml",
    "5-adoption-implementation.toml",
    "6-value-realization.toml",
    "7-engagement-evaluation.toml",
)
FRAMEWORK_FILE = "framework.toml"


def declared_framework() -> dict[str, Any]:
    """Return the framework as plain data, as its files hold it, before any playbook is laid over it."""
    folder = resources.files("pcsm_tui.framework") / "data"

    def read(name: str) -> dict[str, Any]:
        return tomllib.loads((folder / name).read_text(encoding="utf-8"))

    data = read(FRAMEWORK_FILE)
    everywhere = data.pop("tools")
    phases, tools = [], []
    for name in PHASE_FILES:
        part = read(name)
        phases.append({**part["phase"], "activities": part["activities"], "criteria": part["criteria"]})
        tools += [{"phase": part["phase"]["number"], **tool} for tool in part["tools"]]
    return {**data, "phases": phases, "tools": tools + everywhere}


def build_framework(data: dict[str, Any], source: str = "the framework") -> Framework:
    """Return the checked framework made of plain data.

    Raises `DeclarationError` naming the place and what would be right; `source` says whose mistake it is.
    """
    try:
        framework = Framework.model_validate(data)
    except ValidationError as problem:
        raise DeclarationError(f"{source}: {first_problem(problem, data)}") from None
    _check_names(framework, source)
    tools = tuple(_with_rows_of_framework(tool, framework) for tool in framework.tools)
    return Framework(**{**{name: getattr(framework, name) for name in Framework.model_fields}, "tools": tools})


def first_problem(problem: ValidationError, data: object) -> str:
    """Return the first mistake of a validation as a sentence, with ids in place of positions in lists."""
    error = problem.errors()[0]
    place: list[str] = []
    here: Any = data
    for step in error["loc"]:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        named = isinstance(here, dict) and isinstance(step, int) and (here.get("id") or here.get("key"))
        place.append(str(named or step))
    message = error["msg"].removeprefix("Value error, ")
    return f"{' › '.join(place)}: {message}."


def _with_rows_of_framework(tool: Tool, framework: Framework) -> Tool:
    """Return a tool whose default rows are the framework's own parts with these rows made."""
    if tool.rows_from is None:
        return tool
    return tool.model_copy(update={"rows": tuple(_rows_of_framework(tool, framework))})


def _rows_of_framework(tool: Tool, framework: Framework) -> Iterable[DefaultRow]:
    if tool.rows_from == "phases":
        for phase in framework.phases:
            values = {"phase": phase.number, "name": phase.name}
            yield DefaultRow(key=str(phase.number), help=phase.purpose, values=values)
    elif tool.rows_from == "activities":
        for key, (phase, activity) in framework.activities.items():
            yield DefaultRow(key=key, help=activity.guidance, values={"phase": phase.number, "name": activity.name})
    else:
        for key, (phase, criterion) in framework.criteria.items():
            values = {"phase": phase.number, "criterion": criterion.text}
            yield DefaultRow(key=key, values=values, evidence=criterion.evidence)


def _check_names(framework: Framework, source: str) -> None:
    """Raise `DeclarationError` for a name that nothing in the framework bears."""
    tools = [tool.id for tool in framework.tools]
    for phase in framework.phases:
        for activity in phase.activities:
            for name in activity.tools:
                _known(name, tools, f"{source}: activity {phase.activity_key(activity)} names tool")
        for name in phase.qualities:
            _known(name, [item.id for item in framework.qualities], f"{source}: phase {phase.number} names quality")
        _known(phase.stage, [item.id for item in framework.stages], f"{source}: phase {phase.number} names stage")
        for criterion in phase.criteria:
            for evidence in criterion.evidence:
                _check_evidence(framework, evidence.tool, evidence.filled, f"{source}: criterion {criterion.id}")
    for tool in framework.tools:
        if tool.rows_for:
            _known(tool.rows_for, tools, f"{source}: {tool.id} has rows for")
        for field in tool.fields:
            for name in field.to:
                _known(name, tools, f"{source}: {tool.id}.{field.id} points to tool")
        for row in tool.rows:
            for evidence in row.evidence:
                _check_evidence(framework, evidence.tool, evidence.filled, f"{source}: {tool.id} row {row.key}")


def _check_evidence(framework: Framework, tool_id: str, fields: tuple[str, ...], place: str) -> None:
    _known(tool_id, [tool.id for tool in framework.tools], f"{place} names tool")
    for name in fields:
        _known(name, [field.id for field in framework.tool(tool_id).fields], f"{place} names field of {tool_id}")


def _known(name: str, valid: list[str], place: str) -> None:
    if name not in valid:
        raise DeclarationError(f"{place} {name!r}, which does not exist.", nearest(name, valid))
