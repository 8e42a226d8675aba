"""What gates and codemods ask of the outside, as protocols; `verify/` and `adapters/` answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from improver.experiments import Experiments
from improver.records import Draft, Edit, Finding, Receipt, Tree


@dataclass(frozen=True, slots=True)
class TextEdit:
    """One replacement in a text; `start` and `end` are (line, column), both 1-based in characters."""

    start: tuple[int, int]
    end: tuple[int, int]
    content: str


@dataclass(frozen=True, slots=True)
class RuffFinding:
    """One line of `ruff check --output-format json`; `line` is 1-based, `column` 1-based as ruff prints it."""

    code: str
    path: str
    line: int
    column: int
    message: str
    applicability: str  # safe, unsafe, display or "" when there is no fix
    edits: tuple[TextEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a project keeps what: import roots, packages, tests and configuration (POSIX paths)."""

    roots: tuple[str, ...]  # "" or "src": directories that belong on sys.path
    packages: tuple[str, ...]  # top-level importable names
    tests: tuple[str, ...]  # test paths handed to pytest
    python: str  # the interpreter that runs its tests
    version: tuple[int, ...] = ()  # of that interpreter: major, minor, micro; () where nobody asked it

    def module_of(self, path: str) -> str | None:
        """Return the dotted module name of a file below a root, or None for a loose script."""
        for root in sorted(self.roots, key=len, reverse=True):
            prefix = f"{root}/" if root else ""
            if not path.startswith(prefix) or not path.endswith(".py"):
                continue
            parts = path.removeprefix(prefix).removesuffix(".py").split("/")
            if parts[-1] == "__init__":
                parts = parts[:-1]
            if parts and parts[0] in self.packages and all(part.isidentifier() for part in parts):
                return ".".join(parts)
        return None


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """One run of the test suite.

    `manifest` maps each node id to its outcome in setup, call and teardown with the skip or xfail reason
    (for example "passed/passed/passed"). `modules` maps each asked module to the file it was imported
    from, or to "" when it could not be imported. `lines` maps paths to the executed line numbers. `code` is a digest
    of the tests' own code as it ran.
    """

    manifest: Mapping[str, str]
    canary: str  # outcome of the canary: must be "failed"
    canaries: int  # how many tests carried its name: must be 1
    receipt: Receipt
    modules: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, frozenset[int]] = field(default_factory=dict)
    code: str = ""
    host: int = 0  # tests left out because they cannot run inside a sandbox
    trouble: str = ""  # why there is no verdict (timeout, overflow, memory, signal, no tests); "" when there is one


class Ruff(Protocol):
    """ruff over files given as bytes; nothing is read from or written to the user's tree."""

    def findings(
        self, files: Mapping[str, bytes], *, select: str, config: Mapping[str, bytes] | None
    ) -> tuple[list[RuffFinding], Receipt]:
        """Check `files` with `--isolated --ignore-noqa`; `config` holds the base's configuration files."""

    def formatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bool:
        """Tell whether `ruff format` under the base's configuration would leave the file as it is."""

    def reformatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bytes:
        """Return the file as `ruff format` under the base's configuration leaves it."""


class Bench(Protocol):
    """What the costly gates run on: the tools and the baseline of one base commit."""

    @property
    def ruff(self) -> Ruff:
        """Return the linter."""

    @property
    def layout(self) -> Layout:
        """Return where the project keeps what."""

    @property
    def baseline(self) -> SuiteRun:
        """Return the suite's outcome on the base commit."""

    def suite(self, tree: Tree, modules: tuple[str, ...], *, cover: bool = False) -> SuiteRun:
        """Run the whole suite on `tree` in a clean sandbox; report where `modules` were imported from.

        `cover` records the executed lines too, as the baseline's were.
        """

    @property
    def experiments(self) -> Experiments:
        """Return what else can be found out by running code."""

    def command(self, tree: Tree, *argv: str) -> tuple[Receipt, str]:
        """Run `python -m argv...` on an export of `tree` in the sandbox; return the receipt and its output."""


@dataclass(frozen=True, slots=True)
class History:
    """How often files were changed: `changes` counts, by path, the commits that changed what was there already.

    `commits` is how many commits were looked at, merges aside, and `days` how far the oldest of them lies back.
    """

    commits: int = 0
    days: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""  # why there is no history; "" when there is one


class Repository(Protocol):
    """Git as the loop may use it: new objects and new branches of ours, nothing else."""

    def history(self, commit: str, days: int) -> History:
        """Return how often each file was changed in the `days` before `commit`."""

    def write_tree(self, base: str, edits: Sequence[Edit]) -> str:
        """Write `edits` over the tree of commit `base`; return the new tree's id."""

    def commit(self, tree: str, parent: str, message: str) -> str:
        """Commit `tree` on `parent`; return the commit's id. No ref moves."""

    def create_branch(self, name: str, commit: str) -> None:
        """Create the branch `name`, which must begin with nova/ and be new."""

    def diff(self, base: str, commit: str) -> str:
        """Return the textual difference that nothing in the repository can hide."""


class Forge(Protocol):
    """Where proposals live. It has no way to merge or approve."""

    def suppressed(self, finding: Finding) -> str:
        """Return why this finding is not tried ("rejected: ...", "same as open proposal #3"), or ""."""

    def verdicts(self) -> Mapping[str, tuple[int, int]]:
        """Return, by rule, how many of its proposals humans approved and how many they rejected."""

    def refused(self, findings: tuple[Finding, ...], gate: str, reason: str, at: str) -> None:
        """Record that a candidate was refused by `gate`."""

    def begin(self, draft: Draft) -> int:
        """Record that the draft's branch is about to be made; return the proposal's number."""

    def opened(self, number: int, at: str) -> None:
        """Record that the branch of proposal `number` is there."""
