"""What two people made of the same at the same time: both values, until somebody decides."""

from __future__ import annotations

from pcsm_tui.ui.modals.question import Answer, Question
from pcsm_tui.ui.present.line import Line, Span, cut, wrapped
from pcsm_tui.ui.screens.listing import ListScreen
from pcsm_tui.ui.widgets.lines import LineList
from pcsm_tui.workspace.deciding import Conflict, decide, shown_side, shown_value, title_of


class ConflictsScreen(ListScreen):
    """The conflicts of an engagement; Enter shows one with its values and lets one decide it."""

    def __init__(self) -> None:
        super().__init__()
        self._conflicts: list[Conflict] = []

    def keys(self) -> list[str]:
        """Read the conflicts."""
        found = self.session.conflicts
        self._conflicts = [item for item in found if self.passes(title_of(self.engagement, item))]
        return [item.id for item in self._conflicts]

    def line(self, index: int, width: int, selected: bool) -> Line:
        """Return what a conflict is about, and its values."""
        item = self._conflicts[index]
        values = " ≠ ".join(shown_side(self.engagement, item, side) for side in item.sides)
        title = cut(title_of(self.engagement, item), width // 2)
        return (Span(f" {title}  "), Span(cut(values, max(width - len(title) - 4, 8)), "warn"))

    def detail(self, index: int) -> list[str]:
        """Return the values of a conflict."""
        return self._told(self._conflicts[index]) if index >= 0 else ["There are no conflicts: nothing to decide."]

    def _told(self, item: Conflict) -> list[str]:
        first, second = (shown_side(self.engagement, item, side) for side in item.sides)
        before = shown_value(self.engagement, item, item.base)
        return [f"Before: {before}", f"First:  {first}", f"Second: {second}", f"Now in the file: {self._now(item)}"]

    def _now(self, item: Conflict) -> str:
        record = self.engagement.document.get(item.table, {}).get(item.doc_id)
        if record is None:
            return "deleted"
        return "kept" if item.kind == "deleted" else shown_value(self.engagement, item, record.get(item.field))

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        count = len(self._conflicts)
        return f"{self.engagement.name} › Conflicts", f"{count} to decide" if count else "none"

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Show a conflict in full and let one decide it."""
        event.stop()
        item = self._conflicts[event.index]
        title, texts = title_of(self.engagement, item), self._told(item)

        def lines(width: int) -> list[Line]:
            found: list[Line] = [(Span(" "), *line) for line in wrapped(title, width - 2, "heading")]
            for text in texts:
                found += [(), *((Span(" "), *line) for line in wrapped(text, width - 2))]
            return found

        answers = (
            Answer("f", "takes the first", "0"),
            Answer("s", "takes the second", "1"),
            Answer("k", "keeps what is in the file", ""),
        )
        question = Question("Two people changed the same: which one holds?", lines, answers)
        self.app.push_screen(question, lambda answer: self._decided(item, answer))

    def _decided(self, item: Conflict, answer: str | None) -> None:
        if answer is None:
            return
        with self.pcsm.telling():
            decide(self.session, item, int(answer) if answer else None)
            self.refresh_rows()
            self.tell("Decided · u undoes that")

    def help_text(self) -> tuple[str, str]:
        """Return what the list is for."""
        return "Conflicts", (
            "When two people change the same field at the same time, or one deletes a row that another changes, nothing "
            "is thrown away: the file holds one of both values, the same for everybody, and the other one stands here. "
            "Enter shows both and lets you decide. A conflict goes for everybody when one person has decided it."
        )
