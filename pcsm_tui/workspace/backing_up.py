"""Backups that are taken by themselves: before the first save of a session, and before the first of each day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pcsm_tui.errors import PcsmError
from pcsm_tui.store.backups import Backups
from pcsm_tui.workspace.clock import Clock


class FirstBackups:
    """Keeps what an engagement's file holds before the first save of a session, and of each day that it goes on."""

    def __init__(self, backups: Backups, path: Path, clock: Clock) -> None:
        self._backups, self._path, self._clock = backups, path, clock
        self._kept_on: date | None = None
        self._told_on: date | None = None
        self._failed = False

    def before_save(self, payload: bytes) -> str:
        """Keep the bytes that the file holds, if it is the first save of the day; return why they were not kept, once a day.

        No save waits for a backup that cannot be made; the next one tries again.
        """
        now = self._clock()
        day = now.astimezone().date()
        if day == self._kept_on or not payload:
            return ""
        try:
            self._backups.keep(payload, self._path, now)
        except PcsmError as problem:
            reason = problem.message
        except (MemoryError, RecursionError):
            reason = "No backup was kept: there is too little memory."
        else:
            self._failed = False
            return ""
        self._failed = True
        told, self._told_on = self._told_on == day, day
        return "" if told else reason

    def after_save(self) -> None:
        """Take note that a save was made: with a backup before it, others of the day need none."""
        if not self._failed:
            self._kept_on = self._clock().astimezone().date()
