"""Find an agent by what was typed."""

from nova.agent import Agent, Registry
from nova.errors import UsageError
from nova.pipelines import did_you_mean


def found(registry: Registry, name: str) -> Agent:
    """Return the agent called `name`; raise UsageError with a did-you-mean."""
    one = registry.named(name)
    if one is None:
        raise UsageError(f"there is no agent {name!r}", fix=did_you_mean(name, [one.name for one in registry]))
    return one
