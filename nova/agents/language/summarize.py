"""Summarise a text; a long one is condensed first."""

from typing import Annotated

from pydantic import Field

from nova.agent import Context, Example, agent
from nova.agents.pipeline.condense import Condense
from nova.condensing import extract
from nova.contracts import Answer, Contract, Handoff, Relation

LONG = 4_000  # characters; beyond this, sentences are weighed better within a condensed text


class Summarize(Contract):
    """Summarise a text in a few sentences."""

    text: str
    sentences: Annotated[int, Field(gt=0)] = 3

    def out_of_scope(self) -> str | None:
        """Refuse a text without words."""
        return None if self.text.strip() else "there is no text to summarise"


@agent(
    does="shortens a text to a few sentences, same meaning",
    does_not={"adds an opinion": None, "translates": None, "formats": "format_text"},
    offline="full",
    examples=[
        Example(
            "sum this up in one sentence: The river rose. The river rose so fast that the river took the bridge.",
            Summarize(
                text="The river rose. The river rose so fast that the river took the bridge.",
                sentences=1,
            ),
            answers="The river rose.",
        )
    ],
)
async def summarize(task: Summarize, ctx: Context) -> Answer | Handoff[Condense]:
    """Answer with an extract, and say that it is one."""
    if len(task.text) > LONG and not ctx.results:
        shorter = Condense(text=task.text, characters=LONG)
        return Handoff[Condense](task=shorter, relation=Relation.DELEGATE, reason="it is long")
    text = task.text
    sources: tuple[str, ...] = ()
    if ctx.results:
        condensed = ctx.results[0].outcome
        if isinstance(condensed, Answer):
            text, sources = condensed.text, condensed.sources
    short = extract(text, characters=len(text), sentences=task.sentences)
    return Answer(text=short.text, sources=(*sources, short.says))
