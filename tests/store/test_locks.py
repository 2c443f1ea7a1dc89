"""The lock file: plain, permanent, nobody's trap."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import FileLocked, FileRefused, StorageFailed
from pcsm_tui.store.locks import lock_path, write_lock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to lock."""
    path = tmp_path / "acme.pcsm.json"
    path.write_bytes(b"{}")
    path.chmod(0o640)
    return path


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


def test_a_file_system_without_locks_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(StorageFailed, match="cannot be locked: No locks available"), write_lock(path, 0o640):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be opened"), write_lock(tmp_path / "none" / "a.pcsm.json", 0o600):
        pass
