"""Building one sample engagement from its content, through the same acts by which a person would enter it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pcsm_tui.domain import changes, editing
from pcsm_tui.domain.changes import Change, Edit
from pcsm_tui.domain.declarations import REFERRING, FieldType, Framework, Tool
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import META, Document, Engagement, Row, derived_uid, doc_id_of
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import PcsmError
from pcsm_tui.schedule.baselines import BASELINES, taken_baseline
from pcsm_tui.schedule.plan import plan_of
from pcsm_tui.store.engagement_file import ANCESTRY, META_ID, new_document
from sample_data.making.days import SAMPLE_TODAY, spread, working_day_before

Content = dict[str, dict[str, Any]]
"""By tool: the fields of a form, or `rows`, each a table of field → text (see sample_data/README.md)."""


def read_content(folder: Path) -> Content:
    """Return what the TOML files of a folder hold together; a register may go on in a second file."""
    content: Content = {}
    for path in sorted(folder.glob("*.toml")):
        for tool_id, part in tomllib.loads(path.read_text(encoding="utf-8")).items():
            known = content.setdefault(tool_id, {})
            rows = [*known.get("rows", []), *part.get("rows", [])]
            known.update(part)
            if rows:
                known["rows"] = rows
    return content


def build(stem: str, content: Content, framework: Framework) -> Document:
    """Return the document of a sample; the same content always gives the same document.

    Raises `PcsmError` with a note naming the row for a text that its field cannot hold.
    """
    builder = _Builder(stem, content, framework)
    builder.enter_phases(content.get("phases", {}).get("rows", []))
    for tool_id, part in content.items():
        if tool_id not in ("sample", "phases", BASELINES):
            builder.enter(framework.tool(tool_id), part)
    builder.enter_references()
    for baseline in content.get(BASELINES, {}).get("rows", []):
        builder.take_baseline(baseline)
    return builder.finished()


_PLAIN = frozenset(get_args(FieldType)) - {*REFERRING}


class _Builder:
    """An engagement in the making; every act is stamped with a day that fits what it enters."""

    def __init__(self, stem: str, content: Content, framework: Framework) -> None:
        self._head = content["sample"]
        self._file_id = derived_uid("sample", stem)
        document = new_document(
            str(content["engagement"]["customer"]),
            {"name": framework.name, "version": framework.version},
            {"name": framework.playbook, "hash": framework.playbook_hash},
        )
        meta = {**document[META][META_ID], "file_id": self._file_id}
        self._engagement = Engagement({META: {META_ID: meta}}, framework)
        self._acts = 0
        self._uids: Counter[str] = Counter()
        self._referring: list[tuple[Tool, str, Mapping[str, Any]]] = []

    # --- entering ---------------------------------------------------------------------------------------------

    def enter_phases(self, rows: list[dict[str, Any]]) -> None:
        """Start and finish phases on their days; a finished one has its activities done and its criteria met."""
        for row in rows:
            number, started, finished = row["phase"], row["started"], row.get("finished")
            self._set_phase(number, "In progress", started)
            if finished is not None:
                self._finish_activities(number, started, finished)
                self._set_phase(number, "Finished", finished)
            if "notes" in row:
                phase = next(item for item in self._engagement.rows("phases") if item.get("phase") == number)
                self._set(phase, {"notes": row["notes"]}, self._stamp(finished or started, row))

    def _set_phase(self, number: int, state: str, day: date) -> None:
        uid = self._next_uid("timeline")
        self._act(editing.set_phase(self._engagement, number, state, uid, self._stamp(day, {})))

    def _finish_activities(self, number: int, started: date, finished: date) -> None:
        found = [row for row in self._engagement.rows("activities") if row.get("phase") == number]
        for activity, day in zip(found, spread(started, finished, len(found)), strict=True):
            done = {"state": "Done", "owner": self._head["person"], "due": day.isoformat(), "done_on": day.isoformat()}
            self._set(activity, done, self._stamp(day, {}))
        for criterion in self._engagement.rows("move-on"):
            if criterion.get("phase") == number:
                self._set(criterion, {"met": True}, self._stamp(finished, {}))

    def enter(self, tool: Tool, part: Mapping[str, Any]) -> None:
        """Enter the fields of a form or the rows of any other tool; references wait until all rows are there."""
        if tool.single:
            form = self._engagement.form(tool.id)
            self._set(form, self._values(tool, part), self._stamp(self._day_of(tool, part), part))
            self._referring.append((tool, form.uid, part))
            return
        for row in part["rows"]:
            try:
                self._referring.append((tool, self._enter_row(tool, row), row))
            except PcsmError as problem:
                problem.add_note(f"{tool.id}: {row}")
                raise

    def _enter_row(self, tool: Tool, content: Mapping[str, Any]) -> str:
        stamp = self._stamp(self._day_of(tool, content), content)
        values = self._values(tool, content)
        if "_key" not in content:
            uid = self._next_uid(tool.id)
            self._act(editing.add_row(self._engagement, tool, values, uid, stamp))
            return uid
        row = self._default_row(tool, content["_key"], content.get("_for"))
        if content.get("_removed"):
            self._act(editing.remove_row(self._engagement, row, stamp))
        else:
            self._set(row, values, stamp)
        return row.uid

    def enter_references(self) -> None:
        """Enter the references of every row, by the names of the rows that they mean; links, by number, come last."""
        for types in (("ref", "refs"), ("links",)):
            for tool, uid, content in self._referring:
                try:
                    values = self._values(tool, content, types)
                    if values:
                        row = self._engagement.row(tool.id, uid)
                        self._set(row, values, self._stamp(self._day_of(tool, content), content))
                except PcsmError as problem:
                    problem.add_note(f"{tool.id}: {content}")
                    raise

    def take_baseline(self, content: Mapping[str, Any]) -> None:
        """Keep the plan as it was on a day: what began later, as planned for then, or for what `was` says."""
        plan = plan_of(self._engagement)
        tables = {tool: dict(self._engagement.document[tool]) for tool in ("tasks", "plan")}
        for uid in plan.tasks:
            row, was = plan.row(uid), content["was"].get(plan.number(uid), {})
            tables["tasks"][row.doc_id] = {**self._as_planned(row, content["taken"]), **self._values(row.tool, was)}
        for doc_id, form in tables["plan"].items():
            tables["plan"][doc_id] = {name: value for name, value in form.items() if name != "status_date"}
        then = Engagement({**self._engagement.document, **tables}, self._engagement.framework)
        uid, stamp = self._next_uid(BASELINES), self._stamp(content["taken"], content)
        kept = {**taken_baseline(plan_of(then), then, content["name"], content["taken"]), "uid": uid}
        kept |= {"at": stamp.at, "by": stamp.by}
        self._act(Change("take baseline", (Edit(BASELINES, doc_id_of(uid), None, kept),)))

    def _as_planned(self, row: Row, taken: date) -> dict[str, Value]:
        """Return the record of a task as it was on a day: what was done later is not done yet."""
        begun, ended = row.get("actual_start"), row.get("actual_finish")
        if not begun or (ended and str(ended) <= taken.isoformat()):
            return dict(row.record)
        of_progress = {item.id for item in row.tool.fields if item.progress} | {row.tool.tick}
        undone = {name: value for name, value in row.record.items() if name not in of_progress}
        if str(begun) <= taken.isoformat():
            return {**undone, "actual_start": begun}
        return {**undone, "constraint": "Start no earlier than", "constraint_date": begun}

    def finished(self) -> Document:
        """Return the document, with the revisions that so many acts have left behind."""
        revisions = [derived_uid(self._file_id, "revision", str(number)) for number in range(1, self._acts + 1)]
        meta = {
            **self._engagement.meta,
            "n": self._acts,
            "rev": revisions[-1],
            "ancestry": revisions[:-1][-ANCESTRY:],
        }
        return {**self._engagement.document, META: {META_ID: meta}}

    # --- parts ------------------------------------------------------------------------------------------------

    def _values(self, tool: Tool, content: Mapping[str, Any], types: tuple[str, ...] = ()) -> dict[str, Value]:
        """Return what the texts in fields of these types mean, or in all that are no references."""
        values: dict[str, Value] = {}
        for name, text in content.items():
            if not name.startswith("_") and (tool.field(name).type in (types or _PLAIN)):
                values |= editing.typed_fields(self._engagement, tool, name, str(text), SAMPLE_TODAY)
        return values

    def _default_row(self, tool: Tool, key: str, parent: str | None) -> Row:
        for row in self._engagement.rows(tool.id):
            if row.default is not None and row.default.key == key:
                belongs_to = row.get(tool.rows_for_field) if tool.rows_for else None
                if parent is None or (belongs_to and self._engagement.label((tool.rows_for,), belongs_to) == parent):
                    return row
        raise PcsmError(f"{tool.id} has no default row {key!r} for {parent!r}.")

    def _day_of(self, tool: Tool, content: Mapping[str, Any]) -> date:
        """Return the day on which a row was last changed: its latest past date, else when its phase began."""
        if "_on" in content:
            return date.fromisoformat(str(content["_on"]))
        dates = [value for value in content.values() if isinstance(value, date)]
        past = [day for day in dates if day <= working_day_before(SAMPLE_TODAY)]
        if past:
            return max(past)
        phase = next((row for row in self._engagement.rows("phases") if row.get("phase") == tool.phase), None)
        started = phase.get("started") if phase else None
        return date.fromisoformat(started) if started else date.fromisoformat(str(self._head["begun"]))

    def _stamp(self, day: date, content: Mapping[str, Any]) -> Stamp:
        """Return a stamp in the office hours of a day; the act's number tells records of one day apart."""
        hour, minute = divmod(7 * 60 + self._acts * 37 % (10 * 60), 60)
        at = f"{day.isoformat()}T{hour:02d}:{minute:02d}:{self._acts % 60:02d}Z"
        return Stamp(at=at, by=str(content.get("_by") or self._head["person"]), today=day)

    def _next_uid(self, tool_id: str) -> str:
        self._uids[tool_id] += 1
        return derived_uid(self._file_id, "row", tool_id, str(self._uids[tool_id]))

    def _set(self, row: Row, values: Mapping[str, Value], stamp: Stamp) -> None:
        self._act(editing.set_values(self._engagement, row, values, stamp))

    def _act(self, change: Change) -> None:
        self._engagement = self._engagement.replaced(changes.apply(self._engagement.document, change))
        self._acts += 1
