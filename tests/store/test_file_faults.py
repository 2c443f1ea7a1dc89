"""Saves that fail, are killed or meet others: the file is the old or the new one."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import FileLocked, StorageFailed
from pcsm_tui.store import canonical
from pcsm_tui.store.locks import lock_path
from pcsm_tui.store.replacing import replace_file
from tests.store.saved import ROOT, leftovers, opened, untouched

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
    assert calls == ["fsync file", "replace", "replace", "fsync folder"], "the previous generation, then the file"


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
