"""An engagement: the document of a file, seen through the framework's declarations.

The document is what the file holds, table by table, unknown parts included, and is never changed in place. Default
rows of checklists are seen here as rows like any others, though they enter the document only when first changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar, cast

from pcsm_tui.domain import computed, naming
from pcsm_tui.domain.declarations import DefaultRow, Field, Framework, Tool
from pcsm_tui.domain.outline import Outline
from pcsm_tui.domain.values import Value, is_empty, problem_with, references_of, same_value, show_value
from pcsm_tui.errors import UsageError

T = TypeVar("T")
ALL_OF_IT = 1000
"""A percentage of 100, in tenths."""
Record = Mapping[str, Value]
Document = Mapping[str, Mapping[str, Record]]

META = "_meta"
GONE = "~gone"
ORDER_STEP = 1 << 20
"""The distance in `order` between rows that stand next to each other, so that others fit between them."""
_UNORDERED = 1 << 51
_FURTHEST = 1 << 52
_HEAD = re.compile(r"[0-9a-f]{13}")


def doc_id_of(uid: str) -> str:
    """Return the TinyDB document id of a record: the first 52 bits of its uid, in decimal.

    A uid that is not hexadecimal, as other programs may write them, stands for itself by its digest.
    """
    head = uid[:13] if _HEAD.match(uid) else derived_uid(uid)[:13]
    return str(int(head, 16))


def derived_uid(*parts: str) -> str:
    """Return the uid that these parts always give: copies of a file made apart name the same default row alike."""
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def uid_of(document: Document, table: str, doc_id: str) -> str:
    """Return the uid of a record; one that other programs inserted without any has one that follows from its place."""
    uid = document[table][doc_id].get("uid")
    if isinstance(uid, str) and uid:
        return uid
    meta = next(iter(document.get(META, {}).values()), {})
    return derived_uid(str(meta.get("file_id", "")), table, doc_id)


def order_of(record: Record) -> int:
    """Return the place of a record among others; one without a usable `order` stands behind all that have one."""
    order = record.get("order")
    return order if type(order) is int and abs(order) <= _FURTHEST else _UNORDERED


@dataclass(frozen=True, eq=False)
class Row:
    """One row of a tool: a record of the file, or a default row that is not in it yet.

    `doc_id` is the document id under which the record stands, or will stand.
    """

    tool: Tool
    uid: str
    doc_id: str
    record: Record
    stored: bool
    default: DefaultRow | None = None

    def get(self, field_id: str) -> Value:
        """Return the value that the row holds in a field; None when empty. Computed fields hold none."""
        return self.record.get(field_id)

    @cached_property
    def place(self) -> tuple[int, str, int]:
        """Where the row stands among the others of its tool: by `order`, and those of one order by when they came."""
        return (order_of(self.record), str(self.record.get("at", "")), int(self.doc_id))

    @property
    def help(self) -> str:
        """The guidance that belongs to a default row."""
        return self.default.help if self.default else ""

    @property
    def done(self) -> bool:
        """Whether the row's tick says that it is done."""
        return is_done(self.tool, self.record)

    def date(self, field_id: str) -> str:
        """Return the day (ISO) in a date field; empty when there is none, or none that can be read."""
        return day_in(self.tool.field(field_id), self.get(field_id))


def day_in(field: Field, value: Value) -> str:
    """Return the day (ISO) in a value of a date field; empty when there is none, or none that can be read."""
    return "" if is_empty(value) or problem_with(field, value) else str(value)[:10]


def is_done(tool: Tool, record: Record) -> bool:
    """Return whether a record of a tool counts as done: by its tick, or by another field that says so."""
    return any(says_done(tool.field(name), record.get(name)) for name in (tool.tick, *tool.done_by) if name)


def says_done(field: Field, value: Value) -> bool:
    """Return whether a value means that a row is done: yes, a choice that means it, a date that is there, 100 %."""
    if value is None:
        return False
    if field.type == "date":
        return bool(day_in(field, value))
    if field.type == "percent":
        return same_value(value, ALL_OF_IT)
    if field.type == "yes_no":
        return value is True
    choice = field.choice(value)
    return choice is not None and choice.done


@dataclass(frozen=True, eq=False)
class Engagement:
    """A document seen through a framework; both are left as they are."""

    document: Document
    framework: Framework
    _rows: dict[str, tuple[Row, ...]] = field(default_factory=dict, repr=False)
    _outlines: dict[str, Outline] = field(default_factory=dict, repr=False)
    _carried: dict[str, object] = field(default_factory=dict, repr=False)

    def replaced(self, document: Document) -> Engagement:
        """Return the same engagement with another document, keeping what was derived from tables left alike."""
        kept = {
            tool_id: rows
            for tool_id, rows in self._rows.items()
            if all(document.get(name) is self.document.get(name) for name in self._depends_on(tool_id))
        }
        outlines = {tool_id: outline for tool_id, outline in self._outlines.items() if tool_id in kept}
        return Engagement(document, self.framework, kept, outlines, self._carried)

    def _depends_on(self, tool_id: str) -> tuple[str, ...]:
        tool = self.framework.tool(tool_id)
        facts = "engagement" if any(item.default_from for item in tool.fields) else ""
        return tuple(name for name in (tool_id, GONE, tool.rows_for, facts) if name)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gave the first time that this key was asked for: an engagement never changes."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast("T", self._kept[key])

    @cached_property
    def _kept(self) -> dict[Hashable, object]:
        return {}

    def carried(self, key: str, make: Callable[[T | None], T]) -> T:
        """Return what `make` gives, told what it gave last for a version of this engagement, if any.

        What was derived at some cost from the version before is thus at hand when the next one is derived; `make` has
        to tell by itself what of it still holds.
        """

        def made() -> T:
            latest = make(cast("T | None", self._carried.get(key)))
            self._carried[key] = latest
            return latest

        return self.once(key, made)

    # --- what the file says of itself -------------------------------------------------------------------------

    @property
    def meta(self) -> Record:
        """The file's own record: format, file_id, schema, rev, customer."""
        return next(iter(self.document.get(META, {}).values()), {})

    @property
    def file_id(self) -> str:
        """The identity of the engagement, kept by all its copies."""
        return str(self.meta.get("file_id", ""))

    @property
    def name(self) -> str:
        """The customer's name, or the file's own if none was entered."""
        form = self.form("engagement") if self.framework.has_tool("engagement") else None
        return str((form and form.get("customer")) or self.meta.get("customer") or "Unnamed customer")

    # --- rows -------------------------------------------------------------------------------------------------

    def rows(self, tool_id: str) -> tuple[Row, ...]:
        """Return the rows of a tool in their order: those of the file and the default ones not yet in it.

        Rows that form a tree stand in the order of its outline. Raises `UsageError` for a tool that is not declared.
        """
        if tool_id not in self._rows:
            tool = self.framework.tool(tool_id)
            rows = tuple(sorted(self._found_rows(tool), key=_PLACE))
            if tool.outline:
                self._outlines[tool_id] = self._made_outline(tool, rows)
                rows = self._outlines[tool_id].rows
            self._rows[tool_id] = rows
        return self._rows[tool_id]

    def outline(self, tool_id: str) -> Outline:
        """Return the tree of a tool's rows; raises `UsageError` for a tool whose rows form none."""
        tool = self.framework.tool(tool_id)
        if not tool.outline:
            raise UsageError(f"The rows of {tool.name} form no outline.")
        self.rows(tool_id)
        return self._outlines[tool_id]

    def _made_outline(self, tool: Tool, rows: tuple[Row, ...]) -> Outline:
        def made(before: Outline | None) -> Outline:
            return Outline(rows, tool.outline, before)

        return self.carried(f"outline {tool.id}", made)

    def is_summary(self, row: Row) -> bool:
        """Return whether other rows stand below a row in the outline of its tool."""
        return bool(row.tool.outline) and self.outline(row.tool.id).has_below(row.uid)

    def _found_rows(self, tool: Tool) -> list[Row]:
        """Return the rows of the file, and the default ones that are neither in it nor removed."""
        declared = list(self._declared_rows(tool))
        defaults = {uid: default for uid, default, _ in declared}
        table, gone = self.document.get(tool.id, {}), self.document.get(GONE, {})
        rows = list(self._stored_rows(tool, defaults).values())
        if tool.single and rows:
            return rows
        hidden = {row.uid for row in rows} if declared else ()
        for uid, default, record in declared:
            doc_id = doc_id_of(uid)
            if uid not in hidden and doc_id not in table and (tool.single or doc_id not in gone):
                rows.append(Row(tool, uid, doc_id, record, False, default))
        return rows

    def _stored_rows(self, tool: Tool, defaults: Mapping[str, DefaultRow]) -> dict[str, Row]:
        """Return the rows of the file by their doc id; those that have not changed are the same as before."""
        table = self.document.get(tool.id, {})

        def row_of(doc_id: str, record: Record) -> Row:
            uid = uid_of(self.document, tool.id, doc_id)
            return Row(tool, uid, doc_id, record, True, defaults.get(uid))

        def made(before: dict[str, Row] | None) -> dict[str, Row]:
            known = before or {}
            rows = {}
            for doc_id, record in table.items():
                row = known.get(doc_id)
                same = row is not None and row.record is record and row.tool is tool
                rows[doc_id] = row if same and row is not None else row_of(doc_id, record)
            return rows

        return self.carried(f"rows {tool.id}", made)

    def _declared_rows(self, tool: Tool) -> Iterator[tuple[str, DefaultRow, Record]]:
        """Yield uid, declaration and starting values of every default row, whether in the file or not."""
        if tool.single:
            uid = derived_uid(self.file_id, tool.id)
            yield uid, DefaultRow(key="form"), _starting(tool, self._known_facts(tool), ORDER_STEP)
            return
        position = 0
        for default in tool.rows:
            if tool.rows_for and default.values.get(tool.rows_for_field) != "":
                continue
            position += 1
            values = {key: value for key, value in default.values.items() if key != tool.rows_for_field}
            yield (
                derived_uid(self.file_id, tool.id, default.key),
                default,
                _starting(tool, values, position * ORDER_STEP),
            )
        if not tool.rows_for:
            return
        for parent in self.rows(tool.rows_for):
            for default in tool.rows:
                if default.values.get(tool.rows_for_field) == "":
                    continue
                position += 1
                values = {**default.values, tool.rows_for_field: parent.uid}
                uid = derived_uid(self.file_id, tool.id, default.key, parent.uid)
                yield uid, default, _starting(tool, values, position * ORDER_STEP)

    def _known_facts(self, tool: Tool) -> dict[str, Value]:
        """Return what the engagement form already says for the fields of another form."""
        wanted = {item.id: item.default_from for item in tool.fields if item.default_from}
        facts = self.form("engagement") if wanted else None
        return {name: facts.get(source) for name, source in wanted.items() if facts and facts.get(source)}

    def row(self, tool_id: str, uid: str) -> Row:
        """Return the row of a tool with this uid, or with the one uid that begins so.

        Raises `UsageError` naming the tool when there is none, or more than one.
        """
        rows = self.rows(tool_id)
        found = self._index(tool_id).get(uid)
        if found is not None:
            return found
        begun = [row for row in rows if len(uid) >= 4 and row.uid.startswith(uid)]
        if len(begun) == 1:
            return begun[0]
        if begun:
            raise UsageError(f"{len(begun)} rows of {tool_id} begin with {uid!r}.", "Write more of the uid.")
        raise UsageError(f"{tool_id} has no row {uid!r}.", f"`pcsm show FILE {tool_id} --json` lists the uids.")

    def _index(self, tool_id: str) -> dict[str, Row]:
        if tool_id not in self._indexes:
            self._indexes[tool_id] = {row.uid: row for row in self.rows(tool_id)}
        return self._indexes[tool_id]

    @cached_property
    def _indexes(self) -> dict[str, dict[str, Row]]:
        return {}

    def number(self, row: Row) -> int:
        """Return the running number of a row in its tool, from 1."""
        if row.tool.id not in self._numbers:
            self._numbers[row.tool.id] = {other.uid: place for place, other in enumerate(self.rows(row.tool.id), 1)}
        return self._numbers[row.tool.id].get(row.uid, 0)

    @cached_property
    def _numbers(self) -> dict[str, dict[str, int]]:
        return {}

    def form(self, tool_id: str) -> Row:
        """Return the one row of a form or document; of several that others inserted, the one made by this program."""
        own = derived_uid(self.file_id, tool_id)
        return self._index(tool_id).get(own) or self.rows(tool_id)[0]

    def find(self, tool_ids: tuple[str, ...], uid: str) -> Row | None:
        """Return the row with this uid in one of these tools, or None."""
        for tool_id in tool_ids:
            if row := self._index(tool_id).get(uid):
                return row
        return None

    def phase(self, number: Value) -> Row | None:
        """Return the row that holds the state of a phase; None when it was removed, or there is no such phase."""
        return next((row for row in self.rows("phases") if same_value(row.get("phase"), number)), None)

    # --- values -----------------------------------------------------------------------------------------------

    def value(self, row: Row, field_id: str) -> Value:
        """Return the value of a field of a row, computed ones included."""
        declared = row.tool.field(field_id)
        if declared.computed is None:
            return row.get(field_id)
        return computed.compute(self, row, declared)

    def show(self, row: Row, field_id: str) -> str:
        """Return the value of a field of a row as it is shown, and as it can be typed again."""
        declared = row.tool.field(field_id)
        if declared.computed is not None:
            return show_value(computed.result_field(row.tool, declared), self.value(row, field_id))
        value = row.get(field_id)
        if is_empty(value):
            return ""
        return show_value(declared, value, lambda uid: self.referred(declared, uid))

    def date(self, row: Row, field_id: str) -> str:
        """Return the day (ISO) in a date field of a row, computed or not; empty when there is none that can be read."""
        declared = row.tool.field(field_id)
        shown = declared if declared.computed is None else computed.result_field(row.tool, declared)
        return day_in(shown, self.value(row, field_id))

    def done(self, row: Row) -> bool:
        """Return whether a row is done; one that others stand below is when all of those are (framework, P5: WBS)."""
        if not self.is_summary(row):
            return row.done
        outline = self.outline(row.tool.id)
        return all(below.done for below in outline.below(row.uid) if not outline.has_below(below.uid))

    def late(self, row: Row, today: str) -> bool:
        """Return whether a row was to be done before a day (ISO) and is not; what others stand below is not due itself."""
        if not row.stored or row.done or not row.tool.due or self.is_summary(row):
            return False
        return "" < self.date(row, row.tool.due) < today

    def title(self, row: Row) -> str:
        """Return what names a row to people; never empty."""
        return self.show(row, row.tool.title_field.id) or f"(unnamed {row.tool.row_name})"

    def label(self, tool_ids: tuple[str, ...], uid: str) -> str:
        """Return what names the row that a reference means, or says that it is gone."""
        found = self.find(tool_ids, uid)
        return self.title(found) if found else f"(removed {uid[:6]})"

    def referred(self, reference: Field, uid: str) -> str:
        """Return what stands for a row in a field that refers to it: in links its outline number, else its name."""
        if reference.type == "links":
            for tool_id in reference.to:
                if self.framework.tool(tool_id).outline and (number := self.outline(tool_id).number(uid)):
                    return number
        return self.label(reference.to, uid)

    def resolve(self, reference: Field, text: str) -> str:
        """Return the uid that a text typed in a reference field means; raises `ValueRefused` (see `domain.naming`)."""
        return naming.resolve(self, reference, text)

    def problems(self, row: Row) -> dict[str, str]:
        """Return, by field, why a stored value does not fit; dangling references included."""
        found: dict[str, str] = {}
        for declared in row.tool.fields:
            value = row.get(declared.id)
            if reason := problem_with(declared, value):
                found[declared.id] = reason
            else:
                gone = [uid for uid in references_of(declared, value) if self.find(declared.to, uid) is None]
                if gone:
                    found[declared.id] = f"refers to {gone[0]!r}, which is not a row of {' or '.join(declared.to)}"
        return found

    def missing(self, row: Row) -> tuple[Field, ...]:
        """Return the required fields of a row that are empty; of one that others stand below, only its name counts."""
        if self.is_summary(row):
            return (row.tool.title_field,) if is_empty(row.get(row.tool.title_field.id)) else ()
        return tuple(item for item in row.tool.fields if item.required and is_empty(self.value(row, item.id)))

    def measured(self) -> Mapping[str, list[tuple[str, int]]]:
        """Return every series of measurements by the uid of what is measured: ISO date and value, oldest first."""
        return self.once("measured", lambda: computed.measured_series(self))

    def people(self) -> tuple[str, ...]:
        """Return every name that stands in a person field or names a stakeholder, sorted: for completion."""
        return naming.people(self)


def _starting(tool: Tool, values: dict[str, Any], order: int) -> Record:
    """Return the values that a default row starts with; dates such as "today" stay empty until it is stored."""
    start = {item.id: item.default for item in tool.fields if item.default is not None and item.type != "date"}
    return {**start, **values, "order": order}


_PLACE = attrgetter("place")
