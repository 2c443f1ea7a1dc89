"""Commands that look into one engagement, and at the tools that there are: show, tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, ROW, TOOL, json_option, opened, repository, short_uids
from pcsm_tui.cli.columns import wrapped
from pcsm_tui.errors import UsageError

if TYPE_CHECKING:
    from pcsm_tui.workspace.addressing import Opened
    from pcsm_tui.workspace.needs import Need
    from pcsm_tui.workspace.showing import Line, Missing, Overview, PhaseView, Sheet

FEW = 5
"""So many lines of each list stand in an overview."""


@click.command()
@click.argument("file", type=FILE)
@click.argument("what", type=ROW, default="overview", metavar="[TOOL|TOOL/UID|overview|phase N]")
@click.argument("number", type=int, required=False, metavar="")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs; values as the file holds them.")
def show(file: str, what: str, number: int | None, as_json: bool) -> None:
    """Show an engagement, a phase, a tool or a row.

    In the JSON of a tool, values are those of the file: percentages in tenths, durations in working minutes, amounts in
    minor units with their currency, references as uids.

    \b
    pcsm show harbour-foods
    pcsm show harbour-foods phase 4
    pcsm show harbour-foods adoption-risks --json
    pcsm show harbour-foods adoption-risks/3fa4b1
    pcsm show me career-plan
    """
    if (what == "phase") is not (number is not None):
        wrong = "phase takes a number." if what == "phase" else f"{what} takes no number."
        raise UsageError(wrong, "Write: pcsm show FILE phase 4")
    found = opened(file)
    if number is not None:
        _show_phase(found, number, as_json)
    elif what == "overview":
        _show_overview(found, as_json)
    elif "/" in what:
        _show_row(found, what, as_json)
    else:
        _show_tool(found, what, as_json)


def _show_tool(found: Opened, name: str, as_json: bool) -> None:
    from pcsm_tui.workspace.showing import records, sheet

    engagement, tool = found.session.engagement, found.tool(name)
    if as_json:
        output.json(records(engagement, tool))
        return
    shown = sheet(engagement, tool)
    output.text(f"{shown.name}: {shown.sentence}")
    if shown.single:
        _write_form(shown, shown.lines[0])
    elif shown.lines:
        _write_rows(shown)
    else:
        output.talk(f"No {shown.row_name} yet: `pcsm add {found.word} {tool.id} {tool.fields[0].id}=…` adds one.")


def _write_rows(shown: Sheet) -> None:
    short = short_uids(line.uid for line in shown.lines)
    places = [place for place, column in enumerate(shown.columns) if column.type != "note"]
    names = ["uid", *(shown.columns[place].name for place in places)]
    rows = [(line.group, [short[line.uid], *(line.cells[place] for place in places)]) for line in shown.lines]
    output.grouped_table(names, rows, [0, *(shown.columns[place].width for place in places)])


def _show_row(found: Opened, target: str, as_json: bool) -> None:
    from pcsm_tui.workspace.showing import record, sheet

    engagement, row = found.session.engagement, found.row(target)
    if as_json:
        output.json(record(engagement, row))
        return
    shown = sheet(engagement, row.tool, (row,))
    output.text(f"{shown.name}/{row.uid}")
    _write_form(shown, shown.lines[0])


def _write_form(shown: Sheet, line: Line) -> None:
    section = ""
    for column, cell in zip(shown.columns, line.cells, strict=True):
        if column.section != section:
            section = column.section
            output.text(f"\n{section}")
        _write_wrapped(f"{column.name}: {cell}".rstrip())


def _write_wrapped(text: str, first: str = "", rest: str = "  ") -> None:
    from pcsm_tui.workspace.printing import safe_text

    room = output.width() - max(len(first), len(rest))
    for place, line in enumerate(wrapped(safe_text(text), room)):
        output.text(((rest if place else first) + line).rstrip())


# --- an engagement --------------------------------------------------------------------------------------------


def _show_overview(found: Opened, as_json: bool) -> None:
    if found.personal:
        _show_own_tools(found, as_json)
        return
    from pcsm_tui.workspace.showing import overview

    engagement = found.session.engagement
    put_off = frozenset(found.workspace.snoozed().get(engagement.file_id, ()))
    view = overview(engagement, found.session.today, put_off)
    if as_json:
        output.json(view)
        return
    _write_head(view)
    rows = [
        (item.stage, f"{item.number} {item.name}", item.state, f"{item.done} of {item.activities}", item.started,
         item.finished)
        for item in view.phases
    ]  # fmt: skip
    output.text()
    output.table(("Stage", "Phase", "State", "Done", "Started", "Finished"), rows)
    _write_needs("Needs you", view.attention)
    _write_needs("Next", view.next)
    _write_missing(view.missing, found.word)


def _write_head(view: Overview) -> None:
    output.text(f"{view.customer}: {view.initiative}" if view.initiative else view.customer)
    output.text(", ".join(part for part in (view.status, f"CSM {view.csm}" if view.csm else "") if part))
    if view.health:
        trend = view.health.trend
        moved = f", {'up' if trend > 0 else 'down'} {abs(trend) // 10}" if trend else ""
        output.text(f"Health {view.health.score // 10} % {view.health.label}{moved}, {view.health.date}")


def _write_needs(heading: str, needs: tuple[Need, ...]) -> None:
    if not needs:
        return
    output.text(f"\n{heading}")
    for need in needs[:FEW]:
        why = need.when or need.reason
        _write_wrapped(f"{need.text}{f' ({why})' if why else ''}", "  ", "    ")
    if len(needs) > FEW:
        output.text(f"  and {len(needs) - FEW} more")


def _write_missing(missing: tuple[Missing, ...], word: str) -> None:
    for number in dict.fromkeys(item.phase for item in missing):
        here = [item for item in missing if item.phase == number]
        output.text(f"\nMissing in phase {number}")
        for item in here[:FEW]:
            _write_wrapped(item.text, "  ", "    ")
        if len(here) > FEW:
            output.text(f"  and {len(here) - FEW} more: pcsm show {word} phase {number}")


def _show_own_tools(found: Opened, as_json: bool) -> None:
    from pcsm_tui.workspace.showing import tool_line

    lines = [tool_line(found.session.engagement, tool) for tool in found.tools()]
    if as_json:
        output.json({"tools": lines})
        return
    output.table(("Tool", "Name", "State"), [(line.id, line.name, line.sentence) for line in lines])


def _show_phase(found: Opened, number: int, as_json: bool) -> None:
    from pcsm_tui.workspace.showing import phase_view

    if found.personal:
        raise UsageError("Your own file has no phases.", "Name an engagement.")
    view = phase_view(found.session.engagement, number)
    if as_json:
        output.json(view)
        return
    _write_phase(view)


def _write_phase(view: PhaseView) -> None:
    phase = view.phase
    output.text(f"{phase.number} {phase.name}: {phase.state}, {phase.done} of {phase.activities} activities done")
    _write_wrapped(view.purpose, rest="")
    output.text("\nActivities")
    short = short_uids(line.uid for line in view.activities)
    rows = [(short[line.uid], line.name, line.state, line.owner, line.due) for line in view.activities]
    output.table(("uid", "Activity", "State", "Owner", "Due"), rows)
    output.text("\nTools")
    output.table(("Tool", "Name", "State"), [(line.id, line.name, line.sentence) for line in view.tools])
    if view.missing:
        output.text("\nMissing before moving on")
        for item in view.missing:
            _write_wrapped(item.text, "  ", "    ")


# --- what there is --------------------------------------------------------------------------------------------


@click.command()
@click.argument("names", nargs=-1, type=TOOL, metavar="[TOOL]...")
@click.option("--phase", type=int, metavar="N", help="Only the tools of this phase; 0 for those of no phase.")
@json_option
def tools(names: tuple[str, ...], phase: int | None, as_json: bool) -> None:
    """List the tools with their fields and types.

    With each field stands what can be written in it; a * marks those without which a row is incomplete.

    \b
    pcsm tools --phase 4
    pcsm tools adoption-risks
    pcsm tools --json
    """
    from pcsm_tui.workspace.showing import declared_tool

    framework = repository(None).framework
    if phase:
        framework.phase(phase)
    found = [framework.tool(name) for name in names] or list(framework.tools)
    data = [declared_tool(tool) for tool in found if phase is None or tool.phase == phase]
    if as_json:
        output.json(data)
        return
    for place, tool in enumerate(data):
        if place:
            output.text()
        _write_declared(tool)


def _write_declared(tool: dict[str, Any]) -> None:
    where = f"phase {tool['phase']}" if tool["phase"] else "every phase"
    output.text(f"{tool['id']}: {tool['name']} ({tool['kind']}, {where}, {tool['audience']})")
    rows = [
        (field["id"], field["type"] + (" *" if field["required"] else ""), field["scale"], field["help"])
        for field in tool["fields"]
    ]
    output.table(("Field", "Type", "Write", "Help"), rows)


COMMANDS = (show, tools)
