"""Repositories to measure with: a thousand small engagements, large registers, and folders of one's own around them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pcsm_tui.settings import Places, load  # noqa: E402
from pcsm_tui.store.engagement_file import EngagementStorage, new_uid  # noqa: E402
from pcsm_tui.workspace import Workspace  # noqa: E402
from pcsm_tui.workspace.session import Session  # noqa: E402

PREFIX = "Customer"
"""How every customer's name begins: what the terminal waits for."""


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
        # A terminal's Esc waits 100 ms for what may follow it; without that wait the figures show the program.
        environment |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "ESCDELAY": "1"}
        (root / "home").mkdir()
        (root / "repository").mkdir()
        places = Places(*(root / name / "pcsm" for name in ("config", "state", "cache", "data")))
        yield Bench(root, Workspace(root / "repository", load({}, places)), environment)


def fill(workspace: Workspace, count: int) -> None:
    """Make so many engagements that differ in customer and identity only, and bring the index up to date."""
    first = workspace.create(f"{PREFIX} 0001", "New dispatch platform")
    _work_on(workspace.open(first))
    document = EngagementStorage(first).read() or {}
    for number in range(2, count + 1):
        name = f"{PREFIX} {number:04}"
        EngagementStorage(workspace.folder / f"customer-{number:04}.pcsm.json").commit(_renamed(document, name))
    workspace.refresh()


def _renamed(document: dict[str, Any], customer: str) -> dict[str, Any]:
    ((key, meta),) = document["_meta"].items()
    ((form_key, form),) = document["engagement"].items()
    return {
        **document,
        "_meta": {key: {**meta, "file_id": new_uid(), "customer": customer, "rev": "", "n": 0, "ancestry": []}},
        "engagement": {form_key: {**form, "customer": customer}},
    }


def _work_on(session: Session) -> None:
    """Give an engagement what a small one has after some weeks."""
    tool = session.framework.tool
    for number in range(1, 5):
        action = {"action": f"Call the site manager about step {number}", "owner": "Sue", "due": f"2020-01-0{number}"}
        session.add(tool("actions"), action)
        session.add(tool("timeline"), {"date": f"2020-01-0{number}", "subject": f"Meeting {number} on the roll-out"})
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
            "uid": uid, "at": "2026-11-22T09:30:00Z", "by": "ada", "name": f"Risk number {number} of the roll-out",
            "likelihood": number % 5 + 1, "severity": number % 4 + 1, "strategy": "Talk to the shift leaders early",
            "accountable": "T. King", "responsible": "HR lead",
        }  # fmt: skip
    return table


def start_command(*paths: Path) -> list[str]:
    """Return the command that opens the screen."""
    return [sys.executable, "-m", "pcsm_tui", *(str(path) for path in paths)]
