"""Canaries: known-bad changes that the gates must refuse, controls that they must not, and who caught what."""

import base64
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from improver.errors import UsageError
from improver.gate import RUNS, Candidate, Gate
from improver.policy import Policy
from improver.ports import Bench
from improver.records import EXECUTABLE, REGULAR, SYMLINK, Change, Edit, File, GateResult, Receipt, Ruling, Safety, Tree

READS = 10  # gates cheaper than this look at the change alone, however hostile its names
ALTERNATIVES = re.compile(r"\s+or\s+")
SECTION = re.compile(r"^--- (?P<old>\S+).*\n\+\+\+ (?P<new>.+)\n(?P<hunks>(?:[@ +\-\\].*\n?)*)", re.MULTILINE)
BenchFor = Callable[[Tree], Bench]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Step(_Part):
    """One operation on the tree; only the fields of its `op` are read."""

    op: Literal["replace", "write", "append", "symlink", "raw_patch", "write_b64", "chmod", "meta"]
    path: str = ""
    old: str = ""
    new: str = ""
    content: str = ""
    target: str = ""
    b64: str = ""
    mode: str = ""
    title: str = ""
    rationale: str = ""


class Entry(_Part):
    """One change and the verdict it must get. `pending` names the gate it waits for, or says what is missing."""

    id: str
    title: str
    expected: Literal["reject", "escalate", "pass"]
    category: str = ""
    kind: Literal["patch", "process"] = "patch"
    severity: str = ""
    build: tuple[Step, ...] = ()
    scenario: tuple[str, ...] = ()
    gate: str = ""
    backup_gates: tuple[str, ...] = ()
    detect: str = ""
    note: str = ""
    safety: Annotated[Safety | None, Field(strict=False)] = None
    pending: str = ""


class Corpus(_Part):
    """A base project, known-bad changes of it, and controls."""

    version: Annotated[int, Field(ge=1, le=1)]
    about: str
    base_project: dict[str, str]
    controls: tuple[Entry, ...]
    attacks: tuple[Entry, ...]
    gates: dict[str, str] = {}

    @property
    def tree(self) -> dict[str, File]:
        """Return the base project as a tree."""
        return {path: File(text.encode()) for path, text in self.base_project.items()}


@dataclass(frozen=True, slots=True)
class Asking:
    """Which gates are switched off, and whether all others are asked even after one has refused."""

    without: Collection[str] = ()
    every: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One entry and what the gates said. A gate that broke has its error in `broken` and said nothing."""

    entry: Entry
    results: tuple[GateResult, ...] = ()
    broken: tuple[str, ...] = ()
    declared: frozenset[str] = frozenset()  # gates of the entry that were asked

    def by(self, ruling: Ruling) -> tuple[str, ...]:
        """Return the gates that ruled so, in the order they were asked."""
        return tuple(result.gate for result in self.results if result.ruling is ruling)

    @property
    def catching(self) -> tuple[str, ...]:
        """Return the gates that refused or left it to a human, the first one's kind first."""
        return (*self.by(Ruling.FAIL), *self.by(Ruling.ESCALATE))

    @property
    def first(self) -> str:
        """Return the first gate that refused, "" when none did."""
        return next(iter(self.by(Ruling.FAIL)), "")

    @property
    def outcome(self) -> str:
        """Return what became of the change: reject, escalate or pass."""
        if self.first:
            return "reject"
        return "escalate" if self.by(Ruling.ESCALATE) else "pass"

    @property
    def status(self) -> str:
        """Return refused, escalated, accepted or pending for an attack, passed or blocked for a control."""
        if self.entry.expected == "pass":
            return "passed" if self.outcome == "pass" and not self.broken else "blocked"
        if self.outcome != "pass":
            return "refused" if self.outcome == "reject" else "escalated"
        waits = self.entry.pending or self.entry.kind == "process" or not self.declared
        return "pending" if waits and not self.broken else "accepted"

    @property
    def is_only_asked(self) -> bool:
        """Tell whether a human is asked about what should be refused outright."""
        return self.status == "escalated" and self.entry.expected == "reject"

    @property
    def missed(self) -> tuple[str, ...]:
        """Return the declared gates and backups, each with its alternatives, that all ruled and none refused."""
        ruled = {result.gate for result in self.results if result.ruling is not Ruling.ABSTAIN}
        caught = {*self.by(Ruling.FAIL), *self.by(Ruling.ESCALATE)}
        claims = [self.entry.gate, *self.entry.backup_gates] if self.entry.expected != "pass" else []
        return tuple(claim for claim in claims if (names := _names(claim)) and names <= ruled and not names & caught)


def read(text: str, name: str) -> Corpus:
    """Read a corpus from YAML; raise UsageError that says what is wrong with which entry."""
    try:
        corpus = Corpus.model_validate(yaml.safe_load(text), strict=False)
    except (yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"{name} is no corpus", why=str(error).replace("\n", " "), fix="mend the entry") from error
    ids = [entry.id for entry in (*corpus.controls, *corpus.attacks)]
    if len(set(ids)) < len(ids):
        raise UsageError(f"{name} uses an id twice", fix="give each entry an id of its own")
    return corpus


def change_of(entry: Entry, base: Tree, policy: Policy) -> Change:
    """Return the change that `entry` describes; without a declared safety it is a refactoring or a new test."""
    tree, title, why = dict(base), entry.title, "a canary"
    for step in entry.build:
        if step.op == "meta":
            title, why = step.title or title, step.rationale or why
        else:
            _apply(step, tree, entry.id)
    touched = sorted(path for path in {*base, *tree} if base.get(path) != tree.get(path))
    edits = tuple(Edit(path, base.get(path), tree.get(path)) for path in touched)
    only_tests = bool(touched) and all(map(policy.is_test, touched))
    safety = entry.safety or (Safety.NEW_TEST if only_tests else Safety.COVERED)
    return Change(f"canary-{entry.id}", safety, edits, title, why, author="model")


def _apply(step: Step, tree: dict[str, File], where: str) -> None:
    old = tree.get(step.path, File(b""))
    match step.op:
        case "replace":
            if step.old.encode() not in old.data:
                raise UsageError(f"{step.path} does not hold the text to replace", where=where, fix="correct `old`")
            tree[step.path] = File(old.data.replace(step.old.encode(), step.new.encode(), 1), old.mode)
        case "write":
            tree[step.path] = File(step.content.encode(), old.mode)
        case "append":
            tree[step.path] = File(old.data + step.content.encode(), old.mode)
        case "symlink":
            tree[step.path] = File(step.target.encode(), SYMLINK)
        case "write_b64":
            tree[step.path] = File(base64.b64decode(step.b64), old.mode)
        case "chmod":
            tree[step.path] = File(old.data, EXECUTABLE if int(step.mode, 8) & 0o111 else REGULAR)
        case _:
            _patch(step.content, tree, where)


def _patch(text: str, tree: dict[str, File], where: str) -> None:
    """Lay a unified diff over `tree`; only the lines it adds to new files are understood."""
    sections = list(SECTION.finditer(text))
    if not sections or any(section["old"] != "/dev/null" for section in sections):
        raise UsageError("a raw patch makes new files only", where=where, fix="use `replace` for existing files")
    for section in sections:
        added = [line[1:] for line in section["hunks"].splitlines(keepends=True) if line.startswith("+")]
        tree[section["new"].strip().removeprefix("b/")] = File("".join(added).encode())


DEFAULT = Asking()


def judge(
    corpus: Corpus, gates: Sequence[Gate], policy: Policy, bench_for: BenchFor, asking: Asking = DEFAULT
) -> list[Record]:
    """Put every entry through the `gates` that are asked; one bench serves all, since the base is the same."""
    base = corpus.tree
    bench = bench_for(base)
    place = {name: at for at, name in enumerate(policy.gates.order)}
    asked = sorted(
        (gate for gate in gates if gate.name not in asking.without),
        key=lambda gate: (place.get(gate.name, len(place)), gate.cost),
    )
    records = []
    for entry in (*corpus.controls, *corpus.attacks):
        if entry.kind == "process":
            records.append(Record(entry))
        else:
            candidate = Candidate(base, change_of(entry, base, policy), policy, bench)
            records.append(_judged(entry, candidate, asked, every=asking.every))
    return records


def _judged(entry: Entry, candidate: Candidate, gates: Sequence[Gate], *, every: bool) -> Record:
    results: list[GateResult] = []
    broken: list[str] = []
    for gate in gates:
        refused = {result.gate for result in results if result.ruling is Ruling.FAIL}
        if (refused and gate.cost >= RUNS and not every) or ("intake" in refused and gate.cost >= READS):
            continue
        try:
            results.append(gate(candidate))
        except Exception as error:  # noqa: BLE001 - a gate that breaks has caught nothing, and the rest must go on
            broken.append(f"{gate.name}: {type(error).__name__}: {error}")
            results.append(GateResult(gate.name, gate.question, Ruling.ABSTAIN, Receipt((gate.name,)), (broken[-1],)))
    ruled = {result.gate for result in results if result.ruling is not Ruling.ABSTAIN}
    return Record(entry, tuple(results), tuple(broken), _names(entry.gate) & ruled)


def _names(claim: str) -> frozenset[str]:
    """Return the gates of which one must catch an entry; "a or b" names two."""
    return frozenset(ALTERNATIVES.split(claim)) - {""}


def counts(records: Sequence[Record]) -> dict[str, int]:
    """Return how many records have each status, and how many saw a gate break."""
    statuses = ("refused", "escalated", "accepted", "pending", "passed", "blocked")
    found = {status: sum(record.status == status for record in records) for status in statuses}
    return {**found, "broken": sum(bool(record.broken) for record in records)}


def holds(records: Sequence[Record]) -> bool:
    """Tell whether no attack was accepted, no control blocked and no gate broke."""
    found = counts(records)
    return not (found["accepted"] or found["blocked"] or found["broken"])
