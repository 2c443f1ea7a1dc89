"""What the palette offers: every command, with the reason when it is out of place, every tool, every engagement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pcsm_tui.ui.commands.registry import WHERE, Command
from pcsm_tui.ui.present.foot import keys_signs
from pcsm_tui.ui.routes import Route
from pcsm_tui.workspace.terms import Place

if TYPE_CHECKING:
    from pcsm_tui.ui.modals.picker import Item
    from pcsm_tui.ui.screens.base import BaseScreen
    from pcsm_tui.workspace import Workspace


def everything(workspace: Workspace, screen: BaseScreen, path: Path | None) -> list[Item]:
    """Return commands, then the tools of the engagement at hand, then the engagements."""
    tools = tool_items(workspace, path) if path is not None else []
    return [*command_items(screen), *tools, *engagement_items(workspace)]


def command_items(screen: BaseScreen) -> list[Item]:
    """Return the commands: those that apply here first, the others with the place where they do."""
    from pcsm_tui.ui.modals.picker import Item

    live = {command.id: reason for command, _, reason in screen.live_commands()}
    items = [
        Item(
            f"command {command.id}",
            _title(command, screen),
            keys_signs(command.keys) if command.keys else "",
            command,
            command.id,
            command.help,
            live.get(command.id, "" if _is_answered(command, screen) else f"only {WHERE[command.where].lower()}"),
        )
        for command in screen.pcsm.commands.values()
        if command.palette
    ]
    return sorted(items, key=lambda item: bool(item.disabled))


def _is_answered(command: Command, screen: BaseScreen) -> bool:
    """Return whether a command without a live key applies all the same: everywhere, or as the screen answers it."""
    return command.where == "app" or (not command.keys and hasattr(screen, f"action_{command.action}"))


def _title(command: Command, screen: BaseScreen) -> str:
    """Return a command's title; that of a phase by the name that the team's playbook gives it."""
    if not command.id.startswith("phase_"):
        return command.title
    number = int(command.parameter)
    return f"Phase {number} {screen.workspace.framework.phase(number).name}"


def tool_items(workspace: Workspace, path: Path) -> list[Item]:
    """Return every tool of the framework with its phase."""
    from pcsm_tui.ui.modals.picker import Item

    framework = workspace.framework
    items = []
    for tool in framework.tools:
        phase = f"{tool.phase} {framework.phase(tool.phase).name}" if tool.phase else "the whole engagement"
        route = Route("tool", path, Place(tool.id))
        items.append(Item(f"tool {tool.id}", tool.name, phase, route, tool.id, tool.summary))
    return items


def personal_items(workspace: Workspace) -> list[Item]:
    """Return the person's own tools."""
    from pcsm_tui.ui.modals.picker import Item

    path = workspace.settings.places.personal_file
    return [
        Item(f"tool {tool.id}", tool.name, "yours alone", Route("tool", path, Place(tool.id)), tool.id, tool.summary)
        for tool in workspace.personal_tools()
    ]


def engagement_items(workspace: Workspace) -> list[Item]:
    """Return every engagement of the repository."""
    from pcsm_tui.ui.modals.picker import Item

    return [
        Item(f"engagement {listed.path}", listed.summary.customer, listed.summary.initiative or "engagement",
             Route("overview", listed.path), listed.path.name, "", listed.problem)
        for listed in workspace.listing()
    ]  # fmt: skip
