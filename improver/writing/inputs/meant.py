"""Of which types a parameter's values are meant to be, by what its function says of it and does with it (pure)."""

import ast
import functools
import re
from collections.abc import Iterator, Mapping

from improver.source import Function
from improver.writing.pieces import defaults_of

TEXTS = frozenset({"str", "bytes"})
NUMBERS = frozenset({"int", "float"})
ITEMS = frozenset({"list", "tuple", "set", "dict", "str", "bytes"})
MOMENT = frozenset({"moment"})  # or a span of time, of which there is no literal
OBJECT = frozenset({"object"})  # nor is there one with an attribute that none has
OF_LITERALS = frozenset().union(*map(dir, (str, bytes, list, tuple, set, dict, float, int, complex)))
BY_NAME: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("func", "function", "callback", "decorator"), frozenset({"function"})),
    **dict.fromkeys(("cls", "klass"), frozenset({"class"})),
    **dict.fromkeys(("kwargs", "kwds", "mapping"), frozenset({"dict"})),
    **dict.fromkeys(("prefix", "suffix", "text", "encoding", "sep", "delimiter", "label", "message", "msg"), TEXTS),
    **dict.fromkeys(("path", "filename", "file_path", "filepath", "dirname", "url", "title"), TEXTS),
    **dict.fromkeys(("width", "height", "maxlen", "maxsize", "max_size"), NUMBERS),
    **dict.fromkeys(("dt", "dtime", "datetime", "when", "moment", "tz", "tzinfo", "td", "delta", "timedelta"), MOMENT),
}
BY_METHOD: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("items", "keys", "values", "setdefault"), frozenset({"dict"})),
    **dict.fromkeys(("append", "extend", "insert", "sort", "reverse"), frozenset({"list"})),
    **dict.fromkeys(("encode", "format", "casefold", "isidentifier"), frozenset({"str"})),
    **dict.fromkeys(("split", "strip", "lstrip", "rstrip", "startswith", "endswith"), TEXTS),
    **dict.fromkeys(("lower", "upper", "title", "splitlines", "partition"), TEXTS),
    **dict.fromkeys(("total_seconds", "isoformat", "strftime"), MOMENT),
}
BY_WORD: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("int", "integer", "float", "number"), NUMBERS),
    **dict.fromkeys(("str", "string", "unicode"), frozenset({"str"})),
    **dict.fromkeys(("callable", "function", "class", "type"), frozenset({"function"})),
    **dict.fromkeys(("iterable", "sequence", "collection"), ITEMS),
    **{name: frozenset({name}) for name in ("bytes", "bool", "list", "tuple", "set", "dict")},
}
SAID = r"^[ \t]*(?:{0}[ \t]*\(([^()]*)\)[ \t]*:|:type[ \t]+{0}:(.*)|:param[ \t]+([\w ]+)[ \t]+{0}:)"  # of a parameter
OPTIONAL = frozenset({"optional", "union", "or", "an", "a", "default", "none"})
WORD = re.compile(r"[A-Za-z]+")
BRACKETED = r"[\[(](?:[^\[\]()]|[\[(][^\[\]()]*[\])])*[\])]"
INSIDE = re.compile(rf"\bof\b.*?(?=\bor\b|[,|]|$)|(?<!optional)(?<!union){BRACKETED}", re.IGNORECASE)  # of its items
EITHER = frozenset({"isinstance", "callable", "type", "hasattr", "issubclass"})  # it asks what it has been given


def meant(node: Function, name: str) -> frozenset[str]:
    """Return the types, as literals have them, that a parameter is meant for; none where that cannot be told.

    "function" is whatever can be called, classes among them, "class" these alone.
    """
    return _meant(node).get(name, frozenset())


@functools.lru_cache(maxsize=1 << 10)  # the calls of one function come together
def _meant(node: Function) -> Mapping[str, frozenset[str]]:
    said, args = ast.get_docstring(node) or "", node.args
    defaults, used = defaults_of(node), _used(node)
    found: dict[str, frozenset[str]] = {}
    for name in (one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)):
        spoken = _spoken(said, name)
        kinds = spoken or used.get(name) or BY_NAME.get(name) or _of_default(defaults.get(name))
        if kinds:
            found[name] = kinds
    return found


def _spoken(said: str, name: str) -> frozenset[str]:
    """Return the types that a docstring gives a parameter, none where it says anything else beside them.

    Those of what is in it are not its own: a list of strings is a list.
    """
    match = re.search(SAID.format(re.escape(name)), said, re.MULTILINE)
    text = INSIDE.sub("", next(filter(None, match.groups()), "")) if match else ""
    words = [one.lower() for one in WORD.findall(text)]
    known = [BY_WORD.get(one.removesuffix("s")) or BY_WORD.get(one) for one in words if one not in OPTIONAL]
    return frozenset().union(*(one for one in known if one)) if None not in known else frozenset()


def _of_default(default: ast.expr | None) -> frozenset[str]:
    """Return the types like that of a number or a text which stands there when nothing is given."""
    value = default.value if isinstance(default, ast.Constant) else None
    if isinstance(value, bool):
        return frozenset()  # a switch takes whatever is true
    return NUMBERS if isinstance(value, int | float) else frozenset({type(value).__name__} & {"str", "bytes"})


def _used(node: Function) -> Mapping[str, frozenset[str]]:
    """Return the types that parameters must be of for what is done with them, as long as nothing asks which it is."""
    found: dict[str, frozenset[str]] = {}
    parts = [part for statement in node.body for part in ast.walk(statement)]
    open_to = {name for one in parts for name in _asked(one)}
    for one in parts:
        for name, kinds in _needs(one):
            found[name] = found.get(name, kinds) & kinds
    return {name: kinds for name, kinds in found.items() if name not in open_to}


def _asked(node: ast.AST) -> Iterator[str]:
    """Yield the names whose types or presence code asks for, and those that it binds anew."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in EITHER:
        yield from (one.id for one in node.args[:1] if isinstance(one, ast.Name))
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.arg):  # of a function within it
        yield node.arg
    elif isinstance(node, ast.Match):
        yield from (one.id for one in ast.walk(node.subject) if isinstance(one, ast.Name))
    elif isinstance(node, ast.Try):
        yield from (one.id for part in node.body for one in ast.walk(part) if isinstance(one, ast.Name))


def _needs(node: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the names in a piece of code, each with the types that it must be of there."""
    match node:
        case ast.Call(ast.Name(name)):
            yield name, frozenset({"function"})
            yield from _unpacked(node)
        case ast.Call(ast.Attribute(ast.Name(name), method)):
            if method in BY_METHOD:
                yield name, BY_METHOD[method]
            yield from _unpacked(node)
        case ast.Attribute(ast.Name(name), attribute) if _is_own(attribute):
            yield name, OBJECT
        case ast.For(iter=ast.Name(name)) | ast.comprehension(iter=ast.Name(name)):
            yield name, ITEMS
        case ast.BinOp(ast.Name(name), ast.Sub() | ast.Div() | ast.Pow(), ast.Constant(int() | float())):
            yield name, NUMBERS
        case ast.Compare(
            ast.Name(name), [ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], [ast.Constant(int() | float())]
        ):
            yield name, NUMBERS


def _is_own(attribute: str) -> bool:
    """Tell whether no literal has an attribute, nor a class or a function."""
    return not attribute.startswith("__") and attribute not in OF_LITERALS and attribute not in BY_METHOD


def _unpacked(call: ast.Call) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the names that a call takes apart for its arguments."""
    for one in call.args:
        if isinstance(one, ast.Starred) and isinstance(one.value, ast.Name):
            yield one.value.id, ITEMS
    for word in call.keywords:
        if word.arg is None and isinstance(word.value, ast.Name):
            yield word.value.id, frozenset({"dict"})
