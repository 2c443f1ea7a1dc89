"""Every command of the screen.

A command's `where` says which part of the screen answers it; that part has an `action_<id>` method, and, where the
command can be out of place, a `<id>_disabled` method that returns the reason. Everything else follows from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from textual.binding import BindingType


class Command(NamedTuple):
    """A command: `keys` are Textual's names, separated by commas; `footer` is its word in the bottom line."""

    id: str
    title: str
    keys: str
    where: str
    help: str
    footer: str = ""
    parameter: str = ""
    """The argument of the action, for commands that share one."""
    palette: bool = True
    like: str = ""
    """The command that does the same elsewhere: a person's own key for that one is meant for this one too."""

    @property
    def action(self) -> str:
        """The action as Textual runs it."""
        name = self.id.rstrip("0123456789").removesuffix("_") if self.parameter else self.id
        return f"{name}({self.parameter})" if self.parameter else self.id


_PHASES = tuple(
    Command(f"phase_{number}", f"Phase {number} {name}", str(number), "engagement", f"Walk through phase {number}.",
            parameter=str(number))
    for number, name in enumerate(
        ("Preparation", "Commitment", "Onboarding", "Adoption Planning", "Adoption Implementation",
         "Value Realization", "Engagement Evaluation"), 1)
)  # fmt: skip

COMMANDS: tuple[Command, ...] = (
    # everywhere
    Command(
        "help", "Help", "question_mark,f1", "app", "What is focused, what it is for, and which keys it has.", "help"
    ),
    Command(
        "palette", "All commands", "colon,ctrl+p", "app", "Find any command, tool or engagement by its name.", "all"
    ),
    Command("today", "Today", "T,f2", "app", "What needs you today, over all engagements."),
    Command("portfolio", "Portfolio", "P,f3", "app", "Every engagement at a glance."),
    Command("search_all", "Search everything", "F,f4", "app", "Find text in every engagement of the repository."),
    Command("switch", "Switch engagement", "E", "app", "Open another engagement by its name."),
    Command(
        "personal", "My own tools", "M", "app", "Your evaluation, career plan and reviews, which nobody else sees."
    ),
    Command("undo", "Undo", "u", "app", "Take back the last change of this engagement."),
    Command("redo", "Redo", "U", "app", "Do again what was undone."),
    Command(
        "saving_trouble",
        "What is not saved",
        "exclamation_mark",
        "app",
        "Why something is not saved, and what can be done: try again, save a copy, decide.",
    ),
    Command("back", "Back", "escape", "app", "Go back to where you came from.", palette=False),
    Command("theme", "Change theme", "", "app", "Choose other colours."),
    Command("repaint", "Draw the screen anew", "ctrl+l", "app", "When the terminal shows remains of something else."),
    Command("suspend", "Suspend", "ctrl+z,f9", "app", "Back to the shell, where fg brings you here again."),
    Command("quit", "Quit", "q", "app", "Leave the program; everything is saved as you go."),
    # in an engagement
    Command("overview", "Overview", "0", "engagement", "The engagement at a glance."),
    *_PHASES,
    Command("plan", "Plan", "p", "engagement", "Work breakdown structure, bars, network, critical path, forecast."),
    Command("tools", "Open a tool", "o", "engagement", "Choose any tool of the framework by its name.", "open tool"),
    Command("timeline", "Timeline", "L", "engagement", "Dated notes of calls, meetings, e-mails and decisions."),
    Command("documents", "Documents", "D", "engagement", "Documents, stored or referred to."),
    Command("actions", "Actions", "A", "engagement", "Who promised what by when."),
    Command("history", "History", "H", "engagement", "Who changed what and when; take any of it back."),
    Command("conflicts", "Conflicts", "X", "engagement", "What two people changed at the same time, to be decided."),
    Command("backups", "Backups", "B", "engagement", "What it was before, to compare with or to get back."),
    Command("note", "Write a note", "w", "engagement", "Add a note to the timeline, dated today."),
    # lists
    Command("cursor_down", "Next row", "down,j", "list", "Go to the next row.", palette=False),
    Command("cursor_up", "Row before", "up,k", "list", "Go to the row before.", palette=False),
    Command("page_down", "Page down", "pagedown,ctrl+d,space", "list", "Go a page down.", palette=False),
    Command("page_up", "Page up", "pageup", "list", "Go a page up.", palette=False),
    Command("first", "First row", "g,home", "list", "Go to the first row.", palette=False),
    Command("last", "Last row", "G,end", "list", "Go to the last row.", palette=False),
    Command(
        "choose",
        "Open",
        "enter",
        "list",
        "Open what the cursor is on; in a table, edit the cell.",
        "open",
        palette=False,
    ),
    # Today and the Portfolio
    Command(
        "add_engagement",
        "New engagement",
        "a",
        "repository",
        "Begin an engagement with a new customer.",
        "new",
        like="add",
    ),
    Command("filter", "Filter", "slash", "filtered", "Show only the rows that hold what you type.", "filter"),
    Command("next_match", "Next match", "n", "filtered", "Go to the next row that holds what was filtered for."),
    Command("previous_match", "Match before", "N", "filtered", "Go to the row before that holds it."),
    Command(
        "sort", "Sort", "s", "sorted", "Sort by the column under the cursor; again for the other way round.", "sort"
    ),
    Command("tick_signal", "Done", "x", "today", "Tick what the line is about.", "done", like="tick"),
    Command("snooze", "Put off", "z", "today", "Do not show this line before a day that you name.", "put off"),
    # a phase
    Command(
        "edit_activity",
        "Edit the activity",
        "e",
        "phase",
        "Owner, dates and notes of the activity.",
        "edit",
        like="edit",
    ),
    Command("tick_activity", "Done", "x", "phase", "Tick the activity, or take the tick away.", "done", like="tick"),
    Command("begin_activity", "In progress", "i", "phase", "Put the activity in progress, or set it back.", "doing"),
    Command(
        "add_activity", "Add an activity", "a", "phase", "Add an activity of your own to this phase.", "add", like="add"
    ),
    Command(
        "delete_activity",
        "Delete the activity",
        "d",
        "phase",
        "Remove the activity from this engagement.",
        like="delete",
    ),
    Command("next_phase", "Next phase", "right_square_bracket", "phase", "Go to the phase after this one."),
    Command("previous_phase", "Phase before", "left_square_bracket", "phase", "Go to the phase before this one."),
    Command("ready", "Ready to move on?", "r", "phase", "What is missing before you move on.", "ready?"),
    Command("finish_phase", "Start, finish or reopen", "f", "phase", "Start, finish or reopen the phase.", "finish"),
    # a table
    Command("add", "Add a row", "a", "table", "Add a row, at the end or at that of its group.", "add"),
    Command("edit", "Edit the row", "e", "table", "All fields of the row as a form.", "edit"),
    Command("delete", "Delete the row", "d", "table", "Remove the row; u brings it back.", "delete"),
    Command("duplicate", "Duplicate the row", "c", "table", "Add a copy of the row below it."),
    Command("tick", "Tick", "x", "table", "Tick the row, or take the tick away.", "tick"),
    Command("move_down", "Move the row down", "J,shift+down", "table", "Put the row one place further down."),
    Command("move_up", "Move the row up", "K,shift+up", "table", "Put the row one place further up."),
    Command("cursor_right", "Next column", "right,l", "cells", "Go to the next column.", palette=False),
    Command("cursor_left", "Column before", "left,h", "cells", "Go to the column before.", palette=False),
    Command("copy", "Copy", "y", "table", "Copy the cell to the terminal's clipboard."),
    Command(
        "follow", "Follow the reference", "v", "table", "Go to the row that the cell refers to; show a link in full."
    ),
    Command("next_tool", "Next tool", "right_square_bracket", "tool", "The next tool of this phase."),
    Command("previous_tool", "Tool before", "left_square_bracket", "tool", "The tool before, of this phase."),
    Command(
        "store_document", "Store a file", "S", "tool", "Copy a file into the repository's documents and list it here."
    ),
    # the plan
    Command("add_task", "Add a work package", "a", "plan", "Add a work package behind this one.", "add", like="add"),
    Command("edit_task", "Edit the work package", "e", "plan", "All its fields as a form.", "edit", like="edit"),
    Command("tick_task", "Done", "x", "plan", "Tick the work package, or take the tick away.", "done", like="tick"),
    Command(
        "what_if",
        "What if?",
        "i",
        "plan",
        "Another duration, say 8d, or any field=value: see what would move before you decide.",
        "what if",
    ),
    Command(
        "next_view",
        "Next view",
        "right_square_bracket",
        "plan",
        "Bars, columns, network, critical path, milestones, forecast.",
        "view",
    ),
    Command("previous_view", "View before", "left_square_bracket", "plan", "The view before this one."),
    Command("indent", "Indent", "greater_than_sign", "plan", "Put it under the one above it.", "in"),
    Command("outdent", "Outdent", "less_than_sign", "plan", "Put it beside the work stream that it is in.", "out"),
    Command("task_down", "Move down", "J,shift+down", "plan", "Move it down among its neighbours.", like="move_down"),
    Command("task_up", "Move up", "K,shift+up", "plan", "Move it up among its neighbours.", like="move_up"),
    Command("delete_task", "Delete", "d", "plan", "Remove it with all below it; u brings it back.", like="delete"),
    Command("duplicate_task", "Duplicate", "c", "plan", "Add a copy behind it.", like="duplicate"),
    Command("fold", "Fold", "left,h", "plan", "Hide what is below it; again goes to the work stream above."),
    Command("unfold", "Unfold", "right,l", "plan", "Show what is below it."),
    Command("fold_all", "Fold or unfold all", "Z", "plan", "Show the work streams alone, or everything."),
    Command("zoom_out", "Zoom out", "minus", "plan", "Weeks instead of days, months instead of weeks.", "zoom"),
    Command("zoom_in", "Zoom in", "plus,equals_sign", "plan", "Days instead of weeks, weeks instead of months."),
    Command("zoom_fit", "Show the whole plan", "underscore", "plan", "Fit the bars to the width."),
    Command("later", "Scroll to later", "full_stop", "plan", "Scroll the bars to later dates."),
    Command("earlier", "Scroll to earlier", "comma", "plan", "Scroll the bars to earlier dates."),
    Command("show_bar", "Show its bar", "s", "plan", "Scroll the bars to that of this work package."),
    Command("columns", "Other columns", "C", "plan", "Float, dates, predecessors, progress, or all columns."),
    Command(
        "take_baseline", "Take a baseline", "b", "plan", "Keep the plan as it is, to compare with later.", "baseline"
    ),
    Command(
        "generate_plan",
        "Make work packages from the plan's tools",
        "",
        "plan",
        "Adoption activities and the onboarding work plan become work packages, once.",
    ),
    Command("import_plan", "Import a plan", "", "plan", "Read a plan from MS Project (XML) or from a CSV file."),
    Command("plan_settings", "Plan settings", "", "plan", "Start, status date, hours of work, what is critical."),
    Command("holidays", "Holidays", "", "plan", "Days on which nobody works."),
    Command("status_today", "Set the status date to today", "", "plan", "What is not done by today comes after it."),
    # a form
    Command(
        "next_field",
        "Next field",
        "tab,enter",
        "form",
        "Keep what was typed and go to the next field.",
        "next",
        palette=False,
    ),
    Command(
        "previous_field",
        "Field before",
        "shift+tab",
        "form",
        "Keep what was typed and go back one.",
        "before",
        palette=False,
    ),
    Command(
        "option_down", "Next choice", "down", "form", "The next choice; without choices the next field.", palette=False
    ),
    Command(
        "option_up",
        "Choice before",
        "up",
        "form",
        "The choice before; without choices the field before.",
        palette=False,
    ),
    Command("close", "Close", "escape", "form", "Keep what was typed and leave.", "close", palette=False),
)
"""In the order in which help and the key list show them."""

WHERE = {
    "form": "While a field is edited",
    "today": "In Today",
    "phase": "In a phase",
    "plan": "In the plan",
    "table": "In a table",
    "cells": "In a table's cells",
    "tool": "In a tool",
    "repository": "In Today and Portfolio",
    "filtered": "In lists that can be filtered",
    "sorted": "In lists that can be sorted",
    "list": "In every list",
    "engagement": "In an engagement, or on its line",
    "app": "Everywhere",
}
"""The headings under which the commands stand in help and in the key list: what is nearest first."""

BY_ID = {command.id: command for command in COMMANDS}


def bindings_for(*where: str) -> list[BindingType]:
    """Return the bindings of a part of the screen."""
    from textual.binding import Binding

    return [
        Binding(command.keys, command.action, command.title, show=bool(command.footer), id=command.id)
        for command in COMMANDS
        if command.where in where and command.keys
    ]
