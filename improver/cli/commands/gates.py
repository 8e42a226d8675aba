"""List the gates in the order of the policy, and what each risk class must pass."""

from improver.app import gates, open_improver
from improver.cli.options import Common, improve_command
from improver.judge import ordered


@improve_command("gates")
def command(common: Common) -> int:
    """List the gates in the order of the policy, and what each risk class must pass."""
    with open_improver(common.settings) as improver:
        policy = improver.policy(improver.repository.head)
    chosen = ordered(gates(), policy)
    for gate in chosen:
        common.terminal.text(f"{gate.name:12} {gate.question}")
    common.terminal.text("")
    for risk, needs in policy.gates.risk.items():
        common.terminal.text(
            f"{risk:16} must pass {', '.join(needs.must)}" + ("" if needs.publish else " · local only")
        )
    rows = [{"name": gate.name, "question": gate.question, "cost": gate.cost} for gate in chosen]
    common.terminal.result("listed", {"gates": rows, "risk": {k: list(v.must) for k, v in policy.gates.risk.items()}})
    return 0
