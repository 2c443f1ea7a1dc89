"""The index of a repository: what lists and searches need of every engagement, without opening any.

It is a cache in the person's own cache folder, kept in SQLite, keyed by file name, modification time and size, and
made anew whenever it is missing, damaged or of another version. Losing it loses nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from pcsm_tui.errors import StorageFailed

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
    """The index of one repository folder; `derivation` says by what program and playbook its contents were made."""

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

    def search(self, text: str, limit: int = 200) -> list[Hit]:
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
        """Open the index, made anew when it is not usable as it is."""
        try:
            try:
                database = self._opened()
            except sqlite3.DatabaseError:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.path)
                database = self._opened()
        except (sqlite3.Error, OSError) as problem:
            raise StorageFailed(f"The index {self.path} cannot be used: {problem}.") from None
        try:
            yield database
        except sqlite3.Error as problem:
            raise StorageFailed(
                f"The index {self.path} cannot be used: {problem}.", "Delete it; it is made anew."
            ) from None
        finally:
            database.close()

    def _opened(self) -> sqlite3.Connection:
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(self.path, timeout=5)
        try:
            database.text_factory = _to_text
            database.execute("pragma synchronous = off")
            if not _is_current(database, self._derivation):
                _make(database, self._derivation)
        except sqlite3.Error:
            database.close()
            raise
        return database


def _to_bytes(name: str) -> bytes:
    """Return the name of a file as SQLite can be given it: it may hold bytes that are not UTF-8."""
    return name.encode("utf-8", "surrogateescape")


def _to_text(held: bytes) -> str:
    return held.decode("utf-8", "surrogateescape")


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
    field, line = next(
        ((field, line) for field, line in lines if any(word in line.casefold() for word in folded)), lines[0]
    )
    return Hit(name, tool, uid, title, field, line)
