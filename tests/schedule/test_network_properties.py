"""What holds for every plan, over random networks."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from pcsm_tui.domain.engagement import Engagement, doc_id_of
from pcsm_tui.schedule.calendar import TimeAxis
from pcsm_tui.schedule.paths import critical_paths, moves
from pcsm_tui.schedule.plan import Plan, plan_of
from tests.schedule.naive import DAY, Naive, longest_paths
from tests.schedule.published import MONDAY, engagement_of
from tests.schedule.random_plans import CALENDAR, TYPES, Random, link, networks, stored, streams, under_way


def naive(network: Random) -> Naive:
    """Return the naive schedule of a random network."""
    return Naive(network.tasks, TimeAxis(CALENDAR, MONDAY))


def edited(engagement: Engagement, uid: str, **values: Any) -> Engagement:
    """Return the engagement with fields of one task set."""
    document = engagement.document
    tasks = {**document["tasks"], doc_id_of(uid): {**document["tasks"][doc_id_of(uid)], **values}}
    return engagement.replaced({**document, "tasks": tasks})


def longer(network: Random, uid: str, minutes: int) -> Plan:
    """Return the plan with a task longer by so many working minutes."""
    duration = network.engagement.row("tasks", uid).get("duration")
    return plan_of(edited(network.engagement, uid, duration=duration + minutes))


def assert_as(network: Random, expected: Naive) -> Plan:
    """Return the plan, each of whose tasks has the expected times and floats."""
    plan = plan_of(network.engagement)
    assert plan.duration == expected.finish
    for place, uid in enumerate(network.uids):
        task = plan.task(uid)
        found = (task.es, task.ef, task.ls, task.total_float, task.free_float)
        late, total, free = expected.ls[place], expected.total_float[place], expected.free_float[place]
        assert found == (expected.es[place], expected.ef[place], late, total, free), uid
        assert task.lf == task.ls + task.duration
    return plan


# --- against other ways to compute ----------------------------------------------------------------------------------


@given(networks())
def test_times_are_the_longest_paths(network: Random) -> None:
    plan = plan_of(network.engagement)
    early, late = longest_paths(network.tasks)
    assert [plan.task(uid).es for uid in network.uids] == early
    assert [plan.task(uid).ls for uid in network.uids] == late


@given(networks())
def test_times_and_floats_are_as_defined(network: Random) -> None:
    assert_as(network, naive(network))


@given(networks(kinds=("work", "percent", "elapsed")))
def test_times_and_floats_are_as_defined_with_lags_of_every_kind(network: Random) -> None:
    assert_as(network, naive(network))


@given(networks(bounds=True))
def test_times_and_floats_are_as_defined_with_constraints_and_deadlines(network: Random) -> None:
    assert_as(network, naive(network))


@given(under_way())
def test_what_is_left_of_a_plan_under_way_is_placed_behind_the_status_date(drawn: tuple[Random, int]) -> None:
    network, status = drawn
    plan, expected = plan_of(network.engagement), naive(network)
    for place, (task, uid) in enumerate(zip(network.tasks, network.uids, strict=True)):
        found = plan.task(uid)
        assert found.es == (expected.es[place] if task.begun is None else task.begun), uid
        assert found.ef == expected.ef[place], uid
        if task.finished is None:
            assert found.ef >= status
            assert found.total_float == expected.total_float[place], uid
            assert found.free_float == expected.free_float[place], uid
        else:
            assert not found.critical


@given(streams())
def test_a_link_on_a_stream_holds_for_every_package_in_it(network: Random) -> None:
    plan = assert_as(network, naive(network))
    for uid in set(plan.tasks) - set(network.uids):
        summary, inside = plan.task(uid), [plan.task(other) for other in network.uids if plan.task(other).parent == uid]
        assert summary.kind == "summary"
        assert (summary.es, summary.ef) == (min(one.es for one in inside), max(one.ef for one in inside))
        assert summary.total_float == min(one.total_float for one in inside)


# --- floats ---------------------------------------------------------------------------------------------------------


@given(networks(kinds=("work", "percent", "elapsed")))
def test_without_constraints_no_float_is_negative_and_the_free_is_no_more_than_the_total(network: Random) -> None:
    plan = plan_of(network.engagement)
    assert plan.tasks
    for task in map(plan.task, plan.tasks):
        assert 0 <= task.free_float <= task.total_float
        assert task.critical == (task.total_float == 0)
        assert task.start <= task.finish or task.duration == 0


@given(networks(), st.data())
def test_a_task_that_slips_by_its_free_float_moves_no_other(network: Random, data: st.DataObject) -> None:
    plan = plan_of(network.engagement)
    uid = data.draw(st.sampled_from(network.uids))
    task = plan.task(uid)
    later = plan.axis.start_at(task.es + task.free_float).isoformat(timespec="minutes")
    slipped = plan_of(edited(network.engagement, uid, constraint="Start no earlier than", constraint_date=later))
    assert slipped.task(uid).es == task.es + task.free_float
    others = [other for other in network.uids if other != uid]
    assert [slipped.task(other).es for other in others] == [plan.task(other).es for other in others]
    assert slipped.duration == plan.duration


@given(networks(types=("FS",)), st.data())
def test_a_day_more_on_a_critical_task_is_a_day_more_for_the_plan(network: Random, data: st.DataObject) -> None:
    plan = plan_of(network.engagement)
    uid = data.draw(st.sampled_from([uid for uid in plan.tasks if plan.task(uid).critical]))
    assert longer(network, uid, DAY).duration == plan.duration + DAY


@given(networks(types=("FS",)), st.data(), st.integers(0, 100))
def test_a_task_may_grow_by_its_float_and_no_more(network: Random, data: st.DataObject, percent: int) -> None:
    plan = plan_of(network.engagement)
    with_float = [uid for uid in plan.tasks if not plan.task(uid).critical]
    assume(with_float)
    uid = data.draw(st.sampled_from(with_float))
    room = plan.task(uid).total_float
    assert longer(network, uid, room * percent // 100).duration == plan.duration
    assert longer(network, uid, room + DAY).duration == plan.duration + DAY


# --- critical paths and drivers -------------------------------------------------------------------------------------


@given(networks(kinds=("work", "percent")))
def test_every_critical_path_joins_the_start_to_the_finish(network: Random) -> None:
    # Not with elapsed lags: one that ends on a Saturday leaves its predecessor float that its successor has not.
    plan, expected = plan_of(network.engagement), naive(network)
    place = {uid: number for number, uid in enumerate(network.uids)}
    paths = critical_paths(plan)
    assert paths.how_many >= len(paths.paths) > 0
    assert len(set(paths.paths)) == len(paths.paths)
    for path in paths.paths:
        assert all(plan.task(uid).critical for uid in path)
        assert plan.task(path[0]).es == 0
        assert plan.task(path[-1]).ef == plan.duration
        for before, after in pairwise(path):
            links = [item for item in network.tasks[place[after]].links if item.before == place[before]]
            asked = [expected.asked(place[after], item, plan.task(before).es) for item in links]
            assert plan.task(after).es in asked


@given(networks(kinds=("work", "percent", "elapsed")))
def test_drivers_are_the_links_that_hold_a_task_where_it_is(network: Random) -> None:
    plan, expected = plan_of(network.engagement), naive(network)
    for place, uid in enumerate(network.uids):
        found = [(driver.uid, driver.link.type) for driver in plan.drivers(uid) if driver.link]
        asked = {link: expected.asked(place, link, expected.es[link.before]) for link in network.tasks[place].links}
        tight = [(f"task {link.before}", link.type) for link, start in asked.items() if start == expected.es[place]]
        assert sorted(found) == sorted(tight)
        assert found or expected.es[place] == 0
        index = plan.network.index
        assert {index[before] for before, _ in found} == set(plan.network.drivers().get(index[uid], ()))


@given(networks(), st.data())
def test_a_task_without_its_drivers_moves_and_without_another_link_does_not(
    network: Random, data: st.DataObject
) -> None:
    plan = plan_of(network.engagement)
    later = [uid for uid in plan.tasks if plan.task(uid).es > 0]
    assume(later)
    uid = data.draw(st.sampled_from(later))
    driving = {(driver.uid, driver.link.type) for driver in plan.drivers(uid) if driver.link}
    links = network.engagement.row("tasks", uid).get("predecessors")
    slack, tight = [], []
    for item in links:
        (tight if (item["task"], item["type"]) in driving else slack).append(item)
    assert plan_of(edited(network.engagement, uid, predecessors=tight)).task(uid).es == plan.task(uid).es
    assert plan_of(edited(network.engagement, uid, predecessors=slack)).task(uid).es < plan.task(uid).es


# --- recomputation --------------------------------------------------------------------------------------------------


def facts(plan: Plan) -> dict[str, Any]:
    """Return all that a plan says, to compare it with another."""
    return {
        "start": plan.start,
        "finish": plan.finish,
        "duration": plan.duration,
        "tasks": [plan.task(uid) for uid in plan.tasks],
        "paths": critical_paths(plan),
        "drivers": [plan.drivers(uid) for uid in plan.tasks],
    }


@st.composite
def edits(draw: st.DrawFn, network: Random) -> dict[str, Any]:
    """Return the fields that an edit sets on one of the tasks; a link only to a task that comes before."""
    place = draw(st.integers(0, len(network.tasks) - 1))
    links = [stored(draw(link(before, TYPES, ("work",)))) for before in range(place) if draw(st.booleans())]
    day = (MONDAY + timedelta(days=draw(st.integers(0, 20)))).isoformat()
    values = draw(st.sampled_from([
        {"duration": draw(st.integers(0, 10)) * DAY},
        {"duration": None},
        {"duration": {"elapsed": 1440 * draw(st.integers(1, 5))}},
        {"predecessors": links},
        {"name": "Renamed"},
        {"kind": "Milestone"},
        {"deadline": day},
        {"constraint": "As late as possible"},
        {"constraint": "Must start on", "constraint_date": day},
        {"actual_start": day, "percent_complete": 300},
        {"actual_start": day, "actual_finish": day},
        {"state": "Not needed"},
    ]))  # fmt: skip
    return {"uid": f"task {place}", **values}


@given(networks(kinds=("work", "percent", "elapsed")), st.data())
def test_a_plan_after_edits_is_the_plan_computed_afresh(network: Random, data: st.DataObject) -> None:
    engagement = network.engagement
    plan = plan_of(engagement)
    for _ in range(3):
        engagement = edited(engagement, **data.draw(edits(network)))
        plan = Plan(engagement, plan)
        afresh = plan_of(Engagement(engagement.document, engagement.framework))
        assert facts(plan) == facts(afresh)
        assert facts(plan_of(engagement)) == facts(afresh)


def test_a_finished_task_that_becomes_one_of_elapsed_time_gives_its_links_elapsed_lags() -> None:
    tasks = {
        "a": {"duration": 2, "actual_start": "2026-11-30", "actual_finish": "2026-12-01"},
        "b": {"duration": 1, "after": "aFS+50%"},
    }
    engagement = engagement_of({"tasks": tasks})
    plan = plan_of(engagement)
    longer = edited(engagement, "a", duration={"elapsed": 5760})
    afresh = plan_of(Engagement(longer.document, longer.framework))
    assert facts(Plan(longer, plan)) == facts(afresh)
    assert afresh.task("b").start.date().isoformat() == "2026-12-04"  # two elapsed days after Tuesday, 17:00


def test_what_a_stream_asks_holds_at_once_for_what_is_in_it() -> None:
    engagement = engagement_of(
        {"tasks": {"s": {"kind": "Work stream"}, "a": {"duration": 2, "parent": "s"}, "b": {"duration": 9}}}
    )
    plan = plan_of(engagement)
    floats = []
    for values in (
        {"deadline": "2026-11-30"},
        {"deadline": None, "constraint": "Start no earlier than", "constraint_date": "2026-12-03"},
        {"constraint": "Finish no later than", "constraint_date": "2026-12-01"},
        {"constraint_date": None},
    ):
        engagement = edited(engagement, "s", **values)
        plan = Plan(engagement, plan)
        assert facts(plan) == facts(plan_of(Engagement(engagement.document, engagement.framework)))
        floats.append(plan.task("a").total_float // DAY)
    assert floats == [-1, 4, 0, 7]  # of nine days; due after one; from day 3 to 5; due after two


@given(networks(), st.integers(0, 11), st.integers(0, 20))
def test_the_earlier_plan_is_left_as_it_was(network: Random, place: int, days: int) -> None:
    plan = plan_of(network.engagement)
    before = facts(plan)
    uid = network.uids[place % len(network.uids)]
    Plan(edited(network.engagement, uid, duration=days * DAY), plan)
    assert facts(plan) == before


@given(networks(kinds=("work", "percent", "elapsed")), st.integers(0, 11), st.integers(-2, 10))
def test_what_an_edit_moves_is_what_stands_elsewhere_afterwards(network: Random, place: int, days: int) -> None:
    plan = plan_of(network.engagement)
    uid = network.uids[place % len(network.uids)]
    minutes = max(days * DAY, -plan.task(uid).duration)
    after = longer(network, uid, minutes)
    times = {uid: (plan.task(uid).es, plan.task(uid).ef) for uid in plan.tasks}
    other = [uid for uid in plan.tasks if times[uid] != (after.task(uid).es, after.task(uid).ef)]
    assert [move.uid for move in moves(plan, after)] == other
    if minutes >= 0:
        assert plan.finish_if_longer(uid, minutes) == after.finish_offset


@given(networks(types=("FS",)))
def test_no_task_works_on_a_holiday_or_a_weekend(network: Random) -> None:
    for task in map(plan_of(network.engagement).task, network.uids):
        if task.duration:
            assert CALENDAR.works(task.start.date())
            assert CALENDAR.works(task.finish.date())
            assert task.start < task.finish
            assert datetime(2026, 11, 30, 8) <= task.start
