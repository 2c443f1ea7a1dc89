"""What is typed on the screen is what `pcsm show --json` gives, for a field of every type."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from stories.story import Story, run_story

from pcsm_tui.cli.program import program


def shown(path: Path, tool: str) -> list[dict[str, object]]:
    """Return the rows of a tool that are in the file, as the command shows them."""
    result = CliRunner().invoke(program, ["show", str(path), tool, "--json"])
    assert result.exit_code == 0, result.output
    return [row for row in json.loads(result.stdout)["rows"] if row["stored"]]


async def fill(story: Story, typed: dict[str, str]) -> None:
    """Type texts into the named fields of the form that is open, in its own order, and leave it."""
    sheet, left = story.app.screen.query_one("#sheet"), dict(typed)
    for _ in range(40):
        if (text := left.pop(sheet.active, None)) is not None:
            await story.press("end", "ctrl+u")
            await story.type(text)
        if not left:
            break
        await story.press("tab")
    assert not left
    await story.press("escape")


def test_every_type_is_shown_as_it_was_typed(tmp_path: Path) -> None:
    async def type_all(story: Story) -> None:
        await story.press("a")
        await story.type("Northline Rail\n")
        await story.open_tool("Stakeholder Management Plan")
        for name in ("Zoe Quist", "山田 [Q3]"):
            await story.press("a")
            await fill(story, {"name": name})
        await story.open_tool("RACI Matrix")
        await story.press("e")
        await fill(story, {"responsible": "zoe; 山田", "accountable": "Quist"})
        await story.open_tool("CSM Activity Tracking")
        await story.press("a")
        typed = {"date": "-2d", "phase": "4", "task_description": "Wrote [/] the plan", "time": "1h 30m",
                 "success_rating": "4", "comments": "One line\nand another"}  # fmt: skip
        await fill(story, typed)
        await story.open_tool("Renewals")
        await story.press("a")
        await fill(
            story,
            {"contract": "C-7", "date": "30 nov", "value": "1,200.50", "likelihood": "62.5", "status": "talks",
             "owner": "Zoe Quist"},
        )  # fmt: skip
        await story.open_tool("Measures")
        await story.press("a")
        await fill(story, {"name": "Orders", "baseline": "12.5", "target": "-3"})
        await story.open_tool("Documents")
        await story.press("a")
        await fill(story, {"name": "Plan", "link": "https://example.org/a?b=1", "internal": "y"})
        await story.open_tool("Timeline")
        await story.press("a")
        await fill(story, {"subject": "Call", "people": "Zoe Quist, 山田"})

    run_story(tmp_path, type_all)
    path = tmp_path / "northline-rail.pcsm.json"
    zoe, yamada = shown(path, "stakeholder-plan")
    assert (zoe["name"], yamada["name"]) == ("Zoe Quist", "山田 [Q3]")
    (task,) = shown(path, "raci")
    assert (task["responsible"], task["accountable"]) == ([zoe["uid"], yamada["uid"]], [zoe["uid"]])
    (spent,) = shown(path, "csm-activities")
    assert {name: spent[name] for name in ("date", "phase", "task_description", "time", "success_rating", "comments")} == {
        "date": "2026-11-20", "phase": 4, "task_description": "Wrote [/] the plan", "time": 90, "success_rating": 4,
        "comments": "One line\nand another",
    }  # fmt: skip
    (renewal,) = shown(path, "renewals")
    assert {name: renewal[name] for name in ("contract", "date", "value", "likelihood", "status", "owner")} == {
        "contract": "C-7", "date": "2026-11-30", "value": {"amount": 120050, "currency": "EUR"}, "likelihood": 625,
        "status": "In talks", "owner": "Zoe Quist",
    }  # fmt: skip
    (measure,) = shown(path, "measures")
    assert (measure["baseline"], measure["target"]) == (1250, -300)
    (document,) = shown(path, "documents")
    assert (document["link"], document["internal"]) == ("https://example.org/a?b=1", True)
    notes = [row for row in shown(path, "timeline") if row["subject"] == "Call"]
    assert notes[0]["people"] == ["Zoe Quist", "山田"]
