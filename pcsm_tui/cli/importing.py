"""The command that takes in files of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, TOOL, json_option, opened
from pcsm_tui.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from pcsm_tui.workspace.addressing import Opened

NOTHING_WRITTEN = "Nothing was written: this is what an import would do."


@click.command("import")
@click.argument("source", type=click.Path())
@click.option("--into", "file", type=FILE, required=True, metavar="FILE", help="The engagement that takes it in.")
@click.option("--as", "tool", type=TOOL, help="A CSV file holds rows of this tool, not a plan.")
@click.option("--settings", is_flag=True, help="Take over start, calendar and limits though there is a plan already.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing.")
@json_option
def import_(source: str, file: str, tool: str | None, settings: bool, dry_run: bool, as_json: bool) -> None:
    """Import a plan from MS Project (.xml) or CSV, or rows of a tool.

    A plan in CSV has the columns id, name, duration and predecessors (3FS+2d), and any of parent, owner, start, finish
    and percent_complete. Imported again, the same file updates its work packages; those that it does not have stay. Its
    start and calendar are taken over where there is no plan yet. What changes in which task is told, and what becomes of
    the plan.

    With --as TOOL, the first line of the CSV names fields by id or name, and cells are written as they are typed.

    All of it is imported, or nothing.

    \b
    pcsm import rollout.xml --into harbour-foods --dry-run
    pcsm import plan.csv --into harbour-foods
    pcsm import risks.csv --into harbour-foods --as adoption-risks
    """
    from pcsm_tui.workspace.addressing import expanded

    if settings and tool is not None:
        raise UsageError("--settings belongs to a plan.", "Leave it out, or leave out --as.")
    found, path = opened(file), expanded(source)
    if tool is None:
        _import_plan(found, path, settings, dry_run, as_json)
    else:
        _import_rows(found, path, tool, dry_run, as_json)
    if dry_run:
        output.talk(NOTHING_WRITTEN)


def _import_plan(found: Opened, path: Path, settings: bool, dry_run: bool, as_json: bool) -> None:
    from pcsm_tui.workspace.importing import plan_data, planned_import, told_import

    if found.personal:
        raise UsageError("Your own file has no plan.", "Name an engagement with --into.")
    with output.progressing("Reading", "Working out the plan") as told:
        planned = planned_import(found.session, path, settings, told)
    if not dry_run:
        with output.saying("Saving"):
            found.session.make(planned.change)
    with output.saying("Comparing with the plan before"):
        data = plan_data(planned) if as_json else {}
        lines = [] if as_json else told_import(planned, found.session.today)
    if as_json:
        output.json(data | {"source": str(path), "dry_run": dry_run})
    else:
        output.sentences(lines)
    for remark in planned.remarks:
        output.talk(remark)


def _import_rows(found: Opened, path: Path, tool: str, dry_run: bool, as_json: bool) -> None:
    from pcsm_tui.workspace.importing import rows_import

    declared = found.tool(tool)
    rows = rows_import(found.session, path, declared)
    if not dry_run:
        found.session.make(rows.change)
    if as_json:
        counts = {"added": len(rows.added), "unchanged": rows.here, "remarks": list(rows.remarks)}
        output.json({"source": str(path), "tool": declared.id, "dry_run": dry_run, **counts})
    else:
        here = f" {rows.here} in the file are here already." if rows.here else ""
        output.text(f"{declared.name}: {len(rows.added)} added.{here}")
    for remark in rows.remarks:
        output.talk(remark)


COMMANDS = (import_,)
