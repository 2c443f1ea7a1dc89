"""Measure the schedule against networkx on the same network, its growth, and TaskJuggler. Prints, never judges.

python tests/bench/schedule.py
python tests/bench/schedule.py --only network,growth --sizes 1000,10000 --runs 31
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import networkx
from figures import Figure, show, timed

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pcsm_tui.domain.engagement import Engagement, doc_id_of  # noqa: E402
from pcsm_tui.domain.plan import Lag  # noqa: E402
from pcsm_tui.schedule.activities import NO_LAG, Activity, ActivityLink  # noqa: E402
from pcsm_tui.schedule.calendar import Calendar, TimeAxis  # noqa: E402
from pcsm_tui.schedule.network import Network  # noqa: E402
from pcsm_tui.schedule.plan import Plan, plan_of  # noqa: E402
from tests.schedule import taskjuggler  # noqa: E402
from tests.schedule.published import MONDAY, WEEK, engagement_with, task_record  # noqa: E402

SEED = 1959
SIZES = (100, 1_000, 10_000, 100_000)
WINDOW = 200
"""How far back a task's predecessors lie: plans are long rather than wide."""
LINKS = (2, 3)
"""Links of a task, drawn evenly: two and a half on the average."""
DAY = 480
AIMS = {10_000: (0.3, 0.12)}
"""Of the schedule from records and after an edit, by size."""
MOST_GROWTH = 22
"""The aim for ten times the tasks."""
TASKJUGGLER_SIZES = (100, 1_000)
MANY = 10_000
"""From so many tasks on, a measure is taken less often."""


class Sized(NamedTuple):
    """A random network, as each of those compared takes it."""

    size: int
    durations: list[int]
    links: list[list[int]]
    runs: int

    @property
    def edited(self) -> int:
        """The task whose duration is changed."""
        return self.size // 2


class Stage(NamedTuple):
    """What is measured, and how often."""

    sizes: Sequence[int]
    runs: int

    def networks(self) -> Iterator[Sized]:
        """Yield a network of each size."""
        for size in self.sizes:
            durations, links = network(size)
            yield Sized(size, durations, links, self.runs if size < MANY else max(3, self.runs * 1_000 // size))


@cache
def network(size: int) -> tuple[list[int], list[list[int]]]:
    """Return durations in working minutes and the predecessors of each task, the same whenever asked."""
    random = Random(SEED)
    durations = [random.randint(1, 10) * DAY for _ in range(size)]
    links = []
    for place in range(size):
        near = range(max(0, place - WINDOW), place)
        links.append(sorted(random.sample(near, min(len(near), random.choice(LINKS)))))
    return durations, links


# --- the network against networkx -----------------------------------------------------------------------------


def activities(sized: Sized, mixed: bool = False) -> list[Activity]:
    """Return the network as our activities; `mixed` makes every fifth link one from start to start with a day's lag."""
    found = []
    for place, (minutes, links) in enumerate(zip(sized.durations, sized.links, strict=True)):
        own: list[ActivityLink] = []
        for before in links:
            lagged = mixed and (place + before) % 5 == 0
            own.append((str(before), "SS", Lag(DAY)) if lagged else (str(before), "FS", NO_LAG))
        found.append(Activity(str(place), minutes, tuple(own)))
    return found


def longest_path(sized: Sized) -> list[int]:
    """Return the longest path as networkx finds it, the graph being made first."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(sized.size))
    durations = sized.durations
    graph.add_weighted_edges_from(
        (before, place, durations[before]) for place, links in enumerate(sized.links) for before in links
    )
    return list(networkx.dag_longest_path(graph))


def scheduled(known: Sequence[Activity], axis: TimeAxis) -> dict[int, list[int]]:
    """Return the drivers of a network made and scheduled from its activities: dates and floats come before."""
    return Network(known, axis).drivers()


def edited(known: Network, sized: Sized) -> Network:
    """Return the network with one duration changed."""
    changed = known.activities[sized.edited]
    return known.with_durations({changed.key: changed._replace(duration=changed.duration + DAY)})


def network_(stage: Stage) -> Iterator[Figure]:
    """Measure early and late dates, both floats and drivers, from activities and after an edit, against networkx."""
    axis = TimeAxis(Calendar(), MONDAY)
    for sized in stage.networks():
        known = activities(sized)
        made = Network(known, axis)
        acts: list[Callable[[], object]] = [
            partial(longest_path, sized), partial(Network, known, axis), partial(scheduled, known, axis),
            partial(edited, made, sized), partial(Network, activities(sized, mixed=True), axis),
        ]  # fmt: skip
        bare, dates, drivers, again, mixed = timed(acts, sized.runs)
        first, second = AIMS.get(sized.size, (None, None))
        yield Figure(f"networkx, {sized.size:,} tasks", f"{bare:.2f} ms")
        yield Figure("dates and floats from activities", f"{dates:.2f} ms", dates / bare, first)
        yield Figure("with the drivers", f"{drivers:.2f} ms", drivers / bare, first)
        yield Figure("dates and floats after one duration changed", f"{again:.2f} ms", again / bare, second)
        yield Figure("dates and floats, a fifth of the links with lag", f"{mixed:.2f} ms", mixed / bare)


# --- the plan of an engagement against networkx -----------------------------------------------------------------


def engagement(sized: Sized) -> Engagement:
    """Return the engagement whose plan is the network."""
    records = []
    for place, (minutes, links) in enumerate(zip(sized.durations, sized.links, strict=True)):
        record = {**task_record(f"task {place}", place, {}), "duration": minutes}
        if links:
            record["predecessors"] = [{"task": f"task {before}", "type": "FS"} for before in links]
        records.append(record)
    return engagement_with(records, {"start": MONDAY.isoformat(), **WEEK})


def with_longer_task(known: Engagement, sized: Sized, days: int) -> Engagement:
    """Return the engagement after an edit of one duration."""
    doc_id = doc_id_of(f"task {sized.edited}")
    tasks = known.document["tasks"]
    longer = {**tasks[doc_id], "duration": tasks[doc_id]["duration"] + days * DAY}
    return known.replaced({**known.document, "tasks": {**tasks, doc_id: longer}})


def plan(stage: Stage) -> Iterator[Figure]:
    """Measure the whole way from the records of an engagement to its plan, against networkx on the bare network."""
    for sized in stage.networks():
        seen, days = engagement(sized), count(1)
        plan_of(seen)

        def afresh(seen: Engagement = seen) -> Plan:
            return plan_of(Engagement(seen.document, seen.framework))

        def all_of_it(seen: Engagement = seen) -> object:
            fresh = plan_of(Engagement(seen.document, seen.framework))
            return fresh.scheduled(), [fresh.drivers(uid) for uid in fresh.tasks]

        def after_edit(seen: Engagement = seen, sized: Sized = sized, days: Iterator[int] = days) -> Plan:
            # Another duration each time, or else nothing would be new.
            return plan_of(with_longer_task(seen, sized, next(days)))

        bare, first, whole, again = timed([partial(longest_path, sized), afresh, all_of_it, after_edit], sized.runs)
        aims = AIMS.get(sized.size, (None, None))
        yield Figure(f"networkx, {sized.size:,} tasks", f"{bare:.2f} ms")
        yield Figure("dates and floats from the engagement's records", f"{first:.2f} ms", first / bare, aims[0])
        yield Figure("and every task with its dates and drivers", f"{whole:.2f} ms", whole / bare)
        yield Figure("dates and floats after an edit of one duration", f"{again:.2f} ms", again / bare, aims[1])


# --- growth -----------------------------------------------------------------------------------------------------


def growth(stage: Stage) -> Iterator[Figure]:
    """Measure how much longer ten times the tasks take."""
    axis = TimeAxis(Calendar(), MONDAY)
    taken: dict[str, tuple[int, float]] = {}
    for sized in stage.networks():
        known, seen = activities(sized), engagement(sized)

        def afresh(seen: Engagement = seen) -> Plan:
            return plan_of(Engagement(seen.document, seen.framework))

        acts: dict[str, Callable[[], object]] = {
            "networkx": partial(longest_path, sized), "the network": partial(Network, known, axis), "the plan": afresh,
        }  # fmt: skip
        for what, milliseconds in zip(acts, timed(list(acts.values()), sized.runs), strict=True):
            before = taken.get(what)
            if before is not None and sized.size == before[0] * 10:
                aim = MOST_GROWTH if what != "networkx" else None
                sizes = f"{before[0]:,} to {sized.size:,} tasks"
                yield Figure(f"{what}, {sizes}", f"{milliseconds:.1f} ms", milliseconds / before[1], aim)
            taken[what] = sized.size, milliseconds


# --- TaskJuggler --------------------------------------------------------------------------------------------------


def taskjuggler_(stage: Stage) -> Iterator[Figure]:
    """Measure TaskJuggler on the same plans, its process included, and compare the dates that both find."""
    if not taskjuggler.is_installed():
        yield Figure("left out: TaskJuggler is not installed", "apt-get install tj3")
        return
    sizes = [size for size in stage.sizes if size in TASKJUGGLER_SIZES]
    for sized in Stage(sizes, stage.runs).networks():
        seen = engagement(sized)
        known = plan_of(seen)
        # A longer span would cost it time for nothing.
        years = known.finish.year - known.start.year + 1

        def ours(seen: Engagement = seen) -> object:
            return plan_of(Engagement(seen.document, seen.framework)).scheduled()

        with TemporaryDirectory(prefix="pcsm-bench-") as folder:
            theirs = partial(taskjuggler.dates, seen.document, Path(folder), years)
            found, (here, there) = theirs(), timed([ours, theirs], min(stage.runs, 3))
        yield Figure(f"every task with its dates, {sized.size:,} tasks", f"{here:.1f} ms")
        yield Figure("TaskJuggler, from its start to its report", f"{there:,.0f} ms", there / here)
        yield Figure(compared(known, found), "")


def compared(ours: Plan, theirs: dict[str, Any]) -> str:
    """Return whether two schedules have the same dates, or where they first differ."""
    offset = ours.axis.offset_of
    for uid in ours.tasks:
        task, (start, end) = ours.task(uid), theirs[uid]
        if (offset(start), offset(end)) != (task.es, task.ef):
            return f"{uid}: {task.start} to {task.finish} here, {start} to {end} there"
    return f"same dates; the last task ends on {ours.finish:%Y-%m-%d}"


PARTS: dict[str, Callable[[Stage], Iterator[Figure]]] = {
    "network": network_, "plan": plan, "growth": growth, "taskjuggler": taskjuggler_,
}  # fmt: skip


def main() -> None:
    """Measure what the command line asks for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="times to take the median of, fewer for large networks")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of tasks, separated by commas")
    given = parser.parse_args()
    stage = Stage([int(size) for size in given.sizes.split(",")], given.runs)
    for name in given.only.split(","):
        show(name, PARTS[name](stage))


if __name__ == "__main__":
    main()
