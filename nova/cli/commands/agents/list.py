"""List the agents: what each does, and which contract reaches it."""

from nova.agent import Registry
from nova.app import all_agents, all_tools
from nova.cli.options import Common, nova_command


@nova_command("list")
def command(common: Common) -> int:
    """List the agents: what each does, and which contract reaches it."""
    registry = Registry(all_agents(), [one.name for one in all_tools()])
    for one in registry:
        common.terminal.text(f"{one.name:14} {one.accepts.address():16} {one.card.does} (offline: {one.card.offline})")
    common.terminal.next("nova agents show NAME", "nova agents test --all")
    rows = [
        {"name": one.name, "contract": one.accepts.address(), "does": one.card.does, "offline": one.card.offline}
        for one in registry
    ]
    common.terminal.result("listed", {"agents": rows})
    return 0
