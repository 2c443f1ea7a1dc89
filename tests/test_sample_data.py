"""The sample engagements: made anew they are the same, they are valid, and they show what they are meant to show."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from tinydb import TinyDB

from pcsm_tui.domain.engagement import Engagement
from pcsm_tui.framework.reading import build_framework, declared_framework
from pcsm_tui.insight.attention import signals
from pcsm_tui.insight.health import health
from pcsm_tui.insight.progress import phase_progress
from pcsm_tui.insight.urgency import todays
from pcsm_tui.schedule.baselines import BASELINES, baselines_of, plan_variance, variances
from pcsm_tui.schedule.plan import plan_of
from pcsm_tui.schedule.rules import offer_rules
from pcsm_tui.store.canonical import from_bytes, to_bytes
from pcsm_tui.workspace.checking import check

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
STEMS = (
    "alder-clinics",
    "brightwell-group",
    "calder-and-sons",
    "harbour-foods",
    "juniper-logistics",
    "meridian-grid",
    "northline-rail",
    "tokyo-sakura",
)
TODAY = date(2026, 11, 22)
FRAMEWORK = build_framework(declared_framework())
offer_rules()


def path_of(stem: str) -> Path:
    return SAMPLES / f"{stem}.pcsm.json"


@pytest.fixture(scope="module")
def engagements() -> dict[str, Engagement]:
    return {stem: Engagement(from_bytes(path_of(stem).read_bytes(), path_of(stem)), FRAMEWORK) for stem in STEMS}


# --- made -----------------------------------------------------------------------------------------------------


def test_made_anew_they_are_the_committed_bytes(tmp_path):
    subprocess.run([sys.executable, str(SAMPLES / "make.py"), str(tmp_path)], check=True, timeout=120)

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in SAMPLES.glob("*.pcsm.json")}
    assert sorted(made) == [f"{stem}.pcsm.json" for stem in STEMS]
    assert made == committed


def test_they_are_small_and_canonical():
    payloads = [path_of(stem).read_bytes() for stem in STEMS]
    assert sum(map(len, payloads)) < 3_000_000
    for stem, payload in zip(STEMS, payloads, strict=True):
        assert to_bytes(from_bytes(payload, path_of(stem))) == payload


@pytest.mark.parametrize("stem", STEMS)
def test_stock_tinydb_opens_and_inserts(stem, tmp_path):
    copy = Path(shutil.copy(path_of(stem), tmp_path))
    with TinyDB(copy, encoding="utf-8") as database:
        (form,) = database.table("engagement").all()
        before = {name: len(database.table(name)) for name in database.tables()}
        database.table("actions").insert({"action": "Ring back"})

        assert form["customer"] == database.table("_meta").all()[0]["customer"]
        assert len(database.table("actions")) == before.get("actions", 0) + 1


# --- valid ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", STEMS)
def test_every_value_fits_its_field_and_every_reference_resolves(stem, engagements):
    engagement = engagements[stem]
    found = {
        (tool.id, engagement.title(row), name): reason
        for tool in FRAMEWORK.tools
        for row in engagement.rows(tool.id)
        if row.stored
        for name, reason in engagement.problems(row).items()
    }
    assert found == {}


@pytest.mark.parametrize("stem", STEMS)
def test_there_is_nothing_undeclared_or_personal(stem, engagements):
    for table, records in engagements[stem].document.items():
        if table in ("_meta", "~gone", BASELINES):
            continue
        tool = FRAMEWORK.tool(table)
        assert tool.audience != "personal"
        declared = {field.id for field in tool.fields} | {"uid", "at", "by", "order"}
        for record in records.values():
            assert set(record) <= declared
            assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["at"])
            assert record["at"] < "2026-11-22"


def test_only_two_raci_rows_break_the_rule(engagements):
    broken = [
        (stem, row.get("task"))
        for stem in STEMS
        for row in engagements[stem].rows("raci")
        if row.stored and (len(row.get("accountable") or []) != 1 or not row.get("responsible"))
    ]
    assert broken == [
        ("northline-rail", "Describe impact on IT staff"),
        ("northline-rail", "Implement the adoption plan"),
    ]


@pytest.mark.parametrize("stem", STEMS)
def test_the_check_finds_no_more(stem, engagements):
    found = [(finding.tool, finding.field) for finding in check(engagements[stem])]
    assert found == ([("raci", "accountable")] * 2 if stem == "northline-rail" else [])


@pytest.mark.parametrize("stem", STEMS)
def test_finished_phases_have_their_activities_done_by_then(stem, engagements):
    engagement = engagements[stem]
    for phase in engagement.rows("phases"):
        if phase.get("state") == "Finished":
            mine = [row for row in engagement.rows("activities") if row.get("phase") == phase.get("phase")]
            assert all(row.get("state") == "Done" for row in mine)
            assert all(phase.get("started") <= row.get("done_on") <= phase.get("finished") for row in mine)


# --- plans ----------------------------------------------------------------------------------------------------


def outlined(engagement: Engagement) -> dict[str, dict]:
    """Number the tasks by their place under their parent, as a work breakdown structure is."""
    found: dict[str, dict] = {}

    def number(parent: str | None, prefix: str) -> None:
        children = [row for row in engagement.rows("tasks") if row.get("parent") == parent]
        for place, row in enumerate(children, 1):
            scheduled = {name: engagement.value(row, name) for name in ("wbs", "start", "finish")}
            found[f"{prefix}{place}"] = {**row.record, **scheduled}
            number(row.uid, f"{prefix}{place}.")

    number(None, "")
    return found


def working_days(first: str, last: str) -> int:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return sum((start + timedelta(days=step)).weekday() < 5 for step in range((end - start).days + 1))


@pytest.mark.parametrize(
    "stem", ["brightwell-group", "calder-and-sons", "harbour-foods", "meridian-grid", "northline-rail"]
)
def test_plans_agree_with_themselves(stem, engagements):
    """What was done took as long as its duration says, and began when what it waited for allowed; the rest is to come."""
    tasks = outlined(engagements[stem])
    assert len(tasks) == len(engagements[stem].rows("tasks"))
    assert all(task["wbs"] == number for number, task in tasks.items())
    by_uid = {task["uid"]: task for task in tasks.values()}
    for task in tasks.values():
        if task["kind"] == "Work stream":
            assert not {"actual_start", "actual_finish", "constraint"} & task.keys()
            continue
        if task["state"] != "Done":
            assert "actual_finish" not in task
            assert "actual_start" in task or task["start"] > "2026-11-20"
            continue
        if task["duration"]:
            assert working_days(task["actual_start"], task["actual_finish"]) * 480 == task["duration"]
        for link in task.get("predecessors") or []:
            assert link["type"] == "FS"
            assert re.fullmatch(r"\d+d", link.get("lag", "0d"))
            begun = task.get("actual_start", task["actual_finish"])
            gap = working_days(by_uid[link["task"]]["actual_finish"], begun) - (2 if task["duration"] else 1)
            assert gap >= int(link.get("lag", "0d")[:-1]), task["name"]


def test_deadlines_stand_where_they_are_meant_to(engagements):
    found = {
        stem: {row.get("name"): row.get("deadline") for row in engagements[stem].rows("tasks") if row.get("deadline")}
        for stem in ("northline-rail", "harbour-foods")
    }
    assert found == {
        "northline-rail": {"Go-live, main line": "2026-12-11"},
        "harbour-foods": {"Train the night shifts": "2027-01-29"},
    }


# --- what each is for -----------------------------------------------------------------------------------------


def shown(engagement: Engagement) -> list[tuple[str, str, str]]:
    """Return what today's list shows: the day, the tool and the row of each line."""
    lines = [(signal.due, signal.place) for signal in todays(signals(engagement), TODAY)]
    return sorted(
        (due, place.tool, engagement.title(engagement.row(place.tool, place.uid)) if place.uid else "")
        for due, place in lines
    )


RENEWAL = "Order platform, 12 months"
TODAYS = {
    "harbour-foods": [
        ("", "information-gaps", "How many people pick at Cardiff by night?"),
        ("", "renewals", RENEWAL),  # has no plan
        ("2026-11-17", "readiness", "Do we know all impacted users, and how many are where?"),
        ("2026-11-19", "sign-offs", "Adoption of phase 1, Plymouth depot"),
        ("2026-11-20", "activities", "Hold the readiness workshop"),
        ("2026-11-20", "readiness", "Are material and people for the activities in place?"),
        ("2026-11-24", "actions", "Ring Rosalind about the sign-off letter"),
        ("2026-11-27", "challenges", "Cardiff night shift asks for paper lists"),
        ("2026-11-27", "engagement", "Harbour Foods"),  # meeting
        ("2027-02-13", "renewals", RENEWAL),
    ],
    "northline-rail": [
        ("", "health", "2026-11-06"),
        ("", "raci", "Describe impact on IT staff"),
        ("2026-11-18", "actions", "Get the head count of dispatch in writing"),
        ("2026-11-20", "information-gaps", "How many people does dispatch have, relief staff included?"),
        ("2026-11-20", "measures", "Orders entered without error"),
        ("2026-11-23", "tasks", "E-learning for station staff"),
        ("2026-11-23", "tasks", "Station display feed"),
        ("2026-11-23", "tasks", "Train cohort A"),  # starts, and is critical
        ("2026-11-24", "activities", "Group the impacted users"),
        ("2026-11-24", "tasks", "Crew roster feed"),
        ("2026-11-24", "tasks", "Order the spare pool"),
        ("2026-11-25", "tasks", "E-learning for drivers"),
        ("2026-11-26", "actions", "Send Stefan the cost per person trained"),
        ("2026-11-26", "tasks", "Coverage test, Ash tunnel"),
        ("2026-11-27", "adoption-activities", "E-learning: the tablet in the cab"),
        ("2026-11-27", "engagement", "Northline Rail"),  # meeting
        ("2026-11-27", "tasks", "Configure the cab tablets"),
    ],
    "alder-clinics": [
        ("", "engagement-proposal", "Alder Clinics"),  # waits for a signature
        ("", "information-gaps", "Who signs for the spending, and from which budget?"),
        ("2026-11-20", "actions", "Send the list of reception staff"),
        ("2026-11-24", "actions", "Send the agenda for Thursday"),
        ("2026-11-26", "engagement", "Alder Clinics"),  # meeting
        ("2026-11-26", "engagement-strategy", "Second meeting: questions and signature"),
        ("2026-11-27", "activities", "Send the proposal for signature"),
    ],
    "brightwell-group": [
        ("2026-11-23", "tasks", "F Go live in Rotterdam"),  # starts, and is critical
        ("2026-11-26", "engagement", "Brightwell Group"),  # meeting
        ("2026-11-26", "governance", "Steering committee, November"),
        ("2026-11-26", "recommendations", "Second course for the night shift"),
        ("2026-11-27", "problems", "Night shift below the minimum"),
        ("2026-11-27", "tasks", "F Go live in Rotterdam"),
    ],
    "juniper-logistics": [("", "", "")],  # no phase is in progress
    "calder-and-sons": [],
    "tokyo-sakura": [
        ("", "health", "2026-11-13"),
        ("", "information-gaps", "كم عدد السائقين في الوردية الليلية؟"),
        ("2026-11-18", "actions", "[b]Ring[/b] \x1b[1mYamada-san\x1b[0m 山田さんに電話する"),
        ("2026-11-20", "activities", "Judge needs and complexity"),
        ("2026-11-24", "actions", "اتصل بالمورّد قبل نهاية الأسبوع"),
        ("2026-11-25", "engagement", "東京さくら物流 [Q3] (اختبار)"),  # meeting
        ("2026-11-26", "activities", "Discuss needs and options"),
        ("2026-11-27", "adoption-risks", "[blink]App[/blink] \x9b5mfreezes\x07"),
        ("2026-11-27", "tasks", "端末を1,200台配る\x1b]52;c;AAAA\x07"),
    ],
}


@pytest.mark.parametrize("stem", sorted(TODAYS))
def test_today_shows_what_is_meant(stem, engagements):
    assert shown(engagements[stem]) == TODAYS[stem]


def test_harbour_renewal_is_83_days_off(engagements):
    (renewal,) = engagements["harbour-foods"].rows("renewals")
    assert renewal.get("value") == {"amount": 120_000_00, "currency": "EUR"}
    assert (date.fromisoformat(renewal.get("date")) - TODAY).days == 83


def test_northline_is_as_in_the_middle_of_adoption(engagements):
    northline = engagements["northline-rail"]
    progress = [phase_progress(northline, number) for number in range(1, 8)]
    assert [(phase.done, phase.activities) for phase in progress] == [
        (10, 10),
        (7, 7),
        (8, 8),
        (8, 12),
        (1, 8),
        (0, 9),
        (1, 8),
    ]
    reading = health(northline)
    assert (reading.score, reading.light) == (620, "amber")
    assert reading.trend < 0
    packages = [row for row in northline.rows("tasks") if row.get("kind") == "Work package"]
    assert (len(packages), sum(row.done for row in packages)) == (61, 23)
    lacking = [row.get("ig") for row in northline.rows("impacted-groups") if row.get("head_count") is None]
    assert lacking == ["IG 3"]
    rated = {
        northline.title(row): (row.get("likelihood"), row.get("severity")) for row in northline.rows("adoption-risks")
    }
    assert rated["Union ballot in March"] == (4, 5)
    assert rated["Old radios fail"] == (3, 4)
    assert rated["Trainers double-booked"] == (4, 2)


TEXTBOOK_ROLES = (
    "John Ashton",
    "Helene Brandt",
    "Rajesh Iyer",
    "Marguerite Okonkwo",
    "Chris Hutchison",
    "Paolo Ferrante",
    "Anneke Visser",
    "Tadeusz Nowak",
    "Grace Wambui",
    "Ömer Yıldız",
)
TEXTBOOK_RACI = (
    "I R R A C C C C C C",
    "I I R A C C C C C C",
    "R/A R I I . . . . . .",
    ". . R/A I C . . . . .",
    ". . R/A I C . . . . .",
    ". . R/A I . C . . . .",
    ". . R/A I . . C . . .",
    ". . R/A I . . . C . .",
    ". . R/A I . . . . C C",
    ". . R A . . . . . .",
    ". . R A C C C C C C",
    "R/A R I I . . . . . .",
    ". I R A I I I I I I",
    ". R A C C C C C C C",
    "R/A R I I . . . . . .",
    ". I R A I I I I I I",
    ". I R A . . . . . .",
    "I R/A C C . . . . . .",
)


def test_northline_is_three_days_behind_what_was_agreed(engagements):
    """The simulator came a week late, and cohorts A and B with it; the go-live of the main line had three days left."""
    seen = engagements["northline-rail"]
    (baseline,), damaged = baselines_of(seen)
    assert (baseline.name, baseline.taken, damaged) == ("Steering committee, October", "2026-10-16", ())
    late = {variance.uid: variance.finish for variance in variances(baseline, plan_of(seen))}
    numbers = {plan_of(seen).number(uid): minutes for uid, minutes in late.items()}
    assert {number: numbers[number] for number in ("1.4.1", "1.4.2", "1.4.3")} == dict.fromkeys(
        ("1.4.1", "1.4.2", "1.4.3"), 5 * 480
    )
    assert plan_variance(baseline, plan_of(seen)).finish == 3 * 480


def test_brightwell_holds_the_textbook_matrix(engagements):
    brightwell = engagements["brightwell-group"]
    uids = {brightwell.title(row): row.uid for row in brightwell.rows("stakeholder-plan")}
    letters = (("R", "responsible"), ("A", "accountable"), ("C", "consulted"), ("I", "informed"))

    def cell(row, name):
        return "/".join(letter for letter, field in letters if uids[name] in (row.get(field) or [])) or "."

    matrix = [" ".join(cell(row, name) for name in TEXTBOOK_ROLES) for row in brightwell.rows("raci")]
    assert matrix == list(TEXTBOOK_RACI)


def test_brightwell_holds_the_textbook_figures(engagements):
    brightwell = engagements["brightwell-group"]
    series = brightwell.measured()
    tests = [row for row in brightwell.rows("measures") if row.get("name").startswith("Test of")]
    assert [row.get("baseline") // 100 for row in tests] == [65, 45, 16, 54, 57, 35]
    assert [series[row.uid][-1][1] // 100 for row in tests] == [89, 90, 56, 98, 76, 74]
    assert {row.get("minimum_standard") for row in tests} == {65_00}

    cost: Counter[str] = Counter()
    for row in brightwell.rows("adoption-activities"):
        cost[row.get("impacted_group")] += row.get("cost")["amount"] // 1000_00
    assert [cost[row.uid] for row in brightwell.rows("impacted-groups")] == [14, 23, 8, 35, 16, 4]

    support = brightwell.rows("impacted-groups")[0]
    assert support.get("head_count") == 250 + 375
    assert support.get("locations") == "Orlando FL 250\nSan Jose CA 375"

    (plan,) = (row for row in brightwell.rows("measures") if row.get("name") == "Completion of the adoption plan")
    months = series[plan.uid]
    assert len(months) == 7  # month 0 to month 6
    monthly = (months[-1][1] - months[3][1]) // 3
    left = 100_00 - months[-1][1]
    assert 2 * monthly < left < 3 * monthly  # at this pace done between month 8 and month 9


def test_brightwell_plan_has_the_textbook_path(engagements):
    tasks = outlined(engagements["brightwell-group"])
    assert sorted(tasks, key=lambda text: [int(part) for part in text.split(".")])[:4] == ["1", "1.1", "1.1.1", "1.1.2"]
    assert {"1.5", "1.5.1", "1.5.3", "1.5.5"} <= set(tasks)
    assert "1.5.6" not in tasks
    letters = {task["name"][0]: task for outline, task in tasks.items() if outline.startswith("2.")}
    weeks = {letter: task["duration"] // 2400 for letter, task in letters.items()}
    assert (weeks["A"], weeks["C"], weeks["D"]) == (3, 5, 3)
    starts = {letter: task["start"] for letter, task in letters.items()}
    assert working_days(starts["A"], starts["F"]) - 1 == (3 + 5 + 3) * 5
    assert weeks["A"] + weeks["B"] + weeks["E"] < 3 + 5 + 3


def test_brightwell_fills_every_tool_that_is_not_personal(engagements):
    brightwell = engagements["brightwell-group"]
    empty = [tool.id for tool in FRAMEWORK.tools if not any(row.stored for row in brightwell.rows(tool.id))]
    assert empty == ["personal-evaluation", "career-plan", "periodic-reviews"]


def test_meridian_is_large(engagements):
    meridian = engagements["meridian-grid"]
    counts = {name: len(meridian.rows(name)) for name in ("tasks", "stakeholder-plan", "timeline")}
    assert counts == {"tasks": 400, "stakeholder-plan": 60, "timeline": 200}
    assert len({meridian.title(row) for row in meridian.rows("tasks")}) == 400
    depths = Counter(outline.count(".") for outline in outlined(meridian))
    assert depths[0] == 6
    assert depths[1] == 36


def test_meridian_has_three_packages_past_their_deadline(engagements):
    meridian = engagements["meridian-grid"]
    late = [row for row in meridian.rows("tasks") if not row.done and "" < row.date("deadline") < "2026-11-22"]
    assert sorted((row.get("state"), row.get("percent_complete")) for row in late) == [
        ("Blocked", 900),
        ("In progress", 900),
        ("In progress", 900),
    ]
    assert all(meridian.value(row, "total_float") < 0 for row in late)
    today = [(tool, title) for due, tool, title in shown(meridian) if due and due < "2026-11-22"]
    assert today == [("actions", "Show the fault log of Ashmoor to Iestyn")]


def test_calder_is_finished_and_renewed(engagements):
    calder = engagements["calder-and-sons"]
    assert {row.get("state") for row in calder.rows("phases")} == {"Finished"}
    assert len(calder.rows("health")) >= 8
    for kpi in calder.rows("kpis"):
        assert kpi.get("reached")
        assert calder.value(kpi, "progress") >= 1000
    assert [row.get("status") for row in calder.rows("renewals")] == ["Renewed"]
    assert {row.get("kind") for row in calder.rows("feedback")} >= {"Reference", "Case study", "NPS"}


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("ESC", "\x1b"),
        ("BEL", "\x07"),
        ("OSC 8", r"\x1b\]8;;"),
        ("OSC 52", r"\x1b\]52;"),
        ("C1 CSI", "\x9b"),
        ("bidi override", "\u202e"),
        ("markup", r"\[/\]"),
        ("markup link", r"\[link="),
        ("formula", r"^=HYPERLINK|=1\+1"),
        ("Hebrew", r"[\u05d0-\u05ea]"),
        ("Arabic", r"[\u0627-\u064a]"),
        ("Han", r"[\u4e00-\u9fff]"),
        ("joined emoji", "👨\u200d👩\u200d👧"),
        ("combining", "e\u0301"),
        ("line separator", "\u2028"),
    ],
)
def test_tokyo_holds_what_could_do_harm(what, pattern, engagements):
    texts = [
        text
        for table in engagements["tokyo-sakura"].document.values()
        for record in table.values()
        for value in record.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    ]
    assert any(re.search(pattern, text, re.MULTILINE) for text in texts)
    assert not any(re.search(r"[\ud800-\udfff\x00]", text) for text in texts)


def test_tokyo_has_escapes_where_names_and_titles_stand(engagements):
    document = engagements["tokyo-sakura"].document
    for table, field in (
        ("activities", "owner"),
        ("actions", "action"),
        ("actions", "owner"),
        ("timeline", "subject"),
        ("timeline", "by"),
        ("documents", "name"),
        ("tasks", "name"),
        ("adoption-risks", "name"),
    ):
        assert any(re.search(r"[\x1b\x9b]", str(record.get(field))) for record in document[table].values()), table
    assert document["_meta"]["1"]["customer"] == "東京さくら物流 [Q3] (اختبار)"
