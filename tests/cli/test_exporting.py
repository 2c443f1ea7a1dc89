from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def full(pcsm, harbour: Path) -> dict[str, str]:
    """Return the uids of an engagement that has something internal beside everything that is not."""
    add = lambda *words: pcsm("add", "harbour", *words).word  # noqa: E731
    uids = {
        "group": add("impacted-groups", "name=Night dispatchers", "head_count=140"),
        "activity": add("adoption-activities", "activity=Practice day", "impacted_group=night", "due=2027-01-11"),
        "risk": add(
            "adoption-risks", "name==1+1", "likelihood=4", "severity=5", "strategy=Talk", "internal_notes=SECRET"
        ),
        "stakeholder": add("stakeholder-plan", "name=Sue Saunders", "primary_concerns=SECRET"),
        "document": add("documents", "name=Contract", "link=https://example.org/a"),
        "hidden": add("documents", "name=SECRET price list", "link=documents/p.pdf", "internal=y"),
        "note": add("timeline", "subject=SECRET call"),
        "late": add("engagement-strategy", "phase=2", "name=SECRET visit", "planned_start=2027-02-01"),
        "early": add("engagement-strategy", "phase=1", "name=SECRET reading", "planned_end=2026-12-01"),
    }
    pcsm("set", "harbour", "engagement", "notes=SECRET", "objective=Faster dispatch")
    pcsm("set", "harbour", "engagement-proposal", "to=Sue Saunders", "onboarding=Two days\non site", "sent_on=+1d")
    return uids


def test_the_reports_are_listed_an_id_a_line(pcsm, harbour: Path) -> None:
    assert pcsm("export", "harbour", "--list").out.splitlines() == [
        "overview", "phase-1", "phase-2", "phase-3", "phase-4", "phase-5", "phase-6", "phase-7", "engagement", "proposal",
        "roadmap", "adoption-plan",
    ]  # fmt: skip
    internal = [item["id"] for item in pcsm("export", "harbour", "--list", "--json").data if item["internal"]]
    assert internal == ["roadmap"]


def test_nothing_internal_leaves_the_house_unless_asked_for(pcsm, full: dict[str, str]) -> None:
    for report in pcsm("export", "harbour", "--list").out.split():
        if report == "roadmap":
            continue
        for form in ("md", "json"):
            assert "SECRET" not in pcsm("export", "harbour", "--report", report, "--format", form).out, report
    for tool in ("adoption-risks", "documents", "engagement"):
        for form in ("md", "csv", "json"):
            assert "SECRET" not in pcsm("export", "harbour", "--tool", tool, "--format", form).out, tool
    whole = pcsm("export", "harbour", "--report", "engagement", "--internal").out
    assert whole.count("SECRET") == 7
    assert "Practice day" in whole


@pytest.mark.parametrize("tool", ["stakeholder-plan", "timeline", "health"])
def test_internal_tools_are_refused_without_the_word(pcsm, full: dict[str, str], tool: str) -> None:
    run = pcsm("export", "harbour", "--tool", tool, code=3)
    assert "is internal" in run.err
    assert run.out == ""
    pcsm("export", "harbour", "--tool", tool, "--internal")


def test_personal_tools_are_never_exported(pcsm, harbour: Path) -> None:
    for file in ("harbour", "me"):
        for words in ([], ["--internal"]):
            assert "is personal" in pcsm("export", file, "--tool", "career-plan", *words, code=3).err
    assert "has no reports" in pcsm("export", "me", "--report", "overview", code=2).err


def test_a_tool_as_csv(pcsm, full: dict[str, str]) -> None:
    out = pcsm("export", "harbour", "--tool", "adoption-risks", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["Name"], row["Likelihood"], row["Score"], row["Strategy"]) == ("'=1+1", "4", "9", "Talk")
    assert "Internal Notes" not in row
    (activity,) = csv.DictReader(
        io.StringIO(pcsm("export", "harbour", "--tool", "adoption-activities", "--format", "csv").out)
    )
    assert (activity["Impacted Group"], activity["Due"]) == ("Night dispatchers", "2027-01-11")


def test_a_tool_as_json_names_what_it_refers_to(pcsm, full: dict[str, str]) -> None:
    data = json.loads(pcsm("export", "harbour", "--tool", "adoption-activities", "--format", "json").out)
    (row,) = data["rows"]
    assert (row["uid"], row["impacted_group"], row["due"]) == (full["activity"], "Night dispatchers", "2027-01-11")
    assert row.keys() == {"uid", *(field["id"] for field in data["fields"])}


def test_a_tool_as_markdown_has_its_notes_below(pcsm, full: dict[str, str]) -> None:
    lines = pcsm("export", "harbour", "--tool", "adoption-risks").out.splitlines()
    assert lines[0] == "# Harbour Foods: Adoption Risks"
    assert lines[2].startswith("| No. | Name | Likelihood | Severity | Score | Status |")
    assert lines[4].startswith("| 1 | =1+1 | 4 | 5 | 9 | Open |")
    assert lines[6:] == ["## =1+1", "", "**Strategy:** Talk"]


def test_the_overview(pcsm, full: dict[str, str]) -> None:
    pcsm("phase", "harbour", "2", "start")
    out = pcsm("export", "harbour", "--report", "overview").out
    assert out.startswith("# Harbour Foods: New dispatch platform\n\n## Customer\n\n**Customer:** Harbour Foods\n")
    assert "**Objective:** Faster dispatch" in out
    assert "| 2 Commitment | In progress | 2026-11-22 |  | 0 of 7 |" in out
    assert "Missing" not in out
    assert "Missing in phase 2: Commitment" in pcsm("export", "harbour", "--report", "overview", "--internal").out


def test_a_phase_holds_what_was_entered_in_its_tools(pcsm, full: dict[str, str]) -> None:
    lines = pcsm("export", "harbour", "--report", "phase-4").out.splitlines()
    assert lines[0] == "# Harbour Foods: Adoption Planning"
    assert lines[2] == "Open; 0 of 12 activities done."
    assert [line for line in lines if line.startswith("## ")] == [
        "## Impacted Groups", "## Adoption Activities Checklist", "## Adoption Risks",
    ]  # fmt: skip
    empty = pcsm("export", "harbour", "--report", "phase-3").out
    assert empty.endswith("There is nothing in it yet that could be shown.\n")


def test_default_rows_that_nobody_touched_are_left_out_of_reports(pcsm, harbour: Path) -> None:
    first = pcsm("show", "harbour", "raci", "--json").data["rows"][0]
    pcsm("add", "harbour", "stakeholder-plan", "name=Sue Saunders")
    pcsm("set", "harbour", f"raci/{first['uid']}", "accountable=sue")
    out = pcsm("export", "harbour", "--report", "phase-2").out
    assert "| Set the scope of the initiative |  | Sue Saunders |  |  |" in out
    assert "17 of 18 rows have not been begun and are left out." in out
    assert pcsm("export", "harbour", "--tool", "raci", "--format", "csv").out.count("\n") == 19


def test_the_proposal_has_lines_to_sign_on(pcsm, full: dict[str, str]) -> None:
    out = pcsm("export", "harbour", "--report", "proposal").out
    assert out.startswith("# Customer Engagement Proposal: Harbour Foods\n")
    assert "## What We Offer\n\n**Onboarding:** Two days\\\non site\n" in out
    assert "Sent on" not in out
    assert "**Customer Signature:** \\_\\_\\_" in out
    pcsm("set", "harbour", "engagement-proposal", "customer_signature=Sue Saunders")
    assert "**Customer Signature:** Sue Saunders" in pcsm("export", "harbour", "--report", "proposal").out


def test_the_roadmap_is_by_date_and_internal(pcsm, full: dict[str, str]) -> None:
    pcsm("add", "harbour", "engagement-strategy", "phase=3", "name=Some day")
    assert "is internal" in pcsm("export", "harbour", "--report", "roadmap", code=3).err
    out = pcsm("export", "harbour", "--report", "roadmap", "--internal", "--format", "csv").out
    assert [
        (row["Planned Start"], row["Planned End"], row["Phase"], row["Name"])
        for row in csv.DictReader(io.StringIO(out))
    ] == [
        ("", "2026-12-01", "1", "SECRET reading"),
        ("2027-02-01", "", "2", "SECRET visit"),
    ]
    assert "Without a date: 1." in pcsm("export", "harbour", "--report", "roadmap", "--internal").out


def test_the_adoption_plan_is_drawn_from_its_tools(pcsm, full: dict[str, str]) -> None:
    pcsm("set", "harbour", "adoption-plan", "name=Plan A", "summary=For the night shift")
    out = pcsm("export", "harbour", "--report", "adoption-plan").out
    assert out.startswith("# Harbour Foods: Plan A\n")
    assert "**Summary:** For the night shift" in out
    assert [line for line in out.splitlines() if line.startswith("## ")] == [
        "## Plan", "## Text", "## Impacted Groups", "## Adoption Activities Checklist", "## Adoption Risks",
    ]  # fmt: skip


def test_a_report_as_json_is_the_document(pcsm, full: dict[str, str]) -> None:
    data = pcsm("export", "harbour", "--report", "phase-4", "--format", "json").data
    assert (data["report"], data["title"]) == ("phase-4", "Harbour Foods: Adoption Planning")
    assert data["blocks"][1] == {"kind": "heading", "level": 2, "text": "Impacted Groups"}
    assert pcsm("export", "harbour", "--report", "phase-4", "--json").data == data


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Say what to export"),
        (["--report", "overview", "--tool", "raci"], "Say what to export"),
        (["--report", "nope"], "There is no report 'nope'"),
        (["--report", "phase-8"], "Did you mean phase-"),
        (["--tool", "rac"], "Did you mean raci"),
        (["--tool", "raci", "--format", "xml"], "Valid: md, csv, json"),
        (["--report", "overview", "--format", "csv"], "is not one table"),
    ],
)
def test_what_cannot_be_exported(pcsm, harbour: Path, words: list[str], told: str) -> None:
    run = pcsm("export", "harbour", *words, code=2)
    assert told in run.err
    assert run.out == ""


def test_out_writes_a_private_file_and_nothing_else(pcsm, harbour: Path, tmp_path: Path) -> None:
    out = tmp_path / "raci.csv"
    run = pcsm("export", "harbour", "--tool", "raci", "--out", str(out))
    assert (run.out, run.err) == ("", f"Written: {out}\n")
    assert out.read_text().startswith("Task,Responsible,Accountable,Consulted,Informed,Notes\n")
    assert out.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"raci.csv", "engagements"}


def test_fault_098_an_existing_file_is_replaced_only_by_force(pcsm, harbour: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.md"
    out.write_text("mine")
    assert "--force replaces it" in pcsm("export", "harbour", "--tool", "raci", "--out", str(out), code=3).err
    assert out.read_text() == "mine"
    pcsm("export", "harbour", "--tool", "raci", "--out", str(out), "--force")
    assert out.read_text().startswith("# Harbour Foods: RACI Matrix")


def test_fault_098_an_engagement_file_is_never_replaced(pcsm, harbour: Path, tmp_path: Path) -> None:
    before = harbour.read_bytes()
    link, copy = tmp_path / "link.md", tmp_path / "copy.txt"
    link.symlink_to(harbour)
    copy.write_bytes(before)
    for target in (harbour, link, copy, tmp_path / "new.pcsm.json"):
        run = pcsm("export", "harbour", "--tool", "raci", "--format", "md", "--out", str(target), "--force", code=3)
        assert "engagement file" in run.err
    assert harbour.read_bytes() == copy.read_bytes() == before
    assert not (tmp_path / "new.pcsm.json").exists()


def test_out_that_is_no_file(pcsm, harbour: Path, tmp_path: Path) -> None:
    for target, told in (
        (tmp_path, "not a plain file"),
        (tmp_path / "no" / "x.md", "no folder"),
        (Path("/dev/null"), "plain"),
    ):
        assert told in pcsm("export", "harbour", "--tool", "raci", "--out", str(target), "--force", code=3).err


def test_an_export_that_fails_leaves_the_old_file(pcsm, harbour: Path, tmp_path: Path, monkeypatch: Any) -> None:
    out = tmp_path / "x.md"
    out.write_text("mine")

    def full_disk(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pcsm_tui.store.engagement_file.os.replace", full_disk)
    run = pcsm("export", "harbour", "--tool", "raci", "--out", str(out), "--force", code=4)
    assert "disk is full" in run.err
    assert out.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"x.md", "engagements"}


def test_a_dash_is_the_output(pcsm, harbour: Path) -> None:
    assert pcsm("export", "harbour", "--tool", "raci", "--out", "-").out.startswith("# Harbour Foods: RACI Matrix")


def test_hostile_text_is_written_as_text(pcsm, harbour: Path) -> None:
    pcsm("add", "harbour", "actions", "action=\x1b]0;x\x07<img src=x>", "notes=- [a](javascript:b)")
    out = pcsm("export", "harbour", "--tool", "actions").out
    assert "␛\\]0;x␇\\<img src=x\\>" in out
    assert "**Notes:** \\- \\[a\\](javascript:b)" in out
    for form in ("csv", "json"):
        assert not set(pcsm("export", "harbour", "--tool", "actions", "--format", form).out) & {"\x1b", "\x07"}


# --- the plan ---------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(pcsm, harbour: Path) -> Path:
    """Return the file of an engagement with a plan of three rows."""
    pcsm("set", "harbour", "plan", "start=2026-11-30")
    pcsm("add", "harbour", "tasks", "name=Dig, and <more>", "duration=2d", "owner=Wilhelmina")
    pcsm("add", "harbour", "tasks", "name=Build", "duration=1w", "predecessors=1FS+1d", "notes=SECRET")
    pcsm("add", "harbour", "tasks", "name=Open", "kind=milestone", "predecessors=2")
    return harbour


@pytest.mark.parametrize(
    ("form", "ending", "holds"),
    [
        ("mspdi", "xml", "<Name>Dig, and &lt;more&gt;</Name>"),
        ("csv", "csv", '2,Build,5d,1FS+1d,,,2026-12-03,2026-12-09,'),
        ("ics", "ics", "SUMMARY:2 Build\r\n"),
        ("svg", "svg", "Dig, and &lt;more&gt;"),
        ("mermaid", "mmd", "2026-12-03, 2026-12-09"),
    ],
)  # fmt: skip
def test_the_plan_in_each_format(pcsm, planned: Path, tmp_path: Path, form: str, ending: str, holds: str) -> None:
    out = pcsm("export", "harbour", "--format", form).out
    assert holds.replace("\r\n", "\n") in out.replace("\r\n", "\n")
    target = tmp_path / f"plan.{ending}"
    assert pcsm("export", "harbour", "--out", str(target)).err == f"Written: {target}\n"
    assert holds.encode() in target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    if form != "csv":  # which is the table of the tool as such
        assert pcsm("export", "harbour", "--tool", "tasks", "--format", form).out == out


def test_csv_of_the_tool_stays_what_it_was(pcsm, planned: Path) -> None:
    out = pcsm("export", "harbour", "--tool", "tasks", "--format", "csv").out
    assert out.startswith("WBS,Name,Owner,Duration,")


def test_a_calendar_says_when_the_plan_was_changed_and_stays_the_same(pcsm, planned: Path) -> None:
    out = pcsm("export", "harbour", "--format", "ics").out
    assert "DTSTAMP:20261122T120000Z" in out
    assert pcsm("export", "harbour", "--format", "ics").out == out


def test_a_baseline_is_drawn_when_it_is_asked_for(pcsm, planned: Path) -> None:
    pcsm("plan", "baseline", "harbour", "Agreed")
    pcsm("set", "harbour", "tasks/" + pcsm("plan", "harbour", "--json").data["tasks"][0]["uid"], "duration=4d")
    assert 'class="baseline"' not in pcsm("export", "harbour", "--format", "svg").out
    assert 'class="baseline"' in pcsm("export", "harbour", "--format", "svg", "--baseline", "agreed").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--format", "svg", "--baseline", "Nope"], "There is no baseline 'Nope'"),
        (["--format", "ics", "--baseline", "Nope"], "Only svg draws a baseline"),
        (["--tool", "raci", "--baseline", "Nope"], "--baseline belongs to the plan"),
        (["--tool", "raci", "--format", "svg"], "Valid: md, csv, json"),
        (["--report", "overview", "--format", "mspdi"], "Valid: md, csv, json"),
        (["--report", "overview", "--tool", "tasks", "--format", "svg"], "Say what to export"),
        (["--format", "docx"], "Say what to export"),
    ],
)
def test_what_of_the_plan_cannot_be_exported(pcsm, planned: Path, words: list[str], told: str) -> None:
    run = pcsm("export", "harbour", *words, code=2)
    assert told in run.err
    assert run.out == ""


def test_a_plan_without_tasks_and_no_plan_at_all(pcsm, harbour: Path) -> None:
    for form in ("svg", "mermaid", "ics"):
        assert "no work packages" in pcsm("export", "harbour", "--format", form, code=2).err
    assert "no plan" in pcsm("export", "me", "--format", "svg", code=2).err


def test_the_list_tells_of_the_plan_and_its_formats(pcsm, harbour: Path) -> None:
    run = pcsm("export", "harbour", "--list")
    assert run.err == "The plan, without --report: --format mspdi, csv, ics, svg, mermaid.\n"
    listed = pcsm("export", "harbour", "--list", "--json").data
    assert listed[-1] == {
        "id": "plan", "title": "The plan", "internal": False, "formats": ["mspdi", "csv", "ics", "svg", "mermaid"],
    }  # fmt: skip


def playbook(path: Path, text: str) -> None:
    (path.parent / "playbook.toml").write_text(text)


def test_what_a_playbook_makes_internal_leaves_no_plan(pcsm, planned: Path) -> None:
    playbook(planned, "[tools.tasks.fields.notes]\ninternal = true\n[tools.tasks.fields.owner]\ninternal = true\n")
    for form in ("mspdi", "csv", "ics", "svg", "mermaid"):
        out = pcsm("export", "harbour", "--format", form).out
        assert "SECRET" not in out and "Wilhelmina" not in out, form
    assert "SECRET" in pcsm("export", "harbour", "--format", "mspdi", "--internal").out


def test_an_internal_plan_is_withheld(pcsm, planned: Path) -> None:
    playbook(planned, '[tools.tasks]\naudience = "internal"\n')
    for form in ("mspdi", "csv", "ics", "svg", "mermaid"):
        run = pcsm("export", "harbour", "--format", form, code=3)
        assert "is internal" in run.err and run.out == ""
    pcsm("export", "harbour", "--format", "mspdi", "--internal")


def test_dates_that_follow_from_what_is_internal_are_withheld(pcsm, planned: Path) -> None:
    playbook(planned, "[tools.tasks.fields.duration]\ninternal = true\n")
    assert "follow from Duration" in pcsm("export", "harbour", "--format", "svg", code=3).err


def test_the_status_date_is_drawn_for_whom_it_is_not_internal(pcsm, planned: Path) -> None:
    first = pcsm("plan", "harbour", "--json").data["tasks"][0]
    pcsm("set", "harbour", f"tasks/{first['uid']}", f"actual_start={first['start']}")
    pcsm("set", "harbour", "plan", f"status_date={first['start']}")
    assert "Status date" in pcsm("export", "harbour", "--format", "svg").out
    for withheld in ("[tools.plan.fields.status_date]\ninternal = true\n", '[tools.plan]\naudience = "internal"\n'):
        playbook(planned, withheld)
        assert "Status date" not in pcsm("export", "harbour", "--format", "svg").out
        assert "Status date" in pcsm("export", "harbour", "--format", "svg", "--internal").out


def test_internal_rows_stay_in_the_house(pcsm, planned: Path) -> None:
    playbook(
        planned,
        '[tools.tasks.fields]\nadd = [{ id = "internal", name = "Internal", type = "yes_no", help = "Ours." }]\n',
    )
    uid = pcsm("add", "harbour", "tasks", "name=Renewal pitch", "internal=y").word
    pcsm("add", "harbour", "tasks", "name=Slides", f"parent={uid}")
    for form in ("ics", "svg", "mermaid"):
        out = pcsm("export", "harbour", "--format", form).out
        assert "Build" in out and "Renewal" not in out and "Slides" not in out
        assert "Slides" in pcsm("export", "harbour", "--format", form, "--internal").out
    for form in ("mspdi", "csv"):
        assert "Rows of the plan are internal (2)" in pcsm("export", "harbour", "--format", form, code=3).err
