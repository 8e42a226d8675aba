"""Report on a subject: what was found, and what was done according to the journal."""

from nova.agent import Context, Example, Needs, agent
from nova.contracts import Answer, Contract, Text


class Report(Contract):
    """Write a short report in Markdown."""

    subject: Text
    body: str

    def out_of_scope(self) -> str | None:
        """Refuse to report nothing."""
        return None if self.body.strip() else "there is nothing to report"


@agent(
    does="writes a report in Markdown from what was found and done",
    does_not={"judges": None, "shortens": "summarize"},
    offline="full",
    needs=Needs(context=("done",)),
    examples=[
        Example(
            "report on the flood: The river rose.",
            Report(subject="The flood", body="The river rose."),
            answers="# The flood\n\nThe river rose.",
        )
    ],
)
async def report(task: Report, ctx: Context) -> Answer:
    """Answer with the report; what was done comes from the journal, never from what an agent says."""
    parts = [f"# {task.subject}", task.body.strip()]
    if ctx.packet.done:
        parts.append("## Done\n\n" + "\n".join(f"- {line}" for line in ctx.packet.done))
    return Answer(text="\n\n".join(parts))
