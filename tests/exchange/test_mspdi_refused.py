"""Files that are refused: each with the place, what is wrong, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcsm_tui.errors import FileRefused, StorageFailed
from pcsm_tui.exchange import imported
from pcsm_tui.exchange.mspdi.reading import read_mspdi

HEAD = '<?xml version="1.0"?>\n<Project xmlns="http://schemas.microsoft.com/project">\n'
ONE = "<Tasks><Task><UID>1</UID></Task></Tasks>"


def refused(text: str | bytes) -> str:
    """Return what is said of a file that is refused."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(FileRefused) as caught:
        read_mspdi(data, "plan.xml")
    assert caught.value.message.startswith("plan.xml")
    return str(caught.value)


def tasks(*inner: str) -> str:
    """Return a file with a task a line, the first on line 4; UIDs from 1."""
    lines = [f"<Task><UID>{uid}</UID><Name>T{uid}</Name>{part}</Task>" for uid, part in enumerate(inner, 1)]
    return f"{HEAD}<Tasks>\n" + "\n".join(lines) + "\n</Tasks></Project>"


def after(*uids: int) -> str:
    return "".join(f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID></PredecessorLink>" for uid in uids)


def level(number: int) -> str:
    return f"<OutlineLevel>{number}</OutlineLevel>"


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("<Duration>PT-8H0M0S</Duration>", "line 4, Task UID 1: Duration cannot be read"),
        ("<Duration>-PT8H0M0S</Duration>", "negative"),
        ("<Duration>five days</Duration>", "'five days' is not a duration"),
        ("<Duration>PT99999999999999999H</Duration>", "Duration"),
        ("<DurationFormat>99</DurationFormat><Duration>PT8H</Duration>", "'99' is no format"),
        ("<PercentComplete>101</PercentComplete>", "PercentComplete is 101, which is out of range. Write 0 to 100."),
        ("<PercentComplete>-1</PercentComplete>", "out of range"),
        ("<PercentComplete>half</PercentComplete>", "'half', not a number"),
        ("<ActualStart>soon</ActualStart>", "ActualStart cannot be read: 'soon' is not a date."),
        ("<Deadline>2026-02-30T08:00:00</Deadline>", "'2026-02-30T08:00:00' is not a date."),
        ("<Deadline>1776-07-04T08:00:00</Deadline>", "out of range"),
        ("<ConstraintType>8</ConstraintType>", "ConstraintType 8 does not exist"),
        ("<ConstraintType>1.5</ConstraintType>", "not a whole number"),
        ("<OutlineLevel>two</OutlineLevel>", "OutlineLevel is 'two', not a number"),
        ("<OutlineLevel>-1</OutlineLevel>", "OutlineLevel is -1"),
        ("<Milestone>maybe</Milestone>", "Milestone is 'maybe', not a yes or no. Write 1 or 0."),
        ("<Cost>much</Cost>", "Cost is 'much', not a number"),
        ("<Cost>1E99</Cost>", "too large"),
        *(
            (
                f"<PredecessorLink><PredecessorUID>1</PredecessorUID><LinkLag>{lag}</LinkLag>"
                f"<LagFormat>{code}</LagFormat></PredecessorLink>",
                f"line 4, Task UID 1, PredecessorLink: LinkLag is {lag}, which is too large. The limit is 9,007,199,",
            )
            for lag in ("1e30", "-1e99")
            for code in (7, 8, 19, 20, 51, 52)
        ),
        (after(7), "line 4, Task UID 1: the predecessor '7' is no task of the file"),
        (after(1), "in a circle: 1 (T1) → 1 (T1)"),
        ("<PredecessorLink><Type>1</Type></PredecessorLink>", "PredecessorUID is missing"),
        (
            "<PredecessorLink><PredecessorUID>1</PredecessorUID><Type>4</Type></PredecessorLink>",
            "Task UID 1, PredecessorLink: Type 4 does not exist. Links are 0 FF, 1 FS, 2 SF or 3 SS.",
        ),
        (
            "<PredecessorLink><PredecessorUID>1</PredecessorUID><LinkLag>2d</LinkLag></PredecessorLink>",
            "LinkLag is '2d', not a number",
        ),
        (
            "<PercentComplete>100</PercentComplete><ActualStart>2026-11-30T08:00:00</ActualStart>"
            "<ActualFinish>2026-11-27T17:00:00</ActualFinish>",
            "ActualFinish lies before ActualStart",
        ),
        ("<Name>again</Name><Notes>" + "x" * 200_001 + "</Notes>", "notes has 200,001 characters"),
    ],
)
def test_a_task_that_cannot_be_is_refused(inner: str, said: str) -> None:
    assert said in refused(tasks(inner))


def test_a_task_without_a_uid_and_two_with_the_same_are_refused() -> None:
    assert "line 3, Task UID ?: UID is missing" in refused(
        f"{HEAD}<Tasks><Task><Name>x</Name></Task></Tasks></Project>"
    )
    twice = f"{HEAD}<Tasks>\n<Task><UID>7</UID></Task>\n<Task><UID>7</UID></Task></Tasks></Project>"
    assert refused(twice).startswith("plan.xml, line 5, Task UID 7: the id '7' is that of line 4, Task UID 7 too.")


@pytest.mark.parametrize(
    ("inner", "circle"),
    [
        ((after(3), after(1), after(2)), "1 (T1) → 2 (T2) → 3 (T3) → 1 (T1)"),
        ((level(1), level(2) + after(1)), "1 (T1) → 2 (T2) → 1 (T1)"),  # a part waits for its whole
        ((level(1) + after(2), level(2)), "1 (T1) → 2 (T2) → 1 (T1)"),  # a whole waits for its part
        ((level(1), level(2) + after(3), level(1) + after(1)), "1 (T1) → 3 (T3) → 2 (T2) → 1 (T1)"),
        ((level(1) + after(3), level(2), level(1), level(2) + after(1)), ""),
    ],
)
def test_a_circle_is_named_whole_also_through_summaries(inner: tuple[str, ...], circle: str) -> None:
    said = refused(tasks(*inner))
    assert "the links go in a circle" in said
    names = said.partition("circle: ")[2].partition(".")[0].split(" → ")
    assert names[0] == names[-1]
    if circle:
        expected = circle.split(" → ")[1:]
        assert any(names[1:] == expected[place:] + expected[:place] for place in range(len(expected)))


def test_links_of_a_summary_without_a_circle_are_fine() -> None:
    text = tasks(level(1), level(2), level(1) + after(1), level(2) + after(2))
    assert len(read_mspdi(text.encode(), "plan.xml").tasks) == 4


def test_a_long_chain_is_no_circle() -> None:
    text = tasks(*("" if uid == 0 else after(uid) for uid in range(5000)))
    assert len(read_mspdi(text.encode(), "plan.xml").tasks) == 5000


LAUGHS = '<!DOCTYPE Project [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no well-formed XML (no element found)"),
        (f"{HEAD}<Tasks>\n<Task></Tasks></Project>", "line 4, column 9: this is no well-formed XML (mismatched tag)"),
        (f"{HEAD}<Tasks>", "no well-formed XML"),
        (f"{HEAD}<Title>a\x00b</Title></Project>", "line 3, column 9"),
        (f"{HEAD}<Title>a & b</Title></Project>", "line 3"),
        (f"{HEAD}<Title>&who;</Title></Project>", "undefined entity"),
        (f'<?xml version="1.0"?>\n{LAUGHS}\n<Project>&b;</Project>', "line 2: it has a document type (DOCTYPE)"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><Project/>', "DOCTYPE"),
        ("<Project/>", "it begins with 'Project' without a namespace"),
        ('<Project xmlns="http://example.com/"/>', "'Project' of 'http://example.com/'"),
        ('<html xmlns="http://schemas.microsoft.com/project"/>', "no file of MS Project: it begins with 'html'"),
        (HEAD + "<a>" * 100 + "</a>" * 100 + "</Project>", "more than 64 deep"),
        ('<?xml version="1.0" encoding="klingon"?><Project/>', "line 1"),
        ('<?xml version="1.0" encoding="utf-16"?><Project/>', "no well-formed XML"),
        ('<?xml version="1.0" encoding="shift_jis"?><Project/>', "its encoding cannot be read"),
        (
            f'<?xml version="1.0" encoding="{"x" * 60}"?><Project/>',
            f"encoding cannot be read (unknown encoding: {'x' * 22}…).",
        ),
        (b'<?xml version="1.0" encoding="UTF-8"?><Project a="\xe9"/>', "no well-formed XML"),
        ("PK\x03\x04", "no well-formed XML"),
        (f"{HEAD}<MinutesPerDay>-1</MinutesPerDay></Project>", "MinutesPerDay is -1"),
        (f"{HEAD}<DaysPerMonth>-20</DaysPerMonth></Project>", "DaysPerMonth is -20"),
        (f"{HEAD}<MinutesPerDay>long</MinutesPerDay></Project>", "'long', not a number"),
        (f"{HEAD}<StartDate>yesterday</StartDate>{ONE}</Project>", "Project: StartDate cannot be read"),
        (f"{HEAD}<CriticalSlackLimit>x</CriticalSlackLimit>{ONE}</Project>", "CriticalSlackLimit is 'x', not a number"),
    ],
)
def test_what_is_no_file_of_ms_project_is_refused(text: str | bytes, said: str) -> None:
    assert said in refused(text)


def calendar(inner: str) -> str:
    return f"{HEAD}<Calendars><Calendar><UID>1</UID>{inner}</Calendar></Calendars></Project>"


def period(first: str, last: str) -> str:
    return f"<TimePeriod><FromDate>{first}</FromDate><ToDate>{last}</ToDate></TimePeriod>"


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (
            "<Exceptions><Exception><Name>Holiday</Name>" + period("2026-12-25T00:00:00", "2026-12-24T23:59:00")
            + "</Exception></Exceptions>",
            "line 3, Exception 'Holiday': the period ends on 2026-12-24 and begins on 2026-12-25.",
        ),
        (
            "<WeekDays><WeekDay><DayType>0</DayType>" + period("2026-12-25T00:00:00", "2026-12-24T23:59:00")
            + "</WeekDay></WeekDays>",
            "line 3, WeekDay: the period ends on 2026-12-24",
        ),
        ("<WeekDays><WeekDay><DayType>8</DayType></WeekDay></WeekDays>", "there is no weekday '8'"),
        ("<WeekDays><WeekDay><DayType>Mon</DayType></WeekDay></WeekDays>", "DayType is 'Mon', not a whole number"),
        (
            "<WeekDays><WeekDay><DayType>2</DayType><WorkingTimes><WorkingTime><FromTime>17:00:00</FromTime>"
            "<ToTime>08:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay></WeekDays>",
            "'17:00-08:00' runs backwards",
        ),
        (
            "<WeekDays><WeekDay><DayType>2</DayType><WorkingTimes><WorkingTime><FromTime>early</FromTime>"
            "<ToTime>08:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay></WeekDays>",
            "'early' to '08:00:00' are no times",
        ),
        (
            "<Exceptions><Exception>" + period("soon", "later") + "</Exception></Exceptions>",
            "'soon' is not a date",
        ),
        (
            "<Exceptions>"
            + ("<Exception>" + period("1900-01-01T00:00:00", "2999-12-31T00:00:00") + "</Exception>") * 3
            + "</Exceptions>",
            "more than 200,000 days",
        ),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_is_refused(inner: str, said: str) -> None:
    assert said in refused(calendar(inner))


def test_a_base_calendar_that_goes_round_in_a_circle_ends() -> None:
    text = (
        f"{HEAD}<CalendarUID>1</CalendarUID><Calendars>"
        "<Calendar><UID>1</UID><BaseCalendarUID>2</BaseCalendarUID></Calendar>"
        "<Calendar><UID>2</UID><BaseCalendarUID>1</BaseCalendarUID></Calendar></Calendars>" + ONE + "</Project>"
    )
    assert read_mspdi(text.encode(), "plan.xml").settings["monday"] == "08:00-12:00, 13:00-17:00"


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<Tasks/>",
        "<Tasks></Tasks>",
        "<Tasks><Task><UID>0</UID></Task></Tasks>",
        "<Tasks><Task><IsNull>1</IsNull></Task></Tasks>",
    ],
)
def test_a_file_without_tasks_is_refused(inner: str) -> None:
    assert refused(f"{HEAD}{inner}</Project>").startswith("plan.xml has no tasks.")


def test_too_many_tasks_are_refused_where_they_begin_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imported, "MOST_TASKS", 3)
    assert len(read_mspdi(tasks("", "", "").encode(), "plan.xml").tasks) == 3
    assert refused(tasks(*[""] * 5)) == "plan.xml, line 7: there are more than 3 tasks. Divide the file."


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(FileRefused, match=r"large\.xml has 200 MB\. The limit is 100 MB"):
        read_mspdi(large)


def test_bytes_that_are_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imported, "LARGEST_FILE", 10)
    assert "The limit is" in refused(HEAD)


def test_what_cannot_be_read_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="missing.xml cannot be read"):
        read_mspdi(tmp_path / "missing.xml")
    with pytest.raises(FileRefused, match="is not a file"):
        read_mspdi(tmp_path)
