"""The one editor of fields: laid over a table's cell or a form's field, with what can be chosen below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from pcsm_tui.domain.declarations import Field
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import Line, Span, fit
from pcsm_tui.ui.widgets.inputs import QuietInput, QuietTextArea
from pcsm_tui.ui.widgets.lines import Lines

Way = Literal["next", "previous", "down", "up", "done", "close"]
"""How one leaves a field: Tab, Shift+Tab, the arrows, Enter, Esc."""
MOST_OPTIONS = 8
_APPENDED = ("text", "refs", "tags", "link")
"""Types whose text one goes on writing; in the others what is typed takes the place of what is there."""
_SEPARATORS = {"refs": ";", "links": ",", "tags": ","}
"""What stands between the parts of a text, each of which is completed by itself."""
_MUST_BE_ONE = ("choice", "ref", "yes_no")


class Options(Lines):
    """What can be chosen in a field, narrowed by what is typed; -1 when none is chosen."""

    def __init__(self) -> None:
        super().__init__(id="options")
        self.found: list[str] = []
        self.chosen = -1

    def show(self, found: list[str], chosen: int) -> None:
        """Show these options with one of them chosen."""
        self.found, self.chosen = found, chosen
        self.redraw()
        if found:
            self.keep_in_view(max(chosen, 0))

    def line_count(self) -> int:
        """Return how many options there are."""
        return len(self.found)

    def is_selected(self, index: int) -> bool:
        """Return whether an option is the chosen one."""
        return index == self.chosen

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return an option; the last one that there is room for says that others follow."""
        goes_on = index == self.top + self.size.height - 1 and index < len(self.found) - 1
        text = ("› " if selected else "  ") + self.found[index]
        return (Span(fit(text, width - 2) + " …" if goes_on else fit(text, width), "edit" if not selected else ""),)


class FieldEditor(Widget):
    """An input for one field.

    `left` is called with the text when one leaves it, whichever way: nothing is lost. It is called at once, not by a
    message, so that the next field is there before the next key.
    """

    BINDINGS = bindings_for("form")

    class Typed(Message):
        """The text changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, left: Callable[[str, Way], None]) -> None:
        super().__init__(id="editor")
        self._tell_left = left
        self.display = False
        self._field: Field | None = None
        self._all: Sequence[str] = ()
        self._moved = False
        self._given = ""
        self._place = (Region(), 0)

    def compose(self) -> ComposeResult:
        """Lay out the input and the options; the text area comes when the first note is edited."""
        yield QuietInput(id="field-input")
        yield Options()

    @property
    def is_open(self) -> bool:
        """Whether a field is being edited."""
        return self._field is not None

    @property
    def several_lines(self) -> bool:
        """Whether the field that is edited is a note."""
        return self._field is not None and self._field.type == "note"

    def open(self, field: Field, text: str, region: Region, options: Sequence[str], below: int) -> None:
        """Edit a text over a region of the parent; `below` is how many lines there are for options under it."""
        self._field, self._all, self._moved, self._given = field, options, False, text
        if self.several_lines and not self.query(QuietTextArea):
            self.mount(QuietTextArea(id="field-area"), before=0)
        self._single.display = not self.several_lines
        for area in self.query(QuietTextArea):
            area.display = self.several_lines
        self.display = True
        self.set_text(text)
        self._narrow(text, opened=True)
        self.place(region, below)
        self.screen.set_focus(
            self.query_one(QuietTextArea) if self.several_lines else self._single, scroll_visible=False
        )

    def place(self, region: Region, below: int) -> None:
        """Lay the editor over a region of the parent."""
        self._place = region, below
        options = self.query_one(Options)
        count = 0 if self.several_lines else min(len(options.found), MOST_OPTIONS)
        above = min(len(self._all), MOST_OPTIONS) > below  # of all, so that the field stays where it is while one types
        self.styles.offset = (region.x, region.y - (count if above else 0))
        self.styles.width, self.styles.height = region.width, region.height + count
        options.display = count > 0
        options.styles.height = count
        options.styles.dock = "top" if above else "bottom"
        self._single.styles.dock = "bottom" if above else "top"
        for area in self.query(QuietTextArea):
            area.styles.height = region.height

    def close(self) -> None:
        """Put the editor away."""
        self._field = None
        self.display = False

    def set_text(self, text: str) -> None:
        """Put a text in the editor, the cursor at its end."""
        if self.several_lines:
            area = self.query_one(QuietTextArea)
            area.load_text(text)
            area.move_cursor(area.document.end)
        else:
            with self.prevent(Input.Changed):
                self._single.value = text
            self._single.cursor_position = len(text)
            if self._field is not None and self._field.type not in _APPENDED:
                self._single.action_select_all()

    @property
    def _single(self) -> QuietInput:
        return self.query_one("#field-input", QuietInput)

    @property
    def text(self) -> str:
        """The text as it is now; a chosen option goes before what was typed to find it."""
        if self.several_lines:
            return self.query_one(QuietTextArea).text
        typed, options = self._single.value, self.query_one(Options)
        if self._field is None or not 0 <= options.chosen < len(options.found):
            return typed
        must = self._field.type in _MUST_BE_ONE and typed.strip() and typed not in self._all
        return self._with_option(options.found[options.chosen]) if self._moved or must else typed

    def _with_option(self, option: str) -> str:
        separator = _SEPARATORS.get(self._field.type if self._field else "", "")
        before, found, _ = self._single.value.rpartition(separator) if separator else ("", "", "")
        return f"{before}{found} {option}".strip() if found else option

    def _narrow(self, text: str, *, opened: bool = False) -> None:
        """Show the options that hold what is typed; all of them as long as it is unchanged."""
        options = self.query_one(Options)
        if not self._all:
            options.show([], -1)
            return
        separator = _SEPARATORS.get(self._field.type if self._field else "", "")
        word = (text.rpartition(separator)[2] if separator else text).strip().casefold()
        names = list(self._all)
        if opened and text in names:
            options.show(names, names.index(text))
            return
        begun = [name for name in names if name.casefold().startswith(word)]
        found = begun + [name for name in names if name not in begun and word in name.casefold()]
        must = self._field is not None and self._field.type in _MUST_BE_ONE
        options.show(found, 0 if found and word and must else -1)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the options, and tell what is typed."""
        event.stop()
        if self.is_open:
            self._moved = False
            self._narrow(event.value)
            self.place(*self._place)
            self.post_message(self.Typed(self.text))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell what is typed."""
        event.stop()
        if self.is_open:
            self.post_message(self.Typed(self.text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave: the field is done."""
        event.stop()
        self.leave("done")

    def action_next_field(self) -> None:
        """Leave for the next field."""
        self.leave("next")

    def action_previous_field(self) -> None:
        """Leave for the field before."""
        self.leave("previous")

    def action_close(self) -> None:
        """Leave."""
        self.leave("close")

    def action_option_down(self) -> None:
        """Choose the next option, or leave for the next field."""
        self._choose(1, "down")

    def action_option_up(self) -> None:
        """Choose the option before, or leave for the field before."""
        self._choose(-1, "up")

    def _choose(self, step: int, way: Way) -> None:
        options = self.query_one(Options)
        place = options.chosen + step
        if options.display and 0 <= place < len(options.found):
            self._moved = True
            options.show(options.found, place)
            self.post_message(self.Typed(self.text))
        else:
            self.leave(way)

    def leave(self, way: Way) -> None:
        """Leave the editor; what was typed goes with the message."""
        if self.is_open:
            text = self._given if way == "close" and self._is_undecided() else self.text
            self.close()
            self._tell_left(text, way)

    def _is_undecided(self) -> bool:
        """Return whether what is typed may mean several options and none was chosen: Esc chooses none of them."""
        options = self.query_one(Options)
        must = self._field is not None and self._field.type in _MUST_BE_ONE
        typed = self._single.value if must else ""
        return bool(typed.strip()) and not self._moved and typed not in self._all and len(options.found) > 1

    def on_click(self, event: events.Click) -> None:
        """Choose the option that one clicks on."""
        options = self.query_one(Options)
        if event.widget is options:
            place = event.y + options.top
            if 0 <= place < len(options.found):
                self._moved = True
                options.show(options.found, place)
                self.leave("next")
