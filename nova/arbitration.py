"""Decide between results that disagree about one task, by a fixed order of rules."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contender:
    """One result for the task: what it says, and what the kernel knows about it."""

    entry: int
    agent: str
    text: str
    acceptable: bool  # fits its contract and what was asked of it
    backed: int  # claims that the journal shows
    unbacked: int  # claims that nothing shows
    adviser: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The winner, or None where no rule decides; the rule that decided, and why each other one lost."""

    winner: Contender | None
    rule: str
    lost: tuple[tuple[Contender, str], ...]


Rule = Callable[[Sequence[Contender]], list[Contender]]


def decide(contenders: Sequence[Contender]) -> Decision:
    """Return the decision of the first rule that leaves one text standing; each rule sees what the last one left."""
    standing = list(contenders)
    lost: list[tuple[Contender, str]] = []
    for name, rule in RULES:
        kept = rule(standing)
        lost += [(one, name) for one in standing if one not in kept]
        standing = kept
        if len({_plain(one.text) for one in standing}) == 1:
            return Decision(standing[0], name, tuple(lost))
    return Decision(None, "undecided" if standing else "contract", tuple(lost))


def disagree(texts: Sequence[str]) -> bool:
    """Tell whether the texts differ in more than blanks and capitals."""
    return len({_plain(text) for text in texts}) > 1


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _acceptable(standing: Sequence[Contender]) -> list[Contender]:
    return [one for one in standing if one.acceptable]


def _backed(standing: Sequence[Contender]) -> list[Contender]:
    """Keep the results without unbacked claims; among those, ones that show what they did over ones that do not."""
    clean = [one for one in standing if not one.unbacked]
    if not clean:
        return list(standing)
    return [one for one in clean if one.backed] or clean


def _owner(standing: Sequence[Contender]) -> list[Contender]:
    return [one for one in standing if not one.adviser] or list(standing)


def _agreement(standing: Sequence[Contender]) -> list[Contender]:
    """Keep the text most agents arrived at, each agent counted once, if it has more than every other."""
    votes = Counter(text for text, _ in {(_plain(one.text), one.agent) for one in standing})
    ranked = votes.most_common(2)
    if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
        return list(standing)
    return [one for one in standing if _plain(one.text) == ranked[0][0]] if ranked else []


RULES: tuple[tuple[str, Rule], ...] = (
    ("contract", _acceptable),
    ("backed", _backed),
    ("owner", _owner),
    ("agreement", _agreement),
)
