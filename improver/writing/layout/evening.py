"""Names of new tests that call one thing by one name, and do not say again what their class says (pure)."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from improver.source import Function
from improver.writing.layout.grouping import Written
from improver.writing.layout.homes import AFFIX, home_of, tests_in
from improver.writing.pieces import slug
from improver.writing.placing import Place
from improver.writing.words.subjects import subject

MANY = 2  # tests of a class that show whether their names say its own


def evened(tests: Sequence[Written], place: Place, node_of: Callable[[str], Function]) -> list[Written]:
    """Return the tests, those of a method without the class in their names where its class of tests says it.

    So are they where one of them has no room for it. No test gets a name that another has.
    """
    parts = [_parts(test, node_of(test.function)) for test in tests]
    brief = {test.function for test, (_, short) in zip(tests, parts, strict=True) if short and _has(test.name, short)}
    written = place.before.functions if place.before is not None else ()
    taken = {*place.taken, *(one.name for one in written), *(test.name for test in tests)}
    made = []
    for test, (full, short) in zip(tests, parts, strict=True):
        name = f"{short}{test.name.removeprefix(full)}"
        is_wanted = short and not test.table and _has(test.name, full)
        if is_wanted and name not in taken and (test.function in brief or _is_said(test, place)):
            taken.add(name)
            made.append(replace(test, name=name))
        else:
            made.append(test)
    return made


def _parts(test: Written, node: Function) -> tuple[str, str]:
    """Return what the name of a test may begin with, with the class and without, "" where it names none."""
    about = subject(test.cases[0], node)
    is_of_class = about.short and about.words.endswith(f"_{about.short}")
    return f"test_{about.words}", f"test_{about.short}" if is_of_class else ""


def _has(name: str, beginning: str) -> bool:
    return f"{name}_".startswith(f"{beginning}_")


def _is_said(test: Written, place: Place) -> bool:
    """Tell whether a test comes into the class of tests that bears its class's name, which their names leave out."""
    node = home_of(test, place)
    owner = slug(test.function.partition("::")[2].partition(".")[0])
    if node is None or slug(AFFIX.sub("", node.name)) != owner:
        return False
    return not _say(node, owner) and len(tests_in(node)) >= MANY


def _say(node: ast.ClassDef, owner: str) -> bool:
    """Tell whether most tests of a class have a name with that of what they are about."""
    names = [slug(one.name) for one in tests_in(node)]
    return sum(f"_{owner}_" in f"_{name}_" for name in names) * 2 > len(names)
