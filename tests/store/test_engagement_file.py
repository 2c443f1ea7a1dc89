"""The engagement file on disk: replaced as a whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB, where

from pcsm_tui.domain.editing import add_row, set_values
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import FileChanged, FileLocked, FileRefused, PcsmError, StorageFailed
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import (
    EngagementStorage,
    new_document,
    new_uid,
    read_payload,
    replace_file,
    with_new_revision,
)
from pcsm_tui.store.locks import lock_path
from tests.support import STAMP, empty_document, fresh_uid, made, small_framework

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a saved engagement with one risk, in a folder of its own."""
    folder = tmp_path / "repository"
    folder.mkdir()
    path = folder / "acme.pcsm.json"
    EngagementStorage(path).commit({**empty_document(), "risks": {"7": {"name": "Delay"}}})
    return path


def opened(path: Path) -> tuple[EngagementStorage, dict[str, Any]]:
    """Open a file; return its storage and document."""
    storage = EngagementStorage(path, patience=0.05)
    document = storage.read()
    assert document is not None
    return storage, document


def leftovers(path: Path) -> list[str]:
    """Return the names of whatever lies beside a file and its lock."""
    return sorted({entry.name for entry in path.parent.iterdir()} - {path.name, lock_path(path).name})


# --- saving ---------------------------------------------------------------------------------------------------


def test_a_save_is_canonical_and_counts_up(path: Path) -> None:
    storage, document = opened(path)
    written = storage.commit({**document, "risks": {"7": {"name": "Strike"}}})
    assert path.read_bytes() == canonical.to_bytes(written)
    assert storage.read() == written
    before, after = document["_meta"]["1"], written["_meta"]["1"]
    assert (before["n"], after["n"]) == (1, 2)
    assert len(after["rev"]) == 32
    assert after["rev"] != before["rev"]
    assert after["ancestry"] == [before["rev"]]
    assert leftovers(path) == []


def test_the_document_given_is_left_as_it_is(path: Path) -> None:
    storage, document = opened(path)
    kept = json.loads(json.dumps(document))
    storage.commit(document)
    assert document == kept


def test_the_head_of_the_file_identifies_it(path: Path) -> None:
    assert path.read_text().splitlines()[1] == '  "_meta": {'


def test_a_revision_remembers_the_last_64() -> None:
    document: Any = new_document("Acme", {}, {})
    revisions = []
    for _ in range(70):
        document = with_new_revision(document)
        revisions.append(document["_meta"]["1"]["rev"])
    meta = document["_meta"]["1"]
    assert meta["n"] == 70
    assert meta["ancestry"] == revisions[5:69]
    assert len(set(revisions)) == 70


def test_a_new_document_has_what_is_needed_and_nothing_else() -> None:
    document = new_document("Acme", {"name": "F", "version": "1"}, {"name": "", "hash": ""})
    meta = document["_meta"]["1"]
    assert document.keys() == {"_meta"}
    assert (meta["format"], meta["schema"], meta["customer"], meta["n"]) == ("pcsm", 1, "Acme", 0)
    assert len(meta["file_id"]) == 32
    assert meta["file_id"] != new_document("Acme", {}, {})["_meta"]["1"]["file_id"]
    assert len({new_uid() for _ in range(100)}) == 100


def test_a_file_that_does_not_exist_is_none(tmp_path: Path) -> None:
    storage = EngagementStorage(tmp_path / "none.pcsm.json")
    assert storage.read() is None
    assert not storage.changed_outside()
    assert list(tmp_path.iterdir()) == []


def test_unknown_parts_survive_an_edit(path: Path) -> None:
    storage, document = opened(path)
    unknown = {"9": {"uid": "z", "deep": {"a": [1, {"b": None}], "__class__": "x"}}, "8": {}}
    document = {
        **document,
        "from-the-future": unknown,
        "empty-table": {},
        "risks": {"7": {"name": "Delay", "new_field": [True, 1]}},
    }
    document["_meta"]["1"]["min_reader_note"] = {"a": "b"}
    storage.commit(document)

    storage, document = opened(path)
    seen = Engagement(document, small_framework())
    seen = made(seen, set_values(seen, seen.rows("risks")[0], {"severity": 2}, STAMP))
    storage.commit(seen.document)

    _, again = opened(path)
    assert again["from-the-future"] == unknown
    assert again["empty-table"] == {}
    assert again["risks"]["7"]["new_field"][0] is True
    assert again["risks"]["7"]["severity"] == 2
    assert again["_meta"]["1"]["min_reader_note"] == {"a": "b"}


KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
UNKNOWN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | KEYS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=5,
)


@given(
    st.dictionaries(
        KEYS.map("x-{}".format),
        st.dictionaries(st.integers(0, 2**40).map(str), st.dictionaries(KEYS, UNKNOWN, max_size=3), max_size=2),
        max_size=3,
    )
)
def test_any_unknown_table_survives_load_edit_save(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("any") / "acme.pcsm.json"
    EngagementStorage(path).commit({**empty_document(), **tables})
    storage, document = opened(path)
    seen = Engagement(document, small_framework())
    seen = made(seen, add_row(seen, small_framework().tool("risks"), {"name": "New"}, fresh_uid(), STAMP))
    storage.commit(seen.document)
    again = json.loads(path.read_bytes())
    assert json.dumps({name: again[name] for name in tables}, sort_keys=True) == json.dumps(tables, sort_keys=True)
    assert len(again["risks"]) == 1


def test_a_lone_surrogate_survives_to_the_byte(path: Path) -> None:
    payload = path.read_bytes().replace(b"Delay", b"De\\ud800lay\\udcff")
    path.write_bytes(payload)
    storage, document = opened(path)
    storage.commit(document)
    assert b'"name": "De\\ud800lay\\udcff"\n' in path.read_bytes()


# --- what is refused ------------------------------------------------------------------------------------------


def untouched(path: Path, act: Callable[[], Any], error: type[PcsmError], told: str) -> PcsmError:
    """Let an act fail, and see that the file beside it is as it was and that nothing else lies there."""
    before, stats = path.read_bytes(), path.stat()
    with pytest.raises(error, match=told) as refused:
        act()
    assert str(path) in refused.value.message
    assert path.read_bytes() == before
    assert (path.stat().st_ino, path.stat().st_mode) == (stats.st_ino, stats.st_mode)
    assert leftovers(path) == []
    return refused.value


def test_what_someone_else_saved_is_not_replaced(path: Path) -> None:
    storage, document = opened(path)
    other, theirs = opened(path)
    other.commit({**theirs, "risks": {"7": {"name": "Theirs"}}})
    assert storage.changed_outside()
    untouched(path, lambda: storage.commit(document), FileChanged, "changed by someone else")
    again = storage.read()
    assert again is not None
    assert not storage.changed_outside()
    storage.commit(again)


def test_a_change_of_the_same_size_and_time_is_noticed(path: Path) -> None:
    storage, document = opened(path)
    stats = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Delay", b"Delax"))
    os.utime(path, ns=(stats.st_atime_ns, stats.st_mtime_ns))
    untouched(path, lambda: storage.commit(document), FileChanged, "changed by someone else")


def test_a_file_that_was_never_read_is_not_replaced(path: Path) -> None:
    untouched(path, lambda: EngagementStorage(path).commit(empty_document()), FileChanged, "changed by someone else")


def test_a_file_that_is_gone_is_not_made_again(path: Path) -> None:
    storage, document = opened(path)
    path.unlink()
    with pytest.raises(FileChanged, match="is gone"):
        storage.commit(document)
    assert storage.read() is None
    with pytest.raises(FileChanged, match="is gone"):
        storage.commit(document)
    assert not path.exists()


def test_a_damaged_file_is_not_replaced_after_it_was_refused(path: Path) -> None:
    for payload in (b"", b"\x00" * 512, b'{"_meta": {'):
        path.write_bytes(payload)
        storage = EngagementStorage(path)
        untouched(path, storage.read, FileRefused, "damaged|not valid JSON")
        untouched(path, lambda storage=storage: storage.commit(empty_document()), FileChanged, "changed")  # type: ignore[misc]


@pytest.mark.parametrize("mode", [0o444, 0o440, 0o400])
def test_a_read_only_file_is_refused(path: Path, mode: int) -> None:
    storage, document = opened(path)
    path.chmod(mode)
    assert storage.read() == document
    untouched(path, lambda: storage.commit(document), FileRefused, "is read-only")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_file_that_is_not_ours_to_write_is_refused(path: Path) -> None:
    storage, document = opened(path)
    path.chmod(0o070)
    untouched(path, lambda: storage.commit(document), FileRefused, "is read-only")


def test_folders_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.pcsm.json"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.pcsm.json"
    loop.symlink_to(loop)
    folder = tmp_path / "folder.pcsm.json"
    folder.mkdir()
    before = sorted(tmp_path.iterdir())
    for path in (folder, pipe, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(FileRefused, match="not a file"):
            EngagementStorage(path).read()
        with pytest.raises(FileRefused, match="not a file"):
            EngagementStorage(path).commit(empty_document())
    with pytest.raises(FileRefused):
        EngagementStorage(loop).read()
    assert sorted(tmp_path.iterdir()) == before
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(FileRefused):
            read_payload(folder)
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def test_names_and_folders_that_cannot_be_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "x.pcsm.json", tmp_path / ("x" * 300), tmp_path / ("x" * 245)):
        with pytest.raises(PcsmError) as told:
            EngagementStorage(path).commit(empty_document())
        assert str(path.parent) in told.value.message
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.endswith(".lock")] == []


def test_a_file_beyond_the_limit_is_not_even_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "LARGEST_FILE", 10)
    untouched(path, EngagementStorage(path).read, FileRefused, "The limit|bytes")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"1": {"a": 1.5}}, "not whole"),
        ({"1": {"a": float("nan")}}, "not whole"),
        ({"1": {"a": 2**60}}, "larger"),
        ({"x": {}}, "record id"),
        ({"1": []}, "a list"),
    ],
)
def test_what_could_not_be_opened_again_is_not_saved(path: Path, table: Any, told: str) -> None:
    storage, document = opened(path)
    untouched(path, lambda: storage.commit({**document, "risks": table}), FileRefused, told)


def test_a_document_without_its_mark_is_not_saved(path: Path) -> None:
    storage, document = opened(path)
    untouched(path, lambda: storage.commit({"risks": {}}), FileRefused, "no pcsm mark")
    document["_meta"]["1"]["n"] = "many"
    untouched(path, lambda: storage.commit(document), FileRefused, "'many' as its n")


def test_a_count_at_its_end_does_not_make_the_file_unreadable(path: Path) -> None:
    storage, document = opened(path)
    document["_meta"]["1"]["n"] = 2**53 - 1
    storage.commit(document)
    assert opened(path)[1]["_meta"]["1"]["n"] == 2**53 - 1


# --- modes, links, folders ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o660])
def test_the_mode_is_kept(path: Path, mode: int) -> None:
    path.chmod(mode)
    lock_path(path).unlink()
    storage, document = opened(path)
    old = os.umask(0o077)
    try:
        storage.commit(document)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert stat.S_IMODE(lock_path(path).stat().st_mode) == mode, "colleagues lock the same file"


@pytest.mark.parametrize(("folder_mode", "mode"), [(0o755, 0o600), (0o775, 0o660), (0o700, 0o600)])
def test_a_new_file_is_private_or_its_groups(tmp_path: Path, folder_mode: int, mode: int) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    folder.chmod(folder_mode)
    old = os.umask(0)
    try:
        EngagementStorage(folder / "acme.pcsm.json").commit(empty_document())
    finally:
        os.umask(old)
    for entry in folder.iterdir():
        assert stat.S_IMODE(entry.stat().st_mode) == mode, entry.name


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_owner_and_group_are_kept(path: Path) -> None:
    os.chown(path, 12345, 23456)
    path.chmod(0o640)
    storage, document = opened(path)
    storage.commit(document)
    stats = path.stat()
    assert (stats.st_uid, stats.st_gid, stat.S_IMODE(stats.st_mode)) == (12345, 23456, 0o640)


def test_a_group_that_cannot_be_kept_refuses_the_save(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise colleagues would lose the file."""
    if os.geteuid() == 0:
        os.chown(path, -1, 23456)
    else:
        pytest.skip("only root can give files away")

    def refuse(descriptor: int, uid: int, gid: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    storage, document = opened(path)
    monkeypatch.setattr(os, "fchown", refuse)
    untouched(path, lambda: storage.commit(document), StorageFailed, "operation not permitted")


@pytest.mark.skipif(sys.platform != "linux", reason="access lists are read as Linux keeps them")
def test_an_access_list_is_kept(path: Path) -> None:
    """One more user may read and write; the owning group may only read."""
    entries = [(0x01, 6, 2**32 - 1), (0x02, 6, 12345), (0x04, 4, 2**32 - 1), (0x10, 6, 2**32 - 1), (0x20, 0, 2**32 - 1)]
    wanted = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(path, "system.posix_acl_access", wanted)
    except OSError:
        pytest.skip("this file system has no access lists")
    storage, document = opened(path)
    storage.commit(document)
    assert os.getxattr(path, "system.posix_acl_access") == wanted


def test_a_link_stays_and_its_target_is_replaced(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.pcsm.json"
    link.symlink_to(path)
    storage, document = opened(link)
    storage.commit({**document, "risks": {"7": {"name": "Through the link"}}})
    assert link.is_symlink()
    assert "Through the link" in path.read_text()
    assert not path.is_symlink()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link.pcsm.json", "repository"]


def test_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link.pcsm.json"
    link.symlink_to(tmp_path / "gone.pcsm.json")
    for act in (EngagementStorage(link).read, lambda: EngagementStorage(link).commit(empty_document())):
        with pytest.raises(FileRefused, match="which does not exist"):
            act()
    assert not (tmp_path / "gone.pcsm.json").exists()


# --- failing writes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "told"),
    [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "quota is used up"), (errno.EIO, "input/output error")],
)
@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod"])
def test_fault_005_a_failing_write_leaves_everything_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, told: str
) -> None:
    path.chmod(0o640)
    storage, document = opened(path)
    changed = {**document, "risks": {"7": {"name": "Strike"}}}

    def fail(*arguments: Any) -> None:
        raise OSError(code, os.strerror(code))

    lock_path(path).unlink()
    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        problem = untouched(path, lambda: storage.commit(changed), StorageFailed, told)
        assert problem.exit_code == 4
    storage.commit(changed)
    assert "Strike" in path.read_text()


def test_fault_005_a_full_disk(path: Path) -> None:
    """A limit on file sizes makes the kernel refuse the bytes half way."""
    script = """
import resource, signal, sys
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.errors import StorageFailed
storage = EngagementStorage(sys.argv[1])
document = storage.read()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    storage.commit({**document, "risks": {"7": {"name": "x" * 100_000}}})
except StorageFailed as failed:
    print(failed)
"""
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "was not saved: file too large" in done.stdout
    assert path.read_bytes() == before
    assert leftovers(path) == []


def test_fault_009_an_error_after_the_rename_is_a_save(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the disk then is ours: the next save must not take it for someone else's."""
    storage, document = opened(path)
    real = os.fsync

    def fail_for_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail_for_folders)
        written = storage.commit({**document, "risks": {"7": {"name": "Strike"}}})
    assert storage.read() == written
    assert not storage.changed_outside()


def test_fault_010_short_writes_are_completed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file opened without a buffer may take fewer bytes than it is given."""
    real = os.fdopen

    class Short:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Short:
            return self

        def __exit__(self, *about: object) -> None:
            self.file.close()

        def write(self, payload: memoryview) -> int:
            return int(self.file.write(payload[:7]))

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    storage, document = opened(path)
    monkeypatch.setattr(os, "fdopen", lambda descriptor, mode, **more: Short(real(descriptor, mode, **more)))
    written = storage.commit(document)
    monkeypatch.undo()
    assert path.read_bytes() == canonical.to_bytes(written)


def test_the_bytes_are_on_the_disk_before_the_rename_and_the_rename_before_the_answer(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def logged(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **more: Any) -> Any:
            what = ""
            if name == "fsync":
                what = " folder" if stat.S_ISDIR(os.fstat(arguments[0]).st_mode) else " file"
            calls.append(name + what)
            return real(*arguments, **more)

        monkeypatch.setattr(os, name, call)

    storage, document = opened(path)
    for name in ("fsync", "replace"):
        logged(name)
    storage.commit(document)
    assert calls == ["fsync file", "replace", "fsync folder"]


def test_an_interrupted_write_leaves_no_temporary_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, b"{}", 0o600)
    assert leftovers(path) == []


def test_what_killed_saves_left_behind_is_removed_by_the_next(path: Path) -> None:
    mine = path.with_name(f".{path.name}.0123456789ab.tmp")
    other = path.with_name(".other.pcsm.json.0123456789ab.tmp")
    for leftover in (mine, other):
        leftover.write_bytes(b"half")
    storage, document = opened(path)
    storage.commit(document)
    assert leftovers(path) == [other.name]


KILLED = """
import os, sys, time
from pcsm_tui.store.engagement_file import EngagementStorage
storage = EngagementStorage(sys.argv[1])
document = storage.read()
count = document["risks"]["7"].get("count", 0)
print("ready", flush=True)
while True:
    count += 1
    document = storage.commit({**document, "risks": {"7": {"name": "x" * 50_000, "count": count}}})
    print(count, flush=True)
"""


def test_fault_001_a_killed_save_leaves_the_old_or_the_new_file(path: Path) -> None:
    """Twenty times; what was said to be saved is there."""
    for round_number in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            for _ in range(1 + round_number % 3):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
            acknowledged = [int(line) for line in writer.stdout.read().split()]
        _, document = opened(path)
        count = document["risks"]["7"]["count"]
        assert not acknowledged or count in (acknowledged[-1], acknowledged[-1] + 1)
    storage, document = opened(path)
    storage.commit(document)
    assert leftovers(path) == []


# --- locks ----------------------------------------------------------------------------------------------------

HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_fault_033_a_lock_that_is_held_is_told_after_a_while_and_one_whose_holder_died_is_none(path: Path) -> None:
    storage, document = opened(path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock_path(path))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        problem = untouched(path, lambda: storage.commit(document), FileLocked, "Another session is saving")
        assert problem.exit_code == 3
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        storage.commit(document)


ADDING = """
import sys
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.errors import FileChanged
storage = EngagementStorage(sys.argv[1])
for _ in range(int(sys.argv[2])):
    while True:
        document = storage.read()
        count = document["risks"]["7"].get("count", 0)
        try:
            storage.commit({**document, "risks": {"7": {"name": "Delay", "count": count + 1}}})
            break
        except FileChanged:
            pass
"""


def test_fault_030_nothing_is_lost_between_writers(path: Path) -> None:
    """Three processes count up in one file; same-sized saves come within the same tick."""
    writers = [subprocess.Popen([sys.executable, "-c", ADDING, str(path), "15"], cwd=ROOT) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert opened(path)[1]["risks"]["7"]["count"] == 45
    assert leftovers(path) == []


# --- TinyDB ---------------------------------------------------------------------------------------------------


def test_stock_tinydb_reads_the_file_and_inserts_a_record_that_we_read(path: Path) -> None:
    _, document = opened(path)
    with TinyDB(path) as database:
        assert database.tables() == {"_meta", "risks"}
        assert database.table("risks").get(doc_id=7) == {"name": "Delay"}
        assert database.table("_meta").all()[0]["format"] == "pcsm"
        assert database.table("risks").search(where("name") == "Delay")[0].doc_id == 7
        inserted = database.table("risks").insert({"name": "Späte Lieferung", "severity": 3})
    storage, after = opened(path)
    assert inserted == 8
    assert after == {**document, "risks": {"7": {"name": "Delay"}, "8": {"name": "Späte Lieferung", "severity": 3}}}
    seen = Engagement(after, small_framework())
    row = seen.rows("risks")[-1]
    assert seen.title(row) == "Späte Lieferung"
    storage.commit(made(seen, set_values(seen, row, {"severity": 4}, STAMP)).document)
    with TinyDB(path) as database:
        assert database.table("risks").get(doc_id=8)["severity"] == 4


def test_stock_tinydb_inserts_beside_our_own_large_ids(path: Path) -> None:
    storage, document = opened(path)
    storage.commit({**document, "risks": {str(2**52 - 1): {"uid": "f" * 32, "name": "ours"}}})
    with TinyDB(path) as database:
        database.table("risks").insert({"name": "theirs"})
    rows = Engagement(opened(path)[1], small_framework()).rows("risks")
    assert {row.doc_id: row.get("name") for row in rows} == {str(2**52 - 1): "ours", str(2**52): "theirs"}


def test_tinydb_works_through_our_storage(path: Path) -> None:
    with TinyDB(path, storage=EngagementStorage) as database:
        risks = database.table("risks")
        added = risks.insert({"name": "Strike"})
        risks.update({"severity": 5}, where("name") == "Delay")
        assert {record.doc_id: record["name"] for record in risks} == {7: "Delay", added: "Strike"}
        risks.remove(doc_ids=[added])
    _, document = opened(path)
    assert document["risks"] == {"7": {"name": "Delay", "severity": 5}}
    assert document["_meta"]["1"]["n"] == 4
    assert path.read_bytes() == canonical.to_bytes(document)


def test_tinydb_through_our_storage_cannot_make_a_file_that_we_do_not_open(tmp_path: Path, path: Path) -> None:
    new = tmp_path / "new.pcsm.json"
    with TinyDB(new, storage=EngagementStorage) as database, pytest.raises(FileRefused, match="no pcsm mark"):
        database.insert({"a": 1})
    assert not new.exists()
    with TinyDB(path, storage=EngagementStorage) as database:
        untouched(path, lambda: database.table("risks").insert({"a": 1.5}), FileRefused, "not whole")
        untouched(path, database.drop_tables, FileRefused, "no pcsm mark")
