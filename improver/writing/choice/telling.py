"""How little a call shows of what a function does with what it is given (pure)."""

import ast
import functools
import re
from collections.abc import Iterator

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.operands import idle
from improver.writing.inputs.kinds import last_name
from improver.writing.pieces import HOLLOW

SLIGHT, SMALL = 2, 1  # what a text or a collection of one counts, and a number 0 or 1
FEW = 2  # different things that make a collection
NOTHING = frozenset({"''", "b''", "[]", "()", "{}"})  # of which nothing comes
NOUGHT = NOTHING | {"False", "None", "0", "0.0", "set()", "frozenset()"}
NUMBER, OWN_TEXT = re.compile(r"-?[\d.]+"), re.compile(r"result\.\w+\(\)")
COLLECTIONS = ast.List | ast.Tuple | ast.Set


def dullness(case: Case) -> int:
    """Return how much of a call leaves open what the function does: one thing, a thing twice, an echo.

    Of an error nothing is expected but that it is raised.
    """
    if not case.checks or case.checks[0][0] == "raises":
        return 0
    points = sum(slightness(value, is_first=is_first) for is_first, value in given(case)) + SLIGHT * _is_vacuous(case)
    doubles = sum(1 for tree in _trees(case) for _ in doubled(tree))
    return points + SLIGHT * (
        doubles + idle(case) + echoes(case) + is_uniform(case) + sum(map(is_foreign, _trees(case)))
    )


def speaks(case: Case, check: tuple[str, str, str]) -> bool:
    """Tell whether a check is of the text that a number of a class of the product's own has for itself.

    That it is equal to a plain number holds of a plain one too.
    """
    kind, subject, wanted = check
    is_number = (
        case.gives[:1].isupper() and case.checks[0][:2] == ("eq", "result") and NUMBER.fullmatch(case.checks[0][2])
    )
    return bool(is_number) and kind == "eq" and OWN_TEXT.fullmatch(subject) is not None and wanted[:1] in "'\""


def given(case: Case) -> Iterator[tuple[bool, ast.expr]]:
    """Yield what a case gives to the function, or to what makes objects of its package, and whether it comes first."""
    return (one for tree in _trees(case) for one in arguments_of(tree, case))


def arguments_of(tree: ast.AST, case: Case) -> Iterator[tuple[bool, ast.expr]]:
    """Yield what code gives to the function of a case, or to what makes objects, and whether it comes first."""
    names = _own_names(case)
    for node in _calls(tree):
        called = node.func.func if isinstance(node.func, ast.Call) else node.func  # what a function gave is called
        if last_name(called) in names:
            given_all = (*node.args, *(word.value for word in node.keywords))
            yield from ((at == 0, value) for at, value in enumerate(given_all))


def _own_names(case: Case) -> set[str]:
    """Return the names of the function, of its class, and of what a case imports of the same package."""
    path, _, name = case.function.partition("::")
    package = {*path.removesuffix(".py").split("/")}
    imported = {one[-1] for one in case.imports if one[0].partition(".")[0] in package}
    return {*name.split(".")[-2:], *imported}


def _trees(case: Case) -> list[ast.AST]:
    return [_parsed(text) for text in (*case.setup, case.call)]


@functools.lru_cache(maxsize=1 << 13)  # the same setup stands before many calls
def _parsed(text: str) -> ast.AST:
    return ast.parse(text)


@functools.lru_cache(maxsize=1 << 13)
def _calls(tree: ast.AST) -> tuple[ast.Call, ...]:
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call))


def slightness(node: ast.expr, *, is_first: bool) -> int:
    """Return how slight an argument is: a letter to work on, a collection of one thing, 0, 1 or less than nothing."""
    match node:
        case ast.Constant(value=value):
            return _slight(value, is_first=is_first)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return SLIGHT * (len({*map(ast.dump, parts)}) < FEW)
        case ast.Dict(keys=[]):
            return SLIGHT
        case ast.Name(id="bool" | "object" | "type"):  # as functions they tell next to nothing apart
            return SMALL
        case _:
            return _slight_when_made(node, is_first=is_first)


def _slight(value: object, *, is_first: bool) -> int:
    """Return how slight a plain value is."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int | float):
        return SMALL * (value in (0, 1))
    if isinstance(value, str | bytes):
        return SLIGHT * (is_first and (not value or (len(value) == 1 and value.isalnum())))
    return 0


def _slight_when_made(node: ast.expr, *, is_first: bool) -> int:
    """Return how slight that is which an operator or a built-in makes of plain things."""
    match node:
        case ast.UnaryOp(op=ast.USub()):
            return SMALL
        case ast.BinOp(left=ast.List() as one, op=ast.Mult(), right=count):
            return slightness(one, is_first=is_first) + slightness(count, is_first=is_first)
        case ast.Call(func=ast.Name(id="iter" | "list" | "tuple" | "set" | "frozenset"), args=[one]):
            return slightness(one, is_first=True)
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as count)]):
            return SLIGHT * (count < FEW)
        case _:
            return 0


def hollow(case: Case) -> int:
    """Return how many objects of a call and what comes before it are made of nothing, or only told how to be."""
    calls = [call for tree in _trees(case) for call in _calls(tree)]
    asked = {id(call.func) for call in calls}  # what is made to be called does its work then
    return sum(_is_hollow(call) for call in calls if id(call) not in asked)


def finds_nothing(case: Case) -> bool:
    """Tell whether nothing is found, or a comparison does not hold, of an object that is made of nothing."""
    wanted = case.checks[0][2] if case.checks else ""
    return (wanted in NOUGHT or bool(HOLLOW.fullmatch(wanted))) and bool(hollow(case))


def _is_hollow(call: ast.Call) -> bool:
    if call.args or not last_name(call.func)[:1].isupper():
        return False
    told = [getattr(word.value, "value", call) for word in call.keywords]  # a plain value, or who knows what
    return all(isinstance(one, bool) or not one for one in told)


def _is_vacuous(case: Case) -> bool:
    """Tell whether something is found false of an object that was made of nothing, or true of it and something else."""
    if case.checks[0][0] != "is" or case.checks[0][2] not in ("True", "False"):
        return False
    node = ast.parse(case.call, mode="eval").body
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    maker, says = node.func.value, case.checks[0][2] == "False" or bool(node.args)
    return says and isinstance(maker, ast.Call) and not maker.args and not maker.keywords


def doubled(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield texts and collections that a method is given and that its object was made of as well."""
    for node in _calls(tree):
        if isinstance(node.func, ast.Attribute):
            maker = node.func.value
            made_of = {ast.dump(one) for one in getattr(maker, "args", ())} if isinstance(maker, ast.Call) else set()
            yield from (one for one in node.args if ast.dump(one) in made_of and _is_body(one))


def _is_body(node: ast.expr) -> bool:
    """Tell whether an expression is a collection, or a text, which is one of letters."""
    return isinstance(node, COLLECTIONS) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def coincides(case: Case, node: Function) -> bool:
    """Tell whether what comes back is a constant of the function, and was given to it as well: who knows which it is.

    0, 1, truth values and what is empty come of much else.
    """
    own = {ast.unparse(one) for one in ast.walk(node) if _is_plain(one)} - NOTHING
    told = {ast.unparse(value) for _, value in given(case)} & own
    return any(wanted in told for kind, _, wanted in case.checks if kind == "eq")


def echoes(case: Case) -> bool:
    """Tell whether what comes back is what was given, or has nothing else in it, or is made of the same again."""
    known = _named(case.prelude)
    whole = [known.get(getattr(value, "id", ""), value) for _, value in given(case) if not _is_none(value)]
    told = {ast.unparse(one) for one in whole if _is_plain(one)}
    told |= {ast.unparse(one) for one in whole if isinstance(one, COLLECTIONS | ast.Dict)}
    told |= {ast.unparse(one) for one in whole if _is_number(one) and len(whole) == 1}  # 0 and 1 come of much else
    told -= NOTHING
    wanted = [text for kind, _, text in case.checks if kind in ("eq", "approx")]
    names = [value.id for _, value in given(case) if isinstance(value, ast.Name)]
    if any(kind == "is" and names.count(text) > 1 for kind, _, text in case.checks):
        return True  # which of them it is nobody knows
    return any(not told.isdisjoint({one, *map(ast.unparse, (*_one_in(one), *_made_of(one)))}) for one in wanted)


@functools.lru_cache(maxsize=1 << 10)
def _named(prelude: tuple[str, ...]) -> dict[str, ast.expr]:
    """Return what the names of a test file stand for that are given one plain thing."""
    lines = (line for text in prelude for line in ast.parse(text).body)
    return {
        line.targets[0].id: line.value
        for line in lines
        if isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)
    }


def _made_of(wanted: str) -> list[ast.expr]:
    """Return what an object that is demanded is made of."""
    node = ast.parse(wanted, mode="eval").body
    return [*node.args, *(word.value for word in node.keywords)] if isinstance(node, ast.Call) else []


def is_uniform(case: Case) -> bool:
    """Tell whether but one thing comes of several, once or again and again."""
    several = any(isinstance(one, COLLECTIONS) and len(one.elts) >= FEW for _, one in given(case))
    return several and any(_is_uniform(subject, wanted) for _, subject, wanted in case.checks)


def _is_uniform(subject: str, wanted: str) -> bool:
    if subject not in ("result", "list(result)"):
        return False
    node = ast.parse(wanted, mode="eval").body
    alike = isinstance(node, ast.List | ast.Tuple) and len({*map(ast.dump, node.elts)}) == 1
    return alike or len(_one_in(wanted)) == 1


def _one_in(wanted: str) -> list[ast.expr]:
    """Return the things in a collection that is demanded where it has but one."""
    node = ast.parse(wanted, mode="eval").body
    parts = node.elts if isinstance(node, COLLECTIONS) else node.values if isinstance(node, ast.Dict) else []
    return parts if len(parts) == 1 else []


def _is_plain(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str | bytes | int | float)
        and node.value not in (0, 1)
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def is_foreign(tree: ast.AST) -> bool:
    """Tell whether a method is given a plain thing of a type that none of the things in its object has."""
    return next(foreign(tree), None) is not None


def foreign(tree: ast.AST) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    """Yield what a method is given and is not of the type of the things that its object was made of, with those."""
    for node in _calls(tree):
        if isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            inner = _things(node.func.value)
            own, others = {*map(_type, inner)}, {*map(_type, _members(node.args[0]))}
            if inner and others and None not in own | others and own.isdisjoint(others):
                yield node.args[0], inner


def _things(maker: ast.expr) -> list[ast.expr]:
    """Return the things of the one collection that an object was made of."""
    if not isinstance(maker, ast.Call) or len(maker.args) != 1:
        return []
    match maker.args[0]:
        case ast.Call(ast.Name("range"), [ast.Constant(int(count))], []) if count > 0:
            return [ast.Constant(0), ast.Constant(count - 1)]
        case body if _is_body(body):
            return _members(body)
    return []


def _members(node: ast.expr) -> list[ast.expr]:
    """Return the things in a collection, or a plain thing itself."""
    if isinstance(node, COLLECTIONS):
        return node.elts
    return [node] if isinstance(node, ast.Constant) else []


def _type(node: ast.expr) -> type | None:
    return type(node.value) if isinstance(node, ast.Constant) else None
