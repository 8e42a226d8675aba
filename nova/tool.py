"""What a tool is: one outside capability, with or without effects."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nova.errors import ToolError

Body = Callable[..., Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One capability. `effects` tells whether using it changes anything; advisers may use only tools without.

    The body takes the idempotency key as `key`, where it has effects, and text arguments; it returns text.
    """

    name: str
    does: str
    effects: bool
    parameters: tuple[str, ...]
    body: Body

    async def __call__(self, key: str, arguments: dict[str, str]) -> str:
        """Use the tool under `key`; raise ToolError for arguments it does not take."""
        unknown = arguments.keys() ^ set(self.parameters)
        if unknown:
            raise ToolError(
                f"the tool {self.name} was given {sorted(arguments)}",
                why=f"it takes {sorted(self.parameters)}",
                fix=f"correct {sorted(unknown)}",
            )
        return await (self.body(key=key, **arguments) if self.effects else self.body(**arguments))


def tool(*, does: str, effects: bool) -> Callable[[Body], Tool]:
    """Make the decorated async function a Tool named like it."""

    def build(body: Body) -> Tool:
        names = tuple(name for name in inspect.signature(body).parameters if name != "key")
        return Tool(body.__name__, does, effects, names, body)

    return build
