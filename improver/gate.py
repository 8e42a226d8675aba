"""What a gate is: a function that answers one question about a candidate, with a tree it passes and one it fails."""

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from improver.policy import Policy
from improver.ports import Bench
from improver.records import Change, Edit, File, GateResult, Receipt, Ruling, Safety, Tree
from improver.source import Source

RUNS = 50  # a gate of this cost or more runs the project's code; below it only coverage, where a function is new


@dataclass(frozen=True)
class Candidate:
    """A change laid over its base tree, under the base commit's policy, with the bench its gates run on."""

    base: Tree
    change: Change
    policy: Policy
    bench: Bench
    gate: str = ""  # the gate that looks at it, for its results

    @functools.cached_property
    def tree(self) -> Tree:
        """Return the whole candidate tree."""
        return self.change.applied(self.base)

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the Python files that exist after the change."""
        return tuple(e.path for e in self.change.edits if e.after is not None and e.path.endswith(".py"))

    def before(self, path: str) -> Source | None:
        """Return a touched file as it was, None when absent or unreadable."""
        return _readable(path, self.base.get(path))

    def after(self, path: str) -> Source | None:
        """Return a touched file as it would be, None when absent or unreadable."""
        return _readable(path, self.tree.get(path))

    def inspected(self, counts: Mapping[str, int]) -> Receipt:
        """Return the receipt of a check made in process: what was counted, and the SHA-256 of what was read."""
        read = "".join(f"{edit.path}\0{_name(edit.before)}\0{_name(edit.after)}\n" for edit in self.change.edits)
        digest = hashlib.sha256(f"{self.policy.digest}\n{read}".encode(errors="surrogatepass")).hexdigest()
        return Receipt((self.gate,), counts=counts, digest=digest)

    def passes(self, claim: str, receipt: Receipt, *notes: str) -> GateResult:
        """Rule that the claim holds."""
        return GateResult(self.gate, claim, Ruling.PASS, receipt, notes)

    def fails(self, claim: str, receipt: Receipt, *reasons: str) -> GateResult:
        """Rule that the claim does not hold, saying why."""
        return GateResult(self.gate, claim, Ruling.FAIL, receipt, reasons)

    def abstains(self, claim: str, receipt: Receipt, *reasons: str) -> GateResult:
        """Rule nothing: the question cannot be answered here; it is printed under Not checked."""
        return GateResult(self.gate, claim, Ruling.ABSTAIN, receipt, reasons)

    def escalates(self, claim: str, receipt: Receipt, *reasons: str) -> GateResult:
        """Leave the question to a human, in the first line of the proposal."""
        return GateResult(self.gate, claim, Ruling.ESCALATE, receipt, reasons)

    def holds(self, claim: str, receipt: Receipt, reasons: list[str]) -> GateResult:
        """Pass when there are no `reasons` against the claim, else fail with them."""
        return self.fails(claim, receipt, *reasons) if reasons else self.passes(claim, receipt)


def _name(file: File | None) -> str:
    return f"{file.mode} {file.digest}" if file else ""


def _readable(path: str, file: File | None) -> Source | None:
    if file is None or not path.endswith(".py"):
        return None
    source = Source.read(path, file.data)
    return source if isinstance(source, Source) else None


@dataclass(frozen=True, slots=True)
class Example:
    """A base tree and what changes in it; text by path, None deletes. `suite` fakes no run: it is a real one."""

    base: Mapping[str, str]
    after: Mapping[str, str | None]
    safety: Safety = Safety.COVERED
    rule: str = "example"
    observable: str = ""
    title: str = "an example"
    modes: Mapping[str, str] = field(default_factory=dict)

    def change(self) -> Change:
        """Return the change as a record."""
        edits = tuple(
            Edit(path, _file(self.base.get(path), None), _file(text, self.modes.get(path)))
            for path, text in sorted(self.after.items())
        )
        return Change(self.rule, self.safety, edits, self.title, "it shows what the gate does", self.observable)

    def tree(self) -> dict[str, File]:
        """Return the base tree."""
        return {path: File(text.encode()) for path, text in self.base.items()}


def _file(text: str | None, mode: str | None) -> File | None:
    if text is None:
        return None
    return File(text.encode()) if mode is None else File(text.encode(), mode)


@dataclass(frozen=True, slots=True)
class Gate:
    """One question. `cost` orders gates, cheapest first; `passes` and `fails` prove that it can do both."""

    name: str
    question: str
    cost: int
    passes: Example
    fails: Example
    body: Callable[[Candidate], GateResult]

    def __call__(self, candidate: Candidate) -> GateResult:
        """Judge `candidate`."""
        view = Candidate(candidate.base, candidate.change, candidate.policy, candidate.bench, self.name)
        return self.body(view)


def gate(*, cost: int, passes: Example, fails: Example) -> Callable[[Callable[[Candidate], GateResult]], Gate]:
    """Make the decorated function a Gate named like it; its docstring's first line is the question."""

    def build(body: Callable[[Candidate], GateResult]) -> Gate:
        question = (body.__doc__ or "").strip().split("\n")[0]
        return Gate(body.__name__, question, cost, passes, fails, body)

    return build
