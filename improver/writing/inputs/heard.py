"""Of which types the values are that a project's own runs give its parameters (pure)."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from improver.judging.functions import definitions
from improver.source import Function, Source
from improver.verify.keeper import QUOTES
from improver.writing.pieces import defaults_of

Heard = Mapping[Function, Mapping[str, frozenset[str]]]
MANY = ("tuple", "set", "frozenset", "deque", "generator", "range", "map", "filter", "zip", "dict_keys", "dict_values")
CALLED = ("method", "builtin_function_or_method", "partial", "wrapper_descriptor", "method_descriptor")
ITEMS = "[]"  # after the name of a parameter: what is in the lists that it is given
LIKE: Mapping[str, tuple[str, ...]] = {  # literals that may stand for an object of a type
    **dict.fromkeys(MANY, ("list",)),
    **dict.fromkeys(("list_iterator", "tuple_iterator", "islice", "chain", "dict_items"), ("list",)),
    **dict.fromkeys(("OrderedDict", "defaultdict", "Counter", "mappingproxy", "ChainMap"), ("dict",)),
    **dict.fromkeys(("float", "Decimal", "Fraction", "complex"), ("int",)),
    **dict.fromkeys(("bytearray", "memoryview"), ("bytes",)),
    **dict.fromkeys(("PosixPath", "WindowsPath"), ("str",)),
    **dict.fromkeys(CALLED, ("function",)),
    **dict.fromkeys(("type", "ABCMeta", "EnumType", "EnumMeta"), ("class", "function")),
}
NOTHING = frozenset({"NoneType"})
SAYS_NOTHING = frozenset({"object", "Any", "Mock", "MagicMock"})  # a parameter that is given one takes anything


def heard_in(kinds: Mapping[str, Mapping[str, Sequence[str]]], sources: Iterable[Source]) -> Heard:
    """Return by definition and parameter which literals are of a type that was seen there; None alone says nothing.

    The name of a type of which there are no literals stands for itself, and so does what texts begin with. A method
    that no run calls is given what others of its name are. `kinds` are those of a recording.
    """
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    for function, given in kinds.items():
        for place, names in given.items():
            alike[_last(function), place].update(names)
    found: dict[Function, dict[str, frozenset[str]]] = {}
    for source in sources:
        for name, (*_, node) in definitions(source).items():
            given = kinds.get(f"{source.path}::{name}", {})
            names = [one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)]
            places = [f"{one}{more}" for more in ("", ITEMS, QUOTES) for one in names]
            seen = {place: given.get(place) or ("." in name and alike.get((_last(name), place))) for place in places}
            each = ((place, _literals(names)) for place, names in seen.items() if names)
            optional = {place for place, value in defaults_of(node).items() if ast.unparse(value) == "None"}
            literals = {place: one | (NOTHING if place in optional else one) for place, one in each if one - NOTHING}
            found |= {node: literals} if literals else {}
    return found


def _last(function: str) -> str:
    """Return a function's own name."""
    return function.rpartition("::")[2].rpartition(".")[2]


def _literals(names: Iterable[str]) -> frozenset[str]:
    known = {*names}
    if not SAYS_NOTHING.isdisjoint(known):
        return frozenset()
    return frozenset(like for name in known for like in LIKE.get(name, (name,)))
