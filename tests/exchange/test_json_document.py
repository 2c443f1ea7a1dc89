from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.exchange.json_document import plain_document, to_json
from pcsm_tui.reports.document import Document, Facts, Heading, Paragraph, Table


def test_a_document_is_plain_data() -> None:
    document = Document("T", (Heading("H", 3), Paragraph("p"), Facts((("n", "v"),)), Table(("a",), (("1",),))))
    assert plain_document(document) == {
        "title": "T",
        "blocks": [
            {"kind": "heading", "level": 3, "text": "H"},
            {"kind": "paragraph", "text": "p"},
            {"kind": "facts", "items": [{"name": "n", "value": "v"}]},
            {"kind": "table", "columns": ["a"], "rows": [["1"]]},
        ],
    }


def test_text_stays_readable_and_what_steers_a_terminal_is_escaped() -> None:
    assert to_json(["Zürich", "\x1b", "\x9b", "\u202e"]) == (
        '[\n  "Zürich",\n  "\\u001b",\n  "\\u009b",\n  "\\u202e"\n]\n'
    )


def test_an_output_that_is_not_utf8_gets_ascii() -> None:
    assert to_json("Zürich", ascii_only=True) == '"Z\\u00fcrich"\n'


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_comes_back(text: str) -> None:
    assert json.loads(to_json({"text": text})) == {"text": text}
