"""The bytes of an engagement file: written in one way, read strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.errors import FileRefused, PcsmError
from pcsm_tui.store import canonical
from pcsm_tui.store.canonical import from_bytes, to_bytes
from pcsm_tui.store.migrations import migrated
from tests.support import empty_document

PATH = Path("acme.pcsm.json")
DOCUMENT: dict[str, Any] = {
    "risks": {"2": {"name": "Späte Lieferung 山", "severity": 3, "done": None}, "10": {"tags": ["b", "a"], "none": []}},
    "_meta": {"1": {"format": "pcsm", "playbook": {}}},
}
BYTES = """\
{
  "_meta": {
    "1": {
      "format": "pcsm",
      "playbook": {}
    }
  },
  "risks": {
    "10": {
      "none": [],
      "tags": [
        "b",
        "a"
      ]
    },
    "2": {
      "done": null,
      "name": "Späte Lieferung 山",
      "severity": 3
    }
  }
}
""".encode()


def refusal(payload: bytes) -> str:
    """Return the sentence with which bytes are refused."""
    with pytest.raises(FileRefused) as refused:
        from_bytes(payload, PATH)
    assert str(PATH) in refused.value.message
    assert refused.value.hint
    return refused.value.message


# --- writing --------------------------------------------------------------------------------------------------


def test_bytes_are_canonical() -> None:
    """Sorted keys, two spaces, LF, a final newline, text as it is."""
    assert to_bytes(DOCUMENT) == BYTES
    assert from_bytes(BYTES, PATH) == DOCUMENT


def test_special_characters_are_written_as_any_json_reader_takes_them() -> None:
    text = '"\\/\b\f\n\r\t\x00\x1f\x7f\x1b\u2028\U0001f600'
    payload = to_bytes({"t": {"1": {"a": text}}})
    assert b'"a": "\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\\u001b' in payload
    assert json.loads(payload)["t"]["1"]["a"] == text
    assert from_bytes(payload, PATH)["t"]["1"]["a"] == text


def test_lone_surrogates_stay_as_they_are_and_change_nothing_else() -> None:
    """A file that has them keeps them; every other byte is as without them."""
    payload = BYTES.replace("Späte".encode(), b"\\ud83dSp\\u001f\\udcffte")
    document = from_bytes(payload, PATH)
    assert document["risks"]["2"]["name"] == "\ud83dSp\x1f\udcffte Lieferung 山"
    assert to_bytes(document) == payload


SAFE = st.text(st.characters(codec="utf-8"), max_size=12)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | SAFE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SAFE, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(
    SAFE,
    st.dictionaries(st.integers(0, 2**53 - 1).map(str), st.dictionaries(SAFE, VALUE, max_size=4), max_size=3),
    max_size=4,
)


@given(DOCUMENTS)
def test_every_document_is_read_as_it_was_written_and_written_as_it_was_read(document: dict[str, Any]) -> None:
    payload = to_bytes(document)
    again = from_bytes(payload, PATH)
    assert json.dumps(again, sort_keys=True) == json.dumps(document, sort_keys=True)
    assert to_bytes(again) == payload
    assert b"\r" not in payload
    assert payload.endswith(b"}\n")


@given(DOCUMENTS)
def test_both_writers_agree(document: dict[str, Any]) -> None:
    """The slower one writes documents that hold a lone surrogate."""
    with_one = to_bytes({**document, "~": {"1": {"a": "\udc00"}}})
    assert with_one.replace(b"\\udc00", b"") == to_bytes({**document, "~": {"1": {"a": ""}}})


# --- reading: what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (BYTES[: BYTES.index(b"tags") + 2], "line 11"),
        (BYTES[:-3], "line 21"),
        (BYTES + b"x", "line 23"),
        (BYTES + BYTES, "line 23"),
        (BYTES.replace(b'"done": null,', b'"done": null'), "line 18"),
        (BYTES.replace(b'"done"', b"'done'"), "line 17"),
        (BYTES.replace(b"10", b"1\n0"), "line 9"),
        (b"not json", "line 1"),
        (b"\xef\xbb\xbf", "line 1"),
    ],
)
def test_what_is_cut_off_or_mistyped_is_refused_with_its_line(payload: bytes, told: str) -> None:
    message = refusal(payload)
    assert "not valid JSON" in message
    assert told in message


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("3.0", "the number 3.0 is not a whole one"),
        ("1e400", "the number 1e400 is not a whole one"),
        ("1E5", "the number 1E5 is not a whole one"),
        ("NaN", "NaN is not a value of JSON"),
        ("Infinity", "Infinity is not a value of JSON"),
        ("-Infinity", "-Infinity is not a value of JSON"),
        (str(2**64), "the number 18446744073709551616 is larger than 9007199254740991"),
        (str(2**53), "the number 9007199254740992 is larger"),
        (str(-(2**53)), "the number -9007199254740992 is larger"),
        ("7" * 100_000, "the number 77777777777777777777… is larger"),
    ],
)
def test_numbers_that_readers_disagree_about_are_refused_with_their_line(word: str, told: str) -> None:
    text = BYTES.replace(b'"severity": 3', f'"severity": {word}'.encode()).replace(b'"b"', f'"{word}"'.encode())
    message = refusal(text)
    assert f"line 19: {told}" in message
    assert len(message) < 300


def test_the_largest_numbers_are_read() -> None:
    for number in (2**53 - 1, -(2**53) + 1):
        text = BYTES.replace(b'"severity": 3', f'"severity": {number}'.encode())
        assert from_bytes(text, PATH)["risks"]["2"]["severity"] == number


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"severity": 3', b'"severity": 3, "severity": 3', "line 19: the key 'severity' stands twice"),
        (b'"severity": 3', b'"x": {"y": 1, "z": [{"y": 2}],\n"\\u0079": 3}', "line 20: the key 'y' stands twice"),
        (b'"10"', b'"2"', "line 16: the key '2' stands twice"),
        (b'"risks"', b'"_meta"', "line 8: the key '_meta' stands twice"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_line(old: bytes, new: bytes, told: str) -> None:
    assert told in refusal(BYTES.replace(old, new))


@pytest.mark.parametrize("nested", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_bombs_of_brackets_are_refused(nested: bytes) -> None:
    assert "nested deeper than 64 levels" in refusal(nested)
    assert "nested deeper than 64 levels" in refusal(BYTES.replace(b'"severity": 3', b'"severity": ' + nested))


@pytest.mark.parametrize("kind", ["[]", "{}"])
def test_values_are_nested_up_to_64_levels(kind: str) -> None:
    """The document, its table and the record are three of them."""

    def payload(levels: int) -> bytes:
        opening, closing = ("[", "]") if kind == "[]" else ('{"a":', "}")
        return f'{{"t":{{"1":{{"a":{opening * (levels - 3)}1{closing * (levels - 3)}}}}}}}'.encode()

    document = from_bytes(payload(64), PATH)
    assert from_bytes(to_bytes(document), PATH) == document
    for levels in (65, 300):
        assert "nested deeper than 64 levels in line 5" in refusal(b"\n\n\n\n" + payload(levels))
        with pytest.raises(FileRefused, match="t/1/a is nested deeper"):
            canonical.check(json.loads(payload(levels)), PATH)


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (BYTES.decode().encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + BYTES.decode().encode("utf-16-be"), "UTF-16"),
        (BYTES.decode().encode("utf-16-le"), "UTF-16"),
        (BYTES.decode().encode("utf-16-be"), "UTF-16"),
        (BYTES.decode().replace("山", "ß").encode("latin-1"), "not UTF-8: line 18 has the byte 0xe4"),
        (BYTES.replace(b"severity", b"sever\xc3"), "not UTF-8: line 19 has the byte 0xc3"),
        (BYTES.replace(b"severity", b"\xed\xa0\x80"), "not UTF-8: line 19 has the byte 0xed"),
        (b"", "no content"),
        (b" \r\n\t", "no content"),
        (b"\x00" * 4096, "4,096 NUL bytes"),
        (b"\x00" * 10 + b"\n", "11 NUL bytes"),
    ],
)
def test_other_encodings_and_damaged_files_are_refused(payload: bytes, told: str) -> None:
    assert told in refusal(payload)


def test_windows_line_ends_and_a_byte_order_mark_are_taken() -> None:
    assert from_bytes(b"\xef\xbb\xbf" + BYTES.replace(b"\n", b"\r\n"), PATH) == DOCUMENT


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_conflict_markers_of_git_are_recognised_with_their_line(end: bytes) -> None:
    ours, theirs = b'      "severity": 3\n', b'      "severity": 4\n'
    payload = BYTES.replace(ours, b"<<<<<<< HEAD\n" + ours + b"=======\n" + theirs + b">>>>>>> branch\n")
    assert "conflict markers, the first in line 19" in refusal(payload.replace(b"\n", end))
    unnamed = payload.replace(b"<<<<<<< HEAD", b"<<<<<<<")
    assert "conflict markers, the first in line 19" in refusal(unnamed.replace(b"\n", end))


def test_the_signs_of_a_conflict_in_a_text_are_text() -> None:
    payload = BYTES.replace(b"Lieferung", b"<<<<<<< HEAD")
    assert "<<<<<<< HEAD" in from_bytes(payload, PATH)["risks"]["2"]["name"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "a list at the top"),
        ('"pcsm"', "a text at the top"),
        ("null", "null at the top"),
        ("5", "a number at the top"),
        ('{"risks": []}', "table 'risks' is a list"),
        ('{"risks": null}', "table 'risks' is null"),
        ('{"risks": {"1": 5}}', "risks/1 is a number"),
        ('{"risks": {"1": [{}]}}', "risks/1 is a list"),
        ('{"risks": {"one": {}}}', "record id 'one'"),
        ('{"risks": {"": {}}}', "record id ''"),
        ('{"risks": {"-1": {}}}', "record id '-1'"),
        ('{"risks": {"1.0": {}}}', "record id '1.0'"),
        ('{"risks": {"01": {}}}', "record id '01'"),
        ('{"risks": {"\\u0661": {}}}', "record id"),
        ('{"risks": {"9007199254740992": {}}}', "record id '9007199254740992'"),
        (f'{{"risks": {{"{"1" * 10_000}": {{}}}}}}', "record id"),
    ],
)
def test_what_is_no_file_of_tables_is_refused(text: str, told: str) -> None:
    message = refusal(text.encode())
    assert told in message
    assert len(message) < 300


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "LARGEST_FILE", len(BYTES) - 1)
    assert f"has {len(BYTES)} bytes" in refusal(BYTES)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"t": {"1": {"a": 1.5}}}, "t/1/a holds a number that is not whole"),
        ({"t": {"1": {"a": float("nan")}}}, "t/1/a holds a number that is not whole"),
        ({"t": {"1": {"a": [2**53]}}}, "t/1/a holds a number larger"),
        ({"t": {"1": {"a": {"b": {1}}}}}, "t/1/a holds a set"),
        ({"t": {"1": {"a": {1: 2}}}}, "t/1/a has an object whose keys are not text"),
        ({"t": {"1": {5: 2}}}, "t/1/5 is no name of a field"),
        ({"t": {1: {}}}, "t has the record id 1"),
        ({"t": {"1": {"a": b"bytes"}}}, "t/1/a holds a bytes"),
    ],
)
def test_what_could_not_be_read_again_is_not_written_either(document: Any, told: str) -> None:
    with pytest.raises(FileRefused) as refused:
        canonical.check(document, PATH)
    assert told in refused.value.message


# --- reading: anything at all ---------------------------------------------------------------------------------


def looked_at(payload: bytes) -> dict[str, Any] | None:
    """Read bytes as a session would; nothing but a refusal may come out of it."""
    try:
        return migrated(from_bytes(payload, PATH), PATH)
    except PcsmError as refused:
        assert str(PATH) in refused.message
        return None


@given(st.binary(max_size=200))
def test_garbage_is_refused(payload: bytes) -> None:
    assert looked_at(payload) is None


VALID = to_bytes({**empty_document(), **DOCUMENT, "_meta": empty_document()["_meta"]})
PIECES = [
    b"",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\",
    b"\\ud800",
    b"0",
    b"-",
    b".",
    b"e9",
    b"NaN",
    b"null",
    b"\x00",
    b"\xff",
]
MUTATION = st.tuples(st.integers(0, len(VALID)), st.integers(0, 12), st.sampled_from(PIECES))


@given(st.lists(MUTATION, min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_and_what_is_read_can_be_written(
    mutations: list[tuple[int, int, bytes]],
) -> None:
    payload = VALID
    for place, length, piece in mutations:
        payload = payload[:place] + piece + payload[place + length :]
    document = looked_at(payload)
    if document is not None:
        assert from_bytes(to_bytes(document), PATH) == document


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["pcsm", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["_meta", "1", "format", "schema", "n", "ancestry", "x"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    looked_at(json.dumps(value).encode())
