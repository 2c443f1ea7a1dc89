"""Ways through the network: the critical paths, what drives a task, what it drives, and what an edit moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pcsm_tui.domain.plan import Driver, Link, PlanTask
from pcsm_tui.schedule.plan import Plan

MOST_PATHS = 50


class CriticalPaths(NamedTuple):
    """The critical paths as uids from first to last: how many there are, and the first of them."""

    how_many: int
    paths: tuple[tuple[str, ...], ...]


class Step(NamedTuple):
    """A task on a way through the network, and what holds its start where it is."""

    uid: str
    driver: Driver


class Follower(NamedTuple):
    """A task that waits for another, by which link, and how far that may slip before this one moves (minutes)."""

    uid: str
    link: Link
    slack: int


class Move(NamedTuple):
    """A task that an edit moves, as it was and as it will be; None for one that is not there before or after."""

    uid: str
    before: PlanTask | None
    after: PlanTask | None


def critical_paths(plan: Plan, most: int = MOST_PATHS) -> CriticalPaths:
    """Return every critical path, those that are tied included; beyond `most` they are only counted.

    A path is a chain of critical tasks, each of which holds the next one's start where it is.
    """
    critical = [uid for uid in plan.leaves.all if plan.task(uid).critical]
    before = {uid: _critical_drivers(plan, uid) for uid in critical}
    drives = {driver for drivers in before.values() for driver in drivers}
    ends = [uid for uid in critical if uid not in drives]
    counts: dict[str, int] = {}
    activities = plan.network.activities
    for uid in (activities[place].key for place in plan.network.order if activities[place].key in before):
        counts[uid] = sum(counts[driver] for driver in before[uid]) or 1
    paths: list[tuple[str, ...]] = []
    waiting: list[tuple[str, ...]] = [(uid,) for uid in reversed(ends)]
    while waiting and len(paths) < most:
        path = waiting.pop()
        if drivers := before[path[0]]:
            waiting += [(driver, *path) for driver in reversed(drivers)]
        else:
            paths.append(path)
    return CriticalPaths(sum(counts[uid] for uid in ends), tuple(paths))


def _critical_drivers(plan: Plan, uid: str) -> list[str]:
    found = (driver.uid for driver in plan.drivers(uid) if driver.kind == "link")
    return [driver for driver in dict.fromkeys(found) if plan.task(driver).critical]


def driving_path(plan: Plan, uid: str) -> list[Step]:
    """Return the path to a task: what drives its start, what drives that, and so on, from the beginning on.

    Where several predecessors hold a task alike, the way goes by the one that starts first. A summary is driven as its
    first leaf is.
    """
    if plan.outline.has_below(uid):
        uid = min(plan.leaves.of(uid), key=lambda leaf: plan.task(leaf).es)
    steps: list[Step] = []
    seen: set[str] = set()
    while uid not in seen:
        seen.add(uid)
        drivers = plan.drivers(uid)
        links = [driver for driver in drivers if driver.kind == "link"]
        driver = (
            min(links, key=lambda one: plan.task(one.uid).es) if links else drivers[0] if drivers else Driver("start")
        )
        steps.append(Step(uid, driver))
        if not links:
            break
        uid = driver.uid
    return steps[::-1]


def driven_path(plan: Plan, uid: str) -> list[str]:
    """Return the chain that a task drives: of those whose start it holds the one with the least float, and so on."""
    chain: list[str] = []
    while True:
        held = [found.uid for found in followers(plan, uid) if not found.slack and found.uid not in chain]
        if not held:
            return chain
        uid = min(held, key=lambda other: (plan.task(other).total_float, -plan.task(other).ef))
        chain.append(uid)


def followers(plan: Plan, uid: str) -> list[Follower]:
    """Return the leaves that wait for a leaf, also through links on summaries, those that would move first first."""
    network, place = plan.network, plan.network.index.get(uid)
    found: list[Follower] = []
    for after, slack in network.slack_behind(place) if place is not None else ():
        key = network.activities[after].key
        if key in plan.gates:
            link = plan.gates[key].link
            behind = network.slack_behind(after)
            found += [Follower(network.activities[held].key, link, slack + more) for held, more in behind]
        else:
            link = next(link for link in plan.work(key).links if link.task == uid)
            found.append(Follower(key, link, slack))
    return sorted(found, key=lambda one: (one.slack, plan.task(one.uid).es))


def moves(before: Plan, after: Plan) -> list[Move]:
    """Return the leaves that lie elsewhere in another plan, and those that only one of the two has, in outline order."""
    was, is_now = _placed(before, after)
    changed = [uid for uid in after.leaves.all if was.get(uid) != is_now[uid]]
    changed += [uid for uid in before.leaves.all if uid not in is_now]
    return [Move(uid, _task(before, uid), _task(after, uid)) for uid in changed]


def moved(before: Plan, after: Plan) -> list[str]:
    """Return the uids of what is a leaf in both plans and lies elsewhere in the other, in outline order."""
    was, is_now = _placed(before, after)
    return [uid for uid in after.leaves.all if was.get(uid, is_now[uid]) != is_now[uid]]


def _placed(before: Plan, after: Plan) -> tuple[dict[str, tuple[object, object]], dict[str, tuple[object, object]]]:
    """Return where the leaves of two plans lie, in terms that can be compared."""
    if before.axis is after.axis:
        return _times(before), _times(after)
    return _moments(before), _moments(after)


def _times(plan: Plan) -> dict[str, tuple[object, object]]:
    network = plan.network
    return {uid: (network.es[place], network.ef[place]) for uid in plan.leaves.all for place in (network.index[uid],)}


def _moments(plan: Plan) -> dict[str, tuple[object, object]]:
    return {uid: (plan.task(uid).start, plan.task(uid).finish) for uid in plan.leaves.all}


def _task(plan: Plan, uid: str) -> PlanTask | None:
    return plan.task(uid) if uid in plan else None


class Edge(NamedTuple):
    """Two leaves of which one waits for the other; `driving` when that holds its start where it is."""

    before: str
    after: str
    link: Link
    driving: bool


class Edges(NamedTuple):
    """A part of the network: its leaves in outline order, and the links between them."""

    tasks: tuple[str, ...]
    edges: tuple[Edge, ...]


def links_into(plan: Plan, uid: str) -> list[Edge]:
    """Return what a leaf waits for, or waited for. Of a link on a summary it is what drives it, not each of its leaves."""
    driving = {driver.uid for driver in plan.drivers(uid)}
    own = [link for link in plan.work(uid).links if link.task in plan.network.index]
    return [*(Edge(link.task, uid, link, link.task in driving) for link in own), *_links_through_gates(plan, uid)]


def _links_through_gates(plan: Plan, uid: str) -> Iterator[Edge]:
    network = plan.network
    start = network.placed_at(network.index[uid])
    for before, (key, _, _), asked in network.bounds(network.index[uid]):
        gate = plan.gates.get(key)
        if gate is not None and (asked == start or uid == plan.leaves.of(gate.owner)[0]):
            for leaf, _, reached in network.bounds(before):
                if reached == network.placed_at(before):
                    yield Edge(network.activities[leaf].key, uid, gate.link, asked == start)


def edges_around(plan: Plan, uid: str, most: int) -> Edges:
    """Return the part of the network around a leaf: those linked with it, those linked with them, up to so many."""
    leaves = plan.leaves.all
    whole = most >= len(leaves) or uid not in plan.network.index
    chosen = set(leaves) if whole else set(_around(plan, uid, most))
    tasks = tuple(leaf for leaf in leaves if leaf in chosen)
    edges = tuple(edge for leaf in tasks for edge in links_into(plan, leaf) if edge.before in chosen)
    return Edges(tasks, edges)


def _around(plan: Plan, uid: str, most: int) -> list[str]:
    """Return the leaves around one, the nearest first."""
    reached = {uid: None}
    waiting = [uid]
    for leaf in waiting:
        beside = [edge.before for edge in links_into(plan, leaf)] + list(_after(plan, leaf))
        new = [other for other in dict.fromkeys(beside) if other not in reached]
        reached.update(dict.fromkeys(new))
        waiting += new
        if len(reached) >= most:
            break
    return list(reached)[:most]


def _after(plan: Plan, uid: str) -> Iterator[str]:
    for found in followers(plan, uid):
        if any(edge.before == uid for edge in links_into(plan, found.uid)):
            yield found.uid


def link_between(plan: Plan, before: str, after: str) -> Link | None:
    """Return the link by which a leaf drives another; None when it does not."""
    return next((driver.link for driver in plan.drivers(after) if driver.uid == before), None)
