from __future__ import annotations

from pcsm_tui.exchange.markdown import markdown
from pcsm_tui.reports.document import Document, Facts, Heading, Paragraph, Table


def test_every_block_is_written() -> None:
    document = Document(
        "Harbour Foods",
        (
            Heading("Progress"),
            Heading("Detail", 3),
            Paragraph("First.\n\nSecond,\non two lines."),
            Facts((("Owner", "T. King"), ("Note", "one\n\ntwo"))),
            Table(("Name", "Score"), (("Ballot", "9"), ("Radios", ""))),
        ),
    )
    assert markdown(document) == (
        "# Harbour Foods\n\n"
        "## Progress\n\n"
        "### Detail\n\n"
        "First.\n\n"
        "Second,\\\non two lines.\n\n"
        "**Owner:** T. King\n\n"
        "**Note:** one\n\n"
        "two\n\n"
        "| Name | Score |\n"
        "| --- | --- |\n"
        "| Ballot | 9 |\n"
        "| Radios |  |\n"
    )


def test_fault_099_text_from_data_is_no_markup() -> None:
    hostile = "<script>x</script> [a](javascript:b) **c** `d` # e & f"
    assert markdown(Document("t", (Paragraph(hostile),))) == (
        "# t\n\n\\<script\\>x\\</script\\> \\[a\\](javascript:b) \\*\\*c\\*\\* \\`d\\` \\# e \\& f\n"
    )


def test_a_line_that_would_begin_something_is_kept_as_text() -> None:
    text = "- item\n1. one\n=====\n  + more\n-----"
    assert (
        markdown(Document("t", (Paragraph(text),))) == "# t\n\n\\- item\\\n1\\. one\\\n\\=====\\\n\\+ more\\\n\\-----\n"
    )


def test_numbers_and_formulas_need_no_escape() -> None:
    assert (
        markdown(Document("t", (Paragraph("-5\n=1+1\n3.5\n2027 plan"),))) == "# t\n\n-5\\\n=1+1\\\n3.5\\\n2027 plan\n"
    )


def test_a_cell_keeps_to_its_cell() -> None:
    table = Table(("A|B",), (("one\ntwo|three",),))
    assert markdown(Document("t", (table,))).endswith("| A\\|B |\n| --- |\n| one<br>two\\|three |\n")


def test_titles_and_headings_keep_to_one_line() -> None:
    assert markdown(Document("a\nb", (Heading("c\n# d"),))) == "# a b\n\n## c \\# d\n"


def test_control_characters_are_made_visible() -> None:
    assert "\x1b" not in markdown(Document("\x1b[31m", (Paragraph("\x9bJ"), Facts((("\x07", "\u202e"),)))))
