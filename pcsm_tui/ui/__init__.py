"""The screen. `run` opens it; nothing of Textual is imported before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pcsm_tui.workspace import Workspace


def run(workspace: Workspace, path: Path | None = None) -> int:
    """Open the screen on a workspace, at Today or at one engagement; return the exit code.

    The terminal must be one: whoever calls has checked that.
    """
    import gc

    # Nothing made on the way to the first picture is garbage; looking for some would take a tenth of the time.
    gc.disable()
    from pcsm_tui.ui.app import PcsmApp

    app = PcsmApp(workspace, path)
    app.run(mouse=workspace.settings.mouse)
    return app.return_code or 0
