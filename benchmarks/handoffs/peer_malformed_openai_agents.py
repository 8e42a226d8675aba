"""What the OpenAI Agents SDK makes of malformed handoffs: handoff() with an input type, as it documents."""

from typing import Any

from agents import Agent, Model, ModelResponse, RunConfig, Runner, Usage, handoff
from agents.testing import assistant_message, function_call
from pydantic import BaseModel

from benchmarks.handoffs.cases import RIGHT, Record, tried


class Order(BaseModel):
    """What the storage is given."""

    part: str
    boxes: int


class Scripted(Model):
    """A model behind the SDK's own interface."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def get_response(self, *_: Any, **given: Any) -> ModelResponse:
        """Write the handoff, or be the storage."""
        record = self._record
        if given["system_instructions"] == "storage":
            record.call()
            said = function_call("transfer_to_clerk", RIGHT, call_id=f"call-{record.calls}")
            return _response(said if record.case == "loop" else assistant_message("stored"))
        outputs = [str(one["output"]) for one in given["input"] if one.get("type") == "function_call_output"]
        failed = [one for one in outputs if "assistant" not in one]
        receiver, arguments = record.write(failed[-1] if failed else "")
        if not receiver:
            return _response(assistant_message(""))
        return _response(function_call(f"transfer_to_{receiver}", arguments, call_id=f"call-{record.calls}"))

    def stream_response(self, *_: Any, **__: Any) -> Any:
        """Be unused."""
        raise NotImplementedError


def _response(said: Any) -> ModelResponse:
    return ModelResponse(output=[said], usage=Usage(), response_id=None)


async def carry(record: Record) -> str:
    """Carry one case and return the final output."""

    async def received(_: Any, order: Order) -> None:
        if record.case != "loop":
            record.receive(order.part, order.boxes)

    model = Scripted(record)
    storage = Agent(name="storage", instructions="storage", model=model)
    clerk = Agent(
        name="clerk",
        instructions="clerk",
        model=model,
        handoffs=[handoff(storage, on_handoff=received, input_type=Order)],
    )
    storage.handoffs.append(handoff(clerk, on_handoff=received, input_type=Order))
    ended = await Runner.run(clerk, "store this order", run_config=RunConfig(tracing_disabled=True))
    return str(ended.final_output)


if __name__ == "__main__":
    tried(carry)
