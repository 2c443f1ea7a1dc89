"""A user story: an application on a repository of its own, driven by keys, looked at as text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

from stories.painted import Painted
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from pcsm_tui import settings
from pcsm_tui.domain.declarations import Framework
from pcsm_tui.framework.playbook import framework_for
from pcsm_tui.schedule.rules import offer_rules
from pcsm_tui.ui.app import PcsmApp
from pcsm_tui.workspace import PLAYBOOK, Workspace

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""Now, in every story: a Sunday."""

_NAMES = {" ": "space", "\n": "enter", "\t": "tab"}
_CHARACTERS = {"space": " ", "enter": "\r", "tab": "\t"}


def keys_of(text: str) -> list[str]:
    """Return the keys by which a text is typed."""
    return [_NAMES.get(character, character) for character in text]


class Story:
    """What one can do in a story: press keys, type, and look."""

    def __init__(self, app: PcsmApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names, as fast as they come, and wait until all is quiet."""
        for key in keys:
            character = key if len(key) == 1 else _CHARACTERS.get(key)
            name = _character_to_key(key) if len(key) == 1 else key
            self.app.post_message(events.Key(name, character))
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*keys_of(text))

    async def paste(self, text: str) -> None:
        """Paste a text, as a terminal hands it over."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def settle(self) -> None:
        """Wait until every key has had its effect, all is laid out and drawn, and nothing is left to do."""
        await asyncio.sleep(0)
        endings = [self.app.all_keys_answered(), self.app._exception_event.wait(), self._left()]
        tasks = [asyncio.create_task(ending) for ending in endings]
        _, unfinished = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
        if self.app._exit or self.app._exception is not None:
            return
        await self.pilot._wait_for_screen()
        while not self.app.workspace.is_settled and not self.app._exit and self.app._exception is None:
            await asyncio.sleep(0.001)
        await self.app.workers.wait_for_complete()
        quiet = 0
        while quiet < 2:  # laying out may move the editor, which is then laid out itself
            await self.pilot._wait_for_screen()
            screen = self.app.screen
            if screen._layout_required or screen._scroll_required or screen._callbacks:
                screen._on_timer_update()
                quiet = 0
            else:
                quiet += 1

    async def look(self) -> None:
        """Let the background look at the open files, as it does every second, and wait until all is quiet."""
        workspace = self.app.workspace
        for session in workspace._sessions.values():
            workspace._saver.request(session.saving)
        await self.settle()

    async def _left(self) -> None:
        while not self.app._exit:
            await asyncio.sleep(0.01)

    async def open_tool(self, name: str) -> None:
        """Open a tool by as much of its name as tells it from the others."""
        names = [tool.name.casefold() for tool in self.app.workspace.framework.tools]
        lengths = range(3, len(name) + 1)
        enough = (length for length in lengths if sum(name[:length].casefold() in other for other in names) == 1)
        await self.press("o")
        await self.type(name[: next(enough, len(name))])
        await self.press("enter")

    @property
    def lines(self) -> list[str]:
        """The lines of the screen."""
        strips = self.app.screen._compositor.render_strips()
        filters = self.app.get_line_filters()
        found = []
        for strip in strips:
            segments = list(strip)
            for line_filter in filters:
                segments = line_filter.apply(segments, self.app.current_theme and self.app.screen.background_colors[1])
            found.append("".join(segment.text for segment in segments))
        return found

    @property
    def text(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines)

    @property
    def top(self) -> str:
        """The first line."""
        return self.lines[0]

    @property
    def foot(self) -> str:
        """The last line, or several of them for a message that needs more."""
        height = max((widget.size.height for widget in self.app.screen.query("#foot")), default=1)
        return " ".join(line.strip() for line in self.lines[-max(height, 1) :])


def workspace(folder: Path, **changed: object) -> Workspace:
    """Return the workspace of a folder, seen by Ada at noon on 22 November 2026."""
    loaded = settings.load()
    values = {name: getattr(loaded, name) for name in settings.described()} | {"name": "Ada"} | changed
    found = Workspace(folder, settings.Settings(**values, places=loaded.places), clock=lambda: NOON)
    if not (folder / PLAYBOOK).exists():
        vars(found)["framework"] = _untailored()
    return found


@cache
def _untailored() -> Framework:
    """Return the framework as it is without a playbook, read once for all stories: it takes as long as half of one."""
    offer_rules()
    return framework_for(Path("/nowhere"))


def run_story(
    folder: Path,
    telling: Callable[[Story], Awaitable[None]],
    size: tuple[int, int] = (80, 24),
    path: Path | None = None,
    painted: Painted | None = None,
    **changed: object,
) -> PcsmApp:
    """Run a story to its end in a terminal of a size and return the application as it then is.

    What the screen writes goes to `painted`; without one nothing is written, which takes a third of the time.
    """

    async def told() -> PcsmApp:
        app = PcsmApp(workspace(folder, **changed), path)
        if painted is not None:
            app._display = lambda screen, update: update and painted.write(update.render_segments(app.console))
        async with app.run_test(size=size) as pilot:
            story = Story(app, pilot)
            await story.settle()
            await telling(story)
        return app

    if painted is not None:
        return asyncio.run(told())
    with patch.object(Screen, "_compositor_refresh", _unpainted):
        return asyncio.run(told())


def _unpainted(screen: Screen[object]) -> None:
    screen._compositor._dirty_regions.clear()
    screen._dirty_widgets.clear()
