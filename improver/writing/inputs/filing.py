"""Calls on files in memory, in place of those that tests open, which lie beside them (pure)."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.writing.inputs.standard import BINARY_FILE, TEXT_FILE
from improver.writing.names import free_names, needed

OPENED = 4  # calls
MEMORY = ("io", "")


def filed(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the calls that are given an open file with one in memory instead."""
    return tuple(dict.fromkeys(made for case in cases for made in _in_memory(case)))[:OPENED]


def _in_memory(case: Case) -> Iterator[Case]:
    lines = (*case.setup, case.call)
    trees = [ast.parse(line) for line in lines]
    if any(_mode(node) is not None for tree in trees for node in ast.walk(tree)):
        texts = [ast.unparse(_Memory().visit(tree)) for tree in trees]
        imports, prelude = tuple(sorted({*case.imports, MEMORY})), needed(case.prelude, free_names(trees))
        yield replace(case, setup=tuple(texts[:-1]), call=texts[-1], imports=imports, prelude=prelude)


def _mode(node: ast.AST) -> str | None:
    """Return how a call opens a file for reading, None for anything else."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "open" or not node.args:
        return None
    given = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
    mode = given[0].value if given and isinstance(given[0], ast.Constant) else "r"
    return mode if isinstance(mode, str) and not set(mode) & set("wax+") else None


class _Memory(ast.NodeTransformer):
    """Writes a file in memory in place of one that is opened."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Return what is read from instead."""
        mode = _mode(node)
        if mode is None:
            self.generic_visit(node)
            return node
        return ast.parse(BINARY_FILE if "b" in mode else TEXT_FILE, mode="eval").body
