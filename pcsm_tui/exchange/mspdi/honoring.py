"""Whether the constraints of a file hold its tasks against their predecessors, as its own dates show it.

MS Project writes HonorConstraints as 0 into every file, whatever is set in the project: what is set there by default is
that tasks honor their constraints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pcsm_tui.exchange.imported import ImportedTask
from pcsm_tui.exchange.mspdi.tasks import Span
from pcsm_tui.exchange.mspdi.units import FINISH_CONSTRAINTS
from pcsm_tui.schedule.calendar import TimeAxis
from pcsm_tui.schedule.settings import as_finish, as_start
from pcsm_tui.schedule.work import NOT_NEEDED, moment

HOLDING = ("Must start on", "Must finish on", "Start no later than", "Finish no later than")
"""Constraints that hold a task on its date against everything, where constraints are honored, the start of the plan too."""


def honored_in(tasks: Sequence[ImportedTask], spans: Mapping[str, Span], axis: TimeAxis) -> bool | None:
    """Return whether constraints are honored by the dates of the tasks; None when no date shows it.

    They are where a task keeps to its date though a predecessor finishes only after its start, and are not where a task
    is late for its date. The first counts for more: a calendar of its own can make a task late too, but nothing else
    lets it start before its predecessor has finished. What has begun shows nothing, as it stands where it began.
    """
    known = {
        task.key: spans[task.key] for task in tasks if task.key in spans and task.values.get("state") != NOT_NEEDED
    }
    bound = [
        task
        for task in tasks
        if task.key in known
        and task.values.get("constraint") in HOLDING
        and not (known[task.key].begun or known[task.key].finished)
    ]
    late = {task.key for task in bound if _is_late(task, known[task.key], axis)}
    if any(_overtakes(task, known, axis) for task in bound if task.key not in late):
        return True
    return False if late else None


def _is_late(task: ImportedTask, span: Span, axis: TimeAxis) -> bool:
    """Return whether a task starts, or finishes, after the date of its constraint."""
    when = moment(task.values["constraint_date"])
    assert when is not None, "constraints without a date are left out"
    if task.values["constraint"] in FINISH_CONSTRAINTS:
        return axis.offset_of(span.finish) > axis.offset_of(as_finish(when))
    return axis.offset_of(span.start) > axis.offset_of(as_start(when))


def _overtakes(task: ImportedTask, spans: Mapping[str, Span], axis: TimeAxis) -> bool:
    """Return whether a task starts before one has finished for which it waits without a lead."""
    start = axis.offset_of(spans[task.key].start)
    waits = (link.predecessor for link in task.links if link.type == "FS" and not link.lag.startswith("-"))
    return any(key in spans and axis.offset_of(spans[key].finish) > start for key in waits)
