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
from typing import NamedTuple

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


class Terminal:
    """A pseudo terminal with one program in it; use it with `with`."""

    def __init__(self, command: Sequence[str], size: tuple[int, int], environment: dict[str, str]) -> None:
        self._started = time.perf_counter()
        self.pid, self._door = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.execvpe(command[0], list(command), environment)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *ended: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._door)

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
