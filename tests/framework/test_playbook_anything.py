"""Whatever a playbook holds, the answer is a sentence, or a framework that can be worked with."""

from __future__ import annotations

from pathlib import Path
from tomllib import loads
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from pcsm_tui.domain.declarations import FieldType
from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.errors import DeclarationError
from pcsm_tui.framework.playbook import laid_over
from pcsm_tui.framework.reading import build_framework

SMALL = loads((Path(__file__).parent / "small.toml").read_text(encoding="utf-8"))

_IDS = {
    "phases": "1 2",
    "phases.1.activities": "research meet store",
    "phases.1.criteria": "known stored",
    "tools": "engagement activities groups risks waves readiness",
    "tools.groups.fields": "name heads notes",
    "tools.risks.fields": "name likelihood severity score status group deadline site",
    "tools.risks.fields.status.choices": "Open Met Accepted",
    "tools.readiness.fields": "question answer wave remark",
    "tools.readiness.rows": "goals people money",
    "tools.waves.rows": "first",
}
"""The lists of the small framework and what is in them."""
_KNOWN = sorted({word for words in _IDS.values() for word in words.split()})
_NEW = ["new", "other", "more", "Void", "name", "kind"]


_SCALARS = st.one_of(
    st.sampled_from([*_KNOWN, *_NEW]), st.integers(-1, 12), st.integers(), st.floats(), st.booleans(), st.dates()
)
_ANYTHING = st.recursive(
    _SCALARS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KNOWN), inner, max_size=3),
)
_TYPES = sorted(get_args(FieldType))
_WAYS = ["sum", "weighted", "band_of", "rule", "bands"]
_COMPUTED = st.dictionaries(
    st.sampled_from(_WAYS), st.lists(st.sampled_from(_KNOWN + _NEW), max_size=2) | _ANYTHING, max_size=2
)
_FIELD = {
    "type": st.sampled_from(_TYPES),
    "choices": st.lists(st.sampled_from(_NEW), max_size=2),
    "to": st.sampled_from(_KNOWN),
    "default": _SCALARS,
    "computed": _COMPUTED,
    "min": st.integers(0, 3),
    "max": st.integers(2, 5),
}


def _things(known: str) -> st.SearchStrategy[Any]:
    """A list of new things, most of them with what they need."""
    names = st.sampled_from([*_NEW, *known.split()])
    fields = st.lists(st.fixed_dictionaries({"id": names, "name": names}, optional=_FIELD), min_size=1, max_size=3)
    tool = {
        "id": names,
        "name": names,
        "kind": st.sampled_from(["register", "form"]),
        "summary": names,
        "fields": fields,
    }
    roles = {"tick": names, "due": names, "sort": names, "rows_for": names, "rows_for_field": names}
    small = st.fixed_dictionaries({"id": names, "name": names}, optional={**_FIELD, "guidance": names})
    return st.lists(small | st.fixed_dictionaries(tool, optional={**roles, "rows": st.lists(small)}), max_size=2)


_WORD = st.sampled_from([*_KNOWN, *_NEW])
_EVIDENCE = st.fixed_dictionaries({"tool": _WORD}, optional={"filled": _WORD})
_KEYS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "phases": {"name": _WORD, "why": _WORD, "outputs": st.lists(_WORD, max_size=2)},
    "activities": {"name": _WORD, "guidance": _WORD, "tools": st.lists(_WORD, max_size=2)},
    "criteria": {
        "name": _WORD,
        "evidence": st.lists(_EVIDENCE, max_size=1),
    },
    "tools": {
        **dict.fromkeys(["name", "sort", "group_by", "title", "tick", "due", "owner"], _WORD | st.just("")),
        "audience": st.sampled_from(["customer", "internal", "personal"]),
        "phase": st.integers(0, 3),
        "notice_days": st.integers(-1, 5000),
    },
    "fields": {
        **_FIELD,
        **dict.fromkeys(["weight", "width"], st.integers(-1, 2000)),
        **dict.fromkeys(["internal", "required"], st.booleans()),
        "name": _WORD,
    },
    "choices": {"name": _WORD},
    "rows": {"name": _WORD, "values": st.dictionaries(_WORD, _SCALARS, max_size=1)},
}
"""What the things in each list may have, and plausible values of it."""


@st.composite
def _edit(draw: st.DrawFn) -> tuple[list[str], Any]:
    """One line of a playbook: a key of those that exist, and a value that is mostly of the right shape."""
    place = draw(st.sampled_from(sorted(_IDS)))
    things = _IDS[place].split()
    verbs = {
        "drop": st.lists(st.sampled_from(things), min_size=1, max_size=2, unique=True),
        "order": st.lists(st.sampled_from(things), min_size=1, max_size=2, unique=True),
        "rename": st.dictionaries(st.sampled_from(things), st.text(min_size=1, max_size=3), min_size=1, max_size=2),
        "add": _things(_IDS[place]),
    }
    path, odd = place.split("."), draw(st.integers(0, 9)) == 9
    key = draw(st.sampled_from([*verbs, *things]))
    if key in verbs:
        return [*path, key], draw(_ANYTHING if odd else verbs[key])
    keys = _KEYS[path[-1]]
    last = draw(st.sampled_from(sorted(keys)))
    return [*path, key, last], draw(_ANYTHING if odd else keys[last])


def _playbook(edits: list[tuple[list[str], Any]]) -> dict[str, Any]:
    """Return the playbook of these lines; of lines that do not go together, the first ones."""
    playbook: dict[str, Any] = {}
    for path, value in edits:
        table: Any = playbook
        for key in path[:-1]:
            table = table.setdefault(key, {}) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table.setdefault(path[-1], value)
    return playbook


@given(st.lists(_edit(), min_size=1, max_size=5).map(_playbook))
@settings(max_examples=400, deadline=None)
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
