"""Themes: TOML files of the `themes` folder, shipped with the program, and the one that fits the terminal."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcsm_tui.errors import DeclarationError, nearest

if TYPE_CHECKING:
    from textual.app import App
    from textual.theme import Theme

DEFAULT = "pcsm-dark"
WITH_ITS_OWN_COLOURS = "pcsm-ansi"


def themes_folder() -> Path:
    """Return the folder of the shipped themes: in the package when installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    return next(
        (folder for folder in (package / "themes", package.parent / "themes") if folder.is_dir()), package / "themes"
    )


def theme_names() -> list[str]:
    """Return the names of the shipped themes."""
    return sorted(path.stem for path in themes_folder().glob("*.toml"))


def read_theme(path: Path) -> Theme:
    """Return the theme of a file; raises `DeclarationError` naming file, key and what would be right."""
    from textual.color import Color, ColorParseError
    from textual.theme import Theme

    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise DeclarationError(f"{path} cannot be read: {problem}.") from None
    variables = data.pop("variables", {})
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        raise DeclarationError(f"{path}: variables is not a table of texts.", 'Write [variables] and name = "text".')
    colours = [name for name in Theme.__dataclass_fields__ if name not in ("name", "dark", "variables", "ansi")]
    for key, value in data.items():
        if key in ("dark", "ansi") and isinstance(value, bool):
            continue
        if key not in colours or key in ("luminosity_spread", "text_alpha"):
            raise DeclarationError(f"{path}: unknown key {key!r}.", nearest(key, [*colours, "dark"]))
        try:
            Color.parse(str(value))
        except ColorParseError:
            raise DeclarationError(f"{path}: {key} = {value!r} is no colour.", 'Write "#3fa7d6" or a name.') from None
    return Theme(name=path.stem, variables=variables, **data)


def chosen_theme(wanted: str) -> str:
    """Return the name of the theme to begin with: the wanted one, or one that fits the terminal.

    Raises `DeclarationError` for a name that is not shipped.
    """
    if wanted:
        if wanted not in theme_names():
            raise DeclarationError(f"There is no theme {wanted!r}.", nearest(wanted, theme_names()))
        return wanted
    return DEFAULT if _has_many_colours() and not without_colour() else WITH_ITS_OWN_COLOURS


def without_colour() -> bool:
    """Return whether the user asked for no colour at all (no-color.org: set, and not empty)."""
    return bool(os.environ.get("NO_COLOR"))


def _has_many_colours() -> bool:
    """Return whether the terminal says that it has 256 colours or more."""
    terminal, colours = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    many = ("256color", "direct", "kitty", "alacritty", "ghostty", "wezterm", "foot")
    return colours in ("truecolor", "24bit") or any(name in terminal for name in many)


def register_themes(app: App[Any], wanted: str) -> None:
    """Give an application the theme that it begins with; the others are read when they are first listed."""
    name = chosen_theme(wanted)
    app.register_theme(read_theme(themes_folder() / f"{name}.toml"))
    app.theme = name
