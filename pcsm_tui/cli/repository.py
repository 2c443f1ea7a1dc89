"""Commands on a folder of engagements: new, list, today, search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, folder_argument, json_option, opened, repository, well_formed

if TYPE_CHECKING:
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.listing import Listed


@click.command()
@click.argument("name", callback=well_formed)
@click.option("--dir", "folder", type=click.Path(), help="The folder to make it in; your repository unless given.")
@click.option("--initiative", default="", callback=well_formed, help="What the customer is trying to do.")
@click.option("--template", type=FILE, help="An engagement whose re-usable rows are taken over.")
def new(name: str, folder: str | None, initiative: str, template: str | None) -> None:
    """Begin an engagement, and print the path of its file.

    NAME is the customer's, as its own people use it.

    With --template, plans, checklists and the like are taken over from another engagement; its customer, people, dates
    and ticks are not.

    \b
    pcsm new 'Harbour Foods' --initiative 'New dispatch platform'
    pcsm new 'Alder Clinics' --dir ~/clinics --template harbour-foods
    """
    from pcsm_tui.settings import load
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.addressing import expanded

    settings = load()
    workspace = Workspace(expanded(folder) if folder else settings.repository_folder, settings)
    source = opened(template).session.path if template else None
    output.text(str(workspace.create(name, initiative, source)))


@click.command("list")
@folder_argument
@json_option
def list_(folder: str | None, as_json: bool) -> None:
    """List your engagements.

    Those of your repository, or of the folder DIR, by customer.

    \b
    pcsm list
    pcsm list ~/clinics --json
    """
    workspace = _refreshed(folder)
    listing = workspace.listing()
    if as_json:
        output.json([_listed(item) for item in listing])
        return
    if not listing:
        output.talk(f"There are no engagements in {workspace.folder}. `pcsm new NAME` begins one.")
        return
    names = ("File", "Customer", "Initiative", "Phase", "Done", "Health", "Next", "Renewal", "Status")
    output.table(names, [_line(item) for item in listing])
    for item in listing:
        if item.problem:
            output.talk(f"{item.path.name} cannot be read: {item.problem}")


def _refreshed(folder: str | None) -> Workspace:
    workspace = repository(folder)
    workspace.refresh(output.progress("Reading engagement"))
    return workspace


def _listed(item: Listed) -> dict[str, Any]:
    return {"file": str(item.path), **item.summary._asdict(), "problem": item.problem}


def _line(item: Listed) -> tuple[str, ...]:
    from pcsm_tui.workspace.listing import SUFFIX

    stem, found = item.path.name.removesuffix(SUFFIX), item.summary
    if item.problem:
        return (stem, "cannot be read", "", "", "", "", "", "", "")
    phases = ", ".join(str(number) for number in found.current_phases)
    health = f"{found.health // 10} {found.label}" if found.health is not None else ""
    done = f"{found.done}/{found.activities}"
    return (
        stem, found.customer, found.initiative, phases, done, health, found.next_date, found.renewal, found.status,
    )  # fmt: skip


@click.command()
@folder_argument
@json_option
def today(folder: str | None, as_json: bool) -> None:
    """List what needs you today, over all engagements.

    What is overdue comes first, then what waits for a decision, then what is due. DIR is a folder of engagements; your
    repository unless given.

    \b
    pcsm today
    pcsm today ~/clinics --json
    """
    from pcsm_tui.workspace.needs import need

    workspace = _refreshed(folder)
    found = [(item.listed, need(item.signal, workspace.today)) for item in workspace.attention()]
    if as_json:
        output.json([
            {"engagement": listed.summary.customer, "file": str(listed.path), **line._asdict()}
            for listed, line in found
        ])  # fmt: skip
        return
    if not found:
        output.talk("Nothing needs you today.")
        return
    output.table(
        ("When", "Engagement", "What"),
        [
            (line.when, listed.summary.customer, line.text if line.when else f"{line.text} ({line.reason})")
            for listed, line in found
        ],
    )


@click.command()
@click.argument("text", callback=well_formed)
@folder_argument
@json_option
def search(text: str, folder: str | None, as_json: bool) -> None:
    """Find the records that hold every word of TEXT.

    In any engagement of your repository, or of the folder DIR.

    \b
    pcsm search 'union ballot'
    pcsm search radios ~/clinics --json
    """
    from pcsm_tui.workspace.listing import SUFFIX

    workspace = _refreshed(folder)
    hits = workspace.search(text)
    if as_json:
        output.json([{**hit._asdict(), "file": str(workspace.folder / hit.name)} for hit in hits])
        return
    if not hits:
        output.talk("Nothing was found.")
        return
    rows = [
        (f"{hit.name.removesuffix(SUFFIX)} {hit.tool}/{hit.uid[:8]}", hit.title, hit.field, hit.line) for hit in hits
    ]
    output.table(("Row", "Title", "Field", "Text"), rows)


COMMANDS = (new, list_, today, search)
