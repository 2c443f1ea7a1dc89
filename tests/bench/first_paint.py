"""Start the program, write the modules that are imported when the first engagement row is painted, and end.

python first_paint.py MARK LIST FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from textual.drivers.linux_driver import LinuxDriver

_write = LinuxDriver.write


def _watched(driver: LinuxDriver, data: str) -> None:
    _write(driver, data)
    if sys.argv[1] in data:
        Path(sys.argv[2]).write_text("\n".join(sys.modules), encoding="utf-8")
        os.kill(os.getpid(), 9)


if __name__ == "__main__":
    LinuxDriver.write = _watched  # type: ignore[method-assign,assignment]
    mark, kept, folder = sys.argv[1:]
    from pcsm_tui.settings import load
    from pcsm_tui.ui import run
    from pcsm_tui.workspace import Workspace

    run(Workspace(Path(folder), load()))
