"""Backups: what is kept and for how long, that nothing good gives way to nothing, and that damage leads back to them."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.errors import FileRefused, PcsmError, StorageFailed
from pcsm_tui.store.backups import Backups, file_id_of, folder_of, for_path, kept, previous, read
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.replacing import previous_path
from tests.support import FILE_ID

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
"""A Friday."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "pcsm"


@pytest.fixture
def backups(state: Path) -> Backups:
    return Backups(folder_of(state, FILE_ID))


def changed(path: Path, name: str) -> bytes:
    """Save another name of the risk, and return the bytes that the file then has."""
    storage = EngagementStorage(path)
    document = storage.load()
    assert document is not None
    storage.commit({**document, "risks": {"7": {"name": name}}})
    return path.read_bytes()


def names(backups: Backups) -> list[str]:
    """Return the snapshots in the folder, and whatever does not belong there."""
    return sorted({entry.name for entry in backups.folder.iterdir()} - {"origin", ".backups.lock"})


# --- retention ------------------------------------------------------------------------------------------------


def test_the_ten_newest_stay_whenever_they_were_taken() -> None:
    stamps = [NOON - timedelta(minutes=minute) for minute in range(12)]
    assert set(kept(stamps, NOON)) == set(stamps[:10])


def test_the_newest_of_seven_days_and_of_four_weeks_stay() -> None:
    """Two backups on each of forty days: the ten newest, from 27 to 23 November, then days, then weeks."""
    stamps = [NOON - timedelta(days=day, hours=hour) for day in range(40) for hour in (0, 6)]
    found = kept(stamps, NOON)
    days = {stamp for stamp, kinds in found.items() if "daily" in kinds}
    assert {stamp.day for stamp in days} == {27, 26, 25, 24, 23, 22, 21} and all(stamp.hour == 12 for stamp in days)
    weeks = {(stamp.month, stamp.day) for stamp, kinds in found.items() if "weekly" in kinds}
    assert weeks == {(11, 27), (11, 22), (11, 15), (11, 8)}, "the newest one, and the Sundays before"
    assert len(found) == 10 + 2 + 2


def test_the_weeks_are_those_of_the_iso_year() -> None:
    """1 January 2027, a Friday, lies in the week that began on 28 December."""
    stamps = [datetime(2026, 12, 28, 9, tzinfo=UTC), datetime(2027, 1, 1, 9, tzinfo=UTC)]
    assert [kinds.count("weekly") for kinds in kept(stamps, stamps[1]).values()] == [1, 0]


def test_an_engagement_that_rested_for_a_year_keeps_what_it_had() -> None:
    stamps = [NOON - timedelta(days=400 + day) for day in range(3)]
    assert set(kept([NOON, *stamps], NOON)) == {NOON, *stamps}


def test_fault_022_what_a_wrong_clock_dated_into_the_future_neither_goes_nor_displaces_anything() -> None:
    """Twelve of a year ahead, then four sessions today and one on each of the days before."""
    future = [NOON + timedelta(days=365 + day) for day in range(12)]
    today = [NOON - timedelta(hours=hour) for hour in range(4)]
    past = [NOON - timedelta(days=day) for day in range(1, 20)]
    alone = kept([*today, *past], NOON)
    found = kept([*future, *today, *past], NOON)
    assert {stamp: kinds for stamp, kinds in found.items() if stamp <= NOON} == alone
    assert set(today) <= set(alone)
    assert set(future[2:]) <= set(found), "the ten newest of them"
    assert found[max(future)] == ("session", "daily", "weekly")


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), max_size=60))
def test_never_more_than_twenty_one_by_a_clock_and_pruning_again_changes_nothing(times: list[datetime]) -> None:
    stamps = [time.replace(tzinfo=UTC) for time in times]
    found = kept(stamps, NOON)
    assert set(found) <= set(stamps)
    for clock in ([stamp for stamp in stamps if stamp <= NOON], [stamp for stamp in stamps if stamp > NOON]):
        assert len(set(clock) & set(found)) <= 21
        assert not clock or max(clock) in found
    assert set(kept(found, NOON)) == set(found)


# --- keeping --------------------------------------------------------------------------------------------------


def test_a_snapshot_holds_the_exact_bytes_and_says_which_revision(path: Path, backups: Backups) -> None:
    payload = path.read_bytes().replace(b"\n", b"\r\n")
    kept_at = backups.keep(payload, path, NOON)
    assert kept_at is not None
    rev = json.loads(payload)["_meta"]["1"]["rev"]
    assert kept_at.name == f"20261127T120000-n1-{rev[:8]}.json.gz"
    assert gzip.decompress(kept_at.read_bytes()) == payload
    (found,) = backups.listing(NOON)
    assert read(found) == payload
    assert (found.path, found.when, found.n, found.rev) == (kept_at, NOON, 1, rev[:8])
    assert found.kinds == ("session", "daily", "weekly")
    assert found.size == kept_at.stat().st_size


def test_the_same_again_is_not_kept_twice(path: Path, backups: Backups) -> None:
    first = path.read_bytes()
    assert backups.keep(first, path, NOON) is not None
    assert backups.keep(first, path, NOON + timedelta(days=1)) is None
    assert backups.keep(changed(path, "Strike"), path, NOON + timedelta(days=1)) is not None
    assert backups.keep(first, path, NOON + timedelta(days=2)) is not None, "it is no longer the newest"
    assert [item.n for item in backups.listing(NOON)] == [1, 2, 1]


def test_two_of_one_revision_in_a_second_do_not_displace_each_other(path: Path, backups: Backups) -> None:
    one, other = path.read_bytes(), path.read_bytes().replace(b"Delay", b"Delax")
    backups.keep(one, path, NOON)
    backups.keep(other, path, NOON)
    assert backups.keep(other, path, NOON) is None, "the same again, though its name is a second ahead"
    assert [read(item) for item in backups.listing(NOON)] == [other, one]


def test_older_ones_give_way_to_a_new_one(path: Path, backups: Backups) -> None:
    """Twelve sessions of an hour each: of the first two the first day's newest one would stay, but they are of one day."""
    for hour in range(12):
        backups.keep(changed(path, f"Delay {hour}"), path, NOON - timedelta(hours=12 - hour))
    assert [item.when.hour for item in backups.listing(NOON)] == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]


def test_fault_022_a_clock_set_back_does_not_cost_the_new_one(path: Path, backups: Backups) -> None:
    for hour in range(11):
        backups.keep(changed(path, f"Delay {hour}"), path, NOON + timedelta(days=30, hours=hour))
    sessions = [changed(path, f"Now {hour}") for hour in range(4)]
    for hour, payload in enumerate(sessions):
        assert backups.keep(payload, path, NOON + timedelta(hours=hour)) is not None
        assert backups.keep(payload, path, NOON + timedelta(hours=hour, minutes=1)) is None, "the same again"
    held = [read(item) for item in backups.listing(NOON + timedelta(hours=4))]
    assert held[-4:] == sessions[::-1]
    assert len(held) == 14


@pytest.mark.parametrize("payload", [b"", b"\x00" * 4096, b'{"_meta": {', b"[]"], ids=["empty", "NUL", "torn", "list"])
def test_fault_020_what_is_damaged_is_not_kept_and_displaces_nothing(
    path: Path, backups: Backups, payload: bytes
) -> None:
    for hour in range(10):
        backups.keep(changed(path, f"Delay {hour}"), path, NOON + timedelta(hours=hour))
    before = names(backups)
    with pytest.raises(FileRefused):
        backups.keep(payload, path, NOON + timedelta(days=1))
    assert names(backups) == before


@pytest.mark.parametrize("umask", [0, 0o077, 0o777])
def test_fault_101_nobody_else_can_read_a_backup(path: Path, backups: Backups, state: Path, umask: int) -> None:
    if umask == 0o777 and os.geteuid() != 0:
        pytest.skip("only root can write where nobody may")
    path.chmod(0o664)
    old = os.umask(umask)
    try:
        backups.keep(path.read_bytes(), path, NOON)
    finally:
        os.umask(old)
    assert stat.S_IMODE(backups.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(entry.stat().st_mode) for entry in backups.folder.iterdir()} == {0o600}
    assert (stat.S_IMODE(state.stat().st_mode) | stat.S_IMODE(backups.folder.parent.stat().st_mode)) & 0o077 == 0


def test_fault_101_a_folder_that_others_may_enter_is_closed(path: Path, backups: Backups) -> None:
    backups.folder.mkdir(parents=True)
    backups.folder.chmod(0o755)
    backups.keep(path.read_bytes(), path, NOON)
    assert stat.S_IMODE(backups.folder.stat().st_mode) == 0o700


# --- failing --------------------------------------------------------------------------------------------------

CALLS = ("open", "write", "fsync", "replace", "unlink", "close", "fchmod", "scandir", "read", "fstat")


class Killed(BaseException):
    """The process ends here."""


def failing_at(monkeypatch: pytest.MonkeyPatch, place: int, error: Callable[[], BaseException]) -> list[str]:
    """Let the call of the system with this number, and all after it when it kills, fail; return the list of calls."""
    calls: list[str] = []

    def wrapped(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **more: Any) -> Any:
            calls.append(name)
            problem = error()
            if len(calls) == place or (isinstance(problem, Killed) and len(calls) > place):
                if name == "close":  # the descriptor is closed whatever is said of it
                    real(*arguments)
                raise problem
            return real(*arguments, **more)

        monkeypatch.setattr(os, name, call)

    for name in CALLS:
        wrapped(name)
    return calls


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_fault_021_at_whichever_call_it_fails_nothing_older_is_lost_and_no_half_one_stays(
    path: Path, backups: Backups, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    payloads = [changed(path, f"Delay {hour}") for hour in range(12)]
    for hour, payload in enumerate(payloads[:10]):
        backups.keep(payload, path, NOON + timedelta(hours=hour))
    before = names(backups)
    for place in range(1, 200):
        with monkeypatch.context() as patched:
            calls = failing_at(patched, place, lambda: OSError(code, os.strerror(code)))
            try:
                new = backups.keep(payloads[10], path, NOON + timedelta(hours=10))
            except PcsmError:
                new = None
            done = len(calls) < place
        after = names(backups)
        found = [read(item) for item in backups.listing(NOON)]
        assert set(found) <= set(payloads), calls
        assert set(before) <= set(after) or (payloads[10] in found and set(before[1:]) <= set(after)), calls
        assert new is None or found[0] == payloads[10]
        if done:
            break
        for name in set(after) - set(before):
            (backups.folder / name).unlink()
        if names(backups) != before:
            backups.keep(payloads[0], path, NOON, prune=False)
    assert done and place > 15
    assert new is not None and names(backups) == sorted([*before[1:], new.name])


def test_fault_004_killed_at_whichever_call_all_that_stays_is_whole_and_the_next_one_sweeps(
    path: Path, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    payloads = [changed(path, f"Delay {hour}") for hour in range(12)]
    for hour, payload in enumerate(payloads[:10]):
        backups.keep(payload, path, NOON + timedelta(hours=hour))
    oldest = read(backups.listing(NOON)[-1])
    for place in range(1, 200):
        with monkeypatch.context() as patched:
            calls = failing_at(patched, place, Killed)
            with contextlib.suppress(Killed):
                backups.keep(payloads[10], path, NOON + timedelta(hours=10))
            done = len(calls) < place
        found = [read(item) for item in backups.listing(NOON)]
        assert payloads[1:10] == [item for item in reversed(found) if item in payloads[1:10]], calls
        assert oldest in found or payloads[10] in found
        if done:
            break
    assert done and place > 15
    backups.keep(payloads[11], path, NOON + timedelta(hours=11))
    assert not [name for name in names(backups) if name.endswith(".tmp")]
    assert [read(item) for item in backups.listing(NOON)] == payloads[:1:-1]


def test_fault_021_one_that_cannot_be_read_back_displaces_none(
    path: Path, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(10):
        backups.keep(changed(path, f"Delay {hour}"), path, NOON + timedelta(hours=hour))
    before = names(backups)
    with monkeypatch.context() as patched:
        patched.setattr(gzip, "compress", lambda payload, *_, **__: b"\x1f\x8b" + payload)
        with pytest.raises(StorageFailed, match="cannot be read back"):
            backups.keep(changed(path, "New"), path, NOON + timedelta(days=1))
    assert names(backups) == before


def test_fault_021_one_that_the_disk_did_not_confirm_displaces_none(
    path: Path, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(10):
        backups.keep(changed(path, f"Delay {hour}"), path, NOON + timedelta(hours=hour))
    real = os.fsync

    def fails_for_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fails_for_folders)
    backups.keep(changed(path, "New"), path, NOON + timedelta(days=1))
    assert len(names(backups)) == 11


# --- reading --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda packed: packed[:-9], "damaged"),
        (lambda packed: packed[:40] + b"x" + packed[41:], "damaged"),
        (lambda packed: packed + packed, "damaged"),
        (lambda packed: b"", "damaged"),
        (lambda packed: b"{}", "damaged"),
        (lambda packed: gzip.compress(b'{"_meta": '), "not valid JSON"),
        (lambda packed: gzip.compress(b" " * (64 * 1024 * 1024 + 1)), "holds more than 67,108,864 bytes"),
    ],
    ids=["torn", "flipped", "twice", "empty", "not compressed", "not whole", "bomb"],
)
def test_a_damaged_backup_is_refused(path: Path, backups: Backups, spoil: Callable[[bytes], bytes], told: str) -> None:
    kept_at = backups.keep(path.read_bytes(), path, NOON)
    assert kept_at is not None
    kept_at.write_bytes(spoil(kept_at.read_bytes()))
    with pytest.raises(FileRefused, match=told) as refused:
        read(backups.listing(NOON)[0])
    assert str(kept_at) in refused.value.message


def test_what_is_no_snapshot_is_not_listed(path: Path, backups: Backups) -> None:
    kept_at = backups.keep(path.read_bytes(), path, NOON)
    assert kept_at is not None
    for name in ("notes.txt", "20261327T120000-n1-abc.json.gz", ".20261127T120000-n1-abc.json.gz.0a.tmp"):
        (backups.folder / name).write_bytes(b"x")
    (backups.folder / "20261127T130000-n1-abcdef12.json.gz").symlink_to(kept_at)
    assert [item.path for item in backups.listing(NOON)] == [kept_at]
    assert Backups(backups.folder / "none").listing(NOON) == []


def test_the_previous_save_lies_beside_the_file(path: Path) -> None:
    assert previous(path.with_name("other.pcsm.json")) is None
    before = path.read_bytes()
    changed(path, "Strike")
    found = previous(path)
    assert found is not None
    assert (found.path, found.n, found.kinds) == (previous_path(path), 1, ("previous save",))
    assert read(found) == before


# --- from a damaged file to its backups -----------------------------------------------------------------------


def damaged(path: Path) -> dict[str, bytes]:
    whole = path.read_bytes()
    return {"torn": whole[: len(whole) // 2], "NUL": b"\x00" * 4096, "empty": b"", "not UTF-8": whole + b"\xff"}


@pytest.mark.parametrize("how", ["torn", "NUL", "empty", "not UTF-8", "gone"])
def test_fault_020_a_damaged_file_leads_to_its_backups(path: Path, backups: Backups, state: Path, how: str) -> None:
    backups.keep(path.read_bytes(), path, NOON)
    Backups(folder_of(state, "another")).keep(path.read_bytes(), path.with_name("zed.pcsm.json"), NOON)
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(damaged(path)[how])
    found = for_path(state, path)
    assert found is not None and found.folder == backups.folder


def test_a_moved_file_leads_to_its_backups_by_what_it_says_and_by_its_new_place(
    path: Path, backups: Backups, state: Path
) -> None:
    backups.keep(path.read_bytes(), path, NOON)
    moved = path.rename(path.with_name("moved.pcsm.json"))
    found = for_path(state, moved)
    assert found is not None and found.folder == backups.folder
    found.keep(moved.read_bytes(), moved, NOON)
    assert backups.origins() == [moved, path]
    moved.write_bytes(b"")
    found = for_path(state, moved)
    assert found is not None and found.folder == backups.folder


@pytest.mark.parametrize("how", ["NUL", "empty", "gone"])
def test_fault_020_a_folder_that_was_moved_takes_the_way_to_the_backups_along(
    path: Path, backups: Backups, state: Path, how: str
) -> None:
    backups.keep(path.read_bytes(), path, NOON)
    changed(path, "Strike")
    moved = path.parent.rename(path.parent.with_name("moved")) / path.name
    if how == "gone":
        moved.unlink()
    else:
        moved.write_bytes(damaged(moved)[how])
    found = for_path(state, moved)
    assert found is not None and found.folder == backups.folder


def test_fault_019_another_engagement_in_its_place_does_not_lead_to_its_backups(
    path: Path, backups: Backups, state: Path
) -> None:
    backups.keep(path.read_bytes(), path, NOON)
    path.write_bytes(path.read_bytes().replace(FILE_ID.encode(), b"0" * 32))
    found = for_path(state, path)
    assert found is not None and found.listing(NOON) == []


def test_nothing_known_of_a_file_is_none(path: Path, state: Path) -> None:
    path.write_bytes(b"")
    assert for_path(state, path) is None
    assert for_path(state, path.parent) is None


def test_the_head_of_a_file_with_all_its_ancestry_names_it(path: Path) -> None:
    for turn in range(70):
        changed(path, str(turn))
    path.write_bytes(path.read_bytes()[:4200])
    assert file_id_of(path) == FILE_ID


@pytest.mark.parametrize("file_id", ["../../etc", "/etc", ".", "a b", "", "x" * 300, "\udc80"])
def test_fault_052_an_identity_that_is_no_name_stays_within_the_folder(state: Path, file_id: str) -> None:
    folder = folder_of(state, file_id)
    assert folder.parent == state / "backups" and ".." not in folder.parts
    assert len(folder.name) < 100 and folder.name.startswith("~")
