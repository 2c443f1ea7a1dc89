"""Commands that change an engagement: add, set, tick, move, duplicate, remove, phase. Each saves before it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import ASSIGNMENT, FILE, ROW, TOOL, json_option, opened
from pcsm_tui.errors import UsageError

if TYPE_CHECKING:
    from pcsm_tui.domain.engagement import Row
    from pcsm_tui.workspace.addressing import Opened

file_argument = click.argument("file", type=FILE)
row_argument = click.argument("target", type=ROW, metavar="TOOL/UID")


@click.command()
@file_argument
@click.argument("tool", type=TOOL)
@click.argument("assignments", nargs=-1, type=ASSIGNMENT, metavar="FIELD=VALUE...")
@json_option
def add(file: str, tool: str, assignments: tuple[str, ...], as_json: bool) -> None:
    """Add a row to a tool, and print its uid.

    Values are written as on the screen: dates as today, fri, +3d or 30 nov, choices by their beginning, references by a
    name. All of them are taken, or none.

    \b
    pcsm add harbour-foods adoption-risks name='Old radios' likelihood=3
    pcsm add harbour-foods actions action='Call Sue' owner='T. King' due=+3d
    """
    from pcsm_tui.workspace.addressing import assignments as texts_of

    found = opened(file)
    declared = found.tool(tool)
    values = found.session.typed(declared, texts_of(assignments, declared))
    row = found.session.add(declared, values)
    _told(found, row, as_json, row.uid)


@click.command("set")
@file_argument
@click.argument("tool", type=ROW, metavar="TOOL/UID")
@click.argument("assignments", nargs=-1, required=True, type=ASSIGNMENT, metavar="FIELD=VALUE...")
@json_option
def set_(file: str, tool: str, assignments: tuple[str, ...], as_json: bool) -> None:
    """Set fields of a row; FIELD= empties one. For a form, TOOL alone is enough.

    UID may be cut to its first four characters or more, as long as one row begins so; of tasks it may be the outline
    number. All values are taken, or none.

    \b
    pcsm set harbour-foods adoption-risks/3fa4b1 severity=5 strategy='Spares'
    pcsm set harbour-foods tasks/1.4.2 duration=8d
    pcsm set harbour-foods engagement next_meeting='30 nov' notes=
    """
    from pcsm_tui.workspace.addressing import assignments as texts_of

    found = opened(file)
    row = found.row(tool)
    values = found.session.typed(row.tool, texts_of(assignments, row.tool))
    changed = found.session.set(row, values)
    _told(found, changed, as_json, talk="" if changed.record != row.record else "Nothing changed: it was so already.")


@click.command()
@file_argument
@row_argument
@json_option
def tick(file: str, target: str, as_json: bool) -> None:
    """Tick a row as done, or take its tick away.

    \b
    pcsm tick harbour-foods actions/9c01
    """
    found = opened(file)
    row = found.session.tick(found.row(target))
    title = found.session.engagement.title(row)
    _told(found, row, as_json, talk=f"{'Done' if row.done else 'Open again'}: {title}")


@click.command()
@file_argument
@row_argument
@click.option("--up", type=click.IntRange(min=1), metavar="N", help="By so many places towards the first row.")
@click.option("--down", type=click.IntRange(min=1), metavar="N", help="By so many places towards the last row.")
@json_option
def move(file: str, target: str, up: int | None, down: int | None, as_json: bool) -> None:
    """Move a row up or down in its tool.

    It stops at the first and the last place.

    \b
    pcsm move harbour-foods tasks/1.4.2 --up 2
    """
    if (up is None) is (down is None):
        raise UsageError("A row moves up or down.", "Give one of --up N and --down N.")
    found = opened(file)
    row = found.session.move(found.row(target), -up if up is not None else down or 0)
    engagement = found.session.engagement
    place = f"{engagement.title(row)} is now row {engagement.number(row)} of {len(engagement.rows(row.tool.id))}."
    _told(found, row, as_json, talk=place)


@click.command()
@file_argument
@row_argument
@json_option
def duplicate(file: str, target: str, as_json: bool) -> None:
    """Add a copy of a row below it, and print its uid.

    The copy is not done yet.

    \b
    pcsm duplicate harbour-foods adoption-activities/77ab
    """
    found = opened(file)
    row = found.session.duplicate(found.row(target))
    _told(found, row, as_json, row.uid)


@click.command()
@file_argument
@row_argument
def remove(file: str, target: str) -> None:
    """Remove a row.

    \b
    pcsm remove harbour-foods adoption-risks/3fa4b1
    """
    found = opened(file)
    row = found.row(target)
    title = found.session.engagement.title(row)
    found.session.remove(row)
    output.talk(f"Removed {row.tool.row_name} {title}.")


@click.command()
@file_argument
@click.argument("number", type=int, metavar="N")
@click.argument("act", type=click.Choice(("start", "finish", "reopen")), metavar="start|finish|reopen")
@json_option
def phase(file: str, number: int, act: str, as_json: bool) -> None:
    """Start, finish or reopen phase N.

    The timeline notes it. No phase is ever locked: several can be in progress, and one can be finished with something
    still open. What is open is then told.

    \b
    pcsm phase harbour-foods 4 start
    pcsm phase harbour-foods 4 finish
    """
    from pcsm_tui.workspace.showing import missing, phase_line

    found = opened(file)
    if found.personal:
        raise UsageError("Your own file has no phases.", "Name an engagement.")
    before = phase_line(found.session.engagement, number)
    finished = before.state == "Finished"
    if act == "start" and finished:
        raise UsageError(f"Phase {number} {before.name} is finished.", "`reopen` puts it in progress again.")
    if act == "reopen" and not finished:
        raise UsageError(f"Phase {number} {before.name} is not finished.", "`start` puts it in progress.")
    if not (act == "finish" and finished):
        found.session.set_phase(number, "Finished" if act == "finish" else "In progress")
    after = phase_line(found.session.engagement, number)
    if as_json:
        output.json(after)
    open_still = len(missing(found.session.engagement, number)) if act == "finish" else 0
    rest = f" Still open: {open_still}; `pcsm show {found.word} phase {number}` lists it." if open_still else ""
    output.talk(f"{number} {after.name}: {after.state}.{rest}")


def _told(found: Opened, row: Row, as_json: bool, printed: str = "", talk: str = "") -> None:
    """Write the row as it is now as JSON, or what is to be printed; and tell what happened."""
    from pcsm_tui.workspace.showing import record

    if as_json:
        output.json(record(found.session.engagement, row))
    elif printed:
        output.text(printed)
    if talk:
        output.talk(talk)


COMMANDS = (add, set_, tick, move, duplicate, remove, phase)
