"""Options that every command takes, as one frozen value."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import click

from nova.cli.terminal import Terminal
from nova.settings import Settings, read_settings

Rest = ParamSpec("Rest")
NAMES = ("data", "as_json", "quiet", "verbose", "no_color")


@dataclass(frozen=True, slots=True)
class Common:
    """What was typed, and the terminal it was typed at."""

    settings: Settings
    terminal: Terminal


def nova_command(name: str) -> Callable[[Callable[Concatenate[Common, Rest], int]], click.Command]:
    """Make the decorated function, which takes Common first and returns the exit code, the command `name`."""

    def build(body: Callable[Concatenate[Common, Rest], int]) -> click.Command:
        @functools.wraps(body)
        def run(*args: Rest.args, **kwargs: Rest.kwargs) -> None:
            common = _common({word: kwargs.pop(word) for word in NAMES})
            raise click.exceptions.Exit(body(common, *args, **kwargs))

        for option in (
            click.option("--no-color", is_flag=True, help="No colour, also on a terminal."),
            click.option("-v", "--verbose", is_flag=True, help="Say more."),
            click.option("-q", "--quiet", is_flag=True, help="Say only what is loud."),
            click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
            click.option("--data", metavar="PATH", help="The data directory [~/.local/share/nova, or NOVA_DATA]."),
        ):
            option(run)
        return click.command(name=name)(run)

    return build


def _common(typed: dict[str, Any]) -> Common:
    settings = read_settings(typed["data"])
    colour = settings.colour and not typed["no_color"]
    return Common(settings, Terminal(typed["as_json"], typed["quiet"], typed["verbose"], colour))
