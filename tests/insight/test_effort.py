"""The Portfolio's effort score: the total of the four onboarding scores, once all of them are given."""

from __future__ import annotations

import pytest

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.framework.reading import build_framework, declared_framework
from pcsm_tui.insight.summary import effort

NAMES = ("products_services", "customization", "adoption_needs", "customer_maturity")


@pytest.mark.parametrize(
    ("scores", "total"), [((), None), ((5, 2), None), ((5, 2, 4), None), ((5, 2, 4, 1), 12), ((0, 0, 0, 0), 0)]
)
def test_half_a_score_is_none(scores: tuple[int, ...], total: int | None) -> None:
    record = dict(zip(NAMES, scores, strict=False))
    seen = Engagement({"onboarding-scoring": {"1": record}}, build_framework(declared_framework()))
    assert effort(seen) == total
