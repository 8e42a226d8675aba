"""How odd a call looks: what nobody would give the function who has no reason to (pure)."""

import ast
import contextlib
import functools
import re
from collections.abc import Iterator

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.legible import is_dense
from improver.writing.inputs.kinds import last_name

SHOUTED = re.compile(r"[A-Z]{2}|^[A-Z]$|[a-z][A-Z]\b")  # a word that is turned round ends so
SIGNS = ast.Lt | ast.LtE | ast.Gt | ast.GtE
NEGATIVE = re.compile(r"negative|minus|sign|absolute", re.IGNORECASE)
SIGNED = frozenset({"__abs__", "__neg__", "__pos__"})
MADE_UP = frozenset({"generated", "varied", "strange"})
WILD = 2  # things to wonder about
COUNTS = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow
FEIGNED = frozenset({"Mock", "MagicMock", "AsyncMock"})
SPANS = frozenset({"range", "slice"})
WORD = re.compile(r"[A-Z]?[a-z]*|[A-Z]+|\d+")
FRACTION = re.compile(r"\d+\.\d+")
NUMBER = re.compile(r"[-+]?\d+(?:[.,:/-]\d+)*")
ROUNDS = re.compile(r"\b(?:ceil|floor|trunc)\(")
SPOKEN = re.compile(r"[A-Za-z]{3}")
SHORT = 8  # characters of a text that is no word
BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))


def oddity(case: Case) -> int:
    """Return how many things of a call and what comes before it a reader would wonder about."""
    return sum(map(_twins, _nodes(case))) + _strangeness(case)


def is_wild(case: Case, node: Function) -> bool:
    """Tell whether nobody would give a function what a made up call gives it, unless to see it refused."""
    if case.origin not in MADE_UP or case.checks[0][0] == "raises":
        return False
    return _strangeness(case) + 2 * unasked_signs(case, node) >= WILD


def _strangeness(case: Case) -> int:
    nodes = _nodes(case)
    lines = {id(part) for one in nodes for text in contents(one) for part in ast.walk(text)}  # they have ends
    nodes = [one for one in nodes if id(one) not in lines]
    texts = [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    found = sum(map(_is_idle_span, nodes)) + sum(map(_is_repeated, nodes))
    found += 3 * sum(is_dense(word) for text in texts for word in text.split())
    if case.origin == "recorded":  # somebody gives it that
        return found
    found += sum(text != text.strip() or not (any(map(str.isalnum, text)) or not text) for text in texts)
    found += sum(map(_is_open, texts)) + sum(map(_is_apart, nodes))
    if case.origin in MADE_UP:
        found += sum(bool(SHOUTED.search(text)) for text in texts)
        found += WILD * sum(_is_chained(one) or _is_feigned(one) for one in nodes)
    return found


def made_up_things(case: Case) -> int:
    """Return how many fractions, and texts that are no words, stand in a call that nobody made.

    Of a fraction another one comes where a function reckons. What rounds shows nothing of a number that is whole.
    """
    if case.origin == "recorded":
        return 0
    plain = [one for one in _nodes(case) if isinstance(one, ast.Constant)]
    given = {ast.unparse(one) for one in plain if is_fraction(one)}
    reckons = any(not given.issuperset(FRACTION.findall(wanted)) for _, _, wanted in case.checks)
    jumbles = sum(isinstance(one.value, str) and is_jumble(one.value) for one in plain)
    if ROUNDS.search(case.call):
        return jumbles + sum(isinstance(one.value, int | float) and not is_fraction(one) for one in plain)
    return jumbles + (0 if reckons else sum(map(is_fraction, plain)))


def is_jumble(text: str) -> bool:
    """Tell whether a short text has letters or digits, and among them no word, and is no number, date or the like.

    >>> [is_jumble(one) for one in ("A b", "a1", "+ .2e", "Box", "12", "1.2.3", "--", "#abc")]
    [True, True, True, False, False, False, False, False]
    """
    is_plain = not any(map(str.isalnum, text)) or WORD.fullmatch(text) or NUMBER.fullmatch(text)
    return not is_plain and len(text) <= SHORT and not SPOKEN.search(text)


def is_fraction(node: ast.AST) -> bool:
    """Tell whether an expression is a number that is not whole."""
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and not node.value.is_integer()


def _is_open(text: str) -> bool:
    """Tell whether a text has words, and a bracket in it that nothing closes: a part was cut off.

    >>> [_is_open(one) for one in ("{hello} (more", "{hello}", "(")]
    [True, False, False]
    """
    return any(map(str.isalnum, text)) and any(text.count(one) != text.count(other) for one, other in BRACKETS)


def unasked_signs(case: Case, node: Function) -> int:
    """Return how many numbers below nothing a call gives a function that says nothing of them and refuses none."""
    if case.origin == "recorded" or (case.checks and case.checks[0][0] == "raises") or _minds_signs(node):
        return 0
    return sum(map(_is_negative, _nodes(case)))


def is_on_an_object(case: Case, node: Function) -> bool:
    """Tell whether a method that needs no object is called on one."""
    if not any(ast.unparse(one) in ("classmethod", "staticmethod") for one in node.decorator_list):
        return False
    return any(next(methods_called(ast.parse(text), node), None) for text in (*case.setup, case.call))


def methods_called(tree: ast.AST, node: Function) -> Iterator[ast.Attribute]:
    """Yield where code looks up the method `node` on something that is made there, or was before: no class."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Attribute) and one.attr == node.name:
            name = getattr(one.value, "id", "")
            if isinstance(one.value, ast.Call) or (name and name.islower()):
                yield one


def _nodes(case: Case) -> list[ast.AST]:
    return [one for text in (*case.setup, case.call) for one in _parts(text)]


@functools.lru_cache(maxsize=1 << 13)  # the same setup stands before many calls
def _parts(text: str) -> tuple[ast.AST, ...]:
    return (*ast.walk(ast.parse(text)),)


def _twins(node: ast.AST) -> int:
    """Return how many arguments of a call, texts of a list and values of a mapping are another one, or their key."""
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return sum(key is not None and ast.dump(key) == ast.dump(value) for key, value in pairs)
    if isinstance(node, ast.List | ast.Tuple):
        texts = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str | bytes)]
        return len(texts) - len(set(texts))
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") in SPANS:
        return 0
    given = [ast.unparse(one) for one in node.args if isinstance(one, ast.Name) or _is_plain(one)]
    return len(given) - len(set(given))


def _is_plain(node: ast.expr) -> bool:
    if not isinstance(node, ast.Constant):
        return False
    return isinstance(node.value, str | bytes | int | float) and not isinstance(node.value, bool)


def contents(node: ast.AST) -> list[ast.expr]:
    """Return what a call writes by a path, or what is written in a context to what is open there."""
    if isinstance(node, ast.With | ast.AsyncWith):
        return [text for one in ast.walk(node) if _attribute(one) == "write" for text in getattr(one, "args", ())]
    return [*getattr(node, "args", ())] if _attribute(node) in ("write_text", "write_bytes") else []


def _attribute(node: ast.AST) -> str:
    """Return the name of the method that a call is of, "" where it is none."""
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""


def _is_idle_span(node: ast.AST) -> bool:
    """Tell whether a range has nothing in it."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "range":
        return False
    given = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, int)]
    with contextlib.suppress(TypeError, ValueError):  # another one's range, or one that Python refuses
        return len(given) == len(node.args) and not range(*given)
    return False


def _is_apart(node: ast.AST) -> bool:
    """Tell whether an object that is made of texts is compared with another one: they would differ as texts do."""
    match node:
        case ast.Compare(ast.Call() as made, [ast.Eq() | ast.NotEq()], [ast.Constant(str(text))]):
            parts = [one.value for one in ast.walk(made) if isinstance(one, ast.Constant)]
            return any(isinstance(one, str) for one in parts) and text not in parts
    return False


def _is_chained(node: ast.AST) -> bool:
    """Tell whether what a call gives is called, and so on for four: a decorator is no more than three."""
    match node:
        case ast.Call(ast.Call(ast.Call(ast.Call()))):
            return True
    return False


def _is_feigned(node: ast.AST) -> bool:
    """Tell whether an object that feigns to be another is told what to be by a literal, which nobody would do."""
    if not isinstance(node, ast.Call) or last_name(node.func) not in FEIGNED:
        return False
    return any(isinstance(one, ast.Constant) for one in (*node.args, *(word.value for word in node.keywords)))


def _is_repeated(node: ast.AST) -> bool:
    """Tell whether a text is made of one that is repeated."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.left, ast.Constant)


def _is_negative(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)


@functools.lru_cache(maxsize=512)
def _minds_signs(node: Function) -> bool:
    """Tell whether a function orders or reckons with what it is given, or speaks of what is less than nothing."""
    if node.name in SIGNED or NEGATIVE.search(ast.get_docstring(node) or ""):
        return True
    given = {one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    parts = (part for one in ast.walk(node) for part in _reckoned(one))
    return any(isinstance(part, ast.Name) and part.id in given for part in parts)


def _fills(node: ast.BinOp) -> bool:
    """Tell whether a text takes what stands beside it in."""
    return isinstance(node.op, ast.Mod) and isinstance(getattr(node.left, "value", None), str)


def _reckoned(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what an expression compares by order or reckons with."""
    if isinstance(node, ast.Compare) and any(isinstance(one, SIGNS) for one in node.ops):
        yield from (node.left, *node.comparators)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, COUNTS) and not _fills(node):
        yield from (node.left, node.right)
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("abs", "float", "int"):
        yield from node.args
