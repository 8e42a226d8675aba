"""Rank groups of findings: which of them a run tries first."""

import json
from typing import Annotated

from pydantic import Field

from improver.ranking import Row, in_turns
from nova.agent import Context, Example, agent
from nova.contracts import Answer, Contract, Text


class Pile(Contract):
    """Findings of one rule in one file: how many places, and what mending them is worth."""

    rule: Text
    path: Text
    places: Annotated[int, Field(gt=0)]
    worth: float


class ReviewCode(Contract):
    """Say in which order these piles are tried."""

    piles: tuple[Pile, ...]

    def out_of_scope(self) -> str | None:
        """Refuse to rank nothing."""
        return None if self.piles else "there is nothing to rank"


@agent(
    does="ranks groups of findings, the most valuable first, rules taking turns",
    does_not={"changes code": "refactor_code", "adds tests": "write_tests", "judges a change": None},
    offline="full",
    examples=[
        Example(
            "which of these comes first?",
            ReviewCode(
                piles=(
                    Pile(rule="guard_clauses", path="pier/a.py", places=1, worth=6),
                    Pile(rule="explicit_cause", path="pier/a.py", places=1, worth=20),
                    Pile(rule="explicit_cause", path="pier/b.py", places=3, worth=20),
                )
            ),
            answers="[2, 0, 1]",
        )
    ],
)
async def review_code(task: ReviewCode, ctx: Context) -> Answer:
    """Answer with the numbers of the piles, from 0, as a JSON list in the order in which they are tried."""
    del ctx
    return Answer(text=json.dumps(in_turns([Row(one.rule, one.path, one.places, one.worth) for one in task.piles])))
