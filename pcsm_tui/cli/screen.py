"""Opening the screen: on the repository, a folder, a file, or the sample engagements."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.opening import require_terminal, run
from pcsm_tui.errors import FileRefused, PcsmError, UsageError, nearest

if TYPE_CHECKING:
    from pcsm_tui.workspace import Workspace


def open_default() -> int:
    """Open the screen on the default repository; return the exit code."""
    from pcsm_tui.cli.arguments import repository

    require_terminal()
    return run(repository(None), None)


@click.command("open", hidden=True, add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("path", type=click.Path())
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def open_path(ctx: click.Context, path: str, rest: tuple[str, ...]) -> int:
    """Open the screen on a folder of engagements, or on one; words after PATH mean that it was a mistyped command."""
    if rest:
        raise UsageError(f"There is no command {path!r}.", _nearest_command(ctx, path))
    workspace, file = _named(ctx, path)
    require_terminal()
    return run(workspace, file)


def _named(ctx: click.Context, word: str) -> tuple[Workspace, Path | None]:
    """Return the workspace that a word means, and the engagement in it if it means one."""
    from pcsm_tui.settings import load
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.addressing import expanded, repository

    settings, direct = load(), expanded(word)
    if direct.is_dir():
        return Workspace(direct, settings), None
    if direct.is_file():
        return Workspace(direct.parent, settings), direct.absolute()
    workspace = repository(None, settings)
    try:
        return workspace, workspace.path_of(word)
    except UsageError:
        hint = _nearest_command(ctx, word, workspace.files())
        raise UsageError(f"There is no command, folder or engagement {word!r}.", hint) from None


def _nearest_command(ctx: click.Context, word: str, files: Sequence[Path] = ()) -> str:
    from pcsm_tui.workspace.listing import SUFFIX

    program = ctx.find_root().command
    known = program.list_commands(ctx) if isinstance(program, click.Group) else []
    return nearest(word, [*known, *(file.name.removesuffix(SUFFIX) for file in files)]) or "See `pcsm --help`."


@click.command()
@click.option("--dir", "folder", type=click.Path(), help="The folder to copy them into, empty or new.")
@click.option("--check", "only_check", is_flag=True, help="Only check that all that is shipped is in place.")
def demo(folder: str | None, only_check: bool) -> int:
    """Open copies of the sample engagements.

    To look around in, and to change at will. They are dated for this week, and stay in the folder that is printed.

    \b
    pcsm demo
    pcsm demo --dir ~/pcsm-demo
    pcsm demo --check
    """
    if only_check:
        return _check()
    from pcsm_tui.settings import load
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.demo import copy_samples, of_its_own, sample_folder

    require_terminal()
    samples = sample_folder()
    place = _fresh_folder(folder)
    workspace = Workspace(place, of_its_own(load(), place))
    copy_samples(samples, workspace.folder, workspace.framework, workspace.today)
    code = run(workspace, None)
    output.talk(f"The sample engagements stay in {workspace.folder}.")
    return code


def _fresh_folder(word: str | None) -> Path:
    """Return a folder that is empty or does not exist yet: a new temporary one, or the one named.

    Raises `FileRefused` when it holds anything.
    """
    if word is None:
        import tempfile

        return Path(tempfile.mkdtemp(prefix="pcsm-demo-"))
    from pcsm_tui.workspace.addressing import expanded

    folder = expanded(word)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileRefused(f"{word} is not an empty folder.", "Name a new one: nothing is ever copied over your files.")
    return folder


def _check() -> int:
    """Write a line for each thing that is shipped; return 1 when one of them is missing or wrong."""
    from pcsm_tui.settings import THEMES_SHIPPED
    from pcsm_tui.workspace.shipped import Shipped, shipped

    found = shipped()
    for name in THEMES_SHIPPED:
        try:
            found.append(Shipped(f"theme {name}", _theme(name)))
        except PcsmError as problem:
            found.append(Shipped(f"theme {name}", str(problem), good=False))
    for item in found:
        output.text(f"{'ok' if item.good else 'WRONG'}  {item.name}: {item.sentence}")
    return 0 if all(item.good for item in found) else 1


def _theme(name: str) -> str:
    from pcsm_tui.ui.themes import read_theme, themes_folder

    return "dark" if read_theme(themes_folder() / f"{name}.toml").dark else "light"


COMMANDS = (demo,)
