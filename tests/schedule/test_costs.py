"""Costs roll up from work packages to what they are part of."""

from __future__ import annotations

from typing import Any

from pcsm_tui.schedule.costs import rolled_up_cost, show_cost
from pcsm_tui.schedule.plan import Plan, plan_of
from tests.schedule.published import engagement_with


def euros(amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount * 100, "currency": currency}


def plan_with(**stream: Any) -> Plan:
    records = [
        {"uid": "stream", "name": "Stream", **stream},
        {"uid": "sub", "name": "Sub", "parent": "stream"},
        {"uid": "a", "name": "A", "parent": "sub", "budget": euros(100), "actual_cost": euros(30)},
        {"uid": "b", "name": "B", "parent": "sub", "budget": euros(250)},
        {"uid": "c", "name": "C", "parent": "stream", "budget": euros(40, "USD")},
    ]
    return plan_of(engagement_with(records, {}))


def test_a_budget_is_that_of_all_below_by_currency() -> None:
    plan = plan_with(budget=euros(9999))
    assert rolled_up_cost(plan, "sub", "budget") == {"EUR": 35_000}
    assert rolled_up_cost(plan, "stream", "budget") == {"EUR": 35_000, "USD": 4_000}
    assert show_cost(rolled_up_cost(plan, "stream", "budget")) == "350 EUR + 40 USD"
    assert rolled_up_cost(plan, "stream", "actual_cost") == {"EUR": 3_000}


def test_a_budget_that_is_not_divided_yet_is_its_own() -> None:
    plan = plan_with(actual_cost=euros(5))
    assert rolled_up_cost(plan, "b", "actual_cost") == {}
    undivided = plan_of(
        engagement_with([{"uid": "s", "name": "S", "budget": euros(7)}, {"uid": "t", "parent": "s"}], {})
    )
    assert rolled_up_cost(undivided, "s", "budget") == {"EUR": 700}


def test_a_damaged_amount_counts_as_none() -> None:
    damaged = plan_of(engagement_with([{"uid": "s", "name": "S", "budget": {"amount": "7"}}], {}))
    assert rolled_up_cost(damaged, "s", "budget") == {} and show_cost({}) == ""
