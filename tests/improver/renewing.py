"""Stand-ins for a run in memory: a codemod that renews old words, gates to order, a forge and a repository."""

import ast
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from improver.codemod import Abstain, Codemod, Rewrite, Site, replaced
from improver.gate import Candidate, Example, Gate
from improver.observer import Project
from improver.policy import Policy, Risk
from improver.ports import History
from improver.proposing import Ground
from improver.records import Draft, Edit, File, Finding, GateResult, Ruling, Safety, Tier, Tree
from improver.scan import read_project
from improver.source import Source
from tests.improver.benches import FakeBench
from tests.improver.judging import PACKAGED

MOMENT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
BASE = "b" * 40


class Renew(Codemod):
    """Say "new" where a string says "old"; it abstains where the line says stay."""

    TITLE = "Renew old words"
    WHY = "new words are understood"
    SAFE_WHEN = "nobody compares them."
    SAFETY = Safety.COVERED
    NODES = (ast.Constant,)
    CHANGES = (('A = "old"\n', 'A = "new"\n'),)
    KEEPS: ClassVar[tuple[str, ...]] = ('A = "other"\n',)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        old = isinstance(node, ast.Constant) and node.value == "old" and node in source.parents
        return "the word is old" if old else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        line = site.finding.line
        text = site.source.lines[line - 1]
        if "STAY" in text:
            return Abstain("it stays")
        return replaced(site.source, line, line, text.replace('"old"', '"new"'))


class RenewProved(Renew):
    """The same under another class of risk and of more value."""

    SAFETY = Safety.PROVED
    VALUE = 5

    @property
    def name(self) -> str:
        return "proved"


class Mend(Renew):
    """The same for what is found under another name."""

    ANSWERS = ("renewing",)

    @property
    def name(self) -> str:
        return "mend"


RENEW = Renew()
RULE = RENEW.name


def gate_of(name: str, rule: Callable[[Candidate], Ruling], cost: int = 1) -> Gate:
    """Return a gate that rules as told, with a reason unless it passes."""

    def body(candidate: Candidate) -> GateResult:
        ruling = rule(candidate)
        reasons = () if ruling is Ruling.PASS else (f"{name} says so",)
        return GateResult(name, f"{name} holds", ruling, candidate.inspected({"files": 1}), reasons)

    return Gate(name, f"Does {name} hold?", cost, Example({}, {}), Example({}, {}), body)


def always(ruling: Ruling) -> Callable[[Candidate], Ruling]:
    """Return a rule that ignores the candidate."""

    def rule(candidate: Candidate) -> Ruling:
        return ruling

    return rule


def unless(word: str) -> Callable[[Candidate], Ruling]:
    """Return a rule that fails a candidate which changed a line that holds `word`."""

    def rule(candidate: Candidate) -> Ruling:
        for edit in candidate.change.edits:
            before, after = (file.data.decode().splitlines() if file else [] for file in (edit.before, edit.after))
            if any(word in old and old != new for old, new in zip(before, after, strict=True)):
                return Ruling.FAIL
        return Ruling.PASS

    return rule


def policy_for(*gates: Gate, must: Sequence[str] | None = None, **budget: int) -> Policy:
    """Return the packaged policy with these gates in order; all of them, or `must`, have to pass."""
    names = tuple(gate.name for gate in gates)
    risk = {safety.value: Risk(must=tuple(must if must is not None else names)) for safety in Safety}
    own = PACKAGED.gates.model_copy(update={"order": names, "risk": risk})
    return PACKAGED.model_copy(update={"gates": own, "budget": PACKAGED.budget.model_copy(update=budget)})


def tree_of(texts: Mapping[str, str | bytes]) -> dict[str, File]:
    """Return a tree of texts."""
    return {path: File(text.encode() if isinstance(text, str) else text) for path, text in texts.items()}


def ground_of(tree: Tree, policy: Policy, stamp: str = "") -> Ground:
    """Return the ground of a run on `tree` with a bench in memory."""
    return Ground(BASE, tree, policy, FakeBench(), "g" * 64, {"ruff": "1"}, Tier.T3, "s" * 64, stamp)


def project_of(tree: Tree, policy: Policy = PACKAGED, paths: Sequence[str] = ()) -> Project:
    """Return the project of `tree`."""
    return read_project(tree, policy, FakeBench().ruff, paths)[0]


@dataclass
class MemoryRepository:
    """Git in memory: trees and commits are digests, branches a mapping. `journal` is shared with the forge."""

    journal: list[str] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    past: History = field(default_factory=History)

    def write_tree(self, base: str, edits: Sequence[Edit]) -> str:
        return hashlib.sha1(repr((base, tuple(edits))).encode(), usedforsecurity=False).hexdigest()

    def commit(self, tree: str, parent: str, message: str) -> str:
        name = hashlib.sha1(f"{tree}{parent}{message}".encode(), usedforsecurity=False).hexdigest()
        self.messages[name] = message
        return name

    def create_branch(self, name: str, commit: str) -> None:
        self.journal.append(f"branch {name}")
        self.branches[name] = commit

    def history(self, commit: str, days: int) -> History:
        return self.past if commit == BASE and days else History()

    def diff(self, base: str, commit: str) -> str:
        return f"diff {base} {commit}\n"


@dataclass
class MemoryForge:
    """A forge in memory; `held` maps finding messages or keys to the reason why they are not tried."""

    journal: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    refusal_list: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)
    moments: list[str] = field(default_factory=list)
    said: dict[str, tuple[int, int]] = field(default_factory=dict)

    def suppressed(self, finding: Finding) -> str:
        return self.held.get(finding.path, "")

    def verdicts(self) -> Mapping[str, tuple[int, int]]:
        return self.said

    def refused(self, findings: tuple[Finding, ...], gate: str, reason: str, at: str) -> None:
        self.refusal_list.append((tuple(f"{one.path}:{one.line}" for one in findings), gate, reason))
        self.moments.append(at)

    def begin(self, draft: Draft) -> int:
        self.journal.append(f"begin {draft.branch}")
        self.drafts.append(draft)
        return len(self.drafts)

    def opened(self, number: int, at: str) -> None:
        self.journal.append(f"opened {number}")
        self.moments.append(at)
