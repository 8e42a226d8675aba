"""Note what stands on both sides of the comparisons that a call runs in one file: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import builtins
import collections
import contextlib
import datetime
import itertools
import time
import types
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator  # noqa: UP035 - older interpreters run this file

if TYPE_CHECKING:
    Place = tuple[int, int]  # a number for the comparison, and which of its signs
    Key = tuple[str, int, str]  # file, first line and name of a function

NOTE, ASK = "__nova_note__", "__nova_ask__"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MOST, ITEMS = 400, 40  # operands of one run, items of what something is looked for in
MOMENTS = (datetime.datetime, datetime.date)
PLAIN = frozenset({int, float, str, bytes, *MOMENTS})
HOLDERS = frozenset({list, tuple, set, frozenset, dict})
DRAINED = ("eq", f"[*zip(range({ITEMS}), result)]", "None")  # no check: what is iterated over runs on
PATIENCE, SECONDS = 0.05, 0.6  # of processor time for one run, and for all of one function


class Notes:
    """What one run compared: by sign, both sides; and the attributes that objects were asked for by name."""

    def __init__(self) -> None:
        self.sides: dict[Any, Any] = {}
        self.compared: dict[Any, list[tuple[Any, Any]]] = collections.defaultdict(list)
        self.asked: dict[str, Any] = {}
        self.count = 0

    def note(self, number: int, at: int, value: Any) -> Any:
        """Take one operand, plain or one that holds plain ones, and give it back."""
        kind = type(value)
        if self.count < MOST and (kind in PLAIN or kind in HOLDERS):
            self.count += 1
            kept = value if kind in PLAIN else _held(value)
            self.sides[number, at] = kept
            if at and (number, at - 1) in self.sides:
                self.compared[number, at - 1].append((self.sides[number, at - 1], kept))
        else:
            self.sides.pop((number, at), None)
        return value

    def ask(self, value: Any, name: Any) -> None:
        """Take an object and the name of an attribute that it is asked for."""
        if type(name) is str and len(self.asked) < ITEMS:
            self.asked[name] = value


class Weighed:
    """The functions of one file that hold a fault, compiled so that they note what they compare.

    `swapping` is the guest of that name.
    """

    def __init__(self, source: bytes, path: str, starts: Iterable[int], swapping: Any) -> None:
        tree = ast.parse(source)
        lines = {source.count(b"\n", 0, start) + 1 for start in starts}
        self.signs: dict[Place, str] = {}
        wanted = [one for one in _outermost(tree) if not lines.isdisjoint(range(one.lineno, (one.end_lineno or 0) + 1))]
        for function in wanted:
            _Weigh(self.signs).visit(function)
        firsts = {min([one.lineno, *(item.lineno for item in one.decorator_list)]) for one in wanted}
        names = {one.name for one in wanted}
        compiled = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
        found = [one for one in swapping.codes_in(compiled) if one.co_firstlineno in firsts and one.co_name in names]
        self.codes: dict[Key, types.CodeType] = {swapping.key_of(one): one for one in found} if self.signs else {}

    @contextlib.contextmanager
    def noting(self, live: dict[Key, list[Any]]) -> Iterator[Notes]:
        """Let the live functions note what they compare, for as long as this lasts."""
        notes, before = Notes(), [(one, one.__code__) for key in self.codes for one in live[key]]
        setattr(builtins, NOTE, notes.note)
        setattr(builtins, ASK, asking(notes))
        try:
            for key, code in self.codes.items():
                for one in live[key]:
                    with contextlib.suppress(ValueError):  # it closes over other variables
                        one.__code__ = code
            yield notes
        finally:
            for one, code in before:
                one.__code__ = code
            setattr(builtins, NOTE, lambda _number, _at, value: value)  # for what was made meanwhile and lives on
            setattr(builtins, ASK, getattr)


class Weighing:
    """Runs cases in one process and tells what each compares in the file."""

    def __init__(self, weighed: Weighed, guests: dict[str, Any]) -> None:
        self.weighed, self.guests = weighed, guests
        self.checking, self.space_of = guests["checking"], guests["phrasing"].space_of
        self.live: dict[Key, list[Any]] = {}
        self.spent = 0.0

    def levelling(self) -> Callable[[dict[str, Any]], Iterator[dict[str, Any]]]:
        """Return what varies cases of one function so that the sides of a comparison are equal, or nearly."""
        levels = self.guests["levelling"].Levelling(
            self.weighed.signs, self.run, self.guests["replacing"], self.space_of
        )
        return lambda case: levels.levelled(case) if self.weighed.codes and case["origin"] != "strange" else iter(())

    def run(self, case: dict[str, Any]) -> Notes:
        """Run a case, and what it gives as far as that goes on, and return what it compares; when late, nothing."""
        began = time.process_time()
        if self.spent > SECONDS:
            return Notes()
        self.live = self.live or self.guests["swapping"].live(self.weighed.codes)
        compiled = self.checking.compiled({**case, "checks": [DRAINED]})
        with self.weighed.noting(self.live) as notes:
            self.checking.unmet(compiled, self.space_of, PATIENCE)
        self.spent += time.process_time() - began
        return notes


def _held(value: Any) -> list[Any]:
    """Return the plain things that something holds, those of a set in an order of their own."""
    found = [one for one in itertools.islice(value, ITEMS) if type(one) in PLAIN]
    return sorted(found, key=repr) if isinstance(value, (set, frozenset)) else found


def asking(notes: Notes) -> Callable[..., Any]:
    """Return what stands for `getattr`, and notes who is asked for what."""

    def asked(value: Any, name: Any, *default: Any) -> Any:
        notes.ask(value, name)
        return getattr(value, name, *default)

    return asked


class _Weigh(ast.NodeTransformer):
    """Lets each comparison in a function note its operands, and each `getattr` what it asks for."""

    def __init__(self, signs: dict[Place, str]) -> None:
        self.signs, self.count = signs, len(signs)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Wrap the operands, which are read in the same order, each once, as far as they were."""
        self.generic_visit(node)
        number, self.count = self.count, self.count + 1
        self.signs.update({(number, at): type(sign).__name__ for at, sign in enumerate(node.ops)})
        node.left, *node.comparators = [
            _noted(one, number, at) for at, one in enumerate((node.left, *node.comparators))
        ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Put what notes in the place of `getattr`."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "getattr":
            node.func = ast.copy_location(ast.Name(ASK, ast.Load()), node.func)
        return node


def _noted(value: ast.expr, number: int, at: int) -> ast.expr:
    call = ast.Call(ast.Name(NOTE, ast.Load()), [ast.Constant(number), ast.Constant(at), value], [])
    return ast.copy_location(call, value)


def _outermost(node: ast.AST) -> Iterator[Any]:
    """Yield the functions that stand in none."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield child
        else:
            yield from _outermost(child)
