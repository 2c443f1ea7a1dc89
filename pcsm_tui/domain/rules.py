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


ROW_RULES: dict[str, Callable[[Row], Broken | None]] = {"raci": _raci}
"""The rules by the name that declarations use."""
