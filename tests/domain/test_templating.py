from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.editing import remove_row, set_values
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.domain.templating import from_template
from pcsm_tui.framework.reading import build_framework, declared_framework
from tests.support import LATER, STAMP, empty_document, fresh_uid, made, with_row

SAMPLES = sorted((Path(__file__).parent.parent.parent / "sample_data").glob("*.pcsm.json"))
NEW_FILE = "00000000000000000000000000000001"


@cache
def framework() -> Framework:
    return build_framework(declared_framework())


def blank(file_id: str = NEW_FILE) -> Engagement:
    document = empty_document()
    document["_meta"]["1"] |= {"file_id": file_id, "customer": "Zenith"}
    return Engagement(document, framework())


def source() -> Engagement:
    return blank("00000000000000000000000000000002")


def taken_over(template: Engagement) -> Engagement:
    return Engagement(from_template(template, blank(), fresh_uid, LATER), framework())


def sample(path: Path) -> Engagement:
    return Engagement(json.loads(path.read_text(encoding="utf-8")), framework())


def records(seen: Engagement) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, table in seen.document.items():
        if name != "_meta":
            yield from ((name, dict(record)) for record in table.values())


def values_of(seen: Engagement, *types: str) -> set[str]:
    """Return the texts in all fields of these types."""
    found: set[str] = set()
    for tool in seen.framework.tools:
        for field in tool.fields:
            for row in seen.rows(tool.id) if field.type in types else ():
                value = row.get(field.id)
                found.update(value if isinstance(value, list) else [value] if isinstance(value, str) else [])
    return {text for text in found if text.strip()}


ids = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name.split(".")[0])


@ids
def test_nothing_in_a_new_engagement_says_whose_the_template_was(path: Path) -> None:
    template = sample(path)
    text = "\n".join(json.dumps(record, ensure_ascii=False) for _, record in records(taken_over(template)))
    facts = template.form("engagement")
    names = {str(facts.get("customer")), str(facts.get("initiative"))} | values_of(template, "person", "tags")
    stakeholders = {template.title(row) for row in template.rows("stakeholder-plan")}
    assert [name for name in names | stakeholders if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)] == []
    assert re.search(r"\w@\w", text) is None


@ids
def test_nothing_in_a_new_engagement_has_happened_yet(path: Path) -> None:
    grown = taken_over(sample(path))
    assert not values_of(grown, "date", "person", "tags", "link")
    for tool in framework().tools:
        for row in grown.rows(tool.id):
            assert not row.done
            kinds = {tool.field(name).type for name in row.record if row.stored and tool.has(name)}
            assert not kinds & {"yes_no", "percent", "money", "computed"}
            assert grown.problems(row) == {}, "every reference is to a row of the new engagement"


@ids
def test_rows_carried_over_are_the_new_engagements_own(path: Path) -> None:
    template = sample(path)
    grown = taken_over(template)
    old = {record.get("uid") for _, record in records(template)}
    assert not old & {record["uid"] for _, record in records(grown)}
    assert {(record["at"], record["by"]) for _, record in records(grown)} <= {(LATER.at, "bo")}
    assert {name for name, _ in records(grown)} <= {tool.id for tool in framework().tools if tool.reusable}
    for tool in framework().tools:
        defaults = {row.uid for row in blank().rows(tool.id)}
        assert defaults <= {row.uid for row in grown.rows(tool.id)}, "default rows keep the uid that they have here"


def test_only_method_is_reusable() -> None:
    for tool in framework().tools:
        assert not (tool.reusable and (tool.single or tool.audience == "personal"))
    own = {"timeline", "actions", "documents", "stakeholder-plan", "impacted-groups", "problems", "concerns", "move-on"}
    assert not [tool.id for tool in framework().tools if tool.id in own and tool.reusable]


def test_a_row_comes_without_ticks_people_dates_and_notes_and_with_its_method() -> None:
    template, _ = with_row(
        source(), "adoption-risks", name="Old radios fail", likelihood=3, status="Addressed", accountable="Tom King",
        deadline="2026-12-01", description="Seen at the depot.", internal_notes="They fear it.",
    )  # fmt: skip
    (row,) = taken_over(template).rows("adoption-risks")
    carried = {name: value for name, value in row.record.items() if name not in ("uid", "order")}
    assert carried == {"name": "Old radios fail", "likelihood": 3, "status": "Open", "at": LATER.at, "by": "bo"}


def test_a_row_named_after_somebody_stays_behind_and_so_do_references_to_it() -> None:
    seen, _ = with_row(source(), "stakeholder-plan", name="Aoife Byrne")
    seen, barrier = with_row(seen, "adoption-barriers", name="Aoife is away in March")
    seen, kept = with_row(seen, "adoption-barriers", name="No room to train in")
    seen, _ = with_row(seen, "adoption-risks", name="Late", arises_from=barrier.uid)
    seen, _ = with_row(seen, "adoption-risks", name="Crowded", arises_from=kept.uid)
    grown = taken_over(seen)
    (left,) = grown.rows("adoption-barriers")
    assert left.get("name") == "No room to train in"
    assert [row.get("arises_from") for row in grown.rows("adoption-risks")] == [None, left.uid]


def test_links_go_along_to_the_rows_that_do() -> None:
    seen, _ = with_row(source(), "stakeholder-plan", name="Aoife Byrne")
    seen, named = with_row(seen, "tasks", name="Ask Aoife")
    seen, first = with_row(seen, "tasks", name="Order the tablets", duration={"elapsed": 1440})
    waits = [{"task": named.uid, "type": "FS"}, {"task": first.uid, "type": "SS", "lag": "2d"}]
    seen, _ = with_row(
        seen, "tasks", name="Hand them out", predecessors=waits, percent_complete=500, actual_start="2026-11-02",
        constraint="Must start on", remaining_duration=480, duration=960,
    )  # fmt: skip
    order, hand_out = taken_over(seen).rows("tasks")
    assert order.get("duration") == {"elapsed": 1440}
    assert {name: value for name, value in hand_out.record.items() if name not in ("uid", "order", "at", "by")} == {
        "name": "Hand them out", "duration": 960, "state": "Open", "kind": "Work package",
        "predecessors": [{"task": order.uid, "type": "SS", "lag": "2d"}],
    }  # fmt: skip


def test_a_default_row_enters_the_file_only_where_it_is_worded_otherwise() -> None:
    seen = source()
    first, second, *_ = seen.rows("raci")
    seen = made(seen, set_values(seen, first, {"task": "Agree the rollout"}, STAMP))
    seen = made(seen, set_values(seen, second, {"notes": "Ask again."}, STAMP))
    grown = taken_over(seen)
    assert [row.get("task") for row in grown.rows("raci") if row.stored] == ["Agree the rollout"]
    assert [row.uid for row in grown.rows("raci")] == [row.uid for row in blank().rows("raci")]


def test_questions_that_stand_for_every_phase_are_not_doubled() -> None:
    seen = source()
    phase = seen.rows("adoption-phases")[0]
    question = next(row for row in seen.rows("readiness") if row.get("adoption_phase") == phase.uid)
    seen = made(seen, set_values(seen, question, {"question": "Is all of it ready?"}, STAMP))
    grown = taken_over(seen)
    assert len(grown.rows("readiness")) == len(blank().rows("readiness"))
    (own,) = [row for row in grown.rows("readiness") if row.stored]
    assert own.get("adoption_phase") == grown.rows("adoption-phases")[0].uid


def test_an_own_question_for_a_removed_phase_comes_without_it() -> None:
    seen = source()
    phase = seen.rows("adoption-phases")[0]
    seen, _ = with_row(seen, "readiness", question="Are the keys there?", adoption_phase=phase.uid)
    seen = made(seen, remove_row(seen, seen.row("adoption-phases", phase.uid), STAMP))
    (own,) = [row for row in taken_over(seen).rows("readiness") if row.stored]
    assert (own.get("question"), own.get("adoption_phase")) == ("Are the keys there?", None)
