"""Writing a plan as MS Project's XML (MSPDI): a file that MS Project opens, and that reads back as the same schedule.

Elements stand in the order of Microsoft's schema, on which MS Project insists. Source: mspdi_pj12.xsd, and for what came
later (GUID, Active, Manual) the files of MS Project 2010 and later.
"""

from __future__ import annotations

from datetime import datetime

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.quantities import MINUTES, is_currency, minor_digits
from pcsm_tui.errors import UsageError
from pcsm_tui.exchange.mspdi.calendar_writing import PROJECT_CALENDAR, written_calendars
from pcsm_tui.exchange.mspdi.dates import Clock
from pcsm_tui.exchange.mspdi.elements import NAMESPACE
from pcsm_tui.exchange.mspdi.markup import element, group, one_line
from pcsm_tui.exchange.mspdi.task_writing import FIXED_DURATION, TaskWriter
from pcsm_tui.exchange.mspdi.units import WORK_FORMATS, write_minutes, write_moment
from pcsm_tui.schedule.baselines import baselines_of
from pcsm_tui.schedule.plan import Plan

_SAVED_BY_2010 = 14
_WORK_IN_HOURS = 2
_MOST_BASELINES = 11
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def write_mspdi(plan: Plan, engagement: Engagement) -> bytes:
    """Return a plan as XML of MS Project. Raises `UsageError` for a plan whose tasks wait for each other in a circle.

    The latest baseline is written as the Baseline, those before it as Baseline 1 to 10, the later ones first.
    """
    if plan.circles:
        raise UsageError(f"Tasks of the plan wait in a circle: {plan.circles[0]}.", "Take one of the links away first.")
    currency = _currency(engagement)
    baselines, _ = baselines_of(engagement)
    writer = TaskWriter(plan, currency, baselines[::-1][:_MOST_BASELINES])
    project = [
        *_header(plan, engagement, currency),
        written_calendars(plan.settings.calendar, engagement, writer.resources),
        group("Tasks", [_project_summary(plan, engagement), *writer.tasks()]),
        group("Resources", [_resource(number, name) for number, name in enumerate(writer.resources, 1)]),
        group("Assignments", writer.assignments()),
    ]
    head = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Project xmlns="{NAMESPACE}">\n'
    return (head + "".join(project) + "</Project>\n").encode("utf-8")


def _currency(engagement: Engagement) -> str:
    form = engagement.form("engagement") if engagement.framework.has_tool("engagement") else None
    code = str((form and form.get("currency")) or "").upper()
    return code if is_currency(code) else "EUR"


def _header(plan: Plan, engagement: Engagement, currency: str) -> list[str]:
    clock, settings = Clock(plan.axis), plan.settings
    opening, close = (clock.usual[0][0], clock.usual[-1][1] % 1440)
    return [
        element("SaveVersion", _SAVED_BY_2010),
        element("Name", one_line(engagement.name, 250) + ".xml"),
        element("Title", one_line(engagement.name)),
        element("ScheduleFromStart", True),
        element("StartDate", write_moment(plan.axis.start_at(0))),
        element("FinishDate", write_moment(plan.finish)),
        element("FYStartDate", 1),
        element("CriticalSlackLimit", settings.critical_float // MINUTES["d"]),
        element("CurrencyDigits", min(minor_digits(currency), 2)),
        element("CurrencySymbol", _SYMBOLS.get(currency, currency)),
        element("CurrencyCode", currency),
        element("CalendarUID", PROJECT_CALENDAR),
        element("DefaultStartTime", f"{opening // 60:02d}:{opening % 60:02d}:00"),
        element("DefaultFinishTime", f"{close // 60:02d}:{close % 60:02d}:00"),
        element("MinutesPerDay", MINUTES["d"]),
        element("MinutesPerWeek", MINUTES["w"]),
        element("DaysPerMonth", MINUTES["mo"] // MINUTES["d"]),
        element("DefaultTaskType", FIXED_DURATION),
        element("DurationFormat", WORK_FORMATS["d"]),
        element("WorkFormat", _WORK_IN_HOURS),
        element("HonorConstraints", settings.honor_constraints),
        element("MultipleCriticalPaths", False),
        element("NewTasksEffortDriven", False),
        element("NewTasksEstimated", True),
        element("SplitsInProgressTasks", True),
        element("WeekStartDay", 1),
        element("StatusDate", clock.finish_text(settings.status)),
        element("NewTasksAreManual", False),
    ]


def _project_summary(plan: Plan, engagement: Engagement) -> str:
    start: datetime = plan.start
    return group(
        "Task",
        [
            element("UID", 0),
            element("ID", 0),
            element("Name", one_line(engagement.name)),
            element("Active", True),
            element("Manual", False),
            element("Type", FIXED_DURATION),
            element("IsNull", False),
            element("WBS", "0"),
            element("OutlineNumber", "0"),
            element("OutlineLevel", 0),
            element("Priority", 500),
            element("Start", write_moment(start)),
            element("Finish", write_moment(plan.finish)),
            element("Duration", write_minutes(plan.duration)),
            element("DurationFormat", WORK_FORMATS["d"]),
            element("Milestone", False),
            element("Summary", True),
            element("CalendarUID", -1),
        ],
    )


def _resource(number: int, name: str) -> str:
    return group(
        "Resource",
        [
            element("UID", number),
            element("ID", number),
            element("Name", one_line(name)),
            element("Type", 1),
            element("IsNull", False),
            element("MaxUnits", "1.00"),
            element("CalendarUID", PROJECT_CALENDAR + number),
        ],
    )
