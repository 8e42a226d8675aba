"""Proof: the new code is the same program as the old, or differs in the one declared observable and in nothing else.

What claims less is put to the test: both versions are called with the same inputs, and a counterexample refuses it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from improver.gate import Candidate, Example, gate
from improver.judging.cause import without_added_causes
from improver.judging.closing import without_added_with
from improver.judging.functions import Touched, only_binds, touched
from improver.judging.normal import Undo, compared, rendered, syntax_form
from improver.judging.overlay import under_base_tests
from improver.judging.questions import MODULE
from improver.judging.unreachable import without_removed
from improver.judging.unread import reader_of, words_alone
from improver.records import Edit, GateResult, Receipt, Safety
from improver.source import Source

OBSERVABLES: Mapping[str, Undo] = {
    "exception cause": without_added_causes,
    "file closing time": without_added_with,
}

_BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea: int) -> int:\n    return sea - 1\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n",
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """How one edit compared: the digest of both forms, why they are not equal ("" when they are), what aside."""

    digest: str
    reason: str = ""
    dropped: int = 0  # clauses that could never run and are gone


@gate(
    cost=60,
    passes=Example(_BASE, {"pier/a.py": "def depth(sea: int) -> int:\n    return -1 + sea\n"}),
    fails=Example(_BASE, {"pier/a.py": "def depth(sea: int) -> int:\n    return abs(sea) - 1\n"}),
)
def proof(candidate: Candidate) -> GateResult:
    """Is behaviour provably the same?"""
    change = candidate.change
    undo = OBSERVABLES.get(change.observable) if change.safety is Safety.CONFINED else None
    seen = [_seen(candidate, edit, undo) for edit in change.edits]
    receipt = _receipt(candidate, seen)
    reasons = [item.reason for item in seen if item.reason]
    if change.safety is Safety.CONFINED:
        claim = f"the code differs only in the {change.observable}"
        if undo is None:
            return candidate.fails(claim, receipt, f"no proof is known for the observable {change.observable!r}")
        return candidate.holds(claim, receipt, reasons)
    claim = "the code before and after is the same program"
    if any(item.dropped for item in seen):
        claim += ", clauses that can never run aside"
    if change.safety is Safety.PROVED or not reasons:
        return candidate.holds(claim, receipt, reasons)
    return _in_words(candidate, receipt) or _replayed(candidate)


def _in_words(candidate: Candidate, receipt: Receipt) -> GateResult | None:
    """Rule on a change of docstrings and annotations alone, None when it is more than that."""
    kinds, readers = set[str](), list[str]()
    for edit in candidate.change.edits:
        before, after = candidate.before(edit.path), candidate.after(edit.path)
        found = words_alone(before, after) if before and after else ()
        same_mode = edit.before and edit.after and edit.before.mode == edit.after.mode
        if not before or not after or not same_mode or not (found or compared(before, after).equal):
            return None
        kinds |= {*found}
        readers += filter(None, [reader_of(found, before, after, candidate.base)])
    claim = f"the code before and after is the same program, {' and '.join(sorted(kinds))} aside, which nothing reads"
    return candidate.abstains(claim, receipt, *readers) if readers else candidate.passes(claim, receipt)


# --- by running both ----------------------------------------------------------------------------------------------


def _replayed(candidate: Candidate) -> GateResult:
    """Compare what the touched functions do on recorded and generated inputs."""
    claim = "old and new code do the same with the same inputs"
    found = touched(candidate)
    names = (*found.changed, *(f"{path}::{MODULE}" for path in found.module_level))
    gaps = [*_gaps(candidate, found)]
    if not names:
        return candidate.abstains(
            claim, candidate.inspected({}), *(gaps or ["no code of the product has two versions"])
        )
    comparison = candidate.bench.experiments.compare(under_base_tests(candidate), names)
    gaps += [f"{name}: no input was found that decides" for name in names if not comparison.equal.get(name)]
    if comparison.trouble:
        return candidate.abstains(claim, comparison.receipt, comparison.trouble)
    if candidate.change.safety is Safety.BEHAVIOUR_CHANGE:
        said = comparison.differences or ("no input was found on which the new behaviour differs from the old",)
        return candidate.abstains(claim, comparison.receipt, *said)
    if comparison.differences:
        return candidate.fails(claim, comparison.receipt, *comparison.differences)
    undecided = [f"{count} inputs decide nothing: {why}" for why, count in sorted(comparison.undecided.items())]
    if gaps:
        return candidate.abstains(claim, comparison.receipt, *gaps, *undecided)
    return candidate.passes(_told(comparison.receipt), comparison.receipt, *undecided)


def _gaps(candidate: Candidate, found: Touched) -> Iterator[str]:
    """Yield what of the change no comparison of calls can judge."""
    for edit in candidate.change.edits:
        before, after = candidate.before(edit.path), candidate.after(edit.path)
        if candidate.policy.is_test(edit.path):
            continue
        if before is None or after is None:
            yield f"{edit.path}: there is no Python file before and after to compare"
        elif edit.before and edit.after and edit.before.mode != edit.after.mode:
            yield f"{edit.path}: its mode changes"
        elif not only_binds(before, after):
            yield f"{edit.path}: code that runs on import differs in more than imports and constants"
    for name in found.removed:
        if not any(part.startswith("_") and not part.endswith("__") for part in name.partition("::")[2].split(".")):
            yield f"{name} is gone, so that nothing can be compared with it"


def _told(receipt: Receipt) -> str:
    kinds = ("recorded", "generated", "varied", "constants")
    counts = [f"{receipt.counts[kind]} {kind}" for kind in kinds if receipt.counts.get(kind)]
    return f"{' and '.join(counts)} inputs gave the same value, exception, mutation, output and effects on both sides"


def _receipt(candidate: Candidate, seen: list[_Seen]) -> Receipt:
    whole = hashlib.sha256("\n".join(item.digest for item in seen).encode()).hexdigest()
    counts = {"files": len(seen), "equal": sum(not item.reason for item in seen)}
    if dropped := sum(item.dropped for item in seen):
        counts["unreachable_clauses"] = dropped
    return Receipt((candidate.gate,), counts=counts, digest=whole)


def _seen(candidate: Candidate, edit: Edit, undo: Undo | None) -> _Seen:
    before, after = candidate.before(edit.path), candidate.after(edit.path)
    if edit.before is None or edit.after is None:
        return _Seen("", f"{edit.path}: a whole file is added or removed")
    if edit.before.mode != edit.after.mode:
        return _Seen("", f"{edit.path}: its mode changes")
    if before is None or after is None:
        return _Seen("", f"{edit.path}: not Python that can be read, so nothing is proved about it")
    if undo is None:
        forms = compared(before, after)
        return _Seen(forms.digest) if forms.equal else _but_for_clauses(candidate, before, after)
    return _confined(before, after, undo)


def _but_for_clauses(candidate: Candidate, before: Source, after: Source) -> _Seen:
    """Compare once more without the clauses of the base that can never run and that the change removed."""
    left = without_removed(before, after, candidate.base)
    forms = compared(left.source if left else before, after)
    if left is None or not forms.equal:
        return _Seen(forms.digest, f"{after.path}: it is not the same program")
    ran = left.lines & candidate.bench.baseline.lines.get(after.path, frozenset())
    reason = f"{after.path}: line {min(ran)} was taken for unreachable, but the base's suite ran it" if ran else ""
    return _Seen(forms.digest, reason, left.clauses)


def _confined(before: Source, after: Source, undo: Undo) -> _Seen:
    undone = undo(before, after)
    if isinstance(undone, str):
        return _Seen("", f"{after.path}: {undone}")
    old, new = syntax_form(before), rendered(undone)
    digest = hashlib.sha256(f"{old}\0{new}".encode()).hexdigest()
    return _Seen(digest, "" if old == new else f"{after.path}: more than that differs")
