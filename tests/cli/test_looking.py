"""show and tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pcsm_tui.cli.columns import cell_width


def test_a_tool_as_json_holds_what_the_file_holds(pcsm, harbour: Path) -> None:
    group = pcsm("add", "harbour", "impacted-groups", "name=Night dispatchers", "head_count=140").word
    uid = pcsm(
        "add", "harbour", "adoption-activities", "activity=Practice", "impacted_group=night", "cost=1200", "due=+3d"
    ).word
    tree = json.loads(harbour.read_text())
    (doc_id,) = tree["adoption-activities"]
    tree["adoption-activities"][doc_id]["mood"] = {"of": ["another program"]}
    harbour.write_text(json.dumps(tree))
    data = pcsm("show", "harbour", "adoption-activities", "--json").data
    assert (data["engagement"], data["tool"]) == ("Harbour Foods", "adoption-activities")
    assert data["fields"][0] == {"id": "activity", "name": "Activity", "type": "text"}
    (row,) = data["rows"]
    assert row["uid"] == uid
    assert row["impacted_group"] == group
    assert row["cost"] == {"amount": 120_000, "currency": "EUR"}
    assert row["due"] == "2026-11-25"
    assert row["start"] is None
    assert (row["stored"], row["by"], row["at"]) == (True, "ada", "2026-11-22T12:00:00Z")
    assert row["mood"] == {"of": ["another program"]}
    assert row.keys() >= {field["id"] for field in data["fields"]}


def test_computed_fields_and_tenths_of_percent(pcsm, harbour: Path) -> None:
    pcsm("add", "harbour", "adoption-risks", "name=Ballot", "likelihood=4", "severity=5")
    (row,) = pcsm("show", "harbour", "adoption-risks", "--json").data["rows"]
    assert (row["score"], row["no"]) == (9, 1)
    pcsm("add", "harbour", "health", "sponsorship=62.5%")
    (reading,) = pcsm("show", "harbour", "health", "--json").data["rows"]
    assert reading["sponsorship"] == 625


def test_default_rows_are_there_though_not_stored(pcsm, harbour: Path) -> None:
    rows = pcsm("show", "harbour", "raci", "--json").data["rows"]
    assert len(rows) == 18
    assert {row["stored"] for row in rows} == {False}
    assert "at" not in rows[0]
    assert "raci" not in json.loads(harbour.read_text())


def test_a_tool_as_text_fits_the_terminal(pcsm, harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pcsm(
        "add", "harbour", "adoption-risks", "name=" + "日本語テキスト" * 20, "likelihood=3", "responsible=" + "x" * 200
    )
    for width in (40, 80, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = pcsm("show", "harbour", "adoption-risks").out.splitlines()
        assert max(cell_width(line) for line in lines[1:]) <= width
        assert "…" in lines[-1]


def test_rows_stand_under_the_heading_of_their_group(pcsm, harbour: Path) -> None:
    for phase, name in (("2", "Meet Sue"), ("1", "Read the contract")):
        pcsm("add", "harbour", "engagement-strategy", f"phase={phase}", f"name={name}")
    lines = pcsm("show", "harbour", "engagement-strategy").out.splitlines()
    assert lines[0] == "Customer Engagement Strategy: 2 rows, 2 incomplete"
    assert [line for line in lines if line in ("1 Preparation", "2 Commitment")] == ["1 Preparation", "2 Commitment"]
    assert lines.index("1 Preparation") < next(i for i, line in enumerate(lines) if "Read the contract" in line)


def test_a_form_is_written_field_by_field(pcsm, harbour: Path) -> None:
    pcsm("set", "harbour", "engagement", "notes=first line\nsecond line", "go_live=2027-01-14")
    lines = pcsm("show", "harbour", "engagement").out.splitlines()
    assert lines[0] == "Engagement: filled in"
    assert lines[2:5] == ["Customer", "Customer: Harbour Foods", "Initiative: New dispatch platform"]
    assert "Go-live: 2027-01-14" in lines
    assert lines[-2:] == ["Notes: first line", "  second line"]


def test_an_empty_register_says_how_to_begin(pcsm, harbour: Path) -> None:
    run = pcsm("show", "harbour", "adoption-risks")
    assert run.out == "Adoption Risks: not begun\n"
    assert "pcsm add harbour adoption-risks" in run.err


def test_one_row(pcsm, harbour: Path) -> None:
    uid = pcsm("add", "harbour", "adoption-risks", "name=Ballot", "likelihood=4").word
    shown = pcsm("show", "harbour", f"adoption-risks/{uid[:6]}").out.splitlines()
    assert shown[0] == f"Adoption Risks/{uid}"
    assert "Name: Ballot" in shown
    assert pcsm("show", "harbour", f"adoption-risks/{uid[:6]}", "--json").data["likelihood"] == 4


def test_the_overview(pcsm, harbour: Path) -> None:
    pcsm("phase", "harbour", "1", "start")
    pcsm("add", "harbour", "actions", "action=Call Sue", "due=+2d", "owner=ada")
    pcsm("add", "harbour", "actions", "action=Later", "due=+30d", "owner=ada")
    pcsm("add", "harbour", "health", "sponsorship=30", "date=2026-11-20")
    out = pcsm("show", "harbour").out
    assert out.startswith("Harbour Foods: New dispatch platform\nActive, CSM ada\nHealth 30 % red, 2026-11-20\n")
    for part in (
        "A      1 Preparation",
        "In progress",
        "Call Sue (in 2 days)",
        "Later (in 30 days)",
        "Missing in phase 1",
    ):
        assert part in out
    data = pcsm("show", "harbour", "overview", "--json").data
    assert data["health"] == {"score": 300, "light": "red", "trend": None, "date": "2026-11-20", "label": "red"}
    assert data["phases"][0] == {
        "number": 1, "name": "Preparation", "stage": "A", "state": "In progress", "done": 0, "activities": 10,
        "started": "2026-11-22", "finished": "",
    }  # fmt: skip
    assert "Call Sue" in {item["text"] for item in data["attention"]}
    assert [item["text"] for item in data["next"] if item["tool"] == "actions"] == ["Later"]
    assert {item["phase"] for item in data["missing"]} == {1}


def test_a_phase(pcsm, harbour: Path) -> None:
    data = pcsm("show", "harbour", "phase", "1", "--json").data
    uid = data["activities"][0]["uid"]
    pcsm("tick", "harbour", f"activities/{uid}")
    pcsm("set", "harbour", f"activities/{data['activities'][1]['uid']}", "owner=Sue", "due=+3d")
    again = pcsm("show", "harbour", "phase", "1", "--json").data
    assert (again["phase"]["done"], again["activities"][0]["state"]) == (1, "Done")
    assert (again["activities"][1]["owner"], again["activities"][1]["due"]) == ("Sue", "2026-11-25")
    assert [tool["id"] for tool in again["tools"]][:2] == ["customer-research", "delivery-phases"]
    assert len(again["missing"]) == len(data["missing"]) - 1
    text = pcsm("show", "harbour", "phase", "1").out
    assert text.startswith("1 Preparation: In progress, 1 of 10 activities done\n")
    for heading in ("Activities", "Tools", "Missing before moving on"):
        assert f"\n{heading}\n" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["adoption-rsks"], "Did you mean adoption-risks"),
        (["phase"], "takes a number"),
        (["phase", "9"], "There is no phase 9"),
        (["overview", "3"], "takes no number"),
        (["adoption-risks/ffff"], "has no row 'ffff'"),
        (["career-plan"], "Write: me career-plan"),
        (["phase", "four"], "'four' is not a valid integer"),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(pcsm, harbour: Path, words: list[str], told: str) -> None:
    run = pcsm("show", "harbour", *words, code=2)
    assert told in run.err
    assert run.out == ""


def test_a_uid_that_begins_two_rows_is_refused(pcsm, harbour: Path) -> None:
    tree = json.loads(harbour.read_text())
    tree["actions"] = {str(n): {"uid": f"abcd{n}" + "0" * 27, "action": "x"} for n in (1, 2)}
    harbour.write_text(json.dumps(tree))
    assert "2 rows of actions begin with 'abcd'" in pcsm("show", "harbour", "actions/abcd", code=2).err
    assert pcsm("show", "harbour", "actions/abcd2", "--json").data["uid"].startswith("abcd2")
    assert "has no row 'abc'" in pcsm("show", "harbour", "actions/abc", code=2).err


def test_files_are_named_by_path_by_name_or_by_their_beginning(pcsm, harbour: Path) -> None:
    for word in (str(harbour), "harbour-foods", "harbour-foods.pcsm.json", "HARB"):
        assert pcsm("show", word, "--json").data["customer"] == "Harbour Foods"
    assert "Valid: harbour-foods" in pcsm("show", "nobody", code=2).err
    assert "is a folder" in pcsm("show", str(harbour.parent), code=2).err


@pytest.mark.parametrize("word", ["~no-such-user/x", "a" * 400, "\udcff", "", "x/y/z", "/dev/zero"])
def test_words_that_no_file_has(pcsm, harbour: Path, word: str) -> None:
    assert pcsm("show", word, code=2).err.startswith("pcsm: ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no content"),
        (b"{", "not valid JSON"),
        (b"[1]", "holds a list"),
        (b'{"a": {"1": {}}}', "no pcsm mark"),
        (b'{"_meta": {"1": {"format": "pcsm", "file_id": "x", "schema": 99, "min_reader": 99}}}', "newer pcsm"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"\xff\xfe{\x00}\x00", "UTF-16"),
        (b"[" * 100_000, "deeper than 64"),
    ],
)
def test_files_that_are_no_engagements_are_refused_and_left(pcsm, tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "x.pcsm.json"
    path.write_bytes(content)
    for command in (["show", str(path)], ["add", str(path), "actions", "action=x"], ["export", str(path), "--list"]):
        assert told in pcsm(*command, code=3).err
    assert path.read_bytes() == content


def test_own_tools_are_under_me(pcsm) -> None:
    assert "career-plan" in pcsm("show", "me").out
    assert [tool["id"] for tool in pcsm("show", "me", "--json").data["tools"]] == [
        "personal-evaluation", "career-plan", "periodic-reviews",
    ]  # fmt: skip
    pcsm("set", "me", "career-plan", "vision=Lead a team")
    assert "Lead a team" in pcsm("show", "me", "career-plan").out
    assert "belongs to an engagement" in pcsm("show", "me", "adoption-risks", code=2).err
    assert "has no phases" in pcsm("show", "me", "phase", "1", code=2).err


def test_tools_are_listed_with_what_can_be_written(pcsm) -> None:
    data = pcsm("tools", "--json").data
    by_id = {tool["id"]: tool for tool in data}
    risk = {field["id"]: field for field in by_id["adoption-risks"]["fields"]}
    assert (risk["likelihood"]["type"], risk["likelihood"]["min"], risk["likelihood"]["max"]) == ("score", 1, 5)
    assert risk["likelihood"]["scale"] == "1 to 5"
    assert by_id["adoption-risks"]["phase"] == 4
    assert by_id["actions"]["phase"] is None
    assert {tool["phase"] for tool in pcsm("tools", "--phase", "4", "--json").data} == {4}
    assert [tool["id"] for tool in pcsm("tools", "raci", "--json").data] == ["raci"]
    text = pcsm("tools", "raci").out
    assert text.startswith("raci: RACI Matrix (matrix, phase 2, customer)\n")
    assert "accountable  refs *" in text
    assert "Did you mean raci" in pcsm("tools", "rac", code=2).err
    assert "There is no phase 8" in pcsm("tools", "--phase", "8", code=2).err
