"""The system's calls failing at a chosen one: with an error, half done, or by the end of the process."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple
from unittest.mock import patch

CALLS = (
    (os, "open"), (os, "write"), (os, "fsync"), (os, "fdatasync"), (os, "replace"), (os, "link"), (os, "unlink"),
    (os, "fstat"), (os, "fchmod"), (os, "ftruncate"), (os, "stat"), (os, "mkdir"), (fcntl, "flock"),
)  # fmt: skip
"""What the store asks of the system."""
KILLED = 9


class Failure(NamedTuple):
    """How a call fails: `code` is an error number, or 0 for the end of the process; `when` is before it, after it, or half-way.

    A sticky one goes on failing: every call of the kind from there on.
    """

    name: str
    code: int
    when: str = "before"
    sticky: bool = False


KILLS = tuple(Failure(f"killed {when}", 0, when) for when in ("before", "half", "after"))
ERRORS = (
    *(Failure(name, getattr(errno, name)) for name in ("ENOSPC", "EIO", "EDQUOT")),
    Failure("EIO after", errno.EIO, "after"),
    Failure("short, then ENOSPC", errno.ENOSPC, "half"),
    *(Failure(f"sticky {name}", getattr(errno, name), sticky=True) for name in ("ENOSPC", "EIO")),
)


class Count:
    """How many calls there were, and whether the chosen one was reached."""

    def __init__(self) -> None:
        self.calls = 0
        self.kind = ""

    @property
    def reached(self) -> bool:
        """Whether a call failed."""
        return bool(self.kind)


@contextmanager
def failing(place: int, failure: Failure) -> Iterator[Count]:
    """Let the call at a place, counted from 1, fail."""
    count = Count()

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            count.calls += 1
            is_it = count.calls == place or (failure.sticky and count.kind == name)
            if not is_it:
                return real(*arguments, **more)
            count.kind = name
            if failure.when == "half" and name == "write":
                descriptor, payload = arguments
                real(descriptor, payload[: len(payload) // 2])
            elif failure.when == "after":
                with suppress(OSError):
                    real(*arguments, **more)
            if failure.code == 0:
                os._exit(KILLED)
            raise OSError(failure.code, os.strerror(failure.code))

        return call

    with ExitStack() as stack:
        for module, name in CALLS:
            stack.enter_context(patch.object(module, name, wrapped(name, getattr(module, name))))
        yield count


def in_child(act: Callable[[], object]) -> int:
    """Run something in a process of its own and return how that ended: 0, 9 when it was killed, 1 for a fault."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
