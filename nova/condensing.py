"""Shorten a text by choosing from its own sentences; nothing is invented."""

import re
from collections import Counter
from dataclasses import dataclass

SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
WORD = re.compile(r"\w{4,}")  # shorter words rarely carry a topic


@dataclass(frozen=True, slots=True)
class Extract:
    """Sentences chosen from a text, in their order, and the lengths before and after in characters."""

    text: str
    before: int
    after: int
    kept: int
    sentences: int

    @property
    def says(self) -> str:
        """Say how this came about."""
        return f"extract: {self.kept} of {self.sentences} sentences, {self.before} to {self.after} characters"


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, without the blanks between them."""
    return [part for part in (raw.strip() for raw in SENTENCE.split(text)) if part]


def extract(text: str, *, characters: int, sentences: int | None = None) -> Extract:
    """Return at most `sentences` sentences in at most `characters` characters: the most telling ones, in order.

    A sentence tells as much as the average of its words, a word as often as it occurs; earlier wins a tie. If not
    even one fits, the best one is cut and ends in "…".
    """
    found = sentences_of(text)
    limit = len(found) if sentences is None else sentences
    chosen: list[int] = []
    room = characters
    ranked = _ranked(found)
    for place in ranked:
        need = len(found[place]) + (1 if chosen else 0)
        if len(chosen) < limit and need <= room:
            chosen.append(place)
            room -= need
    short = " ".join(found[place] for place in sorted(chosen))
    if not chosen and ranked and characters > 0:
        short = found[ranked[0]][: characters - 1] + "…"
    return Extract(short, len(text), len(short), len(chosen), len(found))


def _ranked(found: list[str]) -> list[int]:
    words = [WORD.findall(sentence.casefold()) for sentence in found]
    often = Counter(word for sentence in words for word in sentence)
    weights = [sum(often[word] for word in sentence) / (len(sentence) or 1) for sentence in words]
    return sorted(range(len(found)), key=lambda place: (-weights[place], place))
