"""Apply a codemod to the findings of one group, and give the change or say why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nova.agent import Agent, Context, Example, agent
from nova.contracts import Answer, Contract, Refusal, Text


class RefactorCode(Contract):
    """Mend findings of one rule in one file; `findings` are their keys."""

    rule: Text
    path: Text
    codemod: Text  # the one that answers the rule
    findings: tuple[Text, ...]

    def out_of_scope(self) -> str | None:
        """Refuse to mend nothing."""
        return None if self.findings else "there is no finding to mend"


@dataclass(frozen=True, slots=True)
class Applied:
    """What a codemod made of findings: the draft's name, its files, and each reason why it abstained."""

    draft: str  # "" when there is no change
    files: tuple[str, ...]
    answered: int
    abstained: tuple[str, ...]


def refactor_code(apply: Callable[[str, Sequence[str]], Applied]) -> Agent:
    """Return the agent that mends by `apply`, given a codemod and keys of findings.

    It only computes: what it makes stays in memory, so that it is no tool and nothing waits for the journal.
    """

    @agent(
        does="applies the codemod that answers a rule to findings in one file",
        does_not={"ranks findings": "review_code", "adds tests": "write_tests", "judges a change": None},
        offline="full",
        examples=[
            Example(
                "mend the one lost cause in pier/a.py",
                RefactorCode(rule="explicit_cause", path="pier/a.py", codemod="explicit_cause", findings=("6d1f",)),
            )
        ],
    )
    async def refactor_code(task: RefactorCode, ctx: Context) -> Answer | Refusal:
        """Answer with the name of the draft; refuse with the reasons why the codemod abstained."""
        del ctx
        applied = apply(task.codemod, task.findings)
        if not applied.draft:
            return Refusal(reason=f"{task.codemod} abstained: {'; '.join(applied.abstained)}")
        mended = f"{applied.answered} of {len(task.findings)} findings mended in {', '.join(applied.files)}"
        return Answer(text=applied.draft, sources=(f"{task.codemod}: {mended}",))

    return refactor_code
