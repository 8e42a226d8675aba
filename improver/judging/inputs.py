"""Inputs for functions, made from what their annotations allow and from the constants in code and tests.

Only built-in values are made, and the same question gets the same inputs: the seed is a digest of both versions, so
that nobody who writes a candidate can choose it, and nothing else in this process has a say in what is drawn.
"""

import ast
import hashlib
import itertools
import pickle
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, configuration, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.internal.constants_ast import Constants

from improver.judging.normal import rendered
from improver.judging.strategies import Pool, Strategy, strategy_of, tries_of
from improver.source import Function

PROTOCOL = 4  # of pickles: the oldest interpreter that reads them is 3.8
CONSTANTS = 12  # of one type
OTHERS: tuple[object, ...] = (None, "", 0, [], 1.5, b"")  # what an annotation may not allow
LARGEST = 10**6  # number that is tried because it stands in the code
BACKEND = "improver"


@dataclass(frozen=True, slots=True)
class Made:
    """One input as a pickle of (args, kwargs); `loose` when the annotations do not allow it."""

    data: bytes
    loose: bool = False


class Secluded(HypothesisProvider):
    """Draws without looking at the constants of whatever modules happen to be loaded here."""

    @property
    def _local_constants(self) -> Constants:
        return Constants()


@dataclass(frozen=True, slots=True)
class Version:
    """One function before and after, `annotated` the definition to read types from, and functions of its tests."""

    before: Function
    after: Function
    annotated: Function
    tests: Sequence[Function] = ()


def generated(version: Version, count: int) -> tuple[Made, ...]:
    """Return up to `count` inputs, none where a parameter without a default has no simple type."""
    pool = Pool(_constants((version.before, version.after, *version.tests)))
    strategy = _call(version.annotated, pool)
    if strategy is None or not count:
        return ()
    drawn = _drawn(strategy, count, _number(version))
    swept = [*itertools.islice(_swept(version.annotated, pool, drawn[0]), count // 2)]
    calls = [*drawn[: count - len(swept)], *swept]
    bare = Made(pickle.dumps((calls[0][0], _demanded(version.annotated, calls[0][1])), PROTOCOL))
    made = [Made(pickle.dumps(call, PROTOCOL)) for call in calls]
    if _handlers(version.before) != _handlers(version.after):
        made += [Made(pickle.dumps(call, PROTOCOL), loose=True) for call in _unfit(*calls[0])]
    return (bare, bare, *dict.fromkeys(made))  # what one call leaves in a default, the next one finds


def _demanded(function: Function, named: dict[str, Any]) -> dict[str, Any]:
    """Return those of the named arguments that have no default."""
    head = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return {place.arg: named[place.arg] for place, default in head if default is None}


def _swept(function: Function, pool: Pool, simple: tuple[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the `simple` call with one argument after the other replaced by each value that is worth a try."""
    args, named = simple
    places = [*function.args.posonlyargs, *function.args.args]
    tries: list[list[tuple[int | str, object]]] = [
        [(at, value) for value in tries_of(place.annotation, pool)] for at, place in enumerate(places[: len(args)])
    ]
    rest = [*places[len(args) :], *function.args.kwonlyargs]
    tries += [[(place.arg, value) for value in tries_of(place.annotation, pool)] for place in rest]
    for at, value in (one for row in itertools.zip_longest(*tries) for one in row if one is not None):
        if isinstance(at, int):
            yield (*args[:at], value, *args[at + 1 :]), named
        else:
            yield args, {**named, at: value}


def _unfit(args: tuple[Any, ...], named: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield calls with one argument of another type: a wider `except` shows nowhere else."""
    for at in range(len(args)):
        yield from (((*args[:at], other, *args[at + 1 :]), named) for other in OTHERS)


def _number(version: Version) -> int:
    text = f"{rendered(version.before)}\0{rendered(version.after)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _drawn(strategy: Strategy, count: int, number: int) -> list[Any]:
    """Return `count` examples, the same ones for one `number`, and leave nothing behind."""
    found: list[Any] = []
    AVAILABLE_PROVIDERS[BACKEND] = Secluded

    @seed(number)
    @settings(
        max_examples=count,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        backend=BACKEND,
    )
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    with tempfile.TemporaryDirectory(prefix="nova-inputs-") as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            collect()
        finally:
            configuration.set_hypothesis_home_dir(None)
            del AVAILABLE_PROVIDERS[BACKEND]
    return found


# --- what a call looks like ---------------------------------------------------------------------------------------


def _call(function: Function, pool: Pool) -> Strategy | None:
    """Return a strategy of (args, kwargs), None where the function cannot be called from its annotations alone."""
    head = function.args
    places = [*head.posonlyargs, *head.args]
    first = len(places) - len(head.defaults)
    needed = [strategy_of(place.annotation, pool) for place in places[:first]]
    by_name = list(zip(head.kwonlyargs, head.kw_defaults, strict=True))
    demanded = {place.arg: strategy_of(place.annotation, pool) for place, default in by_name if default is None}
    spare = [place for place in head.args if place in places[first:] and head.vararg is None]
    spare += [place for place, default in by_name if default is not None]
    free = {place.arg: strategy_of(place.annotation, pool) for place in spare}
    more = strategy_of(head.vararg.annotation, pool) if head.vararg else None
    if None in needed or None in demanded.values():
        return None
    rest = st.lists(more, max_size=3) if more is not None else st.just([])
    args = st.tuples(st.tuples(*(one for one in needed if one is not None)), rest)
    kwargs = st.fixed_dictionaries(
        {name: one for name, one in demanded.items() if one is not None},
        optional={name: one for name, one in free.items() if one is not None},
    )
    return st.tuples(args.map(lambda both: (*both[0], *both[1])), kwargs)


# --- what stands in the code --------------------------------------------------------------------------------------


def _constants(functions: Iterable[Function]) -> dict[type, tuple[object, ...]]:
    """Return the constants in `functions` by type, numbers with their neighbours, the first CONSTANTS of each."""
    found: dict[type, list[object]] = defaultdict(list)
    for node in (node for function in functions for node in ast.walk(function)):
        if isinstance(node, ast.Constant):
            found[type(node.value)] += _neighbours(node.value)
    return {kind: tuple(dict.fromkeys(values))[:CONSTANTS] for kind, values in found.items()}


def _neighbours(value: object) -> list[object]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [value]
    return [value, value + 1, value - 1] if abs(value) <= LARGEST else []


def _handlers(function: Function) -> list[str]:
    """Return what `function` catches."""
    kinds = (node.type for node in ast.walk(function) if isinstance(node, ast.ExceptHandler))
    return sorted("everything" if kind is None else rendered(kind) for kind in kinds)
