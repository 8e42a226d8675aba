"""The improver's frozen records: what is found, what is changed, what was proved, what a human decided."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

REGULAR, EXECUTABLE, SYMLINK, SUBMODULE = "100644", "100755", "120000", "160000"
NOTHING: Mapping[str, int] = MappingProxyType({})


class Safety(StrEnum):
    """Risk classes, safest first; policy says which gates each must pass."""

    PROVED = "proved"  # normalised AST or compiled code is equal, unreachable clauses aside
    CONFINED = "confined"  # differs only in one declared observable
    COVERED = "covered"  # a refactoring that the touched lines' tests hold
    NEW_TEST = "new test"
    CHANGED_TEST = "changed test"  # tests that are there, made to ask for more or to depend on less
    BEHAVIOUR_CHANGE = "behaviour change"


TESTS_ALONE = (Safety.NEW_TEST, Safety.CHANGED_TEST)  # the classes of what leaves the product as it is


class Ruling(StrEnum):
    """What a gate says; anything but PASS is not a pass."""

    PASS = "pass"  # noqa: S105 - a ruling, not a password
    FAIL = "fail"
    ABSTAIN = "abstain"
    ESCALATE = "escalate"


class Tier(StrEnum):
    """How strongly foreign code is confined, strongest first."""

    T3 = "T3"  # bubblewrap and seccomp
    T2 = "T2"  # bubblewrap
    T1 = "T1"  # Landlock, seccomp and limits
    T0 = "T0"  # limits and an empty environment


@dataclass(frozen=True, slots=True)
class File:
    """One blob of a tree: git's mode string and the bytes."""

    data: bytes
    mode: str = REGULAR

    @property
    def digest(self) -> str:
        """Return git's own object id of these bytes (SHA-1, as git names blobs)."""
        return hashlib.sha1(b"blob %d\0" % len(self.data) + self.data, usedforsecurity=False).hexdigest()


Tree = Mapping[str, File]  # POSIX path relative to the root -> blob


@dataclass(frozen=True, slots=True)
class Finding:
    """An observed fact; `key` survives line moves and reformatting.

    `line` is 1-based, `column` 0-based in UTF-8 bytes, as in `ast`. `evidence` holds measured
    numbers by name (such as `complexity`), each computed where the finding was made.
    """

    key: str
    rule: str
    path: str
    symbol: str
    line: int
    column: int
    message: str
    evidence: Mapping[str, int] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Edit:
    """One path before and after; None means absent."""

    path: str
    before: File | None
    after: File | None

    @staticmethod
    def written(path: str, base: Tree, data: bytes) -> "Edit":
        """Return an edit that gives a path these bytes, and leaves a file's mode as it is in `base`."""
        before = base.get(path)
        return Edit(path, before, File(data, before.mode if before else REGULAR))


def edits_between(base: Tree, after: Tree) -> tuple[Edit, ...]:
    """Return every path that differs between two trees, sorted."""
    paths = sorted(path for path in base.keys() | after.keys() if base.get(path) != after.get(path))
    return tuple(Edit(path, base.get(path), after.get(path)) for path in paths)


@dataclass(frozen=True, slots=True)
class Change:
    """Whole-file edits under one rule, with what its author declares about them."""

    rule: str
    safety: Safety
    edits: tuple[Edit, ...]
    title: str
    why: str
    observable: str = ""  # for CONFINED: the one thing that differs
    author: str = "codemod"  # codemod, model or human

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the touched paths, sorted."""
        return tuple(sorted(edit.path for edit in self.edits))

    def applied(self, base: Tree) -> dict[str, File]:
        """Return `base` with these edits laid over it."""
        tree = dict(base)
        for edit in self.edits:
            if edit.after is None:
                tree.pop(edit.path, None)
            else:
                tree[edit.path] = edit.after
        return tree


@dataclass(frozen=True, slots=True)
class Receipt:
    """What any number in any text points to: what ran, how it ended, what was counted.

    `digest` is the SHA-256 of what the run printed or, for a check made in process, of its inputs.
    """

    argv: tuple[str, ...]
    exit: int | None = None
    seconds: float = 0.0
    counts: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    digest: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateResult:
    """One claim and how it fared. `reasons` say why not, or what was left unchecked."""

    gate: str
    claim: str
    ruling: Ruling
    receipt: Receipt
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A judged change with all that a forge shows of it. `id` is made by us: [a-z0-9-]{1,48}."""

    id: str
    rule: str
    path: str
    title: str
    safety: Safety
    findings: tuple[Finding, ...]
    base: str
    tree: str
    commit: str
    branch: str
    evidence: bytes  # canonical JSON
    claims_digest: str
    text: str  # Markdown
    diff: str
    publishable: bool  # may leave this machine
    draft: bool  # a human must look before anything else
    created: str  # ISO 8601 UTC


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a human decided about a proposal. `scope` is here, rule or finding; `decided` is ISO 8601 UTC."""

    proposal: str
    decision: str  # approved, rejected, undone
    reviewer: str
    reason: str
    scope: str
    decided: str
