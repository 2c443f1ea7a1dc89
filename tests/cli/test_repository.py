"""new, list, today, search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def engagement_form(path: Path) -> dict[str, object]:
    (record,) = json.loads(path.read_text())["engagement"].values()
    return record  # type: ignore[no-any-return]


def test_new_makes_a_file_and_prints_its_path(pcsm, repository: Path) -> None:
    run = pcsm("new", "Harbour Foods", "--initiative", "New dispatch platform")
    assert run.word == str(repository / "harbour-foods.pcsm.json")
    assert run.err == ""
    form = engagement_form(Path(run.word))
    assert (form["customer"], form["initiative"], form["csm"]) == ("Harbour Foods", "New dispatch platform", "ada")
    assert (form["started"], form["currency"]) == ("2026-11-22", "EUR")


def test_new_in_a_folder(pcsm, tmp_path: Path) -> None:
    assert pcsm("new", "Zürich Bahn & Söhne", "--dir", str(tmp_path / "x")).word == str(
        tmp_path / "x" / "zürich-bahn-söhne.pcsm.json"
    )


def test_new_never_replaces_an_engagement(pcsm, harbour: Path) -> None:
    before = harbour.read_bytes()
    run = pcsm("new", "harbour FOODS", code=3)
    assert "exists already" in run.err
    assert run.out == ""
    assert harbour.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "told", "code"), [("", "needs the customer's name", 2), ("Library", "library.pcsm.json", 3)]
)
def test_new_refuses_names_that_are_none(pcsm, name: str, told: str, code: int) -> None:
    assert told in pcsm("new", name, code=code).err


def test_new_with_a_very_long_name(pcsm) -> None:
    assert Path(pcsm("new", "𠮷" * 300).word).exists()


def test_new_takes_over_the_rows_of_a_template_but_not_its_customer(pcsm, harbour: Path) -> None:
    pcsm("add", "harbour", "adoption-risks", "name=Old radios fail", "likelihood=3", "accountable=T. King")
    copy = pcsm("new", "Alder Clinics", "--template", "harbour-foods").word
    (row,) = pcsm("show", copy, "adoption-risks", "--json").data["rows"]
    assert (row["name"], row["likelihood"], row["accountable"]) == ("Old radios fail", 3, None)
    assert engagement_form(Path(copy))["customer"] == "Alder Clinics"


def test_list_names_every_engagement_by_customer(pcsm, harbour: Path) -> None:
    pcsm("new", "Alder Clinics")
    run = pcsm("list")
    head, first, second = run.out.splitlines()
    assert head.split() == ["File", "Customer", "Initiative", "Phase", "Done", "Health", "Next"]
    assert first.startswith("alder-clinics  Alder Clinics")
    assert second.startswith("harbour-foods  Harbour Foods  New dispatch pla")
    assert "No room for: Renewal, Status" in run.err


def test_list_as_json(pcsm, harbour: Path) -> None:
    pcsm("phase", "harbour", "2", "start")
    pcsm("add", "harbour", "actions", "action=Call Sue", "due=+3d")
    (found,) = pcsm("list", "--json").data
    assert found["file"] == str(harbour)
    assert (found["customer"], found["initiative"], found["status"]) == (
        "Harbour Foods",
        "New dispatch platform",
        "Active",
    )
    assert found["phases"] == ["Open", "In progress", "Open", "Open", "Open", "Open", "Open"]
    assert (found["next_date"], found["next_what"], found["problem"]) == ("2026-11-25", "Call Sue", "")


def test_list_of_a_folder_without_engagements(pcsm, tmp_path: Path) -> None:
    run = pcsm("list", str(tmp_path))
    assert (run.out, "pcsm new" in run.err) == ("", True)
    assert pcsm("list", str(tmp_path), "--json").data == []


def test_list_of_a_folder_that_is_none(pcsm, tmp_path: Path, harbour: Path) -> None:
    assert "is no folder" in pcsm("list", str(tmp_path / "nowhere"), code=2).err
    assert "is a file, not a folder" in pcsm("list", str(harbour), code=2).err


def test_a_damaged_file_is_listed_with_the_reason(pcsm, harbour: Path, repository: Path) -> None:
    (repository / "broken.pcsm.json").write_text('{"_meta": ')
    run = pcsm("list")
    assert "cannot be read" in run.out
    assert "Harbour Foods" in run.out
    assert "broken.pcsm.json cannot be read" in run.err
    assert "line 1" in run.err
    problems = [item["problem"] for item in pcsm("list", "--json").data]
    assert [bool(problem) for problem in problems] == [True, False]


def test_a_file_name_that_is_not_utf8_is_no_obstacle(pcsm, harbour: Path, repository: Path) -> None:
    odd = repository / "\udcff.pcsm.json"
    odd.write_bytes(harbour.read_bytes())
    assert {item["file"] for item in pcsm("list", "--json").data} == {str(harbour), str(odd)}
    assert {hit["file"] for hit in pcsm("search", "dispatch", "--json").data} == {str(harbour), str(odd)}


def test_today_puts_what_is_late_first(pcsm, harbour: Path) -> None:
    pcsm("add", "harbour", "actions", "action=Call Sue", "due=+2d")
    pcsm("add", "harbour", "actions", "action=Send minutes", "due=2026-11-19")
    pcsm("add", "harbour", "actions", "action=Far away", "due=+90d")
    assert [line.split("  ")[0] for line in pcsm("today").out.splitlines()[1:3]] == ["3 days late", "in 2 days"]
    data = pcsm("today", "--json").data
    assert [(item["text"], item["due"]) for item in data[:2]] == [
        ("Send minutes", "2026-11-19"),
        ("Call Sue", "2026-11-24"),
    ]
    assert (data[0]["engagement"], data[0]["file"], data[0]["tool"]) == ("Harbour Foods", str(harbour), "actions")
    assert "Far away" not in {item["text"] for item in data}


def test_today_when_there_is_nothing(pcsm) -> None:
    run = pcsm("today")
    assert (run.out, run.err) == ("", "Nothing needs you today.\n")


def test_search_finds_every_word_in_any_engagement(pcsm, harbour: Path) -> None:
    uid = pcsm("add", "harbour", "adoption-risks", "name=Union ballot in March", "description=Shift pattern").word
    pcsm("new", "Alder Clinics")
    (hit,) = pcsm("search", "ballot shift", "--json").data
    assert hit == {
        "name": "harbour-foods.pcsm.json", "file": str(harbour), "tool": "adoption-risks", "uid": uid,
        "title": "Union ballot in March", "field": "name", "line": "Union ballot in March",
    }  # fmt: skip
    assert f"harbour-foods adoption-risks/{uid[:8]}" in pcsm("search", "ballot").out


def test_search_that_finds_nothing(pcsm, harbour: Path) -> None:
    run = pcsm("search", "no such words")
    assert (run.out, run.err) == ("", "Nothing was found.\n")
    assert pcsm("search", "no such words", "--json").data == []


def test_fault_090_hostile_names_are_shown_as_text(pcsm) -> None:
    pcsm("new", "Evil\x1b]0;owned\x07 \u202eCo", "--initiative", "\x9b2J")
    for command in (["list"], ["show", "evil"], ["search", "owned"], ["today"]):
        written = pcsm(*command)
        assert not set(written.out + written.err) & {"\x1b", "\x07", "\x9b", "\u202e"}, command
    assert "Evil␛]0;owned␇" in pcsm("show", "evil").out
    assert pcsm("list", "--json").data[0]["customer"] == "Evil\x1b]0;owned\x07 \u202eCo"
    assert "\\u202e" in pcsm("list", "--json").out
