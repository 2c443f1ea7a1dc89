"""The columns of a plan in CSV: what they are called here and elsewhere, and which of them a file has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from pcsm_tui.errors import FileRefused, cut
from pcsm_tui.exchange.csv_lines import Line, csv_lines

COLUMNS = (
    "id", "name", "duration", "predecessors", "parent", "owner", "start", "finish", "percent_complete", "kind",
    "constraint", "constraint_date", "deadline", "actual_start", "actual_finish", "remaining_duration", "optimistic",
    "pessimistic", "deliverable", "budget", "state", "uid",
)  # fmt: skip
"""The columns of an export, in order; a file needs the first two."""
OUTLINE_LEVEL = "outline_level"
_KNOWN = frozenset((*COLUMNS, OUTLINE_LEVEL))
_NEEDED = ("id", "name")
_PLAN_HAS = f"A plan has the columns {', '.join(COLUMNS[:4])}."
_ALSO = {
    "task_name": "name", "predecessor": "predecessors", "start_date": "start", "finish_date": "finish",
    "end_date": "finish", "end": "finish", "resource_names": "owner", "parent_id": "parent",
    "complete": "percent_complete", "percent": "percent_complete",
}  # fmt: skip
"""Other names that planners export."""
_FOREIGN = {
    "nr": "id", "nummer": "id", "numero": "id", "vorgangsname": "name", "vorgang": "name", "nom": "name",
    "nom_de_la_tache": "name", "tache": "name", "dauer": "duration", "duree": "duration", "vorganger": "predecessors",
    "predecesseurs": "predecessors", "anfang": "start", "debut": "start", "ende": "finish", "fin": "finish",
    "fertig_stellen": "finish", "ressourcennamen": "owner", "noms_ressources": "owner",
    "percent_abgeschlossen": "percent_complete", "percent_acheve": "percent_complete",
    "gliederungsebene": "outline_level", "niveau_hierarchique": "outline_level",
}  # fmt: skip
"""What MS Project calls them in German and French, without accents."""
_NAMED = 12
"""The columns that a sentence names."""


class Header(NamedTuple):
    """The first line of a file: its number, the names in it, and what these columns are called here."""

    line: int
    names: list[str]
    columns: list[str]
    """A name in small letters with `_` for a column that is not known."""

    @property
    def known(self) -> list[str]:
        """The columns that a plan can have, by what they are called here."""
        return [column for column in self.columns if column in _KNOWN]

    @property
    def unknown(self) -> list[str]:
        """The other columns that have a name."""
        return [column for column in self.columns if column and column not in _KNOWN]

    @property
    def is_of_plan(self) -> bool:
        """Whether this looks like a plan: there is an id, or two columns of a plan, be it in German or French."""
        return "id" in self.columns or len({*self.known, *(_FOREIGN.get(name, "") for name in self.unknown)} - {""}) > 1

    @property
    def in_english(self) -> str:
        """How to call the columns that are named in German or French, in a sentence; empty when there are none."""
        named = zip(self.names, self.columns, strict=True)
        pairs = [f"{_FOREIGN[column]} for {cut(name.strip())}" for name, column in named if column in _FOREIGN]
        return f"Columns are expected in English: {', '.join(pairs)}." if pairs else ""

    def check(self, file_name: str) -> None:
        """Raise `FileRefused` for a column that is there twice, or missing."""
        where = f"{file_name}, line {self.line}"
        for column in self.known:
            if self.known.count(column) > 1:
                raise FileRefused(f"{where}: the column {column} is there twice.", "Take one away.")
        missing = [column for column in _NEEDED if column not in self.columns]
        if missing:
            found = ", ".join(repr(cut(name.strip())) for name in self.names[:_NAMED])
            close = get_close_matches(missing[0], self.unknown, n=1)
            meant = f"Did you mean {missing[0]} by {cut(close[0])}?" if close else _PLAN_HAS
            raise FileRefused(
                f"{where}: there is no column {' or '.join(missing)} in {found}.", self.in_english or meant
            )


def opened_plan(data: bytes, name: str) -> tuple[Header, Iterator[Line]]:
    """Return the header of a file, unchecked, and the lines below it. Raises `FileRefused` as `csv_lines` does."""
    lines = csv_lines(data, name, is_known)
    head = next(lines, None)
    if head is None:
        raise FileRefused(f"{name} is empty.", _PLAN_HAS)
    return Header(head.number, head.cells, [column_of(cell) for cell in head.cells]), lines


def is_known(name: str) -> bool:
    """Return whether a plan can have a column of this name."""
    return column_of(name) in _KNOWN


def column_of(name: str) -> str:
    """Return what a column is called here; of one that is not known the name in small letters, with `_` for the rest."""
    # a file may have a text of any length here, and no name that is known is as long as a sentence shows
    plain = unicodedata.normalize("NFKD", cut(name.strip()).casefold().replace("%", "percent "))
    word = re.sub(r"[^0-9a-z]+", "_", re.sub(r"[\u0300-\u036f]", "", plain)).strip("_")
    return _ALSO.get(word, word)
