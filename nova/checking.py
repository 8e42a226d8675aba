"""Check what may be asked and what is said: borders of an agent, acceptance of an answer, evidence of a claim."""

import functools
import re
from collections.abc import Container, Mapping

from nova.contracts import Acceptance, Answer, Claim

CLAUSE = re.compile(r"[,;.!?]|\b(?:and|then)\b")
POLITE = re.compile(r"^(?:please|kindly|now|also|could you|can you|would you|will you|i want you to|you should|\s)+")
WORD = re.compile(r"\w+")
INSTRUCTION = 200  # characters; an instruction is short, and what is longer is material
ENDINGS = ("ing", "es", "ed", "s", "e")
SHORTEST = 3  # letters a stem keeps


def forbidden(asked: str, does_not: Mapping[str, str | None]) -> tuple[str, str | None] | None:
    """Return the act an agent leaves alone that `asked` calls for, with its better owner, or None.

    Only the instruction counts, which is what precedes a colon or the first line break: what follows is
    material. An act is called for where a clause begins with its verb and has its other words.
    """
    for opening, words in _called(asked[:INSTRUCTION].lstrip().partition("\n")[0].partition(":")[0]):
        for act, owner in does_not.items():
            verb, others = _act(act)
            if opening == verb and others <= words:
                return act, owner
    return None


@functools.lru_cache(maxsize=1024)
def _called(instruction: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return each clause's first stem and all its stems; agents give the same reasons again and again."""
    spoken = [POLITE.sub("", clause.strip()) for clause in CLAUSE.split(instruction.casefold())]
    stems = [[_stem(word) for word in WORD.findall(clause)] for clause in spoken]
    return tuple((words[0] if words else "", frozenset(words)) for words in stems)


@functools.cache
def _act(act: str) -> tuple[str, frozenset[str]]:
    """Return the verb of a card's act and its other words; cards are few and never change."""
    verb, *others = [_stem(word) for word in WORD.findall(act.casefold())] or [""]
    return verb, frozenset(others)


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word.removesuffix(ending)
    return word


def unacceptable(answer: Answer, acceptance: Acceptance) -> str:
    """Return why the answer is not what was asked for, "" when it is."""
    if acceptance.at_most is not None and len(answer.text) > acceptance.at_most:
        return f"the answer has {len(answer.text)} characters, and at most {acceptance.at_most} were asked for"
    missing = [word for word in acceptance.mentions if word.casefold() not in answer.text.casefold()]
    return f"the answer does not mention {', '.join(map(repr, missing))}" if missing else ""


def unbacked(answer: Answer, evidence: Container[str]) -> tuple[Claim, ...]:
    """Return the claims whose evidence is not on record."""
    return tuple(claim for claim in answer.claims if claim.evidence not in evidence)


def told_unverified(answer: Answer, claims: tuple[Claim, ...]) -> Answer:
    """Return the answer with these claims shown as unverified, in its text and its fields."""
    lines = "\n".join(f"unverified: {claim.says}" for claim in claims)
    return Answer(
        text=f"{answer.text}\n\n{lines}",
        claims=tuple(claim for claim in answer.claims if claim not in claims),
        sources=answer.sources,
        unverified=(*answer.unverified, *claims),
    )
