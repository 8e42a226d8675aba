"""Size: one rule, and no more lines and files than a human reads with care."""

import difflib
from collections.abc import Iterator

from improver.gate import Candidate, Example, gate
from improver.records import Edit, File, GateResult

EXACT = 4000  # lines; in a longer middle, lines that recur often are not matched, since that would take minutes
WHOLE = 40000  # lines; a still longer one counts whole

_LONG = "".join(f"depth_{number} = {number}\n" for number in range(200))


@gate(
    cost=2,
    passes=Example({"pier/a.py": "depth = 1\n"}, {"pier/a.py": "depth = 2\n"}),
    fails=Example({"pier/a.py": "depth = 1\n"}, {"pier/a.py": _LONG}),
)
def size(candidate: Candidate) -> GateResult:
    """Can a human review it?"""
    limits, policy = candidate.policy.gates.limits, candidate.policy
    files = len(candidate.change.edits)
    lines = sum(changed_lines(edit) for edit in candidate.change.edits if not policy.is_test(edit.path))
    reasons = [
        f"{count} {what} are more than {most}"
        for what, count, most in (("changed lines", lines, limits.lines), ("files", files, limits.files))
        if count > most
    ]
    reasons += _rules(candidate.change.rule)
    receipt = candidate.inspected({"files": files, "lines": lines})
    return candidate.holds("one rule within the limits of policy", receipt, reasons)


def _rules(rule: str) -> Iterator[str]:
    if not rule.strip() or any(joint in rule for joint in (",", ";", "+", " and ")):
        yield f"{rule!r} is not one rule"


def changed_lines(edit: Edit) -> int:
    """Return how many lines a diff of `edit` would remove and add."""
    old, new = _lines(edit.before), _lines(edit.after)
    while old and new and old[-1] == new[-1]:
        old.pop(), new.pop()
    start = next((at for at, (left, right) in enumerate(zip(old, new, strict=False)) if left != right), None)
    start = min(len(old), len(new)) if start is None else start
    old, new = old[start:], new[start:]
    both = len(old) + len(new)
    if both > WHOLE:
        return both
    same = difflib.SequenceMatcher(None, old, new, autojunk=both > EXACT).get_matching_blocks()
    return both - 2 * sum(block.size for block in same)


def _lines(file: File | None) -> list[bytes]:
    return file.data.splitlines(keepends=True) if file else []
