"""The same work for every framework: coordinator -> alpha -> beta -> tool -> beta -> coordinator, and who says what."""

from dataclasses import dataclass

HANDOFFS = 2  # coordinator -> alpha -> beta; the way back belongs to them
SIZE = 2048  # characters of the message that every agent is given


@dataclass(frozen=True, slots=True)
class Case:
    """One run's work: what is said, what the tool is asked for, and the right answer."""

    text: str
    key: str
    answer: str


def case(number: int) -> Case:
    """Return the work of run `number`; its text has SIZE characters."""
    key = f"part-{number}"
    head = f"Find the price of {key} for the order below.\n"
    line = f"Order line {number}: forty boxes, grey, delivered on Tuesday to the warehouse behind the station. "
    return Case((head + line * (SIZE // len(line) + 1))[:SIZE], key, f"answer: {price(key)}")


def price(key: str) -> str:
    """Be the tool: return a price that only the key determines."""
    return f"{key} costs {sum(map(ord, key))}"


def decide(role: str, found: str) -> str:
    """Be the model, without any latency: return what `role` does next, once it has `found` something or not yet.

    A word is whom to hand to, or the tool to use; anything longer is what is answered.
    """
    if role == "coordinator":
        return f"answer: {found}" if found else "alpha"
    if role == "alpha":
        return "beta"
    return found or "lookup"
