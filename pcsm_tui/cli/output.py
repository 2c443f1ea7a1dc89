"""What commands write: data to the output, talk to the error output, both safe for a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pcsm_tui.cli.columns import laid_out, wrapped

_WORTH_TELLING = 50
"""So many files take long enough to be told of their progress."""


def text(line: str = "") -> None:
    """Write text to the output, control characters made visible."""
    from pcsm_tui.workspace.printing import safe_text

    document(safe_text(line) + "\n")


def document(whole: str) -> None:
    """Write a finished text, safe already, to the output as it is."""
    sys.stdout.write(whole)


def binary(whole: bytes) -> None:
    """Write a finished file to the output, byte by byte."""
    sys.stdout.flush()
    sys.stdout.buffer.write(whole)
    sys.stdout.buffer.flush()


def talk(sentence: str) -> None:
    """Write a sentence to the error output, control characters made visible."""
    from pcsm_tui.workspace.printing import safe_text

    sys.stderr.write(safe_text(sentence) + "\n")


def json(value: Any) -> None:
    """Write plain data, or named tuples of it, as JSON to the output."""
    from pcsm_tui.workspace.printing import plain, to_json

    encoding = (sys.stdout.encoding or "").casefold().replace("-", "")
    document(to_json(plain(value), ascii_only=encoding != "utf8"))


def width() -> int:
    """Return how many cells a line has: COLUMNS, or the terminal's, or 80."""
    return max(shutil.get_terminal_size((80, 24)).columns, 20)


def sentences(several: Iterable[str], indent: str = "") -> None:
    """Write sentences, each on lines of its own that are broken to the terminal's width."""
    from pcsm_tui.workspace.printing import safe_text

    for sentence in several:
        for place, line in enumerate(wrapped(safe_text(sentence), width() - len(indent) - 2)):
            text(f"{indent}{'  ' if place else ''}{line}".rstrip())


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows under the names of their columns, fitted to the terminal; say which columns found no room."""
    grouped_table(names, [("", row) for row in rows])


def grouped_table(names: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], least: Sequence[int] = ()) -> None:
    """Write rows, each with the group under whose heading it stands, as `table` does; the empty group has none.

    `least` are the widths below which a column is left out rather than made narrower, 0 for the usual one.
    """
    from pcsm_tui.workspace.printing import safe_line

    cells = [[safe_line(cell) for cell in row] for _, row in rows]
    laid = laid_out([safe_line(name) for name in names], cells, width(), least)
    text(laid.head)
    current = ""
    for (group, _), line in zip(rows, laid.lines, strict=True):
        if group != current:
            text(f"\n{safe_line(group)}")
            current = group
        text(line)
    if laid.left_out:
        talk(f"No room for: {', '.join(laid.left_out)}. A wider terminal shows more, --json everything.")


_ERASED = "\r\x1b[K"


@contextmanager
def saying(what: str) -> Iterator[None]:
    """Say on a terminal what is going on meanwhile."""
    shown = sys.stderr.isatty()
    if shown:
        _say(f"{_ERASED}{what} …")
    try:
        yield
    finally:
        if shown:
            _say(_ERASED)


@contextmanager
def progressing(what: str, then: str = "") -> Iterator[Callable[[int, int], None] | None]:
    """Give a function as `progress` returns it, whose line is gone at the end however far it came."""
    told = progress(what, then)
    try:
        yield told
    finally:
        if told is not None:
            _say(_ERASED)


def progress(what: str, then: str = "") -> Callable[[int, int], None] | None:
    """Return a function that tells of how many are done of how many, when there is a terminal to tell it to.

    When all are done it says what is done `then`, of which nobody counts the steps.
    """
    if not sys.stderr.isatty():
        return None

    def told(done: int, of: int) -> None:
        if of >= _WORTH_TELLING:
            after = f"{_ERASED}{then} …" if then else _ERASED
            _say(f"{_ERASED}{what} {done} of {of}" + (after if done == of else ""))

    return told


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
