"""Show what humans decided, and how to take it back."""

from improver.app import open_improver
from improver.cli.options import Common, improve_command


@improve_command("decisions")
def command(common: Common) -> int:
    """Show every verdict ever given; a rejected finding stays away until its code truly changes."""
    with open_improver(common.settings) as improver:
        found = improver.ledger.decisions()
    for one in found:
        verdict = one.verdict
        scope = {"here": " for this rule in this file", "rule": " for the whole rule"}.get(verdict.scope, "")
        because = f" because {verdict.reason}" if verdict.reason else ""
        undo = f" · improve undo {one.number}" if one.effective and verdict.decision != "undone" else ""
        said = f"{verdict.decided}  #{one.number} {one.title}: {verdict.decision}{scope} by {verdict.reviewer}"
        common.terminal.text(f"{said}{because}{undo}")
    if not found:
        common.terminal.text("nothing has been decided yet\nnext: improve list")
    rows = [
        {
            "number": one.number,
            "rule": one.rule,
            "path": one.path,
            "decision": one.verdict.decision,
            "scope": one.verdict.scope,
            "reviewer": one.verdict.reviewer,
            "reason": one.verdict.reason,
            "decided": one.verdict.decided,
            "effective": one.effective,
        }
        for one in found
    ]
    common.terminal.result("listed", {"decisions": rows})
    return 0
