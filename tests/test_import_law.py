"""Who may import whom: every import of the program, wherever in a module it stands and whatever it is for.

The rooms and their law are those of the design: what a room may not reach, it cannot come to depend on.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "pcsm_tui"

_UI = {"ui", "ui.commands", "ui.screens", "ui.widgets", "ui.modals", "ui.present", "ui.charts"}
_DRAWN = {"domain", "insight", "ui.present"}
LAW: dict[str, set[str]] = {
    "errors": set(),
    "settings": set(),
    "domain": set(),
    "framework": {"domain"},
    "schedule": {"domain", "framework"},
    "insight": {"domain", "framework", "schedule"},
    "store": {"domain", "framework"},
    "merge": {"domain", "framework"},
    "reports": {"domain", "framework", "schedule", "insight"},
    "exchange": {"domain", "framework", "schedule", "reports"},
    "workspace": {
        "domain", "framework", "schedule", "insight", "store", "merge", "reports", "exchange", "settings",
    },
    "cli": {"workspace", "settings"},
    "__main__": {"cli"},
    "ui.present": {"domain", "insight"},
    "ui.charts": _DRAWN,
    "ui.widgets": _DRAWN | {"ui.charts", "ui.commands"},
    "ui.modals": {"workspace"} | _UI,
    "ui.screens": {"workspace"} | _UI,
    "ui.commands": {"workspace"} | _UI,
    "ui": {"workspace", "settings"} | _UI,
}  # fmt: skip
"""What each room may import besides itself, `errors`, and the package's own name and version."""

EXCEPTIONS: dict[str, set[str]] = {
    # `pcsm` without a command opens the screen.
    "cli.opening": {"ui"},
    # `pcsm demo --check` looks at the shipped themes.
    "cli.screen": {"ui.themes"},
    # `pcsm keys` and `pcsm themes` list what is declared beside the screen, once.
    "cli.own": {"ui.commands.own_keys", "ui.commands.registry", "ui.themes"},
    # The type of what the workspace hands out, for a signature.
    "cli.changing": {"domain.engagement"},
}
"""Single imports that the law would forbid, each with its reason."""

BASES = {
    "ui.screens",
    "ui.screens.base",
    "ui.screens.filtering",
    "ui.screens.engagement",
    "ui.screens.listing",
    "ui.screens.planning",
    "ui.screens.plan_pages",
    "ui.screens.plan_tree",
}
"""What screens inherit from and are made of; beyond these, no screen imports a screen."""

THIRD_PARTY: dict[str, set[str]] = {
    "pydantic": {"domain", "framework"},
    "orjson": {"store", "workspace"},
    "tinydb": {"store"},
    "networkx": {"schedule"},
    "xlsxwriter": {"exchange"},
    "python_calamine": {"exchange"},
    "docx": {"exchange"},
    "icalendar": {"exchange"},
    "platformdirs": {"settings"},
    "click": {"cli"},
    "textual": {"ui", *_UI},
    "rich": {"ui", *_UI},
    "plotext": {"ui.charts"},
    "textual_plotext": {"ui.charts"},
}
"""The rooms in which each package is imported."""

PURE = ("domain", "insight")
"""Rooms without clock and files: what they need of either comes in as an argument."""
_OUTSIDE = {
    "os", "io", "pathlib", "time", "shutil", "tempfile", "glob", "subprocess", "socket", "sqlite3", "fcntl", "locale",
    "random", "secrets", "uuid", "getpass", "threading", "asyncio",
}  # fmt: skip
_CALLS = {
    "open",
    "now",
    "today",
    "utcnow",
    "fromtimestamp",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "input",
}


class Import(NamedTuple):
    """A name that a module imports, and the line."""

    name: str
    line: int


def sources(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every module by its dotted name within the package, with its file; a package stands for its `__init__`."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


FILES = dict(sources(ROOT / PACKAGE))
MODULES = {name: path.read_text(encoding="utf-8") for name, path in FILES.items()}
PACKAGES = {name for name, path in FILES.items() if path.name == "__init__.py"}


_FULL_NAMES = {f"{PACKAGE}.{name}" for name in MODULES}


def room_of(module: str) -> str:
    """Return the room that a module stands in: the longest of the law's names that it begins with."""
    rooms = [room for room in LAW if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default="")


def imports(module: str, source: str) -> Iterator[Import]:
    """Yield what a module imports, also inside functions, under TYPE_CHECKING, relatively, and by `import_module`."""
    parts = [PACKAGE, *filter(None, module.split("."))]
    package = parts if module in PACKAGES else parts[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (Import(_submodule(origin, alias.name), node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            argument = node.args[0] if node.args else None
            known = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            yield Import(str(argument.value) if known else "?", node.lineno)  # type: ignore[union-attr]


def _submodule(origin: str, name: str) -> str:
    """Return the module that `from origin import name` reaches."""
    full = f"{origin}.{name}"
    return full if full in _FULL_NAMES else origin


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def breaches(module: str, source: str) -> list[str]:
    """Return in a sentence each import or call of a module that the law does not allow."""
    room = room_of(module)
    if not room and module:
        return [f"{module} stands in no room of the law."]
    found = []
    for name, line in imports(module, source):
        if reason := _breach(module, room, name):
            found.append(f"{module}, line {line}: {reason}")
    if room in PURE:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and _called(node) in _CALLS:
                found.append(f"{module}, line {node.lineno}: {room} calls {_called(node)}.")
    return found


def _breach(module: str, room: str, name: str) -> str:
    top, _, inner = name.partition(".")
    if top == PACKAGE:
        if inner in EXCEPTIONS.get(module, ()) or not inner:
            return ""
        target = room_of(inner)
        if target not in {room, "errors", *LAW.get(room, ())}:
            return f"{room or 'the package itself'} may not import {target or inner} ({inner})."
        if room == target == "ui.screens" and inner not in BASES:
            return f"a screen may not import a screen ({inner})."
        return ""
    if top in sys.stdlib_module_names:
        return f"{room} may not import {top}." if room in PURE and top in _OUTSIDE else ""
    if top not in THIRD_PARTY:
        return f"{top} is no package of the design."
    return "" if room in THIRD_PARTY[top] else f"{room or 'the package itself'} may not import {top}."


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_keeps_the_law(module: str) -> None:
    assert breaches(module, MODULES[module]) == []


@pytest.mark.parametrize("module", sorted(EXCEPTIONS))
def test_every_exception_is_still_needed(module: str) -> None:
    reached = {found.name.removeprefix(f"{PACKAGE}.") for found in imports(module, MODULES[module])}
    assert EXCEPTIONS[module] <= reached


BROKEN = [
    ("domain.x", "from pcsm_tui.framework.reading import build_framework", "domain may not import framework"),
    ("domain.x", "import pcsm_tui.store.locks", "domain may not import store"),
    ("domain.x", "from pcsm_tui import settings", "domain may not import settings"),
    ("domain.x", "from ..store import locks", "domain may not import store"),
    ("domain.x", "def f():\n    from pcsm_tui.ui.app import PcsmApp", "line 2: domain may not import ui"),
    (
        "domain.x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pcsm_tui.workspace import Workspace",
        "line 3: domain may not import workspace",
    ),
    (
        "domain.x",
        "import importlib\nimportlib.import_module('pcsm_tui.store.locks')",
        "line 2: domain may not import store",
    ),
    ("domain.x", "from importlib import import_module\nimport_module('pcsm_tui.' + name)", "? is no package"),
    ("domain.x", "import textual", "domain may not import textual"),
    ("domain.x", "import numpy", "numpy is no package of the design"),
    ("domain.x", "from pathlib import Path", "domain may not import pathlib"),
    ("domain.x", "import os.path", "domain may not import os"),
    ("domain.x", "import time", "domain may not import time"),
    ("domain.x", "from datetime import date\nd = date.today()", "line 2: domain calls today"),
    ("domain.x", "from datetime import datetime, UTC\nd = datetime.now(UTC)", "line 2: domain calls now"),
    ("domain.x", "def f(p):\n    return open(p)", "line 2: domain calls open"),
    ("insight.x", "from pcsm_tui.store import canonical", "insight may not import store"),
    ("schedule.x", "from pcsm_tui.insight import health", "schedule may not import insight"),
    ("framework.x", "from pcsm_tui.insight import health", "framework may not import insight"),
    ("store.x", "from pcsm_tui.workspace import Workspace", "store may not import workspace"),
    ("store.x", "import networkx", "store may not import networkx"),
    ("schedule.x", "import tinydb", "schedule may not import tinydb"),
    ("merge.x", "from pcsm_tui.store import canonical", "merge may not import store"),
    ("reports.x", "from pcsm_tui.exchange import markdown", "reports may not import exchange"),
    ("exchange.x", "from pcsm_tui.insight import health", "exchange may not import insight"),
    ("workspace.x", "from pcsm_tui.ui import app", "workspace may not import ui"),
    ("workspace.x", "from pcsm_tui.cli import program", "workspace may not import cli"),
    ("workspace.x", "from tinydb import TinyDB", "workspace may not import tinydb"),
    ("cli.x", "from pcsm_tui.domain.values import is_empty", "cli may not import domain"),
    ("cli.x", "from pcsm_tui.store import canonical", "cli may not import store"),
    ("cli.x", "from pcsm_tui.ui.app import PcsmApp", "cli may not import ui"),
    ("ui.present.x", "from pcsm_tui.workspace import Workspace", "ui.present may not import workspace"),
    ("ui.present.x", "from pcsm_tui.ui.widgets import lines", "ui.present may not import ui.widgets"),
    ("ui.widgets.x", "from pcsm_tui.workspace import Workspace", "ui.widgets may not import workspace"),
    ("ui.widgets.x", "import plotext", "ui.widgets may not import plotext"),
    ("ui.charts.x", "from pcsm_tui.workspace import Workspace", "ui.charts may not import workspace"),
    ("ui.screens.x", "from pcsm_tui.ui.screens.today import TodayScreen", "a screen may not import a screen"),
    ("ui.screens.x", "from pcsm_tui.ui.screens import today", "a screen may not import a screen"),
    ("ui.screens.x", "from pcsm_tui.store import canonical", "ui.screens may not import store"),
    ("ui.modals.x", "from pcsm_tui.framework import reading", "ui.modals may not import framework"),
    ("errors", "from pcsm_tui.domain import dates", "errors may not import domain"),
    ("", "from pcsm_tui.cli import program", "the package itself may not import cli"),
    ("newroom.x", "", "stands in no room"),
]


@pytest.mark.parametrize(("module", "source", "told"), BROKEN)
def test_a_module_that_breaks_the_law_is_found(module: str, source: str, told: str) -> None:
    """The law itself is tested: a checker that finds nothing would pass every module."""
    (found,) = breaches(module, source)
    assert told in found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("domain.x", "from pcsm_tui.errors import PcsmError\nfrom pcsm_tui.domain import dates\nimport pydantic"),
        ("domain.x", "from datetime import date\nfrom pcsm_tui import __version__\nfrom . import dates"),
        ("store.x", "import os, time\nfrom pathlib import Path\nimport tinydb, orjson\nopen('x')"),
        ("workspace", "from datetime import datetime\nfrom pcsm_tui.store.locks import write_lock\ndatetime.now()"),
        ("ui.screens.x", "from pcsm_tui.workspace import Workspace\nfrom pcsm_tui.ui.screens.base import BaseScreen"),
        ("ui.charts.x", "import plotext\nfrom pcsm_tui.insight import health"),
    ],
)
def test_a_module_that_keeps_the_law_is_let_be(module: str, source: str) -> None:
    assert breaches(module, source) == []


def test_every_room_of_the_program_is_in_the_law() -> None:
    folders = {path.name for path in (ROOT / PACKAGE).iterdir() if (path / "__init__.py").exists()}
    assert folders <= {room.partition(".")[0] for room in LAW}
    assert {target for targets in LAW.values() for target in targets} <= LAW.keys()
