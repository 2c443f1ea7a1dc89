"""Notes of who has an engagement open: true while a session lives, gone with it, and nobody's trap."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.store import presence
from pcsm_tui.store.presence import Other, Presence, open_elsewhere, read_notes, told
from tests.store.saved import ROOT, leftovers

SINCE = "2026-11-22T10:02:00Z"
MINUTE, HOUR, DAY = 60, 3600, 86400


def note_of(path: Path, session: str) -> Path:
    return path.with_name(f".{path.name}.open.{session}")


def sessions(path: Path) -> list[str]:
    """Return the sessions that have a note beside the file."""
    return sorted(name.rpartition(".")[2] for name in leftovers(path))


@pytest.fixture
def ada(path: Path) -> Presence:
    """Return the presence of a session of ada, announced."""
    ada = Presence(path, "ada", "a1", SINCE)
    ada.announce()
    return ada


def forge(path: Path, session: str, age: float = 0, **changes: Any) -> Path:
    """Write the note of a session like ada's with some of it changed, whose last heartbeat is so many seconds ago."""
    note = {**json.loads(note_of(path, "a1").read_text()), "user": session, **changes}
    file = note_of(path, session)
    file.write_text(json.dumps(note))
    beat = note_of(path, "a1").stat().st_mtime - age
    os.utime(file, (beat, beat))
    return file


OTHER = """
import sys
from pathlib import Path
from pcsm_tui.store.presence import Presence
presence = Presence(Path(sys.argv[1]), "ben", "b1", "2026-11-22T10:02:00Z")
presence.announce()
print("there", flush=True)
sys.stdin.readline()
presence.leave()
print("gone", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def ben(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield another process, at a terminal of its own, that has the engagement open and leaves it for a line of input."""
    master, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=terminal, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        process.terminal = os.ttyname(terminal).removeprefix("/dev/")  # type: ignore[attr-defined]
        yield process
        process.kill()
    os.close(master)
    os.close(terminal)


# --- two sessions -------------------------------------------------------------------------------------------------


def test_fault_025_each_of_two_sessions_is_told_of_the_other(path: Path, ada: Presence, ben: Any) -> None:
    assert ada.others() == [Other("ben", ben.terminal, "", SINCE, 0)]
    assert read_notes(path, note_of(path, "b1"))[0].user == "ada"
    ben.stdin.write("\n")
    ben.stdin.flush()
    assert ben.stdout.readline() == "gone\n"
    assert ada.others() == []
    ada.leave()
    assert sessions(path) == []


def test_fault_025_a_session_that_was_killed_is_neither_told_nor_left_lying(
    path: Path, ada: Presence, ben: Any
) -> None:
    ben.kill()
    assert ben.wait() != 0
    assert ada.others() == []
    assert sessions(path) == ["a1"]


def test_fault_025_a_killed_session_that_nobody_waited_for_is_over_too(path: Path, ada: Presence, ben: Any) -> None:
    ben.kill()
    os.waitid(os.P_PID, ben.pid, os.WEXITED | os.WNOWAIT)  # ended, and still in the table of processes
    assert ada.others() == []


def test_fault_039_two_sessions_of_one_user_are_two(path: Path, ada: Presence) -> None:
    second = Presence(path, "ada", "a2", SINCE)
    second.announce()
    assert [other.user for other in ada.others()] == ["ada"]
    assert [other.user for other in second.others()] == ["ada"]
    second.leave()
    assert ada.others() == []


def test_a_link_and_its_file_are_the_same_engagement(path: Path, tmp_path: Path, ada: Presence) -> None:
    link = tmp_path / "link.pcsm.json"
    link.symlink_to(path)
    second = Presence(link, "ben", "b1", SINCE)
    second.announce()
    assert [other.user for other in ada.others()] == ["ben"]


def test_another_engagement_has_other_sessions(path: Path, ada: Presence) -> None:
    for name in ("acme.pcsm.json.old", "acme.pcsm", "other.pcsm.json"):
        beside = path.with_name(name)
        beside.write_bytes(path.read_bytes())
        Presence(beside, "ben", "b1", SINCE).announce()
    assert ada.others() == []


def test_only_other_processes_are_open_elsewhere(path: Path, ada: Presence, ben: Any) -> None:
    Presence(path, "ada", "a2", SINCE).announce()
    assert [other.user for other in open_elsewhere(path, time.time())] == ["ben"]


# --- the note -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_note_is_open_to_whom_the_engagement_is(path: Path, mode: int) -> None:
    path.chmod(mode)
    old = os.umask(0o077)
    try:
        Presence(path, "ada", "a1", SINCE).announce()
    finally:
        os.umask(old)
    assert stat.S_IMODE(note_of(path, "a1").stat().st_mode) == mode


def test_a_note_says_who_and_where(path: Path, ada: Presence) -> None:
    note = json.loads(note_of(path, "a1").read_text())
    assert (note["user"], note["since"], note["pid"]) == ("ada", SINCE, os.getpid())
    assert note["host"] == os.uname().nodename[:80]
    assert note["started"] == Path(f"/proc/{os.getpid()}/stat").read_text().split(") ")[1].split()[19]
    assert note_of(path, "a1").stat().st_size < 4096


def test_a_note_that_is_gone_comes_back_with_the_next_heartbeat_until_one_leaves(path: Path, ada: Presence) -> None:
    note_of(path, "a1").unlink()
    ada.beat()
    assert sessions(path) == ["a1"]
    ada.leave()
    ada.leave()
    ada.beat()
    ada.others()
    assert sessions(path) == []


def test_a_heartbeat_touches_the_note(path: Path, ada: Presence) -> None:
    os.utime(note_of(path, "a1"), (1, 1))
    ada.beat()
    assert abs(note_of(path, "a1").stat().st_mtime - time.time()) < MINUTE


def test_no_note_is_made_for_an_engagement_that_is_gone(path: Path) -> None:
    path.unlink()
    presence = Presence(path, "ada", "a1", SINCE)
    presence.announce()
    presence.beat()
    assert presence.others() == []
    assert sessions(path) == []


def test_a_trap_in_place_of_the_own_note_is_neither_followed_nor_written(path: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    os.utime(precious, (1, 1))
    note_of(path, "a1").symlink_to(precious)
    presence = Presence(path, "ada", "a1", SINCE)
    presence.announce()
    presence.beat()
    assert presence.others() == []
    presence.leave()
    assert precious.read_text() == "precious"
    assert precious.stat().st_mtime == 1


def test_a_folder_that_cannot_be_written_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Presence(path, "ben", "b1", SINCE).announce()

    def refuse(*arguments: Any, **more: Any) -> None:
        raise PermissionError(13, "Permission denied")

    real = os.open
    monkeypatch.setattr(os, "open", lambda name, flags, *rest: (refuse if flags & os.O_CREAT else real)(name, flags))
    monkeypatch.setattr(os, "unlink", refuse)
    monkeypatch.setattr(os, "utime", refuse)
    presence = Presence(path, "ada", "a1", SINCE)
    presence.announce()
    presence.beat()
    assert [other.user for other in presence.others()] == ["ben"]
    presence.leave()


# --- who counts ---------------------------------------------------------------------------------------------------


def dead_pid() -> int:
    """Return the id of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_a_process_of_the_same_id_that_started_at_another_time_is_another(path: Path, ada: Presence) -> None:
    forge(path, "ben", started="1")
    forge(path, "cleo")
    assert [other.user for other in ada.others()] == ["cleo"]
    assert sessions(path) == ["a1", "cleo"]


def test_a_session_on_this_machine_may_be_silent_as_long_as_it_lives(path: Path, ada: Presence) -> None:
    """A suspended one, say."""
    forge(path, "ben", age=2 * DAY)
    assert [(other.user, other.seconds) for other in ada.others()] == [("ben", 2 * DAY)]
    assert sessions(path) == ["a1", "ben"]


@pytest.mark.parametrize(
    ("age", "seen", "kept"),
    [(0, True, True), (170, True, True), (190, False, True), (DAY - MINUTE, False, True), (DAY + MINUTE, False, False)],
)
@pytest.mark.parametrize(
    "elsewhere", [{"host": "saturn"}, {"boot": "an earlier one"}], ids=["another host", "another boot"]
)
def test_a_session_that_cannot_be_looked_at_counts_by_its_heartbeat(
    path: Path, ada: Presence, elsewhere: dict[str, str], age: int, seen: bool, kept: bool
) -> None:
    forge(path, "ben", age, pid=dead_pid(), **elsewhere)
    assert [other.user for other in ada.others()] == (["ben"] if seen else [])
    assert sessions(path) == (["a1", "ben"] if kept else ["a1"])


@pytest.mark.parametrize(("age", "seen"), [(170, True), (190, False)])
def test_where_processes_cannot_be_told_apart_the_heartbeat_counts(
    path: Path, ada: Presence, age: int, seen: bool
) -> None:
    forge(path, "ben", age, started="")
    assert [other.user for other in ada.others()] == (["ben"] if seen else [])


def test_where_processes_cannot_be_told_apart_one_that_is_gone_is_gone(path: Path, ada: Presence) -> None:
    forge(path, "ben", started="", pid=dead_pid())
    assert ada.others() == []
    assert sessions(path) == ["a1"]


@pytest.mark.parametrize("jump", [-DAY, DAY, 10 * 365 * DAY])
def test_fault_022_our_clock_decides_nothing(
    path: Path, ada: Presence, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    forge(path, "ben", 100, host="saturn")
    forge(path, "cleo", 300, host="saturn")
    now = time.time() + jump
    monkeypatch.setattr(time, "time", lambda: now)
    assert [(other.user, other.seconds) for other in ada.others()] == [("ben", 100)]
    assert sessions(path) == ["a1", "ben", "cleo"]


def test_fault_022_a_heartbeat_of_tomorrow_is_one_of_now(path: Path, ada: Presence) -> None:
    forge(path, "ben", -DAY, host="saturn")
    assert [(other.user, other.host, other.seconds) for other in ada.others()] == [("ben", "saturn", 0)]


def test_a_session_that_was_silent_itself_still_knows_how_late_it_is(path: Path, ada: Presence) -> None:
    forge(path, "ben", 300, host="saturn")
    os.utime(note_of(path, "a1"), (1, 1))
    assert ada.others() == []


def test_a_reader_without_a_note_of_its_own_removes_none_by_its_age(path: Path, ada: Presence) -> None:
    forge(path, "ben", 2 * DAY, host="saturn")
    assert [other.user for other in Presence(path, "cleo", "c1", SINCE).others()] == ["ada"]
    assert sessions(path) == ["a1", "ben"]


def test_the_one_that_was_last_active_comes_first(path: Path, ada: Presence) -> None:
    for user, age in (("ben", 50), ("cleo", 10), ("dan", 90)):
        forge(path, user, age)
    assert [other.user for other in ada.others()] == ["cleo", "ben", "dan"]


# --- notes that are none ------------------------------------------------------------------------------------------


def with_huge(file: Path) -> None:
    file.write_bytes(file.with_name(".acme.pcsm.json.open.ben").read_bytes() + b" " * 5000)


NONSENSE: dict[str, Callable[[Path], Any]] = {
    "empty": lambda file: file.touch(),
    "no JSON": lambda file: file.write_bytes(b"\xff{"),
    "deep": lambda file: file.write_text("[" * 4000),
    "a number": lambda file: file.write_text("9" * 4000),
    "a list": lambda file: file.write_text("[]"),
    "no fields": lambda file: file.write_text("{}"),
    "huge": with_huge,
    "a folder": lambda file: file.mkdir(),
    "a pipe": lambda file: os.mkfifo(file),
    "a link to nothing": lambda file: file.symlink_to("nothing"),
    "a link to itself": lambda file: file.symlink_to(file),
    "a link to a note": lambda file: file.symlink_to(file.with_name(".acme.pcsm.json.open.ben")),
}


@pytest.mark.parametrize("make", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_in_place_of_a_note_changes_nothing(path: Path, ada: Presence, make: Callable[[Path], Any]) -> None:
    forge(path, "ben")
    trap = note_of(path, "trap")
    make(trap)
    assert [other.user for other in ada.others()] == ["ben"]
    assert trap.is_symlink() or trap.exists()


@pytest.mark.parametrize("name", ["user", "tty", "host", "since", "pid", "boot", "started"])
@pytest.mark.parametrize("value", [None, -1, 0, True, 1.5, 2**40, [], {}])
def test_a_note_with_a_value_of_the_wrong_kind_is_none(path: Path, ada: Presence, name: str, value: Any) -> None:
    forge(path, "ben", **{name: value})
    assert ada.others() == []


def test_a_pipe_that_holds_a_note_is_none(path: Path, ada: Presence) -> None:
    pipe = note_of(path, "trap")
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR)
    os.write(descriptor, note_of(path, "a1").read_bytes())
    assert ada.others() == []
    os.close(descriptor)


def test_what_a_note_says_steers_no_terminal_and_is_short(path: Path, ada: Presence) -> None:
    forge(path, "ben", user="b\x1b[31m\n\u202een" + "n" * 1000, tty="\x9b2J", host="\x07x", since="2026\x1b" * 30)
    (ben,) = ada.others()
    assert ben.user.startswith("b␛[31m ⟪U+202E⟫en")
    assert (ben.tty, ben.host) == ("⟨9B⟩2J", "␇x")
    assert all(len(text) <= 80 and text.isprintable() for text in ben[:4])


def test_a_user_of_an_odd_name_is_announced_all_the_same(path: Path, ada: Presence) -> None:
    odd = Presence(path, "\ud800" + "n" * 10_000, "b1", SINCE)
    odd.announce()
    (other,) = ada.others()
    assert other.user.startswith("⟪U+D800⟫nnn")


def test_no_more_than_fifty_notes_are_read(path: Path, ada: Presence, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    real = presence.read_note
    monkeypatch.setattr(presence, "read_note", lambda file: read.append(file) or real(file))
    for number in range(60):
        forge(path, f"s{number}")
    assert len(ada.others()) == 50
    assert len(read) == 50


# --- in words -----------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def in_calcutta(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the clock of this place five and a half hours ahead of UTC."""
    monkeypatch.setenv("TZ", "IST-5:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_calcutta")
@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Other("ada", "pts/3", "", SINCE, 75), "also open: ada (pts/3) since 15:32, active 1 min ago"),
        (Other("ada", "pts/3", "saturn", SINCE, 0), "also open: ada (pts/3 on saturn) since 15:32, active now"),
        (Other("ada", "", "saturn", SINCE, 59), "also open: ada (saturn) since 15:32, active now"),
        (Other("ada", "", "", SINCE, 3599), "also open: ada since 15:32, active 59 min ago"),
        (Other("ada", "", "", SINCE, 7200), "also open: ada since 15:32, active 2 h ago"),
        (Other("ada", "", "", SINCE, 3 * DAY), "also open: ada since 15:32, active 3 d ago"),
        (Other("ada", "", "", "2026-11-21T18:30:00Z", 0), "also open: ada since 00:00, active now"),
        (Other("ada", "", "", "2026-11-21T18:29:00Z", 0), "also open: ada since 2026-11-21 23:59, active now"),
        (Other("ada", "", "", "soon", 0), "also open: ada, active now"),
        (Other("ada", "", "", "9999-12-31T23:59:59Z", 0), "also open: ada, active now"),
    ],
)
def test_fault_025_who_else_is_there_in_words(other: Other, words: str) -> None:
    assert told([other], NOW) == words


@pytest.mark.usefixtures("in_calcutta")
def test_fault_025_more_than_one_are_counted() -> None:
    one = Other("ada", "pts/3", "", SINCE, 0)
    words = "also open: ada (pts/3) since 15:32, active now"
    assert told([], NOW) == ""
    assert told([one, one], NOW) == f"{words}, +1 other"
    assert told([one, one, one], NOW) == f"{words}, +2 others"


@pytest.mark.usefixtures("in_calcutta")
def test_fault_025_a_session_of_yesterday_is_told_with_its_day() -> None:
    one = Other("ada", "", "", SINCE, 0)
    assert told([one], NOW + timedelta(hours=6, minutes=29)) == "also open: ada since 15:32, active now"
    assert told([one], NOW + timedelta(hours=6, minutes=30)) == "also open: ada since 2026-11-22 15:32, active now"
