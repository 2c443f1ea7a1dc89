"""The commands as processes: exit codes, what goes where, and nothing that looks like a crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "pcsm_tui"]


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with nothing to read."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **more},
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository with one engagement and one damaged file."""
    place = tmp_path / "repository"
    assert run("new", "Harbour Foods", "--dir", str(place)).returncode == 0
    (place / "broken.pcsm.json").write_text("{")
    return place


def test_exit_codes_and_where_things_are_written(folder: Path) -> None:
    file, broken = str(folder / "harbour-foods.pcsm.json"), str(folder / "broken.pcsm.json")
    for arguments, code in (
        (["list", str(folder)], 0),
        (["show", file], 0),
        (["check", file], 0),
        (["show", broken], 3),
        (["export", file, "--tool", "timeline"], 3),
        (["add", file, "actions", "due=someday"], 2),
        (["add", file, "actions", "--nope"], 2),
        ([file], 2),
        ([], 2),
        (["nope"], 2),
    ):
        ended = run(*arguments)
        assert (ended.returncode, "Traceback" in ended.stdout + ended.stderr) == (code, False), (arguments, ended)
        assert bool(ended.stderr) is (code != 0 or arguments[0] in ("check", "list")), (arguments, ended)
        if code:
            assert ended.stdout == ""
            assert ended.stderr.startswith("pcsm: ")


def test_the_version_needs_neither_click_nor_anything_else() -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pcsm_tui", "--version"], capture_output=True, text=True, timeout=60
    )
    assert ended.stdout == "pcsm 0.1.0\n"
    imported = {line.rsplit("|", 1)[1].strip() for line in ended.stderr.splitlines() if "|" in line}
    assert not imported & {"click", "textual", "pydantic", "tinydb", "pcsm_tui.settings", "pcsm_tui.workspace"}


def test_lists_need_no_models(folder: Path) -> None:
    (folder / "broken.pcsm.json").unlink()
    run("list", str(folder))
    for command in ("list", "today"):
        ended = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "pcsm_tui", command, str(folder)], capture_output=True, text=True
        )
        imported = {line.rsplit("|", 1)[1].strip() for line in ended.stderr.splitlines() if "|" in line}
        assert ended.returncode == 0
        assert not imported & {"textual", "pydantic", "networkx"}


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    process = subprocess.Popen([*COMMAND, "tools", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 141
    process.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_full_is_told() -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run([*COMMAND, "tools"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (4, "pcsm: No space left on device.\n")


def test_a_closed_output_is_no_crash(folder: Path) -> None:
    ended = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "list", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr


def test_an_output_that_is_not_utf8(tmp_path: Path) -> None:
    run("new", "Zürich 日本", "--dir", str(tmp_path))
    latin = run("list", str(tmp_path), PYTHONIOENCODING="ascii")
    assert (latin.returncode, "Z\\xfcrich" in latin.stdout) == (0, True)
    data = run("list", str(tmp_path), "--json", PYTHONIOENCODING="ascii")
    assert json.loads(data.stdout)[0]["customer"] == "Zürich 日本"


def test_bytes_that_are_not_utf8_are_refused_and_stored_nowhere(folder: Path) -> None:
    file = folder / "harbour-foods.pcsm.json"
    before = file.read_bytes()
    for arguments in ([b"new", b"\xff"], [b"add", bytes(file), b"actions", b"action=\xff"], [b"search", b"\xff"]):
        ended = subprocess.run([*map(os.fsencode, COMMAND), *arguments], capture_output=True, timeout=60)
        assert (ended.returncode, ended.stdout, b"Traceback" in ended.stderr) == (2, b"", False), arguments
    assert file.read_bytes() == before


def test_a_full_disk_leaves_the_file(folder: Path) -> None:
    file = folder / "harbour-foods.pcsm.json"
    before = file.read_bytes()
    limited = "import resource,runpy,signal,sys;resource.setrlimit(resource.RLIMIT_FSIZE,(64,64));"
    limited += "signal.signal(signal.SIGXFSZ,signal.SIG_IGN);sys.argv[0]='pcsm';runpy.run_module('pcsm_tui',run_name='__main__')"
    ended = subprocess.run(
        [sys.executable, "-c", limited, "add", str(file), "actions", "action=x"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (4, False)
    assert file.read_bytes() == before


def test_an_interrupt_ends_with_130(folder: Path) -> None:
    """The command waits for a lock that another process holds, and is interrupted there."""
    import fcntl

    file = folder / "harbour-foods.pcsm.json"
    before = file.read_bytes()
    with open(folder / ".harbour-foods.pcsm.json.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        traced = "import sys,runpy,pcsm_tui.store.locks as locks;kept=locks.time.sleep;"
        traced += "locks.time.sleep=lambda s:(print('waiting',flush=True),kept(s));sys.argv[0]='pcsm';"
        traced += "runpy.run_module('pcsm_tui',run_name='__main__')"
        process = subprocess.Popen(
            [sys.executable, "-c", traced, "add", str(file), "actions", "action=x"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (130, False)
    assert file.read_bytes() == before
