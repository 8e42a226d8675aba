"""Coverage: every executable line that the change touches was executed when the suite ran on the base."""

from collections.abc import Iterable
from itertools import groupby

from improver.gate import Candidate, Example, gate
from improver.judging.exercised import Exercised, exercised
from improver.records import Edit, GateResult
from improver.source import Source

CLAIM = "the base's suite executes every touched line"

_BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea):\n    if sea is None:\n        return 0\n    return sea - 1\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n",
}


@gate(
    cost=45,
    passes=Example(
        _BASE, {"pier/a.py": "def depth(sea):\n    if sea is None:\n        return 0\n    return -1 + sea\n"}
    ),
    fails=Example(
        _BASE, {"pier/a.py": "def depth(sea):\n    if sea is None:\n        return -1\n    return sea - 1\n"}
    ),
)
def coverage(candidate: Candidate) -> GateResult:
    """Are the touched lines exercised?"""
    edits = [edit for edit in candidate.change.edits if not candidate.policy.is_test(edit.path)]
    if not edits:
        return candidate.abstains(CLAIM, candidate.inspected({}), "only tests are touched")
    touched, reasons, notes = 0, list[str](), list[str]()
    for edit in edits:
        found = _exercised(candidate, edit)
        touched += found.touched
        reasons += _reasons(edit.path, found)
        notes += [f"{edit.path}: {name} is removed, and the suite never executes its body" for name in found.unused]
    receipt = candidate.inspected({"touched": touched, "files": len(edits), "unused": len(notes)})
    if not reasons:
        return candidate.passes(
            CLAIM, receipt, *notes, *([] if touched or notes else ["no executable line is touched"])
        )
    if "coverage" in candidate.policy.gates.risk[candidate.change.safety.value].must:
        return candidate.fails(CLAIM, receipt, *reasons)
    return candidate.abstains(CLAIM, receipt, *reasons)


def _exercised(candidate: Candidate, edit: Edit) -> Exercised:
    before, after = candidate.before(edit.path), candidate.after(edit.path)
    if before is None or (after is None and edit.after is not None):
        return Exercised(unproved=["it is new, or cannot be read, so no run of the base stands for it"])
    empty = Source(edit.path, b"", before.encoding, before.bom)
    return exercised(before, after or empty, candidate.bench.baseline.lines.get(edit.path, frozenset()))


def _reasons(path: str, found: Exercised) -> list[str]:
    missed = [f"{path}: the suite never executes line {_ranges(found.missed)}"] if found.missed else []
    return missed + [f"{path}: {reason}" for reason in found.unproved]


def _ranges(lines: Iterable[int]) -> str:
    """Return line numbers as text, neighbours joined: 3-5, 9."""
    runs = [
        [line for _, line in run] for _, run in groupby(enumerate(sorted(lines)), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
