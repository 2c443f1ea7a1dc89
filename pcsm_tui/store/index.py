"""The index of a repository: what lists and searches need of every engagement, without opening any.

It is a cache in the person's own cache folder, kept in SQLite, keyed by file name, modification time and size, and
made anew whenever it is missing, damaged or of another version. Losing it loses nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from pcsm_tui.errors import StorageFailed
from pcsm_tui.store.folders import private_folder

_PATIENCE = 1.0
"""Seconds to wait for another program that is writing the same index."""
MOST_HITS = 200
"""So many records a search gives at the most."""
_ROWS_PER_FILE = 1 << 24
_SCHEMA = """
create table about (derivation text);
create table engagement (
  id integer primary key, name text unique, mtime_ns integer, size integer, summary text, signals text);
create virtual table record using fts5 (
  content, tool unindexed, uid unindexed, title unindexed, fields unindexed, tokenize = 'trigram');
"""


class Entry(NamedTuple):
    """What the index holds of one file: its stamp when it was read, and its summary and signals as JSON."""

    name: str
    mtime_ns: int
    size: int
    summary: str
    signals: str


class RecordText(NamedTuple):
    """The text of one record for the search: `fields` are the ids of the fields whose texts are the lines."""

    tool: str
    uid: str
    title: str
    fields: tuple[str, ...]
    lines: tuple[str, ...]


class Hit(NamedTuple):
    """A record that was found: the file's name, and the first field and line that matched."""

    name: str
    tool: str
    uid: str
    title: str
    field: str
    line: str


class Index:
    """The index of one repository folder; `derivation` says by what program and playbook its contents were made.

    Every act raises `StorageFailed` when the index cannot be used.
    """

    def __init__(self, cache: Path, folder: Path, derivation: str) -> None:
        name = blake2b(str(folder).encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
        self.path = cache / f"index-{name}.sqlite"
        self._derivation = derivation

    def entries(self) -> dict[str, Entry]:
        """Return every entry by file name."""
        with self._database() as database:
            found = database.execute("select name, mtime_ns, size, summary, signals from engagement")
            return {row[0]: Entry(*row) for row in found}

    def put(self, entry: Entry, records: Iterable[RecordText]) -> None:
        """Replace what is held of one file."""
        with self._database() as database, database:
            self._forget(database, entry.name)
            cursor = database.execute(
                "insert into engagement (name, mtime_ns, size, summary, signals) values (cast(? as text), ?, ?, ?, ?)",
                (_to_bytes(entry.name), *entry[1:]),
            )
            first = (cursor.lastrowid or 0) * _ROWS_PER_FILE
            database.executemany(
                "insert into record (rowid, content, tool, uid, title, fields) values (?, ?, ?, ?, ?, ?)",
                (
                    (first + place, "\n".join(text.lines), text.tool, text.uid, text.title, ",".join(text.fields))
                    for place, text in enumerate(records)
                ),
            )

    def drop(self, names: Iterable[str]) -> None:
        """Forget files that are gone."""
        with self._database() as database, database:
            for name in names:
                self._forget(database, name)

    @staticmethod
    def _forget(database: sqlite3.Connection, name: str) -> None:
        query = "select id from engagement where name = cast(? as text)"
        for (number,) in database.execute(query, (_to_bytes(name),)).fetchall():
            first = number * _ROWS_PER_FILE
            database.execute("delete from record where rowid between ? and ?", (first, first + _ROWS_PER_FILE - 1))
            database.execute("delete from engagement where id = ?", (number,))

    def search(self, text: str, limit: int = MOST_HITS) -> list[Hit]:
        """Return the records that hold every word of `text`, in any case, the shortest first."""
        words = text.split()
        if not words:
            return []
        long = [word for word in words if len(word) >= 3]  # a trigram index finds nothing shorter
        where, values = "1", []
        if long:
            where = "record match ?"
            values.append(" ".join('"' + word.replace('"', '""') + '"' for word in long))
        for word in words:
            if word not in long:
                where += " and content like ? escape '\\'"
                values.append("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        query = (
            "select engagement.name, tool, uid, title, fields, content from record"
            f" join engagement on engagement.id = record.rowid / {_ROWS_PER_FILE}"
            f" where {where} order by length(content) limit ?"
        )
        with self._database() as database:
            return [_hit(row, words) for row in database.execute(query, (*values, limit))]

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Open the index; a damaged one is removed, since it can be made anew, any other that fails is left alone."""
        try:
            with closing(self._opened()) as database:
                yield database
        except (sqlite3.Error, OSError) as problem:
            if _is_damaged(problem):
                self._remove()
            raise StorageFailed(
                f"The index {self.path} cannot be used: {problem}.", "Lists are slower without."
            ) from None

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.DatabaseError as problem:
            if not _is_damaged(problem):
                raise
            self._remove()
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        if not self.path.exists():
            private_folder(self.path.parent)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(self.path, timeout=_PATIENCE)
        try:
            _prepare(database, self._derivation)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            os.unlink(self.path)


class MemoryIndex(Index):
    """An index that lasts as long as the program, for when the one on disk cannot be used; threads take turns."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        _prepare(self._kept, "")

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            yield self._kept


def _is_damaged(problem: Exception) -> bool:
    """Return whether SQLite says that a file is corrupt or no database; the low byte of its codes is the kind."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _to_bytes(name: str) -> bytes:
    """Return the name of a file as SQLite can be given it: it may hold bytes that are not UTF-8."""
    return name.encode("utf-8", "surrogateescape")


def _to_text(held: bytes) -> str:
    return held.decode("utf-8", "surrogateescape")


def _prepare(database: sqlite3.Connection, derivation: str) -> None:
    """Make the tables unless those that are there were made by the same program and playbook."""
    database.text_factory = _to_text
    database.execute("pragma synchronous = off")
    if not _is_current(database, derivation):
        _make(database, derivation)


def _is_current(database: sqlite3.Connection, derivation: str) -> bool:
    if not database.execute("select 1 from sqlite_master where name = 'about'").fetchone():
        return False
    row = database.execute("select derivation from about").fetchone()
    return row is not None and row[0] == derivation


def _make(database: sqlite3.Connection, derivation: str) -> None:
    script = "".join(f"drop table if exists {name};" for name in ("about", "engagement", "record"))
    database.executescript(f"begin exclusive; {script} {_SCHEMA} commit;")
    with database:
        database.execute("insert into about values (?)", (derivation,))


def _hit(row: tuple[str, str, str, str, str, str], words: list[str]) -> Hit:
    name, tool, uid, title, fields, content = row
    lines = list(zip(fields.split(","), content.split("\n"), strict=False))
    folded = [word.casefold() for word in words]
    # The line that holds most of the words tells why the record was found; the first of equals, as `max` has it.
    field, line = max(lines, key=lambda item: sum(word in item[1].casefold() for word in folded))
    return Hit(name, tool, uid, title, field, line)
