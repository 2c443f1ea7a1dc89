"""A tolerant reader of damaged engagement files: every whole record, and of a cut one every whole field.

It goes from key to key instead of trusting the brackets: where a file is indented, a key's place in its line tells what
it belongs to; where it is not, a record is known by its number, and a table by the number behind its name.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from pcsm_tui.domain.values import same_value
from pcsm_tui.errors import cut
from pcsm_tui.store.canonical import DEEPEST, LARGEST_NUMBER, LONGEST_TEXT, problem_of
from pcsm_tui.store.losses import Losses, counted, shown

NO_TABLE = "salvaged"
"""The table of records whose own is not known."""
_MOST_LOSSES = 100_000
"""What has lost so much is no engagement; the rest is not looked at."""
_LONGEST_INDENT = 200
_STRING = r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"'
_KEY = re.compile(rf"({_STRING})\s*:\s*")
_HEAD = re.compile(rf"({_STRING})\s*:\s*(?=\{{)")
_BETWEEN = re.compile(r"[\s,]*")
_BRACKETS = re.compile(r"[\s,\[\]{}]*")
_TOKEN = re.compile(rf'({_STRING}\s*:\s*)|{_STRING}|[{{}}\[\],]|"[^\r\n]*|[^\s{{}}\[\],"]+')
_AGAIN = re.compile(rf"[{{,\n][ \t\r]*(?={_STRING}\s*:)")
"""What stands before a key: there reading begins again."""
_NUMBER = re.compile(r'"[0-9]{1,16}"')
_TABLE = re.compile(r'\{?\s*(?:\}|"[0-9]{1,16}"\s*:\s*\{)')
_FULL_TABLE = re.compile(r'\{?\s*"[0-9]{1,16}"\s*:\s*\{')
_GAP = re.compile(r"\x00+")


class Fragment(NamedTuple):
    """A record that was found: its table, its id as it was written, and its whole fields."""

    table: str
    doc_id: str
    fields: dict[str, Any]


class _Value(NamedTuple):
    """What stands behind a key, and where it ends; `whole` unless it was cut or is none."""

    value: Any
    end: int
    whole: bool = True


class Fragments:
    """What can be read of a text: `records`, and the names of `tables`, also of those without any record.

    What cannot be read is added to `losses`. No more is kept than so many values.
    """

    def __init__(self, text: str, losses: Losses, most_values: int) -> None:
        self.records: list[Fragment] = []
        self.tables: dict[str, None] = {}
        self._text, self._losses, self._room = text, losses, most_values
        self._end = len(text)
        self._table, self._inside = "", False
        self._table_indent = self._record_indent = 0
        self._closed = self._to_close = 0
        self._counted_to, self._lines = 0, 1
        self._remarks: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._whole,
            parse_float=self._as_text,
            parse_constant=self._as_text,
            strict=False,
        )
        self._read()

    # --- tables and records -----------------------------------------------------------------------------------

    def _read(self) -> None:
        start = 0
        for gap in _GAP.finditer(self._text):
            self._read_part(start, gap.start())
            follows = f" What follows is taken to belong to {cut(self._table)}." if self._table else ""
            self._losses.add(f"Line {self._line(gap.start())}: {counted(len(gap[0]), 'NUL byte')}.{follows}")
            start = gap.end()
            if self._is_full():
                break
        self._read_part(start, len(self._text))
        if self._closed < self._to_close:
            self._losses.add("The end of the file is missing; what stood there is not known.")
        if self._is_full():
            self._losses.add("There is more than can be kept; the rest was not read.")

    def _read_part(self, place: int, end: int) -> None:
        """Read what stands between two gaps; behind a gap, from where a record or a table begins."""
        self._end = end
        if place:
            place = self._behind_gap(place)
        while not self._is_full():
            brackets = _BRACKETS.match(self._text, place, end)
            if brackets is not None:
                self._closed += brackets[0].count("}")
                self._inside = self._inside and "}" not in brackets[0]
                place = brackets.end()
            if place >= end:
                return
            key = _KEY.match(self._text, place, end)
            if key is None:
                place = self._not_understood("", place)
            else:
                self._closed = 0
                place = self._below(key)
                self._to_close = 2 if self._inside else 1  # the table and the whole

    def _is_full(self) -> bool:
        return self._room < 0 or self._losses.count > _MOST_LOSSES

    def _behind_gap(self, place: int) -> int:
        """Return where the first record or table begins; what stands before belongs to what was cut off."""
        heads = _HEAD.finditer(self._text, place, self._end)
        found = next((head.start() for head in heads if self._ends_record(head)), self._end)
        if self._text[place:found].strip():
            self._tell_unread("", place, found)
        return found

    def _begins_another(self, key: re.Match[str]) -> bool:
        """Return whether a key can only be that of a record or a table, in a text without indentation."""
        if not self._opens(key):
            return False
        return _is_number(key) or _FULL_TABLE.match(self._text, key.end(), self._end) is not None

    def _below(self, key: re.Match[str]) -> int:
        """Read what stands below a key outside records, and return where it ends."""
        name, indent = _unquoted(key[1]), self._indent(key.start())
        if self._opens(key) or self._lacks_bracket(key, indent):
            if not self._is_table(key):
                return self._record(name, key)
            self._table, self._inside = name, True
            self._table_indent = indent or 0
            self.tables[name] = None
            return self._within(key)
        if self._text.startswith("[", key.end(), self._end) and not self._inside:
            return self._list(name, key)
        if self._inside and self._record_indent and indent is not None and indent > self._record_indent:
            return self._behind_gap(key.start())
        found = self._value(key)
        where = f"{cut(self._table)}/{cut(name)}" if self._inside else f"Table {cut(name)}"
        quoted = self._quoted(key.end(), found.end) or "nothing"
        self._losses.add(f"{where}, line {self._line(key.start())}: {quoted} is no object.")
        return found.end

    def _lacks_bracket(self, key: re.Match[str], indent: int | None) -> bool:
        """Return whether a key of its own stands where the bracket of an object should."""
        within = _KEY.match(self._text, key.end(), self._end)
        if within is None:
            return False
        other = self._indent(within.start())
        return indent is None or other is None or other > indent

    def _within(self, key: re.Match[str]) -> int:
        """Return where what an object holds begins."""
        return key.end() + 1 if self._opens(key) else key.end()

    def _is_table(self, key: re.Match[str]) -> bool:
        if not self._inside:
            return not _is_number(key) or _FULL_TABLE.match(self._text, key.end(), self._end) is not None
        indent = self._indent(key.start())
        if self._table_indent and indent is not None:
            return indent <= self._table_indent
        return not _is_number(key) and _TABLE.match(self._text, key.end(), self._end) is not None

    def _list(self, name: str, key: re.Match[str]) -> int:
        """Read a table that is a list: the objects in it are records without an id."""
        found = self._value(key)
        where = f"Table {cut(name)}, line {self._line(key.start())}"
        if not found.whole or not all(isinstance(item, dict) for item in found.value):
            self._losses.add(f"{where}: {self._quoted(key.end(), found.end)} is no object.")
            return found.end
        self._losses.add(f"{where}: it was a list; {counted(len(found.value), 'record')} in it got new ids.")
        self.tables[name] = None
        for record in found.value:
            fields = {field: value for field, value in record.items() if self._fits(f"{name}/? {field}", field, value)}
            self.records.append(Fragment(name, "", fields))
        return found.end

    # --- the fields of a record -------------------------------------------------------------------------------

    def _record(self, doc_id: str, head: re.Match[str]) -> int:
        """Read the fields of a record, and return where it ends."""
        table, lost = self._table or NO_TABLE, self._losses.count
        path, place = f"{cut(table)}/{cut(doc_id)}", self._within(head)
        self._record_indent = self._indent(head.start()) or 0
        self._room -= 1
        fields: dict[str, Any] = {}
        field_indent = 0
        while True:
            place = self._after_space(place)
            if place >= self._end or self._is_full():
                self._losses.add(f"{path} is cut off; {counted(len(fields), 'whole field')} of it kept.")
                break
            if self._text[place] == "}":
                place += 1
                if self._stands_deeper(place - 1, self._record_indent):
                    continue
                break
            key = _KEY.match(self._text, place, self._end)
            if key is None:
                place = self._not_understood(path, place)
            elif self._ends_record(key):
                break
            elif self._stands_deeper(place, field_indent):
                place = self._stray(path, key)
            else:
                field_indent = field_indent or self._indent(place) or 0
                place = self._field(path, key, fields)
        if fields or self._losses.count == lost:
            self.tables[table] = None
            self.records.append(Fragment(table, doc_id, fields))
        return place

    def _ends_record(self, key: re.Match[str]) -> bool:
        """Return whether a key is none of the record's own, whose closing bracket is missing."""
        indent = self._indent(key.start())
        if self._record_indent and indent is not None:
            return indent <= self._record_indent
        return self._begins_another(key)

    def _stands_deeper(self, place: int, indent: int) -> bool:
        other = self._indent(place)
        return bool(indent) and other is not None and other > indent

    def _stray(self, path: str, key: re.Match[str]) -> int:
        """Leave out a field that belongs within a value whose bracket is missing, and return where it ends."""
        end = self._value(key).end
        self._tell_unread(path, key.start(), end)
        return end

    def _field(self, path: str, key: re.Match[str], fields: dict[str, Any]) -> int:
        """Keep a field if it is whole, and return where it ends."""
        name = _unquoted(key[1])
        where = f"{path} {cut(name)}"
        self._remarks.clear()
        found = self._value(key)
        if not found.whole:
            quoted = self._quoted(key.end(), found.end)
            told = f"{quoted} is not whole" if quoted else "it has no value"
            self._losses.add(f"{where}, line {self._line(key.start())}: {told}.")
            return found.end
        for remark in self._remarks:
            self._losses.add(f"{where}: {remark}")
        if name in fields:
            if not same_value(fields[name], found.value):
                self._losses.add(f"{where} stands twice; the second value was {shown(found.value)}.")
        elif self._fits(where, name, found.value):
            fields[name] = found.value
        return found.end

    def _fits(self, where: str, name: str, value: Any) -> bool:
        """Return whether the format can hold a field and there is room for it; tell of it when not."""
        problem = problem_of(value) if len(name) <= LONGEST_TEXT else "has a name that is too long"
        if problem:
            self._losses.add(f"{where} {problem}.")
            return False
        self._room -= _count(value)
        return self._room >= 0

    # --- values -----------------------------------------------------------------------------------------------

    def _value(self, key: re.Match[str]) -> _Value:
        """Return the value behind a key."""
        place = key.end()
        token = _TOKEN.match(self._text, place, self._end)
        if token is None or token[1] or token[0] in ("}", "]", ","):
            return _Value(None, place, whole=False)
        if token[0] in ("{", "["):
            end, closed = self._extent(place, self._indent(key.start()))
        else:
            end = token.end()
            closed = end < self._end or token[0][-1:] == '"'  # what a number may have gone on with is not known
        if not closed:
            return _Value(None, end, whole=False)
        try:
            value = self._decoder.decode(self._text[place:end])
        except json.JSONDecodeError:
            return _Value(None, end, whole=False)
        after = self._after_space(end)
        is_whole = after >= self._end or after > end or self._text[after] in '}]"'
        return _Value(value, end, is_whole)

    def _extent(self, place: int, indent: int | None) -> tuple[int, bool]:
        """Return where a list or an object ends, and whether by a bracket: else another key of its level or of one above
        begins there."""
        depth = 0
        too_deep = False
        for token in _TOKEN.finditer(self._text, place, self._end):
            sign = token[0]
            if token[1]:
                other = self._indent(token.start())
                if other <= indent if indent and other is not None else _is_number(token) and self._opens(token):
                    return token.start(), False
            elif sign in ("{", "["):
                depth += 1
                too_deep = too_deep or depth > DEEPEST
            elif sign in ("}", "]"):
                depth -= 1
                if depth == 0:
                    return token.end(), not too_deep
        return self._end, False

    def _opens(self, key: re.Match[str]) -> bool:
        return self._text.startswith("{", key.end(), self._end)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key not in found:
                found[key] = value
            elif not same_value(found[key], value):
                self._remarks.append(f"{cut(key)} stands twice in it; the second value was {shown(value)}.")
        return found

    def _whole(self, digits: str) -> Any:
        is_held = len(digits) < 20 and abs(int(digits)) <= LARGEST_NUMBER
        return int(digits) if is_held else self._as_text(digits)

    def _as_text(self, digits: str) -> str:
        self._remarks.append(f"the number {cut(digits)} is kept as text.")
        return digits

    # --- places -----------------------------------------------------------------------------------------------

    def _after_space(self, place: int) -> int:
        match = _BETWEEN.match(self._text, place, self._end)
        return match.end() if match else place

    def _indent(self, place: int) -> int | None:
        """Return how far a place stands from the beginning of its line, None when something stands before it."""
        first = max(place - _LONGEST_INDENT, 0)
        start = self._text.rfind("\n", first, place) + 1
        if start == 0 and first > 0:
            return None
        return place - start if not self._text[start:place].strip(" \t") else None

    def _line(self, place: int) -> int:
        """Return the line of a place, counted on from the last one that was asked for."""
        if place < self._counted_to:
            return self._lines - self._text.count("\n", place, self._counted_to)
        self._lines += self._text.count("\n", self._counted_to, place)
        self._counted_to = place
        return self._lines

    def _not_understood(self, path: str, place: int) -> int:
        """Tell of what is no key, and return where one begins again."""
        again = _AGAIN.search(self._text, place, self._end)
        end = again.end() if again else self._end
        self._tell_unread(path, place, end)
        return end

    def _tell_unread(self, path: str, start: int, end: int) -> None:
        where = f"{path}, line" if path else "Line"
        size = counted(end - start, "character")
        self._losses.add(f"{where} {self._line(start)}: {self._quoted(start, end)} was not understood ({size}).")

    def _quoted(self, start: int, end: int) -> str:
        return cut(" ".join(self._text[start : min(end, start + 200)].split()))


def _is_number(key: re.Match[str]) -> bool:
    return _NUMBER.match(key.string, key.start()) is not None


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text, strict=False))
    except json.JSONDecodeError:  # an escape that is none
        return text[1:-1]


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_count, value.values()))
    return 1 + sum(map(_count, value)) if isinstance(value, list) else 1
