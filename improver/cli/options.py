"""Options that every command takes, as one frozen value."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec

import click

from improver.cli.terminal import Terminal
from improver.settings import Settings, read_settings

Rest = ParamSpec("Rest")


@dataclass(frozen=True, slots=True)
class Common:
    """What was typed, and the terminal it was typed at."""

    settings: Settings
    terminal: Terminal


def command(body: Callable[Concatenate[Common, Rest], int]) -> click.Command:
    """Make a command of `body`, which takes the common options first and returns the exit code."""

    @functools.wraps(body)
    def run(*args: Rest.args, **kwargs: Rest.kwargs) -> None:
        taken = {name: kwargs.pop(name) for name in ("repo", "python", "as_json", "quiet", "verbose", "no_color")}
        python = taken["python"]
        settings = read_settings(Path(str(taken["repo"])), None if python is None else str(python))
        terminal = Terminal(
            as_json=bool(taken["as_json"]),
            quiet=bool(taken["quiet"]),
            verbose=bool(taken["verbose"]),
            colour=settings.colour and not taken["no_color"],
        )
        raise click.exceptions.Exit(body(Common(settings, terminal), *args, **kwargs))

    for option in (
        click.option("--no-color", is_flag=True, help="No colour, also on a terminal."),
        click.option("-v", "--verbose", is_flag=True, help="Say more."),
        click.option("-q", "--quiet", is_flag=True, help="Say only what is loud."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
        click.option("--python", metavar="PATH", help="The interpreter that runs the project's tests."),
        click.option("--repo", default=".", metavar="PATH", help="The project's repository. [default: .]"),
    ):
        run = option(run)
    return click.command(help=(body.__doc__ or ""))(run)
