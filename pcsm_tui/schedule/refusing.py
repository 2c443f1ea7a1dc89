"""What no act may make of a plan: tasks that wait in a circle, or for what they are part of; days that run backwards."""

from __future__ import annotations

from collections.abc import Mapping

from pcsm_tui.domain import changes
from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import ValueRefused
from pcsm_tui.schedule.plan import TASKS, plan_of

_WIRING = ("predecessors", "parent")
_CALENDAR = "calendar"


def refuse_circles(engagement: Engagement, change: Change) -> None:
    """Raise `ValueRefused` when a change would let tasks wait in a circle, naming it whole, or for their own parts.

    What was so before, in a file that others wrote, is not held against the change.
    """
    if not any(edit.table == TASKS and _rewires(edit) for edit in change.edits):
        return
    before, after = plan_of(engagement), plan_of(engagement.replaced(changes.apply(engagement.document, change)))
    for circle in after.circles:
        if circle not in before.circles:
            raise ValueRefused(
                f"Then tasks would wait for each other in a circle: {circle}.", "Take one of these links away first."
            )
    wrong = {problem.uid for problem in before.problems}
    for problem in after.problems:
        if problem.uid and problem.uid not in wrong:
            raise ValueRefused(f"Then {problem.text}", "Link it with what comes before or after.")


def refuse_backwards(change: Change) -> None:
    """Raise `ValueRefused` when a change would let an exception of the calendar end before it begins."""
    for edit in change.edits:
        before, after = edit.before or {}, edit.after or {}
        if any(before.get(name) != after.get(name) for name in ("from", "to")):
            refuse_backwards_row(edit.table, after)


def refuse_backwards_row(table: str, record: Mapping[str, Value]) -> None:
    """Raise `ValueRefused` for an exception of the calendar that ends before it begins."""
    first, last = record.get("from"), record.get("to")
    if table == _CALENDAR and isinstance(first, str) and isinstance(last, str) and last < first:
        raise ValueRefused(f"It would end on {last} and begin on {first}.", "Exchange the dates.")


def _rewires(edit: Edit) -> bool:
    """Return whether an edit changes what a task waits for, or where it stands; taking a task away never harms."""
    if edit.after is None:
        return False
    before = edit.before or {}
    return any(before.get(name) != edit.after.get(name) for name in _WIRING)
