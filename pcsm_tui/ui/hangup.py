"""The ends that come from outside: the program is told to end, or its terminal is gone.

Either can come while the screen stands still because nobody reads what it sends to the terminal. A thread of its own
waits for them, therefore, and ends the program in order if that can be done in time, and without the screen if not.
"""

from __future__ import annotations

import os
import select
import signal
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from pcsm_tui.errors import PcsmError

HUNG_UP = 128 + signal.SIGHUP
"""The exit code when the terminal is gone, whether or not the system told so by a signal."""
PATIENCE = 4.0
"""Seconds within which the program has ended, in order or not."""
_ENDING = (signal.SIGHUP, signal.SIGTERM)
_ENOUGH = b"\0"
"""What is written in place of the number of a signal when there is nothing to wait for any more."""


class Hangup:
    """Ends the program in order when it is told to end or its terminal is gone; used with `with`, in the main thread.

    `save` is then called, in a thread of its own, to put on the disk what must survive, and after that `leave` with the
    exit code, to end the screen. What takes longer than `PATIENCE` ends the process. A signal that was ignored before
    stays ignored. `terminal` is the descriptor of the terminal.
    """

    def __init__(self, save: Callable[[], object], leave: Callable[[int], object], terminal: int = 0) -> None:
        self._save, self._leave, self._terminal = save, leave, terminal
        self.code: int | None = None
        """The exit code, as soon as the program has to end."""
        self._thread = threading.Thread(target=self._wait, name="hangup", daemon=True)

    def __enter__(self) -> Hangup:
        """Begin to wait."""
        try:
            self._modes: list[Any] | None = termios.tcgetattr(self._terminal)
        except termios.error:
            self._modes = None
        self._told, self._tell = os.pipe()
        os.set_blocking(self._tell, False)
        # The system itself writes the number of a signal there, whatever the main thread is held up by.
        self._told_before = signal.set_wakeup_fd(self._tell, warn_on_full_buffer=False)
        self._handlers = {
            number: signal.signal(number, _written) for number in _ENDING if signal.getsignal(number) != signal.SIG_IGN
        }
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Wait no more, unless the process has to end; that a terminal that is gone cannot be written to is no news."""
        if self.code is not None:
            return isinstance(error, OSError)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._told_before)
        os.write(self._tell, _ENOUGH)
        self._thread.join()
        os.close(self._tell)
        os.close(self._told)
        return False

    def _wait(self) -> None:
        waiting = select.poll()
        waiting.register(self._terminal, 0)  # 0: for nothing but its end
        waiting.register(self._told, select.POLLIN)
        until = None
        while True:
            left = None if until is None else max(0.0, until - time.monotonic())
            found = waiting.poll(None if left is None else left * 1000)
            if left == 0.0:
                self._end_at_once()
            for descriptor, event in found:
                code = 0
                if descriptor == self._told:
                    told = os.read(self._told, select.PIPE_BUF)
                    if _ENOUGH in told:
                        return
                    code = next((128 + number for number in told if number in _ENDING), 0)
                else:
                    waiting.unregister(descriptor)
                    if event & (select.POLLHUP | select.POLLERR):
                        _silence()
                        code = HUNG_UP
                if code and self.code is None:
                    self.code = code
                    until = time.monotonic() + PATIENCE
                    threading.Thread(target=self._end, name="ending", daemon=True).start()

    def _end(self) -> None:
        """Save, and end the screen, which may hang for all that is known."""
        assert self.code is not None
        try:
            with suppress(PcsmError):  # there is nobody left to be told
                self._save()
        finally:
            self._leave(self.code)

    def _end_at_once(self) -> None:
        assert self.code is not None
        if self._modes is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._terminal, termios.TCSANOW, self._modes)
        os._exit(self.code)


def _written(number: int, frame: FrameType | None) -> None:
    """Do nothing: the number is in the pipe by now. Only a signal that has a handler is written there."""


def _silence() -> None:
    """Put nothing in the place of a terminal that is gone: each text that is written to it would be an error."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
