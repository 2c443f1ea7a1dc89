"""What is left behind when the program ends by a fault of its own: a report without anybody's data in it."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pcsm_tui import __version__
from pcsm_tui.workspace import private_folder

EXIT_CODE = 70
"""The exit code of a program that has a fault, by the convention of `sysexits.h`; 1 would mean that it has findings."""


def write_report(folder: Path, error: BaseException, when: datetime) -> Path:
    """Write where a fault happened, without the values at hand, to a private file and return its path.

    Raises `StorageFailed` or `OSError` when it cannot be written.
    """
    path = private_folder(folder) / f"crash-{when:%Y%m%d-%H%M%S}.txt"
    text = "\n".join([f"pcsm {__version__}", *_places(error), ""])
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)
    return path


def _places(error: BaseException) -> Iterator[str]:
    """Yield a line for every place that an error, and those that led to it, came through, and one for its kind.

    Neither its message is among them, which repeats what was typed, nor a path, which may hold the person's name.
    """
    if (earlier := error.__cause__ or error.__context__) is not None:
        yield from _places(earlier)
        yield "which led to"
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"  {frame.f_globals.get('__name__', '?')}, line {line}, in {frame.f_code.co_qualname}"
    yield type(error).__name__


@contextmanager
def faults_of_threads(told: Callable[[Exception], object]) -> Iterator[None]:
    """Tell of the faults that end a thread, which would end in silence behind the screen; `told` is called in it."""
    before = threading.excepthook

    def tell(found: threading.ExceptHookArgs) -> None:
        if isinstance(found.exc_value, Exception):
            told(found.exc_value)
        else:
            before(found)

    threading.excepthook = tell
    try:
        yield
    finally:
        threading.excepthook = before
