"""The plan as a file for other programs: MS Project, spreadsheets, calendars, pictures and wikis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.plan import PlanTask
from pcsm_tui.errors import UsageError, Withheld
from pcsm_tui.reports.audience import fields_for, may_leave, refuse_unless_allowed, rows_for
from pcsm_tui.schedule.baselines import Baseline, baselines_of, chosen_baseline
from pcsm_tui.schedule.plan import TASKS, Plan, plan_of
from pcsm_tui.workspace.clock import STAMP

_SETTINGS = ("plan", "calendar")
_SCHEDULING = {
    "parent", "kind", "duration", "predecessors", "constraint", "constraint_date", "deadline", "actual_start",
    "actual_finish", "remaining_duration", "percent_complete", "state", "start", "status_date", "critical_float",
    "honor_constraints", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "from", "to",
    "hours",
}  # fmt: skip
"""Fields that dates follow from: without them they would be others."""


class _Export(NamedTuple):
    """What an export is made of."""

    engagement: Engagement
    plan: Plan
    tasks: list[PlanTask]
    today: date
    baseline: Baseline | None
    internal: bool


def plan_export(engagement: Engagement, format_: str, today: date, internal: bool = False, baseline: str = "") -> bytes:
    """Return the plan in a format of `PLAN_FORMATS`; what is internal is left out unless asked for.

    `baseline`, for svg, names the one to draw beside the plan. Raises `UsageError` for a format or a baseline that does
    not exist and for a plan that the format cannot hold, `Withheld` for what may not be exported.
    """
    if format_ not in _WRITERS:
        raise UsageError(f"There is no format {format_!r} for the plan.", f"Valid: {', '.join(PLAN_FORMATS)}.")
    if baseline and format_ != "svg":
        raise UsageError("Only svg draws a baseline that is asked for.", "Leave --baseline out, or give --format svg.")
    whole = format_ == "mspdi"
    shown = _without_internal(engagement, (TASKS, *_SETTINGS) if whole else (TASKS,), internal)
    plan = plan_of(shown)
    hidden = _hidden(shown, plan, internal)
    if hidden and format_ in ("mspdi", "csv"):
        raise Withheld(
            f"Rows of the plan are internal ({len(hidden)}), and {format_} needs all of them for the dates of the others.",
            "svg, mermaid and ics can leave them out; --internal exports everything for your team.",
        )
    tasks = [task for task in plan.scheduled() if task.uid not in hidden]
    chosen = chosen_baseline(baselines_of(shown)[0], baseline) if baseline else None
    return _WRITERS[format_](_Export(shown, plan, tasks, today, chosen, internal))


def _without_internal(engagement: Engagement, tool_ids: tuple[str, ...], internal: bool) -> Engagement:
    """Return the engagement without the internal fields of some tools; raises `Withheld` where dates follow from them."""
    document = dict(engagement.document)
    for tool in map(engagement.framework.tool, tool_ids):
        refuse_unless_allowed(tool, internal)
        names = {field.id for field in tool.fields} - {field.id for field in fields_for(tool, internal)}
        if names & _SCHEDULING:
            raise Withheld(
                f"Dates of the plan follow from {tool.field(min(names & _SCHEDULING)).name}, which is internal.",
                "--internal exports the plan for your team.",
            )
        if names and tool.id in document:
            document[tool.id] = {
                doc_id: {name: value for name, value in record.items() if name not in names}
                for doc_id, record in document[tool.id].items()
            }
    unchanged = all(document[name] is table for name, table in engagement.document.items())
    return engagement if unchanged else engagement.replaced(document)


def _hidden(engagement: Engagement, plan: Plan, internal: bool) -> set[str]:
    """Return the uids of the tasks that are internal, and of everything below them."""
    shown = {row.uid for row in rows_for(engagement, engagement.framework.tool(TASKS), internal)}
    hidden = [uid for uid in plan.tasks if uid not in shown]
    return {*hidden, *(row.uid for uid in hidden for row in plan.outline.below(uid))}


# --- formats --------------------------------------------------------------------------------------------------


def _mspdi(export: _Export) -> bytes:
    from pcsm_tui.exchange.mspdi.writing import write_mspdi

    return write_mspdi(export.plan, export.engagement)


def _csv(export: _Export) -> bytes:
    from pcsm_tui.exchange.plan_csv import write_plan_csv

    return write_plan_csv(export.plan, export.engagement).encode("utf-8", "backslashreplace")


def _ics(export: _Export) -> bytes:
    from pcsm_tui.exchange.ics import plan_ics

    return plan_ics(export.engagement.name, export.tasks, _last_changed(export))


def _last_changed(export: _Export) -> datetime:
    """Return when the plan was last changed; today's first minute where no record says so."""
    stamps = [
        str(record.get("at"))
        for name in (TASKS, *_SETTINGS)
        for record in export.engagement.document.get(name, {}).values()
    ]
    for stamp in sorted(stamps, reverse=True):
        try:
            return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:  # written by another program
            continue
    return datetime.combine(export.today, time(), UTC)


def _svg(export: _Export) -> bytes:
    from pcsm_tui.exchange.gantt_svg import gantt_svg

    planned = (
        {uid: (task.start, task.finish) for uid, task in export.baseline.tasks.items()} if export.baseline else None
    )
    plan = export.plan
    picture = gantt_svg(
        export.engagement.name,
        export.tasks,
        export.today,
        planned,
        finish_at=plan.axis.finish_at,
        works=plan.settings.calendar.works,
        status=_status(export),
    )
    return picture.encode("utf-8", "backslashreplace")


def _status(export: _Export) -> datetime | None:
    """Return the moment of the plan's status date, where the reader may know it."""
    if export.plan.status is None:
        return None
    tool = export.engagement.framework.tool("plan")
    known = may_leave(tool, export.internal) and tool.field("status_date") in fields_for(tool, export.internal)
    return export.plan.status if known else None


def _mermaid(export: _Export) -> bytes:
    from pcsm_tui.exchange.gantt_mermaid import gantt_mermaid

    text = gantt_mermaid(export.engagement.name, export.tasks, export.plan.settings.calendar.works)
    return text.encode("utf-8", "backslashreplace")


_WRITERS: dict[str, Callable[[_Export], bytes]] = {
    "mspdi": _mspdi,
    "csv": _csv,
    "ics": _ics,
    "svg": _svg,
    "mermaid": _mermaid,
}
PLAN_FORMATS = tuple(_WRITERS)
"""The formats of the plan, by the word for `--format`."""
PLAN_ENDINGS = {"xml": "mspdi", "mmd": "mermaid", **{name: name for name in ("csv", "ics", "svg")}}
"""The format that the ending of a file's name means."""
