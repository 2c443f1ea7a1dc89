"""Work packages made of adoption activities and onboarding steps: once, where they belong, with what is known of them."""

from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain.editing import remove_row
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.schedule.generating import generated_plan
from pcsm_tui.schedule.plan import plan_of
from tests.insight.whole import changed, filled, new_engagement
from tests.support import LATER, STAMP, made, with_row


def grown(seen: Engagement, tool: str, **values: Any) -> tuple[Engagement, str]:
    """Return the engagement with a row more, and the uid of that row."""
    after, row = with_row(seen, tool, **values)
    return after, row.uid


def generated(seen: Engagement) -> Engagement:
    return made(seen, generated_plan(seen, STAMP).change)


def layout(seen: Engagement) -> list[str]:
    """Return the plan's rows by outline number and name."""
    outline = seen.outline("tasks")
    return [f"{outline.number(row.uid)} {row.get('name')}" for row in outline.rows]


def task(seen: Engagement, name: str) -> Row:
    (found,) = (row for row in seen.rows("tasks") if row.get("name") == name)
    return found


@pytest.fixture
def filled_in() -> tuple[Engagement, dict[str, str]]:
    """Return an engagement with two groups, four adoption activities and two onboarding steps, and their uids."""
    seen, uids = new_engagement(), {}
    seen, uids["night"] = grown(seen, "impacted-groups", name="Night dispatchers")
    seen, uids["drivers"] = grown(seen, "impacted-groups", name="Drivers")
    phase = seen.rows("adoption-phases")[1].uid
    activity: dict[str, dict[str, Any]] = {
        "class": {
            "activity": "Class", "type": "Training", "impacted_group": uids["night"], "owner": "Bo",
            "start": "2026-11-27", "due": "2026-11-30", "adoption_phase": phase,
            "cost": {"amount": 30_000, "currency": "EUR"},
        },
        "letter": {"activity": "Letter", "type": "Communication", "impacted_group": uids["night"], "due": "2026-11-20"},
        "leaflet": {"activity": "Leaflet", "type": "Communication", "impacted_group": uids["drivers"], "done": True},
        "meeting": {"activity": "Town meeting", "type": "Communication"},
    }  # fmt: skip
    for name, values in activity.items():
        seen, uids[name] = grown(seen, "adoption-activities", **values)
    seen, uids["access"] = grown(
        seen, "onboarding-plan", phase=2, name="Access", people="Ada", outcome="40 can log in", start="2026-12-01"
    )
    seen, uids["kick-off"] = grown(seen, "onboarding-plan", phase=1, name="Kick-off", phase_outcome="All know the aims")
    return seen, uids


def test_packages_stand_in_streams_by_onboarding_phase_group_and_type(
    filled_in: tuple[Engagement, dict[str, str]],
) -> None:
    seen, uids = filled_in
    result = generated_plan(seen, STAMP)
    assert str(result) == "6 work packages added in 6 work streams."
    after = made(seen, result.change)
    assert layout(after) == [
        "1 Onboarding", "1.1 All know the aims", "1.1.1 Kick-off", "1.2 Onboarding phase 2", "1.2.1 Access",
        "2 Night dispatchers", "2.1 Communication", "2.1.1 Letter", "2.2 Training", "2.2.1 Class",
        "3 Drivers", "3.1 Leaflet", "4 All groups", "4.1 Town meeting",
    ]  # fmt: skip
    assert {row.get("kind") for row in after.rows("tasks") if after.is_summary(row)} == {"Work stream"}
    assert task(after, "Night dispatchers").get("impacted_group") == uids["night"]
    assert all(after.problems(row) == {} for row in after.rows("tasks"))
    assert plan_of(after).problems == []


def test_a_package_takes_over_what_is_known_of_its_source(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen, uids = filled_in
    after = generated(seen)
    record = task(after, "Class").record
    assert {name: record[name] for name in record if name not in ("uid", "order", "parent")} == {
        "name": "Class", "kind": "Work package", "owner": "Bo", "state": "Open",
        "impacted_group": uids["night"], "adoption_phase": seen.rows("adoption-phases")[1].uid,
        "budget": {"amount": 30_000, "currency": "EUR"}, "arises_from": [uids["class"]],
        "duration": 960, "constraint": "Start no earlier than", "constraint_date": "2026-11-27",
        "deadline": "2026-11-30", "at": STAMP.at, "by": STAMP.by,
    }  # fmt: skip
    scheduled = plan_of(after).task(task(after, "Class").uid)
    assert (scheduled.start.isoformat(), scheduled.finish.isoformat()) == ("2026-11-27T08:00:00", "2026-11-30T17:00:00")
    access = task(after, "Access")
    assert (access.get("owner"), access.get("deliverable"), access.get("duration")) == ("Ada", "40 can log in", None)
    assert plan_of(after).task(access.uid).assumed


def test_no_date_is_invented_for_what_is_done(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    leaflet = task(generated(filled_in[0]), "Leaflet")
    assert leaflet.done
    assert leaflet.get("actual_finish") is None and leaflet.get("actual_start") is None


def test_working_days_are_those_of_the_plans_calendar(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen, _ = grown(filled_in[0], "calendar", name="Feast", **{"from": "2026-11-30"})
    assert task(generated(seen), "Class").get("duration") == 480
    four_days = filled(filled_in[0], "plan", friday=None)
    assert task(generated(four_days), "Class").get("duration") == 480


def test_dates_that_hold_no_work_give_no_duration(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen = filled_in[0]
    seen, _ = grown(seen, "adoption-activities", activity="Backwards", start="2026-11-27", due="2026-11-25")
    seen, _ = grown(seen, "adoption-activities", activity="Saturday", start="2026-11-28", due="2026-11-29")
    after = generated(seen)
    assert task(after, "Backwards").get("duration") is None
    assert task(after, "Saturday").get("duration") is None


def test_nothing_is_doubled_and_what_is_new_is_added(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen = generated(filled_in[0])
    again = generated_plan(seen, LATER)
    assert (again.change.edits, again.packages, again.present) == ((), 0, 6)
    assert str(again) == "No work packages added; 6 were there already."
    seen, _ = grown(
        seen, "adoption-activities", activity="Refresher", type="Training", impacted_group=filled_in[1]["night"]
    )
    more = generated_plan(seen, LATER)
    assert str(more) == "1 work package added in 1 work stream; 6 were there already."
    assert "2.2.2 Refresher" in layout(made(seen, more.change))


def test_a_task_of_ones_own_that_arises_from_a_source_is_enough(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen, _ = grown(filled_in[0], "tasks", name="My own class", arises_from=[filled_in[1]["class"]])
    result = generated_plan(seen, STAMP)
    assert (result.packages, result.present) == (5, 1)
    assert "Class" not in {row.get("name") for row in made(seen, result.change).rows("tasks")}


def test_a_package_that_no_longer_says_where_it_arose_is_there_still(
    filled_in: tuple[Engagement, dict[str, str]],
) -> None:
    seen = generated(filled_in[0])
    seen = changed(seen, task(seen, "Class"), arises_from=None)
    assert generated_plan(seen, LATER).change.edits == ()


def test_what_was_deleted_is_not_generated_again(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen = generated(filled_in[0])
    seen = made(seen, remove_row(seen, task(seen, "Class"), LATER))
    result = generated_plan(seen, LATER)
    assert (result.change.edits, result.present, result.deleted) == ((), 5, 1)
    assert str(result) == "No work packages added; 5 were there already; 1 was deleted here and stays so."


def test_streams_that_were_renamed_and_moved_are_used(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen = generated(filled_in[0])
    seen = changed(seen, task(seen, "Training"), name="Learning", parent=task(seen, "Onboarding").uid)
    seen, _ = grown(
        seen, "adoption-activities", activity="Refresher", type="Training", impacted_group=filled_in[1]["night"]
    )
    after = generated(seen)
    learning = task(after, "Learning")
    assert after.outline("tasks").parent(learning.uid) == task(after, "Onboarding").uid
    assert [row.get("name") for row in after.outline("tasks").children(learning.uid)] == ["Class", "Refresher"]
    assert "Training" not in {row.get("name") for row in after.rows("tasks")}


def test_what_is_above_a_deleted_stream_takes_its_place(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen = generated(filled_in[0])
    seen = made(seen, remove_row(seen, task(seen, "Training"), LATER))
    seen, _ = grown(
        seen, "adoption-activities", activity="Refresher", type="Training", impacted_group=filled_in[1]["night"]
    )
    after = generated(seen)
    assert layout(after)[5:9] == ["2 Night dispatchers", "2.1 Communication", "2.1.1 Letter", "2.2 Refresher"]
    assert "Training" not in {row.get("name") for row in after.rows("tasks")}


def test_copies_apart_name_the_same_package_alike(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen = filled_in[0]
    other, _ = grown(seen, "adoption-activities", activity="Only here")
    ours, theirs = generated(seen), generated(other)
    assert {row.uid for row in ours.rows("tasks")} < {row.uid for row in theirs.rows("tasks")}


def test_it_is_one_step_to_take_back(filled_in: tuple[Engagement, dict[str, str]]) -> None:
    seen = filled_in[0]
    change = generated_plan(seen, STAMP).change
    assert made(made(seen, change), change.inverted()).document == seen.document


def test_what_stands_in_the_plan_already_stays_in_front() -> None:
    seen, _ = grown(new_engagement(), "tasks", name="My stream")
    seen, _ = grown(seen, "adoption-activities", activity="Letter")
    assert layout(generated(seen)) == ["1 My stream", "2 All groups", "2.1 Letter"]


def test_a_source_without_a_name_waits_for_one() -> None:
    seen, row = with_row(new_engagement(), "adoption-activities", owner="Bo", activity="x")
    seen = changed(seen, row, activity=None)
    result = generated_plan(seen, STAMP)
    assert (result.change.edits, result.unnamed) == ((), 1)
    assert "1 has no name yet" in str(result)


def test_a_group_that_was_removed_counts_as_none() -> None:
    seen, group = with_row(new_engagement(), "impacted-groups", name="Gone")
    seen, _ = grown(seen, "adoption-activities", activity="Letter", impacted_group=group.uid)
    after = generated(made(seen, remove_row(seen, group, STAMP)))
    assert layout(after) == ["1 All groups", "1.1 Letter"]
    assert after.problems(task(after, "Letter")) == {}


def test_a_long_or_many_lined_outcome_names_no_stream() -> None:
    seen = new_engagement()
    seen, _ = grown(seen, "onboarding-plan", name="A", phase=1, phase_outcome="Two\nlines")
    seen, _ = grown(seen, "onboarding-plan", name="B", phase=3, phase_outcome="x" * 61)
    assert layout(generated(seen)) == [
        "1 Onboarding", "1.1 Onboarding phase 1", "1.1.1 A", "1.2 Onboarding phase 3", "1.2.1 B",
    ]  # fmt: skip


def test_without_sources_it_says_so() -> None:
    result = generated_plan(new_engagement(), STAMP)
    assert result.change.edits == ()
    assert str(result).startswith("There are no adoption activities")
