"""What could not be kept of a damaged file, told in sentences."""

from __future__ import annotations

import json
from typing import Any

from pcsm_tui.errors import cut

_MOST_TOLD = 500


class Losses:
    """What was lost; of very much, the first sentences and how many more there would be."""

    def __init__(self) -> None:
        self.count = 0
        self._told: list[str] = []

    def add(self, sentence: str) -> None:
        """Add a sentence."""
        self.count += 1
        if self.count <= _MOST_TOLD:
            self._told.append(sentence)

    def told(self) -> tuple[str, ...]:
        """Return the sentences."""
        more = self.count - len(self._told)
        return (*self._told, f"And {more:,} more.") if more else tuple(self._told)


def counted(count: int, what: str) -> str:
    """Return a count with its noun in the number that it asks for."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def shown(value: Any) -> str:
    """Return a value as a sentence repeats it."""
    text = value if isinstance(value, str) and len(value) > 1000 else json.dumps(value, ensure_ascii=False)
    return cut(text)
