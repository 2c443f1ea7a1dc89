"""The command that makes damaged engagement files whole again."""

from __future__ import annotations

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, json_option


@click.command()
@click.argument("file", type=FILE)
@click.option("--out", type=click.Path(), metavar="NEW", help="The new file; NAME-salvaged beside FILE unless given.")
@json_option
def salvage(file: str, out: str | None, as_json: bool) -> int:
    """Write what is whole in a damaged file into a new one.

    For a file that was cut off, overwritten in part, edited by a slip, or that git left with conflict markers. Every
    whole record is kept, and every whole field of a cut one; the two sides of a conflict are united, and where they
    differ in a field the first side's value stands. FILE is not changed, and no file is written over.

    Prints the new file's path and, for each table, how many records it has; then what was lost, and ends with 1 when
    anything was.

    \b
    pcsm salvage harbour-foods.pcsm.json
    pcsm salvage harbour-foods --out harbour-again.pcsm.json
    """
    from pcsm_tui.settings import load
    from pcsm_tui.workspace.salvaging import salvage as salvaged

    done = salvaged(file, out, load())
    if as_json:
        output.json({"path": str(done.path), "kept": done.kept, "lost": list(done.lost)})
    else:
        output.text(str(done.path))
        output.table(("Table", "Kept"), [(table, str(count)) for table, count in done.kept.items()])
        for sentence in done.lost:
            output.text(f"Lost: {sentence}")
    return 1 if done.lost else 0


COMMANDS = (salvage,)
