"""Where one can be: every screen is reached by a route, so that search, palette and Today lead anywhere alike."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from pcsm_tui.workspace.terms import Place

View = Literal[
    "today", "portfolio", "search", "overview", "phase", "plan", "tool", "record", "history", "conflicts", "backups"
]


class Route(NamedTuple):
    """A view, the engagement that it shows, if any, and the place in it."""

    view: View
    path: Path | None = None
    place: Place = Place()


def route_to(path: Path, place: Place) -> Route:
    """Return the route to a place in an engagement: its plan, a tool, a phase, or its overview."""
    if place.tool == "tasks":
        return Route("plan", path, place)
    if place.tool:
        return Route("tool", path, place)
    return Route("phase" if place.phase else "overview", path, place)
