"""What belongs to one person and must survive the program: what was put off, last visits, what was typed and refused.

A small JSON file in the person's state folder, mode 0600. Each change reads, changes and replaces it under a lock, so
that two sessions of the same person do not undo each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcsm_tui.store.engagement_file import read_payload, replace_file
from pcsm_tui.store.locks import write_lock

State = dict[str, dict[str, Any]]
_MODE = 0o600


class PersonalState:
    """Sections of keys and values; a section that was never written is empty."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state.json"

    def section(self, name: str) -> dict[str, Any]:
        """Return a copy of one section."""
        return dict(self._read().get(name, {}))

    def change(self, name: str, changing: Callable[[dict[str, Any]], None]) -> None:
        """Change one section in place by a function; an unchanged one is not written.

        Raises `StorageFailed` when it cannot be written.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with write_lock(self.path, _MODE):
            state = self._read()
            before = json.dumps(state.get(name, {}), sort_keys=True)
            section = state.setdefault(name, {})
            changing(section)
            if json.dumps(section, sort_keys=True) != before:
                replace_file(self.path, json.dumps(state, indent=1, sort_keys=True).encode(), _MODE)

    def _read(self) -> State:
        payload = read_payload(self.path)
        try:
            state = json.loads(payload or b"{}")
        except ValueError:
            return {}  # convenience only: a damaged state file starts afresh
        return state if isinstance(state, dict) and all(isinstance(part, dict) for part in state.values()) else {}
