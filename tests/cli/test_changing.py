"""add, set, tick, move, duplicate, remove, phase."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def rows(path: Path, tool: str) -> list[dict[str, Any]]:
    """Return the records of a tool as the file holds them, in their order."""
    return sorted(json.loads(path.read_text()).get(tool, {}).values(), key=lambda record: record["order"])


def test_add_prints_the_uid_and_stores_what_was_meant(pcsm, harbour: Path) -> None:
    run = pcsm("add", "harbour", "actions", "action=Call Sue", "owner=T. King", "due=fri", "done=n")
    assert run.err == ""
    (record,) = rows(harbour, "actions")
    assert record["uid"] == run.word
    assert len(run.word) == 32
    assert (record["action"], record["owner"], record["due"], record["done"]) == (
        "Call Sue",
        "T. King",
        "2026-11-27",
        False,
    )
    assert (record["by"], record["at"]) == ("ada", "2026-11-22T12:00:00Z")


@pytest.mark.parametrize(
    ("tool", "assignment", "field", "stored"),
    [
        ("actions", "due=30 nov", "due", "2026-11-30"),
        ("timeline", "kind=dec", "kind", "Decision"),
        ("timeline", "people=Sue, T. King", "people", ["Sue", "T. King"]),
        ("adoption-risks", "likelihood=3", "likelihood", 3),
        ("adoption-activities", "cost=1,200.50 USD", "cost", {"amount": 120_050, "currency": "USD"}),
        ("workshops", "time=1.5h", "time", 90),
        ("health", "sponsorship=62.5 %", "sponsorship", 625),
        ("actions", "action=a=b", "action", "a=b"),
        ("actions", "notes=one\ntwo", "notes", "one\ntwo"),
        ("actions", "action=--force", "action", "--force"),
    ],
)
def test_values_are_written_as_on_the_screen(
    pcsm, harbour: Path, tool: str, assignment: str, field: str, stored: object
) -> None:
    pcsm("add", "harbour", tool, assignment)
    assert rows(harbour, tool)[0][field] == stored


def test_references_are_given_by_name(pcsm, harbour: Path) -> None:
    uids = [pcsm("add", "harbour", "stakeholder-plan", f"name={name}").word for name in ("Sue Saunders", "T. King")]
    (first, *_) = pcsm("show", "harbour", "raci", "--json").data["rows"]
    pcsm("set", "harbour", f"raci/{first['uid']}", "responsible=sue; king", "accountable=T. King")
    (record,) = rows(harbour, "raci")
    assert record["responsible"] == uids
    assert record["accountable"] == uids[1:]
    assert "has no row 'Bob'" in pcsm("set", "harbour", f"raci/{first['uid']}", "informed=Bob", code=2).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["adoption-risks", "name=x", "likelihood=9"],
            "adoption-risks likelihood: 9 is out of range. Likelihood can be 1 to 5",
        ),
        (["adoption-risks", "liklihood=3"], "no field 'liklihood'. Did you mean likelihood"),
        (["adoption-risks", "score=3"], "adoption-risks score: Score is computed"),
        (["adoption-risks", "status=Maybe"], "adoption-risks status: 'Maybe' is not one of the choices. Choose Open"),
        (["adoption-risks", "deadline=someday"], "adoption-risks deadline: 'someday' is not a date"),
        (["adoption-risks", "name"], "'name' is not field=value"),
        (["adoption-risks", "name=a", "name=b"], "name is given twice"),
        (["adoption-rsks", "name=a"], "Did you mean adoption-risks"),
        (["engagement", "customer=x"], "is a form: it has one record"),
        (["career-plan", "vision=x"], "Write: me career-plan"),
        (["documents", "link=../secret"], "neither a web address nor a file"),
        (["actions", "action=\udcff"], "cannot be stored"),
        (
            ["calendar", "name=Feast", "from=2026-12-31", "to=2026-12-24"],
            "It would end on 2026-12-24 and begin on 2026-12-31. Exchange the dates.",
        ),
    ],
)
def test_add_takes_all_or_nothing_and_names_what_is_wrong(pcsm, harbour: Path, words: list[str], told: str) -> None:
    before = harbour.read_bytes()
    run = pcsm("add", "harbour", *words, code=2)
    assert told in run.err
    assert run.out == ""
    assert harbour.read_bytes() == before


def test_set_changes_several_fields_at_once_or_none(pcsm, harbour: Path) -> None:
    uid = pcsm("add", "harbour", "adoption-risks", "name=Ballot", "likelihood=2").word
    run = pcsm("set", "harbour", f"adoption-risks/{uid[:4]}", "likelihood=4", "severity=9", code=2)
    assert "adoption-risks severity: 9 is out of range" in run.err
    assert rows(harbour, "adoption-risks")[0]["likelihood"] == 2
    pcsm("set", "harbour", f"adoption-risks/{uid[:4]}", "likelihood=4", "severity=5")
    (record,) = rows(harbour, "adoption-risks")
    assert (record["likelihood"], record["severity"], record["name"]) == (4, 5, "Ballot")


def test_a_holiday_is_not_turned_round(pcsm, harbour: Path) -> None:
    """What ran backwards before, by other means, keeps nobody from renaming it."""
    uid = pcsm("add", "harbour", "calendar", "name=Feast", "from=2026-12-24", "to=2026-12-31").word
    assert "It would end on 2026-12-23" in pcsm("set", "harbour", f"calendar/{uid}", "to=2026-12-23", code=2).err
    harbour.write_text(harbour.read_text().replace('"2026-12-31"', '"2026-12-20"'))
    pcsm("set", "harbour", f"calendar/{uid}", "name=Fair")
    pcsm("set", "harbour", f"calendar/{uid}", "to=2026-12-24")
    (record,) = rows(harbour, "calendar")
    assert (record["name"], record["to"]) == ("Fair", "2026-12-24")


def test_set_of_a_form_and_emptying(pcsm, harbour: Path) -> None:
    pcsm("set", "harbour", "engagement", "trade=Food wholesale", "next_meeting=+3d")
    data = pcsm("set", "harbour", "engagement", "trade=", "--json").data
    assert (data["trade"], data["next_meeting"]) == (None, "2026-11-25")


def test_set_that_changes_nothing_does_not_write(pcsm, harbour: Path) -> None:
    before = harbour.read_bytes()
    assert "Nothing changed" in pcsm("set", "harbour", "engagement", "customer=Harbour Foods").err
    assert harbour.read_bytes() == before


def test_set_and_tick_need_a_row(pcsm, harbour: Path) -> None:
    assert "names a tool, not a row" in pcsm("set", "harbour", "actions", "action=x", code=2).err
    assert "Missing argument 'FIELD=VALUE...'" in pcsm("set", "harbour", "engagement", code=2).err
    assert "has nothing to tick" in pcsm("tick", "harbour", "engagement", code=2).err


@pytest.fixture
def outline(pcsm, harbour: Path) -> dict[str, str]:
    """Return the uids of 1 Dig, 2 Build, 2.1 Wall and 2.2 Roof by name."""
    parents = {"Dig": "", "Build": "", "Wall": "2", "Roof": "2"}
    return {
        name: pcsm("add", "harbour", "tasks", f"name={name}", "duration=1d", f"parent={parent}").word
        for name, parent in parents.items()
    }


def test_rows_of_an_outline_are_given_by_their_numbers(pcsm, harbour: Path, outline: dict[str, str]) -> None:
    assert pcsm("set", "harbour", "tasks/2.2", "duration=8d", "--json").data["uid"] == outline["Roof"]
    assert pcsm("show", "harbour", "tasks/2.2", "--json").data["duration"] == 3840
    assert pcsm("tick", "harbour", "tasks/2.1").err == "Done: Wall\n"
    copy = pcsm("duplicate", "harbour", "tasks/2.1").word
    assert pcsm("show", "harbour", "tasks/2.2", "--json").data["uid"] == copy
    pcsm("move", "harbour", "tasks/2.3", "--up", "2")
    assert pcsm("show", "harbour", "tasks/2.1", "--json").data["uid"] == outline["Roof"]
    assert pcsm("remove", "harbour", "tasks/1").err == "Removed work package Dig.\n"
    assert pcsm("show", "harbour", "tasks/1", "--json").data["uid"] == outline["Build"]
    assert "tasks has no row '2.4'." in pcsm("set", "harbour", "tasks/2.4", "owner=Bo", code=2).err
    assert "actions has no row '1'." in pcsm("set", "harbour", "actions/1", "owner=Bo", code=2).err


def test_a_uid_wins_over_a_number_and_one_that_is_cut_is_not_guessed(
    pcsm, harbour: Path, outline: dict[str, str]
) -> None:
    """Other programs write uids of any kind; ours begin with four digits now and then, as numbers of long plans do."""
    tree = json.loads(harbour.read_text())
    records = {record["name"]: record for record in tree["tasks"].values()}
    records["Dig"]["uid"] = "2.2"
    records["Cellar"] = {**records["Wall"], "name": "Cellar", "uid": "2.2.1-cellar", "parent": outline["Wall"]}
    records["Gable"] = {**records["Roof"], "name": "Gable", "uid": "f" * 32, "parent": outline["Roof"]}
    tree["tasks"] = {str(number): record for number, record in enumerate(records.values(), 1)}
    harbour.write_text(json.dumps(tree))
    assert pcsm("show", "harbour", "tasks/2.2", "--json").data["name"] == "Dig"
    assert pcsm("show", "harbour", "tasks/2.2.1-", "--json").data["name"] == "Cellar"
    assert pcsm("show", "harbour", "tasks/2.2.1", code=2).err == (
        "pcsm: '2.2.1' begins the uid of 'Cellar' and is the number of 'Gable'. "
        f"Write tasks/2.2.1-cellar or tasks/{'f' * 32}.\n"
    )


def test_unknown_fields_of_other_programs_survive(pcsm, harbour: Path) -> None:
    uid = pcsm("add", "harbour", "actions", "action=Call Sue").word
    tree = json.loads(harbour.read_text())
    next(iter(tree["actions"].values()))["mood"] = {"deep": [1, {"er": None}]}
    tree["another-table"] = {"7": {"x": 1}}
    harbour.write_text(json.dumps(tree))
    pcsm("set", "harbour", f"actions/{uid}", "owner=Sue")
    after = json.loads(harbour.read_text())
    assert next(iter(after["actions"].values()))["mood"] == {"deep": [1, {"er": None}]}
    assert after["another-table"] == {"7": {"x": 1}}


def test_tick_and_untick(pcsm, harbour: Path) -> None:
    uid = pcsm("add", "harbour", "actions", "action=Call Sue").word
    assert pcsm("tick", "harbour", f"actions/{uid}").err == "Done: Call Sue\n"
    assert rows(harbour, "actions")[0]["done"] is True
    assert pcsm("tick", "harbour", f"actions/{uid}").err == "Open again: Call Sue\n"
    assert not rows(harbour, "actions")[0].get("done")


def test_a_default_row_enters_the_file_when_it_is_ticked(pcsm, harbour: Path) -> None:
    row = pcsm("show", "harbour", "activities", "--json").data["rows"][0]
    pcsm("tick", "harbour", f"activities/{row['uid']}")
    (record,) = rows(harbour, "activities")
    assert (record["uid"], record["state"], record["done_on"]) == (row["uid"], "Done", "2026-11-22")


def names(run: Any) -> list[str]:
    return [row["action"] for row in run.data["rows"]]


def test_move_and_duplicate(pcsm, harbour: Path) -> None:
    uids = {name: pcsm("add", "harbour", "actions", f"action={name}").word for name in "abc"}
    show = ("show", "harbour", "actions", "--json")
    assert names(pcsm(*show)) == ["a", "b", "c"]
    assert pcsm("move", "harbour", f"actions/{uids['c']}", "--up", "2").err == "c is now row 1 of 3.\n"
    assert names(pcsm(*show)) == ["c", "a", "b"]
    pcsm("move", "harbour", f"actions/{uids['c']}", "--down", "9")
    assert names(pcsm(*show)) == ["a", "b", "c"]
    copy = pcsm("duplicate", "harbour", f"actions/{uids['a']}").word
    assert names(pcsm(*show)) == ["a", "a", "b", "c"]
    assert copy not in uids.values()
    for wrong in ([], ["--up", "1", "--down", "1"], ["--up", "0"], ["--up", "x"]):
        pcsm("move", "harbour", f"actions/{uids['a']}", *wrong, code=2)


def test_remove(pcsm, harbour: Path) -> None:
    uid = pcsm("add", "harbour", "actions", "action=Call Sue").word
    run = pcsm("remove", "harbour", f"actions/{uid}")
    assert (run.out, run.err) == ("", "Removed action Call Sue.\n")
    assert rows(harbour, "actions") == []
    assert f"has no row '{uid}'" in pcsm("remove", "harbour", f"actions/{uid}", code=2).err
    assert "is a form and stays" in pcsm("remove", "harbour", "engagement", code=2).err


def test_a_phase_is_started_finished_and_reopened(pcsm, harbour: Path) -> None:
    assert pcsm("phase", "harbour", "1", "start").err == "1 Preparation: In progress.\n"
    finished = pcsm("phase", "harbour", "1", "finish", "--json")
    assert finished.data["state"] == "Finished"
    assert finished.data["finished"] == "2026-11-22"
    assert "Still open: 19" in finished.err
    before = harbour.read_bytes()
    pcsm("phase", "harbour", "1", "finish")
    assert "`reopen` puts it in progress" in pcsm("phase", "harbour", "1", "start", code=2).err
    assert harbour.read_bytes() == before
    pcsm("phase", "harbour", "1", "reopen")
    subjects = [record["subject"] for record in rows(harbour, "timeline")]
    assert [subject.rsplit(" ", 1)[1] for subject in subjects] == ["started", "finished", "reopened"]


def test_a_phase_that_cannot_be(pcsm, harbour: Path) -> None:
    assert "There is no phase 8" in pcsm("phase", "harbour", "8", "start", code=2).err
    assert "is not finished" in pcsm("phase", "harbour", "2", "reopen", code=2).err
    assert "'begin' is not one of" in pcsm("phase", "harbour", "2", "begin", code=2).err
    assert "has no phases" in pcsm("phase", "me", "2", "start", code=2).err


def test_own_tools_go_to_the_own_file_alone(pcsm, harbour: Path, own_folders: Path) -> None:
    before = harbour.read_bytes()
    pcsm("add", "me", "periodic-reviews", "date=today")
    own = own_folders / ".local/share/pcsm/personal.pcsm.json"
    assert len(rows(own, "periodic-reviews")) == 1
    assert own.stat().st_mode & 0o777 == 0o600
    assert "belongs to an engagement" in pcsm("add", "me", "actions", "action=x", code=2).err
    assert harbour.read_bytes() == before


def test_someone_elses_change_in_between_is_kept(pcsm, harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = pcsm("add", "harbour", "actions", "action=Call Sue", "owner=Sue").word
    from pcsm_tui.workspace.session import Session

    typed = Session.typed

    def with_a_colleague(self: Session, tool: Any, texts: Any) -> Any:
        tree = json.loads(harbour.read_text())
        next(iter(tree["actions"].values()))["notes"] = "from a colleague"
        harbour.write_text(json.dumps(tree))
        return typed(self, tool, texts)

    monkeypatch.setattr(Session, "typed", with_a_colleague)
    pcsm("set", "harbour", f"actions/{uid}", "owner=T. King")
    (record,) = rows(harbour, "actions")
    assert (record["owner"], record["notes"]) == ("T. King", "from a colleague")
    run = pcsm("set", "harbour", f"actions/{uid}", "notes=mine")
    assert rows(harbour, "actions")[0]["notes"] == "mine"
    assert run.err == ""


def test_a_clash_with_someone_else_ends_with_one(pcsm, harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = pcsm("add", "harbour", "actions", "action=Call Sue", "owner=Sue").word
    from pcsm_tui.workspace.session import Session

    typed = Session.typed

    def with_a_colleague(self: Session, tool: Any, texts: Any) -> Any:
        tree = json.loads(harbour.read_text())
        next(iter(tree["actions"].values()))["owner"] = "Colleague"
        harbour.write_text(json.dumps(tree))
        return typed(self, tool, texts)

    monkeypatch.setattr(Session, "typed", with_a_colleague)
    run = pcsm("set", "harbour", f"actions/{uid}", "owner=T. King", code=1)
    assert "Owner was changed to 'Colleague'" in run.err and "Both are kept" in run.err
    (conflict,) = json.loads(harbour.read_text())["~conflicts"].values()
    assert {side["value"] for side in conflict["sides"]} == {"Colleague", "T. King"}
