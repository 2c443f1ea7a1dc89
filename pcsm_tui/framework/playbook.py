"""A team's playbook: what it drops, renames, reorders, adds and words otherwise, laid over the framework.

A playbook follows the framework's own shape, with ids in place of positions. Wherever the framework has a list, the
playbook has a table with the same four verbs, and a table for each thing in the list that it changes:

    [tools.adoption-risks.fields]
    drop = ["informed"]
    rename = { likelihood = "Chance" }
    order = ["name", "score"]
    add = [{ id = "site", name = "Site" }]
    [tools.adoption-risks.fields.severity]
    help = "1 a nuisance, 5 we stop."

Ids never change, since files and scripts use them: renaming changes the name that is shown.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, time
from hashlib import blake2b
from pathlib import Path
from tomllib import loads
from typing import Any, Never

from pydantic import TypeAdapter, ValidationError

from pcsm_tui.domain import declarations
from pcsm_tui.domain.declarations import Declaration, Framework
from pcsm_tui.errors import DeclarationError, StorageFailed, nearest
from pcsm_tui.framework import PLAYBOOK
from pcsm_tui.framework.checking import KEBAB, SNAKE
from pcsm_tui.framework.dropping import RELIED_ON, ROLES, settle_drops
from pcsm_tui.framework.reading import build_framework, declared_framework, first_problem

VERBS = ("drop", "rename", "order", "add")
UNNAMED = "Unnamed playbook"
DEEPEST = 32
"""How many levels of tables and lists a playbook may have; the framework has ten."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What the things of one list of the framework are, and what a playbook may change in them.

    In a playbook each thing has an `id` and a `name`; `key` and `shown` say under what the framework holds these.
    """

    word: str
    model: type[Declaration]
    changeable: tuple[str, ...] = ()
    lists: Mapping[str, Kind] = field(default_factory=dict)
    key: str = "id"
    shown: str = "name"
    form: re.Pattern[str] | None = KEBAB
    """How ids of this kind are written."""
    fixed: bool = False
    """Things of this kind can be neither dropped nor reordered nor added."""
    withheld: tuple[str, ...] = ()
    """What not even an added thing can have."""

    @property
    def addable(self) -> tuple[str, ...]:
        """What an added thing can have, beside its id, its name and its lists."""
        own = {self.key, self.shown, *self.lists, *self.withheld}
        return tuple(name for name in self.model.model_fields if name not in own)


_CHOICE = Kind("choice", declarations.Choice, form=None)
_FIELD = Kind(
    "field",
    declarations.Field,
    (
        "help",
        "section",
        "required",
        "internal",
        "reusable",
        "weight",
        "width",
        "min",
        "max",
        "unit",
        "default",
        "computed",
    ),
    {"choices": _CHOICE},
    form=SNAKE,
)
_ROW = Kind("row", declarations.DefaultRow, ("help", "values", "evidence"), key="key", shown="")
_TOOL = Kind(
    "tool",
    declarations.Tool,
    (
        "phase",
        "audience",
        "summary",
        "help",
        "row_name",
        "reusable",
        "notice_days",
        "stale_days",
        "group_by",
        "sort",
        *ROLES,
    ),
    {"fields": _FIELD, "rows": _ROW},
    withheld=("rows_from",),
)
_ACTIVITY = Kind("activity", declarations.Activity, ("guidance", "good", "tools"))
_CRITERION = Kind("criterion", declarations.Criterion, ("evidence",), shown="text")
_PHASE = Kind(
    "phase",
    declarations.Phase,
    ("purpose", "why", "qualities", "outputs"),
    {"activities": _ACTIVITY, "criteria": _CRITERION},
    key="number",
    fixed=True,
)
_PLAYBOOK = Kind("playbook", Framework, lists={"phases": _PHASE, "tools": _TOOL}, shown="playbook")


# --- reading --------------------------------------------------------------------------------------------------


def framework_for(folder: Path | None) -> Framework:
    """Return the framework of a repository folder: with its playbook laid over it if it has one.

    Raises `DeclarationError` for a mistake in the playbook, `StorageFailed` when it cannot be read.
    """
    data = declared_framework()
    path = folder / PLAYBOOK if folder is not None else None
    content = _content(path) if path is not None else None
    if content is None:
        return build_framework(data)
    source = str(path)
    laid = laid_over(data, _parsed(content, source), source)
    laid["playbook_hash"] = blake2b(content, digest_size=16).hexdigest()
    return build_framework(laid, source)


def read_playbook(path: Path) -> Data:
    """Return a playbook as plain data, empty when there is no such file.

    Raises `DeclarationError` with the line of a mistake in the TOML, `StorageFailed` when the file cannot be read.
    """
    content = _content(path)
    return {} if content is None else _parsed(content, str(path))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise StorageFailed(f"{path} cannot be read: {problem.strerror}.") from None


def _parsed(content: bytes, source: str) -> Data:
    try:
        return loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise DeclarationError(f"{source} is not UTF-8 text (at line {line}).", "Save it as UTF-8.") from None
    except RecursionError:
        raise DeclarationError(f"{source} nests lists or tables too deeply.") from None
    except ValueError as problem:
        raise DeclarationError(f"{source} is not valid TOML: {problem}.") from None


# --- laying over ----------------------------------------------------------------------------------------------


def laid_over(data: Data, playbook: Data, source: str) -> Data:
    """Return the framework's plain data with a playbook laid over it; both are left as they are.

    Raises `DeclarationError` naming `source`, the dotted key and what would be right. What only shows in the whole
    framework, such as a field that does not exist, is found by `build_framework`.
    """
    overlay = _Overlay(source)
    changes = overlay.plain(playbook, "the playbook")
    changed = deepcopy(data)
    overlay.change(_PLAYBOOK, changed, changes, "", {})
    changed["playbook"] = changed.get("playbook") or UNNAMED
    settle_drops(data, changed, source)
    return changed


@dataclass(frozen=True)
class _Overlay:
    """The verbs. Paths are dotted keys as they stand in the playbook; `parent` is what holds the list."""

    source: str

    def plain(self, value: Any, path: str, depth: int = 0) -> Any:
        """Return what TOML holds as the framework holds it: dates as ISO text."""
        if depth > DEEPEST:
            self.refuse(path, "is nested too deeply.")
        if isinstance(value, dict):
            return {key: self.plain(item, path, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.plain(item, path, depth + 1) for item in value]
        return value.isoformat() if isinstance(value, (date, time)) else value

    def change(self, kind: Kind, item: Data, changes: Any, path: str, parent: Data) -> None:
        """Change one thing of the framework in place."""
        changes = self.table(changes, path)
        begin = f"{path}." if path else ""
        valid = ("name", *kind.changeable, *kind.lists)
        for key in changes:
            if key not in valid:
                lists = " or ".join(f"[{begin}{name}]" for name in kind.lists)
                hint = f"Write it under {lists}." if key in VERBS and lists else nearest(key, valid)
                self.refuse(f"{begin}{key}", "is nothing that a playbook can change.", hint)
        if kind is _TOOL:
            item["title"] = _title(item)  # else the first field names the rows, whichever that will be
        for key, sub in kind.lists.items():
            if key in changes:
                self.change_list(sub, item, key, changes[key], f"{begin}{key}")
        for key, value in changes.items():
            if key == "name":
                self.rename(kind, item, value, f"{begin}{key}", parent)
            elif key not in kind.lists:
                self.set(kind, item, key, value, f"{begin}{key}")

    def change_list(self, kind: Kind, holder: Data, name: str, changes: Any, path: str) -> None:
        """Drop, add, rename and change, and reorder the things of a list, in this sequence."""
        changes = self.table(changes, path)
        self.allowed(kind, holder, changes, path)
        held = map(_full, holder.get(name, [])) if kind is _CHOICE else holder.get(name, [])
        items: Data = {str(item[kind.key]): item for item in held}
        first = tuple(items)
        for key in self.listed(kind, changes, "drop", items, path):
            del items[key]
        added = self.all_added(kind, changes.get("add", []), first, f"{path}.add", holder)
        items |= {item[kind.key]: item for item in added}
        renamed = self.table(changes.get("rename", {}), f"{path}.rename")
        for key, shown in renamed.items():
            self.known(kind, key, items, f"{path}.rename")
            self.rename(kind, items[key], shown, f"{path}.rename.{key}", holder)
        for key, value in changes.items():
            if key in VERBS:
                continue
            if key in first and key not in items:
                self.refuse(f"{path}.{key}", "is dropped by the same playbook.", "Take out one of the two.")
            if key not in items:
                hint = nearest(key, (*items, *VERBS))
                self.refuse(f"{path}.{key}", f"is no {kind.word} here, and none of {', '.join(VERBS)}.", hint)
            if key in renamed and isinstance(value, dict) and "name" in value:
                self.refuse(f"{path}.{key}.name", f"{path}.rename gives a name too.", "Keep one of them.")
            self.change(kind, items[key], value, f"{path}.{key}", holder)
        order = self.listed(kind, changes, "order", items, path)
        holder[name] = [items[key] for key in dict.fromkeys((*order, *items))]

    def allowed(self, kind: Kind, holder: Data, changes: Data, path: str) -> None:
        """Refuse what no playbook can do to a list."""
        if kind is _ROW and holder.get("rows_from"):
            made_of = holder["rows_from"]
            hint = f"Use {'[phases.4]' if made_of == 'phases' else f'[phases.4.{made_of}]'} instead."
            self.refuse(path, f"the rows of {holder['id']} are the {made_of} of the framework.", hint)
        for verb in ("drop", "order", "add"):
            if kind.fixed and verb in changes:
                hint = "Rename it, or change what is in it." if verb == "drop" else ""
                self.refuse(f"{path}.{verb}", f"the framework keeps its {len(holder['phases'])} phases.", hint)

    def added(self, kind: Kind, entry: Any, taken: Iterable[str], path: str, parent: Data) -> Data:
        """Return a new thing as the framework holds it; its id must be one that was never used for another."""
        entry = _full(entry) if kind is _CHOICE else entry
        key = self.new_id(kind, self.table(entry, path), taken, path)
        here = f"{path}.{key}"
        valid = ("id", "name", *kind.addable, *kind.lists)
        for name in entry:
            if name not in valid:
                self.refuse(f"{here}.{name}", "is not a known key.", nearest(name, valid))
        item = {kind.key: key, **{name: entry[name] for name in kind.addable if name in entry}}
        for name, sub in kind.lists.items():
            if name in entry:
                item[name] = self.all_added(sub, entry[name], (), f"{here}.{name}", item)
        if "name" in entry:
            self.rename(kind, item, entry["name"], f"{here}.name", parent)
        elif kind is not _ROW:
            self.refuse(f"{here}.name", "is missing.")
        try:
            kind.model.model_validate(item)
        except ValidationError as problem:
            self.refuse_first(problem, item, here)
        return item

    def all_added(self, kind: Kind, entries: Any, taken: Iterable[str], path: str, parent: Data) -> list[Data]:
        """Return new things as the framework holds them; those of an added tool refer to one another."""
        added: list[Data] = []
        for entry in self.entries(entries, path):
            ids = {*taken, *(item[kind.key] for item in added)}
            added.append(self.added(kind, entry, ids, path, parent))
        return added

    def new_id(self, kind: Kind, entry: Data, taken: Iterable[str], path: str) -> str:
        """Return the id of a new thing; one that was dropped is not free, since files may hold what it meant."""
        key = entry.get("id")
        if not isinstance(key, str) or not key:
            self.refuse(path, f"this {kind.word} has no id.", 'Write id = "…"; it stays for ever.')
        if key in VERBS or (kind.form is not None and not kind.form.fullmatch(key)):
            example = "legal_owner" if kind.form is SNAKE else "legal-check"
            self.refuse(path, f"{key!r} cannot be an id.", f"Write small letters and digits, such as {example}.")
        if key in taken:
            self.refuse(path, f"the id {key!r} is or was that of another {kind.word}.", "Choose a new one.")
        return key

    def rename(self, kind: Kind, item: Data, shown: Any, path: str, parent: Data) -> None:
        """Change the name that is shown; a row's is the value of the field that names the tool's rows."""
        if not isinstance(shown, str) or not shown.strip():
            self.refuse(path, f"should be a text, is {reprlib.repr(shown)}.")
        if kind is _ROW:
            item["values"] = {**self.table(item.get("values", {}), path), _title(parent): shown}
        else:
            item[kind.shown] = shown

    def set(self, kind: Kind, item: Data, key: str, value: Any, path: str) -> None:
        """Set one attribute of a thing, after a look at its type."""
        declared = kind.model.model_fields[key]
        before = item.get(key, declared.default)
        if key in ("values", "computed"):
            value = {**(before or {}), **self.table(value, path)}
        try:
            fitting = TypeAdapter(declared.rebuild_annotation()).validate_python(value)
        except ValidationError as problem:
            self.refuse_first(problem, value, path)
        if key == "internal" and before and not fitting:
            self.refuse(path, "a field that the customer must not see stays so.")
        if key == "audience" and value != before and (before, value) != ("customer", "internal"):
            self.refuse(path, f"goes from {before!r} to {value!r}.", "Only customer can become internal.")
        if key in ROLES and item["id"] in RELIED_ON and value != before:
            self.refuse(path, f"{RELIED_ON[item['id']].who} relies on it as it is.")
        item[key] = value

    # --- shapes -----------------------------------------------------------------------------------------------

    def table(self, value: Any, path: str) -> Data:
        """Return a value that must be a table."""
        if not isinstance(value, dict):
            self.refuse(path, f"should be a table, is {reprlib.repr(value)}.")
        return value

    def entries(self, value: Any, path: str) -> list[Any]:
        """Return a value that must be a list."""
        if not isinstance(value, list):
            self.refuse(path, f"should be a list, is {reprlib.repr(value)}.", "Write [[…]] or [ … ].")
        return value

    def listed(self, kind: Kind, changes: Data, verb: str, items: Data, path: str) -> list[str]:
        """Return the ids that stand after a verb, which must be those of things in the list."""
        keys = self.entries(changes.get(verb, []), f"{path}.{verb}")
        for key in keys:
            self.known(kind, key, items, f"{path}.{verb}")
            if keys.count(key) > 1:
                self.refuse(f"{path}.{verb}", f"{key!r} stands there twice.")
        return keys

    def known(self, kind: Kind, key: Any, items: Data, path: str) -> None:
        """Refuse an id that nothing in the list bears."""
        if not isinstance(key, str):
            self.refuse(path, f"{reprlib.repr(key)} is not the id of any {kind.word}.")
        if key not in items:
            self.refuse(path, f"there is no {kind.word} {key!r}.", nearest(key, items))

    def refuse_first(self, problem: ValidationError, value: Any, path: str) -> Never:
        """Raise the first mistake of a validation of what stands at a dotted key."""
        text = first_problem(problem, value)
        raise DeclarationError(f"{self.source}: {path}{'' if text.startswith(':') else '.'}{text}")

    def refuse(self, path: str, sentence: str, hint: str = "") -> Never:
        """Raise the mistake at a dotted key."""
        raise DeclarationError(f"{self.source}: {path}: {sentence}", hint)


def _full(item: Any) -> Any:
    """Return a choice with its id and name, which may be written as one word; everything else as it is."""
    if isinstance(item, str):
        return {"id": item, "name": item}
    return {"name": item["id"], **item} if isinstance(item, dict) and "id" in item else item


def _title(tool: Data) -> str:
    """Return the id of the field that names a tool's rows."""
    fields = tool.get("fields") or [{"id": ""}]
    return str(tool.get("title") or fields[0]["id"])
