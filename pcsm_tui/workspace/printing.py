"""What commands print with: text that cannot steer a terminal, and JSON that cannot either."""

from __future__ import annotations

from typing import Any

from pcsm_tui.domain.safe_text import safe_line as safe_line
from pcsm_tui.domain.safe_text import safe_text as safe_text
from pcsm_tui.exchange.json_document import to_json as to_json


def plain(value: Any) -> Any:
    """Return named tuples as dictionaries and tuples as lists, all the way down: what JSON writes."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value
