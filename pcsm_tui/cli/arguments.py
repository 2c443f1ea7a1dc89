"""The arguments that commands share: files, folders, tools, rows, fields; with completion for the shell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from pcsm_tui.errors import PcsmError

if TYPE_CHECKING:
    from pcsm_tui.workspace import Workspace
    from pcsm_tui.workspace.addressing import Opened

SHORTEST_UID = 6


def opened(word: str) -> Opened:
    """Return the file that a word means, opened; raises `PcsmError` when there is none or it cannot be read."""
    from pcsm_tui.settings import load
    from pcsm_tui.workspace.addressing import opened as opened_by

    return opened_by(word, load())


def repository(word: str | None) -> Workspace:
    """Return the workspace of a folder, or of the default repository; raises `PcsmError` when there is none."""
    from pcsm_tui.settings import load
    from pcsm_tui.workspace.addressing import repository as repository_by

    return repository_by(word, load())


def short_uids(uids: Iterable[str]) -> dict[str, str]:
    """Return the beginning of each uid that tells it from the others, at least six characters."""
    whole, length = set(uids), SHORTEST_UID
    while len({uid[:length] for uid in whole}) < len(whole):
        length += 1
    return {uid: uid[:length] for uid in whole}


class _Word(click.ParamType[str]):
    """A word that is passed on as it is; what could stand there is offered to the shell's completion."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what could be meant; nothing where it cannot be known."""
        try:
            offered = list(self._offered(ctx, incomplete))
        except (PcsmError, OSError):
            return []
        return [item for item in offered if item.type != "plain" or item.value.startswith(incomplete)]

    def _offered(self, ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
        raise NotImplementedError


class _File(_Word):
    name = "file"

    def _offered(self, ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
        from pcsm_tui.workspace import PERSONAL
        from pcsm_tui.workspace.listing import SUFFIX

        yield CompletionItem(incomplete, type="file")
        yield CompletionItem(PERSONAL, help="your own tools")
        for path in repository(None).files():
            yield CompletionItem(path.name.removesuffix(SUFFIX))


class _Tool(_Word):
    name = "tool"

    def _offered(self, ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
        file = ctx.params.get("file")
        for tool in opened(file).tools() if file else repository(None).framework.tools:
            yield CompletionItem(tool.id, help=tool.name)


class _Row(_Word):
    name = "tool/uid"

    def _offered(self, ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
        from pcsm_tui.workspace.printing import safe_line

        file = opened(ctx.params.get("file") or "")
        name, slash, _ = incomplete.partition("/")
        if not slash:
            for tool in file.tools():
                yield CompletionItem(tool.id if tool.single else f"{tool.id}/", help=tool.name)
            return
        rows = file.session.engagement.rows(file.tool(name).id)
        short = short_uids(row.uid for row in rows)
        for row in rows:
            yield CompletionItem(f"{name}/{short[row.uid]}", help=safe_line(file.session.engagement.title(row)))


class _Assignment(_Word):
    name = "field=value"

    def __init__(self, tool: str = "") -> None:
        """`tool` is the one whose fields are given, where the command does not name it."""
        self._tool = tool

    def _offered(self, ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
        target = ctx.params.get("tool") or self._tool
        tool = opened(ctx.params.get("file") or "").tool(target.partition("/")[0])
        for field in tool.fields:
            if field.computed is not None and not field.computed.enters:
                continue
            yield CompletionItem(f"{field.id}=", help=field.name)
            for choice in field.choices if incomplete.startswith(f"{field.id}=") else ():
                yield CompletionItem(f"{field.id}={choice.id}")


class _Task(_Word):
    name = "task"

    def _offered(self, ctx: click.Context, incomplete: str) -> Iterable[CompletionItem]:
        from pcsm_tui.workspace.planning import plan_view
        from pcsm_tui.workspace.printing import safe_line

        for task in plan_view(opened(ctx.params.get("file") or "").session).tasks:
            yield CompletionItem(task.wbs, help=safe_line(task.name))


FILE, TOOL, ROW, ASSIGNMENT = _File(), _Tool(), _Row(), _Assignment()
TASK, PLAN_FIELD = _Task(), _Assignment("tasks")

folder_argument = click.argument("folder", type=click.Path(), required=False, metavar="[DIR]")
json_option = click.option("as_json", "--json", is_flag=True, help="Write JSON, for programs.")


def well_formed(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return a text argument as it is; refuse bytes that are not UTF-8, which no engagement file can hold."""
    if value and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise click.BadParameter("it is not valid UTF-8.", ctx, param) from None
    return value
