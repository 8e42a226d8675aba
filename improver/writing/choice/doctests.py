"""Examples in docstrings that a project's own test run makes: its calls, and a test file that makes them (pure)."""

import ast
import doctest
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from improver.experiments import Case
from improver.ports import Layout
from improver.records import Tree
from improver.source import FUNCTIONS, Source

RUNS = re.compile(r"--doctest-modules\b|-m doctest\b|\bdoctest\.testmod\b|\bdoctest_plus\s*=")
CONFIGURES = re.compile(r"(?:^|/)(?:pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|Makefile|[Jj]ustfile|noxfile\.py)$")
WORKFLOWS = (".yml", ".yaml")
TRANSPARENT = frozenset({"dict", "list", "print", "repr", "str", "tuple"})
TEST = "test_example"
# Flags that let an example notice less, whatever a project's own are: what it is said to notice, it notices.
RUNNING = f"""\
import copy
import doctest
import importlib

import pytest

for name in ("ALLOW_BYTES", "ALLOW_UNICODE", "NUMBER"):  # pytest's own
    doctest.register_optionflag(name)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def examples():
    for name in MODULES:
        try:
            found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name))
        except (Exception, SystemExit):  # one that is a program of its own may want to leave
            continue
        yield from (one for one in found if one.examples)


@pytest.mark.parametrize("one", examples())
def {TEST}(one):
    runner = doctest.DocTestRunner(verbose=False, optionflags=FLAGS)
    test = copy.copy(one)
    test.globs = dict(one.globs)  # the runner empties them
    assert not runner.run(test, out=lambda text: None).failed
"""


@dataclass(frozen=True)
class Doctests:
    """What docstrings show as source text, expressions and statements, by file; nothing where nobody runs them.

    `modules` are those whose docstrings have examples.
    """

    shown: dict[str, frozenset[str]]
    modules: tuple[str, ...] = field(default=())

    @staticmethod
    def of(sources: Sequence[Source], tree: Tree, layout: Layout) -> "Doctests":
        """Read the docstrings of a project whose tests run them."""
        texts = (file.data for path, file in tree.items() if CONFIGURES.search(path) or path.endswith(WORKFLOWS))
        if not any(RUNS.search(text.decode("utf-8", "replace")) for text in texts):
            return Doctests({})
        shown = {source.path: found for source in sources if (found := frozenset(_shown(source)))}
        return Doctests(shown, tuple(module for path in sorted(shown) if (module := layout.module_of(path))))

    def without(self, cases: Iterable[Case]) -> list[Case]:
        """Return the cases but those that are an example of their file."""
        return [case for case in cases if not self._repeats(case)]

    @property
    def test_file(self) -> str:
        """Return a test file that runs each docstring's examples as one test, "" where there are none."""
        return f"MODULES = {self.modules!r}\n{RUNNING}" if self.modules else ""

    def _repeats(self, case: Case) -> bool:
        shown = self.shown.get(case.function.partition("::")[0], frozenset())
        return case.call in shown and shown.issuperset(case.setup)


def _shown(source: Source) -> Iterator[str]:
    """Yield the statements of a file's examples, and what is printed, listed, joined or compared in them."""
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
            yield from (
                ast.unparse(part) for one in statements if isinstance(one, ast.Expr) for part in _within(one.value)
            )


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
