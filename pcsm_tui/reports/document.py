"""A document as a value: headings, paragraphs, facts and tables, which `exchange` writes in one format or another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading; `level` is 2 for the parts of a document, 3 for the parts of these, and so on."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text; its line ends are the writer's and are kept."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names with a value each, as in a form; a value may have several lines."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under the names of their columns; every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Facts | Table


@dataclass(frozen=True)
class Document:
    """A title and what stands under it."""

    title: str
    blocks: tuple[Block, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the document, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
