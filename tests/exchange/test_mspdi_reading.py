from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from imported_plans import engagement_of, link, project, schedule_of, task

from pcsm_tui.domain.quantities import MINUTES
from pcsm_tui.exchange.imported import ImportedLink, ImportedPlan
from pcsm_tui.exchange.mspdi.reading import read_mspdi

OFFICE = Path(__file__).parent / "files" / "office.xml"


def read(tasks: str, head: str = "", rest: str = "") -> ImportedPlan:
    return read_mspdi(project(tasks, head, rest), "plan.xml")


def only(inner: str, head: str = "", duration: str = "PT8H0M0S") -> dict[str, Any]:
    """Return the values of a single task."""
    (found,) = read(task(1, inner, duration), head).tasks
    return found.values


def test_a_file_of_ms_project_is_read_whole() -> None:
    plan = read_mspdi(OFFICE)
    assert plan.name == "Move of the office"
    assert [(found.key, found.parent) for found in plan.tasks] == [
        ("5", ""), ("9", "5"), ("12", "5"), ("20", ""), ("21", ""), ("22", ""), ("23", ""),
    ]  # fmt: skip
    summary, boxes, packing, paint, moved, van, lift = (found.values for found in plan.tasks)
    assert summary == {"name": "Pack & label", "kind": "Work stream", "deadline": "2026-12-04"}
    assert boxes == {
        "name": "Boxes",
        "kind": "Work package",
        "owner": "Zoë King",  # the paper before her is material
        "duration": 960,
        "state": "Done",
        "percent_complete": 1000,
        "actual_start": "2026-11-30",
        "actual_finish": "2026-12-01",
        "budget": {"amount": 125050, "currency": "GBP"},
        "actual_cost": {"amount": 99000, "currency": "GBP"},
        "notes": "Two sizes.\nLabels by floor.",
    }
    assert packing["state"] == "In progress"
    assert packing["actual_start"] == "2026-12-02T10:30"
    assert (packing["percent_complete"], packing["remaining_duration"]) == (250, 840)
    assert (packing["constraint"], packing["constraint_date"]) == ("Finish no later than", "2026-12-03")
    assert paint["duration"] == {"elapsed": 3 * 1440}
    assert (paint["constraint"], paint["constraint_date"]) == ("Start no earlier than", "2026-12-02T10:30")
    assert (moved["kind"], moved["constraint"]) == ("Milestone", "As late as possible")
    assert van["state"] == "Not needed"
    assert (lift["constraint"], lift["constraint_date"]) == ("Start no earlier than", "2026-12-10")
    assert [found.links for found in plan.tasks[2:5]] == [
        (ImportedLink("9"),),
        (ImportedLink("12", "SS", "-1d"), ImportedLink("5", "FF", "25%")),
        (ImportedLink("20", "SF", "2ed"),),
    ]
    assert plan.tasks[1].uid == "0f8fad5bd9cb469fa16570867728950e"
    assert plan.tasks[1].where == "line 57, Task UID 9"


def test_settings_calendar_and_baselines_of_a_file() -> None:
    plan = read_mspdi(OFFICE)
    office = "08:00-12:00, 13:00-17:00"
    assert plan.settings == {
        "start": "2026-11-30", "critical_float": 480, "honor_constraints": True,
        "monday": office, "tuesday": office, "wednesday": office, "thursday": office,
        "friday": "08:00-12:00",  # inherited
        "saturday": "20:00-24:00",  # its own
        "sunday": None,
    }  # fmt: skip
    assert plan.exceptions == ({"name": "Holiday", "from": "2026-12-08", "to": None, "hours": None},)
    first, third = plan.baselines
    assert (first.name, third.name) == ("Baseline", "Baseline 3")
    assert first.tasks == {
        "9": {
            "start": "2026-11-30T08:00",
            "finish": "2026-11-30T17:00",
            "duration": 480,
            "budget": {"amount": 100000, "currency": "GBP"},
        }
    }
    assert third.tasks["9"]["start"] == "2026-11-27T08:00"


def test_what_could_not_be_taken_over_is_said() -> None:
    assert read_mspdi(OFFICE).remarks == (
        "Only the first resource of a task is kept, as its owner: Packing.",
        "Tasks scheduled by hand or in another project now start no earlier than their date: Lift booked.",
        "Calendars of single tasks are not kept; the project's holds for all: Lift booked.",
    )


# A day is 4,800 tenths of a minute; codes and units from the documentation of LagFormat.
@pytest.mark.parametrize(
    ("lag", "code", "kept"),
    [
        ("4800", "7", "1d"), ("-4800", "7", "-1d"), ("4800", "39", "1d"), ("12000", "7", "2.5d"), ("4800", "", "1d"),
        ("24000", "9", "1w"), ("24000", "41", "1w"), ("2400", "5", "4h"), ("300", "3", "30m"), ("96000", "11", "1mo"),
        ("14400", "8", "1ed"), ("14400", "40", "1ed"), ("-3600", "6", "-6eh"), ("100", "4", "10em"),
        ("100800", "10", "1ew"), ("432000", "12", "1emo"),
        ("25", "19", "25%"), ("-50", "51", "-50%"), ("100", "20", "100%"),
        ("0", "7", ""), ("", "7", ""), ("3000", "9", "5h"), ("1000", "7", "100m"), ("1584", "7", "158m"),
    ],
)  # fmt: skip
def test_lags_keep_their_unit(lag: str, code: str, kept: str) -> None:
    plan = read(task(1) + task(2, link(1, 1, lag, code)))
    assert plan.tasks[1].links == (ImportedLink("1", "FS", kept),)


@pytest.mark.parametrize(("lag", "code", "kept"), [("4500", "7", "450m"), ("4800", "7", "8h"), ("43200", "8", "3ed")])
def test_a_day_of_another_length_is_written_in_hours(lag: str, code: str, kept: str) -> None:
    plan = read(task(1) + task(2, link(1, 1, lag, code)), "<MinutesPerDay>450</MinutesPerDay>")
    assert plan.tasks[1].links[0].lag == kept
    assert any("450 minutes" in remark for remark in plan.remarks)


@pytest.mark.parametrize(("code", "kind"), [(0, "FF"), (1, "FS"), (2, "SF"), (3, "SS")])
def test_link_types(code: int, kind: str) -> None:
    assert read(task(1) + task(2, link(1, code))).tasks[1].links == (ImportedLink("1", kind),)  # type: ignore[arg-type]


def test_a_link_without_type_or_lag_is_finish_to_start() -> None:
    bare = "<PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink>"
    assert read(task(1) + task(2, bare)).tasks[1].links == (ImportedLink("1", "FS", ""),)


@pytest.mark.parametrize(
    ("duration", "inner", "kept"),
    [
        ("PT40H0M0S", "", 2400),
        ("PT4H30M0S", "<DurationFormat>5</DurationFormat>", 270),
        ("PT24H0M0S", "<DurationFormat>8</DurationFormat>", {"elapsed": 1440}),
        ("PT24H0M0S", "<DurationFormat>40</DurationFormat>", {"elapsed": 1440}),
        ("PT0H0M30.5S", "", 1),
        ("P2D", "", 960),
        ("P1M", "", MINUTES["mo"]),
        ("P2D", "<DurationFormat>8</DurationFormat>", {"elapsed": 2880}),
        ("PT0H0M0S", "", 0),
    ],
)
def test_durations(duration: str, inner: str, kept: object) -> None:
    assert only(inner, duration=duration)["duration"] == kept


@pytest.mark.parametrize("name", ["MinutesPerDay", "MinutesPerWeek", "DaysPerMonth"])
def test_a_day_week_or_month_of_0_is_one_as_usual(name: str) -> None:
    """A month of 20 days of 480 minutes."""
    plan = read(task(1, duration="P1M"), f"<{name}>0</{name}>")
    assert (plan.tasks[0].values["duration"], plan.remarks) == (9600, ())


def test_a_duration_that_is_missing_follows_from_the_dates() -> None:
    dates = "<Start>2026-12-04T08:00:00</Start><Finish>2026-12-07T12:00:00</Finish>"  # Friday to Monday noon
    assert only(dates, duration="")["duration"] == 720
    assert "duration" not in only("", duration="")


@pytest.mark.parametrize(
    ("code", "date", "name", "kept"),
    [
        (2, "2026-12-01T08:00:00", "Must start on", "2026-12-01"),
        (4, "2026-12-01T00:00:00", "Start no earlier than", "2026-12-01"),
        (5, "2026-12-01T17:00:00", "Start no later than", "2026-12-01T17:00"),
        (3, "2026-12-01T17:00:00", "Must finish on", "2026-12-01"),
        (6, "2026-12-01T08:00:00", "Finish no earlier than", "2026-12-01T08:00"),
        (7, "2026-12-01T00:00:00", "Finish no later than", "2026-12-01"),
        (4, "2026-12-05T08:00:00", "Start no earlier than", "2026-12-05"),  # a Saturday
        (4, "2026-12-01T09:15:00Z", "Start no earlier than", "2026-12-01T09:15"),
        (4, "2026-12-01", "Start no earlier than", "2026-12-01"),
    ],
)
def test_constraints(code: int, date: str, name: str, kept: str) -> None:
    values = only(f"<ConstraintType>{code}</ConstraintType><ConstraintDate>{date}</ConstraintDate>")
    assert (values["constraint"], values["constraint_date"]) == (name, kept)


@pytest.mark.parametrize("date", ["", "NA", "0001-01-01T00:00:00"])
def test_a_constraint_without_a_date_is_left_out(date: str) -> None:
    found = read(task(1, f"<ConstraintType>4</ConstraintType><ConstraintDate>{date}</ConstraintDate>"))
    assert "constraint" not in found.tasks[0].values
    assert found.remarks == ("Constraints without a date are left out: T1.",)


def test_progress_that_whole_percents_cannot_say_follows_from_what_remains() -> None:
    """Of 2,400 minutes 1,500 remain: 37.5 %, for which MS Project writes 38."""
    half = "<PercentComplete>38</PercentComplete><RemainingDuration>PT25H0M0S</RemainingDuration>"
    values = only(half, duration="PT40H0M0S")
    assert (values["percent_complete"], values.get("remaining_duration")) == (375, None)


@pytest.mark.parametrize(
    ("duration", "remaining", "percent", "kept"),
    [
        ("PT800H0M0S", "PT540H20M0S", 32, (325, 32420)),  # 15,580 of 48,000 minutes are done: 32.458 %
        ("PT800H0M0S", "PT547H30M0S", 32, (316, 32850)),  # 15,150 of 48,000: 31.563 %
        ("PT800H0M0S", "PT799H59M0S", 0, (1, 47999)),  # a minute of 48,000 is not nothing
        ("PT800H0M0S", "PT0H1M0S", 100, (1000, None)),  # all of it, as the file says
        ("PT800H0M0S", "PT0H1M0S", 99, (999, 1)),  # and all but a minute is not all
        ("PT800H0M0S", "PT544H0M0S", 32, (320, None)),
        ("PT8H0M0S", "PT5H22M0S", 33, (330, None)),  # 33 % of 480 are 158.4 minutes
        ("PT800H0M0S", "PT500H20M0S", 32, (320, 30020)),  # 37.5 % are no rounding of 32
        ("PT800H0M0S", "PT900H0M0S", 32, (320, 54000)),
    ],
)
def test_of_work_in_progress_tenths_of_a_percent_follow_from_what_remains(
    duration: str, remaining: str, percent: int, kept: tuple[int, int | None]
) -> None:
    progress = f"<PercentComplete>{percent}</PercentComplete><RemainingDuration>{remaining}</RemainingDuration>"
    values = only(f"<ActualStart>2026-11-30T08:00:00</ActualStart>{progress}", duration=duration)
    assert (values["percent_complete"], values.get("remaining_duration")) == kept


def test_work_in_progress_ends_when_it_did_though_its_percents_are_rounded() -> None:
    """100 days from Monday on end on the 20th Friday. Of 48,000 minutes 15,580 are done, for which MS Project says 32 %."""
    progress = (
        "<PercentComplete>32</PercentComplete><ActualStart>2026-11-30T08:00:00</ActualStart>"
        "<RemainingDuration>PT540H20M0S</RemainingDuration>"
    )
    (found,) = schedule_of(engagement_of(read(task(1, progress, "PT800H0M0S"))))
    assert (found.finish, found.ef - found.es) == ("2027-04-16T17:00:00", 48000)


def test_outline_levels_make_the_tree_also_when_one_is_left_out() -> None:
    levels = [(1, ""), (2, "1"), (4, "2"), (2, "1"), (1, ""), (3, "5")]
    rows = "".join(task(uid, f"<OutlineLevel>{level}</OutlineLevel>") for uid, (level, _) in enumerate(levels, 1))
    assert [found.parent for found in read(rows).tasks] == [parent for _, parent in levels]


def test_the_summary_of_the_project_is_left_out_but_a_task_with_uid_0_is_not() -> None:
    summary = task(0, "<OutlineLevel>0</OutlineLevel><Summary>1</Summary>")
    assert [found.key for found in read(summary + task(1)).tasks] == ["1"]
    ordinary = task(0, "<OutlineLevel>1</OutlineLevel>")
    assert [found.key for found in read(ordinary + task(1, link(0))).tasks] == ["0", "1"]


def test_a_project_that_starts_within_a_day_starts_what_waits_for_nothing_then() -> None:
    """The project starts on Monday at 13:00: A ends on Tuesday at noon, B after it on Wednesday at noon."""
    head = "<StartDate>2026-11-30T13:00:00</StartDate>"
    data = project(task(1) + task(2, link(1))).replace(b"<StartDate>2026-11-30T08:00:00</StartDate>", head.encode())
    lines = schedule_of(engagement_of(read_mspdi(data, "plan.xml")))
    assert [line.finish for line in lines] == ["2026-12-01T12:00:00", "2026-12-02T12:00:00"]


def test_a_task_before_the_start_of_the_project_stays_there_and_the_others_too() -> None:
    """Constraints let tasks of MS Project start before the project does; the rest begins with the project."""
    early = (
        "<ConstraintType>4</ConstraintType><ConstraintDate>2026-11-02T08:00:00</ConstraintDate>"
        "<Start>2026-11-02T08:00:00</Start><Finish>2026-11-02T17:00:00</Finish>"
    )
    rows = task(1, early) + task(2, "<Start>2026-11-30T08:00:00</Start><Finish>2026-11-30T17:00:00</Finish>")
    lines = schedule_of(engagement_of(read(rows)))
    assert [line.start for line in lines] == ["2026-11-02T08:00:00", "2026-11-30T08:00:00"]


@pytest.mark.parametrize(
    "own", ["", "<ConstraintType>2</ConstraintType><ConstraintDate>2026-12-02T08:00:00</ConstraintDate>"]
)
def test_what_was_scheduled_by_hand_stands_on_its_date_and_keeps_its_float(own: str) -> None:
    """A day's work on Tuesday, beside work from Monday to Friday: three days of float."""
    by_hand = f"<Manual>1</Manual><Start>2026-12-01T08:00:00</Start><Finish>2026-12-01T17:00:00</Finish>{own}"
    found, _ = schedule_of(engagement_of(read(task(1, by_hand) + task(2, duration="PT40H0M0S"))))
    assert (found.start, found.finish) == ("2026-12-01T08:00:00", "2026-12-01T17:00:00")
    assert (found.total_float, found.critical) == (3 * 480, False)


def test_money_is_in_hundredths_whatever_the_digits_of_its_currency() -> None:
    assert only("<Cost>1.5E+05</Cost>", "<CurrencyCode>JPY</CurrencyCode>")["budget"] == {
        "amount": 1500, "currency": "JPY",
    }  # fmt: skip
    assert only("<Cost>100</Cost>", "<CurrencySymbol>$</CurrencySymbol>")["budget"]["currency"] == "USD"
    (found,) = read_mspdi(project(task(1, "<Cost>100</Cost>")), currency="SEK").tasks
    assert found.values["budget"] == {"amount": 100, "currency": "SEK"}


@pytest.mark.parametrize(
    ("inner", "head", "said"),
    [
        ("<IsSubproject>1</IsSubproject>", "", "Inserted projects"),
        ("<Recurring>1</Recurring>", "", "Recurring tasks"),
        ("<LevelingDelay>4800</LevelingDelay>", "", "levelling"),
        ("<Stop>2026-12-01T12:00:00</Stop><Resume>2026-12-02T13:00:00</Resume>", "", "Interruptions"),
        ("<Milestone>1</Milestone>", "", "Milestones that take time"),
        (
            "<PredecessorLink><PredecessorUID>8</PredecessorUID><CrossProject>1</CrossProject></PredecessorLink>",
            "",
            "Links to tasks of other projects",
        ),
        ("", "<ScheduleFromStart>0</ScheduleFromStart>", "backwards"),
        (
            "<Start>2026-11-30T08:00:00</Start>",
            "<StatusDate>2026-12-04T17:00:00</StatusDate>",
            "before the status date",
        ),
    ],
)
def test_each_thing_left_out_is_said(inner: str, head: str, said: str) -> None:
    plan = read(task(1, inner), head)
    assert len(plan.tasks) == 1
    assert [remark for remark in plan.remarks if said in remark] == list(plan.remarks)


FREE_MONDAY = "<WeekDays><WeekDay><DayType>2</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays>"
FREE_WEEK = (
    "<WorkWeeks><WorkWeek><TimePeriod><FromDate>2026-12-07T00:00:00</FromDate><ToDate>2026-12-13T00:00:00</ToDate>"
    f"</TimePeriod>{FREE_MONDAY}</WorkWeek></WorkWeeks>"
)


@pytest.mark.parametrize(
    ("uid", "base", "own", "said"),
    [
        (3, 1, FREE_MONDAY, True),
        (3, 1, FREE_WEEK, True),
        (3, 2, "", True),  # another base calendar
        (3, 1, "", False),
        (3, 0, "", False),  # a base calendar that is not there
        (1, 1, "", False),  # the project's own
    ],
)
def test_calendars_of_resources_are_not_kept_and_that_is_said(uid: int, base: int, own: str, said: bool) -> None:
    calendars = "".join(
        f"<Calendar><UID>{number}</UID><IsBaseCalendar>1</IsBaseCalendar>{FREE_MONDAY}</Calendar>" for number in (1, 2)
    )
    calendars += f"<Calendar><UID>3</UID><BaseCalendarUID>{base}</BaseCalendarUID>{own}</Calendar>"
    head = f"<CalendarUID>1</CalendarUID><Calendars>{calendars}</Calendars>"
    rest = f"<Resources><Resource><UID>1</UID><Name>Ada</Name><CalendarUID>{uid}</CalendarUID></Resource></Resources>"
    sentence = "Calendars of resources are not kept; the project's holds for all."
    assert read(task(1), head, rest).remarks == ((sentence,) if said else ())


def test_a_guid_that_stands_twice_or_says_nothing_is_no_uid() -> None:
    guid = "<GUID>651A2669-EF7E-F111-A0F9-34C93D776CA2</GUID>"
    nothing = "<GUID>00000000-0000-0000-0000-000000000000</GUID>"
    found = read(task(1, guid) + task(2, guid) + task(3, nothing) + task(4, "<GUID>x</GUID>")).tasks
    assert [one.uid for one in found] == ["651a2669ef7ef111a0f934c93d776ca2", "", "", ""]


def test_texts_are_kept_as_they_are() -> None:
    data = project("<Task><UID>1</UID><Name>a &lt;b&gt; &amp;amp; “c”\n d</Name><Notes>&#9;x\n</Notes></Task>")
    assert read_mspdi(data, "x").tasks[0].values["name"] == "a <b> &amp; “c”  d"
    assert read_mspdi(data, "x").tasks[0].values["notes"] == "x"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = project(task(1)).decode().replace("UTF-8", encoding).replace("T1", "Übung")
    assert read_mspdi(text.encode(encoding), "x").tasks[0].values["name"] == "Übung"


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    read_mspdi(OFFICE, progress=lambda done, total: told.append((done, total)))
    assert told
    assert told[-1] == (told[-1][1],) * 2
    assert all(0 <= done <= total for done, total in told)
