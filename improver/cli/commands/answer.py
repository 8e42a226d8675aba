"""Answer a `/nova …` command that somebody gave in a comment."""

from dataclasses import asdict
from pathlib import Path

import click

from improver.app import open_improver
from improver.cli.options import Common, improve_command
from improver.cli.telling import told_by
from improver.errors import UsageError
from improver.hosting.answers import MOST_READ, Answered, Asked, Desk
from improver.hosting.offering import hosting_of


@improve_command("answer")
@click.option("--pr", "number", type=click.IntRange(min=1), required=True, metavar="N", help="The pull request.")
@click.option("--comment", type=click.IntRange(min=1), required=True, metavar="ID", help="The comment below it.")
@click.option(
    "--head", default="", metavar="SHA", help="The commit that it was written for; another one: nothing done."
)
@click.option(
    "--plan",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Run nothing: say what is to be run, put what it needs into FOLDER.",
)
@click.option(
    "--result",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Run nothing: post what `improve verify --json` printed elsewhere.",
)
def command(common: Common, number: int, comment: int, head: str, folder: Path | None, file: Path | None) -> int:
    """Answer one comment: why, verify, retry, split, no, undo-no. Whoever may not decide is not answered."""
    if folder is not None and file is not None:
        raise UsageError("--plan and --result exclude each other", fix="plan first, then run, then post the result")
    asked = Asked(number, comment, head)
    with open_improver(common.settings) as improver:
        desk = Desk(improver, hosting_of(improver), told_by(common.terminal))
        if folder is not None:
            answered = desk.plan(asked, folder)
        elif file is not None:
            with file.open("rb") as result:
                answered = desk.post(asked, result.read(MOST_READ + 1))
        else:
            answered = desk.answer(asked)
    tell(common, answered)
    return 0


def tell(common: Common, answered: Answered) -> None:
    """Print what became of the comment."""
    common.terminal.line("skip" if answered.outcome == "ignored" else "ok", answered.outcome, answered.reason)
    if answered.argv:
        common.terminal.text(f"next: improve {' '.join(answered.argv)}")
    common.terminal.result(
        answered.outcome, {name: value for name, value in asdict(answered).items() if name != "outcome"}
    )
