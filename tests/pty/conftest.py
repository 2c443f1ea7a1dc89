from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of an engagement with one action."""
    return make_engagement(tmp_path, "Ada Ltd", {"actions": [{"action": "Ring", "due": "2026-11-24"}]})
