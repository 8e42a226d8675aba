"""Calls that a project's own test run makes already, out of its docstrings (pure)."""

import ast
import doctest
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from improver.experiments import Case
from improver.records import Tree
from improver.source import FUNCTIONS, Source

RUNS = re.compile(r"--doctest-modules\b|-m doctest\b|\bdoctest\.testmod\b|\bdoctest_plus\s*=")
CONFIGURES = re.compile(r"(?:^|/)(?:pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|Makefile|[Jj]ustfile|noxfile\.py)$")
WORKFLOWS = (".yml", ".yaml")


@dataclass(frozen=True)
class Doctests:
    """What docstrings show as source text, expressions and statements, by file; nothing where nobody runs them."""

    shown: dict[str, frozenset[str]]

    @staticmethod
    def of(sources: Sequence[Source], tree: Tree) -> "Doctests":
        """Read the docstrings of a project whose tests run them."""
        texts = (file.data for path, file in tree.items() if CONFIGURES.search(path) or path.endswith(WORKFLOWS))
        if not any(RUNS.search(text.decode("utf-8", "replace")) for text in texts):
            return Doctests({})
        return Doctests({source.path: frozenset(_shown(source)) for source in sources if ">>>" in source.text})

    def without(self, cases: Iterable[Case]) -> list[Case]:
        """Return the cases but those that are an example of their file."""
        return [case for case in cases if not self._repeats(case)]

    def _repeats(self, case: Case) -> bool:
        shown = self.shown.get(case.function.partition("::")[0], frozenset())
        return case.call in shown and shown.issuperset(case.setup)


def _shown(source: Source) -> Iterable[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module)) and ">>>" in (
            text := ast.get_docstring(node) or ""
        ):
            try:
                lines = [one.source for one in doctest.DocTestParser().get_examples(text)]
                yield from (ast.unparse(part) for line in lines for part in ast.parse(line).body)
            except (ValueError, SyntaxError):
                continue
