"""What can be done about an engagement that is not saved, as items to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pcsm_tui.errors import AnotherEngagement, FileGone, FolderReadOnly, PcsmError, WentBack

if TYPE_CHECKING:
    from pcsm_tui.ui.modals.picker import Item
    from pcsm_tui.workspace.session import Session


def saving_choices(session: Session) -> list[Item]:
    """Return what can be done about what keeps an engagement from being saved; a copy can always be."""
    from pcsm_tui.ui.modals.picker import Item

    problem = session.saving.problem
    offered = [*_for(session, problem)]
    if problem is not None and not isinstance(problem, AnotherEngagement):
        offered.insert(0, ("again", "Try again now", "It is tried by itself every few seconds.", session.try_again))
    items = [Item(key, text, detail, act) for key, text, detail, act in offered]
    return [*items, Item("copy", "Save a copy elsewhere", "The file here stays as it is.")]


def _for(session: Session, problem: PcsmError | None) -> list[tuple[str, str, str, Callable[[], None]]]:
    if isinstance(problem, WentBack):
        return [
            ("merge", "Merge the older file with what you have", "What was taken out of it goes.", session.merge_older),
            ("mine", "Keep what you have", "It is put over the older file.", session.put_back),
            ("theirs", "Take the older file", "What you have is given up; the backups keep it.", session.take_file),
        ]
    if isinstance(problem, FileGone):
        return [("mine", "Save it here again", "A new file in the old place.", session.put_back)]
    if isinstance(problem, FolderReadOnly):
        note = "Others may see half of it for a moment; a copy protects it meanwhile."
        return [("place", "Write into the file as it stands", note, session.overwrite_in_place)]
    return []
