"""The command that says what is wrong or at risk with files and folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, json_option

if TYPE_CHECKING:
    from pcsm_tui.workspace.doctoring import Examined, Finding

_HEADINGS = {"wrong": "WRONG", "risk": "AT RISK", "note": "GOOD TO KNOW"}


@click.command()
@click.argument("path", type=FILE, required=False, metavar="[FILE|DIR]")
@json_option
def doctor(path: str | None, as_json: bool) -> int:
    """Examine engagement files and the folder that they are in.

    One file, all in the folder DIR, or else your repository and your own tools. Looked at are whether they can be read
    and saved and by whom, locks, what was left lying, copies made by sync services, room on the disk, backups, and what
    `pcsm check` finds. Nothing is changed.

    Prints what is wrong, what is at risk, and what to do, and ends with 1 when there is any of it.

    \b
    pcsm doctor
    pcsm doctor harbour-foods
    pcsm doctor ~/clinics --json
    """
    from pcsm_tui.settings import load
    from pcsm_tui.workspace.doctoring import examined

    with output.progressing("Examining file") as progress:
        found = examined(path, load(), progress)
    if as_json:
        output.json(found.findings)
    else:
        _write(found)
    return 1 if any(item.kind != "note" for item in found.findings) else 0


def _write(found: Examined) -> None:
    counts = []
    for kind, heading in _HEADINGS.items():
        items = [item for item in found.findings if item.kind == kind]
        if items:
            output.text(heading)
            output.sentences(_lines(items, found.folder), "  ")
        if items and kind != "note":
            counts.append(f"{len(items)} {heading.lower()}")
    files = f"{found.files} file{'s' if found.files != 1 else ''} examined"
    output.talk(f"{files}: {', '.join(counts)}." if counts else f"{files}, nothing wrong.")


def _lines(items: Sequence[Finding], folder: Path) -> list[str]:
    """Return a line for each thing that was found, with all files of which it is true, and what to do."""
    from pcsm_tui.workspace.doctoring import several

    told: dict[tuple[str, str], list[str]] = {}
    for item in items:
        told.setdefault((item.sentence, item.advice), []).append(_name(Path(item.path), folder))
    return [f"{several(names)}: {' '.join(f'{what} {advice}'.split())}" for (what, advice), names in told.items()]


def _name(path: Path, folder: Path) -> str:
    from pcsm_tui.workspace.listing import SUFFIX

    return path.name.removesuffix(SUFFIX) if path.parent == folder else str(path)


COMMANDS = (doctor,)
