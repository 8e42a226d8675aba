"""Split a compound request into typed tasks, hand them out in parallel, and answer once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nova.agent import Context, Example, Result, agent
from nova.agents.language.format_text import FormatText, Style
from nova.agents.language.summarize import Summarize
from nova.agents.pipeline.arbitrate import Arbitrate, Candidate
from nova.agents.pipeline.condense import Condense
from nova.arbitration import disagree
from nova.contracts import Answer, Claim, Contract, Failure, Handoff, Refusal, Relation, Reroute, Text

SHORTEN = re.compile(r"\b(?:summar\w+|sum\b.*\bup|shorten\w*|condense\w*)\b")
NUMBER = re.compile(r"\b(\d+|one|two|three|four|five)\b")
WORDS = {word: number for number, word in enumerate(("one", "two", "three", "four", "five"), 1)}
STYLES: tuple[tuple[str, Style], ...] = (
    (r"\bbullet\w*|\blist\b", "bullets"),
    (r"\bnumbered\b|\bnumber\b", "numbered"),
    (r"\bparagraph\b", "paragraph"),
    (r"\btitle\b|\bheading\b", "title"),
)
OPINION = 0.5  # of the text: how large the adviser's version may be


class Coordinate(Contract):
    """A request of several parts about one text, such as "summarize it in two sentences and list it as bullets"."""

    request: Text
    text: str
    second_opinion: bool = False  # an adviser also shortens, and where it disagrees, a rule decides

    def out_of_scope(self) -> str | None:
        """Refuse a request about no text."""
        return None if self.text.strip() else "there is no text to work on"


@dataclass(frozen=True, slots=True)
class Part:
    """One clause of the request and its task; none where nobody does it."""

    clause: str
    task: Summarize | FormatText | None


Sending = Handoff[Summarize] | Handoff[FormatText] | Handoff[Condense] | Handoff[Arbitrate]
Sendings = tuple[Sending, ...]


@agent(
    does="splits a request of several parts, has each part done, and answers once",
    does_not={"translates": None, "answers questions": None},
    offline="full",
    examples=[
        Example(
            "summarize in one sentence and list as bullets: The river rose. It took the bridge.",
            Coordinate(
                request="summarize in one sentence and list as bullets", text="The river rose. It took the bridge."
            ),
            answers="summarize in one sentence:\nThe river rose.\n\n"
            "list as bullets:\n- The river rose.\n- It took the bridge.",
        )
    ],
)
async def coordinate(task: Coordinate, ctx: Context) -> Answer | Refusal | Reroute | Sendings:
    """Hand out the parts; decide between two results for one part; answer with all of them, failures named."""
    parts = parts_of(task.request, task.text)
    if not any(part.task for part in parts):
        return Reroute(text=task.request)
    sendings = tuple(_sendings(parts, task))
    if not ctx.results:
        return sendings
    first, decided = ctx.results[: len(sendings)], ctx.results[len(sendings) :]
    answers, advice = first[: len(first) - _opinions(sendings)], first[len(first) - _opinions(sendings) :]
    disputes = tuple(_disputes([part for part in parts if part.task], answers, advice))
    if disputes and not decided:
        return disputes
    judged = {one.task.about: result for one, result in zip(disputes, decided, strict=True)}
    return _answer(parts, answers, judged)


def parts_of(request: str, text: str) -> list[Part]:
    """Return the clauses of a request, each with its task on `text`; the same task twice is one part."""
    clauses = [clause.strip(" .") for clause in re.split(r",|;|\band\b|\bthen\b", request)]
    parts: list[Part] = []
    for clause in filter(None, clauses):
        part = Part(clause, _task(clause.casefold(), text))
        if part.task is None or part.task not in [one.task for one in parts]:
            parts.append(part)
    return parts


def _task(clause: str, text: str) -> Summarize | FormatText | None:
    if SHORTEN.search(clause):
        found = NUMBER.search(clause)
        count = 3 if found is None else WORDS.get(found[1]) or int(found[1])
        return Summarize(text=text, sentences=max(count, 1))
    style = next((style for pattern, style in STYLES if re.search(pattern, clause)), None)
    return None if style is None else FormatText(text=text, style=style)


def _sendings(parts: list[Part], task: Coordinate) -> Iterator[Sending]:
    """Yield the parts' handoffs in order, then one to the adviser if one is wanted."""
    for part in parts:
        if isinstance(part.task, Summarize):
            yield Handoff[Summarize](task=part.task, relation=Relation.DELEGATE, reason="a part of the request")
        elif part.task is not None:
            yield Handoff[FormatText](task=part.task, relation=Relation.DELEGATE, reason="a part of the request")
    if task.second_opinion and any(isinstance(part.task, Summarize) for part in parts):
        size = max(int(len(task.text) * OPINION), 1)
        yield Handoff[Condense](
            task=Condense(text=task.text, characters=size), relation=Relation.CONSULT, reason="a second opinion"
        )


def _opinions(sendings: Sendings) -> int:
    return sum(1 for one in sendings if one.relation is Relation.CONSULT)


def _disputes(
    parts: list[Part], answers: tuple[Result, ...], advice: tuple[Result, ...]
) -> Iterator[Handoff[Arbitrate]]:
    """Yield an arbitration for each part whose result the adviser's contradicts."""
    for part, answer in zip(parts, answers, strict=True):
        both = [answer, *advice] if isinstance(part.task, Summarize) else [answer]
        candidates = [found for one in both if (found := _candidate(one)) is not None]
        if disagree([one.text for one in candidates]):
            task = Arbitrate(about=part.clause, candidates=tuple(candidates))
            yield Handoff[Arbitrate](task=task, relation=Relation.DELEGATE, reason="two results disagree")


def _candidate(result: Result) -> Candidate | None:
    outcome = result.outcome
    if not isinstance(outcome, Answer):
        return None
    return Candidate(
        entry=result.index,
        agent=result.agent,
        text=outcome.text,
        backed=len(outcome.claims),
        unbacked=len(outcome.unverified),
        adviser=result.relation is Relation.CONSULT,
    )


def _answer(parts: list[Part], answers: tuple[Result, ...], judged: Mapping[str, Result]) -> Answer | Refusal:
    """Answer with every part's result, its arbitration's where there was one, and with what was not done."""
    results = iter(answers)
    told: list[str] = []
    claims: list[Claim] = []
    for part in parts:
        if part.task is None:
            told.append(f"not done: {part.clause} (nobody here does that)")
            continue
        own = next(results)
        result = judged.get(part.clause, own)
        if isinstance(result.outcome, Answer):
            told.append(f"{part.clause}:\n{result.outcome.text}")
            claims.append(Claim(says=part.clause, evidence=str(result.index)))
        else:
            told.append(f"not done: {part.clause} ({_why(result)})")
    if not claims:
        return Refusal(reason="\n".join(told))
    return Answer(text="\n\n".join(told), claims=tuple(claims))


def _why(result: Result) -> str:
    outcome = result.outcome
    if isinstance(outcome, Failure | Refusal):
        return outcome.reason
    return f"{result.agent} gave it back"
