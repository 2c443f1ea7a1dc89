"""Folders that are made when something is first written to them."""

from __future__ import annotations

from pathlib import Path

from pcsm_tui.errors import StorageFailed


def private_folder(folder: Path) -> Path:
    """Make a folder of the person's own, readable by nobody else, and return it; raises `StorageFailed`."""
    return _made(folder, 0o700)


def shared_folder(folder: Path) -> Path:
    """Make a folder that colleagues may use too, as far as the person's umask lets them; raises `StorageFailed`."""
    return _made(folder, 0o777)


def _made(folder: Path, mode: int) -> Path:
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as problem:
        raise StorageFailed(f"The folder {folder} cannot be made: {problem.strerror}.") from None
    return folder
