"""Links as they are typed: 1 and 2 are tasks, and so is what a test says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pcsm_tui.domain.links import read_links
from pcsm_tui.errors import ValueRefused


def among(*tasks: str) -> Callable[[str], str]:
    def resolve(name: str) -> str:
        if name in ("1", "2", *tasks):
            return name
        raise ValueRefused(f"{name!r} is no task.")

    return resolve


def links(text: str, *tasks: str) -> list[tuple[str, str, str]]:
    return [(link["task"], link["type"], link.get("lag", "")) for link in read_links(text, among(*tasks))]


def refused(text: str, *tasks: str) -> str:
    with pytest.raises(ValueRefused) as caught:
        read_links(text, among(*tasks))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1FS+0,5d", [("1", "FS", "0.5d")]),
        ("1FS+0,5", [("1", "FS", "0.5d")]),
        ("1+0,5d,2", [("1", "FS", "0.5d"), ("2", "FS", "")]),
        ("1SS - 1,25 h; 2FF+12,5%", [("1", "SS", "-1.25h"), ("2", "FF", "12.5%")]),
        ("1FS+2,2FS", [("1", "FS", "2d"), ("2", "FS", "")]),
        ("1FS+2d,2", [("1", "FS", "2d"), ("2", "FS", "")]),
        ("1FS+2, 2", [("1", "FS", "2d"), ("2", "FS", "")]),
        ("1FS+2;2", [("1", "FS", "2d"), ("2", "FS", "")]),
        ("1,2", [("1", "FS", ""), ("2", "FS", "")]),
        ("1FS+0.5d", [("1", "FS", "0.5d")]),
    ],
)
def test_a_lag_has_a_decimal_point_or_comma(text: str, found: list[tuple[str, str, str]]) -> None:
    assert links(text) == found


def test_a_comma_after_a_name_that_ends_like_a_lag_parts_tasks() -> None:
    assert links("T-1,5", "T-1", "5") == [("T-1", "FS", ""), ("5", "FS", "")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "1FS+0,2",
            "'1FS+0,2' is a lag with a decimal comma, or ends with the task '2'. Write 1FS+0.2 for the lag, or a space",
        ),
        ("1FS+0,5d", "'1FS+0,5d' is a lag with a decimal comma, or ends with the task '5d'."),
        ("9FS+0,5d", "In '9FS+0,5d': '9' is no task."),
        ("1FS+0,12345d", "In '1FS+0,12345d': '+0,12345d' is not a lag."),
        ("1FS+1,500d", "In '1FS+1,500d': '+1,500d' is not a lag."),
        ("1FS+10000000d", "In '1FS+10000000d': The lag '+10000000d' is too long. The limit is 9,999,999, in any unit."),
        ("1FS+0.0001d", "The lag '+0.0001d' is not a whole number of minutes. A minute, 1m, is the least."),
        ("1FS+2y", "In '1FS+2y': '+2y' is not a lag. Write +2d"),
        ("2,1,2", "'2' says again"),
        ("1EA+2t", "In '1EA+2t': EA is no kind of link. Links are written FS, SS, FF and SF: FS for EA."),
        ("1aa", "In '1aa': AA is no kind of link. Links are written FS, SS, FF and SF: SS for AA."),
        ("1FD+2j", "SF: FS for FD."),
        ("1 DD", "SF: SS for DD."),
        ("1AE-1t", "SF: SF for AE."),
        ("IDEA", "'IDEA' is no task."),
    ],
)
def test_what_may_be_two_things_or_none_is_refused(text: str, said: str) -> None:
    assert said in refused(text, "5d")
