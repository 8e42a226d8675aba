"""The type of an expression, where it is evident from the file alone (pure)."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SCALARS = frozenset({"bool", "int", "float", "str", "bytes"})
NUMBERS = frozenset({"bool", "int", "float"})
CALLS = {
    **dict.fromkeys(("isinstance", "issubclass", "callable", "hasattr", "any", "all", "bool"), "bool"),
    **dict.fromkeys(("len", "ord", "hash", "id", "int"), "int"),
    **dict.fromkeys(("str", "repr", "ascii", "chr", "hex", "oct", "bin", "format", "input"), "str"),
    "float": "float",
    "bytes": "bytes",
}
SAME = ("capitalize", "center", "expandtabs", "join", "ljust", "lower", "lstrip", "replace", "rjust", "rstrip", "strip")
TESTS = ("endswith", "isalnum", "isalpha", "isdigit", "islower", "isspace", "isupper", "startswith")
PLACES = ("count", "find", "index", "rfind", "rindex")
METHODS = {
    **{("str", name): "str" for name in (*SAME, "casefold", "format", "format_map", "removeprefix", "removesuffix")},
    **{("str", name): "str" for name in ("swapcase", "title", "translate", "upper", "zfill")},
    **{("bytes", name): "bytes" for name in (*SAME, "removeprefix", "removesuffix", "upper")},
    **{(kind, name): "bool" for kind in ("str", "bytes") for name in TESTS},
    **{(kind, name): "int" for kind in ("str", "bytes") for name in PLACES},
    **{("str", name): "list[str]" for name in ("split", "rsplit", "splitlines")},
    ("str", "encode"): "bytes",
    ("bytes", "decode"): "str",
    ("bytes", "hex"): "str",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What names mean where an expression stands: types of parameters, classes, and what is no builtin here."""

    names: Mapping[str, str]
    classes: Mapping[str, str]  # class -> how an annotation spells it
    shadowed: frozenset[str]


def type_of(node: ast.expr, known: Known) -> str | None:
    """Return the type of `node` as an annotation spells it, or None when it takes more than this file to know."""
    if isinstance(node, ast.Constant):
        name = "None" if node.value is None else type(node.value).__name__
        return name if name in SCALARS | {"None"} else None
    if isinstance(node, ast.JoinedStr):
        return "str"
    if isinstance(node, ast.Name):
        return known.names.get(node.id)
    if isinstance(node, ast.Call):
        return _call(node, known)
    if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp | ast.IfExp):
        return _operation(node, known)
    return _display(node, known)


def agreed(types: Iterable[str | None]) -> str | None:
    """Return the one type that all of `types` are, or None."""
    distinct = set(types)
    return distinct.pop() if len(distinct) == 1 else None


def _call(node: ast.Call, known: Known) -> str | None:
    function = node.func
    if isinstance(function, ast.Name):
        if function.id in known.classes:
            return known.classes[function.id]
        return None if function.id in known.shadowed else CALLS.get(function.id)
    if isinstance(function, ast.Attribute):
        return METHODS.get((type_of(function.value, known) or "", function.attr))
    return None


def _operation(node: ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp | ast.IfExp, known: Known) -> str | None:
    if isinstance(node, ast.IfExp):
        return agreed((type_of(node.body, known), type_of(node.orelse, known)))
    if isinstance(node, ast.BoolOp):
        return agreed(type_of(value, known) for value in node.values)
    if isinstance(node, ast.UnaryOp):
        kind = type_of(node.operand, known)
        if isinstance(node.op, ast.Not):
            return "bool"
        return kind if kind in ("int", "float") and not isinstance(node.op, ast.Invert) else None
    if isinstance(node, ast.BinOp):
        return _arithmetic(node, type_of(node.left, known), type_of(node.right, known))
    plain = all(isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in node.ops)
    builtin = all(type_of(value, known) in SCALARS for value in (node.left, *node.comparators))
    return "bool" if plain or builtin else None


def _arithmetic(node: ast.BinOp, left: str | None, right: str | None) -> str | None:
    """Know `+`, `-`, `*` and `/` of numbers, `+` of two texts, and `%` with a text on its left."""
    if left in ("str", "bytes"):
        joined = isinstance(node.op, ast.Add) and left == right
        return left if joined or isinstance(node.op, ast.Mod) else None
    if left not in NUMBERS or right not in NUMBERS:
        return None
    if isinstance(node.op, ast.Div):
        return "float"
    if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        return None
    return "float" if "float" in (left, right) else "int"


def _display(node: ast.expr, known: Known) -> str | None:
    """Know a display or comprehension by its elements; an empty one says nothing."""
    if isinstance(node, ast.Tuple):
        inner = [type_of(item, known) for item in node.elts]
        return f"tuple[{', '.join(map(str, inner))}]" if inner and None not in inner and len(inner) <= 4 else None
    if isinstance(node, ast.List | ast.Set):
        return _holding(
            "list" if isinstance(node, ast.List) else "set", (agreed(type_of(x, known) for x in node.elts),)
        )
    if isinstance(node, ast.ListComp | ast.SetComp):
        return _holding("list" if isinstance(node, ast.ListComp) else "set", (type_of(node.elt, known),))
    if isinstance(node, ast.DictComp):
        return _holding("dict", (type_of(node.key, known), type_of(node.value, known)))
    if isinstance(node, ast.Dict):
        keys = [type_of(key, known) if key is not None else None for key in node.keys]
        return _holding("dict", (agreed(keys), agreed(type_of(value, known) for value in node.values)))
    return None


def _holding(kind: str, inner: tuple[str | None, ...]) -> str | None:
    """Spell a container; one of None may be meant for more than it holds now."""
    known = [name for name in inner if name not in (None, "None")]
    return f"{kind}[{', '.join(map(str, known))}]" if len(known) == len(inner) else None
