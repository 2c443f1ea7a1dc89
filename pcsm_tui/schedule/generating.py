"""Work packages made of what stands in other tools of the engagement, so that nobody enters it twice.

The adoption activities of each impacted group and the steps of the onboarding work plan become work packages that
arise from them, in work streams of their own. Uids follow from what a package arises from: copies of a file that
generate apart name the same package alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.declarations import Tool
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import ORDER_STEP, Engagement, Row, derived_uid, order_of
from pcsm_tui.domain.entering import entered, known_values, was_deleted
from pcsm_tui.domain.values import Value, is_empty, problem_with, references_of
from pcsm_tui.schedule.calendar import TimeAxis
from pcsm_tui.schedule.plan import TASKS
from pcsm_tui.schedule.settings import read_settings
from pcsm_tui.schedule.work import STREAM

ADOPTION, ONBOARDING, GROUPS = "adoption-activities", "onboarding-plan", "impacted-groups"
ONBOARDING_STREAM, ALL_GROUPS = "Onboarding", "All groups"
SHORT_NAME = 60
"""The characters up to which the outcome of an onboarding phase is taken for the name of its work stream."""
_EPOCH = date(2000, 1, 3)
"""Where working days are counted from; any day would do."""


class Generated(NamedTuple):
    """What is generated, as one change, and how many sources there are of each sort."""

    change: Change
    packages: int
    """Work packages that are added."""
    streams: int
    """Work streams in which they are added."""
    present: int
    """Sources that have a work package already."""
    deleted: int
    """Sources whose work package was deleted, and that get no other."""
    unnamed: int
    """Sources without a name, which have to wait for one."""

    def __str__(self) -> str:
        """Return the same in a sentence."""
        if not any((self.packages, self.present, self.deleted, self.unnamed)):
            return "There are no adoption activities and no onboarding activities to make work packages of."
        parts = ["No work packages added"]
        if self.packages:
            parts = [f"{_counted(self.packages, 'work package')} added in {_counted(self.streams, 'work stream')}"]
        if self.present:
            parts.append(f"{self.present} {_were(self.present)} there already")
        if self.deleted:
            parts.append(f"{self.deleted} {_were(self.deleted)} deleted here and {_stay(self.deleted)} so")
        if self.unnamed:
            parts.append(f"{self.unnamed} {'has' if self.unnamed == 1 else 'have'} no name yet")
        return "; ".join(parts) + "."


def generated_plan(engagement: Engagement, stamp: Stamp) -> Generated:
    """Return the work packages that the engagement's own tools ask for and that are not in its plan, as a change.

    A source from which a task arises already gets none, whoever made that task, nor does one whose package was deleted.
    Work streams that were generated before are used, wherever they stand and whatever they are called by now; in place
    of one that was deleted, what is above it is used. Dates are taken over and never invented: the start is the earliest
    start, the due date the deadline, the working days between both the duration.
    """
    return _Generator(engagement, stamp).generated()


class _Place(NamedTuple):
    """A work stream in which a package belongs: what its uid follows from, its name, its values, and what it is in."""

    key: tuple[str, ...]
    name: str
    group: str = ""
    above: _Place | None = None


class _Generator:
    def __init__(self, engagement: Engagement, stamp: Stamp) -> None:
        self._engagement, self._stamp = engagement, stamp
        self._tool = engagement.framework.tool(TASKS)
        rows = engagement.rows(TASKS)
        self._there = {row.uid for row in rows}
        self._served = {uid for row in rows for uid in _sources_of(row)}
        self._last: dict[str, int] = {}
        self._streams: dict[tuple[str, ...], str] = {}
        self._edits: list[Edit] = []
        self._axis = TimeAxis(read_settings(engagement).calendar, _EPOCH)

    def generated(self) -> Generated:
        counts = dict.fromkeys(("added", "present", "deleted", "unnamed"), 0)
        streams: set[str] = set()
        for source, place in (*self._onboarding(), *self._adoption()):
            uid = self._uid(source.uid)
            if source.uid in self._served or uid in self._there:
                counts["present"] += 1
            elif was_deleted(self._engagement, self._tool, uid):
                counts["deleted"] += 1
            elif is_empty(_sound(source, source.tool.title_field.id)):
                counts["unnamed"] += 1
            else:
                counts["added"] += 1
                stream = self._stream(place)
                streams |= {stream}
                self._enter(uid, self._package(source), stream)
        change = Change(f"generate {_counted(counts['added'], 'work package')}", tuple(self._edits))
        return Generated(change, counts["added"], len(streams), counts["present"], counts["deleted"], counts["unnamed"])

    # --- sources ----------------------------------------------------------------------------------------------

    def _rows(self, tool_id: str) -> list[Row]:
        known = self._engagement.framework.has_tool(tool_id)
        return [row for row in self._engagement.rows(tool_id) if row.stored] if known else []

    def _onboarding(self) -> Iterator[tuple[Row, _Place]]:
        """Yield the steps of the onboarding work plan by phase, each with its work stream."""
        whole = _Place(("onboarding",), ONBOARDING_STREAM)
        phases: dict[int, list[Row]] = {}
        for row in self._rows(ONBOARDING):
            phases.setdefault(_sound(row, "phase") or 1, []).append(row)
        for number, rows in sorted(phases.items()):
            outcome = next((str(text) for row in rows if (text := _sound(row, "phase_outcome"))), "").strip()
            short = outcome and "\n" not in outcome and len(outcome) <= SHORT_NAME
            name = outcome if short else f"Onboarding phase {number}"
            yield from ((row, _Place((*whole.key, str(number)), name, "", whole)) for row in rows)

    def _adoption(self) -> Iterator[tuple[Row, _Place]]:
        """Yield the adoption activities by group and type, each with its work stream; those of no group at the end."""
        groups = {row.uid: self._engagement.title(row) for row in self._rows(GROUPS)}
        found: dict[str, list[Row]] = {uid: [] for uid in (*groups, "")}
        for row in self._rows(ADOPTION):
            group = _sound(row, "impacted_group")
            found[group if group in groups else ""].append(row)
        for uid, rows in found.items():
            key = ("group", uid) if uid else ("all groups",)
            whole = _Place(key, groups.get(uid, ALL_GROUPS), uid)
            types = _types(rows)
            for row in sorted(rows, key=lambda row: types.index(_sound(row, "type"))):
                kind = _sound(row, "type")
                apart = kind is not None and len(set(types) - {None}) > 1
                yield row, _Place((*key, kind), kind, "", whole) if apart else whole

    # --- rows -------------------------------------------------------------------------------------------------

    def _uid(self, *key: str) -> str:
        return derived_uid(self._engagement.file_id, TASKS, *key)

    def _stream(self, place: _Place) -> str:
        """Return the uid of a work stream, made if it was never there; where it was deleted, of the one above."""
        if place.key not in self._streams:
            above = self._stream(place.above) if place.above else ""
            uid = self._uid("stream", *place.key)
            if uid not in self._there and was_deleted(self._engagement, self._tool, uid):
                uid = above
            elif uid not in self._there:
                self._enter(uid, {"name": place.name, "kind": STREAM, "impacted_group": place.group}, above)
            self._streams[place.key] = uid
        return self._streams[place.key]

    def _enter(self, uid: str, values: dict[str, Value], parent: str) -> None:
        """Add a row below a parent, behind those that stand there."""
        if parent not in self._last:
            siblings = self._engagement.outline(TASKS).children(parent) if not parent or parent in self._there else ()
            self._last[parent] = max((order_of(row.record) for row in siblings), default=0)
        self._last[parent] += ORDER_STEP
        values = known_values(self._tool, {**values, self._tool.outline: parent})
        self._edits += entered(self._engagement, self._tool, uid, values, self._last[parent], self._stamp)

    def _package(self, source: Row) -> dict[str, Value]:
        """Return the values of a work package that arises from a source."""
        start, due = (str(_sound(source, name) or "")[:10] for name in (source.tool.start, source.tool.due))
        group, phase = (self._reference(source, name) for name in ("impacted_group", "adoption_phase"))
        outcome = str(_sound(source, "outcome") or "")
        return {
            "name": _sound(source, source.tool.title_field.id),
            "owner": _sound(source, source.tool.owner),
            "deliverable": outcome if "\n" not in outcome else None,
            "impacted_group": group,
            "adoption_phase": phase,
            "budget": _sound(source, "cost"),
            "arises_from": [source.uid],
            "duration": self._between(start, due),
            "constraint": "Start no earlier than" if start else None,
            "constraint_date": start,
            "deadline": due,
        } | ({"state": "Done"} if source.done else {})

    def _reference(self, source: Row, name: str) -> Value:
        """Return the uid in a reference field of a source, as long as it means a row."""
        uid = _sound(source, name)
        return uid if uid and self._engagement.find(source.tool.field(name).to, uid) else None

    def _between(self, start: str, due: str) -> int | None:
        """Return the working minutes of the days from start to due, both included; None when there are none."""
        if not start or not due:
            return None
        minutes = self._axis.close_of(date.fromisoformat(due)) - self._axis.opening_of(date.fromisoformat(start))
        return minutes if minutes > 0 else None


def _types(rows: list[Row]) -> list[str | None]:
    """Return the types of activities that occur among rows, in the order in which they are declared, none last."""
    found = {_sound(row, "type") for row in rows}
    declared = _declared_types(rows[0].tool) if rows else []
    return [*(kind for kind in declared if kind in found), None]


def _declared_types(tool: Tool) -> list[str]:
    return [choice.id for choice in tool.field("type").choices] if tool.has("type") else []


def _sources_of(task: Row) -> tuple[str, ...]:
    if not task.tool.has("arises_from"):
        return ()
    return references_of(task.tool.field("arises_from"), task.get("arises_from"))


def _sound(row: Row, name: str) -> Value:
    """Return the value of a field; None when it is empty or damaged, or when a playbook dropped the field."""
    value = row.get(name)
    if is_empty(value) or not row.tool.has(name) or problem_with(row.tool.field(name), value):
        return None
    return value


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _stay(count: int) -> str:
    return "stays" if count == 1 else "stay"
