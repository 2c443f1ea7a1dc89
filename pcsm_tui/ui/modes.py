"""The main screens, and which of them shows what: each is a mode of the application, made when it is first gone to."""

from __future__ import annotations

from collections.abc import Callable

from pcsm_tui.ui.screens.base import BaseScreen


def _today() -> BaseScreen:
    from pcsm_tui.ui.screens.today import TodayScreen

    return TodayScreen()


def _portfolio() -> BaseScreen:
    from pcsm_tui.ui.screens.portfolio import PortfolioScreen

    return PortfolioScreen()


def _search() -> BaseScreen:
    from pcsm_tui.ui.screens.search import SearchScreen

    return SearchScreen()


def _overview() -> BaseScreen:
    from pcsm_tui.ui.screens.overview import OverviewScreen

    return OverviewScreen()


def _phase() -> BaseScreen:
    from pcsm_tui.ui.screens.phase import PhaseScreen

    return PhaseScreen()


def _plan() -> BaseScreen:
    from pcsm_tui.ui.screens.plan import PlanScreen

    return PlanScreen()


def _tool() -> BaseScreen:
    from pcsm_tui.ui.screens.tool import ToolScreen

    return ToolScreen()


def _history() -> BaseScreen:
    from pcsm_tui.ui.screens.history import HistoryScreen

    return HistoryScreen()


def _conflicts() -> BaseScreen:
    from pcsm_tui.ui.screens.conflicts import ConflictsScreen

    return ConflictsScreen()


def _backups() -> BaseScreen:
    from pcsm_tui.ui.screens.backups import BackupsScreen

    return BackupsScreen()


SCREENS: dict[str, Callable[[], BaseScreen]] = {
    "today": _today,
    "portfolio": _portfolio,
    "search": _search,
    "overview": _overview,
    "phase": _phase,
    "plan": _plan,
    "tool": _tool,
    "history": _history,
    "conflicts": _conflicts,
    "backups": _backups,
}
"""How each main screen is made, by the mode that it stands for; imported when it is first gone to."""

MODE_OF: dict[str, str] = {**{view: view for view in SCREENS}, "record": "tool"}
"""The mode that shows a view."""
