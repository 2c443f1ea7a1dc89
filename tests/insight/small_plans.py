"""Small plans whose dates are worked out by hand.

All start on Monday, 16 November 2026, and are read on Sunday, 15 November: a task of five days takes the week.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pcsm_tui.schedule.plan import Plan, plan_of
from tests.schedule.published import engagement_of

TODAY = date(2026, 11, 15)
START = date(2026, 11, 16)
Tasks = Mapping[str, Mapping[str, Any]]


def planned(tasks: Tasks, **settings: Any) -> Plan:
    """Return the plan of tasks by id, as `tests.schedule.published` has them; a task is called by its id."""
    return plan_of(engagement_of({"tasks": tasks, "start": START, "plan": settings}))


PAIR: Tasks = {"Ready": {"duration": 3}, "Train": {"duration": 2}}
STREAMS: Tasks = {
    "Prepare": {"kind": "Work stream"},
    "Rooms": {"duration": 2, "parent": "Prepare"},
    "Slides": {"duration": 3, "parent": "Prepare"},
    "Dispatchers": {"kind": "Work stream", "after": "Prepare"},
    "Cohort A": {"duration": 1, "parent": "Dispatchers"},
    "Cohort B": {"duration": 4, "parent": "Dispatchers"},
    "Wrap up": {"duration": 1, "after": "Prepare"},
}
SIDEWAY: Tasks = {
    "Build": {"duration": 5},
    "E-learning": {"duration": 1},
    "Test": {"duration": 2, "after": "E-learning"},
    "Survey": {"duration": 4},
    "Check": {"duration": 1, "after": "E-learning,Survey"},
    "Open": {"duration": 3, "after": "Build"},
}
"""Build and Open take eight days; the others end after three and after five."""
