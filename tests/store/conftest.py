"""A saved engagement for every test of the store that asks for its path."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcsm_tui.store.engagement_file import EngagementStorage
from tests.support import empty_document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a saved engagement with one risk, in a folder of its own."""
    folder = tmp_path / "repository"
    folder.mkdir()
    path = folder / "acme.pcsm.json"
    EngagementStorage(path).commit({**empty_document(), "risks": {"7": {"name": "Delay"}}})
    return path
