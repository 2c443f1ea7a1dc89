from __future__ import annotations

from pcsm_tui.domain.declarations import Evidence
from pcsm_tui.domain.editing import remove_row
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.summaries import Place
from pcsm_tui.insight.progress import Finding, findings, phase_gaps, phase_progress, tool_sentence
from tests.insight.whole import changed, filled, new_engagement
from tests.support import STAMP, made, with_row

ANSWERED = {"strategy": "A second one", "accountable": "Ada Lane"}
"""What a risk must have beside its name and its scores."""


def sentence(seen: Engagement, tool_id: str) -> str:
    return tool_sentence(seen, seen.framework.tool(tool_id))


def found(seen: Engagement, *evidence: Evidence) -> list[tuple[bool, str]]:
    return [(item.answered, item.text) for item in findings(seen, evidence)]


# --- a phase at a glance --------------------------------------------------------------------------------------


def test_a_phase_counts_its_activities_and_shows_its_dates() -> None:
    seen = new_engagement()
    first, second, third, *_ = [row for row in seen.rows("activities") if row.get("phase") == 2]
    for row, state in ((first, "Done"), (second, "Not needed"), (third, "In progress")):
        seen = changed(seen, row, state=state)
    progress = phase_progress(seen, 2)
    assert (progress.number, progress.name, progress.state) == (2, "Commitment", "In progress")
    assert (progress.done, progress.activities, progress.doing) == (2, 7, 1)
    assert (progress.started, progress.finished) == ("2026-11-22", "")


def test_a_phase_whose_row_was_removed_or_says_true_is_open() -> None:
    seen = new_engagement()
    row = changed(seen, seen.rows("phases")[0], state="Finished").rows("phases")[0]
    broken = {**seen.document, "phases": {row.doc_id: {**row.record, "phase": True}}}
    assert phase_progress(Engagement(broken, seen.framework), 1).state == "Open", "true is not 1"
    assert phase_progress(made(seen, remove_row(seen, row, STAMP)), 1).state == "Open"


# --- what is missing before moving on -------------------------------------------------------------------------


def texts(seen: Engagement, number: int) -> list[str]:
    return [gap.text for gap in phase_gaps(seen, number)]


def test_criteria_not_met_and_activities_not_done_are_missing() -> None:
    seen = new_engagement()
    gaps = phase_gaps(seen, 1)
    assert len(gaps) == 9 + 10, "nine criteria and ten activities of phase 1"
    assert gaps[0].text == "Not yet: Customer, initiative and solution stand in the engagement's head"
    criterion = seen.rows("move-on")[0]
    assert gaps[0].place == Place("move-on", criterion.uid, "met", 1)
    activity = seen.rows("activities")[0]
    assert gaps[9].text == "Activity open: Book handovers early"
    assert gaps[9].place == Place("activities", activity.uid, "state", 1)
    seen = changed(changed(seen, criterion, met=True), activity, state="Not needed")
    left = texts(seen, 1)
    assert len(left) == 8 + 9
    assert gaps[0].text not in left
    assert gaps[9].text not in left


def test_rows_that_lack_something_are_missing_in_the_phase_of_their_tool() -> None:
    seen, row = with_row(new_engagement(), "adoption-risks", name="Old radios fail", severity=4, **ANSWERED)
    text = "Adoption Risks: Old radios fail lacks Likelihood"
    assert text in texts(seen, 4)
    (gap,) = [gap for gap in phase_gaps(seen, 4) if gap.text == text]
    assert gap.place == Place("adoption-risks", row.uid, "likelihood", 4)
    assert text not in texts(seen, 5)
    assert text not in texts(changed(seen, row, likelihood=3), 4)


# --- how far a tool is ----------------------------------------------------------------------------------------


def test_a_register_counts_its_rows_and_names_the_one_that_lacks_something() -> None:
    seen = new_engagement()
    assert sentence(seen, "adoption-risks") == "not begun"
    seen, first = with_row(seen, "adoption-risks", name="Radios", **ANSWERED)
    assert sentence(seen, "adoption-risks") == "1 row, Radios lacks Likelihood, Severity"
    seen, second = with_row(seen, "adoption-risks", name="Ballot", likelihood=4, **ANSWERED)
    assert sentence(seen, "adoption-risks") == "2 rows, 2 incomplete"
    seen = changed(changed(seen, first, likelihood=3, severity=4), second, severity=5)
    assert sentence(seen, "adoption-risks") == "2 rows"


def test_a_checklist_counts_what_is_done_of_all_its_rows() -> None:
    seen = new_engagement()
    row = seen.rows("concern-steps")[0]
    assert sentence(changed(seen, row, done=True), "concern-steps") == "1 of 6 done"
    assert sentence(changed(seen, row, notes="Asked."), "concern-steps") == "0 of 6 done"


def test_a_form_says_what_it_lacks() -> None:
    seen = filled(new_engagement(), "engagement", customer="Acme")
    assert sentence(seen, "engagement") == "lacks Initiative, CSM"
    assert sentence(filled(seen, "engagement", initiative="Radios", csm="Ada Lane"), "engagement") == "filled in"


def test_more_than_two_missing_fields_are_counted() -> None:
    seen = filled(new_engagement(), "onboarding-scoring", notes="Later.")
    assert sentence(seen, "onboarding-scoring") == "lacks Products/Services, Customization and 2 more"


# --- what answers a question ----------------------------------------------------------------------------------

RISKS = Evidence(tool="adoption-risks", filled=("likelihood",), at_least=2, done=True)


def test_a_question_is_answered_once_enough_rows_are_filled_and_done() -> None:
    seen = new_engagement()
    assert findings(seen, (RISKS,)) == [Finding(False, "Adoption Risks: nothing entered yet", Place("adoption-risks"))]
    seen, first = with_row(seen, "adoption-risks", name="Radios")
    assert found(seen, RISKS) == [(False, "Adoption Risks: only 1")]
    seen, second = with_row(seen, "adoption-risks", name="Ballot", likelihood=4, status="Accepted")
    lacking = Finding(
        False,
        "Adoption Risks: 1 of 2; Radios has no Likelihood",
        Place("adoption-risks", first.uid, "likelihood"),
    )
    assert findings(seen, (RISKS,)) == [lacking]
    seen = changed(seen, first, likelihood=3)
    still_open = Finding(
        False, "Adoption Risks: 1 of 2; Radios is still open", Place("adoption-risks", first.uid, "status")
    )
    assert findings(seen, (RISKS,)) == [still_open]
    seen = changed(seen, first, status="Accepted")
    assert found(seen, RISKS) == [(True, "Adoption Risks: 2 rows, each with Likelihood, all done")]


def test_a_form_that_answers_a_question_is_filled_in() -> None:
    head = Evidence(tool="engagement", filled=("customer", "csm"))
    seen = filled(new_engagement(), "engagement", customer="Acme")
    assert found(seen, head) == [(False, "Engagement: 0 of 1; Acme has no CSM")]
    assert found(filled(seen, "engagement", csm="Ada Lane"), head) == [(True, "Engagement: filled in")]


def test_evidence_in_a_tool_that_a_playbook_dropped_is_left_out() -> None:
    assert findings(new_engagement(), (Evidence(tool="no-such-tool"),)) == []
