"""Bytes that are meant to hurt: bombs, wrong shapes, names that mean something elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import FileRefused
from pcsm_tui.store import canonical
from pcsm_tui.store.bulk import has_more_values, place_nested_deeper, values_at_most
from pcsm_tui.store.canonical import from_bytes, to_bytes
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.workspace.checking import check
from tests.store.saved import opened, untouched
from tests.support import empty_document, engagement, small_framework

PATH = Path("acme.pcsm.json")
MEGABYTE = 2**20
ROOT = Path(__file__).parents[2]


def refusal(payload: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        from_bytes(payload, PATH)
    return refused.value


def with_value(text: str) -> bytes:
    """Return a file with one value in a record, as text."""
    return f'{{"t": {{"1": {{"a": {text}}}}}}}'.encode()


# --- 41 to 43: what the sentence says -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (b'{"t": {"1": {"a": 1}', "line 1, column 21"),
        (b'{"t": {\n"1": {}}}\nx', "line 3, column 1"),
        (b"{}\n{}", "line 2, column 1"),
        (b'{"t": {\n"1": \x00\x00\x00', "3 NUL bytes, the first in line 2"),
        (b'{"t": {},\n"t": {}}', "line 2: the key 't' stands twice"),
        (b'{"t": {"1": {"a": "\xc3\xa4\n\xff"}}}', "line 2 has the byte 0xff"),
    ],
)
def test_fault_041_044_a_damaged_file_leads_to_its_copies_and_to_salvage(payload: bytes, place: str) -> None:
    refused = refusal(payload)
    assert place in refused.message
    assert f"`pcsm backup list {PATH}`" in refused.hint
    assert f"`pcsm salvage {PATH}`" in refused.hint
    assert "Nothing was changed" in refused.hint
    with pytest.raises(FileRefused) as other:
        from_bytes(payload, Path("it's mine.json"))
    assert "pcsm salvage 'it'\"'\"'s mine.json'`" in other.value.hint


def test_fault_042_conflict_markers_lead_to_salvage() -> None:
    refused = refusal(b'{\n<<<<<<< HEAD\n"a": {}\n=======\n"b": {}\n>>>>>>> x\n}')
    assert "conflict markers, the first in line 2" in refused.message
    assert "`pcsm salvage acme.pcsm.json` unites both sides" in refused.hint
    assert "conflict markers, the first in line 2" in refusal(b'{"a": {}\n>>>>>>> x\n}').message


def test_fault_043_the_first_few_wrong_places_are_told_together_with_what_would_be_right() -> None:
    document = {
        "a": [1],
        "b": {"x": {}, "1": 5, "2": {"ok": 1}},
        "c": "text",
        "d": {"3": {"deep": None}, "4": [], "05": {}},
    }
    message = refusal(json.dumps(document).encode()).message
    assert message == (
        "acme.pcsm.json: table 'a' is a list instead of an object of records by their id; b has the record id 'x' instead of"
        " a whole number up to 9007199254740991; b/1 is a number instead of an object of fields; and 3 more."
    )
    many = json.dumps({"t": {f"x{number}": {} for number in range(5000)}}).encode()
    assert "and many more" in refusal(many).message
    assert len(refusal(many).message) < 400


# --- 45 -------------------------------------------------------------------------------------------------------


def test_fault_045_a_uid_that_stands_twice_is_opened_and_told_of_at_both_with_what_refers_to_it(path: Path) -> None:
    twin, other = "a" * 32, "b" * 32
    tables = {
        "risks": {"1": {"uid": twin, "name": "One"}, "2": {"uid": twin, "name": "Two"}},
        "samples": {"3": {"uid": other, "name": "Three", "one": twin, "many": [twin]}},
    }
    path.write_bytes(to_bytes({**empty_document(), **tables}))
    seen = Engagement(opened(path)[1], small_framework())
    told = [(finding.tool, finding.sentence) for finding in check(seen) if finding.rule == "uid"]
    meant = f"Referred to by samples/{other} one, samples/{other} many."
    assert told == [
        ("risks", f"The record 1 has the uid of risks 2. {meant}"),
        ("risks", f"The record 2 has the uid of risks 1. {meant}"),
    ]
    assert not [
        finding
        for finding in check(engagement({"risks": {"1": {"uid": twin, "name": "One"}}}))
        if finding.rule == "uid"
    ]


# --- 46 to 49: bombs ------------------------------------------------------------------------------------------

BOMBS = {
    "046_lists": ("b'[' * 100_000", "nested deeper than 64 levels in line 1"),
    "046_objects": ("b'{\"a\":' * 5_000_000", "nested deeper than 64 levels|more values"),
    "046_hidden": (
        "b'{\"t\":{\"1\":{\"a\":' + (b'[\"' + b']' * 2000 + b'\",') * 100 + b'0' + b']' * 100 + b'}}}'",
        "t/1/a is nested deeper",
    ),
    "047_digits": ("b'{\"t\":{\"1\":{\"a\":' + b'7' * 100_000 + b'}}}'", "the number 77777777777777777777… is larger"),
    "049_braces": ("b'[' + b'{},' * 500_000 + b'{}]'", "holds more values than may be read"),
    "049_values": ("b'{\"t\":{\"1\":{\"a\":[' + b'0,' * 20_000_000 + b'0]}}}'", "holds more values than may be read"),
    "049_bytes": ("b' ' * (70 * 2**20)", "has 73,400,320 bytes"),
    "049_text": ("b'{\"t\":{\"1\":{\"a\":\"' + b'x' * 1_000_001 + b'\"}}}'", "t/1/a has 1,000,001 characters"),
}  # fmt: skip
RUN = """
import resource, sys
from pathlib import Path
from pcsm_tui.errors import FileRefused
from pcsm_tui.store.canonical import from_bytes
payload = eval(sys.argv[1])
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    from_bytes(payload, Path("bomb"))
    print("opened")
except FileRefused as refused:
    print(refused.message)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024 * (1 if sys.platform == "linux" else 0))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_fault_046_047_049_bombs_are_refused_in_bounded_memory(name: str) -> None:
    made, told = BOMBS[name]
    run = subprocess.run([sys.executable, "-c", RUN, made], capture_output=True, text=True, check=True, cwd=ROOT)
    message, grown = run.stdout.splitlines()
    assert any(part in message for part in told.split("|")), message
    assert int(grown) < 200, f"{grown} MB"


def test_fault_049_the_limits_of_size_and_values_can_be_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "LARGEST_FILE", canonical.LARGEST_FILE)
    payload = with_value("[" + "0," * 1_000_000 + "0]")
    refused = refusal(payload)
    assert "The limit is 1,000,000" in refused.hint
    assert "PCSM_MAX_SIZE=" in refused.hint
    assert "max_size" in refused.hint
    canonical.allow_size(128)
    assert len(from_bytes(payload, PATH)["t"]["1"]["a"]) == 1_000_001
    canonical.allow_size(1)
    refused = refusal(b" " * (MEGABYTE + 1))
    assert "1,048,577 bytes" in refused.message
    assert "The limit is 1,048,576. If you trust it, PCSM_MAX_SIZE=2" in refused.hint


def test_fault_049_a_file_that_is_too_large_is_not_even_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "LARGEST_FILE", 10)
    refused = untouched(path, lambda: EngagementStorage(path).read(), FileRefused, "bytes")
    assert "PCSM_MAX_SIZE" in refused.hint


@given(st.text(alphabet='[]{},:"\\ a', max_size=60), st.integers(0, 8))
def test_values_are_counted_beyond_strings(text: str, most: int) -> None:
    """Compared with a count sign by sign."""
    count, inside, escaped = 1, False, False
    for sign in text:
        if inside:
            escaped, inside = (sign == "\\" and not escaped), not (sign == '"' and not escaped)
        elif sign == '"':
            inside = True
        else:
            count += sign in ",[{"
    assert has_more_values(text, most) == (count > most)
    assert values_at_most(text) >= count


@given(
    st.lists(st.sampled_from([b"[", b"]", b"{", b"}", b'"]"', b'"[\\""', b" " * 700, b"[" * 9]), max_size=80),
    st.integers(1, 12),
)
def test_what_is_told_to_be_nested_too_deep_is(parts: list[bytes], levels: int) -> None:
    """Compared with brackets counted one by one; strings with closing brackets may hide one, none is made up."""
    depth, place, first = 0, 0, None
    for part in parts:
        for sign in [part] if part[:1] == b'"' else [part[i : i + 1] for i in range(len(part))]:
            depth += (sign in (b"[", b"{")) - (sign in (b"]", b"}"))
            if depth > levels and first is None:
                first = place
            place += len(sign)
    found = place_nested_deeper(b"".join(parts), levels)
    assert found in (first, None)
    if b'"]"' not in parts and b"]" not in parts and b"}" not in parts:
        assert found == first


def test_fault_046_depth_is_added_up_over_a_long_file() -> None:
    parts = b"".join(b"[" + b" " * 1000 for _ in range(100))
    assert place_nested_deeper(parts, 64) == 64 * 1001
    assert place_nested_deeper(parts, 100) is None
    assert place_nested_deeper(b"[ ]" * 5000, 1) is None


# --- 48, 50, 51 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.0, 2**53, -(2**53)])
def test_fault_048_numbers_that_could_not_be_read_again_are_not_written(path: Path, value: Any) -> None:
    storage, document = opened(path)
    untouched(
        path, lambda: storage.commit({**document, "risks": {"7": {"severity": value}}}), FileRefused, "risks/7/severity"
    )


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("cp1252", "probably Latin-1"), ("utf-16", "encoded as UTF-16"), ("utf-16-be", "encoded as UTF-16")],
)
def test_fault_050_other_encodings_are_named(encoding: str, told: str) -> None:
    refused = refusal('{"t": {"1": {"a": "Späte Grüße"}}}'.encode(encoding))
    assert told in refused.message
    assert "UTF-8" in refused.hint
    mixed = '{"t": {"1": {"a": "Grüße"}}}'.encode() + b"\xe4"
    assert "Latin-1" not in refusal(mixed).message
    assert "Latin-1" not in refusal(b'{"t": \xff\xfe\x81}').message


def test_fault_050_control_characters_and_lone_surrogates_stay_byte_by_byte(path: Path) -> None:
    document = {
        **empty_document(),
        "risks": {"7": {"name": "a\x1b]52;c;x\x07\x00\x9b\ud83d\u202e", "note": "tab\tand\nline"}},
    }
    payload = to_bytes(document)
    path.write_bytes(payload)
    assert b"\\u001b]52;c;x\\u0007\\u0000" in payload
    assert b"\\ud83d" in payload
    storage, found = opened(path)
    assert to_bytes(found) == payload
    storage.commit({**found, "steps": {"1": {"name": "x"}}})
    line = next(line for line in payload.split(b"\n") if b'"name"' in line)
    assert line in path.read_bytes().split(b"\n")


HOSTILE_NAMES = [
    "__class__",
    "__proto__",
    "constructor",
    "a.b.c",
    "{0.__class__}",
    "%s",
    "'; drop table x; --",
    "$where",
    "",
]


def test_fault_051_names_that_mean_something_elsewhere_are_plain_data(path: Path) -> None:
    record = {name: {name: [name]} for name in HOSTILE_NAMES}
    document = {**empty_document(), "risks": {"7": record}, **{name: {"1": record} for name in HOSTILE_NAMES}}
    path.write_bytes(to_bytes(document))
    storage, found = opened(path)
    assert found == document
    seen = Engagement(found, small_framework())
    assert seen.rows("risks")[0].get("__class__") == {"__class__": ["__class__"]}
    check(seen)
    storage.commit(found)
    assert {**json.loads(path.read_bytes()), "_meta": 0} == {**document, "_meta": 0}
