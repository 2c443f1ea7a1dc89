"""Three people on one file, in any order of acts, saves, failures and crashes: what was acknowledged is never lost.

Each value that somebody enters is another one. It lives until somebody who sees it enters another in its place, deletes its
row or decides against it; as long as it lives it is in the file or in one of its conflicts.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pcsm_tui.domain.engagement import Row
from pcsm_tui.errors import PcsmError, StorageFailed, WentBack
from pcsm_tui.merge.conflicts import conflicts_of
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.personal_state import PersonalState
from pcsm_tui.workspace.clashing import Clashed
from pcsm_tui.workspace.deciding import decide
from pcsm_tui.workspace.journaling import SessionJournal
from pcsm_tui.workspace.session import Session
from tests.support import empty_document, small_framework

TOOL = "samples"
FIELDS = ("name", "who")
WHO = st.sampled_from([0, 1, 2])
Cell = tuple[str, str]


class ByHand:
    """Stands for the background: the machine decides when it saves."""

    def request(self, saving: object) -> None:
        """Remember nothing."""

    def drop(self, saving: object) -> None:
        """Forget nothing."""


class Alone:
    """Nobody else is told of."""

    def announce(self) -> None:
        """Tell nobody."""

    def leave(self) -> None:
        """Leave nobody."""


class ThreeSessions(RuleBasedStateMachine):
    """The sessions, the file, and the values that live."""

    def __init__(self) -> None:
        super().__init__()
        made = Random(1)  # noqa: S311  the same ids in every run, so that what fails fails again
        self.ids = patch("secrets.token_hex", lambda length: made.randbytes(length).hex())
        self.ids.start()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "acme.pcsm.json"
        EngagementStorage(self.path).commit(empty_document())
        self.count, self.opened, self.full = 0, 0, False
        self.living: dict[Cell, set[str]] = {}
        self.old: list[bytes] = []
        self.sessions = [self.open(place) for place in range(3)]

    def teardown(self) -> None:
        """Let everybody save in the end, and look for all that lives."""
        self.full = False
        for _ in range(3):
            for place in range(3):
                self.save(place)
        self.ids.stop()
        self.all_is_there()
        shutil.rmtree(self.folder)

    def clock(self) -> datetime:
        """Return the time, which jumps about: it decides nothing."""
        return datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(days=(self.count * 37) % 11 - 5)

    def open(self, place: int) -> Session:
        """Open the file for a person, and take in what an earlier session of theirs left."""
        self.opened += 1
        state = self.folder / f"state{place}"
        session = Session(self.path, small_framework(), "ABC"[place], PersonalState(state), self.clock)
        journal = SessionJournal(state / "journal", f"{self.opened:06}")
        session.save_by(ByHand(), journal, Alone())  # type: ignore[arg-type]
        if not session.left.is_empty:
            session.recover()
        return session

    def fresh(self) -> str:
        """Return a text that nobody entered before."""
        self.count += 1
        return f"v{self.count}"

    def row(self, place: int, pick: int) -> Row | None:
        rows = self.sessions[place].engagement.rows(TOOL)
        return rows[pick % len(rows)] if rows else None

    def seen(self, row: Row, field: str) -> None:
        """Note that what a row shows in a field is knowingly given up."""
        self.living.get((row.uid, field), set()).discard(str(row.get(field)))

    # --- acts ---------------------------------------------------------------------------------------------------

    @rule(place=WHO)
    def add(self, place: int) -> None:
        """Add a row."""
        session, text = self.sessions[place], self.fresh()
        row = session.add(session.framework.tool(TOOL), {"name": text})
        self.living[row.uid, "name"] = {text}

    @rule(place=WHO, pick=st.integers(0, 5), field=st.sampled_from(FIELDS))
    def edit(self, place: int, pick: int, field: str) -> None:
        """Enter a value over the one that is seen."""
        if (row := self.row(place, pick)) is not None:
            self.seen(row, field)
            text = self.fresh()
            self.sessions[place].set(row, {field: text})
            self.living.setdefault((row.uid, field), set()).add(text)

    @rule(place=WHO, pick=st.integers(0, 5))
    def delete(self, place: int, pick: int) -> None:
        """Delete a row with all that is seen of it."""
        if (row := self.row(place, pick)) is not None:
            for field in FIELDS:
                self.seen(row, field)
            self.sessions[place].remove(row)

    @rule(place=WHO, way=st.sampled_from(["undo", "redo"]))
    def step(self, place: int, way: str) -> None:
        """Take a step back or forth: what is seen then lives, what was seen before no more."""
        session = self.sessions[place]
        before = {row.uid: row for row in session.engagement.rows(TOOL)}
        try:
            session.undo() if way == "undo" else session.redo()
        except (PcsmError, Clashed):
            return
        after = {row.uid: row for row in session.engagement.rows(TOOL)}
        for uid in {*before, *after}:
            for field in FIELDS:
                old, new = (rows[uid].get(field) if uid in rows else None for rows in (before, after))
                if old != new:
                    self.living.setdefault((uid, field), set()).discard(str(old))
                    if new is not None:
                        self.living[uid, field].add(str(new))

    @rule(place=WHO, pick=st.integers(0, 5), side=st.sampled_from([0, 1, None]))
    def decide(self, place: int, pick: int, side: int | None) -> None:
        """Decide a conflict that is seen."""
        session = self.sessions[place]
        if not session.conflicts:
            return
        conflict = session.conflicts[pick % len(session.conflicts)]
        decide(session, conflict, side)
        record = session.engagement.document.get(TOOL, {}).get(conflict.doc_id, {})
        for field in FIELDS:
            if conflict.kind == "deleted" or conflict.field == field:
                held = [side.value.get(field) if conflict.kind == "deleted" and side.value else side.value
                        for side in conflict.sides]  # fmt: skip
                for value in held:
                    if value != record.get(field) and isinstance(value, str):
                        self.living.get((conflict.record, field), set()).discard(value)
                if isinstance(record.get(field), str):
                    self.living.setdefault((conflict.record, field), set()).add(record[field])

    # --- the file -----------------------------------------------------------------------------------------------

    @rule(place=WHO)
    def save(self, place: int) -> None:
        """Save what is not saved, or look at the file; a file that went back is put right again."""
        session = self.sessions[place]

        def full(path: Path, *rest: Any) -> str:
            raise StorageFailed(f"{path} was not saved: the disk is full.")

        session.saving.storage._seen = None  # a look that is not spared
        if self.full:
            with patch("pcsm_tui.store.engagement_file.replace_file", full):
                session.saving.work()
        else:
            session.saving.work()
        session.settle()
        if isinstance(session.saving.problem, WentBack):
            session.put_back()
            session.saving.work()
            session.settle()

    @rule(full=st.booleans())
    def fill(self, full: bool) -> None:
        """Fill the disk, or make room."""
        self.full = full

    @rule(place=WHO)
    def crash(self, place: int) -> None:
        """End a session without a save, as a kill does, and come back."""
        journal = self.sessions[place]._journal
        assert journal is not None
        journal.close()
        self.sessions[place] = self.open(place)

    @rule(pick=st.integers(0, 5), field=st.sampled_from(FIELDS))
    def rewrite(self, pick: int, field: str) -> None:
        """Let another program change a field in the file, without a new revision."""
        document = json.loads(self.path.read_text())
        records = list(document.get(TOOL, {}).values())
        if records:
            record = records[pick % len(records)]
            self.living.setdefault((record["uid"], field), set()).discard(str(record.get(field)))
            record[field] = self.fresh()
            self.living[record["uid"], field].add(record[field])
            self.path.write_text(json.dumps(document))

    @precondition(lambda self: not self.full)
    @rule()
    def go_back(self) -> None:
        """Put an older file back, when all have seen the newest: whoever meets it first puts that right."""
        for _ in range(2):
            for place in range(3):
                self.save(place)
        held = self.path.read_bytes()
        if self.old and self.old[-1] != held:
            self.path.write_bytes(self.old[-1])
            self.save(0)
        self.old.append(held)

    @invariant()
    def the_file_can_be_read(self) -> None:
        """Look at the file as any reader does."""
        canonical.from_bytes(self.path.read_bytes(), self.path)

    @invariant()
    def what_somebody_sees_unsaved_is_in_a_journal_or_the_file(self) -> None:
        """Look at what would be left of each session if it ended now."""
        for session in self.sessions:
            assert session._journal is not None and session._journal.problem == ""

    def all_is_there(self) -> None:
        """Look for every value that lives."""
        document: Any = canonical.from_bytes(self.path.read_bytes(), self.path)
        records = {record["uid"]: record for record in document.get(TOOL, {}).values()}
        for (uid, field), values in self.living.items():
            held = [records.get(uid, {}).get(field)]
            for conflict in conflicts_of(document):
                if conflict.record == uid:
                    whole = [side.value for side in conflict.sides if isinstance(side.value, dict)]
                    held += [record.get(field) for record in whole]
                    held += [side.value for side in conflict.sides if conflict.field == field]
            assert values <= {str(value) for value in held}, (uid, field, values, held)


TestThreeSessions = ThreeSessions.TestCase
TestThreeSessions.settings = settings(
    max_examples=settings().max_examples if settings().max_examples < 100 else 400, stateful_step_count=30
)
