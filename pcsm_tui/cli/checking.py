"""The command that says what is wrong in engagement files."""

from __future__ import annotations

import click

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, json_option, opened, repository
from pcsm_tui.errors import PcsmError


@click.command()
@click.argument("files", nargs=-1, type=FILE, metavar="[FILE...]")
@json_option
def check(files: tuple[str, ...], as_json: bool) -> int:
    """Check engagement files, or all of your repository, and list what is wrong.

    Checked are values, choices, references, uids and the RACI rule.

    Prints a line for each finding and ends with 1 when there are any. Tables and fields that the framework does not
    know are kept and only mentioned. A file that cannot be opened is told of, and ends the command with 3 or 4.

    \b
    pcsm check
    pcsm check harbour-foods
    pcsm check *.pcsm.json --json
    """
    from pcsm_tui.workspace.checking import check as findings_of

    files = files or tuple(str(path) for path in repository(None).files())
    code, data = 0, []
    for word in files:
        try:
            found = opened(word)
        except PcsmError as problem:
            output.talk(f"{word}: {problem}")
            code = max(code, problem.exit_code)
            continue
        for item in findings_of(found.session.engagement, found.personal):
            data.append({"file": word, **item._asdict()})
            if item.serious:
                code = max(code, 1)
            if not as_json:
                write = output.text if item.serious else output.talk
                write(f"{word}: {item.place}: {' '.join(item.sentence.split())}")
    if as_json:
        output.json(data)
    elif code == 0:
        output.talk(f"{len(files)} file{'s' if len(files) != 1 else ''} checked, nothing wrong.")
    return code


COMMANDS = (check,)
