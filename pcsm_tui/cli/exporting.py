"""The command that passes on tools, reports and the plan."""

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
@click.option("--format", "format_", metavar="FORMAT", help="By the ending of --out, else md; see below.")
@click.option("--out", type=click.Path(), metavar="PATH", help="The file to write; the output unless given.")
@click.option("--force", is_flag=True, help="Replace PATH when it exists. Never an engagement file.")
@click.option("--internal", is_flag=True, help="For your own team: what is internal, too.")
@click.option("--baseline", metavar="NAME", help="In the plan as svg, draw this baseline too.")
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
    baseline: str | None,
    listing: bool,
    as_json: bool,
) -> None:
    """Export a report, a tool or the plan, safe for the customer.

    Reports and tools are written as md, csv or json. The plan needs neither --report nor --tool: mspdi is MS Project's
    XML, csv a table that can be imported again, ics a calendar, svg and mermaid are Gantt charts.

    Internal tools, fields and rows come with --internal only; your own tools are never exported. References stand as
    names. In csv, a cell that a spreadsheet would run as a formula has an apostrophe in front.

    \b
    pcsm export harbour-foods --list
    pcsm export harbour-foods --report proposal --out proposal.md
    pcsm export harbour-foods --tool adoption-risks --format csv
    pcsm export harbour-foods --format mspdi --out plan.xml
    """
    found = opened(file)
    if listing and report is None and tool is None:
        _write_list(found, as_json)
        return
    plan_format = "" if listing or as_json or report is not None else _plan_format(tool, format_, out)
    if not plan_format and (report is not None) + (tool is not None) + listing != 1:
        hint = "Give one of --report NAME, --tool TOOL and --list, or --format of the plan."
        raise UsageError("Say what to export.", hint)
    if baseline is not None and not plan_format:
        raise UsageError("--baseline belongs to the plan.", "Give --format svg.")
    made: str | bytes
    if plan_format:
        made = _plan(found, plan_format, internal, baseline or "")
    else:
        wanted = "json" if as_json else format_ or _ending(out) or "md"
        made = _made(found, report, tool, wanted, internal)
    _written(made, out, force)


def _plan_format(tool: str | None, format_: str | None, out: str | None) -> str:
    """Return the format in which the plan is asked for; nothing where a tool as such is."""
    from pcsm_tui.workspace.plan_exporting import PLAN_ENDINGS, PLAN_FORMATS

    wanted = format_ or PLAN_ENDINGS.get(_ending(out), "")
    if wanted not in PLAN_FORMATS or (tool is not None and (tool != "tasks" or wanted == "csv")):
        return ""
    return wanted


def _plan(found: Opened, format_: str, internal: bool, baseline: str) -> bytes:
    from pcsm_tui.workspace.plan_exporting import plan_export

    if found.personal:
        raise UsageError("Your own file has no plan.", "Name an engagement.")
    return plan_export(found.session.engagement, format_, found.session.today, internal, baseline)


def _written(made: str | bytes, out: str | None, force: bool) -> None:
    """Write what was made to a file, or to the output."""
    if out is None or out == OUTPUT:
        if isinstance(made, bytes):
            output.binary(made)
        else:
            output.document(made)
        return
    from pcsm_tui.workspace.addressing import expanded
    from pcsm_tui.workspace.exporting import write_export

    write_export(expanded(out), made, force)
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
    from pcsm_tui.workspace.exporting import FORMATS, reports_of
    from pcsm_tui.workspace.plan_exporting import PLAN_FORMATS

    reports = reports_of(found.session.framework)
    if as_json:
        listed = [
            {"id": item.id, "title": item.title, "internal": item.internal, "formats": FORMATS} for item in reports
        ]
        internal = found.session.framework.tool("tasks").audience != "customer"
        output.json([*listed, {"id": "plan", "title": "The plan", "internal": internal, "formats": PLAN_FORMATS}])
        return
    for item in reports:
        output.text(item.id)
    output.talk(f"The plan, without --report: --format {', '.join(PLAN_FORMATS)}.")


COMMANDS = (export,)
