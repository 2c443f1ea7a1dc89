"""Repositories to measure with: a thousand small engagements, large registers and plans, and folders around them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pcsm_tui.settings import Places, load  # noqa: E402
from pcsm_tui.store.engagement_file import EngagementStorage, new_uid  # noqa: E402
from pcsm_tui.workspace import Workspace  # noqa: E402
from pcsm_tui.workspace.session import Session  # noqa: E402

MARK = " Group "
"""What every customer's name holds: the terminal waits for it."""
_PLACES = ("Alder", "Brightwell", "Calder", "Dunmore", "Eastgate", "Fenwick", "Glen", "Harbour", "Ivy", "Juniper")
_WORK = (
    "Call the site manager",
    "Ask for the head counts",
    "Book the training room",
    "Send the agenda",
    "Chase the form",
)
_OWNERS = ("Sue", "Wayne", "T. King", "the shift leader")
_FIRST_DAY = date(2020, 1, 1)
STREAM = 50
"""Work packages in a stream of a plan."""
_WINDOW = 200
"""How far back the predecessors of a work package lie."""
_MEETING = "2026-11-22T09:30:00Z"


class Bench(NamedTuple):
    """A folder of engagements, and the environment of a user who has nothing but them."""

    root: Path
    workspace: Workspace
    environment: dict[str, str]


@contextmanager
def bench() -> Iterator[Bench]:
    """Yield an empty repository with folders of its own in place of the user's, gone afterwards."""
    with TemporaryDirectory(prefix="pcsm-bench-") as folder:
        root = Path(folder)
        variables = {
            "HOME": root / "home", "XDG_CONFIG_HOME": root / "config", "XDG_STATE_HOME": root / "state",
            "XDG_DATA_HOME": root / "data", "XDG_CACHE_HOME": root / "cache",
        }  # fmt: skip
        dropped = ("COLORTERM", "NO_COLOR", "SSH_CONNECTION", "TEXTUAL", "TEXTUAL_DRIVER")
        kept = {name: value for name, value in os.environ.items() if name not in dropped and "PCSM_" not in name}
        environment = {**kept, **{name: str(path) for name, path in variables.items()}}
        environment |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        (root / "home").mkdir()
        (root / "repository").mkdir()
        places = Places(*(root / name / "pcsm" for name in ("config", "state", "cache", "data")))
        yield Bench(root, Workspace(root / "repository", load({}, places)), environment)


def fill(workspace: Workspace, count: int) -> None:
    """Make so many small engagements, no two alike, and bring the index up to date."""
    first = workspace.create(_customer(1), "New dispatch platform")
    _work_on(workspace.open(first))
    document = EngagementStorage(first).read() or {}
    for number in range(2, count + 1):
        EngagementStorage(workspace.folder / f"customer-{number:04}.pcsm.json").commit(_varied(document, number))
    workspace.refresh()


def _customer(number: int) -> str:
    return f"{_PLACES[number % len(_PLACES)]}{MARK}{number}"


def _varied(document: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the document as that of another customer, with other actions on other days."""
    ((key, meta),) = document["_meta"].items()
    ((form_key, form),) = document["engagement"].items()
    actions = {
        action_key: {**action, "action": f"{_WORK[(number + place) % len(_WORK)]} for step {number % 97 + place}",
                     "owner": _OWNERS[(number + place) % len(_OWNERS)],
                     "due": (_FIRST_DAY + timedelta(days=(number * 7 + place * 31) % 2000)).isoformat()}
        for place, (action_key, action) in enumerate(document["actions"].items())
    }  # fmt: skip
    customer = _customer(number)
    return {
        **document,
        "_meta": {key: {**meta, "file_id": new_uid(), "customer": customer, "rev": "", "n": 0, "ancestry": []}},
        "engagement": {form_key: {**form, "customer": customer, "initiative": f"Platform {number % 13}"}},
        "actions": actions,
    }


def _work_on(session: Session) -> None:
    """Give an engagement what a small one has after some weeks."""
    tool = session.framework.tool
    for number in range(1, 5):
        day = (_FIRST_DAY + timedelta(days=number)).isoformat()
        session.add(tool("actions"), {"action": f"Call the site manager about step {number}", "due": day})
        session.add(tool("timeline"), {"date": day, "subject": f"Meeting {number} on the roll-out"})
        session.add(tool("adoption-risks"), {"name": f"Risk {number}", "likelihood": number, "severity": 3})
    session.set_phase(1, "In progress")


def with_risks(workspace: Workspace, customer: str, count: int) -> Path:
    """Make an engagement whose register of risks has so many rows; return its file."""
    path = workspace.create(customer, "A large register")
    storage = EngagementStorage(path)
    document = storage.read() or {}
    storage.commit({**document, "adoption-risks": records(count)})
    return path


def records(count: int) -> dict[str, dict[str, Any]]:
    """Return the table of so many risks."""
    table: dict[str, dict[str, Any]] = {}
    for number in range(count):
        uid = new_uid()
        table[str(int(uid[:13], 16) or 1)] = {
            "uid": uid, "at": _MEETING, "by": "ada",
            "name": f"{_PLACES[number % len(_PLACES)]}: risk number {number} of the roll-out",
            "likelihood": number % 5 + 1, "severity": number % 4 + 1, "strategy": f"{_WORK[number % len(_WORK)]} early",
            "accountable": _OWNERS[number % len(_OWNERS)], "responsible": "HR lead",
        }  # fmt: skip
    return table


def with_plan(workspace: Workspace, customer: str, count: int) -> Path:
    """Make an engagement whose plan has so many work packages, begun four weeks ago; return its file."""
    path = workspace.create(customer, "A large plan")
    storage = EngagementStorage(path)
    document = storage.read() or {}
    start = date.today() - timedelta(days=28)
    form = {**_stamped(new_uid()), "start": start.isoformat()}
    tables = {"plan": {_key(form): form}, "tasks": packages(count)}
    storage.commit({**document, **tables})
    return path


def packages(count: int) -> dict[str, dict[str, Any]]:
    """Return the table of so many work packages: streams of fifty, two links each, the same whenever asked."""
    random = Random(1959)
    table: dict[str, dict[str, Any]] = {}
    made: list[str] = []
    parent = ""
    for number in range(count):
        if number % STREAM == 0:
            stream = {**_stamped(new_uid()), "name": f"Stream {number // STREAM + 1}", "kind": "Work stream"}
            table[_key(stream)] = {**stream, "order": len(table) << 20}
            parent = stream["uid"]
        before = made[-_WINDOW:]
        package = {
            **_stamped(new_uid()), "name": f"{_WORK[number % len(_WORK)]} of site {number + 1}", "parent": parent,
            "kind": "Work package", "order": len(table) << 20, "duration": random.randint(1, 10) * 480,
            "owner": _OWNERS[number % len(_OWNERS)],
            "predecessors": [{"task": uid, "type": "FS"} for uid in random.sample(before, min(len(before), 2))],
        }  # fmt: skip
        table[_key(package)] = package
        made.append(package["uid"])
    return table


def _stamped(uid: str) -> dict[str, Any]:
    return {"uid": uid, "at": _MEETING, "by": "ada"}


def _key(record: dict[str, Any]) -> str:
    return str(int(record["uid"][:13], 16) or 1)


def start_command(*paths: Path) -> list[str]:
    """Return the command that opens the screen."""
    return [sys.executable, "-m", "pcsm_tui", *(str(path) for path in paths)]
