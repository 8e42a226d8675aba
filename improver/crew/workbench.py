"""What the crew's tools work on: the one group or file that was laid out. Agents name things and never hold them."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from improver.crew.interruption import Interruption
from improver.crew.refactor_code import Applied
from improver.crew.write_tests import Written
from improver.deciding import Rules
from improver.observer import Project
from improver.records import Change, Tree
from improver.scan import Drafted, Group
from improver.writing.targets import Ground
from improver.writing.writer import Outcome
from nova.errors import ToolError
from nova.tool import Tool, tool

RULES = Rules()


@dataclass(frozen=True, slots=True)
class Findings:
    """One group, and the code that it is in."""

    group: Group
    project: Project
    base: Tree


@dataclass(frozen=True, slots=True)
class Untested:
    """One file, and what tests of it are written on."""

    ground: Ground
    path: str


class Workbench:
    """Holds what was laid out last and what was made of it; everything stays in memory."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption
        self.laid: Findings | Untested | None = None
        self.drafted: dict[str, Drafted] = {}  # by the name of the draft, "" for none
        self.written: dict[str, Outcome] = {}
        self.trouble: BaseException | None = None  # what a tool broke with: it is raised where the step was asked for

    def lay(self, work: Findings | Untested) -> None:
        """Lay out what comes next and clear away what was made before."""
        self.laid = work
        self.drafted.clear()
        self.written.clear()

    def tools(self) -> dict[str, Tool]:
        """Return the crew's tools by name."""

        @tool(does="writes tests of the file that was laid out, and shows that they notice faults", effects=False)
        async def write_tests_for(path: str, limit: str) -> str:
            with self._guarded():
                return self._write(path, int(limit))

        return {write_tests_for.name: write_tests_for}

    def apply(self, codemod: str, keys: Sequence[str]) -> Applied:
        """Apply a codemod to findings that are laid out; raise ToolError for any other."""
        laid = self.laid
        if not isinstance(laid, Findings) or laid.group.codemod.name != codemod:
            raise ToolError(f"no findings of {codemod} are laid out", fix="name the codemod of the task")
        known = {finding.key: finding for finding in laid.group.findings}
        if not keys or not known.keys() >= set(keys):
            raise ToolError("no such findings are laid out", fix="name findings of the task")
        group = replace(laid.group, findings=tuple(known[key] for key in dict.fromkeys(keys)))
        with self._guarded():
            drafted = RULES.draft(group, laid.project, laid.base)
        name = "" if drafted.change is None else name_of(drafted.change)
        self.drafted[name] = drafted
        return Applied(
            draft=name,
            files=() if drafted.change is None else drafted.change.paths,
            answered=len(drafted.answered),
            abstained=tuple(dict.fromkeys(reason for _, reason in drafted.abstained)),
        )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Keep what breaks, an interruption too: the run ends by it, whatever an agent makes of it."""
        try:
            with self._interruption.let():
                yield
        except BaseException as error:
            self.trouble = error
            raise ToolError(f"{type(error).__name__}: {error}") from error

    def _write(self, path: str, limit: int) -> str:
        laid = self.laid
        if not isinstance(laid, Untested) or laid.path != path:
            raise ToolError(f"{path} is not laid out", fix="name the file of the task")
        outcome = RULES.tests(laid.ground, path, limit)
        proposal = outcome.proposal
        name = "" if proposal is None else name_of(proposal.change)
        self.written[name] = outcome
        noticed = frozenset().union(*(test.kills for test in proposal.tests)) if proposal else frozenset()
        written = Written(
            draft=name,
            tests=len(proposal.tests) if proposal else 0,
            faults=len(noticed),
            living=len(outcome.drafted.weak.living),
            withheld=outcome.withheld,
            notes=len(outcome.notes),
        )
        return written.model_dump_json()


def name_of(change: Change) -> str:
    """Return a draft's name, which tells what it would make of which files."""
    content = repr([(edit.path, edit.after.data if edit.after else None) for edit in change.edits])
    return f"draft-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
