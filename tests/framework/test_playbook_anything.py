"""Whatever a playbook holds, the answer is a sentence, or a framework that can be worked with."""

from __future__ import annotations

import re
from pathlib import Path
from tomllib import loads
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import DeclarationError
from pcsm_tui.framework.playbook import laid_over
from pcsm_tui.framework.reading import build_framework

SMALL = loads((Path(__file__).parent / "small.toml").read_text(encoding="utf-8"))

_WORDS = st.sampled_from(
    re.findall(
        r"\w+",
        """
        drop rename order add name help id key values fields rows choices activities criteria phases tools computed sum
        weighted band_of bands rule type kind to default width weight min max required internal audience notice_days
        sort group_by tick due title summary evidence filled tool up_to label done rows_for rows_for_field 1 2
        engagement groups risks waves readiness research meet known goals money likelihood severity score status group
        deadline wave question answer Open Met new register form choice ref yes_no date number customer
        """,
    )
)
_SCALARS = st.one_of(_WORDS, st.integers(), st.floats(), st.booleans(), st.dates(), st.text(max_size=5))
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS | st.text(max_size=3), inner, max_size=4),
)
_NAMES = st.sampled_from(["new", "new_field", "Void", "risks", "name"])
_ADDED = st.dictionaries(_WORDS, _ANYTHING, max_size=3).flatmap(
    lambda rest: _NAMES.map(lambda name: {"id": name, "name": name, "type": "text", "kind": "register", **rest})
)


def _lists(things: list[str], inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Tables such as a playbook has: mostly the four verbs on things that exist, sometimes anything."""
    some = st.lists(st.sampled_from(things), max_size=2)
    verbs: dict[str, st.SearchStrategy[Any]] = {
        "drop": some,
        "order": some,
        "rename": st.dictionaries(st.sampled_from(things), st.text(max_size=4), max_size=2),
        "add": st.lists(_ADDED, max_size=2),
    }
    changes = dict.fromkeys(things, inner | _ANYTHING)
    return st.fixed_dictionaries({}, optional={**verbs, **changes}) | _ANYTHING


def _attributes(model: str) -> dict[str, st.SearchStrategy[Any]]:
    return dict.fromkeys(model.split(), _ANYTHING)


_FIELD = st.fixed_dictionaries(
    {},
    optional={
        **_attributes("name help width weight min max required internal default computed"),
        "choices": _lists(["Open", "Met"], _ANYTHING),
    },
)
_TOOL = st.fixed_dictionaries(
    {},
    optional={
        **_attributes("name summary audience sort tick due title phase notice_days"),
        "fields": _lists(["name", "severity", "score", "status", "group", "question", "wave"], _FIELD),
        "rows": _lists(["goals", "money", "first"], _ANYTHING),
    },
)
_PLAYBOOKS = st.fixed_dictionaries(
    {},
    optional={
        "name": _ANYTHING,
        "phases": _lists(["1", "2"], _lists(["activities", "criteria"], _lists(["meet", "known"], _ANYTHING))),
        "tools": _lists(["risks", "groups", "waves", "readiness", "activities"], _TOOL),
    },
)


@given(_PLAYBOOKS | _ANYTHING)
@settings(max_examples=250, deadline=None)
def test_any_playbook_is_either_refused_in_a_sentence_or_can_be_worked_with(playbook: Any) -> None:
    try:
        framework = build_framework(laid_over(SMALL, playbook, "playbook.toml"), "playbook.toml")
    except DeclarationError as refusal:
        assert refusal.message.startswith("playbook.toml: ")
        return
    engagement = Engagement({}, framework)
    for tool in framework.tools:
        for row in engagement.rows(tool.id):
            assert not engagement.problems(row).keys() - {tool.rows_for_field}
            assert all(isinstance(engagement.show(row, field.id), str) for field in tool.fields)
