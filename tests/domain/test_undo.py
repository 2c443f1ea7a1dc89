"""Every sequence of acts: nothing is changed in place, and undo restores the document."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.changes import Change, apply, rebased
from pcsm_tui.domain.editing import (
    add_row,
    duplicate_row,
    indent_row,
    move_row,
    outdent_row,
    remove_row,
    set_phase,
    set_values,
    tick,
)
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.errors import UsageError, ValueRefused
from tests.support import LATER, engagement, fresh_uid, small_framework

ACTS: dict[str, Callable[[Engagement, Row, int], Change]] = {
    "add": lambda seen, row, number: add_row(seen, row.tool, {}, fresh_uid(), LATER, row if number % 2 else None),
    "set": lambda seen, row, number: set_values(seen, row, _some_values(row, number), LATER),
    "clear": lambda seen, row, number: set_values(seen, row, dict.fromkeys(_some_values(row, number)), LATER),
    "remove": lambda seen, row, number: remove_row(seen, row, LATER),
    "duplicate": lambda seen, row, number: duplicate_row(seen, row, fresh_uid(), LATER),
    "move": lambda seen, row, number: move_row(seen, row, number - 3, LATER),
    "indent": lambda seen, row, number: indent_row(seen, row, LATER),
    "outdent": lambda seen, row, number: outdent_row(seen, row, LATER),
    "wait": lambda seen, row, number: set_values(seen, row, _waiting(seen, row, number), LATER),
    "tick": lambda seen, row, number: tick(seen, row, LATER),
    "phase": lambda seen, row, number: set_phase(
        seen, 1 + number % 2, ("Open", "In progress", "Finished")[number % 3], fresh_uid(), LATER
    ),
}
TEXTS = {"text": "t", "note": "n", "person": "p"}


def _waiting(seen: Engagement, row: Row, number: int) -> dict[str, Any]:
    """Return a link to another row, or another row as the parent, in a tool whose rows form a tree."""
    if not row.tool.outline:
        return {}
    rows = seen.rows(row.tool.id)
    other = rows[number % len(rows)].uid
    return {"parent": other} if number % 2 else {"after": [{"task": other, "type": "FS"}]}


def _some_values(row: Row, number: int) -> dict[str, Any]:
    texts = [field for field in row.tool.fields if field.type in TEXTS]
    field = texts[number % len(texts)] if texts else None
    return {field.id: f"{TEXTS[field.type]}{number}"} if field else {}


def uid_of(number: int) -> str:
    """Return a uid that differs from others in the bits that make the document id, as random ones do."""
    return f"{number:013x}" + "0" * 19


STARTS = [
    engagement(),
    engagement({
        "risks": {"7": {"name": "Inserted"}, "8": {"name": "Too"}, "9": {"name": "X", "uid": "not hex", "order": 1}},
        "steps": {
            str(number): {"uid": uid_of(number), "name": f"Step {number}", **({"parent": uid_of(parent)} if parent else {})}
            for number, parent in ((1, 0), (2, 1), (3, 1), (4, 3), (5, 6), (6, 5), (7, 99))
        },
        "unknown": {"1": {"kept": [1, {"a": None}]}},
        "engagement": {"1": {"customer": "Elsewhere", "extra": True}},
    }),
]  # fmt: skip
STEP = st.tuples(
    st.sampled_from(sorted(ACTS)),
    st.sampled_from([tool.id for tool in small_framework().tools]),
    st.integers(0, 50),
    st.integers(0, 6),
)


@given(st.sampled_from(STARTS), st.lists(STEP, max_size=12))
def test_acts_never_change_their_input_and_undo_restores_the_document(start: Engagement, steps: list[Any]) -> None:
    """Also: what was derived before and kept over a change equals what a fresh look derives."""
    seen, past = start, []
    for act, tool_id, which, number in steps:
        rows = seen.rows(tool_id)
        if not rows:
            continue
        before = copy.deepcopy(seen.document)
        try:
            change = ACTS[act](seen, rows[which % len(rows)], number)
        except (UsageError, ValueRefused):
            continue
        after = apply(seen.document, change)
        assert seen.document == before
        assert rebased(change, seen.document) == (change, ())
        assert apply(after, change.inverted()) == before
        past.append((seen.document, change))
        seen = seen.replaced(after)
        fresh = Engagement(copy.deepcopy(after), seen.framework)
        for tool in seen.framework.tools:
            assert [(row.uid, row.record, row.stored) for row in seen.rows(tool.id)] == [
                (row.uid, row.record, row.stored) for row in fresh.rows(tool.id)
            ]
    document = seen.document
    for earlier, change in reversed(past):
        document = apply(document, change.inverted())
        assert document == earlier
