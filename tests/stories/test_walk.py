"""All seven phases of a new engagement, by keys alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stories.story import Story, keys_of, run_story, workspace
from tinydb import TinyDB

TYPED = {
    "text": ("Radios", "Radios"),
    "note": ("a\nb", "a\nb"),
    "yes_no": ("y", True),
    "date": ("fri", "2026-11-27"),
    "number": ("3", 3),
    "score": ("4", 4),
    "percent": ("41.5", 415),
    "money": ("1200.50 USD", {"amount": 120050, "currency": "USD"}),
    "duration": ("1d 4h", 720),
    "person": ("Zoe Q", "Zoe Q"),
    "tags": ("a b, c", ["a b", "c"]),
    "link": ("documents/p.pdf", "documents/p.pdf"),
}
"""What is typed in a field of each type, and what the file must then hold."""


def typed_in(field) -> tuple[str, object]:
    """Return what a story types in a field, and the value that the file must then hold."""
    if field.type == "choice":
        return field.choices[-1].name, field.choices[-1].id
    if field.type == "number":
        return "3", 3 * 10**field.decimals
    return TYPED[field.type]


async def fill(story: Story, tool) -> dict[str, object]:
    """Fill the required fields of a tool's form, or of a new row, and the first of every type; return the values."""
    if not tool.single:
        await story.press("a")
    expected: dict[str, object] = {}
    types: set[str] = set()
    sheet = story.app.screen.query_one("#sheet")
    for _ in range(len(tool.fields)):
        field, keys = sheet.active_field, []
        if field.type in TYPED or field.type == "choice":
            if field.type not in types or field.required:
                text, value = typed_in(field)
                keys = ["end", "ctrl+u", *keys_of(text)]
                expected[field.id] = value
            types.add(field.type)
        if not sheet.neighbour(1):
            await story.press(*keys, "escape")
            break
        await story.press(*keys, "tab")
    return expected


@pytest.mark.parametrize(
    "phase", [1, *(pytest.param(other, marks=pytest.mark.long) for other in (0, 2, 3, 4, 5, 6, 7))]
)
def test_every_tool_of_a_phase_is_filled_by_keys_and_found_again(tmp_path: Path, phase: int) -> None:
    filled: dict[str, dict[str, object]] = {}

    async def walk(story: Story) -> None:
        await story.press("a")
        await story.type("Northline Rail\n")
        await story.settle()
        assert "Northline Rail" in story.top
        if phase:
            await story.press(str(phase))
            assert f"› {phase} " in story.top
            for _ in range(len(story.app.screen._rows)):
                await story.press("x", "j")
            await story.press("f")
        for tool in story.app.session.framework.tools_of(phase):
            if tool.audience == "personal":
                continue
            await story.open_tool(tool.name)
            assert tool.name[:12] in story.top
            filled[tool.id] = await fill(story, tool)
            assert "ended" not in story.foot

    run_story(tmp_path, walk)
    path = tmp_path / "northline-rail.pcsm.json"
    again = workspace(tmp_path).open(path).engagement
    for tool_id, values in filled.items():
        rows = [row for row in again.rows(tool_id) if row.stored and row.get("by") == "Ada"]
        held = [{name: row.get(name) for name in values} for row in rows]
        assert values in held, tool_id
    if phase:
        row = next(row for row in again.rows("phases") if row.get("phase") == phase)
        assert row.get("state") == "Finished"
        done = [row for row in again.rows("activities") if row.get("phase") == phase]
        assert done and all(row.done for row in done)
    stock = TinyDB(path)
    written = json.loads(path.read_text())
    for tool_id in filled:
        assert {str(record.doc_id): dict(record) for record in stock.table(tool_id)} == written[tool_id]
    stock.close()


def test_one_engagement_goes_through_all_seven_phases_and_is_found_again(tmp_path: Path) -> None:
    """A row in every tool, the person's own included; then the program is left, opened again, and looked at."""
    typed: dict[str, str] = {}

    async def walk(story: Story) -> None:
        await story.press("a", *keys_of("Northline Rail"), "enter")
        for phase in range(1, 8):
            await story.press(str(phase), "x", "f")
            assert f"› {phase} " in story.top
        for number, tool in enumerate(story.app.session.framework.tools):
            await story.open_tool(tool.name)
            if not tool.single:
                await story.press("a")
            field = await to_text(story)
            if field is None:
                await story.press("escape")
                continue
            typed[tool.id] = f"Q{number}"
            await story.press("end", "ctrl+u", *keys_of(typed[tool.id]), "escape")
        await story.press("q")

    async def look(story: Story) -> None:
        await story.press("E", *keys_of("north"), "enter")
        assert all("done Sun 22 Nov" in line for line in story.lines[1:8])
        for tool in (tool for tool in story.app.session.framework.tools if tool.id in typed):
            await story.open_tool(tool.name)
            engagement = story.app.workspace.session_for(tmp_path / "northline-rail.pcsm.json", tool.id).engagement
            shown = " ".join(engagement.show(row, item.id) for row in engagement.rows(tool.id) for item in tool.fields)
            assert typed[tool.id] in shown, tool.id

    run_story(tmp_path, walk)
    run_story(tmp_path, look)
    assert len(typed) >= 55


async def to_text(story: Story):
    """Go to the first field of the form that takes any text; return it, or None when there is none."""
    sheet = story.app.screen.query_one("#sheet")
    while sheet.active_field.type not in ("text", "note", "person"):
        if not sheet.neighbour(1):
            return None
        await story.press("tab")
    return sheet.active_field
