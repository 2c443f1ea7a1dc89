"""A plan as a foreign file gave it, checked as a whole: what is wrong in it is refused here, before anything is kept."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pcsm_tui.domain.plan import LinkType
from pcsm_tui.domain.values import LONGEST_NOTE, LONGEST_TEXT, Value
from pcsm_tui.errors import FileRefused, StorageFailed, cut

MOST_TASKS = 100_000
"""The tasks of a plan, or the rows of a table, beyond which a file is refused."""
LARGEST_FILE = 100 * 1024 * 1024
"""The size in bytes beyond which a file is refused unread."""

_NAMED = 3
"""The tasks that a remark names."""

Progress = Callable[[int, int], object]
"""Is told how much is done, and of how much."""


class ImportedLink(NamedTuple):
    """What a task waits for: the predecessor's key, which ends are linked, and the lag as it is kept (`2d`, `-1ed`)."""

    predecessor: str
    type: LinkType = "FS"
    lag: str = ""


class ImportedTask(NamedTuple):
    """A task of a foreign plan. `values` are those of the tool `tasks`, without its parent and predecessors."""

    key: str
    parent: str
    """The parent's key, or nothing at the top."""
    values: dict[str, Value]
    links: tuple[ImportedLink, ...] = ()
    uid: str = ""
    """The uid that it had here before, where the file carries one."""
    where: str = ""
    """Its place in the file: `line 12`, `Task UID 7`."""


class ImportedBaseline(NamedTuple):
    """A baseline of a foreign plan: by the key of a task its start, finish, duration and, where known, budget."""

    name: str
    taken: str
    """The ISO day, or nothing where the file does not say."""
    tasks: dict[str, dict[str, Value]]


class FileDates(NamedTuple):
    """When a task starts and ends in a foreign plan, the end where the file gives it."""

    start: datetime
    finish: datetime | None


class ImportedPlan(NamedTuple):
    """A foreign plan: tasks in outline order, values of the form `plan`, rows of `calendar`, and what was left out."""

    name: str
    tasks: tuple[ImportedTask, ...]
    settings: dict[str, Value]
    exceptions: tuple[dict[str, Value], ...] = ()
    baselines: tuple[ImportedBaseline, ...] = ()
    remarks: tuple[str, ...] = ()
    """Sentences on what could not be taken over as it was."""
    dates: Mapping[str, FileDates] = {}
    """By the key of a task without others in it, where the file says on which dates its own program put it."""


def named(sentence: str, names: Sequence[str]) -> str:
    """Return a sentence with the tasks that it is about: the first of their names, and how many more there are."""
    more = len(names) - _NAMED
    shown = ", ".join(map(cut, names[:_NAMED])) + (f" and {more} more" if more > 0 else "")
    return f"{sentence}: {shown}."


def refuse_many(count: int, what: str, where: str) -> None:
    """Raise `FileRefused` for more tasks, or rows, than a file may have: a reader asks at each of them."""
    if count > MOST_TASKS:
        raise FileRefused(f"{where}: there are more than {MOST_TASKS:,} {what}.", "Divide the file.")


def file_bytes(source: Path | bytes, name: str) -> bytes:
    """Return what a file holds; `name` is what it is called.

    Raises `FileRefused` for one that is too large or no file, and `StorageFailed` when it cannot be read.
    """
    name = cut(name)
    if isinstance(source, bytes):
        size = len(source)
    else:
        try:
            found = source.stat()
        except OSError as error:
            raise StorageFailed(f"{name} cannot be read: {error.strerror}.") from None
        if not stat.S_ISREG(found.st_mode):
            raise FileRefused(f"{name} is not a file.", "Name the file that holds the plan.")
        size = found.st_size
    if size > LARGEST_FILE:
        raise FileRefused(
            f"{name} has {size // 2**20} MB.", f"The limit is {LARGEST_FILE // 2**20} MB: a plan is far smaller."
        )
    if isinstance(source, bytes):
        return source
    try:
        return source.read_bytes()
    except OSError as error:
        raise StorageFailed(f"{name} cannot be read: {error.strerror}.") from None


def checked(tasks: Iterable[ImportedTask], name: str) -> tuple[ImportedTask, ...]:
    """Return the tasks in outline order: each behind its parent, siblings as they stood.

    Raises `FileRefused` where there are none, for a key used twice, an unknown parent or predecessor, a circle of
    parents or of links, and texts that are too long. A link on a summary holds for all within it, so that one between
    a summary and a part of it is a circle too.
    """
    by_key: dict[str, ImportedTask] = {}
    for task in tasks:
        if task.key in by_key:
            first = by_key[task.key].where
            raise FileRefused(
                f"{name}, {task.where}: the id {task.key!r} is that of {first} too.", "Give every task its own."
            )
        by_key[task.key] = task
        _check_texts(task, name)
    if not by_key:
        raise FileRefused(
            f"{name} has no tasks.", "In CSV every line below the header is one, in XML every Task in Tasks."
        )
    children = _children(by_key, name)
    ordered = _outline(by_key, children, name)
    _check_links(by_key, name)
    circle = _circle(by_key, children)
    if circle:
        shown = " → ".join(_told(by_key[key]) for key in circle)
        raise FileRefused(
            f"{name}, {by_key[circle[0]].where}: the links go in a circle: {shown}.", "Take one of these links away."
        )
    return ordered


def _told(task: ImportedTask) -> str:
    return f"{task.key} ({cut(str(task.values.get('name', '')))})"


def _check_texts(task: ImportedTask, name: str) -> None:
    for field_id, value in task.values.items():
        longest = LONGEST_NOTE if field_id == "notes" else LONGEST_TEXT
        if isinstance(value, str) and len(value) > longest:
            raise FileRefused(
                f"{name}, {task.where}: {field_id} has {len(value):,} characters.", f"The limit is {longest:,}."
            )


def _children(by_key: Mapping[str, ImportedTask], name: str) -> dict[str, list[str]]:
    """Return the keys of the children by the key of their parent, those at the top under no key."""
    children: dict[str, list[str]] = {"": []}
    for task in by_key.values():
        if task.parent and task.parent not in by_key:
            raise FileRefused(
                f"{name}, {task.where}: the parent {task.parent!r} is no task of the file.",
                "Write the id of a task, or nothing.",
            )
        children.setdefault(task.parent, []).append(task.key)
    return children


def _outline(
    by_key: Mapping[str, ImportedTask], children: Mapping[str, list[str]], name: str
) -> tuple[ImportedTask, ...]:
    ordered: dict[str, ImportedTask] = {}
    waiting = children[""][::-1]
    while waiting:
        key = waiting.pop()
        ordered[key] = by_key[key]
        waiting += children.get(key, ())[::-1]
    if len(ordered) < len(by_key):
        inside = next(key for key in by_key if key not in ordered)
        seen: list[str] = []
        while inside not in seen:
            seen.append(inside)
            inside = by_key[inside].parent
        shown = " → ".join([*seen[seen.index(inside) :], inside])
        raise FileRefused(
            f"{name}, {by_key[inside].where}: the parents go in a circle: {shown}.", "Give one of them another parent."
        )
    return tuple(ordered.values())


def _check_links(by_key: Mapping[str, ImportedTask], name: str) -> None:
    for task in by_key.values():
        for link in task.links:
            if link.predecessor not in by_key:
                raise FileRefused(
                    f"{name}, {task.where}: the predecessor {link.predecessor!r} is no task of the file.",
                    "Write the id of a task that is in the file.",
                )


def _circle(by_key: Mapping[str, ImportedTask], children: Mapping[str, list[str]]) -> list[str]:
    """Return the keys along a circle of links, the first one again at the end; nothing when there is none.

    A task is two points: links lead into its head and out of its tail. A summary's head leads on to those of its
    children, and their tails to its own, while the head of a task without children is its tail as well.
    """
    heads = {(key, "head"): [(child, "head") for child in children.get(key, ())] for key in by_key}
    graph: dict[tuple[str, str], list[tuple[str, str]]] = {**heads, **{(key, "tail"): [] for key in by_key}}
    for key, task in by_key.items():
        if key not in children:
            graph[key, "head"].append((key, "tail"))
        if task.parent:
            graph[key, "tail"].append((task.parent, "tail"))
        for link in task.links:
            graph[link.predecessor, "tail"].append((key, "head"))
    found = _first_circle(graph)
    keys = [key for key, _ in found]
    circle = [key for place, key in enumerate(keys) if place == 0 or key != keys[place - 1]]
    return circle * 2 if len(circle) == 1 else circle


def _first_circle(graph: Mapping[tuple[str, str], list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Search depth first, without recursion: a plan may be a chain of thousands."""
    finished: set[tuple[str, str]] = set()
    for root in graph:
        if root in finished:
            continue
        path = {root: iter(graph[root])}
        while path:
            point = next(reversed(path))
            for after in path[point]:
                if after in path:
                    points = list(path)
                    return [*points[points.index(after) :], after]
                if after not in finished:
                    path[after] = iter(graph[after])
                    break
            else:
                finished.add(point)
                del path[point]
    return []
