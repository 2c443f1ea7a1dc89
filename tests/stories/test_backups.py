"""Backups on the screen: reached by a key, looked at, restored; a damaged file leads to them by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story, workspace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with the actions One and Two, each added in a session of its own."""
    path = make_engagement(tmp_path, "Ada Ltd", {"actions": [{"action": "One"}]})
    session = workspace(tmp_path).open(path)
    session.add(session.framework.tool("actions"), {"action": "Two"})
    return path


async def to_backups(story: Story) -> None:
    await story.press("E", *keys_of("ada"), "enter", "B")
    assert story.app.here.view == "backups"


async def to_line(story: Story, what: str) -> None:
    """Go down to the first line of the list that holds a text."""
    await story.press("g")
    for _ in range(20):
        if what in cursor_line(story):
            return
        await story.press("j")
    raise AssertionError(story.text)


def cursor_line(story: Story) -> str:
    rows = story.app.screen.query_one("#list")
    return story.lines[rows.region.y + rows.cursor - rows.top]


def test_a_backup_is_looked_at_and_restored_and_the_engagement_shown(path: Path) -> None:
    async def told(story: Story) -> None:
        await to_backups(story)
        assert "Backups of ada-ltd.pcsm.json" in story.top and "DAMAGED" not in story.top
        assert "previous save" in story.lines[2]
        await to_line(story, "session")
        await story.press("enter")
        assert "Two: removed" in story.text and "r restores it" in story.text and "c saves a copy" in story.text
        await story.press("escape")
        assert story.app.here.view == "backups" and values_of(path, "actions", "action") == ["One", "Two"]
        await story.press("enter", "r")
        assert story.app.here.view == "overview" and "Ada Ltd" in story.top
        assert "Restored revision" in story.foot and ".json.gz" in story.foot.replace(" ", "")
        await story.press("A")
        assert "One" in story.text and "Two" not in story.text
        await story.press("escape", "B")
        await to_line(story, "session")
        await story.press("enter")
        assert "Two: added" in story.text, "what was replaced is the newest backup"

    run_story(path.parent, told)
    assert values_of(path, "actions", "action") == ["One"]


@pytest.mark.parametrize("way", ["Today", "Portfolio", "at the start"])
def test_fault_020_a_damaged_file_leads_to_its_backups_with_the_reason(path: Path, way: str) -> None:
    content = path.read_bytes()[:300]
    path.write_bytes(content)

    async def told(story: Story) -> None:
        if way == "Portfolio":
            await story.press("P")
        if way != "at the start":
            await story.press("g", "enter")
        assert story.app.here.view == "backups"
        assert "DAMAGED" in story.top and "not valid JSON" in " ".join(story.lines[1:4])
        await to_line(story, "session")
        await story.press("enter")
        assert "Actions: 1" in story.text
        await story.press("r")
        assert "Ada Ltd" in story.top and ".damaged-" in story.foot
        await story.press("A", "g", "x")
        assert story.foot.endswith("saved")

    run_story(path.parent, told, path=path if way == "at the start" else None)
    assert values_of(path, "actions", "action") == ["One"] and values_of(path, "actions", "done") == [True]
    (copy,) = path.parent.glob("*.damaged-*")
    assert copy.read_bytes() == content


def test_a_file_that_is_damaged_while_it_is_open_is_restored_with_what_was_done_since(path: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("E", *keys_of("ada"), "enter", "A", "g")
        path.write_bytes(b"\x00" * 4096)
        await story.press("x")
        assert "NOT SAVED" in story.foot
        await story.press("B")
        assert "4,096 NUL bytes" in " ".join(story.lines[1:4])
        await to_line(story, "session")
        await story.press("enter", "r")
        await story.look()
        assert story.foot.endswith("saved")

    run_story(path.parent, told)
    assert values_of(path, "actions", "action") == ["One", "Two"], "kept when the tick was to be saved"
    assert values_of(path, "actions", "done") == [True, None], "what was ticked in memory is not lost"


def test_a_backup_is_saved_as_a_copy(path: Path, own_folders: Path) -> None:
    before = path.read_bytes()

    async def told(story: Story) -> None:
        await to_backups(story)
        await to_line(story, "session")
        await story.press("enter", "c")
        assert "Save the copy as" in story.text
        await story.press("enter")
        assert "Saved as" in story.foot
        await story.press("enter", "c", "enter")
        assert "exists already" in story.foot
        await story.press("enter", "c", "escape")
        assert story.app.here.view == "backups"

    run_story(path.parent, told)
    (copy,) = own_folders.glob("ada-ltd-*.pcsm.json")
    assert values_of(copy, "actions", "action") == ["One"] and path.read_bytes() == before


def test_a_damaged_backup_says_so_and_is_not_restored(path: Path, own_folders: Path) -> None:
    for backup in own_folders.glob(".local/state/pcsm/backups/*/*.json.gz"):
        backup.write_bytes(backup.read_bytes()[:-1])

    async def told(story: Story) -> None:
        await to_backups(story)
        await to_line(story, "damaged")
        await story.press("enter")
        assert story.app.here.view == "backups" and "is damaged" in story.foot

    run_story(path.parent, told)
    assert values_of(path, "actions", "action") == ["One", "Two"]


def test_a_damaged_file_without_backups_is_told_and_one_stays(path: Path, own_folders: Path) -> None:
    for kept in (*own_folders.glob(".local/state/pcsm/backups/*/*.json.gz"), *path.parent.glob(".*.bak")):
        kept.unlink()
    path.write_bytes(b"")

    async def told(story: Story) -> None:
        await story.press("P", "g", "enter")
        assert story.app.here.view == "portfolio" and "is damaged" in story.foot
        await story.press("B")
        assert "There are no backups yet" in story.text

    run_story(path.parent, told)


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 40)])
def test_every_size_shows_when_and_what(path: Path, size: tuple[int, int]) -> None:
    async def told(story: Story) -> None:
        await to_backups(story)
        await to_line(story, "session")
        assert "2026-11-22" in cursor_line(story)
        assert ("Bytes" in story.text) is (size[0] >= 80)

    run_story(path.parent, told, size=size)
