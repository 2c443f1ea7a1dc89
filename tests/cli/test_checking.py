from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def with_tables(path: Path, **tables: Any) -> None:
    """Write tables into an engagement file, as another program would; underscores in names stand for hyphens."""
    tree = json.loads(path.read_text())
    for name, records in tables.items():
        tree.setdefault(name.replace("_", "-"), {}).update(records)
    path.write_text(json.dumps(tree))


def uid(number: int) -> str:
    return f"{number:032x}"


def test_a_good_file(pcsm, harbour: Path) -> None:
    run = pcsm("check", "harbour")
    assert (run.out, run.err) == ("", "1 file checked, nothing wrong.\n")
    assert pcsm("check", "harbour", "--json").data == []


@pytest.mark.parametrize(
    ("table", "record", "line"),
    [
        ("adoption_risks", {"likelihood": 9}, "adoption-risks/UID likelihood: Likelihood is 9, not 1 to 5."),
        (
            "adoption_risks",
            {"likelihood": "3"},
            "adoption-risks/UID likelihood: Likelihood is '3', not a whole number.",
        ),
        (
            "adoption_risks",
            {"status": "Maybe"},
            "adoption-risks/UID status: Status is 'Maybe', not one of Open, Addressed, Accepted.",
        ),
        ("actions", {"due": "2026-02-30"}, "actions/UID due: Due is '2026-02-30', not a date such as 2026-11-30."),
        ("actions", {"due": "20260101"}, "actions/UID due: Due is '20260101', not a date such as 2026-11-30."),
        ("actions", {"done": 1}, "actions/UID done: Done is 1, not true or false."),
        ("actions", {"order": "x"}, "actions/UID order: Its place among the rows is 'x', not a whole number."),
        (
            "adoption_activities",
            {"impacted_group": "f" * 32},
            f"adoption-activities/UID impacted_group: Impacted Group refers to '{'f' * 32}', which is not a row of"
            " impacted-groups.",
        ),
        ("raci", {"task": "Pay", "responsible": []}, "raci/UID accountable: Pay: nobody is accountable."),
        ("career_plan", {"vision": "x"}, "career-plan: Career Plan belongs in your own file only."),
    ],
)
def test_each_finding_is_a_line_with_its_place(
    pcsm, harbour: Path, table: str, record: dict[str, Any], line: str
) -> None:
    with_tables(harbour, **{table: {"1": {"uid": uid(1), **record}}})
    run = pcsm("check", "harbour", code=1)
    assert run.out == f"harbour: {line.replace('UID', uid(1))}\n"


def test_the_raci_rule(pcsm, harbour: Path) -> None:
    people = {str(n): {"uid": uid(n), "name": f"P{n}"} for n in (1, 2)}
    both, one = [uid(1), uid(2)], [uid(1)]
    with_tables(
        harbour,
        stakeholder_plan=people,
        raci={
            "11": {"uid": uid(11), "order": 1, "task": "Two", "accountable": both, "responsible": one},
            "12": {"uid": uid(12), "order": 2, "task": "None", "accountable": one},
            "13": {"uid": uid(13), "order": 3, "task": "Good", "accountable": one, "responsible": both},
        },
    )
    assert pcsm("check", "harbour", code=1).out.splitlines() == [
        f"harbour: raci/{uid(11)} accountable: Two: 2 are accountable, one must be.",
        f"harbour: raci/{uid(12)} responsible: None: nobody is responsible.",
    ]


def test_two_records_of_one_uid(pcsm, harbour: Path) -> None:
    with_tables(harbour, actions={"1": {"uid": uid(1)}, "2": {"uid": uid(1)}})
    assert f"actions/{uid(1)} uid: The record 2 has the uid of actions 1." in pcsm("check", "harbour", code=1).out


def test_what_is_unknown_is_mentioned_and_no_finding(pcsm, harbour: Path) -> None:
    with_tables(
        harbour, actions={"1": {"uid": uid(1), "mood": 1}, "2": {"action": "x"}}, something_else={"3": {"x": 1}}
    )
    run = pcsm("check", "harbour")
    assert run.out == ""
    assert f"actions/{uid(1)} mood: No field of this name" in run.err
    assert "something-else: No tool of this name" in run.err
    assert "The record 2 has no uid" in run.err
    assert {item["serious"] for item in pcsm("check", "harbour", "--json").data} == {False}


def test_several_files_and_one_that_cannot_be_opened(pcsm, harbour: Path, repository: Path) -> None:
    with_tables(harbour, actions={"1": {"uid": uid(1), "due": "x"}})
    (repository / "broken.pcsm.json").write_text("{")
    run = pcsm("check", "harbour", "broken", code=3)
    assert run.out.startswith("harbour: actions/")
    assert "broken: " in run.err
    assert "not valid JSON" in run.err
    data = pcsm("check", "harbour", "--json", code=1).data
    assert [(item["file"], item["tool"], item["field"]) for item in data] == [("harbour", "actions", "due")]


def test_a_finding_is_one_line_and_steers_no_terminal(pcsm, harbour: Path) -> None:
    with_tables(harbour, actions={"1": {"uid": uid(1), "due": "a\nb\x1b[31m"}})
    out = pcsm("check", "harbour", code=1).out
    assert out.count("\n") == 1
    assert "\x1b" not in out


def test_without_a_file_the_repository_is_checked(pcsm, harbour: Path) -> None:
    assert pcsm("check").err == "1 file checked, nothing wrong.\n"
    harbour.write_text("{")
    assert "not valid JSON" in pcsm("check", code=3).err
