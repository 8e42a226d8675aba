"""Coverage: every executable line that the change touches was executed when the suite ran on the base.

Lines of a new function did not exist then. Where a change brings one, the base's suite is run on the candidate with
lines recorded: there every test fares as at base, and every new line, and every line of a new function, is executed.
The recorder runs in the candidate's process. A report nobody else can write, but what leads to the recorder could
make it tell of lines that never ran: the running recorder is not handed out, `capability` refuses code that newly names
coverage, a trace function or a module by a computed name, and none of it is a proof against code of the base that
already does. What does not hang on it is judged by the base's lines alone: all that is replaced or removed ran there,
and so did a part of every function in which something new stands, such as the call.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from improver.gate import Candidate, Example, gate
from improver.judging.exercised import Exercised, exercised
from improver.judging.overlay import under_base_tests
from improver.records import Edit, GateResult
from improver.source import Source
from improver.verify.faring import strayed

CLAIM = "the base's suite executes every touched line"
NEW_CLAIM = f"{CLAIM}, and on the candidate every new one"

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
    found = {edit.path: _exercised(candidate, edit) for edit in edits}
    reasons = _reasons(found)
    if reasons or not any(one.fresh for one in found.values()):
        return _ruled(candidate, found, reasons)
    run = candidate.bench.suite(under_base_tests(candidate), (), cover=True)
    if reasons := [f"run on the candidate: {reason}" for reason in strayed(candidate.bench.baseline, run)]:
        return _ruled(candidate, found, reasons)
    found = {edit.path: _exercised(candidate, edit, run.lines.get(edit.path, frozenset())) for edit in edits}
    return _ruled(candidate, found, _reasons(found))


def _ruled(candidate: Candidate, found: Mapping[str, Exercised], reasons: list[str]) -> GateResult:
    touched, fresh = sum(one.touched for one in found.values()), sum(len(one.fresh) for one in found.values())
    notes = [
        f"{path}: {name} is removed, and the suite never executes its body"
        for path, one in found.items()
        for name in one.unused
    ]
    counts = {"touched": touched, "files": len(found), "unused": len(notes)} | (
        {"new functions": fresh} if fresh else {}
    )
    receipt, claim = candidate.inspected(counts), NEW_CLAIM if fresh else CLAIM
    if not reasons:
        return candidate.passes(
            claim, receipt, *notes, *([] if touched or notes else ["no executable line is touched"])
        )
    if "coverage" in candidate.policy.gates.risk[candidate.change.safety.value].must:
        return candidate.fails(claim, receipt, *reasons)
    return candidate.abstains(claim, receipt, *reasons)


def _exercised(candidate: Candidate, edit: Edit, now: frozenset[int] | None = None) -> Exercised:
    before, after = candidate.before(edit.path), candidate.after(edit.path)
    if before is None or (after is None and edit.after is not None):
        return Exercised(unproved=["it is new, or cannot be read, so no run of the base stands for it"])
    empty = Source(edit.path, b"", before.encoding, before.bom)
    return exercised(before, after or empty, candidate.bench.baseline.lines.get(edit.path, frozenset()), now)


def _reasons(found: Mapping[str, Exercised]) -> list[str]:
    return [f"{path}: {reason}" for path, one in found.items() for reason in _reasons_in(one)]


def _reasons_in(found: Exercised) -> Iterator[str]:
    if found.missed:
        yield f"the suite never executes line {_ranges(found.missed)}"
    if found.idle:
        yield f"run on the candidate, the suite never executes its line {_ranges(found.idle)}"
    yield from found.unproved


def _ranges(lines: Iterable[int]) -> str:
    """Return line numbers as text, neighbours joined: 3-5, 9."""
    runs = [
        [line for _, line in run] for _, run in groupby(enumerate(sorted(lines)), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
