"""The `nova` command: finds its subcommands in `commands/`, one file each, and maps endings to exit codes."""

import ast
import difflib
import importlib
import pkgutil
import sys
import traceback
from pathlib import Path

import click

from nova.cli.terminal import told_as
from nova.errors import NovaError

PACKAGE = "nova.cli.commands"
FOLDER = Path(__file__).parent / "commands"
BARE = {"nova": "status", "nova runs": "list", "nova agents": "list"}  # what a group does when it stands alone
EXIT_CODES = {
    0: "done",
    1: "not done: refused, failed, or waiting for you",
    2: "usage",
    3: "environment unfit",
    4: "budget spent",
    5: "remote failed",
    6: "refused by policy",
    130: "interrupted",
}


class Commands(click.Group):
    """Subcommands by file or folder name; one is imported only when it is asked for, so that --help stays fast."""

    words: tuple[str, ...] = ()  # the group's own name, below nova

    @property
    def path(self) -> str:
        """Return what is typed to get here."""
        return " ".join(("nova", *self.words))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the command files and folders."""
        return sorted(info.name for info in pkgutil.iter_modules([str(FOLDER.joinpath(*self.words))]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one command asked for; a folder is a group of its own."""
        if cmd_name not in self.list_commands(ctx):
            return None
        words = (*self.words, cmd_name)
        if FOLDER.joinpath(*words).is_dir():
            return _group(words)
        command = importlib.import_module(".".join((PACKAGE, *words))).command
        if not isinstance(command, click.Command):
            message = f"{'/'.join(words)}.py defines no click command named `command`"
            raise TypeError(message)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let a bare group, or one with options only, mean its own default."""
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = [BARE[self.path], *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the subcommand, with a did-you-mean for an unknown one."""
        names = self.list_commands(ctx)
        if args and args[0] not in names:
            close = difflib.get_close_matches(args[0], names, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else f" The commands are: {', '.join(names)}."
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of each file's docstring, importing none."""
        rows = [(name, _first_line(FOLDER.joinpath(*self.words, name))) for name in self.list_commands(ctx)]
        with formatter.section(f"Commands (bare `{self.path}` is `{self.path} {BARE[self.path]}`)"):
            formatter.write_dl(rows)
        if not self.words:
            with formatter.section("Exit codes"):
                formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])


def _group(words: tuple[str, ...]) -> Commands:
    group = Commands(name=words[-1], help=_first_line(FOLDER.joinpath(*words)))
    group.words = words
    return group


def _first_line(place: Path) -> str:
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    doc = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return doc.split("\n")[0]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nova", prog_name="nova")
def nova() -> None:
    """Carry tasks from agent to agent, on record: who did what, why, with what, and what it cost."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; the one place that catches everything."""
    typed = sys.argv[1:] if arguments is None else arguments
    told = told_as(as_json="--json" in typed)
    try:
        ended = nova.main(args=typed, prog_name="nova", standalone_mode=False)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (KeyboardInterrupt, click.Abort):
        told(NovaError("interrupted", fix="what was done is on record; `nova runs resume --all` goes on"))
        return 130
    except click.ClickException as error:
        told(NovaError(error.format_message(), fix=_help(error)))
        return 2
    except NovaError as error:
        told(error)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - the entry point: whatever breaks is told, never swallowed
        traceback.print_exc()
        told(NovaError(f"nova broke: {type(error).__name__}: {error}", fix="report it with the lines above"))
        return 1
    return ended if isinstance(ended, int) else 0


def _help(error: click.ClickException) -> str:
    """Return the command that shows what could have been typed instead."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'nova'} --help"
