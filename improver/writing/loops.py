"""How a project's asynchronous tests run in an event loop (pure)."""

import ast
import re
from collections import Counter
from collections.abc import Sequence

from improver.source import Source
from improver.writing.unittests import is_case

LOOPS = re.compile(r"pytest\.mark\.(?:asyncio|anyio)(?:\(.*\))?")


def loop_of(tests: Sequence[Source]) -> str:
    """Return how most asynchronous tests that are functions run: by a decorator, "auto" without; "" where none are."""
    found: Counter[str] = Counter()
    for source in tests:
        marked = marks_all(source)
        for node in _asynchronous(source):
            texts = [text for text in map(ast.unparse, node.decorator_list) if LOOPS.fullmatch(text)]
            found[texts[0] if texts else marked or "auto"] += 1
    return max(found, key=lambda text: (found[text], text), default="")


def marks_all(source: Source) -> str:
    """Return the decorator that the file's `pytestmark` stands for, "" where it runs no event loop."""
    marks = [
        node
        for node in source.tree.body
        if isinstance(node, ast.Assign) and "pytestmark" in map(ast.unparse, node.targets)
    ]
    texts = [ast.unparse(part) for node in marks for part in ast.walk(node.value) if isinstance(part, ast.expr)]
    return next(filter(LOOPS.fullmatch, texts), "")


def _asynchronous(source: Source) -> list[ast.AsyncFunctionDef]:
    """Return the asynchronous tests of a file that no class of unittest's runs."""
    cases = {
        id(one) for node in source.tree.body if isinstance(node, ast.ClassDef) and is_case(node) for one in node.body
    }
    known = [node for node in source.functions if isinstance(node, ast.AsyncFunctionDef)]
    return [node for node in known if node.name.startswith("test") and id(node) not in cases]
