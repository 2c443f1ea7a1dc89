"""Commands about the program itself: settings, places, keys, themes, completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click
from click.shell_completion import get_completion_class

from pcsm_tui.cli import output
from pcsm_tui.cli.arguments import json_option
from pcsm_tui.errors import DeclarationError, PcsmError

SHELLS = ("bash", "zsh", "fish")


@click.group()
def config() -> None:
    """Show or check your settings.

    \b
    pcsm config show
    pcsm config validate
    """


@config.command()
@json_option
def show(as_json: bool) -> None:
    """Show every setting with its value.

    As it could stand in the settings file, with what it is for.

    \b
    pcsm config show
    """
    from pcsm_tui.settings import described, load

    settings = load()
    values = {name: getattr(settings, name) for name in described()}
    if as_json:
        output.json({**values, "keys": dict(settings.keys)})
        return
    output.text(f"# {settings.places.config_file}")
    for name, (what, _) in described().items():
        output.text(f"\n# {what}")
        output.text(f"{name} = {_toml(values[name])}")


def _toml(value: Any) -> str:
    """Return a setting's value as TOML: a text, true or false, a number, or a table of texts."""
    if isinstance(value, (bool, int)):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return "{ " + ", ".join(f"{name} = {_toml(text)}" for name, text in value.items()) + " }" if value else "{}"


@config.command()
def validate() -> int:
    """Check settings, keys, theme and playbook.

    The settings are those of the file and of the environment, the playbook that of your repository. Prints a line for
    each mistake and ends with 1 when there are any.

    \b
    pcsm config validate
    """
    from pcsm_tui.settings import load

    try:
        settings = load()
    except DeclarationError as problem:
        output.text(str(problem))
        return 1
    code = 0
    examinations: tuple[Callable[[], None], ...] = (
        lambda: _keys_exist(settings.keys),
        lambda: _theme_exists(settings.theme),
        _playbook_fits,
    )
    for examine in examinations:
        try:
            examine()
        except PcsmError as problem:
            output.text(str(problem))
            code = 1
    if code == 0:
        output.talk("Nothing wrong.")
    return code


def _keys_exist(keys: Mapping[str, str]) -> None:
    from pcsm_tui.ui.commands.own_keys import checked_keys

    checked_keys(keys)


def _theme_exists(name: str) -> None:
    from pcsm_tui.ui.themes import chosen_theme

    chosen_theme(name)


def _playbook_fits() -> None:
    from pcsm_tui.cli.arguments import repository

    repository(None).framework  # noqa: B018  reading it checks it


@click.command()
@json_option
def locate(as_json: bool) -> None:
    """Print where your files are.

    That is the settings, your repository, your own tools, the state that pcsm keeps, and what it can make anew.

    \b
    pcsm locate
    """
    from pcsm_tui.settings import Places, load

    places = Places.of_user()
    found = {
        "settings": places.config_file,
        "own_tools": places.personal_file,
        "state": places.state,
        "cache": places.cache,
        "repository": load(places=places).repository_folder,
    }
    if as_json:
        output.json({name: str(path) for name, path in found.items()})
        return
    for name, path in found.items():
        output.text(f"{name:<12}{path}")


@click.command()
@json_option
def keys(as_json: bool) -> None:
    """List the commands of the screen with their keys.

    Your own keys stand in the settings file, under keys, by the command's id.

    \b
    pcsm keys
    """
    from pcsm_tui.settings import load
    from pcsm_tui.ui.commands.own_keys import commands_with
    from pcsm_tui.ui.commands.registry import WHERE

    found = commands_with(load().keys)
    if as_json:
        output.json([
            {"id": item.id, "keys": item.keys.split(",") if item.keys else [], "title": item.title,
             "where": item.where, "help": item.help}
            for item in found
        ])  # fmt: skip
        return
    rows = [(WHERE[item.where], (item.id, item.keys, item.title)) for item in found]
    output.grouped_table(("Command", "Keys", "What it does"), rows)


@click.command()
@json_option
def themes(as_json: bool) -> None:
    """List the themes of the screen.

    `theme` in the settings chooses one.

    \b
    pcsm themes
    """
    from pcsm_tui.ui.themes import theme_names

    names = theme_names()
    if as_json:
        output.json(names)
        return
    for name in names:
        output.text(name)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="|".join(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    \b
    eval "$(pcsm completion bash)"                                in ~/.bashrc
    eval "$(pcsm completion zsh)"                                 in ~/.zshrc
    pcsm completion fish > ~/.config/fish/completions/pcsm.fish
    """
    found = get_completion_class(shell)
    root = ctx.find_root()
    if found is None or root.info_name is None:
        raise DeclarationError(f"This version of click has no completion for {shell}.", "Update click.")
    output.document(found(root.command, {}, root.info_name, f"_{root.info_name.upper()}_COMPLETE").source())


COMMANDS = (config, locate, keys, themes, completion)
