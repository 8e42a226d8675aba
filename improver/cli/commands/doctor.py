"""Tell whether this machine and this project are fit for the work, and what would help."""

from improver.app import open_improver
from improver.cli.options import Common, improve_command
from improver.preparing import fitness_of


@improve_command("doctor")
def command(common: Common) -> int:
    """Tell whether this machine and this project are fit for the work, and what would help."""
    with open_improver(common.settings) as improver:
        fitness = fitness_of(improver, improver.repository.head)
        repository = improver.repository
        common.terminal.line("ok", "project", f"{repository.root} at {repository.head[:12]}")
    layout = fitness.layout
    common.terminal.line("ok", "python", layout.python)
    common.terminal.line("ok", "layout", f"{', '.join(layout.packages)} · tests in {', '.join(layout.tests)}")
    mark = "ok" if not fitness.sandbox.why else "loud"
    common.terminal.line(mark, "sandbox", f"tier {fitness.sandbox.tier} {fitness.sandbox.why}".strip())
    for note in fitness.probes.notes:
        common.terminal.line("note", "", note)
    if fitness.sandbox.fix:
        common.terminal.text(f"fix: {fitness.sandbox.fix}")
    fields = {
        "tier": fitness.sandbox.tier.value,
        "why": fitness.sandbox.why,
        "fix": fitness.sandbox.fix,
        "python": layout.python,
        "packages": list(layout.packages),
        "probes": list(fitness.probes.notes),
    }
    common.terminal.result("fit" if not fitness.sandbox.why else "lower_tier", fields)
    return 0
