"""Each rule of Today: what it shows, and what makes it stop."""

from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain import computed
from pcsm_tui.domain.editing import remove_row
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.summaries import Place, Signal
from pcsm_tui.framework.reading import build_framework, declared_framework
from pcsm_tui.insight.attention import signals
from tests.insight.whole import changed, filled, new_engagement
from tests.schedule.published import engagement_with
from tests.support import STAMP, empty_document, made, with_row


def of(seen: Engagement, rule: str) -> list[Signal]:
    return [signal for signal in signals(seen) if signal.rule == rule]


def the(seen: Engagement, rule: str) -> Signal:
    (signal,) = of(seen, rule)
    return signal


def test_a_work_package_is_due_by_its_computed_finish_and_what_holds_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computed, "RULES", dict(computed.RULES))
    computed.offer("finish", lambda seen, row: "2026-12-10")
    seen, stream = with_row(new_engagement(), "tasks", name="Depots")
    seen, package = with_row(seen, "tasks", name="Train", parent=stream.uid)
    signal = the(seen, "due")
    assert (signal.text, signal.due, signal.shows) == ("Work package: Train", "2026-12-10", "2026-12-03")
    assert signal.place == Place("tasks", package.uid, "finish")


# --- rows with a day by which they are to be done -------------------------------------------------------------


def test_a_row_that_is_due_shows_a_week_before() -> None:
    seen, row = with_row(new_engagement(), "actions", action="Call Sue", owner="Ada Lane", due="2026-12-10")
    signal = the(seen, "due")
    assert (signal.text, signal.due, signal.shows) == ("Call Sue", "2026-12-10", "2026-12-03")
    assert signal.detail == "Due 2026-12-10 · Ada Lane"
    assert signal.can_tick
    assert signal.place == Place("actions", row.uid, "due")


def test_a_row_of_another_tool_says_what_it_is_and_that_nobody_owns_it() -> None:
    seen, _ = with_row(
        new_engagement(), "challenges", challenge_or_change_requirement="No Wi-Fi", deadline="2026-12-10"
    )
    signal = the(seen, "due")
    assert signal.text == "Challenge: No Wi-Fi"
    assert signal.detail.endswith(" · nobody owns it")


def test_an_activity_that_is_due_leads_to_its_phase() -> None:
    seen = new_engagement()
    activity = next(row for row in seen.rows("activities") if row.get("phase") == 4)
    seen = changed(seen, activity, due="2026-12-10")
    assert the(seen, "due").place == Place("activities", activity.uid, "due", 4)


def test_a_row_that_is_done_or_has_no_day_is_not_due() -> None:
    seen, row = with_row(new_engagement(), "actions", action="Call Sue", due="2026-12-10")
    assert of(changed(seen, row, done=True), "due") == []
    assert of(changed(seen, row, due=None), "due") == []


def test_a_day_that_cannot_be_read_is_not_due() -> None:
    seen, row = with_row(new_engagement(), "actions", action="Call Sue")
    table = {row.doc_id: {**row.record, "due": "soon"}}
    assert of(Engagement({**seen.document, "actions": table}, seen.framework), "due") == []


# --- questions without an answer ------------------------------------------------------------------------------


def test_questions_without_an_answer_are_one_line() -> None:
    seen, first = with_row(new_engagement(), "information-gaps", question="Who pays?")
    assert the(seen, "unanswered").text == "Information Gaps and Assumptions: 1 question without an answer"
    seen, _ = with_row(seen, "information-gaps", question="Who trains?")
    signal = the(seen, "unanswered")
    assert signal.text == "Information Gaps and Assumptions: 2 questions without an answer"
    assert signal.reason == "first: Who pays?"
    assert signal.place == Place("information-gaps", first.uid, "answer")


@pytest.mark.parametrize("values", [{"answer": "The board"}, {"validated": True}, {"due": "2026-12-10"}])
def test_a_question_answered_settled_or_dated_does_not_wait(values: dict[str, Any]) -> None:
    seen, row = with_row(new_engagement(), "information-gaps", question="Who pays?")
    assert of(changed(seen, row, **values), "unanswered") == []


# --- the proposal ---------------------------------------------------------------------------------------------


def test_a_proposal_that_was_sent_waits_for_the_signature() -> None:
    seen = filled(new_engagement(), "engagement-proposal", sent_on="2026-11-01")
    signal = the(seen, "unsigned")
    assert (signal.text, signal.reason) == ("Proposal waits for the customer's signature", "sent 2026-11-01")
    assert signal.mark == "!"


def test_a_proposal_that_was_signed_or_not_sent_does_not_wait() -> None:
    assert of(new_engagement(), "unsigned") == []
    seen = filled(new_engagement(), "engagement-proposal", sent_on="2026-11-01", customer_signed_on="2026-11-09")
    assert of(seen, "unsigned") == []


# --- health ---------------------------------------------------------------------------------------------------


def read(day: str, sponsorship: int, sentiment: int, **values: Any) -> Engagement:
    """Return an engagement with a health reading; both factors weigh the same."""
    return with_row(new_engagement(), "health", date=day, sponsorship=sponsorship, sentiment=sentiment, **values)[0]


def test_a_red_health_names_the_lowest_factor_and_asks_for_an_action() -> None:
    signal = the(read("2026-11-01", 500, 200), "health")
    assert (signal.text, signal.reason, signal.mark) == ("Health red: Sentiment 20 %", "no action noted", "!")
    assert signal.detail == "Overall 35 % on 2026-11-01."


def test_an_amber_health_with_an_action_is_no_decision() -> None:
    signal = the(read("2026-11-01", 700, 500, next_action="Meet the board"), "health")
    assert (signal.text, signal.reason, signal.mark) == ("Health amber: Sentiment 50 %", "action: Meet the board", "")


def test_a_green_health_needs_nothing() -> None:
    assert of(read("2026-11-01", 900, 800), "health") == []
    assert of(new_engagement(), "health") == []


def test_lights_count_whatever_a_playbook_calls_them() -> None:
    data = declared_framework()
    tool = next(tool for tool in data["tools"] if tool["id"] == "health")
    overall = next(field for field in tool["fields"] if field["id"] == "overall")
    names = {"red": "poor", "amber": "fair", "green": "good"}
    bands = [{**band, "label": names[band["label"]]} for band in overall["computed"]["bands"]]
    overall["computed"] = {**overall["computed"], "bands": bands}
    renamed = build_framework(data)
    seen, row = with_row(Engagement(empty_document(), renamed), "health", date="2026-11-01", sponsorship=350)
    signal = the(seen, "health")
    assert (signal.text, signal.mark) == ("Health poor: Sponsorship 35 %", "!")
    assert of(changed(seen, row, sponsorship=900), "health") == []


def test_a_reading_grows_old_after_the_days_that_its_tool_says() -> None:
    seen = read("2026-11-01", 900, 900)
    assert seen.framework.tool("health").stale_days == 45
    signal = the(seen, "stale")
    assert (signal.text, signal.due, signal.shows) == ("Health reading due", "2026-12-16", "2026-12-16")
    newer, _ = with_row(seen, "health", date="2026-11-20", sponsorship=900)
    assert the(newer, "stale").due == "2027-01-04", "a new reading puts it off"


# --- renewals -------------------------------------------------------------------------------------------------


def test_a_renewal_without_a_plan_shows_ninety_days_before() -> None:
    seen, row = with_row(new_engagement(), "renewals", contract="Licences", date="2027-06-30")
    assert seen.framework.tool("renewals").notice_days == 90
    signal = the(seen, "no-plan")
    assert (signal.text, signal.reason) == ("Renewal Licences has no plan", "value unknown, ends 2027-06-30")
    assert (signal.shows, signal.mark) == ("2027-04-01", "!")
    assert signal.place == Place("renewals", row.uid, "plan")


@pytest.mark.parametrize("values", [{"plan": "Win the board"}, {"status": "Renewed"}, {"date": None}])
def test_a_renewal_planned_decided_or_without_a_date_needs_no_plan(values: dict[str, Any]) -> None:
    seen, row = with_row(new_engagement(), "renewals", contract="Licences", date="2027-06-30")
    assert of(changed(seen, row, **values), "no-plan") == []


# --- rules that rows keep -------------------------------------------------------------------------------------


def test_a_task_for_which_nobody_is_accountable() -> None:
    seen, ada = with_row(new_engagement(), "stakeholder-plan", name="Ada Lane")
    seen, row = with_row(seen, "raci", task="Train users", responsible=[ada.uid])
    signal = the(seen, "rule")
    assert signal.text == "RACI Matrix: 1 row to put right"
    assert signal.reason == "Train users: nobody is accountable"
    assert signal.place == Place("raci", row.uid, "accountable")
    assert of(changed(seen, row, accountable=[ada.uid]), "rule") == []


# --- measurements ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "due"),
    [
        ("Daily", "2026-11-02"),
        ("Weekly", "2026-11-08"),
        ("Every two weeks", "2026-11-15"),
        ("Monthly", "2026-12-02"),
        ("Quarterly", "2027-02-01"),
    ],
)
def test_the_next_measurement_follows_from_the_frequency(frequency: str, due: str) -> None:
    seen, row = with_row(new_engagement(), "measures", name="Errors", frequency=frequency)
    assert of(seen, "measure") == [], "what was never measured is not late"
    seen, _ = with_row(seen, "measurements", measure=row.uid, date="2026-11-01", value=300)
    signal = the(seen, "measure")
    assert (signal.text, signal.due) == ("Measurement due: Errors", due)
    assert signal.detail == f"{frequency}; last measured 2026-11-01."


@pytest.mark.parametrize("frequency", ["Once", None])
def test_what_is_measured_once_or_without_a_frequency_is_not_due_again(frequency: str | None) -> None:
    seen, row = with_row(new_engagement(), "measures", name="Errors", frequency=frequency)
    seen, _ = with_row(seen, "measurements", measure=row.uid, date="2026-11-01", value=300)
    assert of(seen, "measure") == []


# --- the next meeting -----------------------------------------------------------------------------------------


def test_the_next_meeting_shows_a_week_before_with_the_open_questions() -> None:
    seen = filled(new_engagement(), "engagement", next_meeting="2026-12-10")
    signal = the(seen, "meeting")
    assert (signal.text, signal.due, signal.shows) == ("Meeting with the customer", "2026-12-10", "2026-12-03")
    assert signal.detail == "When it has passed, enter the next one here."
    seen, _ = with_row(seen, "information-gaps", question="Who pays?")
    seen, _ = with_row(seen, "information-gaps", question="Who trains?", answer="Sue")
    assert the(seen, "meeting").detail == "1 question open."


def test_without_a_date_there_is_no_meeting() -> None:
    assert of(new_engagement(), "meeting") == []


# --- phases in which nothing is under way ---------------------------------------------------------------------


def phases(**states: str) -> Engagement:
    """Return an engagement whose phases have these states, by `p` and their number."""
    seen = new_engagement()
    for row in seen.rows("phases"):
        if state := states.get(f"p{row.get('phase')}"):
            seen = changed(seen, row, state=state)
    return seen


def test_no_phase_in_progress_points_to_the_next_one() -> None:
    signal = the(phases(p1="Finished"), "idle")
    assert (signal.text, signal.reason) == ("No phase is in progress", "next would be 2 Commitment")
    assert signal.place == Place(phase=2)


def test_when_all_phases_are_finished_the_engagement_can_be_closed() -> None:
    seen = phases(**{f"p{number}": "Finished" for number in range(1, 8)})
    signal = the(seen, "idle")
    assert signal.text == "All phases are finished"
    assert signal.reason == "close the engagement when nothing more is to come"
    assert signal.place == Place("engagement", seen.form("engagement").uid, "status")


def test_a_phase_under_way_in_which_nothing_is() -> None:
    seen = phases(p1="In progress")
    signal = the(seen, "idle")
    assert (signal.text, signal.reason) == ("1 Preparation: nothing in progress", "0 of 10 done")
    assert signal.place == Place(phase=1)
    activity = next(row for row in seen.rows("activities") if row.get("phase") == 1)
    assert of(changed(seen, activity, state="In progress"), "idle") == []


def test_a_phase_whose_activities_are_all_done_is_not_idle() -> None:
    seen = phases(p2="In progress")
    for row in seen.rows("activities"):
        if row.get("phase") == 2:
            seen = changed(seen, row, state="Not needed")
    assert of(seen, "idle") == []


def test_a_phase_that_was_removed_counts_as_open() -> None:
    seen = phases(p1="Finished")
    seen = made(seen, remove_row(seen, seen.rows("phases")[1], STAMP))
    assert the(seen, "idle").reason == "next would be 2 Commitment"


# --- closed engagements ---------------------------------------------------------------------------------------


def test_a_closed_engagement_needs_nothing() -> None:
    seen, _ = with_row(new_engagement(), "actions", action="Call Sue", due="2026-12-10")
    assert signals(filled(seen, "engagement", status="On hold"))
    assert signals(filled(seen, "engagement", status="Closed")) == ()


def two_tasks(**second: Any) -> Engagement:
    """Two days from Monday 30 November on, then three days; the second task may have more."""
    settings = {"start": "2026-11-30"}
    first = {"uid": "a", "name": "Prepare", "kind": "Work package", "duration": 960, "owner": "Sue"}
    waits = [{"task": "a", "type": "FS"}]
    other = {"uid": "b", "name": "Train", "kind": "Work package", "duration": 1440, "predecessors": waits, **second}
    return engagement_with([first, other], settings)


def test_a_critical_package_shows_three_days_before_it_is_to_begin() -> None:
    first, second = [signal for signal in signals(two_tasks()) if signal.rule == "critical"]
    assert (first.text, first.due, first.shows) == ("1 Prepare starts: critical", "2026-11-30", "2026-11-27")
    assert (second.due, second.place) == ("2026-12-02", Place("tasks", "b", "actual_start"))
    assert second.detail.startswith("Nobody owns it")


def test_a_critical_package_that_has_begun_does_not_begin_again() -> None:
    begun = two_tasks(actual_start="2026-12-02")
    assert [signal.place.uid for signal in signals(begun) if signal.rule == "critical"] == ["a"]


def test_a_deadline_that_the_plan_misses_asks_for_a_decision() -> None:
    """The second task ends on Friday 4 December, the close of the fifth day."""
    (missed,) = [signal for signal in signals(two_tasks(deadline="2026-12-03")) if signal.rule == "deadline"]
    assert (missed.text, missed.mark) == ("2 Train misses its deadline", "!")
    assert missed.reason == "2026-12-03, ends 2026-12-04"
    assert not [signal for signal in signals(two_tasks(deadline="2026-12-04")) if signal.rule == "deadline"]
