"""Saving as a session does it, and what may go wrong beside it: each fault by its number."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from stories.making import make_engagement, values_of
from stories.story import NOON, Story, keys_of, run_story, workspace

from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.errors import AnotherEngagement, FileReadOnly, FolderReadOnly, StorageFailed, UsageError, ValueRefused
from pcsm_tui.settings import Places, Settings
from pcsm_tui.store import engagement_file
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.journal import Journal, left_journals
from pcsm_tui.store.serializing import CanonicalWriter
from pcsm_tui.workspace import Workspace
from pcsm_tui.workspace.session import Session

RISKS = "adoption-risks"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [{"name": "Old radios", "likelihood": "3", "severity": "4"}, {"name": "Union ballot", "likelihood": "2"}]
    return make_engagement(tmp_path / "repository", "Ada Ltd", {RISKS: rows})


@pytest.fixture
def session(path: Path) -> Session:
    return workspace(path.parent).open(path)


def risk(session: Session, place: int = 0) -> Any:
    return session.engagement.rows(RISKS)[place]


def fails(code: int) -> Callable[..., Any]:
    def call(*arguments: Any, **more: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return call


# --- the file and its folder --------------------------------------------------------------------------------------


def without_room_beside(monkeypatch: pytest.MonkeyPatch, folder: Path, code: int) -> None:
    """Let no file be made in a folder, or none be replaced in it, as for somebody who may not."""
    real_open, real_replace, real_access = os.open, os.replace, os.access

    def opened(place: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_EXCL and Path(place).parent == folder and code == errno.EACCES:
            raise OSError(code, os.strerror(code))
        return real_open(place, flags, *rest, **more)

    def replaced(source: Any, target: Any) -> None:
        if Path(target).parent == folder:
            raise OSError(code, os.strerror(code))
        real_replace(source, target)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "replace", replaced)
    if code == errno.EACCES:
        monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != folder and real_access(place, mode))
    else:
        monkeypatch.setattr(engagement_file, "_is_others_sticky", lambda place: True)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM], ids=["012 unwritable", "013 sticky"])
def test_fault_012_013_in_a_folder_that_cannot_be_written_nothing_is_written_in_place_unasked(
    path: Path, session: Session, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    before = path.read_bytes()
    without_room_beside(monkeypatch, path.parent, code)
    with pytest.raises(FolderReadOnly, match="its folder .* (cannot be written|lets only the owner)"):
        session.set(risk(session), {"likelihood": 5})
    assert path.read_bytes() == before and risk(session).get("likelihood") == 5
    node = path.stat().st_ino
    session.overwrite_in_place()
    assert values_of(path, RISKS, "likelihood")[0] == 5
    assert path.stat().st_ino == node, "the very same file"
    session.set(risk(session), {"likelihood": 1})
    assert values_of(path, RISKS, "likelihood")[0] == 1
    assert not list((workspace(path.parent).settings.places.state / "overwriting").iterdir())


def test_fault_012_it_is_offered_on_the_screen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter", "o", *keys_of("Adoption Risks"), "enter", "g")
        without_room_beside(monkeypatch, path.parent, errno.EACCES)
        await story.press("x")
        assert "was not saved: its folder" in story.foot and "NOT SAVED" in story.foot
        await story.press("exclamation_mark", *keys_of("as it stands"), "enter")
        assert story.foot.endswith("saved") and "NOT" not in story.foot

    run_story(path.parent, told)


def test_fault_014_a_handle_that_the_server_forgot_is_asked_for_once_more(
    path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failed = os.fstat, []

    def stale(descriptor: int) -> os.stat_result:
        if not failed:
            failed.append(descriptor)
            raise OSError(errno.ESTALE, "Stale file handle")
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", stale)
    assert EngagementStorage(path).load() is not None and failed
    with monkeypatch.context() as patched, pytest.raises(StorageFailed, match="[Ss]tale file handle"):
        patched.setattr(os, "fstat", fails(errno.ESTALE))
        EngagementStorage(path).load()


@pytest.mark.parametrize("code", [errno.EROFS, errno.ESTALE])
def test_fault_014_a_read_only_mount_refuses_the_save_in_a_sentence(
    path: Path, session: Session, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fails(code))
        with pytest.raises(StorageFailed, match=os.strerror(code).casefold()):
            session.set(risk(session), {"likelihood": 5})
    assert path.read_bytes() == before
    session.save()
    assert values_of(path, RISKS, "likelihood")[0] == 5


def test_fault_016_a_file_with_two_names_is_told_of_once(path: Path, session: Session) -> None:
    os.link(path, path.with_name("twin.json"))
    session.set(risk(session), {"likelihood": 5})
    assert "had 2 names; only this one" in session.storage.warning
    session.set(risk(session), {"likelihood": 4})
    assert session.storage.warning == ""
    assert json.loads(path.with_name("twin.json").read_text()) != json.loads(path.read_text())


def test_fault_019_a_file_that_became_another_engagements_is_neither_merged_nor_replaced(
    path: Path, session: Session
) -> None:
    make_engagement(path.parent, "Zed Ltd").replace(path)
    before = path.read_bytes()
    with pytest.raises(AnotherEngagement):
        session.set(risk(session), {"likelihood": 5})
    for act in (session.put_back, session.take_file):
        with pytest.raises(AnotherEngagement):
            act()
    assert path.read_bytes() == before
    copy = path.with_name("mine.pcsm.json")
    session.save_copy(copy)
    assert values_of(copy, RISKS, "likelihood")[0] == 5


# --- clocks, memory, half an act ----------------------------------------------------------------------------------


def test_fault_022_clocks_that_jump_decide_nothing(path: Path) -> None:
    """Ada's clock is ten years behind, Bo's a year ahead; both change the same record, then undo."""

    def at(name: str, shift: timedelta) -> Session:
        settings = Settings(name=name, places=Places.of_user())
        return Workspace(path.parent, settings, clock=lambda: NOON + shift).open(path)

    ada, bo = at("Ada", timedelta(days=-3650)), at("Bo", timedelta(days=365))
    bo.set(risk(bo), {"severity": 1})
    ada.set(risk(ada), {"likelihood": 5})
    assert [values_of(path, RISKS, name)[0] for name in ("likelihood", "severity")] == [5, 1]
    assert ada.conflicts == ()
    bo.refresh()
    bo.set(risk(bo), {"likelihood": 2})
    ada.refresh()
    from pcsm_tui.workspace.history import acts_of

    newest, *earlier = [(act.entry.by, act.entry.label.split()[1]) for act in acts_of(ada)][:3]
    assert newest == ("Bo", "Likelihood"), "the last one is known to be, whatever the clocks say"
    assert set(earlier) == {("Bo", "Severity"), ("Ada", "Likelihood")}


@pytest.mark.parametrize("problem", [MemoryError, RecursionError])
def test_fault_023_too_little_memory_for_a_save_changes_nothing(
    path: Path, session: Session, monkeypatch: pytest.MonkeyPatch, problem: type[Exception]
) -> None:
    def short(*arguments: object) -> bytes:
        raise problem

    with monkeypatch.context() as patched:
        patched.setattr(CanonicalWriter, "to_bytes", short)
        with pytest.raises(StorageFailed, match="too little memory"):
            session.set(risk(session), {"likelihood": 5})
    assert risk(session).get("likelihood") == 5 and session.unsaved
    session.save()
    assert values_of(path, RISKS, "likelihood")[0] == 5


def test_fault_024_of_an_act_that_is_refused_half_way_nothing_is_done(tmp_path: Path) -> None:
    """Two tasks in one act, of which each would wait for the other."""
    path = make_engagement(tmp_path, "Ada Ltd", {"tasks": [{"name": "Dig"}, {"name": "Build"}]})
    session = workspace(path.parent).open(path)
    before, held = session.engagement, path.read_bytes()
    dig, build = session.engagement.rows("tasks")
    edits = tuple(
        Edit("tasks", row.doc_id, row.record, {**row.record, "predecessors": [{"task": other.uid, "type": "FS"}]})
        for row, other in ((dig, build), (build, dig))
    )
    with pytest.raises(ValueRefused, match="1 → 2 → 1"):
        session.make(Change("two", edits))
    assert session.engagement is before and path.read_bytes() == held
    with pytest.raises(UsageError):
        session.undo()


# --- in the background ----------------------------------------------------------------------------------------------


def test_fault_040_a_thousand_quick_edits_are_all_journaled_and_few_saves(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcsm_tui.workspace.saving.COMMIT_EVERY", 0.25)
    commits, real = [], EngagementStorage.commit

    def counted(self: EngagementStorage, *arguments: Any) -> Any:
        commits.append(time.monotonic())
        return real(self, *arguments)

    monkeypatch.setattr(EngagementStorage, "commit", counted)
    place = workspace(path.parent)
    place.save_in_background(lambda: None)
    session = place.open(path)
    for number in range(1_000):
        session.set(risk(session), {"strategy": f"Plan {number}"})
        if number % 50 == 0:
            place.settle()
    while not place.is_settled or session.saving.is_dirty:
        place.settle()
        time.sleep(0.005)
    assert len(commits) <= 2 + (commits[-1] - commits[0]) / 0.25
    place.leave()
    assert values_of(path, RISKS, "strategy")[0] == "Plan 999"
    (left,) = left_journals(session._journal._journal.path.parent)  # type: ignore[union-attr]
    assert sum(entry["op"] == "do" for entry in left.entries) == 1_000


def test_fault_006_without_room_for_the_journal_one_is_told_and_the_change_is_saved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fdatasync", fails(errno.ENOSPC))

    async def told(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter", "o", *keys_of("Adoption Risks"), "enter", "g", "x")
        assert "CRASH PROTECTION OFF · saved" in story.foot

    run_story(path.parent, told)
    assert values_of(path, RISKS, "status")[0] is not None


def test_the_journal_stands_before_the_change_is_seen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = workspace(path.parent)
    place.save_in_background(lambda: None)
    session = place.open(path)
    seen: list[object] = []
    real = Journal.append

    def looking(self: Journal, *entries: Any, **more: Any) -> bool:
        if entries[0]["op"] == "do":
            seen.append(risk(session).get("likelihood"))
        return real(self, *entries, **more)

    monkeypatch.setattr(Journal, "append", looking)
    session.set(risk(session), {"likelihood": 5})
    assert seen == [3] and risk(session).get("likelihood") == 5
    place.leave()


# --- versions -------------------------------------------------------------------------------------------------------


def test_fault_057_a_file_of_a_newer_program_can_be_looked_at_and_not_changed(path: Path) -> None:
    document = json.loads(path.read_text())
    document["_meta"]["1"] |= {"schema": 9, "min_reader": 9}
    path.write_text(json.dumps(document))
    before = path.read_bytes()

    async def told(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter", "o", *keys_of("Adoption Risks"), "enter", "g")
        assert "Old radios" in story.text and "READ-ONLY" in story.foot
        await story.press("x")
        assert "needs one that knows schema 9" in story.foot and "Update pcsm" in story.foot

    run_story(path.parent, told)
    assert path.read_bytes() == before


def test_fault_060_what_an_older_program_saved_is_migrated_and_merged(tmp_path: Path) -> None:
    path = make_engagement(
        tmp_path, "Ada Ltd", {"tasks": [{"name": "Dig"}, {"name": "Build"}], RISKS: [{"name": "Snow"}]}
    )
    session = workspace(path.parent).open(path)
    document = json.loads(path.read_text())
    document["_meta"]["1"] |= {"schema": 1, "min_reader": 1}
    build = next(record for record in document["tasks"].values() if record["name"] == "Build")
    build["predecessors"] = "1"
    path.write_text(json.dumps(document))
    session.set(risk(session), {"likelihood": 5})
    held = json.loads(path.read_text())
    assert held["_meta"]["1"]["schema"] == 2
    dig, build = session.engagement.rows("tasks")
    assert build.get("predecessors") == [{"task": dig.uid, "type": "FS"}] and values_of(path, RISKS, "likelihood") == [
        5
    ]


def test_a_read_only_file_keeps_what_was_typed_as_a_draft(path: Path, session: Session) -> None:
    path.chmod(0o444)
    with pytest.raises(FileReadOnly, match="'5' is kept as a draft"):
        session.set_text(risk(session), "likelihood", "5")
    tool = session.framework.tool(RISKS)
    assert [text for text, _ in session.drafts(tool).values()] == ["5"]


# --- the person's own folders ---------------------------------------------------------------------------------------


def test_fault_052_101_what_is_kept_stays_in_the_persons_own_private_folder(path: Path) -> None:
    document = json.loads(path.read_text())
    document["_meta"]["1"]["file_id"] = "../../escaped"
    path.write_text(json.dumps(document))
    place = workspace(path.parent)
    state = place.settings.places.state
    mask = os.umask(0)
    try:
        place.save_in_background(lambda: None)
        session = place.open(path)
        session.set(risk(session), {"likelihood": 5})
        place.leave()
    finally:
        os.umask(mask)
    made = [*state.rglob("*")]
    assert any(file.suffix == ".journal" for file in made) and not (state.parent / "escaped").exists()
    assert [file for file in (state, *made) if file.stat().st_mode & 0o077] == []


def test_what_was_discarded_goes_after_thirty_days(path: Path) -> None:
    place = workspace(path.parent)
    session = place.open(path)
    folder = place.settings.places.state / "journal" / session.engagement.file_id
    folder.mkdir(parents=True)
    for days in (29, 31):
        aside = folder / f"{days}.discarded"
        aside.write_text("")
        at = (NOON - timedelta(days)).timestamp()
        os.utime(aside, (at, at))
    place.save_in_background(lambda: None)
    place.leave()
    assert [file.name for file in folder.glob("*.discarded")] == ["29.discarded"]


def test_the_background_does_not_go_on_before_what_it_found_has_been_taken_in(path: Path) -> None:
    """News of what others saved stand until the document holds them: a save in between would overwrite theirs."""
    session = workspace(path.parent).open(path)
    other = workspace(path.parent, name="Bo").open(path)
    other.set(risk(other, 1), {"severity": 1})
    assert session.saving.work() and session.saving.news() is not None
    news = session.saving.news()
    session.saving.made += 1  # somebody acts meanwhile
    assert session.saving.work() and session.saving.news() is news
    assert session.saving.base is not news.base, "the base is the document's as long as that is not theirs"
    assert values_of(path, RISKS, "severity")[1] == 1
    session.settle()
    session.save()
    assert values_of(path, RISKS, "severity")[1] == 1
