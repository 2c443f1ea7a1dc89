"""Documents that are stored beside the engagements, in the repository's `documents` folder."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path
from typing import NamedTuple

from pcsm_tui.errors import StorageFailed, UsageError
from pcsm_tui.store.folders import shared_folder

FOLDER = "documents"


class StoredDocument(NamedTuple):
    """A stored document: the name of its file, and the link by which an engagement refers to it."""

    name: str
    link: str


def store_document(source: Path, repository: Path) -> StoredDocument:
    """Copy a plain file into the documents of a repository; a name that is taken gets a number.

    Raises `UsageError` when there is no such file, `StorageFailed` when it cannot be copied; nothing stays half done.
    """
    try:
        is_file = source.is_file()
    except OSError as problem:
        raise UsageError(f"{source} is no usable path: {problem.strerror}.") from None
    if not is_file:
        raise UsageError(f"{source} is not a file.", "Write the path of a file on this machine.")
    folder = shared_folder(repository / FOLDER)
    temporary = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        target = _free_name(folder, source.name)
        shutil.copyfile(source, temporary)
        os.link(temporary, target)  # unlike a rename, never over a file that appeared meanwhile
    except OSError as problem:
        raise StorageFailed(f"{source} was not stored: {problem.strerror}.") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return StoredDocument(target.name, f"{FOLDER}/{target.name}")


def _free_name(folder: Path, name: str) -> Path:
    stem, suffix = Path(name).stem, Path(name).suffix
    candidates = [folder / name, *(folder / f"{stem}-{number}{suffix}" for number in range(2, 1000))]
    return next(path for path in candidates if not path.exists())
