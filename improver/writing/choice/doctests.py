"""Calls that a project's own test run makes already, out of its docstrings (pure)."""

import ast
import doctest
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from improver.experiments import Case
from improver.records import Tree
from improver.source import FUNCTIONS, Source

RUNS = re.compile(r"--doctest-modules\b|-m doctest\b|\bdoctest\.testmod\b|\bdoctest_plus\s*=")
CONFIGURES = re.compile(r"(?:^|/)(?:pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|Makefile|[Jj]ustfile|noxfile\.py)$")
WORKFLOWS = (".yml", ".yaml")
TRANSPARENT = frozenset({"dict", "list", "print", "repr", "str", "tuple"})
RESULT = re.compile(r"(?<![\w.])result\b")


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

    def noticed(self, cases: Iterable[Case]) -> frozenset[str]:
        """Return the mutants that examples notice by the values that they show."""
        return frozenset().union(*(one for case in cases for one in self._noticed_by(case)))

    def _noticed_by(self, case: Case) -> Iterator[frozenset[str]]:
        """Yield what each check of a case notices that an example makes as well."""
        shown = self._shown_of(case)
        for (kind, subject, _), names in zip(case.checks, case.shows, strict=False):
            code = case.call if kind in ("raises", "warns") else RESULT.sub(lambda _: f"({case.call})", subject)
            if shown.issuperset(case.setup) and ast.unparse(ast.parse(code)) in shown:
                yield names

    def _repeats(self, case: Case) -> bool:
        shown = self._shown_of(case)
        return case.call in shown and shown.issuperset(case.setup)

    def _shown_of(self, case: Case) -> frozenset[str]:
        return self.shown.get(case.function.partition("::")[0], frozenset())


def _shown(source: Source) -> Iterable[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module)) and ">>>" in (
            text := ast.get_docstring(node) or ""
        ):
            try:
                examples = doctest.DocTestParser().get_examples(text)
                lines = [one.source for one in examples if not one.options.get(doctest.SKIP)]
                statements = [part for line in lines for part in ast.parse(line).body]
            except (ValueError, SyntaxError):
                continue
            yield from map(ast.unparse, statements)
            yield from _looked_at(statements)


def _looked_at(statements: Sequence[ast.stmt]) -> Iterable[str]:
    """Yield what is shown of within a statement, and what a name was given that is shown after it."""
    given: dict[str, str] = {}
    for one in statements:
        if isinstance(one, ast.Expr):
            parts = [ast.unparse(part) for part in _within(one.value)]
            yield from (given.get(part, part) for part in parts)
            if parts[-1] in given:
                continue  # it is only looked at
        for name in {node.id for node in ast.walk(one) if isinstance(node, ast.Name)}:
            given.pop(name, None)  # it may be another thing from here on
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            given[one.targets[0].id] = ast.unparse(one.value)


def _within(node: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression, and that in it of which it shows all: what is printed, listed, joined or compared."""
    yield node
    match node:
        case ast.Compare(left=inner, ops=[ast.Eq() | ast.Is()]):
            yield from _within(inner)
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in TRANSPARENT:
            yield from _within(inner)
        case ast.Call(func=ast.Attribute(attr="join"), args=[inner]):
            yield from _within(inner)
