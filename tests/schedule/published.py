"""Plans with the results that others computed, read from `published/*.toml`, and the engagements made of them.

A file names its `source` and holds `[[plans]]`; a plan may name a source of its own. Its `tasks` are keyed by the id that
links are written with (`after = "3FS+2d, 4"`); every other key of a task is a field of the work breakdown structure,
durations being in the plan's `unit` (days) unless written as text. `plan` and `calendar` hold further fields of those
tools. `expected` holds `length`, `finish`, `critical`, `critical_paths` and a table: what its `columns` are, task by task.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pcsm_tui.domain.engagement import ORDER_STEP, Engagement, doc_id_of
from pcsm_tui.domain.plan import ELAPSED_MINUTES
from pcsm_tui.domain.quantities import MINUTES, read_duration
from tests.insight.whole import whole_framework
from tests.support import empty_document

FOLDER = Path(__file__).with_name("published")
MONDAY = date(2026, 11, 30)
"""Where a plan starts that does not say: the source counts days and knows no calendar."""
HOURS = "08:00-12:00, 13:00-17:00"
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), HOURS) | {"saturday": "", "sunday": ""}
_ELAPSED = re.compile(r"(\d+)e(h|d|w)")
_LINK = r"(FS|SS|FF|SF)?\s*([+-].+)?"
_OURS = ("after", "estimates")
"""Keys of a task that are no fields."""
_DURATIONS = ("duration", "remaining_duration", "critical_float", "near_critical")


class Published(NamedTuple):
    """One plan with its expected results."""

    name: str
    source: str
    unit: str
    engagement: Engagement
    expected: Mapping[str, Any]
    tasks: Mapping[str, Mapping[str, Any]]

    def minutes(self, amount: float) -> int:
        """Return an amount of the plan's unit in working minutes."""
        return round(amount * MINUTES[self.unit])

    def duration_of(self, fields: Mapping[str, Any]) -> int | dict[str, int]:
        """Return the duration of a task as it is stored."""
        return _duration(fields["duration"], self.unit)


def published_plans() -> Iterator[Published]:
    """Yield every plan of every file."""
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for plan in data["plans"]:
            source = plan.get("source", data["source"])
            unit = plan.get("unit", "d")
            name = f"{path.stem}: {plan['title']}"
            yield Published(name, source, unit, engagement_of(plan, unit), plan["expected"], plan["tasks"])


def engagement_of(plan: Mapping[str, Any], unit: str = "d") -> Engagement:
    """Return the engagement whose plan this is; the uid of a task is its id."""
    tasks = plan["tasks"]
    records = [task_record(uid, place, fields, unit, tasks) for place, (uid, fields) in enumerate(tasks.items())]
    settings = {"start": plan.get("start", MONDAY).isoformat(), **WEEK, **_fields(plan.get("plan", {}), unit)}
    return engagement_with(records, settings, plan.get("calendar", ()))


def engagement_with(tasks: list[dict[str, Any]], settings: Mapping[str, Any], exceptions: Any = ()) -> Engagement:
    """Return the engagement with these records of tasks, these settings of the plan and these exceptions."""
    calendar = [{"uid": f"exception {place}", "order": place, **item} for place, item in enumerate(exceptions)]
    document = {
        **empty_document(),
        "tasks": {doc_id_of(record["uid"]): record for record in tasks},
        "plan": {"1": {"uid": "plan", **settings}},
        "calendar": {doc_id_of(record["uid"]): record for record in calendar},
    }
    return Engagement(document, whole_framework())


def task_record(
    uid: str, place: int, fields: Mapping[str, Any], unit: str = "d", known: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the record of a task from its fields as they are written in a file."""
    record = {"uid": uid, "order": place * ORDER_STEP, "name": uid, "kind": "Work package", "state": "Open"}
    record |= _fields({name: value for name, value in fields.items() if name not in _OURS}, unit)
    if "after" in fields:
        record["predecessors"] = read_links(fields["after"], known or {})
    return record


def read_links(text: str, known: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return links as they are stored from links as planners write them."""
    ids = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    links = []
    for part in text.split(","):
        match = re.fullmatch(rf"({ids})\s*{_LINK}", part.strip())
        assert match, f"{part!r} is no link to a task of this plan"
        link = {"task": match[1], "type": match[2] or "FS"}
        links.append({**link, "lag": match[3].removeprefix("+")} if match[3] else link)
    return links


def _fields(fields: Mapping[str, Any], unit: str) -> dict[str, Any]:
    return {name: _duration(value, unit) if name in _DURATIONS else value for name, value in fields.items()}


def _duration(value: float | str, unit: str) -> int | dict[str, int]:
    if not isinstance(value, str):
        return round(value * MINUTES[unit])
    elapsed = _ELAPSED.fullmatch(value)
    return {"elapsed": int(elapsed[1]) * ELAPSED_MINUTES[elapsed[2]]} if elapsed else read_duration(value)


def same_moment(found: datetime, expected: str) -> bool:
    """Return whether a moment is the expected one, or lies on the expected day."""
    return found.isoformat(timespec="minutes").startswith(expected)
