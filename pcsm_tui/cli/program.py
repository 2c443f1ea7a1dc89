"""The command `pcsm`: its commands, and how every run of one ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from pcsm_tui import __version__
from pcsm_tui.cli import (
    backing_up,
    changing,
    checking,
    doctor,
    exporting,
    history,
    importing,
    looking,
    output,
    own,
    planning,
    repository,
    salvaging,
    screen,
)
from pcsm_tui.errors import PcsmError

NAME = "pcsm"
INTERRUPTED = 130
NOBODY_READS = 141
"""As a process ends that the system stops for writing to a closed pipe: 128 and the number of the signal."""
FAILED = 4

_SECTIONS = {
    "See": ("list", "today", "show", "plan", "search", "tools"),
    "Change": ("new", "add", "set", "tick", "move", "duplicate", "remove", "phase"),
    "Go back": ("history", "restore", "backup", "conflicts", "decide"),
    "Check and pass on": ("check", "doctor", "salvage", "import", "export"),
    "The program": ("demo", "config", "locate", "keys", "themes", "completion"),
}
"""The headings under which the commands stand in the help."""


class Program(click.Group):
    """A group whose every error is a sentence and an exit code, and whose first word may be a path to open."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run a command line and end the process: 0 done, 1 findings, 2 usage, 3 refused, 4 failed, 130 interrupted."""
        _make_writable()
        try:
            code = self._run(args)
            sys.stdout.flush()
            sys.stderr.flush()
        except BrokenPipeError:
            code = NOBODY_READS
            for stream in (sys.stdout, sys.stderr):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        except OSError as problem:
            with contextlib.suppress(OSError):  # it may be the error output itself that fails
                output.talk(
                    f"{NAME}: {f'{problem.filename}: ' if problem.filename else ''}{problem.strerror or problem}."
                )
            code = FAILED
        sys.exit(code)

    def _run(self, args: Sequence[str] | None) -> int:
        """Run a command line, tell of what was wrong with it, and return the exit code."""
        try:
            code = super().main(args, NAME, complete_var=f"_{NAME.upper()}_COMPLETE", standalone_mode=False)
        except (click.Abort, KeyboardInterrupt):
            return INTERRUPTED
        except click.ClickException as problem:
            return _told(problem)
        except PcsmError as problem:
            output.talk(f"{NAME}: {problem}")
            return problem.exit_code
        return code if isinstance(code, int) else 0

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a closed pipe is kept from click, which would end with 1 for it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(NOBODY_READS) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names; a word that names none is a path to open."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            return screen.open_path.name, screen.open_path, args
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin so, or else the shell's own completion of paths."""
        return super().shell_complete(ctx, incomplete) or [CompletionItem(incomplete, type="file")]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings."""
        longest = max(len(name) for names in _SECTIONS.values() for name in names)
        for heading, names in _SECTIONS.items():
            rows = [(name.ljust(longest), self.commands[name].get_short_help_str(limit=80)) for name in names]
            with formatter.section(heading):
                formatter.write_dl(rows)


def _make_writable() -> None:
    """Let the outputs take any text: a closed one swallows it, one that is not UTF-8 writes escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  for the rest of the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _told(problem: click.ClickException) -> int:
    """Tell of a mistake in the command line in a sentence, with where the help is; return the exit code."""
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        problem.show(sys.stderr)
        return problem.exit_code
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    where = f" `{context.command_path} --help` tells more." if context else ""
    output.talk(f"{NAME}: {problem.format_message().rstrip('.')}.{where}".replace("?.", "?"))
    return problem.exit_code


@click.group(
    NAME,
    cls=Program,
    invoke_without_command=True,
    subcommand_metavar="[PATH] | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
@click.pass_context
def program(ctx: click.Context) -> int:
    """Customer engagements by the Practical CSM Framework.

    Without a command, the screen opens: on your repository, or on PATH, a folder of engagements or one engagement file.

    In a command, FILE is a path, the name of an engagement in your repository (`pcsm list` shows them; its beginning
    is enough), or `me` for your own tools. A date can be written as today, fri, +3d or 30 nov, a choice by its
    beginning, a reference by a name.

    \b
    pcsm                                   the screen
    pcsm demo                              the screen with sample engagements
    pcsm today                             what needs you, as text
    pcsm show harbour-foods adoption-risks
    pcsm add harbour-foods actions action='Call Sue' owner=me due=+3d
    """
    return screen.open_default() if ctx.invoked_subcommand is None else 0


for _command in (
    *repository.COMMANDS,
    *looking.COMMANDS,
    *planning.COMMANDS,
    *changing.COMMANDS,
    *history.COMMANDS,
    *checking.COMMANDS,
    *doctor.COMMANDS,
    *salvaging.COMMANDS,
    *exporting.COMMANDS,
    *importing.COMMANDS,
    *backing_up.COMMANDS,
    *own.COMMANDS,
    *screen.COMMANDS,
):
    program.add_command(_command)
