"""Random plans, each made twice: as an engagement, and as the naive schedule takes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from pcsm_tui.domain.engagement import doc_id_of
from pcsm_tui.schedule.calendar import Calendar, TimeAxis
from tests.schedule.naive import DAY, NaiveLink, NaiveTask
from tests.schedule.published import MONDAY, WEEK, engagement_with, task_record

HOLIDAY = date(2026, 12, 8)
CALENDAR = Calendar(exceptions={HOLIDAY: ()})
EXCEPTIONS = [{"name": "A holiday", "from": HOLIDAY.isoformat()}]
TYPES = ("FS", "SS", "FF", "SF")
UNITS = {"work": ("m", 1), "elapsed": ("em", 1), "percent": ("%", 10)}


class Random:
    """A random plan, as an engagement and as the naive schedule takes it; tasks stand in another order in the outline."""

    def __init__(self, tasks: Sequence[NaiveTask], records: list[dict[str, Any]], **settings: str) -> None:
        """`records` are those of the tasks, in the same order; `settings` further ones of the plan."""
        self.tasks = tuple(tasks)
        self.uids = [f"task {place}" for place in range(len(tasks))]
        self.engagement = engagement_with(records, {"start": MONDAY.isoformat(), **WEEK, **settings}, EXCEPTIONS)

    def __repr__(self) -> str:
        return f"Random({self.tasks})"


@st.composite
def networks(
    draw: st.DrawFn, *, types: tuple[str, ...] = TYPES, kinds: tuple[str, ...] = ("work",), bounds: bool = False
) -> Random:
    """Return a random network of up to twelve tasks, each with up to three links to earlier ones."""
    count = draw(st.integers(1, 12))
    tasks: list[NaiveTask] = []
    fields: list[dict[str, Any]] = []
    for place in range(count):
        duration = draw(st.integers(0, 10)) * DAY // 2
        before = draw(st.lists(st.integers(0, place - 1), max_size=3)) if place else []
        drawn = [draw(link(number, types, kinds)) for number in before]
        links = tuple({(item.before, item.type): item for item in drawn}.values())
        bound, values = draw(bounded(duration)) if bounds and draw(st.booleans()) else ({}, {})
        tasks.append(NaiveTask(duration, links, **bound))
        fields.append({"duration": duration, "predecessors": [stored(item) for item in links], **values})
    outline = draw(st.permutations(range(count)))
    records = [{**task_record(f"task {place}", outline[place], {}), **item} for place, item in enumerate(fields)]
    return Random(tasks, records)


@st.composite
def link(draw: st.DrawFn, before: int, types: tuple[str, ...], kinds: tuple[str, ...]) -> NaiveLink:
    """Return a link to an earlier task, mostly without a lag."""
    kind = draw(st.sampled_from(kinds))
    lags = {"work": st.integers(-4, 6).map(lambda half: half * DAY // 2), "elapsed": st.integers(-3_000, 8_000),
            "percent": st.integers(-10, 15).map(lambda tens: tens * 100)}  # fmt: skip
    lag = draw(st.one_of(st.just(0), lags[kind]))
    return NaiveLink(before, draw(st.sampled_from(types)), lag, kind if lag else "work")


def stored(item: NaiveLink) -> dict[str, str]:
    """Return a link as a record holds it."""
    unit, scale = UNITS[item.kind]
    written = {"task": f"task {item.before}", "type": item.type}
    return {**written, "lag": f"{item.lag // scale}{unit}"} if item.lag else written


@st.composite
def bounded(draw: st.DrawFn, duration: int) -> tuple[dict[str, int], dict[str, str]]:
    """Return a constraint or a deadline on a working day, for the naive schedule and as fields."""
    day = draw(st.integers(0, 20).map(lambda count: MONDAY + timedelta(days=count)).filter(CALENDAR.works))
    axis = TimeAxis(CALENDAR, MONDAY)
    opening, close = axis.opening_of(day), axis.close_of(day)
    bound, constraint = draw(st.sampled_from([
        ({"starts_from": opening}, "Start no earlier than"),
        ({"ends_from": close}, "Finish no earlier than"),
        ({"starts_by": opening}, "Start no later than"),
        ({"ends_by": close}, "Finish no later than"),
        ({"starts_from": opening, "starts_by": opening}, "Must start on"),
        ({"ends_from": close, "ends_by": close}, "Must finish on"),
        ({"ends_by": close}, "deadline"),
    ]))  # fmt: skip
    if constraint == "deadline":
        return bound, {"deadline": day.isoformat()}
    return bound, {"constraint": constraint, "constraint_date": day.isoformat()}


@st.composite
def under_way(draw: st.DrawFn) -> tuple[Random, int]:
    """Return a random network of which some is done and some has begun, and the offset of its status."""
    axis, known = TimeAxis(CALENDAR, MONDAY), draw(networks(kinds=("work", "elapsed")))
    status = draw(st.integers(1, 12)) * DAY
    tasks, records = [], []
    for task, uid in zip(known.tasks, known.uids, strict=True):
        begun = draw(st.integers(0, status - 1))
        ended = draw(st.integers(begun + 1, status))
        actual_start = {"actual_start": axis.start_at(begun).isoformat(timespec="minutes")}
        made, fields = draw(st.sampled_from([
            (task._replace(starts_from=status), {}),
            (task._replace(starts_from=status, begun=begun),
             {**actual_start, "remaining_duration": task.duration}),
            (task._replace(duration=ended - begun, begun=begun, finished=ended),
             {**actual_start, "actual_finish": axis.finish_at(ended).isoformat(timespec="minutes")}),
        ]))  # fmt: skip
        tasks.append(made)
        records.append({**known.engagement.document["tasks"][doc_id_of(uid)], **fields})
    return Random(tasks, records, status_date=axis.finish_at(status).isoformat(timespec="minutes")), status


@st.composite
def streams(draw: st.DrawFn) -> Random:
    """Return packages in streams, both of which wait for earlier packages and whole earlier streams.

    The naive schedule has no streams: it takes each link as one from every package on the one side to every one on the other.
    """
    holders: dict[str, list[int]] = {}
    tasks: list[NaiveTask] = []
    records: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 4))):
        first = len(tasks)
        waits = draw(links_to(holders))
        records.append(
            {**task_record(f"stream {number}", len(records), {"kind": "Work stream"}), "predecessors": waits}
        )
        for _ in range(draw(st.integers(1, 3))):
            place, duration = len(tasks), draw(st.integers(0, 6)) * DAY // 2
            own = draw(links_to(holders))
            fields = {"parent": f"stream {number}", "predecessors": own, "duration": duration}
            records.append({**task_record(f"task {place}", len(records), {}), **fields})
            each = [
                NaiveLink(before, item["type"], int(item.get("lag", "0m").removesuffix("m")))
                for item in [*waits, *own]
                for before in holders[item["task"]]
            ]
            tasks.append(NaiveTask(duration, tuple(each)))
            holders[f"task {place}"] = [place]
        holders[f"stream {number}"] = list(range(first, len(tasks)))
    return Random(tasks, records)


@st.composite
def links_to(draw: st.DrawFn, known: dict[str, list[int]]) -> list[dict[str, str]]:
    """Return up to two stored links to tasks or streams."""
    before = draw(st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True)) if known else []
    return [{**stored(draw(link(0, TYPES, ("work",)))), "task": uid} for uid in before]
