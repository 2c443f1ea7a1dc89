"""Settings of the person who runs the program, and where their files are.

Settings come from `config.toml` in the configuration folder, and from environment variables that go before it
(`PCSM_THEME` for `theme`). Nothing is read at import; `load` does it.
"""

from __future__ import annotations

import getpass
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from pcsm_tui.errors import DeclarationError, nearest

THEMES_SHIPPED = ("pcsm-dark", "pcsm-light", "pcsm-contrast", "pcsm-ansi")
LARGEST_MAX_SIZE = 4096
"""In megabytes. A file takes some ten times its size in memory."""


@dataclass(frozen=True)
class Places:
    """The person's own folders, by the XDG conventions of the system; made when first written to, mode 0700."""

    config: Path
    state: Path
    cache: Path
    data: Path

    @property
    def config_file(self) -> Path:
        """The settings file."""
        return self.config / "config.toml"

    @property
    def personal_file(self) -> Path:
        """The person's own tools: evaluation, career plan, reviews. Never part of what colleagues receive."""
        return self.data / "personal.pcsm.json"

    @classmethod
    def of_user(cls) -> Places:
        """Return the places of the user who runs the program."""
        from platformdirs import PlatformDirs

        folders = PlatformDirs("pcsm", appauthor=False)
        return cls(*(Path(p) for p in (folders.user_config_dir, folders.user_state_dir, folders.user_cache_dir,
                                       folders.user_data_dir)))  # fmt: skip


def _described(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True)
class Settings:
    """What a person can set; every field has its description in `docs`."""

    name: str = _described("", "Your name, as it stands beside what you change. Empty: your login name.")
    repository: str = _described(
        "", "The folder of engagements that pcsm opens. Empty: engagements in the data folder."
    )
    currency: str = _described("EUR", "The currency of new engagements, three letters.")
    theme: str = _described("", "The theme's name; `pcsm themes` lists them. Empty: one that fits the terminal.")
    ascii: bool = _described(False, "Draw with ASCII characters only.")
    max_size: int = _described(64, "The largest engagement file that is opened, in megabytes.")
    mouse: bool = _described(False, "Let the mouse be used; costs bytes on every movement.")
    keys: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"doc": 'Your own keys by command, such as tick = "space"; `pcsm keys` lists the commands.'},
    )
    places: Places = field(default_factory=Places.of_user)

    @cached_property
    def user(self) -> str:
        """The name that stands beside what this person changes."""
        return self.name or _login_name()

    @property
    def repository_folder(self) -> Path:
        """The folder of engagements that is opened when none is named."""
        return Path(self.repository).expanduser() if self.repository else self.places.data / "engagements"


def described() -> dict[str, tuple[str, Any]]:
    """Return every setting with its description and default, by name."""
    return {
        item.name: (str(item.metadata["doc"]), item.default if item.name != "keys" else {})
        for item in fields(Settings)
        if "doc" in item.metadata
    }


def load(environment: Mapping[str, str] | None = None, places: Places | None = None) -> Settings:
    """Return the settings from the configuration file and the environment.

    Raises `DeclarationError` naming file or variable, key, and what would be right.
    """
    environment = os.environ if environment is None else environment
    places = places or Places.of_user()
    found = _from_file(places.config_file)
    for name in described():
        variable = f"PCSM_{name.upper()}"
        if environment.get(variable) and name != "keys":
            found[name] = _checked(name, _from_text(name, environment[variable]), f"{variable} in the environment")
    return Settings(**found, places=places)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise DeclarationError(f"{path} cannot be read: {problem}.") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise DeclarationError(f"{path} is not valid TOML: {problem}.") from None
    known = described()
    for name, value in data.items():
        if name not in known:
            raise DeclarationError(f"{path} has an unknown setting {name!r}.", nearest(name, known))
        _checked(name, value, str(path))
    return data


def _from_text(name: str, text: str) -> Any:
    if isinstance(described()[name][1], bool):
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            text.casefold(), text
        )
    if isinstance(described()[name][1], int):
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text
    return text


def _checked(name: str, value: Any, source: str) -> Any:
    default = described()[name][1]
    kinds = {bool: "true or false", int: "a whole number", str: "text", dict: "a table of command = key"}
    if type(value) is not type(default):
        raise DeclarationError(f"{source}: {name} is {value!r}.", f"It must be {kinds[type(default)]}.")
    if name == "currency" and not (len(value) == 3 and value.isascii() and value.isalpha()):
        raise DeclarationError(f"{source}: currency is {value!r}.", "It is three letters: EUR, USD, GBP.")
    if name == "max_size" and not 1 <= value <= LARGEST_MAX_SIZE:
        raise DeclarationError(f"{source}: max_size is {value}.", f"It is 1 to {LARGEST_MAX_SIZE} megabytes.")
    if name == "keys" and (wrong := [key for key, text in value.items() if not isinstance(text, str)]):
        raise DeclarationError(f"{source}: keys.{wrong[0]} is not text.", 'Write the key\'s name: tick = "space".')
    return value


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no entry for the user id, as in some containers
        return f"user {os.getuid()}"
