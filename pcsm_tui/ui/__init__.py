"""The screen. `run` opens it; nothing of Textual is imported before."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pcsm_tui.errors import PcsmError

if TYPE_CHECKING:
    from pcsm_tui.workspace import Workspace


def run(workspace: Workspace, path: Path | None = None) -> int:
    """Open the screen on a workspace, at Today or at one engagement; return the exit code.

    The terminal must be one: whoever calls has checked that. A program that is told to end, or whose terminal is gone,
    returns 128 and the number of the signal.
    """
    import gc

    # Nothing made on the way to the first picture is garbage; looking for some would take a tenth of the time.
    gc.disable()
    from pcsm_tui.ui.app import PcsmApp
    from pcsm_tui.ui.crash import faults_of_threads
    from pcsm_tui.ui.hangup import Hangup

    app = PcsmApp(workspace, path)
    ending = Hangup(workspace.flush, lambda code: app.exit(return_code=code))
    with ending as hangup, faults_of_threads(partial(app.call_later, app._handle_exception)):
        app.run(mouse=workspace.settings.mouse)
        if hangup.code is not None:
            with suppress(PcsmError):
                workspace.leave()
    return app.return_code or 0 if hangup.code is None else hangup.code
