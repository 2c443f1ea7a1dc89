"""What the words of a command mean: a folder, an engagement file, a tool in it, a row of that tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pcsm_tui.errors import UsageError
from pcsm_tui.settings import Settings
from pcsm_tui.workspace import PERSONAL, Workspace

if TYPE_CHECKING:
    from pcsm_tui.domain.declarations import Tool
    from pcsm_tui.domain.engagement import Row
    from pcsm_tui.workspace.session import Session


class Opened(NamedTuple):
    """A file that a command works on: its workspace, its session, and the word by which the user named it."""

    workspace: Workspace
    session: Session
    word: str

    @property
    def personal(self) -> bool:
        """Whether it is the person's own file, which holds the personal tools and no others."""
        return self.session.path == self.workspace.settings.places.personal_file

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools that this file holds."""
        tools = self.session.framework.tools
        return tuple(tool for tool in tools if (tool.audience == "personal") is self.personal)

    def tool(self, word: str) -> Tool:
        """Return the tool of this id; raises `UsageError` for one that does not exist or stands in the other file."""
        tool = self.session.framework.tool(word)
        if tool.audience == "personal" and not self.personal:
            raise UsageError(f"{tool.name} is personal and stands in your own file.", f"Write: {PERSONAL} {tool.id}")
        if self.personal and tool.audience != "personal":
            hint = f"It holds {', '.join(item.id for item in self.tools())}."
            raise UsageError(f"{tool.name} belongs to an engagement, not to your own file.", hint)
        return tool

    def row(self, target: str) -> Row:
        """Return the row that TOOL/UID means; for a form TOOL is enough, and UID may be cut to what is unique.

        Where rows form an outline, an outline number stands for a uid. Raises `UsageError` for a tool or a row that does
        not exist, and for what may be either of two rows.
        """
        name, _, uid = target.partition("/")
        tool = self.tool(name)
        if tool.single and not uid:
            return self.session.engagement.form(tool.id)
        if not uid:
            hint = f"Write {tool.id}/UID; `pcsm show {self.word} {tool.id}` lists them."
            raise UsageError(f"{target!r} names a tool, not a row of it.", hint)
        return self._row(tool, uid)

    def _row(self, tool: Tool, word: str) -> Row:
        """Return the row that a uid or an outline number means; a whole uid wins over a number.

        A number that also begins the uid of another row is refused: a long list has hundreds of them by chance.
        """
        engagement = self.session.engagement
        numbered = engagement.outline(tool.id).numbered(word) if tool.outline else None
        try:
            found = engagement.row(tool.id, word)
        except UsageError:
            if numbered is None:
                raise
            return numbered
        if numbered in (None, found) or word == found.uid:
            return found
        raise UsageError(
            f"{word!r} begins the uid of {engagement.title(found)!r} and is the number of {engagement.title(numbered)!r}.",
            f"Write {tool.id}/{found.uid} or {tool.id}/{numbered.uid}.",
        )


def repository(word: str | None, settings: Settings) -> Workspace:
    """Return the workspace of a folder, or of the default repository when none is named.

    Raises `UsageError` for a folder that does not exist.
    """
    if word is None:
        return Workspace(settings.repository_folder, settings)
    folder = expanded(word)
    if not folder.is_dir():
        what = "a file, not a folder" if folder.exists() else "no folder"
        raise UsageError(f"{word} is {what}.", "Name the folder that holds the engagement files.")
    return Workspace(folder, settings)


def opened(word: str, settings: Settings) -> Opened:
    """Return the file that a word means: a path, the name of an engagement of the default repository, or `me`.

    Raises `UsageError` when there is none, and what `Workspace.open` raises.
    """
    direct = expanded(word)
    own_folder = word != PERSONAL and direct.is_file()
    workspace = Workspace(direct.parent, settings) if own_folder else repository(None, settings)
    return Opened(workspace, workspace.open(workspace.path_of(word)), word)


def file_of(word: str, settings: Settings) -> Path:
    """Return the file that a word means, as `opened` does, without opening it."""
    direct = expanded(word)
    if word != PERSONAL and direct.exists() and not direct.is_dir():
        return direct.absolute()
    return repository(None, settings).path_of(word)


def expanded(word: str) -> Path:
    """Return the path that a word means; raises `UsageError` for one that no file can have."""
    if "\x00" in word:
        raise UsageError(f"{word!r} is no usable path: it has a NUL character.", "Write the path of a file.")
    try:
        path = Path(word).expanduser()
        path.is_file()
    except RuntimeError:
        raise UsageError(f"{word}: there is no user of that name.", "Write ./~name for a file called so.") from None
    except OSError as problem:
        raise UsageError(f"{word} is no usable path: {problem.strerror}.") from None
    return path


def assignments(words: tuple[str, ...], tool: Tool) -> dict[str, str]:
    """Return the texts by field that words such as `likelihood=3` mean.

    Raises `UsageError` for a word without `=`, a field that the tool does not have, or one that is given twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, sign, text = word.partition("=")
        if not sign:
            raise UsageError(f"{word!r} is not field=value.", f"`pcsm tools {tool.id}` lists the fields.")
        field = tool.field(name)
        if field.id in found:
            raise UsageError(f"{field.id} is given twice.", "Give each field once.")
        found[field.id] = text
    return found
