"""What was typed in fields of one engagement and could not be saved there, kept until it is put right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import StorageFailed
from pcsm_tui.store.personal_state import PersonalState

SECTION = "drafts"
KEPT_DAYS = 30
"""How long the draft of a row that is gone is kept, since undo or a colleague may bring the row back."""
MOST = 1000
"""How many drafts are kept of all engagements together; the oldest give way."""


class Place(NamedTuple):
    """The field of a row that a text was typed in."""

    tool: str
    uid: str
    field: str


class Draft(NamedTuple):
    """A text that was typed in a field and that the field could not hold, with the reason."""

    text: str
    reason: str


class Drafts:
    """The drafts of one engagement; they survive the program."""

    def __init__(self, state: PersonalState, file_id: str) -> None:
        self._state, self._file_id = state, file_id
        self._kept: dict[str, list[str]] = state.section(SECTION)
        self.unkept = ""
        """Why the drafts kept last do not survive the program."""

    def of(self, tool_id: str) -> dict[tuple[str, str], Draft]:
        """Return the drafts in fields of a tool, by uid and field."""
        found = ((self._place(key), Draft(*kept[:2])) for key, kept in self._kept.items() if self._is_own(key))
        return {(place.uid, place.field): draft for place, draft in found if place.tool == tool_id}

    def keep(self, drafts: Mapping[Place, Draft], engagement: Engagement, today: date) -> None:
        """Keep texts in place of older ones; `unkept` says when that is only until the program ends."""
        fresh = {self._key(place): [*draft, today.isoformat()] for place, draft in drafts.items()}
        rows = {f"{self._file_id}/{tool.id}/{row.uid}" for tool in engagement.framework.tools
                for row in engagement.rows(tool.id)}  # fmt: skip
        oldest = (today - timedelta(KEPT_DAYS)).isoformat()

        def keep(kept: dict[str, Any]) -> None:
            kept.update(fresh)
            by_age = sorted(kept, key=lambda key: str(kept[key][2]), reverse=True)
            own = [key for key in by_age if self._is_own(key)]
            left = [key for key in own if key.rpartition("/")[0] not in rows and kept[key][2] < oldest]
            for key in {*by_age[MOST:], *left}:
                del kept[key]

        self._kept.update(fresh)
        self.unkept = ""
        try:
            self._state.change(SECTION, keep)
        except StorageFailed as problem:
            self.unkept = str(problem)

    def drop(self, places: Iterable[Place]) -> None:
        """Forget what was kept for fields; a draft that cannot be taken out of the file is met again the next time."""
        keys = [key for place in places if self._kept.pop(key := self._key(place), None) is not None]

        def drop(kept: dict[str, Any]) -> None:
            for key in keys:
                kept.pop(key, None)

        if keys:
            with suppress(StorageFailed):
                self._state.change(SECTION, drop)

    def _is_own(self, key: str) -> bool:
        return key.startswith(f"{self._file_id}/")

    def _key(self, place: Place) -> str:
        return f"{self._file_id}/{place.tool}/{place.uid}/{place.field}"

    def _place(self, key: str) -> Place:
        return Place(*key.removeprefix(f"{self._file_id}/").split("/", 2))
