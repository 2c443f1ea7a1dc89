"""Everything that is wrong or at risk with engagement files: as files, in what they hold, and in what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pcsm_tui.domain.engagement import Document, Engagement
from pcsm_tui.errors import DeclarationError, UsageError
from pcsm_tui.framework import PLAYBOOK
from pcsm_tui.settings import Settings
from pcsm_tui.store.findings import Finding as Finding
from pcsm_tui.store.findings import finding
from pcsm_tui.store.findings import several as several
from pcsm_tui.store.folders import kept_folder
from pcsm_tui.store.inspection import Further, Progress, engagement_files, inspected
from pcsm_tui.store.journal import left_journals
from pcsm_tui.store.kept import kept_findings
from pcsm_tui.workspace import PERSONAL, Workspace
from pcsm_tui.workspace.addressing import expanded
from pcsm_tui.workspace.checking import check
from pcsm_tui.workspace.journaling import left_behind

if TYPE_CHECKING:
    from pcsm_tui.domain.declarations import Framework


class Examined(NamedTuple):
    """What was examined: so many engagement files, and what was found; `folder` is the one that they are in."""

    folder: Path
    files: int
    findings: list[Finding]


def examined(word: str | None, settings: Settings, progress: Progress | None = None) -> Examined:
    """Return what is found about what a word means: a folder, an engagement file, or the name of one.

    Without a word it is the default repository, and the person's own file beside it. Nothing is changed. Raises
    `UsageError` for what does not exist, `FileRefused` for a folder that cannot be read.
    """
    places = settings.places
    if word is None:
        folder, own = settings.repository_folder.absolute(), places.personal_file
        found = _examined(folder, settings, progress) if folder.is_dir() else Examined(folder, 0, [])
        if not own.exists():
            return found
        personal = _examined(own, settings, None)
        return Examined(folder, found.files + personal.files, found.findings + personal.findings)
    path = _path_of(word, settings)
    if path == places.personal_file and not path.exists():
        raise UsageError("You have no tools of your own yet.", f"`pcsm show {PERSONAL}` begins them.")
    return _examined(path, settings, progress)


def _path_of(word: str, settings: Settings) -> Path:
    """Return the file or folder that a word means; a link to nothing is one too, since that is what is wrong with it."""
    path = expanded(word).absolute()
    is_there = word != PERSONAL and (path.exists() or path.is_symlink())
    return path if is_there else Workspace(settings.repository_folder, settings).path_of(word)


def _examined(path: Path, settings: Settings, progress: Progress | None) -> Examined:
    is_folder = path.is_dir()
    folder = path.resolve() if is_folder else path.parent
    found: list[Finding] = []
    try:
        framework = Workspace(folder, settings).framework
    except DeclarationError as problem:
        advice = f"{problem.hint} Until then the contents of the files are not checked.".strip()
        found.append(finding("wrong", folder / PLAYBOOK, problem.message, advice))
        further: Further = partial(_kept, settings)
    else:
        further = partial(_contents_and_kept, settings, framework)
    found += inspected(path, further, progress)
    return Examined(folder, len(engagement_files(folder)) if is_folder else 1, found)


def _kept(settings: Settings, path: Path, file_id: str, document: Document) -> Iterator[Finding]:
    """Yield what is found in the person's own folders: backups, and what earlier sessions did that is not in the file."""
    state = settings.places.state
    yield from kept_findings(path, file_id, state)
    folder = kept_folder(state, "journal", file_id)
    left = left_behind(left_journals(folder), document)
    waiting = len(left.labels) + len(left.typed)
    if waiting:
        what = f"{waiting} change{'s' if waiting > 1 else ''} of an earlier session {'are' if waiting > 1 else 'is'} not in it."
        yield finding("risk", path, what, "Open it, and decide about them there.")


def _contents_and_kept(
    settings: Settings, framework: Framework, path: Path, file_id: str, document: Document
) -> Iterator[Finding]:
    wrong = sum(item.serious for item in check(Engagement(document, framework), path == settings.places.personal_file))
    if wrong:
        what = f"{wrong} thing{'s are' if wrong > 1 else ' is'} wrong in what it holds."
        yield finding("wrong", path, what, "`pcsm check FILE` lists them.")
    yield from _kept(settings, path, file_id, document)
