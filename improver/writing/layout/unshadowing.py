"""Variables of new tests that hide nothing which the test file imports: they get another name (pure)."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from improver.experiments import Case
from improver.writing.names import Renamed
from improver.writing.placing import Place

TYPES = ("raises", "warns")  # kinds of checks whose subject is a type
OTHER = "made"  # a name for an object whose own is taken


def unshadowed(case: Case, place: Place) -> Case:
    """Return the case with other names for variables that the file at `place` has imported something as."""
    names = {one.id for text in _texts(case) for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Name)}
    for old in sorted({name for text in case.setup for name in _given(text)}):
        if place.bound.get(old) is None:
            continue
        new = next(name for name in _names() if name not in place.bound and name not in names)
        names.add(new)
        case = _renamed(case, Renamed(old, new))
    return case


def _names() -> Iterator[str]:
    yield OTHER
    number = 2
    while True:
        yield f"{OTHER}_{number}"
        number += 1


def _texts(case: Case) -> list[str]:
    return [*case.setup, case.call, *(subject for kind, subject, _ in case.checks if kind not in TYPES)]


def _given(text: str) -> Iterator[str]:
    """Yield the variables that a statement gives a value."""
    for statement in ast.parse(text).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        yield from (one.id for one in targets if isinstance(one, ast.Name))


def _renamed(case: Case, put: Renamed) -> Case:
    def anew(text: str) -> str:
        return ast.unparse(put.visit(ast.parse(text))) if put.old in text else text

    checks = tuple(
        (kind, subject, wanted) if kind in TYPES else (kind, anew(subject), anew(wanted))
        for kind, subject, wanted in case.checks
    )
    return replace(case, setup=tuple(map(anew, case.setup)), call=anew(case.call), checks=checks)
