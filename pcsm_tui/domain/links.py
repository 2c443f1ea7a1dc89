"""What a task waits for, as planners write it: `1.2, 1.3FS+2d, 2.1SS-1d`."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeGuard

from pcsm_tui.domain.plan import LAG, LINK_TYPES, Link, read_lag, show_link
from pcsm_tui.errors import ValueRefused

LONGEST_ENTRY = 2_000
OUTLINE_NUMBER = re.compile(r"\d+(\.\d+)*", re.ASCII)
HINT = "Write an outline number, and if need be the kind of link and its lag: 1.2, 1.3FS+2d, 2.1SS-1d."
_ENTRY = re.compile(rf"(.*?)\s*(?:({'|'.join(LINK_TYPES)})\s*([+-].*)?|([+-]\s*{LAG}))", re.IGNORECASE)


def read_links(text: str, resolve: Callable[[str], str]) -> list[dict[str, str]]:
    """Return the links that a text means; `resolve` finds the uid of a task or raises `ValueRefused`.

    Raises `ValueRefused` naming the entry that is none, or the link that stands there twice.
    """
    links: list[dict[str, str]] = []
    for entry in filter(None, map(str.strip, re.split("[,;]", text))):
        link = _read_link(entry, resolve)
        if any((other["task"], other["type"]) == (link["task"], link["type"]) for other in links):
            raise ValueRefused(f"{entry!r} says again what stands there already.", "Once is enough.")
        links.append(link)
    return links


def _read_link(entry: str, resolve: Callable[[str], str]) -> dict[str, str]:
    """Return one link; the whole entry is tried as a name first, since names may end like links."""
    if len(entry) > LONGEST_ENTRY:
        raise ValueRefused(f"{entry[:40]!r}… is too long for a predecessor.", HINT)
    match = _ENTRY.fullmatch(entry)
    try:
        if match is None or not match[1]:
            return {"task": resolve(entry), "type": "FS"}
        if not OUTLINE_NUMBER.fullmatch(match[1]):
            with suppress(ValueRefused):
                return {"task": resolve(entry), "type": "FS"}
        uid, (lag, _) = resolve(match[1]), read_lag(match[3] or match[4] or "")
    except ValueRefused as refused:
        where = "" if repr(entry) in refused.message else f"In {entry!r}: "
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
