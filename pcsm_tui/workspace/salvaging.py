"""A damaged engagement file made whole again, in a new file beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from pcsm_tui.errors import FileRefused
from pcsm_tui.settings import Settings
from pcsm_tui.store.canonical import allow_size, to_bytes
from pcsm_tui.store.engagement_file import with_new_revision
from pcsm_tui.store.replacing import read_payload
from pcsm_tui.store.salvage import salvaged, write_new
from pcsm_tui.workspace.addressing import expanded, file_of
from pcsm_tui.workspace.listing import SUFFIX


class Outcome(NamedTuple):
    """The new file, how many records of each table are in it, and in sentences what was lost."""

    path: Path
    kept: dict[str, int]
    lost: tuple[str, ...]


def salvage(word: str, out: str | None, settings: Settings) -> Outcome:
    """Write what can be read of the file that a word means into a new file, and leave it itself as it is.

    Without `out`, the new file is called NAME-salvaged and stands beside it, or in the current folder where that cannot
    be written to. Raises `UsageError` when there is no such file, `FileRefused` when nothing in it can be kept, when it
    is no plain file, or when the new one is there already, `StorageFailed` when reading or writing fails.
    """
    allow_size(settings.max_size)
    source = file_of(word, settings)
    payload = read_payload(source)
    if payload is None:
        raise FileRefused(f"{source} does not exist.", "Name the damaged file.")
    found = salvaged(payload)
    if not any(found.kept.values()):
        raise FileRefused(f"{source} holds no record that could be kept.", "`pcsm backup list` may show an older copy.")
    target = expanded(out).absolute() if out is not None else _free_name(source)
    if not target.name.endswith(SUFFIX):
        raise FileRefused(f"{target} has not the name of an engagement file.", f"Let it end in {SUFFIX}.")
    write_new(target, to_bytes(with_new_revision(found.document)))
    return Outcome(target, found.kept, found.lost)


def _free_name(source: Path) -> Path:
    folder = source.parent if os.access(source.parent, os.W_OK) else Path.cwd()
    stem = source.name.removesuffix(SUFFIX).removesuffix(".json")
    return next(path for path in _names(folder, f"{stem}-salvaged") if not os.path.lexists(path))


def _names(folder: Path, stem: str) -> Iterator[Path]:
    yield folder / f"{stem}{SUFFIX}"
    yield from (folder / f"{stem}-{number}{SUFFIX}" for number in count(2))
