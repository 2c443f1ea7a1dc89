"""Opening the screen: on the repository, a folder, a file, or the sample engagements."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from pcsm_tui.cli import output
from pcsm_tui.errors import FileRefused, PcsmError, UsageError, nearest


def open_default() -> int:
    """Open the screen on the default repository; return the exit code."""
    from pcsm_tui.cli.arguments import repository

    _require_terminal()
    return _run(repository(None), None)


@click.command("open", hidden=True)
@click.argument("path", type=click.Path())
@click.pass_context
def open_path(ctx: click.Context, path: str) -> int:
    """Open the screen on a folder of engagements, or on one engagement."""
    from pcsm_tui.settings import load
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.addressing import expanded, repository

    settings, direct = load(), expanded(path)
    if direct.is_dir():
        workspace, file = Workspace(direct, settings), None
    elif direct.is_file():
        workspace, file = Workspace(direct.parent, settings), direct.absolute()
    else:
        workspace = repository(None, settings)
        try:
            file = workspace.path_of(path)
        except UsageError:
            raise UsageError(
                f"There is no command, folder or engagement {path!r}.", nearest(path, _commands(ctx)[:]) or "`pcsm --help`"
            ) from None
    _require_terminal()
    return _run(workspace, file)


@click.command()
@click.option("--dir", "folder", type=click.Path(), help="The folder to copy them into, empty or new.")
@click.option("--check", "only_check", is_flag=True, help="Only check that all that is shipped is in place.")
def demo(folder: str | None, only_check: bool) -> int:
    """Open copies of the sample engagements, to look around in and to change at will.

    They are dated for this week, and stay in the folder that is printed.

    \b
    pcsm demo
    pcsm demo --dir ~/pcsm-demo
    pcsm demo --check
    """
    if only_check:
        return _check()
    from pcsm_tui.settings import load
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.demo import copy_samples, sample_folder

    _require_terminal()
    samples = sample_folder()
    workspace = Workspace(_fresh_folder(folder), load())
    copy_samples(samples, workspace.folder, workspace.framework, workspace.today)
    code = _run(workspace, None)
    output.talk(f"The sample engagements stay in {workspace.folder}.")
    return code


def _run(workspace, file) -> int:
    from pcsm_tui.ui import run

    return run(workspace, file)
