"""Plans as CSV: read from any planner or spreadsheet, written so that they can be read back as the same schedule.

`id`, `name`, `duration` and `predecessors` make a plan: durations `5d`, `4h`, `2w`, `3ed`, a bare number for days;
predecessors as MS Project writes them: `3`, `3FS+2d`, `5SS-1d;7FF`. A file with a column `constraint` says itself what
binds its tasks, as our exports do; in any other a start binds a task that waits for nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.links import read_links
from pcsm_tui.domain.plan import PlanTask, show_elapsed, show_link
from pcsm_tui.domain.quantities import MINUTES, show_decimal, show_duration, show_money
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import ValueRefused, cut
from pcsm_tui.exchange.csv_table import cell_text
from pcsm_tui.exchange.imported import ImportedLink, ImportedPlan, ImportedTask, Progress, checked, file_bytes, named
from pcsm_tui.exchange.mspdi.units import CONSTRAINTS, UNDATED_CONSTRAINTS
from pcsm_tui.exchange.plan_cells import PlanRow, plan_rows
from pcsm_tui.exchange.plan_columns import COLUMNS, OUTLINE_LEVEL
from pcsm_tui.exchange.plan_tasks import last_day
from pcsm_tui.exchange.plan_values import sound_value
from pcsm_tui.schedule.plan import Plan
from pcsm_tui.schedule.settings import as_finish, as_start
from pcsm_tui.schedule.work import moment

_KINDS = ("Work stream", "Work package", "Milestone")
_STATES = ("Open", "In progress", "Blocked", "Done", "Not needed")
_ROLLED_UP = (
    "duration", "percent_complete", "state", "actual_start", "actual_finish", "remaining_duration", "constraint",
    "constraint_date", "optimistic", "pessimistic",
)  # fmt: skip
"""What a task with others in it takes from these."""
_UID = re.compile(r"[0-9a-f]{32}")
_OUTLINE_NUMBER = re.compile(r"\d+(?:\.\d+)+", re.ASCII)
LONGEST_ID = 200
_EVERY = 1000


def read_plan_csv(
    source: Path | bytes, name: str = "", progress: Progress | None = None, currency: str = "EUR"
) -> ImportedPlan:
    """Return the plan in a CSV file, or in its bytes; `name` is what the file is called.

    `currency` is that of amounts without one. The plan's start is the earliest one of its tasks. Raises `FileRefused`
    with line and column, and `StorageFailed` when the file cannot be read.
    """
    name = name or (source.name if isinstance(source, Path) else "The file")
    data, file_name = file_bytes(source, name), cut(name)
    header, rows = plan_rows(data, file_name)
    read = list(_told(rows, progress, data.count(b"\n") or 1))
    reader = _Reader(read, header.known, currency)
    tasks = checked(reader.tasks(), file_name)
    starts = [day for row in read if (day := row.day("start"))]
    if header.unknown:
        shown = ", ".join(repr(column) for column in header.unknown[:12])
        reader.remarks.append(f"Columns that are not known were left out: {shown}. {header.in_english}".strip())
    settings: dict[str, Value] = {"start": min(starts).isoformat()} if starts else {}
    return ImportedPlan(Path(name).stem, tasks, settings, remarks=tuple(reader.remarks))


def _told(rows: Iterable[PlanRow], progress: Progress | None, lines: int) -> Iterator[PlanRow]:
    for count, row in enumerate(rows):
        if progress is not None and count % _EVERY == 0:
            progress(min(count, lines - 1), lines)
        yield row
    if progress is not None:
        progress(lines, lines)


class _Reader:
    """Makes tasks of rows; `remarks` gathers what was left out."""

    def __init__(self, rows: list[PlanRow], columns: list[str], currency: str) -> None:
        self._rows = rows
        self._currency = currency
        self._says_constraints = "constraint" in columns
        self._has_state = "state" in columns
        self._by_id = self._ids()
        self._links = {key: self._linked(row) for key, row in self._by_id.items()}
        self.remarks: list[str] = []
        self._left_out: dict[str, list[str]] = {}
        self._parents = self._found_parents(columns)
        self._summaries = set(self._parents.values())
        self._first = min((day for row in rows if (day := row.day("start"))), default=None)

    def tasks(self) -> Iterator[ImportedTask]:
        """Yield the tasks in the order of the file."""
        first = dict[str, str]()
        for key, row in self._by_id.items():
            uid = self._uid(row, first)
            values = self._values(key, row)
            if key in self._summaries:
                values = {name: value for name, value in values.items() if name not in _ROLLED_UP}
            filled = {name: value for name, value in values.items() if value not in (None, "")}
            yield ImportedTask(key, self._parents[key], filled, self._links[key], uid, row.where)
        self.remarks += [named(sentence, names) for sentence, names in self._left_out.items()]
        if not self._says_constraints and any(
            row.text("start") for key, row in self._by_id.items() if self._links[key]
        ):
            self.remarks.append("Starts of tasks with predecessors were left out: they follow from these.")

    def _uid(self, row: PlanRow, first: dict[str, str]) -> str:
        """Return the uid of a row; `first` gathers by uid the line on which it stands first."""
        uid = row.text("uid").lower()
        if uid and not _UID.fullmatch(uid):
            hint = "An export writes 32 digits and letters a to f. Leave it empty, or leave the column out."
            raise row.refused("uid", f"{cut(row.text('uid'))!r} is no uid.", hint)
        if uid and first.setdefault(uid, row.where) != row.where:
            raise row.refused("uid", f"{uid!r} is the uid of {first[uid]} too.", "Leave it empty for a new task.")
        return uid

    def _ids(self) -> dict[str, PlanRow]:
        found: dict[str, PlanRow] = {}
        for row in self._rows:
            key = row.text("id")
            if not key:
                raise row.refused("id", "it is empty.", "Write a number, or a word.")
            if len(key) > LONGEST_ID:
                raise row.refused("id", f"it has {len(key):,} characters.", f"The limit is {LONGEST_ID}.")
            if parting := re.search("[,;]", key):
                mark = "comma" if parting[0] == "," else "semicolon"
                hint = f"A {mark} parts ids in predecessors: write a number, or a word, without one."
                raise row.refused("id", f"{cut(key)!r} has a {mark}.", hint)
            if key in found:
                raise row.refused(
                    "id", f"{cut(key)!r} is the id of {found[key].where} too.", "Give every task its own."
                )
            found[key] = row
        return found

    def _linked(self, row: PlanRow) -> tuple[ImportedLink, ...]:
        text = row.text("predecessors")
        if not text:
            return ()
        try:
            links = read_links(text, self._known)
        except ValueRefused as refused:
            raise row.refused("predecessors", refused.message, refused.hint) from None
        return tuple(ImportedLink(link["task"], link["type"], link.get("lag", "")) for link in links)  # type: ignore[arg-type]

    def _known(self, key: str) -> str:
        if key in self._by_id:
            return key
        raise ValueRefused(
            f"{cut(key)!r} is the id of no task in the file.",
            "Write ids, and if need be the kind of link and its lag: 3FS+2d.",
        )

    # --- the outline ------------------------------------------------------------------------------------------

    def _found_parents(self, columns: list[str]) -> dict[str, str]:
        """Return the id of each task's parent: as the file names it, by levels, or by ids that are outline numbers."""
        if "parent" in columns:
            for row in self._rows:
                if row.text("parent") and row.text("parent") not in self._by_id:
                    hint = "Write the id of a task, or nothing."
                    raise row.refused("parent", f"{cut(row.text('parent'))!r} is the id of no task in the file.", hint)
            return {key: row.text("parent") for key, row in self._by_id.items()}
        if OUTLINE_LEVEL in columns:
            return self._by_level()
        parents = {key: self._above(key) for key in self._by_id}
        within = ((key, link) for key, links in self._links.items() for link in links)
        if any(
            f"{one}.".startswith(f"{other}.") for key, link in within for one, other in _both(key, link.predecessor)
        ):
            self.remarks.append(
                "The ids were not taken for an outline: tasks wait for parts of themselves, or these for them."
            )
            return dict.fromkeys(self._by_id, "")
        return parents

    def _by_level(self) -> dict[str, str]:
        parents, above = {}, list[tuple[int, str]]()
        for key, row in self._by_id.items():
            level, deepest = row.level(OUTLINE_LEVEL), above[-1][0] + 1 if above else 1
            if level > deepest:
                said = f"{level} is too deep: a task lies at most one below the one before it, the first at 1."
                raise row.refused(OUTLINE_LEVEL, said, f"Write {deepest}{' or less' if above else ''}.")
            while above and above[-1][0] >= level:
                above.pop()
            parents[key] = above[-1][1] if above else ""
            above.append((level, key))
        return parents

    def _above(self, key: str) -> str:
        """Return the nearest id above an outline number: of 1.2.1 it is 1.2, or else 1."""
        above = key.rpartition(".")[0] if _OUTLINE_NUMBER.fullmatch(key) else ""
        while above and above not in self._by_id:
            above = above.rpartition(".")[0]
        return above

    # --- values -----------------------------------------------------------------------------------------------

    def _values(self, key: str, row: PlanRow) -> dict[str, Value]:
        name = row.text("name")
        if not name:
            raise row.refused("name", "it is empty.", "Every task has a name.")
        duration, percent = self._duration(row), row.percent("percent_complete")
        kind = row.choice("kind", _KINDS)
        if not kind:
            kind = "Work stream" if key in self._summaries else "Work package" if duration != 0 else "Milestone"
        done = "Done" if percent == 1000 else "In progress" if percent else ""
        return {
            "name": name,
            "kind": kind,
            "owner": row.text("owner"),
            "deliverable": row.text("deliverable"),
            "duration": None if kind == "Milestone" and duration == 0 else duration,
            "optimistic": row.working_duration("optimistic"),
            "pessimistic": row.working_duration("pessimistic"),
            **self._constraint(key, row),
            **_actual(row),
            "deadline": row.when("deadline"),
            "remaining_duration": row.working_duration("remaining_duration"),
            "percent_complete": percent or None,
            "budget": row.money("budget", self._currency),
            "state": row.choice("state", _STATES) if self._has_state else done,
        }

    def _duration(self, row: PlanRow) -> Value:
        """Return the duration; where a foreign file gives dates only, the days between them, Monday to Friday."""
        found, start, finish = row.duration("duration"), row.day("start"), row.day("finish")
        if start and finish and finish < start:
            raise row.refused("finish", f"{finish} lies before the start, {start}.", "Exchange the dates.")
        if found is not None or self._says_constraints or start is None or finish is None:
            return found
        weeks, rest = divmod((finish - start).days + 1, 7)
        days = weeks * 5 + sum((start + timedelta(days=ahead)).weekday() < 5 for ahead in range(rest))
        return days * MINUTES["d"] or None

    def _constraint(self, key: str, row: PlanRow) -> dict[str, Value]:
        constraint, when = row.choice("constraint", CONSTRAINTS), row.when("constraint_date")
        dated = constraint not in ("", *UNDATED_CONSTRAINTS)
        if dated != bool(when) and key not in self._summaries:
            sentence = "Constraints without a date" if dated else "Dates without a constraint that binds by one"
            self._left_out.setdefault(f"{sentence} are left out", []).append(row.text("name"))
        if self._says_constraints:
            return {"constraint": constraint if not dated or when else "", "constraint_date": when if dated else None}
        start: date | None = row.day("start")
        if start is None or self._links[key] or self._first is None or start <= self._first:
            return {}
        return {"constraint": "Start no earlier than", "constraint_date": start.isoformat()}


def _actual(row: PlanRow) -> dict[str, Value]:
    """Return when a task began and ended. Raises `FileRefused` for one that ended before it began."""
    start, finish = row.when("actual_start"), row.when("actual_finish")
    if _at_once(start, finish):
        raise row.refused("actual_finish", f"{finish} lies before actual_start, {start}.", "Exchange the dates.")
    return {"actual_start": start, "actual_finish": finish}


def _at_once(start: Value, finish: Value) -> str:
    """Return when a task that ended before it began was done, at once, as the schedule has it; nothing for others."""
    begun, ended = moment(start), moment(finish)
    if begun is None or ended is None:
        return ""
    days = not (isinstance(begun, datetime) or isinstance(ended, datetime))
    reversed_ = ended < begun if days else as_finish(ended) < as_start(begun)
    return as_finish(ended).isoformat(timespec="minutes") if reversed_ else ""


def _both(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one, other), (other, one)


# --- writing --------------------------------------------------------------------------------------------------


def write_plan_csv(plan: Plan, engagement: Engagement) -> str:
    """Return a plan as CSV, ids being outline numbers; start and finish are those of the schedule.

    Read back, it gives the same schedule where start, status date and calendar are the same, which it does not hold.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for uid in plan.tasks:
        cells = _cells(plan.task(uid), plan.row(uid), plan)
        writer.writerow([cell_text(cells.get(column, "")) for column in COLUMNS])
    return text.getvalue()


def _cells(task: PlanTask, row: Row, plan: Plan) -> Mapping[str, str]:
    summary = task.kind == "summary"
    plain = {column: str(sound_value(row, column) or "") for column in _PLAIN}
    shown = {column: _shown(sound_value(row, column), show) for column, show in _SHOWN.items()}
    return {
        **plain,
        **shown,
        "id": task.number,
        "name": task.name,
        "duration": show_duration(task.duration) if summary else shown["duration"],
        "predecessors": ", ".join(
            show_link(plan.number(link.task), link)
            for link in task.links
            if link.task in plan and link.task != task.uid
        ),
        "actual_start": _at_once(sound_value(row, "actual_start"), sound_value(row, "actual_finish"))
        or plain["actual_start"],
        "parent": plan.number(task.parent) if task.parent else "",
        "start": task.start.date().isoformat(),
        "finish": last_day(task).isoformat(),
        "percent_complete": show_decimal(task.percent, 1) if summary else shown["percent_complete"],
        "uid": task.uid if _UID.fullmatch(task.uid) else "",
    }


def _show_minutes(value: Value) -> str:
    return show_elapsed(value["elapsed"]) if isinstance(value, dict) else show_duration(value)


_PLAIN = (
    "owner",
    "kind",
    "constraint",
    "constraint_date",
    "deadline",
    "actual_start",
    "actual_finish",
    "deliverable",
    "state",
)
_SHOWN: dict[str, Callable[[Value], str]] = {
    "duration": _show_minutes,
    "remaining_duration": _show_minutes,
    "optimistic": _show_minutes,
    "pessimistic": _show_minutes,
    "percent_complete": lambda value: show_decimal(value, 1),
    "budget": lambda value: show_money(value["amount"], value["currency"]),
}


def _shown(value: Value, show: Callable[[Value], str]) -> str:
    return "" if value is None else show(value)
