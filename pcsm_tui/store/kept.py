"""What a person's state folder keeps of an engagement: its backups, each unpacked, since one that cannot be is none."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pcsm_tui.store import canonical
from pcsm_tui.store.backups import folder_of
from pcsm_tui.store.findings import Finding, finding, several

_FOLDER_NAME = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_OUTDATED = 7 * 24 * 60 * 60
"""Seconds by which the newest backup may be older than the file."""
_PIECE = 1 << 20


def kept_folder(state: Path, what: str, file_id: str) -> Path | None:
    """Return the folder of a kind of thing that is kept of an engagement; None for a file_id that leads elsewhere."""
    return state / what / file_id if _FOLDER_NAME.fullmatch(file_id) else None


def kept_findings(path: Path, file_id: str, state: Path) -> Iterator[Finding]:
    """Yield what is found about the backups of an engagement in the person's state folder."""
    folder = folder_of(state, file_id)
    files = _files(folder, "*.gz")
    if not files:
        yield finding("note", path, "There is no backup of it on this machine.", "Keep a copy of it elsewhere.")
        return
    broken = [file.name for file in files if not _is_readable(file, file_id)]
    if broken:
        what = f"{len(broken)} of {len(files)} backups in {folder} cannot be used: {several(broken)}."
        yield finding("risk", path, what, "Remove what cannot be used, and keep a copy elsewhere.")
    newest = max((_changed(file) for file in files if file.name not in broken), default=None)
    changed = _changed(path)
    if newest is not None and changed - newest > _OUTDATED:
        what = f"Its newest backup is of {_day(newest)}, and it was changed on {_day(changed)}."
        yield finding("risk", path, what, "Keep a copy of it elsewhere.")


def _files(folder: Path, pattern: str) -> list[Path]:
    """Return the plain files of a folder; none when it is not there or cannot be read."""
    try:
        return sorted(file for file in folder.glob(pattern) if file.is_file())
    except OSError:
        return []


def _is_readable(backup: Path, file_id: str) -> bool:
    """Return whether a backup can be unpacked to its end, and holds this engagement."""
    head, size = b"", 0
    try:
        with gzip.open(backup) as file:
            while piece := file.read(_PIECE):
                head, size = head or piece, size + len(piece)
                if size > canonical.LARGEST_FILE:
                    return False
    except (OSError, EOFError, zlib.error):
        return False
    return file_id.encode() in head


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
