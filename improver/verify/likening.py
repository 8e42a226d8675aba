"""Whether a lookalike of one of Python's containers does with its contents what that would: inside the sandbox (3.9).

Who makes a class a list, by inheritance, registration or all that `Sequence` promises, lets people take it for one:
what `x.pop(0)` does is known from more than its own code. So the same call is made on the list of what it holds, with
copies of what is handed over, and what is given, what is left and whether an error ends it are compared. To do
otherwise is the very point of many classes, and no fault. So nothing is compared

- unless an object tells in one way what it holds: length, items and membership agree, also about what the call speaks
  of (which rules out lazy sets, complements, and keys whose case does not count);
- where a class takes settings beside its contents (a bound, a key, a default), or does not hold just what it is made
  of, before and after (bounded, sorted, checked, one to one);
- where Python's refuses the arguments (the class takes more), where the class refuses what Python's takes (it is not
  to be changed), or gives something for any key, and where a method's docstring says that it differs;
- of equality, texts and hashes, which are each class's own; of what gives just any item; and of heirs of `str`: who
  puts another method in the place of one of a text means it.

That most methods of a class differ, which is no fault either, only those know who hear of all its calls (`exploring`).
"""

from __future__ import annotations

import ast
import collections
import contextlib
import copy
import functools
import inspect
import itertools
import re
from collections import abc
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

MOST, LOOKED, SHOWN = 100_000, 50, 40  # items that are held, and asked for one by one; characters that are shown
PYTHONS = (list, tuple, set, frozenset, collections.OrderedDict, collections.Counter, dict, collections.deque)
ABSTRACT: tuple[tuple[Any, type], ...] = (
    *((abc.MutableSet, set), (abc.Set, frozenset), (abc.Mapping, dict), (abc.Sequence, list), (abc.Sequence, tuple)),
)
WORDS = {"and": "intersection", "or": "union", "sub": "difference", "xor": "symmetric_difference"}
NAMED = {  # methods of sets that do the same, and take whatever can be listed
    **{f"__{sign}__": name for sign, name in WORDS.items()},
    **{f"__i{sign}__": f"{name}_update".replace("union_", "") for sign, name in WORDS.items()},
    "__le__": "issubset",
    "__ge__": "issuperset",
}
SLICED = {"__getslice__": "__getitem__", "__delslice__": "__delitem__", "__setslice__": "__setitem__"}  # of Python 2
ASKED = frozenset({*SLICED, *SLICED.values(), *NAMED, "__len__", "__iter__", "__reversed__"})
IN_PLACE = frozenset({"__iand__", "__ior__", "__isub__", "__ixor__", "__iadd__", "__imul__"})
BINARY = frozenset({one.replace("__i", "__") for one in IN_PLACE} | {"__le__", "__ge__", "__lt__", "__gt__"} | IN_PLACE)
ASKED |= BINARY
ANY_ITEM = {("set", "pop"), ("dict", "popitem")}  # gives just any
DIFFERS = re.compile(
    r"\b(?:unlike|differs?|differently|instead of|rather than|silently|(?:no|never|not) raises?)\b", re.I
)
SEEKING = ("index", "remove")
PLAIN = (int, float, complex, str, bytes, type(None), slice, range, tuple, frozenset, type)
Use = tuple[str, list[str], dict[str, str], Callable[..., Any]]  # a method, its values as texts, how it is done
Likened = tuple[str, str, str]  # a class, one of its methods and how that differs, "" where it does not


class Untold(Exception):
    """Nobody can tell what is right here."""


class Refused(Exception):
    """Python's container does not take such a call."""


class Stream(list[Any]):
    """What an iterator or a view gave."""


def likened(
    case: dict[str, Any], uses: Callable[[ast.stmt], Iterator[Use]], space_of: Callable[[Any], dict[str, Any]]
) -> Iterator[Likened]:
    """Yield what a case does with lookalikes of Python's containers, and how that differs from what these do."""
    lines = [*case["prelude"], *case["setup"], case["call"]]
    spoken = [one.value for line in lines for one in ast.walk(ast.parse(line)) if isinstance(one, ast.Constant)]
    for at, line in enumerate(lines):
        for use in uses(ast.parse(line).body[0]):
            with contextlib.suppress(Exception):  # foreign code may raise anything
                space = space_of(case["imports"])
                exec(compile("\n".join(lines[:at]), "<case>", "exec", dont_inherit=True), space)  # noqa: S102
                yield from _compared(use, space, spoken)


# --- what it looks like -------------------------------------------------------------------------------------------


@functools.cache
def _kinds(kind: Any) -> tuple[type, ...]:
    """Return the containers of Python's that people may take a class of a project's own for, the likeliest first."""
    if kind.__module__ in ("builtins", "collections") or _has_settings(kind):
        return ()
    heirs = [one for one in kind.__mro__ if one in PYTHONS]
    return tuple(heirs[:1] or dict.fromkeys(made for told, made in ABSTRACT if _is_one(kind, told)))


def _is_one(kind: type, told: Any) -> bool:
    """Tell whether a class says that it is of an abstract one, or does all that this promises."""
    names = {name for one in told.__mro__[:-1] for name, does in vars(one).items() if inspect.isfunction(does)}
    return issubclass(kind, told) or all(hasattr(kind, one) for one in names if one[0] != "_" or one[:2] == "__")


def _has_settings(kind: type) -> bool:
    """Tell whether a class is made of more than what it holds."""
    with contextlib.suppress(TypeError, ValueError):  # classes written in C tell nothing
        parameters = inspect.signature(kind).parameters.values()
        return sum(one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in parameters) > 1
    return False


def _held(value: Any, kind: type, spoken: list[Any]) -> Any:
    """Return what an object holds as a container of Python's, if it tells that in one way only."""
    listed = list(itertools.islice(iter(value), MOST + 1))
    is_mapping = issubclass(kind, dict)
    held: Any = kind({key: value[key] for key in listed} if is_mapping else listed)
    first = list(enumerate(listed))[:LOOKED]
    told = len(value) == len(listed) == len(held) and getattr(value, "maxlen", None) is None
    told = told and all(one in value for _, one in first) and not any(_has(value, one, listed) for one in spoken)
    if issubclass(kind, (list, tuple)):
        told = told and all(value[at] == one for at, one in first)
    if not told:
        raise Untold
    return held


def _has(value: Any, one: Any, listed: list[Any]) -> bool:
    """Tell whether an object holds something that it does not list."""
    with contextlib.suppress(Exception):  # some can be asked for things of one kind only
        return one in value and one not in listed
    return False


def _may_hold(own: Any, wanted: Any) -> bool:
    """Tell whether an object of a class can be made of what Python's container holds, and then holds just that."""
    return bool(_held(own(copy.copy(wanted)), type(wanted), []) == wanted)


# --- what Python's would do ---------------------------------------------------------------------------------------


def _compared(use: Use, space: dict[str, Any], spoken: list[Any]) -> Iterator[Likened]:
    """Yield how what is done to one object differs from what is done to the first of Python's that takes it."""
    name, texts, named, does = use
    values = [eval(one, space) for one in texts]  # noqa: S307 - the sandbox is for that
    options = {key: eval(one, space) for key, one in named.items()}  # noqa: S307
    either = values[:2] if name in BINARY else values[:1]
    pairs: list[tuple[Any, Any]] = [(one, type(one)) for one in either]
    owner, own = next((pair for pair in pairs if _kinds(pair[1])), (None, None))
    method = getattr(own, name, None)
    if own is None or DIFFERS.search(getattr(method, "__doc__", "") or ""):
        return
    known = (getattr(method, "__name__", name), *_also(own, method))
    for kind in _kinds(own):
        with contextlib.suppress(Refused):
            says = _difference(does, (name, *known), (values, options, owner), kind, spoken)
            alone = ", which takes one other" if _is_alone((name, *known), values[1:]) else ""
            yield own.__name__, known[0], says and f"differs from Python's {kind.__name__}{alone}: it {says}"
            return


def _also(own: type, method: Any) -> list[str]:
    """Return all names by which a class has one method: the plainest may be one of its own."""
    return [one for one in dir(own) if inspect.isfunction(method) and getattr(own, one, None) is method]


def _difference(does: Callable[..., Any], names: tuple[str, ...], given: Any, kind: type, spoken: list[Any]) -> str:
    """Return how what comes of a call differs from what comes of it with a container of Python's, "" for not at all."""
    values, options, owner = given
    held = _held(owner, kind, spoken)
    before, others = copy.copy(held), [_taken(one) for one in values]
    mine = held if owner is values[0] else others[0]
    taken = {key: _taken(one) for key, one in options.items()}
    wanted, error = _outcome(lambda: _asked(mine, names, others[1:], taken))
    if isinstance(error, (TypeError, Refused)) or wanted is NotImplemented:
        raise Refused
    if not all(_may_hold(type(owner), one) for one in (before, held, *([wanted] if type(wanted) is kind else ()))):
        raise Untold
    came, failure = _outcome(lambda: does(*values, **options))
    if error or failure:
        return _ended(failure, error, names[0], kind)
    if came is NotImplemented:
        raise Untold
    if not _is_given(wanted, came, kind):
        return f"gives {_shown(came, kind)} where that gives {_shown(wanted, kind)}"
    left, right = (came, mine) if names[0] in IN_PLACE else (owner, held)
    if not _is_given(right, left, kind):
        return f"leaves {_shown(left, kind)} where that leaves {_shown(right, kind)}"
    return ""


def _ended(failure: Exception | None, error: Exception | None, name: str, kind: type) -> str:
    """Return how an end with an error differs from another; of an object's own errors nobody can tell."""
    if failure is None and issubclass(kind, dict):
        raise Untold  # a mapping that gives something for any key
    if failure is None:
        return f"raises nothing where that raises {type(error).__name__}"
    is_accident = isinstance(failure, (LookupError, ValueError)) and type(failure).__module__ == "builtins"
    if error is not None:
        is_alike = isinstance(failure, type(error)) or not is_accident
        return "" if is_alike else f"raises {type(failure).__name__} where that raises {type(error).__name__}"
    if not is_accident or (isinstance(failure, ValueError) and name not in SEEKING):
        raise Untold  # it does not take what Python's does
    return f"raises {type(failure).__name__} where that raises nothing"


def _asked(mine: Any, names: tuple[str, ...], others: list[Any], options: dict[str, Any]) -> Any:
    """Return what a container of Python's gives when the same is done to it, under the first name that it knows."""
    is_set = isinstance(mine, (set, frozenset))
    ways = [NAMED.get(one, one) if is_set else one for one in names if one[0] != "_" or one in ASKED]
    name = next((one for one in ways if one in SLICED or hasattr(mine, one)), "")
    if not name or (type(mine).__name__, name) in ANY_ITEM:
        raise Refused
    if name in SLICED:
        at, rest = (others[:2], others[2:]) if name == "__setslice__" else (others, [])
        return getattr(mine, SLICED[name])(_slice(*at, **options), *rest)
    if _is_alone((name,), others) and not options:  # one after the other; none changes nothing
        made = functools.reduce(lambda one, other: one.symmetric_difference(other), others, set(mine))
        return type(mine)(made) if name in WORDS.values() else mine.__init__(made)
    return getattr(mine, name)(*others, **options)


def _is_alone(names: tuple[str, ...], others: list[Any]) -> bool:
    """Tell whether a method that takes one other set in Python is given none here, or several."""
    return len(others) != 1 and any(NAMED.get(one, one).startswith("symmetric_difference") for one in names)


def _slice(start: Any, stop: Any, step: Any = None) -> slice:
    return slice(start, stop, step)


def _taken(value: Any) -> Any:
    """Return what is handed to a container of Python's: a copy of what can be changed, and that of a lookalike."""
    own: Any = type(value)
    if _kinds(own):
        return _held(value, _kinds(own)[0], [])
    if own in (*PYTHONS, bytearray):
        return copy.copy(value)
    if isinstance(value, PLAIN):
        return value
    if callable(value) or any(hasattr(own, one) for one in ("__iter__", "__getitem__", "__contains__")):
        raise Untold  # it may do, or be, another thing the next time
    return value


def _outcome(does: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Return what a call gives, all of it, or the error that ends it."""
    try:
        value = does()
        is_view = isinstance(value, (abc.KeysView, abc.ValuesView, abc.ItemsView))
        is_stream = is_view or hasattr(type(value), "__next__")
        return (Stream(itertools.islice(value, MOST)) if is_stream else value), None
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything
        return None, error


def _is_given(wanted: Any, given: Any, kind: type) -> bool:
    """Tell whether what a call gives, or leaves, is what Python's gives; where that gives nothing all is well."""
    if wanted is None:
        return True
    if isinstance(wanted, bool):
        return bool(given) is wanted
    if not isinstance(wanted, (*PYTHONS, Stream)):
        return given is wanted or bool(given == wanted)  # as containers compare: a nan equals nothing, itself included
    listed = list(itertools.islice(given, MOST + 1))
    if isinstance(wanted, dict):
        listed = [(key, given[key]) for key in listed]
        return len(listed) == len(wanted) and bool(type(wanted)(dict(listed)) == wanted)
    if isinstance(wanted, (list, tuple, collections.deque)) and not (type(wanted) is Stream and not _orders(kind)):
        return listed == list(wanted)
    return len(listed) == len(wanted) and all(one in wanted for one in listed)


def _orders(kind: type) -> bool:
    return issubclass(kind, (list, tuple, collections.deque))


def _shown(value: Any, kind: type) -> str:
    """Return a short text of a value: that of what it holds, or how many."""
    if not hasattr(type(value), "__len__") or isinstance(value, (str, bytes)):
        text = repr(value)
        return text if len(text) <= SHOWN else f"a {type(value).__name__}"
    listed = list(itertools.islice(value, MOST + 1))
    if isinstance(value, abc.Mapping):
        listed = [(key, value[key]) for key in listed]
    text = repr(listed if _orders(kind) else sorted(listed, key=repr))
    return text if len(text) <= SHOWN else f"{len(listed)} items"
