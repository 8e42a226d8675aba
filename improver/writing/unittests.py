"""Which classes of a project's test files unittest runs, wherever they have it from, and how they assert (pure)."""

import ast
import functools
from collections.abc import Collection

from improver.source import FUNCTIONS, Source


@functools.lru_cache(maxsize=8)  # asked for each place of a test
def cases_in(sources: tuple[Source, ...]) -> frozenset[str]:
    """Return the names of the classes in some files that come from unittest's, by whatever way."""
    classes = [one for source in sources for one in source.tree.body if isinstance(one, ast.ClassDef)]
    found: set[str] = set()
    while more := {one.name for one in classes if one.name not in found and is_case(one, found)}:
        found |= more
    return frozenset(found)


def is_case(node: ast.ClassDef, known: Collection[str] = ()) -> bool:
    """Tell whether a class comes from unittest's, or from one that is known to."""
    return any("TestCase" in ast.unparse(one) or ast.unparse(one).rpartition(".")[2] in known for one in node.bases)


def in_classes(source: Source, known: Collection[str] = ()) -> bool:
    """Tell whether most tests of a file are methods of such classes."""
    plain = sum(isinstance(node, FUNCTIONS) and node.name.startswith("test") for node in source.tree.body)
    cases = [node for node in source.tree.body if isinstance(node, ast.ClassDef) and is_case(node, known)]
    methods = sum(isinstance(one, FUNCTIONS) and one.name.startswith("test") for node in cases for one in node.body)
    return methods > plain


def asserts_plainly(source: Source) -> bool:
    """Tell whether the tests of a file are pytest's by how they assert, in unittest's classes too."""
    plain = sum(1 for _ in source.of_kind(ast.Assert))
    calls = [one.func for one in source.of_kind(ast.Call) if isinstance(one.func, ast.Attribute)]
    named = sum(ast.unparse(one.value) == "self" and one.attr.startswith("assert") for one in calls)
    return plain > named and "pytest" in source.text
