"""Today: what needs the CSM, why, in which order; and what one does about it from there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, run_story, workspace

HARBOUR = {
    "engagement": [{"next_meeting": "2026-11-26"}],
    "actions": [
        {"action": "Ring Rosalind", "owner": "Ada", "due": "2026-11-20"},
        {"action": "Send the minutes", "owner": "Bo", "due": "2026-11-25"},
        {"action": "Ask about spring", "owner": "Bo", "due": "2027-03-01"},
    ],
    "information-gaps": [{"question": "Who owns the printers?"}],
    "adoption-risks": [{"name": "Old radios", "likelihood": "4", "severity": "5", "deadline": "2026-11-10"}],
    "health": [{"date": "2026-11-20", "sponsorship": "30", "sentiment": "20"}],
    "onboarding-scoring": [{"products_services": "5"}],
}
NORTHLINE = {"sign-offs": [{"what": "Adoption of phase 1", "due": "2026-11-22"}]}

SHOWN = [
    ("▲", "Harbour", "Risk: Old radios", "12 days late"),
    ("▲", "Harbour", "Ring Rosalind", "2 days late"),
    ("!", "Harbour", "Health red: Sentiment 20 %", "no action noted"),
    ("", "Northline", "Sign-off: Adoption of phase 1", "today"),
    ("", "Harbour", "Send the minutes", "in 3 days"),
    ("", "Harbour", "Meeting with the customer", "in 4 days"),
    ("", "Harbour", "Information Gaps and Assumptions: 1 question", "first: Who owns"),
    ("", "Harbour", "No phase is in progress", "next would be 1"),
    ("", "Northline", "No phase is in progress", "next would be 1"),
]
"""Late first, the latest before all; then what has to be decided; then what is dated, today first; then the rest."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    make_engagement(tmp_path, "Harbour", HARBOUR, initiative="Orders online")
    make_engagement(tmp_path, "Northline", NORTHLINE)
    return tmp_path


async def cursor_on(story: Story, text: str) -> None:
    """Put the cursor of Today on the line that holds a text."""
    line = next(line for line in story.app.screen._shown if text in line.signal.text)
    await story.press("g", *["j"] * story.app.screen._shown.index(line))


def test_lines_stand_in_the_order_in_which_they_hurt_each_with_its_reason(repository: Path) -> None:
    async def told(story: Story) -> None:
        lines = story.lines[1:-6]
        for line, (mark, customer, what, why) in zip(lines, SHOWN, strict=False):
            words = line.split()
            assert (words[0] if mark else words[0][:1].isalpha()) == (mark or True), line
            assert customer in line and what[:30] in line and why[:12] in line, (line, what)
        assert not "".join(lines[len(SHOWN) :]).strip()
        assert "9 for you · 2 engagements · Sun 22 Nov" in story.top
        await cursor_on(story, "Send the minutes")
        assert "Orders online · in 3 days · Wed 25 Nov" in story.text
        assert "Due 2026-11-25 · Bo" in story.text

    run_story(repository, told)


@pytest.mark.parametrize(
    ("text", "tool", "column", "mode"),
    [
        ("Ring Rosalind", "actions", "due", "table"),
        ("Old radios", "adoption-risks", "deadline", "table"),
        ("Health red", "health", "next_action", "table"),
        ("1 question", "information-gaps", "answer", "table"),
        ("Meeting", "engagement", "next_meeting", "sheet"),
    ],
)
def test_enter_leads_to_the_very_field(repository: Path, text: str, tool: str, column: str, mode: str) -> None:
    async def told(story: Story) -> None:
        await cursor_on(story, text)
        await story.press("enter")
        pane = story.app.screen.pane
        assert (story.app.here.place.tool, pane.mode) == (tool, mode)
        if mode == "sheet":
            assert pane.sheet.active == column and pane.editor.is_open
            assert pane.editor.text == "2026-11-26"
        else:
            assert pane.table.cursor_field.id == column
            assert story.app.screen.engagement.title(pane.table.cursor_row)[:10] in "".join(story.lines[-6:-1])
        await story.press("escape")
        assert "Today" in story.top
        assert text in story.app.screen._current.signal.text, "the cursor is where it was"

    run_story(repository, told)


def test_x_ticks_what_can_be_ticked_and_u_takes_it_back(repository: Path) -> None:
    async def told(story: Story) -> None:
        await cursor_on(story, "Ring Rosalind")
        await story.press("x")
        assert "Ticked Ring Rosalind" in story.foot
        assert "Ring Rosalind" not in "\n".join(story.lines[:-1])
        assert values_of(repository / "harbour.pcsm.json", "actions", "done") == [True, None, None]
        await story.press("u")
        assert "Ring Rosalind" in "\n".join(story.lines[:-6])
        assert values_of(repository / "harbour.pcsm.json", "actions", "done") == [None, None, None]
        await cursor_on(story, "Health red")
        await story.press("x")
        assert "nothing to tick here" in story.foot

    run_story(repository, told)


def test_what_somebody_else_ticked_meanwhile_is_not_reopened(repository: Path) -> None:
    async def told(story: Story) -> None:
        story.app.workspace.open(repository / "harbour.pcsm.json")  # what is open already is looked at anew, too
        await cursor_on(story, "Ring Rosalind")
        other = workspace(repository, name="Bo").open(repository / "harbour.pcsm.json")
        other.tick(other.engagement.rows("actions")[0])
        await story.press("x")
        assert values_of(repository / "harbour.pcsm.json", "actions", "done") == [True, None, None], "both ticked it"
        other.tick(other.engagement.rows("actions")[0])
        await story.look()
        assert "Ring Rosalind" in "\n".join(story.lines[:-1]), "Bo opened it again, and one sees that"
        other.tick(other.engagement.rows("actions")[0])
        await story.look()
        assert "Ring Rosalind" not in "\n".join(story.lines[:-1])
        assert values_of(repository / "harbour.pcsm.json", "actions", "done") == [True, None, None]

    run_story(repository, told)


def test_z_puts_a_line_off_until_a_day_on_which_it_comes_back(repository: Path) -> None:
    async def put_off(story: Story) -> None:
        await cursor_on(story, "Ring Rosalind")
        await story.press("z", "end", "ctrl+u")
        await story.type("soon\n")
        assert "'soon' is not a date" in story.lines[-2] and "Put off until: soon" in story.lines[-1]
        await story.press("tab", "shift+tab", *"x")
        assert "Put off until: soonx" in story.lines[-1], "nothing but typing happens while the question stands"
        assert "not a date" not in story.text
        await story.press("ctrl+u")
        await story.type("fri\n")
        assert "Put off until Fri 27 Nov" in story.foot
        assert "Ring Rosalind" not in story.text
        await story.press("P", "T")
        assert "Ring Rosalind" not in story.text

    run_story(repository, put_off)
    for day, shown in ((26, False), (27, True)):
        place = workspace(repository)
        place._clock = lambda day=day: datetime(2026, 11, day, 12, 0, tzinfo=UTC)
        assert ("Ring Rosalind" in [item.signal.text for item in place.attention()]) is shown


def test_a_line_is_not_put_off_to_a_day_that_has_passed(repository: Path) -> None:
    async def told(story: Story) -> None:
        await cursor_on(story, "Ring Rosalind")
        for text in ("today", "yesterday"):
            await story.press("z", "end", "ctrl+u")
            await story.type(text + "\n")
            assert "after today" in story.text
            await story.press("escape")
        assert "Ring Rosalind" in story.text

    run_story(repository, told)


def test_filter_narrows_and_esc_takes_it_away(repository: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("slash")
        await story.type("HARB old")
        assert "1 of 9 hold 'HARB old'" in story.top
        assert "Old radios" in story.text and "Ring Rosalind" not in story.text
        await story.press("enter")
        assert "Enter keeps it" not in story.foot
        await story.press("enter")
        assert "Adoption Risks" in story.top
        await story.press("escape")
        assert "1 of 9 hold" in story.top, "the filter is kept"
        await story.press("slash", "escape")
        assert "Ring Rosalind" in story.text
        await story.press("slash", *"nothing")
        assert "No line holds that." in story.text
        await story.press("enter", "enter", "x", "z", "j", "G")
        assert "No line holds that." in story.text

    run_story(repository, told)


def test_a_begins_an_engagement_and_a_taken_name_is_refused(repository: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("a", *"Alder", "space", *"Clinics", "enter")
        assert "Alder Clinics" in story.top and "Begun: alder-clinics.pcsm.json" in story.text
        await story.press("T", "a", *"Harbour", "enter")
        assert "exists already" in story.text
        assert "Today" in story.top
        await story.press("a", "enter")
        assert "Today" in story.top, "an empty name begins nothing"

    run_story(repository, told)
    assert sorted(path.name for path in repository.glob("*.pcsm.json")) == [
        "alder-clinics.pcsm.json",
        "harbour.pcsm.json",
        "northline.pcsm.json",
    ]


def test_files_that_cannot_be_read_disturb_nothing_and_tell_their_reason(repository: Path) -> None:
    (repository / "cut.pcsm.json").write_text('{"_meta": ')
    (repository / "folder.pcsm.json").mkdir()
    (repository / "empty.pcsm.json").write_text("")
    (repository / "newer.pcsm.json").write_text('{"_meta":{"1":{"format":"pcsm","schema":9,"min_reader":9}}}')

    async def told(story: Story) -> None:
        assert "Ring Rosalind" in story.text and "13 for you · 6 engagements" in story.top
        assert story.text.count("Cannot be read") == 4
        await story.press("P")
        for name, reason in {"cut": "not valid JSON", "folder": "is not a file", "newer": "newer", "empty": ""}.items():
            row = [item.path.name for item in story.app.screen._shown].index(f"{name}.pcsm.json")
            await story.press("g", *["j"] * row)
            assert reason in story.lines[2 + row]
            assert reason in "".join(story.lines[-5:-1])
            await story.press("enter")
            assert "Portfolio" in story.top and story.foot.strip()
        await story.press("escape")
        assert "Today" in story.top, "what could not be opened is not on the way back"

    run_story(repository, told)
    run_story(repository, told, path=None)


def test_a_file_that_cannot_be_opened_at_the_start_is_told_on_today(repository: Path) -> None:
    (repository / "cut.pcsm.json").write_text('{"_meta": ')

    async def told(story: Story) -> None:
        assert "Today" in story.top and "not valid JSON" in story.text

    run_story(repository, told, path=repository / "cut.pcsm.json")


def test_today_shows_what_others_have_written_meanwhile(repository: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("P", "enter", "T")
        for name in ("harbour", "northline"):  # one that was opened, and one that was not
            other = workspace(repository, name="Bo").open(repository / f"{name}.pcsm.json")
            other.add(other.framework.tool("actions"), {"action": f"Call {name}", "owner": "Bo", "due": "2026-11-23"})
        make_engagement(repository, "Alder")
        await story.press("P")
        assert "Alder" in story.text
        await story.press("T")
        assert "Call harbour" in story.text and "Call northline" in story.text
        assert "3 engagements" in story.top

    run_story(repository, told)


def test_names_typed_while_the_index_is_read_are_not_commands(repository: Path) -> None:
    async def told(story: Story) -> None:
        await story.press("a", *"Dequq")
        story.app.refresh_index()
        await story.settle()
        await story.press(*"xd", "enter")
        assert "Dequqxd" in story.top

    run_story(repository, told)


def test_a_mistake_in_the_playbook_is_told_and_leaves_the_program_at_rest(repository: Path) -> None:
    (repository / "playbook.toml").write_text("drop = 5\n")

    async def told(story: Story) -> None:
        assert "playbook.toml" in "".join(story.lines).replace(" ", ""), "a long path may be broken over lines"
        assert not story.app._refreshing
        refreshed, refresh = [], story.app.workspace.refresh
        story.app.workspace.refresh = lambda *told: refreshed.append(1) or refresh(*told)
        await story.press("P", "enter")
        assert "playbook.toml" in "".join(story.lines).replace(" ", "") and "Portfolio" in story.top
        assert len(refreshed) == 1, "the reading that failed is not tried again and again"

    run_story(repository, told)
