"""Tools and reports as files for other programs and other people."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pcsm_tui.domain.declarations import REFERRING, Framework, Tool
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.domain.links import links_of
from pcsm_tui.domain.plan import show_link
from pcsm_tui.domain.values import is_empty
from pcsm_tui.errors import FileRefused, StorageFailed, UsageError
from pcsm_tui.exchange.csv_table import csv_table
from pcsm_tui.exchange.json_document import plain_document, to_json
from pcsm_tui.exchange.markdown import markdown
from pcsm_tui.reports.audience import fields_for, refuse_unless_allowed, rows_for
from pcsm_tui.reports.catalogue import Report, report_named, reports
from pcsm_tui.reports.document import Document, Facts
from pcsm_tui.reports.tools import tool_document, tool_table
from pcsm_tui.store.replacing import replace_file
from pcsm_tui.workspace.listing import SUFFIX

FORMATS = ("md", "csv", "json")
_PRIVATE = 0o600
_HEAD = 4096
"""So many bytes are looked at to tell an engagement file from others: its `_meta` comes first."""


def reports_of(framework: Framework) -> list[Report]:
    """Return the reports that can be made, in the order in which they are offered."""
    return list(reports(framework).values())


def report_text(engagement: Engagement, name: str, format_: str, internal: bool = False) -> str:
    """Return a report in a format; what is internal is left out unless asked for.

    Raises `UsageError` for a report or format that does not fit, `Withheld` for a report that is internal as a whole.
    """
    document = report_named(engagement.framework, name).make(engagement, internal)
    return _WRITERS[_known(format_)](document, name)


def tool_text(engagement: Engagement, tool: Tool, format_: str, internal: bool = False) -> str:
    """Return a tool in a format, references by name; what is internal is left out unless asked for.

    Raises `UsageError` for a format that does not exist, `Withheld` for a tool that may not be exported.
    """
    if _known(format_) == "csv":
        return csv_table(tool_table(engagement, tool, internal))
    if format_ == "json":
        return to_json(_tool_data(engagement, tool, internal))
    return markdown(tool_document(engagement, tool, internal))


def write_export(path: Path, content: str | bytes, force: bool = False) -> None:
    """Write an export into a file, all of it or none; readable by nobody else.

    Raises `FileRefused` for a file that exists, unless `force` allows to replace it, and for an engagement file
    always; `StorageFailed` when it cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.name.endswith(SUFFIX):
        raise FileRefused(f"{path} has the name of an engagement file.", "Give an export another ending.")
    mode = _mode_to_keep(target)
    if mode is not None and not force:
        raise FileRefused(f"{path} exists already.", "--force replaces it.")
    payload = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    replace_file(target, payload, _PRIVATE if mode is None else mode)


def _mode_to_keep(target: Path) -> int | None:
    """Return the mode of a file that may be replaced, None when there is none; raise `FileRefused` for any other."""
    try:
        found = target.stat()
        if not stat.S_ISREG(found.st_mode):
            raise FileRefused(f"{target} is not a plain file.", "Name a file, or leave out --out.")
        with target.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise FileRefused(f"There is no folder {target.parent}.", "Make it first.") from None
        return None
    except OSError as problem:
        raise StorageFailed(f"{target} cannot be used: {problem.strerror}.") from None
    if b'"_meta"' in head and b'"pcsm"' in head:
        raise FileRefused(f"{target} is an engagement file.", "Exports are never written over one.")
    return stat.S_IMODE(found.st_mode)


def _known(format_: str) -> str:
    if format_ not in FORMATS:
        raise UsageError(f"There is no format {format_!r}.", f"Valid: {', '.join(FORMATS)}.")
    return format_


def _single_table(document: Document, name: str) -> str:
    if len(document.tables) != 1 or any(isinstance(block, Facts) for block in document.blocks):
        raise UsageError(
            f"The report {name} is not one table, which is all that csv can hold.",
            "Export it as md or json, or a tool of it with --tool.",
        )
    return csv_table(document.tables[0])


_WRITERS: dict[str, Callable[[Document, str], str]] = {
    "md": lambda document, name: markdown(document),
    "csv": _single_table,
    "json": lambda document, name: to_json({"report": name, **plain_document(document)}),
}


def _tool_data(engagement: Engagement, tool: Tool, internal: bool) -> dict[str, Any]:
    """Return the rows of a tool as records: values as in the file, references by name."""
    refuse_unless_allowed(tool, internal)
    fields = fields_for(tool, internal)

    def exported(row: Row, name: str) -> Any:
        field, value = tool.field(name), engagement.value(row, name)
        if field.type not in REFERRING or is_empty(value):
            return value
        if field.type == "links":
            return [show_link(engagement.referred(field, link.task), link) for link in links_of(value)]
        uids = value if isinstance(value, list) else [value]
        names = [engagement.label(field.to, str(uid)) for uid in uids]
        return names if field.type == "refs" else names[0]

    return {
        "engagement": engagement.name,
        "tool": tool.id,
        "fields": [{"id": item.id, "name": item.name, "type": item.type} for item in fields],
        "rows": [
            {"uid": row.uid, **{item.id: exported(row, item.id) for item in fields}}
            for row in rows_for(engagement, tool, internal)
        ],
    }
