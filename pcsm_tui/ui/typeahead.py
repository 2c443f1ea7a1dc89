"""Type-ahead: each key has its full effect before the next one is looked at.

Over a slow line several keys arrive at once. Textual hands them all to what is focused now, so that after `o` the
first letters of a tool's name would still be commands. Here a key waits until the one before it has been answered:
by the widget, by those around it, and by a screen or an editor that it opened.
"""

from __future__ import annotations

import asyncio
from asyncio import Event, Queue, Task, create_task
from time import monotonic

from textual import events
from textual.app import App
from textual.message import Message

_ROUNDS = 3
"""Key to action, action to the messages that it posts, those to the focus that they move."""
_PATIENCE = 0.5
"""Seconds after which a key goes on although the one before was not seen through, as when its widget is busy."""
_LOOK = 0.01
"""Seconds after which to look whether the widget is there still: with one that was removed its answer is lost."""


class Answered(Message):
    """Comes up to the application behind a key, through every widget that the key came through."""

    bubble = True

    def __init__(self, seen: Event) -> None:
        super().__init__()
        self.seen = seen


class TypeAhead(App[int]):
    """An application that looks at keys and pastes one after the other."""

    _waiting: Queue[events.Key | events.Paste] | None = None
    _feeding: Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Put keys and pastes in a row; all other events go their way."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            if self._waiting is None:
                self._waiting = Queue()
                self._feeding = create_task(self._feed(self._waiting))
                self._feeding.add_done_callback(self._fed)
            self._waiting.put_nowait(event)
            return
        await super().on_event(event)

    async def _feed(self, waiting: Queue[events.Key | events.Paste]) -> None:
        while True:
            event = await waiting.get()
            await super().on_event(event)
            for _ in range(_ROUNDS):
                await self._round()
            waiting.task_done()

    def _fed(self, feeding: Task[None]) -> None:
        """Let a fault in what a key did end the program as any fault does, rather than leave it without keys."""
        if not feeding.cancelled() and isinstance(error := feeding.exception(), Exception):
            self._handle_exception(error)

    async def _round(self) -> None:
        """Wait until what is queued now at the focused widget and all around it has been answered."""
        if not self.is_running or not self.screen_stack:
            return
        seen = Event()
        target = self.focused or self.screen
        if not target.post_message(Answered(seen)):
            return
        until = monotonic() + _PATIENCE
        answer = create_task(seen.wait())
        while not answer.done() and target.is_attached and monotonic() < until:
            await asyncio.wait({answer}, timeout=_LOOK)
        answer.cancel()

    def on_answered(self, message: Answered) -> None:
        """A round is over."""
        message.seen.set()

    async def all_keys_answered(self) -> None:
        """Wait until every key so far has had its effect."""
        if self._waiting is not None:
            await self._waiting.join()

    async def on_unmount(self) -> None:
        """Stop looking for keys."""
        if self._feeding is not None:
            self._feeding.cancel()
