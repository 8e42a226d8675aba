"""The `improve` command: finds its subcommands in `commands/`, one file each, and maps endings to exit codes."""

import ast
import difflib
import importlib
import pkgutil
import sys
import traceback
from pathlib import Path

import click

from improver.cli import commands
from improver.cli.terminal import told_as
from improver.errors import Hint, ImproverError

DEFAULT = "run"
FOLDER = Path(commands.__file__).parent
EXIT_CODES = {
    0: "done, or proven unnecessary",
    1: "a gate failed, or a finding stands",
    2: "usage",
    3: "environment unfit",
    4: "budget spent",
    5: "remote failed",
    6: "refused by policy",
    130: "interrupted",
}


class Commands(click.Group):
    """Subcommands by file name; one is imported only when it is asked for, so that --help stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the command files."""
        return sorted(info.name for info in pkgutil.iter_modules([str(FOLDER)]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one command asked for."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"improver.cli.commands.{cmd_name}").command
        if not isinstance(command, click.Command):
            message = f"improver/cli/commands/{cmd_name}.py defines no click command named `command`"
            raise TypeError(message)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let bare `improve` and `improve --option` mean `improve run`."""
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = [DEFAULT, *args]
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
        rows = []
        for name in self.list_commands(ctx):
            doc = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or ""
            rows.append((name, doc.split("\n")[0]))
        with formatter.section("Commands (bare `improve` is `improve run`)"):
            formatter.write_dl(rows)
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nova", prog_name="improve")
def improve() -> None:
    """Find, change, prove and propose improvements to Python code; a human decides."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; the one place that catches everything."""
    typed = sys.argv[1:] if arguments is None else arguments
    told = told_as(as_json="--json" in typed)
    try:
        ended = improve.main(args=typed, prog_name="improve", standalone_mode=False)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (KeyboardInterrupt, click.Abort):
        told("interrupted", Hint(fix="nothing was lost; run the same command again"))
        return 130
    except click.ClickException as error:
        told(error.format_message(), Hint(fix=_help(error)))
        return 2
    except ImproverError as error:
        told(error.what, error.hint)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - the entry point: whatever breaks is told, never swallowed
        traceback.print_exc()
        told(f"the improver broke: {type(error).__name__}: {error}", Hint(fix="report it with the lines above"))
        return 1
    return ended if isinstance(ended, int) else 0


def _help(error: click.ClickException) -> str:
    """Return the command that shows what could have been typed instead."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'improve'} --help"
