"""Going back: the history, conflicts, and what an earlier session left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from stories.making import make_engagement, values_of
from stories.story import Story, keys_of, run_story, workspace

from pcsm_tui.errors import StorageFailed
from pcsm_tui.store import replacing
from pcsm_tui.ui.app import PcsmApp
from pcsm_tui.workspace.session import Session

RISKS = "adoption-risks"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [{"name": "Old radios", "likelihood": "3", "severity": "4"}, {"name": "Union ballot", "likelihood": "2"}]
    return make_engagement(tmp_path / "repository", "Ada Ltd", {RISKS: rows})


def bo(path: Path) -> Session:
    return workspace(path.parent, name="Bo").open(path)


async def open_risks(story: Story) -> None:
    await story.press("f2", "E", *keys_of("Ada"), "enter", "o", *keys_of("Adoption Risks"), "enter", "g")


async def type_in(story: Story, column: int, text: str, end: str = "enter") -> None:
    await story.press(*["h"] * 20, *["l"] * column, "enter", "ctrl+u", *keys_of(text), end)


# --- history ----------------------------------------------------------------------------------------------------


def test_the_history_tells_who_changed_what_and_takes_it_back(path: Path) -> None:
    other = bo(path)
    other.set(other.engagement.rows(RISKS)[0], {"severity": 1, "strategy": "None"})

    async def told(story: Story) -> None:
        await open_risks(story)
        await type_in(story, 2, "5")
        await story.press("H")
        assert "5 acts, the newest first" in story.top
        assert "Ada" in story.lines[1] and "set Likelihood of Old radios" in story.lines[1]
        assert "Bo" in story.lines[2] and "set Severity, Strategy of Old radios" in story.lines[2]
        assert "Adoption Risks: Old radios: Likelihood: 3 → 5" in story.text, "of the line under the cursor"
        await story.press("j", "enter")
        assert "Severity: 4 → 1" in story.text and "Strategy: (empty) → None" in story.text
        await story.press("r")
        assert "take back set Severity, Strategy" in story.lines[1]
        await story.press("escape")
        assert "4" in next(line for line in story.lines if "Old radios" in line)

    run_story(path.parent, told)
    seen = [values_of(path, RISKS, name)[0] for name in ("likelihood", "severity", "strategy")]
    assert seen == [5, 4, None], "what came after it stays"


def test_one_goes_back_to_before_an_act_and_undoes_that(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        await type_in(story, 2, "5")
        await story.press("d", "d")
        assert values_of(path, RISKS, "name") == []
        await story.press("H", "j", "j", "enter", "b")
        assert "u undoes that" in story.foot
        assert values_of(path, RISKS, "likelihood") == [3, 2]
        await story.press("u")
        assert values_of(path, RISKS, "name") == []
        await story.press("slash", *keys_of("delete"), "enter")
        assert story.text.count("delete risk") >= 2 and "set Likelihood" not in story.text

    run_story(path.parent, told)


# --- conflicts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "kept"), [("f", 1), ("s", 5), ("k", 5)])
def test_a_conflict_is_shown_with_both_values_and_decided(path: Path, key: str, kept: int) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        other = bo(path)
        other.set(other.engagement.rows(RISKS)[0], {"likelihood": 1})
        await type_in(story, 2, "5")
        assert "1 conflict · saved" in story.foot
        await story.press("X")
        assert "1 to decide" in story.top
        assert "Adoption Risks › Old radios › Likelihood" in story.text
        for text in ("Before: 3", "First:  1 · Bo", "Second: 5 · Ada", "Now in the file: 5"):
            assert text in story.text
        await story.press("enter", key)
        assert "There are no conflicts" in story.text and "conflict ·" not in story.foot
        await story.press("u")
        assert "1 to decide" in story.top, "a decision can be undone"
        await story.press("U")

    run_story(path.parent, told)
    assert values_of(path, RISKS, "likelihood")[0] == kept
    assert bo(path).conflicts == ()


def test_fault_029_what_others_change_while_a_form_is_open_does_not_disturb_it(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        await story.press("e", "tab", "ctrl+u", "5")
        other = bo(path)
        other.set(other.engagement.rows(RISKS)[0], {"likelihood": 1, "severity": 2})
        await story.look()
        assert story.app.screen.pane.editor.text == "5", "what is typed stays"
        assert "Changed by Bo meanwhile: 1." in story.text and "1 change by Bo" in story.text
        await story.press("escape")
        await story.press("escape")

    run_story(path.parent, told)
    (conflict,) = bo(path).conflicts
    assert (conflict.base, {side.value for side in conflict.sides}) == (3, {1, 5})
    assert values_of(path, RISKS, "severity")[0] == 2


# --- after a crash ------------------------------------------------------------------------------------------------


class Crash(Exception):
    """The program is gone."""


def crash_with_unsaved(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a session do two things that never reach the file, and end."""

    def full(*arguments: object, **more: object) -> str:
        raise StorageFailed(f"{path} was not saved: the disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("pcsm_tui.store.engagement_file.replace_file", full)

        async def told(story: Story) -> None:
            await open_risks(story)
            await type_in(story, 2, "5")
            assert "the disk is full" in story.foot and "NOT SAVED – 1 change" in story.foot
            await story.press("j", "d")
            assert "NOT SAVED – 2 changes" in story.foot

        end(run_story(path.parent, told))


def end(app: PcsmApp) -> None:
    """Let go of the journals, as the end of a process does."""
    for session in app.workspace._sessions.values():
        session.close()


def test_fault_002_what_was_done_and_not_saved_is_offered_and_taken_in(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash_with_unsaved(path, monkeypatch)
    assert values_of(path, RISKS, "likelihood") == [3, 2]

    async def told(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter")
        assert "not saved when pcsm last ended" in story.top
        assert "2 changes" in story.text
        assert "Adoption Risks: Old radios: Likelihood: 3 → 5" in story.text
        assert "Adoption Risks: Union ballot: removed" in story.text
        await story.press("enter")
        assert values_of(path, RISKS, "likelihood") == [5]
        await story.press("u")
        assert values_of(path, RISKS, "likelihood") == [3, 2]
        await story.press("U")

    run_story(path.parent, told)
    assert values_of(path, RISKS, "likelihood") == [5]

    async def told_again(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter")
        assert "not saved" not in story.top, "it is offered once"

    run_story(path.parent, told_again)


def test_fault_002_what_was_not_saved_meets_what_others_saved_since(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash_with_unsaved(path, monkeypatch)
    other = bo(path)
    other.set(other.engagement.rows(RISKS)[0], {"likelihood": 1, "severity": 1})

    async def told(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter")
        assert "Likelihood was changed to '1' by Bo and to '5' by Ada: both will be kept" in " ".join(
            story.text.split()
        )
        await story.press("enter")

    run_story(path.parent, told)
    (conflict,) = bo(path).conflicts
    assert {side.value for side in conflict.sides} == {1, 5}
    assert values_of(path, RISKS, "severity") == [1]


def test_fault_002_it_can_be_discarded_or_left_for_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash_with_unsaved(path, monkeypatch)

    async def later(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter", "escape")
        await story.press("f2", "E", *keys_of("Ada"), "enter")
        assert "not saved when pcsm last ended" in story.top, "asked again, as nothing is decided"
        await story.press("escape")

    end(run_story(path.parent, later))

    async def discarded(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter", "d")
        assert "kept for 30 days" in story.foot
        state = story.app.workspace.settings.places.state
        assert len(list(state.glob("journal/*/*.discarded"))) == 1

    run_story(path.parent, discarded)
    assert values_of(path, RISKS, "likelihood") == [3, 2]


def test_fault_003_a_text_that_was_being_typed_is_offered_and_never_applied(path: Path) -> None:
    state = path.parent.parent / "state"

    async def cut_off(story: Story) -> None:
        await open_risks(story)
        await story.press("e", "tab", "tab", "tab", "tab", *keys_of("Spare radios by Mar"))
        story.app.workspace.flush()  # as once a second
        shutil.copytree(story.app.workspace.settings.places.state / "journal", state)

    end(run_story(path.parent, cut_off))
    values = values_of(path, RISKS, "strategy")

    async def told(story: Story) -> None:
        await story.press("E", *keys_of("Ada"), "enter")
        assert "Being typed in Strategy of Old radios, Adoption Risks: 'Spare radios by Mar'" in " ".join(
            story.text.split()
        )
        await story.press("enter")
        assert "Adoption Risks" in story.top and "Spare radios by Mar" in story.text
        assert values_of(path, RISKS, "strategy") == values, "it is a draft, and not the value"

    # the first story left in good order; what a kill would have left is put back
    journal = workspace(path.parent).settings.places.state / "journal"
    shutil.rmtree(journal)
    shutil.copytree(state, journal)
    session = bo(path)
    session.set(session.engagement.rows(RISKS)[0], {"strategy": None})
    values = values_of(path, RISKS, "strategy")
    run_story(path.parent, told)


def test_undo_and_redo_outlive_the_program(path: Path) -> None:
    async def first(story: Story) -> None:
        await open_risks(story)
        await type_in(story, 2, "5")
        await type_in(story, 3, "1")
        await story.press("u", "q")

    run_story(path.parent, first)
    assert [values_of(path, RISKS, name)[0] for name in ("likelihood", "severity")] == [5, 4]

    async def second(story: Story) -> None:
        await open_risks(story)
        await story.press("U")
        assert "Done again: set Severity of Old radios" in story.foot
        await story.press("u", "u")
        assert "Undone: set Likelihood of Old radios" in story.foot
        await story.press("q")

    run_story(path.parent, second)
    assert [values_of(path, RISKS, name)[0] for name in ("likelihood", "severity")] == [3, 4]

    async def third(story: Story) -> None:
        await open_risks(story)
        await story.press("U", "U", "q")

    run_story(path.parent, third)
    assert [values_of(path, RISKS, name)[0] for name in ("likelihood", "severity")] == [5, 1]


# --- a file that is not what it was ---------------------------------------------------------------------------------


def test_fault_018_a_file_that_is_gone_is_saved_again_where_one_says_so(path: Path) -> None:
    async def told(story: Story) -> None:
        await open_risks(story)
        path.unlink()
        await type_in(story, 2, "5")
        assert "is gone" in story.foot and "NOT SAVED" in story.foot
        assert not path.exists(), "never without being told to"
        await story.press("exclamation_mark", *keys_of("here again"), "enter")
        assert story.foot.endswith("saved") and "NOT" not in story.foot

    run_story(path.parent, told)
    assert values_of(path, RISKS, "likelihood")[0] == 5


@pytest.mark.parametrize(("choice", "expected"), [("Merge", (3, 5)), ("Keep", (1, 5)), ("Take", (3, 4))])
def test_fault_037_a_file_that_went_back_is_asked_about(path: Path, choice: str, expected: tuple[int, int]) -> None:
    old = path.read_bytes()

    async def told(story: Story) -> None:
        await open_risks(story)
        await type_in(story, 2, "1")
        path.write_bytes(old)
        await type_in(story, 3, "5")
        assert "went back to revision" in story.foot and "NOT SAVED" in story.foot
        assert path.read_bytes() == old
        await story.press("exclamation_mark", *keys_of(choice), "enter")
        assert "NOT SAVED" not in story.foot and story.foot.endswith("saved")

    run_story(path.parent, told)
    assert tuple(values_of(path, RISKS, name)[0] for name in ("likelihood", "severity")) == expected


def test_fault_005_a_copy_is_saved_elsewhere_when_the_disk_is_full(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = replacing.replace_file
    copy = path.parent.parent / "elsewhere.pcsm.json"

    def full(target: Path, *rest: object, **more: object) -> str:
        if target == path:
            raise StorageFailed(f"{target} was not saved: the disk is full.")
        return real(target, *rest, **more)  # type: ignore[arg-type]

    async def told(story: Story) -> None:
        await open_risks(story)
        monkeypatch.setattr("pcsm_tui.store.engagement_file.replace_file", full)
        await type_in(story, 2, "5")
        assert "the disk is full" in story.foot
        await story.press("exclamation_mark", *keys_of("copy"), "enter", "ctrl+u", *keys_of(str(copy)), "enter")
        assert "Saved as" in story.foot and "NOT SAVED" in story.foot

    run_story(path.parent, told)
    assert values_of(copy, RISKS, "likelihood")[0] == 5
    assert values_of(path, RISKS, "likelihood")[0] == 3
