"""What is pasted is text: none of it is taken for keys, and none is so long that no field could hold it."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterator
from time import monotonic

from textual import events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from pcsm_tui.ui.typeahead import TypeAhead

PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"
"""What a terminal puts around a paste."""
LONGEST_PASTE = 200_000
"""Characters of the longest note: what is longer fits nowhere."""
AT_ONCE = 0.1
"""Seconds within which no person presses a key after a paste has arrived, or after another key since then."""
_LOOK = 0.1
"""Seconds after which to look whether the program ends."""


class LeftOut(Message):
    """Keys that came at once behind a paste were left out."""


class Pastes:
    """Tells in what comes from a terminal what is pasted from what is typed.

    Textual's parser looks for keys in a paste as well, where an escape sequence that it does not know becomes some.
    """

    def __init__(self) -> None:
        self._is_open = False
        self._parts: list[str] = []
        self._length = 0
        self._held = ""

    def split(self, data: str) -> Iterator[tuple[str, bool]]:
        """Yield texts in their order, and of each whether it is pasted; a paste comes once its end is there.

        Of one that is too long, no more is kept than shows that it is.
        """
        data, self._held = self._held + data, ""
        while data:
            before, mark, data = data.partition(PASTE_END if self._is_open else PASTE_BEGIN)
            if not self._is_open:
                if before:
                    yield before, False
                self._is_open = bool(mark)
            elif mark:
                self._keep(before)
                yield "".join(self._parts), True
                self._is_open, self._parts, self._length = False, [], 0
            else:
                begun = next((size for size in range(len(PASTE_END), 0, -1) if before.endswith(PASTE_END[:size])), 0)
                self._held = before[len(before) - begun :]
                self._keep(before[: len(before) - begun])

    def _keep(self, text: str) -> None:
        if self._length <= LONGEST_PASTE:
            self._parts.append(text.replace("\0", ""))
            self._length += len(text)


class PasteDriver(LinuxDriver):
    """Takes all that is pasted for text, and leaves out keys that come at once behind a paste.

    A terminal marks the end of a paste by a sequence that may stand in the pasted text as well: what follows it there
    would be commands. Most terminals take it out of the text, but not all of them do.
    """

    _until = 0.0
    _told = False

    def run_input_thread(self) -> None:
        """Hand on what comes from the terminal until it ends, or until the program does."""
        parser, pastes = XTermParser(self._debug), Pastes()
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_LOOK):
                    data = os.read(self.fileno, 4096)
                    if not data:
                        return
                    for text, is_pasted in pastes.split(decode(data)):
                        for message in [events.Paste(text)] if is_pasted else parser.feed(text):
                            self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)

    def process_message(self, message: Message) -> None:
        """Hand on what comes from the terminal, unless it is a key that comes too soon."""
        if isinstance(message, events.Paste):
            self._until, self._told = monotonic() + AT_ONCE, False
        elif isinstance(message, events.Key) and monotonic() < self._until:
            self._until = monotonic() + AT_ONCE
            if self._told:
                return
            self._told, message = True, LeftOut()
        super().process_message(message)


class Pasting(TypeAhead):
    """An application that takes what is pasted for text."""

    def tell(self, message: str, role: str = "") -> None:
        """Tell something to the user."""
        raise NotImplementedError

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver, on Linux the one that knows about pastes."""
        found = super().get_driver_class()
        return PasteDriver if found is LinuxDriver else found

    async def on_event(self, event: events.Event) -> None:
        """Refuse a paste that is too long; all else goes its way."""
        if isinstance(event, events.Paste) and len(event.text) > LONGEST_PASTE:
            self.call_later(self.tell, f"Not pasted: no field holds more than {LONGEST_PASTE:,} characters.", "bad")
            return
        await super().on_event(event)

    def on_left_out(self, event: LeftOut) -> None:
        """Tell that something was left out."""
        event.stop()
        self.tell("What came at once behind the pasted text was left out: it may be part of it, and no keys.", "bad")
