"""From an engagement in memory to its file and back: saving, meeting what others saved, and doing so in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from pcsm_tui.domain.engagement import Document
from pcsm_tui.errors import FileChanged, FileGone, PcsmError, StorageFailed, WentBack
from pcsm_tui.merge.conflicts import Conflict
from pcsm_tui.merge.three_way import merged
from pcsm_tui.store.engagement_file import EngagementStorage, new_uid, revisions
from pcsm_tui.workspace.backing_up import FirstBackups

_TRIES = 5
"""How often a save meets another one in its way before it says that others are faster."""
COMMIT_EVERY = 0.25
"""Seconds from one save of an engagement in the background to the next: what comes between goes into one."""
LOOK_EVERY = 1.0
"""Seconds from one look at whether others changed the file to the next."""
RETRY_EVERY = 5.0
"""Seconds after which a save that failed is tried again."""


class Stored(NamedTuple):
    """What came of a save or a look at the file.

    `sent` is the document as it was in memory when that began, with all changes up to number `made`; `base` what the
    file is known to hold by now; `document` what to go on with: what was sent, with what others saved.
    """

    sent: Document
    made: int
    base: Document
    document: Document
    conflicts: tuple[Conflict, ...] = ()
    problem: PcsmError | None = None
    warning: str = ""


class Saving:
    """Keeps the file of one engagement up with its document in memory.

    The disk is used by one thread at a time, which leaves what came of it to be taken in by the thread that the document
    belongs to. `current` returns that document; `announce` is called with a revision, and the number of the last change
    that it holds, before it can be in the file.
    """

    def __init__(
        self,
        storage: EngagementStorage,
        base: Document,
        file_id: str,
        current: Callable[[], Document],
        announce: Callable[[str, int], None],
    ) -> None:
        self.storage = storage
        self.made = 0
        """How many changes were made in memory."""
        self.saved = 0
        """How many of them are in the file."""
        self.problem: PcsmError | None = None
        """Why the last save or look failed."""
        self.backups: FirstBackups | None = None
        """What keeps a backup before the first save; none is kept without."""
        self._base, self._file_id, self._current, self._announce = base, file_id, current, announce
        self._goes_back = False
        self._overwrites = False
        self._outcome: Stored | None = None
        self._disk = threading.RLock()

    @property
    def base(self) -> Document:
        """What the file is known to hold."""
        return self._base

    @property
    def is_dirty(self) -> bool:
        """Whether there are changes that are not in the file."""
        return self.made > self.saved

    @property
    def has_news(self) -> bool:
        """Whether there is something to take in."""
        return self._outcome is not None

    def work(self) -> bool:
        """Save what is to be saved, or else look whether others changed the file; return whether there is news to take in.

        For the background's thread: only the disk is touched. News that were not taken in yet come first.
        """
        with self._disk:
            if self._outcome is None:
                made = self.made  # before the document, which may be newer but never older
                document = self._current()
                if made > self.saved:
                    self._outcome = self._saved(document, made)
                elif self.storage.looks_changed() or self.problem is not None:
                    found = self._looked(document, made)
                    is_new = found.document is not document or str(found.problem) != str(self.problem)
                    self._outcome = found if is_new else None
            return self._outcome is not None

    def news(self) -> Stored | None:
        """Return what came of the disk's work; until `taken` is told, no more is done, since it would go on from before."""
        return self._outcome

    def taken(self, outcome: Stored) -> None:
        """Take note of news, after the document has become what they say: the disk's work then goes on from there."""
        self._base, self.problem = outcome.base, outcome.problem
        if outcome.problem is None:
            self.saved = max(self.saved, outcome.made)
            self._goes_back = False
        self._outcome = None  # last, since from here on the other thread may work

    def now(self) -> Stored:
        """Save, or look, at once and return what came of it, or what came of earlier work and is not taken in yet."""
        with self._disk:
            if self._outcome is None:
                made, document = self.made, self._current()
                self._outcome = self._saved(document, made) if made > self.saved else self._looked(document, made)
            return self._outcome

    def take_file(self) -> Stored:
        """Return what the file holds as news, in place of all there is; raises `FileRefused` for one that holds none of it."""
        with self._disk:
            found = self.storage.load(self._file_id)
            if found is None:
                raise FileGone(f"{self.storage.path} is gone.", "There is nothing to take.")
            self._outcome = Stored(self._current(), self.made, found, found)
            return self._outcome

    def accept_older(self) -> None:
        """Take a file that went back to an older revision for what others want, and merge with it."""
        self._goes_back = True

    def put_back(self) -> bool:
        """Let the next save put what is in memory over a file that went back, or that is gone.

        With one that others have saved since, it is merged. Returns whether that is so now: not while there is news that was
        not taken in. Raises `FileRefused` for one that by now holds something else.
        """
        with self._disk:
            if self._outcome is not None:
                return False
            digest = self.storage.remembered()
            found = self.storage.load(self._file_id)
            if found is None:
                self.storage.forget()
            elif _went_back(self._base, found):
                self._base = found
            else:
                self.storage.remember_again(digest)
            self.problem = None
            self.made += 1
            return True

    def overwrite_in_place(self) -> None:
        """Write into the file as it stands from now on, where no other can be put in its place."""
        self._overwrites = True

    def _saved(self, document: Document, made: int) -> Stored:
        sent, base = document, self._base
        conflicts: tuple[Conflict, ...] = ()
        for _ in range(_TRIES):
            try:
                rev = new_uid()
                self._announce(rev, made)
                unkept = self.backups.before_save(self.storage.payload) if self.backups is not None else ""
                written = self._written(document, rev)
                if self.backups is not None:
                    self.backups.after_save()
                if not self.storage.was_overtaken(rev):
                    warning = " ".join(filter(None, (self.storage.warning, unkept)))
                    return Stored(sent, made, written, written, conflicts, warning=warning)
                theirs = self._theirs(base)
            except FileGone as problem:
                return Stored(sent, made, base, document, conflicts, problem)
            except FileChanged:
                try:
                    theirs = self._theirs(base)
                except PcsmError as problem:
                    return Stored(sent, made, base, document, conflicts, problem)
            except PcsmError as problem:
                return Stored(sent, made, base, document, conflicts, problem)
            except (MemoryError, RecursionError):
                short = StorageFailed(f"{self.storage.path} was not saved: there is too little memory.")
                return Stored(sent, made, base, document, conflicts, short)
            merge = merged(base, document, theirs)
            base, document, conflicts = theirs, merge.document, (*conflicts, *merge.conflicts)
        faster = FileChanged(
            f"{self.storage.path} is being changed by others faster than it can be saved.", "It is tried again."
        )
        return Stored(sent, made, base, document, conflicts, faster)

    def _written(self, document: Document, rev: str) -> Document:
        if self._overwrites:
            return self.storage.overwrite(document, rev)
        return self.storage.commit(document, rev)

    def _looked(self, document: Document, made: int) -> Stored:
        """Return what others saved, merged with what there is."""
        try:
            if not self.storage.changed_outside():
                return Stored(document, made, self._base, document)
            theirs = self._theirs(self._base)
        except PcsmError as problem:
            return Stored(document, made, self._base, document, problem=problem)
        merge = merged(self._base, document, theirs)
        return Stored(document, made, theirs, merge.document, merge.conflicts)

    def _theirs(self, base: Document) -> Document:
        """Return what the file holds now; raises `WentBack` for a revision from before the one that we know."""
        digest = self.storage.remembered()
        found = self.storage.load(self._file_id)
        if found is None:
            raise FileGone(f"{self.storage.path} is gone.", "It was moved or deleted; what you have is still here.")
        if not self._goes_back and _went_back(base, found):
            self.storage.remember_again(digest)
            raise WentBack(
                f"{self.storage.path} went back to revision {number_of(found)}; you have {number_of(base)}.",
                "Nothing was written over it.",
            )
        return found


def _went_back(base: Document, found: Document) -> bool:
    """Return whether what was found is of a revision before the one that is known."""
    known, theirs = revisions(base), revisions(found)
    return theirs[0] in known[1:] and known[0] not in theirs


def number_of(document: Document) -> int:
    """Return the number of a document's revision; 0 where it has none."""
    meta = next(iter(document.get("_meta", {}).values()), {})
    number = meta.get("n")
    return number if type(number) is int else 0


class BackgroundSaver:
    """One thread that saves and looks for as long as the screen is open, so that no key waits for the disk.

    `told` is called in that thread whenever there is news to take in, `beat` is called once a second
    and says whether there is some.
    """

    def __init__(self, told: Callable[[], None], beat: Callable[[], bool]) -> None:
        self._told, self._beat = told, beat
        self._waiting: dict[Saving, float] = {}
        self._watched: set[Saving] = set()
        self._working: Saving | None = None
        self._turn = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="saver", daemon=True)
        self._last: dict[Saving, float] = {}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def request(self, saving: Saving) -> None:
        """Save an engagement, or look at its file, as soon as may be."""
        with self._turn:
            self._watched.add(saving)
            due = self._last.get(saving, 0.0) + COMMIT_EVERY
            self._waiting[saving] = min(due, self._waiting.get(saving, due))
            self._turn.notify_all()

    def drop(self, saving: Saving) -> None:
        """Look no more at an engagement's file."""
        with self._turn:
            self._watched.discard(saving)
            self._waiting.pop(saving, None)

    def is_idle(self) -> bool:
        """Return whether nothing is asked for and nothing being done."""
        with self._turn:
            return not self._waiting and self._working is None

    def wait(self, seconds: float) -> bool:
        """Wait until all that was asked for is done, so many seconds at the most; return whether it is."""
        with self._turn:
            return self._turn.wait_for(lambda: not self._waiting and self._working is None, seconds)

    def stop(self) -> None:
        """End the thread, once what it is doing is done."""
        with self._turn:
            self._stopped = True
            self._turn.notify_all()
        if self._thread.is_alive():
            self._thread.join(RETRY_EVERY)

    def _run(self) -> None:
        look_at = time.monotonic() + LOOK_EVERY
        while True:
            with self._turn:
                now = time.monotonic()
                wake = min([look_at, *self._waiting.values()])
                if not self._stopped and wake > now:
                    self._turn.wait(wake - now)
                if self._stopped:
                    return
                now = time.monotonic()
                due = [saving for saving, when in self._waiting.items() if when <= now]
                looking = now >= look_at
                work = [*due, *(saving for saving in self._watched if looking and saving not in due)]
                for saving in due:
                    del self._waiting[saving]
                look_at = now + LOOK_EVERY if looking else look_at
                self._working = work[0] if work else None
            for saving in work:
                self._work(saving, now, asked=saving in due)
            if looking and self._beat():
                self._told()
            with self._turn:
                self._working = None
                self._turn.notify_all()

    def _work(self, saving: Saving, now: float, *, asked: bool) -> None:
        failed = saving.problem is not None and saving.is_dirty
        if failed and not asked and now < self._last.get(saving, 0.0) + RETRY_EVERY:
            return
        if saving.work():
            self._told()
        self._last[saving] = time.monotonic()
