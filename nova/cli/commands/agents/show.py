"""Show one agent's card: what it does, what it leaves to whom, what it takes and hands on."""

import json
from collections.abc import Iterator

import click

from nova.agent import Agent, Registry
from nova.app import all_agents, all_tools
from nova.cli.agents import found
from nova.cli.options import Common, nova_command


@nova_command("show")
@click.argument("name")
def command(common: Common, name: str) -> int:
    """Show one agent's card."""
    one = found(Registry(all_agents(), [tool.name for tool in all_tools()]), name)
    for line in _card(one):
        common.terminal.text(line)
    common.terminal.next(f"nova agents test {one.name}", f"nova run --task {one.accepts.__name__} JSON")
    card = one.card
    fields = {
        "name": one.name,
        "does": card.does,
        "does_not": dict(card.does_not),
        "contract": one.accepts.address(),
        "fields": one.accepts.model_json_schema(),
        "hands_to": [kind.address() for kind in one.hands_to],
        "outcomes": [kind.__name__ for kind in one.endings],
        "needs": [*card.needs.context],
        "tools": [*card.needs.tools],
        "offline": card.offline,
        "examples": [
            {"says": case.says, "task": json.loads(case.task.model_dump_json()), "answers": case.answers}
            for case in card.examples
        ],
    }
    common.terminal.result("shown", fields)
    return 0


def _card(one: Agent) -> Iterator[str]:
    card = one.card
    yield f"{one.name}: {card.does}"
    for act, owner in card.does_not.items():
        yield f"  does not: {act}{f' (that is {owner})' if owner else ''}"
    yield f"  takes: {one.accepts.address()} ({one.accepts.__doc__})"
    for name, spec in one.accepts.model_fields.items():
        kind = getattr(spec.annotation, "__name__", None) or str(spec.annotation)
        default = "" if spec.is_required() else f" = {spec.get_default(call_default_factory=True, validated_data={})!r}"
        yield f"    {name}: {kind}{default}"
    yield f"  hands to: {', '.join(kind.address() for kind in one.hands_to) or 'nobody by type'}"
    yield f"  may end with: {', '.join(kind.__name__ for kind in one.endings)}"
    yield f"  sees: {', '.join(card.needs.context) or 'its task only'} · tools: {', '.join(card.needs.tools) or 'none'}"
    yield f"  offline: {card.offline}"
    for case in card.examples:
        yield f"  example: {case.says}"
        yield f"    task: {case.task.model_dump_json()}"
