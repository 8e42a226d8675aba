"""Own one improvement run: delegate its decisions, and answer with what came of them."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import Field

from improver.crew.refactor_code import RefactorCode
from improver.crew.review_code import ReviewCode
from improver.crew.write_tests import WriteTests
from nova.agent import Agent, Context, Example, agent
from nova.contracts import Answer, Contract, Handoff, Text

Step = Answer | Handoff[ReviewCode] | Handoff[RefactorCode] | Handoff[WriteTests]


class ImproveCode(Contract):
    """Improve the code of a commit by at most so many proposals."""

    base: Text
    proposals: Annotated[int, Field(gt=0)]


def improve_code(following: Callable[[Context], Awaitable[Step]]) -> Agent:
    """Return the owner of one run, which learns its next step from `following`.

    The step comes from the loop, which judges and proposes in between: neither is ever within an agent's reach.
    """

    @agent(
        does="owns an improvement run: has findings ranked, mended and tested, and answers for what is proposed",
        does_not={
            "ranks findings": "review_code",
            "changes code": "refactor_code",
            "adds tests": "write_tests",
            "judges a change": None,
            "merges a proposal": None,
        },
        offline="full",
        examples=[Example("improve this project", ImproveCode(base="3f2c1ab", proposals=5))],
    )
    async def improve_code(
        task: ImproveCode, ctx: Context
    ) -> Answer | Handoff[ReviewCode] | Handoff[RefactorCode] | Handoff[WriteTests]:
        """Take the next step of the run."""
        del task
        return await following(ctx)

    return improve_code
