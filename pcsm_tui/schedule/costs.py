"""What the work costs: budgets and actual costs of work packages, added up for what they are part of."""

from __future__ import annotations

from pcsm_tui.domain.quantities import show_money
from pcsm_tui.domain.values import problem_with
from pcsm_tui.schedule.plan import Plan

BUDGET, ACTUAL_COST = "budget", "actual_cost"


def rolled_up_cost(plan: Plan, uid: str, field_id: str) -> dict[str, int]:
    """Return an amount of a task by currency, in minor units: of a summary the sum of its parts.

    A summary whose parts have none shows its own: a budget may be agreed before it is divided. Amounts of several
    currencies are not added up, since no rate is known here.
    """
    total: dict[str, int] = {}
    for leaf in plan.leaves.of(uid):
        for currency, amount in _own_cost(plan, leaf, field_id).items():
            total[currency] = total.get(currency, 0) + amount
    return total or _own_cost(plan, uid, field_id)


def _own_cost(plan: Plan, uid: str, field_id: str) -> dict[str, int]:
    row = plan.row(uid)
    value = row.get(field_id)
    if not value or not row.tool.has(field_id) or problem_with(row.tool.field(field_id), value):
        return {}
    return {value["currency"]: value["amount"]}


def show_cost(amounts: dict[str, int]) -> str:
    """Return amounts as they are read: `12,000 EUR`, of several currencies `12,000 EUR + 500 USD`."""
    return " + ".join(show_money(amount, currency) for currency, amount in sorted(amounts.items()))
