"""The network of activities and the critical path method on it: the forward and the backward pass, floats, drivers.

The passes run on plain lists in topological order: a graph library would take longer to be told the network than the
whole schedule takes here. Times are offsets on the plan's axis, in working minutes (`calendar.TimeAxis`).

Source of the method: Kelley and Walker, Critical-Path Planning and Scheduling (1959); of links with lags the precedence
diagramming method as in PMI's Practice Standard for Scheduling. Every link is brought to the form "the successor starts
no earlier than the predecessor's start plus a weight"; what does not fit that form, since it depends on the calendar,
is an `Irregular` link and is worked out for itself.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from operator import add, sub

from pcsm_tui.domain.plan import Lag, LinkType
from pcsm_tui.schedule.activities import NO_LAG, Activity, ActivityLink, CyclicNetwork, Irregular
from pcsm_tui.schedule.calendar import TimeAxis
from pcsm_tui.schedule.conditions import Conditions, Times


class Network:
    """A network with its schedule: `es`, `ef`, `ls`, `lf`, `total_float`, `free_float` by the index of the activity.

    Raises `KeyError` for a link to an unknown key, and `CyclicNetwork`.
    """

    def __init__(self, activities: Sequence[Activity], axis: TimeAxis | None = None, not_before: int = 0) -> None:
        """`axis` is needed where there are elapsed times only; what has no conditions starts `not_before` an offset."""
        self.activities = activities
        self._not_before = not_before
        self.index = {activity.key: place for place, activity in enumerate(activities)}
        self._axis = axis
        self.durations = [activity.duration for activity in activities]
        self._times = {
            place: Times(activity.conditions, axis)
            for place, activity in enumerate(activities)
            if activity.conditions is not None
        }
        for place, times in self._times.items():
            self.durations[place] = times.span(self.durations[place])
        self._gates = {place for place, activity in enumerate(activities) if activity.is_gate}
        with collector_paused():
            self._link()
            self.order = self._sorted()
            self._schedule()

    def with_durations(self, changed: Mapping[str, Activity]) -> Network:
        """Return the network with other activities in place of those of the same key; links and conditions are as before.

        The order stays what it was, so that this takes a fraction of the time of the first computation.
        """
        other = self._copied(changed)
        other._schedule()
        return other

    def _copied(self, changed: Mapping[str, Activity]) -> Network:
        other = copy(self)
        activities, other.durations = list(self.activities), self.durations[:]
        for key, activity in changed.items():
            place = self.index[key]
            activities[place], other.durations[place] = activity, activity.duration
            if place in self._times:
                other.durations[place] = self._times[place].span(activity.duration)
        other.activities = activities
        if self._weighted:
            other._weighted = dict(self._weighted)
            other._weigh_again([self.index[key] for key in changed])
        return other

    def finish_with(self, changed: Mapping[str, Activity]) -> int:
        """Return when the network would finish with other activities in place of those of the same key."""
        other = self._copied(changed)
        other._forward({})
        return other.finish

    # --- the graph --------------------------------------------------------------------------------------------

    def _link(self) -> None:
        """Sort the links by what they need: most are finish to start without a lag and need no weight at all."""
        index, times = self.index, self._times
        elapsed = {place for place, own in times.items() if own.elapsed}
        followers: list[list[int]] = [[] for _ in self.durations]
        waiting = [0] * len(followers)
        self._weighted: dict[int, list[tuple[int, int]]] = {}
        self._irregular_in: dict[int, list[Irregular]] = {}
        self._irregular_out: dict[int, list[Irregular]] = {}
        for place, activity in enumerate(self.activities):
            links = activity.links
            if place in times:
                links = [link for link in links if not times[place].ignores(link[1])]
            waiting[place] = len(links)
            for key, kind, lag in links:
                before = index[key]
                if lag is NO_LAG and kind == "FS" and before not in elapsed:
                    followers[before].append(place)
                elif self._is_irregular(before, place, kind, lag):
                    link = Irregular(before, place, kind, lag)
                    self._irregular_in.setdefault(place, []).append(link)
                    self._irregular_out.setdefault(before, []).append(link)
                else:
                    weight = self._weight(before, place, kind, lag)
                    self._weighted.setdefault(before, []).append((place, weight))
        self._followers, self._waiting = followers, waiting

    def _is_irregular(self, before: int, place: int, kind: LinkType, lag: Lag) -> bool:
        times = self._times
        return (
            lag.kind == "elapsed"
            or (before in times and times[before].irregular(kind in ("FS", "FF")))
            or (place in times and times[place].elapsed > 0 and kind in ("FF", "SF"))
        )

    def _weight(self, before: int, place: int, kind: LinkType, lag: Lag) -> int:
        """Return how long after its predecessor's start an activity may start, by one link."""
        weight = self._minutes(lag, before)
        if kind in ("FS", "FF"):
            weight += self.durations[before]
        if kind in ("FF", "SF"):
            weight -= self.durations[place]
        return weight

    def _minutes(self, lag: Lag, before: int) -> int:
        if lag.kind != "percent":
            return lag.amount
        activity = self.activities[before]
        return (activity.duration if activity.whole is None else activity.whole) * lag.amount // 1000

    def _weigh_again(self, changed: Sequence[int]) -> None:
        """Work out anew the weights of the links of activities whose duration changed, each link once."""
        touched = set(changed)
        for place in changed:
            touched.update(self.index[key] for key, _, _ in self.activities[place].links)
        for before in touched & self._weighted.keys():
            self._weighted[before] = [
                (after, self._weight(before, after, kind, lag))
                for after in dict.fromkeys(after for after, _ in self._weighted[before])
                for kind, lag in self._weighted_links(before, after)
            ]

    def _weighted_links(self, before: int, after: int) -> Iterator[tuple[LinkType, Lag]]:
        times, wanted = self._times.get(after), self.activities[before].key
        for key, kind, lag in self.activities[after].links:
            plain = kind == "FS" and lag is NO_LAG
            weighed = key == wanted and not plain and not (times is not None and times.ignores(kind))
            if weighed and not self._is_irregular(before, after, kind, lag):
                yield kind, lag

    def _sorted(self) -> list[int]:
        """Return the activities in topological order (Kahn 1962)."""
        waiting, followers, weighted, irregular = self._waiting, self._followers, self._weighted, self._irregular_out
        order = [place for place, count in enumerate(waiting) if not count]
        ready = order.append
        for place in order:
            behind = followers[place]
            if place in weighted or place in irregular:
                behind = [*behind, *(after for after, _ in weighted.get(place, ()))]
                behind += [link.successor for link in irregular.get(place, ())]
            for after in behind:
                waiting[after] -= 1
                if not waiting[after]:
                    ready(after)
        del self._waiting
        if len(order) < len(self.activities):
            raise CyclicNetwork([self.activities[place].key for place, count in enumerate(waiting) if count > 0])
        return order

    # --- the passes -------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        self._forward({})
        self._backward()
        late = {place: self.ls[place] for place, times in self._times.items() if times.as_late_as_possible}
        if late:
            self._forward(late)
            self._backward()
        self._floats()
        self._finish_float: list[int] | None = None

    def _forward(self, late: Mapping[int, int]) -> None:
        """Work out the early dates; `late` holds the starts of activities that wait for their latest one."""
        followers, weighted, durations = self._followers, self._weighted, self.durations
        starts, drivers, ties = [self._not_before] * len(durations), [-1] * len(durations), []
        self._pulled: dict[int, int] = {}  # how far before the end of what they wait for activities are held
        for place in self._times:
            starts[place] = 0
        unusual = {*self._times, *self._irregular_in, *weighted}
        for place in self.order:
            if place in unusual:
                starts[place] = self._placed(place, starts, late)
                for after, weight in weighted.get(place, ()):
                    start = starts[place] + weight
                    if start > starts[after]:
                        starts[after], drivers[after] = start, place
                    elif start == starts[after]:
                        ties.append((after, place, starts[after]))
            end = starts[place] + durations[place]
            for after in followers[place]:
                if end > starts[after]:
                    starts[after] = end
                    drivers[after] = place
                elif end == starts[after]:
                    ties.append((after, place, starts[after]))
        self._starts, self._driver, self._ties = starts, drivers, ties
        self._ends = list(map(add, starts, durations))
        for place, own in self._times.items():
            if own.elapsed:
                self._ends[place] = own.end_of(starts[place], durations[place])
        self.finish = max(self._ends, default=0)

    def _placed(self, place: int, starts: list[int], late: Mapping[int, int]) -> int:
        """Return where an activity starts, given where its plain links would have it."""
        start = starts[place]
        for link in self._irregular_in.get(place, ()):
            start = max(start, self._earliest(link, starts[link.predecessor]))
        if place in self._times:
            asked = self._times[place].earliest(start, self.durations[place])
            start = self._times[place].held(asked, self.durations[place])
            if start < asked:
                self._pulled[place] = asked - start
        return max(start, late[place]) if place in late else start

    def _backward(self) -> None:
        self.ls, self.free_float = self._late_starts(bounded=True)

    def _late_starts(self, *, bounded: bool) -> tuple[list[int], list[int]]:
        """Return the late starts, and how much each may slip before it moves a successor (free float).

        Not `bounded`, deadlines and latest dates are left out: only the finish limits how late a start may be.
        """
        followers, durations, starts, finish = self._followers, self.durations, self._starts, self.finish
        unusual = {*self._times, *self._irregular_out, *self._weighted, *self._gates}
        unmoved = starts[:] if self._gates else starts  # how late each may start without moving a successor of its own
        ls, free = [0] * len(starts), [0] * len(starts)
        for place in reversed(self.order):
            latest = soonest = finish
            for after in followers[place]:
                if ls[after] < latest:
                    latest = ls[after]
                if unmoved[after] < soonest:
                    soonest = unmoved[after]
            latest -= durations[place]
            slack = soonest - durations[place]
            if place in unusual:
                latest, slack = self._limited(place, latest, slack, ls, unmoved, bounded=bounded)
                if place in self._gates:
                    unmoved[place] = slack
            ls[place], free[place] = latest, slack - starts[place]
        return ls, free

    def _limited(
        self, place: int, latest: int, slack: int, ls: list[int], unmoved: list[int], *, bounded: bool
    ) -> tuple[int, int]:
        """Return the latest start of an activity, and the latest that moves no successor, by all that limits them."""
        for after, weight in self._weighted.get(place, ()):
            latest = min(latest, ls[after] - weight)
            slack = min(slack, unmoved[after] - weight)
        for link in self._irregular_out.get(place, ()):
            latest = min(latest, self._latest(link, ls[link.successor]))
            slack = min(slack, self._latest(link, unmoved[link.successor]))
        own = self._times.get(place)
        if own is None:
            return latest, slack
        if own.finished:
            return self._starts[place], self._starts[place]
        if own.elapsed:
            last = own.start_for_end(self.finish, self.durations[place])
            latest, slack = min(latest, last), min(slack, last)
        return (own.latest(latest, self.durations[place]) if bounded else latest), slack

    @property
    def finish_float(self) -> list[int]:
        """How far each activity may slip before the finish moves, whatever deadline or latest date is then missed."""
        if self._finish_float is None:
            dated = any(times.limits_late_dates for times in self._times.values())
            late = self._late_starts(bounded=False)[0] if dated else None
            self._finish_float = self.total_float if late is None else list(map(sub, late, self._starts))
        return self._finish_float

    def _floats(self) -> None:
        self.total_float = list(map(sub, self.ls, self._starts))
        for place, minutes in self._pulled.items():
            self.total_float[place] -= minutes
        self.lf = list(map(add, self.ls, self.durations))
        self.es, self.ef = self._starts, self._ends
        if not self._times:
            return
        self.es = self._starts[:]
        for place, times in self._times.items():
            if times.elapsed:
                self.lf[place] = times.end_of(self.ls[place], self.durations[place])
            if times.begun is not None and not times.finished:
                self.es[place] = times.begun
                self.ls[place] = times.begun + self.total_float[place]

    # --- links that depend on the calendar --------------------------------------------------------------------

    def _times_of(self, place: int) -> Times:
        return self._times.get(place) or Times(Conditions(), self._axis)

    def _earliest(self, link: Irregular, start: int) -> int:
        """Return the start that a link asks of its successor when its predecessor starts at an offset."""
        own, after = self._times_of(link.predecessor), self._times_of(link.successor)
        from_end = link.type in ("FS", "FF")
        point = own.end_of(start, self.durations[link.predecessor]) if from_end else own.begin_of(start)
        point = own.later(
            point, self._minutes(link.lag, link.predecessor), link.lag.kind == "elapsed", from_end=from_end
        )
        if link.type in ("FF", "SF"):
            return after.start_reaching(point, self.durations[link.successor])
        return point

    def _latest(self, link: Irregular, start: int) -> int:
        """Return the latest start of the predecessor that lets its successor start at an offset."""
        own, after = self._times_of(link.predecessor), self._times_of(link.successor)
        to_end = link.type in ("FF", "SF")
        point = after.end_of(start, self.durations[link.successor]) if to_end else start
        from_end = link.type in ("FS", "FF")
        point = own.sooner(
            point, self._minutes(link.lag, link.predecessor), link.lag.kind == "elapsed", from_end=from_end
        )
        if from_end:
            return own.start_for_end(point, self.durations[link.predecessor])
        return point if own.begun is None else self.finish

    # --- drivers ----------------------------------------------------------------------------------------------

    def drivers(self) -> dict[int, list[int]]:
        """Return by activity the predecessors whose links hold its start where it is, if any do."""
        starts = self._starts
        with collector_paused():
            found = {place: [before] for place, before in enumerate(self._driver) if before >= 0}
        for place, before, start in self._ties:
            if start == starts[place]:
                found.setdefault(place, []).append(before)
        for place in {*self._times, *self._irregular_in}:
            asked = dict.fromkeys(before for before, _, start in self.bounds(place) if start == starts[place])
            found[place] = list(asked)
        return found

    def bounds(self, place: int) -> list[tuple[int, ActivityLink, int]]:
        """Return for each link of an activity: the predecessor's index, the link, and the start that it asks for."""
        found = []
        for link in self.activities[place].links:
            key, kind, lag = link
            if place in self._times and self._times[place].ignores(kind):
                continue
            before = self.index[key]
            start = self._starts[before]
            if self._is_irregular(before, place, kind, lag):
                found.append((before, link, self._earliest(Irregular(before, place, kind, lag), start)))
            else:
                found.append((before, link, start + self._weight(before, place, kind, lag)))
        return found

    def slack_behind(self, place: int) -> list[tuple[int, int]]:
        """Return the successors of an activity, and how far it may slip before its link moves each of them."""
        start = self._starts[place]
        found = {after: self._starts[after] - start - self.durations[place] for after in self._followers[place]}
        others = [(after, self._starts[after] - start - weight) for after, weight in self._weighted.get(place, ())]
        for link in self._irregular_out.get(place, ()):
            others.append((link.successor, self._latest(link, self._starts[link.successor]) - start))
        for after, slack in others:
            found[after] = min(slack, found.get(after, slack))
        return list(found.items())

    def begins(self, place: int) -> datetime:
        """Return the moment at which an activity of elapsed duration, or what is left of it, begins."""
        return self._times[place].begins(self._starts[place])

    def placed_at(self, place: int) -> int:
        """Return where the network places an activity: its early start, or that of what remains of it."""
        return self._starts[place]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector from looking through a growing plan again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
