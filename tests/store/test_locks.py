"""The lock file: plain, permanent, nobody's trap."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import FileLocked, FileRefused, StorageFailed
from pcsm_tui.store import locks
from pcsm_tui.store.locks import lock_path, locking_works, write_lock
from pcsm_tui.store.presence import Presence
from tests.store.saved import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to lock."""
    path = tmp_path / "acme.pcsm.json"
    path.write_bytes(b"{}")
    path.chmod(0o640)
    return path


def failing(code: int) -> Callable[..., None]:
    """Return a function that fails with this error of the system."""

    def fail(*arguments: Any) -> None:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.fixture(autouse=True)
def nothing_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget which devices have locks: a test may have made them appear to have none."""
    monkeypatch.setattr(locks, "_working", {})


def is_held(path: Path) -> bool:
    """Return whether somebody holds the lock of a file."""
    with lock_path(path).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_the_lock_is_held_inside_and_given_back_after(path: Path) -> None:
    with write_lock(path, 0o640):
        assert is_held(path)
        with pytest.raises(FileLocked, match="Another session is saving"), write_lock(path, 0o640, patience=0.03):
            pass
    assert not is_held(path)
    with pytest.raises(ZeroDivisionError), write_lock(path, 0o640):
        raise ZeroDivisionError
    assert not is_held(path)
    assert lock_path(path).name == ".acme.pcsm.json.lock"
    assert path.read_bytes() == b"{}"


def test_fault_034_the_lock_is_not_held_by_an_editor_or_pager_that_was_started_meanwhile(path: Path) -> None:
    with write_lock(path, 0o640):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        assert not is_held(path)
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize("trap", ["link", "pipe", "folder"])
def test_fault_036_a_trap_in_place_of_the_lock_file_is_refused(path: Path, tmp_path: Path, trap: str) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    lock = lock_path(path)
    if trap == "link":
        lock.symlink_to(target)
    elif trap == "pipe":
        os.mkfifo(lock)
    else:
        lock.mkdir()
    with pytest.raises(FileRefused, match="not a plain file") as refused, write_lock(path, 0o640):
        pass
    assert str(lock) in refused.value.message
    assert target.read_text() == "precious"


def test_fault_036_where_the_lock_file_may_not_be_opened_the_folder_is_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(name: Any, *arguments: Any, **more: Any) -> int:
        if Path(name) == lock_path(path):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(name, *arguments, **more)

    monkeypatch.setattr(os, "open", refuse)
    with write_lock(path, 0o640):
        with pytest.raises(FileLocked), write_lock(path, 0o640, patience=0.03):
            pass
        assert not lock_path(path).exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_lock_file_that_cannot_be_made_is_a_failure_below_us(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(*arguments: Any, **more: Any) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(StorageFailed, match=os.strerror(code)), write_lock(path, 0o640):
        pass


def test_a_lock_that_fails_below_us_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(errno.EIO))
    with pytest.raises(StorageFailed, match="cannot be locked: Input/output error"), write_lock(path, 0o640):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be opened"), write_lock(tmp_path / "none" / "a.pcsm.json", 0o600):
        pass


# --- who holds it, and for how long -------------------------------------------------------------------------------

SAVING = """
import signal, sys
from pathlib import Path
from pcsm_tui.store.locks import write_lock
from pcsm_tui.store.presence import Presence
path = Path(sys.argv[1])
for user in sys.argv[2:]:
    Presence(path, user, user, "2026-11-22T10:02:00Z").announce()
with write_lock(path, 0o640):
    print("held", flush=True)
    signal.pause()
"""


@pytest.fixture
def saving(path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return a function that starts a process of these users that holds the lock of the file."""
    started: list[subprocess.Popen[str]] = []

    def start(*users: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SAVING, str(path), *users],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def refusal(path: Path) -> str:
    """Return what is told of a lock that is held."""
    with pytest.raises(FileLocked) as refused, write_lock(path, 0o640, patience=0.03):
        pass
    return refused.value.message


def test_fault_032_the_lock_of_a_holder_that_was_killed_is_free_at_once(path: Path, saving: Any) -> None:
    process = saving("ada")
    process.kill()
    process.wait()
    begun = time.monotonic()
    with write_lock(path, 0o640, patience=0):
        assert time.monotonic() - begun < 1


def test_fault_033_a_holder_that_is_stopped_is_named_and_nobody_waits_for_ever(path: Path, saving: Any) -> None:
    process = saving("ada")
    process.send_signal(signal.SIGSTOP)
    assert refusal(path) == f"Another session (ada) is saving {path}."
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()
    with write_lock(path, 0o640, patience=0):
        pass


def test_fault_033_several_who_may_be_saving_are_all_named_as_far_as_they_are_few(path: Path, saving: Any) -> None:
    saving("ada", "ben")
    told = refusal(path)
    assert {told.replace("ada", "x").replace("ben", "x")} == {f"Another session (x or x) is saving {path}."}
    for user in ("cleo", "dan", "eve"):
        Presence(path, user, user, "2026-11-22T10:02:00Z").announce()  # of this process, which waits itself
    assert refusal(path) == told


def test_fault_033_more_than_three_are_counted(path: Path, saving: Any) -> None:
    saving("ada", "ben", "cleo", "dan", "eve")
    assert refusal(path).endswith(f" or 2 more) is saving {path}.")


def test_fault_033_who_has_been_silent_on_another_machine_is_not_named(path: Path, saving: Any) -> None:
    saving("ada")
    note = path.with_name(f".{path.name}.open.ada")
    note.write_text(note.read_text().replace(os.uname().nodename, "saturn"))
    assert refusal(path) == f"Another session (ada, on saturn) is saving {path}."
    long_ago = note.stat().st_mtime - 1000
    for file in (note, lock_path(path)):
        os.utime(file, (long_ago, long_ago))
    assert refusal(path) == f"Another session is saving {path}."


# --- file systems without locks -----------------------------------------------------------------------------------


def test_fault_035_locks_that_work_are_found_to_work_also_while_one_is_held(path: Path) -> None:
    assert locking_works(path)
    assert not lock_path(path).exists(), "looking makes no lock file"
    with write_lock(path, 0o640):
        assert locking_works(path)
    assert not is_held(path)


def test_fault_035_locks_are_found_to_work_while_another_process_saves(path: Path, saving: Any) -> None:
    saving("ada")
    assert locking_works(path)


@pytest.mark.parametrize("has_lock_file", [True, False])
def test_fault_035_locks_that_keep_nobody_out_are_found_out(
    path: Path, monkeypatch: pytest.MonkeyPatch, has_lock_file: bool
) -> None:
    if has_lock_file:
        lock_path(path).touch()
    monkeypatch.setattr(fcntl, "flock", lambda *arguments: None)
    assert not locking_works(path)
    monkeypatch.setattr(locks, "_working", {})
    assert not locking_works(path.with_name("new.pcsm.json")), "also before the first save"
    with write_lock(path, 0o640), write_lock(path, 0o640, patience=0.03):
        pass


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_fault_035_where_there_are_no_locks_a_save_goes_on_without(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(code))
    assert not locking_works(path)
    reached = []
    with write_lock(path, 0o640):
        reached.append(path)
    assert reached == [path]


def test_fault_035_a_save_without_a_lock_leaves_word_that_there_are_none(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(fcntl, "flock", failing(errno.ENOLCK))
        with write_lock(path, 0o640):
            pass
    assert not locking_works(path)


def test_what_was_found_out_is_remembered_for_the_device(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locking_works(path)
    monkeypatch.setattr(fcntl, "flock", lambda *arguments: None)
    assert locking_works(path.with_name("other.pcsm.json"))


def test_where_nothing_can_be_found_out_locks_are_taken_to_work(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert locking_works(tmp_path / "none" / "acme.pcsm.json")
    monkeypatch.setattr(fcntl, "flock", failing(errno.EBADF))
    assert locking_works(path)
    monkeypatch.setattr(fcntl, "flock", lambda *arguments: None)
    assert not locking_works(path), "an error says nothing of the device"
