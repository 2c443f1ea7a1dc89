"""Three people at one file, in any order of events: what somebody was shown as done is never silently gone.

Every value that is entered is another one, so that each can be looked for. It must be in the file, or in a conflict of
it, unless somebody who saw it put something else in its place. Until it is saved, its session or that one's journal
holds it.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pcsm_tui.domain.changes import Change
from pcsm_tui.domain.engagement import Document, Row
from pcsm_tui.errors import PcsmError, StorageFailed, UsageError, WentBack
from pcsm_tui.merge.conflicts import CONFLICTS, conflicts_of
from pcsm_tui.store.engagement_file import EngagementStorage, revisions
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.store.presence import Presence
from pcsm_tui.workspace.clashing import Clashed, Conflicted
from pcsm_tui.workspace.deciding import decide
from pcsm_tui.workspace.journaling import SessionJournal
from pcsm_tui.workspace.saving import BackgroundSaver
from pcsm_tui.workspace.session import Session
from tests.support import empty_document, small_framework

TOOL = "measures"
FIELDS = ("name", "target_quality", "target_quantity")
ADA, BO, CY = "ada", "bo", "cy"
JOURNALED = (BO, CY)
"""Who works on the screen, with a journal and a background that saves; Ada works with commands."""
LEFT = -1
"""The number of what is in the journal of a session that ended."""


class Kept(NamedTuple):
    """Where a value was entered, by whom, and with which act of their session; nobody's is in the file."""

    uid: str
    field: str
    owner: str = ""
    made: int = 0


def holds(document: Document, value: str, kept: Kept) -> bool:
    """Return whether a value is in its field, or in a conflict about it."""
    for record in document.get(TOOL, {}).values():
        if record.get("uid") == kept.uid and record.get(kept.field) == value:
            return True
    for conflict in conflicts_of(document):
        if conflict.record != kept.uid:
            continue
        for side in conflict.sides:
            of_field = side.value if conflict.kind == "field" and conflict.field == kept.field else None
            of_record = side.value.get(kept.field) if isinstance(side.value, dict) else None
            if value in (of_field, of_record):
                return True
    return False


@contextmanager
def disk(full: bool) -> Iterator[None]:
    """Let no file be put in the place of another while the disk is full."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patched:
        if full:
            patched.setattr(os, "replace", fail)
        yield


WHO = st.sampled_from((ADA, BO, CY))
PLACE = st.integers(0, 5)
FIELD = st.sampled_from(FIELDS)
FULL = st.sampled_from((False, False, False, True))


class ThreeSessions(RuleBasedStateMachine):
    """The sessions, the file, and what must not be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.path = Path(self.folder.name) / "acme.pcsm.json"
        self.values, self.names = (map(f"{kind}{{}}".format, itertools.count(1)) for kind in ("value ", "session-"))
        self.time = datetime(2026, 11, 22, 9, tzinfo=UTC)
        self.kept: dict[str, Kept] = {}
        self.seen_off: set[str] = set()
        self.recovering = False
        records = {}
        for uid in ("a" * 32, "b" * 32):
            entered = {field: next(self.values) for field in FIELDS}
            self.kept |= {value: Kept(uid, field) for field, value in entered.items()}
            records[str(int(uid[:13], 16))] = {**entered, "uid": uid, "order": 1024, "at": "", "by": ""}
        EngagementStorage(self.path).commit({**empty_document(), TOOL: records})
        self.past = [self.path.read_bytes()]
        self.sessions = {who: self.opened(who) for who in (ADA, BO, CY)}

    # --- sessions ---------------------------------------------------------------------------------------------

    def clock(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def opened(self, who: str) -> Session:
        state = Path(self.folder.name) / who
        session = Session(self.path, small_framework(), who, PersonalState(state), self.clock)
        if who in JOURNALED:
            name = next(self.names)
            journal = SessionJournal(state / "journal", name)
            saver = BackgroundSaver(lambda: None, lambda: False)  # never started: saving is done by hand
            session.save_by(saver, journal, Presence(self.path, who, name, ""))
        perform = session._perform

        def noted(change: Change, op: str) -> None:
            self.note(who, session, change)
            perform(change, op)

        session._perform = noted  # type: ignore[method-assign]
        return session

    def file(self) -> Document:
        document = EngagementStorage(self.path).load()
        assert document is not None
        return document

    def left(self, who: str) -> Document:
        """Return the file with what is left in a person's journals."""
        document = self.file()
        return SessionJournal(Path(self.folder.name) / who / "journal", "looking").left(document).document

    def row(self, who: str, place: int) -> Row:
        rows = self.sessions[who].engagement.rows(TOOL)
        if not rows:
            assume(False)
        return rows[place % len(rows)]

    def acting(self, act: Callable[[], object], full: bool = False) -> None:
        """Act; only what a user can do something about may be raised."""
        try:
            with disk(full):
                act()
        except StorageFailed:
            assert full
        except (Conflicted, WentBack, Clashed):
            pass

    # --- what must not be lost --------------------------------------------------------------------------------

    def note(self, who: str, session: Session, change: Change) -> None:
        """Note what a person enters, and what they put something else in the place of, having seen it."""
        made = session.saving.made + 1
        if self.recovering:
            own = [value for value, kept in self.kept.items() if (kept.owner, kept.made) == (who, LEFT)]
            self.kept |= {value: self.kept[value]._replace(made=made) for value in own}
            return
        for edit in change.edits:
            before, after = edit.before or {}, edit.after or {}
            if edit.table == CONFLICTS and edit.after is None:
                self.decided(session, before, change)
            if edit.table != TOOL:
                continue
            uid = (after or before)["uid"]
            for field in FIELDS:
                if before.get(field) != after.get(field):
                    self.put_away(before.get(field, ""))
                    if field in after and after[field] not in self.seen_off:  # what an undo brings back, others may
                        self.kept[after[field]] = Kept(uid, field, who, made)  # have put away, and go on to do so

    def put_away(self, value: str) -> None:
        """Note that somebody put something else in the place of a value that they saw."""
        self.kept.pop(value, None)
        self.seen_off.add(value)

    def decided(self, session: Session, conflict: Mapping[str, Any], change: Change) -> None:
        """Note that both sides of a conflict were seen: only what stands in the field is still wanted."""
        place = (conflict["table"], conflict["doc_id"])
        standing = session.engagement.document.get(place[0], {}).get(place[1], {})
        for edit in change.edits:
            if (edit.table, edit.doc_id) == place:
                standing = edit.after or {}
        for side in conflict["sides"]:
            value = side.get("value")
            seen = value.values() if isinstance(value, dict) else [value]
            for value in seen:
                if isinstance(value, str) and value not in standing.values():
                    self.put_away(value)

    def is_pending(self, kept: Kept) -> bool:
        """Return whether a value need not be in the file yet."""
        if not kept.owner:
            return False
        return kept.made == LEFT or kept.made > self.sessions[kept.owner].saving.saved

    def is_there(self, value: str, kept: Kept, file: Document) -> bool:
        if holds(file, value, kept):
            return True
        if not self.is_pending(kept):
            return False
        if kept.made == LEFT:
            return holds(self.left(kept.owner), value, kept)
        return holds(self.sessions[kept.owner].engagement.document, value, kept)

    @invariant()
    def nothing_is_lost(self) -> None:
        file = self.file()
        lost = {value: kept for value, kept in self.kept.items() if not self.is_there(value, kept, file)}
        assert not lost
        payload = self.path.read_bytes()
        if payload != self.past[-1]:
            self.past.append(payload)

    # --- what people do ---------------------------------------------------------------------------------------

    @rule(who=WHO, place=PLACE, field=FIELD, full=FULL)
    def edit(self, who: str, place: int, field: str, full: bool) -> None:
        row, value = self.row(who, place), next(self.values)
        self.acting(lambda: self.sessions[who].set(row, {field: value}), full)

    @rule(who=WHO, full=FULL)
    def add(self, who: str, full: bool) -> None:
        session = self.sessions[who]
        self.acting(lambda: session.add(session.framework.tool(TOOL), {"name": next(self.values)}), full)

    @rule(who=WHO, place=PLACE, full=FULL)
    def delete(self, who: str, place: int, full: bool) -> None:
        row = self.row(who, place)
        self.acting(lambda: self.sessions[who].remove(row), full)

    @rule(who=WHO, full=FULL, again=st.booleans())
    def undo(self, who: str, full: bool, again: bool) -> None:
        session = self.sessions[who]
        with suppress(UsageError):  # there is nothing to undo
            self.acting(session.redo if again else session.undo, full)

    @rule(who=WHO, place=PLACE, side=st.sampled_from((0, 1, None)), full=FULL)
    def decide(self, who: str, place: int, side: int | None, full: bool) -> None:
        session = self.sessions[who]
        assume(session.conflicts)
        conflict = session.conflicts[place % len(session.conflicts)]
        self.acting(lambda: decide(session, conflict, side), full)

    # --- saving -----------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(JOURNALED), full=FULL)
    def work(self, who: str, full: bool) -> None:
        """Let the background save, or look; what came of it is taken in later."""
        with disk(full):
            self.sessions[who].saving.work()

    @rule(who=st.sampled_from(JOURNALED))
    def settle(self, who: str) -> None:
        self.sessions[who].settle()

    @rule(who=WHO, full=FULL)
    def look(self, who: str, full: bool) -> None:
        session = self.sessions[who]
        self.acting(session.save if session.saving.is_dirty else session.refresh, full)

    @rule(who=WHO, recover=st.booleans())
    def crash(self, who: str, recover: bool) -> None:
        """End a session without saving, and open the next one, which takes up or discards what is left."""
        session = self.sessions[who]
        saved, file = session.saving.saved, self.file()
        session.close()  # a process that dies saves as little, and lets go of its journal too
        for value, kept in list(self.kept.items()):
            if kept.owner != who or kept.made <= saved:
                continue
            self.kept[value] = kept._replace(owner="") if holds(file, value, kept) else kept._replace(made=LEFT)
            if who not in JOURNALED and self.kept[value].owner:
                del self.kept[value]
        self.nothing_is_lost()
        self.kept = {
            value: kept._replace(owner="") if kept.owner == who and kept.made != LEFT else kept
            for value, kept in self.kept.items()
        }
        session = self.sessions[who] = self.opened(who)
        if who in JOURNALED:
            self.take_up(session, who, recover)

    def take_up(self, session: Session, who: str, recover: bool) -> None:
        if not recover:
            session.discard_left()
            self.kept = {value: kept for value, kept in self.kept.items() if (kept.owner, kept.made) != (who, LEFT)}
            return
        self.recovering = True
        session.recover()
        self.recovering = False
        assert all((kept.owner, kept.made) != (who, LEFT) for kept in self.kept.values())

    # --- what others do to the file ---------------------------------------------------------------------------

    @rule(place=PLACE, field=FIELD)
    def rewrite(self, place: int, field: str) -> None:
        """Change a value with an editor that knows nothing of revisions."""
        document = json.loads(self.path.read_bytes())
        records = [*document.get(TOOL, {}).values()]
        assume(records)
        record, value = records[place % len(records)], next(self.values)
        self.put_away(record.get(field, ""))
        record[field] = value
        self.kept[value] = Kept(record["uid"], field)
        self.path.write_text(json.dumps(document))

    @rule(place=st.integers(0, 50))
    def go_back(self, place: int) -> None:
        """Put an old revision in the place of the file: what only the newer ones held is gone, since that was wanted."""
        newest = self.file()
        self.path.write_bytes(self.past[place % len(self.past)])
        file = self.file()
        self.kept = {
            value: kept
            for value, kept in self.kept.items()
            if holds(file, value, kept) or (self.is_pending(kept) and not holds(newest, value, kept))
        }

    @precondition(lambda self: any(self.went_back(who) for who in self.sessions))
    @rule(keep_mine=st.booleans(), full=FULL)
    def answer(self, keep_mine: bool, full: bool) -> None:
        """Say what is to become of a file that went back: it is merged, or what one has is put over it."""
        who = next(who for who in self.sessions if self.went_back(who))
        session = self.sessions[who]
        if keep_mine:
            self.seen_to_go(session)
        self.acting(session.put_back if keep_mine else session.merge_older, full)

    def went_back(self, who: str) -> bool:
        return isinstance(self.sessions[who].saving.problem, WentBack)

    def seen_to_go(self, session: Session) -> None:
        """Note that what an old revision holds is put away, as long as it is an old one."""
        file, mine = self.file(), session.engagement.document
        if revisions(file)[0] in revisions(session.saving.base)[1:]:
            self.kept = {
                value: kept
                for value, kept in self.kept.items()
                if self.is_pending(kept) or holds(mine, value, kept) or not holds(file, value, kept)
            }

    def teardown(self) -> None:
        """Save everything that can be saved, and look once more."""
        for who, session in self.sessions.items():
            for _ in range(4):
                if self.went_back(who):
                    session.saving.accept_older()
                with suppress(PcsmError):
                    session.save()
            assert not session.saving.is_dirty
        file = self.file()
        lost = {value: kept for value, kept in self.kept.items() if not holds(file, value, kept) and kept.made != LEFT}
        assert not lost
        for session in self.sessions.values():
            session.close()
        self.folder.cleanup()


ThreeSessions.TestCase.settings = settings(
    settings.get_profile("pcsm"), max_examples=40, stateful_step_count=30, deadline=None
)
TestThreeSessions = ThreeSessions.TestCase


def test_fault_037_putting_back_what_one_has_does_not_overwrite_what_others_saved_since() -> None:
    """The file goes back, Ada is told so; before she answers, Bo saves to what is there."""
    sessions = ThreeSessions()
    sessions.edit(ADA, 0, "name", False)
    sessions.nothing_is_lost()
    sessions.go_back(0)
    sessions.edit(ADA, 0, "target_quantity", False)
    assert sessions.went_back(ADA)
    sessions.edit(BO, 1, "target_quality", False)
    sessions.work(BO, False)
    sessions.answer(keep_mine=True, full=False)
    sessions.nothing_is_lost()
    assert {"value 8", "value 9"} <= sessions.kept.keys(), "what both entered since is asked for"
    sessions.teardown()


@pytest.mark.long
def test_many_more_of_them() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(ThreeSessions, settings=settings(max_examples=400, stateful_step_count=30, deadline=None))
