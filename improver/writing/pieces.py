"""Pieces of code as calls hold them: their trees, and identifiers as words (pure)."""

import ast
import builtins
import contextlib
import functools
import keyword
import re
from collections.abc import Iterable, Sequence

from improver.source import FUNCTIONS, Function

SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
HOLLOW = re.compile(r"[A-Z]\w*\(\)")
CLASS_METHODS = frozenset({"classmethod", "abstractclassmethod"})
ABSTRACT = re.compile(r"\babstract\b(?! syntax)", re.IGNORECASE)
ACRONYM = re.compile(r"\b[A-Z][a-z][A-Z]\b")  # AoT is one word


def slug(text: str) -> str:
    """Return `text` as words of an identifier."""
    whole = ACRONYM.sub(lambda found: found[0].lower(), text)
    return re.sub(r"[^a-z0-9]+", "_", SNAKE.sub("_", whole).lower()).strip("_")


@functools.lru_cache(maxsize=4096)  # a name asks for the same few again and again
def expression(text: str) -> ast.expr:
    """Return the tree of an expression, which nobody changes."""
    return ast.parse(text, mode="eval").body


@functools.lru_cache(maxsize=4096)  # a name asks for the same few again and again
def statements(text: str) -> list[ast.stmt]:
    """Return the trees of statements, which nobody changes."""
    return ast.parse(text).body


def is_literal(text: str) -> bool:
    """Tell whether an expression is written out in full: plain values and containers of them."""
    try:
        ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def names_in(texts: Iterable[str]) -> set[str]:
    """Return the names that code speaks of; a pattern that is no code has none."""
    found: set[str] = set()
    for text in texts:
        with contextlib.suppress(SyntaxError):
            found |= {part.id for part in ast.walk(ast.parse(text)) if isinstance(part, ast.Name)}
    return found


def stated(call: str) -> str:
    """Return a call of a method for which Python has a statement as that statement, any other as it is.

    >>> [stated(one) for one in ("(a + b).__delitem__(9)", "Box().__setattr__('lid', 2)", "box.take(1)")]
    ['del (a + b)[9]', 'Box().lid = 2', 'box.take(1)']
    """
    statement = _statement(expression(call))
    return call if statement is None else ast.unparse(ast.fix_missing_locations(statement))


def _statement(call: ast.expr) -> ast.stmt | None:
    """Return the statement that does what a call does, None where there is none."""
    match call:
        case ast.Call(ast.Attribute(box, "__setitem__"), [key, value], []):
            return ast.Assign([ast.Subscript(box, key, ast.Store())], value)
        case ast.Call(ast.Attribute(box, "__delitem__"), [key], []):
            return ast.Delete([ast.Subscript(box, key, ast.Del())])
        case ast.Call(ast.Attribute(box, "__setattr__"), [ast.Constant(str(name)), value], []) if _is_name(name):
            return ast.Assign([ast.Attribute(box, name, ast.Store())], value)
        case ast.Call(ast.Attribute(box, "__delattr__"), [ast.Constant(str(name))], []) if _is_name(name):
            return ast.Delete([ast.Attribute(box, name, ast.Del())])
    return None


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def asked_object(call: ast.expr) -> ast.expr | None:
    """Return what an expression asks something of: a method, an attribute, an item, an operator, or a built-in.

    >>> asks = ("Box(1).take()", "Box(2).lid", "Box(3)[0]", "len(Box(4))", "Box(5) < 1", "1 + Box(6)")
    >>> [ast.unparse(asked_object(expression(one))) for one in asks]
    ['Box(1)', 'Box(2)', 'Box(3)', 'Box(4)', 'Box(5)', 'Box(6)']
    >>> asked_object(expression("depth(3)"))
    """
    match call:
        case ast.Call(ast.Attribute(owner)) | ast.Attribute(owner) | ast.Subscript(owner):
            return owner
        case ast.Call(ast.Name(word), [owner], []) if hasattr(builtins, word):
            return owner
        case ast.Compare(first, _, [other]) | ast.BinOp(first, _, other):
            return other if is_literal(ast.unparse(first)) else first
    return None


def first_text(call: str) -> str:
    """Return, as source, the first text with something in it that stands in a call, "" for none or one in braces."""
    parts = (one.value for one in ast.walk(expression(call)) if isinstance(one, ast.Constant))
    return next((repr(one) for one in parts if isinstance(one, str) and one and not {*"{}"} & {*one}), "")


def spread(call: ast.Call) -> ast.Call:
    """Return a call that is given one by one what it unpacks of a list, or of a mapping, that is written out.

    >>> ast.unparse(spread(expression("moor(*[1, 2], *more, **{'deep': True, 'a b': 3})")))
    "moor(1, 2, *more, deep=True, **{'a b': 3})"
    """
    args = [part for one in call.args for part in _items(one)]
    return ast.Call(call.func, args, [part for one in call.keywords for part in _words(one)])


def _items(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.Starred(ast.List(parts) | ast.Tuple(parts)):
            return parts
    return [node]


def _words(word: ast.keyword) -> list[ast.keyword]:
    """Return what a keyword gives: the items of a mapping whose keys are names, and then what is left of it."""
    if word.arg is not None or not isinstance(word.value, ast.Dict):
        return [word]
    named, rest = list[ast.keyword](), list[tuple[ast.expr | None, ast.expr]]()
    for key, value in zip(word.value.keys, word.value.values, strict=True):
        match key:
            case ast.Constant(str(name)) if _is_name(name):
                named.append(ast.keyword(name, value))
            case _:
                rest.append((key, value))
    left = ast.keyword(None, ast.Dict([key for key, _ in rest], [value for _, value in rest]))
    return [*named, left] if rest else named


def is_naught(node: ast.expr) -> bool:
    """Tell whether an expression is a plain value that counts as false: 0, None, or something empty."""
    try:
        return not ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return False


def is_bare(node: ast.AST) -> bool:
    """Tell whether an expression makes an object of nothing, as far as its name tells."""
    return isinstance(node, ast.expr) and bool(HOLLOW.fullmatch(ast.unparse(node)))


def called_as(function: str) -> str:
    """Return the name by which `function` ("path::qualname") is called: of what makes an object that is its class's."""
    *owners, last = function.partition("::")[2].split(".")
    return owners[-1] if owners and last in ("__init__", "__new__") else last


def is_read(node: Function) -> bool:
    """Tell whether a method is no call of its object, but an attribute: a property, or what sets or deletes one."""
    return _is_set(node) or any("property" in ast.unparse(one) for one in node.decorator_list)


def giving(nodes: Sequence[Function]) -> Function:
    """Return the last definition of a name that gives something: of an attribute not what sets or deletes it."""
    return next((node for node in reversed(nodes) if not _is_set(node)), nodes[-1])


def _is_set(node: Function) -> bool:
    return any(ast.unparse(one) in (f"{node.name}.setter", f"{node.name}.deleter") for one in node.decorator_list)


def required(node: Function) -> list[ast.arg]:
    """Return the parameters that must be given by place, the object itself among them."""
    places = [*node.args.posonlyargs, *node.args.args]
    return places[: len(places) - len(node.args.defaults)]


def defaults_of(node: Function) -> dict[str, ast.expr]:
    """Map the parameters that need not be given to what they stand for then."""
    places = [*node.args.posonlyargs, *node.args.args]
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    found = dict(zip((one.arg for one in reversed(places)), reversed(node.args.defaults), strict=False))
    return found | {one.arg: value for one, value in named if value is not None}


def asks_nothing(method: Function) -> bool:
    """Tell whether a method must be given nothing but its object."""
    return len(required(method)) <= 1 and None not in method.args.kw_defaults


def is_left_open(method: Function) -> bool:
    """Tell whether a method is only there for others to put theirs in its place."""
    marks = [ast.unparse(one).rpartition(".")[2] for one in method.decorator_list]
    refuses = len(method.body) < 3 and ast.unparse(method.body[-1]).startswith("raise NotImplementedError")
    return refuses or any(one.startswith("abstract") for one in marks)


def declines(method: Function) -> bool:
    """Tell whether a method may leave it to the other side of an operator what comes of both."""
    return any(getattr(one, "id", "") == "NotImplemented" for one in ast.walk(method))


def is_abstract(node: ast.ClassDef) -> bool:
    """Tell whether a class is only there for others to come from it: it says so, or leaves a method to them."""
    says = (ast.get_docstring(node) or "").partition("\n\n")[0]
    return ABSTRACT.search(says) is not None or any(
        is_left_open(one) for one in node.body if isinstance(one, FUNCTIONS)
    )


def parameters(node: Function) -> list[str]:
    """Return the names of the positional parameters, the object itself or its class aside."""
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if is_bound(node) else names


def is_bound(node: Function) -> bool:
    """Tell whether the first parameter is the object itself or its class, which no call gives by place.

    A plain function may call a class that it is given `cls` too.
    """
    first = next((one.arg for one in (*node.args.posonlyargs, *node.args.args)), "")
    marks = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
    if "staticmethod" in marks:
        return False
    return first == "self" or (first == "cls" and (node.name.startswith("__") or bool(marks & CLASS_METHODS)))
