"""Canonical bytes made record by record are those of the whole document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.errors import FileRefused
from pcsm_tui.store import canonical
from pcsm_tui.store.engagement_file import EngagementStorage
from pcsm_tui.store.serializing import CanonicalWriter
from tests.support import empty_document

PATH = Path("x")
TEXTS = st.text(max_size=5) | st.sampled_from(["\ud800", "a\nb", "é\u2028", "\x1b", '"\\/', "\x7f"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
TABLES = st.dictionaries(
    st.integers(0, 99).map(str), st.dictionaries(TEXTS, VALUES, max_size=3), max_size=4
)  # fmt: skip
DOCUMENTS = st.dictionaries(TEXTS, TABLES, max_size=3)


def plainly(document: Any) -> bytes:
    """Return canonical bytes as Python's own JSON writes them."""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_the_bytes_are_those_of_the_whole_document_whatever_was_written_before(documents: list[Any]) -> None:
    writer = CanonicalWriter()
    whole: dict[str, Any] = {}
    for document in documents:
        whole = {**whole, **{name: {**whole.get(name, {}), **table} for name, table in document.items()}}
        payload = writer.to_bytes(whole, PATH)
        assert payload == canonical.to_bytes(whole)
        assert json.loads(payload) == whole
        if not any("\x7f" <= sign < "\xa0" for sign in payload.decode()):
            assert payload == plainly(whole)


def test_a_record_that_the_format_cannot_hold_is_refused_also_after_a_good_save() -> None:
    writer = CanonicalWriter()
    good: dict[str, Any] = {"risks": {"1": {"name": "x"}}}
    writer.to_bytes(good, PATH)
    for bad in (1.5, float("nan"), 2**53, object()):
        with pytest.raises(FileRefused, match="risks/2/size"):
            writer.to_bytes({"risks": {**good["risks"], "2": {"size": bad}}}, PATH)
    assert writer.to_bytes(good, PATH) == canonical.to_bytes(good)


def test_what_tinydb_changes_in_place_is_written(tmp_path: Path) -> None:
    storage = EngagementStorage(tmp_path / "a.pcsm.json")
    document: dict[str, Any] = {**empty_document(), "risks": {"1": {"name": "x"}}}
    storage.write(document)
    document["risks"]["1"]["name"] = "y"
    document["_meta"] = json.loads(storage.path.read_text())["_meta"]
    storage.write(document)
    assert json.loads(storage.path.read_text())["risks"]["1"]["name"] == "y"
