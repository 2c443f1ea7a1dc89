"""What belongs to one person and must survive the program: what was put off, last visits, what was typed and refused.

A small JSON file in the person's state folder, mode 0600. Each change reads, changes and replaces it under a lock, so
that two sessions of the same person do not undo each other. A change that cannot be written holds until the program
ends, and is written with the next one that can.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcsm_tui.errors import PcsmError, StorageFailed
from pcsm_tui.store.folders import private_folder
from pcsm_tui.store.locks import write_lock
from pcsm_tui.store.replacing import read_payload, remove_leftovers, replace_file

Section = dict[str, Any]
State = dict[str, Section]
Changing = Callable[[Section], object]
_MODE = 0o600


class PersonalState:
    """Sections of keys and values; a section that was never written, or cannot be read, is empty."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state.json"
        self._unkept: list[tuple[str, Changing]] = []

    def section(self, name: str) -> Section:
        """Return a copy of one section."""
        try:
            state = self._read()
        except PcsmError:  # convenience only: nothing is refused for the lack of it
            state = {}
        self._make_changes(state)
        return state.get(name, {})

    def change(self, name: str, changing: Changing) -> None:
        """Change one section in place by a function; an unchanged one is not written.

        Raises `StorageFailed` when it cannot be written; the change then holds until the program ends.
        """
        self._unkept.append((name, changing))
        self.save()

    def save(self) -> None:
        """Write the changes that could not be written before; raises `StorageFailed` when they still cannot be."""
        if not self._unkept:
            return
        try:
            private_folder(self.path.parent)
            with write_lock(self.path, _MODE):
                state = self._read()
                before = _as_json(state)
                self._make_changes(state)
                if _as_json(state) != before:
                    remove_leftovers(self.path)
                    replace_file(self.path, _as_json(state), _MODE)
        except PcsmError as problem:
            raise StorageFailed(problem.message, "It holds until you leave the program.") from None
        self._unkept.clear()

    def _make_changes(self, state: State) -> None:
        for name, changing in self._unkept:
            section = state.get(name, {})
            changing(section)
            if section:
                state[name] = section

    def _read(self) -> State:
        payload = read_payload(self.path)
        try:
            state = json.loads(payload or b"{}")
        except ValueError:
            return {}  # convenience only: a damaged state file starts afresh
        return state if isinstance(state, dict) and all(isinstance(part, dict) for part in state.values()) else {}


def _as_json(state: State) -> bytes:
    return json.dumps(state, indent=1, sort_keys=True).encode()
