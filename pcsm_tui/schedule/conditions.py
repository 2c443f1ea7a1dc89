"""What binds an activity besides its links: constraints, a deadline, actual dates, elapsed time."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pcsm_tui.domain.plan import LinkType
from pcsm_tui.schedule.calendar import TimeAxis


class Conditions(NamedTuple):
    """Bounds on an activity, as offsets on the axis; None where there is no bound.

    Of one that has begun (`begun` is the offset of its actual start) the network holds what remains; of one that is
    finished, all of it, at its place. `elapsed` is the elapsed duration in minutes, 0 for a duration in working time.
    """

    starts_from: int | None = None
    ends_from: int | None = None
    starts_by: int | None = None
    ends_by: int | None = None
    honored: bool = False
    """Whether the bounds `starts_by` and `ends_by` hold the early dates too, against all predecessors."""
    deadline: int | None = None
    as_late_as_possible: bool = False
    begun: int | None = None
    finished: int | None = None
    elapsed: int = 0


class Times:
    """The arithmetic of one activity with conditions. Starts and ends are offsets on the axis."""

    def __init__(self, conditions: Conditions, axis: TimeAxis | None) -> None:
        self._bound = conditions
        self._given_axis = axis
        self.elapsed = conditions.elapsed if conditions.finished is None else 0
        self.begun = conditions.begun
        self.as_late_as_possible = conditions.as_late_as_possible and conditions.begun is None

    @property
    def _axis(self) -> TimeAxis:
        if self._given_axis is None:
            raise ValueError("elapsed times need an axis")
        return self._given_axis

    @property
    def finished(self) -> bool:
        """Whether the activity is finished: nothing moves it, and it moves nothing that lies before it."""
        return self._bound.finished is not None

    @property
    def limits_late_dates(self) -> bool:
        """Whether a deadline or a latest date bears on its late dates."""
        bound = self._bound
        return bound.starts_by is not None or bound.ends_by is not None or bound.deadline is not None

    def span(self, duration: int) -> int:
        """Return the working minutes that the network has to place: of a finished activity, those it took."""
        if self._bound.finished is None:
            return duration
        return self._bound.finished - (self.begun if self.begun is not None else self._bound.finished)

    def ignores(self, kind: LinkType) -> bool:
        """Return whether a link to the activity no longer matters: it is finished, or its linked start has been."""
        return self.finished or (self.begun is not None and kind in ("SS", "SF"))

    def irregular(self, from_end: bool) -> bool:
        """Return whether a link from this activity's end, or from its start, is no fixed distance from its start."""
        if from_end:
            return self.elapsed > 0
        return self.begun is not None and not self.finished

    def begin_of(self, start: int) -> int:
        """Return the offset at which it really began or begins, when the network places it at `start`."""
        return start if self.begun is None else self.begun

    def earliest(self, start: int, duration: int) -> int:
        """Return where it would be placed when its links ask for `start`, were it not held to a latest date."""
        bound = self._bound
        if bound.finished is not None:
            return bound.finished - duration
        if bound.starts_from is not None:
            start = max(start, bound.starts_from)
        if bound.ends_from is not None:
            start = max(start, self.start_reaching(bound.ends_from, duration))
        return start

    def held(self, start: int, duration: int) -> int:
        """Return where it is placed, given where it would be: a constraint that is honored holds it to its latest date."""
        if self._bound.honored and self._bound.begun is None and self._bound.finished is None:
            return min(start, self._start_limit(start, duration, deadline=False))
        return start

    def latest(self, start: int, duration: int) -> int:
        """Return the latest start when successors and the plan's end ask for `start`."""
        return self._start_limit(start, duration, deadline=True)

    def _start_limit(self, start: int, duration: int, *, deadline: bool) -> int:
        bound = self._bound
        if bound.starts_by is not None and bound.begun is None:
            start = min(start, bound.starts_by)
        for end in (bound.ends_by, bound.deadline if deadline else None):
            if end is not None:
                start = min(start, self.start_for_end(end, duration))
        return start

    # --- ends and starts --------------------------------------------------------------------------------------

    def begins(self, start: int) -> datetime:
        """Return the moment at which an activity of elapsed duration begins that the network places at `start`.

        It needs no working time: behind another it begins at that one's close, on its own date or the plan's first at
        the opening (MS Project).
        """
        if start <= 0 or start == self._bound.starts_from:
            return self._axis.start_at(start)
        return self._axis.finish_at(start)

    def end_of(self, start: int, duration: int) -> int:
        """Return the end of an activity that starts at `start`."""
        if not self.elapsed:
            return start + duration
        return self._axis.offset_of(self._axis.shifted(self.begins(start), self.elapsed))

    def start_for_end(self, end: int, duration: int) -> int:
        """Return the latest start by which it ends no later than `end`."""
        if not self.elapsed:
            return end - duration
        start = self._axis.offset_of(self._axis.shifted(self._axis.start_at(end), -self.elapsed))
        return start if self.end_of(start, duration) <= end else start - 1

    def start_reaching(self, end: int, duration: int) -> int:
        """Return the earliest start by which it ends no sooner than `end`."""
        if not self.elapsed:
            return end - duration
        start = self._axis.offset_of(self._axis.shifted(self._axis.finish_at(end), -self.elapsed))
        return start if self.end_of(start, duration) >= end else start + 1

    def later(self, point: int, lag: int, elapsed: bool, *, from_end: bool) -> int:
        """Return an offset a lag later; elapsed minutes count from the close of an end, from the opening of a start."""
        if not elapsed:
            return point + lag
        moment = self._axis.finish_at(point) if from_end else self._axis.start_at(point)
        return self._axis.offset_of(self._axis.shifted(moment, lag))

    def sooner(self, point: int, lag: int, elapsed: bool, *, from_end: bool) -> int:
        """Return the latest offset that lies a lag before `point` or more."""
        if not elapsed:
            return point - lag
        moment = self._axis.shifted(self._axis.start_at(point), -lag)
        offset = self._axis.offset_of(moment)
        if from_end or self._axis.start_at(offset) <= moment:
            return offset
        return offset - 1
