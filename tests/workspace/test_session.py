"""One engagement seen by two people: saving that fails, what clashes, undo, drafts and visits."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import workspace

from pcsm_tui.errors import FileRefused, StorageFailed, UsageError, ValueRefused
from pcsm_tui.settings import Places, Settings
from pcsm_tui.workspace import Workspace
from pcsm_tui.workspace.clashing import Clashed, Conflicted
from pcsm_tui.workspace.exporting import tool_text
from pcsm_tui.workspace.session import Session

RISKS = "adoption-risks"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [{"name": "Old radios", "likelihood": "3", "severity": "4"}, {"name": "Union ballot", "likelihood": "2"}]
    return make_engagement(tmp_path / "repository", "Ada Ltd", {RISKS: rows})


@pytest.fixture
def session(path: Path) -> Session:
    return workspace(path.parent).open(path)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Return a function that fills the disk or makes room on it."""
    replace = os.replace

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda full: monkeypatch.setattr(os, "replace", fail if full else replace)


def risk(session: Session, place: int = 0):
    return session.engagement.rows(RISKS)[place]


def drafts(session: Session) -> dict[str, str]:
    """Return the texts of the drafts by their field."""
    return {field: text for (_, field), (text, _) in session.drafts(session.framework.tool(RISKS)).items()}


def bo_sets(path: Path, place: int = 0, **values: object) -> None:
    bo = workspace(path.parent, name="Bo").open(path)
    bo.set(risk(bo, place), values)


# --- both changed the same --------------------------------------------------------------------------------------


def both(session: Session) -> list[tuple[str, set[object]]]:
    """Return the fields that two sides changed, each with both values."""
    return [(item.field, {side.value for side in item.sides}) for item in session.conflicts]


def test_of_several_unsaved_changes_only_what_both_changed_is_a_conflict(
    path: Path, session: Session, disk: Callable[[bool], None]
) -> None:
    disk(True)
    with pytest.raises(StorageFailed):
        session.set_text(risk(session), "name", "Older radios")
    disk(False)
    bo_sets(path, name="Radios of 1990")
    with pytest.raises(Conflicted, match=r"'Radios of 1990' by Bo.* Both are kept"):
        session.set_text(risk(session), "likelihood", "5")
    assert values_of(path, RISKS, "likelihood")[0] == 5
    assert both(session) == [("name", {"Older radios", "Radios of 1990"})]
    assert both(workspace(path.parent).open(path)) == both(session), "the file holds both"
    session.undo()
    assert values_of(path, RISKS, "likelihood")[0] == 3


def test_a_conflict_is_told_once_and_kept_even_when_the_next_try_to_save_fails(
    path: Path, session: Session, disk: Callable[[bool], None]
) -> None:
    disk(True)
    with pytest.raises(StorageFailed):
        session.set_text(risk(session), "likelihood", "5")
    disk(False)
    bo_sets(path, likelihood=1)
    disk(True)
    with pytest.raises(StorageFailed):
        session.save()
    assert both(session) == [("likelihood", {1, 5})]
    disk(False)
    bo_sets(path, severity=1)
    session.save()
    assert both(session) == [("likelihood", {1, 5})] and not session.unsaved
    assert both(workspace(path.parent).open(path)) == both(session)


def test_each_field_that_both_changed_is_a_conflict_of_its_own(path: Path, session: Session) -> None:
    bo_sets(path, likelihood=1, responsible="Bo", strategy="None")
    with pytest.raises(Conflicted, match="and 1 more"):
        session.set(risk(session), {"likelihood": 5, "responsible": "Eve", "severity": 2})
    assert both(session) == [("likelihood", {1, 5}), ("responsible", {"Bo", "Eve"})]
    assert values_of(path, RISKS, "severity")[0] == 2
    assert values_of(path, RISKS, "strategy")[0] == "None"


def test_a_row_removed_without_saving_while_others_change_it_stays(
    path: Path, session: Session, disk: Callable[[bool], None]
) -> None:
    disk(True)
    for act in (lambda: session.set(risk(session), {"likelihood": 5}), lambda: session.remove(risk(session))):
        with pytest.raises(StorageFailed):
            act()
    disk(False)
    bo_sets(path, likelihood=1)
    with pytest.raises(Conflicted, match="deleted by one and changed by another"):
        session.save()
    assert values_of(path, RISKS, "likelihood") == [1, 2]
    (conflict,) = session.conflicts
    assert conflict.kind == "deleted"


def test_changes_of_others_are_carried_under_every_further_save(
    path: Path, session: Session, disk: Callable[[bool], None]
) -> None:
    disk(True)
    with pytest.raises(StorageFailed):
        session.set(risk(session), {"likelihood": 5})
    disk(False)
    bo_sets(path, severity=1)
    disk(True)
    with pytest.raises(StorageFailed):
        session.save()
    disk(False)
    bo_sets(path, name="Radios")
    session.save()
    seen = [values_of(path, RISKS, field)[0] for field in ("name", "likelihood", "severity")]
    assert seen == ["Radios", 5, 1]


# --- undo and redo ----------------------------------------------------------------------------------------------


def test_a_step_that_others_overwrote_is_passed_over(path: Path, session: Session) -> None:
    session.set(risk(session, 1), {"severity": 1})
    session.set(risk(session), {"likelihood": 5})
    bo_sets(path, likelihood=1)
    with pytest.raises(Clashed, match=r"Set Likelihood.* cannot be taken back: .* Undo again"):
        session.undo()
    assert "Severity" in session.undo()
    assert values_of(path, RISKS, "likelihood")[0] == 1
    assert values_of(path, RISKS, "severity")[1] is None
    assert drafts(session) == {}
    assert "Severity" in session.redo()
    with pytest.raises(UsageError):
        session.redo()


@pytest.mark.parametrize("read", [True, False], ids=["taken in", "met when saving"])
def test_a_step_that_cannot_be_done_again_is_dropped(path: Path, session: Session, read: bool) -> None:
    session.set(risk(session), {"likelihood": 5})
    session.undo()
    bo_sets(path, likelihood=1)
    if read:
        assert session.refresh()
    with pytest.raises(Clashed, match="cannot be done again"):
        session.redo()
    with pytest.raises(UsageError):
        session.redo()
    assert values_of(path, RISKS, "likelihood")[0] == 1


def test_an_undo_that_is_not_saved_yet_can_be_done_again(
    path: Path, session: Session, disk: Callable[[bool], None]
) -> None:
    session.set(risk(session), {"likelihood": 5})
    disk(True)
    with pytest.raises(StorageFailed):
        session.undo()
    assert risk(session).get("likelihood") == 3
    with pytest.raises(UsageError):
        session.undo()
    disk(False)
    assert "Likelihood" in session.redo()
    assert values_of(path, RISKS, "likelihood")[0] == 5


def test_undo_and_redo_stand_on_what_others_saved_meanwhile(path: Path, session: Session) -> None:
    session.set(risk(session), {"likelihood": 5})
    bo_sets(path, severity=1)
    assert session.refresh()
    session.undo()
    bo_sets(path, name="Radios")
    session.redo()
    seen = [values_of(path, RISKS, field)[0] for field in ("name", "likelihood", "severity")]
    assert seen == ["Radios", 5, 1]


# --- drafts -----------------------------------------------------------------------------------------------------


def test_a_refused_text_survives_the_program_until_it_is_put_right(path: Path, session: Session) -> None:
    with pytest.raises(ValueRefused):
        session.set_text(risk(session), "likelihood", "many")
    again = workspace(path.parent).open(path)
    assert drafts(again) == {"likelihood": "many"}
    again.set_text(risk(again), "likelihood", "4")
    assert drafts(again) == {} == drafts(workspace(path.parent).open(path))


def test_undo_brings_back_a_row_with_its_draft(path: Path, session: Session) -> None:
    with pytest.raises(ValueRefused):
        session.set_text(risk(session), "likelihood", "many")
    session.remove(risk(session))
    session.undo()
    assert drafts(session) == {"likelihood": "many"} == drafts(workspace(path.parent).open(path))


def at(path: Path, now: datetime, name: str = "Ada") -> Workspace:
    """Return the workspace as seen at a time."""
    return Workspace(path.parent, Settings(name=name, places=Places.of_user()), clock=lambda: now)


def test_drafts_of_rows_that_are_gone_are_forgotten_after_thirty_days_others_never(path: Path) -> None:
    start = datetime(2026, 11, 22, 12, tzinfo=UTC)
    first = at(path, start).open(path)
    for place, text in ((0, "gone"), (1, "there")):
        with pytest.raises(ValueRefused):
            first.set_text(risk(first, place), "likelihood", text)
    first.remove(risk(first))
    seen = {}
    for days in (30, 31):
        later = at(path, start + timedelta(days)).open(path)
        with pytest.raises(ValueRefused):
            later.set_text(risk(later), "severity", "new")
        kept = at(path, start).open(path)
        seen[days] = sorted(text for text, _ in kept.drafts(kept.framework.tool(RISKS)).values())
    assert seen == {30: ["gone", "new", "there"], 31: ["new", "there"]}


# --- visits -----------------------------------------------------------------------------------------------------


def test_what_others_changed_after_the_last_look_is_told_all_through_the_next_run(path: Path) -> None:
    def minute(number: int) -> datetime:
        return datetime(2026, 11, 23, 9, number, tzinfo=UTC)

    def bo(number: int, tool: str, **values: object) -> None:
        other = at(path, minute(number), "Bo").open(path)
        other.add(other.framework.tool(tool), values)

    bo(0, RISKS, name="Seen")
    first = at(path, minute(1)).open(path)
    assert first.changes_since_last_visit() == [], "the first visit"
    first.visited()
    bo(2, "actions", action="Missed")
    run = at(path, minute(3))
    second = run.open(path)
    assert second.changes_since_last_visit() == ["2026-11-23 Bo changed Actions (1)"]
    second.visited()
    assert second.changes_since_last_visit() == ["2026-11-23 Bo changed Actions (1)"], "the same all through the run"
    bo(4, "timeline", subject="While it runs")
    run.leave()
    third = at(path, minute(5)).open(path)
    assert third.changes_since_last_visit() == ["2026-11-23 Bo changed Timeline (1)"], "leaving is not looking"


def test_opening_and_acting_without_a_look_is_no_visit(path: Path) -> None:
    run = at(path, datetime(2026, 11, 23, 9, tzinfo=UTC))
    session = run.open(path)
    session.set(risk(session), {"likelihood": 5})
    run.leave()
    state = run.settings.places.state / "state.json"
    assert not state.exists() or "visits" not in json.loads(state.read_text())


# --- another engagement in the file ------------------------------------------------------------------------------


def become_another(path: Path) -> None:
    """Put another engagement in the place of a file."""
    make_engagement(path.parent, "Zed Ltd").replace(path)


def test_a_file_that_holds_another_engagement_can_be_opened_anew(path: Path) -> None:
    place = workspace(path.parent)
    old = place.open(path)
    become_another(path)
    with pytest.raises(FileRefused, match="different engagement"):
        old.refresh()
    new = place.open(path)
    assert (new.engagement.name, old.engagement.name) == ("Zed Ltd", "Ada Ltd")
    assert place.open(path) is new
    place.refresh()
    assert [item.summary.customer for item in place.listing()] == ["Zed Ltd"]


def test_what_is_unsaved_is_not_dropped_for_another_engagement_in_the_file(path: Path) -> None:
    place = workspace(path.parent)
    old = place.open(path)
    become_another(path)
    for act in (old.refresh, lambda: old.set(risk(old), {"likelihood": 5})):
        with pytest.raises(FileRefused, match="different engagement"):
            act()
    assert place.open(path) is old and place.unsaved


def test_a_file_that_was_gone_and_is_back_goes_on(path: Path) -> None:
    place = workspace(path.parent)
    session = place.open(path)
    aside = path.rename(path.with_suffix(".aside"))
    with pytest.raises(FileRefused, match="is gone"):
        session.refresh()
    aside.rename(path)
    assert place.open(path) is session
    session.set(risk(session), {"likelihood": 5})
    assert values_of(path, RISKS, "likelihood")[0] == 5


# --- the work breakdown structure -------------------------------------------------------------------------------


@pytest.fixture
def plan(tmp_path: Path) -> Session:
    rows = [{"name": name} for name in ("Prepare", "Train", "Go live")]
    path = make_engagement(tmp_path / "plans", "Ada Ltd", {"tasks": rows})
    return workspace(path.parent).open(path)


def outline(session: Session) -> list[str]:
    seen = session.engagement
    return [f"{seen.show(row, 'wbs')} {seen.title(row)}" for row in seen.rows("tasks")]


def test_rows_of_an_outline_go_in_out_and_among_their_siblings(plan: Session) -> None:
    prepare, train, live = plan.engagement.rows("tasks")
    plan.indent(train)
    plan.indent(live)
    assert outline(plan) == ["1 Prepare", "1.1 Train", "1.2 Go live"]
    plan.move(live, -1)
    assert outline(plan) == ["1 Prepare", "1.1 Go live", "1.2 Train"]
    plan.outdent(train)
    assert outline(plan) == ["1 Prepare", "1.1 Go live", "2 Train"]
    plan.remove(prepare)
    assert outline(plan) == ["1 Train"]
    for _ in range(5):
        plan.undo()
    assert outline(plan) == ["1 Prepare", "2 Train", "3 Go live"]


def test_a_date_typed_in_start_binds_it_and_emptying_it_lets_go(plan: Session) -> None:
    row = plan.engagement.rows("tasks")[1]
    row = plan.set_text(row, "start", "2026-12-07")
    assert (row.get("constraint"), row.get("constraint_date")) == ("Start no earlier than", "2026-12-07")
    row = plan.set_text(row, "finish", "2026-12-11 12:00")
    assert (row.get("constraint"), row.get("constraint_date")) == ("Finish no earlier than", "2026-12-11T12:00")
    row = plan.set_text(row, "finish", "")
    assert (row.get("constraint"), row.get("constraint_date")) == (None, None)
    added = plan.add_text(plan.new_row(row.tool, {"name": "Report"}), "start", "2026-12-14")
    assert (added.get("constraint"), added.get("constraint_date")) == ("Start no earlier than", "2026-12-14")
    assert plan.typed(row.tool, {"name": "x", "start": "2026-12-14"}) == {
        "name": "x",
        "constraint": "Start no earlier than",
        "constraint_date": "2026-12-14",
    }


def test_a_date_that_is_none_stays_a_draft_where_it_was_typed(plan: Session) -> None:
    row = plan.engagement.rows("tasks")[0]
    with pytest.raises(ValueRefused, match="not a date"):
        plan.set_text(row, "start", "soon")
    kept = plan.drafts(row.tool)
    assert [(field, draft.text) for (_, field), draft in kept.items()] == [("start", "soon")]
    plan.set_text(row, "start", "2026-12-07")
    assert not plan.drafts(row.tool)


def test_predecessors_are_exported_as_planners_write_them(plan: Session) -> None:
    row = plan.engagement.rows("tasks")[2]
    plan.set_text(row, "predecessors", "1, 2SS+1d")
    assert plan.engagement.show(plan.current(row), "predecessors") == "1, 2SS+1d"
    exported = json.loads(tool_text(plan.engagement, row.tool, "json"))
    assert exported["rows"][2]["predecessors"] == ["1", "2SS+1d"]
