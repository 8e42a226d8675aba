"""Tests that need no power which their file does not have yet: a gate would refuse all tests of a proposal (pure)."""

import ast
import functools
from dataclasses import replace

from improver.judging.gains import tally
from improver.source import Source
from improver.writing.layout.grouping import Written
from improver.writing.layout.importing import import_lines, imports_of
from improver.writing.layout.qualifying import qualified
from improver.writing.layout.rendering import block
from improver.writing.placing import Place

WIDE = 1000  # characters: how lines are laid out does not matter here
NO_FAULT = frozenset({"a fault"})  # which faults the docstring names does not matter either


def is_modest(test: Written, place: Place) -> bool:
    """Tell whether a test, as it would stand in the file, gains nothing that a program may not add to a test."""
    told = replace(test, cases=tuple(replace(case, kills=NO_FAULT) for case in test.cases))
    one = qualified(told, place)
    before = _imports(place.before) if place.before is not None else ""
    imports = "\n".join((before, *import_lines(imports_of([one], place), WIDE)))
    return not _gains(before, f"{imports}\n{block([one], place, WIDE, 'x')}")


@functools.lru_cache(maxsize=4096)  # each round of plainer calls asks about all that are left again
def _gains(before: str, after: str) -> bool:
    old, new = (Source.read("test.py", text.encode()) for text in (before, after))
    if not isinstance(old, Source) or not isinstance(new, Source):
        return True
    return bool(tally(new, after, is_test=True) - tally(old, before, is_test=True))


@functools.lru_cache(maxsize=8)
def _imports(source: Source) -> str:
    """Return all imports of a file, wherever they stand: its names may mean modules in the test too."""
    found = (node for kind in (ast.Import, ast.ImportFrom) for node in source.of_kind(kind))
    return "\n".join(map(ast.unparse, found))
