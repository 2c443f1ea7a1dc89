"""Schedules by definition: slow, plain, and made without anything of the program but its calendar.

A link asks its successor to start (or end) no earlier than a point; the early start is the least that satisfies all links,
the late start the greatest that keeps every successor's late start. Late starts are searched for, not solved for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

import networkx as nx

from pcsm_tui.schedule.calendar import TimeAxis

DAY = 480


class NaiveLink(NamedTuple):
    """A link to a predecessor by its place; the lag in working minutes, elapsed minutes or tenths of a percent."""

    before: int
    type: str = "FS"
    lag: int = 0
    kind: str = "work"


class NaiveTask(NamedTuple):
    """A task in working minutes with its links, and bounds as offsets.

    Of one that has begun `duration` is what remains; one that is finished lies where it lies.
    """

    duration: int
    links: tuple[NaiveLink, ...] = ()
    starts_from: int = 0
    ends_from: int = 0
    ends_by: int | None = None
    starts_by: int | None = None
    begun: int | None = None
    finished: int | None = None

    def ignores(self, link: NaiveLink) -> bool:
        """Return whether a link to it no longer matters: it is finished, or what is linked has begun."""
        return self.finished is not None or (self.begun is not None and link.type in ("SS", "SF"))


class Naive:
    """The schedule of tasks each of which has links to earlier ones only."""

    def __init__(self, tasks: Sequence[NaiveTask], axis: TimeAxis) -> None:
        self.tasks, self.axis = tasks, axis
        self.es: list[int] = []
        for place, task in enumerate(tasks):
            asked = [self.asked(place, link, self.es[link.before]) for link in task.links if not task.ignores(link)]
            start = max(0, task.starts_from, task.ends_from - task.duration, *asked)
            self.es.append(start if task.finished is None else task.finished - task.duration)
        self.ef = [start + task.duration for start, task in zip(self.es, tasks, strict=True)]
        self.finish = max(self.ef)

    def asked(self, place: int, link: NaiveLink, start: int) -> int:
        """Return the start that a link asks of its successor when its predecessor starts at an offset."""
        before, own = self.tasks[link.before], self.tasks[place]
        from_end = link.type in ("FS", "FF")
        begin = start if before.begun is None else before.begun
        point = start + before.duration if from_end else begin
        if link.kind == "elapsed":
            moment = self.axis.finish_at(point) if from_end else self.axis.start_at(point)
            point = self.axis.offset_of(moment + timedelta(minutes=link.lag))
        elif link.kind == "percent":
            point += before.duration * link.lag // 1000
        else:
            point += link.lag
        return point - own.duration if link.type in ("FF", "SF") else point

    def _after(self, place: int) -> list[tuple[int, NaiveLink]]:
        """Return the links that lead from a task, each with the place of its successor."""
        links = ((after, task, link) for after, task in enumerate(self.tasks) for link in task.links)
        return [(after, link) for after, task, link in links if link.before == place and not task.ignores(link)]

    def _latest(self, place: int, starts: Sequence[int]) -> int:
        """Return the greatest start that asks no successor for more than its start among `starts`, nor for a later end."""
        own = self.tasks[place]
        latest = self.finish - own.duration
        for after, link in self._after(place):
            candidates = range(min(latest, starts[after]) - 60 * DAY, latest + 1)

            def ask(start: int, after: int = after, link: NaiveLink = link) -> int:
                return self.asked(after, link, start)

            found = bisect_right(candidates, starts[after], key=ask)
            latest = candidates[found - 1]
        return latest

    @cached_property
    def ls(self) -> list[int]:
        """The late starts."""
        late = [0] * len(self.tasks)
        for place in reversed(range(len(self.tasks))):
            own = self.tasks[place]
            bounds = [self._latest(place, late)]
            if own.starts_by is not None:
                bounds.append(own.starts_by)
            if own.ends_by is not None:
                bounds.append(own.ends_by - own.duration)
            late[place] = min(bounds)
        return late

    @cached_property
    def total_float(self) -> list[int]:
        """How late each may start without making the plan end later or a bound be missed."""
        return [late - early for late, early in zip(self.ls, self.es, strict=True)]

    @cached_property
    def free_float(self) -> list[int]:
        """How late each may start without moving another."""
        return [self._latest(place, self.es) - early for place, early in enumerate(self.es)]


def longest_paths(tasks: Sequence[NaiveTask]) -> tuple[list[int], list[int]]:
    """Return early and late starts as longest paths from a begin and to an end; working lags and no bounds only.

    The graph is handed to networkx with its weights negated, for which Bellman and Ford's method finds shortest paths.
    """
    graph = nx.DiGraph()
    for place, task in enumerate(tasks):
        graph.add_edge("begin", place, weight=0)
        graph.add_edge(place, "end", weight=-task.duration)
        for link in task.links:
            weight = link.lag + (tasks[link.before].duration if link.type in ("FS", "FF") else 0)
            weight -= task.duration if link.type in ("FF", "SF") else 0
            known = graph.get_edge_data(link.before, place, {"weight": -weight})["weight"]
            graph.add_edge(link.before, place, weight=min(known, -weight))
    early = nx.single_source_bellman_ford_path_length(graph, "begin")
    rest = nx.single_source_bellman_ford_path_length(graph.reverse(), "end")
    return [-early[place] for place in range(len(tasks))], [-early["end"] + rest[place] for place in range(len(tasks))]
