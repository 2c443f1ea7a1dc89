"""Values of every field type: read from text, shown, checked, sorted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.declarations import Field
from pcsm_tui.domain.values import (
    LONGEST_NOTE,
    LONGEST_TEXT,
    Reading,
    how_to_write,
    is_empty,
    problem_with,
    read_value,
    same_value,
    show_value,
    sort_key,
)
from pcsm_tui.errors import ValueRefused
from tests.support import SAMPLE_FIELDS, SUNDAY

FIELDS = {spec["id"]: Field.model_validate(spec) for spec in SAMPLE_FIELDS}
NUMERIC = ("count", "exact", "share", "effort", "rating")
UIDS = {"Ann": "a" * 32, "Bob": "b" * 32}


def resolve(field: Field, text: str) -> str:
    """Find the uid of Ann or Bob."""
    for name, uid in UIDS.items():
        if text in (name, uid):
            return uid
    raise ValueRefused(f"no {text}")


def label(uid: str) -> str:
    """Name the person with a uid."""
    return next(name for name, known in UIDS.items() if known == uid)


READING = Reading(SUNDAY, "EUR", resolve)


def read(field_id: str, text: str) -> Any:
    """Read a text in one of the sample fields."""
    return read_value(FIELDS[field_id], text, READING)


@pytest.mark.parametrize(
    ("field_id", "text", "expected"),
    [
        ("name", "  Harbour Foods ", "Harbour Foods"),
        ("name", "two\r\nlines\nof\rtext", "two lines of text"),
        ("details", " two\nlines \n", " two\nlines \n"),
        ("colour", "red", "Red"),
        ("colour", "gr", "Green"),
        ("colour", "Deep Blue", "b"),
        ("colour", "B", "b"),
        ("agreed", "y", True),
        ("agreed", "No", False),
        ("agreed", "x", True),
        ("day", "fri", "2026-11-27"),
        ("count", "1,200", 1200),
        ("count", "-4", -4),
        ("exact", "12.5 km", 1250),
        ("exact", "12.5", 1250),
        ("share", "45.5 %", 455),
        ("share", "100%", 1000),
        ("budget", "1200", {"amount": 120000, "currency": "EUR"}),
        ("effort", "3", 180),
        ("effort", "1w", 2400),
        ("rating", "10", 10),
        ("who", "Zoë 山田", "Zoë 山田"),
        ("one", "Ann", "a" * 32),
        ("many", "Bob; Ann; Bob", ["b" * 32, "a" * 32]),
        ("moment", "2026-11-30", "2026-11-30"),
        ("moment", "2026-11-30 10:30", "2026-11-30T10:30"),
        ("moment", "2026-11-30T9:05", "2026-11-30T09:05"),
        ("moment", "fri 14:00", "2026-11-27T14:00"),
        ("moment", "30 nov 00:00", "2026-11-30T00:00"),
        ("wait", "3d", 1440),
        ("wait", "3ed", {"elapsed": 4320}),
        ("wait", "36eh", {"elapsed": 2160}),
        ("wait", "1 EWeek", {"elapsed": 10080}),
        ("wait", "0.5ed", {"elapsed": 720}),
        ("after", "Ann", [{"task": "a" * 32, "type": "FS"}]),
        ("after", "AnnFS+2d; Bob", [{"task": "a" * 32, "type": "FS", "lag": "2d"}, {"task": "b" * 32, "type": "FS"}]),
        ("after", "Ann SS - 1 day", [{"task": "a" * 32, "type": "SS", "lag": "-1d"}]),
        ("after", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbff+1w", [{"task": "b" * 32, "type": "FF", "lag": "1w"}]),
        ("after", "Ann+3ed, Bob sf+25%", [{"task": "a" * 32, "type": "FS", "lag": "3ed"},
                                          {"task": "b" * 32, "type": "SF", "lag": "25%"}]),
        ("after", "AnnFS+0d", [{"task": "a" * 32, "type": "FS"}]),
        ("hours", "8-12, 13-17", "08:00-12:00, 13:00-17:00"),
        ("hours", "8:00-12:00 13:00-17:00", "08:00-12:00, 13:00-17:00"),
        ("hours", "09:00–17:30", "09:00-17:30"),
        ("hours", "13-17;8-12", "08:00-12:00, 13:00-17:00"),
        ("hours", "0 - 24", "00:00-24:00"),
        ("words", "new, old , new,", ["new", "old"]),
        ("page", "https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("page", "documents/plan v2.pdf", "documents/plan v2.pdf"),
        ("page", "mailto:ada@example.com", "mailto:ada@example.com"),
    ],
)  # fmt: skip
def test_texts_are_read_by_type(field_id: str, text: str, expected: Any) -> None:
    value = read(field_id, text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("field_id", FIELDS)
def test_empty_text_is_no_value_in_any_type(field_id: str) -> None:
    assert read(field_id, "") is None
    assert read(field_id, " \n\t ") is None
    assert show_value(FIELDS[field_id], None) == ""


@pytest.mark.parametrize(
    ("field_id", "text"),
    [
        ("colour", "yellow"),
        ("colour", "e"),
        ("agreed", "maybe"),
        ("day", "2026-02-30"),
        ("count", "1.5"),
        ("count", "one"),
        ("exact", "1.234"),
        ("share", "101"),
        ("share", "-1"),
        ("share", "45.55"),
        ("budget", "12 EURO"),
        ("effort", "soon"),
        ("rating", "11"),
        ("rating", "-1"),
        ("rating", "7.5"),
        ("one", "Carol"),
        ("many", "Ann; Carol"),
        ("day", "2026-11-30 10:30"),
        ("moment", "2026-11-30 24:00"),
        ("moment", "2026-11-30 10:60"),
        ("moment", "10:30"),
        ("effort", "3ed"),
        ("wait", "0.3em"),
        ("after", "Carol"),
        ("after", "AnnSS, AnnSS"),
        ("after", "AnnFS 2d"),
        ("after", "AnnFX+2d"),
        ("after", "AnnFS+0.001m"),
        ("after", "FS+2d"),
        ("after", "x" * 3000),
        ("hours", "12-8"),
        ("hours", "8-8"),
        ("hours", "8-12, 11-17"),
        ("hours", "22-25"),
        ("hours", "8:60-12"),
        ("hours", "8-12-14"),
        ("hours", "8-12x"),
        ("hours", "nine to five"),
        ("page", "javascript:alert(1)"),
        ("page", "file:///etc/passwd"),
        ("page", "/etc/passwd"),
        ("page", "~/secret"),
        ("page", "documents/../../secret"),
        ("page", "C:\\secret"),
        ("page", "https://two words"),
        ("name", "x" * (LONGEST_TEXT + 1)),
        ("page", "https://" + "x" * LONGEST_TEXT),
        ("details", "x" * (LONGEST_NOTE + 1)),
    ],
)
def test_what_a_field_cannot_hold_is_refused(field_id: str, text: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        read(field_id, text)
    assert refused.value.message


def test_long_nonsense_is_refused_in_no_time() -> None:
    """Patterns that backtrack would take hours over these."""
    for field_id in ("budget", "count", "effort", "day", "share", "moment", "wait", "after", "hours"):
        with pytest.raises(ValueRefused):
            read(field_id, "1" + " " * 199_000 + "!")


def test_a_refused_predecessor_is_named() -> None:
    with pytest.raises(ValueRefused, match="In 'CarolFS\\+2d': no Carol"):
        read("after", "Ann, CarolFS+2d")
    with pytest.raises(ValueRefused, match="'AnnSS\\+1d' says again what stands there already"):
        read("after", "AnnSS, AnnSS+1d")
    assert len(read("after", "AnnSS, AnnFF")) == 2


def test_limits_are_told_with_the_refusal() -> None:
    with pytest.raises(ValueRefused) as refused:
        read("rating", "11")
    assert str(refused.value) == "11 is out of range. Rating can be 0 to 10."
    field = Field(id="n", name="People", type="number", min=1)
    with pytest.raises(ValueRefused, match="People can be 1 or more"):
        read_value(field, "0", READING)


def test_a_computed_field_cannot_be_typed() -> None:
    field = Field.model_validate({"id": "s", "name": "Sum", "type": "computed", "computed": {"sum": ["a"]}})
    with pytest.raises(ValueRefused, match="computed"):
        read_value(field, "5", READING)


HOSTILE = [
    "[/]",
    "[b]bold[/b] [@click=app.quit]x[/]",
    "\x1b[2J\x1b]0;title\x07",
    "\x1b]52;c;aGVsbG8=\x1b\\",
    "a\x9b2Jb",
    "one\x0btwo\x0cthree\x1cfour\x85five\u2028six",
    "山田太郎",
    "مرحبا \u202eabc\u202c",
    "e\u0301 \u00e9 👩\u200d👩\u200d👧",
    "=1+1",
    "{0.__class__} %s ${HOME} $(id)",
    "'; drop table x; --",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field_id", ["name", "details", "who", "words"])
def test_hostile_text_is_kept_to_the_character(field_id: str, text: str) -> None:
    expected: Any = [text] if field_id == "words" else text
    assert read(field_id, text) == expected
    assert show_value(FIELDS[field_id], expected) == text


@pytest.mark.parametrize("bad", ["\ud800", "\udfff", "\x00"])
@pytest.mark.parametrize("field_id", FIELDS)
def test_lone_surrogates_and_nul_are_refused_everywhere(field_id: str, bad: str) -> None:
    with pytest.raises(ValueRefused, match="Character 3"):
        read(field_id, f"ab{bad}c")


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), min_size=1, max_size=40).filter(
    lambda text: text == text.strip()
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": PLAIN,
    "details": st.text(st.characters(codec="utf-8", exclude_characters="\x00")).filter(str.strip),
    "colour": st.sampled_from(["Red", "Green", "b"]),
    "agreed": st.booleans(),
    "day": st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(date.isoformat),
    "count": st.integers(-(2**53) + 1, 2**53 - 1),
    "exact": st.integers(-(2**53) + 1, 2**53 - 1),
    "share": st.integers(0, 1000),
    "budget": st.fixed_dictionaries(
        {"amount": st.integers(-(2**53) + 1, 2**53 - 1), "currency": st.from_regex("[A-Z]{3}", fullmatch=True)}
    ),
    "effort": st.integers(0, 10**9),
    "rating": st.integers(0, 10),
    "who": PLAIN,
    "one": st.sampled_from(sorted(UIDS.values())),
    "many": st.lists(st.sampled_from(sorted(UIDS.values())), min_size=1, unique=True),
    "moment": st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31)).map(
        lambda moment: moment.isoformat(timespec="minutes")
    ),
    "wait": st.integers(0, 10**9) | st.fixed_dictionaries({"elapsed": st.integers(0, 10**6)}),
    "after": st.lists(
        st.fixed_dictionaries(
            {"task": st.sampled_from(sorted(UIDS.values())), "type": st.sampled_from(["FS", "SS", "FF", "SF"])},
            optional={"lag": st.from_regex(r"-?[1-9][0-9]{0,3}(m|h|d|w|mo|em|eh|ed|ew|emo|%)", fullmatch=True)},
        ),
        min_size=1,
        unique_by=lambda link: link["task"],
    ),
    "hours": st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
        lambda minutes: ", ".join(
            f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"
            for first, last in zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=False)
        )
    ),
    "words": st.lists(PLAIN.filter(lambda word: "," not in word), min_size=1, unique=True),
    "page": st.one_of(
        st.from_regex(r"https?://[a-z./?=#%-]{1,30}", fullmatch=True),
        st.from_regex(r"documents/[a-z ]{1,20}[.]pdf", fullmatch=True),
    ),
}


def test_every_type_that_can_be_typed_has_its_property() -> None:
    assert VALUES.keys() == FIELDS.keys()


@given(st.data())
@pytest.mark.parametrize("field_id", FIELDS)
def test_every_value_is_read_as_it_is_shown(field_id: str, data: st.DataObject) -> None:
    field, value = FIELDS[field_id], data.draw(VALUES[field_id])
    assert problem_with(field, value) == ""
    again = read_value(field, show_value(field, value, label), READING)
    assert same_value(again, value)


@given(st.text(max_size=60))
@pytest.mark.parametrize("field_id", FIELDS)
def test_whatever_is_typed_is_a_fitting_value_or_a_refusal(field_id: str, text: str) -> None:
    try:
        value = read(field_id, text)
    except ValueRefused:
        return
    assert problem_with(FIELDS[field_id], value) == ""


@pytest.mark.parametrize(
    ("field_id", "value"),
    [
        *((name, value) for name in NUMERIC for value in (True, False, 1.0, "1", [1])),
        ("count", 2**53),
        ("share", 1001),
        ("share", -1),
        ("effort", -30),
        ("rating", 11),
        ("agreed", 1),
        ("agreed", "yes"),
        ("name", 5),
        ("name", ["a"]),
        ("day", "2026-02-30"),
        ("day", "20261130"),
        ("day", "2026-W48-1"),
        ("day", "2026-11-30T00:00:00"),
        ("day", "２０２６-11-30"),
        ("day", "0001-01-01"),
        ("day", 20261130),
        ("colour", "Deep blue"),
        ("colour", "red"),
        ("budget", 1200),
        ("budget", {"amount": 1200}),
        ("budget", {"amount": True, "currency": "EUR"}),
        ("budget", {"amount": 12.5, "currency": "EUR"}),
        ("budget", {"amount": 1200, "currency": "euro"}),
        ("budget", {"amount": 1200, "currency": ""}),
        ("one", ["a" * 32]),
        ("many", "a" * 32),
        ("many", [1]),
        ("day", "2026-11-30T10:30"),
        ("moment", "2026-11-30T25:00"),
        ("moment", "2026-11-30 10:30"),
        ("moment", "2026-11-30T10:30:00"),
        ("moment", "2026-11-30T10:30Z"),
        ("effort", {"elapsed": 60}),
        ("wait", {"elapsed": -1}),
        ("wait", {"elapsed": "60"}),
        ("wait", {"elapsed": 60, "more": 1}),
        ("after", "1.2"),
        ("after", ["a" * 32]),
        ("after", [{"task": "a" * 32}]),
        ("after", [{"task": 1, "type": "FS"}]),
        ("after", [{"task": "a" * 32, "type": "FX"}]),
        ("after", [{"task": "a" * 32, "type": "FS", "lag": 480}]),
        ("after", [{"task": "a" * 32, "type": "FS", "lag": "soon"}]),
        ("hours", "never"),
        ("hours", "08:00-25:00"),
        ("hours", [480, 1020]),
        ("words", "new"),
        ("words", {"new": True}),
    ],
)  # fmt: skip
def test_stored_values_that_do_not_fit_have_a_problem(field_id: str, value: Any) -> None:
    assert problem_with(FIELDS[field_id], value).startswith("is ")


def test_a_problem_says_what_would_be_right() -> None:
    assert problem_with(FIELDS["rating"], 11) == "is 11, not 0 to 10"
    assert problem_with(FIELDS["share"], 1005) == "is 100.5, not 0 to 100"
    assert problem_with(FIELDS["day"], "soon") == "is 'soon', not a date such as 2026-11-30"
    assert problem_with(FIELDS["colour"], "Pink") == "is 'Pink', not one of Red, Green, b"
    assert len(problem_with(FIELDS["count"], "x" * 100_000)) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, JSON)
@pytest.mark.parametrize("field_id", FIELDS)
def test_whatever_a_file_holds_can_be_checked_shown_and_sorted(field_id: str, one: Any, other: Any) -> None:
    field = FIELDS[field_id]
    for value in (one, other):
        assert isinstance(problem_with(field, value), str)
        assert isinstance(show_value(field, value, lambda uid: uid), str)
    keys = sorted([sort_key(field, one), sort_key(field, other), sort_key(field, None)])
    assert keys[-1] == sort_key(field, None)


def test_rows_sort_by_what_values_mean() -> None:
    def ordered(field_id: str, *values: Any) -> list[Any]:
        return sorted(values, key=lambda value: sort_key(FIELDS[field_id], value))

    assert ordered("count", 10, None, 9, -1) == [-1, 9, 10, None]
    assert ordered("colour", "b", "Green", "Red") == ["Red", "Green", "b"]
    assert ordered("name", "beta", "Alpha", "", "ALPHA 2") == ["Alpha", "ALPHA 2", "beta", ""]
    assert ordered("day", "2026-11-30", "soon", "2026-02-01") == ["2026-02-01", "2026-11-30", "soon"]
    assert ordered("wait", 1440, {"elapsed": 1440}, 60, None) == [60, {"elapsed": 1440}, 1440, None]
    assert ordered("moment", "2026-11-30T10:30", "2026-12-01", "2026-11-30") == [
        "2026-11-30",
        "2026-11-30T10:30",
        "2026-12-01",
    ]
    eur, usd = {"amount": 500, "currency": "EUR"}, {"amount": 100, "currency": "USD"}
    assert ordered("budget", usd, eur, {"amount": 90, "currency": "EUR"}) == [
        {"amount": 90, "currency": "EUR"},
        eur,
        usd,
    ]


@pytest.mark.parametrize(
    ("field_id", "value", "expected"),
    [
        ("agreed", False, "No"),
        ("exact", 1250, "12.5 km"),
        ("share", 455, "45.5 %"),
        ("effort", 630, "1d 2h 30m"),
        ("colour", "b", "Deep blue"),
        ("many", ["a" * 32, "b" * 32], "Ann; Bob"),
        ("moment", "2026-11-30T10:30", "2026-11-30 10:30"),
        ("moment", "2026-11-30", "2026-11-30"),
        ("wait", {"elapsed": 4320}, "3ed"),
        ("wait", {"elapsed": 2160}, "36eh"),
        ("wait", 2160, "4d 4h"),
        ("after", [{"task": "a" * 32, "type": "FS"}, {"task": "b" * 32, "type": "SS", "lag": "-1d"}], "Ann, BobSS-1d"),
        ("after", [{"task": "a" * 32, "type": "FS", "lag": "25%"}], "AnnFS+25%"),
        ("hours", "8-12", "08:00-12:00"),
        ("words", ["new", "old"], "new, old"),
        ("rating", 11, "11"),
        ("day", "soon", "soon"),
        ("rating", 0, "0"),
    ],
)
def test_values_are_shown_as_people_write_them(field_id: str, value: Any, expected: str) -> None:
    assert show_value(FIELDS[field_id], value, label) == expected


def test_a_duration_may_be_negative_where_its_field_says_so() -> None:
    slack = Field(id="f", name="Float", type="duration", min=-1)
    assert (problem_with(slack, -960), show_value(slack, -960)) == ("", "-2d")


def test_a_renamed_choice_goes_by_its_name_first() -> None:
    """A playbook may give one choice the name that is another one's id."""
    field = Field.model_validate(
        {"id": "c", "name": "C", "type": "choice", "choices": [{"id": "A", "name": "B"}, {"id": "B", "name": "A"}]}
    )
    for choice in ("A", "B"):
        assert read_value(field, show_value(field, choice), READING) == choice


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1, True),
        (True, 1, False),
        (0, False, False),
        ([1], [True], False),
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, True),
        ({"a": None}, {}, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ([1, 2], [1], False),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_sameness_is_that_of_json(one: Any, other: Any, expected: bool) -> None:
    assert same_value(one, other) is expected
    assert same_value(other, one) is expected


def test_empty_is_nothing_of_whatever_kind_but_not_zero_or_no() -> None:
    assert all(is_empty(value) for value in (None, "", [], {}))
    assert not any(is_empty(value) for value in (0, False, " ", [""]))


def test_every_type_says_how_it_is_written() -> None:
    assert how_to_write(FIELDS["rating"]) == "0 to 10"
    assert how_to_write(FIELDS["moment"]) == "2026-11-30, today, fri, +3d, 30 nov; a time after it: 10:30"
    assert how_to_write(FIELDS["wait"]) == "30m, 4h, 5d, 2w, elapsed 3ed"
    assert how_to_write(FIELDS["colour"]) == "Red · Green · Deep blue"
    silent = {name for name, field in FIELDS.items() if not how_to_write(field)}
    assert silent == {"name", "details"}
