"""Reading the framework's data: one TOML file per phase and one for the engagement as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any

from pydantic import ValidationError

from pcsm_tui.domain.declarations import DefaultRow, Framework, Tool
from pcsm_tui.errors import DeclarationError
from pcsm_tui.framework.checking import check_framework

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

_PLAINLY = {
    "missing": "is missing",
    "string_type": "should be a text",
    "tuple_type": "should be a list",
    "model_type": "should be a table",
    "dict_type": "should be a table",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "extra_forbidden": "is not a known key",
}
"""What a mistake of each type is called, since those who write TOML need not know of tuples and inputs."""


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
    check_framework(framework, source)
    tools = tuple(_with_rows_of_framework(tool, framework) for tool in framework.tools)
    return Framework(**{**{name: getattr(framework, name) for name in Framework.model_fields}, "tools": tools})


def first_problem(problem: ValidationError, data: object) -> str:
    """Return the first mistake of a validation as a sentence that begins with its dotted place.

    Ids stand in place of positions in lists, and a phase's number in place of its.
    """
    error = problem.errors()[0]
    place: list[str] = []
    here: Any = data
    for step in error["loc"]:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        named = isinstance(here, dict) and isinstance(step, int)
        place.append(str(here.get("number") or here.get("id") or here.get("key") or step) if named else str(step))
    message = _PLAINLY.get(error["type"]) or error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{'.'.join(place)}: {message}" + ("" if message.endswith((".", "?")) else ".")


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
