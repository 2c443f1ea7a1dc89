"""`pcsm doctor`: what is wrong, what is at risk, and what to do; by its output and its exit code."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.settings import Places
from pcsm_tui.store.journal import Journal

NO_BACKUP = "There is no backup of it on this machine. Keep a copy of it elsewhere."


@pytest.fixture(autouse=True)
def own_places(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Give the person folders of their own, so that nothing of this machine is looked at, and a very wide terminal."""
    monkeypatch.setenv("COLUMNS", "1000")
    places = Places(*(tmp_path / name for name in ("config", "state", "cache", "data")))
    monkeypatch.setattr(Places, "of_user", lambda: places)
    return places


@pytest.fixture
def safe(harbour: Path, own_places: Places) -> Path:
    """Return the file of an engagement of which there is all that there should be."""
    mark = json.loads(harbour.read_text())["_meta"]["1"]
    harbour.with_name(f".{harbour.name}.bak").write_bytes(harbour.read_bytes())
    backups = own_places.state / "backups" / mark["file_id"]
    shutil.rmtree(backups)
    backups.mkdir()
    (backups / "1.gz").write_bytes(gzip.compress(harbour.read_bytes()))
    return harbour


def test_nothing_wrong_is_said_plainly(pcsm, safe: Path) -> None:
    for words in ([], ["harbour"], [str(safe)], [str(safe.parent)]):
        run = pcsm("doctor", *words)
        assert (run.out, run.err) == ("", "1 file examined, nothing wrong.\n")
        assert pcsm("doctor", *words, "--json").data == []


def test_what_is_good_to_know_is_nothing_wrong(
    pcsm, safe: Path, own_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (backup,) = own_places.state.glob("backups/*/1.gz")
    backup.unlink()
    run = pcsm("doctor")
    assert run.out.splitlines() == [
        "GOOD TO KNOW",
        "  harbour-foods: There is no backup of it on this machine. Keep a copy of it",
        "    elsewhere.",
    ]
    assert run.err == "1 file examined, nothing wrong.\n"


def test_findings_stand_under_their_kind_and_the_same_of_several_files_is_told_once(
    pcsm, safe: Path, own_places: Places
) -> None:
    for name in ("Alder", "Brook", "Cedar", "Dune", "Elm"):
        file = Path(pcsm("new", name).word)
        file.with_name(f".{file.name}.bak").write_bytes(file.read_bytes())
        shutil.rmtree(own_places.state / "backups" / json.loads(file.read_text())["_meta"]["1"]["file_id"])
    safe.write_text("{")
    safe.with_name("elm (conflicted copy).json").write_bytes(safe.with_name("elm.pcsm.json").read_bytes())
    run = pcsm("doctor", code=1)
    assert run.out.splitlines() == [
        "WRONG",
        f"  harbour-foods: {safe} is not valid JSON: line 1, column 2: Expecting property name enclosed in double"
        f" quotes. It may be cut off, or a hand edit slipped. Nothing was changed. `pcsm backup list {safe}` shows older"
        f" copies; `pcsm salvage {safe}` writes what is whole into a new file."
        " Its previous generation can be read: .harbour-foods.pcsm.json.bak.",
        "AT RISK",
        "  elm: A sync service put another version of it beside it: elm (conflicted copy).json."
        " Bring their changes together in one of them, and move the other away.",
        "GOOD TO KNOW",
        f"  alder, brook, cedar and 2 more: {NO_BACKUP}",
    ]
    assert run.err == "6 files examined: 1 wrong, 1 at risk.\n"


def test_findings_as_data(pcsm, safe: Path) -> None:
    (safe.parent / f".{safe.name}.bak").write_text("{")
    (found,) = pcsm("doctor", "harbour", "--json", code=1).data
    assert (found["kind"], found["path"]) == ("risk", str(safe))
    assert found["sentence"].startswith("Its previous generation cannot be used: ")
    assert found["advice"] == "The next save makes a new one."


def test_a_risk_alone_ends_with_1(pcsm, safe: Path, own_places: Places) -> None:
    (backup,) = own_places.state.glob("backups/*/1.gz")
    backup.write_bytes(backup.read_bytes()[:-1])
    run = pcsm("doctor", "harbour", code=1)
    assert run.out.startswith("AT RISK\n  harbour-foods: 1 of 1 backups in ")
    assert run.err == "1 file examined: 1 at risk.\n"


def with_actions(path: Path, **records: dict[str, Any]) -> None:
    tree = json.loads(path.read_text())
    tree["actions"] = {str(place): record for place, record in enumerate(records.values(), 1)}
    path.write_text(json.dumps(tree))


def test_what_is_wrong_in_a_file_is_counted(pcsm, safe: Path) -> None:
    with_actions(safe, one={"uid": "1" * 32, "due": "x"})
    assert "harbour-foods: 1 thing is wrong in what it holds. " in pcsm("doctor", code=1).out
    with_actions(safe, one={"uid": "1" * 32, "due": "x"}, two={"uid": "2" * 32, "done": 1, "odd": 1})
    found = pcsm("doctor", "--json", code=1).data[0]
    assert (found["kind"], found["sentence"]) == ("wrong", "2 things are wrong in what it holds.")


def test_fault_002_changes_of_a_session_that_was_killed_are_at_risk_until_they_are_saved(
    pcsm, safe: Path, own_places: Places
) -> None:
    file_id = json.loads(safe.read_text())["_meta"]["1"]["file_id"]
    journal = Journal(own_places.state / "journal" / file_id, "20261122T100200-1-1")
    record = {"uid": "0" * 32, "action": "Call Sue"}
    journal.append(
        {"op": "do", "made": 1, "at": "2026-11-22T10:02:00Z", "label": "Add", "edits": [["actions", "5", None, record]]}
    )
    assert pcsm("doctor").err.endswith("nothing wrong.\n"), "the session lives"
    journal.close()
    out = pcsm("doctor", code=1).out
    assert out.startswith("AT RISK\n  harbour-foods: 1 change of an earlier session is not in it. Open it, ")
    (safe.parent / "playbook.toml").write_text("[")
    assert "1 change of an earlier session" in pcsm("doctor", code=1).out
    (safe.parent / "playbook.toml").unlink()
    journal.append({"op": "typed", "typed": ["actions", "x", "action", "Call Jo", None]})
    journal.close()
    assert "2 changes of an earlier session are not in it." in pcsm("doctor", code=1).out
    journal.append({"op": "saved", "made": 1}, {"op": "typed", "typed": None})
    journal.close()
    assert pcsm("doctor").err.endswith("nothing wrong.\n")


def test_a_mistake_in_the_playbook_is_told_and_the_files_are_examined_all_the_same(pcsm, safe: Path) -> None:
    with_actions(safe, one={"uid": "1" * 32, "due": "x"})
    (safe.parent / "playbook.toml").write_text("[")
    safe.with_name("broken.pcsm.json").write_text("{")
    found = pcsm("doctor", "--json", code=1).data
    assert [Path(item["path"]).name for item in found] == ["playbook.toml", "broken.pcsm.json"]


def test_ones_own_tools_are_examined_too(
    pcsm, safe: Path, own_places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("me").touch()
    assert "You have no tools of your own yet." in pcsm("doctor", "me", code=2).err
    own_places.data.mkdir(mode=0o700)
    own_places.personal_file.write_text("{")
    for words in ([], ["me"]):
        (found,) = pcsm("doctor", *words, "--json", code=1).data
        assert found["path"] == str(own_places.personal_file)
    assert pcsm("doctor", code=1).err == "2 files examined: 1 wrong.\n"
    own_places.personal_file.unlink()
    pcsm("show", "me")
    pcsm("set", "me", "career-plan", "vision=To help")
    assert pcsm("doctor", "me", "--json").data == [], "personal tools belong there"


def test_what_is_not_there(pcsm, safe: Path, tmp_path: Path) -> None:
    assert "There is no engagement 'nobody'." in pcsm("doctor", "nobody", code=2).err
    link = tmp_path / "link.pcsm.json"
    link.symlink_to("nowhere")
    assert "which does not exist" in pcsm("doctor", str(link), code=1).out


def test_without_a_repository_nothing_is_wrong(pcsm) -> None:
    assert pcsm("doctor").err == "0 files examined, nothing wrong.\n"


def test_a_folder_that_cannot_be_read_is_refused(pcsm, safe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert "cannot be read: Permission denied" in pcsm("doctor", str(safe.parent), code=3).err


def test_a_hostile_name_steers_no_terminal(pcsm, safe: Path) -> None:
    safe.with_name("x\x1b]0;title\x07\n.pcsm.json").write_text("{")
    out = pcsm("doctor", code=1).out
    assert "\x1b" not in out
    assert "\x07" not in out
