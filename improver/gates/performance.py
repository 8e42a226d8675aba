"""Performance: as recorded inputs grow, no touched function costs clearly more than at base, or grows faster."""

from improver.experiments import Growth
from improver.gate import Candidate, Example, gate
from improver.judging.functions import touched
from improver.judging.overlay import under_base_tests
from improver.records import GateResult, Safety
from improver.verify.scaling import exponent

CLAIM = "no touched function costs more as its recorded inputs grow"
FLAT = 256  # steps: about one for each element of the largest input; less is no growth
STEEPER = 0.3  # of the exponent, in steps: sorting once instead of looking once is 0.2
SHOWN = 5

_BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def boats(names):\n    seen = set()\n    found = []\n    for name in names:\n"
    "        if name not in seen:\n            seen.add(name)\n            found.append(name)\n    return found\n",
    "tests/test_a.py": "from pier.a import boats\n\n\n"
    "def test_boats():\n    assert boats(['gull', 'tern', 'gull']) == ['gull', 'tern']\n",
}


@gate(
    cost=105,
    passes=Example(_BASE, {"pier/a.py": "def boats(names):\n    return list(dict.fromkeys(names))\n"}),
    fails=Example(
        _BASE,
        {
            "pier/a.py": "def boats(names):\n    found = []\n    for name in names:\n"
            "        if name not in found:\n            found.append(name)\n    return found\n"
        },
    ),
)
def performance(candidate: Candidate) -> GateResult:
    """Did it get slower?"""
    if candidate.change.safety in {Safety.PROVED, Safety.CONFINED}:
        reason = f"a {candidate.change.safety.value} change is judged by its proof"
        return candidate.abstains(CLAIM, candidate.inspected({}), reason)
    functions = touched(candidate).changed
    if not functions:
        return candidate.abstains(CLAIM, candidate.inspected({}), "no function is changed that the base has too")
    recording = candidate.bench.experiments.recording()
    if recording.trouble:
        return candidate.abstains(CLAIM, candidate.inspected({}), f"no calls were recorded: {recording.trouble}")
    if not any(recording.calls.get(name) for name in functions):
        return candidate.abstains(CLAIM, candidate.inspected({}), "no call of what is changed is recorded")
    found = candidate.bench.experiments.scale(under_base_tests(candidate), functions)
    reasons = [why for one in found.grown if (why := objection(one, candidate.policy.gates.trials.growth))]
    if reasons:
        more = [f"and {len(reasons) - SHOWN} more"] if len(reasons) > SHOWN else []
        return candidate.fails(CLAIM, found.receipt, *reasons[:SHOWN], *more)
    if found.trouble or not found.grown:
        why = found.trouble or "no recorded call that can be made larger"
        return candidate.abstains(CLAIM, found.receipt, why)
    return candidate.passes(CLAIM, found.receipt, _spread(found.grown), *_unmeasured(functions, found.grown))


def objection(growth: Growth, limit: float) -> str:
    """Return why this growth refuses the candidate, "" when it does not; `limit` is the ratio at the largest input."""
    told = f"{growth.function} takes {_listed(growth.candidate)} {growth.unit} at 1, 2 and 4 times a recorded input"
    told += f", and {_listed(growth.base)} at base"
    if growth.unit != "steps":
        return f"{told}: it grows faster, measured three times"
    old, new = growth.base[-1], growth.candidate[-1]
    if new - old <= FLAT:
        return ""
    if exponent(growth.candidate) - exponent(growth.base) > STEEPER:
        return f"{told}: it grows faster"
    return f"{told}: {new / old:.2f} times as much, and {limit:g} is the limit" if new > limit * old else ""


def _listed(costs: tuple[int, ...]) -> str:
    return ", ".join(map(str, costs))


def _spread(grown: tuple[Growth, ...]) -> str:
    ratios = sorted(one.candidate[-1] / max(one.base[-1], 1) for one in grown)
    middle = ratios[len(ratios) // 2]
    inputs = f"{len(ratios)} grown input{'s' if len(ratios) > 1 else ''}"
    return f"{middle:.2f} times the steps of the base at the largest of {inputs} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def _unmeasured(functions: tuple[str, ...], grown: tuple[Growth, ...]) -> list[str]:
    missing = sorted({*functions} - {one.function for one in grown})
    return [f"{name}: no recorded call that can be made larger" for name in missing[:SHOWN]]
