"""Of which types the values are that a project's own runs give its parameters (pure)."""

from collections.abc import Iterable, Mapping, Sequence

from improver.judging.functions import definitions
from improver.source import Function, Source

Heard = Mapping[Function, Mapping[str, frozenset[str]]]
MANY = ("tuple", "set", "frozenset", "deque", "generator", "range", "map", "filter", "zip", "dict_keys", "dict_values")
CALLED = ("method", "builtin_function_or_method", "partial", "wrapper_descriptor", "method_descriptor")
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
SAYS_NOTHING = frozenset({"object", "Any", "Mock", "MagicMock"})  # a parameter that is given one takes anything


def heard_in(kinds: Mapping[str, Mapping[str, Sequence[str]]], sources: Iterable[Source]) -> Heard:
    """Return by definition and parameter which literals are of a type that was seen there; None says nothing.

    The name of a type of which there are no literals stands for itself. `kinds` are those of a recording.
    """
    known = {f"{source.path}::{name}": node for source in sources for name, (*_, node) in definitions(source).items()}
    found: dict[Function, dict[str, frozenset[str]]] = {}
    for function, given in kinds.items():
        if function in known:
            each = ((place, _literals(names)) for place, names in given.items())
            found[known[function]] = {place: literals for place, literals in each if literals}
    return found


def _literals(names: Sequence[str]) -> frozenset[str]:
    if not SAYS_NOTHING.isdisjoint(names):
        return frozenset()
    return frozenset(like for name in names for like in LIKE.get(name, (name,))) - {"NoneType"}
