"""Folders that are made when something is first written to them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from pcsm_tui.errors import StorageFailed

_PLAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", re.ASCII)
_PRIVATE = 0o700


def kept_folder(state_folder: Path, what: str, file_id: str) -> Path:
    """Return the person's folder for a kind of thing that is kept of an engagement.

    Its `file_id` may be any text, also one that is no name or would lead elsewhere: that one goes by its digest.
    """
    digest = hashlib.blake2b(file_id.encode(errors="replace"), digest_size=16).hexdigest()
    return state_folder / what / (file_id if _PLAIN.fullmatch(file_id) else f"~{digest}")


def private_folder(folder: Path) -> Path:
    """Make a folder of the person's own, readable by nobody else, and return it; raises `StorageFailed`.

    Folders above it that have to be made are the person's own as well.
    """
    try:
        missing = [parent for parent in folder.parents if not parent.exists()]
    except OSError as problem:
        raise _not_made(folder, problem) from None
    for parent in reversed(missing):
        _made(parent, _PRIVATE)
    return _made(folder, _PRIVATE)


def shared_folder(folder: Path) -> Path:
    """Make a folder that colleagues may use too, as far as the person's umask lets them; raises `StorageFailed`."""
    return _made(folder, 0o777)


def _made(folder: Path, mode: int) -> Path:
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as problem:
        raise _not_made(folder, problem) from None
    return folder


def _not_made(folder: Path, problem: OSError) -> StorageFailed:
    return StorageFailed(f"The folder {folder} cannot be made: {problem.strerror}.")
