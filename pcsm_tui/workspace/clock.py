"""The clock; it is passed in from here, so that nothing below has one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
STAMP = "%Y-%m-%dT%H:%M:%SZ"
"""How every record says when it was changed, in UTC."""


def wall_clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)
