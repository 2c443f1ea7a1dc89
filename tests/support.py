"""A small framework that has a field of every type, and engagements seen through it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from pcsm_tui.domain.changes import Change, apply
from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.editing import Stamp, add_row
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.framework.reading import build_framework

SUNDAY = date(2026, 11, 22)
FILE_ID = "5f0c4b6e9d3a47c18a2b6d7e8f901234"
STAMP = Stamp(at="2026-11-22T09:30:00Z", by="ada", today=SUNDAY)
LATER = Stamp(at="2026-11-23T10:00:00Z", by="bo", today=date(2026, 11, 23))

BANDS = [
    {"up_to": 5, "label": "Simple", "advice": "Call."},
    {"up_to": 10, "label": "Straightforward", "advice": "Plan."},
    {"up_to": 15, "label": "Fairly Complex", "advice": "Project."},
    {"up_to": 20, "label": "Highly Complex", "advice": "Programme."},
]
STATES = ["Open", "In progress", {"id": "Done", "done": True}]

SAMPLE_FIELDS: list[dict[str, Any]] = [
    {"id": "name", "name": "Name", "required": True},
    {"id": "details", "name": "Details", "type": "note"},
    {"id": "colour", "name": "Colour", "type": "choice", "choices": ["Red", "Green", {"id": "b", "name": "Deep blue"}]},
    {"id": "agreed", "name": "Agreed", "type": "yes_no"},
    {"id": "day", "name": "Day", "type": "date"},
    {"id": "count", "name": "Count", "type": "number"},
    {"id": "exact", "name": "Exact", "type": "number", "decimals": 2, "unit": "km"},
    {"id": "share", "name": "Share", "type": "percent"},
    {"id": "budget", "name": "Budget", "type": "money"},
    {"id": "effort", "name": "Effort", "type": "duration", "unit": "h"},
    {"id": "rating", "name": "Rating", "type": "score", "min": 0, "max": 10},
    {"id": "who", "name": "Who", "type": "person"},
    {"id": "one", "name": "One", "type": "ref", "to": ["risks"]},
    {"id": "many", "name": "Many", "type": "refs", "to": ["risks", "adoption-phases"]},
    {"id": "moment", "name": "Moment", "type": "date", "time": True},
    {"id": "wait", "name": "Wait", "type": "duration", "elapsed": True},
    {"id": "after", "name": "After", "type": "links", "to": ["risks"]},
    {"id": "hours", "name": "Hours", "type": "hours"},
    {"id": "words", "name": "Words", "type": "tags"},
    {"id": "page", "name": "Page", "type": "link"},
]
"""A field of every type that can be typed, and one of every attribute that changes what it holds."""

TOOLS: list[dict[str, Any]] = [
    {
        "id": "engagement", "name": "Engagement", "kind": "form", "summary": "Facts.", "row_name": "engagement",
        "fields": [
            {"id": "customer", "name": "Customer", "required": True},
            {"id": "status", "name": "Status", "type": "choice", "default": "Active", "choices": ["Active", "Closed"]},
            {"id": "currency", "name": "Currency", "default": "EUR"},
        ],
    },
    {
        "id": "phases", "name": "Phases", "kind": "register", "summary": "States.", "row_name": "phase",
        "title": "name", "rows_from": "phases",
        "fields": [
            {"id": "phase", "name": "No.", "type": "number"},
            {"id": "name", "name": "Phase"},
            {"id": "state", "name": "State", "type": "choice", "default": "Open",
             "choices": ["Open", "In progress", {"id": "Finished", "done": True}]},
            {"id": "started", "name": "Started", "type": "date"},
            {"id": "finished", "name": "Finished", "type": "date"},
        ],
    },
    {
        "id": "activities", "name": "Activities", "kind": "checklist", "summary": "Work.", "row_name": "activity",
        "title": "name", "rows_from": "activities", "tick": "state", "done_on": "done_on",
        "fields": [
            {"id": "phase", "name": "Phase", "type": "number"},
            {"id": "name", "name": "Activity"},
            {"id": "state", "name": "State", "type": "choice", "default": "Open", "choices": STATES},
            {"id": "done_on", "name": "Done On", "type": "date"},
            {"id": "notes", "name": "Notes", "type": "note"},
        ],
    },
    {
        "id": "timeline", "name": "Timeline", "kind": "register", "summary": "Events.", "row_name": "event",
        "title": "subject",
        "fields": [
            {"id": "date", "name": "Date", "type": "date", "default": "today"},
            {"id": "kind", "name": "Kind", "type": "choice", "choices": ["Event", "Note"]},
            {"id": "subject", "name": "Subject"},
            {"id": "phase", "name": "Phase", "type": "number"},
        ],
    },
    {
        "id": "proposal", "name": "Proposal", "kind": "document", "summary": "Offer.", "row_name": "proposal",
        "fields": [{"id": "customer", "name": "Customer", "default_from": "customer"}],
    },
    {"id": "samples", "name": "Samples", "kind": "register", "summary": "All.", "row_name": "sample",
     "fields": SAMPLE_FIELDS},
    {
        "id": "risks", "name": "Risks", "kind": "register", "summary": "Risks.", "row_name": "risk", "title": "name",
        "fields": [
            {"id": "no", "name": "No.", "type": "computed", "computed": {"rule": "no"}},
            {"id": "name", "name": "Name", "required": True},
            {"id": "likelihood", "name": "Likelihood", "type": "score", "min": 1, "max": 5, "required": True},
            {"id": "severity", "name": "Severity", "type": "score", "min": 1, "max": 5},
            {"id": "score", "name": "Score", "type": "computed", "computed": {"sum": ["likelihood", "severity"]}},
        ],
    },
    {
        "id": "steps", "name": "Steps", "kind": "register", "summary": "A tree.", "row_name": "step",
        "outline": "parent", "tick": "state", "due": "due", "done_on": "done_on",
        "fields": [
            {"id": "name", "name": "Name"},
            {"id": "state", "name": "State", "type": "choice", "default": "Open", "choices": STATES},
            {"id": "parent", "name": "Parent", "type": "ref", "to": ["steps"]},
            {"id": "after", "name": "After", "type": "links", "to": ["steps"]},
            {"id": "due", "name": "Due", "type": "date"},
            {"id": "done_on", "name": "Done On", "type": "date"},
            {"id": "not_before", "name": "Not Before", "type": "date", "time": True},
            {"id": "bound", "name": "Bound", "type": "yes_no"},
            {"id": "number", "name": "Number", "type": "computed", "computed": {"rule": "wbs"}},
            {"id": "start", "name": "Start", "type": "computed",
             "computed": {"rule": "start", "enters": "not_before", "along": {"bound": True}}},
        ],
    },
    {
        "id": "scoring", "name": "Scoring", "kind": "form", "summary": "How complex.", "row_name": "scoring",
        "fields": [
            *({"id": name, "name": name.title(), "type": "score", "min": 0, "max": 5} for name in ("a", "b", "c", "d")),
            {"id": "total", "name": "Total", "type": "computed", "computed": {"sum": ["a", "b", "c", "d"]}},
            {"id": "band", "name": "Band", "type": "computed", "computed": {"band_of": "total", "bands": BANDS}},
            {"id": "advice", "name": "Advice", "type": "computed",
             "computed": {"band_of": "total", "advice": True, "bands": BANDS}},
        ],
    },
    {
        "id": "health", "name": "Health", "kind": "register", "summary": "Readings.", "row_name": "reading",
        "fields": [
            {"id": "date", "name": "Date", "type": "date"},
            {"id": "usage", "name": "Usage", "type": "percent", "weight": 3},
            {"id": "mood", "name": "Mood", "type": "percent", "weight": 1},
            {"id": "overall", "name": "Overall", "type": "computed", "computed": {"weighted": ["usage", "mood"]}},
            {"id": "light", "name": "Light", "type": "computed", "computed": {"band_of": "overall", "bands": [
                {"up_to": 40, "label": "red"}, {"up_to": 70, "label": "amber"}, {"up_to": 100, "label": "green"}]}},
            {"id": "first", "name": "First", "type": "score", "min": 0, "max": 10},
            {"id": "second", "name": "Second", "type": "score", "min": 0, "max": 10, "weight": 2},
            {"id": "points", "name": "Points", "type": "computed", "computed": {"weighted": ["first", "second"]}},
            {"id": "travel", "name": "Travel", "type": "duration"},
            {"id": "work", "name": "Work", "type": "duration"},
            {"id": "time", "name": "Time", "type": "computed", "computed": {"sum": ["travel", "work"]}},
        ],
    },
    {
        "id": "measures", "name": "Measures", "kind": "register", "summary": "What is measured.", "row_name": "measure",
        "fields": [
            {"id": "name", "name": "Name"},
            {"id": "baseline", "name": "Baseline", "type": "number", "decimals": 2},
            {"id": "target", "name": "Target", "type": "number", "decimals": 2},
            {"id": "target_quality", "name": "Target Quality"},
            {"id": "target_quantity", "name": "Target Quantity"},
            {"id": "deadline", "name": "Deadline", "type": "date"},
            {"id": "frequency", "name": "Frequency", "type": "choice", "choices": [
                {"id": "Daily", "days": 1, "per_year": 250},
                {"id": "Weekly", "days": 7, "per_year": 50},
                {"id": "Monthly", "days": 31, "per_year": 12},
            ]},
            *({"id": name, "name": name.title(), "type": "computed", "computed": {"rule": name}}
              for name in ("latest", "progress", "missing_target", "measuring_cost")),
        ],
    },
    {
        "id": "measurements", "name": "Measurements", "kind": "register", "summary": "Values.", "row_name": "value",
        "fields": [
            {"id": "measure", "name": "Measure", "type": "ref", "to": ["measures"]},
            {"id": "date", "name": "Date", "type": "date"},
            {"id": "value", "name": "Value", "type": "number", "decimals": 2},
        ],
    },
    {
        "id": "adoption-phases", "name": "Adoption Phases", "kind": "register", "summary": "Phases of adoption.",
        "row_name": "adoption phase", "title": "name",
        "fields": [{"id": "name", "name": "Name"}],
        "rows": [{"key": "one", "values": {"name": "First"}}, {"key": "two", "values": {"name": "Second"}}],
    },
    {
        "id": "readiness", "name": "Readiness", "kind": "checklist", "summary": "Ready?", "row_name": "question",
        "title": "question", "tick": "answer", "done_on": "date",
        "rows_for": "adoption-phases", "rows_for_field": "adoption_phase",
        "fields": [
            {"id": "adoption_phase", "name": "Adoption Phase", "type": "ref", "to": ["adoption-phases"]},
            {"id": "question", "name": "Question"},
            {"id": "answer", "name": "Answer", "type": "yes_no"},
            {"id": "date", "name": "Date", "type": "date"},
            {"id": "comments", "name": "Comments", "type": "note"},
        ],
        "rows": [
            {"key": "overall", "values": {"question": "Is the plan agreed?", "adoption_phase": ""}},
            {"key": "trained", "values": {"question": "Are they trained?"}, "help": "Ask a team leader."},
            {"key": "told", "values": {"question": "Were they told?"}},
        ],
    },
]  # fmt: skip


def framework_data() -> dict[str, Any]:
    """Return the small framework as plain data."""
    phases = [
        {
            "number": number, "id": f"phase-{number}", "name": name, "stage": "A",
            "purpose": f"Do {name}.", "why": "So.", "outputs": ["A result"],
            "activities": [{"id": key, "name": key.title(), "guidance": "Do it."} for key in ("look", "act")],
            "criteria": [{"id": "done", "text": "It is done"}],
        }
        for number, name in ((1, "Preparation"), (2, "Commitment"))
    ]  # fmt: skip
    return {
        "name": "Small", "version": "1", "stages": [{"id": "A", "name": "Initial", "text": "Begin."}], "qualities": [],
        "phases": phases, "tools": TOOLS,
    }  # fmt: skip


@cache
def small_framework() -> Framework:
    """Return the small framework."""
    return build_framework(framework_data())


def empty_document() -> dict[str, Any]:
    """Return the document of a new engagement, with a known identity."""
    meta = {"format": "pcsm", "schema": 2, "min_reader": 2, "file_id": FILE_ID, "rev": "", "n": 0, "ancestry": []}
    return {"_meta": {"1": {**meta, "customer": "Acme", "framework": {}, "playbook": {}}}}


def engagement(tables: Mapping[str, Mapping[str, Any]] | None = None) -> Engagement:
    """Return an engagement of the small framework whose document has these tables besides `_meta`."""
    return Engagement({**empty_document(), **(tables or {})}, small_framework())


_NUMBERS = itertools.count(1)


def fresh_uid() -> str:
    """Return a uid that no other call returned; the later one has the higher document id."""
    return f"{next(_NUMBERS) << 20:013x}".ljust(32, "0")


def made(seen: Engagement, change: Change) -> Engagement:
    """Return the engagement with a change made, read afresh from its document."""
    return Engagement(apply(seen.document, change), seen.framework)


def with_row(seen: Engagement, tool_id: str, **values: Any) -> tuple[Engagement, Row]:
    """Return the engagement with a row added at the end of a tool, and that row."""
    uid = fresh_uid()
    grown = made(seen, add_row(seen, seen.framework.tool(tool_id), values, uid, STAMP))
    return grown, grown.row(tool_id, uid)
