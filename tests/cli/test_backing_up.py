"""Backups by commands: taken by themselves, listed, compared, restored, also when the file is damaged or gone."""

from __future__ import annotations

import errno
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui import settings
from pcsm_tui.errors import PcsmError, StorageFailed
from pcsm_tui.merge.conflicts import conflicts_of
from pcsm_tui.store.backups import read
from pcsm_tui.store.overwriting import copy_path
from pcsm_tui.store.replacing import previous_path
from pcsm_tui.workspace import Workspace, keeping
from pcsm_tui.workspace.restoring import backups_of, restore, told_age

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **much: int) -> None:
        self.now += timedelta(**much)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("pcsm_tui.workspace.wall_clock", found)
    return found


@pytest.fixture
def path(pcsm, clock: Clock, harbour: Path) -> Path:
    """Return a file whose three actions were added an hour apart: begun at 12, backups from 13, 14 and 15 o'clock."""
    for name in ("One", "Two", "Three"):
        clock.wait(hours=1)
        pcsm("add", "harbour", "actions", f"action={name}")
    return harbour


def actions(pcsm) -> list[str]:
    return [row["action"] for row in pcsm("show", "harbour", "actions", "--json").data["rows"]]


def backups_folder(home: Path) -> Path:
    (folder,) = (home / ".local/state/pcsm/backups").iterdir()
    return folder


def damage(path: Path, how: str) -> bytes | None:
    whole = path.read_bytes()
    if how == "gone":
        path.unlink()
        return None
    content = {"torn": whole[: len(whole) // 2], "NUL": b"\x00" * 4096, "empty": b"", "other JSON": b'["x"]'}[how]
    path.write_bytes(content)
    return content


DAMAGE = ["torn", "NUL", "empty", "other JSON", "gone"]


# --- taken by themselves --------------------------------------------------------------------------------------


def test_before_the_first_change_of_every_session_what_the_file_held_is_kept(pcsm, path: Path) -> None:
    data = pcsm("backup", "list", "harbour", "--json").data
    assert [(item["number"], item["when"][11:16], item["records"], item["revision"]) for item in data[1:]] == [
        (2, "15:00", 3, 4),
        (3, "14:00", 2, 3),
        (4, "13:00", 1, 2),
        (5, "12:00", 0, 1),
    ]
    assert data[0]["kinds"] == ["previous save"] and data[0]["revision"] == 4
    assert all(item["verified"] for item in data)


def test_a_session_that_goes_on_takes_one_a_day(pcsm, clock: Clock, harbour: Path) -> None:
    session = Workspace(harbour.parent, settings.load()).open(harbour)
    tool = session.framework.tool("actions")
    for hours in (0, 1, 1, 22, 1, 24):
        clock.wait(hours=hours)
        session.add(tool, {"action": f"At {clock.now}"})
    taken = pcsm("backup", "list", "harbour", "--json").data[1:]
    assert [(item["when"][8:13], item["revision"]) for item in taken] == [
        ("24T13", 7),
        ("23T12", 5),
        ("22T12", 2),
        ("22T12", 1),
    ]


def test_what_is_kept_is_what_others_saved_last(pcsm, clock: Clock, harbour: Path) -> None:
    """The first save of a session that meets another's: kept is what the file then holds."""
    session = Workspace(harbour.parent, settings.load()).open(harbour)
    clock.wait(hours=1)
    pcsm("add", "harbour", "actions", "action=Theirs")
    clock.wait(hours=1)
    session.add(session.framework.tool("actions"), {"action": "Mine"})
    newest = pcsm("backup", "list", "harbour", "--json").data[1]
    assert (newest["when"][11:16], newest["records"]) == ("14:00", 2)
    assert sorted(actions(pcsm)) == ["Mine", "Theirs"]


def test_fault_021_a_backup_that_cannot_be_made_keeps_nothing_from_being_saved(
    pcsm, clock: Clock, harbour: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = backups_folder(own_folders)
    for entry in folder.iterdir():
        entry.unlink()
    folder.rmdir()
    folder.write_text("no folder")
    session = Workspace(harbour.parent, settings.load()).open(harbour)
    tool = session.framework.tool("actions")
    told: list[str] = []
    news_of = keeping.news_of
    monkeypatch.setattr(keeping, "news_of", lambda *about: told.append(about[2].warning) or news_of(*about))
    session.add(tool, {"action": "One"})
    session.add(tool, {"action": "Two"})
    assert " ".join(told).count("cannot be made") == 1, "told once a day"
    assert actions(pcsm) == ["One", "Two"]
    folder.unlink()
    session.add(tool, {"action": "Three"})
    assert pcsm("backup", "list", "harbour", "--json").data[1]["records"] == 3, "the next save tries again"


# --- looking --------------------------------------------------------------------------------------------------


def test_the_list_fits_a_terminal(pcsm, path: Path, clock: Clock) -> None:
    clock.wait(hours=2)
    run = pcsm("backup", "list", "harbour")
    assert run.err == ""
    assert [line.split()[0] for line in run.out.splitlines()] == ["No.", "1", "2", "3", "4", "5"]
    second = run.out.splitlines()[2].split()
    assert second[1] == "2026-11-22" and second[3:7] == ["2", "hours", "4", "3"] and "good" in second
    assert max(map(len, run.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        ({"seconds": -1}, "in the future"),
        ({"seconds": 59}, "just now"),
        ({"seconds": 60}, "1 min"),
        ({"minutes": 119}, "1 hour"),
        ({"hours": 47}, "1 day"),
        ({"days": 400}, "400 days"),
    ],
)
def test_the_age_is_told_in_its_largest_unit(ago: dict[str, int], told: str) -> None:
    assert told_age(START, START - timedelta(**ago)) == told


def test_without_any_the_list_says_so(pcsm, repository: Path) -> None:
    repository.mkdir()
    path = repository / "zed.pcsm.json"
    path.write_text("{}")
    run = pcsm("backup", "list", "zed")
    assert run.out == "" and f"There are no backups of {path}." in run.err
    assert pcsm("backup", "list", "zed", "--json").data == []
    assert "Nothing was kept" in pcsm("backup", "restore", "zed", "1", code=2).err


def test_comparing_tells_what_restoring_would_change(pcsm, path: Path) -> None:
    told = pcsm("backup", "compare", "harbour", "3").out.splitlines()
    assert sorted(told) == ["Actions: Three: removed", "Actions: Two: removed"]
    data = pcsm("backup", "compare", "harbour", "2", "--json").data
    assert data["differences"] == ["Actions: Three: removed"] and data["backup"]["number"] == 2


def test_comparing_with_a_damaged_file_tells_what_the_backup_has(pcsm, path: Path) -> None:
    damage(path, "NUL")
    out = pcsm("backup", "compare", "harbour", "2").out
    assert "4,096 NUL bytes" in " ".join(out.split()) and "Actions: 2" in out


@pytest.mark.parametrize("word", ["0", "6", "x", "2026", "-1"])
def test_a_backup_that_does_not_exist_is_refused(pcsm, path: Path, word: str) -> None:
    before = path.read_bytes()
    pcsm("backup", "restore", "harbour", "--", word, code=2)
    assert path.read_bytes() == before


def test_verify_finds_what_is_damaged(pcsm, path: Path, own_folders: Path) -> None:
    assert pcsm("backup", "verify").err == "4 backups read, none damaged.\n"
    spoilt = sorted(backups_folder(own_folders).glob("*.json.gz"))[1]
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    for words in ((), ("harbour",)):
        run = pcsm("backup", "verify", *words, code=1)
        assert run.out == f"The backup {spoilt} is damaged.\n" and "1 damaged" in run.err
    data = pcsm("backup", "verify", "--json", code=1).data
    assert [item["name"] for item in data if not item["verified"]] == [spoilt.name]
    assert "damaged" in pcsm("backup", "list", "harbour").out
    before = path.read_bytes()
    assert "is damaged" in pcsm("backup", "restore", "harbour", spoilt.name, code=3).err
    assert path.read_bytes() == before


# --- restoring ------------------------------------------------------------------------------------------------


def test_restoring_puts_the_content_back_as_a_new_revision_and_keeps_what_was_there(
    pcsm, path: Path, clock: Clock
) -> None:
    path.chmod(0o640)
    before = Workspace(path.parent, settings.load()).open(path).engagement.document["_meta"]["1"]
    clock.wait(hours=1)
    run = pcsm("backup", "restore", "harbour", "3")
    assert run.word == str(path)
    assert actions(pcsm) == ["One"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    meta = Workspace(path.parent, settings.load()).open(path).engagement.document["_meta"]["1"]
    assert meta["n"] == before["n"] + 1 and meta["rev"] != before["rev"]
    assert meta["ancestry"] == [*before["ancestry"], before["rev"]]
    newest = pcsm("backup", "list", "harbour", "--json").data[0]
    assert newest["path"] in run.err and newest["records"] == 4
    pcsm("backup", "restore", "harbour", newest["name"])
    assert actions(pcsm) == ["One", "Two", "Three"]


def test_the_newest_has_number_1_and_takes_a_restore_back(pcsm, path: Path, clock: Clock) -> None:
    """A restore leaves the previous save as it is, which is then older than what was kept."""
    clock.wait(hours=1)
    pcsm("backup", "restore", "harbour", "3")
    assert actions(pcsm) == ["One"]
    listed = pcsm("backup", "list", "harbour", "--json").data
    assert [(item["revision"], "previous save" in item["kinds"]) for item in listed] == [
        (5, False), (4, True), (4, False), (3, False), (2, False), (1, False),
    ]  # fmt: skip
    pcsm("backup", "restore", "harbour", "1")
    assert actions(pcsm) == ["One", "Two", "Three"]


def test_a_colleague_who_has_the_file_open_merges_with_what_was_restored(pcsm, path: Path, clock: Clock) -> None:
    theirs = Workspace(path.parent, settings.load()).open(path)
    pcsm("backup", "restore", "harbour", "3")
    theirs.add(theirs.framework.tool("actions"), {"action": "Theirs"})
    assert sorted(actions(pcsm)) == ["One", "Theirs"]
    assert conflicts_of(theirs.engagement.document) == ()
    labels = [entry["label"] for entry in theirs.engagement.document["~history"].values()]
    assert any(label.startswith("restore the backup of 2026-11-22 14:00 UTC") for label in labels)


@pytest.mark.parametrize("how", DAMAGE)
def test_fault_020_a_damaged_file_is_restored_and_its_content_kept(pcsm, path: Path, how: str) -> None:
    content = damage(path, how)
    listed = pcsm("backup", "list", "harbour")
    assert "Traceback" not in listed.err and ("is gone" in listed.err or str(path) in listed.err)
    run = pcsm("backup", "restore", "harbour", "2")
    assert actions(pcsm) == ["One", "Two"]
    kept = list(path.parent.glob("harbour-foods.pcsm.json.damaged-*"))
    if content is None:
        assert kept == [] and "nothing was replaced" in run.err
        return
    (copy,) = kept
    assert str(copy) in run.err and copy.read_bytes() == content
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir() if item.name.endswith(".tmp")] == []
    assert path.name.removesuffix(".pcsm.json") in pcsm("list", "--json").data[0]["file"]
    assert len(pcsm("list", "--json").data) == 1, "the damaged copy is no engagement"


def test_fault_004_what_is_being_restored_gives_way_to_nothing_before_it_is_in_the_file(
    pcsm, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest of ten: keeping what the file holds makes it the eleventh."""
    for number in range(6):
        clock.wait(hours=1)
        pcsm("add", "harbour", "actions", f"action=More {number}")
    oldest = pcsm("backup", "list", "harbour", "--json").data[-1]
    assert oldest["revision"] == 1 and oldest["number"] == 11
    clock.wait(hours=1)
    real = os.replace

    def fails_for_the_file(source: Path, target: Path) -> None:
        if target == path:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fails_for_the_file)
        assert "was not saved" in pcsm("backup", "restore", "harbour", oldest["name"], code=4).err
    pcsm("backup", "restore", "harbour", oldest["name"])
    assert actions(pcsm) == []


def test_fault_012_what_was_being_written_in_place_is_finished_before_a_restore(pcsm, path: Path) -> None:
    """A save that was cut off in the middle of the file, in a folder where none can be put in its place."""
    whole = path.read_bytes()
    wanted = whole.replace(b'"Three"', b'"Fours"')
    copies = settings.load().places.state / "overwriting"
    copies.mkdir(mode=0o700)
    copy_path(path, copies).write_bytes(wanted)
    path.write_bytes(wanted[: len(wanted) // 2])
    run = pcsm("backup", "restore", "harbour", "3")
    assert actions(pcsm) == ["One"]
    newest = pcsm("backup", "list", "harbour", "--json").data[0]
    assert newest["path"] in run.err, "not a torn file is kept, but what it was to hold"
    pcsm("backup", "restore", "harbour", "1")
    assert actions(pcsm) == ["One", "Two", "Fours"]


def test_a_folder_that_cannot_be_listed_is_told_and_the_damaged_file_stays(
    pcsm, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(path, "torn")
    torn = path.read_bytes()
    workspace = Workspace(path.parent, settings.load())
    chosen = backups_of(workspace, path)[0]
    real = os.listdir

    def refused(folder: Any = ".") -> list[str]:
        if Path(folder) == path.parent:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(folder)

    with monkeypatch.context() as patched:
        patched.setattr(os, "listdir", refused)
        with pytest.raises(StorageFailed, match="permission denied"):
            restore(workspace, path, chosen)
    assert path.read_bytes() == torn


def test_the_previous_save_can_be_restored_from(pcsm, path: Path) -> None:
    damage(path, "NUL")
    pcsm("backup", "restore", "harbour", "1")
    assert actions(pcsm) == ["One", "Two"]
    assert previous_path(path).exists()


def test_a_file_that_was_moved_in_from_elsewhere_has_its_previous_save(pcsm, path: Path, own_folders: Path) -> None:
    for entry in backups_folder(own_folders).iterdir():
        entry.unlink()
    path.unlink()
    assert [item["kinds"] for item in pcsm("backup", "list", str(path), "--json").data] == [["previous save"]]


def test_fault_019_a_backup_of_another_engagement_is_not_restored(pcsm, path: Path) -> None:
    other = Path(pcsm("new", "Zed Ltd").word)
    content = other.read_bytes()
    os.replace(other, path)
    assert "different engagement" in pcsm("backup", "restore", "harbour", "1", code=3).err
    assert path.read_bytes() == content


def test_fault_011_a_read_only_file_is_not_restored(pcsm, path: Path) -> None:
    path.chmod(0o444)
    before = path.read_bytes()
    assert "read-only" in pcsm("backup", "restore", "harbour", "2", code=3).err
    assert path.read_bytes() == before


def test_fault_015_a_link_stays_a_link(pcsm, path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.pcsm.json"
    link.symlink_to(path)
    pcsm("backup", "restore", str(link), "2")
    assert link.is_symlink() and actions(pcsm) == ["One", "Two"]


def test_a_copy_holds_the_bytes_of_the_backup_and_nothing_is_written_over(pcsm, path: Path, tmp_path: Path) -> None:
    before, out = path.read_bytes(), tmp_path / "then.pcsm.json"
    assert pcsm("backup", "restore", "harbour", "1", "--out", str(out)).word == str(out)
    assert out.read_bytes() == previous_path(path).read_bytes()
    assert "exists already" in pcsm("backup", "restore", "harbour", "2", "--out", str(out), code=3).err
    assert "exists already" in pcsm("backup", "restore", "harbour", "2", "--out", str(path), code=3).err
    assert path.read_bytes() == before and out.read_bytes() == previous_path(path).read_bytes()


# --- interrupted ----------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


def stopping_at(monkeypatch: pytest.MonkeyPatch, place: int, error: BaseException) -> list[str]:
    """Let the call with this number that changes something fail; after one that kills all of them do."""
    calls: list[str] = []

    def wrapped(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **more: Any) -> Any:
            calls.append(name)
            if len(calls) == place or (isinstance(error, Killed) and len(calls) > place):
                raise error
            return real(*arguments, **more)

        monkeypatch.setattr(os, name, call)

    for name in ("write", "fsync", "replace", "unlink", "link", "fchmod"):
        wrapped(name)
    return calls


@pytest.mark.parametrize("how", ["readable", "torn", "gone"])
@pytest.mark.parametrize("error", [Killed(), OSError(errno.ENOSPC, "No space left on device")], ids=["killed", "full"])
def test_fault_004_restoring_that_ends_at_any_point_can_be_repeated(
    pcsm, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, how: str, error: BaseException
) -> None:
    """What the file held is always somewhere, the backup too, and the file is the old or the restored one."""
    clock.wait(hours=1)
    held = path.read_bytes() if how == "readable" else damage(path, how)
    workspace = Workspace(path.parent, settings.load())
    for place in range(1, 60):
        listed = backups_of(workspace, path)
        chosen = next(item for item in listed if item.backup.n == 3 and "previous save" not in item.backup.kinds)
        with monkeypatch.context() as patched:
            calls = stopping_at(patched, place, error)
            try:
                restore(workspace, path, chosen)
                told = True
            except (Killed, PcsmError):
                told = False
            done = len(calls) < place
        now = path.read_bytes() if path.exists() else None
        if now == held:
            assert not told, calls
        else:
            assert now is not None
            assert [row["action"] for row in json.loads(now)["actions"].values()] == ["One"]
            copies = [item.read_bytes() for item in path.parent.iterdir() if ".damaged-" in item.name]
            in_backups = [backup for item in backups_of(workspace, path) if (backup := read(item.backup)) == held]
            assert held is None or held in copies or in_backups
            assert len(copies) <= 1, "repeating makes no second copy"
        assert chosen.name in {item.name for item in backups_of(workspace, path)}
        if done:
            break
        if held is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(held)
    assert done and told and place > 4
    assert not [item for item in path.parent.iterdir() if item.name.endswith(".tmp")]
    assert actions(pcsm) == ["One"]
