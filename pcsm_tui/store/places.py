"""What is at risk in a folder by what it lies on: rights, locks, networks, room."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from pcsm_tui.store.findings import Finding, finding
from pcsm_tui.store.locks import locking_works

ROOM = 3
"""So many times the size of the largest file should be free: for the new one, the old one and what is kept of it."""
_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "ncpfs", "virtiofs"))
_ESCAPE = re.compile(r"\\([0-7]{3})")


def place_findings(folder: Path, largest: int) -> Iterator[Finding]:
    """Yield what is found about a folder whose largest engagement has so many bytes."""
    if not os.access(folder, os.W_OK | os.X_OK):
        advice = "Ask its owner for write permission, or work on copies in a folder of yours."
        yield finding("risk", folder, "You may not write in this folder, so that nothing in it can be saved.", advice)
    if not locking_works(folder / "any"):
        what = "Locks keep nobody out on this file system: two saves at once are noticed only afterwards."
        yield finding("risk", folder, what, "Let one person at a time change an engagement here.")
    kind = file_system(folder, _mounts())
    if kind in _NETWORK or kind.startswith("fuse."):
        what = f"This folder is on a network file system ({kind}), where locks and renames may not be safe."
        yield finding("risk", folder, what, "Keep backups elsewhere, and one person at a time changing an engagement.")
    yield from _room(folder, largest * ROOM)


def file_system(folder: Path, mounts: str) -> str:
    """Return the kind of file system that a folder is on, by the system's list of mounts; empty when it is not known."""
    real, longest, found = os.path.realpath(folder), "", ""
    for line in mounts.splitlines():
        _, point, kind, *_ = [*line.split(" "), "", "", ""]
        point = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), point)
        if f"{real}/".startswith(f"{point.rstrip('/')}/") and len(point) >= len(longest):
            longest, found = point, kind  # of two on the same point the later covers the earlier
    return found


def _mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # a system without such a list
        return ""


def _room(folder: Path, needed: int) -> Iterator[Finding]:
    try:
        found = os.statvfs(folder)
    except OSError:
        return
    free = found.f_bavail * found.f_frsize
    if found.f_blocks and free < needed:
        what = f"{free:,} bytes are free here, and saves may need {needed:,}."
        yield finding("risk", folder, what, "Make room on the disk.")
    elif found.f_files and not found.f_favail:
        yield finding("risk", folder, "No more files can be made on this file system.", "Remove some.")
    elif _exceeds_quota(folder, needed):
        what = f"Your quota leaves less than {needed:,} bytes here, which saves may need."
        yield finding("risk", folder, what, "Remove something of yours, or ask for a larger quota.")


def _exceeds_quota(folder: Path, needed: int) -> bool:
    """Return whether so many bytes are refused to this user: nothing but asking for them tells.

    They are asked for in a file without a name, which nobody sees and which is gone when it is closed.
    """
    unnamed = getattr(os, "O_TMPFILE", 0)
    if not unnamed or not needed:
        return False
    try:
        descriptor = os.open(folder, unnamed | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        return problem.errno == errno.EDQUOT
    try:
        os.posix_fallocate(descriptor, 0, needed)
    except OSError as problem:
        return problem.errno == errno.EDQUOT
    finally:
        os.close(descriptor)
    return False
