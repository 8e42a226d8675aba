"""Bring a text into a form: bullets, a numbered list, one paragraph, a title line."""

from typing import Literal

from nova.agent import Context, Example, agent
from nova.condensing import sentences_of
from nova.contracts import Answer, Contract

Style = Literal["bullets", "numbered", "paragraph", "title"]


class FormatText(Contract):
    """Give a text another form, word for word."""

    text: str
    style: Style = "bullets"

    def out_of_scope(self) -> str | None:
        """Refuse a text without words."""
        return None if self.text.strip() else "there is no text to format"


@agent(
    does="gives a text another form, word for word",
    does_not={"shortens": "summarize", "corrects": None, "translates": None},
    offline="full",
    examples=[
        Example(
            "as bullets: Wash. Rinse. Repeat.",
            FormatText(text="Wash. Rinse. Repeat.", style="bullets"),
            answers="- Wash.\n- Rinse.\n- Repeat.",
        )
    ],
)
async def format_text(task: FormatText, ctx: Context) -> Answer:
    """Answer with the same sentences in the form asked for."""
    del ctx
    parts = sentences_of(task.text)
    match task.style:
        case "bullets":
            text = "\n".join(f"- {part}" for part in parts)
        case "numbered":
            text = "\n".join(f"{place}. {part}" for place, part in enumerate(parts, 1))
        case "paragraph":
            text = " ".join(parts)
        case "title":
            text = "\n".join([f"# {parts[0].rstrip('.')}", "", *parts[1:]]).rstrip()
    return Answer(text=text)
