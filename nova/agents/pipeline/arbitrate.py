"""Decide between results that disagree about one task; the rule, and why each other one lost, go on record."""

from nova.agent import Context, Example, Result, agent
from nova.arbitration import Contender, Decision, decide
from nova.contracts import Answer, Contract, Question, Refusal, Text
from nova.errors import ModelUnavailable

SYSTEM = "Two results for one task disagree. Reply with the number of the better one and nothing else, or 0 if unsure."


class Candidate(Contract):
    """One result, with what the journal knows about it."""

    entry: int
    agent: Text
    text: Text
    acceptable: bool = True
    backed: int = 0
    unbacked: int = 0
    adviser: bool = False

    def contender(self) -> Contender:
        """Return it as the rules see it."""
        known = (self.acceptable, self.backed, self.unbacked, self.adviser)
        return Contender(self.entry, self.agent, self.text, *known)


class Arbitrate(Contract):
    """Choose one of these results for a task."""

    about: Text
    candidates: tuple[Candidate, ...]

    def out_of_scope(self) -> str | None:
        """Refuse to choose among nothing."""
        return None if self.candidates else "there is nothing to choose from"


@agent(
    does="chooses between results that disagree about one task",
    does_not={"improves a result": None, "mixes results": None},
    offline="full",
    examples=[
        Example(
            "which of these two answers do we take?",
            Arbitrate(
                about="the capital",
                candidates=(
                    Candidate(entry=1, agent="atlas", text="Bern"),
                    Candidate(entry=2, agent="adviser", text="Zürich", adviser=True),
                ),
            ),
            answers="Bern",
        )
    ],
)
async def arbitrate(task: Arbitrate, ctx: Context) -> Answer | Refusal | Question:
    """Answer with the winner's text; its sources say which rule decided and what lost by which."""
    decision = decide([candidate.contender() for candidate in task.candidates])
    if decision.winner is not None:
        return _answer(task, decision.winner.entry, decision)
    beaten = {one.entry for one, _ in decision.lost}
    standing = [one for one in task.candidates if one.entry not in beaten]
    if not standing:
        return Refusal(reason=f"no result for {task.about!r} is acceptable")
    listed = "\n".join(f"{place}: {one.text}" for place, one in enumerate(standing, 1))
    picked = _picked(ctx.results, len(standing)) or await _asked(task, listed, len(standing), ctx)
    if not picked:
        return Question(text=f"undecided about {task.about}: which one?\n{listed}")
    return _answer(task, standing[picked - 1].entry, decision)


async def _asked(task: Arbitrate, listed: str, count: int, ctx: Context) -> int:
    """Return what the model chose, 0 if there is none or it is not sure."""
    try:
        return _number(await ctx.ask(SYSTEM, f"Task: {task.about}\n{listed}"), count)
    except ModelUnavailable:
        return 0


def _picked(results: tuple[Result, ...], count: int) -> int:
    """Return what the user chose last, 0 if nothing that counts."""
    said = [result.outcome for result in results if isinstance(result.outcome, Answer)]
    return _number(said[-1].text, count) if said else 0


def _number(text: str, count: int) -> int:
    number = text.strip().rstrip(".")
    return int(number) if number.isdecimal() and int(number) <= count else 0


def _answer(task: Arbitrate, entry: int, decision: Decision) -> Answer:
    rule = decision.rule if decision.winner is not None else "asked"
    reasons = {one.entry: why for one, why in decision.lost}
    winner = next(one for one in task.candidates if one.entry == entry)
    lost = [
        f"lost: entry {one.entry} by {reasons.get(one.entry, rule)}" for one in task.candidates if one is not winner
    ]
    return Answer(text=winner.text, sources=(f"entry {entry}", f"rule: {rule}", *lost))
