"""Signs where lines meet, cross and turn."""

from __future__ import annotations

import pytest

from pcsm_tui.ui.charts.network import Box
from pcsm_tui.ui.charts.wiring import Wiring
from pcsm_tui.ui.present.line import Span


def middle(net: int, across_critical: bool, along_critical: bool) -> str:
    """Return the sign where a line of net 1 across meets one of another net, or of its own, along."""
    wiring = Wiring()
    wiring.across(1, 1, 0, 2, critical=across_critical)
    wiring.along(net, 1, 0, 2, critical=along_critical)
    return wiring.signs()[1][1].text


@pytest.mark.parametrize(
    ("across_critical", "along_critical", "joined", "crossing"),
    [(False, False, "┼", "│"), (True, False, "╪", "═"), (False, True, "╫", "║"), (True, True, "╬", "║")],
)
def test_one_net_is_joined_and_of_two_the_critical_one_goes_on(
    across_critical: bool, along_critical: bool, joined: str, crossing: str
) -> None:
    assert middle(1, across_critical, along_critical) == joined
    assert middle(2, across_critical, along_critical) == crossing


def test_a_line_out_of_a_box_is_joined_to_its_border() -> None:
    wiring = Wiring()
    wiring.box(1, Box(0, 0, 4, 3), critical=True)
    wiring.across(1, 1, 3, 5, critical=False)
    wiring.put(1, 6, Span(">", "dim"))
    rows = wiring.signs()
    drawn = ["".join(rows[row].get(column, Span(" ")).text for column in range(7)).rstrip() for row in range(3)]
    assert drawn == ["╔══╗", "║  ╟──>", "╚══╝"]
    assert rows[1][3].role == "bad" and rows[1][4].role == "dim"
