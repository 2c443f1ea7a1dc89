"""A team's playbook: each verb on each list, what goes with what is dropped, and the file itself."""

from __future__ import annotations

from copy import deepcopy
from hashlib import blake2b
from pathlib import Path
from tomllib import loads
from typing import Any

import pytest

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.errors import DeclarationError, StorageFailed
from pcsm_tui.framework.playbook import framework_for, laid_over, read_playbook
from pcsm_tui.framework.reading import build_framework, declared_framework

SMALL = loads((Path(__file__).parent / "small.toml").read_text(encoding="utf-8"))


def laid(text: str, data: dict[str, Any] = SMALL) -> Framework:
    return build_framework(laid_over(data, loads(text), "playbook.toml"), "playbook.toml")


def ids(things: Any) -> list[str]:
    return [getattr(thing, "id", None) or thing.key for thing in things]


# --- the verbs ------------------------------------------------------------------------------------------------


def test_an_empty_playbook_changes_nothing_but_the_name_of_the_playbook() -> None:
    plain, empty = build_framework(SMALL), laid("")
    assert empty.playbook == "Unnamed playbook"
    assert empty.model_dump(exclude={"playbook"}) == plain.model_dump(exclude={"playbook"})


def test_the_name_is_that_of_the_playbook_and_not_of_the_framework() -> None:
    framework = laid('name = "Northwind CS playbook"')
    assert (framework.playbook, framework.name) == ("Northwind CS playbook", "Small framework")


def test_activities_are_dropped_renamed_added_changed_and_ordered() -> None:
    framework = laid(
        """
        [phases.1.activities]
        drop = ["meet"]
        order = ["legal-check", "store"]
        rename = { store = "Put it away" }
        [[phases.1.activities.add]]
        id = "legal-check"
        name = "Check the contract"
        guidance = "Read it."
        tools = ["groups"]
        [phases.1.activities.research]
        guidance = "Look twice."
        """
    )
    activities = framework.phase(1).activities
    assert [(item.id, item.name) for item in activities] == [
        ("legal-check", "Check the contract"),
        ("store", "Put it away"),
        ("research", "Research"),
    ]
    assert activities[2].guidance == "Look twice."
    rows = framework.tool("activities").rows
    assert [(row.key, row.values["name"]) for row in rows] == [
        ("1/legal-check", "Check the contract"),
        ("1/store", "Put it away"),
        ("1/research", "Research"),
    ]


def test_criteria_take_the_same_verbs() -> None:
    framework = laid(
        """
        [phases.1.criteria]
        drop = ["known"]
        rename = { stored = "Everything is stored" }
        add = [{ id = "approved", name = "Legal has approved", evidence = [{ tool = "risks", filled = "name" }] }]
        order = ["approved"]
        """
    )
    criteria = framework.phase(1).criteria
    assert [(item.id, item.text) for item in criteria] == [
        ("approved", "Legal has approved"),
        ("stored", "Everything is stored"),
    ]
    assert criteria[0].evidence[0].filled == ("name",)


def test_a_phase_is_renamed_and_says_its_purpose_otherwise() -> None:
    framework = laid('[phases]\nrename = { 2 = "Signing" }\n[phases.1]\nname = "Homework"\nwhy = "Because."')
    assert [phase.name for phase in framework.phases] == ["Homework", "Signing"]
    assert framework.phase(1).why == "Because."
    assert framework.phase(1).purpose == "Know the customer."


def test_fields_are_dropped_renamed_added_changed_and_ordered() -> None:
    framework = laid(
        """
        [tools.risks.fields]
        drop = ["site"]
        rename = { likelihood = "Chance" }
        order = ["score", "name"]
        add = [{ id = "budget_code", name = "Budget Code", help = "Four digits." }]
        [tools.risks.fields.severity]
        max = 10
        weight = 3
        width = 9
        required = true
        help = "10 is the end."
        """
    )
    tool = framework.tool("risks")
    assert ids(tool.fields) == [
        "score", "name", "likelihood", "severity", "status", "group", "deadline", "budget_code",
    ]  # fmt: skip
    severity = tool.field("severity")
    assert (severity.max, severity.min, severity.weight, severity.width) == (10, 1, 3, 9)
    assert (severity.required, severity.help) == (True, "10 is the end.")
    assert tool.field("likelihood").name == "Chance"


def test_the_field_that_names_the_rows_stays_whatever_comes_first() -> None:
    assert laid('[tools.risks.fields]\norder = ["severity"]').tool("risks").title_field.id == "name"


def test_choices_take_the_same_verbs_and_keep_their_ids() -> None:
    framework = laid(
        """
        [tools.risks.fields.status.choices]
        drop = ["Accepted"]
        rename = { Met = "Dealt with" }
        order = ["Met"]
        add = ["Handed on", { id = "Void", name = "No longer a risk", done = true }]
        """
    )
    choices = framework.tool("risks").field("status").choices
    assert [(item.id, item.name, item.done) for item in choices] == [
        ("Met", "Dealt with", True),
        ("Open", "Open", False),
        ("Handed on", "Handed on", False),
        ("Void", "No longer a risk", True),
    ]


def test_rows_take_the_same_verbs() -> None:
    framework = laid(
        """
        [tools.readiness.rows]
        drop = ["people"]
        rename = { goals = "Does everybody want the same?" }
        order = ["money"]
        [[tools.readiness.rows.add]]
        id = "legal"
        name = "Has legal agreed?"
        help = "In writing."
        values = { remark = "Ms Berg" }
        [tools.readiness.rows.money]
        help = "Ask finance."
        """
    )
    rows = framework.tool("readiness").rows
    assert [(row.key, row.values, row.help) for row in rows] == [
        ("money", {"question": "Is the money there?"}, "Ask finance."),
        ("goals", {"question": "Does everybody want the same?", "remark": "see plan"}, "Ask two."),
        ("legal", {"question": "Has legal agreed?", "remark": "Ms Berg"}, "In writing."),
    ]


def test_tools_are_dropped_renamed_reordered_and_added_whole() -> None:
    framework = laid(
        """
        [tools]
        drop = ["readiness"]
        order = ["site-visits", "risks"]
        rename = { risks = "Risks" }
        [[tools.add]]
        id = "site-visits"
        name = "Site Visits"
        phase = 2
        kind = "register"
        audience = "internal"
        summary = "Who went where."
        due = "on"
        tick = "done"
        fields = [
          { id = "place", name = "Place", required = true },
          { id = "on", name = "On", type = "date" },
          { id = "done", name = "Done", type = "yes_no" },
          { id = "mood", name = "Mood", type = "choice", choices = ["Good", { id = "Poor", name = "Not good" }] },
          { id = "group", name = "Group", type = "ref", to = "groups" },
        ]
        rows = [{ id = "head-office", name = "Head office", help = "Go there first." }]
        [tools.groups]
        audience = "internal"
        summary = "Who feels it."
        stale_days = 90
        """
    )
    assert ids(framework.tools) == ["site-visits", "risks", "engagement", "activities", "groups", "waves"]
    assert framework.tool("risks").name == "Risks"
    visits = framework.tool("site-visits")
    assert visits.rows[0].values == {"place": "Head office"}
    assert [(choice.id, choice.name) for choice in visits.field("mood").choices] == [
        ("Good", "Good"),
        ("Poor", "Not good"),
    ]
    groups = framework.tool("groups")
    assert (groups.audience, groups.summary, groups.stale_days) == ("internal", "Who feels it.", 90)
    assert ids(framework.tools_of(2)) == ["site-visits", "waves"]


def test_bands_and_parts_of_a_computed_field_are_set_by_name() -> None:
    framework = laid(
        """
        [tools.health.fields]
        drop = ["advocacy"]
        [[tools.health.fields.add]]
        id = "training"
        name = "Training"
        type = "percent"
        weight = 2
        [tools.health.fields.overall.computed]
        weighted = ["sponsorship", "training"]
        bands = [{ up_to = 50, label = "Poor", light = "red" }, { up_to = 100, label = "Good", light = "green" }]
        """,
        declared_framework(),
    )
    computed = framework.tool("health").field("overall").computed
    assert computed is not None
    assert computed.weighted == ("sponsorship", "training")
    assert [(band.up_to, band.label, band.light) for band in computed.bands] == [
        (50, "Poor", "red"),
        (100, "Good", "green"),
    ]


def test_dates_may_be_written_as_dates() -> None:
    text = '[tools.risks.fields.deadline]\ndefault = 2027-03-31\n[tools.risks.fields]\nadd = [{ id = "a", name = "A" }]'
    assert laid(text).tool("risks").field("deadline").default == "2027-03-31"


def test_the_framework_and_the_playbook_are_left_as_they_are() -> None:
    data, playbook = deepcopy(SMALL), loads('[tools]\ndrop = ["groups"]\n[tools.risks.fields]\ndrop = ["group"]')
    laid_over(data, playbook, "playbook.toml")
    assert data == SMALL
    assert playbook == {"tools": {"drop": ["groups"], "risks": {"fields": {"drop": ["group"]}}}}


# --- what goes together with what is dropped ------------------------------------------------------------------


def test_references_to_a_dropped_tool_go_where_they_are_harmless() -> None:
    framework = laid('[tools]\ndrop = ["risks"]')
    assert framework.phase(1).activities[0].tools == ("groups",)
    people = next(row for row in framework.tool("readiness").rows if row.key == "people")
    assert [item.tool for item in people.evidence] == ["groups"]


def test_a_reference_to_several_tools_keeps_those_that_remain() -> None:
    framework = laid('[tools]\ndrop = ["adoption-activities"]', declared_framework())
    assert framework.tool("tasks").field("arises_from").to == (
        "adoption-barriers",
        "adoption-risks",
        "onboarding-plan",
    )


def test_evidence_and_rows_lose_a_dropped_field() -> None:
    framework = laid('[tools.groups.fields]\ndrop = ["heads"]\n[tools.readiness.fields]\ndrop = ["remark"]')
    assert framework.phase(1).criteria[0].evidence[0].filled == ("name",)
    assert framework.tool("readiness").rows[0].values == {"question": "Are the goals agreed?"}


def test_a_role_can_be_given_up_and_then_the_field_dropped() -> None:
    framework = laid('[tools.risks]\ndue = ""\nsort = "name"\n[tools.risks.fields]\ndrop = ["deadline", "score"]')
    tool = framework.tool("risks")
    assert (tool.due, tool.sort, tool.has("deadline"), tool.has("score")) == ("", "name", False, False)


def test_tools_that_belong_together_can_be_dropped_together() -> None:
    framework = laid('[tools]\ndrop = ["waves", "readiness", "groups"]\n[tools.risks.fields]\ndrop = ["group"]')
    assert ids(framework.tools) == ["engagement", "activities", "risks"]


# --- the file -------------------------------------------------------------------------------------------------


def test_a_folder_without_a_playbook_has_the_framework_as_it_is(tmp_path: Path) -> None:
    for framework in (framework_for(None), framework_for(tmp_path)):
        assert (framework.playbook, framework.playbook_hash) == ("", "")
        assert framework.name == "Practical CSM Framework"
    assert read_playbook(tmp_path / "playbook.toml") == {}


def test_the_playbook_of_a_folder_is_laid_over_and_known_by_the_hash_of_its_bytes(tmp_path: Path) -> None:
    content = '\ufeffname = "Northwind"\r\n[tools.raci]\r\nname = "Who does what"\r\n'.encode()
    (tmp_path / "playbook.toml").write_bytes(content)
    framework = framework_for(tmp_path)
    assert (framework.playbook, framework.tool("raci").name) == ("Northwind", "Who does what")
    assert framework.playbook_hash == blake2b(content, digest_size=16).hexdigest()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'name = "x"\n[tools\n', "line 2"),
        (b'name = "x"\nname = "y"\n', "line 2"),
        (b'name = "x"\n# \xff\n', "is not UTF-8 text (at line 2)"),
        (b"a = " + b"[" * 100_000, "too deeply"),
        (b".".join([b"a"] * 3_000) + b" = 1", "nested too deeply"),
        (b"a = " + b"9" * 5_000, "is not valid TOML"),
    ],
)
def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "playbook.toml"
    path.write_bytes(content)
    with pytest.raises(DeclarationError) as caught:
        framework_for(tmp_path)
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_playbook_that_cannot_be_read_is_a_failure_of_storage(tmp_path: Path) -> None:
    (tmp_path / "playbook.toml").mkdir()
    with pytest.raises(StorageFailed):
        framework_for(tmp_path)
