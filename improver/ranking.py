"""The rule by which groups of findings are ranked, as far as it depends on numbers alone (pure)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """A group of findings as far as its rank depends on it."""

    rule: str
    path: str
    places: int
    worth: float


def in_turns(rows: Sequence[Row]) -> list[int]:
    """Return the numbers of the rows, the most valuable first, rules taking turns."""

    def standing(number: int) -> tuple[float, int, str, str]:
        row = rows[number]
        return -row.worth, -row.places, row.rule, row.path

    best_first = sorted(range(len(rows)), key=standing)
    turns: dict[str, int] = defaultdict(int)
    turn: dict[int, int] = {}
    for number in best_first:
        turn[number] = turns[rows[number].rule]
        turns[rows[number].rule] += 1
    return sorted(best_first, key=turn.__getitem__)
