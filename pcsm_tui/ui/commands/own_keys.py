"""A person's own keys, from the settings: checked, and laid over those that the commands are declared with."""

from __future__ import annotations

from collections.abc import Mapping

from pcsm_tui.errors import DeclarationError, nearest
from pcsm_tui.ui.commands.registry import BY_ID, COMMANDS, WHERE, Command

TOGETHER = (
    ("list", "today", "repository", "filtered", "engagement", "app"),
    ("list", "repository", "filtered", "sorted", "engagement", "app"),
    ("list", "engagement", "phase", "app"),
    ("cells", "list", "table", "tool", "sorted", "filtered", "engagement", "app"),
    ("form", "app"),
)
"""The parts of a screen that answer at the same time: within each of these a key means one thing."""

NEARER_FIRST = ({"close", "back"},)
"""Commands that share a key: what is nearest is left first."""

_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")


def checked_keys(keys: Mapping[str, str]) -> dict[str, str]:
    """Return which keys change: a person's own by command, and what is left to commands that a key is taken from.

    Raises `DeclarationError` for a command or key that does not exist, naming the nearest one, and for a key that
    would leave a command with none or that is given to two.
    """
    own: dict[str, str] = {}
    for name, chosen in keys.items():
        if name not in BY_ID:
            raise DeclarationError(f"keys.{name}: there is no command {name!r}.", nearest(name, BY_ID))
        own[name] = ",".join(_named(name, key.strip()) for key in chosen.split(","))
    own |= {command.id: own[command.like] for command in COMMANDS if command.like in own and command.id not in own}
    changed = dict(own)
    for name, chosen in own.items():
        for key in chosen.split(","):
            _take(key, name, own, changed)
    return changed


def commands_with(keys: Mapping[str, str]) -> tuple[Command, ...]:
    """Return every command with the keys that it has in the end; raises as `checked_keys` does."""
    changed = checked_keys(keys)
    return tuple(command._replace(keys=changed.get(command.id, command.keys)) for command in COMMANDS)


def answer_together(one: Command, other: Command) -> bool:
    """Return whether two commands must not share a key."""
    if {one.id, other.id} in NEARER_FIRST:
        return False
    return any(one.where in parts and other.where in parts for parts in TOGETHER)


def puts_character(key: str) -> bool:
    """Return whether a key, by its name in Textual, puts a character where one types."""
    from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character

    character = key_to_character(key)
    return (character is not None and character.isprintable()) or key in KEY_NAME_REPLACEMENTS.values()


def _take(key: str, name: str, own: Mapping[str, str], changed: dict[str, str]) -> None:
    """Take a key from the commands that it meant wherever `name` applies."""
    for command in COMMANDS:
        taken = changed.get(command.id, command.keys).split(",")
        if command.id == name or key not in taken or not answer_together(BY_ID[name], command):
            continue
        left = [other for other in taken if other != key]
        if command.id in own or not left:
            raise DeclarationError(
                f"keys.{name}: {key!r} already means {command.title!r} {WHERE[command.where].lower()}.",
                f"Choose another, or give {command.id} a key of its own.",
            )
        changed[command.id] = ",".join(left)


def _named(name: str, key: str) -> str:
    """Return a key by the name that the terminal's events have for it; raise `DeclarationError` if there is none."""
    from textual.keys import Keys, _character_to_key

    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    known = {item.value for item in Keys} | {f"f{number}" for number in range(1, 25)}
    if key in known or (all(item in _MODIFIERS for item in modifiers) and (last in known or _is_character(last))):
        return "+".join([*modifiers, _character_to_key(last) if len(last) == 1 else last])
    raise DeclarationError(f"keys.{name}: {key!r} is not the name of a key.", nearest(key, known))


def _is_character(name: str) -> bool:
    """Return whether a name is a character, or that of one as Textual writes it: `question_mark`."""
    return len(name) == 1 or (name == name.lower() and puts_character(name))
