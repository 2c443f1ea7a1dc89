"""Commands on what was changed by whom, and on what two people changed at the same time."""

from __future__ import annotations

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, json_option, opened, short_uids
from pcsm_tui.errors import UsageError


@click.command()
@click.argument("file", type=FILE)
@json_option
def history(file: str, as_json: bool) -> None:
    """Show who changed what and when, the newest first.

    Each act has an id, by which `pcsm restore` takes it back.

    \b
    pcsm history harbour-foods
    pcsm history harbour-foods --json
    """
    from pcsm_tui.workspace.history import acts_of, told

    session = opened(file).session
    acts = acts_of(session)
    if as_json:
        output.json([_as_json(act.entry._asdict()) for act in acts])
        return
    short = short_uids(act.entry.uid for act in acts) if acts else {}
    for act in acts:
        output.text(f"{short[act.entry.uid]}  {act.day} {act.time}  {act.entry.by}: {act.entry.label}")
        for line in told(session, act.entry):
            output.text(f"    {line}")
    if not acts:
        output.talk("Nothing has been changed yet that the file remembers.")


def _as_json(entry: dict[str, object]) -> dict[str, object]:
    changes = entry["changes"]
    assert isinstance(changes, tuple)
    return {**entry, "changes": [change._asdict() for change in changes]}


@click.command()
@click.argument("file", type=FILE)
@click.argument("act", required=False)
@click.option("--day", "day", metavar="DATE", help="Make all of it what it was at the end of this day.")
def restore(file: str, act: str | None, day: str | None) -> None:
    """Take back one ACT of the history, whatever came after it, or go back to a day.

    Prints what changed. It is a change like any other, and stands in the history itself.

    \b
    pcsm restore harbour-foods 3fa4b1
    pcsm restore harbour-foods --day 2026-11-20
    """
    from pcsm_tui.workspace.history import day_named, entry_of, go_back_to, take_back

    if (act is None) == (day is None):
        raise UsageError("Name an act, or a day with --day.", "`pcsm history FILE` lists the acts.")
    session = opened(file).session
    changed = (
        take_back(session, entry_of(session, act)) if act else go_back_to(session, day_named(day or "", session.today))
    )
    for line in changed:
        output.text(line)


@click.command()
@click.argument("file", type=FILE)
@json_option
def conflicts(file: str, as_json: bool) -> int:
    """Show what two people changed at the same time, to be decided.

    Ends with 1 when there is any.

    \b
    pcsm conflicts harbour-foods
    """
    from pcsm_tui.workspace.deciding import shown_side, shown_value, title_of

    session = opened(file).session
    engagement, found = session.engagement, session.conflicts
    if as_json:
        output.json([{**item._asdict(), "sides": [side._asdict() for side in item.sides]} for item in found])
    short = short_uids(item.id for item in found) if found else {}
    for item in found if not as_json else ():
        output.text(f"{short[item.id]}  {title_of(engagement, item)}")
        output.text(f"    before: {shown_value(engagement, item, item.base)}")
        for name, side in zip(("first", "second"), item.sides, strict=True):
            output.text(f"    {name}: {shown_side(engagement, item, side)}")
    if not found and not as_json:
        output.talk("There are no conflicts.")
    return 1 if found else 0


@click.command()
@click.argument("file", type=FILE)
@click.argument("conflict")
@click.argument("side", type=click.Choice(["first", "second", "keep"]))
def decide(file: str, conflict: str, side: str) -> None:
    """Decide a CONFLICT for one side, or keep what the file holds.

    \b
    pcsm decide harbour-foods 9c01ab second
    """
    from pcsm_tui.workspace.deciding import conflict_of
    from pcsm_tui.workspace.deciding import decide as decide_for

    session = opened(file).session
    decide_for(session, conflict_of(session, conflict), {"first": 0, "second": 1}.get(side))
    output.talk("Decided.")


COMMANDS = (history, restore, conflicts, decide)
