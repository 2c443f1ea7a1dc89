"""A saved engagement for the tests of the store, and what is looked at around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.errors import PcsmError
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.locks import lock_path
from pcsm_tui.store.replacing import previous_path

ROOT = Path(__file__).parents[2]


def opened(path: Path) -> tuple[EngagementStorage, dict[str, Any]]:
    """Open a file; return its storage and document."""
    storage = EngagementStorage(path, patience=0.05)
    document = storage.read()
    assert document is not None
    return storage, document


def leftovers(path: Path) -> list[str]:
    """Return the names of whatever lies beside a file, its lock and its previous generation."""
    known = {path.name, lock_path(path).name, previous_path(path).name}
    return sorted({entry.name for entry in path.parent.iterdir()} - known)


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
