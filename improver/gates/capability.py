"""Capability: after the change the code can do nothing it could not do before, beyond computing.

A program is refused. A person, who may have every reason to open a socket, is asked; but a secret, a word to the
reviewer and a module that hides another are refused whoever brings them.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from improver.gate import Candidate, Example, gate
from improver.judging.gains import tally
from improver.judging.remarks import licences
from improver.judging.safeguards import decisions, guards
from improver.records import Edit, GateResult
from improver.source import Source

NOBODY_MAY = ("holds a secret", "speaks to the reviewer")
RUNNER = frozenset(
    ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage", "sitecustomize", "usercustomize")
)
_BEFORE = "def total(prices):\n    return sum(prices)\n"


@gate(
    cost=4,
    passes=Example({"pier/a.py": _BEFORE}, {"pier/a.py": _BEFORE.replace("prices", "costs")}),
    fails=Example({"pier/a.py": _BEFORE}, {"pier/a.py": _BEFORE.replace("sum(prices)", "eval(prices)")}),
)
def capability(candidate: Candidate) -> GateResult:
    """Does it gain a power?"""
    before, after, pasted = _tallies(candidate)
    gained = after - before
    told = [f"{key} ({before[key]} -> {after[key]})" for key in sorted(gained)]
    told += [f"lost {key}" for key in sorted(_lost(candidate, guards))]
    by_person = candidate.change.author == "human"
    reasons = [one for one in told if not by_person or one.startswith(NOBODY_MAY)] + sorted(_shadows(candidate))
    human = [*sorted(pasted), *sorted(_lost(candidate, decisions)), *(one for one in told if one not in reasons)]
    counts = {"before": before.total(), "after": after.total(), "gained": gained.total()}
    receipt, claim = (
        candidate.inspected(counts),
        "no new power, suppression, secret or word to the reviewer, no safeguard lost",
    )
    if reasons or not human:
        return candidate.holds(claim, receipt, reasons)
    return candidate.escalates(claim, receipt, *human)


def _tallies(candidate: Candidate) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return what all files together could do before, can do after, and which licence lines are new."""
    before, after = Counter[str](), Counter[str]()
    pasted = Counter[str]()
    for edit in candidate.change.edits:
        is_test = candidate.policy.is_test(edit.path)
        before += tally(candidate.before(edit.path), _text(edit, "before"), is_test=is_test)
        after += tally(candidate.after(edit.path), _text(edit, "after"), is_test=is_test)
        pasted += licences(_text(edit, "after"))
        pasted.subtract(licences(_text(edit, "before")))
        if edit.after and edit.path.endswith(".py") and candidate.after(edit.path) is None:
            after[f"cannot be read: {edit.path}"] += 1
    return before, after, +pasted


def _text(edit: Edit, side: str) -> str:
    file = edit.before if side == "before" else edit.after
    return file.data.decode(errors="replace") if file else ""


def _lost(candidate: Candidate, count: Callable[[Source], Counter[str]]) -> Counter[str]:
    """Return what all files together had more often before."""
    before, after = Counter[str](), Counter[str]()
    for edit in candidate.change.edits:
        if (old := candidate.before(edit.path)) is not None:
            before += count(old)
        if (new := candidate.after(edit.path)) is not None:
            after += count(new)
    return before - after


def _shadows(candidate: Candidate) -> Iterator[str]:
    """Yield each new module that would be imported instead of the standard library's or the test runner's."""
    tree = candidate.tree
    for edit in candidate.change.edits:
        if edit.before is None and edit.after is not None and edit.path.endswith(".py"):
            name = _top_module(edit.path, tree)
            if name in sys.stdlib_module_names or name in RUNNER:
                yield f"{edit.path} would be imported instead of {name}"


def _top_module(path: str, tree: Mapping[str, object]) -> str:
    """Return the outermost name under which the file could be imported: that of the first folder with no package."""
    parts = path.removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    while len(parts) > 1 and f"{'/'.join(parts[:-1])}/__init__.py" in tree:
        parts.pop()
    return parts[-1] if parts else ""
