"""The command that passes on tools and reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, TOOL, json_option, opened
from pcsm_tui.errors import UsageError

if TYPE_CHECKING:
    from pcsm_tui.workspace.addressing import Opened

OUTPUT = "-"


@click.command()
@click.argument("file", type=FILE)
@click.option("--report", metavar="NAME", help="The report to export; --list shows them.")
@click.option("--tool", type=TOOL, help="The tool to export, all of its rows.")
@click.option("--format", "format_", metavar="FORMAT", help="md, csv or json; by the ending of --out, else md.")
@click.option("--out", type=click.Path(), metavar="PATH", help="The file to write; the output unless given.")
@click.option("--force", is_flag=True, help="Replace PATH when it exists. Never an engagement file.")
@click.option("--internal", is_flag=True, help="For your own team: what is internal, too.")
@click.option("--list", "listing", is_flag=True, help="List the reports, an id a line.")
@json_option
def export(
    file: str,
    report: str | None,
    tool: str | None,
    format_: str | None,
    out: str | None,
    force: bool,
    internal: bool,
    listing: bool,
    as_json: bool,
) -> None:
    """Export a report or a tool, safe for the customer.

    Internal tools, fields and rows come with --internal only; your own tools are never exported. References stand as
    names. In csv, a cell that a spreadsheet would run as a formula has an apostrophe in front.

    \b
    pcsm export harbour-foods --list
    pcsm export harbour-foods --report proposal --out proposal.md
    pcsm export harbour-foods --tool adoption-risks --format csv
    """
    found = opened(file)
    if (report is not None) + (tool is not None) + listing != 1:
        raise UsageError("Say what to export.", "Give one of --report NAME, --tool TOOL and --list.")
    if listing:
        _write_list(found, as_json)
        return
    wanted = "json" if as_json else format_ or _ending(out) or "md"
    text = _made(found, report, tool, wanted, internal)
    if out is None or out == OUTPUT:
        output.document(text)
        return
    from pcsm_tui.workspace.addressing import expanded
    from pcsm_tui.workspace.exporting import write_export

    write_export(expanded(out), text, force)
    output.talk(f"Written: {out}")


def _made(found: Opened, report: str | None, tool: str | None, format_: str, internal: bool) -> str:
    from pcsm_tui.workspace.exporting import report_text, tool_text

    engagement = found.session.engagement
    if tool is not None:
        declared = found.session.framework.tool(tool)
        shown_here = declared if declared.audience == "personal" else found.tool(tool)
        return tool_text(engagement, shown_here, format_, internal)
    if found.personal:
        raise UsageError("Your own file has no reports.", "Name an engagement.")
    return report_text(engagement, report or "", format_, internal)


def _ending(out: str | None) -> str:
    return Path(out).suffix.removeprefix(".").casefold() if out else ""


def _write_list(found: Opened, as_json: bool) -> None:
    from pcsm_tui.workspace.exporting import reports_of

    reports = reports_of(found.session.framework)
    if as_json:
        output.json([{"id": item.id, "title": item.title, "internal": item.internal} for item in reports])
        return
    for item in reports:
        output.text(item.id)


COMMANDS = (export,)
