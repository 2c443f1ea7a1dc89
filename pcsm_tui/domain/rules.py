"""Rules that a row of a tool keeps or breaks; a tool names its rule in its declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pcsm_tui.domain.engagement import Row


class Broken(NamedTuple):
    """How a row breaks its tool's rule, in a few words, and the field where that is put right."""

    text: str
    field: str


def rule_broken(row: Row) -> Broken | None:
    """Return how a row that somebody has filled breaks its tool's rule; None when it keeps it, or there is none."""
    return ROW_RULES[row.tool.rule](row) if row.tool.rule and row.stored else None


def _raci(row: Row) -> Broken | None:
    """Exactly one accountable, at least one responsible (framework, P2: RACI Matrix)."""
    accountable, responsible = (
        value if isinstance(value := row.get(name), list) else [] for name in ("accountable", "responsible")
    )
    if not accountable:
        return Broken("nobody is accountable", "accountable")
    if len(accountable) > 1:
        return Broken(f"{len(accountable)} are accountable, one must be", "accountable")
    return None if responsible else Broken("nobody is responsible", "responsible")


_UNDATED = ("", "As soon as possible", "As late as possible")


def _planned(row: Row) -> Broken | None:
    """A constraint has its date and a date its constraint; what has finished began before (P5: WBS)."""
    constraint, dated = str(row.get("constraint") or ""), bool(row.date("constraint_date"))
    if dated and constraint in _UNDATED:
        return Broken("its constraint date has no constraint that binds by it", "constraint")
    if not dated and constraint not in _UNDATED:
        return Broken(f"{constraint} has no date, so it binds nothing", "constraint_date")
    begun, ended = row.date("actual_start"), row.date("actual_finish")
    return Broken("it finished before it started", "actual_finish") if begun and ended and ended < begun else None


ROW_RULES: dict[str, Callable[[Row], Broken | None]] = {"raci": _raci, "planned": _planned}
"""The rules by the name that declarations use."""
