"""A program in a terminal of its own: what it writes, and when, after it starts and after every key."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "pagedown": "\x1b[6~", "pageup": "\x1b[5~",
    "home": "\x1b[H", "end": "\x1b[F", "enter": "\r", "tab": "\t", "escape": "\x1b", "space": " ", "backspace": "\x7f",
}  # fmt: skip
_CONTROL = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\|\x1b.")


class Written(NamedTuple):
    """What a program wrote: the bytes, the milliseconds to the first, to the text waited for and to the last.

    `cpu` is the processor time, in seconds, that the program had used when it fell silent.
    """

    data: bytes
    first_ms: float
    found_ms: float
    last_ms: float
    cpu: float

    @property
    def text(self) -> str:
        """The bytes without control sequences."""
        return _CONTROL.sub(b" ", self.data).decode("utf-8", "replace")


class Ended(NamedTuple):
    """How a program ended: its exit code, less than 0 for the signal that it died of, and the seconds that it took to.

    `cpu` is the processor time, in seconds, of its whole life.
    """

    code: int
    seconds: float
    cpu: float


class Terminal:
    """A pseudo terminal with one program in it; use it with `with`."""

    def __init__(self, command: Sequence[str], size: tuple[int, int], environment: dict[str, str]) -> None:
        self._started = time.perf_counter()
        self.pid, self._door = pty.fork()
        self._ended: Ended | None = None
        if self.pid == 0:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.execvpe(command[0], list(command), environment)
        os.set_inheritable(self._door, False)  # another program would hold it open

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *ended: object) -> None:
        if self._ended is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.hang_up()

    def hang_up(self) -> None:
        """Take the terminal away, as when the line to it is cut."""
        if self._door >= 0:
            os.close(self._door)
            self._door = -1

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def send(self, text: str) -> None:
        """Send keys and read nothing of what comes back."""
        os.write(self._door, text.encode())

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._door, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def modes(self) -> list[Any]:
        """Return how the terminal is set, as `termios.tcgetattr` does."""
        return termios.tcgetattr(self._door)

    def wait_for_end(self, patience: float, *, reading: bool = False) -> Ended:
        """Return how the program ended; `reading` takes meanwhile what it writes. Raises `TimeoutError`."""
        began = time.perf_counter()
        while self._ended is None:
            found, status, used = os.wait4(self.pid, os.WNOHANG)
            waited = time.perf_counter() - began
            if found:
                self._ended = Ended(os.waitstatus_to_exitcode(status), waited, used.ru_utime + used.ru_stime)
            elif waited > patience:
                raise TimeoutError(f"The program still runs after {patience} seconds.")
            elif not reading:
                time.sleep(0.01)
            elif select.select([self._door], [], [], 0.01)[0]:
                with suppress(OSError):
                    os.read(self._door, 1 << 16)
        return self._ended

    def start(self, wanted: str = "", quiet: float = 0.4, patience: float = 60) -> Written:
        """Return what was written from the start until nothing came for `quiet` seconds after the text `wanted`."""
        return self._read(self._started, wanted, quiet, patience)

    def press(self, *keys: str, wanted: str = "", quiet: float = 0.15, patience: float = 10) -> Written:
        """Send keys in one write, by name or as text, and return what comes back."""
        sent = time.perf_counter()
        os.write(self._door, "".join(KEYS.get(key, key) for key in keys).encode())
        return self._read(sent, wanted, quiet, patience)

    def idle(self, seconds: float) -> Written:
        """Return what is written by itself in so many seconds."""
        return self._read(time.perf_counter(), "", seconds, seconds)

    def _read(self, since: float, wanted: str, quiet: float, patience: float) -> Written:
        """Read until `quiet` seconds of silence after the text `wanted` was seen, or after any byte without one."""
        data, first, found, last = b"", 0.0, 0.0, 0.0
        sought = wanted.encode()
        while True:
            now = time.perf_counter() - since
            # Without a text to wait for silence from the beginning is an answer, too: some keys draw nothing.
            wait = quiet - (now - last) if found or not sought else patience - now
            if wait <= 0 or not select.select([self._door], [], [], wait)[0]:
                break
            try:
                data += os.read(self._door, 1 << 16)
            except OSError:  # the program has ended
                break
            last = time.perf_counter() - since
            first = first or last
            if not found and sought in data:
                found = last
        return Written(data, first * 1000, found * 1000, last * 1000, self.cpu_seconds())

    def cpu_seconds(self) -> float:
        """Return the processor time that the program has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[float, float]:
        """Return the resident and the proportional memory of the program, in MB."""
        found: dict[str, int] = {}
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, amount = line.split()[:2]
            found[name] = int(amount)
        return found["Rss:"] / 1024, found["Pss:"] / 1024
