from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.framework.reading import build_framework
from pcsm_tui.insight.ordering import group_heading, shown_order, sorted_by
from tests.insight.whole import new_engagement
from tests.support import empty_document, engagement, framework_data, with_row


def titles(seen: Engagement, rows: Any) -> list[str]:
    return [seen.title(row) for row in rows]


@pytest.fixture
def risks() -> Engagement:
    seen = engagement()
    for name, likelihood, severity in (("low", 1, 1), ("empty", None, None), ("high", 5, 4), ("tied", 4, 5)):
        seen, _ = with_row(seen, "risks", name=name, likelihood=likelihood, severity=severity)
    return seen


def test_rows_sort_by_any_field_with_empty_ones_last_either_way(risks: Engagement) -> None:
    rows, score = risks.rows("risks"), risks.framework.tool("risks").field("score")
    assert titles(risks, sorted_by(risks, rows, score)) == ["low", "high", "tied", "empty"]
    assert titles(risks, sorted_by(risks, rows, score, descending=True)) == ["high", "tied", "low", "empty"]


def test_a_tool_without_groups_or_sort_keeps_its_order(risks: Engagement) -> None:
    rows = risks.rows("risks")
    assert shown_order(risks, risks.framework.tool("risks"), rows) == rows


def grouped(**roles: str) -> Framework:
    data = framework_data()
    data["tools"] = [{**tool, **roles} if tool["id"] == "samples" else tool for tool in data["tools"]]
    return build_framework(data)


def sample(framework: Framework, **fields: Any) -> Engagement:
    """Return an engagement with a row of samples for each value, by the one field that is given."""
    ((name, values),) = fields.items()
    seen = Engagement(empty_document(), framework)
    for place, value in enumerate(values):
        seen, _ = with_row(seen, "samples", **{name: value, "name": f"{place}"})
    return seen


def test_groups_of_a_choice_come_in_the_order_of_the_choices() -> None:
    seen = sample(grouped(group_by="colour"), colour=["Green", None, "b", "Red", "Green"])
    tool = seen.framework.tool("samples")
    assert titles(seen, shown_order(seen, tool, seen.rows("samples"))) == ["3", "0", "4", "2", "1"]


def test_groups_that_stand_for_rows_come_in_the_order_of_these() -> None:
    framework = grouped(group_by="one", sort="-name")
    seen = Engagement(empty_document(), framework)
    seen, zebra = with_row(seen, "risks", name="zebra")
    seen, ape = with_row(seen, "risks", name="ape")
    for place, uid in enumerate((ape.uid, zebra.uid, None, zebra.uid, "gone")):
        seen, _ = with_row(seen, "samples", one=uid, name=f"{place}")
    tool = framework.tool("samples")
    assert titles(seen, shown_order(seen, tool, seen.rows("samples"))) == ["2", "3", "1", "0", "4"]


def test_groups_of_the_frameworks_phases_are_headed_by_their_names() -> None:
    seen = new_engagement()
    for phase in (1, 7, None):
        seen, _ = with_row(seen, "engagement-strategy", phase=phase, name="x")
    assert [group_heading(seen, row) for row in seen.rows("engagement-strategy")] == [
        "1 Preparation",
        "7 Engagement Evaluation",
        "Without phase",
    ]


def test_a_number_that_is_no_phase_of_the_framework_is_headed_by_its_field() -> None:
    seen, row = with_row(new_engagement(), "onboarding-plan", phase=3, name="x")
    assert group_heading(seen, row) == "Phase 3", "the third phase of the onboarding plan, not Onboarding"
    seen, row = with_row(seen, "engagement-strategy", phase=1, name="x")
    strange = {row.doc_id: {**row.record, "phase": 12}}
    (row,) = Engagement({**seen.document, "engagement-strategy": strange}, seen.framework).rows("engagement-strategy")
    assert group_heading(seen, row) == "Phase 12"


def test_groups_of_a_reference_are_headed_by_what_it_refers_to() -> None:
    seen, alone = with_row(new_engagement(), "readiness", question="Are the keys there?")
    assert group_heading(seen, alone) == "Without adoption phase"
    phase = seen.rows("adoption-phases")[0]
    of_phase = next(row for row in seen.rows("readiness") if row.get("adoption_phase") == phase.uid)
    assert group_heading(seen, of_phase) == phase.get("name")
    assert group_heading(seen, seen.rows("raci")[0]) == "", "a tool without groups"
