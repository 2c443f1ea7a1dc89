"""The backups of an engagement: what it was before, to compare with or to get back, also when its file is damaged."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from textual.widget import Widget

from pcsm_tui.errors import PcsmError, UsageError
from pcsm_tui.ui.commands.registry import bindings_for
from pcsm_tui.ui.modals.question import Answer, Question
from pcsm_tui.ui.present.backups import NAMES, backup_line, headings_line
from pcsm_tui.ui.present.line import Line, Span, wrapped
from pcsm_tui.ui.routes import Route
from pcsm_tui.ui.screens.engagement import EngagementCommands
from pcsm_tui.ui.widgets.lines import LineList, TextLines
from pcsm_tui.workspace.restoring import (
    Kept,
    backups_of,
    problem_of,
    restore,
    save_copy,
    told_age,
    told_differences,
)

_ANSWERS = (Answer("r", "restores it", "restore"), Answer("c", "saves a copy", "copy"))


class BackupsScreen(EngagementCommands):
    """The backups of the engagement in a file, the newest first; why the file cannot be opened stands above them."""

    BINDINGS = bindings_for("engagement")

    def __init__(self) -> None:
        super().__init__()
        self._path: Path | None = None
        self._problem = ""
        self._listed: list[Kept] = []

    def compose_body(self) -> Iterable[Widget]:
        """Lay out why the file cannot be opened, the headings, the list, and what is said of the backup under the cursor."""
        yield TextLines(id="damage")
        yield TextLines(id="headings", classes="headings")
        yield LineList(id="list", highlighted=self._show_detail)
        yield TextLines(id="detail", classes="detail")

    @property
    def path(self) -> Path:
        """The file of the engagement; raises `UsageError` before there is one."""
        if self._path is None:
            raise UsageError("No engagement is open.", "P shows them all.")
        return self._path

    def show(self, route: Route) -> None:
        """Read the backups anew."""
        self._path = route.path
        self.data_changed()
        self.query_one(LineList).focus()

    def data_changed(self) -> None:
        """Read the backups anew."""
        self._problem, self._listed = problem_of(self.path), backups_of(self.workspace, self.path)
        self.refresh_rows()

    def refresh_rows(self) -> None:
        """Show the backups as they were read."""
        damage = self.query_one("#damage", TextLines)
        damage.display = bool(self._problem)
        damage.show(lambda width: [(Span(" "), *line) for line in wrapped(self._problem, width - 2, "bad", limit=3)])
        self.query_one("#headings", TextLines).show(lambda width: [headings_line(width)])
        self.query_one(LineList).set_rows([str(item.backup.path) for item in self._listed], self._line)
        self._show_detail()
        self.update_lines()

    def _line(self, index: int, width: int, selected: bool) -> Line:
        item = self._listed[index]
        found = item.backup
        taken, age = f"{found.when.astimezone():%Y-%m-%d %H:%M}", told_age(self.workspace.now, found.when)
        records, size = ("", "") if item.problem else (str(item.records), f"{item.size:,}")
        cells = dict(zip(NAMES, (str(item.number), taken, age, str(found.n), records, size), strict=False))
        cells["Kept as"] = "damaged" if item.problem else ", ".join(found.kinds)
        return backup_line(cells, width, damaged=bool(item.problem))

    def _show_detail(self) -> None:
        index, detail = self.query_one(LineList).cursor, self.query_one("#detail", TextLines)
        if not 0 <= index < len(self._listed):
            text = "There are no backups yet. One is taken before the first change of a session and of a day."
            detail.show(lambda width: wrapped(text, width, "title", limit=3))
            return
        item = self._listed[index]
        told = item.problem or "Enter shows what restoring it would change."
        detail.show(
            lambda width: [
                *wrapped(told, width, "bad" if item.problem else "", limit=2),
                *wrapped(str(item.backup.path), width, "dim", limit=2),
            ]
        )

    def where(self) -> tuple[str, str]:
        """Return the texts of the first line."""
        count = len(self._listed)
        state = "DAMAGED · " if self._problem else ""
        name = self._path.name if self._path is not None else ""
        return f"Backups of {name}", f"{state}{count} backup{'s' if count != 1 else ''}"

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Show what restoring a backup would change, and ask what is to be done with it."""
        event.stop()
        with self.pcsm.telling():
            self._ask_about(self._listed[event.index])

    def _ask_about(self, chosen: Kept) -> None:
        told = told_differences(self.workspace.framework, self.path, chosen)
        sentences = told or ["The file holds just what this backup does."]

        def answered(answer: str | None) -> None:
            with self.pcsm.telling():
                if answer == "restore":
                    self._restore(chosen)
                elif answer == "copy":
                    self._ask_for_name(chosen)

        def lines(width: int) -> list[Line]:
            return [(Span(" "), *line) for text in sentences for line in wrapped(text, width - 2)]

        title = f"What going back to {chosen.backup.when.astimezone():%a %d %b %H:%M}, revision {chosen.backup.n}, would change"
        self.app.push_screen(Question(title, lines, _ANSWERS), answered)

    def _restore(self, chosen: Kept) -> None:
        session = self.pcsm.session
        if session is not None:
            with suppress(PcsmError):  # what cannot be saved, as into a damaged file, is merged with what is restored
                session.save()
        done = restore(self.workspace, self.path, chosen)
        if session is not None:  # taken in before it is told where the copy is, which its news would write over
            with suppress(PcsmError):
                session.refresh()
            self.workspace.flush()
            session.settle()
        self.pcsm.go(Route("overview", self.path))
        kept = f"what was there before is in {done.replaced}" if done.replaced else "there was no file before"
        self.pcsm.tell(" ".join(filter(None, (f"Restored revision {chosen.backup.n}; {kept}.", done.warning))))

    def _ask_for_name(self, chosen: Kept) -> None:
        def named(text: str | None) -> None:
            if text and text.strip():
                target = Path(text.strip()).expanduser().absolute()
                save_copy(chosen, target)
                self.tell(f"Saved as {target}")

        stem = self.path.name.partition(".")[0]
        suggested = Path.home() / f"{stem}-{chosen.backup.when:%Y%m%d-%H%M}.pcsm.json"
        self.ask("Save the copy as", str(suggested), "Enter saves it", named)

    def help_text(self) -> tuple[str, str]:
        """Return what the backups are for."""
        return "Backups", (
            "What the engagement's file held before the last save, before the first change of each of the last ten sessions, "
            "and on the last days and weeks. Each was read to its end. Enter shows what would change if one were restored: "
            "r puts it in the place of the file, c saves it as a copy. What the file holds before is kept, and you are told "
            "where, so that nothing is lost by it; colleagues who have the file open merge with what is restored."
        )
