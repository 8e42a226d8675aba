"""Put a candidate through the gates in the policy's order, cheapest first; nothing but an explicit pass is a pass."""

import difflib
from collections.abc import Callable, Iterator, Sequence

from improver.errors import PolicyError
from improver.gate import Candidate, Gate
from improver.policy import Policy
from improver.records import GateResult, Receipt, Ruling


def ordered(gates: Sequence[Gate], policy: Policy) -> list[Gate]:
    """Return the gates in the policy's order; one the policy does not name comes last, never skipped."""
    known = {gate.name: gate for gate in gates}
    named = {*policy.gates.order, *(name for risk in policy.gates.risk.values() for name in risk.must)}
    for name in sorted(named - known.keys()):
        close = difflib.get_close_matches(name, known, n=1)
        fix = f"did you mean {close[0]!r}?" if close else f"the gates are {', '.join(sorted(known))}"
        raise PolicyError(f"unknown gate {name!r}", where="policies/gates.yaml", fix=fix)
    first = [known[name] for name in policy.gates.order]
    rest = sorted((gate for gate in gates if gate.name not in policy.gates.order), key=lambda gate: gate.cost)
    return first + rest


def judge(gates: Sequence[Gate], candidate: Candidate) -> Iterator[GateResult]:
    """Yield each gate's result; stop after the first failure, since one suffices to refuse."""
    for gate in gates:
        result = _explicit(gate, candidate)
        yield result
        if result.ruling is Ruling.FAIL:
            return


def judge_in_time(
    gates: Sequence[Gate], candidate: Candidate, late: Callable[[], bool]
) -> tuple[GateResult, ...] | None:
    """Return each gate's result up to the first failure, None when it is `late` before that or before the last gate."""
    results: list[GateResult] = []
    for gate in gates:
        if late():
            return None
        results += judge((gate,), candidate)
        if results[-1].ruling is Ruling.FAIL:
            break
    return tuple(results)


def _explicit(gate: Gate, candidate: Candidate) -> GateResult:
    """Run one gate; a gate that breaks has not passed."""
    try:
        result: object = gate(candidate)
    except Exception as error:  # noqa: BLE001 - a broken gate must refuse the candidate, whatever broke it
        reason = f"the gate itself broke: {type(error).__name__}: {error}"
        return GateResult(gate.name, gate.question, Ruling.FAIL, Receipt((gate.name,)), (reason,))
    if not isinstance(result, GateResult):
        reason = f"the gate returned {type(result).__name__}, not a ruling"
        return GateResult(gate.name, gate.question, Ruling.FAIL, Receipt((gate.name,)), (reason,))
    return result
