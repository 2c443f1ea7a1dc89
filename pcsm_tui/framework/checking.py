"""What has to hold in a framework beyond the shape of each declaration: names that exist, ids that differ, limits.

It holds for the framework's own files and for whatever a playbook makes of them, so that a mistake is told where it
was written and not met later on a screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pcsm_tui.domain.computed import RULES, result_field
from pcsm_tui.domain.declarations import EVERYWHERE, Computed, Evidence, Field, Framework, Phase, Tool
from pcsm_tui.domain.quantities import LARGEST
from pcsm_tui.domain.values import problem_with
from pcsm_tui.errors import DeclarationError, nearest

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
"""How ids of tools, activities, criteria and rows are written."""
SNAKE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
"""How ids of fields are written."""
RESERVED_TABLES = ("baselines",)
"""Tables of the engagement file that are no tool's."""
SUMMABLE = ("number", "score", "percent", "duration")
"""Types of fields that can be added up, averaged and put in bands."""
_DATES = ("due", "start", "done_on")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Mistake(NamedTuple):
    """A mistake in a declaration: the dotted path of its place, what is wrong, what would be right."""

    place: str
    sentence: str
    hint: str = ""


def check_framework(framework: Framework, source: str) -> None:
    """Raise `DeclarationError` for the first mistake in a framework; `source` says whose mistake it is."""
    for mistake in _mistakes(framework):
        raise DeclarationError(f"{source}: {mistake.place}: {mistake.sentence}", mistake.hint)


def _mistakes(framework: Framework) -> Iterator[Mistake]:
    if framework.playbook:
        yield from _one_line("name", framework.playbook)
    yield from _ids("tools", [tool.id for tool in framework.tools], KEBAB)
    for phase in framework.phases:
        yield from _in_phase(framework, phase, f"phases.{phase.number}")
    for tool in framework.tools:
        yield from _in_tool(framework, tool, f"tools.{tool.id}")


def _in_phase(framework: Framework, phase: Phase, place: str) -> Iterator[Mistake]:
    yield from _one_line(f"{place}.name", phase.name)
    yield from _known(f"{place}.stage", "stage", [phase.stage], [item.id for item in framework.stages])
    yield from _known(f"{place}.qualities", "quality", phase.qualities, [item.id for item in framework.qualities])
    yield from _ids(f"{place}.activities", [item.id for item in phase.activities], KEBAB)
    for activity in phase.activities:
        here = f"{place}.activities.{activity.id}"
        yield from _one_line(f"{here}.name", activity.name)
        yield from _known(f"{here}.tools", "tool", activity.tools, [tool.id for tool in framework.tools])
    yield from _ids(f"{place}.criteria", [item.id for item in phase.criteria], KEBAB)
    for criterion in phase.criteria:
        here = f"{place}.criteria.{criterion.id}"
        yield from _one_line(f"{here}.name", criterion.text)
        yield from _in_evidence(framework, criterion.evidence, f"{here}.evidence")


def _in_tool(framework: Framework, tool: Tool, place: str) -> Iterator[Mistake]:
    if tool.id in RESERVED_TABLES:
        yield Mistake(place, f"{tool.id!r} is kept for the file itself.", "Choose another id.")
    if not tool.fields:
        yield Mistake(f"{place}.fields", "a tool needs at least one field.")
    numbers = [phase.number for phase in framework.phases]
    if tool.phase not in (EVERYWHERE, *numbers):
        valid = f"Valid: {', '.join(map(str, numbers))}; {EVERYWHERE} for the engagement as a whole."
        yield Mistake(f"{place}.phase", f"there is no phase {tool.phase}.", valid)
    for name in ("name", "summary", "row_name"):
        yield from _one_line(f"{place}.{name}", getattr(tool, name))
    for name in ("notice_days", "stale_days"):
        yield from _within(f"{place}.{name}", getattr(tool, name), 0, 3660)
    yield from _ids(f"{place}.fields", [field.id for field in tool.fields], SNAKE)
    for field in tool.fields:
        yield from _in_field(framework, tool, field, f"{place}.fields.{field.id}")
    yield from _roles(tool, place)
    yield from _rows_for(framework, tool, place)
    yield from _in_rows(framework, tool, f"{place}.rows")


def _roles(tool: Tool, place: str) -> Iterator[Mistake]:
    """The fields on which the program acts must be of a type that allows it."""
    for role in _DATES:
        name = getattr(tool, role)
        if name and not _gives_a_date(tool, tool.field(name), entered=role == "done_on"):
            yield Mistake(f"{place}.{role}", f"{name!r} is not a date field.")
    if tool.outline and (tool.field(tool.outline).type, tool.field(tool.outline).to) != ("ref", (tool.id,)):
        yield Mistake(f"{place}.outline", f"{tool.outline!r} is not a reference to rows of {tool.id} alone.")
    for name in tool.done_by:
        if tool.field(name).type not in ("date", "percent"):
            yield Mistake(f"{place}.done_by", f"{name!r} is neither a date nor a percentage.")
    if tool.tick:
        ticked = tool.field(tool.tick)
        meanings = {choice.done for choice in ticked.choices}
        if ticked.type != "yes_no" and (ticked.type != "choice" or meanings != {True, False}):
            hint = "Mark at least one choice with done = true, and leave one without."
            yield Mistake(f"{place}.tick", f"{ticked.id!r} has no choices that mean done and not done.", hint)


def _gives_a_date(tool: Tool, field: Field, entered: bool) -> bool:
    """Return whether a field holds a date, or, unless one is entered there, is worked out as one."""
    rule = field.computed.rule if field.computed else ""
    return field.type == "date" or (not entered and rule in RULES and result_field(tool, field).type == "date")


def _rows_for(framework: Framework, tool: Tool, place: str) -> Iterator[Mistake]:
    if not tool.rows_for:
        return
    yield from _known(f"{place}.rows_for", "tool", [tool.rows_for], [item.id for item in framework.tools])
    if framework.tool(tool.rows_for).rows_for:
        yield Mistake(f"{place}.rows_for", f"the rows of {tool.rows_for} stand for those of another tool themselves.")
    if not tool.rows_for_field or tool.rows_for not in tool.field(tool.rows_for_field).to:
        yield Mistake(f"{place}.rows_for_field", f"should name a field that refers to {tool.rows_for}.")


def _in_rows(framework: Framework, tool: Tool, place: str) -> Iterator[Mistake]:
    yield from _ids(place, [row.key for row in tool.rows], KEBAB)
    for row in tool.rows:
        for name, value in row.values.items():
            field = tool.field(name)
            if field.computed is not None:
                yield Mistake(f"{place}.{row.key}.values.{name}", "this field is computed and takes no value.")
            if reason := problem_with(field, value):
                yield Mistake(f"{place}.{row.key}.values.{name}", f"{reason}.")
        yield from _in_evidence(framework, row.evidence, f"{place}.{row.key}.evidence")


def _in_field(framework: Framework, tool: Tool, field: Field, place: str) -> Iterator[Mistake]:
    yield from _one_line(f"{place}.name", field.name)
    yield from _ids(f"{place}.choices", [choice.id for choice in field.choices])
    for choice in field.choices:
        yield from _one_line(f"{place}.choices", choice.id)
        yield from _one_line(f"{place}.choices.{choice.id}.name", choice.name)
    yield from _within(f"{place}.weight", field.weight, 0, 1000)
    yield from _within(f"{place}.width", field.width, 1, 200)
    yield from _within(f"{place}.decimals", field.decimals, 0, 6)
    yield from _within(f"{place}.min", field.min, -LARGEST, LARGEST if field.max is None else field.max)
    yield from _within(f"{place}.max", field.max, -LARGEST, LARGEST)
    yield from _known(f"{place}.to", "tool", field.to, [item.id for item in framework.tools])
    if field.default is not None and (field.type, field.default) != ("date", "today"):
        reason = "this field is computed and takes no default" if field.computed else problem_with(field, field.default)
        if reason:
            yield Mistake(f"{place}.default", f"{reason}.")
    yield from _in_computed(tool, field, f"{place}.computed")


def _in_computed(tool: Tool, field: Field, place: str) -> Iterator[Mistake]:
    rule = field.computed
    if rule is None:
        return
    valid = [item.id for item in tool.fields if item.type in SUMMABLE and not item.elapsed]
    for way in ("sum", "weighted"):
        yield from _known(f"{place}.{way}", "number, score, percentage or duration", getattr(rule, way), valid)
    if rule.band_of:
        totals = [item.id for item in tool.fields if item.computed is not None and not item.computed.band_of]
        yield from _known(f"{place}.band_of", "number or total", [rule.band_of], valid + totals)
    if rule.rule:
        yield from _known(f"{place}.rule", "rule", [rule.rule], RULES)
    yield from _in_entering(tool, rule, place)


def _in_entering(tool: Tool, rule: Computed, place: str) -> Iterator[Mistake]:
    """What is typed in a computed field goes to fields that can hold it."""
    if rule.along and not rule.enters:
        yield Mistake(f"{place}.along", "needs enters, the field that a typed value goes to.")
    names = [*rule.along, *([rule.enters] if rule.enters else [])]
    enterable = [item.id for item in tool.fields if item.computed is None]
    yield from _known(place, "field to enter", names, enterable)
    for name, value in rule.along.items():
        if name in enterable and (reason := problem_with(tool.field(name), value)):
            yield Mistake(f"{place}.along.{name}", f"{reason}.")


def _in_evidence(framework: Framework, evidence: Iterable[Evidence], place: str) -> Iterator[Mistake]:
    for item in evidence:
        yield from _known(f"{place}.tool", "tool", [item.tool], [tool.id for tool in framework.tools])
        fields = [field.id for field in framework.tool(item.tool).fields]
        yield from _known(f"{place}.filled", f"field of {item.tool}", item.filled, fields)


def _known(place: str, word: str, names: Iterable[str], valid: Iterable[str]) -> Iterator[Mistake]:
    valid = list(valid)
    for name in names:
        if name not in valid:
            yield Mistake(place, f"there is no {word} {name!r}.", nearest(name, valid))


def _ids(place: str, ids: list[str], form: re.Pattern[str] | None = None) -> Iterator[Mistake]:
    for name in ids:
        if form is not None and not form.fullmatch(name):
            example = "legal-check" if form is KEBAB else "legal_owner"
            yield Mistake(place, f"{name!r} is not written as an id.", f"Small letters and digits only: {example}.")
        if ids.count(name) > 1:
            yield Mistake(place, f"{name!r} stands there twice.", "Each id is given once.")


def _one_line(place: str, text: str) -> Iterator[Mistake]:
    if not text.strip():
        yield Mistake(place, "is empty.")
    if _CONTROL.search(text):
        yield Mistake(place, "should be a single line without control characters.")


def _within(place: str, number: int | None, low: int, high: int) -> Iterator[Mistake]:
    if number is not None and not low <= number <= high:
        yield Mistake(place, f"{number} is out of range.", f"It goes from {low} to {high}.")
