"""An engagement in memory, and what keeps it: its file, the journal, notes on who else has it open."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pcsm_tui.domain import changes, history
from pcsm_tui.domain.changes import Change
from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.editing import Stamp
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import AnotherEngagement, FileReadOnly, FileRefused
from pcsm_tui.insight.differences import differences
from pcsm_tui.merge.conflicts import Conflict, conflicts_of
from pcsm_tui.merge.three_way import merged
from pcsm_tui.store.engagement_file import EngagementStorage, is_read_only, new_uid
from pcsm_tui.store.presence import Other, Presence, told
from pcsm_tui.workspace.clashing import Conflicted
from pcsm_tui.workspace.clock import STAMP, Clock
from pcsm_tui.workspace.journaling import SessionJournal, Typed
from pcsm_tui.workspace.news import News, news_of
from pcsm_tui.workspace.saving import BackgroundSaver, Saving, Stored

LOOK_ROUND_EVERY = 10
"""So many seconds from one look at who else is there to the next."""


class KeptEngagement:
    """An engagement opened from a file, and kept up with it.

    A change is noted in the journal, if there is one, and saved: at once, or, once `save_by` has named a background for
    that, as soon as may be. When saving fails the change stays in memory, `unsaved` says why, and it is tried again.
    `copies` is the person's folder for what is being written in place; `views_newer` lets a file be looked at that only a
    newer program may edit.
    """

    def __init__(
        self, path: Path, framework: Framework, user: str, clock: Clock, copies: Path | None, *, views_newer: bool
    ) -> None:
        self.storage = EngagementStorage(path, copies=copies)
        self.storage.views_newer = views_newer
        document = self.storage.load()
        if document is None:
            raise FileRefused(f"{path} does not exist.", "`pcsm list` shows the engagements, `pcsm new` makes one.")
        self.path = path
        self._engagement = Engagement(document, framework)
        self._user, self._clock = user, clock
        self._replaced = False
        self._journal: SessionJournal | None = None
        self._saver: BackgroundSaver | None = None
        self._presence: Presence | None = None
        self._beats = 0
        self.others: tuple[Other, ...] = ()
        """The other sessions that have the engagement open."""
        self.saving = Saving(
            self.storage, document, self._engagement.file_id, lambda: self._engagement.document, self._announce
        )

    # --- looking ----------------------------------------------------------------------------------------------

    @property
    def engagement(self) -> Engagement:
        """The engagement as it is now; a new value after every change."""
        return self._engagement

    @property
    def framework(self) -> Framework:
        """The framework that the engagement is seen through."""
        return self._engagement.framework

    @property
    def today(self) -> date:
        """The day where the user sits."""
        return self._clock().astimezone().date()

    @property
    def superseded(self) -> bool:
        """Whether the file turned out to hold another engagement by now, and nothing of this one is left to save."""
        return self._replaced and not self.saving.is_dirty

    @property
    def unsaved(self) -> str:
        """Why what was done in memory is not in the file; empty when it is, or is on its way."""
        return str(self.saving.problem) if self.saving.problem is not None and self.saving.is_dirty else ""

    @property
    def read_only(self) -> bool:
        """Whether the file may not be changed, by this person or by this program."""
        return self.storage.newer is not None or is_read_only(self.path)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What two sides made of the same, until somebody decides."""
        return self._engagement.once("conflicts", lambda: conflicts_of(self._engagement.document))

    def told_differences(self, before: Engagement, after: Engagement) -> list[str]:
        """Return in lines what two states of this engagement differ in."""
        found = differences(before, after)
        return [difference.told(self.framework.tool(difference.tool).name) for difference in found]

    # --- saving -----------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write what is not saved yet, at once; raises `PcsmError` and keeps it in memory when that fails.

        `Conflicted` is raised after a save that met what others made of the same.
        """
        self.settle()
        while self.saving.is_dirty:  # more than once when the background was just saving, too
            news = self._take_in(self.saving.now())
            if self.saving.problem is not None:
                raise self.saving.problem
            if news.conflicts:
                raise Conflicted(" ".join(news.sentences))

    def refresh(self) -> bool:
        """Take in what others saved meanwhile; return whether there was anything.

        With a background, the file is looked at there and what is found comes with its news. Raises `PcsmError` when the
        file is gone, cannot be read or is another's.
        """
        before = self._engagement
        if self._saver is not None:
            self._saver.request(self.saving)
            self.settle()
        elif not self.saving.is_dirty:
            self._take_in(self.saving.now())
        if isinstance(self.saving.problem, AnotherEngagement):
            self._replaced = True
        if self.saving.problem is not None and not self.saving.is_dirty:
            raise self.saving.problem
        return self._engagement is not before

    # --- when it is not saved -----------------------------------------------------------------------------------

    def save_copy(self, path: Path) -> None:
        """Write what is in memory to a new file, which becomes an engagement of its own for whoever opens it.

        Raises `FileRefused` when there is a file of that name, and what saving raises.
        """
        if path.exists():
            raise FileRefused(f"{path} exists already.", "Choose another name.")
        EngagementStorage(path).commit(self._engagement.document)

    def try_again(self) -> None:
        """Save once more; with a background, there."""
        if self._saver is not None:
            self._saver.request(self.saving)
        else:
            self.save()

    def merge_older(self) -> None:
        """Merge with a file that went back to an older revision."""
        self.saving.accept_older()
        self.try_again()

    def put_back(self) -> None:
        """Put what is in memory over a file that went back, or where one is gone; raises `FileRefused` for another's."""
        self.settle()
        while not self.saving.put_back():  # the background was just looking, too
            self.settle()
        self.try_again()

    def take_file(self) -> None:
        """Give up what is in memory for what the file holds; raises `FileRefused` when that cannot be read."""
        self.settle()
        self._take_in(self.saving.take_file())

    def overwrite_in_place(self) -> None:
        """Write into the file as it stands from now on, where its folder cannot be written."""
        self.saving.overwrite_in_place()
        self.try_again()

    # --- in the background ----------------------------------------------------------------------------------------

    def save_by(self, saver: BackgroundSaver, journal: SessionJournal, presence: Presence) -> None:
        """Save in the background from now on, note every change in a journal before that, and show that one is there."""
        self._saver, self._journal, self._presence = saver, journal, presence
        saver.request(self.saving)

    def settle(self) -> News:
        """Take in what came of saving in the background, and return what there is to tell of it."""
        return self._take_in(self.saving.news())

    def beat(self) -> bool:
        """Keep what is being typed, and now and then look who else is there; return whether others came or went.

        For the background's thread, once a second.
        """
        self.flush()
        if self._presence is None:
            return False
        if self._beats == 0:
            self._presence.announce()
        self._beats += 1
        if self._beats % LOOK_ROUND_EVERY != 1:
            return False
        before, self.others = self.others, tuple(self._presence.others())
        return {other[:4] for other in before} != {other[:4] for other in self.others}

    @property
    def others_named(self) -> str:
        """The names of those who have the engagement open too."""
        names = list(dict.fromkeys(other.user for other in self.others))
        return " and ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")

    def told_others(self) -> str:
        """Return in words who else has the engagement open, since when and how long ago active; empty for nobody."""
        return told(self.others, self._clock().astimezone())

    @property
    def unprotected(self) -> str:
        """Why what is not saved yet would not survive a crash; empty when it would."""
        return self._journal.problem if self._journal is not None else ""

    def close(self) -> None:
        """Leave the engagement: all that can be saved is, so the journal is needed for undo only."""
        if self._saver is not None:
            self._saver.drop(self.saving)
        if self._journal is not None:
            self._journal.close()
        if self._presence is not None:
            self._presence.leave()

    def keep_typed(self, typed: Typed | None) -> None:
        """Keep in mind the text that is being typed in a field, for `flush`; None when nothing is."""
        if self._journal is not None:
            self._journal.typed = typed

    def flush(self) -> None:
        """Put what is being typed in the journal; raises `StorageFailed`."""
        if self._journal is not None:
            self._journal.flush()

    def _take_in(self, stored: Stored | None) -> News:
        """Go on with what came of the disk's work, with what was done in memory meanwhile."""
        if stored is None:
            return News()
        before, now = self._engagement, self._engagement.document
        document, conflicts = stored.document, stored.conflicts
        if now is not stored.sent:
            merge = merged(stored.sent, now, stored.document)
            document, conflicts = merge.document, (*conflicts, *merge.conflicts)
        self._engagement = self._engagement.replaced(document)
        self.saving.taken(stored)
        if self._journal is not None and not self.saving.is_dirty:
            self._journal.note_saved(self.saving.saved)
        if self._saver is not None and self.saving.is_dirty and self.saving.problem is None:
            self._saver.request(self.saving)
        return news_of(before, self._engagement, stored, conflicts)

    def stamp(self) -> Stamp:
        """Return who acts and when: this person, now."""
        return Stamp(at=self._clock().strftime(STAMP), by=self._user, today=self.today)

    def _announce(self, rev: str, made: int) -> None:
        if self._journal is not None:
            self._journal.note_commit(rev, made)

    def _refuse_read_only(self) -> None:
        if (newer := self.storage.newer) is not None:
            raise FileReadOnly(
                f"{self.path.name} is READ-ONLY for this pcsm: it needs one that knows schema {newer.needed}.",
                "Nothing was changed. Update pcsm to edit it.",
            )
        if self.read_only:
            raise FileReadOnly(
                f"{self.path.name} is READ-ONLY for you: nothing was changed.",
                "Ask its owner for write permission, or save a copy: ! offers that.",
            )

    def _perform(self, change: Change, op: str) -> None:
        """Make a change in memory, note it in the journal and save it."""
        stamp = self.stamp()
        if self._journal is not None:
            self._journal.note(op, self.saving.made + 1, change, stamp.at)
        document = changes.apply(self._engagement.document, change)
        document = history.with_entry(document, change, new_uid(), stamp.at, stamp.by)
        self._engagement = self._engagement.replaced(document)
        self.saving.made += 1
        if self._saver is not None:
            self._saver.request(self.saving)
        else:
            self.save()
