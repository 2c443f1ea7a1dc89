"""The history of an engagement: who changed what, and going back to it."""

from __future__ import annotations

from pcsm_tui.ui.modals.picker import Item
from pcsm_tui.ui.modals.question import Answer, Question
from pcsm_tui.ui.present.line import Line, Span, cut, fit, wrapped
from pcsm_tui.ui.screens.listing import ListScreen
from pcsm_tui.ui.widgets.lines import LineList
from pcsm_tui.workspace.history import Act, acts_of, go_back_before, take_back, told


class HistoryScreen(ListScreen):
    """Every act that the file remembers, the newest first; Enter shows what it changed and takes it back."""

    def __init__(self) -> None:
        super().__init__()
        self._acts: list[Act] = []

    def keys(self) -> list[str]:
        """Read the history."""
        self._acts = [act for act in acts_of(self.session) if self.passes(act.entry.by, act.entry.label, str(act.day))]
        return [act.entry.uid for act in self._acts]

    def line(self, index: int, width: int, selected: bool) -> Line:
        """Return an act: when, by whom, what."""
        act = self._acts[index]
        same_day = index > 0 and self._acts[index - 1].day == act.day
        by = min(max(width // 6, 8), 20)
        day = " " * 10 if same_day else act.day.isoformat()
        return (
            Span(f" {day} ", "" if not same_day else "dim"),
            Span(f"{act.time} ", "dim"),
            Span(fit(act.entry.by, by) + " ", "accent"),
            Span(cut(act.entry.label, max(width - by - 20, 8))),
        )

    def detail(self, index: int) -> list[str]:
        """Return what an act changed."""
        if index < 0:
            return ["Nothing has been changed yet, or the filter hides it all."]
        return told(self.session, self._acts[index].entry)

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        count = len(self._acts)
        return f"{self.engagement.name} › History", f"{count} act{'s' if count != 1 else ''}, the newest first"

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Show an act in full, and let it be taken back."""
        event.stop()
        act = self._acts[event.index]
        texts = told(self.session, act.entry)

        def lines(width: int) -> list[Line]:
            head = f"{act.day} {act.time} {act.entry.by}: {act.entry.label}"
            found = [(Span(" "), *line) for line in wrapped(head, width - 2, "heading")]
            return [*found, (), *((Span(" "), *line) for text in texts for line in wrapped(text, width - 2))]

        answers = [Answer("r", "takes it back", "act"), Answer("b", "goes back to before it", "before")]
        if len(act.entry.changes) > 1:
            answers.insert(1, Answer("p", "takes back a part of it", "part"))
        self.app.push_screen(
            Question("What was changed", lines, tuple(answers)), lambda answer: self._go_back(act, answer)
        )

    def _go_back(self, act: Act, answer: str | None) -> None:
        if answer == "part":
            items = [Item(str(place), text) for place, text in enumerate(self._parts(act))]
            self.pcsm.pick("Take back which part?", items, lambda item: self._taken_back(act, int(item.key)))
        elif answer is not None:
            with self.pcsm.telling():
                if answer == "act":
                    self._taken_back(act, None)
                else:
                    self._tell_back(go_back_before(self.session, act.entry))

    def _parts(self, act: Act) -> list[str]:
        parts = (act.entry._replace(changes=(change,)) for change in act.entry.changes)
        return ["; ".join(told(self.session, part)) for part in parts]

    def _taken_back(self, act: Act, place: int | None) -> None:
        self._tell_back(take_back(self.session, act.entry, place))

    def _tell_back(self, changed: list[str]) -> None:
        self.refresh_rows()
        self.query_one(LineList).action_first()
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        self.tell(f"{changed[0] if changed else 'Taken back'}{more} · u undoes that")

    def help_text(self) -> tuple[str, str]:
        """Return what the history is for."""
        return "History", (
            "Who changed what and when, the newest first, as far as the file remembers: some five hundred acts. Enter "
            "shows all that an act changed; r takes just that back, whatever came after it, p a part of it, and b takes "
            "back everything from there on, so that the engagement is as it was before. All of that is a change like any "
            "other: u undoes it. Older states are in the backups."
        )
