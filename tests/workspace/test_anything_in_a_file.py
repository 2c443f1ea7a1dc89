"""Whatever a file holds, as long as it is JSON of the format's shape, it can be shown, checked and exported."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pcsm_tui.domain.declarations import Tool
from pcsm_tui.domain.engagement import Engagement, doc_id_of
from pcsm_tui.errors import PcsmError
from pcsm_tui.framework.playbook import framework_for
from pcsm_tui.workspace import checking, exporting, showing
from pcsm_tui.workspace.printing import plain, to_json
from tests.support import SUNDAY, empty_document

FRAMEWORK = framework_for(None)
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 7, 2**53 - 1, 1 - 2**53, "", "x", "Done", "Finished", "2026-02-31", "20260101", "2026-11-30",
    "=cmd|' /C calc'!A0", "\x1b]52;c;QUJD\x07", "\x9b2J", "\u202e", "[/foo]", "line\r\nline", "\ud800", "日本語", [], ["a"], [1],
    [[None]], {}, {"amount": 1, "currency": "EUR"}, {"amount": "x"}, {"amount": -5, "currency": "\x1b[31m"}, {"a": {"b": [None]}},
]  # fmt: skip


def record(random: Random, tool: Tool, uids: list[str]) -> dict[str, Any]:
    """Return a record with anything in its fields, now and then something that fits."""
    found: dict[str, Any] = {}
    for field in tool.fields:
        fitting = [choice.id for choice in field.choices] or (uids if field.to else [])
        pool = random.choice([VALUES, VALUES, fitting or VALUES])
        if random.random() < 0.7:
            found[field.id] = random.choice(pool)
    for name in ("order", "at", "by", "unknown"):
        if random.random() < 0.5:
            found[name] = random.choice(VALUES)
    return found


def document(random: Random) -> dict[str, Any]:
    """Return a document with up to three records in every tool, some of them under a uid that is no good."""
    uids = [f"{random.getrandbits(128):032x}" for _ in range(12)]
    tree = empty_document()
    for tool in FRAMEWORK.tools:
        for _ in range(random.randrange(4)):
            uid = random.choice(uids)
            named = {"uid": random.choice([uid, uid, uid, random.choice(VALUES)])}
            tree.setdefault(tool.id, {})[doc_id_of(uid)] = {**record(random, tool, uids), **named}
    return tree


@given(st.integers(0, 2**32))
@settings(max_examples=15)
def test_nothing_but_a_sentence_is_ever_raised(seed: int) -> None:
    seen = Engagement(document(Random(seed)), FRAMEWORK)
    views: list[Any] = [showing.overview(seen, SUNDAY), checking.check(seen)]
    views += [showing.phase_view(seen, phase.number) for phase in FRAMEWORK.phases]
    views += [(showing.records(seen, tool), showing.sheet(seen, tool)) for tool in FRAMEWORK.tools]
    for view in views:
        assert not set(to_json(plain(view))) & {"\x1b", "\x07", "\x9b", "\u202e"}
    for form in exporting.FORMATS:
        for tool in FRAMEWORK.tools:
            if tool.audience != "personal":
                assert safe(exporting.tool_text(seen, tool, form, internal=True))
        for report in exporting.reports_of(FRAMEWORK):
            try:
                assert safe(exporting.report_text(seen, report.id, form, internal=True))
            except PcsmError as refused:
                assert "not one table" in str(refused)  # any other refusal would be a fault


def safe(text: str) -> bool:
    """Return whether a text can be written to a terminal and as UTF-8."""
    text.encode()
    return not set(text) & {"\x1b", "\x07", "\x9b", "\u202e", "\r"}
