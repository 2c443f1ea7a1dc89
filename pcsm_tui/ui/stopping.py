"""Stopping and going on: the program steps aside for the shell, by its own key or by the shell's signal, and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from types import FrameType

from pcsm_tui.errors import PcsmError
from pcsm_tui.ui.pasting import Pasting


class Stopping(Pasting):
    """An application that can be stopped and continued; what must survive is on the disk before it stops.

    Textual's own handlers of these signals save nothing, and after a SIGSTOP, which no program notices, they begin to
    read the terminal a second time beside the first.
    """

    _stopped = False

    def save_before_stop(self) -> None:
        """Put on the disk what must survive; called before the program stops, from where it may not come back."""
        raise NotImplementedError

    def on_ready(self) -> None:
        """Answer the signals in place of Textual."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()

        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.call_later, self.action_suspend)

        def go_on(number: int, frame: FrameType | None) -> None:
            if not self._stopped:
                loop.call_soon_threadsafe(self.call_later, self._come_back)

        signal.signal(signal.SIGTSTP, stop)
        signal.signal(signal.SIGCONT, go_on)

    def action_suspend(self) -> None:
        """Stop, as the shell does with ctrl+z, until the shell lets the program go on."""
        if self.is_headless:
            return
        with suppress(PcsmError):  # saving goes on, and tells, when the program does
            self.save_before_stop()
        self._stopped = True
        with self.suspend():
            os.kill(os.getpid(), signal.SIGSTOP)
        self._stopped = False

    def _come_back(self) -> None:
        """Set up the terminal anew after a stop that came without a word."""
        with self.suspend():
            pass
