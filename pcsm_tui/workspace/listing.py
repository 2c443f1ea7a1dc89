"""Engagement files in lists: what the index keeps of each, and how it is made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from pcsm_tui.domain.summaries import Place, Signal, Summary
from pcsm_tui.errors import PcsmError
from pcsm_tui.store.index import Entry, RecordText
from pcsm_tui.store.names import SUFFIX as SUFFIX

if TYPE_CHECKING:
    from pcsm_tui.domain.declarations import Framework
    from pcsm_tui.domain.engagement import Engagement, Row


class Listed(NamedTuple):
    """An engagement file in lists: its summary and signals, or why it cannot be read; `stale` until read anew."""

    path: Path
    summary: Summary
    signals: tuple[Signal, ...] = ()
    problem: str = ""
    stale: bool = False


def unread(path: Path) -> Listed:
    """Return what can be said of a file that has not been read: its name."""
    return Listed(path, Summary(path.name.removesuffix(SUFFIX)), stale=True)


def from_entry(path: Path, entry: Entry, stale: bool) -> Listed:
    """Return a file as the index keeps it."""
    kept = orjson.loads(entry.summary)
    if "problem" in kept:
        return Listed(path, Summary(path.name.removesuffix(SUFFIX)), problem=kept["problem"], stale=stale)
    summary = Summary(*kept["summary"])._replace(phases=tuple(kept["summary"][5]))
    return Listed(path, summary, tuple(_signal(*values) for values in orjson.loads(entry.signals)), stale=stale)


def _signal(rule: str, text: str, reason: str, due: str, shows: str, mark: str, place: list[Any], *rest: Any) -> Signal:
    return Signal(rule, text, reason, due, shows, mark, Place(*place), *rest)


def from_engagement(path: Path, engagement: Engagement) -> Listed:
    """Return a file as it is in memory."""
    from pcsm_tui.insight.attention import signals
    from pcsm_tui.insight.summary import summary

    found = signals(engagement)
    return Listed(path, summary(engagement, found), found)


def indexed(path: Path, mtime_ns: int, size: int, framework: Framework) -> tuple[Entry, list[RecordText]]:
    """Read a file and return what the index keeps of it; one that cannot be read is kept with the reason."""
    from pcsm_tui.domain.engagement import Engagement
    from pcsm_tui.store.engagement_file import EngagementStorage

    storage = EngagementStorage(path)
    storage.views_newer = True
    try:
        document = storage.load()
    except PcsmError as problem:
        return Entry(path.name, mtime_ns, size, _as_json({"problem": str(problem)}), "[]"), []
    engagement = Engagement(document or {}, framework)
    listed = from_engagement(path, engagement)
    summary, signals = _as_json({"summary": listed.summary}), _as_json(listed.signals)
    return Entry(path.name, mtime_ns, size, summary, signals), list(_texts(engagement))


def _as_json(value: object) -> str:
    return _encodable(json.dumps(value, ensure_ascii=False))


def _encodable(text: str) -> str:
    """Return text as the index can hold it: a lone surrogate, which UTF-8 cannot write, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _texts(engagement: Engagement) -> list[RecordText]:
    return [
        _text(engagement, row)
        for tool in engagement.framework.tools
        if tool.audience != "personal"
        for row in engagement.rows(tool.id)
        if row.stored
    ]


def _text(engagement: Engagement, row: Row) -> RecordText:
    shown = [
        (item.id, engagement.show(row, item.id)) for item in row.tool.fields if item.type not in ("yes_no", "score")
    ]
    filled = [(name, _encodable(" ".join(text.split()))) for name, text in shown if text]
    fields, lines = tuple(name for name, _ in filled), tuple(line for _, line in filled)
    return RecordText(row.tool.id, _encodable(row.uid), _encodable(engagement.title(row)), fields, lines)
