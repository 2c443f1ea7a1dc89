"""Paths that lead elsewhere, that never end, or that no file can have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from stories.making import make_engagement
from stories.story import workspace

from pcsm_tui.errors import PcsmError, UsageError, ValueRefused
from pcsm_tui.store.documents import store_document
from pcsm_tui.workspace.exporting import write_export
from pcsm_tui.workspace.importing import planned_import, rows_import

NO_PATHS = ["a\x00b", "x" * 300, "/" + "y" * 5000, "~nobody-of-this-name/x"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path / "repository", "Ada Ltd", {})


@pytest.mark.parametrize("name", [*NO_PATHS, "/dev/zero", "PIPE", "", ".", "LINK"])
def test_fault_052_only_plain_files_are_stored(path: Path, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "PIPE")
    (tmp_path / "LINK").symlink_to("/dev/zero")
    word = str(tmp_path / name) if name.isupper() else name
    with pytest.raises(PcsmError) as refused:
        workspace(path.parent).store_document(word)
    assert refused.value.message
    folder = path.parent / "documents"
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize("name", ["-rf", "..", "$(id) .pdf", "x" * 250 + ".pdf", "\udcff.pdf", "a\nb"])
def test_fault_052_a_stored_document_stays_in_its_folder(path: Path, tmp_path: Path, name: str) -> None:
    source = tmp_path / "from" / (name if name != ".." else "deep/../..pdf")
    (tmp_path / "from" / "deep").mkdir(parents=True)
    source.write_bytes(b"content")
    for number in (1, 2):
        try:
            stored = store_document(source, path.parent)
        except PcsmError:  # a second one of so long a name has no room for its number
            assert number == 2
            break
        assert (path.parent / stored.link).read_bytes() == b"content"
        assert (path.parent / stored.link).resolve().parent == (path.parent / "documents").resolve()
    assert not [entry for entry in (path.parent / "documents").iterdir() if entry.name.endswith(".tmp")]


@pytest.mark.parametrize("link", ["../../etc/passwd", "/etc/passwd", "~/x", "documents/../../x", "file:///etc/passwd"])
def test_fault_052_no_link_to_a_document_leads_out_of_the_repository(path: Path, link: str) -> None:
    session = workspace(path.parent).open(path)
    with pytest.raises(ValueRefused):
        session.typed(session.framework.tool("documents"), {"link": link})


@pytest.mark.parametrize("name", [*NO_PATHS, "/dev/zero", "PIPE.csv", "PIPE.xml"])
def test_fault_052_only_plain_files_are_imported(path: Path, tmp_path: Path, name: str) -> None:
    session = workspace(path.parent).open(path)
    before = path.read_bytes()
    if name.startswith("PIPE"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(PcsmError, match="is not a file"):
            planned_import(session, tmp_path / name)
    with pytest.raises(PcsmError):
        workspace(path.parent).import_plan(session, str(tmp_path / name) if name.isupper() else name)
    assert path.read_bytes() == before


def test_fault_052_an_export_replaces_no_device_pipe_or_link_to_one(path: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "link.md").symlink_to("/dev/null")
    for target in (
        tmp_path / "pipe.md",
        tmp_path / "link.md",
        Path("/dev/null"),
        tmp_path / ("x" * 300 + ".md"),
        tmp_path,
    ):
        with pytest.raises(PcsmError):
            write_export(target, "text", force=True)
    (tmp_path / "mine.md").symlink_to(path)
    before = path.read_bytes()
    with pytest.raises(PcsmError, match="engagement file"):
        write_export(tmp_path / "mine.md", "text", force=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"action\n" + b"x" * 1_000_001 + b"\n", "characters"),
        (b"action" + b",x" * 1_000_000, "line 1"),
        (b"action" + b"," * 2000 + b"\nx", "2,001 columns. The limit is 1,000"),
        (b'action\n"' + b"x" * 140_000 + b'"\n', "field larger than field limit"),
        (b'action\n"open', "quotation mark|no CSV"),
        (b"action\na\x1b[31mb\n", "line 2: there is a control character 0x1b"),
        (b"action\na\x00b\n", "line 2: there is a NUL character"),
        (b"action\n\xff\n", "no UTF-8"),
        (b"PK\x03\x04" + b"\x00" * 100, "a workbook or another zip file"),
        (b"nosuch\n1\n", "has no field 'nosuch'"),
    ],
)
def test_fault_050_053_054_a_table_that_is_none_is_refused_with_its_limit(
    path: Path, tmp_path: Path, content: bytes, told: str
) -> None:
    session = workspace(path.parent).open(path)
    source = tmp_path / "rows.csv"
    source.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(PcsmError, match=told):
        rows_import(session, source, session.framework.tool("actions"))
    assert path.read_bytes() == before


def test_fault_054_cells_are_text_as_they_are_typed(path: Path, tmp_path: Path) -> None:
    session = workspace(path.parent).open(path)
    source = tmp_path / "rows.csv"
    source.write_text('action;notes\n"=1+1";"{0.__class__} ""quoted"""\n\'+49 170;00123\n', encoding="utf-8")
    found = rows_import(session, source, session.framework.tool("actions"))
    session.make(found.change)
    rows = [(row.get("action"), row.get("notes")) for row in session.engagement.rows("actions") if row.stored]
    assert rows == [("=1+1", '{0.__class__} "quoted"'), ("+49 170", "00123")]


def test_fault_055_an_engagement_is_not_imported_into_another(path: Path, tmp_path: Path) -> None:
    other = make_engagement(tmp_path / "other", "Bo Ltd", {})
    session = workspace(path.parent).open(path)
    before = path.read_bytes(), other.read_bytes()
    with pytest.raises(UsageError, match="cannot be imported"):
        workspace(path.parent).import_plan(session, str(other))
    assert (path.read_bytes(), other.read_bytes()) == before
