"""What lists across engagements show of each: small, light values, kept in the index and needed at the first paint.

Nothing here imports the declarations, so that a list of a thousand engagements is on the screen before pydantic is.
"""

from __future__ import annotations

from typing import NamedTuple

from pcsm_tui.domain.states import IN_PROGRESS


class Place(NamedTuple):
    """Somewhere to go in an engagement: a tool, a row, a field; or a phase; or nothing, its overview."""

    tool: str = ""
    uid: str = ""
    field: str = ""
    phase: int = 0


class Signal(NamedTuple):
    """Something that may need the CSM, independent of the day on which one looks.

    `due` (ISO date) says by when; `shows` (ISO date) from when on it is worth showing, empty for always; `reason` says
    why when there is no due date to say it; `mark` is one of `!` (needs a decision) and the empty text.
    """

    rule: str
    text: str
    reason: str = ""
    due: str = ""
    shows: str = ""
    mark: str = ""
    place: Place = Place()
    detail: str = ""
    can_tick: bool = False

    @property
    def key(self) -> str:
        """What tells this signal from others of its engagement, so that it can be put off."""
        return f"{self.rule}/{self.place.tool}/{self.place.uid}/{self.place.field}/{self.place.phase}"


class Summary(NamedTuple):
    """One engagement in the Portfolio; dates ISO, health in tenths of a percent, effort 0 to 20, all may be empty."""

    customer: str
    initiative: str = ""
    trade: str = ""
    csm: str = ""
    status: str = "Active"
    phases: tuple[str, ...] = ()
    """The state of each phase in order: Open, In progress or Finished."""
    done: int = 0
    """Activities done, of `activities`."""
    activities: int = 0
    health: int | None = None
    light: str = ""
    """The light of the health: red, amber or green."""
    trend: int | None = None
    """Tenths of a percent since the reading before."""
    next_date: str = ""
    next_what: str = ""
    renewal: str = ""
    effort: int | None = None
    file_id: str = ""
    label: str = ""
    """What the framework calls the light."""

    @property
    def current_phases(self) -> tuple[int, ...]:
        """The numbers of the phases in progress."""
        return tuple(number for number, state in enumerate(self.phases, 1) if state == IN_PROGRESS)
