"""Copies of the samples that look as if written for today."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import FileRefused
from pcsm_tui.framework.reading import build_framework, declared_framework
from pcsm_tui.insight.attention import signals
from pcsm_tui.insight.urgency import todays
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.workspace.demo import SAMPLE_TODAY, copy_samples, sample_folder, shifted

FRAMEWORK = build_framework(declared_framework())
DOCUMENT = {
    "_meta": {"1": {"format": "pcsm", "customer": "2026-11-24"}},
    "actions": {
        "1": {
            "uid": "a" * 32,
            "at": "2026-11-20T09:15:00Z",
            "by": "Ines",
            "order": 1,
            "action": "2026-11-24",
            "due": "2026-11-24",
            "done": False,
            "notes": "Moved from 2026-11-24.",
            "date": "2026-11-24",
        }
    },
    "engagement": {"2": {"at": "by hand", "started": "soon", "go_live": "", "next_meeting": None}},
    "~gone": {"3": {"uid": "b" * 32, "table": "actions", "at": "2026-12-31T23:59:59Z", "by": "Ines"}},
    "unknown": {"4": {"due": "2026-11-24", "at": "2026-11-22T00:00:00Z"}},
}


def test_a_baseline_moves_with_its_plan():
    task = {"start": "2026-11-23T08:00", "finish": "2026-11-27T17:00", "duration": 2400}
    baseline = {"uid": "b", "at": "2026-11-20T09:15:00Z", "name": "Agreed", "taken": "2026-11-20", "tasks": {"t": task}}
    moved = shifted({"baselines": {"1": baseline}}, FRAMEWORK, 7)["baselines"]["1"]
    assert (moved["at"], moved["taken"]) == ("2026-11-27T09:15:00Z", "2026-11-27")
    assert moved["tasks"] == {"t": {**task, "start": "2026-11-30T08:00", "finish": "2026-12-04T17:00"}}


def test_dates_and_stamps_move_and_texts_stay():
    moved = shifted(DOCUMENT, FRAMEWORK, 14)

    assert moved == {
        "_meta": {"1": {"format": "pcsm", "customer": "2026-11-24"}},
        "actions": {
            "1": {
                "uid": "a" * 32,
                "at": "2026-12-04T09:15:00Z",
                "by": "Ines",
                "order": 1,
                "action": "2026-11-24",
                "due": "2026-12-08",
                "done": False,
                "notes": "Moved from 2026-11-24.",
                "date": "2026-11-24",
            }
        },
        "engagement": {"2": {"at": "by hand", "started": "soon", "go_live": "", "next_meeting": None}},
        "~gone": {"3": {"uid": "b" * 32, "table": "actions", "at": "2027-01-14T23:59:59Z", "by": "Ines"}},
        "unknown": {"4": {"due": "2026-11-24", "at": "2026-12-06T00:00:00Z"}},
    }


def test_a_date_with_a_time_moves_too():
    document = {"tasks": {"1": {"actual_start": "2026-11-24T10:30", "constraint_date": "2026-11-24"}}}
    assert shifted(document, FRAMEWORK, 14)["tasks"]["1"] == {
        "actual_start": "2026-12-08T10:30",
        "constraint_date": "2026-12-08",
    }


def test_the_document_itself_is_left_alone():
    before = repr(DOCUMENT)
    shifted(DOCUMENT, FRAMEWORK, 7)
    assert repr(DOCUMENT) == before


def test_a_date_that_would_leave_the_calendar_stays():
    document = {"actions": {"1": {"due": "9999-12-30", "at": "2026-11-20T09:15:00Z"}}}
    assert shifted(document, FRAMEWORK, 7)["actions"]["1"] == {"due": "9999-12-30", "at": "2026-11-27T09:15:00Z"}


@settings(max_examples=25, deadline=None)
@given(weeks=st.integers(-1500, 1500))
def test_there_and_back_is_where_it_was(weeks):
    sample = EngagementStorage(sample_folder() / "alder-clinics.pcsm.json").read()
    there = shifted(sample, FRAMEWORK, 7 * weeks)
    assert shifted(there, FRAMEWORK, -7 * weeks) == sample
    assert (there == sample) is (weeks == 0)


@pytest.mark.parametrize(
    ("today", "thursday"),
    [
        (date(2026, 11, 22), "2026-11-26"),  # the samples' own Sunday
        (date(2026, 11, 28), "2026-11-26"),  # the Saturday after it
        (date(2026, 11, 29), "2026-12-03"),
        (date(2026, 11, 21), "2026-11-19"),  # the day before
        (date(2027, 3, 10), "2027-03-11"),
        (date(2025, 7, 2), "2025-07-03"),
    ],
)
def test_copies_keep_the_weekday_and_stand_in_the_week_of_today(today, thursday, tmp_path):
    paths = copy_samples(sample_folder(), tmp_path / "demo", FRAMEWORK, today)

    assert [path.name for path in paths] == sorted(path.name for path in (tmp_path / "demo").glob("*.pcsm.json"))
    assert len(paths) == 8
    alder = Engagement(EngagementStorage(paths[0]).read(), FRAMEWORK)
    assert alder.name == "Alder Clinics"
    assert alder.form("engagement").get("next_meeting") == thursday


def test_on_the_sunday_of_the_copies_the_same_lines_show(tmp_path):
    source = sample_folder()
    for path in copy_samples(source, tmp_path, FRAMEWORK, date(2027, 3, 10)):
        sample = Engagement(EngagementStorage(source / path.name).read(), FRAMEWORK)
        copy = Engagement(EngagementStorage(path).read(), FRAMEWORK)
        expected = [signal.text for signal in todays(signals(sample), SAMPLE_TODAY)]
        assert [signal.text for signal in todays(signals(copy), date(2027, 3, 7))] == expected
        assert copy.file_id == sample.file_id
        assert sample.meta["rev"] in copy.meta["ancestry"]


def test_nothing_is_written_over(tmp_path):
    kept = tmp_path / "tokyo-sakura.pcsm.json"
    kept.write_text("mine")

    with pytest.raises(FileRefused, match="tokyo-sakura"):
        copy_samples(sample_folder(), tmp_path, FRAMEWORK, SAMPLE_TODAY)

    assert [path.name for path in tmp_path.iterdir()] == ["tokyo-sakura.pcsm.json"]
    assert kept.read_text() == "mine"
