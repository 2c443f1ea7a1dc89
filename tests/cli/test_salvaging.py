"""A damaged file, what is told of it, and the new one that is made of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


@pytest.fixture
def damaged(pcsm, harbour: Path) -> Path:
    """Return an engagement file with two risks and an action that was cut off within the second risk."""
    pcsm("add", "harbour", "actions", "action=Call Sue")
    for name in ("Old radios", "Union ballot"):
        pcsm("add", "harbour", "adoption-risks", f"name={name}")
    payload = harbour.read_bytes()
    last = max(payload.index(b'"name": "Old radios"'), payload.index(b'"name": "Union ballot"'))
    harbour.write_bytes(payload[: last + 12])
    return harbour


def test_fault_041_a_damaged_file_is_refused_and_salvage_makes_a_new_one(pcsm, damaged: Path) -> None:
    before = damaged.read_bytes()
    refused = pcsm("show", str(damaged), code=3).err
    assert "not valid JSON: line" in refused
    assert f"pcsm salvage {damaged}" in refused
    run = pcsm("salvage", str(damaged), code=1)
    new = damaged.with_name(damaged.name.replace(".pcsm.json", "-salvaged.pcsm.json"))
    lines = run.out.splitlines()
    assert lines[0] == str(new)
    kept = dict(line.split() for line in lines[2:] if not line.startswith("Lost: "))
    assert kept == {"actions": "1", "adoption-risks": "2"}
    assert any(line.startswith("Lost: adoption-risks/") and "cut off" in line for line in lines)
    assert damaged.read_bytes() == before
    assert new.stat().st_mode & 0o777 == 0o600
    assert "Call Sue" in pcsm("show", str(new), "actions").out
    assert pcsm("set", str(new), "engagement", "initiative=Again").code == 0
    old_meta, meta = (next(iter(json.loads(text)["_meta"].values())) for text in (_closed(before), new.read_bytes()))
    assert meta["file_id"] == old_meta["file_id"]
    assert old_meta["rev"] in meta["ancestry"]


def _closed(payload: bytes) -> bytes:
    """Return the head of a cut file, up to the end of its first table, as JSON."""
    return payload[: payload.index(b"\n  },\n") + 4] + b"}"


def test_nothing_is_ever_written_over(pcsm, damaged: Path, tmp_path: Path) -> None:
    first = pcsm("salvage", str(damaged), "--json", code=1).data
    second = pcsm("salvage", damaged.name.removesuffix(".pcsm.json"), "--json", code=1).data
    assert second["path"] == first["path"].replace("-salvaged.", "-salvaged-2.")
    assert first["kept"] == second["kept"]
    assert first["lost"] == second["lost"]
    before = damaged.read_bytes()
    for out in (first["path"], str(damaged)):
        assert "exists already" in pcsm("salvage", str(damaged), "--out", out, code=3).err
    (tmp_path / "link.pcsm.json").symlink_to(tmp_path / "nowhere")
    assert "exists already" in pcsm("salvage", str(damaged), "--out", str(tmp_path / "link.pcsm.json"), code=3).err
    assert "end in .pcsm.json" in pcsm("salvage", str(damaged), "--out", str(tmp_path / "x.json"), code=3).err
    assert "cannot be written" in pcsm("salvage", str(damaged), "--out", str(tmp_path / "no/x.pcsm.json"), code=4).err
    assert damaged.read_bytes() == before
    named = pcsm("salvage", str(damaged), "--out", str(tmp_path / "again.pcsm.json"), "--json", code=1).data
    assert Path(named["path"]) == tmp_path / "again.pcsm.json"


def test_of_a_whole_file_nothing_is_lost(pcsm, harbour: Path) -> None:
    run = pcsm("salvage", str(harbour))
    new = Path(run.out.splitlines()[0])
    old, made = (json.loads(path.read_bytes()) for path in (harbour, new))
    assert {**old, "_meta": 0} == {**made, "_meta": 0}
    assert "Lost" not in run.out


def test_where_nothing_can_be_kept_nothing_is_written(pcsm, harbour: Path, tmp_path: Path) -> None:
    before = sorted(harbour.parent.iterdir())
    for payload in (b"", b"\x00" * 4096, b"garbage", b"[[[["):
        harbour.write_bytes(payload)
        assert "no record that could be kept" in pcsm("salvage", str(harbour), code=3).err
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert "is not a file" in pcsm("salvage", str(path), code=3).err
    assert "no engagement" in pcsm("salvage", "nosuch", code=2).err
    assert sorted(harbour.parent.iterdir()) == before


def test_fault_042_a_file_with_conflict_markers_is_united(pcsm, harbour: Path) -> None:
    pcsm("add", "harbour", "actions", "action=Call Sue")
    text = harbour.read_text()
    line = next(line for line in text.splitlines(keepends=True) if "Call Sue" in line)
    both = f"<<<<<<< HEAD\n{line}=======\n{line.replace('Sue', 'Tom')}>>>>>>> theirs\n"
    harbour.write_text(text.replace(line, both))
    assert "`pcsm salvage" in pcsm("check", str(harbour), code=3).err
    data = pcsm("salvage", str(harbour), "--json", code=1).data
    assert "Call Sue" in pcsm("show", data["path"], "actions").out
    assert any('the second side has "Call Tom", the first "Call Sue"' in told for told in data["lost"])


def test_fault_049_the_limit_is_a_setting(pcsm, harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcsm_tui.store import canonical

    monkeypatch.setattr(canonical, "LARGEST_FILE", canonical.LARGEST_FILE)  # what the program sets ends with the test
    pcsm("add", "harbour", "timeline", "subject=x", "note=" + "n" * 190_000)
    payload = harbour.read_bytes()
    harbour.write_bytes(payload + b" " * (2**20 - len(payload) + 1))
    pcsm("show", str(harbour))
    monkeypatch.setenv("PCSM_MAX_SIZE", "1")
    refused = pcsm("show", str(harbour), code=3).err
    assert "1,048,577 bytes. The limit is 1,048,576. If you trust it, PCSM_MAX_SIZE=2 (in MB)" in refused
    monkeypatch.setenv("PCSM_MAX_SIZE", "2")
    pcsm("show", str(harbour))
    for wrong in ("0", "-1", "two", "99999"):
        monkeypatch.setenv("PCSM_MAX_SIZE", wrong)
        assert "max_size" in pcsm("show", str(harbour), code=2).err
