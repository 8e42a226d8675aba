"""Which functions of the product tests are about: those that a recording saw them run, and those that they name."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from improver.gate import Candidate
from improver.judging.functions import definitions
from improver.judging.normal import rendered
from improver.records import Edit
from improver.source import Source, below

DEPTH = 3  # calls of calls of what a test names are still what it is about
OPERATORS: Mapping[type[ast.AST], tuple[str, ...]] = {  # and the special methods that they ask, without underscores
    **{kind: (name, f"r{name}", f"i{name}") for kind, name in (
        (ast.Add, "add"), (ast.Sub, "sub"), (ast.Mult, "mul"), (ast.MatMult, "matmul"), (ast.Div, "truediv"),
        (ast.FloorDiv, "floordiv"), (ast.Mod, "mod"), (ast.Pow, "pow"), (ast.LShift, "lshift"),
        (ast.RShift, "rshift"), (ast.BitOr, "or"), (ast.BitXor, "xor"), (ast.BitAnd, "and"),
    )},
    ast.USub: ("neg",), ast.UAdd: ("pos",), ast.Invert: ("invert",),
    ast.Eq: ("eq",), ast.NotEq: ("ne", "eq"), ast.Lt: ("lt", "gt"), ast.Gt: ("gt", "lt"),
    ast.LtE: ("le", "ge"), ast.GtE: ("ge", "le"), ast.In: ("contains",), ast.NotIn: ("contains",),
    ast.Subscript: ("getitem", "setitem", "delitem"), ast.For: ("iter", "next"), ast.comprehension: ("iter", "next"),
    ast.With: ("enter", "exit"), ast.AsyncWith: ("aenter", "aexit"), ast.AsyncFor: ("aiter", "anext"),
}  # fmt: skip
EQUAL = (ast.Eq, ast.NotEq)
ASKING = frozenset({  # functions of Python's own that ask the special method of their name
    "abs", "bool", "bytes", "ceil", "complex", "copy", "deepcopy", "dir", "divmod", "float", "floor", "format", "hash",
    "int", "iter", "len", "next", "pow", "repr", "reversed", "round", "str", "trunc",
})  # fmt: skip
OF_MODULES = frozenset({"ceil", "copy", "deepcopy", "floor", "trunc"})  # of math and copy
ITERATING = frozenset({"list", "tuple", "set", "frozenset", "sorted", "sum", "any", "all", "dict"})


@dataclass(frozen=True, slots=True)
class _Change:
    """What changes in one test file: node ids of tests that differ or go, and the syntax that is new."""

    tests: tuple[str, ...]
    fresh: tuple[ast.AST, ...]


def about(candidate: Candidate, impact: Mapping[str, tuple[str, ...]]) -> list[frozenset[str]]:
    """Return the product's functions that the changed tests are about, the nearest first, a set for each distance.

    Nearest are those that `impact` says the changed tests ran, and those that they name, then those that their
    operators ask: any `__neg__` for `-box`. Each further set is named by the ones before.
    """
    changes = [_change(candidate, edit) for edit in candidate.change.edits if edit.path.endswith(".py")]
    tests = tuple(test for change in changes for test in change.tests)
    ran = {name for name, known in impact.items() if any(_is_of(test, tests) for test in known)}
    bodies = dict(_product(candidate))
    fresh = [node for change in changes for node in change.fresh]
    named, asked = _names(fresh), _asked(fresh)
    nearest = (ran & bodies.keys()) | {name for name in bodies if _is_named(name, named)}
    found = [nearest, {name for name in bodies if name.rpartition(".")[2] in asked} - nearest]
    known = last = found[0] | found[1]
    for _ in range(DEPTH - 1):
        named = _names(node for name in last for node in bodies[name])
        last = {name for name in bodies if _is_named(name, named)} - known
        known = known | last
        found.append(last)
    return [frozenset(one) for one in found if one]


def _change(candidate: Candidate, edit: Edit) -> _Change:
    before, after = candidate.before(edit.path), candidate.after(edit.path)
    had = definitions(before) if before else {}
    has = definitions(after) if after else {}
    differ = [name for name in had if [*map(rendered, had[name])] != [*map(rendered, has.get(name, ()))]]
    tests = tuple(f"{edit.path}::{name.replace('.', '::')}" for name in differ)
    new = [name for name in has if name in differ or name not in had]
    return _Change(tests, tuple(node for name in new for node in has[name]))


def _is_of(test: str, changed: tuple[str, ...]) -> bool:
    """Tell whether a node id is one of the changed tests or a case of one."""
    return test.split("[", maxsplit=1)[0] in changed


def _product(candidate: Candidate) -> Iterator[tuple[str, tuple[ast.AST, ...]]]:
    """Yield the name and the definitions of each function of the product."""
    layout, policy = candidate.bench.layout, candidate.policy
    for path, file in candidate.base.items():
        if layout.module_of(path) is None or policy.is_test(path) or policy.is_configuration(path):
            continue
        source = Source.read(path, file.data)
        if isinstance(source, Source):
            yield from ((f"{path}::{name}", tuple(nodes)) for name, nodes in definitions(source).items())


def _names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return every name below `nodes`, in strings too: commands and attributes are named in them."""
    found: dict[str, None] = defaultdict()
    for root in nodes:
        for node in below(root):
            for word in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "value", None)):
                if isinstance(word, str):
                    found[word.replace("-", "_")] = None
    return frozenset(found)


def _asked(roots: Iterable[ast.AST]) -> frozenset[str]:
    """Return the special methods that operators and Python's own functions ask.

    That an assertion compares asks for none: every other one does.
    """
    nodes = [node for root in roots for node in below(root)]
    tests = [node.test for node in nodes if isinstance(node, ast.Assert)]
    equal = {id(one) for test in tests if isinstance(test, ast.Compare) for one in test.ops if isinstance(one, EQUAL)}
    found = {word for node in nodes if id(node) not in equal for word in OPERATORS.get(type(node), ())}
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    called = {one.id for one in calls if isinstance(one, ast.Name)}
    found |= called & ASKING | {one.attr for one in calls if isinstance(one, ast.Attribute)} & OF_MODULES
    found |= {"iter", "next"} if called & ITERATING else set()
    return frozenset(f"__{word}__" for word in found)


def _is_named(function: str, names: frozenset[str]) -> bool:
    """Tell whether a function is named, or is what is run when its class is."""
    *owners, last = function.partition("::")[2].split(".")
    return last in names or (last.startswith("__") and bool(owners) and owners[-1] in names)
