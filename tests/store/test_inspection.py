"""What an examination finds of files and folders, each thing by itself, and that it changes nothing."""

from __future__ import annotations

import errno
import fcntl
import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pcsm_tui.errors import FileRefused
from pcsm_tui.store import canonical, locks, places
from pcsm_tui.store.backups import Backups, folder_of
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.findings import several
from pcsm_tui.store.inspection import Finding, engagement_files, inspected
from pcsm_tui.store.kept import kept_findings
from pcsm_tui.store.locks import lock_path
from pcsm_tui.store.names import beside
from pcsm_tui.store.places import file_system
from pcsm_tui.store.presence import Presence
from pcsm_tui.store.replacing import previous_path
from tests.store.saved import opened
from tests.support import FILE_ID, empty_document

DAY = 86400


@pytest.fixture(autouse=True)
def nothing_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget which devices have locks: a test may make them appear to have none."""
    monkeypatch.setattr(locks, "_working", {})


def another(path: Path, name: str, file_id: str) -> Path:
    """Save an engagement of this file_id beside the other."""
    document = empty_document()
    document["_meta"]["1"]["file_id"] = file_id
    EngagementStorage(path.with_name(name)).commit(document)
    return path.with_name(name)


def only(found: list[Finding]) -> Finding:
    """Return the one thing that was found."""
    (item,) = found
    return item


def with_mark(path: Path, **changes: Any) -> None:
    """Change the mark of a file, as another program would."""
    tree = json.loads(path.read_text())
    tree["_meta"]["1"].update(changes)
    path.write_bytes(canonical.to_bytes(tree))


def tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return all that could have changed in a folder, besides the times of reading."""
    found: dict[str, tuple[object, ...]] = {}
    for file in (folder, *sorted(folder.rglob("*"))):
        about = file.lstat()
        content = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        found[str(file)] = (about.st_mode, about.st_ino, about.st_nlink, about.st_mtime_ns, about.st_ctime_ns, content)
    return found


# --- a file -------------------------------------------------------------------------------------------------------


def test_nothing_is_found_of_a_good_file_and_its_folder(path: Path) -> None:
    assert inspected(path) == []
    assert inspected(path.parent) == []


def test_a_file_that_is_not_there(path: Path) -> None:
    path.unlink()
    assert only(inspected(path)) == ("wrong", str(path), "It does not exist.", "`pcsm list` shows the engagements.")


@pytest.mark.parametrize("damage", [b"", b"\0" * 4096, b"{", b"<<<<<<< ours\n", b"[]", b'{"_meta": {}}', b"\xff\xfe"])
def test_fault_020_a_damaged_file_is_told_of_in_the_words_of_its_refusal(path: Path, damage: bytes) -> None:
    path.write_bytes(damage)
    with pytest.raises(FileRefused) as refused:
        EngagementStorage(path).read()
    assert only(inspected(path)) == ("wrong", str(path), refused.value.message, refused.value.hint)
    assert only(inspected(path.parent)).sentence == refused.value.message


def test_fault_020_what_one_can_go_back_to_is_named(path: Path) -> None:
    previous_path(path).write_bytes(path.read_bytes())
    path.write_bytes(b"\0" * 4096)
    advice = only(inspected(path)).advice
    assert f"`pcsm backup list {path}` shows" in advice
    assert advice.endswith(" Its previous generation can be read: .acme.pcsm.json.bak.")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read(path: Path) -> None:
    path.chmod(0)
    assert only(inspected(path)[:1]).sentence == f"{path} cannot be read: Permission denied."


def test_a_pipe_in_place_of_a_file(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)
    found = only(inspected(path))
    assert (found.kind, found.sentence) == ("wrong", f"{path} is not a file.")


def test_a_file_of_an_older_and_of_a_newer_program(path: Path) -> None:
    with_mark(path, schema=1, min_reader=1)
    found = only(inspected(path))
    assert (found.kind, found.sentence) == ("note", "It has schema 1, an older one; this program writes 2.")
    with_mark(path, schema=9, min_reader=2)
    found = only(inspected(path))
    assert (found.kind, found.sentence) == ("note", "A newer pcsm wrote it: it has schema 9, and this program 2.")
    with_mark(path, schema=9, min_reader=9)
    assert only(inspected(path)).kind == "wrong"


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield an engagement in a folder that every user of the machine may pass through."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        if not all(parent.stat().st_mode & 0o001 for parent in Path(folder).resolve().parents):
            pytest.skip("temporary files are private here")
        path = Path(folder) / "acme.pcsm.json"
        EngagementStorage(path).commit(empty_document())
        yield path


@pytest.mark.parametrize(
    ("mode", "told"),
    [(0o644, "read it (mode 644)"), (0o666, "change it (mode 666)"), (0o602, "change it (mode 602)"), (0o660, "")],
)
def test_fault_101_a_file_that_every_user_may_read(public: Path, mode: int, told: str) -> None:
    public.chmod(mode)
    found = [(item.kind, item.sentence) for item in inspected(public)]
    assert found == ([("risk", f"Every user of this machine may {told}.")] if told else [])
    public.parent.chmod(0o700)
    assert inspected(public) == [], "nobody else gets as far as the file"


def test_fault_011_a_file_that_is_read_only(path: Path) -> None:
    path.chmod(0o400)
    found = only(inspected(path))
    assert (found.kind, found.sentence) == ("note", "It is read-only: what you change in it cannot be saved.")


def test_fault_012_a_folder_that_may_not_be_written_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.access
    monkeypatch.setattr(os, "access", lambda name, how: Path(name) != path.parent and real(name, how))
    for target in (path, path.parent):
        found = only(inspected(target))
        assert (found.kind, found.path) == ("risk", str(path.parent))
        assert found.sentence == "You may not write in this folder, so that nothing in it can be saved."


@pytest.mark.parametrize(("user", "is_told"), [(4711, True), (os.geteuid(), False), (0, False)])
def test_fault_013_somebody_elses_file_in_a_sticky_folder(
    path: Path, monkeypatch: pytest.MonkeyPatch, user: int, is_told: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert inspected(path) == []
    path.parent.chmod(0o1770)
    found = inspected(path)
    assert [(item.kind, "only its owner may replace" in item.sentence) for item in found] == [("risk", True)] * is_told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_fault_013_the_owner_of_a_sticky_folder_may_replace_what_is_in_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.chmod(0o1770)
    os.chown(path.parent, 4711, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert inspected(path) == []


def test_fault_015_a_link_is_told_of_and_what_lies_beside_the_file_is_looked_at(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.pcsm.json"
    link.symlink_to(path)
    lock_path(path).unlink()
    lock_path(path).mkdir()
    previous_path(path).write_text("{}")
    assert [(item.kind, item.path, item.sentence) for item in inspected(link)] == [
        ("risk", str(link), "Its previous generation is one of a different engagement."),
        ("note", str(link), f"It is a link to {path}."),
        ("wrong", str(link), "Its lock file .acme.pcsm.json.lock is not a plain file: nothing can be saved."),
    ]


def test_fault_015_a_link_that_leads_nowhere(path: Path) -> None:
    for name, target in (("dangling.pcsm.json", "nowhere"), ("looping.pcsm.json", "looping.pcsm.json")):
        path.with_name(name).symlink_to(target)
    dangling, looping = inspected(path.parent)
    assert dangling.sentence == f"It is a link to {path.with_name('nowhere')}, which does not exist."
    assert (looping.kind, looping.path) == ("wrong", str(path.with_name("looping.pcsm.json")))
    assert only(inspected(path.with_name("dangling.pcsm.json"))) == dangling


def test_fault_016_a_file_of_two_names(path: Path, tmp_path: Path) -> None:
    os.link(path, previous_path(path))
    assert inspected(path) == [], "as a save leaves it that is killed before the last step"
    os.link(path, tmp_path / "twin")
    found = only(inspected(path))
    assert (found.kind, found.sentence[:29]) == ("risk", "It has 2 names (hard links), ")


# --- locks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda lock: lock.symlink_to("acme.pcsm.json")])
def test_fault_036_a_lock_file_that_is_none(path: Path, make: Callable[[Path], Any]) -> None:
    lock_path(path).unlink()
    make(lock_path(path))
    assert only(inspected(path)).kind == "wrong"


def test_fault_036_a_lock_file_of_somebody_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda name, how: real(name, how) and not (Path(name) == lock_path(path) and how & os.W_OK)
    )
    found = only(inspected(path))
    assert (found.kind, found.sentence[:21]) == ("risk", "You may not open its ")


def test_fault_035_locks_that_do_not_work_are_a_risk_told_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    another(path, "other.pcsm.json", "f" * 32)
    monkeypatch.setattr(fcntl, "flock", lambda *arguments: None)
    found = only(inspected(path.parent))
    assert (found.kind, found.path, found.sentence[:23]) == ("risk", str(path.parent), "Locks keep nobody out o")


# --- what was left behind -----------------------------------------------------------------------------------------


def test_fault_001_what_killed_saves_left_behind_but_not_what_may_be_a_save_going_on(path: Path) -> None:
    for name, age in (("aaaaaaaaaaaa", 10), ("bbbbbbbbbbbb", 90)):
        file = path.with_name(f".{path.name}.{name}.tmp")
        file.touch()
        os.utime(file, (time.time() - age, time.time() - age))
    for found in (only(inspected(path)), only(inspected(path.parent))):
        assert found.kind == "note"
        assert found.sentence == "Saves that were cut off left behind .acme.pcsm.json.bbbbbbbbbbbb.tmp."


def test_the_previous_generation_is_missed_after_the_second_save(path: Path) -> None:
    storage, document = opened(path)
    storage.commit(document)
    previous_path(path).unlink(missing_ok=True)
    found = only(inspected(path))
    assert (found.kind, found.sentence) == ("note", "There is no previous generation of it to go back to.")
    previous_path(path).write_bytes(path.read_bytes())
    assert inspected(path) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "Its previous generation cannot be used: "),
        (b"", "Its previous generation cannot be used: "),
        (b"{}", "Its previous generation is one of a different engagement."),
        (b'{"_meta": {"1": {"file_id": "x"}}}', "Its previous generation is one of a different engagement."),
    ],
)
def test_a_previous_generation_that_is_of_no_use(path: Path, content: bytes, told: str) -> None:
    previous_path(path).write_bytes(content)
    found = only(inspected(path))
    assert found.kind == "risk"
    assert found.sentence.startswith(told)


def test_notes_of_sessions_that_have_ended_or_make_no_sense(path: Path) -> None:
    Presence(path, "ada", "a1", "2026-11-22T10:02:00Z").announce()
    assert inspected(path) == [], "one that is there"
    note = path.with_name(f".{path.name}.open.a1")
    note.write_text(note.read_text().replace('"started": "', '"started": "1'))
    path.with_name(f".{path.name}.open.b1").write_text("nonsense")
    assert [(item.kind, item.sentence) for item in inspected(path)] == [
        ("note", "Notes of sessions that have ended lie beside it: 1."),
        ("note", "Notes of open sessions that make no sense lie beside it: .acme.pcsm.json.open.b1."),
    ]


# --- copies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "acme.pcsm (Ada's conflicted copy 2026-11-22).json",
        "acme.pcsm.sync-conflict-20261122-120000-ABCDEFG.json",
        "acme (Conflicted copy).pcsm.json",
        "acme.pcsm.json.sync-conflict",
    ],
)
def test_fault_038_a_version_that_a_sync_service_put_beside_the_file(path: Path, name: str) -> None:
    path.with_name(name).write_bytes(path.read_bytes())
    for target in (path, path.parent):
        found = only([item for item in inspected(target) if item.kind != "wrong"])
        assert (found.kind, found.path) == ("risk", str(path))
        assert found.sentence == f"A sync service put another version of it beside it: {name}."


def test_fault_038_the_version_of_the_shorter_name_is_not_the_one_that_counts(path: Path) -> None:
    original = path.rename(path.with_name("acme-international.pcsm.json"))
    path.with_name("a-conflict.json").write_bytes(original.read_bytes())
    assert only(inspected(original)).path == str(original)


def test_a_copy_of_a_file_that_is_called_otherwise(path: Path) -> None:
    odd = path.rename(path.with_name("acme"))
    path.write_bytes(odd.read_bytes())
    assert only(inspected(odd)).sentence == "There is a copy of it beside it: acme.pcsm.json."


def test_fault_038_a_damaged_version_is_known_by_its_head(path: Path) -> None:
    path.with_name("acme (conflicted copy).json").write_bytes(path.read_bytes()[:600])
    assert only(inspected(path)).kind == "risk"


def test_two_files_that_hold_one_engagement(path: Path) -> None:
    path.with_name("before-the-call.pcsm.json").write_bytes(path.read_bytes())
    path.with_name("before-the-call.pcsm.json").chmod(0o600)
    found = only(inspected(path.parent))
    assert (found.kind, found.path) == ("risk", str(path))
    assert found.sentence == "There is a copy of it beside it: before-the-call.pcsm.json."


def test_a_copy_that_another_program_wrote_is_known_too(path: Path) -> None:
    document = json.loads(path.read_text())
    rearranged = {"aa": {"1": {"text": "x" * 10_000}}, **document}
    path.with_name("b.pcsm.json").write_text(json.dumps(rearranged))
    path.with_name("b.pcsm.json").chmod(0o600)
    assert [item.kind for item in inspected(path.parent)] == ["risk"]


def test_what_is_no_copy(path: Path) -> None:
    another(path, "other.pcsm.json", "f" * 32)
    path.with_name("link.pcsm.json").symlink_to(path)
    path.with_name("x.json").write_text('{"file_id": "0"}')
    path.with_name("y.json").write_text("{}")
    path.with_name("conflicts").mkdir()
    os.mkfifo(path.with_name("conflict.json"))
    pipe = os.open(path.with_name("conflict.json"), os.O_RDWR)
    os.write(pipe, path.read_bytes())
    assert [item.sentence for item in inspected(path.parent)] == [f"It is a link to {path}."]
    os.close(pipe)
    assert [item.sentence for item in inspected(path.parent)] == [f"It is a link to {path}."], "nor waits for it"


# --- the folder ---------------------------------------------------------------------------------------------------


def test_every_engagement_of_a_folder_is_looked_at(path: Path) -> None:
    for name in ("b.pcsm.json", "library.pcsm.json"):
        path.with_name(name).write_text("{")
    path.with_name(".hidden.pcsm.json").write_text("{")
    path.with_name("notes.txt").write_text("{")
    done: list[tuple[int, int]] = []
    found = inspected(path.parent, progress=lambda *how_far: done.append(how_far))
    assert [Path(item.path).name for item in found] == ["b.pcsm.json", "library.pcsm.json"]
    assert [file.name for file in engagement_files(path.parent)] == [path.name, "b.pcsm.json", "library.pcsm.json"]
    assert done == [(1, 3), (2, 3), (3, 3)]


def test_what_engagements_that_are_gone_left_behind(path: Path) -> None:
    for rest in ("lock", "bak", "0123456789ab.tmp", "open.a1"):
        path.with_name(f".old.pcsm.json.{rest}").touch()
    path.with_name(".profile.lock").touch()
    assert [(item.kind, item.path, item.sentence) for item in inspected(path.parent)] == [
        (
            "note",
            str(path.parent),
            "old.pcsm.json is gone, and its previous generation is there as .old.pcsm.json.bak.",
        ),
        (
            "note",
            str(path.parent),
            "Engagements that are gone left behind .old.pcsm.json.0123456789ab.tmp, .old.pcsm.json.lock and"
            " .old.pcsm.json.open.a1.",
        ),
    ]


def test_a_folder_is_looked_at_also_when_it_is_empty_and_once_by_whatever_name(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_mounts", lambda: "x / nfs rw 0 0\n")
    (tmp_path / "link").symlink_to(path.parent)
    (tmp_path / "empty").mkdir()
    assert only(inspected(tmp_path / "link")).path == str(path.parent)
    assert only(inspected(tmp_path / "empty")).path == str(tmp_path / "empty")


def test_an_empty_folder_and_one_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert inspected(tmp_path) == []

    def refuse(folder: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(FileRefused, match="cannot be read: Permission denied"):
        inspected(tmp_path)


def test_a_file_in_a_folder_that_may_only_be_passed_through(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert inspected(path) == []


def test_more_can_be_asked_of_what_can_be_read(path: Path) -> None:
    path.with_name("b.pcsm.json").write_text("{")
    more = Finding("note", "x", "y", "z")
    asked: list[tuple[Path, str, list[str]]] = []

    def further(file: Path, file_id: str, document: dict[str, Any]) -> list[Finding]:
        asked.append((file, file_id, sorted(document)))
        return [more]

    assert more in inspected(path.parent, further)
    assert asked == [(path, FILE_ID, ["_meta", "risks"])]


def test_looking_changes_nothing(path: Path, tmp_path: Path) -> None:
    lock_path(path).unlink()
    path.with_name(".old.pcsm.json.lock").touch()
    path.with_name(f".{path.name}.open.b1").write_text("nonsense")
    path.with_name(f".{path.name}.0123456789ab.tmp").touch()
    path.with_name("acme (conflicted copy).json").write_bytes(path.read_bytes())
    (tmp_path / "backups" / FILE_ID).mkdir(parents=True)
    (tmp_path / "backups" / FILE_ID / "1.gz").write_bytes(gzip.compress(path.read_bytes())[:-9])
    Presence(path, "ada", "a1", "2026-11-22T10:02:00Z").announce()
    dead = path.with_name(f".{path.name}.open.a1")
    dead.write_text(dead.read_text().replace('"started": "', '"started": "1'))
    before = tree(tmp_path)
    for target in (path, path.parent):
        assert len(inspected(target, lambda file, file_id, _: kept_findings(file, file_id, tmp_path))) >= 4
    assert tree(tmp_path) == before


# --- what the folder lies on --------------------------------------------------------------------------------------

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/team nfs4 rw 0 0
/dev/sdb1 /srv/team/local xfs rw 0 0
//host/x /mnt/two\\040words cifs rw 0 0
tmpfs /srv/covered tmpfs rw 0 0
ada@host: /srv/covered fuse.sshfs rw 0 0
nonsense
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ada", "ext4"), ("/srv/team", "nfs4"), ("/srv/team/a", "nfs4"), ("/srv/teams", "ext4"),
        ("/srv/team/local/x", "xfs"), ("/mnt/two words/a", "cifs"), ("/srv/covered", "fuse.sshfs"), ("/", "ext4"),
    ],
)  # fmt: skip
def test_the_kind_of_file_system_is_that_of_the_nearest_mount(folder: str, kind: str) -> None:
    assert file_system(Path(folder), MOUNTS) == kind
    assert file_system(Path(folder), "") == ""


@pytest.mark.parametrize(
    ("kind", "is_told"),
    [("nfs", True), ("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False), ("fuseblk", False)],
)
def test_a_network_file_system_is_a_risk(path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, is_told: bool) -> None:
    monkeypatch.setattr(places, "_mounts", lambda: f"x / {kind} rw 0 0\n")
    found = [(item.kind, item.path, kind in item.sentence) for item in inspected(path)]
    assert found == [("risk", str(path.parent), True)] * is_told


def volume(free: int, files: int = 10, blocks: int = 100) -> Callable[[Path], SimpleNamespace]:
    """Return a function that tells of a file system with so many bytes and files free."""
    about = SimpleNamespace(f_bavail=free, f_frsize=1, f_blocks=blocks, f_files=100, f_favail=files)
    return lambda folder: about


def test_fault_005_little_room_is_a_risk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = another(path, "other.pcsm.json", "f" * 32).stat().st_size
    size = max(size, path.stat().st_size)
    monkeypatch.setattr(os, "statvfs", volume(3 * size))
    assert inspected(path.parent) == []
    monkeypatch.setattr(os, "statvfs", volume(3 * size - 1))
    found = only(inspected(path.parent))
    assert (found.kind, found.path) == ("risk", str(path.parent))
    assert found.sentence == f"{3 * size - 1:,} bytes are free here, and saves may need {3 * size:,}."
    monkeypatch.setattr(os, "statvfs", volume(0, blocks=0))
    assert inspected(path.parent) == [], "a file system that counts nothing"
    monkeypatch.setattr(os, "statvfs", volume(3 * size, files=0))
    assert only(inspected(path)).sentence == "No more files can be made on this file system."


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name are Linux's")
def test_fault_007_a_quota_that_is_nearly_used_up_is_a_risk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def refuse(descriptor: int, start: int, length: int) -> None:
        asked.append(length)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    code = errno.EOPNOTSUPP
    assert inspected(path) == []
    code = errno.EDQUOT
    found = only(inspected(path))
    size = 3 * path.stat().st_size
    assert (found.kind, found.sentence) == (
        "risk", f"Your quota leaves less than {size:,} bytes here, which saves may need.",
    )  # fmt: skip
    assert asked == [size, size]


# --- backups and journals -----------------------------------------------------------------------------------------


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Return the folder of the backups of the engagement."""
    folder = tmp_path / "state" / "backups" / FILE_ID
    folder.mkdir(parents=True)
    return folder


def kept(path: Path, tmp_path: Path, file_id: str = FILE_ID) -> list[Finding]:
    return list(kept_findings(path, file_id, tmp_path / "state"))


@pytest.mark.parametrize("file_id", [FILE_ID, "..", "", "a/b"])
def test_an_engagement_without_backups(path: Path, tmp_path: Path, file_id: str) -> None:
    found = only(kept(path, tmp_path, file_id))
    assert (found.kind, found.sentence) == ("note", "There is no backup of it on this machine.")


def test_a_file_id_leads_nowhere_else(path: Path, tmp_path: Path, backups: Path) -> None:
    (backups.parent.parent / "x.gz").write_bytes(b"broken")
    assert only(kept(path, tmp_path, "..")).kind == "note"


@pytest.mark.parametrize("file_id", ["acme_2026", "x" * 80, "Büro/7"])
def test_backups_of_an_identity_from_another_program_are_found(path: Path, tmp_path: Path, file_id: str) -> None:
    payload = path.read_bytes().replace(FILE_ID.encode(), file_id.encode())
    Backups(folder_of(tmp_path / "state", file_id)).keep(payload, path, datetime.now(UTC))
    assert kept(path, tmp_path, file_id) == []


def test_a_good_backup_is_nothing_to_tell(path: Path, tmp_path: Path, backups: Path) -> None:
    (backups / "1.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert kept(path, tmp_path) == []


def flipped(packed: bytes) -> bytes:
    """Return bytes with one in the middle changed."""
    middle = len(packed) // 2
    return packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda packed: packed[:-1],
    "empty": lambda packed: b"",
    "no gzip": gzip.decompress,
    "flipped": flipped,
    "wrong sum": lambda packed: packed[:-8] + b"\0" * 8,
    "of nothing": lambda packed: gzip.compress(b""),
    "of another": lambda packed: gzip.compress(b'{"_meta": {"1": {"file_id": "another"}}}'),
    "no block": lambda packed: packed[:10] + b"\x07" + packed[11:],
    "trailing": lambda packed: packed + b"x",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_backup_that_cannot_be_used_is_a_risk(
    path: Path, tmp_path: Path, backups: Path, damage: Callable[[bytes], bytes]
) -> None:
    packed = gzip.compress(path.read_bytes())
    (backups / "1.gz").write_bytes(packed)
    (backups / "2.gz").write_bytes(damage(packed))
    found = only(kept(path, tmp_path))
    assert (found.kind, found.sentence) == ("risk", f"1 of 2 backups in {backups} cannot be used: 2.gz.")


def test_a_backup_that_unpacks_to_more_than_a_file_may_have_is_not_unpacked_to_its_end(
    path: Path, tmp_path: Path, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canonical, "LARGEST_FILE", 1000)
    (backups / "1.gz").write_bytes(gzip.compress(path.read_bytes() + b" " * 1000))
    assert "1 of 1 backups" in only(kept(path, tmp_path)).sentence


@pytest.mark.parametrize(("age", "is_told"), [(6 * DAY, False), (8 * DAY, True)])
def test_a_backup_that_is_much_older_than_the_file_is_a_risk(
    path: Path, tmp_path: Path, backups: Path, age: int, is_told: bool
) -> None:
    changed = 1_795_348_800  # 2026-11-22T12:00:00Z
    os.utime(path, (changed, changed))
    for name, older in (("1.gz", age), ("2.gz", age + DAY)):
        (backups / name).write_bytes(gzip.compress(path.read_bytes()))
        os.utime(backups / name, (changed - older, changed - older))
    found = [(item.kind, item.sentence) for item in kept(path, tmp_path)]
    what = "Its newest backup is of 2026-11-14, and it was changed on 2026-11-22."
    assert found == [("risk", what)] * is_told


def test_a_broken_backup_is_not_the_newest(path: Path, tmp_path: Path, backups: Path) -> None:
    (backups / "1.gz").write_bytes(gzip.compress(path.read_bytes()))
    (backups / "2.gz").write_bytes(b"broken")
    os.utime(backups / "1.gz", (DAY, DAY))
    assert [item.sentence[:26] for item in kept(path, tmp_path)] == [
        "1 of 2 backups in " + str(backups)[:8],
        "Its newest backup is of 19",
    ]


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "of"),
    [
        (".a.pcsm.json.lock", ("a.pcsm.json", "lock")),
        (".a.pcsm.json.bak", ("a.pcsm.json", "previous")),
        (".a.b.pcsm.json.0af.tmp", ("a.b.pcsm.json", "temporary")),
        (".a.pcsm.json.open.x1", ("a.pcsm.json", "presence")),
        ("a.pcsm.json.lock", None),
        (".a.pcsm.json", None),
        (".a.pcsm.json.lock2", None),
        (".pcsm.json.lock", None),
        (".a.json.lock", None),
    ],
)
def test_what_lies_beside_an_engagement_is_known_by_its_name(name: str, of: tuple[str, str] | None) -> None:
    assert beside(name) == of


@pytest.mark.parametrize(
    ("names", "told"),
    [("a", "a"), ("ab", "a and b"), ("abcd", "a, b, c and d"), ("abcde", "a, b, c and 2 more")],
)
def test_names_in_a_sentence(names: str, told: str) -> None:
    assert several(names) == told
