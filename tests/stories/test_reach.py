"""Everything of the framework is reached by keys alone from Today, in a few of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.making import make_engagement
from stories.story import Story, keys_of, run_story

ACTIVITIES = {1: 10, 2: 7, 3: 8, 4: 12, 5: 8, 6: 9, 7: 8}
"""How many activities the framework has in each phase."""

TOOLS = {
    0: {
        "engagement": "Engagement",
        "activities": "Activities",
        "actions": "Actions",
        "timeline": "Timeline",
        "documents": "Documents",
    },
    1: {
        "customer-research": "Customer Research Checklist",
        "research-status": "Current Status",
        "engagement-strategy": "Customer Engagement Strategy",
    },
    2: {
        "information-gaps": "Information Gaps",
        "initial-meeting": "Initial Meeting Plan",
        "engagement-proposal": "Customer Engagement Proposal",
        "raci": "RACI Matrix",
        "stakeholder-plan": "Stakeholder Management Plan",
        "vested-interests": "Vested Interests",
    },
    3: {
        "onboarding-scoring": "Customer Onboarding Scoring Matrix",
        "onboarding-requirements": "Onboarding Requirements Capture",
        "onboarding-plan": "Onboarding Work Plan",
        "csm-activities": "CSM Activity Tracking",
        "welcome-pack": "Welcome Pack",
        "onboarding-reports": "Onboarding Report",
        "awareness": "Awareness",
    },
    4: {
        "adoption-requirements": "Adoption Requirements Questionnaire",
        "capabilities": "Capabilities and Processes",
        "impacted-groups": "Impacted Groups",
        "adoption-activities": "Adoption Activities Checklist",
        "practical-considerations": "Practical Considerations",
        "adoption-barriers": "Adoption Barriers",
        "adoption-risks": "Adoption Risks",
        "pilots": "Pilots and Phases",
        "workshops": "Workshop Planner",
    },
    5: {
        "tasks": "Work Breakdown Structure",
        "readiness": "Adoption Readiness Checklist",
        "measures": "Measurement",
        "measurements": "Measurements",
        "problems": "Problem Management",
        "concerns": "End-User Concerns",
        "adoption-role": "Roles",
        "governance": "Governance Log",
        "sign-offs": "Project Sign-off",
        "recommendations": "Reporting More Than Facts",
    },
    6: {
        "kpis": "KPIs",
        "challenges": "Challenges and Changes Checklist",
        "value-checklist": "Value Realization Activity Checklist",
        "health": "Health Score",
        "business-reviews": "Business Reviews",
        "opportunities": "Opportunities",
        "renewals": "Renewals",
        "feedback": "Feedback and Advocacy",
    },
    7: {
        "engagement-reporting": "Engagement Reporting Checklist",
        "engagement-evaluation": "Engagement Evaluation Tool",
        "personal-evaluation": "Personal Evaluation Tool",
        "career-plan": "Career Plan",
        "periodic-reviews": "Periodic Reviews",
    },
}
"""The tools of the framework by phase, 0 for those of the whole engagement: id, and the name that the field knows."""


MOST_PRESSES = 4
"""Keys besides those that choose in a list or type a name."""


async def go(story: Story, *presses: str) -> None:
    """Go home, and from there by a few presses, each a key or a name typed where one is asked for, all at once."""
    assert sum(len(press) == 1 or press == "tab" for press in presses) <= MOST_PRESSES
    keys = [[press] if len(press) == 1 or press == "tab" else [*keys_of(press), "enter"] for press in presses]
    await story.press("f2", *(key for several in keys for key in several))


async def choose(story: Story, tool_id: str) -> None:
    """Go down in the list of tools to one, and open it."""
    place = story.app.screen.query_one("#phase-tools")._keys.index(tool_id)
    await story.press("g", *["j"] * place, "enter")


async def assert_found(story: Story, tool_id: str, name: str) -> None:
    """See that in a list to choose from a name is found first, and can be chosen."""
    await story.press("ctrl+u")
    await story.paste(name)
    found = story.app.screen._shown[0]
    assert found.key in (f"tool {tool_id}", f"command {tool_id}")
    assert not found.disabled
    assert name in story.lines[2]


def test_every_activity_is_reached_from_today(tmp_path: Path) -> None:
    make_engagement(tmp_path, "Ada Ltd")

    async def told(story: Story) -> None:
        for phase, count in ACTIVITIES.items():
            await go(story, "E", "ada", str(phase), "g")
            assert f"of {count} · open" in story.top
            titles = []
            for _ in range(count):
                line = next(line for line in story.lines if "│" in line)
                titles.append(line.partition("│")[2].strip())
                await story.press("j")
            assert len(set(titles)) == count

    run_story(tmp_path, told)


def test_every_tool_is_reached_through_its_phase(tmp_path: Path) -> None:
    make_engagement(tmp_path, "Ada Ltd")

    async def told(story: Story) -> None:
        for phase, tools in list(TOOLS.items())[1:]:
            await go(story, "E", "ada", str(phase), "tab")
            for tool_id, name in tools.items():
                await choose(story, tool_id)
                assert story.app.here.place.tool == tool_id
                assert name in story.top
                await story.press("escape", str(phase), "tab")

    run_story(tmp_path, told)


@pytest.mark.parametrize("key", ["o", ":"])
def test_every_tool_is_found_by_its_name(tmp_path: Path, key: str) -> None:
    make_engagement(tmp_path, "Ada Ltd")

    async def told(story: Story) -> None:
        await go(story, "E", "ada", key)
        for tools in TOOLS.values():
            for tool_id, name in tools.items():
                await assert_found(story, tool_id, name)
        await story.press("enter")
        assert (story.app.here.place.tool, name in story.top) == (tool_id, True)

    run_story(tmp_path, told)


def test_from_today_the_palette_leads_to_engagements_phases_and_tools(tmp_path: Path) -> None:
    make_engagement(tmp_path, "Ada Ltd")

    async def told(story: Story) -> None:
        await go(story, ":", "ada")
        assert "Ada Ltd" in story.top
        for phase in ACTIVITIES:
            await story.press("colon", *keys_of(f"phase {phase}\n"))
            assert story.app.here.place.phase == phase
        await go(story, ":", "Actions")
        assert "Actions" in story.top

    run_story(tmp_path, told)


def test_without_any_engagement_today_says_how_to_begin_one(tmp_path: Path) -> None:
    async def told(story: Story) -> None:
        assert "No engagements yet" in story.text and "a to begin" in story.text
        await story.press("a")
        await story.type("Ada Ltd\n")
        assert "Ada Ltd" in story.top
        assert story.app.here.view == "overview"

    run_story(tmp_path, told)
    assert (tmp_path / "ada-ltd.pcsm.json").is_file()
