"""A plan of some forty tasks, scheduled by TaskJuggler and by us: the same start and finish for every task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.schedule.plan import plan_of
from tests.schedule import taskjuggler
from tests.schedule.published import MONDAY, WEEK, engagement_with, task_record

HOLIDAYS = [
    {"name": "Immaculate Conception", "from": "2026-12-08"},
    {"name": "Works closed", "from": "2026-12-24", "to": "2027-01-01"},
]
WORKING_LAGS = ("", "", "", "240m", "1d", "2d")
LAGS = (*WORKING_LAGS, "1ed", "3ed", "30eh")


def records(seed: int) -> Iterator[dict[str, Any]]:
    """Yield six streams in the outline, each waiting for an earlier one, with linked packages and a milestone in each."""
    random, place, packages = Random(seed), 0, 0
    for stream in range(6):
        after = [{"task": f"stream {random.randrange(stream)}", "type": "FS"}] if stream > 1 else []
        yield task_record(f"stream {stream}", place, {"kind": "Work stream", "predecessors": after})
        place += 1
        for number in range(6):
            known = list(range(packages - number, packages))
            # TaskJuggler puts a milestone that waits for nothing at the end of its stream.
            least = 1 if number == 5 else 0
            before = random.sample(known, min(len(known), random.randint(least, 2)))
            links = [random_link(f"package {one}", random) for one in before]
            minutes = 0 if number == 5 else random.randint(1, 20) * 120
            fields = {"parent": f"stream {stream}", "predecessors": links}
            yield {**task_record(f"package {packages}", place, fields), "duration": minutes}
            packages, place = packages + 1, place + 1


def random_link(uid: str, random: Random) -> dict[str, str]:
    """Return a link to a task, with or without a lag.

    Elapsed lags stand on finish-to-start links only: from a start TaskJuggler counts them from the moment at which the task
    may begin, be that at night, and not from the opening of the working time.
    """
    kind = random.choice(("FS", "FS", "SS"))
    lag = random.choice(LAGS if kind == "FS" else WORKING_LAGS)
    return {"task": uid, "type": kind, **({"lag": lag} if lag else {})}


def last_ones() -> Iterator[dict[str, Any]]:
    """Yield the last tasks, outside the streams: an earliest start, and one that is put as late as the last one lets it."""
    constraint = {"constraint": "Start no earlier than", "constraint_date": "2027-06-02"}
    yield task_record("review", 100, {"duration": 2, **constraint})
    yield task_record("invite", 101, {"duration": 1.5, "constraint": taskjuggler.LATE})
    both = [{"task": "review", "type": "FS", "lag": "1d"}, {"task": "invite", "type": "FS"}]
    yield task_record("handover", 102, {"duration": 1, "predecessors": both})


def plan_to_compare(seed: int) -> Engagement:
    """Return the engagement with the plan."""
    settings = {"start": MONDAY.isoformat(), **WEEK}
    return engagement_with([*records(seed), *last_ones()], settings, HOLIDAYS)


@pytest.mark.skipif(not taskjuggler.is_installed(), reason="needs TaskJuggler: apt-get install tj3")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_taskjuggler_finds_the_same_dates(tmp_path: Path, seed: int) -> None:
    engagement = plan_to_compare(seed)
    plan = plan_of(engagement)
    theirs = taskjuggler.dates(engagement.document, tmp_path)
    assert len(theirs) == len(plan.tasks) == 45
    assert plan.task("handover").total_float == 0
    # The close of a day and the opening of the next are one offset: TaskJuggler starts a task at either.
    for uid, (start, end) in theirs.items():
        task = plan.task(uid)
        assert plan.axis.offset_of(start) == plan.axis.offset_of(task.start), (uid, start, task.start)
        assert plan.axis.offset_of(end) == plan.axis.offset_of(task.finish), (uid, end, task.finish)
