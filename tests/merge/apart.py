"""Small documents and engagements that two people change apart, and their merge."""

from __future__ import annotations

from typing import Any

from pcsm_tui.domain.editing import Stamp, remove_row, set_values
from pcsm_tui.domain.engagement import Engagement, doc_id_of
from pcsm_tui.domain.values import same_value
from pcsm_tui.merge.three_way import Merge, merged
from tests.support import FILE_ID, LATER, STAMP, SUNDAY, engagement, made, with_row

UID = "a" * 32
ID = doc_id_of(UID)
CY = Stamp(at="2026-12-01T08:00:00Z", by="Cy", today=SUNDAY)
META = {"file_id": FILE_ID, "rev": "r", "n": 1, "ancestry": ["q"], "schema": 2, "min_reader": 2, "customer": "Acme"}


def of(record: dict[str, Any] | None, **tables: Any) -> dict[str, Any]:
    """Return a document with one risk, or none."""
    risks = {} if record is None else {"risks": {ID: {"uid": UID, **record}}}
    return {"_meta": {"1": dict(META)}, **risks, **tables}


def both_ways(base: Any, ours: Any, theirs: Any) -> Merge:
    """Return the merge, once it is sure that it is the same whoever merges."""
    one, other = merged(base, ours, theirs), merged(base, theirs, ours)
    assert same_value(one.document, other.document) and one.conflicts == other.conflicts
    return one


def risk(merge: Merge) -> Any:
    return {name: value for name, value in merge.document["risks"][ID].items() if name != "uid"}


def removed_and_edited() -> tuple[Engagement, Engagement, Engagement]:
    """Return an engagement with a risk, one in which it was removed, and one in which it was changed."""
    base, row = with_row(engagement(), "risks", name="Delay", likelihood=2)
    return (
        base,
        made(base, remove_row(base, row, STAMP)),
        made(base, set_values(base, row, {"likelihood": 5}, LATER)),
    )
