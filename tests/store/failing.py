"""A disk that fails at a chosen system call: with an error, half-way, or because the program is killed there.

The calls of an operation are counted; the failure moves forward one call at a time until the operation gets through.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import pytest

_NEEDING_ROOM = ("open", "write", "fsync", "fdatasync", "replace", "link", "mkdir", "ftruncate", "setxattr", "close")
_OTHERS = (
    "fdopen", "unlink", "stat", "lstat", "fstat", "fchmod", "fchown", "getxattr", "lseek", "rename", "scandir",
    "listdir", "utime",
)  # fmt: skip
_CALLS = (*((os, name) for name in (*_NEEDING_ROOM, *_OTHERS)), (fcntl, "flock"))
_NAMES = tuple(name for _, name in _CALLS)
_ANSWER = 60.0
"""Seconds after which a child that does not end is taken to hang."""


class Failure(NamedTuple):
    """How a call fails: with an error, by taking half of the bytes, or, without either, by the end of the process."""

    name: str
    code: int = 0
    half: bool = False
    lasting: bool = False
    """Whether every later call of the kind fails as well."""

    @property
    def calls(self) -> tuple[str, ...]:
        """The calls that fail so."""
        if self.half:
            return ("write",)
        return _NEEDING_ROOM if self.code in (errno.ENOSPC, errno.EDQUOT) else _NAMES


ERRORS = [
    Failure(f"{errno.errorcode[code]}{' and ever after' if lasting else ''}", code, lasting=lasting)
    for code in (errno.EIO, errno.ENOSPC, errno.EDQUOT)
    for lasting in (False, True)
]
SHORT = Failure("half of the bytes are taken each time", half=True, lasting=True)
KILLS = [Failure("killed before the call"), Failure("killed in the middle of a write", half=True)]
"""To be killed after a call is to be killed before the next one; the last of them ends with the operation."""


class FailingDisk:
    """While entered, calls of the operating system are counted, and fail from a number on, or at it only; 0 is never."""

    def __init__(self, failure: Failure, at: int, *, kills: bool = False) -> None:
        self.made = 0
        self._failure, self._at, self._kills = failure, at, kills
        self._real: dict[str, Any] = {}

    def __enter__(self) -> Self:
        for module, name in _CALLS:
            self._real[name] = getattr(module, name)
            setattr(module, name, self._counting(name, self._real[name]))
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        for module, name in _CALLS:
            setattr(module, name, self._real[name])

    def _counting(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        if name not in self._failure.calls:
            return real

        def call(*arguments: Any, **more: Any) -> Any:
            self.made += 1
            if self.made == self._at or (self._failure.lasting and self.made > self._at > 0):
                return self._fail(name, real, *arguments, **more)
            return real(*arguments, **more)

        return call

    def _fail(self, name: str, real: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        taken = 0
        if name == "write" and (self._failure.half or self._failure.code):
            taken = real(arguments[0], arguments[1][: (len(arguments[1]) + 1) // 2])
        if self._kills:
            os.kill(os.getpid(), signal.SIGKILL)
        if not self._failure.code:
            return taken
        if name == "close":  # the kernel lets go of a descriptor even where closing it fails
            real(*arguments)
        raise OSError(self._failure.code, os.strerror(self._failure.code))


class Operation(Protocol):
    """Something that is done to a file in a folder of its own."""

    def act(self, acknowledge: Callable[[], None]) -> None:
        """Do it, and say of each part that it is done."""

    def check(self, acknowledged: int) -> None:
        """See that what is there is the old or the new, and holds so many acknowledged parts; then that it goes on."""


def failure_points(failure: Failure, attempt: Callable[[FailingDisk], None]) -> int:
    """Attempt an operation with the failure at the first call, the second, … until it gets through; return how many."""
    for at in itertools.count(1):
        disk = FailingDisk(failure, at)
        attempt(disk)
        if disk.made < at:
            return at - 1
    raise AssertionError


def killed_points(failure: Failure, prepare: Callable[[], Operation]) -> int:
    """Kill a process at each call of an operation, and see each time what it left behind; return how many calls."""
    for at in itertools.count(1):
        operation = prepare()
        acknowledged, was_killed = in_child(_dying(operation, failure, at))
        operation.check(acknowledged)
        if not was_killed:
            return at - 1
    raise AssertionError


def _dying(operation: Operation, failure: Failure, at: int) -> Callable[[Callable[[], None]], None]:
    def run(acknowledge: Callable[[], None]) -> None:
        with FailingDisk(failure, at, kills=True):
            operation.act(acknowledge)

    return run


def in_child(act: Callable[[Callable[[], None]], None]) -> tuple[int, bool]:
    """Do something in a process of its own, that ends at once afterwards; return how much of it was acknowledged.

    The second value says whether the process was killed.
    """
    write, read = os.write, os.read  # those of the system, whatever the child puts in their place
    reading, writing = os.pipe()
    child = os.fork()
    if not child:

        def acknowledge() -> None:
            write(writing, b".")

        _run(act, acknowledge)
    os.close(writing)
    acknowledged = b"".join(iter(lambda: read(reading, 4096), b""))
    os.close(reading)
    _, status = os.waitpid(child, 0)
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert was_killed or status == 0, "the process did not end as it should"
    return len(acknowledged), was_killed


def _run(act: Callable[[Callable[[], None]], None], acknowledge: Callable[[], None]) -> None:
    """Act and end the process, without any of what the test run would do at its end."""
    leave = os._exit
    signal.alarm(int(_ANSWER))
    failed = True
    try:
        act(acknowledge)
        failed = False
    finally:
        if failed:
            traceback.print_exc()
        leave(failed)


def open_descriptors() -> set[str]:
    """Return the descriptors that this process has open; none where the system does not tell."""
    table = Path("/proc/self/fd")
    return {entry.name for entry in table.iterdir()} if table.is_dir() else set()


def every(failures: list[Failure]) -> list[Any]:
    """Return failures as the parameters of a test, under their names."""
    return [pytest.param(failure, id=failure.name.replace(" ", "-")) for failure in failures]
