"""What is decided in a run beside its gates, and the rules that decide it; a crew may decide instead, on record."""

from collections.abc import Callable, Sequence
from typing import Protocol

from improver.observer import Project
from improver.ranking import in_turns
from improver.records import Tree
from improver.scan import Drafted, Group, draft, row_of
from improver.writing.targets import Ground
from improver.writing.writer import Outcome, write_tests


class Decides(Protocol):
    """Whoever decides what is tried, and with which change. What becomes of a change, the gates alone decide."""

    def ranked(self, groups: Sequence[Group], worth: Callable[[Group], float]) -> list[Group]:
        """Return the groups in the order in which they are tried."""

    def draft(self, group: Group, project: Project, base: Tree) -> Drafted:
        """Return a change for a group, or why there is none."""

    def tests(self, ground: Ground, path: str, limit: int) -> Outcome | None:
        """Return new tests of one file, or what else came of the try; None where nothing was tried."""


class Rules:
    """Decides by rules alone, and keeps no record."""

    def ranked(self, groups: Sequence[Group], worth: Callable[[Group], float]) -> list[Group]:
        """Return the most valuable first, rules taking turns."""
        return [groups[number] for number in in_turns([row_of(group, worth(group)) for group in groups])]

    def draft(self, group: Group, project: Project, base: Tree) -> Drafted:
        """Apply the codemod to every finding of the group."""
        return draft(group, project, base)

    def tests(self, ground: Ground, path: str, limit: int) -> Outcome:
        """Ask the test writer."""
        return write_tests(ground, path, limit)
