"""What is left behind when the program ends by a fault of its own: a report without anybody's data in it."""

from __future__ import annotations

import os
import traceback
from datetime import datetime
from pathlib import Path

from pcsm_tui import __version__
from pcsm_tui.workspace import private_folder


def write_report(folder: Path, error: BaseException, when: datetime) -> Path:
    """Write where a fault happened, without the values at hand, to a private file and return its path.

    Raises `StorageFailed` or `OSError` when it cannot be written.
    """
    path = private_folder(folder) / f"crash-{when:%Y%m%d-%H%M%S}.txt"
    frames = "".join(traceback.format_tb(error.__traceback__))
    text = f"pcsm {__version__}\n{frames}{type(error).__name__}\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path
