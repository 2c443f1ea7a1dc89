"""Rows that form a tree: numbers, levels, and the acts that move, add and remove in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsm_tui.domain.changes import apply
from pcsm_tui.domain.editing import (
    add_row,
    duplicate_row,
    indent_row,
    move_row,
    outdent_row,
    remove_row,
    set_values,
    tick,
    typed,
    typed_fields,
)
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.errors import UsageError, ValueRefused
from tests.support import LATER, STAMP, SUNDAY, engagement, fresh_uid, made, small_framework

STEPS = small_framework().tool("steps")


def uid(letter: str) -> str:
    """Return the uid of the step with a letter."""
    return letter * 32


def tree(parents: Mapping[str, str], **more: Mapping[str, Any]) -> Engagement:
    """Return an engagement with steps by letter, in this order, under these parents; `more` are further values."""
    records = {
        str(place): {"uid": uid(letter), "name": letter, "order": place, "at": "2026-01-01T00:00:00Z"}
        | ({"parent": uid(parent)} if parent else {})
        | dict(more.get(letter, {}))
        for place, (letter, parent) in enumerate(parents.items(), 1)
    }
    return engagement({"steps": records})


def plan() -> Engagement:
    """Return 1 a (1.1 b (1.1.1 c), 1.2 d), 2 e (2.1 f), 3 g."""
    return tree({"a": "", "b": "a", "c": "b", "d": "a", "e": "", "f": "e", "g": ""})


def numbers(seen: Engagement) -> str:
    """Return the outline in a line: number and name of each row."""
    outline = seen.outline("steps")
    return " ".join(f"{outline.number(row.uid)}{row.get('name')}" for row in seen.rows("steps"))


def step(seen: Engagement, letter: str) -> Row:
    """Return the step with a letter."""
    return seen.row("steps", uid(letter))


def test_rows_stand_in_the_order_of_the_outline_and_are_numbered() -> None:
    seen = tree({"f": "e", "a": "", "c": "b", "e": "", "b": "a", "d": "a"})
    assert numbers(seen) == "1a 1.1b 1.1.1c 1.2d 2e 2.1f"
    outline = seen.outline("steps")
    assert [outline.level(uid(letter)) for letter in "abcdef"] == [1, 2, 3, 2, 1, 2]
    assert [row.get("name") for row in outline.children(uid("a"))] == ["b", "d"]
    assert [row.get("name") for row in outline.children()] == ["a", "e"]
    assert [row.get("name") for row in outline.below(uid("a"))] == ["b", "c", "d"]
    assert [row.get("name") for row in outline.below(uid("e"))] == ["f"]
    assert [row.get("name") for row in outline.siblings(uid("d"))] == ["b", "d"]
    assert (outline.parent(uid("c")), outline.parent(uid("a"))) == (uid("b"), "")
    found = outline.numbered("1.1.1")
    assert found is not None
    assert found.uid == uid("c")
    assert outline.numbered("9") is None
    assert (outline.number("x"), outline.level("x"), outline.parent("x"), outline.below("x")) == ("", 0, "", ())
    assert seen.show(step(seen, "c"), "number") == "1.1.1"
    assert [seen.is_summary(step(seen, letter)) for letter in "abcd"] == [True, True, False, False]


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ({"a": "z", "b": "a"}, "1a 1.1b"),
        ({"a": "a", "b": "a"}, "1a 1.1b"),
        ({"a": "b", "b": "a", "c": "b"}, "1a 2b 2.1c"),
        ({"a": "c", "b": "a", "c": "b", "d": "c"}, "1a 2b 3c 3.1d"),
        ({"a": "b", "b": "c", "c": "c"}, "1c 1.1b 1.1.1a"),
    ],
)
def test_a_row_without_a_real_parent_stands_at_the_top(parents: dict[str, str], expected: str) -> None:
    assert numbers(tree(parents)) == expected


@given(st.lists(st.integers(-1, 30), max_size=30))
def test_no_row_is_ever_lost(parents: list[int]) -> None:
    """Whatever parents are named: each row is there once, right behind its parent or what is below its siblings."""
    records = {
        str(place): {"uid": f"{place:032x}", "order": 1, "parent": f"{parent:032x}" if parent >= 0 else None}
        for place, parent in enumerate(parents)
    }
    seen = engagement({"steps": records} if records else {})
    outline = seen.outline("steps")
    assert sorted(row.doc_id for row in seen.rows("steps")) == sorted(records)
    open_: list[str] = []
    for row in seen.rows("steps"):
        level = outline.level(row.uid)
        assert 1 <= level <= len(open_) + 1
        open_ = [*open_[: level - 1], row.uid]
        assert outline.parent(row.uid) == (open_[-2] if level > 1 else "")
        assert outline.number(row.uid).count(".") == level - 1


def test_two_records_of_one_uid_are_both_in_the_outline() -> None:
    seen = engagement({"steps": {"1": {"uid": "a", "name": "x"}, "2": {"uid": "a", "name": "y"}}})
    assert [row.get("name") for row in seen.rows("steps")] == ["x", "y"]


def test_what_was_derived_is_kept_while_the_table_is_the_same() -> None:
    seen = plan()
    outline = seen.outline("steps")
    other = made(seen, add_row(seen, small_framework().tool("risks"), {"name": "r"}, fresh_uid(), STAMP))
    assert seen.replaced(other.document).outline("steps") is outline
    moved = apply(seen.document, move_row(seen, step(seen, "a"), 1, LATER))
    assert seen.replaced(moved).outline("steps") is not outline


TREES = st.lists(st.integers(-1, 8), min_size=9, max_size=9).map(
    lambda parents: {letter: "" if at < 0 else "abcdefghi"[at] for letter, at in zip("abcdefghi", parents, strict=True)}
)


@given(TREES, TREES, st.permutations("abcdefghi"), st.sampled_from(["name", "tree", "order"]))
def test_the_shape_taken_over_from_a_version_before_is_that_of_the_rows(
    before: dict[str, str], after: dict[str, str], order: list[str], changed: str
) -> None:
    seen = tree(before)
    seen.outline("steps")
    parents = (
        after if changed == "tree" else {letter: before[letter] for letter in order} if changed == "order" else before
    )
    later = tree(parents, a={"name": "A"}).document
    kept, fresh = seen.replaced(later).outline("steps"), engagement({"steps": later["steps"]}).outline("steps")
    assert [row.get("name") for row in kept.rows] == [row.get("name") for row in fresh.rows]
    for row in fresh.rows:
        for look in ("number", "level", "parent", "has_below"):
            assert getattr(kept, look)(row.uid) == getattr(fresh, look)(row.uid)
        assert [below.record for below in kept.below(row.uid)] == [below.record for below in fresh.below(row.uid)]
        assert [below.record for below in kept.children(row.uid)] == [below.record for below in fresh.children(row.uid)]
    if changed == "name":
        assert kept.is_shaped_like(seen.outline("steps"))


def test_a_tool_without_a_tree_has_no_outline() -> None:
    with pytest.raises(UsageError, match="The rows of Risks form no outline"):
        engagement().outline("risks")


# --- references -----------------------------------------------------------------------------------------------


def test_links_are_typed_and_shown_by_outline_number() -> None:
    seen = plan()
    value = typed(seen, STEPS.field("after"), "1.1.1, 2FS+2d; g SS", SUNDAY)
    assert value == [
        {"task": uid("c"), "type": "FS"},
        {"task": uid("e"), "type": "FS", "lag": "2d"},
        {"task": uid("g"), "type": "SS"},
    ]
    seen = made(seen, set_values(seen, step(seen, "d"), {"after": value}, LATER))
    assert seen.show(step(seen, "d"), "after") == "1.1.1, 2FS+2d, 3SS"
    seen = made(seen, move_row(seen, step(seen, "g"), -2, LATER))
    assert seen.show(step(seen, "d"), "after") == "2.1.1, 3FS+2d, 1SS"
    assert typed(seen, STEPS.field("parent"), "2.1", SUNDAY) == uid("b")


def test_a_predecessor_that_is_not_there_is_refused_by_its_entry() -> None:
    with pytest.raises(ValueRefused, match="In '9.9FS\\+2d': Steps has no row '9.9'"):
        typed(plan(), STEPS.field("after"), "1.1, 9.9FS+2d", SUNDAY)


def test_a_step_cannot_wait_for_itself() -> None:
    seen = plan()
    with pytest.raises(ValueRefused, match="After: a step cannot wait for itself"):
        set_values(seen, step(seen, "d"), {"after": [{"task": uid("d"), "type": "SS"}]}, LATER)


def test_a_link_to_a_row_that_is_gone_is_a_problem() -> None:
    seen = tree({"a": ""}, a={"after": [{"task": uid("z"), "type": "FS"}]})
    assert seen.problems(step(seen, "a")) == {"after": f"refers to {uid('z')!r}, which is not a row of steps"}
    assert seen.show(step(seen, "a"), "after") == "(removed zzzzzz)"


# --- acts -----------------------------------------------------------------------------------------------------


def test_indenting_puts_a_row_and_what_is_below_it_under_the_row_above() -> None:
    seen = plan()
    seen = made(seen, indent_row(seen, step(seen, "e"), LATER))
    assert numbers(seen) == "1a 1.1b 1.1.1c 1.2d 1.3e 1.3.1f 2g"


def test_the_first_of_a_level_cannot_be_indented() -> None:
    seen = plan()
    for letter, number in (("a", "1"), ("b", r"1\.1"), ("f", r"2\.1")):
        with pytest.raises(UsageError, match=f"{number} {letter} is the first of its level"):
            indent_row(seen, step(seen, letter), LATER)


def test_outdenting_puts_a_row_behind_its_parent_and_leaves_the_others_there() -> None:
    seen = plan()
    seen = made(seen, outdent_row(seen, step(seen, "b"), LATER))
    assert numbers(seen) == "1a 1.1d 2b 2.1c 3e 3.1f 4g"
    seen = plan()
    assert numbers(made(seen, outdent_row(seen, step(seen, "c"), LATER))) == "1a 1.1b 1.2c 1.3d 2e 2.1f 3g"


def test_the_top_level_cannot_be_outdented() -> None:
    seen = plan()
    with pytest.raises(UsageError, match="2 e stands at the top level already"):
        outdent_row(seen, step(seen, "e"), LATER)


@pytest.mark.parametrize(
    ("letter", "distance", "expected"),
    [
        ("a", 1, "1e 1.1f 2a 2.1b 2.1.1c 2.2d 3g"),
        ("g", -2, "1g 2a 2.1b 2.1.1c 2.2d 3e 3.1f"),
        ("d", -1, "1a 1.1d 1.2b 1.2.1c 2e 2.1f 3g"),
        ("b", 9, "1a 1.1d 1.2b 1.2.1c 2e 2.1f 3g"),
    ],
)
def test_a_row_moves_among_its_siblings_with_what_is_below_it(letter: str, distance: int, expected: str) -> None:
    seen = plan()
    assert numbers(made(seen, move_row(seen, step(seen, letter), distance, LATER))) == expected


def test_a_row_does_not_leave_its_parent_by_moving() -> None:
    seen = plan()
    assert move_row(seen, step(seen, "c"), 1, LATER).edits == ()
    assert move_row(seen, step(seen, "b"), -1, LATER).edits == ()


def test_a_row_is_added_behind_what_is_below_the_one_before_on_its_level() -> None:
    seen = plan()
    assert numbers(made(seen, add_row(seen, STEPS, {"name": "x"}, fresh_uid(), STAMP, step(seen, "a")))) == (
        "1a 1.1b 1.1.1c 1.2d 2x 3e 3.1f 4g"
    )
    assert numbers(made(seen, add_row(seen, STEPS, {"name": "x"}, fresh_uid(), STAMP, step(seen, "b")))) == (
        "1a 1.1b 1.1.1c 1.2x 1.3d 2e 2.1f 3g"
    )
    assert numbers(made(seen, add_row(seen, STEPS, {"name": "x"}, fresh_uid(), STAMP))) == (
        "1a 1.1b 1.1.1c 1.2d 2e 2.1f 3g 4x"
    )
    below = {"name": "x", "parent": uid("a")}
    assert numbers(made(seen, add_row(seen, STEPS, below, fresh_uid(), STAMP, step(seen, "e")))) == (
        "1a 1.1b 1.1.1c 1.2d 1.3x 2e 2.1f 3g"
    )


def test_removing_a_row_removes_what_is_below_it_and_the_links_to_it() -> None:
    waits = [{"task": uid("c"), "type": "FS"}, {"task": uid("e"), "type": "SS", "lag": "1d"}]
    seen = tree(
        {"a": "", "b": "a", "c": "b", "d": "a", "e": "", "f": "e", "g": ""},
        g={"after": waits},
        f={"after": [{"task": uid("b"), "type": "FS"}]},
    )
    change = remove_row(seen, step(seen, "b"), LATER)
    assert change.label == "delete step 'b' and 1 below it"
    after = made(seen, change)
    assert numbers(after) == "1a 1.1d 2e 2.1f 3g"
    assert step(after, "g").get("after") == waits[1:]
    assert step(after, "f").get("after") is None
    assert {stone["uid"] for stone in after.document["~gone"].values()} == {uid("b"), uid("c")}
    assert apply(after.document, change.inverted()) == seen.document


def test_a_copy_is_that_of_the_row_alone_and_keeps_its_links() -> None:
    seen = tree({"a": "", "b": "a", "c": ""}, a={"after": [{"task": uid("c"), "type": "FS"}]})
    copied = fresh_uid()
    seen = made(seen, duplicate_row(seen, step(seen, "a"), copied, LATER))
    assert numbers(seen) == "1a 1.1b 2a 3c"
    assert seen.show(seen.row("steps", copied), "after") == "3"


def test_a_parent_below_the_row_itself_is_refused_with_the_way_round() -> None:
    seen = plan()
    with pytest.raises(ValueRefused) as refused:
        set_values(seen, step(seen, "a"), {"parent": uid("c")}, LATER)
    assert "A step cannot stand below itself: 1 \u2192 1.1 \u2192 1.1.1 \u2192 1." in refused.value.message
    with pytest.raises(ValueRefused, match="below itself"):
        set_values(seen, step(seen, "a"), {"parent": uid("a")}, LATER)
    assert numbers(made(seen, set_values(seen, step(seen, "d"), {"parent": uid("e")}, LATER))).endswith(
        "2e 2.1d 2.2f 3g"
    )


# --- what is due ----------------------------------------------------------------------------------------------


def test_only_rows_that_nothing_stands_below_are_late() -> None:
    seen = tree({"a": "", "b": "a"}, a={"due": "2026-11-01"}, b={"due": "2026-11-01"})
    assert [seen.late(step(seen, letter), "2026-11-22") for letter in "ab"] == [False, True]


def test_a_day_that_was_entered_before_the_tick_stays() -> None:
    seen = tree({"a": ""}, a={"done_on": "2026-11-15"})
    done = made(seen, tick(seen, step(seen, "a"), LATER))
    assert step(done, "a").get("done_on") == "2026-11-15"
    assert step(made(done, tick(done, step(done, "a"), LATER)), "a").get("done_on") is None


# --- computed fields in which something can be typed ---------------------------------------------------------


def test_what_is_typed_in_a_computed_field_goes_to_the_field_that_it_enters() -> None:
    seen = plan()
    assert typed_fields(seen, STEPS, "start", "2026-12-01 10:00", SUNDAY) == {
        "not_before": "2026-12-01T10:00",
        "bound": True,
    }
    assert typed_fields(seen, STEPS, "start", " ", SUNDAY) == {"not_before": None, "bound": None}
    assert typed_fields(seen, STEPS, "name", "x", SUNDAY) == {"name": "x"}
    with pytest.raises(ValueRefused, match="computed"):
        typed_fields(seen, STEPS, "number", "1.2", SUNDAY)
    with pytest.raises(ValueRefused, match="not a date"):
        typed_fields(seen, STEPS, "start", "soon", SUNDAY)
