"""The start of a plan that has none: the day on which its first task comes.

Without one, the start would follow from whatever dates come later, and the whole plan would move with one of them.
"""

from __future__ import annotations

from pcsm_tui.domain import editing
from pcsm_tui.domain.changes import Change
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import Engagement, Record
from pcsm_tui.domain.values import is_empty
from pcsm_tui.schedule.plan import TASKS

_PLAN = "plan"
_DATES = ("constraint_date", "actual_start", "actual_finish")


def with_start(engagement: Engagement, change: Change, stamp: Stamp) -> Change:
    """Return a change that adds the first tasks of a plan with that day as the plan's start; any other as it is.

    Tasks that come with dates of their own say by them when the plan starts, and so does a change of the plan's form.
    """
    added = [edit.after for edit in change.edits if edit.table == TASKS and edit.before is None and edit.after]
    if not added or engagement.document.get(TASKS) or any(edit.table == _PLAN for edit in change.edits):
        return change
    form = engagement.form(_PLAN)
    if not is_empty(form.get("start")) or any(_is_dated(record) for record in added):
        return change
    started = editing.set_values(engagement, form, {"start": stamp.today.isoformat()}, stamp)
    return Change(change.label, (*change.edits, *started.edits))


def _is_dated(record: Record) -> bool:
    return any(not is_empty(record.get(name)) for name in _DATES)
