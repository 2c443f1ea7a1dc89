"""One engagement as a row of the Portfolio, and as the lines of its Overview."""

from __future__ import annotations

from collections.abc import Iterable

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.summaries import Signal, Summary
from pcsm_tui.domain.values import problem_with
from pcsm_tui.insight.health import health
from pcsm_tui.insight.progress import phase_progress


def summary(engagement: Engagement, found: Iterable[Signal]) -> Summary:
    """Return what the Portfolio shows of an engagement; `found` are its signals."""
    form = engagement.form("engagement")
    phases = [phase_progress(engagement, phase.number) for phase in engagement.framework.phases]
    reading = health(engagement)
    due, what = next_date(found)
    return Summary(
        customer=engagement.name,
        initiative=str(form.get("initiative") or ""),
        trade=str(form.get("trade") or ""),
        csm=str(form.get("csm") or ""),
        status=str(form.get("status") or "Active"),
        phases=tuple(phase.state for phase in phases),
        done=sum(phase.done for phase in phases),
        activities=sum(phase.activities for phase in phases),
        health=reading.score if reading else None,
        light=reading.light if reading else "",
        trend=reading.trend if reading else None,
        next_date=due,
        next_what=what,
        renewal=next_renewal(engagement),
        effort=effort(engagement),
        file_id=engagement.file_id,
        label=reading.label if reading else "",
    )


def next_date(found: Iterable[Signal]) -> tuple[str, str]:
    """Return the nearest date by which something is to be done, with what it is; empty texts when there is none."""
    dated = [(signal.due, signal.text) for signal in found if signal.due]
    return min(dated, default=("", ""))


def next_renewal(engagement: Engagement) -> str:
    """Return the ISO date of the first renewal that is not decided, or an empty text."""
    day = engagement.framework.tool("renewals").field("date")
    open_rows = (row for row in engagement.rows("renewals") if row.stored and not row.done)
    dates = (row.get(day.id) for row in open_rows if not problem_with(day, row.get(day.id)))
    return min(filter(None, dates), default="")


def effort(engagement: Engagement) -> int | None:
    """Return how much effort the engagement asks for, 0 to 20: the total of the Onboarding Scoring Matrix.

    None until every score is given: half a score would look like a small one.
    """
    form = engagement.form("onboarding-scoring")
    total = engagement.value(form, "total")
    return total if isinstance(total, int) and engagement.value(form, "complexity") else None
