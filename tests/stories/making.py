"""Small repositories for stories, made through the workspace as a person would make them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from stories.story import workspace

SAMPLES = Path(__file__).parents[2] / "sample_data"

Texts = Mapping[str, str]


def make_engagement(
    folder: Path,
    customer: str,
    rows: Mapping[str, Sequence[Texts]] | None = None,
    initiative: str = "",
    by: str = "Ada",
) -> Path:
    """Make an engagement whose tools have rows with these texts, as one would type them; return its file.

    The rows of a form are one, whose fields are set.
    """
    place = workspace(folder, name=by)
    path = place.create(customer, initiative)
    session = place.open(path)
    for tool_id, found in (rows or {}).items():
        tool = session.framework.tool(tool_id)
        for texts in found:
            values = session.typed(tool, texts)
            if tool.single:
                session.set(session.engagement.form(tool_id), values)
            else:
                session.add(tool, values)
    return path


def copy_samples(folder: Path, *names: str) -> None:
    """Copy sample engagements into a folder."""
    for name in names:
        shutil.copy(SAMPLES / f"{name}.pcsm.json", folder)


def values_of(path: Path, tool_id: str, field_id: str) -> list[object]:
    """Return what a file holds in one field of each row of a tool that is in it, in the rows' order."""
    rows = workspace(path.parent).open(path).engagement.rows(tool_id)
    return [row.get(field_id) for row in rows if row.stored]
