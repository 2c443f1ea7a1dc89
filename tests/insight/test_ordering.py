from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.framework.reading import build_framework
from pcsm_tui.insight.ordering import shown_order, sorted_by
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
