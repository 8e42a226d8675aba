"""Write the workflows, policies and owners of a project, and say what only you can set."""

from collections.abc import Sequence

import click

from improver.cli.options import Common, improve_command
from improver.cli.terminal import Terminal
from improver.hosting.equipping import Piece, by_hand, carry_out, pieces, program_for, root_of

MARKS = {"written": "ok", "added_to": "ok", "same": "note", "kept": "skip", "left": "no"}
SAID = {
    "written": "written",
    "added_to": "lines added",
    "same": "as it should be",
    "kept": "kept",
    "left": "not written",
}


@improve_command("init")
@click.option("--from", "source", default="", metavar="URL@COMMIT", help="Where workflows get the improver, pinned.")
@click.option("--setup", default="", metavar="COMMAND", help="How workflows set up the project for its tests.")
@click.option("--owner", default="", metavar="@LOGIN", help="Who answers for policies and workflows (CODEOWNERS).")
@click.option("--dry-run", is_flag=True, help="Say what would be written, write nothing.")
def command(common: Common, source: str, setup: str, owner: str, dry_run: bool) -> int:
    """Write workflows, policies and CODEOWNERS lines into the project, and print what only you can set.

    What is there already is never overwritten: where it differs, that is said, and shown with -v. Look at what was
    written, then commit it yourself.
    """
    root = root_of(common.settings.repo)
    planned = pieces(root, program_for(root, source, setup), owner)
    if not dry_run:
        carry_out(root, planned)
    tell(common.terminal, planned, dry_run=dry_run)
    return 0


def tell(terminal: Terminal, planned: Sequence[Piece], *, dry_run: bool) -> None:
    """Print what became of each file, and what is left to a human."""
    for piece in planned:
        would = "would be " if dry_run and piece.act in ("written", "added_to") else ""
        why = f": {piece.why}" if piece.why else ""
        terminal.line(MARKS[piece.act], "init", f"{piece.path} · {would}{SAID[piece.act]}{why}")
        if terminal.verbose and piece.differs:
            terminal.text("\n".join(piece.differs))
    new = [piece.path for piece in planned if piece.act in ("written", "added_to")]
    step = "improve init" if dry_run else f"git add {' '.join(new)}"
    terminal.text(f"\n{by_hand()}\nnext: {step if new else 'improve doctor'}")
    outcome = "nothing_to_do" if not new else "planned" if dry_run else "written"
    fields = {
        "files": [{"path": one.path, "act": one.act, "why": one.why, "differs": list(one.differs)} for one in planned],
        "by_hand": by_hand(),
        "next": [step] if new else ["improve doctor"],
    }
    terminal.result(outcome, fields)
