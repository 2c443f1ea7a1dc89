"""Copies of an engagement that lie beside it, such as sync services leave when two people saved at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pcsm_tui.store.backups import file_id_of
from pcsm_tui.store.findings import Finding, finding

_CONFLICT = re.compile(r"conflict", re.IGNORECASE)


def copies(folder: Path, names: Sequence[str], ids: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each file of a folder that holds the same engagement as another.

    `names` are all the files there, and `ids` the file_id of each engagement that was read, by name. The copy is told
    of at the one of the shortest name that no sync service made.
    """
    held: dict[str, list[str]] = {}
    for name in names:
        if name in ids or (not name.startswith(".") and (name.casefold().endswith(".json") or _CONFLICT.search(name))):
            held.setdefault(ids.get(name) or file_id_of(folder / name), []).append(name)
    for file_id in dict.fromkeys(ids.values()):
        group = sorted(held.get(file_id, ()), key=lambda name: (bool(_CONFLICT.search(name)), len(name), name))
        for other in group[1:]:
            if not is_same(folder / group[0], folder / other):  # links and second names are told of as such
                yield _copy(folder / group[0], other)


def _copy(path: Path, other: str) -> Finding:
    what = "A sync service put another version of it" if _CONFLICT.search(other) else "There is a copy of it"
    advice = "Bring their changes together in one of them, and move the other away."
    return finding("risk", path, f"{what} beside it: {other}.", advice)


def is_same(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one file; one that leads nowhere is the same as none."""
    try:
        return one.samefile(other)
    except OSError:
        return False
