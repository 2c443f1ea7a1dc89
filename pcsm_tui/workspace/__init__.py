"""The one door through which screens and commands reach data."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pcsm_tui import __version__
from pcsm_tui.domain.summaries import Signal
from pcsm_tui.errors import FileRefused, PcsmError, StorageFailed, UsageError, nearest
from pcsm_tui.framework import PLAYBOOK as PLAYBOOK
from pcsm_tui.settings import Settings
from pcsm_tui.store.canonical import allow_size
from pcsm_tui.store.folders import private_folder as private_folder
from pcsm_tui.store.folders import shared_folder
from pcsm_tui.store.index import Hit, Index, MemoryIndex
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.workspace.clock import STAMP, Clock, wall_clock
from pcsm_tui.workspace.listing import SUFFIX, Listed, from_engagement, from_entry, indexed, unread

if TYPE_CHECKING:
    from pcsm_tui.domain.declarations import Framework, Tool
    from pcsm_tui.domain.engagement import Document
    from pcsm_tui.store.documents import StoredDocument
    from pcsm_tui.workspace.news import News
    from pcsm_tui.workspace.saving import BackgroundSaver
    from pcsm_tui.workspace.session import Session

T = TypeVar("T")
Progress = Callable[[int, int], bool | None]

LIBRARY = "library.pcsm.json"
PERSONAL = "me"
"""The word that commands take in place of a file for the person's own tools."""
_SESSIONS = count(1)
"""Tells the sessions of this process apart, in the order in which they began."""
_LAST_WAIT = 2.0
"""Seconds that the last save may take when the program has to end."""


class Attention(NamedTuple):
    """A line of Today: a signal and the engagement that it comes from."""

    listed: Listed
    signal: Signal


class Workspace:
    """A repository: a folder of engagement files, seen by one person."""

    def __init__(self, folder: Path, settings: Settings, clock: Clock | None = None) -> None:
        self.folder = folder.expanduser().absolute()
        self.settings = settings
        allow_size(settings.max_size)
        self._clock = clock or wall_clock
        self._sessions: dict[Path, Session] = {}
        self._made: dict[str, tuple[object, Listed]] = {}
        self._saver: BackgroundSaver | None = None
        self.views_newer = False
        """Whether files that only a newer program may edit are opened, to be looked at."""

    @property
    def today(self) -> date:
        """The day where the user sits."""
        return self._clock().astimezone().date()

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._clock()

    @cached_property
    def framework(self) -> Framework:
        """The framework with the repository's playbook laid over it; raises `DeclarationError` for a mistake in it."""
        from pcsm_tui.framework.playbook import framework_for
        from pcsm_tui.schedule.rules import offer_rules

        offer_rules()
        return framework_for(self.folder)

    def require_playbook(self) -> None:
        """Raise `DeclarationError` for a mistake in the repository's playbook; without one nothing is read."""
        if (self.folder / PLAYBOOK).exists():
            self.framework  # noqa: B018  reading it is what finds the mistake

    # --- the repository ---------------------------------------------------------------------------------------

    def files(self) -> list[Path]:
        """Return the engagement files of the repository by name, the library left out."""
        return [self.folder / name for name, _, _ in self._scan()]

    def _scan(self) -> list[tuple[str, int, int]]:
        try:
            with os.scandir(self.folder) as entries:
                found = [
                    (entry.name, stat.st_mtime_ns, stat.st_size)
                    for entry in entries
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith(".") and entry.name != LIBRARY
                    if (stat := _stat(entry)) is not None
                ]
        except FileNotFoundError:
            return []
        except OSError as problem:
            raise FileRefused(f"The folder {self.folder} cannot be read: {problem.strerror}.") from None
        return sorted(found)

    def listing(self) -> list[Listed]:
        """Return every engagement of the repository by customer, from the index; stale ones are marked as such."""
        kept = self._from_index(Index.entries)
        found = []
        for name, mtime_ns, size in self._scan():
            path = self.folder / name
            entry = kept.get(name)
            if (session := self._session_of(path)) is not None:
                found.append(self._open_one(path, session))
            elif entry is None:
                found.append(unread(path))
            else:
                stale = (entry.mtime_ns, entry.size) != (mtime_ns, size)
                found.append(self._as_before(from_entry, path, entry, stale))
        return sorted(found, key=lambda item: (item.summary.customer.casefold(), item.path.name))

    def _open_one(self, path: Path, session: Session) -> Listed:
        """Return an open engagement with what others saved meanwhile, or as it last was with why that is all there is."""
        try:
            session.refresh()
        except PcsmError as problem:
            return self._as_before(from_engagement, path, session.engagement)._replace(problem=str(problem))
        return self._as_before(from_engagement, path, session.engagement)

    def _as_before(self, make: Callable[..., Listed], path: Path, *origin: object) -> Listed:
        """Return what was made of the same before: making a thousand takes as long as two frames, keeping them 6 MB."""
        known = self._made.get(path.name)
        if known is None or known[0] != origin:
            known = self._made[path.name] = origin, make(path, *origin)
        return known[1]

    def refresh(self, progress: Progress | None = None) -> int:
        """Read what changed in the repository into the index; return how many files were read.

        `progress` is called with how many are done of how many; when it returns False, the rest is left for later.
        """
        return self._from_index(partial(self._read_changed, progress))

    def _read_changed(self, progress: Progress | None, index: Index) -> int:
        kept, scanned = index.entries(), self._scan()
        index.drop(kept.keys() - {name for name, _, _ in scanned})
        stale = [item for item in scanned if item[0] not in kept or kept[item[0]][1:3] != item[1:]]
        for place, (name, mtime_ns, size) in enumerate(stale, 1):
            index.put(*indexed(self.folder / name, mtime_ns, size, self.framework))
            if progress and progress(place, len(stale)) is False:
                return place
        return len(stale)

    def _from_index(self, asking: Callable[[Index], T]) -> T:
        """Ask the index; one that cannot be used gives way, for the rest of this run, to one in memory."""
        try:
            return asking(self._index)
        except StorageFailed:
            if not isinstance(self._index, MemoryIndex):
                self._index = MemoryIndex()
        return asking(self._index)

    @cached_property
    def _index(self) -> Index:
        try:
            stamp = (self.folder / PLAYBOOK).stat().st_mtime_ns
        except OSError:  # none, or none that can be read
            stamp = 0
        return Index(self.settings.places.cache, self.folder, f"{__version__} {stamp}")

    def attention(self, listing: list[Listed] | None = None) -> list[Attention]:
        """Return today's list over all engagements, in the order in which it hurts."""
        from pcsm_tui.insight.urgency import showing, urgency

        day, put_off = self.today.isoformat(), self.snoozed()
        found = []
        for listed in self.listing() if listing is None else listing:
            snoozed = put_off.get(listed.summary.file_id, set())
            if listed.problem:
                found.append(Attention(listed, Signal("unreadable", "Cannot be read", listed.problem, mark="!")))
            found += [Attention(listed, signal) for signal in showing(listed.signals, day, snoozed)]
        return sorted(found, key=lambda item: (*urgency(item.signal, day), item.listed.summary.customer))

    def search(self, text: str) -> list[Hit]:
        """Return the records of all engagements that hold every word of a text, as the index knows them."""
        return self._from_index(lambda index: index.search(text))

    # --- putting off ------------------------------------------------------------------------------------------

    def snoozed(self) -> dict[str, set[str]]:
        """Return the keys of signals that are put off beyond today, by the file_id of their engagement."""
        day = self.today.isoformat()
        found: dict[str, set[str]] = {}
        for key, until in self._state.section("snoozed").items():
            if until > day:
                file_id, _, signal = key.partition(" ")
                found.setdefault(file_id, set()).add(signal)
        return found

    def snooze(self, attention: Attention, until: date) -> None:
        """Put off a line of Today until a day.

        Raises `StorageFailed` when it cannot be written; the line is then put off until the program ends.
        """
        key, day = f"{attention.listed.summary.file_id} {attention.signal.key}", self.today.isoformat()

        def put_off(section: dict[str, str]) -> None:
            for old in [name for name, when in section.items() if when <= day]:
                del section[old]
            section[key] = until.isoformat()

        self._state.change("snoozed", put_off)

    def wake(self, attention: Attention) -> None:
        """Show a line of Today again that was put off."""
        key = f"{attention.listed.summary.file_id} {attention.signal.key}"
        self._state.change("snoozed", lambda section: section.pop(key, None))

    # --- engagements ------------------------------------------------------------------------------------------

    def path_of(self, name: str) -> Path:
        """Return the file that a word of the user means: a path, or the name of an engagement of this repository.

        An engagement in the folder that one stands in can be named as well.

        Raises `UsageError` naming the nearest one.
        """
        if name == PERSONAL:
            return self.settings.places.personal_file
        direct = Path(name).expanduser()
        if direct.is_file():
            return direct.absolute()
        if direct.is_dir():
            raise UsageError(f"{name} is a folder.", "Name one engagement file in it.")
        wanted = name.removesuffix(SUFFIX).casefold()
        here = Path.cwd().glob(f"*{SUFFIX}")
        stems = {path.name.removesuffix(SUFFIX): path for path in (*here, *self.files())}
        for matches in (
            [path for stem, path in stems.items() if stem.casefold() == wanted],
            [path for stem, path in stems.items() if stem.casefold().startswith(wanted)],
        ):
            if len(matches) == 1:
                return matches[0]
        raise UsageError(f"There is no engagement {name!r}.", nearest(name, stems) or f"Looked in {self.folder}.")

    def open(self, path: Path) -> Session:
        """Return the session of a file, the same one for the same engagement in it.

        Raises `PcsmError` when the file is missing, damaged, foreign or of a newer program.
        """
        from pcsm_tui.workspace.session import Session

        path = path.absolute()
        if path == self.settings.places.personal_file and not os.path.exists(path):
            self._make(path, "")
        session = self._session_of(path)
        if session is None:
            session = Session(
                path,
                self.framework,
                self.settings.user,
                self._state,
                self._clock,
                self.copies,
                views_newer=self.views_newer,
            )
            self._sessions[path] = session
            self._back_up(session)
            if self._saver is not None:
                self._protect(session, self._saver)
        return session

    def _back_up(self, session: Session) -> None:
        from pcsm_tui.store.backups import Backups, folder_of
        from pcsm_tui.workspace.backing_up import FirstBackups

        folder = folder_of(self.settings.places.state, session.engagement.file_id)
        session.saving.backups = FirstBackups(Backups(folder), session.path, self._clock)

    @property
    def copies(self) -> Path:
        """The person's folder for what is being written in place until it is whole."""
        return self.settings.places.state / "overwriting"

    def save_in_background(self, told: Callable[[], None]) -> None:
        """Save in a thread from now on; `told` is called in it when there is news, which `settle` takes in."""
        from pcsm_tui.workspace.saving import BackgroundSaver

        self._saver = BackgroundSaver(told, self._beat)
        self._saver.start()
        for session in self._sessions.values():
            self._protect(session, self._saver)

    def _protect(self, session: Session, saver: BackgroundSaver) -> None:
        """Let the background save a session, and a journal keep what it does until then."""
        from pcsm_tui.store.kept import kept_folder
        from pcsm_tui.store.presence import Presence
        from pcsm_tui.workspace.journaling import SessionJournal

        now = self._clock()
        name = f"{now:%Y%m%dT%H%M%S}-{os.getpid()}-{next(_SESSIONS):06}"
        presence = Presence(session.path, self.settings.user, name, now.strftime(STAMP))
        file_id = session.engagement.file_id
        folder = kept_folder(self.settings.places.state, "journal", file_id)
        journal = SessionJournal(folder or self.settings.places.state / "journal" / "unnamed", name)
        session.save_by(saver, journal, presence)

    def _beat(self) -> bool:
        """Keep what is being typed, and look who else is there; return whether there is something new to show."""
        news = [session.beat() for session in list(self._sessions.values())]
        return any(news)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being saved in the background and there is no news from it."""
        quiet = self._saver is None or self._saver.is_idle()
        return quiet and not any(session.saving.has_news for session in self._sessions.values())

    def settle(self) -> list[tuple[Session, News]]:
        """Take in what came of saving in the background; return the sessions of which there is something to tell."""
        found = [(session, session.settle()) for session in self._sessions.values()]
        return [(session, news) for session, news in found if news.changed or news.sentences]

    def flush(self) -> None:
        """Put on the disk what must survive the program: called when it is told to end, in whatever state it is."""
        for session in list(self._sessions.values()):
            session.flush()
        if self._saver is not None:
            self._saver.wait(_LAST_WAIT)

    def _session_of(self, path: Path) -> Session | None:
        """Return the session of a file that is open; one whose file became another engagement's no longer counts."""
        session = self._sessions.get(path)
        return None if session is None or session.superseded else session

    def personal(self) -> Session:
        """Return the session of the person's own tools, whose file is made when first needed."""
        return self.open(self.settings.places.personal_file)

    def personal_tools(self) -> list[Tool]:
        """Return the tools that stand in the person's own file."""
        return [tool for tool in self.framework.tools if tool.audience == "personal"]

    def session_for(self, path: Path, tool_id: str) -> Session:
        """Return the session that holds a tool: the engagement's, or the person's own for personal tools."""
        personal = bool(tool_id) and self.framework.tool(tool_id).audience == "personal"
        return self.personal() if personal else self.open(path)

    def signals_of(self, session: Session) -> list[Signal]:
        """Return what needs the CSM today in one engagement, in the order in which it hurts."""
        from pcsm_tui.insight.attention import signals
        from pcsm_tui.insight.urgency import todays

        snoozed = frozenset(self.snoozed().get(session.engagement.file_id, ()))
        return todays(signals(session.engagement), self.today, snoozed)

    def store_document(self, name: str) -> StoredDocument:
        """Copy a file into the repository's documents folder, under a name that is not taken; return name and link.

        Raises `UsageError` when there is no such file, `StorageFailed` when it cannot be copied.
        """
        from pcsm_tui.store.documents import store_document
        from pcsm_tui.workspace.addressing import expanded

        return store_document(expanded(name), self.folder)

    def import_plan(self, session: Session, name: str) -> str:
        """Take the plan in a file into an engagement, in one step, and return what that changed, without a full stop.

        Raises what `importing.planned_import` raises; nothing has then changed.
        """
        from pcsm_tui.workspace.addressing import expanded
        from pcsm_tui.workspace.importing import planned_import, told_plan

        found = planned_import(session, expanded(name))
        session.make(found.change)
        return told_plan(found, session.framework.tool("plan"))[0].removesuffix(".")

    def saving_state(self, session: Session | None) -> str:
        """Return in a few words whether all is saved; what needs the user begins in capitals."""
        failed = [item for item in self._sessions.values() if item.unsaved]
        if failed:
            count = sum(item.saving.made - item.saving.saved for item in failed)
            return f"NOT SAVED – {count} change{'s' if count > 1 else ''}"
        if session is None:
            return ""
        if session.read_only:
            return "READ-ONLY"
        state = "saving" if session.saving.is_dirty else "saved"
        conflicts = len(session.conflicts)
        told = f"{conflicts} conflict{'s' if conflicts > 1 else ''} · {state}" if conflicts else state
        told = f"with {session.others_named} · {told}" if session.others_named else told
        return f"CRASH PROTECTION OFF · {told}" if session.unprotected else told

    @property
    def unsaved(self) -> bool:
        """Whether any change could not be saved yet."""
        return any(session.unsaved for session in self._sessions.values())

    def save(self) -> list[str]:
        """Save again what could not be saved; return why it still cannot be, a sentence for each engagement."""
        reasons = []
        for session in self._sessions.values():
            try:
                session.save()
            except PcsmError as problem:
                reasons.append(str(problem))
        return reasons

    def leave(self) -> None:
        """Leave every engagement, and write what of the person's own state could not be written before.

        Raises `StorageFailed` when that cannot be written.
        """
        self.stop_saving()
        for session in self._sessions.values():
            session.close()
        self._state.save()

    def stop_saving(self) -> None:
        """End saving in the background, once what is asked for is done."""
        if self._saver is not None:
            self._saver.wait(_LAST_WAIT)
            self._saver.stop()

    def create(self, customer: str, initiative: str = "", template: Path | None = None) -> Path:
        """Make the file of a new engagement and return its path.

        With a template, its re-usable rows are taken over, as `domain.templating` says. Raises `FileRefused` when
        there is a file of that name already.
        """
        customer, initiative = (" ".join(text.split()) for text in (customer, initiative))
        if not customer:
            raise UsageError("An engagement needs the customer's name.", "pcsm new 'Harbour Foods'")
        path = self.folder / f"{file_stem(customer)}{SUFFIX}"
        if os.path.exists(path):
            raise FileRefused(f"{path} exists already.", "Choose another name, or open that one.")
        if path.name == LIBRARY:
            raise FileRefused(f"{LIBRARY} is kept for what a team shares.", "Give the engagement another name.")
        shared_folder(self.folder)
        self._make(path, customer, template)
        session = self.open(path)
        form = session.engagement.form("engagement")
        start = {"customer": customer, "initiative": initiative or None, "csm": self.settings.user}
        session.set(form, {**start, "started": self.today.isoformat(), "currency": self.settings.currency.upper()})
        return path

    def _make(self, path: Path, customer: str, template: Path | None = None) -> None:
        from pcsm_tui.store.engagement_file import EngagementStorage, new_document

        framework = self.framework
        document: Document = new_document(
            customer,
            {"name": framework.name, "version": framework.version},
            {"name": framework.playbook, "hash": framework.playbook_hash},
        )
        if template is not None:
            document = self._from_template(document, template)
        if path == self.settings.places.personal_file:
            private_folder(path.parent)
        EngagementStorage(path).commit(document)

    def _from_template(self, document: Document, template: Path) -> Document:
        from pcsm_tui.domain.editing import Stamp
        from pcsm_tui.domain.engagement import Engagement
        from pcsm_tui.domain.templating import from_template
        from pcsm_tui.store.engagement_file import EngagementStorage, new_uid

        content = EngagementStorage(template).load()
        if content is None:
            raise FileRefused(f"The template {template} does not exist.", "Name an engagement file.")
        stamp = Stamp(self._clock().strftime(STAMP), self.settings.user, self.today)
        source, target = Engagement(content, self.framework), Engagement(document, self.framework)
        return from_template(source, target, new_uid, stamp)

    @cached_property
    def _state(self) -> PersonalState:
        return PersonalState(self.settings.places.state)


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:  # gone since the folder was listed, or a link to nothing
        return None


def file_stem(customer: str) -> str:
    """Return the file name, without its ending, for a customer: letters and digits of any script, joined by hyphens.

    It is cut to a length that leaves room, in the 255 bytes of a name, for the endings of its lock and temporary files.
    """
    words = re.findall(r"[^\W_]+", customer.casefold())
    return "-".join(words)[:80].encode()[:200].decode(errors="ignore") or "engagement"
