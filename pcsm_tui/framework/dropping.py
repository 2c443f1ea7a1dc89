"""What a playbook may not drop, and what goes together with the things that it drops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Never

from pcsm_tui.errors import DeclarationError

Data = dict[str, Any]


class Reliance(NamedTuple):
    """A part of the program, by a name that follows "relies on", and the fields of a tool that it works with.

    `choices` are those of these fields whose every choice means something to the program.
    """

    who: str
    fields: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


RELIED_ON = {
    "engagement": Reliance(
        "every screen",
        ("customer", "initiative", "csm", "status", "next_meeting", "currency"),
        ("status",),
    ),
    "phases": Reliance("the walk through the phases", ("phase", "state", "started", "finished"), ("state",)),
    "activities": Reliance("the walk through the phases", ("phase", "state"), ("state",)),
    "move-on": Reliance("the walk through the phases", ("phase", "met")),
    "actions": Reliance("Today", ("arose_from",)),
    "timeline": Reliance("the history of the engagement", ("date", "kind", "phase"), ("kind",)),
    "documents": Reliance("the Repository", ("link", "internal", "template")),
    "information-gaps": Reliance("Today", ("answer",)),
    "engagement-proposal": Reliance("Today", ("sent_on", "customer_signed_on")),
    "raci": Reliance("Today", ("responsible", "accountable", "consulted", "informed")),
    "onboarding-scoring": Reliance("the Portfolio", ("total",)),
    "tasks": Reliance(
        "the Plan",
        (
            "wbs",
            "duration",
            "start",
            "finish",
            "total_float",
            "free_float",
            "critical",
            "state",
            "percent_complete",
            "kind",
            "parent",
            "predecessors",
            "constraint",
            "constraint_date",
            "deadline",
            "actual_start",
            "actual_finish",
            "remaining_duration",
            "optimistic",
            "pessimistic",
            "budget",
        ),
        ("state", "kind", "constraint"),
    ),
    "plan": Reliance(
        "the Plan",
        (
            "start",
            "status_date",
            "near_critical",
            "critical_float",
            "honor_constraints",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ),
    ),
    "calendar": Reliance("the Plan", ("from", "to", "hours")),
    "measures": Reliance(
        "Today",
        ("baseline", "target", "target_quality", "target_quantity", "deadline", "frequency", "latest", "progress"),
    ),
    "measurements": Reliance("the charts", ("measure", "date", "value")),
    "kpis": Reliance("Today", ("baseline", "target", "deadline", "latest", "progress")),
    "health": Reliance("Today", ("date", "overall", "next_action")),
    "renewals": Reliance("Today", ("date", "value", "plan")),
    "personal-evaluation": Reliance("the command for your own tools"),
}
"""The tools that the program itself works with, beside showing them as it shows every tool."""

ROLES = {
    "title": "it names the rows",
    "tick": "it is what x ticks",
    "due": "it says by when a row is to be done",
    "start": "it says when a row is to begin",
    "done_on": "it is filled in when a row is ticked",
    "owner": "it says who does it",
}
"""The parts that fields of a tool play; a playbook can give them to other fields."""

_VIEW_ROLES = {"group_by": "the rows are grouped by it", "sort": "the table is sorted by it"}


def settle_drops(before: Data, after: Data, source: str) -> None:
    """Refuse the drops that would break something, and take references to what was dropped out of `after`.

    `before` and `after` are the framework's plain data without and with the playbook; raises `DeclarationError`.
    """
    old, new = _by_id(before["tools"]), _by_id(after["tools"])
    _settle_tools(old.keys() - new.keys(), new.values(), source)
    for tool_id, tool in new.items():
        if tool_id in old:
            _settle_fields(old[tool_id], tool, source)
    for phase in after["phases"]:
        for activity in phase["activities"]:
            activity["tools"] = [name for name in activity.get("tools", []) if name in new or name not in old]
    for holder in _holders_of_evidence(after):
        holder["evidence"] = list(_evidence_left(holder["evidence"], old, new))


def _settle_tools(gone: Iterable[str], tools: Iterable[Data], source: str) -> None:
    def refuse(name: str, reason: str, hint: str) -> Never:
        raise DeclarationError(f"{source}: tools.drop: {name!r} cannot be dropped: {reason}.", hint)

    for name in sorted(gone):
        if name in RELIED_ON:
            refuse(name, f"{RELIED_ON[name].who} relies on it", "Rename it, or leave it empty.")
        for tool in tools:
            if tool.get("rows_for") == name:
                refuse(name, f"{tool['id']} has a set of rows for each of its rows", f"Drop {tool['id']} as well.")
            for field in tool["fields"]:
                if name in _names(field.get("to", ())):
                    field["to"] = [other for other in _names(field["to"]) if other != name]
                    if not field["to"]:
                        hint = f'Write drop = ["{field["id"]}"] in [tools.{tool["id"]}.fields] as well.'
                        refuse(name, f"{tool['id']}.{field['id']} refers to it", hint)


def _settle_fields(before: Data, after: Data, source: str) -> None:
    old, new = _by_id(before["fields"]), _by_id(after["fields"])
    gone = old.keys() - new.keys()
    for name in sorted(gone):
        if found := _reason_to_keep(after, name):
            reason, hint = found
            place = f"{source}: tools.{after['id']}.fields.drop"
            raise DeclarationError(f"{place}: {name!r} cannot be dropped: {reason}.", hint)
    relied = RELIED_ON.get(after["id"], Reliance(""))
    for name in filter(old.__contains__, relied.choices):
        lost = _choice_ids(old[name]) - _choice_ids(new[name])
        if lost:
            place = f"{source}: tools.{after['id']}.fields.{name}.choices.drop"
            reason = f"{min(lost)!r} cannot be dropped: {relied.who} relies on it."
            raise DeclarationError(f"{place}: {reason}", "Rename it instead.")
    if "done_by" in after:
        after["done_by"] = [name for name in after["done_by"] if name not in gone]
    for row in after.get("rows", []):
        row["values"] = {name: value for name, value in row.get("values", {}).items() if name not in gone}


def _reason_to_keep(tool: Data, name: str) -> tuple[str, str] | None:
    """Return why a field of a tool cannot be dropped, with a hint; None when it can."""
    relied, place = RELIED_ON.get(tool["id"]), f"[tools.{tool['id']}]"
    if relied and name in relied.fields:
        return f"{relied.who} relies on it", "Rename it instead."
    if tool.get("rows_for_field") == name:
        return f"it says for which row of {tool['rows_for']} a row stands", "Rename it instead."
    for role, meaning in (ROLES | _VIEW_ROLES).items():
        if str(tool.get(role, "")).removeprefix("-") == name:
            if relied and role in ROLES:
                return f"{meaning}, and {relied.who} relies on it", "Rename it instead."
            none = "" if role == "title" else ', or to ""'
            return f"{meaning} ({role})", f"Set {role} in {place} to another field{none}, as well."
    for field in tool["fields"]:
        for way in ("sum", "weighted", "band_of", "enters", "along"):
            if name in _names((field.get("computed") or {}).get(way, ())):
                hint = f"Drop {field['id']} too, or set {way} in [tools.{tool['id']}.fields.{field['id']}.computed]."
                return f"{field['id']} is worked out from it ({way})", hint
    return None


def _holders_of_evidence(data: Data) -> Iterator[Data]:
    rows = (row for tool in data["tools"] for row in tool.get("rows", []))
    criteria = (criterion for phase in data["phases"] for criterion in phase["criteria"])
    yield from (holder for holder in (*criteria, *rows) if holder.get("evidence"))


def _evidence_left(evidence: Iterable[Data], old: dict[str, Data], new: dict[str, Data]) -> Iterator[Data]:
    """Yield evidence without the tools and fields that were dropped; names that never existed are kept, to be told."""
    for item in evidence:
        name = item["tool"]
        if name in old and name in new:
            gone = _by_id(old[name]["fields"]).keys() - _by_id(new[name]["fields"]).keys()
            yield {**item, "filled": [field for field in _names(item.get("filled", ())) if field not in gone]}
        elif name not in old:
            yield item


def _by_id(items: Iterable[Data]) -> dict[str, Data]:
    return {item["id"]: item for item in items}


def _choice_ids(field: Data) -> set[str]:
    return {choice if isinstance(choice, str) else choice["id"] for choice in field.get("choices", [])}


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
