"""Plans of other programs in an engagement: what is updated, what stays, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.editing import remove_row
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.errors import FileRefused
from pcsm_tui.exchange.imported import ImportedBaseline, ImportedLink, ImportedPlan, ImportedTask
from pcsm_tui.exchange.mspdi.reading import read_mspdi
from pcsm_tui.exchange.mspdi.writing import write_mspdi
from pcsm_tui.exchange.plan_change import BINDING, PROGRESS, Origin, PlanChange, plan_change, rising
from pcsm_tui.exchange.plan_csv import read_plan_csv, write_plan_csv
from pcsm_tui.schedule.baselines import baselines_of
from pcsm_tui.schedule.plan import plan_of
from tests.insight.whole import changed, new_engagement
from tests.schedule.published import Published, published_plans
from tests.support import LATER, STAMP, made, with_row

ORIGIN = Origin("csv", "plan.csv")
XML = Origin("mspdi", "plan.xml", (*BINDING, *PROGRESS))


def step(key: str, name: str = "", parent: str = "", after: str = "", uid: str = "", **values: Any) -> ImportedTask:
    links = tuple(ImportedLink(link) for link in after.split())
    return ImportedTask(key, parent, {"name": name or f"Task {key}", **values}, links, uid, f"line {key}")


def plan(*tasks: ImportedTask, **given: Any) -> ImportedPlan:
    return ImportedPlan("plan", tasks, given.pop("settings", {}), **given)


def taken(seen: Engagement, imported: ImportedPlan, origin: Origin = ORIGIN, **given: Any) -> Engagement:
    return made(seen, plan_change(seen, imported, origin, STAMP, **given).change)


def named(seen: Engagement, name: str) -> Row:
    (found,) = (row for row in seen.rows("tasks") if row.get("name") == name)
    return found


def layout(seen: Engagement) -> list[str]:
    outline = seen.outline("tasks")
    return [f"{outline.number(row.uid)} {row.get('name')}" for row in outline.rows]


def counts(found: PlanChange) -> tuple[int, int, int, int]:
    return len(found.added), len(found.changed), found.unchanged, found.staying


THREE = plan(step("1", "Stream"), step("2", "Dig", parent="1", duration=960), step("3", "Build", parent="1", after="2"))


# --- identity -------------------------------------------------------------------------------------------------


def test_a_file_taken_in_twice_doubles_nothing() -> None:
    first = plan_change(new_engagement(), THREE, ORIGIN, STAMP)
    assert counts(first) == (3, 0, 0, 0)
    seen = made(new_engagement(), first.change)
    assert layout(seen) == ["1 Stream", "1.1 Dig", "1.2 Build"]
    assert named(seen, "Build").get("predecessors") == [{"task": named(seen, "Dig").uid, "type": "FS"}]
    again = plan_change(seen, THREE, ORIGIN, LATER)
    assert (counts(again), again.change.edits) == ((0, 0, 3, 0), ())


def test_only_what_the_file_has_and_what_differs_is_changed() -> None:
    seen = taken(new_engagement(), THREE)
    seen = changed(seen, named(seen, "Dig"), owner="Bo", deliverable="A hole", notes="Mind the pipes")
    newer = plan(step("1", "Stream"), step("2", "Dig", parent="1", duration=1440, owner="Ada"), THREE.tasks[2])
    found = plan_change(seen, newer, ORIGIN, LATER)
    assert counts(found) == (0, 1, 2, 0)
    dig = named(made(seen, found.change), "Dig")
    assert [dig.get(name) for name in ("duration", "owner", "deliverable", "notes")] == [
        1440, "Ada", "A hole", "Mind the pipes",
    ]  # fmt: skip


def test_other_files_and_other_engagements_have_rows_of_their_own() -> None:
    seen = taken(new_engagement(), THREE)
    other = plan_change(seen, THREE._replace(name="another"), ORIGIN, STAMP)
    assert counts(other) == (3, 0, 0, 3)
    assert layout(made(seen, other.change))[3:] == ["2 Stream", "2.1 Dig", "2.2 Build"]


def test_a_task_with_a_uid_of_ours_is_that_row_whatever_its_key() -> None:
    seen = taken(new_engagement(), THREE)
    dig = named(seen, "Dig")
    found = plan_change(seen, plan(step("77", "Dig deeper", uid=dig.uid)), Origin("mspdi", "x.xml"), STAMP)
    assert counts(found) == (0, 1, 0, 2)
    assert named(made(seen, found.change), "Dig deeper").uid == dig.uid


def test_two_tasks_of_a_file_never_become_one_row() -> None:
    seen = taken(new_engagement(), THREE)
    dig = named(seen, "Dig").uid  # what key 2 would be called
    after = taken(seen, plan(step("2", "By its key"), step("9", "By its uid", uid=dig)))
    assert named(after, "By its uid").uid == dig
    assert named(after, "By its key").uid != dig


def test_what_was_deleted_here_comes_back_with_the_file() -> None:
    seen = taken(new_engagement(), THREE)
    uid = named(seen, "Dig").uid
    gone = made(seen, remove_row(seen, named(seen, "Dig"), LATER))
    found = plan_change(gone, THREE, ORIGIN, LATER)
    back = made(gone, found.change)
    assert named(back, "Dig").uid == uid
    assert "~gone" not in back.document
    assert made(back, found.change.inverted()).document == gone.document


# --- what the file does not have --------------------------------------------------------------------------------


def test_rows_here_and_links_to_them_stay() -> None:
    seen, own = with_row(taken(new_engagement(), THREE), "tasks", name="My own")
    links = [*named(seen, "Build").get("predecessors"), {"task": own.uid, "type": "SS"}]
    seen = changed(seen, named(seen, "Build"), predecessors=links)
    again = plan_change(seen, THREE, ORIGIN, LATER)
    assert (counts(again), again.change.edits) == ((0, 0, 3, 1), ())
    unlinked = plan(*THREE.tasks[:2], step("3", "Build", parent="1"))
    after = taken(seen, unlinked)
    assert named(after, "Build").get("predecessors") == [{"task": own.uid, "type": "SS"}]


def test_order_and_parents_follow_the_file() -> None:
    seen = taken(new_engagement(), THREE)
    newer = plan(step("9", "Survey"), step("3", "Build", after="2"), step("1", "Stream"), step("8", "Plan", parent="1"),
                 step("2", "Dig", parent="1"), step("7", "Rest", parent="1"))  # fmt: skip
    after = taken(seen, newer)
    assert layout(after) == ["1 Survey", "2 Build", "3 Stream", "3.1 Plan", "3.2 Dig", "3.3 Rest"]
    assert plan_change(after, newer, ORIGIN, LATER).change.edits == ()


def test_a_plan_stays_where_it_was_put() -> None:
    seen, mine = with_row(taken(new_engagement(), THREE), "tasks", name="Programme")
    seen = changed(seen, named(seen, "Stream"), parent=mine.uid)
    assert plan_change(seen, THREE, ORIGIN, LATER).change.edits == ()


def test_a_file_without_parents_leaves_the_outline_as_it_is() -> None:
    seen = taken(new_engagement(), THREE)
    flat = plan(step("2", "Dig", duration=480), step("3", "Build", after="2"))
    after = taken(seen, flat)
    assert layout(after) == ["1 Stream", "1.1 Dig", "1.2 Build"]
    assert named(after, "Dig").get("duration") == 480
    whole = plan(step("1", "Stream"), *flat.tasks)
    assert plan_change(after, whole, ORIGIN, LATER).change.edits == ()


def test_the_order_of_links_says_nothing() -> None:
    seen = taken(new_engagement(), plan(step("1"), step("2"), step("3", after="1 2")))
    links = named(seen, "Task 3").get("predecessors")
    seen = changed(seen, named(seen, "Task 3"), predecessors=links[::-1])
    again = plan(step("1"), step("2"), step("3", after="1 2"))
    assert plan_change(seen, again, ORIGIN, LATER).change.edits == ()


def test_what_a_summary_rolls_up_is_not_emptied() -> None:
    seen = taken(new_engagement(), THREE, XML)
    seen = changed(seen, named(seen, "Stream"), percent_complete=500, constraint="As late as possible")
    seen = changed(seen, named(seen, "Dig"), constraint="As soon as possible")
    assert plan_change(seen, THREE, XML, LATER).change.edits == ()


def test_what_a_format_always_tells_is_emptied_when_it_is_missing() -> None:
    bound = {"constraint": "Start no earlier than", "constraint_date": "2026-12-01", "deadline": "2026-12-24"}
    seen = taken(new_engagement(), plan(step("1", **bound)), XML)
    seen = changed(seen, named(seen, "Task 1"), owner="Bo")
    after = named(taken(seen, plan(step("1")), XML), "Task 1")
    assert [after.get(name) for name in (*bound, "owner")] == [None, None, None, "Bo"]
    silent = Origin("mspdi", "plan.xml")
    assert named(taken(seen, plan(step("1")), silent), "Task 1").get("deadline") == "2026-12-24"


@pytest.mark.parametrize(
    ("here", "file", "state"),
    [
        ({"state": "Blocked", "percent_complete": 200}, {"state": "In progress", "percent_complete": 400}, "Blocked"),
        ({"state": "Blocked"}, {"state": "Done", "percent_complete": 1000}, "Done"),
        ({"state": "Blocked"}, {}, "Blocked"),
        ({"state": "Done", "actual_finish": "2026-11-20"}, {}, "Open"),
        ({"state": "In progress", "percent_complete": 200}, {}, "Open"),
        ({"state": "In progress"}, {}, "In progress"),
        ({"state": "Not needed"}, {}, "Not needed"),
    ],
)
def test_the_state_follows_from_the_files_progress(here: Any, file: Any, state: str) -> None:
    seen = taken(new_engagement(), plan(step("1")), XML)
    seen = changed(seen, named(seen, "Task 1"), **here)
    after = named(taken(seen, plan(step("1", **file)), XML), "Task 1")
    assert after.get("state") == state
    assert after.get("percent_complete") == file.get("percent_complete")


# --- settings, calendar, baselines ------------------------------------------------------------------------------

WITH_SETTINGS = THREE._replace(
    settings={"start": "2027-01-04", "friday": None, "honor_constraints": False},
    exceptions=({"name": "Epiphany", "from": "2027-01-06", "to": None, "hours": None},),
)


def test_settings_come_with_the_first_plan_only() -> None:
    first = plan_change(new_engagement(), WITH_SETTINGS, ORIGIN, STAMP)
    assert (first.settings, first.exceptions, first.remarks) == (("start", "friday"), 1, ())
    seen = made(new_engagement(), first.change)
    # Two days from Monday the 4th, the 6th is a holiday, then one day more; Fridays are off.
    assert plan_of(seen).finish.isoformat() == "2027-01-07T17:00:00"
    assert plan_change(seen, WITH_SETTINGS, ORIGIN, LATER).change.edits == ()


def test_settings_of_a_later_file_are_told_of_and_taken_when_asked_for() -> None:
    seen = taken(new_engagement(), THREE)
    told = plan_change(seen, WITH_SETTINGS, ORIGIN, LATER)
    assert (told.settings, told.exceptions, told.change.edits) == ((), 0, ())
    (remark,) = told.remarks
    assert "Start, Friday and 1 of its holidays" in remark and "--settings" in remark
    asked = plan_change(seen, WITH_SETTINGS, ORIGIN, LATER, settings=True)
    assert (asked.settings, asked.exceptions, asked.remarks) == (("start", "friday"), 1, ())


def test_a_holiday_that_is_here_already_is_not_doubled() -> None:
    seen, _ = with_row(new_engagement(), "calendar", name="Three Kings", **{"from": "2027-01-06"})
    assert plan_change(seen, WITH_SETTINGS, ORIGIN, STAMP).exceptions == 0


def test_baselines_come_in_once_and_are_brought_up_to_date() -> None:
    agreed = {"2": {"start": "2026-11-30T08:00", "finish": "2026-12-01T17:00", "duration": 960}}
    first = THREE._replace(baselines=(ImportedBaseline("Baseline", "", agreed),))
    seen = taken(new_engagement(), first)
    ((baseline,), problems) = baselines_of(seen)
    assert (baseline.name, baseline.taken, problems) == ("Baseline", STAMP.today.isoformat(), ())
    assert baseline.tasks[named(seen, "Dig").uid].finish.isoformat() == "2026-12-01T17:00:00"
    assert plan_change(seen, first, ORIGIN, LATER).change.edits == ()
    later = {"2": {**agreed["2"], "finish": "2026-12-02T17:00", "duration": 1440}}
    again = plan_change(seen, first._replace(baselines=(ImportedBaseline("Baseline", "", later),)), ORIGIN, LATER)
    ((baseline,), _) = baselines_of(made(seen, again.change))
    assert (again.baselines, baseline.taken) == (1, STAMP.today.isoformat())
    assert baseline.tasks[named(seen, "Dig").uid].duration == 1440


# --- refused ----------------------------------------------------------------------------------------------------


def test_a_circle_with_rows_that_are_here_is_refused() -> None:
    flat = plan(step("1", "Dig"), step("2", "Build"))
    seen, own = with_row(taken(new_engagement(), flat), "tasks", name="Inspect")
    seen = changed(seen, own, predecessors=[{"task": named(seen, "Build").uid, "type": "FS"}])
    seen = changed(seen, named(seen, "Dig"), predecessors=[{"task": own.uid, "type": "FS"}])
    with pytest.raises(FileRefused, match=r"plan.csv: .*circle: 1 Dig → 2 Build → 3 Inspect → 1 Dig"):
        plan_change(seen, plan(step("1", "Dig"), step("2", "Build", after="1")), ORIGIN, LATER)


def test_a_row_that_would_stand_below_itself_is_refused() -> None:
    flat = plan(step("1", "Dig"), step("2", "Build"))
    seen, own = with_row(taken(new_engagement(), flat), "tasks", name="Mine")
    seen = changed(seen, own, parent=named(seen, "Build").uid)
    seen = changed(seen, named(seen, "Dig"), parent=own.uid)
    with pytest.raises(FileRefused, match="would stand below itself"):
        plan_change(seen, plan(step("1", "Dig"), step("2", "Build", parent="1")), ORIGIN, LATER)


def test_a_value_that_does_not_fit_is_refused_by_its_place() -> None:
    with pytest.raises(FileRefused, match=r"plan.csv, line 2: Percent Complete is 101, not 0 to 100"):
        plan_change(new_engagement(), plan(step("1"), step("2", percent_complete=1010)), ORIGIN, STAMP)


# --- from one engagement to another -----------------------------------------------------------------------------


def schedule(seen: Engagement) -> list[tuple[Any, ...]]:
    times = (
        "number",
        "name",
        "kind",
        "es",
        "ef",
        "ls",
        "lf",
        "total_float",
        "free_float",
        "critical",
        "percent",
        "done",
    )
    return [tuple(getattr(task, name) for name in times) for task in plan_of(seen).scheduled()]


@pytest.mark.parametrize("given", list(published_plans()), ids=lambda given: given.name)
def test_a_published_plan_is_the_same_in_another_engagement(given: Published) -> None:
    file = write_mspdi(plan_of(given.engagement), given.engagement)
    there = taken(new_engagement(), read_mspdi(file, "plan.xml"), XML)
    assert schedule(there) == schedule(given.engagement)
    back = read_mspdi(write_mspdi(plan_of(there), there), "other.xml")
    assert plan_change(there, back, XML, LATER).change.edits == ()


def test_our_own_csv_changes_nothing_here() -> None:
    seen = taken(new_engagement(), THREE._replace(settings={"start": "2026-11-30"}))
    file = read_plan_csv(write_plan_csv(plan_of(seen), seen).encode(), "export.csv")
    found = plan_change(seen, file, Origin("csv", "export.csv", (*BINDING, *PROGRESS, "owner")), LATER)
    assert (counts(found), found.change.edits) == ((0, 0, 3, 0), ())


# --- places -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "beyond", "expected"),
    [
        ([10, 20, 30], 0, [10, 20, 30]),
        ([10, None, 30], 0, [10, 20, 30]),
        ([None, 9, None, None], 100, [4, 9, 100 + (1 << 20), 100 + (2 << 20)]),
        ([20, 10, 30], 0, [20, 25, 30]),
        ([5, None, 6, 7], 0, [5, 5 + (1 << 20), 5 + (2 << 20), 5 + (3 << 20)]),
    ],
)
def test_places_are_kept_as_far_as_they_rise(known: list[int | None], beyond: int, expected: list[int]) -> None:
    assert rising(known, beyond) == expected


@given(st.lists(st.none() | st.integers(-5, 1 << 51)), st.integers(0, 1 << 51))
def test_places_always_rise(known: list[int | None], beyond: int) -> None:
    found = rising(known, beyond)
    assert len(found) == len(known)
    assert all(one < other for one, other in zip(found, found[1:], strict=False))
    if None not in known and all(a < b for a, b in zip(known, known[1:], strict=False)) and (known or [1])[0] > 0:
        assert found == known
