"""Who may read and write an engagement file after a save: the same as before."""

from __future__ import annotations

import errno
import os
import stat
import struct
import sys
from pathlib import Path

import pytest

from pcsm_tui.errors import FileRefused, StorageFailed
from pcsm_tui.store.engagement_file import (
    EngagementStorage,
)
from pcsm_tui.store.locks import lock_path
from tests.store.saved import opened, untouched
from tests.support import empty_document


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o660])
def test_fault_017_the_mode_is_kept(path: Path, mode: int) -> None:
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
def test_fault_017_owner_and_group_are_kept(path: Path) -> None:
    os.chown(path, 12345, 23456)
    path.chmod(0o640)
    storage, document = opened(path)
    storage.commit(document)
    stats = path.stat()
    assert (stats.st_uid, stats.st_gid, stat.S_IMODE(stats.st_mode)) == (12345, 23456, 0o640)


def test_fault_017_a_group_that_cannot_be_kept_refuses_the_save(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_fault_017_an_access_list_is_kept(path: Path) -> None:
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


def test_fault_015_a_link_stays_and_its_target_is_replaced(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.pcsm.json"
    link.symlink_to(path)
    storage, document = opened(link)
    storage.commit({**document, "risks": {"7": {"name": "Through the link"}}})
    assert link.is_symlink()
    assert "Through the link" in path.read_text()
    assert not path.is_symlink()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link.pcsm.json", "repository"]


def test_fault_015_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link.pcsm.json"
    link.symlink_to(tmp_path / "gone.pcsm.json")
    for act in (EngagementStorage(link).read, lambda: EngagementStorage(link).commit(empty_document())):
        with pytest.raises(FileRefused, match="which does not exist"):
            act()
    assert not (tmp_path / "gone.pcsm.json").exists()
