"""Lists drawn by line: as fast with five thousand rows as with fifty, and quiet on the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.present.line import ROLES, Line, Span, ends, fitted


class Lines(Widget):
    """Lines of spans, of which those from `top` on are seen; the roles of spans get their style from the theme.

    It scrolls by itself rather than as a `ScrollView`: that one lays the screen out anew whenever the number of lines
    changes, and draws all lines anew when one moves.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{role}" for role in ROLES}
    can_focus = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._styles_by_role: dict[str, Style] = {}
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._drawn: dict[int, Strip] = {}
        self.top = 0
        """The index of the first line that is seen."""

    def line_count(self) -> int:
        """Return how many lines there are."""
        return 0

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return a line by its index; `selected` says whether the cursor is on it."""
        raise NotImplementedError

    def is_selected(self, index: int) -> bool:
        """Return whether the cursor is on a line."""
        return False

    def redraw(self) -> None:
        """Draw what is different now: contents or width have changed, but many lines may be as they were."""
        self._strips.clear()
        self.show_from(self.top)

    def show_from(self, top: int) -> None:
        """Show the lines from an index on, as far as there are enough of them; what stays the same is not drawn."""
        self.top = max(min(top, self.line_count() - self.size.height), 0)
        for y in range(self.size.height):
            if self._drawn.get(y) != self._line_strip(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def keep_in_view(self, first: int, height: int = 1) -> None:
        """Scroll no more than is needed to see some lines."""
        if self.size.height:
            lowest = first + min(height, self.size.height) - self.size.height
            if not lowest <= self.top <= first:
                self.show_from(max(min(self.top, first), lowest))

    def redraw_line(self, index: int) -> None:
        """Draw one line anew."""
        self._strips.pop((index, True), None)
        self._strips.pop((index, False), None)
        if 0 <= index - self.top < self.size.height:
            self.refresh(Region(0, index - self.top, self.size.width, 1))

    def on_resize(self) -> None:
        """Fit the lines to the new size."""
        self.redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show three lines further down."""
        event.stop()
        self.show_from(self.top + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show three lines further up."""
        event.stop()
        self.show_from(self.top - 3)

    def notify_style_update(self) -> None:
        """Forget styles when the theme changes."""
        super().notify_style_update()
        self._styles_by_role.clear()
        self._strips.clear()
        self._drawn.clear()

    def render_line(self, y: int) -> Strip:
        """Return one line of the visible part."""
        self._drawn[y] = self._line_strip(y)
        return self._drawn[y]

    def _line_strip(self, y: int) -> Strip:
        width, index = self.size.width, y + self.top
        if not 0 <= index < self.line_count():
            return Strip.blank(width, self.rich_style)
        key = (index, self.is_selected(index))
        if key not in self._strips:
            line = fitted(self.line_at(index, width, selected=key[1]), width)
            self._strips[key] = Strip(self._segments(line, selected=key[1]), width)
        return self._strips[key]

    def _segments(self, line: Line, *, selected: bool) -> list[Segment]:
        """Return a line as segments, neighbours of one style joined: each costs bytes of its own."""
        base = self._role_style(self._cursor_role) if selected else self.rich_style
        joined: list[tuple[str, Style]] = []
        for text, role in line:
            style = base + self._role_style(role) if role else base
            if joined and (joined[-1][1] == style or not text.strip()) and not style.underline:
                joined[-1] = (joined[-1][0] + text, joined[-1][1])
            else:
                joined.append((text, style))
        return [Segment(text, style) for text, style in joined]

    @property
    def _cursor_role(self) -> str:
        """The look of the cursor: fainter in a list that could have the keys and has not."""
        return "blurred" if self.can_focus and not self.has_focus else "cursor"

    def _role_style(self, role: str) -> Style:
        if role not in self._styles_by_role:
            partial = self.get_component_rich_style(f"line--{role}", partial=True)
            self._styles_by_role[role] = partial
        return self._styles_by_role[role]


class TextLines(Lines):
    """Lines that only show something; they follow the width by being made anew for it."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, more: str = "") -> None:  # noqa: A002
        """`more` stands at the end of the last line that is seen when there are others below it."""
        super().__init__(id=id, classes=classes)
        self._more = more
        self._make: Callable[[int], list[Line]] = lambda width: []
        self._lines: list[Line] = []

    def show(self, make: Callable[[int], list[Line]]) -> None:
        """Show the lines that a function makes for a width."""
        self._make = make
        self.redraw()

    def redraw(self) -> None:
        """Make the lines anew for the width there is."""
        self._lines = self._make(self.size.width) if self.size.width else []
        super().redraw()

    def line_count(self) -> int:
        """Return how many lines there are."""
        return len(self._lines)

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return a line by its index; the last one that is seen says so when there are more."""
        last_seen = self.top + self.size.height - 1
        if self._more and index == last_seen < len(self._lines) - 1:
            return ends(self._lines[index], [Span(f" {self._more}", "key")], width)
        return self._lines[index]


class PageLines(TextLines):
    """Lines to read, scrolled by the keys of lists."""

    can_focus = True
    BINDINGS = bindings_for("list")

    def action_cursor_down(self) -> None:
        """Scroll a line down."""
        self.show_from(self.top + 1)

    def action_cursor_up(self) -> None:
        """Scroll a line up."""
        self.show_from(self.top - 1)

    def action_page_down(self) -> None:
        """Scroll a page down."""
        self.show_from(self.top + max(self.size.height - 1, 1))

    def action_page_up(self) -> None:
        """Scroll a page up."""
        self.show_from(self.top - max(self.size.height - 1, 1))

    def action_first(self) -> None:
        """Go to the beginning."""
        self.show_from(0)

    def action_last(self) -> None:
        """Go to the end."""
        self.show_from(self.line_count())

    def action_choose(self) -> None:
        """There is nothing to choose on a page."""


class LineList(Lines):
    """A list with a cursor, moved by keys; rows are drawn by a function when they come into view."""

    can_focus = True
    BINDINGS = bindings_for("list")

    cursor: reactive[int] = reactive(0, repaint=False)

    class Chosen(Message):
        """A row was chosen with Enter."""

        def __init__(self, source: LineList, index: int) -> None:
            super().__init__()
            self.source = source
            self.index = index

        @property
        def control(self) -> LineList:
            """The list that it happened in."""
            return self.source

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        highlighted: Callable[[], None] | None = None,
    ) -> None:
        """`highlighted` is called when the cursor moves: at once, so that what depends on it is drawn with it."""
        super().__init__(id=id, classes=classes)
        self._highlighted = highlighted
        self._keys: Sequence[str] = ()
        self._draw: Callable[[int, int, bool], Line] = lambda index, width, selected: ()
        self._selectable: Callable[[int], bool] = lambda index: True

    def set_rows(
        self,
        keys: Sequence[str],
        draw: Callable[[int, int, bool], Line],
        selectable: Callable[[int], bool] = lambda index: True,
    ) -> None:
        """Show rows named by `keys`, drawn by `draw(index, width, selected)`; the cursor stays on its row by key.

        Rows that are not `selectable` (headings) are passed over by the cursor.
        """
        key = self.cursor_key
        place = self.cursor
        self._keys, self._draw, self._selectable = keys, draw, selectable
        if key is not None and key in keys:
            place = list(keys).index(key)
        self.set_reactive(LineList.cursor, self._nearest(min(place, len(keys) - 1), 1))
        self._strips.clear()
        self.show_from(self.top)
        self.keep_in_view(self.cursor)

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, None in an empty list."""
        return self._keys[self.cursor] if 0 <= self.cursor < len(self._keys) else None

    def line_count(self) -> int:
        """Return how many rows there are."""
        return len(self._keys)

    def line_at(self, index: int, width: int, *, selected: bool) -> Line:
        """Return a row by its index."""
        return self._draw(index, width, selected)

    def is_selected(self, index: int) -> bool:
        """Return whether the cursor is on a row."""
        return index == self.cursor

    def go_to(self, key: str) -> bool:
        """Put the cursor on the row of a key; return whether there is one."""
        if key not in self._keys:
            return False
        self.cursor = list(self._keys).index(key)
        return True

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw just the two rows that changed, unless the list has to scroll."""
        if not self.is_mounted:
            return
        self.redraw_line(old)
        self.redraw_line(new)
        self.keep_in_view(new)
        if self._highlighted is not None:
            self._highlighted()

    def on_resize(self) -> None:
        """Fit the lines to the new size and keep the cursor in view."""
        super().on_resize()
        self.keep_in_view(self.cursor)

    def _nearest(self, index: int, direction: int) -> int:
        """Return the selectable row at an index, or the next one in a direction, or the one before."""
        last = len(self._keys) - 1
        index = min(max(index, 0), max(last, 0))
        for step in (direction, -direction):
            place = index
            while 0 <= place <= last:
                if self._selectable(place):
                    return place
                place += step
        return index

    def _move_to(self, index: int) -> None:
        if self._keys:
            self.cursor = self._nearest(index, 1 if index >= self.cursor else -1)

    def on_focus(self) -> None:
        """Show that keys go here."""
        self.redraw_line(self.cursor)

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self.redraw_line(self.cursor)

    def action_cursor_down(self) -> None:
        """Go to the next row."""
        self._move_to(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """Go to the row before."""
        self._move_to(self.cursor - 1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self._move_to(min(self.cursor + max(self.size.height - 1, 1), len(self._keys) - 1))

    def action_page_up(self) -> None:
        """Go a page up."""
        self._move_to(max(self.cursor - max(self.size.height - 1, 1), 0))

    def action_first(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._move_to(len(self._keys) - 1)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self._keys:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicks; choose it when it was there already."""
        index = event.y + self.top
        if 0 <= index < len(self._keys) and self._selectable(index):
            if index == self.cursor:
                self.action_choose()
            else:
                self.cursor = index
