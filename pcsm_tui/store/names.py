"""The names of engagement files, and of what lies beside one: its lock, its previous generation, and what is passing."""

from __future__ import annotations

from typing import Literal, NamedTuple

SUFFIX = ".pcsm.json"

What = Literal["lock", "previous", "temporary", "presence"]


_WHOLE: dict[str, What] = {"lock": "lock", "bak": "previous"}


class Beside(NamedTuple):
    """A file that lies beside an engagement: the name of the engagement's file, and what it is."""

    engagement: str
    what: What


def beside(name: str) -> Beside | None:
    """Return what a file is of which engagement by its name; None when it lies beside none."""
    engagement, suffix, rest = name.removeprefix(".").partition(f"{SUFFIX}.")
    if not (name.startswith(".") and engagement and suffix):
        return None
    what: What
    if rest in _WHOLE:
        what = _WHOLE[rest]
    elif rest.endswith(".tmp"):
        what = "temporary"
    elif rest.startswith("open."):
        what = "presence"
    else:
        return None
    return Beside(engagement + SUFFIX, what)
