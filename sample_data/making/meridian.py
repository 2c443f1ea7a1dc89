"""The generated part of the large sample: tasks, stakeholders and notes, from word lists and a fixed seed."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sample_data.making.building import Content
from sample_data.making.days import SAMPLE_TODAY, finish_of, next_working_day, working_day_before

STEM = "meridian-grid"
TASKS, STAKEHOLDERS, NOTES = 400, 60, 200
WORDS = Path(__file__).resolve().parent.parent / "content" / "meridian-grid-words.toml"
_LAST_DAY = working_day_before(SAMPLE_TODAY)
_FIRST_DAY = date(2026, 6, 1)
_LATE = 3
_ONE_DAY = timedelta(days=1)

Rows = list[dict[str, Any]]


def with_generated(content: Content) -> Content:
    """Return the content with stakeholders, tasks and notes added up to the numbers of the large sample."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    rng = random.Random(2026_11_22)
    known = content["stakeholder-plan"]["rows"]
    people = [*known, *_stakeholders(words, rng, STAKEHOLDERS - len(known))]
    names = [row["name"] for row in people if row.get("kind") != "Category"]
    leaders = {row["name"] for row in known}
    events = sum(2 if "finished" in row else 1 for row in content["phases"]["rows"])
    return {
        **content,
        "stakeholder-plan": {"rows": people},
        "tasks": {"rows": _tasks(words, rng, [name for name in names if name not in leaders])},
        "timeline": {"rows": _notes(words, rng, names, NOTES - events)},
    }


def _stakeholders(words: dict[str, Any], rng: random.Random, count: int) -> Rows:
    lists = words["people"]
    first, last = list(lists["first_names"]), list(lists["last_names"])
    rng.shuffle(first)
    rng.shuffle(last)
    rows: Rows = []
    for place, (one, other) in enumerate(zip(first, last, strict=True)):
        role, seniority, authority, relevance = lists["roles"][place % len(lists["roles"])]
        region = words["regions"][place // len(lists["roles"]) % len(words["regions"])]
        rows.append(_stakeholder(lists, rng, f"{one} {other}", f"{role}, {region}", relevance, seniority, authority))
    for name in lists["categories"]:
        rows.append({**_stakeholder(lists, rng, name, "Six regions", "Feel it", 3, 4), "kind": "Category"})
    return rows[:count]


def _stakeholder(
    lists: dict[str, Any], rng: random.Random, name: str, role: str, relevance: str, seniority: int, authority: int
) -> dict[str, Any]:
    authority = min(10, max(0, authority + rng.randrange(-1, 2)))
    interest = rng.randrange(2, 11)
    row = {
        "name": name,
        "job_role": role,
        "relevance": relevance,
        "seniority_level": seniority,
        "authority": authority,
        "interest": interest,
        "support": rng.randrange(2, 11),
        "strategy": ("A" if interest > 5 else "B") if authority > 5 else ("C" if interest > 5 else "D"),
        "primary_desires": rng.choice(lists["desires"]),
        "primary_concerns": rng.choice(lists["concerns"]),
        "_on": _LAST_DAY - timedelta(days=7 * rng.randrange(1, 40)),
    }
    return row | ({"notes": rng.choice(lists["notes"])} if rng.randrange(3) == 0 else {})


# --- the plan -------------------------------------------------------------------------------------------------


def _tasks(words: dict[str, Any], rng: random.Random, names: list[str]) -> Rows:
    rows: Rows = []
    for number, stream in enumerate([*words["regional"], *words["general"]], 1):
        rows.append({"name": stream["name"], "kind": "Work stream", "deliverable": f"All of {stream['name'].lower()}"})
        parts = stream.get("parts")
        for place, part in enumerate(parts or words["regions"], 1):
            name = f"{stream['name']}, {part}"
            phase = "All regions" if parts else words["adoption_phases"][place - 1]
            head = {"kind": "Work stream", "parent": stream["name"], "adoption_phase": phase}
            rows.append({"name": name, **head})
            common = {"parent": name, "adoption_phase": phase, "impacted_group": stream["group"]}
            begins = _FIRST_DAY + timedelta(weeks=stream["stagger"] * (place - 1) + number)
            rows += [{**row, **common} for row in _packages(stream, part, f"{number}.{place}", begins, rng, names)]
    _tie(rows, words["ties"], len(words["regions"]))
    _leave_late(rows)
    left_over = len(rows) - TASKS
    for _ in range(left_over):
        rows.remove(next(row for row in reversed(rows) if row.get("kind") == "Milestone"))
    return [_with_plan_dates(row) for row in rows]


def _with_plan_dates(row: dict[str, Any]) -> dict[str, Any]:
    """Return a task with the dates that somebody enters: of work that was done, and of what waits for nothing."""
    if "finish" not in row:
        return row
    rest = {name: value for name, value in row.items() if name not in ("start", "finish")}
    if row.get("state") == "Done":
        begun = {"actual_start": row["start"]} if row["duration"] != "0d" else {}
        return {**rest, **begun, "actual_finish": row["finish"]}
    if "percent_complete" in row:
        return {**rest, "actual_start": row["start"]}
    return rest if "predecessors" in row else {**rest, "start": row["start"]}


def _packages(
    stream: dict[str, Any], part: str, outline: str, begins: date, rng: random.Random, names: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the packages of a sub stream, each after the one before it, and the milestone that ends it."""
    regional = "parts" not in stream
    owners = rng.sample(names, 3)
    free = next_working_day(begins)
    for place, (days, name, deliverable) in enumerate(stream["packages"], 1):
        days += rng.randrange(0, 3)
        lag = rng.choice([0, 0, 0, 2, 5])
        start = finish_of(free, 1 + lag)
        finish = finish_of(start, days)
        before = {"predecessors": f"{outline}.{place - 1}FS+{lag}d" if lag else f"{outline}.{place - 1}"}
        yield {
            "_outline": f"{outline}.{place}",
            "name": f"{name}, {part}" if regional else name.format(part=part),
            "owner": owners[place % 3],
            "start": start,
            "duration": f"{days}d",
            "finish": finish,
            **_estimates(place, days, finish),
            "deliverable": deliverable,
            **(before if place > 1 else {}),
            **_state(start, finish, days),
        }
        free = finish_of(finish + _ONE_DAY, 1 + stream["gap"])
    yield {
        "name": f"{stream['milestone']}, {part}" if regional else stream["milestone"].format(part=part),
        "kind": "Milestone",
        "owner": owners[0],
        "start": finish,
        "duration": "0d",
        "finish": finish,
        "predecessors": f"{outline}.{len(stream['packages'])}",
        "deliverable": "Said so by the owner of the region" if regional else "Accepted by the board",
        **({"state": "Done"} if finish <= _LAST_DAY else {}),
    }


def _estimates(place: int, days: int, finish: date) -> dict[str, Any]:
    """Return how long every second package still to come takes at best and at worst."""
    if place % 2 or finish <= _LAST_DAY:
        return {}
    return {"optimistic": f"{max(days * 3 // 4, 1)}d", "pessimistic": f"{days * 8 // 5 + 1}d"}


def _state(start: date, finish: date, days: int) -> dict[str, Any]:
    """Return how far a package is on the samples' today: what has ended is done, what runs as far as time has gone."""
    if finish <= _LAST_DAY:
        return {"state": "Done", "percent_complete": 100}
    if start > _LAST_DAY:
        return {}
    gone = sum((start + timedelta(days=step)).weekday() < 5 for step in range((_LAST_DAY - start).days + 1))
    return {"state": "In progress", "percent_complete": 100 * gone // days // 5 * 5}


def _tie(rows: Rows, ties: list[list[str]], regions: int) -> None:
    """Let packages wait for those of other streams, where these end before they begin."""
    by_outline = {row["_outline"]: row for row in rows if "_outline" in row}
    for waits, on in ties:
        for region in range(1, regions + 1):
            row, other = by_outline[waits.format(region=region)], by_outline[on.format(region=region)]
            if other["finish"] < row["start"]:
                row["predecessors"] += f", {other['_outline']}"


def _leave_late(rows: Rows) -> None:
    """Leave the last tenth of a few packages undone: such as ended in the last week and nothing begun waits for."""
    monday = _LAST_DAY - timedelta(days=4)
    late = [
        row
        for row, after in pairwise(rows)
        if "percent_complete" in row and monday <= row["finish"] <= _LAST_DAY < after.get("start", _LAST_DAY)
    ]
    for row, state in zip(late[:_LATE], ("In progress", "Blocked", "In progress"), strict=True):
        row.update(state=state, percent_complete=90, deadline=row["finish"], notes="Was to be finished this week.")


# --- the timeline ---------------------------------------------------------------------------------------------


def _notes(words: dict[str, Any], rng: random.Random, names: list[str], count: int) -> Rows:
    lists = words["timeline"]
    first = date(2025, 9, 2)
    span = (_LAST_DAY - first).days
    days = sorted(next_working_day(first + timedelta(days=rng.randrange(span))) for _ in range(count))
    rows: Rows = []
    for day in days:
        name, topic = rng.choice(names), rng.choice(lists["topics"])
        region = rng.choice(words["regions"])
        note = f"{rng.choice(lists['said'])} {rng.choice(lists['follows'])}".strip()
        rows.append(
            {
                "date": day,
                "kind": rng.choice(["Call", "Call", "Meeting", "E-mail", "Note"]),
                "subject": rng.choice(lists["subjects"]).format(topic=topic, region=region),
                "people": name,
                "phase": _phase_on(day),
                "note": note.format(name=name.partition(" ")[0]),
            }
        )
    return rows


def _phase_on(day: date) -> int:
    """Return the phase that a note of a day most likely concerns."""
    begun = (date(2025, 10, 20), date(2026, 1, 5), date(2026, 3, 2), date(2026, 6, 1))
    return 1 + sum(day >= start for start in begun)
