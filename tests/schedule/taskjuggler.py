"""The same plan handed to TaskJuggler (tj3, Debian package of that name), another scheduler, and the dates that it finds.

Of our plans it takes what it knows: finish-to-start and start-to-start links with working (`gaplength`) or elapsed
(`gapduration`) lags, milestones, summaries, holidays, an earliest start, and as late as possible (`precedes`). It has no leads,
no links to a finish and no floats.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pcsm_tui.domain.engagement import Document, Record
from pcsm_tui.domain.plan import read_lag

COMMAND = "tj3"
LATE = "As late as possible"
_HEAD = """project plan "Plan" {start} +{years}y {{
  timezone "UTC"
  timingresolution 15min
  dailyworkinghours 8
  workinghours mon, tue, wed, thu, fri 08:00 - 12:00, 13:00 - 17:00
  workinghours sat, sun off
  timeformat "%Y-%m-%dT%H:%M"
  now {start}
}}
"""
_TAIL = 'taskreport dates "dates" { formats csv columns id, start, end }\n'


def is_installed() -> bool:
    """Return whether there is a TaskJuggler to ask."""
    return shutil.which(COMMAND) is not None


def dates(document: Document, folder: Path, years: int = 2) -> dict[str, tuple[datetime, datetime]]:
    """Return start and end of each task by uid, as TaskJuggler schedules the plan of a document.

    `folder` takes the project and the report. Raises `CalledProcessError` when the project is refused.
    """
    names = {record["uid"]: f"t{number}" for number, record in enumerate(_in_order(document))}
    source = folder / "plan.tjp"
    source.write_text("".join(_lines(document, names, years)), encoding="utf-8")
    subprocess.run([COMMAND, "--silent", "-f", str(source)], cwd=folder, check=True, capture_output=True)
    with (folder / "dates.csv").open(encoding="utf-8") as file:
        rows = {row["Id"].split(".")[-1]: row for row in csv.DictReader(file, delimiter=";")}
    return {uid: (_moment(rows[name]["Start"]), _moment(rows[name]["End"])) for uid, name in names.items()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _in_order(document: Document) -> list[Record]:
    return sorted(document["tasks"].values(), key=lambda record: record["order"])


def _lines(document: Document, names: Mapping[str, str], years: int) -> Iterator[str]:
    start = next(iter(document["plan"].values()))["start"]
    yield _HEAD.format(start=start, years=years)
    for exception in document.get("calendar", {}).values():
        last = date.fromisoformat(exception.get("to") or exception["from"]) + timedelta(days=1)
        yield f'leaves holiday "Holiday" {exception["from"]} - {last.isoformat()}\n'
    records = _in_order(document)
    below: dict[str, list[Record]] = {}
    for record in records:
        below.setdefault(record.get("parent", ""), []).append(record)
    paths: dict[str, str] = {}
    for record in records:
        parent = record.get("parent", "")
        paths[record["uid"]] = (f"{paths[parent]}." if parent else "") + names[record["uid"]]
    late = {record["uid"] for record in records if record.get("constraint") == LATE}
    held = [(link["task"], record["uid"]) for record in records for link in record.get("predecessors", ())]
    precedes = {uid: [paths[after] for before, after in held if before == uid] for uid in late}
    yield from _tasks(below, "", names, paths, precedes, start)
    yield _TAIL


def _tasks(
    below: Mapping[str, Sequence[Record]],
    parent: str,
    names: Mapping[str, str],
    paths: Mapping[str, str],
    precedes: Mapping[str, Sequence[str]],
    start: str,
) -> Iterator[str]:
    for record in below.get(parent, ()):
        uid = record["uid"]
        yield f'task {names[uid]} "{uid}" {{\n'
        for link in record.get("predecessors", ()):
            if link["task"] not in precedes:
                yield f"  depends {paths[link['task']]} {{ {_gap(link)} }}\n"
        if uid in precedes:
            yield f"  precedes {', '.join(precedes[uid])}\n"
        elif not record.get("predecessors") and not parent:
            yield f"  start {record.get('constraint_date', start)}-00:00\n"
        if uid not in below:
            yield f"  length {record['duration']}min\n" if record["duration"] else "  milestone\n"
        yield from _tasks(below, uid, names, paths, precedes, start)
        yield "}\n"


def _gap(link: Mapping[str, Any]) -> str:
    _, lag = read_lag(link.get("lag", ""))
    assert link["type"] in ("FS", "SS") and lag.amount >= 0 and lag.kind != "percent", f"{link} is unknown there"
    words = {"work": "gaplength", "elapsed": "gapduration"}
    gap = f" {words[lag.kind]} {lag.amount}min" if lag.amount else ""
    return f"{'onstart' if link['type'] == 'SS' else 'onend'}{gap}"
