"""What functions take when they give something back: of what is refused only one thing should be wrong (pure)."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.by_name import call_in
from improver.writing.choice.plainer import replaced
from improver.writing.choice.usage import NO_USAGE, PLAIN, Usage, alike
from improver.writing.inputs.misfits import given_to

TRIED = 2  # good values that are tried in one place
LONG = 24  # characters of one
PLACE = tuple[str, str]  # a function and a parameter


@dataclass(frozen=True)
class Custom:
    """The literals, by type, that stand for parameters in calls that give something back, and in those of tests."""

    known: Mapping[PLACE, Mapping[str, Case]]
    usage: Usage = NO_USAGE

    @staticmethod
    def of(cases: Sequence[Case], node_of: Callable[[str], Function], usage: Usage = NO_USAGE) -> "Custom":
        """Read calls, the shortest first."""
        nodes = {function: node_of(function) for function in {case.function for case in cases}}
        known: dict[PLACE, dict[str, Case]] = defaultdict(dict)
        for case in sorted(cases, key=lambda one: (len(one.call), one.call)):
            if case.checks and case.checks[0][0] != "raises" and not case.setup:
                for name, value in arguments(case, nodes[case.function]):
                    known[case.function, name].setdefault(_kind(value), case)
        plain = {place: {kind: one for kind, one in kinds.items() if kind} for place, kinds in known.items()}
        return Custom(plain, usage)

    def wrongs(self, case: Case, node: Function) -> list[tuple[str, ast.expr]]:
        """Return what is given to a function that refuses it and is of a type that it never takes, none for a value.

        Of what calls show that it takes, only that counts which the parameter is meant for, if it takes any of that.
        """
        if not case.checks or case.checks[0][0] != "raises":
            return []
        found = []
        for name, value in arguments(case, node):
            known, aim = {*self.known.get((case.function, name), ())}, self.usage.meant(node, name)
            usual = known & aim or known or aim
            if usual and _kind(value) and _kind(value) not in usual:
                found.append((name, value))
        return found

    def righted(self, case: Case, node: Function) -> Iterator[Case]:
        """Yield a call in which more is wrong than one thing with one of them as it should be."""
        wrongs = self.wrongs(case, node)
        for name, value in wrongs if len(wrongs) > 1 else ():
            for good, imports in self._good(case.function, name, node):
                if len(ast.unparse(good)) <= LONG:
                    more = tuple(dict.fromkeys((*case.imports, *imports)))
                    yield replace(case.untold(), call=replaced(case.call, value, good), imports=more)

    def _good(self, function: str, name: str, node: Function) -> Iterator[tuple[ast.expr, Sequence[tuple[str, ...]]]]:
        """Yield a few values that may stand for a parameter, with what they import."""
        for one in [*self.known.get((function, name), {}).values()][:TRIED]:
            yield from ((other, one.imports) for place, other in arguments(one, node) if place == name)
        if (function, name) not in self.known:
            yield from ((PLAIN[kind], ()) for kind in sorted(self.usage.meant(node, name) & PLAIN.keys())[:TRIED])

    def witnesses(self, functions: Collection[str]) -> Iterator[Case]:
        """Yield calls of some functions that show what they take, which notice nothing."""
        found = (one for (function, _), kinds in self.known.items() if function in functions for one in kinds.values())
        yield from dict.fromkeys(replace(one, kills=frozenset(), shows=(), hangs=frozenset()) for one in found)


NOTHING_USUAL = Custom({})


def arguments(case: Case, node: Function) -> Iterator[tuple[str, ast.expr]]:
    """Yield what the one call of its function in a case gives each parameter."""
    call = call_in(ast.parse(case.call), case)
    for place, _, value in given_to(call, node) if call is not None else ():
        yield place.arg, value


def _kind(node: ast.expr) -> str:
    """Return the name of the type of a literal, or of a function of Python's own, "" where it is neither."""
    return "function" if isinstance(node, ast.Name) and node.id in dir(builtins) else alike(node)
