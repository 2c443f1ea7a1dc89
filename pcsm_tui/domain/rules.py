"""Rules that a row of a tool keeps or breaks; a tool names its rule in its declaration."""

from __future__ import annotations

from collections.abc import Callable

from pcsm_tui.domain.engagement import Row


def rule_problem(row: Row) -> str:
    """Return how a row that somebody has filled breaks its tool's rule, or an empty text."""
    return ROW_RULES[row.tool.rule](row) if row.tool.rule and row.stored else ""


def _raci(row: Row) -> str:
    """Exactly one accountable, at least one responsible (framework, P2: RACI Matrix)."""
    accountable, responsible = (
        value if isinstance(value := row.get(name), list) else [] for name in ("accountable", "responsible")
    )
    if len(accountable) != 1:
        return "nobody is accountable" if not accountable else f"{len(accountable)} are accountable, one must be"
    return "" if responsible else "nobody is responsible"


ROW_RULES: dict[str, Callable[[Row], str]] = {"raci": _raci}
"""The rules by the name that declarations use."""
