"""What reaches a real terminal: nothing that data could steer it with."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

from bench.terminal import Terminal
from stories.making import copy_samples

SEQUENCE = re.compile(rb"\x1b(?:\[[0-9;?<>=:]*[ -/]*[@-~]|\][^\x07\x1b]*\x07?|[PX^_][^\x1b]*|.)", re.DOTALL)
"""An escape sequence: CSI; OSC; DCS, SOS, PM and APC; or a single character."""

POINTER = b"\x1b]22;"
"""The one OSC of the screen itself: the shape of the mouse pointer."""

PLANTED = (
    b"\x1b]52", b"\x1b]0;", b"\x1b]8;", b"\x1bP$q", b"\x1b[1A\x1b[2K", b"\x1b[2J\x1b[H", b"\x1b[5mblink", b"\x1b[1;1HLine 3",
    *(sign.encode() for sign in "\u202e\u202c\u2066\u2069\u200b\u2028\u2029\ufeff"),
)  # fmt: skip
"""Some of what stands in the sample: clipboard, title, link, device control, moving about, invisible signs."""

TOOLS = ("Actions", "Stakeholder Man", "Work Break", "Timeline", "Documents", "Adoption Risks", "RACI", "Engagement")
PALETTE = "\x10"
"""Ctrl+p, which opens it also while one types."""


def test_fault_090_nothing_of_the_hostile_sample_steers_the_terminal(tmp_path: Path) -> None:
    copy_samples(tmp_path, "tokyo-sakura")
    path = tmp_path / "tokyo-sakura.pcsm.json"
    planted = re.findall(r'": "[^"]*\\u001b[^"]*"', path.read_text())
    held = json.dumps(json.loads(path.read_text()), ensure_ascii=False)
    assert "\\u001b]52;" in held and "\u202e" in held, "the sample still bites"
    command = [sys.executable, "-m", "pcsm_tui", str(tmp_path)]
    with Terminal(command, (80, 24), {**os.environ, "TERM": "xterm-256color"}) as terminal:
        stream = terminal.start("Today").data
        for keys in (
            ["G", "g", "P"],
            ["enter", "3"],
            *([PALETTE, tool, "enter", "down", "right", "e", "tab", "tab", "tab"] for tool in TOOLS),
            [PALETTE, "search", "enter", "alert", "down"],
            ["?"],
        ):
            stream += terminal.press(*keys, quiet=0.5).data
        text = SEQUENCE.sub(b"", stream)
        assert all(sign.encode() in text for sign in ("␛", "⟪U+202E⟫", "⟨9B⟩")), "it was on the screen"
        assert [raw for raw in PLANTED if raw in stream] == []
        controls = [match[0] for match in SEQUENCE.finditer(stream) if match[0][1:2] in b"]PX^_"]
        assert [control for control in controls if not control.startswith(POINTER)] == []
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
        assert not re.search(rb"\xc2[\x80-\x9f]", text), "C1, written as UTF-8"
    after = path.read_text()
    assert planted
    assert [text for text in planted if text not in after] == [], "stored unchanged"
