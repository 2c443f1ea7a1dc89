"""What an examination finds, whatever it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["wrong", "risk", "note"]
_FEW = 3


class Finding(NamedTuple):
    """Something about a file or folder: `wrong`, a `risk` to what is in it, or a `note`, which is good to know.

    The sentence says what it is and `advice` what to do; neither names the path, so that what holds for several can be
    told once. The words of a refusal do.
    """

    kind: Kind
    path: str
    sentence: str
    advice: str


def finding(kind: Kind, path: Path, sentence: str, advice: str) -> Finding:
    """Return a finding about a path."""
    return Finding(kind, str(path), sentence, advice)


def several(names: Sequence[str]) -> str:
    """Return names in a sentence: the first three, and how many more there are."""
    if len(names) <= _FEW + 1:
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return f"{', '.join(names[:_FEW])} and {len(names) - _FEW} more"
