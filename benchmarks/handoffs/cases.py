"""The malformed handoffs, as a model would write them, and the record of what a framework made of each."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field

CAP = 60  # calls of the model after which the benchmark stops a run that would go on
RIGHT = '{"part": "part-7", "boxes": 40}'
STORED = "stored"
# What the clerk's model writes: the receiver's name and its arguments. An empty receiver is an empty reply.
CASES = {
    "wrong type": ("storage", '{"part": "part-7", "boxes": "many"}'),
    "not JSON": ("storage", '{"part": "part-7", "boxes": '),
    "missing field": ("storage", '{"boxes": 40}'),
    "unknown receiver": ("nobody", RIGHT),
    "empty handoff": ("storage", ""),
    "empty reply": ("", ""),
    "loop": ("storage", RIGHT),
}
BEHAVIOURS = ("corrects", "insists")  # once told, the clerk sends the right thing, or the same again


class CapReachedError(Exception):
    """The run would go on; the benchmark ends it."""


@dataclass(slots=True)
class Record:
    """What happened: calls of models, what the sender was told, what the receiver got, and how it ended."""

    case: str
    behaviour: str
    calls: int = 0
    told: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    owner: str = ""  # what the owner was told as a value, where there is such a thing
    answer: str | None = None
    error: str = ""

    def write(self, heard: str) -> tuple[str, str]:
        """Be the clerk's model: return receiver and arguments; `heard` is what it is told went wrong, if anything."""
        self.call()
        if heard:
            self.told.append(heard)
            if self.behaviour == "corrects":
                return "storage", RIGHT
        return CASES[self.case]

    def call(self) -> None:
        """Count a call of any model."""
        self.calls += 1
        if self.calls > CAP:
            raise CapReachedError

    def receive(self, part: object, boxes: object) -> str:
        """Be the receiver."""
        self.received.append(f"{part!r}, {boxes!r}")
        return STORED


def tried(carry: Callable[[Record], Awaitable[str]]) -> None:
    """Be the command of one framework: carry every case and print the records as a line of JSON."""
    records = [Record(case, behaviour) for case in CASES for behaviour in BEHAVIOURS]
    for record in records:
        asyncio.run(_ended(carry, record))
    print(json.dumps([asdict(record) for record in records]))


async def _ended(carry: Callable[[Record], Awaitable[str]], record: Record) -> None:
    try:
        record.answer = await carry(record)
    except Exception as error:  # noqa: BLE001  # which exception a framework ends with is what is asked here
        record.error = f"{type(error).__name__}: {error}"
