"""The sample engagements: where they are, and copies of them that look as if written for today."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from pcsm_tui.domain.declarations import Field, Framework
from pcsm_tui.domain.engagement import Document
from pcsm_tui.domain.values import Value, is_empty, problem_with
from pcsm_tui.errors import FileRefused
from pcsm_tui.schedule.baselines import BASELINES, moved_baseline
from pcsm_tui.settings import Places, Settings
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.folders import shared_folder
from pcsm_tui.workspace.clock import STAMP
from pcsm_tui.workspace.listing import SUFFIX

SAMPLE_TODAY = date(2026, 11, 22)
"""The day, a Sunday, for which the samples are written."""


def of_its_own(settings: Settings, folder: Path) -> Settings:
    """Return settings whose places lie within a demo's folder: what one does there has no effect elsewhere."""
    own = folder / ".yours"
    return replace(settings, places=Places(settings.places.config, own / "state", own / "cache", own / "data"))


def sample_folder() -> Path:
    """Return the folder of the sample engagements: in the installed package, or beside it in a checkout.

    Raises `FileRefused` when there are none.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "sample_data", package.parent / "sample_data"):
        if next(folder.glob(f"*{SUFFIX}"), None) is not None:
            return folder
    raise FileRefused("The sample engagements are missing.", "Install pcsm anew: they come with it.")


def copy_samples(source: Path, target: Path, framework: Framework, today: date) -> list[Path]:
    """Write every engagement of `source` into `target`, moved to the week of `today`; return the new paths by name.

    The samples' Sunday becomes the last Sunday up to `today`. Raises `FileRefused` before anything is written when
    the target holds a file of one of the names.
    """
    days = 7 * ((today - SAMPLE_TODAY).days // 7)
    samples = sorted(source.glob(f"*{SUFFIX}"))
    for sample in samples:
        if (target / sample.name).exists():
            raise FileRefused(f"{target / sample.name} exists already.", "Choose an empty folder.")
    shared_folder(target)
    for sample in samples:
        document = EngagementStorage(sample).load() or {}
        EngagementStorage(target / sample.name).commit(shifted(document, framework, days))
    return [target / sample.name for sample in samples]


def shifted(document: Document, framework: Framework, days: int) -> Document:
    """Return the document with every value of a date field and every stamp `days` later; texts stay as they are.

    `days` may be negative; a multiple of seven keeps the weekdays. What is no date, or would leave the calendar, stays.
    """
    by_table = {tool.id: {item.id: item for item in tool.fields if item.type == "date"} for tool in framework.tools}
    move = timedelta(days=days)
    moved = {
        name: {
            doc_id: {key: _moved(key, value, by_table.get(name, {}), move) for key, value in record.items()}
            for doc_id, record in table.items()
        }
        for name, table in document.items()
    }
    if BASELINES in moved:
        moved[BASELINES] = {doc_id: moved_baseline(record, move) for doc_id, record in moved[BASELINES].items()}
    return moved


def _moved(key: str, value: Value, dates: Mapping[str, Field], move: timedelta) -> Value:
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        if key == "at":
            return (datetime.strptime(value, STAMP) + move).strftime(STAMP)
        if key in dates and not is_empty(value) and not problem_with(dates[key], value):
            if "T" in value:
                return (datetime.fromisoformat(value) + move).isoformat(timespec="minutes")
            return (date.fromisoformat(value) + move).isoformat()
    return value
