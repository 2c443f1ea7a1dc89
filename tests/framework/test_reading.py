"""The framework's own data against the facts of the Practical CSM Framework, typed here by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.engagement import Engagement, derived_uid, doc_id_of
from pcsm_tui.domain.values import is_empty
from pcsm_tui.errors import DeclarationError
from pcsm_tui.framework.reading import build_framework, declared_framework


@pytest.fixture(scope="module")
def framework() -> Framework:
    return build_framework(declared_framework())


PHASES = [
    (1, "Preparation", "A", 10, ["enthusiasm", "listening", "research"]),
    (2, "Commitment", "A", 7, ["enthusiasm", "listening", "leadership"]),
    (3, "Onboarding", "B", 8, ["enthusiasm", "listening", "leadership"]),
    (4, "Adoption Planning", "B", 12, ["listening", "research", "problem-solving"]),
    (5, "Adoption Implementation", "B", 8, ["problem-solving", "leadership", "determination"]),
    (6, "Value Realization", "C", 9, ["research", "problem-solving", "determination"]),
    (7, "Engagement Evaluation", "C", 8, []),
]

TOOLS = {
    0: "engagement phases activities move-on actions timeline documents",
    1: "customer-research research-status engagement-strategy",
    2: "information-gaps initial-meeting engagement-proposal raci stakeholder-plan vested-interests",
    3: "onboarding-scoring onboarding-requirements onboarding-plan csm-activities welcome-pack onboarding-reports "
    "awareness",
    4: "adoption-requirements capabilities impacted-groups adoption-activities practical-considerations "
    "adoption-barriers adoption-risks pilots workshops",
    5: "tasks readiness measures measurements problems concerns adoption-role governance sign-offs recommendations",
    6: "kpis challenges value-checklist health business-reviews opportunities renewals feedback",
    7: "engagement-reporting engagement-evaluation personal-evaluation career-plan periodic-reviews",
}

COLUMNS = {
    "research-status": (
        "Y/N · % Complete · Start Date · Anticipated Completion Date · Actual Completion Date · Comments"
    ),
    "engagement-strategy": "Activity · Name · Planned Start · Planned End · Completed Y/N · Description",
    "stakeholder-plan": (
        "Strategy · Name · Job Role · Relevance · Seniority Level · Authority · Interest · Support · Primary "
        "Desires · Primary Concerns · Notes"
    ),
    "onboarding-scoring": "Products/Services · Customization · Adoption Needs · Customer Maturity",
    "onboarding-plan": (
        "Activity · Name · Description · Outcome · People · Assets & Resources · Timing · Impacted Items · "
        "Measurement · Reporting · Risks & Contingencies · Dependencies"
    ),
    "csm-activities": (
        "Task No. · Task Description · Time · Outputs · Customer Outcomes · Company Outcomes · Success Rating "
        "· Comments"
    ),
    "adoption-requirements": (
        "Key Objectives · Who will be involved in research and planning · Directly Impacted User Groups · "
        "Indirectly Impacted User Groups · Funding Sources · Who will be involved in implementation · "
        "Measurement · Reporting · Sign Off"
    ),
    "capabilities": "No. · Name · Description · Owner · Department/Function · Explanation of Impact · Impacted Users",
    "impacted-groups": "IG · Name · Description · Changes · Knowledge · Skills · Attitude",
    "practical-considerations": "Consideration · Documentation · Ownership",
    "adoption-barriers": (
        "No. · Name · Description · Severity · Strategy · Responsible · Accountable · Consulted · Informed"
    ),
    "adoption-risks": (
        "No. · Name · Description · Likelihood · Severity · Score · Strategy · Responsible · Accountable · "
        "Consulted · Informed"
    ),
    "challenges": (
        "Challenge or Change Requirement · Impact to the Adoption Initiative · Actions to be Taken · Owner · "
        "Deadline · Completed Y/N · Comments"
    ),
    "health": (
        "Sponsorship · Advocacy · Sentiment · Support Utilization · Product Utilization · Company Health · "
        "Net Promoter Score"
    ),
    "engagement-evaluation": (
        "Challenges Solved · Lessons Learned · Tools or Templates · Other Assets / Resources · Process "
        "Improvements · Systems Improvements · Successes to Celebrate"
    ),
    "personal-evaluation": (
        "Time Management · Productivity / Efficiency · Quality of Output · Customer Experience · Customer "
        "Outcomes · Our Outcomes · Technical Skills · Soft Skills"
    ),
}

ROWS = {"raci": 18, "readiness": 19, "value-checklist": 11, "practical-considerations": 8, "welcome-pack": 9} | {
    "delivery-phases": 3,
    "adoption-phases": 4,
    "engagement-evaluation": 6,
    "phases": 7,
    "activities": 62,
}

AUDIENCES = {
    "internal": "stakeholder-plan vested-interests health timeline",
    "personal": "personal-evaluation career-plan periodic-reviews",
}


# --- against the facts ----------------------------------------------------------------------------------------


def test_phases_with_their_stages_activities_and_stressed_qualities(framework: Framework) -> None:
    found = [(p.number, p.name, p.stage, len(p.activities), list(p.qualities)) for p in framework.phases]
    assert found == PHASES
    assert [stage.name for stage in framework.stages] == ["Initial", "User Readiness", "Ongoing"]
    assert [quality.name for quality in framework.qualities] == [
        "Enthusiasm and energy",
        "Listening and questioning",
        "Research and analysis",
        "Creative problem solving",
        "Leadership and influencing",
        "Determination to succeed",
    ]


@pytest.mark.parametrize("phase", TOOLS)
def test_the_tools_of_each_phase(framework: Framework, phase: int) -> None:
    missing = set(TOOLS[phase].split()) - {tool.id for tool in framework.tools_of(phase)}
    assert missing == set()


@pytest.mark.parametrize("tool_id", COLUMNS)
def test_columns_bear_the_names_of_the_field(framework: Framework, tool_id: str) -> None:
    missing = set(COLUMNS[tool_id].split(" · ")) - {field.name for field in framework.tool(tool_id).fields}
    assert missing == set()


def test_columns_are_stored_under_their_names_in_snake_case(framework: Framework) -> None:
    for tool_id, field_id in [
        ("stakeholder-plan", "primary_concerns"),
        ("stakeholder-plan", "seniority_level"),
        ("adoption-risks", "likelihood"),
        ("research-status", "actual_completion_date"),
        ("onboarding-plan", "impacted_items"),
        ("health", "net_promoter_score"),
    ]:
        assert framework.tool(tool_id).has(field_id), (tool_id, field_id)


@pytest.mark.parametrize("tool_id", ROWS)
def test_as_many_default_rows_as_the_framework_has(framework: Framework, tool_id: str) -> None:
    assert len(framework.tool(tool_id).rows) == ROWS[tool_id]


def test_the_eight_practical_considerations(framework: Framework) -> None:
    assert [row.values["consideration"] for row in framework.tool("practical-considerations").rows] == [
        "Implementation Phases",
        "User Availability",
        "External Dependencies",
        "Internal Dependencies",
        "Financing",
        "Deadlines and Timeframes",
        "Milestones and KPIs",
        "Internal and External Standards",
    ]


def test_three_states_stand_once_and_eight_for_each_delivery_phase() -> None:
    engagement = Engagement({}, build_framework(declared_framework()))
    items = Counter(str(row.get("item")) for row in engagement.rows("research-status"))
    once = ["Design Approved", "Contracts Signed", "Solution Implemented"]
    thrice = ["Installed", "Configured", "Integrated", "Managed Services in Place", "Onboarded"]
    thrice += ["Initial Adoption Completed", "In Use", "KPI Measurements and Reporting"]
    assert items == Counter(once) + Counter(3 * thrice)


def test_readiness_and_value_are_asked_for_each_of_four_adoption_phases() -> None:
    engagement = Engagement({}, build_framework(declared_framework()))
    assert (len(engagement.rows("readiness")), len(engagement.rows("value-checklist"))) == (76, 44)


@pytest.mark.parametrize(("audience", "tools"), AUDIENCES.items())
def test_who_may_see_what(framework: Framework, audience: str, tools: str) -> None:
    assert {framework.tool(tool_id).audience for tool_id in tools.split()} == {audience}


def test_only_the_tools_of_the_person_are_personal(framework: Framework) -> None:
    personal = {tool.id for tool in framework.tools if tool.audience == "personal"}
    assert personal == set(AUDIENCES["personal"].split())


@pytest.mark.parametrize(
    ("tool_id", "fields", "low", "high"),
    [
        ("stakeholder-plan", "authority interest support", 0, 10),
        ("onboarding-scoring", "products_services customization adoption_needs customer_maturity", 0, 5),
        ("problems", "priority", 1, 5),
        (
            "personal-evaluation",
            "time_management productivity_efficiency quality_of_output customer_experience customer_outcomes "
            "our_outcomes technical_skills soft_skills",
            0,
            10,
        ),
    ],
)
def test_scales(framework: Framework, tool_id: str, fields: str, low: int, high: int) -> None:
    for name in fields.split():
        field = framework.tool(tool_id).field(name)
        assert (field.type, field.min, field.max) == ("score", low, high), name


# --- what follows from the data -------------------------------------------------------------------------------


def _with(framework: Framework, tool_id: str, values: dict[str, Any]) -> Engagement:
    """An engagement that holds one record."""
    uid = derived_uid("", tool_id)
    record = {**values, "uid": uid, "at": "2026-01-05T10:00:00Z", "by": "x"}
    return Engagement({tool_id: {doc_id_of(uid): record}}, framework)


@pytest.mark.parametrize(
    ("scores", "band"),
    [
        ((0, 0, 0, 0), "Simple"),
        ((5, 0, 0, 0), "Simple"),
        ((5, 1, 0, 0), "Straightforward"),
        ((5, 5, 0, 0), "Straightforward"),
        ((5, 5, 1, 0), "Fairly Complex"),
        ((5, 5, 5, 0), "Fairly Complex"),
        ((5, 5, 5, 1), "Highly Complex"),
        ((5, 5, 5, 5), "Highly Complex"),
    ],
)
def test_bands_of_the_onboarding_score(framework: Framework, scores: tuple[int, ...], band: str) -> None:
    fields = ("products_services", "customization", "adoption_needs", "customer_maturity")
    engagement = _with(framework, "onboarding-scoring", dict(zip(fields, scores, strict=True)))
    form = engagement.form("onboarding-scoring")
    assert engagement.show(form, "total") == str(sum(scores))
    assert engagement.show(form, "complexity") == band
    assert engagement.show(form, "advised_approach")


def test_the_score_of_a_risk_is_a_sum(framework: Framework) -> None:
    engagement = _with(framework, "adoption-risks", {"name": "Trainers ill", "likelihood": 4, "severity": 5})
    assert engagement.show(engagement.rows("adoption-risks")[0], "score") == "9"


# --- quality of the content -----------------------------------------------------------------------------------


def test_every_phase_says_what_it_is_for_and_what_comes_of_it(framework: Framework) -> None:
    for phase in framework.phases:
        assert all((phase.purpose, phase.why, phase.outputs)), phase.number
        assert len(phase.purpose) <= 160, phase.number
        assert 5 <= len(phase.criteria) <= 9, phase.number


def test_activities_fit_the_list_and_have_guidance(framework: Framework) -> None:
    for key, (_, activity) in framework.activities.items():
        assert len(activity.name) <= 34, key
        assert all((activity.guidance, activity.good, activity.tools)), key


def test_criteria_fit_on_a_line(framework: Framework) -> None:
    assert [key for key, (_, criterion) in framework.criteria.items() if len(criterion.text) > 76] == []


def test_every_tool_column_and_default_row_has_help(framework: Framework) -> None:
    for tool in framework.tools:
        assert tool.help, tool.id
        assert len(tool.summary) <= 76, tool.id
        assert [field.id for field in tool.fields if not field.help or len(field.help) > 90] == [], tool.id
        assert tool.rows_from == "criteria" or [row.key for row in tool.rows if not row.help] == [], tool.id


def test_every_default_row_has_a_name(framework: Framework) -> None:
    for tool in framework.tools:
        assert [row.key for row in tool.rows if is_empty(row.values.get(tool.title_field.id))] == [], tool.id


def test_no_name_stands_twice_in_a_tool_or_among_tools(framework: Framework) -> None:
    names = [tool.name for tool in framework.tools]
    assert len(set(names)) == len(names)
    for tool in framework.tools:
        columns = [field.name.casefold() for field in tool.fields]
        assert len(set(columns)) == len(columns), tool.id


# --- mistakes in the data -------------------------------------------------------------------------------------


def _change(path: str, value: Any) -> dict[str, Any]:
    """Return the framework's data with one value changed; ids stand for positions in lists."""
    data = declared_framework()
    here: Any = data
    *steps, last = path.split(".")
    for step in steps:
        here = here[step] if isinstance(here, dict) else next(x for x in here if step in (x.get("id"), x.get("key")))
    here[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("phases.preparation.why", 5, "phases.1.why: should be a text."),
        ("phases.preparation.stage", "D", "phases.1.stage: there is no stage 'D'."),
        ("phases.preparation.qualities", ["listning"], "there is no quality 'listning'. Did you mean listening?"),
        (
            "phases.preparation.activities.research-web.tools",
            ["risk"],
            "activities.research-web.tools: there is no tool",
        ),
        ("phases.preparation.activities.research-web.id", "store-documents", "'store-documents' stands there twice."),
        ("phases.preparation.criteria.gaps-listed.evidence", [{"tool": "gaps"}], "there is no tool 'gaps'."),
        ("tools.raci.id", "RACI", "tools: 'RACI' is not written as an id."),
        ("tools.raci.id", "health", "tools: 'health' stands there twice."),
        ("tools.raci.kind", "grid", "tools.raci.kind: should be 'register', 'form'"),
        ("tools.raci.colour", "red", "tools.raci.colour: is not a known key."),
        ("tools.raci.rows.scope.key", "funding-approval", "tools.raci.rows: 'funding-approval' stands there twice."),
        ("tools.raci.rows.scope.values", {"task": 5}, "tools.raci.rows.scope.values.task: is 5, not text."),
        ("tools.raci.fields.task.id", "Task", "tools.raci: title names 'task', which is not a field."),
        ("tools.raci.fields.responsible.to", "people", "tools.raci.fields.responsible.to: there is no tool 'people'."),
        ("tools.tasks.due", "owner", "tools.tasks.due: 'owner' is not a date field."),
        ("tools.tasks.due", "wbs", "tools.tasks.due: 'wbs' is not a date field."),
        ("tools.tasks.done_on", "finish", "tools.tasks.done_on: 'finish' is not a date field."),
        ("tools.tasks.outline", "impacted_group", "tools.tasks.outline: 'impacted_group' is not a reference to rows"),
        ("tools.tasks.outline", "above", "tools.tasks: outline names 'above', which is not a field."),
        (
            "tools.tasks.fields.start.computed.enters",
            "total_float",
            "tools.tasks.fields.start.computed: there is no field to enter 'total_float'.",
        ),
        (
            "tools.tasks.fields.start.computed.along",
            {"constraint": "Whenever"},
            "tools.tasks.fields.start.computed.along.constraint: is 'Whenever', not one of As soon",
        ),
        (
            "tools.tasks.fields.start.computed",
            {"rule": "start", "along": {"constraint": "Must start on"}},
            "tools.tasks.fields.start.computed.along: needs enters",
        ),
        ("tools.tasks.tick", "owner", "tools.tasks.tick: 'owner' has no choices that mean done and not done."),
        ("tools.tasks.fields.state.default", "Opne", "tools.tasks.fields.state.default: is 'Opne', not one of Open"),
        ("tools.tasks.fields.state.choices", ["Open", "Open"], "tools.tasks.fields.state.choices: 'Open' stands"),
        ("tools.measures.fields.latest.computed", {"rule": "last"}, "there is no rule 'last'. Did you mean latest?"),
        ("tools.adoption-risks.fields.score.computed", {"sum": ["name"]}, "percentage or duration 'name'."),
        (
            "tools.onboarding-scoring.fields.complexity.computed.band_of",
            "complexity",
            "no number or total 'complexity'",
        ),
        ("tools.readiness.rows_for_field", "question", "should name a field that refers to adoption-phases."),
    ],
)
def test_a_mistake_in_the_data_is_told_with_its_place(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        build_framework(_change(path, value), "data.toml")
    assert str(caught.value).startswith("data.toml: ")
    assert sentence in str(caught.value)
