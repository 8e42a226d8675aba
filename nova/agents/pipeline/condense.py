"""Condense a text to a size: an extract, in its own words."""

from typing import Annotated

from pydantic import Field

from nova.agent import Context, Example, agent
from nova.condensing import extract
from nova.contracts import Answer, Contract


class Condense(Contract):
    """Shorten a text to at most so many characters."""

    text: str
    characters: Annotated[int, Field(gt=0)] = 2_000

    def out_of_scope(self) -> str | None:
        """Refuse a text without words."""
        return None if self.text.strip() else "there is no text to condense"


@agent(
    does="shortens a text to a size, in its own sentences",
    does_not={"rewords": None, "counts sentences": "summarize", "formats": "format_text"},
    offline="full",
    examples=[
        Example(
            "condense this to 20 characters: It rained. It rained and rained all day.",
            Condense(text="It rained. It rained and rained all day.", characters=20),
            answers="It rained.",
        )
    ],
)
async def condense(task: Condense, ctx: Context) -> Answer:
    """Answer with the most telling sentences that fit."""
    del ctx
    short = extract(task.text, characters=task.characters)
    return Answer(text=short.text, sources=(short.says,))
