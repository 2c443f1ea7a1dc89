"""Where rows stand: moved, added between others, with room or without."""

from __future__ import annotations

import pytest

from pcsm_tui.domain.editing import (
    add_row,
    move_row,
    remove_row,
)
from pcsm_tui.domain.engagement import ORDER_STEP, Engagement
from pcsm_tui.errors import UsageError
from tests.support import STAMP, engagement, fresh_uid, made, small_framework, with_row


def names(seen: Engagement, tool_id: str = "risks") -> list[str]:
    """Return the names of the rows of a tool in their order."""
    return [row.get("name") for row in seen.rows(tool_id)]


def risks(*orders: int | None, name: str = "abcdefgh") -> Engagement:
    """Return an engagement with risks a, b, c … that have these orders."""
    records = {
        str(number): {"uid": f"{number:013x}".ljust(32, "0"), "name": name[number - 1]}
        | ({"order": order} if order is not None else {})
        for number, order in enumerate(orders, 1)
    }
    return engagement({"risks": records})


@pytest.mark.parametrize(
    ("place", "distance", "expected"),
    [(0, 1, "bacd"), (0, 2, "bcad"), (3, -3, "dabc"), (3, -1, "abdc"), (1, 99, "acdb"), (2, -99, "cabd")],
)
@pytest.mark.parametrize(
    "orders",
    [
        (100, 200, 300, 400),
        (1, 2, 3, 4),
        (7, 7, 7, 7),
        (0, 0, 1, 1),
        (-5, -4, -3, -2),
        (1, 2, 2**40, 2**40 + 1),
        (None, None, None, None),
        (5, 6, None, None),
        (2**51 - 1, 2**51, None, None),
        (2**53 - 1, 2**53 - 1, 2**53 - 1, 2**53 - 1),
    ],
)
def test_a_row_moves_whether_there_is_room_or_not(
    orders: tuple[int | None, ...], place: int, distance: int, expected: str
) -> None:
    seen = risks(*orders)
    before = names(seen)
    letters = dict(zip("abcd", before, strict=True))
    seen = made(seen, move_row(seen, seen.rows("risks")[place], distance, STAMP))
    assert "".join(names(seen)) == "".join(letters[letter] for letter in expected)
    assert all(abs(record.get("order", 0)) < 2**53 for record in seen.document["risks"].values())


def test_moving_beyond_the_ends_changes_nothing() -> None:
    seen = risks(1, 2)
    first, last = seen.rows("risks")
    assert move_row(seen, first, -1, STAMP).edits == ()
    assert move_row(seen, last, 5, STAMP).edits == ()


def test_where_there_is_room_only_the_moved_row_changes() -> None:
    seen = risks(100, 200, 300, 400)
    assert len(move_row(seen, seen.rows("risks")[3], -2, STAMP).edits) == 1
    tight = risks(1, 3, 9)
    change = move_row(tight, tight.rows("risks")[2], -1, STAMP)
    assert [(edit.doc_id, edit.after and edit.after["order"]) for edit in change.edits] == [("3", 2)]


def test_where_there_is_none_only_the_neighbours_give_way() -> None:
    seen = risks(100, 101, 102, 400, 500, 600)
    change = move_row(seen, seen.rows("risks")[5], -4, STAMP)
    assert {edit.doc_id for edit in change.edits} == {"6", "2", "3"}
    assert "".join(names(made(seen, change))) == "afbcde"


def test_a_default_row_can_be_moved() -> None:
    seen = engagement()
    seen = made(seen, move_row(seen, seen.rows("adoption-phases")[1], -1, STAMP))
    assert names(seen, "adoption-phases") == ["Second", "First"]
    assert [row.stored for row in seen.rows("adoption-phases")] == [True, False]


def test_rows_are_added_at_one_place_without_end() -> None:
    """Each time the room is halved: after 20 rows there would be none left."""
    seen = risks(ORDER_STEP, 2 * ORDER_STEP)
    expected = ["a", "b"]
    for number in range(60):
        after = seen.rows("risks")[0]
        values = {"name": str(number)}
        seen = made(seen, add_row(seen, small_framework().tool("risks"), values, fresh_uid(), STAMP, after))
        expected.insert(1, str(number))
        assert names(seen) == expected


def test_a_place_that_is_gone_is_told() -> None:
    seen, row = with_row(engagement(), "risks", name="Delay")
    without = made(seen, remove_row(seen, row, STAMP))
    with pytest.raises(UsageError, match="no longer there"):
        add_row(without, small_framework().tool("risks"), {}, fresh_uid(), STAMP, row)
