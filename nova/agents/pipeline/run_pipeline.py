"""Carry a checked pipeline: hand out its steps, wait for its approvals, answer with its output."""

from nova.agent import Context, Example, agent
from nova.contracts import Answer, Contract, Letter, Question, Refusal
from nova.plan import Finished, Plan, PlanStep, advance, concluded
from nova.templates import reference


class RunPipeline(Contract):
    """Run a pipeline that was checked against the agents; its inputs are in its plan."""

    plan: Plan

    def out_of_scope(self) -> str | None:
        """Refuse a pipeline without steps."""
        return None if self.plan.steps else "the pipeline has no steps"


EXAMPLE = Plan(
    name="tidy",
    inputs={"text": "Wash. Rinse."},
    steps=(
        PlanStep(id="listed", contract="FormatText@1", task={"text": reference("inputs", "text"), "style": "bullets"}),
    ),
    output=reference("steps", "listed", "text"),
)


@agent(
    does="carries the steps of a pipeline in their order, as its file says",
    does_not={"invents steps": None, "splits a request": "coordinate"},
    offline="full",
    examples=[
        Example("run the pipeline tidy on: Wash. Rinse.", RunPipeline(plan=EXAMPLE), answers="- Wash.\n- Rinse.")
    ],
)
async def run_pipeline(task: RunPipeline, ctx: Context) -> Answer | Refusal | Question | tuple[Letter, ...]:
    """Make the next move from what came of the moves before; a step that cannot be handed on ends it, by name."""
    move = advance(task.plan, ctx.results)
    if isinstance(move, Finished):
        return concluded(task.plan, move)
    if ctx.problem and isinstance(move, tuple):
        steps = ", ".join(dict.fromkeys(letter.reason for letter in move))
        return Refusal(reason=f"the pipeline {task.plan.name} stopped at {steps}: {ctx.problem}")
    return move
