"""Files of other programs taken into an engagement through its session: one step, one save, or nothing at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stories.making import make_engagement
from stories.story import workspace

from pcsm_tui.errors import FileRefused, UsageError
from pcsm_tui.workspace.importing import planned_import, rows_import, told_import, told_plan
from pcsm_tui.workspace.session import Session

PLAN = "id,name,duration,predecessors\n1,Dig,2d,\n2,Build,1w,1FS+1d\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_engagement(tmp_path / "repository", "Ada Ltd", {"adoption-risks": [{"name": "Old radios"}]})


@pytest.fixture
def session(path: Path) -> Session:
    return workspace(path.parent).open(path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    found = tmp_path / "plan.csv"
    found.write_text(PLAN)
    return found


def saves(path: Path) -> int:
    """Return how many times the file was saved."""
    (meta,) = json.loads(path.read_text())["_meta"].values()
    return int(meta["n"])


def names(session: Session, tool: str = "tasks") -> list[str]:
    return [str(row.get("name")) for row in session.engagement.rows(tool)]


def test_a_plan_comes_in_with_one_save_and_goes_with_one_undo(path: Path, session: Session, source: Path) -> None:
    before = saves(path)
    session.make(planned_import(session, source).change)
    assert (names(session), saves(path)) == (["Dig", "Build"], before + 1)
    assert session.undo() == "import plan.csv"
    assert (names(session), saves(path)) == ([], before + 2)
    session.redo()
    assert names(session) == ["Dig", "Build"]


def test_what_was_imported_is_told_in_a_sentence(path: Path, source: Path) -> None:
    place = workspace(path.parent)
    session = place.open(path)
    assert place.import_plan(session, str(source)) == "2 work packages in the file: 2 added"
    source.write_text(PLAN.replace("1w", "2w"))
    assert place.import_plan(session, str(source)) == "2 work packages in the file: 1 changed, 1 unchanged"


def test_generated_work_packages_are_one_step_too(path: Path, session: Session) -> None:
    session.add(session.framework.tool("adoption-activities"), {"activity": "Letter"})
    before = saves(path)
    assert str(session.generate_plan()) == "1 work package added in 1 work stream."
    assert saves(path) == before + 1
    assert session.generate_plan().packages == 0
    assert saves(path) == before + 1
    session.undo()
    assert names(session) == []


def test_looking_at_an_import_changes_nothing(path: Path, session: Session, source: Path) -> None:
    before = path.read_bytes()
    found = planned_import(session, source)
    assert told_plan(found, session.framework.tool("plan")) == ["2 work packages in the file: 2 added."]
    assert (names(session), path.read_bytes()) == ([], before)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("plan.xlsx", "cannot be imported yet"),
        ("other.pcsm.json", "cannot be imported yet"),
        ("plan.mpp", "Save the plan from MS Project as XML"),
        ("plan", "has no ending"),
        ("plan.txt", "reads plans of MS Project saved as .xml, and .csv"),
    ],
)
def test_files_of_other_kinds_are_refused_with_what_to_do(
    session: Session, tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / name).write_text(PLAN)
    with pytest.raises(UsageError) as refused:
        planned_import(session, tmp_path / name)
    assert told in str(refused.value)


def test_a_column_that_is_there_and_empty_empties_the_field(session: Session, source: Path) -> None:
    source.write_text("id,name,duration,owner,deadline\n1,Dig,2d,Bo,2026-12-24\n")
    session.make(planned_import(session, source).change)
    source.write_text("id,name,duration,deadline\n1,Dig,2d,\n")
    session.make(planned_import(session, source).change)
    (dig,) = session.engagement.rows("tasks")
    assert (dig.get("owner"), dig.get("deadline")) == ("Bo", None)


def lines(session: Session, source: Path, text: str) -> list[str]:
    """Return what is told of each task that a newer file changes."""
    source.write_text(text)
    return told_import(planned_import(session, source), session.today)[1:-1]


def test_other_tasks_are_called_what_they_are_called_afterwards(session: Session, source: Path) -> None:
    """Plan comes first, so that Dig, which Build waited for, is number 2 by then."""
    session.make(planned_import(session, source).change)
    newer = "id,name,duration,predecessors\n0,Plan,1d,\n1,Dig,2d,\n2,Build,1w,0\n"
    assert lines(session, source, newer) == ["3 Build: Predecessors 1 instead of 2FS+1d", "1 Plan: new"]


def test_a_task_in_another_stream_is_told_by_its_old_number(session: Session, source: Path) -> None:
    head = "id,name,duration,parent\n1,Ground,,\n2,House,,\n"
    source.write_text(head + "3,Dig,2d,1\n4,Build,1w,1\n5,Paint,1d,2\n")
    session.make(planned_import(session, source).change)
    assert lines(session, source, head + "3,Dig,2d,1\n5,Paint,1d,2\n4,Build,1w,2\n") == [
        "2.2 Build: WBS 2.2 instead of 1.2, Parent House instead of Ground"
    ]


def test_a_task_that_is_only_put_in_order_is_told_too(path: Path, session: Session, source: Path) -> None:
    """Orders that another program counts from 0 leave no room in front: both are numbered anew."""
    session.make(planned_import(session, source).change)
    tree = json.loads(path.read_text())
    for record in tree["tasks"].values():
        record["order"] = ["Dig", "Build"].index(record["name"])
    path.write_text(json.dumps(tree))
    assert lines(workspace(path.parent).open(path), source, PLAN) == [
        "1 Dig: only its place among the others",
        "2 Build: only its place among the others",
    ]


def test_of_a_long_text_is_told_that_it_changed_and_all_stays_on_a_line(session: Session, source: Path) -> None:
    head = "id,name,duration,deliverable\n"
    source.write_text(head + "1,Dig,2d,A hole\n2,Build,1d,A house\n")
    session.make(planned_import(session, source).change)
    dig = session.engagement.rows("tasks")[0]
    session.set(dig, {"deliverable": "A hole\nin the ground"})
    assert lines(session, source, head + f"1,Dig,2d,A hole\n2,Build,1d,{'A house ' * 9}\n") == [
        "1 Dig: Deliverable A hole instead of A hole in the ground",
        "2 Build: Deliverable changed",
    ]


# --- rows of a tool ---------------------------------------------------------------------------------------------


def rows(session: Session, tmp_path: Path, text: str, tool: str = "adoption-risks"):
    source = tmp_path / "rows.csv"
    source.write_text(text)
    return rows_import(session, source, session.framework.tool(tool))


def test_rows_of_a_tool_come_in_by_names_or_ids_of_fields(session: Session, tmp_path: Path) -> None:
    found = rows(session, tmp_path, "Name;likelihood;SEVERITY\nBallot;4;5\n'=1+1;;2\n")
    session.make(found.change)
    assert names(session, "adoption-risks") == ["Old radios", "Ballot", "=1+1"]
    ballot = session.engagement.rows("adoption-risks")[1]
    assert (ballot.get("likelihood"), ballot.get("severity"), ballot.get("status")) == (4, 5, "Open")
    assert session.undo() == "import rows.csv"
    assert names(session, "adoption-risks") == ["Old radios"]


def test_rows_that_are_here_word_for_word_are_not_doubled(session: Session, tmp_path: Path) -> None:
    text = "Name,Likelihood\nBallot,4\nBallot,5\n"
    session.make(rows(session, tmp_path, text).change)
    again = rows(session, tmp_path, text + "Strike,1\n")
    assert (len(again.added), again.here) == (1, 2)


def test_references_are_found_by_name_and_computed_columns_left_out(session: Session, tmp_path: Path) -> None:
    group = session.add(session.framework.tool("impacted-groups"), {"name": "Night dispatchers"})
    text = "Activity,Impacted Group,Due\nClass,night,2027-01-11\n"
    session.make(rows(session, tmp_path, text, "adoption-activities").change)
    (activity,) = session.engagement.rows("adoption-activities")
    assert (activity.get("impacted_group"), activity.get("due")) == (group.uid, "2027-01-11")
    found = rows(session, tmp_path, "No.,Name,Score\n1,Ballot,9\n")
    assert found.remarks == ("Columns that are computed here were left out: No., Score.",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Name,Likelihood\nA,2\n\nB,many\n", r"rows.csv, line 4, column Likelihood: 'many' is not a number"),
        ("Name,Likelihood\nA,9\n", r"line 2, column Likelihood: 9 is out of range"),
        ('Name,Likelihood\n"Two\nlines",2\nB,x\n', r"line 4, column Likelihood: 'x'"),
        ("Name,Colour\nA,red\n", r"line 1: Adoption Risks has no field 'Colour'"),
        ("Name,name\nA,B\n", r"the column Name is there twice"),
        ("Name\nA,B\n", r"line 2: there are 2 cells in 1 columns"),
        ('Name\n"A\n', r"line 2: this is no CSV"),
        ("Name\n", r"has no rows"),
        ("", r"has no rows"),
        ("Name\nA\x00\n", r"line 2: there is a NUL"),
    ],
)
def test_one_bad_cell_keeps_all_of_them_out(path: Path, session: Session, tmp_path: Path, text: str, told: str) -> None:
    before = path.read_bytes()
    with pytest.raises(FileRefused, match=told):
        rows(session, tmp_path, text)
    assert path.read_bytes() == before


def test_a_holiday_that_ends_before_it_begins_is_refused_by_its_line(session: Session, tmp_path: Path) -> None:
    source = tmp_path / "days.csv"
    source.write_text("name,from,to\nA,2026-12-24,2026-12-24\nB,2026-12-31,2026-12-24\n")
    with pytest.raises(FileRefused, match=r"days\.csv, line 3: It would end on 2026-12-24 and begin on 2026-12-31"):
        rows_import(session, source, session.framework.tool("calendar"))


def test_a_form_has_no_rows_to_import(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a form"):
        rows(session, tmp_path, "Start\n2026-11-30\n", "plan")
