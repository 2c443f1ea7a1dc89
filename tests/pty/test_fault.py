"""A fault of the program's own: what was done is kept, the terminal given back, and nobody's data told of."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from in_terminal import IN_TIME, LEFT_SCREEN, begin_form, is_as_before, opened

FAULTY = """
import sys
import threading
from pcsm_tui.__main__ import main
from pcsm_tui.ui.app import PcsmApp

def fault(told):
    name = "Sue Wong"
    raise ValueError(f"{name} has no {told}")

def in_a_thread():
    thread = threading.Thread(target=fault, args=("plan",))
    thread.start()

PcsmApp.action_repaint = lambda app: %s
sys.exit(main())
"""


@pytest.mark.parametrize("where", ["fault('plan')", "in_a_thread()"])
def test_fault_093_a_fault_keeps_what_was_typed_and_tells_nobodys_data(path: Path, where: str) -> None:
    state = Path(os.environ["XDG_STATE_HOME"])
    with opened(path, program=("-c", FAULTY % where)) as terminal:
        begin_form(terminal)
        written = terminal.press("\x0c", wanted=LEFT_SCREEN, quiet=0.5)
        assert terminal.wait_for_end(IN_TIME, reading=True).code == 70
        assert is_as_before(terminal)
    assert written.found_ms, "the terminal is given back"
    (report,) = state.rglob("crash-*.txt")
    told = written.data.partition(LEFT_SCREEN.encode())[2].decode()
    assert report.name in told.replace("\r\n", "")
    text = report.read_text()
    assert "in fault" in text
    assert "ValueError" in text
    for private in ("Sue", "Ring", "half a thought", "Ada", str(Path.home()), str(path.parent)):
        assert private not in text
        assert private not in told or private in str(report)
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    (journal,) = state.rglob("*.journal")
    assert "half a thought" in journal.read_text()
