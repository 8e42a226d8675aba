"""Tests that need no power which their file does not have yet: a gate would refuse all tests of a proposal (pure)."""

import ast
import functools

from improver.judging.gains import tally
from improver.source import Source
from improver.writing.grouping import Written
from improver.writing.importing import import_lines, imports_of
from improver.writing.placing import Place
from improver.writing.qualifying import qualified
from improver.writing.rendering import block

WIDE = 1000  # characters: how lines are laid out does not matter here


def is_modest(test: Written, place: Place) -> bool:
    """Tell whether a test, as it would stand in the file, gains nothing that a program may not add to a test."""
    one = qualified(test, place)
    before = _imports(place.before) if place.before is not None else ""
    imports = "\n".join((before, *import_lines(imports_of([one], place), WIDE)))
    old, new = (
        Source.read(place.path, text.encode()) for text in (before, f"{imports}\n{block([one], place, WIDE, 'x')}")
    )
    if not isinstance(old, Source) or not isinstance(new, Source):
        return False
    return not tally(new, new.text, is_test=True) - tally(old, old.text, is_test=True)


@functools.lru_cache(maxsize=8)
def _imports(source: Source) -> str:
    """Return all imports of a file, wherever they stand: its names may mean modules in the test too."""
    found = (node for kind in (ast.Import, ast.ImportFrom) for node in source.of_kind(kind))
    return "\n".join(map(ast.unparse, found))
