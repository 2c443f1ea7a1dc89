"""The commands on backups: which there are, what differs from them, getting one back, whether they can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, json_option
from pcsm_tui.errors import PcsmError

if TYPE_CHECKING:
    from pathlib import Path

    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.restoring import Kept


class _Backup(click.ParamType[str]):
    """The number or the name of a backup of the file that was named before."""

    name = "backup"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the numbers of the backups, each with when it was taken."""
        try:
            _, _, listed = _found(ctx.params.get("file") or "")
        except (PcsmError, OSError):
            return []
        words = [(str(item.number), f"{_when(item)}, {', '.join(item.backup.kinds)}") for item in listed]
        return [CompletionItem(word, help=what) for word, what in words if word.startswith(incomplete)]


file_argument = click.argument("file", type=FILE)
backup_argument = click.argument("backup", type=_Backup(), metavar="BACKUP")


@click.group()
def backup() -> None:
    """List the backups of FILE, compare with one, or get one back.

    A backup is taken before the first change of a session and of a day. All of this works when FILE is damaged or gone.
    BACKUP is a number of the list, 1 for the newest, or a name.

    \b
    pcsm backup list harbour-foods
    pcsm backup compare harbour-foods 2
    pcsm backup restore harbour-foods 2
    """


@backup.command("list")
@file_argument
@json_option
def list_(file: str, as_json: bool) -> None:
    """List the backups of FILE, the newest first.

    The previous save, which lies beside the file, stands among them by its revision.

    \b
    pcsm backup list harbour-foods
    pcsm backup list harbour-foods --json
    """
    from pcsm_tui.workspace.restoring import problem_of

    workspace, path, listed = _found(file)
    if as_json:
        output.json([_data(item) for item in listed])
    elif listed:
        names = ("No.", "Taken", "Age", "Rev.", "Records", "Bytes", "Checked", "Kept as")
        output.grouped_table(names, [("", _line(item, workspace)) for item in listed], (0, 0, 0, 0, 0, 0, 0, 8))
    else:
        output.talk(f"There are no backups of {path}.")
    if problem := problem_of(path):
        output.talk(problem)


@backup.command()
@file_argument
@backup_argument
@json_option
def compare(file: str, backup: str, as_json: bool) -> None:
    """Show what restoring BACKUP would change in FILE.

    \b
    pcsm backup compare harbour-foods 1
    """
    from pcsm_tui.workspace.restoring import backup_named, told_differences

    workspace, path, listed = _found(file)
    chosen = backup_named(listed, backup)
    told = told_differences(workspace.framework, path, chosen)
    if as_json:
        output.json({"backup": _data(chosen), "differences": told})
    elif told:
        output.sentences(told)
    else:
        output.talk(f"{path.name} holds what this backup does.")


@backup.command()
@file_argument
@backup_argument
@click.option("--out", type=click.Path(), help="Write the backup into this new file, and leave FILE alone.")
def restore(file: str, backup: str, out: str | None) -> None:
    """Put the content of BACKUP in the place of FILE.

    It becomes a new revision, which colleagues who have the file open merge with. What FILE holds now is kept, and you
    are told where. Prints the path of the file.

    \b
    pcsm backup restore harbour-foods 1
    pcsm backup restore harbour-foods 2 --out then.pcsm.json
    """
    from pcsm_tui.workspace.addressing import expanded
    from pcsm_tui.workspace.restoring import backup_named, save_copy
    from pcsm_tui.workspace.restoring import restore as restore_by

    workspace, path, listed = _found(file)
    chosen = backup_named(listed, backup)
    if out is not None:
        target = expanded(out).absolute()
        save_copy(chosen, target)
        output.text(str(target))
        output.talk(f"It is revision {chosen.backup.n}, of {_when(chosen)}.")
        return
    done = restore_by(workspace, path, chosen)
    output.text(str(done.path))
    output.talk(f"It now holds what it did in revision {chosen.backup.n}, of {_when(chosen)}.")
    output.talk(
        f"What it held before is kept in {done.replaced}."
        if done.replaced
        else "There was no file, so nothing was replaced."
    )
    if done.warning:
        output.talk(done.warning)


@backup.command()
@click.argument("file", type=FILE, required=False, metavar="[FILE]")
@json_option
def verify(file: str | None, as_json: bool) -> int:
    """Read every backup of FILE, or all of yours, and list those that are damaged.

    Prints a line for each of them, and ends with 1 when there are any.

    \b
    pcsm backup verify
    pcsm backup verify harbour-foods
    """
    from pcsm_tui.settings import load
    from pcsm_tui.workspace.restoring import all_backups

    listed = _found(file)[2] if file else all_backups(load())
    damaged = [item for item in listed if item.problem]
    if as_json:
        output.json([_data(item) for item in listed])
    else:
        for item in damaged:
            output.text(item.problem)
        told = "none damaged" if not damaged else f"{len(damaged)} damaged"
        output.talk(f"{len(listed)} backup{'s' if len(listed) != 1 else ''} read, {told}.")
    return 1 if damaged else 0


def _found(word: str) -> tuple[Workspace, Path, list[Kept]]:
    """Return the file that a word means, the workspace that it is seen in, and its backups."""
    from pcsm_tui.settings import load
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.restoring import backups_of, path_for

    settings = load()
    workspace = Workspace(settings.repository_folder, settings)
    path = path_for(workspace, word)
    if path.parent != workspace.folder and path != settings.places.personal_file:
        workspace = Workspace(path.parent, settings)
    return workspace, path, backups_of(workspace, path)


def _when(item: Kept) -> str:
    return f"{item.backup.when.astimezone():%Y-%m-%d %H:%M}"


def _line(item: Kept, workspace: Workspace) -> tuple[str, ...]:
    from pcsm_tui.workspace.restoring import told_age

    kinds, revision = ", ".join(item.backup.kinds) or "to be removed", str(item.backup.n)
    age = told_age(workspace.now, item.backup.when)
    if item.problem:
        return (str(item.number), _when(item), age, revision, "", "", "damaged", kinds)
    return (str(item.number), _when(item), age, revision, str(item.records), f"{item.size:,}", "good", kinds)


def _data(item: Kept) -> dict[str, Any]:
    found = item.backup
    return {
        "number": item.number, "name": item.name, "path": str(found.path), "when": f"{found.when:%Y-%m-%dT%H:%M:%SZ}",
        "revision": found.n, "rev": found.rev, "size": item.size, "records": item.records, "kinds": list(found.kinds),
        "verified": not item.problem, "problem": item.problem,
    }  # fmt: skip


COMMANDS = (backup,)
