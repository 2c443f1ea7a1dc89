"""The index of a repository: what it finds, and what becomes of it when it is locked, damaged or of another version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from stories.making import make_engagement
from stories.story import workspace

from pcsm_tui.errors import StorageFailed
from pcsm_tui.store.index import Entry, Index, MemoryIndex, RecordText


def text(uid: str, *lines: str) -> RecordText:
    """Return a record of the risks whose fields have these texts."""
    return RecordText("risks", uid, f"Title {uid}", ("name", "notes")[: len(lines)], lines)


def entry(name: str, summary: str = "{}") -> Entry:
    return Entry(name, 1, 2, summary, "[]")


@pytest.fixture(params=["on disk", "in memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return Index(tmp_path / "cache", tmp_path, "1") if request.param == "on disk" else MemoryIndex()


@pytest.fixture
def kept(tmp_path: Path) -> Index:
    """Return an index on disk that holds one file."""
    index = Index(tmp_path / "cache", tmp_path, "1")
    index.put(entry("a"), [text("1", "Old radios")])
    return index


def found(index: Index, words: str) -> list[str]:
    return [hit.uid for hit in index.search(words)]


def test_putting_a_file_again_replaces_what_was_held_of_it(index: Index) -> None:
    index.put(entry("a"), [text("1", "Old radios"), text("2", "Union ballot")])
    index.put(entry("b"), [text("3", "Old lorries")])
    index.put(entry("a", '{"n": 2}'), [text("4", "New radios")])
    assert index.entries() == {"a": entry("a", '{"n": 2}'), "b": entry("b")}
    assert found(index, "radios") == ["4"]
    assert found(index, "ballot") == []
    assert found(index, "old") == ["3"]


def test_dropping_a_file_forgets_its_records_only(index: Index) -> None:
    index.put(entry("a"), [text("1", "Old radios")])
    index.put(entry("b"), [text("2", "Old radios")])
    index.drop(["a", "never there"])
    assert list(index.entries()) == ["b"]
    assert found(index, "radios") == ["2"]


@pytest.mark.parametrize(
    ("words", "uids"),
    [
        ("radios", ["1", "2"]),
        ("RADIO", ["1", "2"]),
        ("radios old", ["1"]),
        ("radios nothing", []),
        ("it", ["2"]),
        ("it radios", ["2"]),
        ("%", ["3"]),
        ("_", []),
        ('"', ["3"]),
        ("50%", ["3"]),
        ("港", ["4"]),
        ("港口", ["4"]),
        ("横浜港口", ["4"]),
        ("straße", ["5"]),
        ("", []),
        ("   ", []),
        ("OR", ["5"]),
        ("radios* NOT", []),
    ],
)
def test_a_record_is_found_by_all_its_words_in_any_case(index: Index, words: str, uids: list[str]) -> None:
    texts = ("Old radios", "IT keeps the radios running"), ('A "cut" by 50%',), ("横浜港口",), ("Straße or harbour",)
    records = [text("1", texts[0][0]), text("2", texts[0][1])]
    records += [text(str(place), *lines) for place, lines in enumerate(texts[1:], 3)]
    index.put(entry("a"), records)
    assert found(index, words) == uids


def test_a_hit_names_the_first_field_that_matched(index: Index) -> None:
    index.put(entry("a"), [text("1", "Old radios", "Ask Eve about lorries")])
    (hit,) = index.search("lorries")
    assert hit == ("a", "risks", "1", "Title 1", "notes", "Ask Eve about lorries")


def test_the_index_is_the_persons_own(kept: Index) -> None:
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert kept.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_locked_index_is_left_alone(kept: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcsm_tui.store.index._PATIENCE", 0.01)
    other = sqlite3.connect(kept.path)
    other.execute("begin exclusive")
    inode = kept.path.stat().st_ino
    for act in (kept.entries, lambda: kept.drop(["a"]), lambda: kept.search("radios")):
        with pytest.raises(StorageFailed, match="locked"):
            act()
    other.rollback()
    other.close()
    assert kept.path.stat().st_ino == inode
    assert found(kept, "radios") == ["1"]


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\x00" + b"\xff" * 5000, b""])
def test_what_is_no_index_is_made_anew(kept: Index, content: bytes) -> None:
    kept.path.write_bytes(content)
    assert kept.entries() == {}
    kept.put(entry("b"), [text("2", "Old radios")])
    assert found(kept, "radios") == ["2"]


def test_an_index_with_damage_inside_is_made_anew_the_next_time(kept: Index) -> None:
    kept.put(entry("big"), [text(str(number), f"Radio {number} " * 50) for number in range(200)])
    content = bytearray(kept.path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    kept.path.write_bytes(content)
    with pytest.raises(StorageFailed):
        kept.search("radio")
    assert kept.search("radio") == []
    kept.put(entry("a"), [text("1", "Old radios")])
    assert found(kept, "radios") == ["1"]


def test_an_index_of_another_version_or_playbook_is_emptied(kept: Index, tmp_path: Path) -> None:
    assert list(Index(tmp_path / "cache", tmp_path, "1").entries()) == ["a"]
    newer = Index(tmp_path / "cache", tmp_path, "2")
    assert newer.path == kept.path
    assert newer.entries() == {} and newer.search("radios") == []


def test_personal_tools_are_never_in_it(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    path = make_engagement(tmp_path, "Ada Ltd", {"adoption-risks": [{"name": "Plain words"}]})
    session = place.open(path)
    for tool in session.framework.tools:
        if tool.audience == "personal":
            field = next(item for item in tool.fields if item.type in ("text", "note"))
            if tool.single:
                session.set(session.engagement.form(tool.id), {field.id: "Secret words"})
            else:
                session.add(tool, {field.id: "Secret words"})
    assert "Secret words" in path.read_text()
    place.refresh()
    assert {hit.line for hit in place.search("words")} == {"Plain words"}
