"""Opening the screen; apart from the commands, whose import it does without."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pcsm_tui.errors import PcsmError, UsageError

if TYPE_CHECKING:
    from pcsm_tui.workspace import Workspace


def open_at_once(words: Sequence[str]) -> int | None:
    """Open the screen when the words of the command line plainly ask for it, and return the exit code.

    None means that they have to be looked at as a command: a word that may be the name of one, and all that is refused.
    """
    if len(words) > 1 or (words and not _is_plainly_a_path(words[0])):
        return None
    from pcsm_tui.settings import load
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.addressing import expanded, repository

    try:
        require_terminal()
        path = expanded(words[0]) if words else None
        if path is None:
            return run(repository(None, load()), None)
        return (
            run(Workspace(path, load()), None)
            if path.is_dir()
            else run(Workspace(path.parent, load()), path.absolute())
        )
    except PcsmError:
        return None


def _is_plainly_a_path(word: str) -> bool:
    return not word.startswith("-") and os.sep in word and Path(word).expanduser().exists()


def run(workspace: Workspace, file: Path | None) -> int:
    """Open the screen on a workspace, at an engagement file if one is given; return the exit code.

    A mistake in the repository's playbook is told before: without it nothing could be shown as the team means it.
    """
    workspace.require_playbook()
    from pcsm_tui.ui import run as run_screen

    return run_screen(workspace, file)


def require_terminal() -> None:
    """Raise `UsageError` where no screen can be drawn."""
    if os.environ.get("TERM") == "dumb":
        what = "this one (TERM=dumb) cannot draw one"
    elif not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        what = "input, output or error output is none"  # Textual draws on the last of them
    else:
        return
    raise UsageError(
        f"The screen needs a terminal, and {what}.",
        "The commands do not: `pcsm list`, `pcsm today`, `pcsm show FILE`; `pcsm --help` lists them.",
    )
