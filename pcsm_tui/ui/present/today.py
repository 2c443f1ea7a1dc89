"""Lines of Today and the Portfolio."""

from __future__ import annotations

from datetime import date

from rich.cells import cell_len

from pcsm_tui.domain.dates import distance, short_date
from pcsm_tui.domain.summaries import Signal, Summary
from pcsm_tui.ui.present.line import Line, Span, fit, one_line, wrapped
from pcsm_tui.ui.present.marks import DECIDE, LATE

WIDE = 100
"""From this width on Today has room for a column of dates."""


def iso_date(text: str) -> date | None:
    """Return a stored date, None when there is none or it is broken."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def signal_mark(signal: Signal, today: date) -> str:
    """Return the mark of a signal on a day: late, to be decided, or none."""
    if signal.due and signal.due < today.isoformat():
        return LATE
    return DECIDE if signal.mark else " "


def signal_reason(signal: Signal, today: date) -> str:
    """Return why a signal is shown: how late or how soon, or the reason that its rule gives."""
    due = iso_date(signal.due)
    return signal.reason if due is None else distance(due, today)


def attention_line(customer: str, signal: Signal, today: date, width: int) -> Line:
    """Return a line of Today: mark, engagement, what, and why at the right; with room, the date as well."""
    reason = one_line(signal_reason(signal, today))
    right = min(max(cell_len(reason), 12), max(width // 3, 12))
    name = min(max(width // 5, 14), 26)
    due = iso_date(signal.due)
    when = fit(short_date(due, today) if due else "", 12) if width >= WIDE else ""
    mark = signal_mark(signal, today)
    role = {LATE: "late", DECIDE: "warn"}.get(mark, "")
    what = width - right - name - len(when) - 6
    return (
        Span(f" {mark} ", role),
        Span(fit(customer, name) + " "),
        Span(fit(signal.text, what) + " ", "title" if role else ""),
        Span(when, "dim"),
        Span(fit(reason, right, "right") + " ", role or "dim"),
    )


def attention_detail(initiative: str, signal: Signal, today: date, width: int) -> list[Line]:
    """Return what is said of the line under the cursor."""
    lines = [(Span(one_line(signal.text), "title"),)]
    due = iso_date(signal.due)
    parts = (initiative, signal_reason(signal, today), short_date(due, today) if due else "")
    head = " · ".join(text for text in parts if text)
    lines.append((Span(one_line(head), "dim"),))
    return lines + wrapped(signal.detail, width, limit=2)


COLUMNS = (
    ("customer", "Engagement", 16, "left"),
    ("phases", "Phases", 7, "left"),
    ("done", "Done", 5, "right"),
    ("health", "Health", 10, "left"),
    ("next", "Next", 15, "left"),
    ("renewal", "Renewal", 11, "left"),
    ("effort", "Effort", 6, "right"),
)
"""The Portfolio's columns: key, heading, least width, alignment. The first takes the room that is left."""

_ROOMIER = (
    ("csm", "CSM", 16, "left"),
    ("initiative", "Initiative", 24, "left"),
    ("next_what", "What is next", 26, "left"),
)


def portfolio_columns(width: int) -> list[tuple[str, str, int, str]]:
    """Return the Portfolio's columns for a width: more room shows more of them."""
    chosen = list(COLUMNS)
    for column in _ROOMIER:
        if sum(item[2] + 1 for item in chosen) + column[2] + 8 <= width:
            chosen.append(column)
    spare = width - 2 - sum(item[2] + 1 for item in chosen)
    key, name, least, align = chosen[0]
    chosen[0] = (key, name, least + max(min(spare, 30), 0), align)
    return chosen


def portfolio_cell(summary: Summary, key: str, today: date) -> Span:
    """Return one cell of the Portfolio."""
    if key == "phases":
        current = " ".join(str(number) for number in summary.current_phases)
        return Span(current or ("closed" if summary.status == "Closed" else "–"), "" if current else "dim")
    if key == "done":
        return Span(f"{100 * summary.done // summary.activities} %" if summary.activities else "")
    if key == "health":
        return health_span(summary)
    if key in ("next", "renewal"):
        return _date_span(summary.next_date if key == "next" else summary.renewal, today)
    if key == "effort":
        return Span("" if summary.effort is None else str(summary.effort))
    return Span(str(getattr(summary, key)), "dim" if summary.status != "Active" else "")


def _date_span(text: str, today: date) -> Span:
    day = iso_date(text)
    if day is None:
        return Span("")
    return Span(f"{LATE} {short_date(day, today)}", "late") if day < today else Span(short_date(day, today))


def health_span(summary: Summary) -> Span:
    """Return health as score, word and trend: `62 amber ↓`."""
    if summary.health is None:
        return Span("–", "dim")
    trend = "" if not summary.trend else (" ↑" if summary.trend > 0 else " ↓")
    role = {"red": "bad", "amber": "warn", "green": "good"}.get(summary.light, "")
    return Span(f"{summary.health // 10} {summary.label}{trend}", role)


def portfolio_line(summary: Summary, columns: list[tuple[str, str, int, str]], today: date, problem: str) -> Line:
    """Return a line of the Portfolio, or why the file cannot be read."""
    if problem:
        return (Span(" " + fit(summary.customer, columns[0][2]) + " "), Span(one_line(problem), "bad"))
    spans = [Span(" ")]
    for key, _, width, align in columns:
        cell = portfolio_cell(summary, key, today)
        spans.append(Span(fit(cell.text, width, align) + " ", cell.role))
    return tuple(spans)


def portfolio_sort_key(summary: Summary, key: str) -> tuple[int, object]:
    """Return a key by which the Portfolio sorts; empty values come last."""
    value: object = getattr(summary, {"next": "next_date"}.get(key, key))
    if key == "phases":
        value = summary.current_phases
    if key == "done":
        value = 100 * summary.done // summary.activities if summary.activities else None
    if isinstance(value, str):
        value = value.casefold()
    return (1, 0) if value in (None, "", ()) else (0, value)
