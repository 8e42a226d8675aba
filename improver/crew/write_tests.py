"""Ask the test writer for tests of one file that notice what no test notices."""

from typing import Annotated

from pydantic import Field

from nova.agent import Context, Example, Needs, agent
from nova.contracts import Answer, Claim, Contract, Refusal, Text


class WriteTests(Contract):
    """Write tests for the functions of one file; at most `limit` small faults are tried on it."""

    path: Text
    limit: Annotated[int, Field(gt=0)]


class Written(Contract):
    """What the tool `write_tests_for` returns: the draft's name and how much it holds, or why there is none."""

    draft: str  # "" when there is none
    tests: Annotated[int, Field(ge=0)] = 0
    faults: Annotated[int, Field(ge=0)] = 0  # that only the new tests notice
    living: Annotated[int, Field(ge=0)] = 0  # that no test noticed before
    withheld: Annotated[int, Field(ge=0)] = 0  # tests that are hard to read, or show too little
    notes: Annotated[int, Field(ge=0)] = 0  # what looks wrong, and only a human can judge


@agent(
    does="has tests written for one file that notice faults which no test notices",
    does_not={"ranks findings": "review_code", "changes product code": "refactor_code", "judges a change": None},
    offline="full",
    needs=Needs(tools=("write_tests_for",)),
    examples=[Example("which faults in pier/a.py go unnoticed?", WriteTests(path="pier/a.py", limit=40))],
)
async def write_tests(task: WriteTests, ctx: Context) -> Answer | Refusal:
    """Answer with the name of the draft; refuse where no test can be shown to be of use."""
    asked = {"path": task.path, "limit": str(task.limit)}
    written = Written.model_validate_json(await ctx.use("write_tests_for", asked))
    if not written.draft:
        hard = f"; {written.withheld} would be hard to read" if written.withheld else ""
        why = f"{written.living} faults live, and no test can be shown to notice one{hard}"
        return Refusal(reason=f"{task.path}: {why}")
    claim = f"{written.faults} of {written.living} faults in {task.path} are noticed by new tests: {written.tests}"
    return Answer(text=written.draft, claims=(Claim(says=claim, evidence=ctx.receipts[-1]),))
