"""What a task waits for, as planners write it: `1.2, 1.3FS+2d, 2.1SS-1d`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeGuard

from pcsm_tui.domain.plan import LAG, LAG_UNIT, LINK_TYPES, Link, read_lag, show_link
from pcsm_tui.errors import ValueRefused, cut

LONGEST_ENTRY = 2_000
OUTLINE_NUMBER = re.compile(r"\d+(\.\d+)*", re.ASCII)
HINT = "Write an outline number, and if need be the kind of link and its lag: 1.2, 1.3FS+2d, 2.1SS-1d."
_ENTRY = re.compile(rf"(.*?)\s*(?:({'|'.join(LINK_TYPES)})\s*([+-].*)?|([+-]\s*{LAG}))", re.IGNORECASE)
_FOREIGN = {"EA": "FS", "AA": "SS", "EE": "FF", "AE": "SF", "FD": "FS", "DD": "SS", "DF": "SF"}
"""What MS Project writes in German (Ende, Anfang) and French (fin, début); FF is the same."""
_IN_FOREIGN = re.compile(rf".*[\d\s]({'|'.join(_FOREIGN)})\s*(?:[+-].*)?", re.IGNORECASE)
_PIECE = re.compile(r"(^|[,;])([^,;]*)")
_WHOLE_PART = re.compile(r"[+-]\s*\d+$", re.ASCII)
_DECIMALS = re.compile(rf"\d+\s*({LAG_UNIT})?\s*", re.ASCII | re.IGNORECASE)


def read_links(text: str, resolve: Callable[[str], str]) -> list[dict[str, str]]:
    """Return the links that a text means; `resolve` finds the uid of a task or raises `ValueRefused`.

    Links stand between `,` and `;`. A comma without a space is the decimal one of a lag where the number of the lag
    stands before it, and digits, perhaps with a unit, after it: `1FS+0,5d`, `1FS+0,5`. In `3FS+2d,5` the lag has its
    unit, so that 5 is a task. Where what is after the comma is a task as well, the text is refused.

    Raises `ValueRefused` naming the entry that is none, or can be two, or the link that stands there twice.
    """
    links: list[dict[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for entry in _entries(text, resolve):
        link = _read_link(entry, resolve)
        if (link["task"], link["type"]) in seen:
            raise ValueRefused(f"{cut(entry)!r} says again what stands there already.", "Once is enough.")
        seen.add((link["task"], link["type"]))
        links.append(link)
    return links


def _entries(text: str, resolve: Callable[[str], str]) -> Iterator[str]:
    entries: list[str] = []
    for mark, piece in _PIECE.findall(text):
        if mark == "," and _is_decimal_comma(entries[-1], piece, resolve):
            entries[-1] += f",{piece}"
        else:
            entries.append(piece)
    return filter(None, map(str.strip, entries))


def _is_decimal_comma(before: str, after: str, resolve: Callable[[str], str]) -> bool:
    """Return whether a comma belongs to the number of a lag; raises `ValueRefused` where it may as well part tasks."""
    decimals = _DECIMALS.fullmatch(after)
    if decimals is None or not _WHOLE_PART.search(before):
        return False
    whole = f"{before},{after}".strip()
    lag, tasks = _is_read(whole, resolve), _is_read(before, resolve) and _is_read(after, resolve)
    if lag and tasks:
        point = whole.replace(",", ".")
        raise ValueRefused(
            f"{cut(whole)!r} is a lag with a decimal comma, or ends with the task {cut(after.strip())!r}.",
            f"Write {cut(point)} for the lag, or a space after the comma for the task.",
        )
    return lag or (decimals[1] is not None and not tasks)


def _is_read(entry: str, resolve: Callable[[str], str]) -> bool:
    try:
        return bool(_read_link(entry.strip(), resolve))
    except ValueRefused:
        return False


def _read_link(entry: str, resolve: Callable[[str], str]) -> dict[str, str]:
    """Return one link; the whole entry is tried as a name first, since names may end like links."""
    if len(entry) > LONGEST_ENTRY:
        raise ValueRefused(f"{cut(entry)!r} is too long for a predecessor.", HINT)
    match = _ENTRY.fullmatch(entry)
    try:
        if match is None or not match[1]:
            return {"task": resolve(entry), "type": "FS"}
        if not OUTLINE_NUMBER.fullmatch(match[1]):
            with suppress(ValueRefused):
                return {"task": resolve(entry), "type": "FS"}
        uid, (lag, _) = resolve(match[1]), read_lag(match[3] or match[4] or "")
    except ValueRefused as refused:
        if foreign := _IN_FOREIGN.fullmatch(entry):
            word = foreign[1].upper()
            hint = f"Links are written FS, SS, FF and SF: {_FOREIGN[word]} for {word}."
            raise ValueRefused(f"In {cut(entry)!r}: {word} is no kind of link.", hint) from None
        where = "" if repr(cut(entry)) in refused.message else f"In {cut(entry)!r}: "
        raise ValueRefused(where + refused.message, refused.hint or HINT) from None
    link = {"task": uid, "type": (match[2] or "FS").upper()}
    return {**link, "lag": lag} if lag else link


def are_links(value: Any) -> TypeGuard[list[dict[str, str]]]:
    """Return whether a value is a list of links as files hold it: each with its task, its type and perhaps a lag."""
    return isinstance(value, list) and all(map(_is_link, value))


def _is_link(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("task"), str) or item.get("type") not in LINK_TYPES:
        return False
    if not item.get("lag"):
        return item.get("lag") in (None, "")
    try:
        return isinstance(item["lag"], str) and bool(read_lag(item["lag"])[0])
    except ValueRefused:
        return False


def links_of(value: Any) -> tuple[Link, ...]:
    """Return the links in a value of a file; none when it is empty or no list of links."""
    if not value or not are_links(value):
        return ()
    return tuple([Link(item["task"], item["type"], item.get("lag") or "") for item in value])  # type: ignore[arg-type]


def show_links(value: list[dict[str, str]], number: Callable[[str], str]) -> str:
    """Return links as they are typed; `number` gives the outline number of a uid."""
    return ", ".join(show_link(number(link.task), link) for link in links_of(value))
