"""List the codemods, or explain one."""

import click

from improver.app import codemods, observers, policy_of
from improver.cli.explaining import explain
from improver.cli.options import Common, improve_command
from improver.errors import UsageError


@improve_command("codemods")
@click.argument("words", nargs=-1, metavar="[explain NAME]")
def command(common: Common, words: tuple[str, ...]) -> int:
    """List the codemods, or explain one: what it does, why, when it is safe, when it is not proposed."""
    known = {codemod.name: codemod for codemod in codemods()}
    width = max(map(len, known))
    match words:
        case ():
            for codemod in known.values():
                how = "only reported" if codemod.REPORTED else codemod.SAFETY.value
                common.terminal.text(f"{codemod.name:{width}} {how:16} {codemod.TITLE}")
            rows = [
                {"name": one.name, "safety": one.SAFETY.value, "why": one.WHY, "reported": one.REPORTED}
                for one in known.values()
            ]
            common.terminal.result("listed", {"codemods": rows})
        case ("explain", name) if name in known:
            text = explain(known[name], policy_of({}), observers())
            common.terminal.text(text)
            common.terminal.result("explained", {"name": name, "text": text})
        case ("explain", name):
            raise UsageError(f"there is no codemod {name!r}", fix=f"one of {', '.join(known)}")
        case _:
            raise UsageError(
                f"cannot read {' '.join(words)!r}", fix="improve codemods, or improve codemods explain NAME"
            )
    return 0
