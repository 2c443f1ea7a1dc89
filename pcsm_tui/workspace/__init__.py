"""The one door through which screens and commands reach data."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pcsm_tui import __version__
from pcsm_tui.domain.summaries import Signal
from pcsm_tui.errors import FileRefused, PcsmError, UsageError, nearest
from pcsm_tui.settings import Settings, private_folder
from pcsm_tui.store.index import Hit, Index
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.workspace.clock import Clock, wall_clock
from pcsm_tui.workspace.listing import SUFFIX, Listed, from_engagement, from_entry, indexed, unread

if TYPE_CHECKING:
    from pcsm_tui.domain.declarations import Framework
    from pcsm_tui.domain.engagement import Document
    from pcsm_tui.store.documents import StoredDocument
    from pcsm_tui.workspace.session import Session

LIBRARY = "library.pcsm.json"
PLAYBOOK = "playbook.toml"
PERSONAL = "me"
"""The word that commands take in place of a file for the person's own tools."""


class Attention(NamedTuple):
    """A line of Today: a signal and the engagement that it comes from."""

    listed: Listed
    signal: Signal


class Workspace:
    """A repository: a folder of engagement files, seen by one person."""

    def __init__(self, folder: Path, settings: Settings, clock: Clock | None = None) -> None:
        self.folder = folder.expanduser().absolute()
        self.settings = settings
        self._clock = clock or wall_clock
        self._sessions: dict[Path, Session] = {}
        self._made: dict[str, tuple[object, Listed]] = {}

    @property
    def today(self) -> date:
        """The day where the user sits."""
        return self._clock().astimezone().date()

    @cached_property
    def framework(self) -> Framework:
        """The framework with the repository's playbook laid over it; raises `DeclarationError` for a mistake in it."""
        from pcsm_tui.framework.playbook import framework_for

        return framework_for(self.folder)

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
        kept = self._index.entries()
        found = []
        for name, mtime_ns, size in self._scan():
            path = self.folder / name
            entry = kept.get(name)
            if (session := self._sessions.get(path)) is not None:
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

    def refresh(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Read what changed in the repository into the index; return how many files were read.

        `progress` is called with how many are done of how many.
        """
        kept, scanned = self._index.entries(), self._scan()
        self._index.drop(kept.keys() - {name for name, _, _ in scanned})
        stale = [item for item in scanned if item[0] not in kept or kept[item[0]][1:3] != item[1:]]
        for place, (name, mtime_ns, size) in enumerate(stale, 1):
            self._index.put(*indexed(self.folder / name, mtime_ns, size, self.framework))
            if progress:
                progress(place, len(stale))
        return len(stale)

    @cached_property
    def _index(self) -> Index:
        playbook = self.folder / PLAYBOOK
        stamp = playbook.stat().st_mtime_ns if playbook.exists() else 0
        return Index(private_folder(self.settings.places.cache), self.folder, f"{__version__} {stamp}")

    def attention(self, listing: list[Listed] | None = None) -> list[Attention]:
        """Return today's list over all engagements, in the order in which it hurts."""
        from pcsm_tui.insight.urgency import showing, urgency

        day, put_off = self.today.isoformat(), self.snoozed()
        found = []
        for listed in self.listing() if listing is None else listing:
            snoozed = put_off.get(listed.summary.file_id, set())
            found += [Attention(listed, signal) for signal in showing(listed.signals, day, snoozed)]
        return sorted(found, key=lambda item: (*urgency(item.signal, day), item.listed.summary.customer))

    def search(self, text: str) -> list[Hit]:
        """Return the records of all engagements that hold every word of a text, as the index knows them."""
        return self._index.search(text)

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
        """Put off a line of Today until a day."""
        key, day = f"{attention.listed.summary.file_id} {attention.signal.key}", self.today.isoformat()

        def put_off(section: dict[str, str]) -> None:
            for old in [name for name, when in section.items() if when <= day]:
                del section[old]
            section[key] = until.isoformat()

        self._state.change("snoozed", put_off)

    # --- engagements ------------------------------------------------------------------------------------------

    def path_of(self, name: str) -> Path:
        """Return the file that a word of the user means: a path, or the name of an engagement of this repository.

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
        stems = {path.name.removesuffix(SUFFIX): path for path in self.files()}
        for matches in (
            [path for stem, path in stems.items() if stem.casefold() == wanted],
            [path for stem, path in stems.items() if stem.casefold().startswith(wanted)],
        ):
            if len(matches) == 1:
                return matches[0]
        raise UsageError(f"There is no engagement {name!r}.", nearest(name, stems) or f"Looked in {self.folder}.")

    def open(self, path: Path) -> Session:
        """Return the session of a file, the same one for the same file.

        Raises `PcsmError` when the file is missing, damaged, foreign or of a newer program.
        """
        from pcsm_tui.workspace.session import Session

        path = path.absolute()
        if path == self.settings.places.personal_file and not path.exists():
            self._make(path, "")
        if path not in self._sessions:
            session = Session(path, self.framework, self.settings.user, self._state, self._clock)
            self._sessions[path] = session
        return self._sessions[path]

    def personal(self) -> Session:
        """Return the session of the person's own tools, whose file is made when first needed."""
        return self.open(self.settings.places.personal_file)

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

        return store_document(Path(name).expanduser(), self.folder)

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
        """Note that the engagements opened were visited until now."""
        for session in self._sessions.values():
            session.note_visit()

    def create(self, customer: str, initiative: str = "", template: Path | None = None) -> Path:
        """Make the file of a new engagement and return its path.

        With a template, its rows are taken over as they are, under an identity of their own. Raises `FileRefused`
        when there is a file of that name already.
        """
        customer, initiative = (" ".join(text.split()) for text in (customer, initiative))
        if not customer:
            raise UsageError("An engagement needs the customer's name.", "pcsm new 'Harbour Foods'")
        path = self.folder / f"{file_stem(customer)}{SUFFIX}"
        if path.exists():
            raise FileRefused(f"{path} exists already.", "Choose another name, or open that one.")
        if path.name == LIBRARY:
            raise FileRefused(f"{LIBRARY} is kept for what a team shares.", "Give the engagement another name.")
        self.folder.mkdir(parents=True, exist_ok=True)
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
        from pcsm_tui.domain.engagement import Engagement
        from pcsm_tui.domain.templating import from_template
        from pcsm_tui.store.engagement_file import EngagementStorage, new_uid

        content = EngagementStorage(template).read()
        if content is None:
            raise FileRefused(f"The template {template} does not exist.", "Name an engagement file.")
        return from_template(Engagement(content, self.framework), Engagement(document, self.framework), new_uid)

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
