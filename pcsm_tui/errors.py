"""Errors that are sentences for the user.

Every refusal of the program is a `PcsmError`: the message says what is wrong and where, the hint says what would
be right. Screens show both; commands print both to stderr and end with `exit_code`.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class PcsmError(Exception):
    """A refused act, told in a sentence.

    `message` names what is wrong and where; `hint` names what would be right, and may be empty.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(PcsmError):
    """A word of a command or a name of a tool, field or row that does not exist."""


class ValueRefused(PcsmError):
    """A value that its field cannot hold; the message is the reason shown beside the field."""


class DeclarationError(PcsmError):
    """A mistake in the framework's data, a playbook, a theme or the settings: names file and key."""


class FileRefused(PcsmError):
    """A file that cannot safely be opened or replaced; it has not been touched."""

    exit_code = 3


class NewerFile(FileRefused):
    """A file that only a newer program may edit.

    `schema` is the one that it was written in, `needed` the oldest whose programs may edit it.
    """

    def __init__(self, message: str, hint: str, schema: int, needed: int) -> None:
        super().__init__(message, hint)
        self.schema = schema
        self.needed = needed


class FileChanged(FileRefused):
    """The file on disk is no longer the one that was read."""


class FileGone(FileChanged):
    """There is no file any more where one was read."""


class FileReadOnly(FileRefused):
    """A file that this person may read but not change."""


class FolderReadOnly(FileRefused):
    """A file that may be written in a folder where no other may be put in its place."""


class WentBack(FileRefused):
    """The file went back to a revision that was saved before the one last read."""


class AnotherEngagement(FileRefused):
    """The file on disk no longer holds the engagement that was read from it."""


class FileLocked(FileRefused):
    """Another session holds the write lock for longer than one waits for it."""


class Withheld(PcsmError):
    """Something that must not leave the house, or not even the person's own file; nothing was written."""

    exit_code = 3


class StorageFailed(PcsmError):
    """Reading or writing failed below us: disk full, quota, input/output error."""

    exit_code = 4


_LONGEST_SHOWN = 40


def cut(text: str) -> str:
    """Return a text as a sentence repeats it: its first 40 characters, with … for what follows them."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def nearest(word: str, valid: Iterable[str]) -> str:
    """Return a hint sentence naming the valid words closest to `word`, or all of them when few, or nothing."""
    words = sorted(set(valid))
    close = get_close_matches(word.casefold(), words, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    if 0 < len(words) <= 12:
        return f"Valid: {', '.join(words)}."
    return ""
