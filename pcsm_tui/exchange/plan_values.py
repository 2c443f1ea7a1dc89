"""Values of a row of the plan as an export takes them."""

from __future__ import annotations

from pcsm_tui.domain.engagement import Row
from pcsm_tui.domain.values import Value, problem_with


def sound_value(row: Row, field_id: str) -> Value:
    """Return the value of a field; None where it is damaged, or the team's playbook has dropped the field."""
    if not row.tool.has(field_id) or problem_with(row.tool.field(field_id), row.get(field_id)):
        return None
    return row.get(field_id)
