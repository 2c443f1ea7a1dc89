"""Folders that cannot be made or written: what can be done is done, what cannot is told in a sentence."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from stories.making import copy_samples, make_engagement
from stories.story import workspace

from pcsm_tui.errors import StorageFailed, ValueRefused
from pcsm_tui.store.documents import store_document
from pcsm_tui.workspace import Workspace, demo

RISKS = "adoption-risks"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path / "repository", "Ada Ltd", {RISKS: [{"name": "Old radios", "likelihood": "3"}]})


def in_the_way(folder: Path) -> None:
    """Put a plain file where a folder would be made, which stops an administrator's tests as well."""
    if folder.exists():
        folder.rename(folder.with_name("aside"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("")


def customers(place: Workspace) -> list[str]:
    return [item.summary.customer for item in place.listing()]


# --- the index ------------------------------------------------------------------------------------------------


def test_without_a_cache_folder_lists_and_searches_work(path: Path) -> None:
    place = workspace(path.parent)
    in_the_way(place.settings.places.cache)
    assert [item.stale for item in place.listing()] == [True]
    assert place.refresh() == 1
    assert place.refresh() == 0
    assert customers(place) == ["Ada Ltd"] and not place.listing()[0].stale
    assert [hit.title for hit in place.search("radios")] == ["Old radios"]


def test_with_a_locked_index_lists_work_and_it_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcsm_tui.store.index._PATIENCE", 0.01)
    workspace(path.parent).refresh()
    place = workspace(path.parent)
    (index,) = place.settings.places.cache.glob("*.sqlite")
    other = sqlite3.connect(index)
    other.execute("begin exclusive")
    assert place.refresh() == 1
    assert customers(place) == ["Ada Ltd"]
    other.rollback()
    other.close()
    assert workspace(path.parent).refresh() == 0, "the index on disk is as it was"


def test_reading_stops_when_told_to_and_goes_on_the_next_time(tmp_path: Path) -> None:
    for name in ("Ada Ltd", "Bo Ltd", "Cy Ltd"):
        make_engagement(tmp_path, name)
    place = workspace(tmp_path)
    told: list[tuple[int, int]] = []

    def stop_at_two(done: int, total: int) -> bool:
        told.append((done, total))
        return done < 2

    assert place.refresh(stop_at_two) == 2
    assert told == [(1, 3), (2, 3)]
    assert sum(item.stale for item in place.listing()) == 1
    assert place.refresh(lambda done, total: None) == 1


# --- the person's own state -----------------------------------------------------------------------------------


def test_a_draft_that_cannot_be_written_is_kept_and_told_and_hinders_nothing(path: Path) -> None:
    place = workspace(path.parent)
    session = place.open(path)
    in_the_way(place.settings.places.state)
    row = session.engagement.rows(RISKS)[0]
    with pytest.raises(ValueRefused, match="until you leave the program"):
        session.set_text(row, "likelihood", "many")
    assert [text for text, _ in session.drafts(row.tool).values()] == ["many"]
    session.set_text(row, "likelihood", "4")
    session.visited()
    assert [text for text, _ in session.drafts(row.tool).values()] == []
    assert workspace(path.parent).open(path).engagement.rows(RISKS)[0].get("likelihood") == 4


def test_what_could_not_be_written_is_written_on_leaving_if_it_can_be_then(path: Path) -> None:
    place = workspace(path.parent)
    session = place.open(path)
    state = place.settings.places.state
    in_the_way(state)
    with pytest.raises(ValueRefused):
        session.set_text(session.engagement.rows(RISKS)[0], "likelihood", "many")
    with pytest.raises(StorageFailed, match=str(state)):
        place.leave()
    state.unlink()
    place.leave()
    again = workspace(path.parent).open(path)
    assert [text for text, _ in again.drafts(again.framework.tool(RISKS)).values()] == ["many"]


def test_a_line_of_today_is_put_off_until_the_program_ends_when_it_cannot_be_written(tmp_path: Path) -> None:
    copy_samples(tmp_path, "harbour-foods")
    place = workspace(tmp_path)
    place.refresh()
    before = place.attention()
    in_the_way(place.settings.places.state)
    with pytest.raises(StorageFailed, match="until you leave the program"):
        place.snooze(before[0], date(2026, 12, 24))
    assert place.attention() == before[1:]


def test_a_state_that_cannot_be_read_does_not_keep_an_engagement_shut(path: Path) -> None:
    place = workspace(path.parent)
    (place.settings.places.state / "state.json").mkdir(parents=True)
    session = place.open(path)
    assert session.changes_since_last_visit() == []
    session.visited()


# --- folders that must be made --------------------------------------------------------------------------------


def test_a_new_engagement_tells_that_its_folder_cannot_be_made(tmp_path: Path) -> None:
    in_the_way(tmp_path / "repository")
    with pytest.raises(StorageFailed, match="repository cannot be made"):
        workspace(tmp_path / "repository").create("Ada Ltd")


def test_the_persons_own_tools_tell_that_their_folder_cannot_be_made(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    in_the_way(place.settings.places.data)
    with pytest.raises(StorageFailed, match=str(place.settings.places.data)):
        place.personal()


def test_the_demo_and_documents_tell_that_their_folder_cannot_be_made(path: Path, tmp_path: Path) -> None:
    in_the_way(tmp_path / "demo")
    place = workspace(path.parent)
    with pytest.raises(StorageFailed, match="demo cannot be made"):
        demo.copy_samples(demo.sample_folder(), tmp_path / "demo", place.framework, place.today)
    in_the_way(path.parent / "documents")
    with pytest.raises(StorageFailed, match="documents cannot be made"):
        store_document(path, path.parent)
