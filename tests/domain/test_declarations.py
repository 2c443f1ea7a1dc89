"""Declarations: what they accept, what they refuse, how their parts are found."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from pcsm_tui.domain.declarations import EVERYWHERE, RESERVED_FIELDS, Field, Tool
from pcsm_tui.domain.values import problem_with
from pcsm_tui.errors import UsageError
from pcsm_tui.framework.reading import build_framework, declared_framework
from tests.support import small_framework


def tool(**changes: Any) -> Tool:
    """Return a small tool with changes."""
    fields = [{"id": "name", "name": "Name"}, {"id": "due", "name": "Due", "type": "date"}]
    spec = {"id": "t", "name": "T", "kind": "register", "summary": "T.", "fields": fields}
    return Tool.model_validate({**spec, **changes})


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"type": "choice"}, "needs choices"),
        ({"type": "ref"}, "needs 'to'"),
        ({"type": "refs"}, "needs 'to'"),
        ({"type": "links"}, "needs 'to'"),
        ({"time": True}, "time belongs to dates"),
        ({"type": "date", "elapsed": True}, "elapsed to durations"),
        ({"type": "score", "min": 0}, "needs min and max"),
        ({"type": "computed"}, "has 'computed'"),
        ({"type": "number", "computed": {"sum": ["a"]}}, "has 'computed'"),
        ({"type": "computed", "computed": {}}, "exactly one"),
        ({"type": "computed", "computed": {"sum": ["a"], "rule": "no"}}, "exactly one"),
        ({"type": "computed", "computed": {"band_of": "a"}}, "needs bands"),
        ({"type": "colour"}, "Input should be"),
        ({"hlep": "typo"}, "Extra inputs"),
        ({"framework_phase": True}, "number of a phase is of type number"),
        (
            {"type": "computed", "computed": {"weighted": ["a"], "bands": [{"up_to": 9, "label": "red"}]}},
            "needs a light",
        ),
    ],
)
def test_fields_that_contradict_themselves_are_refused(spec: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Field.model_validate({"id": "a", "name": "A", **spec})


def test_choices_are_words_or_words_with_a_name() -> None:
    choices = ["Open", {"id": "Done", "done": True}, {"id": "no", "name": "Not needed", "done": True}]
    field = Field.model_validate({"id": "s", "name": "S", "type": "choice", "choices": choices})
    assert [(choice.id, choice.name, choice.done) for choice in field.choices] == [
        ("Open", "Open", False),
        ("Done", "Done", True),
        ("no", "Not needed", True),
    ]


def test_a_reference_to_one_tool_needs_no_list() -> None:
    assert Field.model_validate({"id": "r", "name": "R", "type": "ref", "to": "risks"}).to == ("risks",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        *(({role: "nmae"}, f"{role} names 'nmae'.*Did you mean name") for role in ("title", "due", "tick", "owner")),
        ({"sort": "-deu"}, "sort names '-deu'"),
        ({"rows": [{"key": "a", "values": {"nmae": "x"}}]}, "row a has 'nmae'"),
        ({"fields": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "a is declared twice"),
        *(
            ({"reusable": True, **its}, "reusable must be false")
            for its in ({"kind": "form"}, {"audience": "personal"})
        ),
        *(({"fields": [{"id": name, "name": "A"}]}, f"{name} is kept") for name in sorted(RESERVED_FIELDS)),
    ],
)
def test_tools_that_contradict_themselves_are_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        tool(**changes)


def test_declarations_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        tool().name = "Other"


def test_a_tool_is_named_by_its_first_field_unless_it_says_otherwise() -> None:
    assert tool().title_field.id == "name"
    assert tool(title="due").title_field.id == "due"
    assert tool(sort="-due").sort == "-due"


def test_only_forms_and_documents_hold_one_record() -> None:
    kinds = ("register", "form", "checklist", "matrix", "document")
    assert [kind for kind in kinds if tool(kind=kind).single] == ["form", "document"]


def test_what_is_misspelt_is_answered_with_what_is_near() -> None:
    framework = small_framework()
    with pytest.raises(UsageError, match=re.escape("There is no tool 'risk'. Did you mean risks?")):
        framework.tool("risk")
    with pytest.raises(UsageError, match=re.escape("risks has no field 'severty'. Did you mean severity?")):
        framework.tool("risks").field("severty")
    with pytest.raises(UsageError, match=re.escape("There is no phase 3. Valid: 1, 2.")):
        framework.phase(3)
    assert framework.has_tool("risks")
    assert not framework.has_tool("risk")


def test_activities_and_criteria_have_keys_for_ever() -> None:
    framework = small_framework()
    assert list(framework.activities) == ["1/look", "1/act", "2/look", "2/act"]
    assert list(framework.criteria) == ["1/done", "2/done"]
    phase, activity = framework.activities["2/act"]
    assert (phase.number, activity.name) == (2, "Act")
    assert framework.tools_of(EVERYWHERE) == framework.tools
    assert framework.tools_of(1) == ()


def test_every_default_of_the_real_framework_fits_its_field() -> None:
    """What a row starts with must not be a mistake from the beginning."""
    framework = build_framework(declared_framework())
    assert len(framework.phases) == 7
    for declared in framework.tools:
        for field in declared.fields:
            if (field.type, field.default) != ("date", "today"):
                assert problem_with(field, field.default) == "", f"{declared.id}.{field.id}"
        for row in declared.rows:
            for name, value in row.values.items():
                assert problem_with(declared.field(name), value) == "", f"{declared.id} row {row.key}: {name}"


@pytest.mark.parametrize(
    ("tool_id", "columns"),
    [
        ("adoption-risks", ("Name", "Description", "Likelihood", "Severity", "Score", "Strategy", "Responsible")),
        ("onboarding-scoring", ("Products/Services", "Customization", "Adoption Needs", "Customer Maturity")),
    ],
)
def test_the_real_framework_has_the_columns_of_the_field(tool_id: str, columns: tuple[str, ...]) -> None:
    names = {field.name for field in build_framework(declared_framework()).tool(tool_id).fields}
    assert names >= set(columns)
