"""What a network is made of: activities, their links, and the links whose effect depends on the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pcsm_tui.domain.plan import Lag, LinkType
from pcsm_tui.errors import PcsmError
from pcsm_tui.schedule.conditions import Conditions

NO_LAG = Lag()

ActivityLink = tuple[str, LinkType, Lag]
"""The predecessor's key, the type, and the lag; one in percent is of the predecessor's whole duration."""


class Activity(NamedTuple):
    """What the network is made of: a key, a duration in working minutes, links to predecessors, and what else binds it."""

    key: str
    duration: int
    links: Sequence[ActivityLink] = ()
    conditions: Conditions | None = None
    whole: int | None = None
    """The whole duration, where `duration` is only what is left of it."""
    is_gate: bool = False
    """It only passes on what others ask for: slack before it is added to slack behind it."""


class Irregular(NamedTuple):
    """A link whose effect depends on the calendar: an elapsed lag, or an end of an activity of elapsed duration."""

    predecessor: int
    successor: int
    type: LinkType
    lag: Lag


class CyclicNetwork(PcsmError):
    """Activities wait for each other in a circle; `keys` are those that lie on circles or behind them."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__("Tasks wait for each other in a circle.", "Take one of their links away.")
        self.keys = tuple(keys)
