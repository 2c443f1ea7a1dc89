"""Plans of other programs, by commands: in, out, in again, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

PUBLISHED = Path(__file__).parents[1] / "schedule" / "published"
HEADER = "id,name,duration,predecessors\n"


@pytest.fixture
def beta(pcsm) -> Path:
    """Return the file of a second engagement."""
    return Path(pcsm("new", "Beta").word)


def published_csv(file: str, title: str) -> tuple[str, dict[str, Any]]:
    """Return a published plan as CSV, and what is expected of it."""
    data = tomllib.loads((PUBLISHED / f"{file}.toml").read_text())
    (plan,) = (plan for plan in data["plans"] if plan["title"] == title)
    lines = [f'{key},Task {key},{task["duration"]},"{task.get("after", "")}"' for key, task in plan["tasks"].items()]
    return HEADER + "\n".join(lines) + "\n", plan["expected"]


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def times(pcsm, file: str) -> list[tuple[Any, ...]]:
    names = ("wbs", "name", "start", "finish", "es", "ef", "ls", "lf", "total_float", "free_float", "critical")
    return [tuple(task[name] for name in names) for task in pcsm("plan", file, "--json").data["tasks"]]


# --- in and out -------------------------------------------------------------------------------------------------


def test_a_published_plan_comes_in_and_has_its_published_times(pcsm, harbour: Path, tmp_path: Path) -> None:
    text, expected = published_csv("vanhoucke-patient-transport", "Patient transport system")
    run = pcsm("import", written(tmp_path / "plan.csv", text), "--into", "harbour")
    count = len(expected["tasks"])
    assert run.out.startswith(f"{count} work packages in the file: {count} added.\n1 Task ")
    shown = pcsm("plan", "harbour", "--json").data
    assert shown["duration"] == expected["length"] * 480
    for task in shown["tasks"]:
        key = task["name"].removeprefix("Task ")
        found = [task[name] // 480 for name in ("es", "ef", "ls", "lf", "total_float", "free_float")]
        if key in expected["tasks"]:
            columns = {"es": 0, "ef": 1, "ls": 2, "lf": 3, "tf": 4, "ff": 5}
            picked = [found[columns[name]] for name in expected["columns"] if name in columns]
            wanted = [
                value
                for name, value in zip(expected["columns"], expected["tasks"][key], strict=True)
                if name in columns
            ]
            assert picked == wanted, key


@pytest.mark.parametrize(
    "text",
    [
        "id,name,start,finish\n1,Dig,2026-11-23,2026-11-24\n",
        "id,name,outline_level\n1,Dig,1\n",
        "sep=;\nID;Name;Duration\n1;Dig;2d\n",
        "ID,Task Name,Start Date\n1,Dig,2026-11-23\n",
    ],
)
def test_a_plan_is_known_by_any_of_its_columns(pcsm, harbour: Path, tmp_path: Path, text: str) -> None:
    run = pcsm("import", written(tmp_path / "plan.csv", text), "--into", "harbour")
    assert run.out.startswith("1 work package in the file: 1 added.\n1 Dig: new")


def test_columns_under_other_names_empty_fields_too(pcsm, harbour: Path, tmp_path: Path) -> None:
    source = tmp_path / "plan.csv"
    pcsm("import", written(source, "id,Task Name,Resource Names\n1,Dig,Ines\n"), "--into", "harbour")
    run = pcsm("import", written(source, "id,Task Name,Resource Names\n1,Dig,\n"), "--into", "harbour")
    assert "1 Dig: Owner none instead of Ines" in run.out


def test_the_same_file_again_changes_no_byte(pcsm, harbour: Path, tmp_path: Path) -> None:
    text, _ = published_csv("vanhoucke-fictitious", "Fictitious project")
    source = written(tmp_path / "plan.csv", text)
    pcsm("import", source, "--into", "harbour")
    before = harbour.read_bytes()
    again = pcsm("import", source, "--into", "harbour", "--json").data
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 12)
    assert harbour.read_bytes() == before


def test_an_edited_file_updates_and_what_it_lacks_stays(pcsm, harbour: Path, tmp_path: Path) -> None:
    """Build takes Wed 25 Nov to Tue 8 Dec, then Paint a day; Dig goes behind what the file does not have."""
    source = tmp_path / "plan.csv"
    pcsm("set", "harbour", "plan", "start=2026-11-23")
    pcsm("import", written(source, HEADER + "1,Dig,2d,\n2,Build,1w,1\n3,Paint,1d,2\n"), "--into", "harbour")
    pcsm("add", "harbour", "tasks", "name=My own", "duration=1d")
    run = pcsm("import", written(source, HEADER + "2,Build,2w,1\n1,Dig,2d,\n4,Roof,1d,2\n"), "--into", "harbour")
    assert run.out.splitlines() == [
        "3 work packages in the file: 1 added, 2 changed.",
        "1 Build: Duration 10d instead of 5d",
        "4 Dig: WBS 4 instead of 1",
        "5 Roof: new",
        "2 work packages here are not in the file and stay as they are.",
        "2 tasks move; the plan finishes Wed 9 Dec instead of Wed 2 Dec.",
    ]
    tasks = {task["name"]: task for task in pcsm("plan", "harbour", "--json").data["tasks"]}
    assert [name for name in tasks if name in ("Build", "Dig", "Roof")] == ["Build", "Dig", "Roof"]
    assert {"Paint", "My own"} < tasks.keys()
    assert tasks["Build"]["duration"] == 4800


@pytest.mark.parametrize("form", ["mspdi", "csv"])
def test_a_plan_is_the_same_plan_in_another_engagement(
    pcsm, harbour: Path, beta: Path, tmp_path: Path, form: str
) -> None:
    pcsm("set", "harbour", "plan", "start=2026-12-21")
    if form == "mspdi":  # a table holds no calendar
        pcsm("add", "harbour", "calendar", "name=Christmas", "from=2026-12-24", "to=2026-12-28")
    text = "1,Stream,,,\n2,Dig,2d,,1\n3,Build,1w,2FS+2d,1\n4,Wait,3ed,3,\n5,Paint,4h,2SS+1d;3FF-1d,1\n6,Done,0d,4;5,\n"
    source = written(tmp_path / "plan.csv", HEADER.replace("predecessors", "predecessors,parent") + text)
    pcsm("import", source, "--into", "harbour")
    out = tmp_path / ("plan.xml" if form == "mspdi" else "out.csv")
    pcsm("export", "harbour", "--format", form, "--out", str(out))
    run = pcsm("import", str(out), "--into", "beta")
    assert "Settings of the plan taken over: Start." in run.out
    assert times(pcsm, "beta") == times(pcsm, "harbour")
    again = pcsm("import", str(out), "--into", "beta", "--json").data
    assert (again["added"], again["changed"]) == (0, 0)


def test_a_dry_run_tells_and_writes_nothing(pcsm, harbour: Path, tmp_path: Path) -> None:
    pcsm("set", "harbour", "plan", "start=2026-11-23")
    before = harbour.read_bytes()
    run = pcsm("import", written(tmp_path / "plan.csv", HEADER + "1,Dig,2d,\n"), "--into", "harbour", "--dry-run")
    assert run.out.splitlines() == [
        "1 work package in the file: 1 added.",
        "1 Dig: new",
        "The plan runs from Mon 23 Nov to Tue 24 Nov, 2d; 1 of 1 work packages and",
        "  milestones is critical; 0% is done.",
    ]
    assert "Nothing was written" in run.err
    assert harbour.read_bytes() == before


FERRY = """id,name,duration,predecessors,parent,owner,deadline
1,Prepare,,,,,
1.1,Write the script,2d,,1,Ines,
2,Shoot,,,,,
2.1,Film the ferry,5d,1.1,2,Ines,2026-12-04
2.2,Cut the film,2d,2.1,2,Tom,
"""
EDITED = (
    FERRY.replace("ferry,5d,1.1,2,Ines,2026-12-04", "ferry,3d,,2,Bob,")
    + "3,Hand over,,,,,\n3.1,Train all crews,1d,2.2,3,,\n"
)
"""From Mon 23 Nov on filming ended on Tue 1 Dec and the cut on Thu 3 Dec; now filming ends on Wed 25, the cut on Fri 27
Nov, and the crews learn on Mon 30 Nov."""
TOLD = [
    "7 work packages in the file: 2 added, 1 changed, 4 unchanged.",
    "2.1 Film the ferry: Owner Bob instead of Ines, Duration 3d instead of 5d,",
    "  Predecessors none instead of 1.1, Deadline none instead of 2026-12-04",
    "3 Hand over: new",
    "3.1 Train all crews: new",
    "2 tasks move; the plan finishes Mon 30 Nov instead of Thu 3 Dec.",
]


@pytest.fixture
def ferry(pcsm, harbour: Path, tmp_path: Path) -> str:
    """Return the path of a plan that is newer than what was imported from it."""
    pcsm("set", "harbour", "plan", "start=2026-11-23")
    pcsm("import", written(tmp_path / "ferry.csv", FERRY), "--into", "harbour")
    return written(tmp_path / "ferry.csv", EDITED)


def test_what_changes_is_told_before_it_happens_and_after(pcsm, ferry: str) -> None:
    for more in (["--dry-run"], []):
        assert pcsm("import", ferry, "--into", "harbour", *more).out.splitlines() == TOLD
    assert pcsm("import", ferry, "--into", "harbour").out.splitlines() == [
        "7 work packages in the file: 7 unchanged.",
        "Nothing moves; the plan still finishes Mon 30 Nov.",
    ]


def test_what_changes_is_told_as_data(pcsm, ferry: str) -> None:
    data = pcsm("import", ferry, "--into", "harbour", "--dry-run", "--json").data
    assert [(task["wbs"], task["name"], task["state"], task["fields"]) for task in data["tasks"]] == [
        ("2.1", "Film the ferry", "changed", {
            "owner": ["Ines", "Bob"],
            "duration": ["5d", "3d"],
            "predecessors": ["1.1", ""],
            "deadline": ["2026-12-04", ""],
        }),
        ("3", "Hand over", "added", {}),
        ("3.1", "Train all crews", "added", {}),
    ]  # fmt: skip
    assert (data["finish_before"], data["finish"], data["moved"]) == ("2026-12-03T17:00", "2026-11-30T17:00", 2)
    pcsm("import", ferry, "--into", "harbour")
    uids = {task["wbs"]: task["uid"] for task in pcsm("plan", "harbour", "--json").data["tasks"]}
    assert [task["uid"] for task in data["tasks"]] == [uids["2.1"], uids["3"], uids["3.1"]]


def test_a_plan_had_no_finish_before_its_first_tasks(pcsm, harbour: Path, tmp_path: Path) -> None:
    source = written(tmp_path / "plan.csv", HEADER + "1,Dig,2d,\n")
    data = pcsm("import", source, "--into", "harbour", "--json").data
    assert (data["finish_before"], data["moved"], len(data["tasks"])) == (None, 0, 1)


def test_of_many_tasks_the_first_twenty_are_told(pcsm, harbour: Path, tmp_path: Path) -> None:
    """Of 19 tasks, a day each and side by side, all take two days now; three more come in, one in a line."""
    lines = [f"{number},Task {number},1d,\n" for number in range(1, 23)]
    source = tmp_path / "plan.csv"
    pcsm("set", "harbour", "plan", "start=2026-11-23")
    pcsm("import", written(source, HEADER + "".join(lines[:19])), "--into", "harbour")
    longer = HEADER + "".join(lines).replace("1d", "2d")
    told = pcsm("import", written(source, longer), "--into", "harbour", "--dry-run").out.splitlines()
    assert told[1:20] == [f"{number} Task {number}: Duration 2d instead of 1d" for number in range(1, 20)]
    assert told[20:] == [
        "20 Task 20: new",
        "… and 2 more",
        "19 tasks move; the plan finishes Tue 24 Nov instead of Mon 23 Nov.",
    ]
    assert len(pcsm("import", str(source), "--into", "harbour", "--json").data["tasks"]) == 22


def test_settings_of_a_second_plan_wait_for_the_word(pcsm, harbour: Path, beta: Path, tmp_path: Path) -> None:
    pcsm("set", "beta", "plan", "start=2027-03-01", "friday=")
    pcsm("add", "beta", "tasks", "name=Dig", "duration=2d")
    out = str(tmp_path / "beta.xml")
    pcsm("export", "beta", "--format", "mspdi", "--out", out)
    pcsm("add", "harbour", "tasks", "name=Mine", "duration=1d")
    run = pcsm("import", out, "--into", "harbour")
    assert "not taken over, since there is a plan here: Start, Friday" in run.err
    assert pcsm("show", "harbour", "plan", "--json").data["rows"][0]["start"] == "2026-11-22"
    pcsm("import", out, "--into", "harbour", "--settings")
    assert pcsm("show", "harbour", "plan", "--json").data["rows"][0]["start"] == "2027-03-01"


def test_ten_thousand_tasks_come_in(pcsm, harbour: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    count = 10_000 if request.config.getoption("--long") else 1_000
    lines = (f"{number},Task {number},1d,{number - 1 if number > 1 else ''}\n" for number in range(1, count + 1))
    source = written(tmp_path / "plan.csv", HEADER + "".join(lines))
    assert pcsm("import", source, "--into", "harbour", "--json").data["added"] == count
    assert len(json.loads(harbour.read_text())["tasks"]) == count


def test_rows_of_a_tool(pcsm, harbour: Path, beta: Path, tmp_path: Path) -> None:
    pcsm("add", "harbour", "adoption-risks", "name==1+1", "likelihood=4", "severity=5")
    out = str(tmp_path / "risks.csv")
    pcsm("export", "harbour", "--tool", "adoption-risks", "--out", out)
    assert "give --as adoption-risks" in pcsm("import", out, "--into", "beta", code=3).err
    run = pcsm("import", out, "--into", "beta", "--as", "adoption-risks")
    assert run.out == "Adoption Risks: 1 added.\n"
    assert "computed here were left out: No., Score" in run.err
    (row,) = pcsm("show", "beta", "adoption-risks", "--json").data["rows"]
    assert (row["name"], row["likelihood"]) == ("=1+1", 4)
    again = pcsm("import", out, "--into", "beta", "--as", "adoption-risks", "--json").data
    assert (again["added"], again["unchanged"]) == (0, 1)


# --- refused ----------------------------------------------------------------------------------------------------

XML = '<?xml version="1.0"?>\n<Project xmlns="http://schemas.microsoft.com/project">\n{}</Project>\n'
TASK = "<Tasks>\n<Task><UID>1</UID><Name>A</Name>{}</Task>\n</Tasks>\n"
HOLIDAY = """<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Exceptions>
<Exception><TimePeriod><FromDate>2026-12-31T00:00:00</FromDate><ToDate>2026-12-24T23:59:00</ToDate></TimePeriod>
<Name>Feast</Name><DayWorking>0</DayWorking></Exception></Exceptions></Calendar></Calendars>
"""


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("p.csv", HEADER + "1,Dig,2d,\n2,Build,1d,7\n", "p.csv, line 3, column predecessors: '7'"),
        ("p.csv", HEADER + "1,Dig,2d,2\n2,Build,1d,1\n", "the links go in a circle: "),
        ("p.csv", HEADER + "1,Dig,-2d,\n", "line 2, column duration: '-2d'"),
        ("p.csv", HEADER + "1,Dig,soon,\n", "line 2, column duration: 'soon' is not a duration"),
        ("p.csv", HEADER + "1,Dig,2d,\n1,Dig,2d,\n", "line 3, column id: '1'"),
        ("p.csv", HEADER + "1,Dig,2d,1XX\n", "line 2, column predecessors"),
        ("p.csv", HEADER + '1,"Dig,2d,\n', "line 2: this is no CSV"),
        ("p.csv", HEADER, "has no tasks"),
        ("p.csv", "a,b\n1,2\n", "is no plan"),
        ("p.csv", "", "p.csv is empty."),
        ("p.csv", " \n;;\n", "p.csv is empty."),
        ("p.csv", "name,duration\nDig,2d\n", "no column id"),
        ("p.csv", "id,nmae,duration\n1,Dig,2d\n", "line 1: there is no column name in 'id', 'nmae', 'duration'. Did you"),
        ("p.csv", "Nr.;Vorgangsname;Dauer\n1;Dig;2t\n", "expected in English: id for Nr., name for Vorgangsname, duration"),
        ("p.csv", "PK\x03\x04", "p.csv is a workbook or another zip file"),
        ("p.xml", XML.format(TASK.format("<PredecessorLink><PredecessorUID>9</PredecessorUID></PredecessorLink>")),
         "p.xml, line 4, Task UID 1: the predecessor '9'"),
        ("p.xml", XML.format(TASK.format("<PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink>")),
         "the links go in a circle: 1 (A) → 1 (A)"),
        ("p.xml", XML.format(TASK.format("<Duration>-PT8H0M0S</Duration>")), "line 4, Task UID 1: Duration"),
        ("p.xml", XML.format(TASK.format("<PercentComplete>half</PercentComplete>")), "PercentComplete is 'half'"),
        ("p.xml", XML.format(HOLIDAY), "Exception 'Feast': the period ends on 2026-12-24"),
        ("p.xml", '<!DOCTYPE x [<!ENTITY a "b">]>\n' + XML.format("").partition("\n")[2], "document type"),
        ("p.xml", XML.format("").replace("microsoft.com/project", "example.com"), "p.xml"),
        ("p.xml", XML.format("<Tasks>"), "line 3, column"),
        ("p.xml", "", "p.xml, line 1"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_its_place_and_no_byte_changes(
    pcsm, harbour: Path, tmp_path: Path, name: str, text: str, told: str
) -> None:
    pcsm("add", "harbour", "tasks", "name=Mine")
    before = harbour.read_bytes()
    run = pcsm("import", written(tmp_path / name, text), "--into", "harbour", code=3)
    assert told in run.err
    assert run.out == ""
    assert harbour.read_bytes() == before


@pytest.mark.parametrize("name", ["huge.csv", "huge.xml"])
def test_a_file_that_is_far_too_large_is_refused_unread(pcsm, harbour: Path, tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(200 * 2**20)  # takes no room on the disk
    assert "has 200 MB" in pcsm("import", str(tmp_path / name), "--into", "harbour", code=3).err


def test_what_cannot_be_read(pcsm, harbour: Path, tmp_path: Path) -> None:
    assert "cannot be read" in pcsm("import", str(tmp_path / "no.csv"), "--into", "harbour", code=4).err
    (tmp_path / "folder.csv").mkdir()
    assert "is not a file" in pcsm("import", str(tmp_path / "folder.csv"), "--into", "harbour", code=3).err
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is not a file" in pcsm("import", str(tmp_path / "pipe.csv"), "--into", "harbour", code=3).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["p.csv"], "Missing option '--into'"),
        (["p.xlsx", "--into", "harbour"], "Save the sheet as CSV"),
        (["p.csv", "--into", "nobody"], "no engagement 'nobody'"),
        (["p.csv", "--into", "me"], "Your own file has no plan"),
        (["p.csv", "--into", "harbour", "--as", "nothing"], "nothing"),
        (["p.csv", "--into", "harbour", "--as", "career-plan"], "is personal"),
        (["p.csv", "--into", "harbour", "--as", "raci", "--settings"], "--settings belongs to a plan"),
        (["p.xml", "--into", "harbour", "--as", "raci"], "is no CSV file"),
    ],
)
def test_mistakes_in_the_command(pcsm, harbour: Path, words: list[str], told: str) -> None:
    assert told in pcsm("import", *words, code=2).err


# --- generating -------------------------------------------------------------------------------------------------


def test_the_plan_is_generated_from_the_engagements_own_tools(pcsm, harbour: Path) -> None:
    pcsm("add", "harbour", "impacted-groups", "name=Drivers")
    pcsm("add", "harbour", "adoption-activities", "activity=Class", "type=training", "impacted_group=drivers",
         "owner=Bo", "start=2026-11-30", "due=2026-12-04")  # fmt: skip
    assert pcsm("plan", "generate", "harbour").out == "1 work package added in 1 work stream.\n"
    stream, package = pcsm("plan", "harbour", "--json").data["tasks"]
    assert (stream["wbs"], stream["name"]) == ("1", "Drivers")
    assert (package["wbs"], package["name"], package["duration"]) == ("1.1", "Class", 2400)
    before = harbour.read_bytes()
    assert pcsm("plan", "generate", "harbour", "--json").data == {
        "packages": 0, "streams": 0, "present": 1, "deleted": 0, "unnamed": 0,
    }  # fmt: skip
    assert harbour.read_bytes() == before


def test_an_exported_plan_has_the_columns_that_an_import_takes(pcsm, harbour: Path) -> None:
    pcsm("add", "harbour", "tasks", "name=Dig", "duration=2d")
    (row,) = csv.DictReader(io.StringIO(pcsm("export", "harbour", "--format", "csv").out))
    assert (row["id"], row["name"], row["duration"], row["predecessors"]) == ("1", "Dig", "2d", "")
