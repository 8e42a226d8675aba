"""What an observer is: a function from a project to findings."""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from improver.ports import Ruff
from improver.records import NOTHING, Finding, Tree
from improver.source import Source


@dataclass(frozen=True)
class Project:
    """A project at its base commit, as observers and codemods see it.

    `sources` are the product's readable Python files that a change may touch, `context` all other
    readable Python files (tests, scripts), `tests` those of them that a change of tests may touch, `tree` everything,
    text or not. `ages` tells how many days ago each line of a file was last changed, nothing where that is not known.
    """

    sources: Mapping[str, Source]
    tree: Tree
    ruff: Ruff
    context: Mapping[str, Source] = field(default_factory=dict)
    ruff_rules: tuple[str, ...] = ()
    complexity: int = 15  # cognitive; above it a function is reported
    duplicate_statements: int = 6  # nested ones included; so many in two places are reported
    tests: Mapping[str, Source] = field(default_factory=dict)
    ages: Callable[[str], Sequence[int]] = field(default=lambda _: (), compare=False)


@dataclass(frozen=True, slots=True)
class Observer:
    """One source of findings. `rules` names every rule it can report, with a sentence each."""

    name: str
    rules: Mapping[str, str]
    body: Callable[[Project], Iterable[Finding]]

    def __call__(self, project: Project) -> list[Finding]:
        """Observe `project`."""
        return list(self.body(project))


def observer(
    rules: Mapping[str, str],
) -> Callable[[Callable[[Project], Iterable[Finding]]], Observer]:
    """Make the decorated function an Observer named like the function."""

    def build(body: Callable[[Project], Iterable[Finding]]) -> Observer:
        return Observer(body.__name__, MappingProxyType(dict(rules)), body)

    return build


def finding_at(
    node: ast.AST, source: Source, rule: str, message: str, evidence: Mapping[str, int] = NOTHING
) -> Finding:
    """Return the finding that `node` of `source` breaks `rule`."""
    return Finding(
        key=source.key_of(rule, node),
        rule=rule,
        path=source.path,
        symbol=source.symbol_of(node),
        line=getattr(node, "lineno", 1),
        column=getattr(node, "col_offset", 0),
        message=message,
        evidence=evidence,
    )
