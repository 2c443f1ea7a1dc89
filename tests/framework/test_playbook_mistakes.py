"""What a playbook may not do, told where it stands and with what would be right."""

from __future__ import annotations

from pathlib import Path
from tomllib import loads
from typing import Any

import pytest

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.errors import DeclarationError
from pcsm_tui.framework.playbook import laid_over
from pcsm_tui.framework.reading import build_framework, declared_framework

SMALL = loads((Path(__file__).parent / "small.toml").read_text(encoding="utf-8"))


def laid(text: str, data: dict[str, Any] = SMALL) -> Framework:
    return build_framework(laid_over(data, loads(text), "playbook.toml"), "playbook.toml")


def refused(text: str, data: dict[str, Any] = SMALL) -> str:
    with pytest.raises(DeclarationError) as caught:
        laid(text, data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[tools]\ndrop = ["engagement"]', "tools.drop: 'engagement' cannot be dropped: every screen relies on it."),
        ('[tools]\ndrop = ["waves"]', "tools.drop: 'waves' cannot be dropped: readiness has a set of rows for each"),
        ('[tools]\ndrop = ["groups"]', "tools.drop: 'groups' cannot be dropped: risks.group refers to it."),
        ('[tools.risks.fields]\ndrop = ["name"]', "it names the rows (title). Set title in [tools.risks]"),
        (
            '[tools.risks.fields]\ndrop = ["status"]',
            "tools.risks.fields.drop: 'status' cannot be dropped: it is what x",
        ),
        ('[tools.risks.fields]\ndrop = ["deadline"]', "it says by when a row is to be done (due). Set due in"),
        ('[tools.risks.fields]\ndrop = ["score"]', "the table is sorted by it (sort). Set sort in [tools.risks]"),
        ('[tools.risks.fields]\ndrop = ["severity"]', "score is worked out from it (sum). Drop score too, or set sum"),
        (
            '[tools.readiness.fields]\ndrop = ["wave"]',
            "it says for which row of waves a row stands. Rename it instead.",
        ),
        ('[tools.activities.fields]\ndrop = ["state"]', "the walk through the phases relies on it. Rename it instead."),
        ('[tools.activities.fields.state.choices]\ndrop = ["Open"]', "'Open' cannot be dropped: the walk through the"),
        ('[tools.risks.fields.status.choices]\ndrop = ["Open"]', "status.default: is 'Open', not one of Met, Accepted"),
        (
            '[tools.risks.fields.status]\ndefault = "Met"\n[tools.risks.fields.status.choices]\ndrop = ["Open"]',
            "tools.risks.tick: 'status' has no choices that mean done and not done.",
        ),
    ],
)
def test_drops_that_would_break_something_are_refused_with_the_reason(text: str, sentence: str) -> None:
    assert sentence in refused(text)


# --- nothing becomes looser -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '[tools.stakeholder-plan]\naudience = "customer"',
        '[tools.career-plan]\naudience = "internal"',
        '[tools.raci]\naudience = "personal"',
        "[tools.engagement.fields.notes]\ninternal = false",
        '[tools.engagement.fields.notes]\ninternal = "no"',
        '[tools.engagement.fields]\ndrop = ["notes"]\nadd = [{ id = "notes", name = "Notes" }]',
        '[tools]\ndrop = ["feedback"]\n[[tools.add]]\nid = "feedback"\nname = "F"\nkind = "register"\nsummary = "F"\n'
        'fields = [{ id = "text", name = "Text" }]',
        '[tools.documents.fields]\ndrop = ["internal"]',
    ],
)
def test_nothing_that_is_internal_can_be_made_visible_to_the_customer(text: str) -> None:
    with pytest.raises(DeclarationError):
        laid(text, declared_framework())


def test_what_the_customer_sees_can_be_made_internal() -> None:
    framework = laid(
        '[tools.raci]\naudience = "internal"\n[tools.tasks.fields.budget]\ninternal = true', declared_framework()
    )
    assert framework.tool("raci").audience == "internal"
    assert framework.tool("tasks").field("budget").internal


# --- mistakes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('nmae = "x"', "playbook.toml: nmae: is nothing that a playbook can change. Did you mean name?"),
        ("name = 5", "playbook.toml: name: should be a text, is 5."),
        ('name = "two\\nlines"', "playbook.toml: name: should be a single line"),
        ("phases = 5", "playbook.toml: phases: should be a table, is 5."),
        ("[phases.8]\nwhy = 'x'", "playbook.toml: phases.8: is no phase here, and none of drop, rename, order, add."),
        ('[phases]\ndrop = ["1"]', "playbook.toml: phases.drop: the framework keeps its 2 phases."),
        (
            '[phases.1]\ndrop = ["meet"]',
            "phases.1.drop: is nothing that a playbook can change. Write it under [phases.1.act",
        ),
        ('[phases.1]\nwyh = "x"', "phases.1.wyh: is nothing that a playbook can change. Did you mean why?"),
        ("[phases.1]\nwhy = 5", "phases.1.why: should be a text."),
        ('[phases.1.activities]\ndrop = ["met"]', "activities.drop: there is no activity 'met'. Did you mean meet?"),
        ('[phases.1.activities]\ndrop = "meet"', "phases.1.activities.drop: should be a list, is 'meet'."),
        ("[phases.1.activities]\norder = [1]", "phases.1.activities.order: 1 is not the id of any activity."),
        ('[phases.1.activities]\norder = ["meet", "meet"]', "phases.1.activities.order: 'meet' stands there twice."),
        (
            '[phases.1.activities]\nremove = ["meet"]',
            "phases.1.activities.remove: is no activity here, and none of drop",
        ),
        (
            '[phases.1.activities.rename]\nmee = "x"',
            "phases.1.activities.rename: there is no activity 'mee'. Did you mean",
        ),
        ('[phases.1.activities.rename]\nmeet = ""', "phases.1.activities.rename.meet: should be a text, is ''."),
        ('[phases.1.activities.rename]\nmeet = "a\\nb"', "phases.1.activities.meet.name: should be a single line"),
        (
            '[phases.1.activities]\nrename = { meet = "A" }\n[phases.1.activities.meet]\nname = "B"',
            "phases.1.activities.meet.name: phases.1.activities.rename gives a name too.",
        ),
        (
            '[phases.1.activities]\ndrop = ["meet"]\n[phases.1.activities.meet]\ngood = "B"',
            "phases.1.activities.meet: is dropped by the same playbook.",
        ),
        (
            '[phases.1.activities.meet]\ntools = ["risk"]',
            "activities.meet.tools: there is no tool 'risk'. Did you mean risks",
        ),
        ('[[phases.1.activities.add]]\nname = "x"', "phases.1.activities.add: this activity has no id."),
        ('[[phases.1.activities.add]]\nid = "x"', "phases.1.activities.add.x.name: is missing."),
        ('[[phases.1.activities.add]]\nid = "x"\nname = "X"', "phases.1.activities.add.x.guidance: is missing."),
        (
            '[[phases.1.activities.add]]\nid = "A b"',
            "phases.1.activities.add: 'A b' cannot be an id. Write small letters",
        ),
        ('[[phases.1.activities.add]]\nid = "meet"', "the id 'meet' is or was that of another activity."),
        (
            '[tools.risk]\nname = "x"',
            "tools.risk: is no tool here, and none of drop, rename, order, add. Did you mean risks",
        ),
        ('[tools.risks]\nkind = "form"', "tools.risks.kind: is nothing that a playbook can change."),
        ('[tools.risks]\nnotice_days = "soon"', "tools.risks.notice_days: should be a whole number."),
        (
            "[tools.risks]\nnotice_days = 99999",
            "tools.risks.notice_days: 99999 is out of range. It goes from 0 to 3660.",
        ),
        (
            "[tools.risks]\nphase = 9",
            "tools.risks.phase: there is no phase 9. Valid: 1, 2; 0 for the engagement as a whole.",
        ),
        ('[tools.risks]\nsort = "scroe"', "tools.risks: sort names 'scroe', which is not a field. Did you mean score?"),
        (
            '[tools.risks]\naudience = "public"',
            "tools.risks.audience: should be 'customer', 'internal' or 'personal'.",
        ),
        ('[tools.activities]\ntick = ""', "tools.activities.tick: the walk through the phases relies on it as it is."),
        (
            '[tools.activities.rows]\ndrop = ["1/meet"]',
            "tools.activities.rows: the rows of activities are the activities of",
        ),
        (
            '[tools.readiness.rows]\ndrop = ["mony"]',
            "tools.readiness.rows.drop: there is no row 'mony'. Did you mean money?",
        ),
        (
            "[tools.readiness.rows.money.values]\nanswer = 5",
            "readiness.rows.money.values.answer: is 5, not true or false.",
        ),
        (
            '[tools.readiness.rows.money.values]\nremrk = "x"',
            "row money has 'remrk', which is not a field. Did you mean remark",
        ),
        ('[tools.risks.fields.likelyhood]\nhelp = "x"', "tools.risks.fields.likelyhood: is no field here"),
        (
            '[tools.risks.fields.severity]\ntype = "text"',
            "tools.risks.fields.severity.type: is nothing that a playbook can",
        ),
        (
            '[tools.risks.fields.severity]\nwidth = "wide"',
            "tools.risks.fields.severity.width: should be a whole number.",
        ),
        ("[tools.risks.fields.severity]\nmin = 9", "tools.risks.fields.severity.min: 9 is out of range. It goes from"),
        (
            "[tools.risks.fields.severity]\ndefault = 2.5",
            "tools.risks.fields.severity.default: is 2.5, not a whole number.",
        ),
        ('[tools.risks.fields]\nadd = [{ id = "a-b" }]', "tools.risks.fields.add: 'a-b' cannot be an id."),
        (
            '[tools.risks.fields]\nadd = [{ id = "a", name = "A", type = "datum" }]',
            "tools.risks.fields.add.a.type: should be 'text', 'note'",
        ),
        (
            '[tools.risks.fields]\nadd = [{ id = "a", name = "A", tpye = "date" }]',
            "tools.risks.fields.add.a.tpye: is not a known key. Did you mean type",
        ),
        (
            '[tools.risks.fields.score.computed]\nsum = ["likelihood", "name"]',
            "tools.risks.fields.score.computed.sum: there is no number, score, percentage or duration 'name'.",
        ),
        (
            '[tools.risks.fields]\nadd = [{ id = "a", name = "A", type = "computed", computed = { rule = "lates" } }]',
            "tools.risks.fields.a.computed.rule: there is no rule 'lates'. Did you mean latest?",
        ),
        (
            '[tools.risks.fields.status.choices]\nrename = { Mett = "x" }',
            "tools.risks.fields.status.choices.rename: there is no choice 'Mett'. Did you mean Met?",
        ),
        (
            '[tools.risks.fields.status.choices]\nadd = ["Met"]',
            "choices.add: the id 'Met' is or was that of another choice.",
        ),
        ('[[tools.add]]\nid = "new"\nname = "New"', "tools.add.new.kind: is missing."),
        ('[[tools.add]]\nid = "new"\nrows_from = "phases"', "tools.add.new.rows_from: is not a known key."),
        (
            '[[tools.add]]\nid = "new"\nname = "N"\nkind = "register"\nsummary = "S"\nfields = []',
            "tools.new.fields: a tool needs at least one field.",
        ),
        (
            '[[tools.add]]\nid = "baselines"\nname = "N"\nkind = "register"\nsummary = "S"\n'
            'fields = [{ id = "a", name = "A" }]',
            "tools.baselines: 'baselines' is kept for the file itself.",
        ),
        (
            '[[tools.add]]\nid = "new"\nname = "N"\nkind = "register"\nsummary = "S"\nrows_for = "new"\n'
            'rows_for_field = "a"\nfields = [{ id = "a", name = "A", type = "ref", to = "new" }]',
            "tools.new.rows_for: the rows of new stand for those of another tool themselves.",
        ),
    ],
)
def test_a_mistake_names_the_file_the_key_and_what_would_be_right(text: str, sentence: str) -> None:
    told = refused(text)
    assert told.startswith("playbook.toml: ")
    assert sentence in told
