from __future__ import annotations

from typing import Any

import pytest

from pcsm_tui.domain.declarations import Tool
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import Withheld
from pcsm_tui.framework.reading import build_framework
from pcsm_tui.reports.audience import fields_for, may_leave, refuse_unless_allowed, rows_for
from pcsm_tui.reports.document import Facts, Table
from pcsm_tui.reports.tools import tool_document, tool_table
from tests.support import empty_document, framework_data, with_row


def tool(**more: Any) -> dict[str, Any]:
    fields = [
        {"id": "name", "name": "Name"},
        {"id": "secret", "name": "Secret", "type": "note", "internal": True},
        {"id": "internal", "name": "Internal", "type": "yes_no"},
    ]
    return {
        "id": "papers",
        "name": "Papers",
        "kind": "register",
        "summary": "x",
        "row_name": "paper",
        "fields": fields,
        **more,
    }


@pytest.mark.parametrize(
    ("audience", "to_customer", "to_team"),
    [("customer", True, True), ("internal", False, True), ("personal", False, False)],
)
def test_what_may_leave(audience: str, to_customer: bool, to_team: bool) -> None:
    declared = Tool.model_validate(tool(audience=audience))
    for internal, allowed in ((False, to_customer), (True, to_team)):
        assert may_leave(declared, internal) is allowed
        if allowed:
            refuse_unless_allowed(declared, internal)
        else:
            with pytest.raises(Withheld) as refused:
                refuse_unless_allowed(declared, internal)
            assert refused.value.exit_code == 3
            assert "Papers" in refused.value.message


@pytest.fixture
def papers() -> Engagement:
    data = framework_data()
    seen = Engagement(empty_document(), build_framework({**data, "tools": [*data["tools"], tool()]}))
    for name, internal in (("open", None), ("ours", True), ("theirs", False)):
        seen, _ = with_row(seen, "papers", name=name, internal=internal, secret=f"about {name}")
    return seen


def test_internal_fields_and_rows_are_left_out(papers: Engagement) -> None:
    declared = papers.framework.tool("papers")
    assert [item.id for item in fields_for(declared, internal=False)] == ["name", "internal"]
    assert [row.get("name") for row in rows_for(papers, declared, internal=False)] == ["open", "theirs"]
    assert len(rows_for(papers, declared, internal=True)) == 3
    assert tool_table(papers, declared) == Table(("Name", "Internal"), (("open", ""), ("theirs", "No")))


def test_the_team_sees_them_below_the_table(papers: Engagement) -> None:
    blocks = tool_document(papers, papers.framework.tool("papers"), internal=True).blocks
    assert [block for block in blocks if isinstance(block, Facts)] == [
        Facts((("Secret", f"about {name}"),)) for name in ("open", "ours", "theirs")
    ]
