"""Models that need no key and no network: one that answers from a script, and one that is not there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nova.contracts import Cost
from nova.errors import ModelError, ModelRefused, ModelUnavailable

FIX = "set NOVA_SCRIPT=FILE for scripted replies (no provider is built in yet), or use agents that need no model"
FREE = Cost()


@dataclass(frozen=True, slots=True)
class Line:
    """One reply of a script. `when` is searched for in the system and the prompt; "" fits everything."""

    text: str
    when: str = ""
    cost: Cost = FREE
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """What a scripted model answered."""

    text: str
    cost: Cost


@dataclass(slots=True)
class ScriptedModel:
    """Answers at once, and the same every time: a line that fits by pattern, else the next one in order.

    Lines with a pattern stay; lines without are used up. `asked` keeps every (system, prompt), in order.
    """

    patterns: Sequence[Line] = ()
    queue: list[Line] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, lines: Iterable[Line | str]) -> "ScriptedModel":
        """Return a model with this script."""
        known = [Line(one) if isinstance(one, str) else one for one in lines]
        return cls([line for line in known if line.when], [line for line in known if not line.when])

    async def ask(self, system: str, prompt: str, *, schema: Mapping[str, object] | None = None) -> ScriptedReply:
        """Answer from the script; raise ModelError where it has no line, ModelRefused where the line says so."""
        del schema  # a script is written to fit
        self.asked.append((system, prompt))
        heard = f"{system}\n{prompt}"
        line = next((one for one in self.patterns if re.search(one.when, heard)), None)
        if line is None and self.queue:
            line = self.queue.pop(0)
        if line is None:
            raise ModelError(f"the script has no line for question {len(self.asked)}", fix="add a line to the script")
        if line.refuses:
            raise ModelRefused(line.text)
        return ScriptedReply(line.text, line.cost)


class NoModel:
    """The model where there is none: it says how to get one."""

    async def ask(self, system: str, prompt: str, *, schema: Mapping[str, object] | None = None) -> ScriptedReply:
        """Raise ModelUnavailable."""
        del system, prompt, schema
        raise ModelUnavailable("there is no model to ask", fix=FIX)
