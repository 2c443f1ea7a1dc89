from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from imported_plans import any_plan, engagement_of, schedule_of

from pcsm_tui.errors import FileRefused, StorageFailed
from pcsm_tui.exchange import imported
from pcsm_tui.exchange.imported import ImportedLink, ImportedPlan, ImportedTask, checked
from pcsm_tui.exchange.plan_csv import read_plan_csv, write_plan_csv
from pcsm_tui.schedule.plan import Plan

SIMPLE = """id,name,duration,predecessors
1,Plan,5d,
2,Build,4h,1
3,Test,2w,"1FS+2d,2"
4,Cure,3ed,1SS-1d;3FF+25%
5,Done,0,4
"""


def read(text: str | bytes, name: str = "plan.csv") -> ImportedPlan:
    return read_plan_csv(text.encode() if isinstance(text, str) else text, name)


def values(text: str) -> list[dict[str, Any]]:
    return [task.values for task in read(text).tasks]


def refused(text: str | bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        read(text)
    return str(caught.value)


def test_four_columns_make_a_plan() -> None:
    plan = read(SIMPLE)
    assert plan.name == "plan"
    assert [(task.key, task.values.get("duration"), task.values["kind"]) for task in plan.tasks] == [
        ("1", 2400, "Work package"), ("2", 240, "Work package"), ("3", 4800, "Work package"),
        ("4", {"elapsed": 4320}, "Work package"), ("5", None, "Milestone"),
    ]  # fmt: skip
    assert [task.links for task in plan.tasks] == [
        (),
        (ImportedLink("1"),),
        (ImportedLink("1", "FS", "2d"), ImportedLink("2")),
        (ImportedLink("1", "SS", "-1d"), ImportedLink("3", "FF", "25%")),
        (ImportedLink("4"),),
    ]
    assert (plan.settings, plan.remarks, plan.tasks[1].where) == ({}, (), "line 3")


@pytest.mark.parametrize(
    "text",
    [
        "ID;Name;Duration;Predecessors\n1;Plan;5d;\n2;Build;1,5d;1\n",
        "Predecessors\tDURATION\tTask Name\tId\n\t5d\tPlan\t1\n1\t1.5d\tBuild\t2\n",
        "\ufeffid,name,duration,predecessors\r\n1,Plan,5d,\r\n\r\n2,Build,1.5d,1\r\n",
        'sep=;\nid;"name";duration;predecessors\n1;Plan;5 days?;\n2;"Build";12 hrs;1FS\n',
        "id,name,duration,predecessors\r1,Plan,5,\r2,Build,1.5,1\r",
        " id , name , duration , predecessors \n 1 , Plan , 5 d , \n 2 , Build , 1d 4h , 1 \n",
    ],
)
def test_spreadsheets_and_planners_write_it_in_many_ways(text: str) -> None:
    for data in (text.encode(), text.encode("utf-16")):
        plan = read(data)
        assert [(task.key, task.values["name"], task.values["duration"]) for task in plan.tasks] == [
            ("1", "Plan", 2400), ("2", "Build", 720),
        ]  # fmt: skip
        assert plan.tasks[1].links == (ImportedLink("1"),)


def test_a_lag_may_have_a_decimal_comma_like_a_duration() -> None:
    """Half a day, a day and a half, and an hour and a quarter."""
    head = "id;name;duration;predecessors\n1;A;1,5d;\n"
    plan = read(head + "2;B;1d;1FS+0,5d\n3;C;1d;1FS+1,5,2\n4;D;1d;1SS-1,25h;\n")
    assert plan.tasks[0].values["duration"] == 720
    assert [task.links for task in plan.tasks[1:]] == [
        (ImportedLink("1", "FS", "0.5d"),),
        (ImportedLink("1", "FS", "1.5d"), ImportedLink("2")),
        (ImportedLink("1", "SS", "-1.25h"),),
    ]


def test_a_comma_that_may_part_two_tasks_is_refused() -> None:
    assert refused('id,name,predecessors\n1,A,\n5,B,\n6,C,"1FS+0,5"\n') == (
        "plan.csv, line 4, column predecessors: '1FS+0,5' is a lag with a decimal comma, or ends with the task '5'. "
        "Write 1FS+0.5 for the lag, or a space after the comma for the task."
    )


def test_a_start_binds_what_waits_for_nothing_and_is_later_than_the_first() -> None:
    text = (
        "id,name,duration,predecessors,start\n1,A,1d,,2026-11-02\n2,B,1d,,2026-11-09\n3,C,1d,1,2026-11-16\n4,D,1d,,\n"
    )
    plan = read(text)
    assert plan.settings == {"start": "2026-11-02"}
    assert [(task.values.get("constraint"), task.values.get("constraint_date")) for task in plan.tasks] == [
        (None, None), ("Start no earlier than", "2026-11-09"), (None, None), (None, None),
    ]  # fmt: skip
    assert plan.remarks == ("Starts of tasks with predecessors were left out: they follow from these.",)


def test_start_and_finish_make_a_duration_of_working_days() -> None:
    text = "id,name,start,finish\n1,A,2026-11-06,2026-11-10\n2,B,2.11.2026,15.11.2026\n3,C,2026-11-06,2026-11-06\n"
    assert [one["duration"] for one in values(text)] == [3 * 480, 10 * 480, 480]


def test_parents_levels_and_outline_numbers_make_the_tree() -> None:
    named = "id,name,parent\nb,B,a\na,A,\nc,C,b\n"
    assert [(task.key, task.parent) for task in read(named).tasks] == [("a", ""), ("b", "a"), ("c", "b")]
    levels = "id,name,outline level\n1,A,1\n2,B,2\n3,C,3\n4,D,1\n"
    assert [task.parent for task in read(levels).tasks] == ["", "1", "2", ""]
    numbers = "id,name,duration,predecessors\n1,A,9d,\n1.1,B,1d,\n1.2,C,1d,1.1FS+1d\n2,D,1d,1\n"
    plan = read(numbers)
    assert [task.parent for task in plan.tasks] == ["", "1", "1", ""]
    assert plan.tasks[0].values == {"name": "A", "kind": "Work stream"}
    assert plan.tasks[2].links == (ImportedLink("1.1", "FS", "1d"),)


def test_ids_with_points_are_no_outline_when_tasks_wait_for_what_they_would_be_part_of() -> None:
    plan = read("id,name,duration,predecessors\n1,A,1d,\n1.1,B,1d,1\n")
    assert [task.parent for task in plan.tasks] == ["", ""]
    assert "not taken for an outline" in plan.remarks[0]


def test_progress_and_money() -> None:
    text = "id;name;% Complete;Budget;Resource Names\n1;A;40%;1,200.50 USD;'=Ada\n2;B;100;300;Bo\n3;C;;;\n"
    assert values(text) == [
        {
            "name": "A", "kind": "Work package", "percent_complete": 400, "state": "In progress", "owner": "=Ada",
            "budget": {"amount": 120050, "currency": "USD"},
        },
        {
            "name": "B", "kind": "Work package", "percent_complete": 1000, "state": "Done", "owner": "Bo",
            "budget": {"amount": 30000, "currency": "EUR"},
        },
        {"name": "C", "kind": "Work package"},
    ]  # fmt: skip


def test_columns_that_are_not_known_are_named() -> None:
    assert read("id,name,colour,,Text1\n1,A,red,,x\n").remarks == (
        "Columns that are not known were left out: 'colour', 'text1'.",
    )


HEAD = "id,name,duration,predecessors,parent,start,finish,percent_complete\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "plan.csv is empty"),
        ("\n \n", "plan.csv is empty"),
        ("id,name\n", "plan.csv has no tasks"),
        ("name,duration\nA,1d\n", "line 1: there is no column id in 'name', 'duration'."),
        ("id,names\n1,A\n", "there is no column name"),
        ("id,name,ID\n1,A,1\n", "line 1: the column id is there twice"),
        (HEAD + "1,A,1d,,,,,\n1,B,1d,,,,,\n", "line 3, column id: '1' is the id of line 2 too."),
        (HEAD + ",A,1d,,,,,\n", "line 2, column id: it is empty"),
        (HEAD + '"1;2",A,1d,,,,,\n', "line 2, column id: '1;2' has a semicolon. A semicolon parts ids in"),
        (HEAD + '"1,2",A,1d,,,,,\n', "line 2, column id: '1,2' has a comma. A comma parts ids in predecessors: write"),
        (HEAD + "1" * 201 + ",A,1d,,,,,\n", "line 2, column id: it has 201 characters. The limit is 200."),
        (HEAD + "1,A," + "1m " * 40 + ",,,,,\n", "line 2, column duration: it has 119 characters. The limit is 100."),
        (HEAD + "1,A,1d,,,,," + "0" * 101 + "\n", "column percent_complete: it has 101 characters. The limit is 100."),
        (HEAD + "1,A,'1,500d',,,,,\n".replace("'", '"'), "column duration: '1,500d' is not a duration. Write 30m"),
        (HEAD + "1,A,10000000000mo,,,,,\n", "'10000000000mo' is too long. The limit is 999,999,999 months."),
        (HEAD + "1,A,10000000ed,,,,,\n", "'10000000ed' is too long. The limit is 9,999,999, in any unit."),
        (HEAD + "1,A,0.0001d,,,,,\n", "'0.0001d' is not a whole number of minutes. A minute, 1m, is the least."),
        (HEAD + '1,A,1d,,,,,"40,5x"\n', "column percent_complete: '40,5x' is not a number."),
        (HEAD + "1,A,1d,,,9999-12-31,,\n", "The year of '9999-12-31' is out of range. Years go from 1900 to 2999."),
        (HEAD + "1,A,1d,,,1899-12-31,,\n", "The year of '1899-12-31' is out of range. Years go from 1900 to 2999."),
        (HEAD + "1,A,soon" + "x" * 90 + ",,,,,\n", "column duration: 'soon" + "x" * 36 + "…' is not a duration."),
        (HEAD + "1,A,1d," + "x" * 90 + ",,,,\n", "column predecessors: '" + "x" * 40 + "…' is the id of no task"),
        (HEAD + "1,A,1d,," + "x" * 90 + ",,,\n", "column parent: '" + "x" * 40 + "…' is the id of no task"),
        ("id,name,kind\n1,A," + "x" * 90 + "\n", "column kind: '" + "x" * 40 + "…' is not one of the choices."),
        ("id,name,start\n1,A," + "x" * 90 + "\n", "column start: '" + "x" * 40 + "…' is not a date."),
        ("id,nmae\n1,A\n", "line 1: there is no column name in 'id', 'nmae'. Did you mean name by nmae?"),
        (
            "Nr.;Vorgangsname;Dauer;Vorgänger\n1;A;1t;\n",
            "line 1: there is no column id or name in 'Nr.', 'Vorgangsname'",
        ),
        ("Nr.;Vorgangsname;Dauer\n1;A;1t\n", "in English: id for Nr., name for Vorgangsname, duration for Dauer."),
        ("Id;Nom de la tâche;Durée\n1;A;1j\n", "in English: name for Nom de la tâche, duration for Durée."),
        ("," * 1000 + "\nid,name" + "," * 999 + "\n", "line 2: there are 1,001 columns. The limit is 1,000."),
        ("id,name\n1," + "x," * 500_000 + "\n", "line 2: it has 1,000,003 characters. The limit is 1,000,000."),
        (b"PK\x03\x04\x14\x00", "plan.csv is a workbook or another zip file, not a text. Save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "plan.csv is a workbook of an old Excel, or the like, not a text."),
        (HEAD + "1,,1d,,,,,\n", "line 2, column name: it is empty"),
        (HEAD + "1,A,soon,,,,,\n", "line 2, column duration: 'soon' is not a duration. Write 30m, 4h, 5d"),
        (HEAD + "1,A,-2d,,,,,\n", "line 2, column duration: '-2d' is not a duration. A duration is not negative."),
        (HEAD + "1,A,1d,9,,,,\n", "line 2, column predecessors: '9' is the id of no task in the file."),
        (HEAD + "1,A,1d,,,,,\n2,B,1d,1XX,,,,\n", "line 3, column predecessors: '1XX'"),
        (HEAD + "1,A,1d,,,,,\n2,B,1d,1FS+2y,,,,\n", "line 3, column predecessors: "),
        (HEAD + "1,A,1d,,7,,,\n", "line 2, column parent: '7' is the id of no task in the file."),
        (HEAD + "1,A,1d,,2,,,\n2,B,1d,,1,,,\n", "line 2: the parents go in a circle: 1 → 2 → 1."),
        (HEAD + "1,A,1d,2,,,,\n2,B,1d,1,,,,\n", "in a circle: 1 (A) → 2 (B) → 1 (A)"),
        (HEAD + "1,A,1d,1,,,,\n", "line 2: the links go in a circle: 1 (A) → 1 (A)."),
        (HEAD + "1,A,,,,,,\n2,B,1d,1,1,,,\n", "in a circle"),
        (HEAD + "1,A,1d,,,tomorrow,,\n", "line 2, column start: 'tomorrow' is not a date. Write 2026-11-30"),
        (HEAD + "1,A,1d,,,11/30/2026,,\n", "column start: '11/30/2026' is not a date"),
        (HEAD + "1,A,1d,,,2026-02-30,,\n", "line 2, column start: There is no day '2026-02-30'."),
        (HEAD + "1,A,1d,,,2026-11-30 25:00,,\n", "is not a date"),
        (HEAD + "1,A,,,,2026-11-09,2026-11-02,\n", "line 2, column finish: 2026-11-02 lies before the start"),
        (HEAD + "1,A,1d,,,,,101\n", "line 2, column percent_complete: 101 is out of range. Write 0 to 100."),
        (HEAD + "1,A,1d,,,,,half\n", "line 2, column percent_complete: 'half' is not a number."),
        (HEAD + "1,A,1d,,,,,,,spare\n", "line 2: there are 10 cells in 8 columns."),
        (HEAD + '1,"A,1d\n', "line 2: this is no CSV"),
        ("id,name,kind\n1,A,Epic\n", "line 2, column kind: 'Epic' is not one of the choices. Write Work stream"),
        ("id,name,budget\n1,A,dear\n", "line 2, column budget: 'dear' is not an amount."),
        ("id,name,optimistic\n1,A,2ed\n", "line 2, column optimistic: '2ed' is elapsed time."),
        ("id,name,uid\n1,A,XYZ\n", "line 2, column uid: 'XYZ' is no uid. An export writes 32 digits and letters"),
        (
            f"id,name,uid\n1,A,{'a' * 32}\n2,B,{'A' * 32}\n",
            f"line 3, column uid: '{'a' * 32}' is the uid of line 2 too.",
        ),
        ("id,name,outline_level\n1,A,top\n", "line 2, column outline_level: 'top' is not a level."),
        ("id,name,outline_level\n1,A,0\n", "line 2, column outline_level: '0' is not a level. Write 1 for the top"),
        (
            "id,name,outline_level\n1,A,2\n",
            "outline_level: 2 is too deep: a task lies at most one below the one before it, the first at 1. Write 1.",
        ),
        (
            "id,name,outline_level\n1,A,1\n2,B,3\n",
            "outline_level: 3 is too deep: a task lies at most one below the one before it, the first at 1. Write 2 or less.",
        ),
        (
            "id,name,actual_start,actual_finish\n1,A,2026-12-02,2026-12-01\n",
            "line 2, column actual_finish: 2026-12-01 lies before actual_start, 2026-12-02. Exchange the dates.",
        ),
        ("id,name,actual_start,actual_finish\n1,A,2026-12-02T10:30,2026-12-02T10:00\n", "lies before actual_start"),
        ("id,name\n1,A\n2,\x00\n", "line 3: there is a NUL character"),
        (b"id,name\n1,\xff\n", "line 2: this is no UTF-8. Save it as CSV in UTF-8."),
        ("id,name\n1," + "x" * 2001 + "\n", "line 2: name has 2,001 characters. The limit is 2,000."),
        ("id,name\n1," + "x" * 200_000 + "\n", "line 2: this is no CSV"),
    ],
)
def test_what_cannot_be_is_refused_by_line_and_column(text: str | bytes, said: str) -> None:
    assert said in refused(text)


def test_what_is_done_in_a_day_may_have_a_time_or_none() -> None:
    for start, finish in (
        ("2026-12-02T10:30", "2026-12-02"), ("2026-12-02", "2026-12-02T10:30"), ("2026-12-02", "2026-12-02"),
    ):  # fmt: skip
        (task,) = values(f"id,name,actual_start,actual_finish\n1,A,{start},{finish}\n")
        assert (task["actual_start"], task["actual_finish"]) == (start, finish)


def test_constraints_and_their_dates_go_together_and_what_is_left_out_is_told() -> None:
    text = (
        "id,name,constraint,constraint_date\n1,A,Must start on,\n2,B,,2026-12-01\n3,C,As late as possible,2026-12-01\n"
    )
    plan = read(text + "4,D,Must finish on,2026-12-01\n5,E,As late as possible,\n6,F,,\n")
    assert [(task.values.get("constraint"), task.values.get("constraint_date")) for task in plan.tasks] == [
        (None, None), (None, None), ("As late as possible", None), ("Must finish on", "2026-12-01"),
        ("As late as possible", None), (None, None),
    ]  # fmt: skip
    assert plan.remarks == (
        "Constraints without a date are left out: A.",
        "Dates without a constraint that binds by one are left out: B, C.",
    )
    assert read("id,name,constraint_date\n1,A,2026-12-01\n").remarks == (
        "Dates without a constraint that binds by one are left out: A.",
    )


def test_a_text_of_several_lines_counts_as_such() -> None:
    assert "line 4, column id" in refused('id,name,owner\n1,"A\nB",x\n1,C,y\n')
    assert "line 6, column id" in refused('sep=,\n\nid,name,owner\r\n1,"A\nB",x\n1,C,y\n')


def test_a_plan_of_too_many_tasks_is_refused_where_it_begins_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imported, "MOST_TASKS", 3)
    lines = "".join(f"{number},A\n" for number in range(1, 6))
    assert len(read("id,name\n" + lines[:12]).tasks) == 3
    assert refused("id,name\n" + lines) == "plan.csv, line 5: there are more than 3 tasks. Divide the file."


def test_a_long_name_of_a_file_is_cut_in_what_is_said_and_nowhere_else() -> None:
    name = "n" * 60
    assert read("id,name\n1,A\n", f"{name}.csv").name == name
    with pytest.raises(FileRefused, match=f"^{'n' * 40}… has no tasks"):
        read("id,name\n", f"{name}.csv")


def test_long_names_in_a_circle_are_cut() -> None:
    text = f"id,name,predecessors\n1,{'x' * 50},2\n2,B,1\n"
    assert f"in a circle: 1 ({'x' * 40}…) → 2 (B) → 1 ({'x' * 40}…)." in refused(text)


def test_columns_in_another_language_that_are_left_out_are_told_in_english() -> None:
    assert read("Id;Name;Dauer\n1;A;2t\n").remarks == (
        "Columns that are not known were left out: 'dauer'. Columns are expected in English: duration for Dauer.",
    )


def test_ids_of_very_many_parts_find_the_nearest_above() -> None:
    lines = "".join(f"{'.'.join(['1'] * parts)},A\n" for parts in (1, 3, 100))
    assert [task.parent for task in read(f"id,name\n{lines}").tasks] == ["", "1", "1.1.1"]


def test_a_file_is_read_from_its_place_and_progress_told(tmp_path: Path) -> None:
    file = tmp_path / "move.csv"
    file.write_text("id,name\n" + "".join(f"{count},T{count}\n" for count in range(2500)), encoding="utf-8")
    told: list[tuple[int, int]] = []
    plan = read_plan_csv(file, progress=lambda done, total: told.append((done, total)))
    assert (plan.name, len(plan.tasks)) == ("move", 2500)
    assert told == [(0, 2501), (1000, 2501), (2000, 2501), (2501, 2501)]
    with pytest.raises(StorageFailed, match="none.csv cannot be read"):
        read_plan_csv(tmp_path / "none.csv")


# --- writing --------------------------------------------------------------------------------------------------

OWN = ImportedPlan(
    "Acme",
    (
        ImportedTask("1", "", {"name": "Prepare", "kind": "Work stream"}),
        ImportedTask("2", "1", {"name": "=SUM(A1)", "duration": 960, "owner": "@ada", "percent_complete": 375}),
        ImportedTask(
            "3", "1", {"name": "B", "duration": {"elapsed": 2880}, "budget": {"amount": 5, "currency": "EUR"}},
            (ImportedLink("2", "SS", "-0.5d"), ImportedLink("1", "FF")),
            uid="0f8fad5bd9cb469fa16570867728950e",
        ),
    ),
    {"start": "2026-11-06"},
)  # fmt: skip


def test_a_plan_is_written_with_safe_cells() -> None:
    """A takes two days from Friday on, B starts half a day after it, for 48 hours; the link to its own stream is void."""
    engagement = engagement_of(
        OWN._replace(tasks=(*OWN.tasks[:2], OWN.tasks[2]._replace(links=OWN.tasks[2].links[:1])))
    )
    head, first, second, third = write_plan_csv(Plan(engagement), engagement).splitlines()
    assert head.startswith("id,name,duration,predecessors,parent,owner,start,finish,percent_complete,kind,constraint,")
    assert first.startswith("1,Prepare,2d,,,,2026-11-06,2026-11-09,")
    assert second.startswith("1.1,'=SUM(A1),2d,,1,'@ada,2026-11-06,2026-11-09,37.5,")
    assert third.startswith("1.2,B,2ed,1.1SS-0.5d,1,,2026-11-06,")
    assert third.endswith(",0.05 EUR,,0f8fad5bd9cb469fa16570867728950e")


def test_an_export_is_known_again_so_that_its_starts_bind_nothing() -> None:
    tasks = (
        ImportedTask("1", "", {"name": "'=A", "duration": 480}),
        ImportedTask("2", "", {"name": "B"}, (ImportedLink("1"),)),
    )
    engagement = engagement_of(ImportedPlan("x", tasks, {"start": "2026-11-06", "status_date": "2026-11-10"}))
    back = read(write_plan_csv(Plan(engagement), engagement))
    assert [task.values for task in back.tasks] == [
        {"name": "'=A", "kind": "Work package", "duration": 480},
        {"name": "B", "kind": "Work package"},
    ]
    assert back.settings == {"start": "2026-11-11"}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(any_plan())
def test_what_is_written_reads_back_as_the_same_schedule(plan: ImportedPlan) -> None:
    """Start, status date and calendar are not in the file: they are those of the engagement that it came from."""
    try:
        plan = plan._replace(tasks=checked(plan.tasks, "plan"))
    except FileRefused:
        assume(False)
    engagement = engagement_of(plan)
    back = read(write_plan_csv(Plan(engagement), engagement))
    again = engagement_of(back._replace(settings=plan.settings, exceptions=plan.exceptions))
    assert schedule_of(again) == schedule_of(engagement)
