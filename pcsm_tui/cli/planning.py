"""The command `plan`: the schedule, why it is so, what an edit would do to it, and how it compares with its baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import FILE, PLAN_FIELD, TASK, json_option, opened
from pcsm_tui.errors import UsageError

if TYPE_CHECKING:
    from pcsm_tui.workspace.addressing import Opened
    from pcsm_tui.workspace.baselining import VarianceLine
    from pcsm_tui.workspace.planning import TaskLine

CRITICAL, DONE, BEGUN = "#", "x", "~"
"""The marks before a task's name: a character each, so that nothing is told by colour."""
_LEAST = (0, 0, 14, 0, 10, 10, 0, 0)


class PlanGroup(click.Group):
    """A group whose first word may be a file instead of a command: then the schedule is shown."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of the schedule where the first word names no command; else the group's own."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            return schedule.make_context(info_name, args, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, and the files that could stand in their place."""
        file = next(param for param in schedule.params if param.name == "file")
        return [*super().shell_complete(ctx, incomplete), *FILE.shell_complete(ctx, file, incomplete)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of the schedule, and the commands."""
        options = (param for param in schedule.get_params(ctx) if isinstance(param, click.Option))
        rows = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl(rows)
        self.format_commands(ctx, formatter)


file_argument = click.argument("file", type=FILE)
task_argument = click.argument("task", type=TASK)
name_argument = click.argument("name", required=False, metavar="[NAME]")


@click.group(cls=PlanGroup, subcommand_metavar="FILE | COMMAND FILE...")
def plan() -> None:
    """Show the schedule of FILE, and what follows from it.

    Each task stands with its duration, start, finish and total float, marked # critical, x done, ~ in progress. A TASK
    is given by its outline number, its uid, or a part of its name. For a file whose name is that of a command, write
    its path: ./why.pcsm.json

    \b
    pcsm plan northline-rail
    pcsm plan northline-rail --critical
    pcsm plan why northline-rail 1.4.2
    pcsm plan what-if northline-rail 1.4.2 8d
    """


@click.command()
@file_argument
@click.option("--critical", is_flag=True, help="Only what is critical.")
@json_option
def schedule(file: str, critical: bool, as_json: bool) -> None:
    """Show the schedule of FILE.

    In JSON es, ef, ls, lf, durations and floats are working minutes, percentages are in tenths, and drivers are the
    uids of the predecessors that hold a start where it is.

    \b
    pcsm plan northline-rail
    pcsm plan northline-rail --json
    """
    from pcsm_tui.workspace.planning import plan_text, plan_view

    found = _opened(file)
    view = plan_view(found.session)
    tasks = tuple(task for task in view.tasks if task.critical or not critical)
    if as_json:
        output.json(view._replace(tasks=tasks))
        return
    text = plan_text(found.session)
    output.sentences([text.stands])
    if not view.tasks:
        output.talk(f"`pcsm add {found.word} tasks name=…` adds one.")
    elif not tasks:
        output.talk("Nothing that is still to be done is critical.")
    if tasks:
        output.text()
        output.grouped_table(
            ("WBS", "", "Name", "Takes", "Start", "Finish", "Float", "Done"),
            [("", _cells(t)) for t in tasks],
            _LEAST,
        )
    for heading, sentences in (("Deadlines missed", text.late), ("Problems", text.problems)):
        if sentences:
            output.text(f"\n{heading}")
            output.sentences(sentences, "  ")


def _cells(task: TaskLine) -> tuple[str, ...]:
    from pcsm_tui.workspace.planning import show_duration, show_percent, show_takes

    mark = CRITICAL if task.critical else DONE if task.done else BEGUN if task.begun else ""
    slack = "" if task.done else show_duration(task.total_float)
    done = show_percent(task.percent_complete) if task.percent_complete else ""
    return (task.wbs, mark, task.name, show_takes(task.duration, task.elapsed), task.start, task.finish, slack, done)


@plan.command()
@file_argument
@task_argument
@json_option
def why(file: str, task: str, as_json: bool) -> None:
    """Say why a task starts when it does.

    Also whether it is critical, what slips first when it does, and what one day more would do.

    \b
    pcsm plan why northline-rail 1.4.2
    """
    from pcsm_tui.workspace.planning import find_task, why_view

    session = _opened(file).session
    view = why_view(session, find_task(session, task))
    if as_json:
        output.json(view)
        return
    output.sentences(view.sentences)


@plan.command()
@file_argument
@task_argument
@json_option
def path(file: str, task: str, as_json: bool) -> None:
    """Show the driving path to a task, and the chain that it drives.

    \b
    pcsm plan path northline-rail 'go-live'
    """
    from pcsm_tui.workspace.planning import find_task, path_view

    session = _opened(file).session
    view = path_view(session, find_task(session, task))
    if as_json:
        output.json(view)
        return
    output.text("Driven by")
    output.sentences([step.text for step in view.before], "  ")
    output.text("\nDrives" if view.after else "\nDrives nothing")
    output.sentences([step.text for step in view.after], "  ")


@plan.command("what-if")
@file_argument
@task_argument
@click.argument("assignments", nargs=-1, required=True, type=PLAN_FIELD, metavar="DURATION|FIELD=VALUE...")
@json_option
def what_if(file: str, task: str, assignments: tuple[str, ...], as_json: bool) -> None:
    """Tell what other values of a task would move; nothing is saved.

    Values are written as for `set`; any field of `pcsm tools tasks` can be tried. A DURATION alone is that of the task.

    \b
    pcsm plan what-if northline-rail 1.4.2 8d
    pcsm plan what-if northline-rail 1.4.2 predecessors='1.2, 1.3FS+2d'
    """
    from pcsm_tui.workspace.addressing import assignments as texts_of
    from pcsm_tui.workspace.planning import find_task, spelled_out
    from pcsm_tui.workspace.planning import what_if as what_if_of

    found = _opened(file)
    uid = find_task(found.session, task)
    view = what_if_of(found.session, uid, texts_of(spelled_out(assignments), found.tool("tasks")))
    if as_json:
        output.json(view)
        return
    output.sentences(view.sentences)


# --- baselines ------------------------------------------------------------------------------------------------


@plan.command()
@file_argument
@name_argument
@click.option("--list", "listing", is_flag=True, help="List the baselines, as without a NAME.")
@click.option("--rename", metavar="NEW", help="Give the baseline NAME another name.")
@click.option("--remove", is_flag=True, help="Remove the baseline NAME.")
@json_option
def baseline(file: str, name: str | None, listing: bool, rename: str | None, remove: bool, as_json: bool) -> None:
    """Keep the plan as it stands as the baseline NAME, or list the baselines.

    \b
    pcsm plan baseline northline-rail 'As agreed'
    pcsm plan baseline northline-rail
    pcsm plan baseline northline-rail 'As agreed' --rename 'Contract'
    """
    from pcsm_tui.workspace.baselining import remove_baseline, rename_baseline, take_baseline

    if listing + (rename is not None) + remove > 1 or (listing and name):
        raise UsageError("Say one thing at a time.", "Give a NAME, or --list, or a NAME with --rename or --remove.")
    if name is None and (remove or rename is not None):
        raise UsageError("Say which baseline.", "`pcsm plan baseline FILE` lists them.")
    found = _opened(file)
    if name is None:
        _list_baselines(found, as_json)
        return
    if rename is not None:
        done, told = rename_baseline(found.session, name, rename), "Renamed:"
    elif remove:
        done, told = remove_baseline(found.session, name), "Removed baseline"
    else:
        done, told = take_baseline(found.session, name), "Baseline taken:"
    if as_json:
        output.json(done)
    output.talk(
        f"{told} {done.name}, {done.start} to {done.finish}, {done.tasks} task{'s' if done.tasks != 1 else ''}."
    )


def _list_baselines(found: Opened, as_json: bool) -> None:
    from pcsm_tui.workspace.baselining import baseline_lines

    lines, problems = baseline_lines(found.session)
    for sentence in problems:
        output.talk(sentence)
    if as_json:
        output.json(lines)
    elif lines:
        rows = [(line.name, line.taken, line.start, line.finish, str(line.tasks)) for line in lines]
        output.table(("Name", "Taken", "Start", "Finish", "Tasks"), rows)
    else:
        output.talk(f"No baseline yet: `pcsm plan baseline {found.word} NAME` takes one.")


@plan.command()
@file_argument
@name_argument
@json_option
def variance(file: str, name: str | None, as_json: bool) -> None:
    """Compare the plan with a baseline, the latest unless NAME says which.

    \b
    pcsm plan variance northline-rail
    pcsm plan variance northline-rail 'As agreed'
    """
    from pcsm_tui.workspace.baselining import variance_view

    view = variance_view(_opened(file).session, name or "")
    if as_json:
        output.json(view)
        return
    output.sentences([view.sentence])
    output.text()
    names = ("WBS", "Name", "Baseline", "Finish", "Later by", "Longer by")
    output.grouped_table(names, [("", _variance_cells(line)) for line in view.tasks], (0, 14, 10, 10, 8, 9))


def _variance_cells(line: VarianceLine) -> tuple[str, ...]:
    from pcsm_tui.workspace.planning import show_duration

    known = line.state not in ("new", "gone")
    later, longer = (show_duration(line.finish_variance), show_duration(line.duration_variance)) if known else ("", "")
    return (line.wbs, line.name, line.baseline_finish or "new", line.finish or "gone", later, longer)


@plan.command()
@file_argument
@click.option("--baseline", "asked", metavar="NAME", default="", help="Against this baseline; the latest unless given.")
@click.option("--samples", type=click.IntRange(1, 100_000), default=1_000, show_default=True, help="How many to draw.")
@json_option
def forecast(file: str, asked: str, samples: int, as_json: bool) -> None:
    """Say when the plan will end: by the work done so far, and by simulation.

    Earned schedule compares what is done with what the baseline planned for the status date. The simulation draws
    durations between the optimistic and the pessimistic estimates, always the same ones.

    \b
    pcsm plan forecast northline-rail
    """
    from pcsm_tui.workspace.baselining import forecast_view

    view = forecast_view(_opened(file).session, asked, samples, output.progress("Simulated"))
    if as_json:
        output.json(view)
        return
    output.sentences(view.sentences or ["The plan has no tasks yet: there is nothing to forecast."])


@plan.command()
@file_argument
@json_option
def generate(file: str, as_json: bool) -> None:
    """Make work packages of adoption activities and onboarding steps.

    They come with owner, dates, cost and impacted group, in a work stream for onboarding and one for each group. What
    has a work package already gets no other, and what was deleted stays deleted.

    \b
    pcsm plan generate northline-rail
    """
    found = _opened(file).session.generate_plan()
    if as_json:
        output.json({name: value for name, value in found._asdict().items() if name != "change"})
        return
    output.sentences([str(found)])


def _opened(word: str) -> Opened:
    found = opened(word)
    if found.personal:
        raise UsageError("Your own file has no plan.", "Name an engagement.")
    return found


COMMANDS = (plan,)
